//! One account: what is registered, its quota and how it came about, its requests, departures, history, and what may be done.
use super::bulk::{Answer, Names, Tried, role, roles, state};
use super::{change, departures, quotas, register};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::dashed;
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::console::{Group, RecordPage};
use crate::parts::{Act, Cell, Crumb, Crumbs, Fact, Happening, Notice, Table, Timeline, Tone};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::table::Column;
use dancu_campaign::{
    Deed, Departure, DepartureState, Destination, HistoryLine, Image, Listed, QuotaRequest, QuotaState,
    Registered,
};
use dancu_citizen::PersonalId;
use dancu_policy::AccountState;
use dancu_policy::duty::{Action, Ruling};

const HERE: Place = Place::Accounts;
/// Lines of a history, requests and departures on the page.
const LINES: u32 = 50;

/// Everything that is known of an account.
pub(super) struct Whole {
    pub(super) listed: Listed,
    pub(super) image: Image,
    pub(super) known: Registered,
    pub(super) requests: Vec<QuotaRequest>,
    pub(super) departures: Vec<Departure>,
    history: Vec<HistoryLine>,
    /// Accounts that could go on with the work, by id, with their names
    pub(super) successors: Vec<(String, String)>,
}

impl Whole {
    /// Whether this person may do it to this account.
    pub(super) fn may(&self, seat: &Seat, action: Action) -> bool {
        seat.may(action, Some(&self.listed.organisation)) == Ruling::Allowed
    }
}

impl Seat {
    /// An account that this person may read; of every other it is not told.
    pub(super) async fn account(&self, id: &str) -> Result<Whole, Oops> {
        let id = id.to_owned();
        let whole = self
            .bulk(HERE, move |campaigns, reach| {
                let (listed, image, known) = campaigns.account(&id, reach)?;
                let find = dancu_campaign::AccountFind {
                    system: Some(image.system.clone()),
                    state: Some(AccountState::Active),
                    ..dancu_campaign::AccountFind::default()
                };
                let others = campaigns.accounts(&find, reach)?;
                let others = others.iter().filter(|other| *other.account.id != *id);
                let named = |other: &Listed| {
                    let account = &other.account;
                    (account.id.to_string(), format!("{} · {}", account.officer_name, account.login))
                };
                Ok(Whole {
                    requests: campaigns.quota_requests_of(&id, LINES)?,
                    departures: campaigns.departures_of(&id, LINES)?,
                    history: campaigns.history(&id, LINES)?,
                    successors: others.map(named).collect(),
                    listed,
                    image,
                    known,
                })
            })
            .await?;
        self.must(Action::AccountRead, Some(&whole.listed.organisation), HERE)?;
        Ok(whole)
    }
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let whole = seat.account(&id).await?;
    let page = page(&seat, &whole, None, &Tried::default()).await;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The page again with what was typed and what is wrong with it.
pub(super) async fn again(seat: &Seat, whole: &Whole, tried: Tried) -> axum::response::Response {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    html(status, &page(seat, whole, None, &tried).await).into_response()
}

pub(super) async fn page(seat: &Seat, whole: &Whole, notice: Option<Notice>, tried: &Tried) -> RecordPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let mut ids: Vec<String> = whole.history.iter().filter_map(|line| line.by.clone()).collect();
    ids.extend(whole.requests.iter().map(|request| request.asked.0.clone()));
    let names = seat.names(ids).await;
    let mut groups = vec![
        Group::Facts { title: t.t("account-registered").into_owned(), facts: registered(seat, whole, t) },
        Group::Facts { title: t.t("account-quota").into_owned(), facts: quota(whole, t) },
    ];
    if !whole.requests.is_empty() {
        groups.push(requests(whole, &names, t));
    }
    if !whole.departures.is_empty() {
        groups.push(leaving(whole, t));
    }
    groups.push(Group::Timeline {
        title: t.t("record-happened").into_owned(),
        timeline: Timeline { happenings: happenings(seat, whole, &names, t) },
    });
    RecordPage {
        notice: notice.or_else(|| seat.said(t)),
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-accounts"), "/accounts"),
                Crumb::new(whole.image.login.clone(), ""),
            ],
        },
        title: whole.image.full_name.clone(),
        badge: Some(state(t, whole.image.state)),
        lead: String::new(),
        links: Vec::new(),
        groups,
        acts: acts(seat, whole, tried, shell.csrf(), t),
        shell,
    }
}

