use super::*;
use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use dancu_linkage::{Column, Row};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) fn open(bytes: &[u8], map: &[&str], limits: Limits) -> Result<Source, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stock");
    std::fs::write(&path, bytes).unwrap();
    Source::open(&path, &Map::parse(map).unwrap(), limits)
}

pub(super) fn read(bytes: &[u8]) -> Source {
    open(bytes, &[], Limits::default()).unwrap()
}

fn texts(row: &Row<'_>) -> Vec<String> {
    Column::ALL.iter().map(|column| row.get(*column).to_owned()).collect()
}

/// Row by row: name, number, name of the person, birth date.
pub(super) fn rows(source: &Source) -> Vec<Vec<String>> {
    let chunks = source.reader().map(Result::unwrap);
    chunks.flat_map(|chunk| chunk.rows().map(|row| texts(&row)).collect::<Vec<_>>()).collect()
}

pub(super) fn faults(source: &Source) -> Vec<RowFault> {
    source.reader().flat_map(|chunk| chunk.unwrap().faults().to_vec()).collect()
}

const PEOPLE: &str = "Số hồ sơ;Họ và tên;Số CCCD;Ngày sinh\nA1;Nguyễn Thị Hường;001185000017;30/04/1985\nA2;\"Lê \"\"Tý\"\"; Văn\";;1990\n";

fn people() -> Vec<Vec<String>> {
    let row = |id: &str, number: &str, name: &str, born: &str| {
        let mut row = vec![String::new(); 9];
        for (at, text) in [(0, id), (1, number), (3, name), (5, born)] {
            text.clone_into(&mut row[at]);
        }
        row
    };
    vec![row("A1", "001185000017", "Nguyễn Thị Hường", "30/04/1985"), row("A2", "", "Lê \"Tý\"; Văn", "1990")]
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF);
    mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

#[test]
fn csv_is_read_in_every_encoding() {
    let marked = format!("\u{FEFF}{PEOPLE}");
    let (windows, _, wrong) = {
        // windows-1258 has the marked vowels and the tones apart.
        let apart = PEOPLE
            .replace('ố', "ô\u{301}")
            .replace('ồ', "ô\u{300}")
            .replace('ọ', "o\u{323}")
            .replace('ễ', "ê\u{303}")
            .replace('ị', "i\u{323}")
            .replace('ờ', "ơ\u{300}")
            .replace('ý', "y\u{301}");
        let (bytes, encoding, wrong) = encoding_rs::WINDOWS_1258.encode(&apart);
        (bytes.into_owned(), encoding, wrong)
    };
    assert!(!wrong);
    for (bytes, encoding) in [
        (PEOPLE.as_bytes().to_vec(), Encoding::Utf8),
        (marked.into_bytes(), Encoding::Utf8),
        (utf16(PEOPLE, u16::to_le_bytes, true), Encoding::Utf16Le),
        (utf16(PEOPLE, u16::to_be_bytes, true), Encoding::Utf16Be),
        (utf16(&PEOPLE.replace("Số", "So"), u16::to_le_bytes, false), Encoding::Utf16Le),
        (windows, Encoding::Windows1258),
        (PEOPLE.replace('\n', "\r\n").into_bytes(), Encoding::Utf8),
        (PEOPLE.replace('\n', "\r").into_bytes(), Encoding::Utf8),
        (format!("sep=;\n{PEOPLE}").into_bytes(), Encoding::Utf8),
        (format!("DANH SÁCH;;;\nKính gửi;;;\n\n{PEOPLE};;;\n\n").into_bytes(), Encoding::Utf8),
    ] {
        let source = read(&bytes);
        assert_eq!((source.format(), source.encoding()), (Format::Csv, encoding));
        assert_eq!(source.rows(), 2);
        assert_eq!(rows(&source), people(), "{encoding:?}");
    }
    // TCVN3: "Họ và tên", "Nguyễn Văn Hùng"; the bytes stay, one to a character, for linkage to decode.
    let mut tcvn3 = b"so ho so,".to_vec();
    tcvn3.extend(b"H\xE4 v\xB5 t\xAAn,ho ten\n1,x,Nguy\xD4n V\xA8n H\xEFng\n");
    let source = read(&tcvn3);
    assert_eq!(source.encoding(), Encoding::Legacy);
    let name = rows(&source)[0][3].clone();
    assert_eq!(dancu_citizen::ClaimedName::parse(&name).unwrap().whole(), "Nguyễn Văn Hùng");
}

