//! What the journal says of an account, beside the decision about it.
use super::Review;
use super::rows::{ROWS, row_key};
use crate::{CampaignError, Campaigns, Refusal};
use dancu_journal::index::{Index, Query};
use dancu_journal::{Entry, Kind, Outcome};
use dancu_policy::{Hours, VietnamTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Devices and addresses named at most, each.
const MOST_PLACES: usize = 20;
/// Entries read in one go.
const PAGE: usize = 500;
/// Accounts whose facts are gathered from the journal in one go: a few seconds.
const IN_ONE_GO: u32 = 200;
/// Calls of one account that are counted then.
const MOST_CALLS: u32 = 20_000;
/// Facts older than this are gathered anew, microseconds.
const FRESH_US: i64 = 86_400_000_000;

/// Which account, and over which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsWanted<'a> {
    /// Account
    pub account: &'a str,
    /// Its system
    pub system: &'a str,
    /// Begin of the period, microseconds since the epoch
    pub from_us: i64,
    /// Its end
    pub to_us: i64,
    /// The hours that count as night
    pub night: Hours,
}

/// What is known of an account's use in a period. `Debug` shows no address.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// Last call, of any time, microseconds since the epoch
    pub last_use_us: Option<i64>,
    /// Answered verifications (033)
    pub verifications: u32,
    /// Answered look-ups and searches (037)
    pub look_ups: u32,
    /// Of all answered ones those with the number of a case
    pub with_case: u32,
    /// And those without
    pub without_case: u32,
    /// Of all answered ones those at night
    pub at_night: u32,
    /// Refused ones
    pub refused: u32,
    /// Client certificates that were used, the first 16 hexadecimal digits of their fingerprints; 20 at most
    pub devices: BTreeSet<String>,
    /// Addresses they came from; 20 at most
    pub addresses: BTreeSet<String>,
    /// There are more devices or addresses than named
    pub more_places: bool,
    /// There were more calls than were counted
    pub more_calls: bool,
}

impl AccountFacts {
    /// All answered calls.
    pub fn answered(&self) -> u32 {
        self.verifications.saturating_add(self.look_ups)
    }

    /// Counts an entry in.
    pub fn count(&mut self, entry: &Entry, night: Hours) {
        let call = &entry.call;
        self.last_use_us = self.last_use_us.max(Some(call.at_us));
        let counter = match call.service.as_str() {
            "verify" => &mut self.verifications,
            "look_up" | "search" => &mut self.look_ups,
            _ => return,
        };
        if matches!(call.outcome, Outcome::Refused(_)) {
            self.refused += 1;
            return;
        }
        *counter += 1;
        // A number that was erased was there.
        let case = dancu_journal::Part::CaseNumber;
        let has_case = call.personal.case_number.is_some() || entry.erased.contains(&case);
        *(if has_case { &mut self.with_case } else { &mut self.without_case }) += 1;
        self.at_night += u32::from(VietnamTime::of(call.at_us).is_some_and(|time| night.contain(time)));
        let device = call.certificate.map(|fingerprint| hex::encode(fingerprint).chars().take(16).collect());
        self.more_places |= !add(&mut self.devices, device);
        self.more_places |= !add(&mut self.addresses, call.personal.source_address.clone());
    }
}

fn add(places: &mut BTreeSet<String>, place: Option<String>) -> bool {
    let Some(place) = place else { return true };
    let fits = places.len() < MOST_PLACES || places.contains(&place);
    if fits {
        places.insert(place);
    }
    fits
}

impl fmt::Debug for AccountFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountFacts")
            .field("verifications", &self.verifications)
            .field("look_ups", &self.look_ups)
            .field("without_case", &self.without_case)
            .finish_non_exhaustive()
    }
}

