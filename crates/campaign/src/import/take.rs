//! Taking a plan and taking it back, each in one transaction with the exchange's rows.
use super::plan::Present;
use super::rows::{ImportState, ImportSummary, ROWS, row_key};
use super::{PlanRow, RowKind};
use crate::campaigns::{Reach, View};
use crate::history::{self, Deed, Line};
use crate::registered::{Registered, put_registered};
use crate::rules::{DAY_US, day_of};
use crate::sealed::random_id;
use crate::{CampaignError, Campaigns, Image, Refusal, Threshold};
use dancu_exchange::PreparedAccount;
use dancu_policy::{Account, AccountState};
use dancu_storage::{Tx, Value};
use std::sync::Arc;

/// What a transaction writes: everything sealed before it begins, for it may run twice.
#[derive(Default)]
struct Batch {
    accounts: Vec<PreparedAccount>,
    registered: Vec<Vec<Value>>,
    lines: Vec<Line>,
    rows: Vec<[Value; 4]>,
}

impl Campaigns {
    /// Takes a plan: all of it in one transaction. With faulty rows it is refused, unless `partial` says to leave them
    /// out. The accounts must still be as the plan showed them.
    pub fn take(
        &self,
        id: &str,
        partial: bool,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<ImportSummary, CampaignError> {
        self.retrying(|view| {
            let import = self.in_state(id, reach, ImportState::Planned)?;
            if import.count(RowKind::Faulty) > 0 && !partial {
                return Err(Refusal::Faulty.into());
            }
            if import.count(RowKind::New) + import.count(RowKind::Changed) == 0 {
                return Err(Refusal::Nothing.into());
            }
            let batch = self.taking(&import, view, by, now_us)?;
            let sql = "UPDATE campaign_import SET state = 'taken', taken_by = $2, taken_at_us = $3
                WHERE id = $1 AND state = 'planned'";
            self.write(
                "campaign.take_import",
                view,
                &batch,
                sql,
                &[id.into(), by.into(), now_us.into()],
                now_us,
            )
        })?;
        self.known(id)
    }

    /// Takes an import back: new accounts are closed, changed ones are as they were. Refused when anything else has
    /// touched one of them since.
    pub fn undo_import(
        &self,
        id: &str,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<ImportSummary, CampaignError> {
        self.retrying(|view| {
            let import = self.in_state(id, reach, ImportState::Taken)?;
            let batch = self.undoing(&import, view, by, now_us)?;
            let sql = "UPDATE campaign_import SET state = 'undone', undone_by = $2, undone_at_us = $3
                WHERE id = $1 AND state = 'taken'";
            self.write(
                "campaign.undo_import",
                view,
                &batch,
                sql,
                &[id.into(), by.into(), now_us.into()],
                now_us,
            )
        })?;
        self.known(id)
    }

    /// Puts a plan away; its rows are erased at once.
    pub fn drop_import(&self, id: &str, reach: Reach<'_>) -> Result<(), CampaignError> {
        self.in_state(id, reach, ImportState::Planned)?;
        self.store.run_tx("campaign.drop_import", |tx| {
            let sql = "UPDATE campaign_import SET state = 'dropped' WHERE id = $1 AND state = 'planned'";
            expect_one(tx.execute(sql, &[id.into()])?)?;
            erase(tx, id)
        })
    }

    /// Erases the rows of imports whose time is over; gives how many imports.
    pub(crate) fn erase_old_imports(&self, now_us: i64) -> Result<u64, CampaignError> {
        let days = self.rules.threshold(Threshold::ImportKeepDays, day_of(now_us)?)?;
        let before = now_us - i64::from(days) * DAY_US;
        self.store.run_tx("campaign.erase_imports", |tx| {
            let sql = "SELECT id FROM campaign_import WHERE rows_erased = 0 AND at_us < $1 ORDER BY at_us, id LIMIT 100";
            let old = tx.query(sql, &[before.into()])?;
            for row in &old {
                let id = row.text(0)?;
                tx.execute("UPDATE campaign_import SET state = 'dropped' WHERE id = $1 AND state = 'planned'", &[id.into()])?;
                erase(tx, id)?;
            }
            Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
        })
    }

    fn in_state(
        &self,
        id: &str,
        reach: Reach<'_>,
        state: ImportState,
    ) -> Result<ImportSummary, CampaignError> {
        let import = self.import(id, reach)?.ok_or_else(|| CampaignError::unknown("import", id))?;
        if import.state == state { Ok(import) } else { Err(Refusal::NotNow.into()) }
    }

    fn known(&self, id: &str) -> Result<ImportSummary, CampaignError> {
        self.import(id, Reach::All)?.ok_or_else(|| CampaignError::unknown("import", id))
    }

    fn taking(
        &self,
        import: &ImportSummary,
        view: &View,
        by: &str,
        now_us: i64,
    ) -> Result<Batch, CampaignError> {
        let present = Present::of(self, view, &import.system)?;
        let mut batch = Batch::default();
        for planned in self.all_rows(import)? {
            let Some(row) = planned.content.row.clone().filter(|_| planned.kind != RowKind::Faulty) else {
                continue;
            };
            let now = present.plan(row, planned.content.cells.clone(), &self.words);
            if now.kind != planned.kind || now.content.before != planned.content.before {
                return Err(Refusal::Stale.into());
            }
            if planned.kind != RowKind::Same {
                self.add_taken(&mut batch, import, now, by, now_us)?;
            }
        }
        Ok(batch)
    }

    fn add_taken(
        &self,
        batch: &mut Batch,
        import: &ImportSummary,
        mut row: PlanRow,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        let is_new = row.kind == RowKind::New;
        let Some(after) = row.content.after.as_mut() else { return Ok(()) };
        if after.id.is_empty() {
            after.id = format!("account-{}", random_id()?);
        }
        let after = after.clone();
        let registered = &mut row.content.registered_after;
        registered.withdrawn = false;
        registered.issued_us = if is_new { Some(now_us) } else { registered.issued_us };
        let deed = if is_new { Deed::Imported } else { Deed::ImportChanged };
        let change = (row.content.before.as_ref(), &after);
        batch.lines.push(self.line(&after.id, deed, by, &import.id, Some(change), now_us)?);
        batch.registered.push(self.registered_values(&after.id, registered, after.state.name(), now_us)?);
        batch.accounts.push(after.prepare(&self.exchange, now_us)?);
        let content = self.sealer.seal(ROWS, &row_key(&import.id, row.line), "content", &row.content)?;
        batch.rows.push([import.id.as_str().into(), row.line.into(), after.id.into(), content.into()]);
        Ok(())
    }

    fn undoing(
        &self,
        import: &ImportSummary,
        view: &View,
        by: &str,
        now_us: i64,
    ) -> Result<Batch, CampaignError> {
        let mut taken = Vec::new();
        for row in self.all_rows(import)? {
            if let Some(after) = row.content.after.clone().filter(|_| row.kind.takes()) {
                taken.push((row, after));
            }
        }
        let accounts: Vec<Arc<Account>> =
            taken.iter().map(|(_, after)| view.account(&after.id).cloned()).collect::<Result<_, _>>()?;
        let images = self.images(&accounts)?;
        let mut known = self.registered(&images)?;
        let mut batch = Batch::default();
        for ((row, after), current) in taken.into_iter().zip(images) {
            let registered = known.remove(&after.id).unwrap_or_default();
            let same_words = |a: &Registered, b: &Registered| {
                (&a.agency_name, &a.purpose, a.factors) == (&b.agency_name, &b.purpose, b.factors)
            };
            if current != after || !same_words(&registered, &row.content.registered_after) {
                return Err(Refusal::Touched.into());
            }
            let (back, registered) = if row.kind == RowKind::New {
                (
                    Image { state: AccountState::Closed, ..after.clone() },
                    Registered { withdrawn: true, ..registered },
                )
            } else {
                let before = row.content.before.ok_or(CampaignError::Damaged(ROWS))?;
                (before, row.content.registered_before)
            };
            let change = (Some(&after), &back);
            batch.lines.push(self.line(
                &back.id,
                Deed::ImportUndone,
                by,
                &import.id,
                Some(change),
                now_us,
            )?);
            batch.registered.push(self.registered_values(
                &back.id,
                &registered,
                back.state.name(),
                now_us,
            )?);
            batch.accounts.push(back.prepare(&self.exchange, now_us)?);
        }
        Ok(batch)
    }

    fn write(
        &self,
        name: &'static str,
        view: &View,
        batch: &Batch,
        step: &'static str,
        values: &[Value],
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.apply(name, now_us, view, |change| {
            expect_one(change.tx().execute(step, values)?)?;
            for account in &batch.accounts {
                change.put_account(account)?;
            }
            put_registered(change.tx(), &batch.registered)?;
            history::write(change.tx(), &batch.lines)?;
            let sql =
                "UPDATE campaign_import_row SET account = $3, content = $4 WHERE import = $1 AND line = $2";
            change.tx().execute_many(sql, &batch.rows)?;
            Ok(())
        })
    }
}

/// A step that found its row in another state.
pub(crate) fn expect_one(changed: u64) -> Result<(), CampaignError> {
    if changed == 1 { Ok(()) } else { Err(Refusal::NotNow.into()) }
}

fn erase(tx: &mut Tx<'_>, import: &str) -> Result<(), CampaignError> {
    tx.execute("DELETE FROM campaign_import_row WHERE import = $1", &[import.into()])?;
    tx.execute("UPDATE campaign_import SET rows_erased = 1 WHERE id = $1", &[import.into()])?;
    Ok(())
}
