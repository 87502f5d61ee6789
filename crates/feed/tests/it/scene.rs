//! A journal with entries, and feeds over it.
use dancu_feed::{Feed, Format, Now, Options, Origin, Receiver};
use dancu_journal::{Answered, Call, Draft, Journal, Outcome, Personal};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

pub(crate) fn origin() -> Origin {
    Origin { hostname: "may-1".to_owned(), process: 42, version: "0.1.0".to_owned(), enterprise: 32473 }
}

pub(crate) fn journal(store: &Store) -> Journal {
    Journal::open(store.clone(), ring(), dancu_journal::Options::default()).unwrap()
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(future)
}

pub(crate) fn draft(number: u64) -> Draft {
    Draft::from(Call {
        at_us: 1_795_238_400_000_000 + number.cast_signed(),
        correlation: u128::from(number).to_be_bytes(),
        form: "rest".to_owned(),
        service: "verify".to_owned(),
        organisation: Some(r#"Sở "Y tế" [7]\"#.to_owned()),
        outcome: Outcome::Answered(Answered::Verified),
        personal: Personal { officer: Some("001080000024".to_owned()), ..Personal::default() },
        ..Call::default()
    })
}

/// Writes so many calls; gives the number that the next entry will have. The first one brings its context along.
pub(crate) async fn append(journal: &Journal, calls: u64) -> u64 {
    let before = journal.len().await.unwrap();
    for from in (before..before + calls).step_by(250) {
        let drafts = (from..(before + calls).min(from + 250)).map(draft).collect();
        journal.append_all(drafts, None).await.unwrap();
    }
    journal.len().await.unwrap()
}

/// A clock for which no time passes but that of a lease: the tests' own time.
pub(crate) fn clock() -> Now {
    let began = std::time::Instant::now();
    Arc::new(move || 1_795_238_400_000_000 + i64::try_from(began.elapsed().as_micros()).unwrap())
}

pub(crate) fn plain(name: &str, address: &str) -> Receiver {
    Receiver { name: name.to_owned(), address: address.to_owned(), format: Format::Rfc5424, tls: None }
}

pub(crate) fn options(folder: &Path, receivers: Vec<Receiver>) -> Options {
    Options {
        receivers,
        folder: folder.to_owned(),
        spool_bytes: 1 << 20,
        spool_age: Duration::from_hours(24),
        resend: 5,
        batch: 40,
        settle: 1_000_000,
        lease: Duration::from_millis(600),
        longest_pause: Duration::from_millis(300),
        origin: origin(),
    }
}

/// A feed that runs.
pub(crate) struct Running {
    pub(crate) events: dancu_feed::Events,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(options: Options, journal: &Journal, store: &Store, now: Now) -> Self {
        let (journal, store) = (journal.clone(), store.clone());
        let opened = tokio::task::spawn_blocking(move || Feed::open(options, journal, &store, ring(), now));
        let feed = opened.await.unwrap().unwrap();
        let (stop, stopped) = watch::channel(false);
        Self { events: feed.events().clone(), stop, task: tokio::spawn(feed.run(stopped)) }
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.unwrap();
    }
}

/// Without repetitions; they must be in order then.
pub(crate) fn first_of_each(numbers: &[u64]) -> Vec<u64> {
    let mut seen = std::collections::HashSet::new();
    numbers.iter().copied().filter(|number| seen.insert(*number)).collect()
}
