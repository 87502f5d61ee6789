//! The measures of a system's security level, with how each is met.
use super::super::table::Way;
use super::desk::{Answer, Desk, ok};
use super::operation::Operation;
use super::shapes::{Moment, Page};
use super::trouble::{Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::{get, put};
use dancu_catalogue::Code;
use dancu_governance::{Deed, Measure, MeasureState};
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/systems/{system}/measures",
        Way::Needs(Action::ConnectionRead),
        [
            "matters",
            "listMeasures",
            "Measures that the system's level demands, with what was last stated of each",
        ],
        || get(list),
    )
    .pages::<MeasureRow>(),
    Operation::put(
        "/api/v1/systems/{system}/measures",
        Way::Needs(Action::InspectionEvaluate),
        ["matters", "stateMeasure", "State whether and how a measure is met; earlier statements are kept"],
        || put(state),
    )
    .takes::<Statement>(
        r#"{"name": "log_keeping", "state": "met", "how": "Nhật ký giữ 24 tháng trên máy chủ riêng"}"#,
    )
    .pages::<MeasureRow>(),
];

/// A measure
#[derive(Serialize, ToSchema)]
struct MeasureRow {
    /// Its name
    name: String,
    /// What it is called, in the caller's language
    label: String,
    /// Demanded from this level on
    from_level: u8,
    /// A reason why it is not needed is enough
    justify: bool,
    /// What was last stated
    stated: Option<Stated>,
}

/// What was stated about a measure
#[derive(Serialize, ToSchema)]
struct Stated {
    /// `met`, `not_met`, `justified`
    #[schema(example = "met")]
    state: &'static str,
    /// How, or why not
    how: String,
    /// Staff account
    by: String,
    /// When
    at: Moment,
    /// Number of its journal entry
    entry: Option<u64>,
}

/// A statement about a measure
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Statement {
    /// The measure
    name: String,
    /// `met`, `not_met`, `justified`
    #[schema(example = "met")]
    state: String,
    /// How, or why not
    how: String,
}

impl From<&Measure> for Stated {
    fn from(measure: &Measure) -> Self {
        Self {
            state: measure.state.name(),
            how: measure.how.clone(),
            by: measure.by.clone(),
            at: Moment(measure.at_us),
            entry: measure.entry,
        }
    }
}

async fn told(desk: &Desk, system: String) -> Result<Page<MeasureRow>, Trouble> {
    let snapshot = desk.console.road.exchange.snapshot();
    let level = snapshot.rules.system(&system).map_or(0, |of| of.system.security_level);
    let governance = desk.console.governance.clone();
    let stated = desk.ask(move || governance.measures(&system)).await?;
    let t = desk.place.texts();
    let row = |rule: &dancu_governance::rules::MeasureRule| MeasureRow {
        name: rule.name.clone(),
        label: super::super::words::own(&rule.label, t).to_owned(),
        from_level: rule.from_level,
        justify: rule.justify,
        stated: stated.iter().rfind(|stated| stated.name == rule.name).map(Stated::from),
    };
    let rules = desk.console.governance.rules();
    Ok(Page::whole(rules.measures(level, desk.today()).into_iter().map(row).collect()))
}

async fn list(desk: Desk, Path(system): Path<String>) -> Answer {
    let of = desk.of_system(&system)?;
    desk.must(Action::ConnectionRead, Some(&of))?;
    Ok(ok(&told(&desk, system).await?))
}

async fn state(desk: Desk, Path(system): Path<String>, request: Request) -> Answer {
    let of = desk.of_system(&system)?;
    desk.must(Action::InspectionEvaluate, Some(&of))?;
    let Statement { name, state, how } = desk.read(request).await?;
    let wrong = || desk.problem(Told::from(Code::FormInvalid).at("/state", "unknown", desk.place.texts()));
    let state = MeasureState::from_name(&state).ok_or_else(wrong)?;
    let about = Desk::about("measure_state", format!("system={system} measure={name}"));
    let (by, now_us, of) = (desk.id().to_owned(), desk.now_us(), system.clone());
    desk.deed(about, &desk.console.governance, move |governance, entry| {
        governance.state_measure(&of, &name, state, &how, Deed::of(&by, now_us, entry, ""))
    })
    .await?;
    Ok(ok(&told(&desk, system).await?))
}
