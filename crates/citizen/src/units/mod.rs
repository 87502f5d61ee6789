//! Administrative units: 63 provinces with districts and communes to 2025-06-30, 34 provinces with
//! communes since 2025-07-01, and which communes became which.
//!
//! Codes live on with other meanings (00004 was Trúc Bạch and is Ba Đình), so every question names a day.
mod edition;

pub use edition::{Level, Unit, UnitEdition};

use crate::{Address, CivilDate};
use std::sync::OnceLock;

/// The units of both editions.
#[derive(Debug)]
pub struct Units {
    old: UnitEdition,
    new: UnitEdition,
}

impl Units {
    /// The units that come with the software, read on the first call.
    pub fn bundled() -> &'static Self {
        static UNITS: OnceLock<Units> = OnceLock::new();
        UNITS.get_or_init(|| Self { old: edition::old(), new: edition::new() })
    }

    /// The three-level units, as they were on the last of their days. Communes that were merged away
    /// before 2025 are not among them.
    pub fn three_level(&self) -> &UnitEdition {
        &self.old
    }

    /// The two-level units in force since 2025-07-01.
    pub fn two_level(&self) -> &UnitEdition {
        &self.new
    }

    /// The edition in force on a day, if the day is not before the first.
    pub fn on(&self, day: CivilDate) -> Option<&UnitEdition> {
        [&self.new, &self.old].into_iter().find(|edition| edition.is_in_force(day))
    }

    /// The unit of a code of 2, 3 or 5 digits, as of a day.
    pub fn unit(&self, code: &str, on: CivilDate) -> Option<&Unit> {
        self.on(on)?.unit(code)
    }

    /// Whether a code named a unit on a day.
    pub fn is_known(&self, code: &str, on: CivilDate) -> bool {
        self.unit(code, on).is_some()
    }

    /// Codes of the communes of today that an old commune (or an island district without communes) became
    /// part of. A divided commune has several, the likeliest first; an unknown code has none.
    pub fn successors(&self, old: &str) -> &[&'static str] {
        self.old.successors(old)
    }

    /// Whether each code of an address named a unit on the day, and each lay within the one above it.
    /// An address without codes is consistent.
    pub fn is_consistent(&self, address: &Address, on: CivilDate) -> bool {
        let Some(edition) = self.on(on) else { return false };
        let codes = [&address.province, &address.district, &address.commune];
        let mut above: Option<&Unit> = None;
        for code in codes.into_iter().flatten() {
            let Some(unit) = edition.unit(code) else { return false };
            if above.is_some_and(|above| !edition.lies_within(unit, above)) {
                return false;
            }
            above = Some(unit);
        }
        true
    }
}
