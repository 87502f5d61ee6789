//! Time as a parameter: the roof gives the real clock, tests give one they decide.
use dancu_citizen::CivilDate;

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn now_us(&self) -> i64;
}

/// Vietnam keeps UTC+7 the whole year.
const OFFSET_SECONDS: i64 = 7 * 3600;

/// The calendar day in Vietnam at a moment.
pub fn vietnam_day(now_us: i64) -> CivilDate {
    let day = (now_us.div_euclid(1_000_000) + OFFSET_SECONDS).div_euclid(86_400);
    let civil = i32::try_from(day)
        .ok()
        .and_then(|d| jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(d)).ok())
        .and_then(|d| CivilDate::new(d.year(), d.month().unsigned_abs(), d.day().unsigned_abs()).ok());
    // A clock outside the years 1800-2999 is a broken clock; the first day known to be past is then the
    // safe answer, for it makes every date of birth "in the future" and nothing verifies.
    civil.or_else(|| CivilDate::new(1800, 1, 1).ok()).unwrap_or_else(|| unreachable!("a valid literal date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_seventeen_hours_universal_time() {
        let eve = 1_767_225_600_000_000 - 7 * 3_600_000_000 - 1; // a microsecond before 2026-01-01 in Vietnam
        assert_eq!(vietnam_day(eve).iso(), "2025-12-31");
        assert_eq!(vietnam_day(eve + 1).iso(), "2026-01-01");
    }
}
