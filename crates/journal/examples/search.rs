//! How quickly a supervisor's search answers, and what the index weighs:
//! `cargo run --release -p dancu-journal --example search -- FOLDER [ENTRIES] [postgresql]`
//!
//! The index is filled from made-up entries, through its own batches. What a search opens it reads from a real journal of
//! a few thousand entries, so that reading, unsealing and checking are in the times.
use dancu_journal::index::{Index, IndexOptions, Log, Page, Query};
use dancu_journal::{
    Answered, Call, Draft, Entry, Journal, JournalError, Kind, Opening, Options, Outcome, Personal, Receipt,
    Record, subject_hash,
};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::{Store, testing};
use dancu_tlog::vrf::VrfSecret;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const START_US: i64 = 1_795_226_400_000_000;
/// Entries a second, as the made-up times have them
const RATE: i64 = 200;
const PERSONS: u64 = 100_000;
/// Entries in the real journal
const REAL: u64 = 20_000;
const PAGE: usize = 50;
const ROUNDS: u64 = 200;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder")?;
    let entries: u64 = arguments.next().map_or(Ok(10_000_000), |text| text.parse())?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (folder, ring) = (Path::new(&folder), ring()?);
    let journal = real_journal(&runtime, folder, &ring)?;
    // A server of the example's own, which ends with it.
    let server = arguments.next().is_some_and(|engine| engine == "postgresql").then(testing::postgres);
    let store = match &server {
        Some(server) => Store::postgres(&server.url(), 4, runtime.handle().clone())?,
        None => Store::sqlite(&folder.join("index.db"))?,
    };
    let log = MadeUp { journal, entries };
    let vrf = VrfSecret::from_seed(&[3; 32]);
    let index = Index::over(Arc::new(log), ring.clone(), store, vrf, IndexOptions::default())?;
    fill(&index, entries)?;
    weigh(folder, entries);
    let search = Search { index, ring, entries };
    search.each_kind()?;
    search.together()?;
    search.history()
}

fn ring() -> Result<KeyRing, dancu_keys::KeyError> {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))
}

fn real_journal(
    runtime: &tokio::runtime::Runtime,
    folder: &Path,
    ring: &KeyRing,
) -> Result<Journal, Box<dyn std::error::Error>> {
    let journal = Journal::open(Store::sqlite(&folder.join("real.db"))?, ring.clone(), Options::default())?;
    runtime.block_on(async {
        let first = journal.len().await?;
        let drafts: Vec<_> = (first..REAL).map(|n| Draft::from(call(n, n))).collect();
        for some in drafts.chunks(256) {
            journal.append_all(some.to_vec(), None).await?;
        }
        Ok::<_, JournalError>(())
    })?;
    Ok(journal)
}

