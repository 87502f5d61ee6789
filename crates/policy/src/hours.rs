//! The legal time of Vietnam, UTC+7 without daylight saving (Decision 134/2002/QĐ-TTg), and permitted hours in it.
use dancu_citizen::CivilDate;

const OFFSET_US: i64 = 7 * 3_600_000_000;
const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 24 * 60 * MINUTE_US;
const DAY_MINUTES: u16 = 24 * 60;

/// A moment as the clocks of Vietnam show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VietnamTime {
    /// Days since 1970-01-01: what daily quotas are counted by
    pub day: i32,
    /// The date of that day
    pub date: CivilDate,
    /// 0 Monday to 6 Sunday
    pub weekday: u8,
    /// Minutes since midnight
    pub minute: u16,
}

impl VietnamTime {
    /// Of microseconds since the epoch; none outside the years 1800 to 2999.
    pub fn of(now_us: i64) -> Option<Self> {
        let local = now_us.checked_add(OFFSET_US)?;
        let day = i32::try_from(local.div_euclid(DAY_US)).ok()?;
        let minute = u16::try_from(local.rem_euclid(DAY_US) / MINUTE_US).ok()?;
        // 1970-01-01 was a Thursday.
        let weekday = u8::try_from((day + 3).rem_euclid(7)).ok()?;
        Some(Self { day, date: date_of(day)?, weekday, minute })
    }

    /// The first moment after a day, microseconds since the epoch.
    pub fn end_of_us(date: CivilDate) -> i64 {
        (i64::from(day_of(date)) + 1) * DAY_US - OFFSET_US
    }
}

/// The date of a day number, by the era method (H. Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn date_of(day: i32) -> Option<CivilDate> {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    CivilDate::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day_of_month).ok()?)
        .ok()
}

/// The day number of a date.
pub(crate) fn day_of(date: CivilDate) -> i32 {
    let (month, day) = (i32::from(date.month()), i32::from(date.day()));
    let year = i32::from(date.year()) - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Why hours make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// No weekday, or a bit beyond Sunday
    #[error("weekdays are bits 0 (Monday) to 6 (Sunday), at least one")]
    Weekdays,
    /// A minute beyond midnight, or an empty span
    #[error("minutes are 0 to 1440 and must differ")]
    Minutes,
}

/// When a system may call, in the time of Vietnam.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    weekdays: u8,
    from_minute: u16,
    to_minute: u16,
}

impl Hours {
    /// `weekdays`: bit 0 Monday to bit 6 Sunday. Minutes since midnight, the last one not included;
    /// `from` after `to` runs over midnight and belongs to the day on which it begins.
    pub fn new(weekdays: u8, from_minute: u16, to_minute: u16) -> Result<Self, HoursError> {
        if weekdays == 0 || weekdays >= 1 << 7 {
            return Err(HoursError::Weekdays);
        }
        if from_minute >= DAY_MINUTES || to_minute > DAY_MINUTES || from_minute == to_minute {
            return Err(HoursError::Minutes);
        }
        Ok(Self { weekdays, from_minute, to_minute })
    }

    /// Weekdays, from and to, as given to `new`.
    pub fn parts(self) -> (u8, u16, u16) {
        (self.weekdays, self.from_minute, self.to_minute)
    }

    /// Whether the moment lies within.
    pub fn contain(self, time: VietnamTime) -> bool {
        let on = |weekday: u8| self.weekdays & (1 << (weekday % 7)) != 0;
        let (from, to, now) = (self.from_minute, self.to_minute, time.minute);
        if from < to {
            on(time.weekday) && (from..to).contains(&now)
        } else {
            (on(time.weekday) && now >= from) || (on(time.weekday + 6) && now < to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(weekday: u8, hour: u16, minute: u16) -> VietnamTime {
        let date = CivilDate::new(2026, 10, 5).unwrap();
        VietnamTime { day: 0, date, weekday, minute: hour * 60 + minute }
    }

    #[test]
    fn midnight_is_midnight_in_vietnam() {
        // 2026-10-05T16:59:59Z is the last second of Monday 5 October there.
        let before = VietnamTime::of(1_791_219_599_000_000).unwrap();
        let after = VietnamTime::of(1_791_219_600_000_000).unwrap();
        assert_eq!((before.date.iso().as_str(), before.weekday, before.minute), ("2026-10-05", 0, 1439));
        assert_eq!((after.date.iso().as_str(), after.weekday, after.minute), ("2026-10-06", 1, 0));
        assert_eq!(after.day, before.day + 1);
    }

    #[test]
    fn day_numbers_and_dates_are_inverse_over_the_whole_range() {
        for day in (-62_000..376_000).step_by(13) {
            let date = date_of(day).unwrap();
            assert_eq!(day_of(date), day, "{}", date.iso());
        }
        assert_eq!(day_of(CivilDate::new(2000, 2, 29).unwrap()), 11_016);
        assert!(VietnamTime::of(i64::MAX).is_none() && VietnamTime::of(i64::MIN).is_none());
    }

    #[test]
    fn office_hours_on_weekdays() {
        let office = Hours::new(0b001_1111, 7 * 60, 18 * 60).unwrap();
        assert!(office.contain(at(0, 7, 0)) && office.contain(at(4, 17, 59)));
        assert!(
            !office.contain(at(0, 6, 59)) && !office.contain(at(0, 18, 0)) && !office.contain(at(5, 9, 0))
        );
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let sunday_night = Hours::new(0b100_0000, 22 * 60, 4 * 60).unwrap();
        assert!(sunday_night.contain(at(6, 22, 0)) && sunday_night.contain(at(0, 3, 59)));
        assert!(!sunday_night.contain(at(6, 3, 0)) && !sunday_night.contain(at(0, 22, 0)));
    }

    #[test]
    fn senseless_hours_are_refused() {
        assert_eq!(Hours::new(0, 0, 60), Err(HoursError::Weekdays));
        assert_eq!(Hours::new(128, 0, 60), Err(HoursError::Weekdays));
        assert_eq!(Hours::new(1, 60, 60), Err(HoursError::Minutes));
        assert_eq!(Hours::new(1, 0, 1441), Err(HoursError::Minutes));
        assert!(Hours::new(127, 0, 1440).unwrap().contain(at(3, 23, 59)));
    }
}
