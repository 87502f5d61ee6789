//! What is to be done about an alert, handed to whoever can do it.
use crate::alert::{self, columns};
use crate::sealer::number;
use crate::{Action, Alert, Watch, WatchError};

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Tell of it: the work list, the security centre
    Tell,
    /// Calls are refused already, until then; tell the organisation why
    Brake {
        /// Microseconds since 1970
        until_us: i64,
    },
    /// Suspend the account, or the system; until it is, calls are refused for a while
    Suspend,
}

/// What is to be done about an alert.
#[derive(Clone, Debug)]
pub struct Act {
    /// The alert
    pub alert: Alert,
    /// What is to be done
    pub deed: Deed,
}

/// Does what alerts demand. Handed over at least once, in order of the alerts, by one server at a time: the same act may come again
/// after a crash, and must then do nothing more. An error is tried again.
pub trait Hands: Send + Sync {
    /// Does it. May block.
    fn act(&self, act: &Act) -> Result<(), String>;
}

/// Alerts handed out in one go.
const BATCH: u32 = 50;

impl Watch {
    /// Hands out what is still to be done; gives how many were. Blocks.
    pub fn hand_out(&self, hands: &dyn Hands) -> Result<usize, WatchError> {
        let inner = &self.inner;
        let sql = columns!("WHERE acted = 0 ORDER BY number LIMIT $1");
        let rows = inner.store.read("watch.to_do", |tx| tx.query(sql, &[BATCH.into()]))?;
        let mut done = 0;
        for row in &rows {
            let alert = alert::open(row, &inner.sealer)?;
            let key = number(alert.number)?;
            let deed = match (alert.action, alert.braked_until_us) {
                (Action::Suspend, _) => Deed::Suspend,
                (Action::Brake, Some(until_us)) => Deed::Brake { until_us },
                _ => Deed::Tell,
            };
            let act = Act { alert, deed };
            if let Err(error) = hands.act(&act) {
                tracing::warn!(alert = act.alert.number, error, "an alert could not be handed out");
                break;
            }
            inner.store.run_tx("watch.done", |tx| {
                tx.execute("UPDATE watch_alert SET acted = 1 WHERE number = $1", &[key.into()])
            })?;
            done += 1;
        }
        Ok(done)
    }
}
