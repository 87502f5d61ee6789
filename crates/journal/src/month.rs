//! Calendar months of Việt Nam (UTC+7, no summer time): keys, archives and retention go by them.
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use std::fmt;
use std::str::FromStr;

/// A month, as months since the year 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u32);

/// Not a month of the form `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a month of the form 2026-11")]
pub struct NotAMonth;

impl Month {
    /// Month of a moment, microseconds since 1970; a moment outside the years 0 to 9999 counts as the nearest.
    pub fn of(at_us: i64) -> Self {
        let zone = TimeZone::fixed(Offset::constant(7));
        let nearest = if at_us < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = Timestamp::from_microsecond(at_us).unwrap_or(nearest);
        Self::of_date(at.to_zoned(zone).date())
    }

    /// Month of a day of the form `2026-11-21`.
    pub fn of_day(day: &str) -> Option<Self> {
        day.parse().ok().map(Self::of_date)
    }

    fn of_date(date: Date) -> Self {
        let year = u32::try_from(date.year()).unwrap_or(0);
        let month = u32::try_from(date.month()).unwrap_or(1);
        Self(year * 12 + month - 1)
    }

    /// The first there can be
    pub const FIRST: Self = Self(0);

    /// So many months later.
    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Number by which the store knows it: months since the year 0.
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }

    /// From its number.
    pub fn from_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let month = Self::of_day(&format!("{text}-01")).ok_or(NotAMonth)?;
        if month.to_string() == text { Ok(month) } else { Err(NotAMonth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_begins_at_midnight_in_viet_nam() {
        // 2026-11-30 17:00 UTC is midnight of 1 December there.
        let midnight_us = 1_796_058_000_000_000;
        assert_eq!(Month::of(midnight_us).to_string(), "2026-12");
        assert_eq!(Month::of(midnight_us - 1).to_string(), "2026-11");
    }

    #[test]
    fn text_and_number_lead_back() {
        for text in ["1970-01", "2026-12", "9999-11"] {
            let month: Month = text.parse().unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(Month::from_number(month.number()), Some(month));
        }
        for text in ["2026-13", "2026-1", "2026-011", "x", ""] {
            assert_eq!(text.parse::<Month>(), Err(NotAMonth), "{text}");
        }
        assert_eq!("2026-12".parse::<Month>().unwrap().plus(1).to_string(), "2027-01");
    }
}