fn registered(seat: &Seat, whole: &Whole, t: Texts) -> Vec<Fact> {
    let (image, known) = (&whole.image, &whole.known);
    let words = seat.console.campaigns.words();
    let label = |column| words.label(column, t.lang()).to_owned();
    let day = |us: Option<i64>| us.map(said::date_of).unwrap_or_default();
    let number = image.officer_number.map(PersonalId::expose).unwrap_or_default();
    vec![
        Fact::mono(label(Column::Login), &image.login),
        Fact::new(label(Column::FullName), &image.full_name),
        Fact::mono(label(Column::OfficerNumber), number),
        Fact::mono(label(Column::Phone), image.phone.clone().unwrap_or_default()),
        Fact::new(t.t("work-of"), seat.console.organisation(&whole.listed.organisation)),
        Fact::mono(label(Column::AgencyCode), image.agency_code.to_string()),
        Fact::new(label(Column::AgencyName), &known.agency_name),
        Fact::new(label(Column::Role), role(t, image.role)),
        Fact::new(t.t("accounts-system"), &whole.listed.system),
        Fact::new(label(Column::Purpose), &known.purpose),
        Fact::new(t.t("account-issued"), day(known.issued_us)),
        Fact::new(
            t.t("accounts-used"),
            known.used_us.map_or_else(|| t.t("accounts-never").into_owned(), said::moment),
        ),
    ]
}

/// The quota, and how it came about.
fn quota(whole: &Whole, t: Texts) -> Vec<Fact> {
    let daily = t.t1("account-quota-value", "count", &t.number(whole.image.daily_quota.into())).into_owned();
    let in_force = |request: &&QuotaRequest| {
        request.state == QuotaState::Granted && request.quota == whole.image.daily_quota
    };
    let granted = whole.requests.iter().find(in_force);
    let factors = granted.map(|request| request.factors).or(whole.known.factors);
    let how = match factors.filter(|(a, b)| a.checked_mul(*b) == Some(whole.image.daily_quota)) {
        Some((cases, queries)) => {
            let (cases, queries) = (t.number(cases.into()), t.number(queries.into()));
            t.with("account-quota-factors", &[("cases", &cases), ("queries", &queries)]).into_owned()
        }
        None => t.t("account-quota-whole").into_owned(),
    };
    let mut facts = vec![Fact::new(t.t("accounts-quota"), daily).noted(how)];
    if let Some(request) = granted {
        let until = request.until.map_or_else(|| t.t("quota-for-good").into_owned(), said::day);
        facts.push(Fact::new(t.t("quota-until"), until));
    }
    facts
}

fn requests(whole: &Whole, names: &Names, t: Texts) -> Group {
    let row = |request: &QuotaRequest| {
        vec![
            Cell::link(said::date_of(request.asked.1), format!("/accounts/quotas/{}", request.id)),
            Cell::text(quotas::sum(t, request)),
            Cell::text(names.of(&request.asked.0, t)),
            Cell::Badge(quotas::badge(t, request.state)),
        ]
    };
    Group::Table {
        title: t.t("account-requests").into_owned(),
        lead: String::new(),
        table: Table {
            columns: super::bulk::columns(
                t,
                ["quota-asked-at", "quota-sum", "quota-asked-by", "accounts-state"],
            ),
            rows: whole.requests.iter().map(row).collect(),
        },
        nothing: String::new(),
    }
}

fn leaving(whole: &Whole, t: Texts) -> Group {
    let row = |departure: &Departure| {
        vec![
            Cell::Figures(said::day(departure.on)),
            Cell::text(departures::destination(t, departure)),
            Cell::text(departure.reason.clone()),
            Cell::Badge(departures::badge(t, departure.state)),
        ]
    };
    Group::Table {
        title: t.t("account-departures").into_owned(),
        lead: String::new(),
        table: Table {
            columns: super::bulk::columns(
                t,
                ["departure-on", "departure-to", "act-reason", "accounts-state"],
            ),
            rows: whole.departures.iter().map(row).collect(),
        },
        nothing: String::new(),
    }
}

