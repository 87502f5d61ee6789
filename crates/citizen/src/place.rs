//! What a personal identification number says, set against what else is known of the person.
use crate::{BirthDate, PersonalId, Sex, table};
use std::sync::OnceLock;

/// The place of birth registration that a number's first three digits name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// One of the 63 provinces that issued numbers; those issued stay when provinces merge
    Province {
        /// Code of the old province, 2 digits
        code: &'static str,
        /// Its name
        name: &'static str,
    },
    /// A country, ISO 3166-1 alpha-2
    Country(&'static str),
}

/// Something a number says otherwise than the record. A warning and never a reason to refuse: corrected
/// records keep their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NumberWarning {
    /// The number's sex is another
    Sex,
    /// The number's birth year is another
    BirthYear,
    /// No province or country has the number's first three digits
    PlaceCode,
}

impl NumberWarning {
    /// Stable name, `snake_case`
    pub fn name(self) -> &'static str {
        match self {
            Self::Sex => "sex_differs_from_number",
            Self::BirthYear => "birth_year_differs_from_number",
            Self::PlaceCode => "unknown_place_code",
        }
    }
}

/// Circular 07/2016/TT-BCA, annexes.
const PLACE_CODES: &str = include_str!("../data/place-codes.csv");

/// The place of a three-digit place code.
pub fn place(code: u16) -> Option<Place> {
    static PLACES: OnceLock<Vec<(u16, Place)>> = OnceLock::new();
    let places = PLACES.get_or_init(|| table::rows(PLACE_CODES).filter_map(read).collect());
    let at = places.binary_search_by_key(&code, |(code, _)| *code).ok()?;
    places.get(at).map(|(_, place)| *place)
}

fn read([code, province, country, name, _mark]: [&'static str; 5]) -> Option<(u16, Place)> {
    let place =
        if province.is_empty() { Place::Country(country) } else { Place::Province { code: province, name } };
    Some((code.parse().ok()?, place))
}

impl PersonalId {
    /// Where the birth was registered, as the number says it.
    pub fn place(self) -> Option<Place> {
        place(self.place_code())
    }

    /// What the number says otherwise than the record. `Sex::Unknown` and no date raise nothing.
    pub fn warnings(self, sex: Sex, birth: Option<BirthDate>) -> Vec<NumberWarning> {
        let raised = [
            (sex != Sex::Unknown && sex != self.sex(), NumberWarning::Sex),
            (birth.is_some_and(|birth| birth.year() != self.birth_year()), NumberWarning::BirthYear),
            (self.place().is_none(), NumberWarning::PlaceCode),
        ];
        raised.into_iter().filter(|(raised, _)| *raised).map(|(_, warning)| warning).collect()
    }
}
