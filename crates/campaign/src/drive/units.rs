//! The list of expected units as somebody brings it: delimited text or XLSX with code, level, name, accounts.
use crate::rules::{Level, day_of};
use crate::table::words::UnitColumn;
use crate::table::{Cell, Grid, GridRow, Limits, Problem, TableError, Words};
use crate::{CampaignError, Campaigns, Threshold, texts};
use dancu_catalogue::Lang;
use dancu_citizen::CivilDate;
use dancu_policy::{AgencyCode, AgencyCodeError};
use std::collections::{BTreeMap, HashMap};

/// A unit that is expected to register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Agency code
    pub code: AgencyCode,
    /// Department, district or commune
    pub level: Level,
    /// Name
    pub name: String,
    /// Accounts that it is expected to register
    pub accounts: u32,
}

/// A fault of a row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFault {
    /// Line of the file or row of the sheet, from 1
    pub line: u32,
    /// The column at fault
    pub column: UnitColumn,
    /// What is wrong
    pub problem: Problem,
}

impl UnitFault {
    /// Row, column, what is wrong and what is allowed, in words.
    pub fn words(&self, lang: Lang, words: &Words) -> String {
        let values = [
            ("line", self.line.to_string()),
            ("column", words.unit_label(self.column, lang).to_owned()),
            ("what", self.problem.words(lang)),
        ];
        texts::say(lang, "fault-line", &values)
    }
}

/// A list of units as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnitList {
    /// Units that can be taken
    pub units: Vec<Unit>,
    /// Faults of the other rows
    pub faults: Vec<UnitFault>,
}

impl Campaigns {
    /// Reads a list of expected units for a campaign that ends on `deadline`. A level that has ended by then is a fault.
    pub fn read_units(
        &self,
        bytes: &[u8],
        deadline: CivilDate,
        now_us: i64,
    ) -> Result<UnitList, CampaignError> {
        let day = day_of(now_us)?;
        let value = |name| {
            let value = self.rules.threshold(name, day)?;
            Ok::<_, CampaignError>(usize::try_from(value).unwrap_or(usize::MAX))
        };
        // A nation has more communes than a table has accounts.
        let limits = Limits {
            bytes: value(Threshold::ImportMaxKib)? * 1024,
            rows: value(Threshold::ImportMaxRows)? * 4,
        };
        let words = self.words();
        let grids = Grid::read(bytes, limits, &|cells| heads(cells, words).len())?;
        let found = grids.into_iter().find_map(|grid| headed(&grid, words));
        let (columns, rows) = found.ok_or(TableError::NoUnitHeadings)?;
        let least = self.least_accounts(deadline)?;
        let mut list = UnitList::default();
        let mut seen: HashMap<AgencyCode, u32> = HashMap::new();
        for row in rows {
            let mut faults = Vec::new();
            let unit = self.unit(&row, &columns, deadline, least, &mut faults);
            if let Some(unit) = unit {
                match seen.insert(unit.code.clone(), row.line) {
                    Some(line) => faults.push((UnitColumn::Code, Problem::UnitRepeated { line })),
                    None => list.units.push(unit),
                }
            }
            let fault = |(column, problem)| UnitFault { line: row.line, column, problem };
            list.faults.extend(faults.into_iter().map(fault));
        }
        Ok(list)
    }

    fn unit(
        &self,
        row: &GridRow,
        columns: &BTreeMap<UnitColumn, usize>,
        deadline: CivilDate,
        least: u32,
        faults: &mut Vec<(UnitColumn, Problem)>,
    ) -> Option<Unit> {
        let text = |column| columns.get(&column).map_or("", |at| row.get(*at));
        let code = match AgencyCode::parse(&text(UnitColumn::Code).to_uppercase()) {
            _ if text(UnitColumn::Code).is_empty() => Err(Problem::Missing),
            Err(AgencyCodeError::TooLong) => Err(Problem::CodeTooLong { max: AgencyCode::MAX }),
            Err(AgencyCodeError::Form) => Err(Problem::CodeForm),
            Ok(code) => Ok(code),
        };
        let level = match self.words.level(text(UnitColumn::Level)) {
            _ if text(UnitColumn::Level).is_empty() => Err(Problem::Missing),
            None => Err(Problem::LevelUnknown),
            Some(level) if self.rules.has_level(level, deadline) => Ok(level),
            Some(level) => {
                let last = self.rules.level_ends(level).map(crate::review::day).unwrap_or_default();
                Err(Problem::LevelEnded { last })
            }
        };
        let name = match text(UnitColumn::Name) {
            "" => Err(Problem::Missing),
            name if name.chars().count() > 200 => Err(Problem::TooLong { max: 200 }),
            name if name.chars().any(char::is_control) => Err(Problem::Control),
            name => Ok(name.to_owned()),
        };
        let accounts = match text(UnitColumn::Accounts) {
            "" => Ok(least),
            text => text.parse().ok().filter(|n| (1..=100_000).contains(n)).ok_or(Problem::AccountsForm),
        };
        let mut taken = Vec::new();
        let mut note =
            |column, problem: Option<Problem>| taken.extend(problem.map(|problem| (column, problem)));
        note(UnitColumn::Code, code.as_ref().err().cloned());
        note(UnitColumn::Level, level.as_ref().err().cloned());
        note(UnitColumn::Name, name.as_ref().err().cloned());
        note(UnitColumn::Accounts, accounts.as_ref().err().cloned());
        faults.extend(taken);
        Some(Unit { code: code.ok()?, level: level.ok()?, name: name.ok()?, accounts: accounts.ok()? })
    }
}

fn heads(cells: &[Cell], words: &Words) -> BTreeMap<UnitColumn, usize> {
    let mut columns = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        if let Some(column) = words.unit_column(&cell.text) {
            columns.entry(column).or_insert(at);
        }
    }
    columns
}

/// The columns, and the rows under the headings.
fn headed(grid: &Grid, words: &Words) -> Option<(BTreeMap<UnitColumn, usize>, Vec<GridRow>)> {
    let needed = [UnitColumn::Code, UnitColumn::Level, UnitColumn::Name];
    let whole =
        |columns: &BTreeMap<UnitColumn, usize>| needed.iter().all(|column| columns.contains_key(column));
    let titles = grid.rows.iter().take(Limits::TITLE_ROWS).enumerate();
    let mut candidates = titles.map(|(at, row)| (at, heads(&row.cells, words)));
    let (at, columns) = candidates.find(|(_, columns)| whole(columns))?;
    let rows = grid.rows.iter().skip(at + 1).filter(|row| !whole(&heads(&row.cells, words)));
    Some((columns, rows.cloned().collect()))
}
