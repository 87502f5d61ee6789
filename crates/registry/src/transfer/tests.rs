use super::*;
use crate::generate::People;
use dancu_catalogue::Code;
use dancu_citizen::{CivilDate, ListVersion, Record};
use proptest::prelude::*;

fn today() -> CivilDate {
    CivilDate::new(2026, 11, 1).unwrap()
}

fn rows(count: u64) -> Vec<Row> {
    (0..).zip(People::new(5, count)).map(|(at, person)| Row::of(at, &person.record)).collect()
}

/// Cells as they come back: an address gains the units above its own.
fn cells(rows: &[Row]) -> Vec<[String; 9]> {
    rows.iter().map(|row| row.cells().map(std::borrow::Cow::into_owned)).collect()
}

fn csv_of(rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::new();
    assert_eq!(csv::write(&mut out, rows.iter().cloned()).unwrap(), rows.len() as u64);
    out
}

const HEADER: &str =
    "row_id,personal_id,id_card_number,full_name,birth_date,sex,permanent_unit,permanent_detail,state\n";

fn read(body: &str) -> Vec<Result<Row, Fault>> {
    csv::read(format!("{HEADER}{body}").as_bytes(), today()).unwrap().collect()
}

fn fault(body: &str) -> RowFault {
    match read(body).into_iter().next() {
        Some(Err(Fault::Row(fault))) => fault,
        other => panic!("no fault of a row: {other:?}"),
    }
}

#[test]
fn csv_comes_back() {
    let written = rows(3_000);
    let read: Vec<Row> = csv::read(&csv_of(&written)[..], today()).unwrap().map(Result::unwrap).collect();
    assert_eq!(cells(&read), cells(&written));
}

#[test]
fn parquet_comes_back_over_several_row_groups() {
    let written: Vec<Row> = rows(3_000).into_iter().cycle().take(70_000).collect();
    let mut file = Vec::new();
    assert_eq!(parquet::write(&mut file, written.iter().cloned()).unwrap(), 70_000);
    assert!(file.len() < csv_of(&written).len() / 4, "it is compressed");
    let read: Vec<Row> =
        parquet::read(bytes::Bytes::from(file), today()).unwrap().map(Result::unwrap).collect();
    assert_eq!(cells(&read), cells(&written));
}

#[test]
fn the_first_line_is_the_one_of_the_specification() {
    let file = String::from_utf8(csv_of(&rows(2))).unwrap();
    let mut lines = file.lines();
    assert_eq!(format!("{}\n", lines.next().unwrap()), HEADER);
    assert_eq!(
        lines.next().unwrap(),
        "0,001185000017,012345678,Trần Thị Thúy Hòa,1985-04-30,2,00001,\"Số 5, ngõ 12\",alive"
    );
}

#[test]
fn dates_known_in_part_keep_their_precision() {
    let body = "1,034141000063,,Nguyễn Thị Sen,1941,2,,,alive\n2,036050000074,,Phạm Văn Khoát,1950-04,1,,,\n";
    let dates: Vec<String> =
        read(body).into_iter().map(|row| row.unwrap().birth_date.unwrap().iso()).collect();
    assert_eq!(dates, ["1941", "1950-04"]);
}

#[test]
fn every_fault_has_its_line_its_column_and_its_code() {
    let cases = [
        ("1,12345678901,,A B,1990,1,,,alive", "personal_id", Code::NumberInvalid),
        ("1,1234567890123,,A B,1990,1,,,alive", "personal_id", Code::NumberInvalid),
        ("1,,12345678x,A B,1990,1,,,alive", "id_card_number", Code::NumberInvalid),
        ("1,,,A B,1990,1,,,alive", "personal_id", Code::FieldMissing),
        ("1,001185000017,,,1990,1,,,alive", "full_name", Code::FieldMissing),
        ("1,001185000017,,A\u{7}B,1990,1,,,alive", "full_name", Code::ControlCharacter),
        ("1,001185000017,,A <b>,1990,1,,,alive", "full_name", Code::NameInvalid),
        ("1,001185000017,,A B,1990-02-30,1,,,alive", "birth_date", Code::DateInvalid),
        ("1,001185000017,,A B,30/04/1990,1,,,alive", "birth_date", Code::DateInvalid),
        ("1,001185000017,,A B,2026-11-02,1,,,alive", "birth_date", Code::DateInFuture),
        ("1,001185000017,,A B,1990,3,,,alive", "sex", Code::CodeUnknown),
        ("1,001185000017,,A B,1990,1,99999,,alive", "permanent_unit", Code::CodeUnknown),
        ("1,001185000017,,A B,1990,1,,\u{1b}[0m x,alive", "permanent_detail", Code::ControlCharacter),
        ("1,001185000017,,A B,1990,1,,,gone", "state", Code::CodeUnknown),
    ];
    for (body, column, code) in cases {
        assert_eq!(fault(body), RowFault { line: 2, column: Some(column), code }, "{body}");
    }
    assert_eq!(fault("1,001185000017"), RowFault { line: 2, column: None, code: Code::FieldMissing });
}

