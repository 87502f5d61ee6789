//! When the bearers of a name were born, roughly: what makes it needless to look for most of them.
use crate::born::BornPage;
use crate::names::NamePage;
use crate::pages::Pages;
use crate::seek::{ends, seek};

/// Years of birth modulo 64, a bit each; the same modulo 32 of those whose day is not known.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Years {
    pub(crate) all: u64,
    pub(crate) vague: u32,
}

impl Years {
    /// Of a birth date as `row` codes it. Nothing where there is none.
    fn of(date: u32) -> Self {
        let year = date >> 9;
        if year == 0 {
            return Self::default();
        }
        let has_day = !date.is_multiple_of(32);
        Self { all: 1 << (year % 64), vague: if has_day { 0 } else { 1 << (year % 32) } }
    }

    fn and(self, other: Self) -> Self {
        Self { all: self.all | other.all, vague: self.vague | other.vague }
    }
}

/// Birth dates that are looked for, from one to another, as the years of those who may have one.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) dates: (u32, u32),
    /// None: any
    all: Option<u64>,
    /// Whether all of them are vague
    vague: Option<u32>,
}

impl Span {
    pub(crate) fn of(dates: (u32, u32)) -> Self {
        let first = Years::of(dates.0);
        let is_one_year = first != Years::default() && dates.0 >> 9 == dates.1 >> 9;
        let vague = (dates.0 == dates.1 && first.vague != 0).then_some(first.vague);
        Self { dates, all: is_one_year.then_some(first.all), vague }
    }

    /// Whether a bearer of a name may be meant.
    pub(crate) fn fits(&self, years: u64, vague: impl FnOnce() -> u32) -> bool {
        self.all.is_none_or(|all| all & years != 0) && self.vague.is_none_or(|bit| bit & vague() != 0)
    }
}

/// Notes at each name when its bearers were born.
pub(crate) fn note(names: &mut Pages<NamePage>, born: &Pages<BornPage>) {
    let (mut signatures, mut years) = (Vec::<u32>::new(), Vec::<Years>::new());
    for page in (0..born.len()).filter_map(|number| born.get(number).ok()) {
        for (signature, date) in page.entries() {
            if signatures.last() != Some(&signature) {
                signatures.push(signature);
                years.push(Years::default());
            }
            if let Some(last) = years.last_mut() {
                *last = last.and(Years::of(date));
            }
        }
    }
    let ends = ends(&signatures);
    for page in names.all_mut() {
        page.note(|signature| {
            let nth = seek(&signatures, ends, signature);
            years.get(nth).filter(|_| signatures.get(nth) == Some(&signature)).copied().unwrap_or_default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::{date_code, year_code};
    use dancu_citizen::BirthDate;

    #[test]
    fn a_span_fits_its_year_and_what_is_vague() {
        let code = |date| date_code(BirthDate::parse_iso(date).unwrap()).unwrap();
        let year = year_code(1980).unwrap();
        let (day, month) = (code("1980-02-03"), code("1980-02"));
        let fits = |dates, born: &[u32]| {
            let years = born.iter().map(|date| Years::of(*date)).fold(Years::default(), Years::and);
            Span::of(dates).fits(years.all, || years.vague)
        };
        assert!(fits((year, year | 0x1ff), &[day]) && fits((year, year | 0x1ff), &[month, year + 512]));
        assert!(fits((day, day), &[day]) && !fits((day, day), &[day + 512]));
        assert!(fits((year, year), &[year]) && fits((month, month), &[month]) && !fits((year, year), &[day]));
        assert!(fits((0, u32::MAX), &[]) && fits((year, year + 1024), &[]) && !fits((year, year), &[]));
    }
}
