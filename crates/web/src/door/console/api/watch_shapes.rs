//! The shapes of watch rules: how one is set, since when, and what is proposed.
use super::desk::Desk;
use super::shapes::{Day, Moment};
use dancu_catalogue::Lang;
use dancu_watch::{Proposal, Rule, RuleChange, Setting};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How a rule is set
#[derive(Serialize, ToSchema)]
pub(super) struct SettingRow {
    /// Whether the rule judges at all
    enabled: bool,
    /// So many within the window make a finding
    threshold: u16,
    /// The window, seconds
    window_seconds: u32,
    /// For how long the same is not said again, seconds
    quiet_seconds: u32,
    /// `low`, `medium`, `high`
    level: &'static str,
    /// What is done: `note`, `alert`, `brake`, `suspend`
    action: &'static str,
    /// For how long calls are refused when it brakes, seconds
    brake_seconds: u32,
    /// The rule's own numbers
    params: BTreeMap<String, u32>,
    /// Roles that are not judged
    exempt_roles: Vec<String>,
    /// Systems that are not judged
    exempt_systems: Vec<String>,
    /// Purposes that are not judged
    exempt_purposes: Vec<String>,
    /// First day
    valid_from: Day,
    /// Article or reason that it comes from
    source: String,
    /// How sure the source is: `CONFIRMED`, `RECALLED`, `OWN`
    mark: String,
}

/// How a rule is to be set; what is not said stays as it is
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingChange {
    /// Whether the rule judges at all
    pub(super) enabled: Option<bool>,
    /// 1 to 128
    pub(super) threshold: Option<u16>,
    /// Seconds, 1 to a week
    pub(super) window_seconds: Option<u32>,
    /// Seconds, to 30 days
    pub(super) quiet_seconds: Option<u32>,
    /// `low`, `medium`, `high`
    pub(super) level: Option<String>,
    /// `note`, `alert`, `brake`, `suspend`
    pub(super) action: Option<String>,
    /// Seconds, to a week; above 0 when it brakes
    pub(super) brake_seconds: Option<u32>,
    /// The rule's own numbers that are to be others
    #[serde(default)]
    pub(super) params: BTreeMap<String, u32>,
    /// Systems that are not judged
    pub(super) exempt_systems: Option<Vec<String>>,
    /// Where the change comes from
    pub(super) source: Option<String>,
}

/// A rule
#[derive(Serialize, ToSchema)]
pub(super) struct WatchRuleRow {
    /// Its name
    pub(super) rule: &'static str,
    /// What it is called, in the caller's language
    pub(super) label: &'static str,
    /// How it is set today
    pub(super) setting: SettingRow,
    /// Proposals that wait for a decision
    pub(super) open_proposals: u64,
}

/// A rule with its history
#[derive(Serialize, ToSchema)]
pub(super) struct WholeWatchRule {
    /// The rule
    pub(super) rule: WatchRuleRow,
    /// Every setting with a day of effect, ascending; those of the file among them
    pub(super) editions: Vec<EditionOfRule>,
    /// Changes that people put in, the first first
    pub(super) changes: Vec<RuleChangeRow>,
    /// Proposals, newest first
    pub(super) proposals: Vec<ProposalRow>,
}

/// A setting, and the entry from which it counts
#[derive(Serialize, ToSchema)]
pub(super) struct EditionOfRule {
    /// First entry that it judges; 0 of the file
    pub(super) from_entry: u64,
    /// The setting
    pub(super) setting: SettingRow,
}

/// A change that somebody put in
#[derive(Serialize, ToSchema)]
pub(super) struct RuleChangeRow {
    /// The setting
    setting: SettingRow,
    /// First entry that it judges
    from_entry: u64,
    /// When
    at: Moment,
    /// Staff account that proposed it
    by: String,
    /// Why
    why: String,
    /// Staff account that put it into force
    enacted_by: Option<String>,
}

/// A proposal
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalRow {
    /// Id
    id: String,
    /// The rule
    rule: &'static str,
    /// How it is to be set
    setting: SettingRow,
    /// `open`, `enacted`, `refused`, `withdrawn`
    state: &'static str,
    /// Staff account that proposed it
    by: String,
    /// When
    at: Moment,
    /// Why
    why: String,
    /// Staff account that decided
    decided_by: Option<String>,
    /// When
    decided_at: Option<Moment>,
    /// In which words
    decided_why: Option<String>,
}

/// What a rule is called, in the caller's language.
pub(super) fn rule_label(desk: &Desk, rule: Rule) -> &'static str {
    let (vi, en) = rule.label();
    if desk.place.lang == Lang::Vi { vi } else { en }
}

impl From<&Setting> for SettingRow {
    fn from(set: &Setting) -> Self {
        Self {
            enabled: set.enabled,
            threshold: set.threshold,
            window_seconds: set.window_s,
            quiet_seconds: set.quiet_s,
            level: set.level.name(),
            action: set.action.name(),
            brake_seconds: set.brake_s,
            params: set.params.clone(),
            exempt_roles: set.exempt_roles.clone(),
            exempt_systems: set.exempt_systems.clone(),
            exempt_purposes: set.exempt_purposes.clone(),
            valid_from: Day(set.valid_from),
            source: set.source.clone(),
            mark: set.mark.clone(),
        }
    }
}

impl From<&RuleChange> for RuleChangeRow {
    fn from(change: &RuleChange) -> Self {
        Self {
            setting: SettingRow::from(&change.setting),
            from_entry: change.from_entry,
            at: Moment(change.at_us),
            by: change.by.clone(),
            why: change.why.clone(),
            enacted_by: change.enacted_by.clone(),
        }
    }
}

impl From<&Proposal> for ProposalRow {
    fn from(proposal: &Proposal) -> Self {
        let decided = proposal.decided.as_ref();
        Self {
            id: proposal.id.clone(),
            rule: proposal.rule.name(),
            setting: SettingRow::from(&proposal.setting),
            state: proposal.state.name(),
            by: proposal.by.clone(),
            at: Moment(proposal.at_us),
            why: proposal.why.clone(),
            decided_by: decided.map(|(by, ..)| by.clone()),
            decided_at: decided.map(|(_, at_us, _)| Moment(*at_us)),
            decided_why: decided.map(|(.., words)| words.clone()),
        }
    }
}
