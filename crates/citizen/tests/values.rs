//! Numbers, dates, field sets and the record: what is refused, and what is kept.
use dancu_citizen::{
    BirthDate, CivilDate, DateError, Field, FieldSet, IdCardNumber, LifeState, ListVersion, NumberError,
    PersonNumber, PersonalId, Record, Sex, Sourced,
};

#[test]
fn numbers_of_other_lengths_and_signs_are_refused() {
    for text in ["", "00118500001", "0011850000170", "123456789"] {
        assert_eq!(PersonalId::parse(text), Err(NumberError::Length), "{text}");
    }
    for text in ["00118500001a", "+01185000017", "００１１", "001 85000017", "１23456789012"] {
        assert_eq!(PersonalId::parse(text), Err(NumberError::Digit), "{text}");
    }
    assert_eq!(IdCardNumber::parse("01234567"), Err(NumberError::Length));
    assert_eq!(PersonNumber::parse("0123456789"), Err(NumberError::Length));
    assert_eq!(PersonalId::parse("001185000017").unwrap().expose(), "001185000017");
    assert_eq!(IdCardNumber::parse("012345678").unwrap().expose(), "012345678");
    assert!(
        PersonalId::from_u64(1_000_000_000_000).is_none() && IdCardNumber::from_u32(1_000_000_000).is_none()
    );
}

#[test]
fn days_that_do_not_exist_are_refused() {
    for text in [
        "1985-02-29",
        "1985-04-31",
        "1985-13-01",
        "1985-00-10",
        "1985-01-00",
        "1799-01-01",
        "0000",
        "1985-13",
    ] {
        assert_eq!(BirthDate::parse_iso(text), Err(DateError::NoSuchDay), "{text}");
        assert_eq!(BirthDate::parse_compact(&text.replace('-', "")), Err(DateError::NoSuchDay), "{text}");
    }
    for text in ["", "85", "1985-4-3", "1985-04-03T00:00", "03/04/1985", "1985-04-03-", "19850403"] {
        assert_eq!(BirthDate::parse_iso(text), Err(DateError::Form), "{text}");
    }
    for text in ["", "198504031", "19850", "1985-4-3", "1985ạ"] {
        assert_eq!(BirthDate::parse_compact(text), Err(DateError::Form), "{text}");
    }
    assert!(BirthDate::parse_iso("1984-02-29").is_ok());
    assert_eq!(CivilDate::parse_iso("1985-04"), Err(DateError::Form));
}

#[test]
fn a_date_is_after_today_when_its_first_possible_day_is() {
    let today = CivilDate::new(2026, 5, 10).unwrap();
    for (text, after) in [
        ("2026-05-10", false),
        ("2026-05-11", true),
        ("2026-05", false),
        ("2026-06", true),
        ("2026", false),
        ("2027", true),
    ] {
        assert_eq!(BirthDate::parse_iso(text).unwrap().is_after(today), after, "{text}");
    }
}

#[test]
fn field_sets_go_through_bits_and_names() {
    let all: FieldSet = Field::ALL.iter().copied().collect();
    assert_eq!(FieldSet::from_bits(u64::MAX), all);
    assert_eq!(FieldSet::from_bits(all.bits()), all);
    assert_eq!(all.len() as usize, Field::ALL.len());
    let some = FieldSet::EMPTY.with(Field::Sex).with(Field::FullName).with(Field::Sex);
    assert_eq!(some.iter().collect::<Vec<_>>(), [Field::FullName, Field::Sex]);
    assert!(some.without(Field::Sex).minus(some).is_empty());
    for field in Field::ALL {
        assert_eq!(Field::from_name(field.name()), Some(*field));
    }
    let sensitive: Vec<_> = Field::ALL.iter().filter(|f| f.is_sensitive()).collect();
    assert_eq!(sensitive, [&Field::EthnicGroup, &Field::Religion, &Field::BloodGroup]);
}

#[test]
fn a_record_gives_out_only_what_it_is_asked_for() {
    let as_of = CivilDate::new(2020, 1, 2).unwrap();
    let record = Record {
        state: LifeState::Deceased,
        sex: Some(Sourced { value: Sex::Female, source: "ho-tich".into(), as_of }),
        personal_id: Some(Sourced {
            value: PersonalId::from_u64(1).unwrap(),
            source: "can-cuoc".into(),
            as_of,
        }),
        ..Record::default()
    };
    let held = FieldSet::EMPTY.with(Field::State).with(Field::Sex).with(Field::PersonalId);
    assert_eq!(record.fields(), held);
    let only = record.clone().only(FieldSet::EMPTY.with(Field::Sex));
    assert!(only.personal_id.is_none() && only.sex.is_some());
    assert_eq!(only.state, LifeState::Alive, "the state is a field like any other");
    assert_eq!(record.clone().only(held), record);
    assert!(!format!("{record:?}").contains("Female"));
}

#[test]
fn stable_names_go_both_ways() {
    for state in LifeState::ALL {
        assert_eq!(LifeState::from_name(state.name()), Some(state));
    }
    for version in ListVersion::ALL {
        assert_eq!(ListVersion::from_name(version.name()), Some(version));
    }
    for code in 0..=9 {
        assert_eq!(Sex::from_code(code).map(Sex::code), (code <= 2).then_some(code));
    }
}
