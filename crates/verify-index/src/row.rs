//! The fixed columns of a person: eighteen bytes beside the number.
use dancu_citizen::{BirthDate, CivilDate, IdCardNumber, LifeState, Sex};

/// Syllables of a name that stand in its row; longer names have the rest beside it.
pub(crate) const IN_ROW: usize = 4;

/// What is kept of each person, but for the number.
///
/// Packed to two bytes: with the four of its widest columns each row would be two bytes longer, for nothing.
#[derive(Clone, Copy, Default)]
#[repr(C, packed(2))]
pub(crate) struct Row {
    /// Displayed syllables; 0: no more
    pub(crate) name: [u16; IN_ROW],
    /// Birth date (20 bits), sex (2), state (3), marks (3)
    pub(crate) bits: u32,
    /// Old card number and 1; 0: none
    pub(crate) card: u32,
    /// Code of the commune of residence as a number; 0: not known
    pub(crate) unit: u16,
}

/// The name goes on beside the row.
pub(crate) const LONG_NAME: u32 = 1 << 25;
/// Former numbers or names stand beside the row.
pub(crate) const FORMER: u32 = 1 << 26;
/// The key in the store stands beside the row: it is not derived from the number in force.
pub(crate) const OTHER_KEY: u32 = 1 << 27;
/// Any of them.
pub(crate) const MARKS: u32 = LONG_NAME | FORMER | OTHER_KEY;

const SEX: u32 = 20;
const STATE: u32 = 22;
const FIRST_YEAR: i16 = 1800;

impl Row {
    pub(crate) fn pack(birth: Option<BirthDate>, sex: Sex, state: LifeState) -> Option<u32> {
        let birth = birth.map_or(Some(0), date_code)?;
        let state = LifeState::ALL.iter().position(|s| *s == state).and_then(|at| u32::try_from(at).ok())?;
        Some(birth | u32::from(sex.code()) << SEX | state << STATE)
    }

    pub(crate) fn birth(&self) -> Option<BirthDate> {
        date_of(self.date())
    }

    /// The birth date as `date_code` gives it; 0: none.
    pub(crate) fn date(&self) -> u32 {
        self.bits & ((1 << SEX) - 1)
    }

    pub(crate) fn sex(&self) -> Sex {
        u8::try_from(self.bits >> SEX & 3).ok().and_then(Sex::from_code).unwrap_or_default()
    }

    pub(crate) fn state(&self) -> LifeState {
        LifeState::ALL.get((self.bits >> STATE & 7) as usize).copied().unwrap_or_default()
    }

    pub(crate) fn card(&self) -> Option<IdCardNumber> {
        IdCardNumber::from_u32(self.card.checked_sub(1)?)
    }

    pub(crate) fn has(&self, mark: u32) -> bool {
        self.bits & mark != 0
    }

    /// Syllables in the row.
    pub(crate) fn syllables(&self) -> &[u16] {
        let length = self.name.iter().position(|id| *id == 0).unwrap_or(IN_ROW);
        self.name.get(..length).unwrap_or_default()
    }
}

/// A birth date as a number from 1 on, in the order of time, what is known to the month or year before its days. None for
/// a year outside 1800 to 2999.
pub(crate) fn date_code(date: BirthDate) -> Option<u32> {
    let (month, day) = match date {
        BirthDate::Day(day) => (day.month(), day.day()),
        BirthDate::Month { month, .. } => (month & 15, 0),
        BirthDate::Year(_) => (0, 0),
    };
    Some(year_code(date.year())? | u32::from(month) << 5 | u32::from(day))
}

/// The first number that a date of this year can have.
pub(crate) fn year_code(year: i16) -> Option<u32> {
    let years = u32::try_from(year.checked_sub(FIRST_YEAR)?).ok().filter(|years| *years < 1200)?;
    Some((years + 1) << 9)
}

pub(crate) fn date_of(code: u32) -> Option<BirthDate> {
    let year = i16::try_from((code >> 9).checked_sub(1)?).ok()? + FIRST_YEAR;
    let (month, day) = (u8::try_from(code >> 5 & 15).ok()?, u8::try_from(code & 31).ok()?);
    match (month, day) {
        (0, _) => Some(BirthDate::Year(year)),
        (_, 0) => Some(BirthDate::Month { year, month }),
        _ => CivilDate::new(year, month, day).ok().map(BirthDate::Day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_date_sex_and_state_comes_back_and_dates_keep_their_order() {
        let mut last = 0;
        for year in 1800..3000 {
            let mut dates = vec![BirthDate::Year(year)];
            for month in 1..=12 {
                dates.push(BirthDate::Month { year, month });
                dates
                    .extend((1..=31).filter_map(|d| CivilDate::new(year, month, d).ok()).map(BirthDate::Day));
            }
            for date in dates {
                let code = date_code(date).unwrap();
                assert!(code > last && code < 1 << SEX);
                assert_eq!(date_of(code), Some(date));
                last = code;
            }
        }
        for sex in [Sex::Unknown, Sex::Male, Sex::Female] {
            for state in LifeState::ALL {
                let row = Row { bits: Row::pack(None, sex, state).unwrap() | MARKS, ..Row::default() };
                assert_eq!((row.birth(), row.sex(), row.state()), (None, sex, state));
            }
        }
        assert!(date_code(BirthDate::Year(1799)).is_none() && date_code(BirthDate::Year(3000)).is_none());
        assert_eq!(size_of::<Row>(), 18);
    }
}
