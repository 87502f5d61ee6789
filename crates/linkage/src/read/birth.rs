//! Birth dates as they come.
use dancu_citizen::{BirthDate, CivilDate};

/// A birth date as read. Personal data; it has no `Debug`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Birth {
    /// Nothing stands there
    #[default]
    Absent,
    /// Something stands there that is no date
    Unreadable,
    /// A date
    Read(Parts),
}

/// Year, month and day, the latter two 0 where they are not said.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    /// Year; of two digits when `is_short`
    pub(crate) year: i16,
    /// 1-12, or 0
    pub(crate) month: u8,
    /// 1-31, or 0
    pub(crate) day: u8,
    /// The century is not said: it is the 20th or the 21st
    pub(crate) is_short: bool,
}

impl Parts {
    /// Of a date on record.
    pub(crate) fn of(date: BirthDate) -> Self {
        let (month, day) = match date {
            BirthDate::Day(day) => (day.month(), day.day()),
            BirthDate::Month { month, .. } => (month, 0),
            BirthDate::Year(_) => (0, 0),
        };
        Self { year: date.year(), month, day, is_short: false }
    }

    /// The date, if the calendar has it.
    pub(crate) fn date(self) -> Option<BirthDate> {
        match (self.month, self.day) {
            (0, _) => Some(BirthDate::Year(self.year)),
            (month, 0) => Some(BirthDate::Month { year: self.year, month }),
            (month, day) => CivilDate::new(self.year, month, day).ok().map(BirthDate::Day),
        }
    }

    /// With day and month in each other's place, where that is another date.
    pub(crate) fn swapped(self) -> Option<Self> {
        (self.day != self.month && (1..=12).contains(&self.day) && self.month > 0).then_some(Self {
            month: self.day,
            day: self.month,
            ..self
        })
    }

    /// Whether it says no more than the year, or 1 January, which stands for that.
    pub(crate) fn is_year(self) -> bool {
        self.month == 0 || (self.month == 1 && self.day == 1)
    }

    /// The years that it may mean.
    pub(crate) fn years(self) -> impl Iterator<Item = i16> {
        let (first, second) =
            if self.is_short { (self.year + 1900, Some(self.year + 2000)) } else { (self.year, None) };
        std::iter::once(first).chain(second)
    }

    /// The same in one of its years.
    pub(crate) fn in_year(self, year: i16) -> Self {
        Self { year, is_short: false, ..self }
    }
}

/// Years in which people on record are born.
const YEARS: std::ops::RangeInclusive<u32> = 1880..=2099;

/// Days of a spreadsheet, counted from 1899-12-30: 10,000 is in May 1927, 50,000 in November 2036. Fewer would be read as a year.
const SERIALS: std::ops::RangeInclusive<u32> = 10_000..=50_000;

/// Reads a birth date: day before month where both are possible; the day alone where the month cannot be one.
pub(crate) fn read(text: &str) -> Birth {
    let text = text.trim();
    if matches!(text, "" | "-" | "--" | "." | "0" | "NULL" | "null" | "N/A" | "n/a") {
        return Birth::Absent;
    }
    let mut groups = [(0_u32, 0_u8); 3];
    let mut count = 0;
    let mut is_inside = false;
    for c in text.chars().take(60) {
        let digit = match c {
            '0'..='9' => u32::from(c) - 48,
            'O' | 'o' if is_inside => 0,
            'l' | 'I' if is_inside => 1,
            // Not known, as clerks write it.
            '?' | 'x' | 'X' if !is_inside => {
                count = (count + 1).min(3);
                is_inside = true;
                continue;
            }
            '?' | 'x' | 'X' => continue,
            _ => {
                is_inside = false;
                if count == 3 {
                    break;
                }
                continue;
            }
        };
        if !is_inside {
            if count == 3 {
                break;
            }
            count += 1;
            is_inside = true;
        }
        if let Some((value, length)) = groups.get_mut(count - 1) {
            *value = value.saturating_mul(10).saturating_add(digit);
            *length = length.saturating_add(1);
        }
    }
    let [a, b, c] = groups;
    let parts = match count {
        1 => one(a),
        2 if b == (0, 1) || b == (0, 2) => one(a),
        2 => two(a, b),
        3 => three(a, b, c),
        _ => None,
    };
    parts.filter(|parts| parts.date().is_some() || parts.is_short).map_or(Birth::Unreadable, Birth::Read)
}

type Group = (u32, u8);

