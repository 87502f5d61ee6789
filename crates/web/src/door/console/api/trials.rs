//! Dry runs of watch rules: what a rule set otherwise would have found in the past, beside what is in force.
use super::super::alerts::trials::{self, DAYS};
use super::super::table::Way;
use super::desk::{Answer, Desk, created, ok};
use super::operation::Operation;
use super::shapes::{Made, Moment, Page};
use super::tell::Tell as _;
use super::trouble::Trouble;
use super::watch::{changed, rule_of};
use super::watch_shapes::{SettingChange, SettingRow};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_policy::duty::Action;
use dancu_watch::{DryRun, Finding, TrialState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/watch/trials",
        Way::Needs(Action::WatchRead),
        ["watch", "listTrials", "The dry runs of this server, newest first"],
        || get(list),
    )
    .pages::<TrialRow>(),
    Operation::post(
        "/api/v1/watch/rules/{rule}/trials",
        Way::Needs(Action::WatchDryRun),
        ["watch", "beginTrial", "Try a setting on the past; one dry run at a time"],
        || post(begin),
    )
    .takes::<NewTrial>(r#"{"setting": {"threshold": 30}, "days": 7}"#)
    .creates::<Made>(),
    Operation::get(
        "/api/v1/watch/trials/{trial}",
        Way::Needs(Action::WatchRead),
        ["watch", "readTrial", "How far a dry run is, and what it found"],
        || get(read),
    )
    .gives::<TrialRow>(),
    Operation::post(
        "/api/v1/watch/trials/{trial}/stop",
        Way::Needs(Action::WatchDryRun),
        ["watch", "stopTrial", "End a dry run; what it has found so far is its result"],
        || post(stop),
    )
    .gives::<TrialRow>(),
];

/// Findings of each side that are told.
const SHOWN: usize = 200;

/// A dry run that is asked for
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTrial {
    /// How the rule is set in it
    setting: SettingChange,
    /// Days of the past, 1 to 90
    #[schema(minimum = 1, maximum = 90)]
    days: u8,
}

/// A dry run
#[derive(Serialize, ToSchema)]
struct TrialRow {
    /// Id
    id: String,
    /// The rule
    rule: &'static str,
    /// How it is set in it
    setting: SettingRow,
    /// From this moment on
    from: Moment,
    /// Before this one
    until: Moment,
    /// Staff account that asked
    by: String,
    /// When
    begun: Moment,
    /// Entries gone through
    done: u64,
    /// Of so many; 0 before it is known
    of: u64,
    /// `running`, `over`, `stopped`, `failed`
    state: &'static str,
    /// What it found, once it is over
    found: Option<TrialResult>,
}

/// What a dry run found
#[derive(Serialize, ToSchema)]
struct TrialResult {
    /// Entries judged
    entries: u64,
    /// Findings of the setting that is tried
    tried: u64,
    /// Findings of the setting in force
    current: u64,
    /// Findings of both
    both: u64,
    /// Those of the tried setting only, the first 200
    new: Vec<FindingRow>,
    /// Those of the setting in force only, the first 200
    gone: Vec<FindingRow>,
    /// There were more than are kept
    truncated: bool,
}

/// A finding
#[derive(Serialize, ToSchema)]
struct FindingRow {
    /// When
    at: Moment,
    /// Organisation
    organisation: Option<String>,
    /// System
    system: String,
    /// Account; none where it is about a whole system
    account: Option<String>,
    /// What was counted
    figures: BTreeMap<String, u64>,
    /// Entries that it rests on
    entries: Vec<u64>,
}

impl From<&Finding> for FindingRow {
    fn from(finding: &Finding) -> Self {
        Self {
            at: Moment(finding.at_us),
            organisation: finding.who.organisation.as_ref().map(ToString::to_string),
            system: finding.who.system.to_string(),
            account: finding.who.account.as_ref().map(ToString::to_string),
            figures: finding.figures.clone(),
            entries: finding.evidence.clone(),
        }
    }
}

impl From<&DryRun> for TrialResult {
    fn from(run: &DryRun) -> Self {
        let some = |all: &[Finding], which: &[usize]| {
            which.iter().filter_map(|at| all.get(*at)).take(SHOWN).map(FindingRow::from).collect()
        };
        Self {
            entries: run.entries,
            tried: run.tried.len() as u64,
            current: run.current.len() as u64,
            both: run.both as u64,
            new: some(&run.tried, &run.new),
            gone: some(&run.current, &run.gone),
            truncated: run.truncated,
        }
    }
}

impl From<&TrialState> for TrialRow {
    fn from(state: &TrialState) -> Self {
        let trial = &state.trial;
        Self {
            id: state.id.clone(),
            rule: trial.rule.name(),
            setting: SettingRow::from(&trial.setting),
            from: Moment(trial.from_us),
            until: Moment(trial.until_us),
            by: trial.by.clone(),
            begun: Moment(state.begun_us),
            done: state.done,
            of: state.of,
            state: match &state.ended {
                None => "running",
                Some(Ok(run)) if run.stopped => "stopped",
                Some(Ok(_)) => "over",
                Some(Err(_)) => "failed",
            },
            found: state
                .ended
                .as_ref()
                .and_then(|ended| ended.as_ref().ok())
                .map(|run| TrialResult::from(&**run)),
        }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must(Action::WatchRead, None)?;
    Ok(ok(&Page::whole(desk.console.watch.trials().iter().map(TrialRow::from).collect())))
}

async fn begin(desk: Desk, Path(rule): Path<String>, request: Request) -> Answer {
    desk.must(Action::WatchDryRun, None)?;
    let rule = rule_of(&desk, &rule)?;
    let NewTrial { setting, days } = desk.read(request).await?;
    if !DAYS.contains(&days) {
        return Err(desk.wrong("/days", "range"));
    }
    let set = changed(&desk, rule, setting, None)?;
    let begun = trials::begun(&desk, rule, set, days).await.map_err(|oops| desk.oops(&oops))?;
    let id = begun.map_err(|error| desk.problem(error.told(desk.place.texts())))?;
    Ok(created(&Made { id }))
}

fn known(desk: &Desk, id: &str) -> Result<TrialState, Trouble> {
    desk.console.watch.trial(id).ok_or_else(|| desk.nothing())
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.must(Action::WatchRead, None)?;
    Ok(ok(&TrialRow::from(&known(&desk, &id)?)))
}

async fn stop(desk: Desk, Path(id): Path<String>) -> Answer {
    desk.must(Action::WatchDryRun, None)?;
    known(&desk, &id)?;
    desk.console.watch.stop_trial(&id);
    Ok(ok(&TrialRow::from(&known(&desk, &id)?)))
}
