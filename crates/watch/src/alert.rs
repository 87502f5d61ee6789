//! One alert.
use crate::sealer::Sealer;
use crate::{Action, Level, Rule, WatchError, Who};
use dancu_storage::Row;
use std::collections::BTreeMap;
use std::fmt;

pub(crate) const TABLE: &str = "watch_alert";
pub(crate) const STEPS: &str = "watch_alert_step";

/// How far an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlertState {
    /// Nobody has looked
    New,
    /// Somebody is looking
    LookedAt,
    /// There was nothing; the rule is dampened for the account
    FalseAlarm,
    /// It is what it looks like
    Confirmed,
}

impl AlertState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::New, Self::LookedAt, Self::FalseAlarm, Self::Confirmed];

    /// Stable name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::LookedAt => "looked_at",
            Self::FalseAlarm => "false_alarm",
            Self::Confirmed => "confirmed",
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether it may become that: a judgement is taken back by looking again.
    pub fn may_become(self, next: Self) -> bool {
        match next {
            Self::New => false,
            Self::LookedAt => self != Self::LookedAt,
            Self::FalseAlarm | Self::Confirmed => matches!(self, Self::New | Self::LookedAt),
        }
    }
}

/// What a rule found, and what became of it. `Debug` shows no person.
#[derive(Clone, PartialEq, Eq)]
pub struct Alert {
    /// Number, from 1 without gaps
    pub number: u64,
    /// The rule
    pub rule: Rule,
    /// How grave
    pub level: Level,
    /// What was done
    pub action: Action,
    /// Time of the entry that made it, microseconds since 1970, as all times here
    pub at_us: i64,
    /// Time of the first entry that it rests on
    pub since_us: i64,
    /// Who
    pub who: Who,
    /// Keyed hash of the person concerned, where it is one
    pub subject: Option<[u8; 16]>,
    /// Number of that person; none once forgotten
    pub about: Option<String>,
    /// Entries that it rests on
    pub evidence: Vec<u64>,
    /// What was counted
    pub figures: BTreeMap<String, u64>,
    /// Until when calls are refused, if they are
    pub braked_until_us: Option<i64>,
    /// How far it is
    pub state: AlertState,
    /// Since when
    pub state_at_us: i64,
}

impl fmt::Debug for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alert")
            .field("number", &self.number)
            .field("rule", &self.rule)
            .field("who", &self.who)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A change of state. `Debug` shows neither who nor any words.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    /// State before
    pub from: AlertState,
    /// State after
    pub to: AlertState,
    /// When, microseconds since 1970
    pub at_us: i64,
    /// Who
    pub by: String,
    /// In their words
    pub note: String,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT number, id, rule, level, action, at_us, since_us, organisation, system, account, subject, about, \
             evidence, figures, until_us, state, state_at_us FROM watch_alert ",
            $rest
        )
    };
}
pub(crate) use columns;

/// Reads a row of [`columns!`].
pub(crate) fn open(row: &Row, sealer: &Sealer) -> Result<Alert, WatchError> {
    let damaged = || WatchError::Damaged(TABLE);
    let some = |text: &str| (!text.is_empty()).then(|| text.into());
    let until_us = row.int(14)?;
    let id = row.text(1)?;
    let about = row.opt_bytes(11)?.map(|sealed| sealer.open_text(TABLE, id, "about", sealed)).transpose()?;
    Ok(Alert {
        number: row.number(0)?,
        rule: Rule::from_name(row.text(2)?).ok_or_else(damaged)?,
        level: Level::from_name(row.text(3)?).ok_or_else(damaged)?,
        action: Action::from_name(row.text(4)?).ok_or_else(damaged)?,
        at_us: row.int(5)?,
        since_us: row.int(6)?,
        who: Who {
            organisation: some(row.text(7)?),
            system: row.text(8)?.into(),
            account: some(row.text(9)?),
        },
        subject: row.opt_array(10)?,
        about,
        evidence: serde_json::from_str(row.text(12)?).map_err(|_| damaged())?,
        figures: serde_json::from_str(row.text(13)?).map_err(|_| damaged())?,
        braked_until_us: (until_us > 0).then_some(until_us),
        state: AlertState::from_name(row.text(15)?).ok_or_else(damaged)?,
        state_at_us: row.int(16)?,
    })
}
