//! The counters equal a walk over the log, whatever the batches, restarts and servers; on all engines, plain and with injected
//! collisions.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod figures;
mod follow;

use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_journal::index::Log;
use dancu_journal::{Answered, Call, Entry, JournalError, Kind, Opening, Outcome, Receipt, Record};
use dancu_storage::Store;
use dancu_usage::{Options, Range, Scope, Usage};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tuesday 17 November 2026, midnight in Việt Nam.
const MIDNIGHT_US: i64 = 1_794_848_400_000_000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// A log of calls.
#[derive(Default)]
struct MemoryLog {
    entries: Mutex<Vec<(Kind, Call)>>,
    unreadable: Mutex<Vec<u64>>,
}

impl MemoryLog {
    fn add(&self, calls: impl IntoIterator<Item = Call>) {
        self.entries.lock().unwrap().extend(calls.into_iter().map(|call| (Kind::Call, call)));
    }

    fn len(&self) -> u64 {
        self.entries.lock().unwrap().len() as u64
    }
}

impl Log for MemoryLog {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.len())
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let (entries, unreadable) = (self.entries.lock().unwrap(), self.unreadable.lock().unwrap());
        let some = (0..).zip(entries.iter()).skip(usize::try_from(from).unwrap()).take(limit);
        let entry = |(index, (kind, call)): (u64, &(Kind, Call))| {
            if unreadable.contains(&index) {
                return Err(JournalError::Corrupt { index, what: "altered" });
            }
            Ok(Entry {
                index,
                kind: kind.clone(),
                call: call.clone(),
                erased: vec![],
                parts_gone: false,
                encoded: vec![],
                leaf_hash: [0; 32],
                context: None,
                opening: Opening::default(),
            })
        };
        some.map(entry).collect()
    }

    fn append(&self, _record: Record) -> Result<Receipt, JournalError> {
        Err(JournalError::Closed)
    }
}

fn call(at_us: i64, system: Option<&str>, service: &str, outcome: Outcome) -> Call {
    Call {
        at_us,
        service: service.to_owned(),
        organisation: system.map(|system| format!("org-of-{}", &system[..1])),
        system_id: system.map(ToOwned::to_owned),
        account_id: system.map(|system| format!("{system}.1")),
        outcome,
        ..Call::default()
    }
}

const GOOD: Outcome = Outcome::Answered(Answered::Verified);
const BAD: Outcome = Outcome::Refused(Code::QuotaAccount);

fn options() -> Options {
    Options { batch: 7, lease: Duration::from_secs(10), ..Options::default() }
}

fn open(store: &Store, log: &Arc<MemoryLog>, options: Options) -> Usage {
    Usage::open(store.clone(), Arc::<MemoryLog>::clone(log), options).unwrap()
}

fn day(text: &str) -> CivilDate {
    CivilDate::parse_iso(text).unwrap()
}

/// The days around which the tests' calls lie.
fn all_days() -> Range {
    Range::new(day("2026-11-10"), day("2026-11-30")).unwrap()
}

fn everything() -> Scope {
    Scope::default()
}
