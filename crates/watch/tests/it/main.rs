//! The watch over logs in memory and over a real journal, on all engines, plain and with injected collisions.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod alerts;
mod brakes;
mod dry;
mod follow;
mod guess;
mod journal;
mod proposals;
mod runs;
mod secrets;

use dancu_catalogue::Code;
use dancu_journal::index::Log;
use dancu_journal::{
    Answered, Call, Entry, JournalError, Kind, Opening, Outcome, Personal, Receipt, Record, subject_hash,
};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use dancu_watch::{Alert, Cases, Family, List, Officer, Options, Parts, Rule, Settings, Watch, World};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tuesday 17 November 2026, eight o'clock in Vietnam.
const NOW_US: i64 = 1_794_877_200_000_000;
const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

const PLANTED: &str = "001187000001";
const OFFICERS_WIFE: &str = "001185000017";
const SUPERVISOR: &str = "giam-sat-vien-7";
const NOTE: &str = "Đã hỏi trưởng phòng Trần Thị B";

fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

/// A log of calls.
#[derive(Default)]
struct MemoryLog {
    calls: Mutex<Vec<Call>>,
    unreadable: Mutex<HashSet<u64>>,
}

impl MemoryLog {
    fn add(&self, calls: impl IntoIterator<Item = Call>) {
        self.calls.lock().unwrap().extend(calls);
    }

    fn len(&self) -> u64 {
        self.calls.lock().unwrap().len() as u64
    }
}

impl Log for MemoryLog {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.len())
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        let unreadable = self.unreadable.lock().unwrap();
        let calls = self.calls.lock().unwrap();
        let entries = (0..).zip(calls.iter()).skip(usize::try_from(from).unwrap()).take(limit);
        let entry = |(index, call): (u64, &Call)| {
            if unreadable.contains(&index) {
                return Err(JournalError::Corrupt { index, what: "altered" });
            }
            Ok(Entry {
                index,
                kind: Kind::Call,
                call: call.clone(),
                erased: vec![],
                parts_gone: false,
                encoded: vec![],
                leaf_hash: [0; 32],
                context: None,
                opening: Opening::default(),
            })
        };
        entries.map(entry).collect()
    }

    fn append(&self, _record: Record) -> Result<Receipt, JournalError> {
        Err(JournalError::Closed)
    }
}

/// One officer has a wife on record; cases that begin with `HS` exist.
struct Town;

impl World for Town {
    fn officer(&self, _system: &str, account: &str) -> Option<Officer> {
        let number = (account == "husband").then(|| "001080000024".to_owned());
        Some(Officer { number, surname: Some("Nguyễn".to_owned()) })
    }

    fn family(&self, number: &str) -> Option<Family> {
        let at_home = ["001080000024", OFFICERS_WIFE].contains(&number);
        let household = at_home.then(|| "001080000024".to_owned());
        Some(Family { surname: Some("Trần".to_owned()), household })
    }

    /// Certificates that begin with one are of enrolled workstations; the second byte tells which.
    fn workstation(&self, certificate: &[u8; 32]) -> Option<String> {
        (certificate[0] == 1).then(|| format!("workstation-{}", certificate[1]))
    }
}

impl Cases for Town {
    fn exists(&self, _organisation: Option<&str>, _system: &str, case_number: &str) -> Option<bool> {
        Some(case_number.starts_with("HS"))
    }
}

/// The number of the n-th person of the tests; no two are near each other.
fn person(n: u64) -> String {
    format!("{:012}", 1_185_000_000 + n * 7919 % 1_000_000)
}

/// An ordinary look-up under a case.
fn look(account: &str, about: &str, at_us: i64) -> Call {
    Call {
        at_us,
        correlation: u128::try_from(at_us).unwrap().to_be_bytes(),
        form: "rest".into(),
        service: "look_up".into(),
        system_id: Some("one-stop".into()),
        account_id: Some(account.into()),
        role: Some("one_stop_officer".into()),
        organisation: Some("commune".into()),
        subject: Some(subject_hash(&ring(), about)),
        outcome: Outcome::Answered(Answered::Released),
        personal: Personal {
            case_number: Some("HS-1".into()),
            subject: Some(about.into()),
            source_address: Some("203.0.113.9".into()),
            ..Personal::default()
        },
        ..Call::default()
    }
}

