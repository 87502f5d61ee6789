//! Officers' accounts on the road: as calls are judged by, with what is registered of them and what happened to them.
use super::super::accounts::register::{self as form, Stopped};
use super::super::table::Way;
use super::departures::DepartureRow;
use super::desk::{Answer, Desk, XLSX, created, done, file, ok};
use super::operation::{Operation, PAGED};
use super::quotas::QuotaRow;
use super::shapes::{Made, Moment, Page};
use super::staff_shapes::Reason;
use super::trouble::{FieldFault, Told, Trouble};
use crate::door::form::Sent;
use axum::extract::{Path, Request};
use axum::routing::{get, post, put};
use dancu_campaign::{CampaignError, HistoryLine, Image, Reach};
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use dancu_policy::{Account, AccountState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    ("system", "Only of this system"),
    ("organisation", "Only of this organisation"),
    ("state", "Only in this state"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

const EXPORT: &[(&str, &str)] = &[
    ("system", "Only of this system"),
    ("organisation", "Only of this organisation"),
    ("state", "Only in this state"),
    ("level", "Only of this level of agency, 1 to 4"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/accounts",
        Way::Needs(Action::AccountRead),
        ["accounts", "listAccounts", "Accounts by id"],
        || get(list),
    )
    .query(FIND)
    .pages::<AccountRow>(),
    Operation::get(
        "/api/v1/accounts/xlsx",
        Way::Needs(Action::AccountRead),
        ["accounts", "exportAccounts", "Accounts as a workbook"],
        || get(export),
    )
    .query(EXPORT)
    .file(XLSX),
    Operation::post(
        "/api/v1/accounts/find",
        Way::Needs(Action::AccountRead),
        [
            "accounts",
            "findAccounts",
            "Accounts by login, name or number of the holder; what is searched for stands in no address",
        ],
        || post(find),
    )
    .query(PAGED)
    .takes::<AccountSearch>(r#"{"text": "nguyễn văn a"}"#)
    .pages::<AccountRow>(),
    Operation::get(
        "/api/v1/accounts/{account}",
        Way::Needs(Action::AccountRead),
        ["accounts", "readAccount", "One account with its history, quota requests and departures"],
        || get(read),
    )
    .gives::<WholeAccount>(),
    Operation::post(
        "/api/v1/accounts",
        Way::Needs(Action::AccountRegister),
        ["accounts", "registerAccount", "Register an account of a system of the own organisation"],
        || post(register),
    )
    .takes::<NewAccountOfOfficer>(
        r#"{"system": "mot-cua", "account": {"full_name": "Nguyễn Văn A", "login": "nguyen.van.a", "officer_number": "019090000001", "agency_code": "H55.1", "role": "officer", "daily_quota": 40, "purpose": "Đăng ký thường trú"}}"#,
    )
    .creates::<Made>(),
    Operation::put(
        "/api/v1/accounts/{account}",
        Way::Needs(Action::AccountRegister),
        ["accounts", "changeAccount", "Change an account; what is not said becomes empty, as in the form"],
        || put(change),
    )
    .takes::<AccountEntry>(
        r#"{"full_name": "Nguyễn Văn A", "officer_number": "019090000001", "agency_code": "H55.1", "role": "officer", "daily_quota": 30}"#,
    ),
    Operation::post(
        "/api/v1/accounts/{account}/lock",
        Way::Needs(Action::AccountLock),
        ["accounts", "lockAccount", "Lock an account"],
        || post(lock),
    )
    .takes::<Reason>(r#"{"reason": "Nghỉ thai sản"}"#),
    Operation::post(
        "/api/v1/accounts/{account}/close",
        Way::Needs(Action::AccountClose),
        ["accounts", "closeAccount", "Close an account for good"],
        || post(close),
    )
    .takes::<Reason>(r#"{"reason": "Chuyển công tác"}"#),
    Operation::post(
        "/api/v1/accounts/{account}/unlock",
        Way::Needs(Action::AccountUnlock),
        ["accounts", "unlockAccount", "Unlock an account that locked itself, idle"],
        || post(unlock),
    ),
];

/// What is searched for
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountSearch {
    /// Part of a login or of a name, or a whole personal identification number
    #[schema(min_length = 2)]
    text: String,
}

/// An account that is registered
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccountOfOfficer {
    /// System through which it reaches data
    system: String,
    /// The account
    account: AccountEntry,
}

/// What is registered of an account
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountEntry {
    /// Name of the holder
    full_name: String,
    /// Login; only of a new one
    #[serde(default)]
    login: String,
    /// Number of the holder
    #[serde(default)]
    officer_number: String,
    /// Telephone of the holder
    #[serde(default)]
    phone: String,
    /// Agency of the holder
    agency_code: String,
    /// Its name
    #[serde(default)]
    agency_name: String,
    /// Role
    role: String,
    /// Calls a day
    daily_quota: u32,
    /// What it is for
    #[serde(default)]
    purpose: String,
}

impl AccountEntry {
    /// As the page's form sends it, so that both are read by the same function.
    fn sent(self) -> Sent {
        let quota = self.daily_quota.to_string();
        let values = [
            ("full_name", self.full_name),
            ("login", self.login),
            ("officer_number", self.officer_number),
            ("phone", self.phone),
            ("agency_code", self.agency_code),
            ("agency_name", self.agency_name),
            ("role", self.role),
            ("daily_quota", quota),
            ("purpose", self.purpose),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// An account
#[derive(Serialize, ToSchema)]
pub(super) struct AccountRow {
    /// Id
    id: String,
    /// System through which it reaches data
    system: String,
    /// Login
    login: String,
    /// Name of the holder
    full_name: String,
    /// Number of the holder; none for a platform's account
    personal_id: Option<String>,
    /// Telephone of the holder, where one account is told
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Role
    role: &'static str,
    /// Agency of the holder
    agency_code: String,
    /// Calls a day
    daily_quota: u32,
    /// State: `active`, `locked`, `closed`
    state: &'static str,
}

impl From<&Arc<Account>> for AccountRow {
    fn from(account: &Arc<Account>) -> Self {
        Self {
            id: account.id.to_string(),
            system: account.system.to_string(),
            login: account.login.to_string(),
            full_name: account.officer_name.clone(),
            personal_id: account.officer_number.map(dancu_citizen::PersonalId::expose),
            phone: None,
            role: account.role.name(),
            agency_code: account.agency_code.as_str().to_owned(),
            daily_quota: account.daily_quota,
            state: account.state.name(),
        }
    }
}

impl From<&Image> for AccountRow {
    fn from(image: &Image) -> Self {
        Self {
            id: image.id.clone(),
            system: image.system.clone(),
            login: image.login.clone(),
            full_name: image.full_name.clone(),
            personal_id: image.officer_number.map(dancu_citizen::PersonalId::expose),
            phone: image.phone.clone(),
            role: image.role.name(),
            agency_code: image.agency_code.as_str().to_owned(),
            daily_quota: image.daily_quota,
            state: image.state.name(),
        }
    }
}

/// One account with all that is known of it
#[derive(Serialize, ToSchema)]
struct WholeAccount {
    /// The account
    account: AccountRow,
    /// Name of the holder's agency
    agency_name: String,
    /// What it is for
    purpose: String,
    /// Cases a day
    cases_a_day: Option<u32>,
    /// Queries a case
    queries_a_case: Option<u32>,
    /// When it came in through an import
    issued_at: Option<Moment>,
    /// Last use
    used_at: Option<Moment>,
    /// What happened to it, newest first
    history: Vec<AccountChangeRow>,
    /// Requests for another quota, newest first
    quota_requests: Vec<QuotaRow>,
    /// Departures, newest first
    departures: Vec<DepartureRow>,
}

/// What happened to an account
#[derive(Serialize, ToSchema)]
struct AccountChangeRow {
    /// When it took effect
    at: Moment,
    /// What was done
    deed: &'static str,
    /// Staff account that did it; none: by rule
    by: Option<String>,
    /// Import, request, departure or review behind it
    reference: Option<String>,
    /// The account before
    before: Option<AccountRow>,
    /// The account after
    after: Option<AccountRow>,
}

impl From<&HistoryLine> for AccountChangeRow {
    fn from(line: &HistoryLine) -> Self {
        let change = line.change.as_ref();
        Self {
            at: Moment(line.at_us),
            deed: line.deed.name(),
            by: line.by.clone(),
            reference: line.reference.clone(),
            before: change.and_then(|(before, _)| before.as_ref()).map(AccountRow::from),
            after: change.map(|(_, after)| AccountRow::from(after)),
        }
    }
}

/// Whose things somebody reaches.
pub(super) fn reach(own: Option<&str>) -> Reach<'_> {
    own.map_or(Reach::All, Reach::Of)
}

fn page(
    desk: &Desk,
    system: Option<&str>,
    organisation: Option<&str>,
    wanted: impl Fn(&Account) -> bool,
) -> Result<Page<AccountRow>, Trouble> {
    let (rows, after) = (desk.rows(), desk.after(|id, _| Some(id.to_owned()))?);
    let own = desk.own();
    let snapshot = desk.console.road.exchange.snapshot();
    let organisation = own.as_deref().or(organisation);
    let mut found: Vec<&Arc<Account>> = snapshot
        .rules
        .systems()
        .filter(|of| system.is_none_or(|id| *of.system.id == *id))
        .filter(|of| organisation.is_none_or(|id| *of.system.organisation == *id))
        .flat_map(dancu_policy::SystemRules::accounts)
        .filter(|account| after.as_deref().is_none_or(|after| *account.id > *after) && wanted(account))
        .collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    let found: Vec<Arc<Account>> = found.into_iter().map(Arc::clone).collect();
    Ok(Page::of(&found, rows, |account| format!("{}.", account.id)))
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::AccountRead)?;
    let state = desk.asked_as("state", AccountState::from_name)?;
    let (system, organisation) = (desk.asked("system"), desk.asked("organisation"));
    let wanted = |account: &Account| state.is_none_or(|state| account.state == state);
    Ok(ok(&page(&desk, system.as_deref(), organisation.as_deref(), wanted)?))
}

async fn export(desk: Desk) -> Answer {
    let made = super::super::accounts::list::workbook(&desk).await.map_err(|oops| desk.oops(&oops))?;
    Ok(file(made.bytes, XLSX))
}

async fn find(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::AccountRead)?;
    let AccountSearch { text } = desk.read(request).await?;
    let text = text.trim().to_lowercase();
    let wanted = |account: &Account| {
        text.chars().count() >= 2
            && (account.login.to_lowercase().contains(&text)
                || account.officer_name.to_lowercase().contains(&text)
                || account.officer_number.is_some_and(|number| number.expose() == text))
    };
    let found = page(&desk, None, None, wanted)?;
    desk.record("account_find", format!("found={}", found.items.len())).await?;
    Ok(ok(&found))
}

/// An account about which this person may do that, with its organisation.
pub(super) fn known(desk: &Desk, action: Action, id: &str) -> Result<(Arc<Account>, String), Trouble> {
    let snapshot = desk.console.road.exchange.snapshot();
    let found = snapshot.rules.systems().find_map(|of| {
        let account = of.accounts().find(|account| *account.id == *id)?;
        Some((Arc::clone(account), of.system.organisation.to_string()))
    });
    let (account, organisation) = found.ok_or_else(|| desk.nothing())?;
    desk.must(action, Some(&organisation))?;
    Ok((account, organisation))
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    let (account, _) = known(&desk, Action::AccountRead, &id)?;
    desk.record("account_read", format!("account={id}")).await?;
    let (campaigns, exchange, rows) =
        (desk.console.campaigns.clone(), desk.console.road.exchange.clone(), desk.rows());
    let whole = desk.ask(move || {
        let registered = campaigns.registered_of(&id)?;
        Ok::<_, CampaignError>(WholeAccount {
            account: AccountRow { phone: exchange.account_phone(&id)?, ..AccountRow::from(&account) },
            agency_name: registered.agency_name,
            purpose: registered.purpose,
            cases_a_day: registered.factors.map(|(cases, _)| cases),
            queries_a_case: registered.factors.map(|(_, queries)| queries),
            issued_at: registered.issued_us.map(Moment),
            used_at: campaigns.last_use(&id)?.max(registered.used_us).map(Moment),
            history: campaigns.history(&id, rows)?.iter().map(AccountChangeRow::from).collect(),
            quota_requests: campaigns.quota_requests_of(&id, rows)?.iter().map(QuotaRow::from).collect(),
            departures: campaigns.departures_of(&id, rows)?.iter().map(DepartureRow::from).collect(),
        })
    });
    Ok(ok(&whole.await?))
}

/// Registers or changes, as the page does; faults at their fields.
async fn entered(
    desk: &Desk,
    entry: AccountEntry,
    system: String,
    account: Option<String>,
    within: &str,
) -> Result<String, Trouble> {
    let put = form::put(desk, &entry.sent(), system, account).await.map_err(|oops| desk.oops(&oops))?;
    put.map_err(|stopped| match stopped {
        Stopped::At(faults) => {
            let fault = |(name, detail): (&str, String)| FieldFault {
                pointer: format!("{within}/{name}"),
                wrong: "form".into(),
                detail,
            };
            desk.problem(Told { errors: faults.into_iter().map(fault).collect(), ..Code::FormInvalid.into() })
        }
        Stopped::Whole(why) => desk.problem(Told::from(Code::NotNow).saying(why)),
    })
}

async fn register(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::AccountRegister)?;
    let NewAccountOfOfficer { system, account } = desk.read(request).await?;
    if !form::systems(&desk).iter().any(|(id, _)| *id == system) {
        return Err(desk.wrong("/system", "unknown"));
    }
    Ok(created(&Made { id: entered(&desk, account, system, None, "/account").await? }))
}

async fn change(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    let (account, _) = known(&desk, Action::AccountRegister, &id)?;
    let entry: AccountEntry = desk.read(request).await?;
    entered(&desk, entry, account.system.to_string(), Some(id), "").await?;
    Ok(done())
}

async fn lock(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::AccountLock, &id)?;
    let Reason { reason } = desk.read(request).await?;
    desk.said("/reason", &reason)?;
    desk.record("account_lock", format!("account={id}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || campaigns.lock_account(&id, reach(own.as_deref()), &reason, &by, now_us)).await?;
    Ok(done())
}

async fn close(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::AccountClose, &id)?;
    let Reason { reason } = desk.read(request).await?;
    desk.said("/reason", &reason)?;
    desk.record("account_close", format!("account={id}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || campaigns.close_account(&id, reach(own.as_deref()), &reason, &by, now_us)).await?;
    Ok(done())
}

async fn unlock(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::AccountUnlock, &id)?;
    desk.record("account_unlock", format!("account={id}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || campaigns.unlock(&id, reach(own.as_deref()), &by, now_us)).await?;
    Ok(done())
}
