//! Tables as workbooks, from the same rows as the papers.
//!
//! Every text is written as a text cell, never as a formula. One that a spreadsheet would take for a formula when the
//! cell is edited or the table saved as CSV and opened again also carries the mark of quoted text.
use crate::{AccountRow, Form, PaperError, Registration, ReviewResult, ReviewRow};
use dancu_citizen::CivilDate;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// What stands in a cell.
enum Cell<'a> {
    Text(&'a str),
    Owned(String),
    Count(u64),
    Day(Option<CivilDate>),
}

/// A workbook of an account review. `now_us` is the document's date.
pub fn review(form: &ReviewResult, now_us: i64) -> Result<Vec<u8>, PaperError> {
    refuse_incomplete(form)?;
    let heads = [
        ("STT", 5),
        ("Họ và tên", 24),
        ("Số định danh cá nhân", 16),
        ("Tài khoản", 32),
        ("Mã cơ quan", 14),
        ("Tên cơ quan", 30),
        ("Chức vụ, vai trò", 20),
        ("Hệ thống", 36),
        ("Số điện thoại", 16),
        ("Ngày cấp", 12),
        ("Đăng nhập cuối", 12),
        ("Số lượt tra cứu trong kỳ", 12),
        ("Số lượt có hồ sơ gắn kèm", 12),
        ("Quyền", 12),
        ("Thiết bị, địa chỉ IP", 26),
        ("Tình trạng", 12),
        ("Người giữ tài khoản API", 24),
        ("Kết luận rà soát", 20),
        ("Kiến nghị", 36),
    ];
    let rows = form.rows.iter().enumerate().map(|(index, row)| review_cells(index, row));
    workbook("Rà soát tài khoản", &heads, rows, now_us)
}

/// A workbook of the accounts that a registration asks for. `now_us` is the document's date.
pub fn accounts(form: &Registration, now_us: i64) -> Result<Vec<u8>, PaperError> {
    refuse_incomplete(form)?;
    let heads = [
        ("TT", 5),
        ("Họ và tên", 24),
        ("Tài khoản đăng nhập", 32),
        ("Số điện thoại", 16),
        ("Mã cơ quan", 14),
        ("Tên cơ quan", 36),
        ("Vai trò, trách nhiệm", 20),
        ("Số hồ sơ trong ngày", 12),
        ("Số lượt truy vấn một hồ sơ", 12),
        ("Số lần truy vấn trong ngày", 12),
        ("Mục đích sử dụng", 44),
    ];
    let rows = form.accounts.iter().enumerate().map(|(index, row)| account_cells(index, row));
    workbook("Tài khoản đăng ký", &heads, rows, now_us)
}

fn refuse_incomplete(form: &impl Form) -> Result<(), PaperError> {
    let problems = form.problems();
    if problems.is_empty() { Ok(()) } else { Err(PaperError::Incomplete(problems)) }
}

fn review_cells(index: usize, row: &ReviewRow) -> Vec<Cell<'_>> {
    vec![
        Cell::Count(row_number(index)),
        Cell::Text(&row.full_name),
        Cell::Text(row.personal_id.as_deref().unwrap_or_default()),
        Cell::Text(&row.login),
        Cell::Text(&row.agency_code),
        Cell::Text(&row.agency_name),
        Cell::Text(&row.role),
        Cell::Text(&row.system),
        Cell::Text(row.phone.as_deref().unwrap_or_default()),
        Cell::Day(row.granted_on),
        Cell::Day(row.last_used_on),
        Cell::Count(row.look_ups),
        Cell::Count(row.look_ups_with_case),
        Cell::Owned(row.rights.join(", ")),
        Cell::Text(&row.devices),
        Cell::Text(row.state.vi()),
        Cell::Text(&row.api_holder),
        Cell::Text(row.conclusion.vi()),
        Cell::Text(row.proposal.as_deref().unwrap_or_default()),
    ]
}

fn account_cells(index: usize, row: &AccountRow) -> Vec<Cell<'_>> {
    vec![
        Cell::Count(row_number(index)),
        Cell::Text(&row.full_name),
        Cell::Text(&row.login),
        Cell::Text(&row.phone),
        Cell::Text(&row.agency_code),
        Cell::Text(&row.agency_name),
        Cell::Text(&row.role),
        Cell::Count(row.cases_a_day.into()),
        Cell::Count(row.queries_a_case.into()),
        Cell::Count(row.queries_a_day()),
        Cell::Text(&row.purpose),
    ]
}

fn row_number(index: usize) -> u64 {
    u64::try_from(index + 1).unwrap_or_default()
}

fn workbook<'a>(
    name: &str,
    heads: &[(&str, u16)],
    rows: impl Iterator<Item = Vec<Cell<'a>>>,
    now_us: i64,
) -> Result<Vec<u8>, PaperError> {
    write(name, heads, rows, now_us).map_err(|error| PaperError::Workbook(error.to_string()))
}

fn write<'a>(
    name: &str,
    heads: &[(&str, u16)],
    rows: impl Iterator<Item = Vec<Cell<'a>>>,
    now_us: i64,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_timestamp(now_us.div_euclid(1_000_000))?;
    workbook.set_properties(&DocProperties::new().set_title(name).set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    sheet.set_freeze_panes(1, 0)?;
    let plain =
        Format::new().set_font_name("Times New Roman").set_font_size(11).set_border(FormatBorder::Thin);
    let plain = plain.set_align(FormatAlign::Top).set_text_wrap();
    let head = plain.clone().set_bold().set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
    for (column, (title, width)) in (0..).zip(heads) {
        sheet.set_column_width(column, *width)?.write_string_with_format(0, column, *title, &head)?;
    }
    let mut last = 0;
    for (line, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(&cells) {
            write_cell(sheet, line, column, cell, &plain)?;
        }
        last = line;
    }
    sheet.autofilter(0, 0, last, u16::try_from(heads.len().saturating_sub(1)).unwrap_or_default())?;
    workbook.save_to_buffer()
}

fn write_cell(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    cell: &Cell<'_>,
    plain: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => write_text(sheet, line, column, text, plain)?,
        Cell::Owned(text) => write_text(sheet, line, column, text, plain)?,
        Cell::Count(count) => {
            // A count is below 2^53, where every whole number is one that a spreadsheet has.
            let format = plain.clone().set_num_format("#,##0");
            sheet.write_number_with_format(line, column, small(*count), &format)?;
        }
        Cell::Day(Some(day)) => {
            let year = u16::try_from(day.year()).unwrap_or(1900);
            let date = ExcelDateTime::from_ymd(year, day.month(), day.day())?;
            sheet.write_datetime_with_format(
                line,
                column,
                &date,
                &plain.clone().set_num_format("dd/mm/yyyy"),
            )?;
        }
        Cell::Day(None) => {
            sheet.write_blank(line, column, plain)?;
        }
    }
    Ok(())
}

fn write_text(
    sheet: &mut Worksheet,
    line: u32,
    column: u16,
    text: &str,
    plain: &Format,
) -> Result<(), XlsxError> {
    let mut format = plain.clone().set_num_format("@");
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format = format.set_quote_prefix();
    }
    sheet.write_string_with_format(line, column, text, &format)?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn small(count: u64) -> f64 {
    count as f64
}
