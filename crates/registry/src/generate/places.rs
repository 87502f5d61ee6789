//! Where people are born and live: communes of the three levels before 2025-07-01, and what they became.
use super::rng::Rng;
use dancu_citizen::{Address, Units, units::Unit};

/// A commune as it was, and the commune it is part of today.
#[derive(Debug)]
pub(crate) struct Place {
    province: &'static str,
    district: &'static str,
    commune: &'static str,
    label: String,
    now_province: &'static str,
    now_commune: &'static str,
    now_label: String,
    urban: bool,
}

impl Place {
    /// Three-level address with the names in words, as civil-status records have it.
    pub(crate) fn old_address(&self) -> Address {
        Address {
            province: Some(self.province.to_owned()),
            district: Some(self.district.to_owned()),
            commune: Some(self.commune.to_owned()),
            detail: Some(self.label.clone()),
            country: Some("VN".to_owned()),
        }
    }

    /// Two-level address of today with the names in words.
    pub(crate) fn new_address(&self) -> Address {
        self.residence(&self.now_label)
    }

    /// Two-level address of a house.
    pub(crate) fn residence(&self, house: &str) -> Address {
        Address {
            province: Some(self.now_province.to_owned()),
            district: None,
            commune: Some(self.now_commune.to_owned()),
            detail: Some(house.to_owned()),
            country: Some("VN".to_owned()),
        }
    }

    /// Code of the commune of today.
    pub(crate) fn now_commune(&self) -> &'static str {
        self.now_commune
    }

    /// Two digits of the old province.
    pub(crate) fn province(&self) -> &'static str {
        self.province
    }

    /// A house there: by number and lane in a ward, by hamlet elsewhere.
    pub(crate) fn house(&self, rng: &mut Rng) -> House {
        let number = rng.between(1, 240);
        if !self.urban {
            return House::Hamlet(rng.between(1, 14));
        }
        match rng.below(3) {
            0 => House::Lane(number, rng.between(1, 120)),
            1 => House::Group(number, rng.between(1, 30)),
            _ => House::Quarter(number, rng.between(1, 12)),
        }
    }
}

/// Where in its place a house stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum House {
    Hamlet(i16),
    Lane(i16, i16),
    Group(i16, i16),
    Quarter(i16, i16),
}

impl House {
    /// As an address has it.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Hamlet(hamlet) => format!("Thôn {hamlet}"),
            Self::Lane(number, lane) => format!("Số {number}, ngõ {lane}"),
            Self::Group(number, group) => format!("Số {number}, tổ {group}"),
            Self::Quarter(number, quarter) => format!("Số {number}, khu phố {quarter}"),
        }
    }
}

/// The places of each old province, the province given by its two digits.
#[derive(Debug)]
pub(crate) struct Places {
    by_province: Vec<Vec<Place>>,
}

impl Places {
    /// Every old commune that has a successor.
    pub(crate) fn load(units: &'static Units) -> Self {
        let mut by_province: Vec<Vec<Place>> = (0..100).map(|_| Vec::new()).collect();
        for commune in units.three_level().communes() {
            let Some(place) = place(units, commune) else { continue };
            let at = place.province.parse::<usize>().unwrap_or_default();
            if let Some(places) = by_province.get_mut(at) {
                places.push(place);
            }
        }
        Self { by_province }
    }

    /// A place in a province; none when the province has none.
    pub(crate) fn pick(&'static self, rng: &mut Rng, province: u8) -> Option<&'static Place> {
        let places = self.by_province.get(usize::from(province))?;
        let at = rng.below(u32::try_from(places.len()).unwrap_or(0));
        places.get(at as usize)
    }

    /// The place of an old commune.
    pub(crate) fn find(&'static self, commune: &str) -> Option<&'static Place> {
        self.by_province.iter().flatten().find(|place| place.commune == commune)
    }
}

fn place(units: &'static Units, commune: &'static Unit) -> Option<Place> {
    let district = units.three_level().parent(commune)?;
    let province = units.three_level().parent(district)?;
    let now = units.two_level().unit(units.successors(commune.code).first()?)?;
    let now_province = units.two_level().parent(now)?;
    Some(Place {
        province: province.code,
        district: district.code,
        commune: commune.code,
        label: format!("{}, {}, {}", commune.name, district.name, province.name),
        now_province: now_province.code,
        now_commune: now.code,
        now_label: format!("{}, {}", now.name, now_province.name),
        urban: !commune.name.starts_with("Xã"),
    })
}
