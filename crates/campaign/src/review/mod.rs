//! Account reviews: every account is confirmed, changed or closed by its unit until the deadline, or it locks.
mod close;
mod decide;
mod facts;
mod report;
mod rows;
mod state;

pub use decide::{AccountChange, Decide, Decision};
pub use facts::{AccountFacts, FactSource, FactsWanted, JournalFacts};
pub(crate) use report::day;
pub use report::{ReportRow, ReviewReport};
pub use rows::{Decided, Opening, Progress, ReviewRow};
pub use state::{Action, RowState};

use crate::campaigns::View;
use crate::import::expect_one;
use crate::rules::{day_of, days_between};
use crate::sealed::random_id;
use crate::{CampaignError, Campaigns, Refusal, Threshold};
use dancu_citizen::CivilDate;
use dancu_policy::{Account, Deadlines};
use dancu_storage::{Row, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

const TABLE: &str = "campaign_review";

crate::rules::names! {
    /// How far a review is.
    ReviewState {
        /// Its first day has not come
        Planned = "planned",
        /// Units decide
        Open = "open",
        /// The deadline has passed
        Closed = "closed",
        /// Called off before it closed
        Cancelled = "cancelled",
    }
}

/// Whose accounts are reviewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All
    All,
    /// Those of these organisations
    Organisations(Vec<String>),
    /// Those of these systems
    Systems(Vec<String>),
}

impl Scope {
    /// Closed accounts reach nothing and are not reviewed.
    fn covers(&self, view: &View, account: &Account) -> Result<bool, CampaignError> {
        Ok(account.state != dancu_policy::AccountState::Closed
            && match self {
                Self::All => true,
                Self::Systems(systems) => systems.iter().any(|id| *id == *account.system),
                Self::Organisations(ids) => {
                    let organisation = &view.system(&account.system)?.organisation;
                    ids.iter().any(|id| **id == **organisation)
                }
            })
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::All => false,
            Self::Organisations(ids) | Self::Systems(ids) => ids.is_empty(),
        }
    }
}

/// A review that is to be.
#[derive(Clone, Debug)]
pub struct NewReview<'a> {
    /// What it is called
    pub title: &'a str,
    /// Whose accounts
    pub scope: Scope,
    /// First day
    pub opens: CivilDate,
    /// Last day
    pub deadline: CivilDate,
    /// First day of the period whose look-ups are counted
    pub facts_from: CivilDate,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Id
    pub id: String,
    /// How far it is
    pub state: ReviewState,
    /// What it is called
    pub title: String,
    /// Whose accounts
    pub scope: Scope,
    /// First day
    pub opens: CivilDate,
    /// Last day
    pub deadline: CivilDate,
    /// Begin of the period whose look-ups are counted, microseconds since the epoch, as all times here
    pub facts_from_us: i64,
    /// Staff account that called it, and when
    pub by: (String, i64),
    /// When it opened
    pub opened_us: Option<i64>,
    /// When it closed or was cancelled
    pub ended_us: Option<i64>,
}

impl Review {
    /// Whether units decide.
    pub fn is_open(&self) -> bool {
        self.state == ReviewState::Open
    }

    /// Whether the last day is over.
    pub fn is_over(&self, now_us: i64) -> bool {
        now_us > Deadlines::end_of(self.deadline)
    }

    /// Days that are left, 0 on the last day.
    pub fn days_left(&self, now_us: i64) -> Result<i32, CampaignError> {
        Ok(days_between(day_of(now_us)?, self.deadline))
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, title, scope, opens_on, deadline, facts_from_us, by_staff, at_us, opened_at_us, ended_at_us
             FROM campaign_review ",
            $rest
        )
    };
}

