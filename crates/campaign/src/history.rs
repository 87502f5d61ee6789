//! What happened to an account, append-only.
use crate::sealed::random_id;
use crate::{CampaignError, Campaigns, Image};
use dancu_storage::{Tx, Value};

const TABLE: &str = "campaign_history";

crate::rules::names! {
    /// What was done to an account.
    Deed {
        /// It came in through an import
        Imported = "imported",
        /// An import changed it
        ImportChanged = "import_changed",
        /// An import was undone
        ImportUndone = "import_undone",
        /// Its quota was raised on request
        QuotaGranted = "quota_granted",
        /// The time of a granted quota was over
        QuotaEnded = "quota_ended",
        /// Its holder moved to another unit
        Moved = "moved",
        /// Its holder left
        Left = "left",
        /// It locked itself, idle
        IdleLocked = "idle_locked",
        /// Somebody unlocked it
        Unlocked = "unlocked",
        /// A review confirmed it
        ReviewConfirmed = "review_confirmed",
        /// A review changed it
        ReviewChanged = "review_changed",
        /// A review closes it
        ReviewClosing = "review_closing",
        /// What a review decided was taken back
        ReviewUndone = "review_undone",
        /// A review closed it
        ReviewClosed = "review_closed",
        /// Nobody confirmed it by the deadline of a review
        ReviewLocked = "review_locked",
        /// Somebody locked it
        Locked = "locked",
        /// Somebody closed it
        Closed = "closed",
    }
}

/// A line of an account's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// When it took effect, microseconds since the epoch
    pub at_us: i64,
    /// What was done
    pub deed: Deed,
    /// Staff account that did it; none: by rule
    pub by: Option<String>,
    /// Import, request, departure or review behind it
    pub reference: Option<String>,
    /// The account before and after, where it changed
    pub change: Option<(Option<Image>, Image)>,
    /// Why, in the words of who did it
    pub words: Option<String>,
}

/// What goes into a line; sealed before the transaction, which may run twice.
#[derive(Debug)]
pub(crate) struct Line {
    id: String,
    values: Vec<Value>,
}

impl Campaigns {
    /// An account's history, newest first.
    pub fn history(&self, account: &str, limit: u32) -> Result<Vec<HistoryLine>, CampaignError> {
        let rows = self.store.read("campaign.history", |tx| {
            tx.query(
                "SELECT at_us, id, kind, by_staff, reference, details, words FROM campaign_history
                 WHERE account = $1 ORDER BY at_us DESC, id DESC LIMIT $2",
                &[account.into(), limit.into()],
            )
        })?;
        let line = |row: &dancu_storage::Row| {
            let sealed = row.opt_bytes(5)?;
            let id = row.text(1)?;
            let said = |column| {
                Ok::<_, CampaignError>(Some(row.text(column)?).filter(|t| !t.is_empty()).map(str::to_owned))
            };
            Ok(HistoryLine {
                at_us: row.int(0)?,
                deed: Deed::from_name(row.text(2)?).ok_or(CampaignError::Damaged(TABLE))?,
                by: said(3)?,
                reference: said(4)?,
                change: sealed.map(|sealed| self.sealer.open(TABLE, id, "details", sealed)).transpose()?,
                words: row
                    .opt_bytes(6)?
                    .map(|sealed| self.sealer.open(TABLE, id, "words", sealed))
                    .transpose()?,
            })
        };
        rows.iter().map(line).collect()
    }

    /// A line for the history. `by` is empty for what a rule did.
    pub(crate) fn line(
        &self,
        account: &str,
        deed: Deed,
        by: &str,
        reference: &str,
        change: Option<(Option<&Image>, &Image)>,
        now_us: i64,
    ) -> Result<Line, CampaignError> {
        let id = random_id()?;
        let details = change.map(|change| self.sealer.seal(TABLE, &id, "details", &change)).transpose()?;
        let values = vec![
            account.into(),
            now_us.into(),
            id.as_str().into(),
            deed.name().into(),
            by.into(),
            reference.into(),
            details.into(),
            None::<Vec<u8>>.into(),
        ];
        Ok(Line { id, values })
    }

    /// The line with the words of who did it; empty ones are none.
    pub(crate) fn saying(&self, mut line: Line, words: &str) -> Result<Line, CampaignError> {
        if let Some(last) = line.values.last_mut().filter(|_| !words.trim().is_empty()) {
            *last = self.sealer.seal(TABLE, &line.id, "words", words.trim())?.into();
        }
        Ok(line)
    }
}

/// Writes lines of the history.
pub(crate) fn write(tx: &mut Tx<'_>, lines: &[Line]) -> Result<(), CampaignError> {
    let rows: Vec<&[Value]> = lines.iter().map(|line| line.values.as_slice()).collect();
    tx.execute_many(
        "INSERT INTO campaign_history (account, at_us, id, kind, by_staff, reference, details, words)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &rows,
    )?;
    Ok(())
}
