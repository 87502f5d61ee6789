//! Alerts of the watch rules: what was found, and what becomes of it.
use super::super::alerts::deeds::{self, Deed};
use super::super::alerts::record;
use super::super::table::Way;
use super::brakes::BrakeRow;
use super::desk::{Answer, Desk, ok};
use super::operation::Operation;
use super::shapes::{Moment, Page};
use super::staff_shapes::Reason;
use super::tell::Tell as _;
use super::trouble::Trouble;
use super::watch_shapes::{SettingRow, rule_label};
use crate::door::show::masked;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_policy::duty::Action;
use dancu_watch::{Alert, AlertQuery, AlertState, Evidence, Note, Rule, Step};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    ("state", "`new`, `looked_at`, `false_alarm`, `confirmed`"),
    ("rule", "Only of this rule"),
    ("organisation", "Only about this organisation"),
    ("account", "Only about this account"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/alerts",
        Way::Needs(Action::AlertRead),
        ["alerts", "listAlerts", "Alerts, newest first"],
        || get(list),
    )
    .query(FIND)
    .pages::<AlertRow>(),
    Operation::get(
        "/api/v1/alerts/counts",
        Way::Needs(Action::AlertRead),
        ["alerts", "countAlerts", "How many alerts there are in each state"],
        || get(counts),
    )
    .query(&[("organisation", "Only about this organisation")])
    .pages::<StateCount>(),
    Operation::get(
        "/api/v1/alerts/{alert}",
        Way::Needs(Action::AlertRead),
        ["alerts", "readAlert", "One alert: what the rule saw, on which entries, and what became of it"],
        || get(read),
    )
    .gives::<WholeAlert>(),
    Operation::post(
        "/api/v1/alerts/{alert}/steps",
        Way::Needs(Action::AlertHandle),
        [
            "alerts",
            "handleAlert",
            "Take an alert up, write to it, confirm it, or mark it as false, which teaches the rule",
        ],
        || post(handle),
    )
    .takes::<AlertHandling>(r#"{"deed": "false", "words": "Chiến dịch cấp thẻ lưu động ban đêm"}"#)
    .gives::<WholeAlert>(),
    Operation::post(
        "/api/v1/alerts/{alert}/brake",
        Way::Needs(Action::AlertBrake),
        ["alerts", "brakeByAlert", "Stop the calls of whom the alert is about for some hours"],
        || post(brake),
    )
    .takes::<AlertBraking>(r#"{"hours": 4, "words": "Đang xác minh với đơn vị"}"#)
    .gives::<WholeAlert>(),
    Operation::post(
        "/api/v1/alerts/{alert}/release",
        Way::Needs(Action::AlertRelease),
        ["alerts", "releaseBrake", "Let the calls pass again that an alert stopped"],
        || post(release),
    )
    .takes::<Reason>(r#"{"reason": "Đã làm rõ với đơn vị"}"#)
    .gives::<WholeAlert>(),
];

/// What becomes of an alert
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertHandling {
    /// `take` (also to take a judgement back), `note`, `confirm`, `false`
    #[schema(example = "take")]
    deed: String,
    /// In words; only taking up goes without
    #[serde(default)]
    words: String,
}

/// A brake that is set by hand
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlertBraking {
    /// 1, 4, 24 or 72
    #[schema(example = 4)]
    hours: u32,
    /// Why
    words: String,
}

/// How many alerts are in a state
#[derive(Serialize, ToSchema)]
struct StateCount {
    /// `new`, `looked_at`, `false_alarm`, `confirmed`
    state: &'static str,
    /// So many
    count: u64,
}

/// An alert
#[derive(Serialize, ToSchema)]
struct AlertRow {
    /// Number, from 1
    number: u64,
    /// Rule
    rule: &'static str,
    /// What the rule is called, in the caller's language
    label: &'static str,
    /// `low`, `medium`, `high`
    level: &'static str,
    /// What was done: `note`, `alert`, `brake`, `suspend`
    action: &'static str,
    /// Time of the entry that made it
    at: Moment,
    /// Time of the first entry that it rests on
    since: Moment,
    /// Organisation that it is about
    organisation: Option<String>,
    /// System
    system: String,
    /// Account
    account: Option<String>,
    /// What was counted
    figures: BTreeMap<String, u64>,
    /// Until when calls are refused
    braked_until: Option<Moment>,
    /// How far it is
    state: &'static str,
    /// Since when
    state_since: Moment,
}

/// An alert with what became of it
#[derive(Serialize, ToSchema)]
struct WholeAlert {
    /// The alert
    alert: AlertRow,
    /// The person concerned, masked; none once forgotten
    about: Option<String>,
    /// How the rule was set for the entry that made it
    setting: Option<SettingRow>,
    /// Entries of the journal that it rests on, as far as they tell of no person
    evidence: Vec<EvidenceRow>,
    /// What became of it, the first step first
    steps: Vec<AlertStep>,
    /// What was written to it, the first first
    notes: Vec<AlertNote>,
    /// Its brake, over or not
    brake: Option<BrakeRow>,
    /// Earlier alerts of the account
    earlier: Vec<AlertRow>,
}

/// An entry that an alert rests on
#[derive(Serialize, ToSchema)]
struct EvidenceRow {
    /// Number in the journal
    entry: u64,
    /// When
    at: Moment,
    /// Service
    service: String,
    /// How it ended
    outcome: &'static str,
    /// Account, where one was proved
    account: Option<String>,
    /// It names a case
    with_case: bool,
}

/// A change of state
#[derive(Serialize, ToSchema)]
struct AlertStep {
    /// State before
    from: &'static str,
    /// State after
    to: &'static str,
    /// When
    at: Moment,
    /// Staff account
    by: String,
    /// In words
    words: String,
}

/// What was written to an alert, or done about its brake
#[derive(Serialize, ToSchema)]
struct AlertNote {
    /// `note`, `brake`, `release`
    kind: &'static str,
    /// When
    at: Moment,
    /// Staff account
    by: String,
    /// In words
    words: String,
}

impl AlertRow {
    fn of(desk: &Desk, alert: &Alert) -> Self {
        Self {
            number: alert.number,
            rule: alert.rule.name(),
            label: rule_label(desk, alert.rule),
            level: alert.level.name(),
            action: alert.action.name(),
            at: Moment(alert.at_us),
            since: Moment(alert.since_us),
            organisation: alert.who.organisation.as_ref().map(ToString::to_string),
            system: alert.who.system.to_string(),
            account: alert.who.account.as_ref().map(ToString::to_string),
            figures: alert.figures.clone(),
            braked_until: alert.braked_until_us.map(Moment),
            state: alert.state.name(),
            state_since: Moment(alert.state_at_us),
        }
    }
}

impl From<&Step> for AlertStep {
    fn from(step: &Step) -> Self {
        Self {
            from: step.from.name(),
            to: step.to.name(),
            at: Moment(step.at_us),
            by: step.by.clone(),
            words: step.note.clone(),
        }
    }
}

impl From<&Note> for AlertNote {
    fn from(note: &Note) -> Self {
        Self { kind: note.kind.name(), at: Moment(note.at_us), by: note.by.clone(), words: note.text.clone() }
    }
}

impl From<&Evidence> for EvidenceRow {
    fn from(one: &Evidence) -> Self {
        Self {
            entry: one.entry,
            at: Moment(one.at_us),
            service: one.service.clone(),
            outcome: one.outcome.name(),
            account: one.account.clone(),
            with_case: one.with_case,
        }
    }
}

/// The organisation whose alerts are asked for: a person of one asks about the own one, whatever the address says.
fn asked_about(desk: &Desk) -> Result<Option<String>, Trouble> {
    let organisation = desk.own().or_else(|| desk.asked("organisation"));
    desk.must(Action::AlertRead, organisation.as_deref().or(Some("")))?;
    Ok(organisation)
}

async fn list(desk: Desk) -> Answer {
    let query = AlertQuery {
        organisation: asked_about(&desk)?,
        state: desk.asked_as("state", AlertState::from_name)?,
        rule: desk.asked_as("rule", Rule::from_name)?,
        account: desk.asked("account"),
        before: desk.after(|number, _| number.parse().ok())?,
    };
    let (watch, rows) = (desk.console.watch.clone(), desk.rows());
    let found = desk.ask(move || watch.alerts(&query, rows)).await?;
    let full = found.len() >= usize::try_from(rows).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|alert| format!("{}.", alert.number));
    Ok(ok(&Page { items: found.iter().map(|alert| AlertRow::of(&desk, alert)).collect(), next }))
}

async fn counts(desk: Desk) -> Answer {
    let organisation = asked_about(&desk)?;
    let watch = desk.console.watch.clone();
    let found = desk.ask(move || watch.counts_of(organisation.as_deref())).await?;
    let count = |(state, count): &(AlertState, u64)| StateCount { state: state.name(), count: *count };
    Ok(ok(&Page::whole(found.iter().map(count).collect())))
}

/// An alert to which this person may do that.
async fn known(desk: &Desk, action: Action, number: &str) -> Result<Alert, Trouble> {
    desk.alert(number, action).await.map_err(|oops| desk.oops(&oops))
}

async fn told(desk: &Desk, alert: Alert) -> Answer {
    let watch = desk.console.watch.clone();
    let whole = desk.ask(move || record::whole(&watch, alert)).await?;
    Ok(ok(&WholeAlert {
        alert: AlertRow::of(desk, &whole.alert),
        about: whole.alert.about.as_deref().map(masked),
        setting: whole.setting.as_ref().map(SettingRow::from),
        evidence: whole.evidence.iter().map(EvidenceRow::from).collect(),
        steps: whole.steps.iter().map(AlertStep::from).collect(),
        notes: whole.notes.iter().map(AlertNote::from).collect(),
        brake: whole.brake.as_ref().map(|brake| BrakeRow::of(desk, brake)),
        earlier: whole.earlier.iter().map(|alert| AlertRow::of(desk, alert)).collect(),
    }))
}

async fn read(desk: Desk, Path(number): Path<String>) -> Answer {
    let alert = known(&desk, Action::AlertRead, &number).await?;
    told(&desk, alert).await
}

/// Does it as the page does, and tells how the alert is then.
async fn done(desk: &Desk, alert: Alert, deed: Deed, pointer: &str, words: &str) -> Answer {
    let words = deeds::cut(words);
    if deed.needs_words() {
        desk.said(pointer, &words)?;
    }
    let done = deeds::handled(desk, alert.number, deed, words).await;
    done.map_err(|oops| desk.oops(&oops))?.map_err(|error| desk.problem(error.told(desk.place.texts())))?;
    let alert = known(desk, Action::AlertRead, &alert.number.to_string()).await?;
    told(desk, alert).await
}

async fn handle(desk: Desk, Path(number): Path<String>, request: Request) -> Answer {
    let alert = known(&desk, Action::AlertHandle, &number).await?;
    let AlertHandling { deed, words } = desk.read(request).await?;
    let deed = Deed::from_name(&deed).ok_or_else(|| desk.wrong("/deed", "unknown"))?;
    done(&desk, alert, deed, "/words", &words).await
}

async fn brake(desk: Desk, Path(number): Path<String>, request: Request) -> Answer {
    let alert = known(&desk, Action::AlertBrake, &number).await?;
    let AlertBraking { hours, words } = desk.read(request).await?;
    let deed = deeds::brake_for(hours).ok_or_else(|| desk.wrong("/hours", "range"))?;
    done(&desk, alert, deed, "/words", &words).await
}

async fn release(desk: Desk, Path(number): Path<String>, request: Request) -> Answer {
    let alert = known(&desk, Action::AlertRelease, &number).await?;
    let Reason { reason } = desk.read(request).await?;
    done(&desk, alert, Deed::Release, "/reason", &reason).await
}
