//! One account from a form: an import of one row, so that it is checked, remembered and undone as a table is.
use super::plan::Present;
use super::{AccountTable, PlanRow, RowKind};
use crate::campaigns::{Reach, View};
use crate::sealed::random_id;
use crate::table::{AccountRow, Cell, Column, Fault, GridRow, Problem, Table};
use crate::{CampaignError, Campaigns, Refusal};
use dancu_policy::Account;
use std::collections::BTreeMap;
use std::fmt;

/// An account as a form asks for it. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct OneAccount<'a> {
    /// The system whose account it is
    pub system: &'a str,
    /// The account that changes; none for a new one
    pub account: Option<&'a str>,
    /// What was typed, by column
    pub cells: &'a [(Column, String)],
}

impl fmt::Debug for OneAccount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneAccount").field("account", &self.account).finish_non_exhaustive()
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// In force; `undo_import` takes it back
    Taken {
        /// The account
        account: String,
        /// Id of the import of one row
        import: String,
    },
    /// Nothing was done: why, by column
    Faulty(Vec<Fault>),
}

impl Campaigns {
    /// Registers an account, or changes one. A quota may be kept or lowered here; more needs a request.
    pub fn put_account(
        &self,
        given: &OneAccount<'_>,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<Put, CampaignError> {
        let view = self.view()?;
        let known = given.account.map(|id| view.within(id, reach)).transpose()?.map(|(account, _)| account);
        let system = known.map_or(given.system, |account| &account.system);
        let organisation = view.system(system)?.organisation.clone();
        if !reach.covers(&organisation) {
            return Err(CampaignError::unknown("system", system));
        }
        let planned = match self.planned(&view, system, known.map(AsRef::as_ref), given.cells, now_us)? {
            Ok(planned) => planned,
            Err(faults) => return Ok(Put::Faulty(faults)),
        };
        if planned.kind == RowKind::Same {
            return Err(Refusal::Nothing.into());
        }
        let headings: Vec<&str> = given.cells.iter().map(|(column, _)| column.name()).collect();
        let id = random_id()?;
        let table = AccountTable { system, file_name: "", bytes: b"", mapping: None };
        self.write_plan(&id, &table, &organisation, &headings, &[planned], by, now_us)?;
        match self.take(&id, false, reach, by, now_us) {
            Ok(_) => {
                let row = self.import_rows(&id, reach, None, 0, 1)?.pop();
                let account = row.and_then(|row| row.account);
                let account = account.ok_or(CampaignError::Damaged("campaign_import_row"))?;
                Ok(Put::Taken { account, import: id })
            }
            Err(error) => {
                self.drop_import(&id, reach)?;
                Err(error)
            }
        }
    }

    fn planned(
        &self,
        view: &View,
        system: &str,
        known: Option<&Account>,
        given: &[(Column, String)],
        now_us: i64,
    ) -> Result<Result<PlanRow, Vec<Fault>>, CampaignError> {
        // What an account has been granted may be above what a table may give.
        let keeps = known.is_some_and(|account| {
            let quota = account.daily_quota.to_string();
            given.iter().any(|(column, text)| *column == Column::DailyQuota && text.trim() == quota)
        });
        let cell = |(column, text): &(Column, String)| match (column, known) {
            (Column::Login, Some(account)) => (*column, account.login.to_string()),
            (Column::DailyQuota, Some(_)) if keeps => (*column, "1".to_owned()),
            _ => (*column, text.clone()),
        };
        let mut cells: Vec<(Column, String)> = given.iter().map(cell).collect();
        if let Some(account) = known.filter(|_| cells.iter().all(|(column, _)| *column != Column::Login)) {
            cells.push((Column::Login, account.login.to_string()));
        }
        let checked = self.check(&table(&cells), view, system, now_us)?;
        let Some((_, row)) = checked.rows.into_iter().next() else {
            return Err(Refusal::Empty.into());
        };
        let mut row: AccountRow = match row {
            Ok(row) => row,
            Err(faults) => return Ok(Err(faults)),
        };
        let fault = |column, problem| Ok(Err(vec![Fault { line: row.line, column, problem }]));
        if let Some(account) = known {
            if row.daily_quota > account.daily_quota && !keeps {
                return fault(Column::DailyQuota, Problem::QuotaTooHigh { max: account.daily_quota });
            }
            if keeps {
                row.daily_quota = account.daily_quota;
                row.factors = None;
            }
        }
        let texts = cells.into_iter().map(|(_, text)| text).collect();
        let planned = Present::of(self, view, system)?.plan(row, texts, &self.words);
        Ok(match planned.kind {
            RowKind::Faulty => Err(planned.content.faults),
            RowKind::Changed | RowKind::Same if known.is_none() => {
                Err(vec![Fault { line: 1, column: Column::Login, problem: Problem::LoginTaken }])
            }
            _ => Ok(planned),
        })
    }
}

/// The form as a table of one row.
fn table(cells: &[(Column, String)]) -> Table {
    let columns: BTreeMap<Column, usize> =
        cells.iter().enumerate().map(|(at, (column, _))| (*column, at)).collect();
    Table {
        columns,
        headings: cells.iter().map(|(column, _)| Cell::text(column.name())).collect(),
        rows: vec![GridRow { line: 1, cells: cells.iter().map(|(_, text)| Cell::text(text)).collect() }],
    }
}
