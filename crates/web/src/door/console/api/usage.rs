//! Figures of use: how many calls, of whom, when, and why some were refused.
use super::super::table::Way;
use super::super::usage::asked::Asked;
use super::super::usage::figures::{Figures, Spread};
use super::super::usage::hand_out::handed_out;
use super::desk::{Answer, Desk, ok};
use super::operation::Operation;
use super::shapes::Day;
use super::trouble::{FieldFault, Told};
use axum::routing::get;
use dancu_catalogue::Code;
use dancu_journal::Outcome;
use dancu_policy::duty::Action;
use dancu_usage::{Count, SERVICES};
use serde::Serialize;
use utoipa::ToSchema;

const ASKED: &[(&str, &str)] = &[
    ("from", "First day, ISO 8601; today when it is not said"),
    ("to", "Last day, 92 days at most; today when it is not said"),
    ("organisation", "Only calls of this organisation; the own one to whoever is of one"),
    ("system", "Only calls of this system"),
    ("service", "Only calls to this service: `verify`, `look_up`, `search`, `unread`"),
];

const EXPORTED: &[(&str, &str)] = &[
    ("from", "First day, ISO 8601; today when it is not said"),
    ("to", "Last day, 92 days at most; today when it is not said"),
    ("organisation", "Only calls of this organisation; the own one to whoever is of one"),
    ("system", "Only calls of this system"),
    ("service", "Only calls to this service: `verify`, `look_up`, `search`, `unread`"),
    ("form", "`xlsx` or `csv`; `xlsx` when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/usage",
        Way::Needs(Action::UsageRead),
        ["usage", "readUsage", "Figures of a day by its hours, or of some days"],
        || get(read),
    )
    .query(ASKED)
    .gives::<UsageFigures>(),
    Operation::get(
        "/api/v1/usage/export",
        Way::Needs(Action::UsageExport),
        ["usage", "exportUsage", "The hourly figures as a table"],
        || get(export),
    )
    .query(EXPORTED)
    .file("application/octet-stream"),
];

/// Figures of use
#[derive(Serialize, ToSchema)]
struct UsageFigures {
    /// First day
    from: Day,
    /// Last day
    to: Day,
    /// All calls
    total: CallCount,
    /// Those of the time before, as long; of today, to the hour that it is
    before: CallCount,
    /// Those of the same days of the week before
    week_before: CallCount,
    /// Of one day: calls of each hour, from 0 to 23
    hours: Option<Vec<CallCount>>,
    /// Of several days: calls of each day
    days: Option<Vec<DayCount>>,
    /// Calls by how they ended
    outcomes: Vec<OutcomeCount>,
    /// Calls by service
    services: Vec<ServiceCount>,
    /// The systems with most calls, 50 at most
    systems: Vec<SystemCount>,
}

/// Calls
#[derive(Serialize, ToSchema)]
struct CallCount {
    /// All
    calls: u64,
    /// Those that were answered
    answered: u64,
    /// Those that were refused
    refused: u64,
}

/// Calls of a day
#[derive(Serialize, ToSchema)]
struct DayCount {
    /// The day
    day: Day,
    /// Its calls
    count: CallCount,
}

/// Calls that ended in one way
#[derive(Serialize, ToSchema)]
struct OutcomeCount {
    /// Kind of answer, or code of the error catalogue
    outcome: &'static str,
    /// They were refused
    refused: bool,
    /// So many
    calls: u64,
}

/// Calls to a service
#[derive(Serialize, ToSchema)]
struct ServiceCount {
    /// Service
    service: String,
    /// Its calls
    count: CallCount,
}

/// Calls of a system
#[derive(Serialize, ToSchema)]
struct SystemCount {
    /// Organisation; none where none is on record
    organisation: Option<String>,
    /// System; none: a stranger
    system: Option<String>,
    /// Its calls
    count: CallCount,
}

impl From<Count> for CallCount {
    fn from(count: Count) -> Self {
        Self { calls: count.calls, answered: count.answered(), refused: count.refused }
    }
}

async fn read(desk: Desk) -> Answer {
    let asked = Asked::of(&desk).map_err(|oops| desk.oops(&oops))?;
    desk.asked_as("service", |service| SERVICES.contains(&service).then_some(()))?;
    let faults: Vec<FieldFault> = asked
        .faults()
        .into_iter()
        .map(|(name, words)| FieldFault {
            pointer: format!("?{name}"),
            wrong: "range".into(),
            detail: words.to_owned(),
        })
        .collect();
    if !faults.is_empty() {
        return Err(desk.problem(Told { errors: faults, ..Code::FormInvalid.into() }));
    }
    let (from, to) = asked.range.dates().ok_or_else(|| desk.problem(Code::Internal))?;
    let (usage, range, scope, now_us) =
        (desk.console.usage.clone(), asked.range, asked.scope.clone(), desk.now_us());
    let figures = desk.ask(move || Figures::read(&usage, range, &scope, now_us)).await?;
    let (hours, days) = match figures.spread {
        Spread::Hours(hours) => (Some(hours.into_iter().map(CallCount::from).collect()), None),
        Spread::Days(days) => {
            let day = |(day, count)| DayCount { day: Day(day), count: CallCount::from(count) };
            (None, Some(days.into_iter().map(day).collect()))
        }
    };
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    Ok(ok(&UsageFigures {
        from: Day(from),
        to: Day(to),
        total: figures.total.into(),
        before: figures.before.into(),
        week_before: figures.week_before.into(),
        hours,
        days,
        outcomes: figures
            .outcomes
            .into_iter()
            .map(|(outcome, calls)| OutcomeCount {
                outcome: outcome.name(),
                refused: matches!(outcome, Outcome::Refused(_)),
                calls,
            })
            .collect(),
        services: figures
            .services
            .into_iter()
            .map(|(service, count)| ServiceCount { service, count: count.into() })
            .collect(),
        systems: figures
            .systems
            .into_iter()
            .map(|of| SystemCount {
                organisation: some(of.organisation),
                system: some(of.system),
                count: of.count.into(),
            })
            .collect(),
    }))
}

async fn export(desk: Desk) -> Answer {
    handed_out(&desk).await.map_err(|oops| desk.oops(&oops))
}
