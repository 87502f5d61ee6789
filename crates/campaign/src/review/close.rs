//! What a review does by itself: it opens, reminds, and closes, each in one transaction.
use super::rows::{Opening, ROWS, ReviewRow, row_key};
use super::{Action, Progress, Review, ReviewState, RowState, reminder_due};
use crate::campaigns::{Reach, View};
use crate::events::{self, Event, News};
use crate::history::{self, Deed, Line};
use crate::rules::{Reminded, day_of};
use crate::{CampaignError, Campaigns, Image, Refusal};
use dancu_policy::{Account, AccountState};
use dancu_storage::Value;
use std::sync::Arc;

/// What closing does to one account.
struct End {
    account: String,
    organisation: String,
    conclusion: RowState,
    state: Option<AccountState>,
    row: Vec<Value>,
    line: Option<Line>,
}

impl Campaigns {
    /// Opens reviews whose first day has come; gives how many.
    pub(crate) fn open_reviews(&self, now_us: i64) -> Result<u64, CampaignError> {
        let today = day_of(now_us)?;
        let planned = self.reviews(ReviewState::Planned, None, u32::MAX)?;
        let due = planned.into_iter().filter(|review| review.opens <= today);
        due.map(|review| self.open_due(&review, now_us)).sum()
    }

    fn open_due(&self, review: &Review, now_us: i64) -> Result<u64, CampaignError> {
        self.retrying(|view| {
            let rows = self.opening_rows(view, review)?;
            let told: Vec<Event> = told_organisations(&rows)
                .into_iter()
                .map(|(organisation, accounts)| {
                    Event::new(News::ReviewOpened, &review.id, &organisation, Some(&organisation), now_us)
                        .with("accounts", &accounts)
                        .with("deadline", &review.deadline.iso())
                })
                .collect();
            self.apply("campaign.open_review", now_us, view, |change| {
                let sql = "UPDATE campaign_review SET state = 'open', opened_at_us = $2 WHERE id = $1 AND state = 'planned'";
                let opened = change.tx().execute(sql, &[review.id.as_str().into(), now_us.into()])?;
                if opened == 1 {
                    change.tx().execute_many(
                        "INSERT INTO campaign_review_row (review, account, organisation, system, state, opening)
                         VALUES ($1, $2, $3, $4, 'open', $5)",
                        &rows,
                    )?;
                    events::tell(change.tx(), &told)?;
                }
                Ok(opened)
            })
        })
    }

    fn opening_rows(&self, view: &View, review: &Review) -> Result<Vec<Vec<Value>>, CampaignError> {
        let mut accounts: Vec<Arc<Account>> = Vec::new();
        for account in view.accounts() {
            if review.scope.covers(view, account)? {
                accounts.push(Arc::clone(account));
            }
        }
        let images = self.images(&accounts)?;
        let mut registered = self.registered(&images)?;
        let mut rows = Vec::with_capacity(images.len());
        for image in images {
            let organisation = view.system(&image.system)?.organisation.to_string();
            let registered = registered.remove(&image.id).unwrap_or_default();
            rows.push(self.new_row(&review.id, &organisation, &Opening { image, registered })?);
        }
        Ok(rows)
    }

    /// Reminds organisations with accounts that nobody has decided about; gives how many reminders are new.
    pub(crate) fn remind_of_reviews(&self, now_us: i64) -> Result<u64, CampaignError> {
        let list = self.rules.reminders(Reminded::Review, day_of(now_us)?);
        let mut reminded = 0;
        for review in self.reviews(ReviewState::Open, None, u32::MAX)? {
            let left = review.days_left(now_us)?;
            let Some(due) = reminder_due(&list, left) else { continue };
            let progress = self.review_progress(&review.id, Reach::All)?;
            let told = reminders(&review, &progress, &due.to_string(), left, now_us);
            reminded += self.store.run_tx("campaign.remind_review", |tx| events::tell(tx, &told))?;
        }
        Ok(reminded)
    }

    /// Closes reviews whose last day is over: accounts that nobody confirmed lock, those that were to close do. Gives how
    /// many reviews.
    pub(crate) fn close_reviews(&self, now_us: i64) -> Result<u64, CampaignError> {
        let open = self.reviews(ReviewState::Open, None, u32::MAX)?;
        let over = open.into_iter().filter(|review| review.is_over(now_us));
        over.map(|review| self.close_due(&review, now_us)).sum()
    }

    /// Closes a review before its last day is over. Refused while an account is not decided: nobody loses days that were
    /// given.
    pub fn end_review(&self, id: &str, now_us: i64) -> Result<(), CampaignError> {
        let review = self.review_known(id)?;
        if !review.is_open() {
            return Err(Refusal::NotNow.into());
        }
        match self.close_due(&review, now_us)? {
            0 => Err(Refusal::NotNow.into()),
            _ => Ok(()),
        }
    }

    /// Reminds organisations with accounts that nobody has decided about, of all or one, beside the reminders of the
    /// rules; gives how many were told. Each is told once a day.
    pub fn remind_review(&self, id: &str, only: Option<&str>, now_us: i64) -> Result<u64, CampaignError> {
        let review = self.review_known(id)?;
        if !review.is_open() {
            return Err(Refusal::NotNow.into());
        }
        let distinct = format!("hand-{}", day_of(now_us)?.iso());
        let progress = self.review_progress(id, only.map_or(Reach::All, Reach::Of))?;
        let told = reminders(&review, &progress, &distinct, review.days_left(now_us)?, now_us);
        self.store.run_tx("campaign.remind_review", |tx| events::tell(tx, &told))
    }

