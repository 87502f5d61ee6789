//! Verdicts field by field, and what they add up to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use dancu_citizen::{
    Allowed, BirthDate, CivilDate, Claim, ClaimedName, Comparison, Facts, Field, FieldSet, FieldVerdict,
    FullName, IdCardNumber, LifeState, NameForms, PersonalId, Reason, Record, Sex, Sourced, Verdict, compare,
};

fn forms(name: &str) -> NameForms {
    NameForms::of(&FullName::parse(name).unwrap())
}

fn facts() -> Facts {
    Facts {
        personal_id: Some(PersonalId::parse("001185000017").unwrap()),
        former_personal_ids: vec![PersonalId::parse("001185000099").unwrap()],
        id_card_number: Some(IdCardNumber::parse("012345678").unwrap()),
        former_id_cards: vec![IdCardNumber::parse("012345600").unwrap()],
        name: Some(forms("Trần Thị Thúy Hòa")),
        former_names: vec![forms("Trần Thị Cúc")],
        birth_date: Some(date("1985-04-30")),
        sex: Sex::Female,
        state: LifeState::Alive,
    }
}

fn date(text: &str) -> BirthDate {
    BirthDate::parse_iso(text).unwrap()
}

fn full_claim() -> Claim {
    Claim {
        personal_id: facts().personal_id,
        id_card_number: facts().id_card_number,
        full_name: Some(ClaimedName::parse("TRAN THI THUY HOA").unwrap()),
        birth_date: facts().birth_date,
        sex: Some(Sex::Female),
    }
}

fn one(field: Field, claim: &Claim, allowed: Allowed) -> FieldVerdict {
    compare(claim, &facts(), allowed).get(field)
}

#[test]
fn a_right_claim_agrees() {
    let told = compare(&full_claim(), &facts(), Allowed::ALL);
    assert!(told.agrees(Comparison::FIELD_SET) && told.number_agrees());
    assert_eq!(told.get(Field::FullName).verdict, Verdict::MatchUnaccented);
    assert_eq!(told.get(Field::IdCardNumber).verdict, Verdict::Match);
    assert_eq!(told.iter().map(|(f, _)| f).collect::<Vec<_>>(), Comparison::FIELDS);
}

#[test]
fn nothing_agrees_vacuously() {
    let told = compare(&Claim::default(), &facts(), Allowed::ALL);
    assert!(!told.agrees(FieldSet::EMPTY) && !told.number_agrees());
    let told = compare(&full_claim(), &facts(), Allowed::ALL);
    assert!(!told.agrees(FieldSet::EMPTY.with(Field::Religion)), "a field that is never compared");
}

#[test]
fn every_asked_number_must_agree() {
    let mut claim = full_claim();
    claim.id_card_number = IdCardNumber::from_u32(1);
    assert!(!compare(&claim, &facts(), Allowed::ALL).number_agrees());
    claim.id_card_number = None;
    assert!(compare(&claim, &facts(), Allowed::ALL).number_agrees());
    claim.personal_id = None;
    claim.id_card_number = facts().id_card_number;
    assert!(compare(&claim, &facts(), Allowed::ALL).number_agrees());
}

#[test]
fn replaced_numbers_and_names_are_near() {
    let claim = Claim {
        personal_id: facts().former_personal_ids.first().copied(),
        id_card_number: facts().former_id_cards.first().copied(),
        full_name: Some(ClaimedName::parse("TRANTHICUC").unwrap()),
        ..Claim::default()
    };
    assert_eq!(one(Field::PersonalId, &claim, Allowed::ALL).reason, Reason::LinkedOldNumber);
    assert_eq!(one(Field::IdCardNumber, &claim, Allowed::ALL).reason, Reason::LinkedOldNumber);
    assert_eq!(one(Field::FullName, &claim, Allowed::ALL).reason, Reason::FormerName);
}