/// Who knows the facts: the journal's index, or a test. Calls block.
pub trait FactSource {
    /// The facts of one account.
    fn facts(&self, wanted: &FactsWanted<'_>) -> Result<AccountFacts, CampaignError>;
}

/// The facts from the journal's index.
#[derive(Clone, Debug)]
pub struct JournalFacts {
    index: Index,
    most: u32,
}

impl JournalFacts {
    /// Counts `most` calls of an account at most: an account of a platform makes millions, and of those the newest tell
    /// enough.
    pub fn new(index: Index, most: u32) -> Self {
        Self { index, most }
    }

    fn page(&self, query: &Query) -> Result<dancu_journal::index::Found, CampaignError> {
        self.index.search(query).map_err(|error| CampaignError::Facts(error.to_string()))
    }
}

impl FactSource for JournalFacts {
    fn facts(&self, wanted: &FactsWanted<'_>) -> Result<AccountFacts, CampaignError> {
        let of = Query {
            system: Some(wanted.system.to_owned()),
            account: Some(wanted.account.to_owned()),
            ..Query::default()
        };
        let mut facts = AccountFacts::default();
        let newest = self.page(&Query { limit: 1, ..of.clone() })?;
        let Some(last) = newest.entries.first() else { return Ok(facts) };
        facts.last_use_us = Some(last.call.at_us);
        let mut query = Query { from_us: Some(wanted.from_us), to_us: Some(wanted.to_us), limit: PAGE, ..of };
        let mut counted = 0;
        loop {
            let found = self.page(&query)?;
            counted += u32::try_from(found.entries.len()).unwrap_or(u32::MAX);
            let calls = found.entries.iter().filter(|entry| matches!(entry.kind, Kind::Call));
            calls.for_each(|entry| facts.count(entry, wanted.night));
            query.before = found.next;
            facts.more_calls = found.next.is_some() && counted >= self.most;
            if found.next.is_none() || facts.more_calls {
                return Ok(facts);
            }
        }
    }
}

impl Campaigns {
    /// Gathers facts from the journal for some accounts of an open review that have none, or those of yesterday. Gives for how
    /// many; 0 when all are done.
    pub fn gather_from_journal(
        &self,
        review: &str,
        index: &Index,
        now_us: i64,
    ) -> Result<u64, CampaignError> {
        let source = JournalFacts::new(index.clone(), MOST_CALLS);
        self.gather_facts(review, &source, now_us - FRESH_US, IN_ONE_GO, now_us)
    }

    /// Gathers facts for accounts of an open review that have none, or older ones than `older_than_us`: `limit` accounts at
    /// most. Gives how many were done; 0 when all are. Long work: call it again and again, and show `review_progress`.
    pub fn gather_facts(
        &self,
        review: &str,
        source: &dyn FactSource,
        older_than_us: i64,
        limit: u32,
        now_us: i64,
    ) -> Result<u64, CampaignError> {
        let review: Review = self.review_known(review)?;
        if !review.is_open() {
            return Err(Refusal::NotNow.into());
        }
        let night = self.rules.night(crate::rules::day_of(now_us)?)?;
        let rows = self.store.read("campaign.facts_missing", |tx| {
            tx.query(
                "SELECT account, system FROM campaign_review_row
                 WHERE review = $1 AND (facts_at_us IS NULL OR facts_at_us < $2) ORDER BY account LIMIT $3",
                &[review.id.as_str().into(), older_than_us.into(), limit.into()],
            )
        })?;
        let mut gathered = 0;
        for row in &rows {
            let (account, system) = (row.text(0)?, row.text(1)?);
            let wanted = FactsWanted { account, system, from_us: review.facts_from_us, to_us: now_us, night };
            let facts = source.facts(&wanted)?;
            let sealed = self.sealer.seal(ROWS, &row_key(&review.id, account), "facts", &facts)?;
            gathered += self.store.run_tx("campaign.gather_facts", |tx| {
                let sql = "UPDATE campaign_review_row SET facts = $3, facts_at_us = $4 WHERE review = $1 AND account = $2";
                let values = [review.id.as_str().into(), account.into(), (&sealed).into(), now_us.into()];
                Ok::<_, CampaignError>(tx.execute(sql, &values)?)
            })?;
        }
        Ok(gathered)
    }
}
