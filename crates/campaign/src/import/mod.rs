//! Account tables: read, shown as a plan, taken in one transaction, undone.
mod one;
mod plan;
mod rows;
mod take;

pub(crate) use take::expect_one;

pub use one::{OneAccount, Put};
pub use plan::{Content, PlanRow, RowKind};
pub use rows::{ImportState, ImportSummary};

use crate::campaigns::{Reach, View};
use crate::rules::day_of;
use crate::sealed::random_id;
use crate::table::{self, Checked, Limits, Mapping, Surroundings, Table};
use crate::{CampaignError, Campaigns, RulesError, Threshold};
use plan::{Content as RowContent, Present};
use std::fmt;

/// An account table that somebody brings. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct AccountTable<'a> {
    /// The system whose accounts these are
    pub system: &'a str,
    /// Name of the file
    pub file_name: &'a str,
    /// The file: delimited text or XLSX
    pub bytes: &'a [u8],
    /// Which column is which, where the headings do not say it
    pub mapping: Option<&'a Mapping>,
}

impl fmt::Debug for AccountTable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountTable")
            .field("system", &self.system)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Campaigns {
    /// Reads an account table and keeps a plan of what taking it would do. Changes no account.
    pub fn plan_import(
        &self,
        given: &AccountTable<'_>,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<ImportSummary, CampaignError> {
        let view = self.view()?;
        let system = view.system(given.system)?;
        if !reach.covers(&system.organisation) {
            return Err(CampaignError::unknown("system", given.system));
        }
        let table = Table::read(given.bytes, given.mapping, &self.words, self.limits(now_us)?)?;
        let checked = self.check(&table, &view, given.system, now_us)?;
        let present = Present::of(self, &view, given.system)?;
        let rows: Vec<PlanRow> = checked
            .rows
            .into_iter()
            .map(|(grid, result)| {
                let cells: Vec<String> = grid.cells.into_iter().map(|cell| cell.text).collect();
                match result {
                    Ok(row) => present.plan(row, cells, &self.words),
                    Err(faults) => PlanRow {
                        line: grid.line,
                        kind: RowKind::Faulty,
                        account: None,
                        content: RowContent::faulty(cells, faults),
                    },
                }
            })
            .collect();
        let headings: Vec<&str> = table.headings.iter().map(|cell| cell.text.as_str()).collect();
        let id = random_id()?;
        self.write_plan(&id, given, &system.organisation, &headings, &rows, by, now_us)?;
        self.import(&id, reach)?.ok_or_else(|| CampaignError::unknown("import", &id))
    }

    /// How large a table may be.
    fn limits(&self, now_us: i64) -> Result<Limits, CampaignError> {
        let day = day_of(now_us)?;
        let value = |name| {
            Ok::<_, RulesError>(usize::try_from(self.rules.threshold(name, day)?).unwrap_or(usize::MAX))
        };
        Ok(Limits { bytes: value(Threshold::ImportMaxKib)? * 1024, rows: value(Threshold::ImportMaxRows)? })
    }

    fn check(&self, table: &Table, view: &View, system: &str, now_us: i64) -> Result<Checked, CampaignError> {
        let day = day_of(now_us)?;
        let system = view.system(system)?;
        let organisation = view.organisation(&system.organisation)?;
        let law = view.snapshot.rules.law().on(day).ok_or(RulesError::Missing("law"))?;
        let around = Surroundings {
            day,
            law,
            rules: &self.rules,
            words: &self.words,
            organisation: &organisation.code,
            system_quota: system.daily_quota,
        };
        Ok(table::check(table, &around)?)
    }
}
