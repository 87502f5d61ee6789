//! Requests to raise an account's daily quota: asked with the cases that need it, decided by somebody else, in force from
//! the decision to their last day.
use crate::campaigns::Reach;
use crate::events::{self, Event, News};
use crate::history::{self, Deed};
use crate::import::expect_one;
use crate::rules::day_of;
use crate::sealed::random_id;
use crate::table::propose;
use crate::{CampaignError, Campaigns, Image, Refusal, Threshold};
use dancu_citizen::CivilDate;
use dancu_policy::AccountState;
use dancu_storage::{Row, Value};
use std::fmt;

const TABLE: &str = "campaign_quota";

crate::rules::names! {
    /// How far a request is.
    QuotaState {
        /// Waits for a decision
        Requested = "requested",
        /// In force
        Granted = "granted",
        /// Refused
        Refused = "refused",
        /// Taken back by who asked
        Withdrawn = "withdrawn",
        /// Was in force; its last day is over
        Ended = "ended",
    }
}

/// What is asked. `Debug` shows no words.
#[derive(Clone)]
pub struct QuotaAsk<'a> {
    /// The account
    pub account: &'a str,
    /// Cases a day
    pub cases_a_day: u32,
    /// Queries a case
    pub queries_a_case: u32,
    /// Last day; none: for good
    pub until: Option<CivilDate>,
    /// Why so many
    pub reason: &'a str,
}

impl fmt::Debug for QuotaAsk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotaAsk").field("account", &self.account).finish_non_exhaustive()
    }
}

/// A request to raise a quota. `Debug` shows no words.
#[derive(Clone, PartialEq, Eq)]
pub struct QuotaRequest {
    /// Id
    pub id: String,
    /// The account
    pub account: String,
    /// Organisation of its system
    pub organisation: String,
    /// How far it is
    pub state: QuotaState,
    /// Cases a day and queries a case
    pub factors: (u32, u32),
    /// Calls a day asked for
    pub quota: u32,
    /// Calls a day when it was asked, to which it goes back
    pub was: u32,
    /// Last day; none: for good
    pub until: Option<CivilDate>,
    /// Why so many
    pub reason: String,
    /// Staff account that asked, and when
    pub asked: (String, i64),
    /// Staff account that decided, and when
    pub decided: Option<(String, i64)>,
    /// Its words
    pub answer: Option<String>,
    /// When it ended or was withdrawn, microseconds since the epoch
    pub ended_us: Option<i64>,
}

impl fmt::Debug for QuotaRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotaRequest")
            .field("id", &self.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, organisation, state, cases_a_day, queries_a_case, quota, was, until_day, reason,
                asked_by, asked_at_us, decided_by, decided_at_us, answer, ended_at_us FROM campaign_quota ",
            $rest
        )
    };
}

