//! Until when a citizen who asks about her data must be answered: `data/deadlines.toml`.
use crate::hours::{VietnamTime, date_of, day_of};
use crate::law::LawError;
use dancu_citizen::CivilDate;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The deadlines of one request; each is the last day on which it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// She is told that her request came and how it goes on
    pub reply_by: CivilDate,
    /// She is answered
    pub answer_by: CivilDate,
}

/// The deadlines over time, and the days off.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// By day of effect, ascending
    reply: Vec<(CivilDate, Term)>,
    answer: Vec<(CivilDate, Term)>,
    holidays: BTreeSet<i32>,
}

/// How long somebody has. The day on which it begins does not count, and it never ends on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// So many working days
    Working(u16),
    /// So many calendar days
    Calendar(u16),
}

impl Term {
    /// Of a number of days and the unit by name: `working` or `calendar`.
    pub fn new(days: u16, unit: &str) -> Result<Self, LawError> {
        match unit {
            "working" => Ok(Self::Working(days)),
            "calendar" => Ok(Self::Calendar(days)),
            _ => Err(LawError::Unknown(unit.to_owned())),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    deadline: Vec<Row>,
    holiday: Vec<Holidays>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    days: u16,
    unit: String,
    valid_from: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holidays {
    days: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

impl Calendar {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, LawError> {
        Self::parse(include_str!("../data/deadlines.toml"))
    }

    /// Reads a file of that shape.
    pub fn parse(text: &str) -> Result<Self, LawError> {
        let file: File = toml::from_str(text)?;
        let (mut reply, mut answer) = (Vec::new(), Vec::new());
        for row in &file.deadline {
            let from = date(&row.valid_from)?;
            let term = Term::new(row.days, &row.unit)?;
            match row.name.as_str() {
                "reply" => reply.push((from, term)),
                "answer" => answer.push((from, term)),
                _ => return Err(LawError::Unknown(row.name.clone())),
            }
        }
        reply.sort_by_key(|(from, _)| *from);
        answer.sort_by_key(|(from, _)| *from);
        let days = file.holiday.iter().flat_map(|h| &h.days);
        let holidays = days.map(|text| date(text).map(day_of)).collect::<Result<_, _>>()?;
        Ok(Self { reply, answer, holidays })
    }

    /// The deadlines of a request made at this moment; none where no rule was in force.
    pub fn deadlines(&self, asked_us: i64) -> Option<Deadlines> {
        let asked = VietnamTime::of(asked_us)?;
        let last = |terms: &[(CivilDate, Term)]| {
            let (_, term) = terms.iter().rev().find(|(from, _)| *from <= asked.date)?;
            date_of(self.last_day(asked.day, *term))
        };
        Some(Deadlines { reply_by: last(&self.reply)?, answer_by: last(&self.answer)? })
    }

    /// Last day of a term that begins at this moment; none outside the years that dates know.
    pub fn last_day_of(&self, from_us: i64, term: Term) -> Option<CivilDate> {
        date_of(self.last_day(VietnamTime::of(from_us)?.day, term))
    }

    fn last_day(&self, asked: i32, term: Term) -> i32 {
        match term {
            Term::Calendar(days) => self.working_from(asked + i32::from(days)),
            Term::Working(days) => (0..days).fold(asked, |day, _| self.working_from(day + 1)),
        }
    }

    /// This day, or the next working day after it.
    fn working_from(&self, mut day: i32) -> i32 {
        while self.is_off(day) {
            day += 1;
        }
        day
    }

    /// Whether a day, as [`VietnamTime::day`] counts, is no working day: Saturday, Sunday, a holiday.
    pub fn is_off(&self, day: i32) -> bool {
        // 1970-01-01 was a Thursday; 5 and 6 are Saturday and Sunday.
        (day + 3).rem_euclid(7) >= 5 || self.holidays.contains(&day)
    }
}

impl Deadlines {
    /// The last microsecond of a day in Vietnam.
    pub fn end_of(day: CivilDate) -> i64 {
        (i64::from(day_of(day)) + 1) * DAY_US - OFFSET_US - 1
    }
}

const DAY_US: i64 = 86_400_000_000;
const OFFSET_US: i64 = 7 * 3_600_000_000;

fn date(text: &str) -> Result<CivilDate, LawError> {
    CivilDate::parse_iso(text).map_err(|_| LawError::Value(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(iso: &str, hour: i64) -> Option<(String, String)> {
        let at_us = i64::from(day_of(date(iso).unwrap())) * DAY_US - OFFSET_US + hour * 3_600_000_000;
        let deadlines = Calendar::built_in().unwrap().deadlines(at_us)?;
        Some((deadlines.reply_by.iso(), deadlines.answer_by.iso()))
    }

    #[test]
    fn weekends_and_holidays_do_not_count_as_working_days() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        // Asked on a Saturday evening: Monday and Tuesday; ten days on is a Tuesday.
        assert_eq!(of("2026-11-21", 23), pair("2026-11-24", "2026-12-01"));
        // Thursday: Friday and Monday; ten days on is a Sunday, so Monday.
        assert_eq!(of("2026-11-19", 0), pair("2026-11-23", "2026-11-30"));
        // Wednesday before 30 April and 1 May, a Thursday and a Friday.
        assert_eq!(of("2026-04-29", 9), pair("2026-05-05", "2026-05-11"));
        // Before Tết: the whole week is off.
        assert_eq!(of("2026-02-13", 9), pair("2026-02-24", "2026-02-23"));
        assert_eq!(of("2025-12-31", 9), None, "before the decree was in force");
    }

    #[test]
    fn any_term_ends_on_a_working_day() {
        let calendar = Calendar::built_in().unwrap();
        let at_us = i64::from(day_of(date("2026-11-21").unwrap())) * DAY_US;
        let last = |term| calendar.last_day_of(at_us, term).unwrap().iso();
        assert_eq!(last(Term::Working(5)), "2026-11-27");
        assert_eq!(last(Term::Calendar(7)), "2026-11-30", "a Saturday moves to Monday");
        assert!(Term::new(3, "lunar").is_err());
        assert_eq!(calendar.last_day_of(i64::MAX, Term::Working(1)), None);
    }

    #[test]
    fn the_last_moment_of_a_day_is_that_of_vietnam() {
        let end = Deadlines::end_of(date("2026-11-24").unwrap());
        assert_eq!(VietnamTime::of(end).unwrap().date.iso(), "2026-11-24");
        assert_eq!(VietnamTime::of(end + 1).unwrap().date.iso(), "2026-11-25");
    }

    #[test]
    fn a_file_with_a_stranger_is_refused() {
        let text = include_str!("../data/deadlines.toml");
        for (from, to) in
            [("\"reply\"", "\"shout\""), ("\"calendar\"", "\"lunar\""), ("2026-02-17", "2026-02-30")]
        {
            assert!(Calendar::parse(&text.replace(from, to)).is_err(), "{from}");
        }
    }
}
