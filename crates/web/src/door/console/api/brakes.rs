//! Who is braked now, and about whom answers are paused.
use super::super::alerts::brakes::{self, held, organisation_of};
use super::super::alerts::deeds;
use super::super::table::Way;
use super::desk::{Answer, Desk, done, ok};
use super::operation::Operation;
use super::shapes::{Moment, Page};
use axum::extract::Request;
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_citizen::PersonalId;
use dancu_policy::duty::Action;
use dancu_watch::Brake;
use dancu_watch::guess::SpentBudget;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/brakes",
        Way::Needs(Action::AlertRead),
        ["alerts", "listBrakes", "Whose calls are stopped now, those that pass again soonest first"],
        || get(list),
    )
    .pages::<BrakeRow>(),
    Operation::get(
        "/api/v1/guess-budgets",
        Way::Needs(Action::AlertHandle),
        ["alerts", "listGuessBudgets", "People about whom answers are paused now; nobody is named"],
        || get(budgets),
    )
    .pages::<BudgetRow>(),
    Operation::post(
        "/api/v1/guess-budgets/release",
        Way::Needs(Action::AlertHandle),
        ["alerts", "releaseGuessBudget", "Let one account ask about one person although the budget is spent"],
        || post(release),
    )
    .takes::<BudgetRelease>(
        r#"{"personal_id": "019090000001", "system": "htmc", "login": "nguyen.van.a", "reason": "Đã đối chiếu giấy tờ tại quầy"}"#,
    ),
];

/// A brake
#[derive(Serialize, ToSchema)]
pub(super) struct BrakeRow {
    /// Number of the alert
    alert: u64,
    /// Account whose calls are refused; none: those of the whole system
    account: Option<String>,
    /// System
    system: String,
    /// Its organisation
    organisation: Option<String>,
    /// Since when
    from: Moment,
    /// When calls pass again
    until: Moment,
}

/// A budget that is spent
#[derive(Serialize, ToSchema)]
struct BudgetRow {
    /// Head of the key by which the budget knows its person; no number
    #[schema(example = "9f3a01bc")]
    of: String,
    /// Answers are neutral until then
    until: Moment,
    /// The how manieth time in a row that is, from 1
    times: u8,
}

/// A release of a budget for one account
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BudgetRelease {
    /// Number of the person, 12 or 9 digits
    #[schema(example = "019090000001")]
    personal_id: String,
    /// System of the account
    system: String,
    /// Login of the account
    login: String,
    /// Why
    reason: String,
}

impl BrakeRow {
    pub(super) fn of(desk: &Desk, brake: &Brake) -> Self {
        Self {
            alert: brake.alert,
            account: brake.account.clone(),
            system: brake.system.clone(),
            organisation: organisation_of(desk, &brake.system),
            from: Moment(brake.from_us),
            until: Moment(brake.until_us),
        }
    }
}

impl From<&SpentBudget> for BudgetRow {
    fn from(spent: &SpentBudget) -> Self {
        let head = spent.person.first_chunk().map_or(0, |head| u32::from_be_bytes(*head));
        Self { of: format!("{head:08x}"), until: Moment(spent.until_us), times: spent.times }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::AlertRead)?;
    let found = brakes::within(&desk).await.map_err(|oops| desk.oops(&oops))?;
    Ok(ok(&Page::whole(found.iter().map(|brake| BrakeRow::of(&desk, brake)).collect())))
}

async fn budgets(desk: Desk) -> Answer {
    desk.must_within(Action::AlertHandle)?;
    let spent = brakes::spent(&desk).unwrap_or_default();
    Ok(ok(&Page::whole(spent.iter().map(BudgetRow::from).collect())))
}

async fn release(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::AlertHandle)?;
    let BudgetRelease { personal_id, system, login, reason } = desk.read(request).await?;
    let number = PersonalId::parse(&personal_id).map_err(|_| desk.wrong("/personal_id", "form"))?;
    let account = held(&desk, &system, &login).ok_or_else(|| desk.wrong("/login", "unknown"))?;
    desk.said("/reason", &reason)?;
    let released = brakes::released(&desk, number, account, deeds::cut(&reason)).await;
    if released.map_err(|oops| desk.oops(&oops))? { Ok(done()) } else { Err(desk.problem(Code::NotFound)) }
}
