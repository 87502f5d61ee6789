//! What the tests share: a day, and the fictitious person of the examples.
use dancu_citizen::*;

pub(crate) fn today() -> CivilDate {
    CivilDate::new(2026, 11, 21).unwrap()
}

pub(crate) fn sourced<T>(value: T) -> Sourced<T> {
    Sourced { value, source: "cu-tru".into(), as_of: CivilDate::new(2026, 1, 1).unwrap() }
}

pub(crate) fn coded(list: ListVersion, code: &str) -> Coded {
    Coded { list, code: code.into(), other_name: None }
}

fn address() -> Address {
    Address {
        province: Some("01".into()),
        district: None,
        commune: Some("00001".into()),
        detail: Some("Số 5, ngõ 12".into()),
        country: Some("VN".into()),
    }
}

/// The person of `live-037-response.xml`.
pub(crate) fn person() -> Record {
    let name = FullName::parse("Trần Thị Thúy Hòa").unwrap();
    let number = PersonalId::parse("001185000017").unwrap();
    let head = Relative {
        full_name: Some(name.clone()),
        number: Some(PersonNumber::PersonalId(number)),
        ..Relative::default()
    };
    Record {
        personal_id: Some(sourced(number)),
        id_card_number: Some(sourced(IdCardNumber::parse("012345678").unwrap())),
        full_name: Some(sourced(name)),
        sex: Some(sourced(Sex::Female)),
        ethnic_group: Some(sourced(coded(ListVersion::Ethnic1979, "02"))),
        religion: Some(sourced(coded(ListVersion::Religion2009, "99"))),
        marital_status: Some(sourced(coded(ListVersion::Qcvn109, "2"))),
        birth_date: Some(sourced(BirthDate::parse_iso("1985-04-30").unwrap())),
        nationality: Some(sourced("VN".to_owned())),
        permanent_residence: Some(sourced(address())),
        relation_to_head: Some(sourced(coded(ListVersion::Qcvn109, "CH01"))),
        household: Some(sourced(Household { head, members: vec![] })),
        ..Record::default()
    }
}

/// The fields that `live-037-response.xml` releases: those of the person, and the empty blood group.
pub(crate) fn released() -> FieldSet {
    person().fields().without(Field::State).with(Field::BloodGroup)
}

/// Every field filled, to show where each goes.
pub(crate) fn full_record() -> Record {
    let date = CivilDate::new(2021, 3, 5).unwrap();
    let relative = |name: &str, number: &str| Relative {
        full_name: Some(FullName::parse(name).unwrap()),
        number: Some(PersonNumber::parse(number).unwrap()),
        nationality: Some("VN".into()),
        relation: None,
    };
    Record {
        state: LifeState::Deceased,
        other_names: vec![sourced(FullName::parse("Út Hòa").unwrap())],
        birth_place: Some(sourced(address())),
        birth_registration: Some(sourced(address())),
        home_town: Some(sourced(Address { commune: None, district: Some("002".into()), ..address() })),
        blood_group: Some(sourced(coded(ListVersion::Qcvn109, "01"))),
        card: Some(sourced(Card { issued_on: date, issued_by: "Cục C06".into(), expires_on: None })),
        father: Some(sourced(relative("Trần Văn Bình", "001055000010"))),
        mother: Some(sourced(relative("Phạm Thị Cúc", "012345679"))),
        spouses: vec![sourced(relative("Lê Văn Dũng", "001083000011"))],
        children: vec![sourced(relative("Lê Thị Én", "001310000012"))],
        representative: Some(sourced(relative("Trần Văn Bình", "001055000010"))),
        represented: Some(sourced(relative("Lê Thị Én", "001310000012"))),
        temporary_residence: Some(sourced(address())),
        current_residence: Some(sourced(address())),
        temporary_absence: Some(sourced(Absence { from: date, to: None, reason: "Đi học".into() })),
        residence_file: Some(sourced("HN-000017".to_owned())),
        death: Some(sourced(Death { on: BirthDate::parse_iso("2025").unwrap(), missing: false })),
        contact: Some(sourced(Contact { mobile: Some("0900000000".into()), email: None })),
        ..person()
    }
}

/// An example without comments, declaration and the whitespace between elements.
pub(crate) fn squeezed(xml: &str) -> String {
    let mut text = xml.to_owned();
    while let (Some(start), Some(end)) = (text.find("<!--"), text.find("-->")) {
        text.replace_range(start..end + 3, "");
    }
    text.lines().map(str::trim).collect()
}