#[test]
fn birth_dates_by_what_both_know() {
    for (claimed, recorded, expected) in [
        ("1985-04-03", "1985-04-03", Reason::Equal),
        ("1985-03-04", "1985-04-03", Reason::DayMonthSwapped),
        ("1986-03-04", "1985-04-03", Reason::Different),
        ("1985-04-04", "1985-04-03", Reason::Different),
        ("1985-04", "1985-04-03", Reason::LessPrecise),
        ("1985", "1985-04-03", Reason::LessPrecise),
        ("1986", "1985-04-03", Reason::Different),
        ("1985-05", "1985-04-03", Reason::Different),
        ("1985-04-03", "1985-04", Reason::MonthOnly),
        ("1985-04", "1985-04", Reason::MonthOnly),
        ("1985", "1985-04", Reason::LessPrecise),
        ("1985-05-03", "1985-04", Reason::Different),
        ("1985-04-03", "1985", Reason::YearOnly),
        ("1985-04", "1985", Reason::YearOnly),
        ("1985", "1985", Reason::YearOnly),
        ("1984-12-31", "1985", Reason::Different),
    ] {
        let facts = Facts { birth_date: Some(date(recorded)), ..Facts::default() };
        let claim = Claim { birth_date: Some(date(claimed)), ..Claim::default() };
        let told = compare(&claim, &facts, Allowed::ALL).get(Field::BirthDate);
        assert_eq!(told.reason, expected, "{claimed} / {recorded}");
        assert_eq!(told.verdict, expected.verdict());
    }
}

#[test]
fn what_is_not_allowed_not_asked_or_not_on_record_is_said_so() {
    let number_only = Allowed { fields: FieldSet::EMPTY.with(Field::PersonalId), near: true };
    assert_eq!(one(Field::Sex, &full_claim(), number_only), FieldVerdict::NOT_ALLOWED);
    assert_eq!(one(Field::Sex, &Claim::default(), number_only), FieldVerdict::NOT_ASKED);
    let unknown_sex = Claim { sex: Some(Sex::Unknown), ..Claim::default() };
    assert_eq!(one(Field::Sex, &unknown_sex, Allowed::ALL), FieldVerdict::NOT_ASKED);
    let told = compare(&full_claim(), &Facts::default(), Allowed::ALL);
    assert!(told.iter().all(|(_, v)| v.verdict == Verdict::NotOnRecord));
}

#[test]
fn near_is_an_ordinary_mismatch_where_it_is_not_granted() {
    let claim = Claim {
        personal_id: facts().former_personal_ids.first().copied(),
        id_card_number: facts().former_id_cards.first().copied(),
        full_name: Some(ClaimedName::parse("Trần Thị Thúy Hoa").unwrap()),
        birth_date: Some(date("1985-04")),
        sex: None,
    };
    let told = |near| compare(&claim, &facts(), Allowed { near, ..Allowed::ALL });
    assert_eq!(told(true).iter().filter(|(_, v)| v.verdict == Verdict::Near).count(), 4);
    assert_eq!(told(false).iter().filter(|(_, v)| *v == FieldVerdict::MISMATCH).count(), 4);
}

#[test]
fn facts_are_taken_from_a_record_and_its_history() {
    fn said<T>(value: T) -> Sourced<T> {
        Sourced { value, source: "ho-tich".into(), as_of: CivilDate::new(2020, 1, 2).unwrap() }
    }
    let version = |id: &str, name: &str| Record {
        personal_id: Some(said(PersonalId::parse(id).unwrap())),
        full_name: Some(said(FullName::parse(name).unwrap())),
        sex: Some(said(Sex::Male)),
        ..Record::default()
    };
    let now = version("001085000001", "Lê Văn Tám");
    let facts = Facts::of(&now)
        .with_former(&version("001085000001", "Lê Văn Chín"))
        .with_former(&version("001085000002", "Lê Văn Chín"))
        .with_former(&now);
    assert_eq!(facts.former_personal_ids, [PersonalId::parse("001085000002").unwrap()]);
    assert_eq!(facts.former_names, [forms("Lê Văn Chín")]);
    assert_eq!((facts.sex, facts.birth_date), (Sex::Male, None));
}

#[test]
fn wire_names_are_those_of_the_design_and_go_both_ways() {
    let names: Vec<_> = Verdict::ALL.iter().map(|v| v.name()).collect();
    assert_eq!(
        names,
        ["match", "match_unaccented", "near", "mismatch", "not_on_record", "not_asked", "not_allowed"]
    );
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::from_name(verdict.name()), Some(verdict));
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.name());
    }
    for reason in Reason::ALL {
        assert_eq!(Reason::from_name(reason.name()), Some(reason));
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
    }
}

#[test]
fn debug_hides_every_value() {
    let shown = format!("{:?} {:?}", full_claim(), facts());
    for value in ["1985", "0118", "0123", "tran", "Trần", "Female"] {
        assert!(!shown.contains(value), "{shown}");
    }
}