fn fill(index: &Index, entries: u64) -> Result<(), JournalError> {
    let (started, from) = (Instant::now(), index.position()?);
    while index.position()? < entries && index.step()? {}
    let took = started.elapsed().as_secs_f64();
    let done = index.position()? - from;
    println!("{done} entries indexed in {took:.1} s, {:.0}/s", to_float(done) / took);
    let started = Instant::now();
    index.epoch(START_US)?;
    println!("epoch over all of them: {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}

fn weigh(folder: &Path, entries: u64) {
    if let Ok(file) = std::fs::metadata(folder.join("index.db")) {
        println!("{:.1} bytes an entry", to_float(file.len()) / to_float(entries));
    }
}

#[expect(clippy::cast_precision_loss, reason = "for showing")]
fn to_float(number: u64) -> f64 {
    number as f64
}

/// Spreads numbers, the same way each time.
fn mixed(n: u64, salt: u64) -> u64 {
    let n = (n ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (n ^ n >> 31).wrapping_mul(0x94d0_49bb_1331_11eb) >> 17
}

fn number(n: u64) -> String {
    format!("{:012}", 1_185_000_000 + n)
}

/// The call that stands at `index`, made out of `n`.
fn call(index: u64, n: u64) -> Call {
    let account = mixed(n, 1) % 5000;
    let outcome = match mixed(n, 2) % 100 {
        0..=79 => Answered::Verified,
        80..=89 => Answered::Released,
        90..=97 => Answered::Mismatch,
        _ => Answered::NotFound,
    };
    Call {
        at_us: START_US + i64::try_from(index).unwrap_or(0) * (1_000_000 / RATE),
        correlation: u128::from(n).to_be_bytes(),
        form: "soap-033".into(),
        service: ["verify", "verify", "look_up", "search", "status"]
            .get(usize::try_from(mixed(n, 3) % 5).unwrap_or(0))
            .copied()
            .unwrap_or_default()
            .into(),
        procedure: Some(format!("1.{:06}", mixed(n, 4) % 100)),
        organisation: Some(format!("org-{}", account % 300)),
        system_id: Some(format!("system-{}", account % 600)),
        account_id: Some(format!("account-{account}")),
        outcome: Outcome::Answered(outcome),
        personal: Personal {
            officer: Some(format!("CanBo-{}", account * 2 + mixed(n, 5) % 2)),
            case_number: Some(format!("HoSo-{n}")),
            purpose: Some("Cap lai giay khai sinh".into()),
            subject: Some(number(mixed(n, 6) % PERSONS)),
            request_id: Some(format!("MaYeuCau-{n}")),
            source_address: Some("198.51.100.23".into()),
            ..Personal::default()
        },
        ..Call::default()
    }
}

/// A log of made-up entries.
struct MadeUp {
    journal: Journal,
    entries: u64,
}

impl Log for MadeUp {
    fn size(&self) -> Result<u64, JournalError> {
        Ok(self.entries)
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<Entry>, JournalError> {
        // Few at once: a search opens them, at the cost of real ones.
        if limit <= 256 {
            for stored in self.journal.read_stored(from % (REAL - 256), limit)? {
                std::hint::black_box(self.journal.open_stored(stored)?);
            }
        }
        let end = self.entries.min(from + limit as u64);
        let entry = |index| {
            let mut leaf_hash = [0; 32];
            for (to, from) in leaf_hash.iter_mut().zip(u64::to_be_bytes(index)) {
                *to = from;
            }
            let call = call(index, index);
            let (erased, parts_gone, encoded) = (Vec::new(), false, Vec::new());
            let (kind, context, opening) = (Kind::Call, None, Opening::default());
            Entry { index, kind, call, erased, parts_gone, encoded, leaf_hash, context, opening }
        };
        Ok((from..end).map(entry).collect())
    }

    fn append(&self, _: Record) -> Result<Receipt, JournalError> {
        // No epoch is ever met: what is measured is its root.
        Ok(Receipt { index: 0, leaf_hash: [0; 32], at_us: START_US, ruling: Ok(()) })
    }
}

struct Search {
    index: Index,
    ring: KeyRing,
    entries: u64,
}

impl Search {
    /// Asks with what some entry says, or with what none says; prints the median and the worst.
    fn ask(&self, name: &str, query: impl Fn(&Call) -> Query) -> Result<(), Box<dyn std::error::Error>> {
        let (mut times, mut found) = (Vec::new(), 0);
        for round in 0..ROUNDS {
            let n = mixed(round, 9) % self.entries;
            let query = Query { limit: PAGE, ..query(&call(n, n)) };
            let started = Instant::now();
            found += self.index.search(&query)?.entries.len();
            times.push(started.elapsed());
        }
        print(name, &mut times, found as u64 / ROUNDS);
        Ok(())
    }

    fn each_kind(&self) -> Result<(), Box<dyn std::error::Error>> {
        let none = Query::default;
        self.ask("organisation", |call| Query { organisation: call.organisation.clone(), ..none() })?;
        self.ask("system", |call| Query { system: call.system_id.clone(), ..none() })?;
        self.ask("account", |call| Query { account: call.account_id.clone(), ..none() })?;
        self.ask("officer", |call| Query { officer: call.personal.officer.clone(), ..none() })?;
        self.ask("service", |call| Query { service: Some(call.service.clone()), ..none() })?;
        self.ask("outcome", |call| Query { outcome: Some(call.outcome), ..none() })?;
        self.ask("procedure", |call| Query { procedure: call.procedure.clone(), ..none() })?;
        self.ask("case", |call| Query { case_number: call.personal.case_number.clone(), ..none() })?;
        self.ask("case that is not there", |_| Query { case_number: Some("HoSo".into()), ..none() })?;
        self.ask("correlation", |call| Query { correlation: Some(call.correlation), ..none() })?;
        self.ask("person", |call| Query { subject: self.subject(call), ..none() })?;
        self.ask("an hour", |call| hour(call, none()))?;
        self.ask("nothing: the newest", |_| none())?;
        self.ask("nothing: from the middle", |_| Query { before: Some(self.entries / 2), ..none() })
    }

    fn together(&self) -> Result<(), Box<dyn std::error::Error>> {
        let none = Query::default;
        self.ask("organisation, outcome rare", |call| Query {
            organisation: call.organisation.clone(),
            outcome: Some(Outcome::Answered(Answered::NotFound)),
            ..none()
        })?;
        self.ask("organisation, service, procedure", |call| Query {
            organisation: call.organisation.clone(),
            service: Some(call.service.clone()),
            procedure: call.procedure.clone(),
            ..none()
        })?;
        self.ask("organisation, an hour", |call| {
            hour(call, Query { organisation: call.organisation.clone(), ..none() })
        })?;
        self.ask("outcome rare, service, an hour", |call| {
            let outcome = Some(Outcome::Answered(Answered::NotFound));
            hour(call, Query { outcome, service: Some("status".into()), ..none() })
        })?;
        self.ask("person, service", |call| Query {
            subject: self.subject(call),
            service: Some(call.service.clone()),
            ..none()
        })?;
        self.ask("account, procedure", |call| Query {
            account: call.account_id.clone(),
            procedure: call.procedure.clone(),
            ..none()
        })?;
        self.ask("organisation and an account of another: none", |call| Query {
            organisation: Some("org-7".into()),
            account: call.account_id.clone(),
            ..none()
        })?;
        self.ask("organisation and system of another: none", |call| Query {
            organisation: call.organisation.clone(),
            system: Some("system-599".into()),
            ..none()
        })?;
        self.ask("service and outcome that is not there: none", |call| Query {
            service: Some(call.service.clone()),
            outcome: Some(Outcome::Answered(Answered::Served)),
            ..none()
        })
    }

    /// A citizen's page.
    fn history(&self) -> Result<(), Box<dyn std::error::Error>> {
        let mut times = Vec::new();
        let mut found = 0;
        for round in 0..ROUNDS {
            let number = number(mixed(round, 8) % PERSONS);
            let started = Instant::now();
            found += self.index.history(&number, Page { before: None, limit: PAGE }, START_US)?.items.len();
            times.push(started.elapsed());
        }
        print("history of a person", &mut times, found as u64 / ROUNDS);
        Ok(())
    }

    fn subject(&self, call: &Call) -> Option<[u8; 16]> {
        call.personal.subject.as_ref().map(|number| subject_hash(&self.ring, number))
    }
}

fn hour(call: &Call, query: Query) -> Query {
    Query { from_us: Some(call.at_us), to_us: Some(call.at_us + 3_600_000_000), ..query }
}

fn print(name: &str, times: &mut [Duration], found: u64) {
    times.sort_unstable();
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let (median, worst) = (ms(times.get(times.len() / 2)), ms(times.last()));
    println!("{name:<48} median {median:7.2} ms   worst {worst:7.2} ms   found {found}");
}