#[test]
fn a_row_that_cannot_be_read_is_a_row() {
    let mut bytes =
        b"row_id,full_name,sex\n1,An,Nam\n2,Binh\n\n\"3\n\",Chi,Nu\n4,D\xFF\xFFng,Nam\n5,Em,Nam,x\n".to_vec();
    bytes.extend(b"6,Giang,Nam,,\n7,\"open,Nam\n8,Hoa,Nam\n");
    bytes.extend("9,Nguyễn Ích,Nữ\n".repeat(6000).as_bytes());
    let source = read(&bytes);
    assert_eq!(source.rows(), 6008);
    let found = faults(&source);
    let told: Vec<_> = found.iter().map(|fault| (fault.row, fault.line, fault.fault)).collect();
    assert_eq!(
        told,
        [
            (1, 3, Fault::Ragged { found: 2, expected: 3 }),
            (3, 7, Fault::Encoding(Column::FullName)),
            (4, 8, Fault::Ragged { found: 4, expected: 3 }),
            (6, 10, Fault::Quote),
        ]
    );
    assert_eq!(found[0].to_string(), "line 3: 2 cells where the headings are 3");
    let rows = rows(&source);
    assert_eq!((rows[1][0].as_str(), rows[1][3].as_str()), ("2", ""), "its name and nothing else");
    assert_eq!((rows[5][0].as_str(), rows[5][3].as_str()), ("6", "Giang"), "empty cells beyond do not count");
    assert_eq!(
        (rows[7][0].as_str(), rows[7][3].as_str()),
        ("8", "Hoa"),
        "a mark that stays open costs one row"
    );
}

#[test]
fn chunks_come_in_any_order_and_rows_have_names() {
    let mut text = "Họ tên,Ngày sinh\n".to_owned();
    for at in 0..40_000 {
        writeln!(text, "Người {at},\"19{:02}\n\"", at % 100).unwrap();
    }
    let source = read(text.as_bytes());
    assert_eq!((source.rows(), source.chunks()), (40_000, 3));
    assert_eq!(source.columns(), [Column::FullName, Column::BirthDate]);
    let all = rows(&source);
    assert_eq!((all[39_999][0].as_str(), all[39_999][3].as_str()), ("40000", "Người 39999"));
    let mut reader = source.reader();
    for number in [2, 0, 1, 2] {
        let chunk = reader.chunk(number).unwrap().unwrap();
        assert_eq!((chunk.number(), chunk.first_row()), (number, number * 16_384));
        let first = usize::try_from(chunk.first_row()).unwrap();
        let read: Vec<_> = chunk.rows().map(|row| texts(&row)).collect();
        assert_eq!(read, all[first..first + chunk.len()]);
    }
    assert!(reader.chunk(3).unwrap().is_none());
    assert!(!format!("{:?}", reader.chunk(0)).contains("Người"));
}

#[test]
fn files_that_are_no_stock_are_refused() {
    let refused = |bytes: &[u8]| open(bytes, &[], Limits::default()).unwrap_err();
    assert!(matches!(refused(b""), ReadError::Empty));
    assert!(matches!(refused(b"full_name\n"), ReadError::Empty));
    assert!(matches!(refused(b"a,b\n1,2\n"), ReadError::NoHeadings));
    assert!(matches!(refused(b"\x7fELF\0\0\0abc\n"), ReadError::Format));
    assert!(matches!(refused(b"PK\x03\x04 no archive"), ReadError::Workbook));
    assert!(matches!(refused(b"PAR1 no table"), ReadError::Parquet(_)));
    assert!(matches!(refused(b"<x/>"), ReadError::Message { row: 1, .. }));
    assert!(matches!(refused(b"\xD0\xCF\x11\xE0 of 1997"), ReadError::OldWorkbook));
    let mut encrypted = vec![0xD0, 0xCF, 0x11, 0xE0];
    encrypted.extend(utf16("EncryptedPackage", u16::to_le_bytes, false));
    assert!(matches!(refused(&encrypted), ReadError::Encrypted));
    let long = format!("full_name,x\nAn,{}", "y".repeat(100_000));
    assert!(matches!(refused(long.as_bytes()), ReadError::RowTooLong(2)));
    let limits = Limits { bytes: 100, kept_bytes: 100, rows: 1 };
    assert!(matches!(open(PEOPLE.as_bytes(), &[], limits), Err(ReadError::TooBig(100))));
    let limits = Limits { rows: 1, ..Limits::default() };
    assert!(matches!(open(PEOPLE.as_bytes(), &[], limits), Err(ReadError::TooManyRows(1))));
    let mapped = open(PEOPLE.as_bytes(), &["sex=Phái"], Limits::default());
    assert!(matches!(mapped, Err(ReadError::NoColumn(Column::Sex))));
}

