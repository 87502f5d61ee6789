//! Days, and what figures are asked of.
use dancu_citizen::CivilDate;
use dancu_policy::{Deadlines, VietnamTime};

/// Days of a range at most: a quarter and a bit.
pub const MAX_DAYS: u16 = 92;

/// Days in Việt Nam, both ends included, never more than [`MAX_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    first: i32,
    last: i32,
}

impl Range {
    /// From one day to another; none when the last is before the first, or there are more than [`MAX_DAYS`].
    pub fn new(from: CivilDate, to: CivilDate) -> Option<Self> {
        let (first, last) = (number(from)?, number(to)?);
        let days = i64::from(last) - i64::from(first) + 1;
        (1..=i64::from(MAX_DAYS)).contains(&days).then_some(Self { first, last })
    }

    /// One day.
    pub fn day(day: CivilDate) -> Option<Self> {
        Self::new(day, day)
    }

    /// The first day, as [`VietnamTime::day`] counts.
    pub fn first(self) -> i32 {
        self.first
    }

    /// The last day.
    pub fn last(self) -> i32 {
        self.last
    }

    /// How many days, 1 to [`MAX_DAYS`].
    pub fn days(self) -> i32 {
        self.last - self.first + 1
    }

    /// The same number of days, so many days earlier.
    #[must_use]
    pub fn earlier(self, days: i32) -> Self {
        Self { first: self.first - days, last: self.last - days }
    }

    /// The dates of its ends.
    pub fn dates(self) -> Option<(CivilDate, CivilDate)> {
        Some((date(self.first)?, date(self.last)?))
    }
}

/// Of whose calls to which service figures are asked; what is none is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of this organisation
    pub organisation: Option<String>,
    /// Of this system
    pub system: Option<String>,
    /// To this service
    pub service: Option<String>,
}

fn number(day: CivilDate) -> Option<i32> {
    VietnamTime::of(Deadlines::end_of(day)).map(|time| time.day)
}

/// The date of a day's number.
pub(crate) fn date(day: i32) -> Option<CivilDate> {
    const DAY_US: i64 = 86_400_000_000;
    // Noon in Greenwich is the same day in Việt Nam.
    VietnamTime::of(i64::from(day) * DAY_US + DAY_US / 2).map(|time| time.date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> CivilDate {
        CivilDate::parse_iso(text).unwrap()
    }

    #[test]
    fn a_range_is_bounded_and_its_days_are_those_of_the_calendar() {
        let one = Range::day(day("2026-11-21")).unwrap();
        assert_eq!((one.days(), one.dates()), (1, Some((day("2026-11-21"), day("2026-11-21")))));
        assert_eq!(one.earlier(7).dates(), Some((day("2026-11-14"), day("2026-11-14"))));
        assert!(Range::new(day("2026-11-21"), day("2026-11-20")).is_none());
        assert_eq!(Range::new(day("2026-08-22"), day("2026-11-21")).map(Range::days), Some(92));
        assert!(Range::new(day("2026-08-21"), day("2026-11-21")).is_none());
        assert_eq!(date(0), Some(day("1970-01-01")));
    }
}
