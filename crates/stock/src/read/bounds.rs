//! What a file may not do: take more memory than it is worth, or lose rows without a word.
use super::tests::{faults, open, read, rows};
use super::*;
use ::parquet::data_type::{ByteArray, ByteArrayType};
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use dancu_linkage::Column;
use rust_xlsxwriter::{Workbook, Worksheet};

/// One text in all rows: the file has it once, in a dictionary.
fn parquet_of(columns: &[&str], text: &str) -> Vec<u8> {
    let fields =
        columns.iter().map(|name| format!("required binary {name} (UTF8); ")).collect::<Vec<_>>().concat();
    let schema = parse_message_type(&format!("message x {{ {fields} }}")).unwrap().into();
    let packed = ::parquet::basic::Compression::ZSTD(::parquet::basic::ZstdLevel::default());
    let properties = WriterProperties::builder()
        .set_compression(packed)
        .set_dictionary_page_size_limit(64 << 20)
        .set_statistics_enabled(::parquet::file::properties::EnabledStatistics::None)
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, properties.into()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let texts = vec![ByteArray::from(text); CHUNK_ROWS];
    for _ in columns {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

#[test]
fn a_text_that_many_rows_refer_to_is_not_copied_for_each() {
    let bytes = parquet_of(&["row_id", "full_name"], &"A".repeat(64 << 10));
    assert!(bytes.len() < 100_000, "{} bytes stand for 2 GiB", bytes.len());
    let source = read(&bytes);
    let found = faults(&source);
    assert_eq!((found.len(), found[7].row, found[7].fault), (CHUNK_ROWS, 7, Fault::Long(Column::RowId)));
    assert_eq!(rows(&source)[7][0], "#8", "a name that is too long is none");
    // What is below the bound of a text, in each column of each row, is above that of a chunk.
    let names = ["full_name", "other_name", "birth_date", "sex", "permanent_unit", "household"];
    let many = open(&parquet_of(&names, &"A".repeat(4_000)), &[], Limits::default()).unwrap();
    assert!(matches!(many.reader().chunk(0), Err(ReadError::TooBig(_))));
    // Nor are texts of several columns put together beyond it.
    let parts = parquet_of(&["a", "b"], &"A".repeat(3_000));
    let joined = open(&parts, &["full_name=a+b"], Limits::default()).unwrap();
    assert_eq!(faults(&joined)[CHUNK_ROWS - 1].fault, Fault::Long(Column::FullName));
}

#[test]
fn a_long_text_of_csv_is_a_fault_of_its_row() {
    let long = "y".repeat(TEXT_BYTES + 1);
    let source = read(format!("row_id,full_name,sex\n1,{long},Nam\n2,\"{long}\",Nam\n3,An,Nam\n").as_bytes());
    let found: Vec<_> = faults(&source).iter().map(|fault| (fault.line, fault.fault)).collect();
    assert_eq!(found, [(2, Fault::Long(Column::FullName)), (3, Fault::Long(Column::FullName))]);
    let rows = rows(&source);
    assert_eq!((rows[0][0].as_str(), rows[0][6].as_str()), ("1", ""));
    assert_eq!((rows[2][3].as_str(), rows[2][6].as_str()), ("An", "Nam"));
}

#[test]
fn blank_lines_fill_no_chunk() {
    let blanks = "\n".repeat(20 << 20);
    let source = read(format!("full_name\nAn\n{blanks}Bình\n{blanks}").as_bytes());
    assert_eq!((source.rows(), source.chunks()), (2, 2));
    let mut reader = source.reader();
    let second = reader.chunk(1).unwrap().unwrap();
    assert_eq!(second.row(0).unwrap().get(Column::FullName), "Bình");
    let source::Content::Csv(outline) = source.content() else { panic!("CSV") };
    assert!(outline.chunks.iter().all(|place| place.len as u64 <= CHUNK_BYTES));
}

fn sheet(book: &mut Workbook, name: &str, rows: &[[&str; 2]]) {
    let sheet: &mut Worksheet = book.add_worksheet().set_name(name).unwrap();
    for (at, [left, right]) in (0..).zip(rows) {
        sheet.write_string(at, 0, *left).unwrap();
        sheet.write_string(at, 1, *right).unwrap();
    }
}

#[test]
fn no_sheet_with_rows_is_left_out_without_a_word() {
    let people = [["Mã hồ sơ", "Họ tên"], ["A1", "An"]];
    let note = [["Hướng dẫn", ""], ["Điền mỗi dòng một người", ""]];
    let mut book = Workbook::new();
    sheet(&mut book, "Xã 1", &people);
    sheet(&mut book, "Ghi chú", &note);
    let source = read(&book.save_to_buffer().unwrap());
    assert_eq!(source.skipped(), [Skipped { sheet: "Ghi chú".to_owned(), rows: 2 }]);

    // Rows go on where there are no headings: the cut at the last row of a sheet.
    sheet(&mut book, "Tiếp", &[["A2", "Bình"]; 41]);
    let refused = open(&book.save_to_buffer().unwrap(), &[], Limits::default()).unwrap_err();
    assert!(matches!(&refused, ReadError::Sheet { sheet, .. } if sheet == "Tiếp"), "{refused}");

    // A list of codes for the cells of others is hidden, and told.
    let mut book = Workbook::new();
    sheet(&mut book, "Xã 1", &people);
    sheet(&mut book, "DM", &[["00001", "Phúc Xá"]; 50]);
    book.worksheet_from_name("DM").unwrap().set_hidden(true);
    assert_eq!(read(&book.save_to_buffer().unwrap()).skipped()[0].sheet, "DM");

    // The mapping fits one sheet and not the other, which has people too.
    let mut book = Workbook::new();
    sheet(&mut book, "1", &[["Mã", "TEN DAY DU CUA NGUOI"], ["A1", "An"]]);
    sheet(&mut book, "2", &people);
    sheet(&mut book, "3", &note);
    let refused =
        open(&book.save_to_buffer().unwrap(), &["full_name=ten day du cua nguoi"], Limits::default());
    assert!(matches!(refused, Err(ReadError::Sheet { sheet, .. }) if sheet == "2"));
}

#[test]
fn as_many_sheets_as_a_province_has_communes_are_read() {
    let mut book = Workbook::new();
    for at in 0..130 {
        sheet(&mut book, &format!("Xã {at}"), &[["Họ tên", ""], ["An", ""]]);
    }
    assert_eq!(read(&book.save_to_buffer().unwrap()).rows(), 130);
    for at in 130..501 {
        sheet(&mut book, &format!("Xã {at}"), &[["Họ tên", ""], ["An", ""]]);
    }
    let refused = open(&book.save_to_buffer().unwrap(), &[], Limits::default());
    assert!(matches!(refused, Err(ReadError::TooManySheets(500))));
}

#[test]
fn numbers_of_rows_are_not_names_of_rows_of_another_sheet() {
    let mut book = Workbook::new();
    sheet(&mut book, "1", &[["Họ tên", ""], ["An", ""]]);
    sheet(&mut book, "2", &[["Mã hồ sơ", "Họ tên"], ["1", "Bình"]]);
    let names: Vec<String> =
        rows(&read(&book.save_to_buffer().unwrap())).into_iter().map(|mut row| row.remove(0)).collect();
    assert_eq!(names, ["#1", "1"]);
}

#[test]
fn noughts_come_back_to_either_kind_of_number_in_either_column() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, head) in (0..).zip(["Số CCCD/CMND", "Số CMND", "Họ tên"]) {
        sheet.write_string(0, at, head).unwrap();
    }
    sheet.write_number(1, 0, 12_345_678.0).unwrap();
    sheet.write_number(1, 1, 1_085_000_017.0).unwrap();
    sheet.write_number(2, 0, 123_456_789.0).unwrap();
    let all = rows(&read(&book.save_to_buffer().unwrap()));
    assert_eq!((all[0][1].as_str(), all[0][2].as_str()), ("012345678", "001085000017"));
    assert_eq!(all[1][1], "123456789");
    // Text is handed on as it is; linkage reads it as the number whose noughts are lost, and says so.
    let csv = read("Số CCCD,Họ tên\n1085000017,An\n".as_bytes());
    assert_eq!(rows(&csv)[0][1], "1085000017");
}
