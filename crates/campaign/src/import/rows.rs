//! Plans in the tables: written, listed, shown row by row, written back with reasons.
use super::{AccountTable, PlanRow, RowKind};
use crate::campaigns::Reach;
use crate::table::Sheet;
use crate::{CampaignError, Campaigns, Refusal, texts};
use aws_lc_rs::digest::{SHA256, digest};
use dancu_catalogue::Lang;
use dancu_storage::{Row, Value};
use std::fmt;

pub(super) const TABLE: &str = "campaign_import";
pub(super) const ROWS: &str = "campaign_import_row";

crate::rules::names! {
    /// How far an import is.
    ImportState {
        /// Shown, not taken
        Planned = "planned",
        /// In force
        Taken = "taken",
        /// Taken back
        Undone = "undone",
        /// Never taken
        Dropped = "dropped",
    }
}

/// An import and what it does. `Debug` shows no file name.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportSummary {
    /// Id
    pub id: String,
    /// System whose accounts these are
    pub system: String,
    /// Its organisation
    pub organisation: String,
    /// How far it is
    pub state: ImportState,
    /// Name of the file
    pub file_name: String,
    /// SHA-256 of the file
    pub file_sha256: Vec<u8>,
    /// Rows by what they do, in the order of `RowKind::ALL`: new, changed, same, faulty
    pub counts: [u32; 4],
    /// Staff account that brought it
    pub by: String,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Who took it, and when
    pub taken: Option<(String, i64)>,
    /// Who took it back, and when
    pub undone: Option<(String, i64)>,
    /// Its rows are not kept any more: it can be neither taken nor undone
    pub erased: bool,
}

impl fmt::Debug for ImportSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportSummary")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}

impl ImportSummary {
    /// How many rows do this.
    pub fn count(&self, kind: RowKind) -> u32 {
        self.counts.get(kind as usize).copied().unwrap_or(0)
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, system, organisation, state, file_name, file_sha256, rows_new, rows_changed, rows_same,
                rows_faulty, by_staff, at_us, taken_by, taken_at_us, undone_by, undone_at_us, rows_erased
             FROM campaign_import ",
            $rest
        )
    };
}

/// Place of a row's sealed content.
pub(super) fn row_key(import: &str, line: u32) -> String {
    format!("{import}/{line}")
}

impl Campaigns {
    #[expect(clippy::too_many_arguments, reason = "a row of the table, each value once")]
    pub(super) fn write_plan(
        &self,
        id: &str,
        given: &AccountTable<'_>,
        organisation: &str,
        headings: &[&str],
        rows: &[PlanRow],
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        let count =
            |kind| u32::try_from(rows.iter().filter(|row| row.kind == kind).count()).unwrap_or(u32::MAX);
        let mut head: Vec<Value> = vec![
            id.into(),
            given.system.into(),
            organisation.into(),
            digest(&SHA256, given.bytes).as_ref().into(),
            self.sealer.seal(TABLE, id, "file_name", given.file_name)?.into(),
            self.sealer.seal(TABLE, id, "headings", headings)?.into(),
        ];
        head.extend(RowKind::ALL.map(|kind| count(kind).into()));
        head.extend([by.into(), now_us.into()]);
        let mut values: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
        for row in rows {
            let content = self.sealer.seal(ROWS, &row_key(id, row.line), "content", &row.content)?;
            values.push(vec![
                id.into(),
                row.line.into(),
                row.kind.name().into(),
                row.account.as_deref().into(),
                content.into(),
            ]);
        }
        self.store.run_tx("campaign.plan_import", |tx| {
            tx.execute(
                "INSERT INTO campaign_import (
                    id, system, organisation, state, file_sha256, file_name, headings, rows_new, rows_changed, rows_same,
                    rows_faulty, by_staff, at_us, rows_erased)
                 VALUES ($1, $2, $3, 'planned', $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
                &head,
            )?;
            tx.execute_many(
                "INSERT INTO campaign_import_row (import, line, kind, account, content) VALUES ($1, $2, $3, $4, $5)",
                &values,
            )?;
            Ok(())
        })
    }

    /// One import.
    pub fn import(&self, id: &str, reach: Reach<'_>) -> Result<Option<ImportSummary>, CampaignError> {
        let row =
            self.store.read("campaign.import", |tx| tx.query_opt(select!("WHERE id = $1"), &[id.into()]))?;
        let summary = row.map(|row| self.open_import(&row)).transpose()?;
        Ok(summary.filter(|import| reach.covers(&import.organisation)))
    }

    /// Imports of a system, newest first; a page begins after the time and id of the last one.
    pub fn imports(
        &self,
        system: &str,
        reach: Reach<'_>,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<ImportSummary>, CampaignError> {
        let (at, id) = after.unwrap_or((i64::MAX, String::new()));
        let rows = self.store.read("campaign.imports", |tx| {
            tx.query(
                select!(
                    "WHERE system = $1 AND (at_us < $2 OR (at_us = $2 AND id < $3)) ORDER BY at_us DESC, id DESC LIMIT $4"
                ),
                &[system.into(), at.into(), id.as_str().into(), limit.into()],
            )
        })?;
        let imports = rows.iter().map(|row| self.open_import(row));
        imports.filter(|i| i.as_ref().map_or(true, |i| reach.covers(&i.organisation))).collect()
    }