fn parquet(rows: i32) -> Vec<u8> {
    let schema = "message x { required binary full_name (UTF8); optional int64 so_cccd; optional int32 ngay_sinh (DATE); optional double y; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties =
        WriterProperties::builder().set_compression(::parquet::basic::Compression::SNAPPY).build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
    for group in 0..2 {
        let mut writer = file.next_row_group().unwrap();
        let names: Vec<ByteArray> =
            (0..rows).map(|at| format!("Người {group} {at}").as_str().into()).collect();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&names, None, None).unwrap();
        column.close().unwrap();
        let levels: Vec<i16> = (0..rows).map(|at| i16::from(at % 2 == 0)).collect();
        let numbers: Vec<i64> = levels.iter().filter(|level| **level > 0).map(|_| 1_185_000_017).collect();
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&numbers, Some(&levels), None).unwrap();
        column.close().unwrap();
        let days: Vec<i32> = (0..rows).collect();
        let levels = vec![1; days.len()];
        let mut column = writer.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&days, Some(&levels), None).unwrap();
        column.close().unwrap();
        let mut column = writer.next_column().unwrap().unwrap();
        let values = vec![0.5; days.len()];
        column.typed::<::parquet::data_type::DoubleType>().write_batch(&values, Some(&levels), None).unwrap();
        column.close().unwrap();
        writer.close().unwrap();
    }
    file.close().unwrap();
    bytes
}

#[test]
fn parquet_is_read_from_any_chunk() {
    let bytes = parquet(40_000);
    let source = read(&bytes);
    assert_eq!((source.format(), source.rows(), source.chunks()), (Format::Parquet, 80_000, 6));
    let all = rows(&source);
    assert_eq!(all[1][3], "Người 0 1");
    assert_eq!((all[0][1].as_str(), all[1][1].as_str()), ("001185000017", ""), "the noughts come back");
    assert_eq!((all[31][5].as_str(), all[40_031][3].as_str()), ("1970-02-01", "Người 1 31"));
    let mut reader = source.reader();
    for number in [5, 1, 2, 4, 0] {
        let chunk = reader.chunk(number).unwrap().unwrap();
        let first = usize::try_from(chunk.first_row()).unwrap();
        let read: Vec<_> = chunk.rows().map(|row| texts(&row)).collect();
        assert_eq!(read, all[first..first + chunk.len()], "{number}");
    }
    assert!(matches!(open(&bytes, &["sex=y"], Limits::default()), Err(ReadError::Type(Column::Sex))));
}

#[test]
fn the_texts_of_some_columns_are_those_of_the_rows() {
    let wanted = [Column::BirthDate, Column::FullName, Column::PersonalId];
    let parts = open(&parquet(20_000), &["full_name=full_name+so_cccd"], Limits::default()).unwrap();
    for source in [read(&parquet(20_000)), read(PEOPLE.as_bytes()), parts] {
        let all = rows(&source);
        let (mut reader, chunks) = (source.reader(), source.chunks());
        for number in (0..chunks).chain((0..chunks).rev()) {
            // Between two chunks, so that the columns that are open change.
            let chunk = source.reader().chunk(number).unwrap().unwrap();
            let whole = reader.chunk(number).unwrap().unwrap();
            assert_eq!(chunk.first_row(), whole.first_row());
            let first = usize::try_from(chunk.first_row()).unwrap();
            let mut found = vec![vec![String::new(); 9]; chunk.len()];
            let take = |column: Column, row: usize, text: &[u8]| {
                found[row][column as usize] = String::from_utf8(text.to_vec()).unwrap();
            };
            assert_eq!(reader.texts(number, &wanted, take).unwrap(), Some(chunk.len()));
            for (found, row) in found.iter().zip(&all[first..]) {
                assert!(wanted.iter().all(|column| found[*column as usize] == row[*column as usize]));
                assert_eq!(found[Column::RowId as usize], "", "nobody asked for it");
            }
        }
        assert_eq!(reader.texts(chunks, &wanted, |_, _, _| ()).unwrap(), None);
    }
}

