//! What is to be told to people: written with what happened, in one transaction, and told once.
use crate::{CampaignError, Campaigns};
use dancu_storage::{Row, Tx, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

crate::rules::names! {
    /// What is to be told to people.
    News {
        /// An account locked itself, idle; subject: the account
        IdleLocked = "idle_locked",
        /// A review has opened; subject: the review
        ReviewOpened = "review_opened",
        /// Accounts of an organisation are not reviewed and the deadline comes near
        ReviewReminder = "review_reminder",
        /// A review has closed
        ReviewClosed = "review_closed",
        /// A unit has not registered fully and the deadline comes near; subject: the campaign
        DriveReminder = "drive_reminder",
        /// The deadline of a registration campaign has passed
        DriveClosed = "drive_closed",
        /// Somebody asks for a higher quota; subject: the request
        QuotaRequested = "quota_requested",
        /// It was decided
        QuotaDecided = "quota_decided",
        /// The time of a granted quota is over
        QuotaEnded = "quota_ended",
        /// An account moved or closed on its day; subject: the departure
        DepartureDone = "departure_done",
        /// It could not: the account or its new place have changed
        DepartureFailed = "departure_failed",
    }
}

/// Something to tell. It names accounts, requests and counts, no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Id; the same thing has the same id and is told once
    pub id: String,
    /// When it happened, microseconds since the epoch
    pub at_us: i64,
    /// What
    pub news: News,
    /// Account, review, campaign, request or departure
    pub subject: String,
    /// Organisation to tell; none: the managing body
    pub organisation: Option<String>,
    /// Counts, days and codes
    pub data: BTreeMap<String, String>,
}

impl Event {
    /// An event whose id is made of what it tells, so that it is told once.
    pub(crate) fn new(
        news: News,
        subject: &str,
        distinct: &str,
        organisation: Option<&str>,
        now_us: i64,
    ) -> Self {
        Self {
            id: format!("{}/{subject}/{distinct}", news.name()),
            at_us: now_us,
            news,
            subject: subject.to_owned(),
            organisation: organisation.map(str::to_owned),
            data: BTreeMap::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &impl ToString) -> Self {
        self.data.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Writes events that are not there yet; gives how many.
pub(crate) fn tell(tx: &mut Tx<'_>, events: &[Event]) -> Result<u64, CampaignError> {
    let mut rows = Vec::with_capacity(events.len());
    for event in events {
        let data =
            serde_json::to_string(&event.data).map_err(|_| CampaignError::Damaged("campaign_event"))?;
        rows.push([
            event.id.as_str().into(),
            event.at_us.into(),
            event.news.name().into(),
            event.subject.as_str().into(),
            event.organisation.as_deref().unwrap_or_default().into(),
            Value::from(data),
        ]);
    }
    Ok(tx.execute_many(
        "INSERT INTO campaign_event (id, at_us, kind, subject, organisation, data, told_at_us)
         VALUES ($1, $2, $3, $4, $5, $6, NULL) ON CONFLICT (id) DO NOTHING",
        &rows,
    )?)
}

impl Campaigns {
    /// Events that nobody was told of yet, oldest first.
    pub fn pending_events(&self, limit: u32) -> Result<Vec<Event>, CampaignError> {
        let rows = self.store.read("campaign.pending_events", |tx| {
            tx.query(
                "SELECT id, at_us, kind, subject, organisation, data FROM campaign_event
                 WHERE told_at_us IS NULL ORDER BY at_us, id LIMIT $1",
                &[limit.into()],
            )
        })?;
        rows.iter().map(event).collect()
    }

    /// What an organisation was to be told since a moment, told or not, the newest first; none: the managing body.
    pub fn news(
        &self,
        organisation: Option<&str>,
        since_us: i64,
        limit: u32,
    ) -> Result<Vec<Event>, CampaignError> {
        let rows = self.store.read("campaign.news", |tx| {
            tx.query(
                "SELECT id, at_us, kind, subject, organisation, data FROM campaign_event
                 WHERE organisation = $1 AND at_us >= $2 ORDER BY at_us DESC, id DESC LIMIT $3",
                &[organisation.unwrap_or_default().into(), since_us.into(), limit.into()],
            )
        })?;
        rows.iter().map(event).collect()
    }

    /// Notes that people were told of these events.
    pub fn events_told(&self, ids: &[String], now_us: i64) -> Result<(), CampaignError> {
        let rows: Vec<[Value; 2]> = ids.iter().map(|id| [id.as_str().into(), now_us.into()]).collect();
        self.store.run_tx("campaign.events_told", |tx| {
            let sql = "UPDATE campaign_event SET told_at_us = COALESCE(told_at_us, $2) WHERE id = $1";
            tx.execute_many(sql, &rows)?;
            Ok(())
        })
    }
}

fn event(row: &Row) -> Result<Event, CampaignError> {
    Ok(Event {
        id: row.text(0)?.to_owned(),
        at_us: row.int(1)?,
        news: News::from_name(row.text(2)?).ok_or(CampaignError::Damaged("campaign_event"))?,
        subject: row.text(3)?.to_owned(),
        organisation: Some(row.text(4)?).filter(|text| !text.is_empty()).map(str::to_owned),
        data: serde_json::from_str(row.text(5)?).map_err(|_| CampaignError::Damaged("campaign_event"))?,
    })
}
