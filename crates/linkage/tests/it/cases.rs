//! Cases that must come out right.
use dancu_citizen::{BirthDate, IdCardNumber, PersonNumber, PersonalId, Sex};
use dancu_linkage::{Action, Agreement, Answer, Column, Engine, MemoryPeople, Model, Row, Verdict, Written};

fn person(id: &str, card: &str, name: &str, born: &str, sex: Sex, unit: u32) -> Written {
    Written {
        personal_id: PersonalId::parse(id).ok(),
        id_card_number: IdCardNumber::parse(card).ok(),
        name: name.to_owned(),
        birth_date: BirthDate::parse_iso(born).ok(),
        sex,
        unit,
        ..Written::default()
    }
}

/// Fictitious people: twins, namesakes born on one day, father and son with one name, and others.
fn engine() -> Engine<MemoryPeople> {
    let hung = person("001085000017", "012345678", "Nguyễn Văn Hùng", "1985-04-30", Sex::Male, 4);
    let mut lan = person("079190000022", "", "Trần Thị Lan", "1990-12-05", Sex::Female, 26_740);
    lan.former_names = vec!["Trần Thị Gái".to_owned()];
    lan.former_personal_ids = vec![PersonalId::parse("079189000021").unwrap()];
    let people = [
        hung,
        lan,
        person("001201000101", "", "Phạm Minh Anh", "2001-02-03", Sex::Male, 8),
        person("001201000102", "", "Phạm Minh Ánh", "2001-02-03", Sex::Male, 8),
        person("038070000201", "", "Lê Văn Thọ", "1970-06-07", Sex::Male, 14_755),
        person("038200000202", "", "Lê Văn Thọ", "2000-09-11", Sex::Male, 14_755),
        person("048080000301", "", "Hoàng Thị Mai", "1980-08-08", Sex::Female, 4),
        person("052180000302", "", "Hoàng Thị Mai", "1980-08-08", Sex::Female, 26_740),
        person("001050000401", "", "Đỗ Thị Hòa", "1950", Sex::Female, 4),
    ];
    Engine::new(MemoryPeople::new(people), Model::bundled().unwrap())
}

fn one(engine: &Engine<MemoryPeople>, row: Row<'_>) -> Answer {
    let mut out = Vec::new();
    engine.link(&[row], &mut out);
    assert_eq!(out.len(), 1);
    out[0]
}

fn row<'a>(id: &'a str, name: &'a str, born: &'a str) -> Row<'a> {
    Row::default().with(Column::PersonalId, id).with(Column::FullName, name).with(Column::BirthDate, born)
}

