//! Two birth dates.
use crate::Agreement;
use crate::model::BirthWeights;
use crate::read::birth::Parts;
use dancu_citizen::BirthDate;

/// How a date that was read agrees with one on record. Of a date without its century, the century that agrees better counts.
pub(crate) fn compare(read: Parts, recorded: BirthDate, weights: &BirthWeights) -> (Agreement, i32) {
    let recorded = Parts::of(recorded);
    let readings = read.years().map(|year| in_year(read.in_year(year), recorded, weights));
    readings.max_by_key(|(_, weight)| *weight).unwrap_or((Agreement::Different, weights.different))
}

fn in_year(read: Parts, recorded: Parts, weights: &BirthWeights) -> (Agreement, i32) {
    if read == recorded {
        let says = match (read.month, read.day) {
            (0, _) => weights.year,
            (_, 0) => weights.month,
            _ => weights.same,
        };
        return (Agreement::Same, says);
    }
    if read.year == recorded.year {
        if recorded.month == 0 || read.is_year() {
            return (Agreement::LessPrecise, weights.year);
        }
        if recorded.month == read.month && (recorded.day == 0 || read.day == 0) {
            return (Agreement::LessPrecise, weights.month);
        }
        if read.swapped() == Some(recorded) {
            return (Agreement::DayMonthSwapped, weights.swapped);
        }
    }
    if read.day == 0 || recorded.day == 0 {
        return (Agreement::Different, weights.different);
    }
    let is_same_day = (read.month, read.day) == (recorded.month, recorded.day);
    if is_typing(read, recorded) {
        return (Agreement::Typing, weights.typing);
    }
    if is_same_day && read.year.abs_diff(recorded.year) <= 10 && !read.is_year() {
        return (Agreement::Different, weights.near_year);
    }
    (Agreement::Different, weights.different)
}

/// One digit replaced, or two neighbours swapped within day, month or year.
fn is_typing(a: Parts, b: Parts) -> bool {
    let [x, y] = [a, b].map(|p| [u32::from(p.day), u32::from(p.month), u32::from(p.year.unsigned_abs())]);
    let mut differing = x.iter().zip(&y).filter(|(x, y)| x != y);
    match (differing.next(), differing.next()) {
        (Some((x, y)), None) => is_edit(*x, *y),
        _ => false,
    }
}

fn is_edit(a: u32, b: u32) -> bool {
    let digits = |n: u32| [n / 1000, n / 100 % 10, n / 10 % 10, n % 10];
    let (a, b) = (digits(a), digits(b));
    let mut places = (0..4_usize).filter(|at| a.get(*at) != b.get(*at));
    match (places.next(), places.next(), places.next()) {
        (Some(_), None, _) => true,
        (Some(i), Some(j), None) => j == i + 1 && a.get(i) == b.get(j) && a.get(j) == b.get(i),
        _ => false,
    }
}
