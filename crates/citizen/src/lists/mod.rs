//! Code lists: ethnic groups, religions, marital status, blood group, relation to head, sex, countries.
//!
//! A code means nothing without its edition; two ethnic numberings are in use, and the same number names
//! different groups in them. Codes are therefore converted by what they mean, never by number.
mod list;

pub use dancu_catalogue::Lang;
pub use list::{CodeList, Edition, Entry};

use crate::{CivilDate, Coded, Field, ListVersion};
use std::sync::OnceLock;

macro_rules! bundled {
    ($($(#[$doc:meta])* $name:ident: $list:literal { $($version:expr, $edition:literal, $file:literal;)* })*) => {$(
        $(#[$doc])*
        pub fn $name() -> &'static CodeList {
            static LIST: OnceLock<CodeList> = OnceLock::new();
            LIST.get_or_init(|| CodeList::bundled($list, &[$(
                ($version, $edition, include_str!(concat!("../../data/lists/", $file))),
            )*]))
        }
    )*};
}

bundled! {
    /// Ethnic groups, editions of 1979 and 2008.
    ethnic: "ethnic" {
        Some(ListVersion::Ethnic1979), "1979", "ethnic-1979.csv";
        Some(ListVersion::Ethnic2008), "2008", "ethnic-2008.csv";
    }
    /// Religions; 00 and 99 both mean none.
    religion: "religion" { Some(ListVersion::Religion2009), "2009", "religion-2009.csv"; }
    /// Marital status.
    marital: "marital" { Some(ListVersion::Qcvn109), "qcvn109", "marital-qcvn109.csv"; }
    /// Blood groups.
    blood_group: "blood" { Some(ListVersion::Qcvn109), "qcvn109", "blood-qcvn109.csv"; }
    /// Relation to the head of household. Recalled, but for `CH01`: replaceable by [`CodeList::parse`].
    relation: "relation" { Some(ListVersion::Qcvn109), "qcvn109", "relation-qcvn109.csv"; }
    /// Sexes.
    sex: "sex" { Some(ListVersion::Qcvn109), "qcvn109", "sex-qcvn109.csv"; }
    /// Countries, ISO 3166-1 alpha-2.
    countries: "country" { None, "iso3166-1", "countries.csv"; }
}

/// The list that a field's codes are of, if it is a coded field.
pub fn of(field: Field) -> Option<&'static CodeList> {
    match field {
        Field::EthnicGroup => Some(ethnic()),
        Field::Religion => Some(religion()),
        Field::MaritalStatus => Some(marital()),
        Field::BloodGroup => Some(blood_group()),
        Field::RelationToHead => Some(relation()),
        Field::Sex => Some(sex()),
        Field::Nationality => Some(countries()),
        _ => None,
    }
}

/// The list's name of a field's code.
pub fn name(field: Field, coded: &Coded, lang: Lang) -> Option<&'static str> {
    of(field)?.name(coded, lang)
}

/// Whether a field's code is in its edition, and the edition was in force on the day.
pub fn is_known(field: Field, coded: &Coded, on: CivilDate) -> bool {
    of(field).is_some_and(|list| list.is_known(coded, on))
}

/// The name of a country by its ISO 3166-1 alpha-2 code.
pub fn country(alpha2: &str, lang: Lang) -> Option<&'static str> {
    countries().editions().first()?.entry(alpha2).map(|entry| entry.name(lang))
}
