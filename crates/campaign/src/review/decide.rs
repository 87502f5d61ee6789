//! What a unit says of its accounts, one or many at once, and taking it back. It is in force at once: an account that a
//! unit closes is locked from that moment.
use super::rows::{Decided, ROWS, ReviewRow, row_key};
use super::{Action, RowState};
use crate::campaigns::{Reach, View};
use crate::history::{self, Deed, Line};
use crate::import::expect_one;
use crate::rules::day_of;
use crate::{CampaignError, Campaigns, Image, Refusal, table};
use dancu_citizen::{CivilDate, ClaimedName};
use dancu_exchange::PreparedAccount;
use dancu_policy::{AccountState, Role};
use dancu_storage::Value;
use std::fmt;

/// What is said of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They stay as they are
    Confirm,
    /// They stay, changed
    Change(AccountChange),
    /// They are not needed any more: locked now, closed at the deadline
    Close,
}

/// What changes; what is none stays. `Debug` shows nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Name of the holder
    pub full_name: Option<String>,
    /// Telephone number of the holder
    pub phone: Option<String>,
    /// Role
    pub role: Option<Role>,
    /// Calls a day: fewer than before; more need a request
    pub daily_quota: Option<u32>,
}

impl fmt::Debug for AccountChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountChange")
            .field("role", &self.role)
            .field("daily_quota", &self.daily_quota)
            .finish_non_exhaustive()
    }
}

/// A decision about accounts of a review. `Debug` shows no words.
#[derive(Clone)]
pub struct Decide<'a> {
    /// The review
    pub review: &'a str,
    /// The accounts: all of them or none
    pub accounts: &'a [&'a str],
    /// What is said
    pub decision: Decision,
    /// Words to it; the proposal in the report
    pub note: &'a str,
    /// Who keeps the account, for one that no person holds; never a contractor (official letter 2761/BCA-QLHCTTXH)
    pub holder: &'a str,
}

impl fmt::Debug for Decide<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decide")
            .field("review", &self.review)
            .field("accounts", &self.accounts)
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}

/// One row of what a transaction writes.
struct Step {
    account: Option<PreparedAccount>,
    line: Line,
    row: Vec<Value>,
}

