//! Staff who move to another unit or leave: the account moves or closes on its day, a successor is named.
use crate::campaigns::{Reach, View};
use crate::events::{self, Event, News};
use crate::history::{self, Deed, Line};
use crate::import::expect_one;
use crate::rules::day_of;
use crate::sealed::random_id;
use crate::{CampaignError, Campaigns, Image, Refusal, wire};
use dancu_citizen::CivilDate;
use dancu_exchange::PreparedAccount;
use dancu_policy::{AccountState, AgencyCode, Role};
use dancu_storage::{Row, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

const TABLE: &str = "campaign_departure";

crate::rules::names! {
    /// How far a departure is.
    DepartureState {
        /// Its day has not come
        Planned = "planned",
        /// Carried out
        Done = "done",
        /// Taken back before its day
        Cancelled = "cancelled",
        /// Could not be carried out on its day: the account or its new place had changed
        Failed = "failed",
    }
}

/// Where somebody goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// Away: the account closes
    Leave,
    /// To another unit, under the same system or another one. Under another one the account closes and a new one with the
    /// same login opens there.
    Move {
        /// Agency of the new unit
        #[serde(with = "wire::code")]
        agency_code: AgencyCode,
        /// Role there
        #[serde(with = "wire::role")]
        role: Role,
        /// System there; none: the same
        system: Option<String>,
    },
}

impl Destination {
    fn kind(&self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Move { .. } => "move",
        }
    }
}

/// Where to and why; sealed, for people write it.
#[derive(Clone, Serialize, Deserialize)]
struct Terms {
    destination: Destination,
    reason: String,
}

/// A departure. `Debug` shows no words.
#[derive(Clone, PartialEq, Eq)]
pub struct Departure {
    /// Id
    pub id: String,
    /// The account
    pub account: String,
    /// Organisation of its system
    pub organisation: String,
    /// How far it is
    pub state: DepartureState,
    /// Where to
    pub destination: Destination,
    /// Day of effect
    pub on: CivilDate,
    /// Account that goes on with the work
    pub successor: Option<String>,
    /// Why
    pub reason: String,
    /// Staff account that said so, and when
    pub by: (String, i64),
    /// When it was carried out, cancelled or failed, microseconds since the epoch
    pub ended_us: Option<i64>,
}

impl fmt::Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Departure").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// What is to happen. `Debug` shows no words.
#[derive(Clone)]
pub struct NewDeparture<'a> {
    /// The account
    pub account: &'a str,
    /// Where to
    pub destination: Destination,
    /// Day of effect, today at the earliest
    pub on: CivilDate,
    /// Account of the same system that goes on with the work
    pub successor: Option<&'a str>,
    /// Why
    pub reason: &'a str,
}

impl fmt::Debug for NewDeparture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewDeparture")
            .field("account", &self.account)
            .field("on", &self.on)
            .finish_non_exhaustive()
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, organisation, state, on_day, successor, terms, by_staff, at_us, ended_at_us
             FROM campaign_departure ",
            $rest
        )
    };
}

/// What carrying a departure out changes.
struct Effect {
    accounts: Vec<PreparedAccount>,
    lines: Vec<Line>,
}

