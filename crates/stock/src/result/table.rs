//! A result for people: XLSX in their language, and CSV where a workbook would be too large.
use super::{COLUMNS, Line, ResultError, Summary, lines};
use crate::texts::Texts;
use ::parquet::file::reader::ChunkReader;
use dancu_linkage::{Action, Verdict};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::io::{Seek, Write};
use std::path::Path;

/// Rows of one sheet, headings apart.
pub const SHEET_ROWS: u64 = 1_048_575;
/// Rows up to which a workbook is written: three sheets. Beyond that programs open it no longer; Parquet and CSV are written.
pub const TABLE_ROWS: u64 = 3 * SHEET_ROWS;

/// Writes a result as a workbook: the figures, then the rows, on several sheets if one does not hold them. Rows go through a
/// file in `scratch`, so that they do not fill the memory. `made_us` becomes the workbook's date: the same result and date
/// make the same bytes.
pub fn workbook<R: ChunkReader + 'static>(
    result: R,
    summary: &Summary,
    texts: Texts,
    made_us: i64,
    scratch: &Path,
    out: impl Write + Seek + Send,
) -> Result<(), ResultError> {
    if summary.rows() > TABLE_ROWS {
        return Err(ResultError::TooManyRows);
    }
    let failed = |error: XlsxError| ResultError::Workbook(error.to_string());
    let mut book = Workbook::new();
    book.set_tempdir(scratch).map_err(failed)?;
    let created = ExcelDateTime::from_timestamp(made_us.div_euclid(1_000_000)).map_err(failed)?;
    let title = texts.get("result-title");
    book.set_properties(&DocProperties::new().set_title(&title).set_creation_datetime(&created));
    figures(&mut book, summary, texts).map_err(failed)?;
    let sheets = summary.rows().div_ceil(SHEET_ROWS).max(1);
    for number in 1..=sheets {
        let sheet = book.add_worksheet_with_constant_memory();
        let sheet = sheet.map_err(failed)?;
        let name = texts.get("result-rows");
        let name = if sheets == 1 { name } else { format!("{name} {number}") };
        head(sheet, &name, texts).map_err(failed)?;
    }
    let styles = Styles::new();
    let (mut at, mut words) = (0, Words::default());
    lines(result, |line| {
        // The first sheet is that of the figures.
        let sheet = usize::try_from(at / SHEET_ROWS).unwrap_or(usize::MAX).saturating_add(1);
        let sheet = book.worksheet_from_index(sheet).map_err(failed)?;
        let row = u32::try_from(at % SHEET_ROWS).unwrap_or_default() + 1;
        write_line(sheet, row, line, &mut words, texts, &styles).map_err(failed)?;
        at += 1;
        Ok(())
    })?;
    book.save_to_writer(out).map_err(failed)
}

struct Styles {
    text: Format,
    quoted: Format,
    score: Format,
}

impl Styles {
    fn new() -> Self {
        let text = Format::new().set_num_format("@");
        Self { quoted: text.clone().set_quote_prefix(), text, score: Format::new().set_num_format("0.00") }
    }
}

/// Names in the reader's language, each looked up once.
#[derive(Default)]
struct Words(std::collections::HashMap<String, String>);

impl Words {
    fn get(&mut self, texts: Texts, kind: &str, name: &str) -> &str {
        let key = format!("{kind}-{}", name.replace('_', "-"));
        self.0.entry(key).or_insert_with_key(|key| texts.get(key))
    }
}