#[test]
fn what_agrees_is_a_match_and_what_differs_is_told() {
    let engine = engine();
    let good = one(&engine, row("001085000017", "Nguyễn Văn Hùng", "30/04/1985").with(Column::Sex, "Nam"));
    assert_eq!((good.verdict, good.action, good.place), (Verdict::Match, Action::Accept, Some(0)));

    let cases: [(Row<'_>, Column, Agreement); 9] = [
        (row("001085000017", "NGUYEN VAN HUNG", "30/04/1985"), Column::FullName, Agreement::Unaccented),
        (row("001085000017", "Nguyễn Văn Hưng", "30/04/1985"), Column::FullName, Agreement::OtherMarks),
        (row("001085000017", "Nguyễn Văn Hùnh", "30/04/1985"), Column::FullName, Agreement::Typing),
        (row("001085000017", "Nguyễn Hùng", "30/04/1985"), Column::FullName, Agreement::Words),
        (row("001085000071", "Nguyễn Văn Hùng", "30/04/1985"), Column::PersonalId, Agreement::Typing),
        (row("00108500017", "Nguyễn Văn Hùng", "30/04/1985"), Column::PersonalId, Agreement::Typing),
        (row("012345678", "Nguyễn Văn Hùng", "30/04/1985"), Column::PersonalId, Agreement::Former),
        (row("001085000017", "Nguyễn Văn Hùng", "01/01/1985"), Column::BirthDate, Agreement::LessPrecise),
        (row("001085000017", "Nguyễn Văn Hùng", "30/04/1958"), Column::BirthDate, Agreement::Typing),
    ];
    for (row, column, agreement) in cases {
        let answer = one(&engine, row);
        assert_eq!(answer.verdict, Verdict::MatchWithDifferences, "{agreement:?}: {answer:?}");
        assert_eq!((answer.place, answer.action), (Some(0), Action::Correct), "{agreement:?}");
        assert_eq!(answer.reasons.get(column), agreement);
    }
}

#[test]
fn former_names_and_numbers_lead_to_the_person() {
    let engine = engine();
    let answer = one(&engine, row("079189000021", "Trần Thị Gái", "12/05/1990"));
    assert_eq!((answer.verdict, answer.place), (Verdict::MatchWithDifferences, Some(1)));
    assert_eq!(answer.reasons.get(Column::PersonalId), Agreement::Former);
    assert_eq!(answer.reasons.get(Column::FullName), Agreement::Former);
    assert_eq!(answer.reasons.get(Column::BirthDate), Agreement::DayMonthSwapped);
    assert!(answer.personal_id == PersonalId::parse("079190000022").ok());
}

#[test]
fn twins_are_told_apart_by_their_names_and_by_nothing_else() {
    let engine = engine();
    let anh = one(&engine, row("", "Phạm Minh Ánh", "03/02/2001"));
    assert_eq!(anh.place, Some(3));
    let bare = one(&engine, row("", "PHAM MINH ANH", "03/02/2001").with(Column::Unit, "00008"));
    assert_eq!((bare.verdict, bare.action), (Verdict::Ambiguous, Action::Review));
    let numbered = one(&engine, row("001201000102", "PHAM MINH ANH", "03/02/2001"));
    assert_eq!(numbered.place, Some(3));
    // The one's number with the other's name: somebody is to look, whichever it is.
    let crossed = one(&engine, row("001201000101", "Phạm Minh Ánh", "03/02/2001"));
    assert_ne!(crossed.verdict, Verdict::Match);
}

#[test]
fn namesakes_born_on_one_day_are_ambiguous_until_something_tells() {
    let engine = engine();
    let both = one(&engine, row("", "Hoàng Thị Mai", "08/08/1980"));
    assert_eq!(both.verdict, Verdict::Ambiguous);
    assert!(both.personal_id == PersonalId::parse("048080000301").ok(), "the lower number, not the place");
    let told = one(&engine, row("", "Hoàng Thị Mai", "08/08/1980").with(Column::Unit, "26740"));
    assert_eq!(told.place, Some(7));
}

#[test]
fn father_and_son_of_one_name_are_two() {
    let engine = engine();
    assert_eq!(one(&engine, row("038070000201", "Lê Văn Thọ", "07/06/1970")).place, Some(4));
    assert_eq!(one(&engine, row("", "Lê Văn Thọ", "11/09/2000")).place, Some(5));
    let crossed = one(&engine, row("038070000201", "Lê Văn Thọ", "11/09/2000"));
    assert_eq!(crossed.verdict, Verdict::Ambiguous, "the father's number, the son's date");
}

#[test]
fn what_says_too_little_is_unreadable_and_whom_nobody_knows_is_not_found() {
    let engine = engine();
    for row in [Row::default(), row("", "Nguyễn Văn Hùng", ""), row("abc", "", "hôm qua")] {
        assert_eq!(one(&engine, row).verdict, Verdict::Unreadable);
    }
    assert_eq!(one(&engine, row("001099999999", "Vũ Quốc Khánh", "02/09/1999")).verdict, Verdict::NotFound);
}

#[test]
fn a_year_on_record_is_found_by_the_year() {
    let engine = engine();
    let answer = one(&engine, row("001050000401", "Đỗ Thị Hoà", "01/01/1950"));
    assert_eq!((answer.place, answer.reasons.get(Column::BirthDate)), (Some(8), Agreement::LessPrecise));
}

#[test]
fn both_sides_are_shown_and_the_likeliest_come_first() {
    let engine = engine();
    let row = row("", "Hoàng Thị Mai", "08/08/1980");
    let likely = engine.likely(&row, 5);
    assert_eq!(likely[0].score, likely[1].score);
    assert_eq!((likely[0].place, likely[1].place), (6, 7));
    let sides = engine.explain(&row, 6).unwrap().unwrap();
    let name = sides.iter().find(|side| side.column == Column::FullName).unwrap();
    assert_eq!((name.row.as_str(), name.record.as_str()), ("Hoàng Thị Mai", "Hoàng Thị Mai"));
    assert!(!format!("{sides:?} {likely:?}").contains("Mai"), "no personal data in Debug");
    assert!(engine.explain(&row, 99).unwrap().is_none());
}

/// Who bears a number now is laid beside a row whatever the row says; who bore it before is not that person any more.
#[test]
fn the_bearer_of_a_number_is_found_however_little_the_row_fits() {
    let mut renumbered = person("001085000018", "", "Ngô Thị Sen", "1985-05-05", Sex::Female, 4);
    renumbered.former_personal_ids = vec![PersonalId::parse("001085000099").unwrap()];
    let carded = person("", "012345678", "Nguyễn Văn Hùng", "1985-04-30", Sex::Male, 4);
    let engine = Engine::new(MemoryPeople::new([carded, renumbered]), Model::bundled().unwrap());
    let number = |text: &str| PersonNumber::parse(text).unwrap();
    let far = row("", "Lý Thị Xa", "01/01/1999");
    let found = engine.bearer(&far, number("012345678")).unwrap().unwrap();
    assert_eq!((found.place, found.number()), (0, Some(number("012345678"))));
    assert_eq!((found.personal_id, found.reasons.get(Column::FullName)), (None, Agreement::Different));
    assert_eq!(engine.bearer(&far, number("001085000018")).unwrap().unwrap().place, 1);
    assert_eq!(engine.bearer(&far, number("001085000099")).unwrap(), None);
    assert_eq!(engine.bearer(&far, number("001085000123")).unwrap(), None);
    // The answer to a row bears the old card of who has no other number.
    let answer =
        one(&engine, row("", "Nguyễn Văn Hùng", "30/04/1985").with(Column::IdCardNumber, "012345678"));
    assert_eq!((answer.verdict, answer.number()), (Verdict::Match, Some(number("012345678"))));
}
