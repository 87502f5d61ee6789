//! Tables out: the template, faulty rows with their reasons, reports. A cell never becomes a formula.
use super::{Column, TableError, Words};
use dancu_catalogue::Lang;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A file that goes out.
#[derive(Clone, PartialEq, Eq)]
pub struct Export {
    /// Name to save it under
    pub name: String,
    /// Media type
    pub media_type: &'static str,
    /// The file
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export")
            .field("name", &self.name)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows under headings, with lines of title above them; all cells are text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet, at most 31 characters
    pub name: String,
    /// Lines above the headings
    pub titles: Vec<String>,
    /// Headings
    pub headings: Vec<String>,
    /// Rows
    pub rows: Vec<Vec<String>>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sheet")
            .field("name", &self.name)
            .field("rows", &self.rows.len())
            .finish_non_exhaustive()
    }
}

impl Sheet {
    /// Delimited text as spreadsheets read it: UTF-8 with a byte order mark, commas. No titles: the headings come first.
    pub fn to_csv(&self, name: &str) -> Result<Export, TableError> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(vec![0xEF, 0xBB, 0xBF]);
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            writer.write_record(row.iter().map(|cell| safe_cell(cell))).map_err(|_| TableError::Write)?;
        }
        let bytes = writer.into_inner().map_err(|_| TableError::Write)?;
        Ok(Export { name: format!("{name}.csv"), media_type: CSV, bytes })
    }

    /// A workbook of this sheet.
    pub fn to_xlsx(&self, name: &str) -> Result<Export, TableError> {
        let bytes = self.workbook().map_err(|_| TableError::Write)?;
        Ok(Export { name: format!("{name}.xlsx"), media_type: XLSX, bytes })
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(&self.name)?;
        let title = Format::new().set_bold();
        let heading = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center);
        // Text, so that a login of twelve digits or a telephone number keeps its zeros when somebody edits it.
        let cell = Format::new()
            .set_num_format("@")
            .set_text_wrap()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Top);
        let mut row = 0;
        for line in &self.titles {
            sheet.write_string_with_format(row, 0, line, &title)?;
            row += 1;
        }
        write_row(sheet, row, &self.headings, &heading)?;
        sheet.set_freeze_panes(row + 1, 0)?;
        sheet.set_repeat_rows(row, row)?;
        for cells in &self.rows {
            row += 1;
            write_row(sheet, row, cells, &cell)?;
        }
        for (at, width) in self.widths().into_iter().enumerate() {
            let column = u16::try_from(at).unwrap_or(u16::MAX);
            sheet.set_column_width(column, width)?;
            sheet.set_column_format(column, &Format::new().set_num_format("@"))?;
        }
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        book.save_to_buffer()
    }

    /// Wide enough for what stands there, within a page.
    fn widths(&self) -> Vec<f64> {
        let longest = |at: usize| {
            let cells = std::iter::once(&self.headings)
                .chain(self.rows.iter().take(200))
                .filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        (0..self.headings.len())
            .map(|at| f64::from(u8::try_from(longest(at).clamp(6, 40)).unwrap_or(40)) + 2.0)
            .collect()
    }
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &[String], format: &Format) -> Result<(), XlsxError> {
    for (at, text) in cells.iter().enumerate() {
        let column = u16::try_from(at).unwrap_or(u16::MAX);
        // A cell holds 32,767 characters at most; as a string it is never run.
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(32_767).collect();
        sheet.write_string_with_format(row, column, &text, format)?;
    }
    Ok(())
}

/// A cell that no spreadsheet runs when it opens delimited text: what begins like a formula gets an apostrophe before it
/// (OWASP, CSV injection).
pub fn safe_cell(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    if clean.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) {
        format!("'{}", clean.trim_start())
    } else {
        clean
    }
}

impl Words {
    /// The empty account table of the registration form, with one row as an example.
    pub fn template(&self, lang: Lang) -> Sheet {
        let headings = Column::ALL.map(|column| self.label(column, lang).to_owned()).to_vec();
        let role = self.role_label(dancu_policy::Role::OneStopOfficer, lang);
        let (agency, purpose) = match lang {
            Lang::Vi => ("Bộ phận một cửa", "Xác thực tại bộ phận một cửa để cắt giảm giấy tờ"),
            Lang::En => ("One-stop counter", "Verify at the one-stop counter, to drop papers"),
        };
        let example = [
            "1",
            "Nguyễn Văn A",
            "nguyenvana.stttt",
            "",
            "0912345678",
            "H55.242",
            agency,
            role,
            "50",
            "3",
            "150",
            purpose,
        ];
        let name = match lang {
            Lang::Vi => "Danh sách tài khoản",
            Lang::En => "Accounts",
        };
        Sheet {
            name: name.to_owned(),
            titles: Vec::new(),
            headings,
            rows: vec![example.map(str::to_owned).to_vec()],
        }
    }
}
