//! Files that nobody should send: damaged, random, hostile.
use super::tests::{HEADINGS, checked, read, workbook};
use super::*;
use proptest::prelude::*;

#[test]
fn the_fuzz_targets_corpus_is_read_or_refused() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/account_table");
    let files = std::fs::read_dir(folder).unwrap();
    let accepted: Vec<bool> =
        files.map(|file| read(&std::fs::read(file.unwrap().path()).unwrap()).is_ok()).collect();
    assert!(accepted.contains(&true) && accepted.contains(&false), "good and bad seeds");
}

/// The workbook with one of its parts put through `change`.
fn rewritten(book: &[u8], at: usize, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut old = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if index == at {
            change(&mut content);
        }
        new.start_file(part.name().unwrap().to_string(), zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(&content).unwrap();
    }
    new.finish().unwrap().into_inner()
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 .,;\"'=@+\n\t-]{0,20}",
        "\\PC{0,12}",
        Just("Cán bộ một cửa".to_owned()),
        Just("H55.1".to_owned()),
        Just("50x3".to_owned()),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read(&bytes);
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend(bytes);
        let _ = read(&zip);
    }

    #[test]
    fn a_workbook_with_a_damaged_part_is_a_table_or_an_error(
        part in 0..12_usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"<>/\"=&;A0-9".to_vec())), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let book = workbook(&[HEADINGS, &["#1", "Lê Văn C", "levanc.stttt", "#912345678", "H55", "Leader", "#50", "#3"]]);
        let damaged = rewritten(&book, part, |content| {
            for (at, byte) in &damage {
                let at = at.index(content.len());
                content[at] = *byte;
            }
            if cuts {
                content.truncate(cut.index(content.len()));
            }
        });
        let _ = read(&damaged);
    }

    #[test]
    fn what_is_written_is_read_back(rows in prop::collection::vec(prop::collection::vec(cell(), 9), 0..12)) {
        let headings: Vec<String> = HEADINGS.iter().map(|h| (*h).to_owned()).collect();
        let sheet = Sheet { name: "Bảng".into(), headings, rows: rows.clone(), ..Sheet::default() };
        for export in [sheet.to_csv("b").unwrap(), sheet.to_xlsx("b").unwrap()] {
            let table = read(&export.bytes).unwrap();
            // Every row is an account or has a fault; none is lost, none is made up.
            let checked = checked(&table);
            prop_assert!(checked.rows.len() <= rows.len());
            for (row, result) in &checked.rows {
                prop_assert!(row.line >= 2);
                if let Err(faults) = result {
                    prop_assert!(!faults.is_empty() && faults.iter().all(|f| f.line == row.line));
                }
            }
        }
    }

    #[test]
    fn a_row_that_passes_keeps_the_rules(login in "\\PC{0,70}", quota in any::<u32>(), name in "\\PC{0,20}") {
        let sheet = Sheet {
            name: "b".into(),
            headings: ["Họ tên", "Tài khoản", "Mã cơ quan", "Vai trò", "Hạn mức ngày"].map(str::to_owned).to_vec(),
            rows: vec![vec![name, login, "H55.9".into(), "leader".into(), quota.to_string()]],
            ..Sheet::default()
        };
        for (_, result) in checked(&read(&sheet.to_xlsx("b").unwrap().bytes).unwrap()).rows {
            if let Ok(row) = result {
                prop_assert!((8..=60).contains(&row.login.chars().count()));
                prop_assert!(!row.login.chars().any(|c| c.is_whitespace() || c.is_control()));
                prop_assert!((1..=1000).contains(&row.daily_quota) && !row.full_name.is_empty());
            }
        }
    }
}
