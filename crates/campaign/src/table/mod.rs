//! Account tables as people send them: delimited text or XLSX in, checked rows out. Nothing here touches a store.
mod check;
mod decode;
mod delimited;
mod fault;
mod grid;
mod phone;
mod quota;
pub(crate) mod words;
mod workbook;
mod write;

pub use check::{AccountRow, Checked, Surroundings, check};
pub use fault::{Fault, Problem};
pub use grid::{Cell, Grid, GridRow, Mapping, Sample, Table};
pub(crate) use phone::parse as parse_phone;
pub use quota::{Quota, propose};
pub use words::{UnitColumn, Words};
pub use write::{Export, Sheet, safe_cell};

use crate::rules::names;
use std::fmt;

names! {
    /// A column of the account table (registration form of official letter 6359/VP-HCC, and the holder's number).
    Column {
        /// TT
        Number = "number",
        /// Họ và tên
        FullName = "full_name",
        /// Tài khoản đăng nhập, 8 to 60 characters
        Login = "login",
        /// Số định danh cá nhân of the holder; not on the form
        OfficerNumber = "officer_number",
        /// Số điện thoại
        Phone = "phone",
        /// Mã cơ quan (Decision 20/2020/QĐ-TTg)
        AgencyCode = "agency_code",
        /// Tên cơ quan
        AgencyName = "agency_name",
        /// Vai trò, trách nhiệm
        Role = "role",
        /// Cases a day, the first factor of the quota
        CasesADay = "cases_a_day",
        /// Queries a case, the second factor
        QueriesACase = "queries_a_case",
        /// Số lần truy vấn trong ngày
        DailyQuota = "daily_quota",
        /// Mục đích sử dụng
        Purpose = "purpose",
    }
}

impl Column {
    /// Columns without which there is no account; beside them the quota, as one column or as two factors.
    pub const NEEDED: [Self; 4] = [Self::FullName, Self::Login, Self::AgencyCode, Self::Role];
}

/// How much is read at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file
    pub bytes: usize,
    /// Rows under the headings
    pub rows: usize,
}

impl Limits {
    /// Characters of one cell.
    pub const CELL_CHARS: usize = 500;
    /// Cells of one row.
    pub const COLUMNS: usize = 64;
    /// Rows above the headings: title, addressee, names of the form.
    pub const TITLE_ROWS: usize = 40;

    /// Bytes to which a workbook may unpack.
    fn unpacked(self) -> u64 {
        u64::try_from(self.bytes).unwrap_or(u64::MAX).saturating_mul(16)
    }
}

/// Why a file is not read. Shows no value of the file.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Larger than allowed
    #[error("the file has more than {0} bytes, or unpacks to too much")]
    TooBig(usize),
    /// More rows than allowed
    #[error("the table has more than {0} rows")]
    TooManyRows(usize),
    /// A row is longer than allowed: most often a quotation mark that is never closed
    #[error("the row that begins at line {0} is too long")]
    RowTooLong(u32),
    /// XLS of before 2007
    #[error("a workbook of the form before 2007; save it as .xlsx")]
    OldWorkbook,
    /// A workbook that cannot be read: damaged, or protected by a password
    #[error("the workbook is damaged or protected by a password")]
    Workbook,
    /// No row has the headings that are needed; `Sample` lets the user say which column is which
    #[error("columns are missing: {}", Names(.0))]
    NoHeadings(Vec<Column>, Sample),
    /// No row has the headings of a list of units
    #[error("the columns of a list of units are missing")]
    NoUnitHeadings,
    /// A mapping names a column twice, leaves a needed one out, or points beyond the table
    #[error("the mapping of columns cannot be")]
    Mapping,
    /// A file cannot be written
    #[error("the table cannot be written")]
    Write,
}

impl TableError {
    /// Key of the text that explains it.
    pub fn key(&self) -> &'static str {
        match self {
            Self::TooBig(_) => "table-too-big",
            Self::TooManyRows(_) => "table-too-many-rows",
            Self::RowTooLong(_) => "table-row-too-long",
            Self::OldWorkbook => "table-old-workbook",
            Self::Workbook => "table-workbook",
            Self::NoHeadings(..) => "table-no-headings",
            Self::NoUnitHeadings => "table-no-unit-headings",
            Self::Mapping => "table-mapping",
            Self::Write => "table-write",
        }
    }
}

struct Names<'a>(&'a [Column]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|column| column.name()).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