impl Campaigns {
    /// Asks for a higher quota; gives the request's id. One request an account at a time.
    pub fn request_quota(
        &self,
        ask: &QuotaAsk<'_>,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<String, CampaignError> {
        let view = self.view()?;
        let (account, system) = view.within(ask.account, reach)?;
        let today = day_of(now_us)?;
        let most = self.rules.threshold(Threshold::QuotaRequestMax, today)?.min(system.daily_quota);
        let quota = propose(ask.cases_a_day, ask.queries_a_case).map_or(0, |quota| quota.daily);
        if account.state == AccountState::Closed {
            return Err(Refusal::Closed.into());
        }
        if quota <= account.daily_quota || quota > most {
            return Err(Refusal::QuotaRange.into());
        }
        if ask.until.is_some_and(|last| last < today) {
            return Err(Refusal::Day.into());
        }
        let id = random_id()?;
        let values: Vec<Value> = vec![
            id.as_str().into(),
            ask.account.into(),
            system.organisation.as_ref().into(),
            ask.cases_a_day.into(),
            ask.queries_a_case.into(),
            quota.into(),
            account.daily_quota.into(),
            ask.until.map(CivilDate::iso).into(),
            self.sealer.seal(TABLE, &id, "reason", ask.reason)?.into(),
            by.into(),
            now_us.into(),
        ];
        let event = Event::new(News::QuotaRequested, &id, "", None, now_us).with("quota", &quota);
        self.store.run_tx("campaign.request_quota", |tx| {
            let open = "SELECT id FROM campaign_quota WHERE account = $1 AND state = 'requested' LIMIT 1";
            if tx.query_opt(open, &[ask.account.into()])?.is_some() {
                return Err(CampaignError::from(Refusal::Pending));
            }
            tx.execute(
                "INSERT INTO campaign_quota (
                    id, account, organisation, state, cases_a_day, queries_a_case, quota, was, until_day, reason,
                    asked_by, asked_at_us)
                 VALUES ($1, $2, $3, 'requested', $4, $5, $6, $7, $8, $9, $10, $11)",
                &values,
            )?;
            events::tell(tx, std::slice::from_ref(&event))?;
            Ok(())
        })?;
        Ok(id)
    }

    /// Grants or refuses. Whoever asked does not decide. A granted quota is in force at once.
    pub fn decide_quota(
        &self,
        id: &str,
        grant: bool,
        answer: &str,
        by: &str,
        now_us: i64,
    ) -> Result<QuotaRequest, CampaignError> {
        let sealed = self.sealer.seal(TABLE, id, "answer", answer)?;
        self.retrying(|view| {
            let request = self.quota_known(id)?;
            if request.asked.0 == by {
                return Err(Refusal::OwnRequest.into());
            }
            if grant && request.until.is_some_and(|last| day_of(now_us).is_ok_and(|today| last < today)) {
                return Err(Refusal::TooLate.into());
            }
            let account = view.account(&request.account)?;
            if grant && account.state == AccountState::Closed {
                return Err(Refusal::Closed.into());
            }
            // What was granted or changed since it was asked is what it goes back to.
            let was = account.daily_quota;
            if grant && request.quota <= was {
                return Err(Refusal::QuotaRange.into());
            }
            let before = Image::of(account, None);
            let after = Image { daily_quota: request.quota, ..before.clone() };
            let line = self.line(&account.id, Deed::QuotaGranted, by, id, Some((Some(&before), &after)), now_us)?;
            let state = if grant { QuotaState::Granted } else { QuotaState::Refused };
            let event = Event::new(News::QuotaDecided, id, "", Some(&request.organisation), now_us)
                .with("state", &state.name())
                .with("account", &request.account);
            self.apply("campaign.decide_quota", now_us, view, |change| {
                let sql = "UPDATE campaign_quota SET state = $2, decided_by = $3, decided_at_us = $4, answer = $5, was = $6
                    WHERE id = $1 AND state = 'requested'";
                let values =
                    [id.into(), state.name().into(), by.into(), now_us.into(), (&sealed).into(), was.into()];
                expect_one(change.tx().execute(sql, &values)?)?;
                if grant {
                    change.set_account_quota(&request.account, request.quota)?;
                    history::write(change.tx(), std::slice::from_ref(&line))?;
                }
                events::tell(change.tx(), std::slice::from_ref(&event))?;
                Ok(())
            })
        })?;
        self.quota_known(id)
    }

    /// Takes a request back; only whoever asked may.
    pub fn withdraw_quota(&self, id: &str, by: &str, now_us: i64) -> Result<(), CampaignError> {
        let request = self.quota_known(id)?;
        if request.asked.0 != by {
            return Err(Refusal::NotYours.into());
        }
        self.store.run_tx("campaign.withdraw_quota", |tx| {
            let sql = "UPDATE campaign_quota SET state = 'withdrawn', ended_at_us = $2 WHERE id = $1 AND state = 'requested'";
            expect_one(tx.execute(sql, &[id.into(), now_us.into()])?)
        })
    }

    /// One request.
    pub fn quota_request(&self, id: &str, reach: Reach<'_>) -> Result<Option<QuotaRequest>, CampaignError> {
        let row = self
            .store
            .read("campaign.quota_request", |tx| tx.query_opt(select!("WHERE id = $1"), &[id.into()]))?;
        let request = row.map(|row| self.open_quota(&row)).transpose()?;
        Ok(request.filter(|request| reach.covers(&request.organisation)))
    }

    /// Requests in a state, oldest first; a page begins after the time and id of the last one.
    pub fn quota_requests(
        &self,
        state: QuotaState,
        reach: Reach<'_>,
        after: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<QuotaRequest>, CampaignError> {
        let (at, id) = after.unwrap_or((i64::MIN, String::new()));
        let organisation = match reach {
            Reach::All => "",
            Reach::Of(own) => own,
        };
        let rows = self.store.read("campaign.quota_requests", |tx| {
            tx.query(
                select!(
                    "WHERE state = $1 AND (asked_at_us > $2 OR (asked_at_us = $2 AND id > $3))
                        AND ($4 = '' OR organisation = $4) ORDER BY asked_at_us, id LIMIT $5"
                ),
                &[state.name().into(), at.into(), id.as_str().into(), organisation.into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_quota(row)).collect()
    }

    /// Requests of an account, newest first.
    pub fn quota_requests_of(&self, account: &str, limit: u32) -> Result<Vec<QuotaRequest>, CampaignError> {
        let rows = self.store.read("campaign.quota_requests_of", |tx| {
            let sql = select!("WHERE account = $1 ORDER BY asked_at_us DESC, id DESC LIMIT $2");
            tx.query(sql, &[account.into(), limit.into()])
        })?;
        rows.iter().map(|row| self.open_quota(row)).collect()
    }

    /// Takes granted quotas back whose last day is over; gives how many. A quota that somebody has set since stays.
    pub(crate) fn end_quotas(&self, now_us: i64) -> Result<u64, CampaignError> {
        let today = day_of(now_us)?.iso();
        let rows = self.store.read("campaign.quotas_over", |tx| {
            let sql =
                select!("WHERE state = 'granted' AND until_day < $1 ORDER BY asked_at_us, id LIMIT 500");
            tx.query(sql, &[today.as_str().into()])
        })?;
        let mut ended = 0;
        for row in &rows {
            ended += self.end_quota(&self.open_quota(row)?, now_us)?;
        }
        Ok(ended)
    }

    fn end_quota(&self, request: &QuotaRequest, now_us: i64) -> Result<u64, CampaignError> {
        let event = Event::new(News::QuotaEnded, &request.id, "", Some(&request.organisation), now_us)
            .with("account", &request.account);
        self.retrying(|view| {
            let account = view.account(&request.account)?;
            let before = Image::of(account, None);
            let after = Image { daily_quota: request.was, ..before.clone() };
            let line =
                self.line(&account.id, Deed::QuotaEnded, "", &request.id, Some((Some(&before), &after)), now_us)?;
            self.apply("campaign.end_quota", now_us, view, |change| {
                let sql = "UPDATE campaign_quota SET state = 'ended', ended_at_us = $2 WHERE id = $1 AND state = 'granted'";
                let ended = change.tx().execute(sql, &[request.id.as_str().into(), now_us.into()])?;
                if ended == 1 && account.daily_quota == request.quota {
                    change.set_account_quota(&request.account, request.was)?;
                    history::write(change.tx(), std::slice::from_ref(&line))?;
                    events::tell(change.tx(), std::slice::from_ref(&event))?;
                }
                Ok(ended)
            })
        })
    }

    fn quota_known(&self, id: &str) -> Result<QuotaRequest, CampaignError> {
        self.quota_request(id, Reach::All)?.ok_or_else(|| CampaignError::unknown("quota request", id))
    }

    fn open_quota(&self, row: &Row) -> Result<QuotaRequest, CampaignError> {
        let id = row.text(0)?;
        let until = row.opt_text(8)?.map(CivilDate::parse_iso).transpose();
        let answer = row.opt_bytes(14)?.map(|sealed| self.sealer.open(TABLE, id, "answer", sealed));
        Ok(QuotaRequest {
            id: id.to_owned(),
            account: row.text(1)?.to_owned(),
            organisation: row.text(2)?.to_owned(),
            state: QuotaState::from_name(row.text(3)?).ok_or(CampaignError::Damaged(TABLE))?,
            factors: (row.number(4)?, row.number(5)?),
            quota: row.number(6)?,
            was: row.number(7)?,
            until: until.map_err(|_| CampaignError::Damaged(TABLE))?,
            reason: self.sealer.open(TABLE, id, "reason", row.bytes(9)?)?,
            asked: (row.text(10)?.to_owned(), row.int(11)?),
            decided: row.opt_text(12)?.map(str::to_owned).zip(row.opt_int(13)?),
            answer: answer.transpose()?,
            ended_us: row.opt_int(15)?,
        })
    }
}
