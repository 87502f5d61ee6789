//! From cells to an account: every cell is looked at, and every fault of a row is told.
use super::{Cell, Column, Fault, GridRow, Problem, Quota, Table, Words, phone, quota};
use crate::rules::{Rules, RulesError, Threshold};
use crate::wire;
use dancu_citizen::{CivilDate, ClaimedName, PersonalId};
use dancu_policy::{AgencyCode, AgencyCodeError, LawRules, Role};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

/// An account as a row of a table asks for it. Personal data: `Debug` shows the line only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Line of the file or row of the sheet, from 1
    pub line: u32,
    /// Name of the holder
    pub full_name: String,
    /// Login
    pub login: String,
    /// Number of the holder
    #[serde(with = "wire::number")]
    pub officer_number: Option<PersonalId>,
    /// Telephone number, national form
    pub phone: Option<String>,
    /// Agency of the holder
    #[serde(with = "wire::code")]
    pub agency_code: AgencyCode,
    /// Its name
    pub agency_name: String,
    /// Role
    #[serde(with = "wire::role")]
    pub role: Role,
    /// Calls a day
    pub daily_quota: u32,
    /// Cases a day and queries a case, where they were said
    pub factors: Option<(u32, u32)>,
    /// What the account is for
    pub purpose: String,
}

impl fmt::Debug for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountRow").field("line", &self.line).finish_non_exhaustive()
    }
}

/// A login that a workbook holds as a number keeps its zeros when it is as long as a personal number.
const NUMBER_DIGITS: usize = 12;

/// What rows are held against.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// Day of the check
    pub day: CivilDate,
    /// The law of that day
    pub law: LawRules,
    /// Thresholds and lists
    pub rules: &'a Rules,
    /// Words for roles
    pub words: &'a Words,
    /// Code of the organisation whose accounts these are
    pub organisation: &'a AgencyCode,
    /// Calls a day of the system: no account may have more
    pub system_quota: u32,
}

/// The rows of a table, each an account or its faults.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// In the order of the file
    pub rows: Vec<(GridRow, Result<AccountRow, Vec<Fault>>)>,
}

/// Checks every row by itself and against those before it.
pub fn check(table: &Table, around: &Surroundings<'_>) -> Result<Checked, RulesError> {
    let quota_max =
        around.rules.threshold(Threshold::AccountDailyQuotaMax, around.day)?.min(around.system_quota);
    let mut logins: HashMap<String, u32> = HashMap::new();
    let mut officers: HashMap<PersonalId, u32> = HashMap::new();
    let mut checked = Checked::default();
    for row in &table.rows {
        let mut reader = Reader { table, row, around, faults: Vec::new() };
        let account = reader.account(quota_max);
        // A login stands for its row even when another cell is at fault: both rows are told of it.
        let login = reader.text(Column::Login);
        if let Some(line) = logins.insert(login.to_lowercase(), row.line).filter(|_| !login.is_empty()) {
            reader.fault(Column::Login, Problem::LoginRepeated { line });
        }
        let number = account.as_ref().ok().and_then(|account| account.officer_number);
        if let Some(line) = number.and_then(|number| officers.insert(number, row.line)) {
            reader.fault(Column::OfficerNumber, Problem::OfficerRepeated { line });
        }
        let result = match account {
            Ok(account) if reader.faults.is_empty() => Ok(account),
            _ => Err(reader.faults),
        };
        checked.rows.push((row.clone(), result));
    }
    Ok(checked)
}

/// The fault stands in the list.
struct Told;

type Read<T> = Result<T, Told>;

