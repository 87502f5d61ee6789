//! One edition of the units.
use crate::validity::{self, Validity};
use crate::{CivilDate, table};

/// Level of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Tỉnh, thành phố: 2 digits
    Province,
    /// Quận, huyện: 3 digits, none since 2025-07-01
    District,
    /// Phường, xã, đặc khu: 5 digits
    Commune,
}

/// A unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Code of 2, 3 or 5 digits
    pub code: &'static str,
    /// Name with its kind: `Phường Ba Đình`
    pub name: &'static str,
    /// Code of the unit it belongs to; none for a province
    pub parent: Option<&'static str>,
    /// Level
    pub level: Level,
    /// Where its successors start and end in the edition's list of them
    successors: (u32, u32),
}

/// The units that were in force together.
#[derive(Debug)]
pub struct UnitEdition {
    validity: Option<Validity>,
    provinces: Vec<Unit>,
    districts: Vec<Unit>,
    communes: Vec<Unit>,
    successors: Vec<&'static str>,
}

impl UnitEdition {
    /// Provinces in the order of their codes
    pub fn provinces(&self) -> &[Unit] {
        &self.provinces
    }

    /// Districts in the order of their codes
    pub fn districts(&self) -> &[Unit] {
        &self.districts
    }

    /// Communes in the order of their codes
    pub fn communes(&self) -> &[Unit] {
        &self.communes
    }

    /// Days in force
    pub fn validity(&self) -> Option<Validity> {
        self.validity
    }

    /// Whether it was in force on a day
    pub fn is_in_force(&self, on: CivilDate) -> bool {
        self.validity.is_some_and(|validity| validity.contains(on))
    }

    /// The unit of a code of 2, 3 or 5 digits.
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        let units = match code.len() {
            2 => &self.provinces,
            3 => &self.districts,
            5 => &self.communes,
            _ => return None,
        };
        units.get(units.binary_search_by(|unit| unit.code.cmp(code)).ok()?)
    }

    /// The unit that another belongs to.
    pub fn parent(&self, unit: &Unit) -> Option<&Unit> {
        self.unit(unit.parent?)
    }

    /// The province that a unit belongs to, or is.
    pub fn province_of(&self, code: &str) -> Option<&Unit> {
        let unit = self.unit(code)?;
        if unit.level == Level::Province { Some(unit) } else { self.province_of(unit.parent?) }
    }

    /// The units directly below one: the districts or communes of a province, the communes of a district.
    pub fn below<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Unit> {
        let districts = self.districts.iter().filter(move |unit| unit.parent == Some(code));
        districts.chain(self.communes.iter().filter(move |unit| unit.parent == Some(code)))
    }

    /// Whether a unit is, or lies within, another.
    pub(super) fn lies_within(&self, unit: &Unit, above: &Unit) -> bool {
        unit.code == above.code || self.parent(unit).is_some_and(|parent| self.lies_within(parent, above))
    }

    pub(super) fn successors(&self, code: &str) -> &[&'static str] {
        let range = self.unit(code).map_or((0, 0), |unit| unit.successors);
        self.successors.get(range.0 as usize..range.1 as usize).unwrap_or_default()
    }
}

/// The three-level units.
pub(super) fn old() -> UnitEdition {
    let mut successors = Vec::with_capacity(12_000);
    let districts = table::rows(include_str!("../../data/units/old-districts.csv"))
        .map(|[code, parent, name, next]| {
            unit(Level::District, code, Some(parent), name, append(&mut successors, next))
        })
        .collect();
    let communes = table::rows(include_str!("../../data/units/old-communes.csv"))
        .map(|[code, parent, name, next]| {
            unit(Level::Commune, code, Some(parent), name, append(&mut successors, next))
        })
        .collect();
    UnitEdition {
        validity: validity::of_edition("units", "old").map(|(validity, _)| validity),
        provinces: provinces(include_str!("../../data/units/old-provinces.csv")),
        districts,
        communes,
        successors,
    }
}

/// The two-level units.
pub(super) fn new() -> UnitEdition {
    UnitEdition {
        validity: validity::of_edition("units", "new").map(|(validity, _)| validity),
        provinces: provinces(include_str!("../../data/units/provinces.csv")),
        districts: Vec::new(),
        communes: table::rows(include_str!("../../data/units/communes.csv"))
            .map(|[code, parent, name]| unit(Level::Commune, code, Some(parent), name, (0, 0)))
            .collect(),
        successors: Vec::new(),
    }
}

fn provinces(text: &'static str) -> Vec<Unit> {
    table::rows(text).map(|[code, name]| unit(Level::Province, code, None, name, (0, 0))).collect()
}

fn unit(
    level: Level,
    code: &'static str,
    parent: Option<&'static str>,
    name: &'static str,
    successors: (u32, u32),
) -> Unit {
    Unit { code, name, parent, level, successors }
}

/// Appends codes and says where they came to lie.
fn append(successors: &mut Vec<&'static str>, codes: &'static str) -> (u32, u32) {
    let position = |successors: &Vec<_>| u32::try_from(successors.len()).unwrap_or(u32::MAX);
    let start = position(successors);
    successors.extend(codes.split_ascii_whitespace());
    (start, position(successors))
}