fn figures(book: &mut Workbook, summary: &Summary, texts: Texts) -> Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(texts.get("result-figures"))?;
    let bold = Format::new().set_bold();
    let count = Format::new().set_num_format("#,##0");
    sheet.set_column_width(0, 52)?.set_column_width(1, 16)?;
    sheet.write_string_with_format(0, 0, texts.get("result-title"), &bold)?;
    sheet.write_string(2, 0, texts.get("figure-rows"))?;
    sheet.write_number_with_format(2, 1, small(summary.rows()), &count)?;
    let verdicts = Verdict::ALL.iter().map(|one| ("verdict", one.name(), summary.verdict(*one)));
    let actions = Action::ALL.iter().map(|one| ("action", one.name(), summary.action(*one)));
    let mut row = 4;
    for (heading, group) in
        [("column-verdict", verdicts.collect::<Vec<_>>()), ("column-action", actions.collect())]
    {
        sheet.write_string_with_format(row, 0, texts.get(heading), &bold)?;
        row += 1;
        for (kind, name, value) in group {
            sheet.write_string(row, 0, texts.get(&format!("{kind}-{}", name.replace('_', "-"))))?;
            sheet.write_number_with_format(row, 1, small(value), &count)?;
            row += 1;
        }
        row += 1;
    }
    Ok(())
}

fn head(sheet: &mut Worksheet, name: &str, texts: Texts) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    for (at, (column, width)) in (0..).zip(COLUMNS.into_iter().zip([18, 34, 18, 9, 80, 34])) {
        sheet.set_column_width(at, width)?;
        let title = texts.get(&format!("column-{}", column.replace('_', "-")));
        sheet.write_string_with_format(0, at, title, &bold)?;
    }
    Ok(())
}

fn write_line(
    sheet: &mut Worksheet,
    row: u32,
    line: &Line<'_>,
    words: &mut Words,
    texts: Texts,
    styles: &Styles,
) -> Result<(), XlsxError> {
    // Never a formula, and none either when the cell is edited.
    let style = if is_formula(line.row_id) { &styles.quoted } else { &styles.text };
    sheet.write_string_with_format(row, 0, line.row_id.chars().take(32_000).collect::<String>(), style)?;
    sheet.write_string(row, 1, words.get(texts, "verdict", line.verdict))?;
    if let Some(id) = line.matched_personal_id {
        sheet.write_string_with_format(row, 2, id, &styles.text)?;
    }
    sheet.write_number_with_format(row, 3, line.score, &styles.score)?;
    let mut reasons = String::new();
    for (column, agreement) in line.reasons.split(' ').filter_map(|reason| reason.split_once(':')) {
        if !reasons.is_empty() {
            reasons.push_str("; ");
        }
        reasons.push_str(words.get(texts, "field", column));
        reasons.push_str(": ");
        reasons.push_str(words.get(texts, "agreement", agreement));
    }
    sheet.write_string(row, 4, reasons)?;
    sheet.write_string(row, 5, words.get(texts, "action", line.action))?;
    Ok(())
}

/// Writes a result as CSV, with [`Csv`].
pub fn csv<R: ChunkReader + 'static>(result: R, out: impl Write) -> Result<(), ResultError> {
    let mut csv = Csv::begin(out)?;
    lines(result, |line| csv.line(line))?;
    csv.end()
}

/// A result as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets want): the stable names of Parquet. What a
/// spreadsheet would run as a formula has an apostrophe before it.
pub struct Csv<W: Write>(::csv::Writer<W>);

impl<W: Write> Csv<W> {
    /// Begins with the headings.
    pub fn begin(mut out: W) -> Result<Self, ResultError> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out);
        writer.write_record(COLUMNS).map_err(failed)?;
        Ok(Self(writer))
    }

    /// Writes a line.
    pub fn line(&mut self, line: &Line<'_>) -> Result<(), ResultError> {
        let guarded = if is_formula(line.row_id) { format!("'{}", line.row_id) } else { String::new() };
        let row_id = if guarded.is_empty() { line.row_id } else { &guarded };
        let matched = line.matched_personal_id.unwrap_or_default();
        let score = format!("{:.2}", line.score);
        let cells = [row_id, line.verdict, matched, &score, line.reasons, line.action];
        self.0.write_record(cells).map_err(failed)
    }

    /// Ends; what is not ended so is not whole.
    pub fn end(mut self) -> Result<(), ResultError> {
        Ok(self.0.flush()?)
    }
}

fn failed(error: ::csv::Error) -> ResultError {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => ResultError::Io(error),
        _ => ResultError::Io(std::io::ErrorKind::InvalidData.into()),
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn small(count: u64) -> f64 {
    count as f64
}
