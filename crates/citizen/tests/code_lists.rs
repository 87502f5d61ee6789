//! Code lists, place codes and units: complete, sound, and converted by meaning.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use dancu_citizen::lists::{self, Lang};
use dancu_citizen::units::Level;
use dancu_citizen::{
    Address, BirthDate, CivilDate, Coded, Field, ListVersion, NumberWarning, PersonalId, Place, Sex, Units,
    place,
};
use std::collections::HashSet;

fn coded(list: ListVersion, code: &str) -> Coded {
    Coded { list, code: code.into(), other_name: Some("Thù Lao".into()) }
}

fn day(text: &str) -> CivilDate {
    CivilDate::parse_iso(text).unwrap()
}

#[test]
fn ethnic_groups_are_converted_by_name_and_not_by_number() {
    for (old, new) in
        [("04", "06"), ("05", "05"), ("06", "04"), ("11", "43"), ("54", "52"), ("01", "01"), ("08", "08")]
    {
        let converted =
            lists::ethnic().convert(&coded(ListVersion::Ethnic1979, old), ListVersion::Ethnic2008).unwrap();
        assert_eq!((converted.code.as_str(), converted.list), (new, ListVersion::Ethnic2008));
        assert_eq!(converted.other_name.as_deref(), Some("Thù Lao"));
    }
    let foreigner = coded(ListVersion::Ethnic1979, "55");
    assert_eq!(lists::ethnic().convert(&foreigner, ListVersion::Ethnic2008), None);
    assert_eq!(lists::ethnic().convert(&coded(ListVersion::Ethnic2008, "77"), ListVersion::Ethnic1979), None);
}

#[test]
fn all_54_groups_survive_both_conversions() {
    let new = lists::ethnic().edition(ListVersion::Ethnic2008).unwrap();
    assert_eq!(new.entries().len(), 54);
    for entry in new.entries() {
        let there = coded(ListVersion::Ethnic2008, &entry.code);
        let back = lists::ethnic().convert(
            &lists::ethnic().convert(&there, ListVersion::Ethnic1979).unwrap(),
            ListVersion::Ethnic2008,
        );
        assert_eq!(back, Some(there));
    }
}

#[test]
fn both_religion_codes_for_none_mean_the_same() {
    let (live, sample) = (coded(ListVersion::Religion2009, "00"), coded(ListVersion::Religion2009, "99"));
    assert!(lists::religion().same_meaning(&live, &sample));
    assert!(!lists::religion().same_meaning(&live, &coded(ListVersion::Religion2009, "01")));
    assert_eq!(lists::name(Field::Religion, &sample, Lang::Vi), Some("Không"));
}

#[test]
fn names_and_validity() {
    let hoa = coded(ListVersion::Ethnic1979, "04");
    assert_eq!(lists::name(Field::EthnicGroup, &hoa, Lang::Vi), Some("Hoa"));
    assert_eq!(
        lists::name(Field::RelationToHead, &coded(ListVersion::Qcvn109, "CH01"), Lang::Vi),
        Some("Chủ hộ")
    );
    assert_eq!(
        lists::name(Field::BloodGroup, &coded(ListVersion::Qcvn109, "01"), Lang::En),
        Some("Blood group A")
    );
    assert!(lists::is_known(Field::EthnicGroup, &hoa, day("2026-01-01")));
    assert!(!lists::is_known(Field::EthnicGroup, &hoa, day("1979-01-01")), "before the list");
    assert!(!lists::is_known(Field::EthnicGroup, &coded(ListVersion::Ethnic1979, "57"), day("2026-01-01")));
    assert!(!lists::is_known(Field::FullName, &hoa, day("2026-01-01")));
    assert_eq!(lists::country("VN", Lang::Vi), Some("Việt Nam"));
    assert_eq!(lists::countries().editions()[0].entries().len(), 249);
}

#[test]
fn a_site_can_set_a_list_of_its_own() {
    let bundled = lists::relation().edition(ListVersion::Qcvn109).unwrap().validity;
    let text =
        String::from("code,key,name_vi,name_en,mark\n09,grandchild,Cháu,Grandchild,site\nbroken,row\n");
    let own = lists::CodeList::parse(ListVersion::Qcvn109, bundled, &text);
    assert_eq!(own.name(&coded(ListVersion::Qcvn109, "09"), Lang::En), Some("Grandchild"));
    assert_eq!(own.editions()[0].entries().len(), 1);
}

#[test]
fn every_line_of_every_list_is_read_and_codes_are_unique() {
    for (list, lines) in [
        (lists::ethnic(), 57 + 54),
        (lists::religion(), 15),
        (lists::marital(), 5),
        (lists::blood_group(), 5),
        (lists::relation(), 5),
        (lists::sex(), 3),
        (lists::countries(), 249),
    ] {
        assert_eq!(list.editions().iter().map(|e| e.entries().len()).sum::<usize>(), lines);
        for edition in list.editions() {
            let codes: HashSet<_> = edition.entries().iter().map(|e| &e.code).collect();
            assert_eq!(codes.len(), edition.entries().len());
        }
    }
}