    /// Imports of all systems within reach, the newest first; a page begins before the time and id of the last one.
    pub fn imports_of(
        &self,
        reach: Reach<'_>,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<ImportSummary>, CampaignError> {
        let (at, id) = after.unwrap_or((i64::MAX, String::new()));
        let organisation = match reach {
            Reach::All => "",
            Reach::Of(own) => own,
        };
        let rows = self.store.read("campaign.imports_of", |tx| {
            tx.query(
                select!(
                    "WHERE ($1 = '' OR organisation = $1) AND (at_us < $2 OR (at_us = $2 AND id < $3))
                     ORDER BY at_us DESC, id DESC LIMIT $4"
                ),
                &[organisation.into(), at.into(), id.as_str().into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_import(row)).collect()
    }

    /// Rows of a plan after a line, of one kind or of all.
    pub fn import_rows(
        &self,
        id: &str,
        reach: Reach<'_>,
        kind: Option<RowKind>,
        after_line: u32,
        limit: u32,
    ) -> Result<Vec<PlanRow>, CampaignError> {
        self.import(id, reach)?.ok_or_else(|| CampaignError::unknown("import", id))?;
        let rows = self.store.read("campaign.import_rows", |tx| {
            tx.query(
                "SELECT line, kind, account, content FROM campaign_import_row
                 WHERE import = $1 AND line > $2 AND ($3 = '' OR kind = $3) ORDER BY line LIMIT $4",
                &[id.into(), after_line.into(), kind.map_or("", RowKind::name).into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_row(id, row)).collect()
    }

    /// All rows of a plan.
    pub(super) fn all_rows(&self, import: &ImportSummary) -> Result<Vec<PlanRow>, CampaignError> {
        if import.erased {
            return Err(Refusal::Expired.into());
        }
        self.import_rows(&import.id, Reach::All, None, 0, u32::MAX)
    }

    /// The faulty rows as they came, with a column of reasons: mended there, the file can be brought again.
    pub fn faulty_rows(&self, id: &str, reach: Reach<'_>, lang: Lang) -> Result<Sheet, CampaignError> {
        let row = self.store.read("campaign.import_headings", |tx| {
            tx.query_opt("SELECT headings FROM campaign_import WHERE id = $1", &[id.into()])
        })?;
        let sealed = row.ok_or_else(|| CampaignError::unknown("import", id))?;
        let mut headings: Vec<String> = self.sealer.open(TABLE, id, "headings", sealed.bytes(0)?)?;
        let faulty = self.import_rows(id, reach, Some(RowKind::Faulty), 0, u32::MAX)?;
        let width =
            faulty.iter().map(|row| row.content.cells.len()).chain([headings.len()]).max().unwrap_or(0);
        headings.resize(width, String::new());
        headings.push(texts::say(lang, "fault-reasons", &[]));
        let rows = faulty.into_iter().map(|row| {
            let mut cells = row.content.cells;
            cells.resize(width, String::new());
            let reasons: Vec<String> =
                row.content.faults.iter().map(|f| f.words(lang, &self.words)).collect();
            cells.push(reasons.join("\n"));
            cells
        });
        Ok(Sheet {
            name: texts::say(lang, "fault-reasons", &[]),
            titles: Vec::new(),
            headings,
            rows: rows.collect(),
        })
    }

    fn open_row(&self, import: &str, row: &Row) -> Result<PlanRow, CampaignError> {
        let line = row.number(0)?;
        Ok(PlanRow {
            line,
            kind: RowKind::from_name(row.text(1)?).ok_or(CampaignError::Damaged(ROWS))?,
            account: row.opt_text(2)?.map(str::to_owned),
            content: self.sealer.open(ROWS, &row_key(import, line), "content", row.bytes(3)?)?,
        })
    }

    fn open_import(&self, row: &Row) -> Result<ImportSummary, CampaignError> {
        let id = row.text(0)?;
        let who = |by: usize, at: usize| {
            Ok::<_, CampaignError>(row.opt_text(by)?.map(str::to_owned).zip(row.opt_int(at)?))
        };
        Ok(ImportSummary {
            id: id.to_owned(),
            system: row.text(1)?.to_owned(),
            organisation: row.text(2)?.to_owned(),
            state: ImportState::from_name(row.text(3)?).ok_or(CampaignError::Damaged(TABLE))?,
            file_name: self.sealer.open(TABLE, id, "file_name", row.bytes(4)?)?,
            file_sha256: row.bytes(5)?.to_vec(),
            counts: [row.number(6)?, row.number(7)?, row.number(8)?, row.number(9)?],
            by: row.text(10)?.to_owned(),
            at_us: row.int(11)?,
            taken: who(12, 13)?,
            undone: who(14, 15)?,
            erased: row.bool(16)?,
        })
    }
}
