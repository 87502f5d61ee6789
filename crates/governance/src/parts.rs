//! Checks that forms have in common, dates, ids.
use crate::GovernanceError;
use crate::error::{Problem, Wrong};
use crate::rules::{Limit, Rules};
use dancu_citizen::CivilDate;
use dancu_policy::{Deadlines, VietnamTime};

/// Gathers what is wrong with a form.
pub(crate) struct Form<'r> {
    rules: &'r Rules,
    day: CivilDate,
    problems: Vec<Problem>,
}

impl<'r> Form<'r> {
    pub(crate) fn new(rules: &'r Rules, day: CivilDate) -> Self {
        Self { rules, day, problems: Vec::new() }
    }

    pub(crate) fn rules(&self) -> &'r Rules {
        self.rules
    }

    pub(crate) fn day(&self) -> CivilDate {
        self.day
    }

    pub(crate) fn problems(self) -> Vec<Problem> {
        self.problems
    }

    pub(crate) fn wrong_unless(&mut self, fine: bool, field: &str, wrong: Wrong) {
        if !fine {
            self.problems.push(Problem { field: field.to_owned(), wrong });
        }
    }

    /// A line that must be there.
    pub(crate) fn name(&mut self, field: &str, text: &str) {
        self.wrong_unless(!text.trim().is_empty(), field, Wrong::Missing);
        self.short(field, text);
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, field: &str, text: &str) {
        self.wrong_unless(!text.trim().is_empty(), field, Wrong::Missing);
        self.long(field, text);
    }

    /// A line that may be empty.
    pub(crate) fn short(&mut self, field: &str, text: &str) {
        self.up_to(Limit::NameChars, field, text);
        self.wrong_unless(!text.contains(char::is_control), field, Wrong::Form);
    }

    /// A text that may be empty.
    pub(crate) fn long(&mut self, field: &str, text: &str) {
        self.up_to(Limit::TextChars, field, text);
        let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        self.wrong_unless(!text.contains(strange), field, Wrong::Form);
    }

    /// A name of a list.
    pub(crate) fn listed(&mut self, field: &str, list: &str, name: &str) {
        let wrong = if name.is_empty() { Wrong::Missing } else { Wrong::Unknown };
        self.wrong_unless(self.rules.has(list, name, self.day), field, wrong);
    }

    /// A day, `YYYY-MM-DD`, that has come.
    pub(crate) fn past_day(&mut self, field: &str, text: &str) {
        match CivilDate::parse_iso(text) {
            Ok(day) => self.wrong_unless(day <= self.day, field, Wrong::Range),
            Err(_) if text.is_empty() => self.wrong_unless(false, field, Wrong::Missing),
            Err(_) => self.wrong_unless(false, field, Wrong::Form),
        }
    }

    fn up_to(&mut self, limit: Limit, field: &str, text: &str) {
        let most = self.rules.limit(limit, self.day);
        let fits = text.chars().count() <= usize::try_from(most).unwrap_or(usize::MAX);
        self.wrong_unless(fits, field, Wrong::TooLong(most));
    }
}

/// Ids of organisations, systems, accounts, staff: as the exchange takes them.
pub(crate) fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.:@".contains(&b);
    (1..=64).contains(&id.len()) && id.bytes().all(plain)
}

/// The day in Vietnam.
pub(crate) fn today(now_us: i64) -> Result<CivilDate, GovernanceError> {
    let time = VietnamTime::of(now_us).ok_or(GovernanceError::Internal("the time is out of range"))?;
    Ok(time.date)
}

/// Days from a moment to the end of a day; below zero once it has passed.
pub(crate) fn days_until(day: CivilDate, now_us: i64) -> i64 {
    (Deadlines::end_of(day) - now_us).div_euclid(86_400_000_000)
}

/// The same day so many months later, or the last of its month.
pub(crate) fn months_after(day: CivilDate, months: u32) -> Option<CivilDate> {
    let count = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + i32::try_from(months).ok()?;
    let year = i16::try_from(count.div_euclid(12)).ok()?;
    let month = u8::try_from(count.rem_euclid(12) + 1).ok()?;
    (28..=day.day()).rev().chain([day.day()]).find_map(|d| CivilDate::new(year, month, d).ok())
}

/// 32 hexadecimal digits, random.
pub(crate) fn random_id() -> Result<String, GovernanceError> {
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| GovernanceError::Internal("no randomness"))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_later_is_the_same_day_or_the_last_of_february() {
        let later = |day, months| months_after(CivilDate::parse_iso(day).unwrap(), months).unwrap().iso();
        assert_eq!(later("2026-11-21", 12), "2027-11-21");
        assert_eq!(later("2028-02-29", 12), "2029-02-28");
        assert_eq!(later("2026-12-31", 2), "2027-02-28");
        assert_eq!(later("2026-08-31", 1), "2026-09-30");
        assert_eq!(later("2026-01-05", 1), "2026-02-05");
    }

    #[test]
    fn the_last_day_itself_is_day_zero() {
        let day = CivilDate::parse_iso("2026-11-24").unwrap();
        let end = Deadlines::end_of(day);
        assert_eq!(
            (days_until(day, end), days_until(day, end + 1), days_until(day, end - 86_400_000_000)),
            (0, -1, 1)
        );
    }
}
