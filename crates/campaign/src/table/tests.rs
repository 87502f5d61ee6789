//! Files as offices send them, and files that nobody should send.
use super::*;
use crate::rules::Rules;
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_policy::{AgencyCode, Law, Role};
use rust_xlsxwriter::Workbook;

pub(super) const LIMITS: Limits = Limits { bytes: 1 << 20, rows: 1000 };

pub(super) fn words() -> Words {
    Words::built_in().unwrap()
}

pub(super) fn read(bytes: &[u8]) -> Result<Table, TableError> {
    Table::read(bytes, None, &words(), LIMITS)
}

pub(super) fn checked(table: &Table) -> Checked {
    let day = CivilDate::parse_iso("2026-11-21").unwrap();
    let law = Law::built_in().unwrap().on(day).unwrap();
    let organisation = AgencyCode::parse("H55").unwrap();
    let (rules, words) = (Rules::built_in().unwrap(), words());
    let around = Surroundings {
        day,
        law,
        rules: &rules,
        words: &words,
        organisation: &organisation,
        system_quota: 10_000,
    };
    check(table, &around).unwrap()
}

fn faults(text: &str) -> Vec<(u32, Column, Problem)> {
    let checked = checked(&read(text.as_bytes()).unwrap());
    let faults = checked.rows.into_iter().filter_map(|(_, result)| result.err()).flatten();
    faults.map(|fault| (fault.line, fault.column, fault.problem)).collect()
}

const GOOD: &str = "\
PHIẾU ĐĂNG KÝ,,,,,,,,
TT,Họ và tên,Tài khoản đăng nhập (8-60 ký tự),SĐT,Mã cơ quan,Tên cơ quan,Vai trò,Số lần truy vấn/ngày (14),Mục đích
(1),(2),(3),(4),(5),(6),(7),(8),(9)
1,Nguyễn Văn A,nguyenvana.stttt,0912 345 678,000.00.42.H55,Sở TT&TT,Cán bộ một cửa,50x3=150,\"Xác thực, tại một cửa\"
,,,,,,,,
2,trần thị b,tranthib@thainguyen.gov.vn,,H55.42.1,Sở TT&TT,trưởng phòng,20,
";

fn assert_good(table: &Table, what: &str) {
    let rows: Vec<AccountRow> = checked(table).rows.into_iter().map(|(_, row)| row.expect(what)).collect();
    assert_eq!(rows.len(), 2, "{what}");
    assert_eq!(
        (rows[0].full_name.as_str(), rows[0].login.as_str()),
        ("Nguyễn Văn A", "nguyenvana.stttt"),
        "{what}"
    );
    assert_eq!(
        (rows[0].agency_code.as_str(), rows[1].agency_code.as_str()),
        ("H55.42", "H55.42.1"),
        "{what}"
    );
    assert_eq!((rows[0].phone.as_deref(), rows[1].phone.as_deref()), (Some("0912345678"), None), "{what}");
    assert_eq!(
        (rows[0].daily_quota, rows[0].factors, rows[1].daily_quota),
        (150, Some((50, 3)), 20),
        "{what}"
    );
    assert_eq!((rows[0].role, rows[1].role), (Role::OneStopOfficer, Role::HeadOfUnit), "{what}");
    assert_eq!(rows[0].purpose, "Xác thực, tại một cửa", "{what}");
}

#[test]
fn a_table_is_read_whatever_its_delimiter_and_encoding() {
    assert_good(&read(GOOD.as_bytes()).unwrap(), "comma");
    assert_eq!(read(GOOD.as_bytes()).unwrap().rows[1].line, 6, "lines are those of the file");
    assert_good(&read(format!("\u{feff}{GOOD}").as_bytes()).unwrap(), "byte order mark");
    // The comma inside the quotation marks stays one.
    for (delimiter, name) in [(';', "semicolon"), ('\t', "tab")] {
        let mut quoted = false;
        let other: String = GOOD
            .chars()
            .map(|c| {
                quoted ^= c == '"';
                if c == ',' && !quoted { delimiter } else { c }
            })
            .collect();
        assert_good(&read(other.as_bytes()).unwrap(), name);
        assert_good(&read(format!("sep={delimiter}\r\n{other}").as_bytes()).unwrap(), "sep=");
        let windows = read(other.replace('\n', "\r\n").as_bytes()).unwrap();
        assert_eq!(windows.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 6], "CRLF");
        assert_good(&windows, "CRLF");
    }
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(GOOD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_good(&read(&utf16).unwrap(), "UTF-16");
}