impl Campaigns {
    /// Notes that the holder of an account moves or leaves; gives the id. On a day that is today it takes effect at once,
    /// else with the `tick` of that day.
    pub fn plan_departure(
        &self,
        given: &NewDeparture<'_>,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<String, CampaignError> {
        let today = day_of(now_us)?;
        let view = self.view()?;
        let (account, system) = view.within(given.account, reach)?;
        if account.state == AccountState::Closed {
            return Err(Refusal::Closed.into());
        }
        if given.on < today {
            return Err(Refusal::Day.into());
        }
        let successor =
            given.successor.map(|id| view.account(id).map_err(|_| Refusal::Successor)).transpose()?;
        let fits = |s: &&std::sync::Arc<dancu_policy::Account>| {
            s.id != account.id && s.system == account.system && s.state != AccountState::Closed
        };
        if successor.as_ref().is_some_and(|successor| !fits(successor)) {
            return Err(Refusal::Successor.into());
        }
        self.destined(&view, &Image::of(account, None), &given.destination)?;
        let id = random_id()?;
        let terms = Terms { destination: given.destination.clone(), reason: given.reason.to_owned() };
        let values: Vec<Value> = vec![
            id.as_str().into(),
            given.account.into(),
            system.organisation.as_ref().into(),
            given.destination.kind().into(),
            given.on.iso().into(),
            given.successor.into(),
            self.sealer.seal(TABLE, &id, "terms", &terms)?.into(),
            by.into(),
            now_us.into(),
        ];
        self.store.run_tx("campaign.plan_departure", |tx| {
            let open = "SELECT id FROM campaign_departure WHERE account = $1 AND state = 'planned' LIMIT 1";
            if tx.query_opt(open, &[given.account.into()])?.is_some() {
                return Err(CampaignError::from(Refusal::Pending));
            }
            tx.execute(
                "INSERT INTO campaign_departure (
                    id, account, organisation, kind, state, on_day, successor, terms, by_staff, at_us)
                 VALUES ($1, $2, $3, $4, 'planned', $5, $6, $7, $8, $9)",
                &values,
            )?;
            Ok(())
        })?;
        if given.on == today {
            self.carry_out(&self.departure_known(&id)?, now_us)?;
        }
        Ok(id)
    }

    /// Takes a departure back before its day.
    pub fn cancel_departure(
        &self,
        id: &str,
        reach: Reach<'_>,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        let departure = self.departure_known(id)?;
        if !reach.covers(&departure.organisation) {
            return Err(CampaignError::unknown("departure", id));
        }
        self.store.run_tx("campaign.cancel_departure", |tx| {
            let sql = "UPDATE campaign_departure SET state = 'cancelled', ended_by = $2, ended_at_us = $3
                WHERE id = $1 AND state = 'planned'";
            expect_one(tx.execute(sql, &[id.into(), by.into(), now_us.into()])?)
        })
    }

    /// Departures of an account, newest first.
    pub fn departures_of(&self, account: &str, limit: u32) -> Result<Vec<Departure>, CampaignError> {
        let rows = self.store.read("campaign.departures_of", |tx| {
            tx.query(
                select!("WHERE account = $1 ORDER BY at_us DESC, id DESC LIMIT $2"),
                &[account.into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_departure(row)).collect()
    }

    /// Departures in a state by day; a page begins after the day and id of the last one.
    pub fn departures(
        &self,
        state: DepartureState,
        reach: Reach<'_>,
        after: Option<(CivilDate, String)>,
        limit: u32,
    ) -> Result<Vec<Departure>, CampaignError> {
        let (day, id) = after.map_or_else(Default::default, |(day, id)| (day.iso(), id));
        let organisation = match reach {
            Reach::All => "",
            Reach::Of(own) => own,
        };
        let rows = self.store.read("campaign.departures", |tx| {
            tx.query(
                select!(
                    "WHERE state = $1 AND (on_day > $2 OR (on_day = $2 AND id > $3)) AND ($4 = '' OR organisation = $4)
                     ORDER BY on_day, id LIMIT $5"
                ),
                &[state.name().into(), day.as_str().into(), id.as_str().into(), organisation.into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_departure(row)).collect()
    }

    /// Carries out what is due; gives how many.
    pub(crate) fn carry_out_departures(&self, now_us: i64) -> Result<u64, CampaignError> {
        let today = day_of(now_us)?.iso();
        let rows = self.store.read("campaign.departures_due", |tx| {
            let sql = select!("WHERE state = 'planned' AND on_day <= $1 ORDER BY on_day, id LIMIT 500");
            tx.query(sql, &[today.as_str().into()])
        })?;
        let mut done = 0;
        for row in &rows {
            done += self.carry_out(&self.open_departure(row)?, now_us)?;
        }
        Ok(done)
    }

    fn carry_out(&self, departure: &Departure, now_us: i64) -> Result<u64, CampaignError> {
        self.retrying(|view| {
            let effect = match self.effect(view, departure, now_us) {
                Ok(effect) => Some(effect),
                Err(CampaignError::Refused(_) | CampaignError::Unknown { .. }) => None,
                Err(other) => return Err(other),
            };
            let (state, news) = match effect {
                Some(_) => (DepartureState::Done, News::DepartureDone),
                None => (DepartureState::Failed, News::DepartureFailed),
            };
            let event = Event::new(news, &departure.id, "", Some(&departure.organisation), now_us)
                .with("account", &departure.account)
                .with("kind", &departure.destination.kind());
            self.apply("campaign.departure", now_us, view, |change| {
                let sql = "UPDATE campaign_departure SET state = $2, ended_by = '', ended_at_us = $3
                    WHERE id = $1 AND state = 'planned'";
                let values = [departure.id.as_str().into(), state.name().into(), now_us.into()];
                let done = change.tx().execute(sql, &values)?;
                if done == 1 {
                    for account in effect.iter().flat_map(|effect| &effect.accounts) {
                        change.put_account(account)?;
                    }
                    history::write(change.tx(), effect.as_ref().map_or(&[], |effect| &effect.lines))?;
                    events::tell(change.tx(), std::slice::from_ref(&event))?;
                }
                Ok(done)
            })
        })
    }

    fn effect(&self, view: &View, departure: &Departure, now_us: i64) -> Result<Effect, CampaignError> {
        let before = self.image(view.account(&departure.account)?)?;
        if before.state == AccountState::Closed {
            return Err(Refusal::Closed.into());
        }
        let by = departure.by.0.as_str();
        let mut effect = Effect { accounts: Vec::new(), lines: Vec::new() };
        let mut add = |deed, before: Option<&Image>, after: &Image| {
            effect.accounts.push(after.prepare(&self.exchange, now_us)?);
            effect.lines.push(self.line(
                &after.id,
                deed,
                by,
                &departure.id,
                Some((before, after)),
                now_us,
            )?);
            Ok::<_, CampaignError>(())
        };
        let closed = Image { state: AccountState::Closed, ..before.clone() };
        match self.destined(view, &before, &departure.destination)? {
            None => add(Deed::Left, Some(&before), &closed)?,
            Some(there) if there.system == before.system => add(Deed::Moved, Some(&before), &there)?,
            Some(mut there) => {
                there.id = format!("account-{}", random_id()?);
                add(Deed::Moved, Some(&before), &closed)?;
                add(Deed::Moved, None, &there)?;
            }
        }
        Ok(effect)
    }

    /// The account at its destination; none where it closes.
    fn destined(
        &self,
        view: &View,
        before: &Image,
        to: &Destination,
    ) -> Result<Option<Image>, CampaignError> {
        let Destination::Move { agency_code, role, system } = to else { return Ok(None) };
        let id = system.as_deref().unwrap_or(&before.system);
        let system = view.system(id)?;
        if !view.organisation(&system.organisation)?.code.covers(agency_code.as_str()) {
            return Err(Refusal::CodeOutside.into());
        }
        if *role != before.role && !self.words.may_give(*role) {
            return Err(Refusal::RoleKept.into());
        }
        let rules = view.snapshot.rules.system(id).ok_or_else(|| CampaignError::unknown("system", id))?;
        if id != before.system && rules.by_login(&before.login).is_some() {
            return Err(Refusal::LoginTaken.into());
        }
        Ok(Some(Image {
            system: id.to_owned(),
            agency_code: agency_code.clone(),
            role: *role,
            daily_quota: before.daily_quota.min(system.daily_quota),
            ..before.clone()
        }))
    }

    fn departure_known(&self, id: &str) -> Result<Departure, CampaignError> {
        let row = self
            .store
            .read("campaign.departure_of", |tx| tx.query_opt(select!("WHERE id = $1"), &[id.into()]))?;
        self.open_departure(&row.ok_or_else(|| CampaignError::unknown("departure", id))?)
    }

    fn open_departure(&self, row: &Row) -> Result<Departure, CampaignError> {
        let id = row.text(0)?;
        let terms: Terms = self.sealer.open(TABLE, id, "terms", row.bytes(6)?)?;
        Ok(Departure {
            id: id.to_owned(),
            account: row.text(1)?.to_owned(),
            organisation: row.text(2)?.to_owned(),
            state: DepartureState::from_name(row.text(3)?).ok_or(CampaignError::Damaged(TABLE))?,
            destination: terms.destination,
            on: CivilDate::parse_iso(row.text(4)?).map_err(|_| CampaignError::Damaged(TABLE))?,
            successor: row.opt_text(5)?.map(str::to_owned),
            reason: terms.reason,
            by: (row.text(7)?.to_owned(), row.int(8)?),
            ended_us: row.opt_int(9)?,
        })
    }
}