fn one((value, length): Group) -> Option<Parts> {
    match length {
        4 => year(value),
        5 if SERIALS.contains(&value) => serial(value),
        6 => {
            let (head, tail) = (value / 10_000, value % 10_000);
            let from_month = month_of(head, tail);
            let from_year = month_of(value % 100, value / 100);
            from_month.or(from_year).or_else(|| day_of(head, value / 100 % 100, (value % 100, 2)))
        }
        7 | 8 => {
            let (day, month, last) = (value / 1_000_000, value / 10_000 % 100, value % 10_000);
            let first = || day_of(value % 100, value / 100 % 100, (value / 10_000, 4));
            day_of(day, month, (last, 4)).or_else(|| (length == 8).then(first).flatten())
        }
        _ => None,
    }
}

fn two(a: Group, b: Group) -> Option<Parts> {
    if a.1 == 4 { month_of(b.0, a.0) } else { month_of(a.0, b.0) }
}

fn three(a: Group, b: Group, c: Group) -> Option<Parts> {
    if a.1 == 4 {
        return day_of(c.0, b.0, a);
    }
    day_of(a.0, b.0, c)
}

fn year(value: u32) -> Option<Parts> {
    let year = i16::try_from(value).ok().filter(|_| YEARS.contains(&value))?;
    Some(Parts { year, ..Parts::default() })
}

fn month_of(month: u32, value: u32) -> Option<Parts> {
    let month = u8::try_from(month).ok().filter(|month| *month <= 12)?;
    year(value).map(|parts| Parts { month, ..parts })
}

fn day_of(day: u32, month: u32, (value, length): Group) -> Option<Parts> {
    let parts = match length {
        4 => year(value)?,
        1 | 2 => Parts { year: i16::try_from(value).ok()?, is_short: true, ..Parts::default() },
        _ => return None,
    };
    let (day, month) = if month > 12 && day <= 12 { (month, day) } else { (day, month) };
    let (day, month) = (u8::try_from(day).ok()?, u8::try_from(month).ok()?);
    let day = if month == 0 { 0 } else { day };
    let parts = Parts { month, day, ..parts };
    let exists = parts.years().any(|year| parts.in_year(year).date().is_some());
    exists.then_some(parts)
}

/// A spreadsheet's day, by the civil-from-days arithmetic of the proleptic Gregorian calendar.
fn serial(days: u32) -> Option<Parts> {
    // 1899-12-30 lies 693,899 days after 0000-03-01.
    let shifted = days + 693_899;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    day_of(day, month, (era * 400 + year_of_era + u32::from(month <= 2), 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iso(text: &str) -> Option<String> {
        match read(text) {
            Birth::Read(parts) if parts.is_short => {
                Some(format!("..{:02}-{:02}-{:02}", parts.year, parts.month, parts.day))
            }
            Birth::Read(parts) => parts.date().map(BirthDate::iso),
            _ => None,
        }
    }

    #[test]
    fn usual_forms_are_read() {
        for text in [
            "30/04/1985",
            "30-4-1985",
            "30.04.1985",
            "1985-04-30",
            "1985-04-30T00:00:00",
            "30/04/1985 00:00:00",
            "30041985",
            "19850430",
            "ngày 30 tháng 4 năm 1985",
            "04/30/1985",
            "31167",
            "31167.0",
            "3O/O4/1985",
        ] {
            assert_eq!(iso(text).as_deref(), Some("1985-04-30"), "{text}");
        }
        for text in ["5/4/1985", "5041985", "05/04/1985"] {
            assert_eq!(iso(text).as_deref(), Some("1985-04-05"), "{text}");
        }
        for text in ["1985", "1985.0", "00/00/1985", "??/??/1985", "0/0/1985", "xx/xx/1985"] {
            assert_eq!(iso(text).as_deref(), Some("1985"), "{text}");
        }
        for text in ["04/1985", "1985-04", "??/04/1985", "041985", "198504", "00/04/1985"] {
            assert_eq!(iso(text).as_deref(), Some("1985-04"), "{text}");
        }
        for text in ["30/4/85", "300485", "30.04.85"] {
            assert_eq!(iso(text).as_deref(), Some("..85-04-30"), "{text}");
        }
        for text in ["31/02/1985", "hôm qua", "1/2", "99999999", "12345678901234567890"] {
            assert!(read(text) == Birth::Unreadable, "{text}");
        }
        assert!(read(" ") == Birth::Absent);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,80}") {
            if let Birth::Read(parts) = read(&text) {
                prop_assert!(parts.month <= 12 && parts.day <= 31);
            }
        }

        #[test]
        fn serials_are_the_days_of_the_calendar(days in 10_000_u32..50_000) {
            let day = jiff::civil::date(1899, 12, 30) + jiff::Span::new().days(i64::from(days));
            let parts = serial(days).unwrap();
            prop_assert_eq!(
                (parts.year, parts.month, parts.day),
                (day.year(), day.month().unsigned_abs(), day.day().unsigned_abs())
            );
        }
    }
}
