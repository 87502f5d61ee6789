//! How each rule is set, from which day and entry on: the file `data/watch.toml` and what the store lays over it.
use crate::lists::{List, Lists, Stay};
use crate::{Action, Level, Rule, Who};
use dancu_citizen::CivilDate;
use dancu_policy::{Id, Role};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

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

mod iso {
    use dancu_citizen::CivilDate;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    pub(super) fn serialize<S: Serializer>(date: &CivilDate, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&date.iso())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<CivilDate, D::Error> {
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

/// For whom a threshold was raised.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Of {
    /// An account
    Account(Id),
    /// A system, of findings about no single account
    System(Id),
    /// The person whom a rule counts by, as a keyed hash
    Person([u8; 16]),
}

/// A raised threshold: what a false alarm taught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Percent of the setting's threshold
    pub percent: u32,
    /// From this entry on
    pub from_entry: u64,
    /// Before this entry, once it was taken back
    pub until_entry: Option<u64>,
    /// Before this time, microseconds since 1970
    pub until_us: i64,
}

/// A setting, and the entry from which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// From this entry on; 0 for those of the file
    pub from_entry: u64,
    /// The setting
    pub setting: Setting,
}

/// All that findings depend on besides the entries: which entry it holds from is part of each piece, so that the same entries give
/// the same findings at any time.
#[derive(Clone, Debug)]
pub struct Settings {
    /// By rule, ascending by day and entry
    editions: HashMap<Rule, Vec<Edition>>,
    lesson: Lesson,
    guess: Vec<(CivilDate, GuessSetting)>,
    raised: HashMap<(Rule, Of), Vec<Raised>>,
    /// Listed persons
    pub(crate) lists: Lists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<toml::Table>,
    dampening: DampeningRow,
    guess: Vec<GuessRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DampeningRow {
    percent: u32,
    cap: u32,
    days: u32,
    #[serde(rename = "valid_from")]
    _valid_from: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuessRow {
    mismatches: u8,
    window_s: u32,
    neutral_s: u32,
    neutral_max_s: u32,
    memory_s: u32,
    released_mismatches: u8,
    release_s: u32,
    #[serde(with = "iso")]
    valid_from: CivilDate,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

impl Settings {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, SettingError> {
        Self::parse(include_str!("../data/watch.toml"))
    }

    /// Reads a file of that shape; every rule must be in it.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let file: File = toml::from_str(text)?;
        let DampeningRow { percent, cap, days, .. } = file.dampening;
        if !(101..=MAX_DAMPENING).contains(&cap) || !(101..=cap).contains(&percent) || days == 0 {
            return Err(SettingError::Value("dampening".to_owned()));
        }
        let mut settings = Self {
            editions: HashMap::new(),
            lesson: Lesson { percent, cap, days },
            guess: Vec::new(),
            raised: HashMap::new(),
            lists: Lists::default(),
        };
        for mut row in file.rule {
            let name = row.remove("name");
            let name = name.as_ref().and_then(toml::Value::as_str).unwrap_or_default();
            let rule = Rule::from_name(name).ok_or_else(|| SettingError::Unknown(name.to_owned()))?;
            settings.put(rule, Edition { from_entry: 0, setting: row.try_into()? })?;
        }
        if let Some(rule) = Rule::ALL.iter().find(|rule| !settings.editions.contains_key(rule)) {
            return Err(SettingError::Missing(rule.name().to_owned()));
        }
        for row in &file.guess {
            settings.guess.push((row.valid_from, guess(row)?));
        }
        settings.guess.sort_by_key(|(from, _)| *from);
        if settings.guess.is_empty() {
            return Err(SettingError::Missing("guess".to_owned()));
        }
        Ok(settings)
    }

    /// Adds an edition; of two of one day, that of the later entry counts.
    pub fn put(&mut self, rule: Rule, edition: Edition) -> Result<(), SettingError> {
        edition.setting.check(rule)?;
        let editions = self.editions.entry(rule).or_default();
        editions.push(edition);
        editions.sort_by_key(|edition| (edition.setting.valid_from, edition.from_entry));
        Ok(())
    }

    /// The same, but with this setting alone for the rule, whatever the day: for a dry run.
    pub fn replaced(mut self, rule: Rule, mut setting: Setting) -> Result<Self, SettingError> {
        setting.check(rule)?;
        setting.valid_from = CivilDate::new(1900, 1, 1).map_err(|_| SettingError::Value("day".to_owned()))?;
        self.editions.insert(rule, vec![Edition { from_entry: 0, setting }]);
        Ok(self)
    }

    /// A threshold raised by a false alarm.
    pub fn raise(&mut self, rule: Rule, of: Of, raised: Raised) {
        self.raised.entry((rule, of)).or_default().push(raised);
    }

    /// A person on a list, as the journal's keyed hash of the number, from an entry on.
    pub fn list(&mut self, list: List, subject: [u8; 16], from_entry: u64) {
        self.lists.put(subject, Stay { list, from_entry, until_entry: None });
    }

    /// The setting for this entry, made on this day.
    pub fn on(&self, rule: Rule, entry: u64, day: CivilDate) -> Option<&Setting> {
        let holds = |edition: &&Edition| edition.from_entry <= entry && edition.setting.valid_from <= day;
        self.editions.get(&rule)?.iter().rev().find(holds).map(|edition| &edition.setting)
    }

    /// All editions of a rule, ascending by day and entry.
    pub fn editions(&self, rule: Rule) -> &[Edition] {
        self.editions.get(&rule).map_or(&[], Vec::as_slice)
    }

    /// What the threshold is multiplied by for somebody, percent.
    pub fn percent(&self, rule: Rule, of: Of, entry: u64, at_us: i64) -> u32 {
        let raised = self.raised.get(&(rule, of)).map_or(&[][..], Vec::as_slice);
        let holds = |one: &&Raised| {
            one.from_entry <= entry
                && one.until_entry.is_none_or(|until| entry < until)
                && at_us < one.until_us
        };
        let percent = raised.iter().filter(holds).fold(100, |percent, one| percent * one.percent / 100);
        percent.min(self.lesson.cap)
    }

    /// Whether no threshold was ever raised.
    pub(crate) fn is_unraised(&self) -> bool {
        self.raised.is_empty()
    }

    /// What a false alarm teaches.
    pub fn lesson(&self) -> Lesson {
        self.lesson
    }

    /// The guess budget on a day; before the first day that of the first.
    pub fn guess_on(&self, day: CivilDate) -> Option<GuessSetting> {
        let found = self.guess.iter().rev().find(|(from, _)| *from <= day).or_else(|| self.guess.first());
        found.map(|(_, setting)| *setting)
    }
}

fn guess(row: &GuessRow) -> Result<GuessSetting, SettingError> {
    let us = |seconds: u32| i64::from(seconds) * 1_000_000;
    let most = u8::try_from(crate::guess::SLOTS).unwrap_or(u8::MAX);
    let senseless = !(1..=most).contains(&row.mismatches)
        || [row.window_s, row.neutral_s, row.release_s].contains(&0)
        || row.neutral_max_s < row.neutral_s
        || row.memory_s < row.window_s;
    if senseless {
        return Err(SettingError::Value("guess".to_owned()));
    }
    Ok(GuessSetting {
        mismatches: row.mismatches,
        window_us: us(row.window_s),
        neutral_us: us(row.neutral_s),
        neutral_max_us: us(row.neutral_max_s),
        memory_us: us(row.memory_s),
        released_mismatches: row.released_mismatches,
        release_us: us(row.release_s),
    })
}

impl Of {
    /// The account, else the system.
    pub fn actor(who: &Who) -> Self {
        who.account.clone().map_or_else(|| Self::System(who.system.clone()), Self::Account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        CivilDate::parse_iso(text).unwrap()
    }

    #[test]
    fn the_built_in_file_is_whole_and_reads_back_from_json() {
        let settings = Settings::built_in().unwrap();
        for rule in Rule::ALL {
            let setting = settings.on(rule, 0, day("2026-11-21")).unwrap();
            let json = serde_json::to_vec(setting).unwrap();
            assert_eq!(&serde_json::from_slice::<Setting>(&json).unwrap(), setting);
            assert!(settings.on(rule, 0, day("2020-01-01")).is_none(), "{}", rule.name());
            assert_eq!(Rule::from_name(rule.name()), Some(rule));
        }
        assert_eq!(settings.guess_on(day("2026-11-21")).unwrap().mismatches, 5);
    }

    #[test]
    fn a_later_edition_counts_from_its_day_and_its_entry() {
        let mut settings = Settings::built_in().unwrap();
        let mut setting = settings.on(Rule::Planted, 0, day("2026-11-21")).unwrap().clone();
        setting.threshold = 2;
        settings.put(Rule::Planted, Edition { from_entry: 100, setting: setting.clone() }).unwrap();
        setting.threshold = 3;
        setting.valid_from = day("2027-01-01");
        settings.put(Rule::Planted, Edition { from_entry: 50, setting }).unwrap();
        let at = |entry, text| settings.on(Rule::Planted, entry, day(text)).unwrap().threshold;
        assert_eq!([at(99, "2026-11-21"), at(100, "2026-11-21"), at(100, "2027-01-01")], [1, 2, 3]);
    }

    #[test]
    fn false_alarms_multiply_up_to_the_cap_and_end() {
        let mut settings = Settings::built_in().unwrap();
        let of = Of::Account("a".into());
        let raised = Raised { percent: 200, from_entry: 10, until_entry: None, until_us: 1000 };
        for _ in 0..3 {
            settings.raise(Rule::NoCase, of.clone(), raised.clone());
        }
        settings.raise(Rule::Burst, of.clone(), Raised { until_entry: Some(20), ..raised });
        let percent = |rule, entry, at| settings.percent(rule, of.clone(), entry, at);
        assert_eq!([percent(Rule::NoCase, 9, 0), percent(Rule::NoCase, 10, 999)], [100, 400]);
        assert_eq!([percent(Rule::NoCase, 10, 1000), percent(Rule::Planted, 10, 0)], [100, 100]);
        assert_eq!([percent(Rule::Burst, 19, 0), percent(Rule::Burst, 20, 0)], [200, 100]);
    }

    #[test]
    fn a_file_that_lacks_something_or_has_a_stranger_is_refused() {
        let text = include_str!("../data/watch.toml");
        for (from, to) in [
            ("\"planted\"", "\"panted\""),
            ("share_percent = 50", "share_per_cent = 40"),
            ("exempt_roles = [\"platform\"]", "exempt_roles = [\"boss\"]"),
            ("threshold = 20", "threshold = 0"),
            ("threshold = 20", "threshold = 129"),
            ("window_s = 60\n", "window_s = 999999999\n"),
            ("brake_s = 3600", "brake_s = 0"),
            ("2024-01-01", "2024-13-01"),
            ("mismatches = 5", "mismatches = 9"),
            ("cap = 400", "cap = 900"),
            ("why = ", "because = "),
        ] {
            assert!(Settings::parse(&text.replace(from, to)).is_err(), "{from}");
        }
    }
}