struct Reader<'a> {
    table: &'a Table,
    row: &'a GridRow,
    around: &'a Surroundings<'a>,
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    fn cell(&self, column: Column) -> Option<&'a Cell> {
        self.table.cell(self.row, column)
    }

    fn text(&self, column: Column) -> &'a str {
        self.cell(column).map_or("", |cell| cell.text.as_str())
    }

    fn fault(&mut self, column: Column, problem: Problem) {
        self.faults.push(Fault { line: self.row.line, column, problem });
    }

    fn taken<T>(&mut self, column: Column, result: Result<T, Problem>) -> Read<T> {
        result.map_err(|problem| {
            self.fault(column, problem);
            Told
        })
    }

    fn account(&mut self, quota_max: u32) -> Read<AccountRow> {
        let full_name = self.full_name();
        let login = self.login();
        let officer_number = self.officer_number();
        let phone = self.phone();
        let agency_code = self.agency_code();
        let agency_name = self.words(Column::AgencyName);
        let role = self.role();
        let quota = self.quota(quota_max);
        let purpose = self.words(Column::Purpose);
        let quota = quota?;
        Ok(AccountRow {
            line: self.row.line,
            full_name: full_name?,
            login: login?,
            officer_number: officer_number?,
            phone: phone?,
            agency_code: agency_code?,
            agency_name: agency_name?,
            role: role?,
            daily_quota: quota.daily,
            factors: quota.factors,
            purpose: purpose?,
        })
    }

    fn full_name(&mut self) -> Read<String> {
        let text = self.text(Column::FullName);
        let name = match text {
            "" => Err(Problem::Missing),
            _ => ClaimedName::parse(text).map(|name| name.whole().to_owned()).map_err(|_| Problem::NameForm),
        };
        self.taken(Column::FullName, name)
    }

    fn login(&mut self) -> Read<String> {
        let cell = self.cell(Column::Login);
        let text = self.text(Column::Login);
        let (min, max) = (self.around.law.login_min_chars, self.around.law.login_max_chars);
        let given = text.chars().count();
        let login = if text.is_empty() {
            Err(Problem::Missing)
        } else if cell.is_some_and(|cell| cell.is_number) && given < NUMBER_DIGITS || is_scientific(text) {
            Err(Problem::NumberCell)
        } else if given < usize::from(min) || given > usize::from(max) {
            Err(Problem::LoginLength { min, max, given })
        } else if text.chars().any(char::is_whitespace) {
            Err(Problem::LoginSpaces)
        } else if text.chars().any(char::is_control) {
            Err(Problem::Control)
        } else {
            Ok(text.to_owned())
        };
        self.taken(Column::Login, login)
    }

    /// May be left out; a workbook that took it for a number has lost its leading zeros, which the length gives back.
    fn officer_number(&mut self) -> Read<Option<PersonalId>> {
        let Some(cell) = self.cell(Column::OfficerNumber).filter(|cell| !cell.text.is_empty()) else {
            return Ok(None);
        };
        let text = if cell.is_number { format!("{:0>12}", cell.text) } else { cell.text.clone() };
        let number = PersonalId::parse(&text).map(Some).map_err(|_| Problem::OfficerNumberForm);
        self.taken(Column::OfficerNumber, number)
    }

    /// May be left out: an account that is there keeps its number then.
    fn phone(&mut self) -> Read<Option<String>> {
        let text = self.text(Column::Phone);
        if text.is_empty() {
            return Ok(None);
        }
        let number = phone::parse(text, self.around.rules, self.around.day);
        self.taken(Column::Phone, number.map(Some).ok_or(Problem::PhoneForm))
    }

    fn agency_code(&mut self) -> Read<AgencyCode> {
        let text = self.text(Column::AgencyCode);
        let organisation = self.around.organisation;
        let code = match AgencyCode::parse(&text.to_uppercase()) {
            _ if text.is_empty() => Err(Problem::Missing),
            Err(AgencyCodeError::TooLong) => Err(Problem::CodeTooLong { max: AgencyCode::MAX }),
            Err(AgencyCodeError::Form) => Err(Problem::CodeForm),
            Ok(code) if organisation.covers(code.as_str()) => Ok(code),
            Ok(_) => Err(Problem::CodeOutside { organisation: organisation.as_str().to_owned() }),
        };
        self.taken(Column::AgencyCode, code)
    }

    fn role(&mut self) -> Read<Role> {
        let text = self.text(Column::Role);
        let role = match self.around.words.role(text) {
            _ if text.is_empty() => Err(Problem::Missing),
            role => role.ok_or(Problem::RoleUnknown),
        };
        self.taken(Column::Role, role)
    }

    fn quota(&mut self, max: u32) -> Read<Quota> {
        let [daily, cases, queries] =
            [Column::DailyQuota, Column::CasesADay, Column::QueriesACase].map(|column| self.cell(column));
        let quota = quota::parse(daily, cases, queries);
        let quota =
            quota.and_then(|q| if q.daily > max { Err(Problem::QuotaTooHigh { max }) } else { Ok(q) });
        let at = if self.table.columns.contains_key(&Column::DailyQuota) {
            Column::DailyQuota
        } else {
            Column::CasesADay
        };
        self.taken(at, quota)
    }

    /// Free words, which may be left out.
    fn words(&mut self, column: Column) -> Read<String> {
        const MAX: usize = 200;
        let text = self.text(column);
        let words = if text.chars().count() > MAX {
            Err(Problem::TooLong { max: MAX })
        } else if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            Err(Problem::Control)
        } else {
            Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        self.taken(column, words)
    }
}

/// What a spreadsheet makes of twelve digits when it saves text: `1.08E+09`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else {
        return false;
    };
    let numeric =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    numeric(mantissa) && numeric(exponent)
}
