//! Registration campaigns (KN-14): which of the expected units have registered fully, partly, not at all; what is missing;
//! whom to remind.
mod letter;
mod standing;
mod units;

pub use letter::Letter;
pub use standing::{Missing, Standing, UnitStanding};
pub use units::{Unit, UnitFault, UnitList};

use crate::events::{self, Event, News};
use crate::review::reminder_due;
use crate::rules::{Reminded, day_of, days_between};
use crate::sealed::random_id;
use crate::{CampaignError, Campaigns, Level, Refusal, Threshold};
use dancu_citizen::CivilDate;
use dancu_policy::{AgencyCode, Deadlines};
use dancu_storage::{Row, Value};
use std::collections::BTreeMap;

const TABLE: &str = "campaign_drive";

crate::rules::names! {
    /// How far a registration campaign is.
    DriveState {
        /// Its last day is not over
        Open = "open",
        /// It is; standings are still those of the moment
        Closed = "closed",
    }
}

/// Units by standing, in the order of `Standing::ALL`: none, partly, full.
pub type Counts = [u32; 3];

/// A registration campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drive {
    /// Id
    pub id: String,
    /// How far it is
    pub state: DriveState,
    /// What it is called
    pub title: String,
    /// Last day
    pub deadline: CivilDate,
    /// Staff account that called it, and when, microseconds since the epoch
    pub by: (String, i64),
    /// Units by level and standing when the deadline passed
    pub result: Option<BTreeMap<Level, Counts>>,
}

/// Where all expected units stand at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriveReport {
    /// The campaign
    pub drive: Drive,
    /// Day of the report
    pub today: CivilDate,
    /// Units by level and code
    pub units: Vec<UnitStanding>,
}

impl DriveReport {
    /// Units of each level by standing.
    pub fn by_level(&self) -> BTreeMap<Level, Counts> {
        let mut levels: BTreeMap<Level, Counts> = BTreeMap::new();
        for unit in &self.units {
            let counts = levels.entry(unit.unit.level).or_default();
            if let Some(count) = counts.get_mut(unit.standing as usize) {
                *count += 1;
            }
        }
        levels
    }

    /// Units of all levels by standing.
    pub fn counts(&self) -> Counts {
        Standing::ALL.map(|standing| {
            let count = self.units.iter().filter(|unit| unit.standing == standing).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        })
    }

    /// What units that have not registered fully are told.
    fn reminders(&self, due: &str, now_us: i64) -> Vec<Event> {
        let left = days_between(self.today, self.drive.deadline);
        let event = |unit: &UnitStanding| {
            let (id, distinct) = (&self.drive.id, format!("{due}/{}", unit.unit.code));
            Event::new(News::DriveReminder, id, &distinct, unit.organisation.as_deref(), now_us)
                .with("unit", &unit.unit.code)
                .with("standing", &unit.standing.name())
                .with("days", &left)
                .with("deadline", &self.drive.deadline.iso())
        };
        self.behind().map(event).collect()
    }

    /// Units that have not registered fully.
    pub fn behind(&self) -> impl Iterator<Item = &UnitStanding> {
        self.units.iter().filter(|unit| unit.standing != Standing::Full)
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, state, title, deadline, by_staff, at_us, result FROM campaign_drive ", $rest)
    };
}

impl Campaigns {
    /// Calls a registration campaign of these units; gives its id. Levels that have ended by the deadline are refused.
    pub fn open_drive(
        &self,
        title: &str,
        deadline: CivilDate,
        units: &[Unit],
        by: &str,
        now_us: i64,
    ) -> Result<String, CampaignError> {
        if deadline < day_of(now_us)? {
            return Err(Refusal::Day.into());
        }
        if units.is_empty() {
            return Err(Refusal::Empty.into());
        }
        if units.iter().any(|unit| !self.rules.has_level(unit.level, deadline)) {
            return Err(Refusal::Level.into());
        }
        let id = random_id()?;
        let sealed = self.sealer.seal(TABLE, &id, "title", title)?;
        let rows: Vec<Vec<Value>> = units
            .iter()
            .map(|unit| {
                let (code, level) = (unit.code.as_str().into(), unit.level.name().into());
                vec![id.as_str().into(), code, level, unit.name.as_str().into(), unit.accounts.into()]
            })
            .collect();
        self.store.run_tx("campaign.open_drive", |tx| {
            tx.execute(
                "INSERT INTO campaign_drive (id, state, title, deadline, by_staff, at_us)
                 VALUES ($1, 'open', $2, $3, $4, $5)",
                &[id.as_str().into(), (&sealed).into(), deadline.iso().into(), by.into(), now_us.into()],
            )?;
            tx.execute_many(
                "INSERT INTO campaign_unit (drive, code, level, name, accounts) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (drive, code) DO NOTHING",
                &rows,
            )?;
            Ok::<_, CampaignError>(())
        })?;
        Ok(id)
    }

    /// One campaign.
    pub fn drive(&self, id: &str) -> Result<Option<Drive>, CampaignError> {
        let row =
            self.store.read("campaign.drive", |tx| tx.query_opt(select!("WHERE id = $1"), &[id.into()]))?;
        row.map(|row| self.open_drive_row(&row)).transpose()
    }

