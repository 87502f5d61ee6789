//! Rows that name the head of their household, and numbers of old cards typed wrong.
use crate::nation::people;
use dancu_citizen::{BirthDate, IdCardNumber, PersonNumber, PersonalId, Sex};
use dancu_linkage::{Agreement, Answer, Column, Engine, MemoryPeople, Model, Row, Verdict, Written};

const HEAD: &str = "001060000777";

fn person(id: &str, name: &str, born: &str, sex: Sex, is_at_home: bool) -> Written {
    let head = PersonalId::parse(HEAD).unwrap();
    Written {
        personal_id: PersonalId::parse(id).ok(),
        name: name.to_owned(),
        birth_date: BirthDate::parse_iso(born).ok(),
        sex,
        household_head: is_at_home.then_some(PersonNumber::PersonalId(head)),
        ..Written::default()
    }
}

/// A family among fifty thousand others; one of them shares name and day with the daughter.
fn engine() -> Engine<MemoryPeople> {
    let mut head = person(HEAD, "Trịnh Văn Quý", "1960-02-03", Sex::Male, true);
    head.id_card_number = IdCardNumber::parse("012987654").ok();
    let family = [
        head,
        person("001185000778", "Trịnh Thị Hoa", "1985-06-07", Sex::Female, true),
        person("001190000779", "Trịnh Ngọc Linh", "1990-08-09", Sex::Female, true),
        person("079185000780", "Trịnh Thị Hoa", "1985-06-07", Sex::Female, false),
    ];
    Engine::new(MemoryPeople::new(family.into_iter().chain(people(8, 50_000))), Model::bundled().unwrap())
}

fn row<'a>(name: &'a str, born: &'a str, household: &'a str) -> Row<'a> {
    Row::default()
        .with(Column::FullName, name)
        .with(Column::BirthDate, born)
        .with(Column::Household, household)
}

fn one(engine: &Engine<MemoryPeople>, row: Row<'_>) -> Answer {
    let mut out = Vec::new();
    engine.link(&[row], &mut out);
    out[0]
}

fn is_match(answer: &Answer) -> bool {
    matches!(answer.verdict, Verdict::Match | Verdict::MatchWithDifferences)
}

#[test]
fn the_head_named_tells_namesakes_of_one_day_apart() {
    let engine = engine();
    assert_eq!(one(&engine, row("Trịnh Thị Hoa", "07/06/1985", "")).verdict, Verdict::Ambiguous);
    for head in [HEAD, "012987654", "1060000777"] {
        let answer = one(&engine, row("Trịnh Thị Hoa", "07/06/1985", head));
        assert!(is_match(&answer) && answer.place == Some(1), "{head}: {answer:?}");
        assert_eq!(answer.reasons.get(Column::Household), Agreement::Same);
    }
    // The agency's own number of the household says nothing, and neither does that of a head nobody knows.
    for other in ["HK0012345", "77123", "001060999999"] {
        assert_eq!(
            one(&engine, row("Trịnh Thị Hoa", "07/06/1985", other)).verdict,
            Verdict::Ambiguous,
            "{other}"
        );
    }
}

#[test]
fn a_damaged_name_or_date_is_found_at_home() {
    let engine = engine();
    for (name, born) in [("Trịnh Ngọc Lunh", "09/08/1990"), ("Trịnh Ngọc Linh", "09/08/1909")] {
        let home = one(&engine, row(name, born, HEAD));
        assert!(is_match(&home) && home.place == Some(2), "{name} {born}: {home:?}");
        assert!(!is_match(&one(&engine, row(name, born, ""))), "{name} {born}");
    }
    // A stranger who gives the same head's number: a brother nobody has recorded.
    assert!(!is_match(&one(&engine, row("Trịnh Văn Sơn", "01/05/1988", HEAD))));
    let sides = engine.explain(&row("Trịnh Ngọc Linh", "09/08/1990", HEAD), 2).unwrap().unwrap();
    assert!(sides.iter().any(|side| side.column == Column::Household && side.agreement == Agreement::Same));
}

#[test]
fn an_old_card_number_with_a_digit_typed_wrong_is_a_key() {
    let engine = engine();
    let card = |number| row("Trịnh Văn Quy", "03/02/1961", "").with(Column::IdCardNumber, number);
    let answer = one(&engine, card("012987664"));
    assert_eq!(answer.place, Some(0));
    assert_eq!(answer.reasons.get(Column::IdCardNumber), Agreement::Typing);
    assert!(one(&engine, card("012987000")).place != Some(0) || !is_match(&one(&engine, card("012987000"))));
}
