//! The entries that an alert rests on, without the persons in them.
use crate::{Alert, Watch, WatchError};
use dancu_journal::index::readable;
use dancu_journal::{Depth, Outcome};

/// An entry that an alert rests on, as far as it tells of no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Number in the journal
    pub entry: u64,
    /// When, microseconds since 1970
    pub at_us: i64,
    /// Service
    pub service: String,
    /// How it ended
    pub outcome: Outcome,
    /// Account, where one was proved
    pub account: Option<String>,
    /// Whether it names a case
    pub with_case: bool,
}

impl Watch {
    /// The entries that an alert names, in their order; those that do not read are left out. Blocks.
    pub fn evidence(&self, alert: &Alert) -> Result<Vec<Evidence>, WatchError> {
        let mut found = Vec::new();
        for number in &alert.evidence {
            let (entries, _) = readable(&*self.inner.log, *number, 1, Depth::Personal, |_| {})?;
            found.extend(entries.into_iter().filter(|entry| entry.index == *number).map(|entry| {
                let call = entry.call;
                let case = call.personal.case_number.as_deref().map(str::trim);
                Evidence {
                    entry: entry.index,
                    at_us: call.at_us,
                    service: call.service,
                    outcome: call.outcome,
                    account: call.account_id,
                    with_case: case.is_some_and(|case| !case.is_empty()),
                }
            }));
        }
        Ok(found)
    }
}