fn refused(account: &str, code: Code, at_us: i64) -> Call {
    Call { outcome: Outcome::Refused(code), ..look(account, &person(1), at_us) }
}

/// A morning in which ordinary work goes on and several accounts do wrong, one after the other and at once.
fn morning() -> Vec<Call> {
    let mut calls = Vec::new();
    for n in 0..240 {
        let at = NOW_US + n * MINUTE;
        let place = u64::try_from(n).unwrap();
        calls.push(look(&format!("clerk-{}", n % 5), &person(place), at));
        if n % 7 == 0 {
            calls.push(look("counter", &format!("001187{:06}", 300_000 + n), at + SECOND));
        }
        if (60..100).contains(&n) {
            let mut bare = look("gossip", &person(5000 + place), at + 2 * SECOND);
            bare.personal.case_number = None;
            calls.push(bare);
        }
        if n == 120 {
            calls.push(look("visitor", PLANTED, at + 3 * SECOND));
            calls.push(look("husband", OFFICERS_WIFE, at + 4 * SECOND));
        }
        if (150..170).contains(&n) {
            calls.push(refused("greedy", Code::QuotaAccount, at + 5 * SECOND));
        }
        if (200..204).contains(&n) {
            let mut made_up = look("liar", &person(9000 + place), at + 6 * SECOND);
            made_up.personal.case_number = Some(format!("XX-{n}"));
            calls.push(made_up);
        }
    }
    calls
}

/// What a morning brings to light.
const MORNING: [(&str, Rule); 6] = [
    ("counter", Rule::Sequence),
    ("gossip", Rule::NoCase),
    ("visitor", Rule::Planted),
    ("husband", Rule::OwnHousehold),
    ("greedy", Rule::Burst),
    ("liar", Rule::UnknownCase),
];

fn options() -> Options {
    Options { batch: 37, lease: Duration::from_secs(10), keep_every: 100, ..Options::default() }
}

fn open(store: &Store, log: &Arc<MemoryLog>, options: Options) -> Watch {
    let parts = Parts {
        log: Arc::<MemoryLog>::clone(log),
        ring: ring(),
        world: Arc::new(Town),
        cases: Arc::new(Town),
        settings: Settings::built_in().unwrap(),
    };
    Watch::open(store.clone(), parts, options, NOW_US).unwrap()
}

/// A watch that knows the planted record, over a log that is empty yet.
fn watch(store: &Store) -> (Watch, Arc<MemoryLog>) {
    let log = Arc::new(MemoryLog::default());
    let watch = open(store, &log, options());
    watch.put_listed(List::Planted, PLANTED, "mồi số 1", SUPERVISOR, NOW_US).unwrap();
    (watch, log)
}

/// A watch whose morning is judged.
fn judged(store: &Store) -> (Watch, Arc<MemoryLog>) {
    let (watch, log) = watch(store);
    log.add(morning());
    judge(&watch, NOW_US + DAY / 4);
    (watch, log)
}

/// Judges what there is, and leaves in good order.
fn judge(watch: &Watch, now_us: i64) -> u64 {
    let mut follower = watch.follower().unwrap();
    let judged = follower.catch_up(now_us).unwrap();
    follower.leave().unwrap();
    judged
}

fn all(watch: &Watch) -> Vec<Alert> {
    let mut alerts = watch.alerts(&dancu_watch::AlertQuery::default(), 1000).unwrap();
    alerts.reverse();
    alerts
}

/// Account and rule of each alert, in order of their names.
fn who_and_what(watch: &Watch) -> Vec<(String, Rule)> {
    let who = |alert: Alert| (alert.who.account.map_or_else(String::new, |id| id.to_string()), alert.rule);
    let mut found: Vec<_> = all(watch).into_iter().map(who).collect();
    found.sort();
    found
}

fn expected() -> Vec<(String, Rule)> {
    let mut expected: Vec<_> = MORNING.iter().map(|(who, rule)| ((*who).to_owned(), *rule)).collect();
    expected.sort();
    expected
}
