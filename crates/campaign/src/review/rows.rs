//! The rows of a review: one for each account, with what is known beside it.
use super::{AccountFacts, RowState};
use crate::campaigns::Reach;
use crate::{CampaignError, Campaigns, Image, Registered};
use dancu_storage::{Row, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

pub(super) const ROWS: &str = "campaign_review_row";

/// The account when the review opened, or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What the exchange held of it
    pub image: Image,
    /// What else was registered
    pub registered: Registered,
}

/// What was decided. `Debug` shows no words.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Words of who decided
    pub note: String,
    /// Who keeps the account, for one that no person holds
    pub holder: String,
    /// The account before and after, where the decision changed it
    pub change: Option<(Image, Image)>,
}

impl fmt::Debug for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decided").field("change", &self.change).finish_non_exhaustive()
    }
}

/// An account in a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// The account
    pub account: String,
    /// Organisation that answers for it
    pub organisation: String,
    /// Its system
    pub system: String,
    /// Where the row stands
    pub state: RowState,
    /// The account when the review opened
    pub opening: Opening,
    /// What the journal says of it, and as of when; none: not gathered yet
    pub facts: Option<(AccountFacts, i64)>,
    /// What was decided
    pub decided: Option<Decided>,
    /// Staff account that decided, and when
    pub by: Option<(String, i64)>,
    /// The account when the review closed
    pub result: Option<Opening>,
}

/// How far a review is, of one organisation or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Organisation
    pub organisation: String,
    /// Rows by state, in the order of `RowState::ALL`
    pub counts: [u32; 6],
    /// Rows without facts yet
    pub without_facts: u32,
}

impl Progress {
    /// How many rows stand so.
    pub fn count(&self, state: RowState) -> u32 {
        self.counts.get(state as usize).copied().unwrap_or(0)
    }

    /// All rows.
    pub fn all(&self) -> u32 {
        self.counts.iter().sum()
    }
}

/// Place of a row's sealed values.
pub(super) fn row_key(review: &str, account: &str) -> String {
    format!("{review}/{account}")
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT account, organisation, system, state, opening, facts, facts_at_us, decision, decided_by, decided_at_us,
                result FROM campaign_review_row ",
            $rest
        )
    };
}

impl Campaigns {
    /// Rows of a review by organisation and account, in one state or in all; a page begins after the organisation and
    /// account of the last one.
    pub fn review_rows(
        &self,
        review: &str,
        reach: Reach<'_>,
        state: Option<RowState>,
        after: Option<(String, String)>,
        limit: u32,
    ) -> Result<Vec<ReviewRow>, CampaignError> {
        let (organisation, account) = after.unwrap_or_default();
        let only = match reach {
            Reach::All => "",
            Reach::Of(own) => own,
        };
        let rows = self.store.read("campaign.review_rows", |tx| {
            tx.query(
                select!(
                    "WHERE review = $1 AND (organisation > $2 OR (organisation = $2 AND account > $3))
                        AND ($4 = '' OR organisation = $4) AND ($5 = '' OR state = $5)
                     ORDER BY organisation, account LIMIT $6"
                ),
                &[
                    review.into(),
                    organisation.as_str().into(),
                    account.as_str().into(),
                    only.into(),
                    state.map_or("", RowState::name).into(),
                    limit.into(),
                ],
            )
        })?;
        rows.iter().map(|row| self.open_review_row(review, row)).collect()
    }

    /// One row.
    pub fn review_row(
        &self,
        review: &str,
        account: &str,
        reach: Reach<'_>,
    ) -> Result<Option<ReviewRow>, CampaignError> {
        let row = self.store.read("campaign.review_row", |tx| {
            tx.query_opt(select!("WHERE review = $1 AND account = $2"), &[review.into(), account.into()])
        })?;
        let row = row.map(|row| self.open_review_row(review, &row)).transpose()?;
        Ok(row.filter(|row| reach.covers(&row.organisation)))
    }

    /// How far each organisation is, by organisation.
    pub fn review_progress(&self, review: &str, reach: Reach<'_>) -> Result<Vec<Progress>, CampaignError> {
        let rows = self.store.read("campaign.review_progress", |tx| {
            tx.query(
                "SELECT organisation, state, COUNT(*), SUM(CASE WHEN facts_at_us IS NULL THEN 1 ELSE 0 END)
                 FROM campaign_review_row WHERE review = $1 GROUP BY organisation, state ORDER BY organisation, state",
                &[review.into()],
            )
        })?;
        let mut all: Vec<Progress> = Vec::new();
        for row in &rows {
            let organisation = row.text(0)?;
            if !reach.covers(organisation) {
                continue;
            }
            let state = RowState::from_name(row.text(1)?).ok_or(CampaignError::Damaged(ROWS))?;
            if all.last().is_none_or(|last| last.organisation != organisation) {
                all.push(Progress { organisation: organisation.to_owned(), ..Progress::default() });
            }
            let Some(last) = all.last_mut() else { continue };
            last.without_facts += row.number::<u32>(3)?;
            if let Some(count) = last.counts.get_mut(state as usize) {
                *count = row.number(2)?;
            }
        }
        Ok(all)
    }

    /// The parameters of one more row.
    pub(super) fn new_row(
        &self,
        review: &str,
        organisation: &str,
        opening: &Opening,
    ) -> Result<Vec<Value>, CampaignError> {
        let account = opening.image.id.as_str();
        let sealed = self.sealer.seal(ROWS, &row_key(review, account), "opening", opening)?;
        Ok(vec![
            review.into(),
            account.into(),
            organisation.into(),
            opening.image.system.as_str().into(),
            sealed.into(),
        ])
    }

    fn open_review_row(&self, review: &str, row: &Row) -> Result<ReviewRow, CampaignError> {
        let account = row.text(0)?;
        let key = row_key(review, account);
        let facts =
            row.opt_bytes(5)?.map(|sealed| self.sealer.open(ROWS, &key, "facts", sealed)).transpose()?;
        let decided =
            row.opt_bytes(7)?.map(|sealed| self.sealer.open(ROWS, &key, "decision", sealed)).transpose()?;
        let result =
            row.opt_bytes(10)?.map(|sealed| self.sealer.open(ROWS, &key, "result", sealed)).transpose()?;
        Ok(ReviewRow {
            account: account.to_owned(),
            organisation: row.text(1)?.to_owned(),
            system: row.text(2)?.to_owned(),
            state: RowState::from_name(row.text(3)?).ok_or(CampaignError::Damaged(ROWS))?,
            opening: self.sealer.open(ROWS, &key, "opening", row.bytes(4)?)?,
            facts: facts.zip(row.opt_int(6)?),
            decided,
            by: row.opt_text(8)?.map(str::to_owned).zip(row.opt_int(9)?),
            result,
        })
    }
}
