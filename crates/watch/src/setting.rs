//! How one rule is set: threshold, window, action, day of effect and reason.
use crate::{Action, Level, Rule};
use dancu_citizen::CivilDate;
use dancu_policy::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Highest threshold that may be set: what the windows hold, divided by the highest dampening.
pub const MAX_THRESHOLD: u16 = 128;
/// Highest dampening that may be set, percent.
pub const MAX_DAMPENING: u32 = 400;
/// Longest window, seconds: a week.
const MAX_WINDOW_S: u32 = 7 * 86_400;

/// Why a setting is refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// Not TOML of the expected shape
    #[error("watch rules: {0}")]
    Toml(#[from] toml::de::Error),
    /// A name that the code does not know
    #[error("watch rules: unknown name {0}")]
    Unknown(String),
    /// A value that cannot be
    #[error("watch rules: bad value of {0}")]
    Value(String),
    /// A rule or a number that the code needs
    #[error("watch rules: {0} is missing")]
    Missing(String),
}

/// A rule's setting from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Whether the rule judges at all
    #[serde(default = "yes")]
    pub enabled: bool,
    /// So many within the window make a finding, 1 to [`MAX_THRESHOLD`]
    pub threshold: u16,
    /// The window, seconds, 1 to a week
    pub window_s: u32,
    /// For how long the same is not said again, seconds
    pub quiet_s: u32,
    /// How grave it is
    pub level: Level,
    /// What is done
    pub action: Action,
    /// For how long calls are refused when the action is `brake`, seconds
    #[serde(default)]
    pub brake_s: u32,
    /// The rule's own numbers, those of [`Rule::params`]
    #[serde(default)]
    pub params: BTreeMap<String, u32>,
    /// Roles that are not judged
    #[serde(default)]
    pub exempt_roles: Vec<String>,
    /// Systems that are not judged
    #[serde(default)]
    pub exempt_systems: Vec<String>,
    /// Purposes that are not judged
    #[serde(default)]
    pub exempt_purposes: Vec<String>,
    /// First day, in Vietnam
    #[serde(with = "iso")]
    pub valid_from: CivilDate,
    /// Article or reason it comes from
    pub source: String,
    /// Why the rule is as it is
    pub why: String,
    /// How sure the source is
    #[serde(default)]
    pub mark: String,
}

fn yes() -> bool {
    true
}

pub(crate) mod iso {
    use dancu_citizen::CivilDate;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    pub(crate) fn serialize<S: Serializer>(date: &CivilDate, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&date.iso())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<CivilDate, D::Error> {
        CivilDate::parse_iso(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

impl Setting {
    /// One of the rule's own numbers.
    pub fn param(&self, name: &str) -> u32 {
        self.params.get(name).copied().unwrap_or_default()
    }

    /// Whether it is a setting for this rule: every number there and within its range, every name known.
    pub fn check(&self, rule: Rule) -> Result<(), SettingError> {
        let value = |what: &str| SettingError::Value(format!("{}.{what}", rule.name()));
        if !(1..=MAX_THRESHOLD).contains(&self.threshold) {
            return Err(value("threshold"));
        }
        if !(1..=MAX_WINDOW_S).contains(&self.window_s) {
            return Err(value("window_s"));
        }
        if self.action >= Action::Brake && self.brake_s == 0 {
            return Err(value("brake_s"));
        }
        for name in rule.params() {
            if !self.params.contains_key(*name) {
                return Err(SettingError::Missing(format!("{}.{name}", rule.name())));
            }
        }
        if let Some(stranger) = self.params.keys().find(|name| !rule.params().contains(&name.as_str())) {
            return Err(SettingError::Unknown(format!("{}.{stranger}", rule.name())));
        }
        match self.exempt_roles.iter().find(|role| Role::from_name(role).is_none()) {
            Some(stranger) => Err(SettingError::Unknown(stranger.clone())),
            None => Ok(()),
        }
    }
}

/// What a false alarm teaches, as the file sets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lesson {
    /// The threshold afterwards, percent of what it was
    pub percent: u32,
    /// Not above this, percent of the setting
    pub cap: u32,
    /// For so many days
    pub days: u32,
}

/// The guess budget of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuessSetting {
    /// Different claims that may disagree within the window; the last of them spends the budget. 1 to 8
    pub mismatches: u8,
    /// The window, microseconds
    pub window_us: i64,
    /// Answers are neutral for so long, microseconds
    pub neutral_us: i64,
    /// Never longer than this, microseconds
    pub neutral_max_us: i64,
    /// A budget spent again within this time is spent for twice as long, microseconds
    pub memory_us: i64,
    /// Mismatches that a supervisor's release lets one account still make
    pub released_mismatches: u8,
    /// How long a release holds, microseconds
    pub release_us: i64,
}
