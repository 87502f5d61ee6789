//! Staff who move to another unit or leave: the account moves or closes on its day.
use super::super::table::Way;
use super::accounts::{known as known_account, reach};
use super::desk::{Answer, Desk, created, done, ok};
use super::operation::Operation;
use super::shapes::{ByWhen, Day, Made, Moment, Page};
use super::trouble::Told;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_campaign::{Departure, DepartureState, Destination, NewDeparture};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use dancu_policy::{AgencyCode, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    ("state", "`planned`, `done`, `cancelled`, `failed`; `planned` when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/departures",
        Way::Needs(Action::AccountRead),
        ["departures", "listDepartures", "Departures in a state, by their day"],
        || get(list),
    )
    .query(FIND)
    .pages::<DepartureRow>(),
    Operation::post(
        "/api/v1/departures",
        Way::Needs(Action::AccountRegister),
        ["departures", "planDeparture", "Say that the holder of an account moves or leaves"],
        || post(plan),
    )
    .takes::<DeparturePlan>(
        r#"{"account": "thai-nguyen-1", "on": "2026-12-01", "reason": "Chuyển công tác", "successor": "thai-nguyen-2"}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/accounts/{account}/departures/{departure}/cancel",
        Way::Needs(Action::AccountRegister),
        ["departures", "cancelDeparture", "Take a departure back before its day"],
        || post(cancel),
    ),
];

/// A departure that is planned
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeparturePlan {
    /// The account
    account: String,
    /// Day of effect, today at the earliest
    on: Day,
    /// Where to; none: away, and the account closes
    moves_to: Option<NewUnit>,
    /// Account of the same system that goes on with the work
    successor: Option<String>,
    /// Why
    reason: String,
}

/// Where somebody goes
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUnit {
    /// Agency of the new unit
    agency_code: String,
    /// Role there
    role: String,
    /// System there; none: the same
    system: Option<String>,
}

/// A departure
#[derive(Serialize, ToSchema)]
pub(super) struct DepartureRow {
    /// Id
    id: String,
    /// The account
    account: String,
    /// Organisation of its system
    organisation: String,
    /// How far it is
    state: &'static str,
    /// Day of effect
    on: Day,
    /// Where to; none: away
    moves_to: Option<NewUnit>,
    /// Account that goes on with the work
    successor: Option<String>,
    /// Why
    reason: String,
    /// Who said so
    planned: ByWhen,
    /// When it was carried out, cancelled or failed
    ended_at: Option<Moment>,
}

impl From<&Departure> for DepartureRow {
    fn from(departure: &Departure) -> Self {
        let moves_to = match &departure.destination {
            Destination::Leave => None,
            Destination::Move { agency_code, role, system } => Some(NewUnit {
                agency_code: agency_code.as_str().to_owned(),
                role: role.name().to_owned(),
                system: system.clone(),
            }),
        };
        Self {
            id: departure.id.clone(),
            account: departure.account.clone(),
            organisation: departure.organisation.clone(),
            state: departure.state.name(),
            on: Day(departure.on),
            moves_to,
            successor: departure.successor.clone(),
            reason: departure.reason.clone(),
            planned: ByWhen::from(&departure.by),
            ended_at: departure.ended_us.map(Moment),
        }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must_within(Action::AccountRead)?;
    let state = desk.asked_as("state", DepartureState::from_name)?.unwrap_or(DepartureState::Planned);
    let after = desk.after(|day, id| Some((CivilDate::parse_iso(day).ok()?, id.to_owned())))?;
    let (campaigns, own, rows) = (desk.console.campaigns.clone(), desk.own(), desk.rows());
    let found = desk.ask(move || campaigns.departures(state, reach(own.as_deref()), after, rows)).await?;
    let cursor = |departure: &Departure| format!("{}.{}", departure.on.iso(), departure.id);
    Ok(ok(&Page::<DepartureRow>::of(&found, rows, cursor)))
}

async fn plan(desk: Desk, request: Request) -> Answer {
    desk.must_within(Action::AccountRegister)?;
    let asked: DeparturePlan = desk.read(request).await?;
    known_account(&desk, Action::AccountRegister, &asked.account)?;
    let wrong = |pointer: &str, wrong: &str| {
        desk.problem(Told::from(Code::FormInvalid).at(pointer, wrong, desk.place.texts()))
    };
    let destination = match &asked.moves_to {
        None => Destination::Leave,
        Some(unit) => Destination::Move {
            agency_code: AgencyCode::parse(&unit.agency_code)
                .map_err(|_| wrong("/moves_to/agency_code", "form"))?,
            role: Role::from_name(&unit.role).ok_or_else(|| wrong("/moves_to/role", "unknown"))?,
            system: unit.system.clone(),
        },
    };
    desk.record("departure_plan", format!("account={}", asked.account)).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    let made = desk.ask(move || {
        let given = NewDeparture {
            account: &asked.account,
            destination,
            on: asked.on.0,
            successor: asked.successor.as_deref(),
            reason: &asked.reason,
        };
        campaigns.plan_departure(&given, reach(own.as_deref()), &by, now_us)
    });
    Ok(created(&Made { id: made.await? }))
}

async fn cancel(desk: Desk, Path((account, id)): Path<(String, String)>) -> Answer {
    known_account(&desk, Action::AccountRegister, &account)?;
    desk.record("departure_cancel", format!("departure={id}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    desk.ask(move || campaigns.cancel_departure(&id, reach(own.as_deref()), &by, now_us)).await?;
    Ok(done())
}