    /// Campaigns in a state by deadline; a page begins after the deadline and id of the last one.
    pub fn drives(
        &self,
        state: DriveState,
        after: Option<(CivilDate, String)>,
        limit: u32,
    ) -> Result<Vec<Drive>, CampaignError> {
        let (day, id) = after.map_or_else(Default::default, |(day, id)| (day.iso(), id));
        let rows = self.store.read("campaign.drives", |tx| {
            tx.query(
                select!("WHERE state = $1 AND (deadline > $2 OR (deadline = $2 AND id > $3)) ORDER BY deadline, id LIMIT $4"),
                &[state.name().into(), day.as_str().into(), id.as_str().into(), limit.into()],
            )
        })?;
        rows.iter().map(|row| self.open_drive_row(row)).collect()
    }

    /// Where all expected units stand now.
    pub fn drive_report(&self, id: &str, now_us: i64) -> Result<DriveReport, CampaignError> {
        let drive = self.drive(id)?.ok_or_else(|| CampaignError::unknown("campaign", id))?;
        let rows = self.store.read("campaign.units", |tx| {
            tx.query(
                "SELECT code, level, name, accounts FROM campaign_unit WHERE drive = $1 ORDER BY level, code",
                &[id.into()],
            )
        })?;
        let unit = |row: &Row| {
            Ok::<_, CampaignError>(Unit {
                code: AgencyCode::parse(row.text(0)?).map_err(|_| CampaignError::Damaged("campaign_unit"))?,
                level: Level::from_name(row.text(1)?).ok_or(CampaignError::Damaged("campaign_unit"))?,
                name: row.text(2)?.to_owned(),
                accounts: row.number(3)?,
            })
        };
        let units: Vec<Unit> = rows.iter().map(unit).collect::<Result<_, _>>()?;
        let view = self.view()?;
        let units = standing::standings(units, &view.snapshot.rules);
        Ok(DriveReport { drive, today: day_of(now_us)?, units })
    }

    /// How many accounts a unit is expected to have when the list does not say it.
    pub(crate) fn least_accounts(&self, day: CivilDate) -> Result<u32, CampaignError> {
        Ok(self.rules.threshold(Threshold::UnitMinAccounts, day)?)
    }

    /// Reminds units that have not registered fully; gives how many reminders are new.
    pub(crate) fn remind_of_drives(&self, now_us: i64) -> Result<u64, CampaignError> {
        let today = day_of(now_us)?;
        let list = self.rules.reminders(Reminded::Registration, today);
        let mut reminded = 0;
        for drive in self.drives(DriveState::Open, None, u32::MAX)? {
            let left = days_between(today, drive.deadline);
            let Some(due) = reminder_due(&list, left) else { continue };
            let told = self.drive_report(&drive.id, now_us)?.reminders(&due.to_string(), now_us);
            reminded += self.store.run_tx("campaign.remind_drive", |tx| events::tell(tx, &told))?;
        }
        Ok(reminded)
    }

    /// Reminds units that have not registered fully, beside the reminders of the rules; gives how many were told. Each is
    /// told once a day.
    pub fn remind_drive(&self, id: &str, now_us: i64) -> Result<u64, CampaignError> {
        let report = self.drive_report(id, now_us)?;
        if report.drive.state != DriveState::Open {
            return Err(Refusal::NotNow.into());
        }
        let told = report.reminders(&format!("hand-{}", report.today.iso()), now_us);
        self.store.run_tx("campaign.remind_drive", |tx| events::tell(tx, &told))
    }

    /// Closes campaigns whose last day is over, with their counts; gives how many.
    pub(crate) fn close_drives(&self, now_us: i64) -> Result<u64, CampaignError> {
        let mut closed = 0;
        for drive in self.drives(DriveState::Open, None, u32::MAX)? {
            if now_us <= Deadlines::end_of(drive.deadline) {
                continue;
            }
            let report = self.drive_report(&drive.id, now_us)?;
            let result =
                serde_json::to_string(&report.by_level()).map_err(|_| CampaignError::Damaged(TABLE))?;
            let mut event = Event::new(News::DriveClosed, &drive.id, "", None, now_us);
            for (standing, count) in Standing::ALL.iter().zip(report.counts()) {
                event = event.with(standing.name(), &count);
            }
            closed += self.store.run_tx("campaign.close_drive", |tx| {
                let sql = "UPDATE campaign_drive SET state = 'closed', ended_at_us = $2, result = $3
                    WHERE id = $1 AND state = 'open'";
                let values = [drive.id.as_str().into(), now_us.into(), result.as_str().into()];
                let done = tx.execute(sql, &values)?;
                if done == 1 {
                    events::tell(tx, std::slice::from_ref(&event))?;
                }
                Ok::<_, CampaignError>(done)
            })?;
        }
        Ok(closed)
    }

    fn open_drive_row(&self, row: &Row) -> Result<Drive, CampaignError> {
        let id = row.text(0)?;
        let damaged = |_| CampaignError::Damaged(TABLE);
        let result = row.opt_text(6)?.map(serde_json::from_str).transpose();
        Ok(Drive {
            id: id.to_owned(),
            state: DriveState::from_name(row.text(1)?).ok_or(CampaignError::Damaged(TABLE))?,
            title: self.sealer.open(TABLE, id, "title", row.bytes(2)?)?,
            deadline: CivilDate::parse_iso(row.text(3)?).map_err(damaged)?,
            by: (row.text(4)?.to_owned(), row.int(5)?),
            result: result.map_err(|_| CampaignError::Damaged(TABLE))?,
        })
    }
}