#[test]
fn windows_1258_is_read() {
    use unicode_normalization::UnicodeNormalization as _;
    // Marks of letters stay with them, tones stand behind: what Windows writes.
    let text = GOOD.replace("trần thị b", "trâ\u{300}n thi\u{323} b");
    let mut bytes = Vec::new();
    for c in text.chars() {
        let letter = c.to_string();
        let (encoded, _, failed) = encoding_rs::WINDOWS_1258.encode(&letter);
        if failed {
            let apart = tone_apart(c);
            bytes.extend(encoding_rs::WINDOWS_1258.encode(&apart).0.iter());
        } else {
            bytes.extend(encoded.iter());
        }
    }
    assert!(std::str::from_utf8(&bytes).is_err());
    let table = read(&bytes).unwrap();
    assert_good(&table, "windows-1258");
    assert_eq!(
        table.cell(&table.rows[1], Column::FullName).unwrap().text.nfc().collect::<String>(),
        "trần thị b"
    );
}

/// A letter with its own mark, and the tone behind it.
fn tone_apart(c: char) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let tones = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let apart: Vec<char> = c.to_string().nfd().collect();
    let letter: String = apart.iter().copied().filter(|c| !tones.contains(c)).nfc().collect();
    letter + &apart.iter().filter(|c| tones.contains(c)).collect::<String>()
}

#[test]
fn tcvn3_of_the_years_before_unicode_is_read() {
    // "Họ tên;Tài khoản;Mã cơ quan;Vai trò;Số lượt truy vấn/ngày" in ABC fonts.
    let text = "H\u{e4} t\u{aa}n;T\u{b5}i kho\u{b6}n;M\u{b7} c\u{ac} quan;Vai tr\u{df};Queries a day\n\
                NguyÔn V¨n Hïng;nguyenvanhung;H55.42;L·nh ®¹o;20\n";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let checked = checked(&read(&bytes).unwrap());
    let row = checked.rows[0].1.as_ref().unwrap();
    assert_eq!((row.full_name.as_str(), row.role), ("Nguyễn Văn Hùng", Role::Leader));
}

pub(super) fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in rows.iter().enumerate() {
        for (column, text) in row.iter().enumerate() {
            let (at, column) = (u32::try_from(at).unwrap(), u16::try_from(column).unwrap());
            match text.strip_prefix('#') {
                Some(number) => sheet.write_number(at, column, number.parse::<f64>().unwrap()).unwrap(),
                None => sheet.write_string(at, column, *text).unwrap(),
            };
        }
    }
    book.save_to_buffer().unwrap()
}

pub(super) const HEADINGS: &[&str] =
    &["TT", "Họ tên", "Tài khoản", "SĐT", "Mã cơ quan", "Vai trò", "Hồ sơ/ngày", "Lượt/hồ sơ", "Số CCCD"];

#[test]
fn a_workbook_is_read_and_numbers_are_given_their_zeros_back() {
    let book = workbook(&[
        &["Phiếu đăng ký"],
        HEADINGS,
        &["#1", "Lê Văn C", "001080000024", "#912345678", "H55", "Leader", "#50", "#3", "#1080000024"],
        &["#2", "Lê Văn D", "#1080000024", "", "H55", "Leader", "#50", "#3"],
    ]);
    let checked = checked(&read(&book).unwrap());
    let row = checked.rows[0].1.as_ref().unwrap();
    assert_eq!((row.line, row.phone.as_deref(), row.daily_quota), (3, Some("0912345678"), 150));
    assert_eq!(row.officer_number.unwrap().expose(), "001080000024");
    let fault = &checked.rows[1].1.as_ref().unwrap_err()[0];
    assert_eq!((fault.line, fault.column, &fault.problem), (4, Column::Login, &Problem::NumberCell));
    assert!(fault.words(Lang::Vi, &words()).starts_with("dòng 4, cột “Tài khoản đăng nhập”: ô ở dạng số"));
}

