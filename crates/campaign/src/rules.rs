//! Thresholds, lists and spans of time by the day from which they hold: `data/campaign.toml`.
use dancu_citizen::CivilDate;
use dancu_policy::{Deadlines, Hours, VietnamTime};
use serde::Deserialize;

/// Why a file of rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// Not TOML of the expected shape
    #[error("campaign rules: {0}")]
    Toml(#[from] toml::de::Error),
    /// A name that the code does not know
    #[error("campaign rules: unknown name {0}")]
    Unknown(String),
    /// A date or value that cannot be
    #[error("campaign rules: bad value of {0}")]
    Value(String),
    /// No rule of this name is in force on the day
    #[error("campaign rules: {0} is not in force on this day")]
    Missing(&'static str),
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// All of them.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$variant),*];
            /// Stable name, as stored and as in the data.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            /// From its stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let name = <String as serde::Deserialize>::deserialize(from)?;
                Self::from_name(&name).ok_or_else(|| serde::de::Error::custom("unknown name"))
            }
        }
    };
}
pub(crate) use names;

names! {
    /// A threshold of `data/campaign.toml`, where each is explained.
    Threshold {
        /// Days without use after which an account locks itself
        IdleDays = "idle_days",
        /// Months from one review to the next
        ReviewMonths = "review_months",
        /// Calls a day that an account may be given without a request
        AccountDailyQuotaMax = "account_daily_quota_max",
        /// Calls a day that may be asked for
        QuotaRequestMax = "quota_request_max",
        /// Accounts in one table
        ImportMaxRows = "import_max_rows",
        /// Size of a table's file, KiB
        ImportMaxKib = "import_max_kib",
        /// Days for which the rows of an import are kept
        ImportKeepDays = "import_keep_days",
        /// Accounts with which a unit counts as registered
        UnitMinAccounts = "unit_min_accounts",
        /// First minute of the night
        NightFromMinute = "night_from_minute",
        /// First minute after the night
        NightToMinute = "night_to_minute",
    }
}

names! {
    /// What people are reminded of before its deadline.
    Reminded {
        /// An account review
        Review = "review",
        /// A registration campaign
        Registration = "registration",
    }
}

names! {
    /// Level of a unit.
    Level {
        /// Sở, ban, ngành
        Department = "department",
        /// Cấp huyện, until it ended
        District = "district",
        /// Cấp xã
        Commune = "commune",
    }
}

/// The rules over time.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    thresholds: Vec<Dated<(Threshold, u32)>>,
    reminders: Vec<Dated<(Reminded, Vec<u16>)>>,
    levels: Vec<Dated<Level>>,
    phones: Vec<Dated<(Vec<String>, Vec<usize>)>>,
}

#[derive(Clone, Debug)]
struct Dated<T> {
    from: CivilDate,
    to: Option<CivilDate>,
    what: T,
}

impl<T> Dated<T> {
    fn holds(&self, day: CivilDate) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    threshold: Vec<Row>,
    #[serde(default)]
    reminder: Vec<Row>,
    #[serde(default)]
    level: Vec<Row>,
    #[serde(default)]
    phone: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: u32,
    #[serde(default)]
    days: Vec<u16>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    digits: Vec<usize>,
    valid_from: String,
    valid_to: Option<String>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

impl Rules {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, RulesError> {
        Self::default().overlaid(include_str!("../data/campaign.toml"))
    }

    /// These rules with those of a file of the same shape laid over them: of two rules that began on one day, the one of
    /// the file counts.
    pub fn overlaid(mut self, text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text)?;
        for row in file.threshold {
            let name =
                Threshold::from_name(&row.name).ok_or_else(|| RulesError::Unknown(row.name.clone()))?;
            self.thresholds.push(dated(&row, (name, row.value))?);
        }
        for row in file.reminder {
            let name = Reminded::from_name(&row.name).ok_or_else(|| RulesError::Unknown(row.name.clone()))?;
            self.reminders.push(dated(&row, (name, row.days.clone()))?);
        }
        for row in file.level {
            let level = Level::from_name(&row.name).ok_or_else(|| RulesError::Unknown(row.name.clone()))?;
            self.levels.push(dated(&row, level)?);
        }
        for row in file.phone {
            self.phones.push(dated(&row, (row.prefixes.clone(), row.digits.clone()))?);
        }
        // Stable: of one day, what came later stays later, and counts.
        self.thresholds.sort_by_key(|row| row.from);
        self.reminders.sort_by_key(|row| row.from);
        Ok(self)
    }

    /// A threshold on a day.
    pub fn threshold(&self, name: Threshold, day: CivilDate) -> Result<u32, RulesError> {
        let mut rows = self.thresholds.iter().rev();
        let row = rows.find(|row| row.what.0 == name && row.holds(day));
        row.map(|row| row.what.1).ok_or(RulesError::Missing(name.name()))
    }

