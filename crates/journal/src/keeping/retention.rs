//! How long the personal parts of an entry are kept: the law's least times by class and day (`data/retention.toml`),
//! lengthened by configuration.
use crate::Month;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Classes of entries that are kept for different times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Who asked what about whom (Circular 46/2022/TT-BCA, article 8)
    Exchange,
    /// System and security events (Circular 03/2017/TT-BTTTT, article 9)
    Security,
}

/// Why a file of retention rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// Not TOML of the expected shape
    #[error("retention rules: {0}")]
    Toml(#[from] toml::de::Error),
    /// A day that cannot be
    #[error("retention rules: bad day {0:?}")]
    Day(String),
    /// The configuration would keep shorter than the law demands
    #[error("retention of {class:?} is {asked} months; the law demands at least {least}")]
    TooShort {
        /// Class of entries
        class: Class,
        /// Months configured
        asked: u32,
        /// Months that the law demands
        least: u32,
    },
    /// No rule is in force for a class
    #[error("no rule says how long entries of class {0:?} are kept")]
    NoRule(Class),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<Rule>,
    classes: Classes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    class: Class,
    level: Option<u8>,
    months: u32,
    valid_from: String,
    source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Classes {
    security: BTreeSet<String>,
}

/// The rules that decide when parts may go.
#[derive(Clone, Debug)]
pub struct Retention {
    security: BTreeSet<String>,
    exchange: Kept,
    events: Kept,
}

/// How long one class is kept, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Months after the month of the entry
    pub months: u32,
    /// The rule behind it
    pub source: String,
}

/// What the operator sets.
#[derive(Clone, Copy, Debug)]
pub struct RetentionOptions {
    /// Months for which entries of the exchange are kept; none: as long as the law demands
    pub exchange_months: Option<u32>,
    /// Months for which security events are kept; none: as long as the law demands
    pub security_months: Option<u32>,
    /// Security level of this system, 1 to 5
    pub security_level: u8,
}

impl Retention {
    /// The built-in rules as they stand in a month, lengthened by configuration.
    pub fn in_force(today: Month, options: &RetentionOptions) -> Result<Self, RetentionError> {
        Self::parse(include_str!("../../data/retention.toml"), today, options)
    }

    /// As [`Retention::in_force`], from another file of the same shape.
    pub fn parse(text: &str, today: Month, options: &RetentionOptions) -> Result<Self, RetentionError> {
        let file: File = toml::from_str(text)?;
        let kept = |class, asked: Option<u32>| {
            let least = in_force(&file.rule, class, options.security_level, today)?;
            match asked {
                Some(asked) if asked < least.months => {
                    Err(RetentionError::TooShort { class, asked, least: least.months })
                }
                Some(asked) => Ok(Kept { months: asked, ..least }),
                None => Ok(least),
            }
        };
        Ok(Self {
            exchange: kept(Class::Exchange, options.exchange_months)?,
            events: kept(Class::Security, options.security_months)?,
            security: file.classes.security,
        })
    }

    /// Class of an entry, by its service.
    pub fn class(&self, service: &str) -> Class {
        if self.security.contains(service) { Class::Security } else { Class::Exchange }
    }

    /// How long a class is kept.
    pub fn kept(&self, class: Class) -> &Kept {
        match class {
            Class::Exchange => &self.exchange,
            Class::Security => &self.events,
        }
    }

    /// Whether an entry of this month may go by now. The month itself does not count, so nothing goes a day too early.
    pub fn is_over(&self, class: Class, month: Month, now: Month) -> bool {
        month.plus(self.kept(class).months) < now
    }
}

/// The newest rule of a class that is in force at the end of a month.
fn in_force(rules: &[Rule], class: Class, level: u8, month: Month) -> Result<Kept, RetentionError> {
    let mut newest: Option<(Month, &Rule)> = None;
    for rule in rules.iter().filter(|rule| rule.class == class && rule.level.is_none_or(|of| of == level)) {
        let from =
            Month::of_day(&rule.valid_from).ok_or_else(|| RetentionError::Day(rule.valid_from.clone()))?;
        if from <= month && newest.is_none_or(|(held, _)| held <= from) {
            newest = Some((from, rule));
        }
    }
    let (_, rule) = newest.ok_or(RetentionError::NoRule(class))?;
    Ok(Kept { months: rule.months, source: rule.source.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAW: RetentionOptions =
        RetentionOptions { exchange_months: None, security_months: None, security_level: 3 };

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn the_law_keeps_exchange_two_years_and_events_by_level() {
        let rules = Retention::in_force(month("2026-11"), &LAW).unwrap();
        assert_eq!(rules.kept(Class::Exchange).months, 24);
        for (level, months) in [(1, 1), (2, 1), (3, 3), (4, 6), (5, 12)] {
            let rules =
                Retention::in_force(month("2026-11"), &RetentionOptions { security_level: level, ..LAW });
            assert_eq!(rules.unwrap().kept(Class::Security).months, months);
        }
        assert_eq!(rules.class("verify"), Class::Exchange);
        assert_eq!(rules.class("sign_in"), Class::Security);
    }

    #[test]
    fn nothing_goes_before_its_time() {
        let rules = Retention::in_force(month("2026-11"), &LAW).unwrap();
        // The last moment of November 2024 is two years old at the end of November 2026, so it goes in December.
        assert!(!rules.is_over(Class::Exchange, month("2024-11"), month("2026-11")));
        assert!(rules.is_over(Class::Exchange, month("2024-11"), month("2026-12")));
    }

    #[test]
    fn configuration_only_lengthens() {
        let longer = RetentionOptions { exchange_months: Some(60), ..LAW };
        assert_eq!(Retention::in_force(month("2026-11"), &longer).unwrap().kept(Class::Exchange).months, 60);
        let shorter = RetentionOptions { exchange_months: Some(23), ..LAW };
        assert!(matches!(
            Retention::in_force(month("2026-11"), &shorter),
            Err(RetentionError::TooShort { asked: 23, least: 24, .. })
        ));
    }

    #[test]
    fn a_rule_counts_from_its_day() {
        assert!(matches!(
            Retention::in_force(month("2016-01"), &LAW),
            Err(RetentionError::NoRule(Class::Exchange))
        ));
    }
}