#[test]
fn every_faulty_cell_is_told_with_row_and_column() {
    let head = "TT,Họ tên,Tài khoản,SĐT,Mã cơ quan,Vai trò,Số lần truy vấn/ngày,CCCD\n";
    let row = |text: &str| faults(&format!("{head}{text}\n"));
    assert_eq!(row("1,Lê Văn C,levanc.stttt,,H55,lãnh đạo,20,"), []);
    let many = row("1,L3 V4n,leva,12,h55-1,boss,x,12");
    let columns: Vec<Column> =
        many.iter().map(|(line, column, _)| (assert_eq!(*line, 2), *column).1).collect();
    assert_eq!(
        columns,
        [
            Column::FullName,
            Column::Login,
            Column::OfficerNumber,
            Column::Phone,
            Column::AgencyCode,
            Column::Role,
            Column::DailyQuota
        ]
    );
    for (text, column, problem) in [
        (",levanc.stttt,,H55,lãnh đạo,20,", Column::FullName, Problem::Missing),
        ("C D,short12,,H55,lãnh đạo,20,", Column::Login, Problem::LoginLength { min: 8, max: 60, given: 7 }),
        ("C D,le van chinh,,H55,lãnh đạo,20,", Column::Login, Problem::LoginSpaces),
        ("C D,1.08E+09xx,,H55,lãnh đạo,20,", Column::Role, Problem::RoleUnknown),
        ("C D,1.0800E+09,,H55,lãnh đạo,20,", Column::Login, Problem::NumberCell),
        (
            "C D,levanc.stttt,,H56,lãnh đạo,20,",
            Column::AgencyCode,
            Problem::CodeOutside { organisation: "H55".into() },
        ),
        ("C D,levanc.stttt,,,lãnh đạo,20,", Column::AgencyCode, Problem::Missing),
        ("C D,levanc.stttt,,H55,supervisor,20,", Column::Role, Problem::RoleUnknown),
        ("C D,levanc.stttt,,H55,lãnh đạo,1001,", Column::DailyQuota, Problem::QuotaTooHigh { max: 1000 }),
        ("C D,levanc.stttt,,H55,lãnh đạo,,", Column::DailyQuota, Problem::Missing),
    ] {
        let text = if column == Column::Role && text.contains("E+09xx") {
            text.replace("lãnh đạo", "sếp")
        } else {
            text.to_owned()
        };
        assert_eq!(row(&format!("1,{text}")), [(2, column, problem)], "{text}");
    }
}

#[test]
fn repeated_logins_and_holders_are_found() {
    let head = "Họ tên,Tài khoản,Mã cơ quan,Vai trò,Số lần truy vấn/ngày,CCCD\n";
    let text = format!(
        "{head}A B,levanc.stttt,H55,lãnh đạo,20,001080000024\nA B,LeVanC.stttt,H55,lãnh đạo,20,\nA B,levand.stttt,H55,lãnh đạo,20,001080000024\n"
    );
    assert_eq!(
        faults(&text),
        [
            (3, Column::Login, Problem::LoginRepeated { line: 2 }),
            (4, Column::OfficerNumber, Problem::OfficerRepeated { line: 2 })
        ]
    );
}

