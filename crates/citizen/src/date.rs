//! Dates: a calendar day, and a birth date that may be known to the month or the year only.
use std::fmt;

/// Why a text is not a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not one of the accepted forms
    #[error("wrong form")]
    Form,
    /// No such day in the calendar
    #[error("no such day")]
    NoSuchDay,
}

/// A day of the Gregorian calendar, years 1800 to 2999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CivilDate {
    year: i16,
    month: u8,
    day: u8,
}

impl CivilDate {
    /// The day, if the calendar has it.
    pub fn new(year: i16, month: u8, day: u8) -> Result<Self, DateError> {
        if !(1800..3000).contains(&year) {
            return Err(DateError::NoSuchDay);
        }
        let (m, d) = (i8::try_from(month), i8::try_from(day));
        match (m, d) {
            (Ok(m), Ok(d)) if jiff::civil::Date::new(year, m, d).is_ok() => Ok(Self { year, month, day }),
            _ => Err(DateError::NoSuchDay),
        }
    }
    /// Year
    pub fn year(self) -> i16 {
        self.year
    }
    /// Month, 1-12
    pub fn month(self) -> u8 {
        self.month
    }
    /// Day, 1-31
    pub fn day(self) -> u8 {
        self.day
    }
    /// Reads `YYYY-MM-DD`.
    pub fn parse_iso(text: &str) -> Result<Self, DateError> {
        match BirthDate::parse_iso(text)? {
            BirthDate::Day(d) => Ok(d),
            _ => Err(DateError::Form),
        }
    }
    /// `YYYY-MM-DD`
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A birth date with its precision. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BirthDate {
    /// The day is known
    Day(CivilDate),
    /// Year and month are known
    Month {
        /// Year
        year: i16,
        /// Month, 1-12
        month: u8,
    },
    /// Only the year is known
    Year(i16),
}

impl BirthDate {
    /// Reads `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.
    pub fn parse_iso(text: &str) -> Result<Self, DateError> {
        Self::from_iso(text.as_bytes())
    }

    /// The same of a text that nobody has looked at yet.
    pub fn from_iso(text: &[u8]) -> Result<Self, DateError> {
        match text {
            [year @ .., b'-', a, b, b'-', c, d] => Self::from_parts(year, Some(&[*a, *b]), Some(&[*c, *d])),
            [year @ .., b'-', a, b] => Self::from_parts(year, Some(&[*a, *b]), None),
            year => Self::from_parts(year, None, None),
        }
    }

    /// Reads the live wire's `YYYYMMDD`, `YYYYMM` or `YYYY`.
    pub fn parse_compact(text: &str) -> Result<Self, DateError> {
        match text.as_bytes() {
            [year @ .., a, b, c, d] if year.len() == 4 => {
                Self::from_parts(year, Some(&[*a, *b]), Some(&[*c, *d]))
            }
            [year @ .., a, b] if year.len() == 4 => Self::from_parts(year, Some(&[*a, *b]), None),
            year => Self::from_parts(year, None, None),
        }
    }

    fn from_parts(year: &[u8], month: Option<&[u8; 2]>, day: Option<&[u8; 2]>) -> Result<Self, DateError> {
        let year = part::<4>(year.try_into().map_err(|_| DateError::Form)?)?;
        if !(1800..3000).contains(&year) {
            return Err(DateError::NoSuchDay);
        }
        let Some(month) = month else { return Ok(Self::Year(year)) };
        let month = u8::try_from(part(month)?).map_err(|_| DateError::Form)?;
        let Some(day) = day else {
            return if (1..=12).contains(&month) {
                Ok(Self::Month { year, month })
            } else {
                Err(DateError::NoSuchDay)
            };
        };
        let day = u8::try_from(part(day)?).map_err(|_| DateError::Form)?;
        CivilDate::new(year, month, day).map(Self::Day)
    }

    /// Birth year
    pub fn year(self) -> i16 {
        match self {
            Self::Day(d) => d.year(),
            Self::Month { year, .. } | Self::Year(year) => year,
        }
    }

    /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. Personal data.
    pub fn iso(self) -> String {
        match self {
            Self::Day(d) => d.iso(),
            Self::Month { year, month } => format!("{year:04}-{month:02}"),
            Self::Year(year) => format!("{year:04}"),
        }
    }

    /// `YYYYMMDD`, `YYYYMM` or `YYYY`, the live wire's form. Personal data.
    pub fn compact(self) -> String {
        self.iso().replace('-', "")
    }

    /// Whether the date, or its earliest possible day, lies after `today`.
    pub fn is_after(self, today: CivilDate) -> bool {
        match self {
            Self::Day(d) => d > today,
            Self::Month { year, month } => (year, month) > (today.year, today.month),
            Self::Year(year) => year > today.year,
        }
    }
}

fn part<const N: usize>(digits: &[u8; N]) -> Result<i16, DateError> {
    if digits.iter().all(u8::is_ascii_digit) {
        Ok(digits.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')))
    } else {
        Err(DateError::Form)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Day(_) => "BirthDate::Day(…)",
            Self::Month { .. } => "BirthDate::Month(…)",
            Self::Year(_) => "BirthDate::Year(…)",
        })
    }
}