    /// Days before a deadline on which people are reminded, the earliest first.
    pub fn reminders(&self, of: Reminded, day: CivilDate) -> Vec<u16> {
        let row = self.reminders.iter().rev().find(|row| row.what.0 == of && row.holds(day));
        let mut days = row.map(|row| row.what.1.clone()).unwrap_or_default();
        days.sort_unstable_by(|a, b| b.cmp(a));
        days.dedup();
        days
    }

    /// Whether units of a level exist on a day.
    pub fn has_level(&self, level: Level, day: CivilDate) -> bool {
        self.levels.iter().any(|row| row.what == level && row.holds(day))
    }

    /// The last day of a level that has ended or will.
    pub fn level_ends(&self, level: Level) -> Option<CivilDate> {
        self.levels.iter().rev().find(|row| row.what == level)?.to
    }

    /// Whether a number of digits only is a telephone number on a day.
    pub fn is_phone(&self, digits: &str, day: CivilDate) -> bool {
        self.phones.iter().filter(|row| row.holds(day)).any(|row| {
            let (prefixes, lengths) = &row.what;
            lengths.contains(&digits.len())
                && prefixes.iter().any(|prefix| digits.starts_with(prefix.as_str()))
        })
    }

    /// The hours that count as night.
    pub fn night(&self, day: CivilDate) -> Result<Hours, RulesError> {
        let minute = |name: Threshold| {
            let value = self.threshold(name, day)?;
            u16::try_from(value).map_err(|_| RulesError::Value(name.name().to_owned()))
        };
        let (from, to) = (minute(Threshold::NightFromMinute)?, minute(Threshold::NightToMinute)?);
        Hours::new(0b111_1111, from, to).map_err(|_| RulesError::Value("night".to_owned()))
    }
}

fn dated<T>(row: &Row, what: T) -> Result<Dated<T>, RulesError> {
    let date = |text: &str| CivilDate::parse_iso(text).map_err(|_| RulesError::Value(text.to_owned()));
    let to = row.valid_to.as_deref().map(date).transpose()?;
    Ok(Dated { from: date(&row.valid_from)?, to, what })
}

/// The day of a moment in Vietnam.
pub(crate) fn day_of(now_us: i64) -> Result<CivilDate, RulesError> {
    VietnamTime::of(now_us).map(|time| time.date).ok_or_else(|| RulesError::Value("time".to_owned()))
}

/// Days from one date to another, negative when it lies before.
pub(crate) fn days_between(from: CivilDate, to: CivilDate) -> i32 {
    let number = |date| VietnamTime::of(Deadlines::end_of(date)).map_or(0, |time| time.day);
    number(to) - number(from)
}

/// A day in microseconds.
pub(crate) const DAY_US: i64 = 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        CivilDate::parse_iso(text).unwrap()
    }

    #[test]
    fn the_built_in_file_is_whole() {
        let rules = Rules::built_in().unwrap();
        for name in Threshold::ALL {
            assert!(rules.threshold(name, day("2026-11-21")).is_ok(), "{}", name.name());
        }
        assert_eq!(rules.threshold(Threshold::IdleDays, day("2026-11-21")).unwrap(), 45);
        assert!(rules.threshold(Threshold::IdleDays, day("2020-01-01")).is_err());
        assert_eq!(rules.reminders(Reminded::Review, day("2026-11-21")), [14, 7, 3, 1]);
        assert!(rules.night(day("2026-11-21")).is_ok());
    }

    #[test]
    fn districts_end_with_june_2025() {
        let rules = Rules::built_in().unwrap();
        assert!(rules.has_level(Level::District, day("2025-06-30")));
        assert!(!rules.has_level(Level::District, day("2025-07-01")));
        assert!(rules.has_level(Level::Commune, day("2026-11-21")));
        assert_eq!(rules.level_ends(Level::District), Some(day("2025-06-30")));
        assert_eq!(rules.level_ends(Level::Commune), None);
    }

    #[test]
    fn configuration_lies_over_the_built_in_rules_from_its_day_on() {
        let text = "[[threshold]]\nname = \"idle_days\"\nvalue = 30\nvalid_from = \"2027-01-01\"\nsource = \"s\"\nmark = \"m\"\n";
        let rules = Rules::built_in().unwrap().overlaid(text).unwrap();
        assert_eq!(rules.threshold(Threshold::IdleDays, day("2026-12-31")).unwrap(), 45);
        assert_eq!(rules.threshold(Threshold::IdleDays, day("2027-01-01")).unwrap(), 30);
        let same_day = text.replace("2027-01-01", "2026-01-01");
        let rules = Rules::built_in().unwrap().overlaid(&same_day).unwrap();
        assert_eq!(rules.threshold(Threshold::IdleDays, day("2026-12-31")).unwrap(), 30);
        for (from, to) in [("idle_days", "idle_weeks"), ("2027-01-01", "2027-13-01"), ("value", "valeu")] {
            assert!(Rules::default().overlaid(&text.replace(from, to)).is_err(), "{from}");
        }
    }

    #[test]
    fn days_between_dates_count_over_months() {
        assert_eq!(days_between(day("2026-11-21"), day("2026-12-05")), 14);
        assert_eq!(days_between(day("2026-12-05"), day("2026-11-21")), -14);
    }
}