#[test]
fn a_table_without_headings_can_be_mapped() {
    let text = "Lê Văn C;levanc.stttt;H55;lãnh đạo;20\n";
    let Err(TableError::NoHeadings(missing, sample)) = read(text.as_bytes()) else { panic!("no headings") };
    assert!(missing.contains(&Column::Login) && missing.contains(&Column::DailyQuota));
    assert_eq!(sample.rows.len(), 1);
    assert!(!format!("{:?}", read(text.as_bytes())).contains("Văn"));
    let columns = vec![
        (Column::FullName, 0),
        (Column::Login, 1),
        (Column::AgencyCode, 2),
        (Column::Role, 3),
        (Column::DailyQuota, 4),
    ];
    let mapping = Mapping { heading_line: 0, columns: columns.clone() };
    let table = Table::read(text.as_bytes(), Some(&mapping), &words(), LIMITS).unwrap();
    assert!(checked(&table).rows[0].1.is_ok());
    let twice = Mapping { heading_line: 0, columns: [columns, vec![(Column::Role, 2)]].concat() };
    assert!(matches!(Table::read(text.as_bytes(), Some(&twice), &words(), LIMITS), Err(TableError::Mapping)));
}

#[test]
fn size_is_bounded() {
    let small = Limits { bytes: 100_000, rows: 3 };
    let many = format!("{GOOD}{}", "3,A B,abcdefgh,,H55,,lãnh đạo,20,\n".repeat(60));
    assert!(matches!(Table::read(many.as_bytes(), None, &words(), small), Err(TableError::TooManyRows(3))));
    assert!(matches!(Table::read(&vec![b'a'; 100_001], None, &words(), small), Err(TableError::TooBig(_))));
    let open_quote = format!("{GOOD}\"{}", "a,b\n".repeat(20_000));
    assert!(matches!(read(open_quote.as_bytes()), Err(TableError::RowTooLong(_))));
    // A sheet whose last cell lies in the far corner costs nothing.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    for (column, heading) in HEADINGS.iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap(), *heading).unwrap();
    }
    assert_eq!(read(&book.save_to_buffer().unwrap()).unwrap().rows.len(), 0);
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..400 {
        sheet.write_string(row, 0, "a".repeat(30_000) + &row.to_string()).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let small = Limits { bytes: 500_000, rows: 1000 };
    assert!(bytes.len() < small.bytes, "{}", bytes.len());
    assert!(matches!(Table::read(&bytes, None, &words(), small), Err(TableError::TooBig(_))));
    assert!(matches!(read(b"PK\x03\x04rubbish"), Err(TableError::Workbook)));
    assert!(matches!(read(&[0xD0, 0xCF, 0x11, 0xE0, 0]), Err(TableError::OldWorkbook)));
}

#[test]
fn the_template_is_read_back_in_both_forms_and_languages() {
    for lang in [Lang::Vi, Lang::En] {
        let sheet = words().template(lang);
        for export in [sheet.to_csv("mau").unwrap(), sheet.to_xlsx("mau").unwrap()] {
            let checked = checked(&read(&export.bytes).unwrap());
            let row = checked.rows[0].1.as_ref().unwrap();
            assert_eq!(
                (row.daily_quota, row.role, row.line),
                (150, Role::OneStopOfficer, 2),
                "{}",
                export.name
            );
            assert_eq!(row.phone.as_deref(), Some("0912345678"));
        }
    }
}

#[test]
fn no_cell_becomes_a_formula() {
    for text in ["=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1+1", "\r=1", " =1", "＝1"] {
        let safe = safe_cell(text);
        assert!(safe.starts_with('\''), "{text:?} is {safe:?}");
    }
    assert_eq!(safe_cell("Nguyễn Văn A"), "Nguyễn Văn A");
    let sheet = Sheet {
        name: "x".into(),
        headings: vec!["a".into()],
        rows: vec![vec!["=HYPERLINK(\"http://x\")".into()]],
        ..Sheet::default()
    };
    let mut book: calamine::Xlsx<_> =
        calamine::Reader::new(std::io::Cursor::new(sheet.to_xlsx("x").unwrap().bytes)).unwrap();
    assert!(calamine::Reader::worksheet_formula(&mut book, "x").unwrap().is_empty());
}