impl Campaigns {
    /// Decides about accounts of an open review, until its last day is over. Refused when one of them was decided already.
    pub fn decide(
        &self,
        given: &Decide<'_>,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        if given.accounts.is_empty() {
            return Err(Refusal::Empty.into());
        }
        self.retrying(|view| {
            self.expect_open(given.review, now_us)?;
            let steps: Vec<Step> = given
                .accounts
                .iter()
                .map(|account| self.decided(view, given, account, reach, by, now_us))
                .collect::<Result<_, _>>()?;
            let sql = "UPDATE campaign_review_row SET state = $4, decision = $5, decided_by = $6, decided_at_us = $7
                WHERE review = $1 AND account = $2 AND state = $3";
            self.write_steps("campaign.decide", view, given.review, &steps, sql, now_us)
        })
    }

    /// Takes decisions back, until the last day is over: the accounts are as they were. Refused when anything else has
    /// touched one of them since.
    pub fn undo_decision(
        &self,
        review: &str,
        accounts: &[&str],
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        if accounts.is_empty() {
            return Err(Refusal::Empty.into());
        }
        self.retrying(|view| {
            self.expect_open(review, now_us)?;
            let steps: Vec<Step> = accounts
                .iter()
                .map(|account| self.undone(view, review, account, reach, by, now_us))
                .collect::<Result<_, _>>()?;
            let sql = "UPDATE campaign_review_row SET state = $4, decision = NULL, decided_by = NULL, decided_at_us = NULL
                WHERE review = $1 AND account = $2 AND state = $3";
            self.write_steps("campaign.undo_decision", view, review, &steps, sql, now_us)
        })
    }

    fn expect_open(&self, review: &str, now_us: i64) -> Result<(), CampaignError> {
        let review = self.review_known(review)?;
        if !review.is_open() {
            return Err(Refusal::NotNow.into());
        }
        // The deadline stands whether or not somebody has closed the review yet.
        if review.is_over(now_us) { Err(Refusal::TooLate.into()) } else { Ok(()) }
    }

    fn reviewed(&self, review: &str, account: &str, reach: Reach<'_>) -> Result<ReviewRow, CampaignError> {
        self.review_row(review, account, reach)?.ok_or_else(|| CampaignError::unknown("account", account))
    }

    fn decided(
        &self,
        view: &View,
        given: &Decide<'_>,
        account: &str,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<Step, CampaignError> {
        let row = self.reviewed(given.review, account, reach)?;
        let before = self.image(view.account(account)?)?;
        let (action, deed, after) = match &given.decision {
            Decision::Confirm => (Action::Confirm, Deed::ReviewConfirmed, before.clone()),
            Decision::Change(change) => {
                (Action::Change, Deed::ReviewChanged, self.changed(&before, change, day_of(now_us)?)?)
            }
            Decision::Close => (Action::Close, Deed::ReviewClosing, locked(&before)),
        };
        let state = row.state.after(action).ok_or(Refusal::NotNow)?;
        if before.state == AccountState::Closed && action != Action::Close {
            return Err(Refusal::Closed.into());
        }
        if before.role == Role::Platform && action != Action::Close && given.holder.trim().is_empty() {
            return Err(Refusal::Holder.into());
        }
        let change = (before != after).then(|| (before.clone(), after.clone()));
        let decided = Decided { note: given.note.to_owned(), holder: given.holder.trim().to_owned(), change };
        let key = row_key(given.review, account);
        let sealed = self.sealer.seal(ROWS, &key, "decision", &decided)?;
        let shown = decided.change.as_ref().map(|(before, after)| (Some(before), after));
        Ok(Step {
            account: shown.map(|(_, after)| after.prepare(&self.exchange, now_us)).transpose()?,
            line: self.line(account, deed, by, given.review, shown, now_us)?,
            row: step(given.review, account, row.state, state, vec![sealed.into(), by.into(), now_us.into()]),
        })
    }

    fn undone(
        &self,
        view: &View,
        review: &str,
        account: &str,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<Step, CampaignError> {
        let row = self.reviewed(review, account, reach)?;
        let state = row.state.after(Action::Undo).ok_or(Refusal::NotNow)?;
        let change = row.decided.and_then(|decided| decided.change);
        let back = match &change {
            Some((before, after)) if self.image(view.account(account)?)? == *after => {
                Some((Some(after), before))
            }
            Some(_) => return Err(Refusal::Touched.into()),
            None => None,
        };
        Ok(Step {
            account: back.map(|(_, before)| before.prepare(&self.exchange, now_us)).transpose()?,
            line: self.line(account, Deed::ReviewUndone, by, review, back, now_us)?,
            row: step(review, account, row.state, state, Vec::new()),
        })
    }

    fn changed(
        &self,
        before: &Image,
        change: &AccountChange,
        day: CivilDate,
    ) -> Result<Image, CampaignError> {
        let mut after = before.clone();
        if let Some(name) = &change.full_name {
            let name = ClaimedName::parse(name).map_err(|_| Refusal::Value)?;
            name.whole().clone_into(&mut after.full_name);
        }
        if let Some(phone) = &change.phone {
            after.phone = Some(table::parse_phone(phone, &self.rules, day).ok_or(Refusal::Value)?);
        }
        if let Some(role) = change.role.filter(|role| *role != before.role) {
            if !self.words.may_give(role) || !self.words.may_give(before.role) {
                return Err(Refusal::RoleKept.into());
            }
            after.role = role;
        }
        if let Some(quota) = change.daily_quota {
            if quota > before.daily_quota {
                return Err(Refusal::QuotaRaise.into());
            }
            after.daily_quota = quota;
        }
        if after == *before { Err(Refusal::Nothing.into()) } else { Ok(after) }
    }

    fn write_steps(
        &self,
        name: &'static str,
        view: &View,
        review: &str,
        steps: &[Step],
        sql: &'static str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.apply(name, now_us, view, |change| {
            // In the transaction once more: the review may close, or another server decide, at this moment.
            let open = "SELECT id FROM campaign_review WHERE id = $1 AND state = 'open'";
            if change.tx().query_opt(open, &[review.into()])?.is_none() {
                return Err(Refusal::NotNow.into());
            }
            for step in steps {
                expect_one(change.tx().execute(sql, &step.row)?)?;
                if let Some(account) = &step.account {
                    change.put_account(account)?;
                }
                history::write(change.tx(), std::slice::from_ref(&step.line))?;
            }
            Ok(())
        })
    }
}

fn locked(before: &Image) -> Image {
    let state = match before.state {
        AccountState::Active => AccountState::Locked,
        other => other,
    };
    Image { state, ..before.clone() }
}

fn step(review: &str, account: &str, from: RowState, to: RowState, rest: Vec<Value>) -> Vec<Value> {
    let mut values: Vec<Value> = vec![review.into(), account.into(), from.name().into(), to.name().into()];
    values.extend(rest);
    values
}