fn happenings(seat: &Seat, whole: &Whole, names: &Names, t: Texts) -> Vec<Happening> {
    let due = whole.departures.iter().find(|departure| departure.state == DepartureState::Planned);
    let mut all: Vec<Happening> = due
        .map(|departure| Happening {
            at: said::day(departure.on),
            title: departures::destination(t, departure),
            by: t.t("departure-due").into_owned(),
            text: String::new(),
            tone: Tone::Warn,
            links: Vec::new(),
        })
        .into_iter()
        .collect();
    all.extend(whole.history.iter().map(|line| {
        let by = line.by.as_deref().map_or_else(|| t.t("matter-by-rule").into_owned(), |by| names.of(by, t));
        let mut said_words: Vec<String> = line.words.clone().into_iter().collect();
        said_words.extend(changes(seat, line, t));
        Happening {
            at: said::moment(line.at_us),
            title: t.t(&format!("account-deed-{}", dashed(line.deed.name()))).into_owned(),
            by,
            text: said_words.join("; "),
            tone: tone(line.deed),
            links: Vec::new(),
        }
    }));
    if all.is_empty() {
        all.push(Happening {
            at: String::new(),
            title: t.t("account-no-history").into_owned(),
            by: String::new(),
            text: String::new(),
            tone: Tone::Plain,
            links: Vec::new(),
        });
    }
    all
}

fn tone(deed: Deed) -> Tone {
    match deed {
        Deed::Imported | Deed::QuotaGranted | Deed::Unlocked | Deed::ReviewConfirmed => Tone::Good,
        Deed::Left | Deed::Closed | Deed::ReviewClosed | Deed::ReviewClosing => Tone::Bad,
        Deed::Locked | Deed::IdleLocked | Deed::ReviewLocked | Deed::QuotaEnded => Tone::Warn,
        _ => Tone::Info,
    }
}

/// Old → new, of what changed.
fn changes(seat: &Seat, line: &HistoryLine, t: Texts) -> Vec<String> {
    let Some((Some(before), after)) = &line.change else { return Vec::new() };
    let words = seat.console.campaigns.words();
    let label = |column| words.label(column, t.lang()).to_owned();
    let pairs = [
        (label(Column::FullName), before.full_name.clone(), after.full_name.clone()),
        (label(Column::AgencyCode), before.agency_code.to_string(), after.agency_code.to_string()),
        (label(Column::Role), role(t, before.role), role(t, after.role)),
        (label(Column::DailyQuota), t.number(before.daily_quota.into()), t.number(after.daily_quota.into())),
        (t.t("accounts-state").into_owned(), state(t, before.state).label, state(t, after.state).label),
    ];
    let changed = pairs.into_iter().filter(|(_, was, is)| was != is);
    changed.map(|(what, was, is)| format!("{what}: {was} → {is}")).collect()
}

/// What this person may do now, each a form.
fn acts(seat: &Seat, whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Vec<Act> {
    if whole.image.state == AccountState::Closed {
        return Vec::new();
    }
    let mut acts = Vec::new();
    if whole.image.state == AccountState::Locked && whole.may(seat, Action::AccountUnlock) {
        acts.push(change::unlock_act(whole, csrf, t));
    }
    let pending = whole.requests.iter().any(|request| request.state == QuotaState::Requested);
    if !pending && whole.may(seat, Action::QuotaAsk) {
        acts.push(quotas::ask_act(whole, tried, csrf, t));
    }
    if whole.may(seat, Action::AccountRegister) && seat.console.campaigns.words().may_give(whole.image.role) {
        acts.push(register::change_act(seat, whole, tried, csrf, t));
    }
    let leaves = whole.departures.iter().any(|departure| departure.state == DepartureState::Planned);
    if !leaves && whole.may(seat, Action::AccountRegister) {
        acts.push(departures::transfer_act(whole, tried, roles(seat, t), csrf, t));
    }
    if !leaves && whole.may(seat, Action::AccountClose) && whole.may(seat, Action::AccountRegister) {
        acts.push(departures::leave_act(whole, tried, csrf, t));
    }
    if whole.image.state == AccountState::Active && whole.may(seat, Action::AccountLock) {
        acts.push(change::lock_act(whole, tried, csrf, t));
    }
    if whole.may(seat, Action::AccountClose) {
        acts.push(change::close_act(whole, tried, csrf, t));
    }
    acts
}

/// Whether a destination is another unit.
pub(super) fn is_move(destination: &Destination) -> bool {
    matches!(destination, Destination::Move { .. })
}