impl Campaigns {
    /// Calls a review; gives its id. It opens with the `tick` of its first day; a first day that is today opens it at once.
    pub fn plan_review(&self, given: &NewReview<'_>, by: &str, now_us: i64) -> Result<String, CampaignError> {
        let today = day_of(now_us)?;
        if given.opens < today || given.deadline < given.opens || given.facts_from > given.deadline {
            return Err(Refusal::Day.into());
        }
        if given.scope.is_empty() {
            return Err(Refusal::Empty.into());
        }
        let id = random_id()?;
        let scope = serde_json::to_string(&given.scope).map_err(|_| CampaignError::Damaged(TABLE))?;
        let facts_from_us = Deadlines::end_of(given.facts_from) + 1 - crate::rules::DAY_US;
        let values: Vec<Value> = vec![
            id.as_str().into(),
            self.sealer.seal(TABLE, &id, "title", given.title)?.into(),
            scope.into(),
            given.opens.iso().into(),
            given.deadline.iso().into(),
            facts_from_us.into(),
            by.into(),
            now_us.into(),
        ];
        self.store.run_tx("campaign.plan_review", |tx| {
            tx.execute(
                "INSERT INTO campaign_review (
                    id, state, title, scope, opens_on, deadline, facts_from_us, by_staff, at_us)
                 VALUES ($1, 'planned', $2, $3, $4, $5, $6, $7, $8)",
                &values,
            )?;
            Ok::<_, CampaignError>(())
        })?;
        self.open_reviews(now_us)?;
        Ok(id)
    }

    /// Calls a review off. What was decided in it stays in force, accounts that were to close stay locked, and nothing
    /// happens at the deadline.
    pub fn cancel_review(&self, id: &str, now_us: i64) -> Result<(), CampaignError> {
        self.review_known(id)?;
        self.store.run_tx("campaign.cancel_review", |tx| {
            let sql = "UPDATE campaign_review SET state = 'cancelled', ended_at_us = $2
                WHERE id = $1 AND state IN ('planned', 'open')";
            expect_one(tx.execute(sql, &[id.into(), now_us.into()])?)
        })
    }

    /// One review.
    pub fn review(&self, id: &str) -> Result<Option<Review>, CampaignError> {
        let row =
            self.store.read("campaign.review", |tx| tx.query_opt(select!("WHERE id = $1"), &[id.into()]))?;
        row.map(|row| self.open_review(&row)).transpose()
    }

    /// Reviews in a state by deadline; a page begins after the deadline and id of the last one.
    pub fn reviews(
        &self,
        state: ReviewState,
        after: Option<(CivilDate, String)>,
        limit: u32,
    ) -> Result<Vec<Review>, CampaignError> {
        let (day, id) = after.map_or_else(Default::default, |(day, id)| (day.iso(), id));
        let rows = self.store.read("campaign.reviews", |tx| {
            tx.query(
                select!("WHERE state = $1 AND (deadline > $2 OR (deadline = $2 AND id > $3)) ORDER BY deadline, id LIMIT $4"),
                &[state.name().into(), day.as_str().into(), id.as_str().into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_review(row)).collect()
    }

    /// First day after the last review on which the next must have begun; none when there was no review yet.
    pub fn next_review_due(&self, now_us: i64) -> Result<Option<CivilDate>, CampaignError> {
        let row = self.store.read("campaign.last_review", |tx| {
            let sql = "SELECT deadline FROM campaign_review WHERE state = 'closed' ORDER BY deadline DESC, id DESC LIMIT 1";
            tx.query_opt(sql, &[])
        })?;
        let Some(row) = row else { return Ok(None) };
        let last = CivilDate::parse_iso(row.text(0)?).map_err(|_| CampaignError::Damaged(TABLE))?;
        let months = self.rules.threshold(Threshold::ReviewMonths, day_of(now_us)?)?;
        Ok(months_after(last, months))
    }

    pub(crate) fn review_known(&self, id: &str) -> Result<Review, CampaignError> {
        self.review(id)?.ok_or_else(|| CampaignError::unknown("review", id))
    }

    fn open_review(&self, row: &Row) -> Result<Review, CampaignError> {
        let id = row.text(0)?;
        let date =
            |column| CivilDate::parse_iso(row.text(column)?).map_err(|_| CampaignError::Damaged(TABLE));
        Ok(Review {
            id: id.to_owned(),
            state: ReviewState::from_name(row.text(1)?).ok_or(CampaignError::Damaged(TABLE))?,
            title: self.sealer.open(TABLE, id, "title", row.bytes(2)?)?,
            scope: serde_json::from_str(row.text(3)?).map_err(|_| CampaignError::Damaged(TABLE))?,
            opens: date(4)?,
            deadline: date(5)?,
            facts_from_us: row.int(6)?,
            by: (row.text(7)?.to_owned(), row.int(8)?),
            opened_us: row.opt_int(9)?,
            ended_us: row.opt_int(10)?,
        })
    }
}

/// The same day so many months later, or the last of its month.
fn months_after(day: CivilDate, months: u32) -> Option<CivilDate> {
    let months = i32::from(day.year()) * 12 + i32::from(day.month()) - 1 + i32::try_from(months).ok()?;
    let (year, month) = (i16::try_from(months / 12).ok()?, u8::try_from(months % 12 + 1).ok()?);
    (1..=day.day()).rev().find_map(|day| CivilDate::new(year, month, day).ok())
}

/// Days of a list of reminders that a deadline has come as near to: the nearest of them. A `tick` that comes late reminds
/// once, not of each day it missed.
pub(crate) fn reminder_due(list: &[u16], days_left: i32) -> Option<u16> {
    list.iter().copied().filter(|days| (0..=i32::from(*days)).contains(&days_left)).min()
}

impl fmt::Display for ReviewState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_end_where_there_is_no_such_day() {
        let day = |text| CivilDate::parse_iso(text).unwrap();
        assert_eq!(months_after(day("2026-08-31"), 6), Some(day("2027-02-28")));
        assert_eq!(months_after(day("2026-11-21"), 6), Some(day("2027-05-21")));
        assert_eq!(months_after(day("2026-06-30"), 6), Some(day("2026-12-30")));
    }

    #[test]
    fn a_late_reminder_is_the_nearest_one() {
        let list = [14, 7, 3, 1];
        let due: Vec<_> = [15, 14, 13, 7, 5, 2, 1, 0, -1].map(|left| reminder_due(&list, left)).to_vec();
        assert_eq!(due, [None, Some(14), Some(14), Some(7), Some(7), Some(3), Some(1), Some(1), None]);
    }
}