#[test]
fn a_faulty_row_does_not_stop_the_next_and_lines_are_those_of_the_file() {
    let good = "1,001185000017,,\"Trần Thị\n Hòa\",1985,2,,,alive";
    let bad = "2,1,,A B,1990,1,,,alive";
    // The name with a line break in it is refused for the control character, the rows after it keep their lines.
    let found = read(&format!("{good}\n{bad}\n3,001185000017,,A B,1990,1,,,alive\n"));
    let lines: Vec<Option<u64>> = found
        .iter()
        .map(|row| match row {
            Err(Fault::Row(fault)) => Some(fault.line),
            _ => None,
        })
        .collect();
    assert_eq!(lines, [Some(2), Some(4), None]);
    assert!(found[2].is_ok());
}

#[test]
fn bytes_that_are_no_utf8_are_a_fault_of_their_row() {
    let mut file = HEADER.as_bytes().to_vec();
    file.extend(b"1,001185000017,,\xFF\xFE,1990,1,,,alive\n2,001185000017,,A B,1990,1,,,alive\n");
    let found: Vec<_> = csv::read(&file[..], today()).unwrap().collect();
    assert!(matches!(
        &found[0],
        Err(Fault::Row(RowFault { column: Some("full_name"), code: Code::EncodingInvalid, .. }))
    ));
    assert!(found[1].is_ok());
}

#[test]
fn faults_do_not_tell_the_value() {
    let told = fault("1,777777777,,Bí Mật,1990,1,,,alive").to_string();
    assert_eq!(told, "line 2, personal_id: NUMBER_INVALID");
}

#[test]
fn columns_may_stand_in_any_order_but_must_all_be_there_once() {
    let file = "\u{FEFF}state,sex,extra,row_id,personal_id,id_card_number,full_name,birth_date,permanent_unit,permanent_detail\nlocked,Nữ,x,7,001185000017,,A B,1990,,\n";
    let row = csv::read(file.as_bytes(), today()).unwrap().next().unwrap().unwrap();
    assert_eq!((row.row_id.as_str(), row.sex.code(), row.state.name()), ("7", 2, "locked"));
    let missing = csv::read(&b"row_id,personal_id\n"[..], today()).err();
    assert!(matches!(missing, Some(TransferError::Column("id_card_number"))));
    let twice = format!("sex,{HEADER}");
    assert!(matches!(csv::read(twice.as_bytes(), today()).err(), Some(TransferError::Column("sex"))));
}

#[test]
fn a_quotation_mark_that_is_never_closed_does_not_fill_the_memory() {
    let file = format!("{HEADER}1,\"{}", "x\n".repeat(4 << 20));
    let found: Vec<_> = csv::read(file.as_bytes(), today()).unwrap().collect();
    assert!(matches!(found[..], [Err(Fault::File(TransferError::RowTooLong(2)))]));
}

#[test]
fn what_is_no_parquet_file_is_refused() {
    let file = bytes::Bytes::from_static(b"PAR1 this is not one PAR1");
    assert!(matches!(parquet::read(file, today()).err(), Some(TransferError::Parquet)));
}

#[test]
fn a_row_makes_a_record_and_the_record_the_row() {
    for row in rows(200) {
        let record = row.clone().into_record("nhap-lieu", today());
        assert_eq!(Row { row_id: row.row_id.clone(), ..Row::of(0, &record) }, row);
    }
}

fn heading() -> qcvn109::Heading {
    qcvn109::Heading { note: Some("Ví dụ".into()), as_of: None, ethnic: ListVersion::Ethnic2008 }
}

#[test]
fn qcvn109_comes_back_in_both_forms_message_by_message() {
    let people: Vec<Record> = People::new(5, 250).map(|person| person.record).collect();
    for form in [qcvn109::Form::Xml, qcvn109::Form::Json] {
        let mut messages = Vec::new();
        let size = std::num::NonZeroUsize::new(100).unwrap();
        let written = qcvn109::write(form, &heading(), size, people.clone(), |number, message| {
            assert_eq!(number, messages.len() as u64);
            messages.push(message.to_vec());
            Ok(())
        });
        assert_eq!((written.unwrap(), messages.len()), (250, 3));
        let mut read = Vec::new();
        let reading = dancu_message::qcvn109::Reading::new("nhap-lieu", today());
        for message in &messages {
            qcvn109::read(form, message, &reading, |record| {
                read.push(record);
                Ok(())
            })
            .unwrap();
        }
        let key = |record: &Record| {
            let row = Row::of(0, record);
            (row.personal_id, row.id_card_number, row.full_name, row.sex)
        };
        assert!(read.iter().map(key).eq(people.iter().map(key)));
    }
}

proptest! {
    /// Whatever a file holds, reading it ends, with rows or with faults.
    #[test]
    fn no_csv_file_is_too_strange(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut file = HEADER.as_bytes().to_vec();
        file.extend(body);
        prop_assert!(csv::read(&file[..], today()).unwrap().count() <= 401);
    }

    /// Names and details survive quotes, commas and line ends of their neighbours.
    #[test]
    fn details_come_back(detail in "[ -~À-ỹ]{0,60}") {
        let mut row = rows(1).remove(0);
        row.permanent.as_mut().unwrap().detail = Some(detail.trim().to_owned()).filter(|d| !d.is_empty());
        let read = csv::read(&csv_of(std::slice::from_ref(&row))[..], today()).unwrap().next().unwrap().unwrap();
        prop_assert_eq!(cells(&[read]), cells(&[row]));
    }
}
