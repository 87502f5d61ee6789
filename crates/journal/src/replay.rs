//! Request ids that were answered: a second request of the same id within the window is refused.
use crate::quota::{padded, questions};
use crate::{Draft, JournalError, ReplayKey};
use dancu_storage::Tx;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const READ: &str = "SELECT request, seen_us FROM journal_replay WHERE system_id = $1 AND request IN \
     ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const WRITE: &str = "INSERT INTO journal_replay (system_id, request, seen_us, expires_us) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (system_id, request) DO UPDATE SET seen_us = excluded.seen_us, expires_us = excluded.expires_us";

/// The request ids that a group names, as this transaction sees them.
pub(crate) struct Seen<'d>(HashMap<(&'d str, [u8; 16]), Sight>);

struct Sight {
    seen_us: i64,
    /// Set when seen in this group: the unit it belongs to, and when it expires
    now: Option<(usize, i64)>,
}

impl<'d> Seen<'d> {
    /// Reads what is known of the request ids of all drafts that may yet be permitted.
    pub(crate) fn load(
        tx: &mut Tx<'_>,
        drafts: impl Iterator<Item = &'d Draft>,
    ) -> Result<Self, JournalError> {
        let mut named: BTreeMap<&'d str, BTreeSet<&'d [u8; 16]>> = BTreeMap::new();
        let permitted = drafts.filter(|draft| draft.call.outcome.ruling().is_ok());
        for key in permitted.filter_map(|draft| draft.replay.as_ref()) {
            named.entry(&key.system).or_default().insert(&key.request_id_hash);
        }
        let mut seen = HashMap::new();
        for (system, requests) in named {
            for requests in questions(&requests) {
                for row in tx.query(READ, &padded([system.into()], &requests))? {
                    seen.insert((system, row.array(0)?), Sight { seen_us: row.int(1)?, now: None });
                }
            }
        }
        Ok(Self(seen))
    }

    /// Whether this request was answered before. Other drafts of the same unit are the same request.
    pub(crate) fn is_replay(&self, key: &ReplayKey, at_us: i64, unit: usize) -> bool {
        self.0.get(&(key.system.as_str(), key.request_id_hash)).is_some_and(|sight| {
            let same_unit = sight.now.is_some_and(|(seen_in, _)| seen_in == unit);
            // A sight in the future comes from another server's clock and counts as recent.
            !same_unit && at_us.saturating_sub(sight.seen_us) < key.window_us
        })
    }

    /// Remembers that this request is answered.
    pub(crate) fn mark(&mut self, key: &'d ReplayKey, at_us: i64, unit: usize) {
        let expires_us = at_us.saturating_add(key.window_us);
        let sight = Sight { seen_us: at_us, now: Some((unit, expires_us)) };
        self.0.insert((key.system.as_str(), key.request_id_hash), sight);
    }

    /// Writes what was remembered.
    pub(crate) fn store(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let mut rows: Vec<_> = Vec::new();
        for ((system, request), sight) in &self.0 {
            if let Some((_, expires_us)) = sight.now {
                rows.push([(*system).into(), request.into(), sight.seen_us.into(), expires_us.into()]);
            }
        }
        tx.execute_many(WRITE, &rows)?;
        Ok(())
    }
}