#[test]
fn a_workbook_is_read_with_its_dates_and_numbers() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(0, 0, "Hướng dẫn").unwrap();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "DANH SÁCH NGƯỜI HƯỞNG").unwrap();
    for (at, head) in (0..).zip(["STT", "Họ đệm", "Tên", "Ngày sinh", "Số CMND", "CCCD"]) {
        sheet.write_string(3, at, head).unwrap();
    }
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(1985, 4, 30).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("dd/mm/yyyy");
    sheet.write_number(5, 0, 7.0).unwrap();
    sheet.write_string(5, 1, " Nguyễn Thị ").unwrap();
    sheet.write_string(5, 2, "Hường").unwrap();
    sheet.write_datetime_with_format(5, 3, &day, &format).unwrap();
    sheet.write_number(5, 4, 12_345_678.0).unwrap();
    sheet.write_number(5, 5, 79_085_000_017.0).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let source = read(&bytes);
    assert_eq!((source.format(), source.rows()), (Format::Xlsx, 1));
    let wanted = ["7", "079085000017", "012345678", "Nguyễn Thị Hường", "", "1985-04-30", "", "", ""];
    assert_eq!(rows(&source)[0], wanted);
    let limits = Limits { kept_bytes: 2_000, ..Limits::default() };
    assert!(matches!(open(&bytes, &[], limits), Err(ReadError::TooBig(2_000))));
}

#[test]
fn a_message_of_qcvn_109_is_read_right_or_wrong() {
    let message = r#"<?xml version="1.0"?><dc:CongdanCollection xmlns:dc="http://www.mic.gov.vn/dancu/1.0">
        <dc:CongDan><dc:SoDinhDanh>001185000017</dc:SoDinhDanh><dc:HoVaTen><dc:Ho>Nguyễn</dc:Ho><dc:ChuDem>Thị</dc:ChuDem>
        <dc:Ten>Hường</dc:Ten></dc:HoVaTen><dc:GioiTinh>2</dc:GioiTinh><dc:La>x<dc:Ho>y</dc:Ho></dc:La>
        <dc:NgayThangNamSinh><dc:NgayThangNam>1985-04-30</dc:NgayThangNam></dc:NgayThangNamSinh>
        <dc:ThuongTru><dc:MaDonViHanhChinh>00001</dc:MaDonViHanhChinh></dc:ThuongTru></dc:CongDan>
        <dc:CongDan><dc:SoDinhDanh>sai</dc:SoDinhDanh><dc:HoVaTen>Lê Văn Tý</dc:HoVaTen></dc:CongDan>
        <dc:CongDan><dc:SoCMND>012345678</dc:SoCMND><dc:SoCMND>012345679</dc:SoCMND></dc:CongDan></dc:CongdanCollection>"#;
    let source = read(message.as_bytes());
    assert_eq!((source.format(), source.rows()), (Format::Qcvn109, 3));
    let all = rows(&source);
    assert_eq!(all[0], ["1", "001185000017", "", "Nguyễn Thị Hường", "", "1985-04-30", "2", "00001", ""]);
    assert_eq!(all[1], ["2", "sai", "", "Lê Văn Tý", "", "", "", "", ""]);
    assert_eq!(all[2], ["3", "", "", "", "", "", "", "", ""]);
    let found = faults(&source);
    assert_eq!((found.len(), found[0].row, found[0].fault), (1, 2, Fault::Element));
    let torn = open(&message.as_bytes()[..message.len() - 40], &[], Limits::default());
    assert!(matches!(torn, Err(ReadError::Message { row: 3 | 4, .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_the_reader(
        begin in proptest::sample::select(vec!["full_name,sex\n", "", "PAR1", "PK\u{3}\u{4}", "<dc:CongdanCollection>", "\u{FEFF}sep=;\n"]),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let whole = [begin.as_bytes(), &bytes].concat();
        if let Ok(source) = open(&whole, &[], Limits::default()) {
            prop_assert_eq!(rows(&source).len() as u64, source.rows());
        }
    }

    #[test]
    fn changed_parquet_is_read_or_refused(at in 0_usize..1500, to in any::<u8>()) {
        let mut bytes = parquet(40);
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(source) = open(&bytes, &[], Limits::default()) {
            for chunk in source.reader() {
                let _ = chunk;
            }
        }
    }
}
