//! The rules for accounts of staff, by the day from which they hold: `data/staff.toml`, and what configuration lays over it.
use dancu_citizen::CivilDate;
use dancu_policy::VietnamTime;
use dancu_policy::duty::AccountKind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Why a file of rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StaffLawError {
    /// Not TOML of the expected shape
    #[error("rules for staff: {0}")]
    Toml(#[from] toml::de::Error),
    /// A name that the code does not know
    #[error("rules for staff: unknown name {0}")]
    Unknown(String),
    /// A date or limit that cannot be
    #[error("rules for staff: bad value of {0}")]
    Value(String),
    /// A rule that the code needs
    #[error("rules for staff: {0} is missing")]
    Missing(&'static str),
    /// Configuration may make it stricter only
    #[error("rules for staff: {name} may not be {value}: {article} says {limit} {bound}")]
    Loosened {
        /// Rule
        name: String,
        /// What was configured
        value: u16,
        /// `at_most` or `at_least`
        limit: &'static str,
        /// What the law says
        bound: u16,
        /// Where it says so
        article: String,
    },
}

/// One row, for the page that shows rules with their sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable name
    pub name: String,
    /// Value; its unit is in the name
    pub value: u16,
    /// First day on which it holds
    pub valid_from: CivilDate,
    /// Where it comes from
    pub source: String,
    /// How sure that is
    pub mark: String,
    limit: Option<Limit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Limit {
    AtMost,
    AtLeast,
}

/// The rules over time.
#[derive(Clone, Debug)]
pub struct StaffLaw {
    /// By name, each by day of effect, ascending
    rules: BTreeMap<&'static str, Vec<Rule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    value: u16,
    limit: Option<Limit>,
    valid_from: String,
    source: String,
    mark: String,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// The rules in force on a day. Switches are 0 and 1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct StaffRules { $($(#[$doc])* pub $name: u16),* }

        const NAMES: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        impl StaffLaw {
            /// The rules in force on a day; none before the first day on which all of them are.
            pub fn on(&self, day: CivilDate) -> Option<StaffRules> {
                Some(StaffRules { $($name: self.rule_on(stringify!($name), day)?.value),* })
            }
        }
    };
}

rules! {
    /// Fewest characters of a password where a second factor is enrolled
    password_chars_with_mfa,
    /// Fewest characters where none is
    password_chars_without_mfa,
    /// Fewest classes of characters where a second factor is enrolled
    password_classes_with_mfa,
    /// Fewest classes where none is
    password_classes_without_mfa,
    /// Days after which an administration account changes its password; 0: never
    password_days_administration,
    /// The same for operation
    password_days_operation,
    /// The same for technical accounts
    password_days_technical,
    /// So many last passwords are not used again
    password_history,
    /// Wrong passwords or second factors before the account locks
    failures,
    /// Hours for which it stays locked
    lock_hours,
    /// Minutes after which an unused session of an administration account ends
    idle_minutes_administration,
    /// The same for other accounts
    idle_minutes,
    /// Hours after which any session ends
    session_hours,
    /// Sessions of one account at a time
    sessions,
    /// Days after which an unused account locks itself
    unused_days,
    /// 1: administration needs a second factor
    mfa_administration,
    /// 1: operation needs one
    mfa_operation,
    /// 1: technical accounts need one
    mfa_technical,
    /// Steps of 30 s before and after now whose code still counts
    totp_skew_steps,
    /// Recovery codes that are handed out
    recovery_codes,
    /// Hours for which a password that was handed over counts
    invitation_hours,
    /// Minutes from the password to the session
    sign_in_minutes,
    /// Minutes for which a proof of oneself counts
    proof_minutes,
    /// Minutes within which the second person agrees to open the emergency account
    emergency_window_minutes,
    /// Minutes for which it is open
    emergency_open_minutes,
}

impl StaffLaw {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, StaffLawError> {
        let rules = parse(include_str!("../data/staff.toml"))?;
        let law = Self { rules };
        match NAMES.into_iter().find(|name| !law.rules.contains_key(name)) {
            Some(name) => Err(StaffLawError::Missing(name)),
            None => Ok(law),
        }
    }

    /// Lays rows of configuration, of the same shape, over this law: each holds from its day on, in place of any row of that
    /// name and day. A row may not be looser than the row that holds on its day and says `limit`.
    pub fn with(mut self, text: &str) -> Result<Self, StaffLawError> {
        for (name, rows) in parse(text)? {
            for row in rows {
                self.check(name, &row)?;
                let held = self.rules.entry(name).or_default();
                held.retain(|other| other.valid_from != row.valid_from);
                held.push(row);
                held.sort_by_key(|row| row.valid_from);
            }
        }
        Ok(self)
    }

    /// Whatever is configured, no later built-in row of the law is hidden by it: each binds from its own day.
    fn check(&self, name: &str, row: &Rule) -> Result<(), StaffLawError> {
        let held = self.rules.get(name).into_iter().flatten();
        let Some(law) = held.rev().find(|law| law.limit.is_some() && law.valid_from <= row.valid_from) else {
            return Ok(());
        };
        let (loose, limit) = match law.limit {
            Some(Limit::AtMost) => (row.value > law.value || (row.value == 0 && law.value > 0), "at most"),
            Some(Limit::AtLeast) => (row.value < law.value, "at least"),
            None => (false, ""),
        };
        if !loose {
            return Ok(());
        }
        let (name, article) = (name.to_owned(), law.source.clone());
        Err(StaffLawError::Loosened { name, value: row.value, limit, bound: law.value, article })
    }

    /// The rows in force on a day, by name.
    pub fn rows_on(&self, day: CivilDate) -> Vec<Rule> {
        NAMES.into_iter().filter_map(|name| self.rule_on(name, day).cloned()).collect()
    }

    fn rule_on(&self, name: &str, day: CivilDate) -> Option<&Rule> {
        self.rules.get(name)?.iter().rev().find(|rule| rule.valid_from <= day)
    }

    /// The rules in force at a moment, by the date of Vietnam.
    pub(crate) fn at(&self, now_us: i64) -> Option<StaffRules> {
        self.on(VietnamTime::of(now_us)?.date)
    }
}

impl StaffRules {
    /// Whether an account of this kind needs a second factor.
    pub fn needs_mfa(&self, kind: AccountKind) -> bool {
        let switch = match kind {
            AccountKind::Administration => self.mfa_administration,
            AccountKind::Operation => self.mfa_operation,
            AccountKind::Technical => self.mfa_technical,
            AccountKind::Service => 0,
        };
        switch != 0
    }

    /// After how long a password of this kind of account is changed, in microseconds; none: never.
    pub fn password_age_us(&self, kind: AccountKind) -> Option<i64> {
        let days = match kind {
            AccountKind::Administration => self.password_days_administration,
            AccountKind::Operation => self.password_days_operation,
            AccountKind::Technical | AccountKind::Service => self.password_days_technical,
        };
        (days > 0).then(|| days_us(days))
    }

    /// How long a session of this kind of account may be unused, in microseconds.
    pub fn idle_us(&self, kind: AccountKind) -> i64 {
        let administers = kind == AccountKind::Administration;
        minutes_us(if administers { self.idle_minutes_administration } else { self.idle_minutes })
    }
}

pub(crate) fn minutes_us(minutes: u16) -> i64 {
    i64::from(minutes) * 60_000_000
}

pub(crate) fn hours_us(hours: u16) -> i64 {
    i64::from(hours) * 3_600_000_000
}

pub(crate) fn days_us(days: u16) -> i64 {
    i64::from(days) * 86_400_000_000
}

fn parse(text: &str) -> Result<BTreeMap<&'static str, Vec<Rule>>, StaffLawError> {
    let file: File = toml::from_str(text)?;
    let mut rules: BTreeMap<&'static str, Vec<Rule>> = BTreeMap::new();
    for row in file.rule {
        let name = NAMES.into_iter().find(|name| *name == row.name);
        let name = name.ok_or_else(|| StaffLawError::Unknown(row.name.clone()))?;
        let valid_from =
            CivilDate::parse_iso(&row.valid_from).map_err(|_| StaffLawError::Value(row.name.clone()))?;
        if name.starts_with("mfa_") && row.value > 1 {
            return Err(StaffLawError::Value(row.name));
        }
        let Row { name: of, value, limit, source, mark, .. } = row;
        rules.entry(name).or_default().push(Rule { name: of, value, valid_from, source, mark, limit });
    }
    for rows in rules.values_mut() {
        rows.sort_by_key(|row| row.valid_from);
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        CivilDate::parse_iso(text).unwrap()
    }

    fn row(name: &str, value: u16, from: &str) -> String {
        format!(
            "[[rule]]\nname = \"{name}\"\nvalue = {value}\nvalid_from = \"{from}\"\nsource = \"s\"\nmark = \"m\"\n"
        )
    }

    #[test]
    fn the_built_in_file_is_whole() {
        let law = StaffLaw::built_in().unwrap();
        let rules = law.on(day("2026-11-21")).unwrap();
        assert_eq!((rules.password_chars_with_mfa, rules.password_chars_without_mfa), (8, 14));
        assert_eq!((rules.failures, rules.password_history, rules.unused_days), (5, 10, 45));
        assert_eq!(rules.idle_us(AccountKind::Administration), 5 * 60_000_000);
        assert_eq!(rules.idle_us(AccountKind::Operation), 15 * 60_000_000);
        assert!(rules.needs_mfa(AccountKind::Administration) && !rules.needs_mfa(AccountKind::Operation));
        assert!(law.on(day("2026-07-23")).is_none(), "before the standard was in force");
        assert_eq!(law.rows_on(day("2026-11-21")).len(), NAMES.len());
        assert!(law.rows_on(day("2026-11-21")).iter().all(|r| !r.source.is_empty() && !r.mark.is_empty()));
    }

    #[test]
    fn configuration_makes_stricter_from_its_day_on() {
        let law = StaffLaw::built_in().unwrap().with(&row("idle_minutes", 10, "2027-01-01")).unwrap();
        assert_eq!(law.on(day("2026-12-31")).unwrap().idle_minutes, 15);
        assert_eq!(law.on(day("2027-01-01")).unwrap().idle_minutes, 10);
        let law = law.with(&row("session_hours", 24, "2026-07-24")).unwrap();
        assert_eq!(law.on(day("2026-12-31")).unwrap().session_hours, 24, "ours may go both ways");
    }

    #[test]
    fn configuration_makes_nothing_looser_than_the_law() {
        for (name, value) in [
            ("idle_minutes", 16),
            ("failures", 6),
            ("failures", 0),
            ("password_chars_with_mfa", 7),
            ("lock_hours", 1),
            ("mfa_administration", 0),
            ("password_days_administration", 90),
            ("password_days_administration", 0),
            ("unused_days", 46),
        ] {
            let loose = StaffLaw::built_in().unwrap().with(&row(name, value, "2027-01-01"));
            assert!(matches!(loose, Err(StaffLawError::Loosened { .. })), "{name} {value}");
        }
    }

    #[test]
    fn a_file_with_a_stranger_is_refused() {
        for text in [
            row("shoe_size", 1, "2027-01-01"),
            row("failures", 3, "2027-02-30"),
            row("mfa_operation", 2, "2027-01-01"),
            row("failures", 3, "2027-01-01").replace("mark", "marks"),
        ] {
            assert!(StaffLaw::built_in().unwrap().with(&text).is_err(), "{text}");
        }
    }
}