    fn close_due(&self, review: &Review, now_us: i64) -> Result<u64, CampaignError> {
        self.retrying(|view| {
            let rows = self.review_rows(&review.id, Reach::All, None, None, u32::MAX)?;
            if !review.is_over(now_us) && rows.iter().any(|row| row.state == RowState::Open) {
                return Err(Refusal::Undecided.into());
            }
            let accounts: Vec<Arc<Account>> =
                rows.iter().map(|row| view.account(&row.account).cloned()).collect::<Result<_, _>>()?;
            let images = self.images(&accounts)?;
            let mut registered = self.registered(&images)?;
            let mut ends = Vec::with_capacity(rows.len());
            for (row, image) in rows.iter().zip(images) {
                let registered = registered.remove(&image.id).unwrap_or_default();
                ends.push(self.end(review, row, &Opening { image, registered }, now_us)?);
            }
            self.apply("campaign.close_review", now_us, view, |change| {
                let sql = "UPDATE campaign_review SET state = 'closed', ended_at_us = $2 WHERE id = $1 AND state = 'open'";
                if change.tx().execute(sql, &[review.id.as_str().into(), now_us.into()])? == 0 {
                    return Ok(0);
                }
                for end in &ends {
                    let sql = "UPDATE campaign_review_row SET state = $4, result = $5
                        WHERE review = $1 AND account = $2 AND state = $3";
                    if change.tx().execute(sql, &end.row)? != 1 {
                        // Decided between looking and closing: look again.
                        return Err(CampaignError::Moved);
                    }
                    if let Some(state) = end.state {
                        change.set_account_state(&end.account, state)?;
                    }
                    history::write(change.tx(), end.line.as_slice())?;
                }
                let progress = ended(&ends);
                events::tell(change.tx(), &closed_events(review, &progress, now_us))?;
                Ok(1)
            })
        })
    }

    fn end(
        &self,
        review: &Review,
        row: &ReviewRow,
        now: &Opening,
        now_us: i64,
    ) -> Result<End, CampaignError> {
        let image = &now.image;
        // Closed in another way meanwhile: then that is how it ended.
        let state = match row.state.after(Action::Deadline).unwrap_or(row.state) {
            RowState::Locked if image.state == AccountState::Closed => RowState::Closed,
            state => state,
        };
        let account = match state {
            RowState::Closed => AccountState::Closed,
            RowState::Locked => AccountState::Locked,
            _ => image.state,
        };
        let after = Image { state: account, ..image.clone() };
        let deed = match state {
            RowState::Closed => Some(Deed::ReviewClosed),
            RowState::Locked => Some(Deed::ReviewLocked),
            _ => None,
        };
        let change = (*image != after).then_some((Some(image), &after));
        let line =
            deed.map(|deed| self.line(&row.account, deed, "", &review.id, change, now_us)).transpose()?;
        let changed = image.state != after.state;
        let result = Opening { image: after, registered: now.registered.clone() };
        let sealed = self.sealer.seal(ROWS, &row_key(&review.id, &row.account), "result", &result)?;
        Ok(End {
            account: row.account.clone(),
            organisation: row.organisation.clone(),
            conclusion: state,
            state: changed.then_some(account),
            row: vec![
                review.id.as_str().into(),
                row.account.as_str().into(),
                row.state.name().into(),
                state.name().into(),
                sealed.into(),
            ],
            line,
        })
    }
}

/// What organisations are told that have not decided about all of their accounts.
fn reminders(review: &Review, progress: &[Progress], due: &str, left: i32, now_us: i64) -> Vec<Event> {
    let waiting = progress.iter().filter(|of| of.count(RowState::Open) > 0);
    let event = |of: &Progress| {
        let distinct = format!("{due}/{}", of.organisation);
        Event::new(News::ReviewReminder, &review.id, &distinct, Some(&of.organisation), now_us)
            .with("open", &of.count(RowState::Open))
            .with("days", &left)
            .with("deadline", &review.deadline.iso())
    };
    waiting.map(event).collect()
}

/// Organisations of rows that are to be written, with their accounts.
fn told_organisations(rows: &[Vec<Value>]) -> Vec<(String, u32)> {
    let mut counts = std::collections::BTreeMap::new();
    for row in rows {
        if let Some(Value::Text(organisation)) = row.get(2) {
            *counts.entry(organisation.clone()).or_insert(0) += 1;
        }
    }
    counts.into_iter().collect()
}

/// How the rows end, by organisation.
fn ended(rows: &[End]) -> Vec<Progress> {
    let mut all: Vec<Progress> = Vec::new();
    for row in rows {
        if all.last().is_none_or(|last| last.organisation != row.organisation) {
            all.push(Progress { organisation: row.organisation.clone(), ..Progress::default() });
        }
        let last = all.last_mut();
        if let Some(count) = last.and_then(|last| last.counts.get_mut(row.conclusion as usize)) {
            *count += 1;
        }
    }
    all
}

/// Each organisation is told of its own, the managing body of all.
fn closed_events(review: &Review, progress: &[Progress], now_us: i64) -> Vec<Event> {
    let counted = |event: Event, of: &Progress| {
        RowState::ALL.into_iter().fold(event, |event, state| match of.count(state) {
            0 => event,
            count => event.with(state.name(), &count),
        })
    };
    let mut events: Vec<Event> = progress
        .iter()
        .map(|of| {
            let organisation = of.organisation.as_str();
            counted(Event::new(News::ReviewClosed, &review.id, organisation, Some(organisation), now_us), of)
        })
        .collect();
    let mut all = Progress::default();
    for (sum, at) in all.counts.iter_mut().zip(0..) {
        *sum = progress.iter().filter_map(|of| of.counts.get(at)).sum();
    }
    events.push(counted(Event::new(News::ReviewClosed, &review.id, "", None, now_us), &all));
    events
}