#[test]
fn place_codes_are_complete() {
    let places: Vec<_> = (0..1000).filter_map(place).collect();
    let provinces = places.iter().filter(|p| matches!(p, Place::Province { .. })).count();
    assert_eq!((provinces, places.len()), (63, 63 + 195));
    assert_eq!(place(1), Some(Place::Province { code: "01", name: "Hà Nội" }));
    assert_eq!(place(175), Some(Place::Country("US")));
    for place in places {
        match place {
            Place::Province { code, .. } => assert!(Units::bundled().three_level().unit(code).is_some()),
            Place::Country(code) => assert!(lists::country(code, Lang::En).is_some(), "{code}"),
        }
    }
}

#[test]
fn numbers_warn_and_never_refuse() {
    let id = PersonalId::parse("001185000017").unwrap();
    let born = |text| Some(BirthDate::parse_iso(text).unwrap());
    assert_eq!(id.warnings(Sex::Female, born("1985-04-30")), []);
    assert_eq!(id.warnings(Sex::Unknown, None), []);
    assert_eq!(id.warnings(Sex::Male, born("1985")), [NumberWarning::Sex]);
    assert_eq!(id.warnings(Sex::Female, born("2085-01")), [NumberWarning::BirthYear]);
    let nowhere = PersonalId::parse("003185000017").unwrap();
    assert_eq!(nowhere.warnings(Sex::Female, None), [NumberWarning::PlaceCode]);
    let young = PersonalId::parse("079205000001").unwrap();
    assert_eq!((young.sex(), young.birth_year()), (Sex::Male, 2005));
}

#[test]
fn units_are_complete_and_hang_together() {
    let units = Units::bundled();
    let (old, new) = (units.three_level(), units.two_level());
    assert_eq!((old.provinces().len(), old.districts().len(), old.communes().len()), (63, 696, 10_035));
    assert_eq!((new.provinces().len(), new.districts().len(), new.communes().len()), (34, 0, 3_321));
    for edition in [old, new] {
        for unit in edition.districts().iter().chain(edition.communes()) {
            assert_eq!(
                edition.province_of(unit.code).map(|p| p.level),
                Some(Level::Province),
                "{}",
                unit.code
            );
        }
        for all in [edition.provinces(), edition.districts(), edition.communes()] {
            assert!(all.is_sorted_by(|a, b| a.code < b.code));
        }
    }
}

#[test]
fn every_old_commune_has_successors_and_every_new_one_is_one() {
    let units = Units::bundled();
    let mut reached: HashSet<&str> = HashSet::new();
    for commune in units.three_level().communes() {
        let successors = units.successors(commune.code);
        assert!(!successors.is_empty(), "{}", commune.code);
        assert!(successors.iter().all(|code| units.two_level().unit(code).is_some()));
        reached.extend(successors);
    }
    reached.extend(["318", "471", "498", "536", "755"].iter().flat_map(|island| units.successors(island)));
    assert_eq!(reached.len(), 3_321);
    assert!(units.successors("99999").is_empty() && units.successors("01").is_empty());
}

#[test]
fn a_code_means_what_it_meant_on_the_day() {
    let units = Units::bundled();
    assert_eq!(units.unit("00004", day("2025-06-30")).unwrap().name, "Phường Trúc Bạch");
    assert_eq!(units.unit("00004", day("2025-07-01")).unwrap().name, "Phường Ba Đình");
    assert_eq!(units.successors("00001"), ["00097"], "Phúc Xá is part of Hồng Hà");
    assert!(units.is_known("001", day("2025-06-30")) && !units.is_known("001", day("2025-07-01")));
    assert!(units.is_known("02", day("2020-01-01")) && !units.is_known("02", day("2026-01-01")));
    assert!(!units.is_known("01", day("1990-01-01")), "before the first edition");
    assert_eq!(units.two_level().province_of("21548").unwrap().name, "Tỉnh Quảng Ngãi");
    assert_eq!(units.two_level().below("01").count(), 126);
}

#[test]
fn an_address_is_consistent_when_its_units_nest() {
    let units = Units::bundled();
    let address = |province: &str, district: &str, commune: &str| {
        let code = |c: &str| (!c.is_empty()).then(|| c.to_owned());
        Address {
            province: code(province),
            district: code(district),
            commune: code(commune),
            ..Address::default()
        }
    };
    let (before, after) = (day("2024-01-01"), day("2026-01-01"));
    assert!(units.is_consistent(&address("01", "001", "00001"), before));
    assert!(units.is_consistent(&address("01", "", "00001"), before));
    assert!(units.is_consistent(&Address::default(), before));
    assert!(!units.is_consistent(&address("02", "001", "00001"), before));
    assert!(!units.is_consistent(&address("01", "001", "00001"), after), "no districts any more");
    assert!(units.is_consistent(&address("01", "", "00004"), after));
    assert!(!units.is_consistent(&address("04", "", "00004"), after));
}
