//! All settings over days and entries: the file, and what the store lays over it.
use crate::lists::{List, Lists, Stay};
use crate::{GuessSetting, Lesson, Rule, Setting, SettingError, Who};
use dancu_citizen::CivilDate;
use dancu_policy::Id;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

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
    pub(crate) editions: HashMap<Rule, Vec<Edition>>,
    pub(crate) lesson: Lesson,
    pub(crate) guess: Vec<(CivilDate, GuessSetting)>,
    pub(crate) raised: HashMap<(Rule, Of), Vec<Raised>>,
    /// Listed persons
    pub(crate) lists: Lists,
}

impl Settings {
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
    fn rows_of_another_file_are_laid_over_from_their_day_on() {
        let text = include_str!("../data/watch.toml");
        let planted = text.split("[[rule]]").find(|row| row.contains("\"planted\"")).unwrap();
        let over = |day: &str| {
            let row = planted
                .replace("action = \"alert\"", "action = \"suspend\"\nbrake_s = 3600")
                .replace("2024-01-01", day);
            Settings::built_in().unwrap().overlaid(&format!("[[rule]]{row}")).unwrap()
        };
        let action = |settings: &Settings| settings.on(Rule::Planted, 0, day("2026-11-21")).unwrap().action;
        assert_eq!(action(&Settings::built_in().unwrap()), crate::Action::Alert);
        assert_eq!(action(&over("2024-01-01")), crate::Action::Suspend);
        assert_eq!(action(&over("2026-11-22")), crate::Action::Alert);
        assert!(Settings::built_in().unwrap().overlaid("[[rule]]\nname = \"panted\"").is_err());
        assert!(Settings::built_in().unwrap().overlaid("[rules]").is_err());
        assert!(Settings::built_in().unwrap().overlaid("").is_ok());
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
