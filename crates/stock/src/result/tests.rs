use super::*;
use crate::read::{Limits, Map, Source};
use crate::texts::Texts;
use bytes::Bytes;
use dancu_catalogue::Lang;
use dancu_citizen::PersonalId;
use dancu_linkage::{Action, Agreement, Answer, Column, Verdict};
use std::fmt::Write as _;
use std::io::Cursor;

const MADE_US: i64 = 1_795_230_245_000_000;

fn answer(at: usize) -> Answer {
    let mut answer = Answer {
        verdict: Verdict::ALL[at % Verdict::ALL.len()],
        action: Action::ALL[at % Action::ALL.len()],
        score: i32::try_from(at).unwrap() - 50,
        ..Answer::default()
    };
    answer.reasons.set(Column::FullName, Agreement::ALL[at % Agreement::ALL.len()]);
    answer.reasons.set(Column::BirthDate, Agreement::Same);
    answer.personal_id = at.is_multiple_of(3).then(|| PersonalId::parse("001185000017").unwrap());
    answer
}

fn source(rows: usize) -> Source {
    let mut text = "row_id,full_name\n".to_owned();
    for at in 0..rows {
        writeln!(text, "'=H{at},An{}", if at == 5 { ",x" } else { "" }).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stock.csv");
    std::fs::write(&path, text).unwrap();
    Source::open(&path, &Map::default(), Limits::default()).unwrap()
}

fn parts(rows: usize) -> Vec<Part> {
    let chunks = source(rows).reader().map(Result::unwrap);
    let part = |chunk: std::sync::Arc<crate::Chunk>| {
        let first = usize::try_from(chunk.first_row()).unwrap();
        let answers: Vec<Answer> = (first..first + chunk.len()).map(answer).collect();
        Part::encode(&chunk, &answers).unwrap()
    };
    chunks.map(part).collect()
}

fn joined(parts: &[Part]) -> (Vec<u8>, Summary) {
    let mut out = Vec::new();
    let summary = join(parts.iter().map(|part| Ok(part.bytes.clone())), &mut out).unwrap();
    (out, summary)
}

#[test]
fn parts_become_one_file_with_the_same_bytes_each_time() {
    let first = parts(20_000);
    assert_eq!(first, parts(20_000));
    let (file, summary) = joined(&first);
    assert_eq!((file.clone(), summary.clone()), joined(&first));
    assert_eq!((summary.rows(), summary.told()), (20_000, 6_667));
    assert_eq!(summary.verdict(Verdict::NotFound), 3_334);
    assert_eq!(summary.action(Action::Review), 5_000);
    assert_eq!(summary.reason(Column::BirthDate, Agreement::Same), 20_000);
    assert_eq!(summary.reason(Column::Sex, Agreement::Absent), 20_000);
    assert_eq!(summary.differing(Column::FullName), 20_000 - 2 * 1_667);
    assert_eq!(summary.faults().collect::<Vec<_>>()[0], ("ragged", 1));
    let mut at = 0;
    lines(Bytes::from(file), |line| {
        let answer = answer(at);
        assert_eq!(line.row_id, format!("=H{at}"));
        assert_eq!(line.verdict, answer.verdict.name());
        assert_eq!(line.matched_personal_id, answer.personal_id.map(PersonalId::expose).as_deref());
        assert!((line.score - f64::from(answer.score) / 100.0).abs() < 1e-9);
        assert_eq!((line.reasons, line.action), (answer.reasons.to_string().as_str(), answer.action.name()));
        assert!(!format!("{line:?}").contains("001185000017"));
        at += 1;
        Ok(())
    })
    .unwrap();
    assert_eq!(at, 20_000);
}

#[test]
fn figures_are_written_and_read_by_name() {
    let (_, summary) = joined(&parts(1_000));
    let text = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&text).unwrap(), summary);
    assert!(text.contains("\"full_name\":{"), "{text}");
}

#[test]
fn what_is_no_part_is_refused() {
    let chunk = source(3).reader().next().unwrap().unwrap();
    assert!(matches!(Part::encode(&chunk, &[]), Err(ResultError::Answers { rows: 3, answers: 0 })));
    let good = parts(100).remove(0).bytes;
    let join_second = |bytes: Vec<u8>| join([Ok(good.clone()), Ok(bytes)], Vec::new());
    assert!(matches!(join_second(b"PAR1".to_vec()), Err(ResultError::Part(1))));
    assert!(matches!(join_second(good[..good.len() - 3].to_vec()), Err(ResultError::Part(1))));
}

#[test]
fn a_workbook_and_csv_hold_the_rows_and_no_formula() {
    let (file, summary) = joined(&parts(300));
    let folder = tempfile::tempdir().unwrap();
    let write = |lang| {
        let mut out = Cursor::new(Vec::new());
        let texts = Texts::of(lang);
        workbook(Bytes::from(file.clone()), &summary, texts, MADE_US, folder.path(), &mut out).unwrap();
        out.into_inner()
    };
    assert_eq!(write(Lang::Vi), write(Lang::Vi));
    for (lang, sheet, verdict) in [(Lang::Vi, "Kết quả", "Khớp hoàn toàn"), (Lang::En, "Result", "Match")]
    {
        let mut book: calamine::Xlsx<_> = calamine::Reader::new(Cursor::new(write(lang))).unwrap();
        let range = calamine::Reader::worksheet_range(&mut book, sheet).unwrap();
        assert_eq!(range.height(), 301);
        let cell = |row, column| range.get_value((row, column)).unwrap().to_string();
        assert_eq!((cell(2, 0).as_str(), cell(2, 1).as_str()), ("=H1", verdict));
        assert_eq!((cell(1, 2).as_str(), cell(1, 3).as_str()), ("001185000017", "-0.5"));
        let formulas = calamine::Reader::worksheet_formula(&mut book, sheet).unwrap();
        assert!(formulas.is_empty());
    }
    let mut out = Vec::new();
    csv(Bytes::from(file), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with(
        "\u{FEFF}row_id,verdict,matched_personal_id,score,reasons,action\r\n'=H0,not_found,001185000017,-0.50,"
    ));
    assert_eq!(text.lines().count(), 301);
}
