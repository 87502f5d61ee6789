//! A backup of a journal that works, its way back into either engine, and what is wrong with one.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that goes wrong shall stop")]

use dancu_backup::{BackupError, Manifest, Opened, Source, Target, Unlock, Wraps, make};
use dancu_journal::publish::{PublishError, Publisher, PublisherOptions};
use dancu_journal::{Call, Draft, Journal, JournalError, Options, Personal};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use dancu_storage::testing::{Guard, postgres_store, sqlite_store};
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Log, Policy};
use std::time::Duration;

const ORIGIN: &str = "journal.example.vn";
const NOW: i64 = 1_795_000_000_000_000;

fn ring(byte: u8) -> KeyRing {
    KeyRing::new(&Secret::new([byte; 32]), &Secret::new([byte + 1; 32])).unwrap()
}

fn key(origin: &str, byte: u8) -> SignerKey {
    SignerKey::from_seed(origin, SignatureType::Ed25519, &[byte; 32]).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn journal(store: &Store, blobs: &Blobs) -> Journal {
    let options = Options { blobs: blobs.clone(), ..Options::default() };
    Journal::open(store.clone(), ring(1), options).unwrap()
}

fn start(journal: &Journal, signer: SignerKey) -> Result<Publisher, PublishError> {
    let log = Log { key: signer.verifier().clone(), url: None };
    let policy = Policy::new(vec![log], vec![], vec![], None).unwrap();
    let options = PublisherOptions {
        every: Duration::from_millis(5),
        settle_every: Some(Duration::ZERO),
        ..PublisherOptions::new(signer, policy)
    };
    Publisher::start(journal.clone(), options)
}

fn append(journal: &Journal, count: u32) {
    run(async {
        let call = |number: u32| {
            let case = Some(format!("HoSo-{number:04}"));
            Call {
                at_us: NOW + i64::from(number),
                service: "verify".into(),
                personal: Personal { case_number: case, ..Personal::default() },
                ..Call::default()
            }
        };
        let waiting: Vec<_> = (0..count).map(|number| journal.append(Draft::from(call(number)))).collect();
        for waiting in waiting {
            waiting.await.unwrap();
        }
    });
}

fn publish_all(journal: &Journal, publisher: &Publisher) -> u64 {
    let size = run(journal.len()).unwrap();
    run(async {
        let mut published = publisher.published();
        published.wait_for(|published| published.size() >= size).await.unwrap();
    });
    size
}

/// A log with settled and hot entries, its place, and a file beside it.
struct Place {
    store: Store,
    _guard: Guard,
    log: Blobs,
    documents: Blobs,
}

impl Place {
    fn new((store, guard): (Store, Guard)) -> Self {
        Self { store, _guard: guard, log: Blobs::memory(), documents: Blobs::memory() }
    }

    /// Appends, publishes and closes.
    fn work(&self, count: u32) -> u64 {
        let journal = journal(&self.store, &self.log);
        let publisher = start(&journal, key(ORIGIN, 7)).unwrap();
        append(&journal, count);
        let size = publish_all(&journal, &publisher);
        run(publisher.close());
        run(journal.close());
        size
    }

    fn back_up(&self, to: &Blobs) -> Result<Manifest, BackupError> {
        let log_key = key(ORIGIN, 7).verifier().to_string();
        let source = Source {
            store: self.store.clone(),
            index: None,
            log: self.log.clone(),
            files: vec![("documents", self.documents.clone())],
            log_key,
        };
        make(&source, &Wraps { ring: &ring(1), recipients: vec![], private: vec![] }, to, NOW)
    }

    fn restore(&self, from: &Blobs) -> Result<(), BackupError> {
        let target = Target {
            store: self.store.clone(),
            index: None,
            log: self.log.clone(),
            files: vec![("documents", self.documents.clone())],
        };
        Opened::open(from, &Unlock::Ring(&ring(1)))?.restore(&target, NOW)
    }

    fn newest(&self) -> Vec<u8> {
        self.log.get("checkpoint").unwrap().unwrap()
    }
}

type Make = fn() -> (Store, Guard);
const ENGINES: [(&str, Make); 2] = [("sqlite", sqlite_store), ("postgresql", postgres_store)];

#[test]
fn either_engine_comes_back_into_either_and_goes_on() {
    for (from_name, from) in ENGINES {
        let place = Place::new(from());
        place.documents.put_all(&[("paper/1".to_owned(), b"sealed".to_vec())]).unwrap();
        let size = place.work(700);
        let to = Blobs::memory();
        let manifest = place.back_up(&to).unwrap();
        assert_eq!((manifest.journal.size, manifest.journal.published), (size, size), "{from_name}");
        let text: Vec<u8> =
            to.list("").unwrap().iter().flat_map(|path| to.get(path).unwrap().unwrap()).collect();
        for secret in ["HoSo-0043", "verify"] {
            assert!(!String::from_utf8_lossy(&text).contains(secret), "{from_name}: {secret} can be read");
        }
        for (to_name, engine) in ENGINES {
            let name = format!("{from_name} to {to_name}");
            let back = Place::new(engine());
            back.restore(&to).unwrap();
            assert_eq!(
                back.documents.get("paper/1").unwrap().as_deref(),
                Some(b"sealed".as_slice()),
                "{name}"
            );
            let barred = journal(&back.store, &back.log);
            assert_eq!(Publisher::repair(&barred, key(ORIGIN, 7)).unwrap(), size, "{name}");
            assert_eq!(
                back.log.list("").unwrap(),
                place.log.list("").unwrap(),
                "{name}: the files of the log"
            );
            for path in place.log.list("").unwrap() {
                assert_eq!(back.log.get(&path).unwrap(), place.log.get(&path).unwrap(), "{name}: {path}");
            }
            Publisher::resume(&barred, key(ORIGIN, 7), &place.newest()).unwrap();
            run(barred.close());
            assert!(back.work(3) > size, "{name}");
            let again = journal(&back.store, &back.log);
            let entry = run(again.entry(300)).unwrap().unwrap();
            assert!(entry.call.personal.case_number.is_some(), "{name}: sealed parts open");
            assert!(
                matches!(back.restore(&to), Err(BackupError::NotEmpty(_))),
                "{name}: nothing is overwritten"
            );
        }
    }
}

#[test]
fn a_backup_under_load_is_of_one_moment() {
    for (name, engine) in ENGINES {
        let place = Place::new(engine());
        place.work(300);
        let working = journal(&place.store, &place.log);
        let publisher = start(&working, key(ORIGIN, 7)).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    append(&working, 40);
                }
            });
            let mut last = 0;
            for round in 0..5 {
                let to = Blobs::memory();
                let manifest = place.back_up(&to).unwrap();
                assert!(manifest.journal.size >= last, "{name}");
                last = manifest.journal.size;
                let back = Place::new(sqlite_store());
                back.restore(&to).unwrap();
                let barred = journal(&back.store, &back.log);
                let published = Publisher::repair(&barred, key(ORIGIN, 7));
                assert_eq!(published, Ok(manifest.journal.published), "{name}, round {round}");
                assert_eq!(barred.read_head().unwrap().size, manifest.journal.size, "{name}");
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            writer.join().unwrap();
        });
        assert!(publish_all(&working, &publisher) > 300, "{name}");
    }
}

/// What was published after the backup is known to others. A second checkpoint of its size would be a fork.
#[test]
fn a_restored_journal_never_forks() {
    for (name, engine) in ENGINES {
        let place = Place::new(engine());
        place.work(300);
        let to = Blobs::memory();
        place.back_up(&to).unwrap();
        let older = place.newest();
        let size = place.work(30);
        let newest = place.newest();

        let back = Place::new(engine());
        back.restore(&to).unwrap();
        let barred = journal(&back.store, &back.log);
        // Without this a new entry would soon give another checkpoint of `size`.
        assert!(
            matches!(run(barred.append(Draft::from(Call::default()))), Err(JournalError::Halted(_))),
            "{name}"
        );
        assert!(matches!(start(&barred, key(ORIGIN, 7)), Err(PublishError::Barred)), "{name}");
        assert!(matches!(Publisher::examine(&barred, key(ORIGIN, 7)), Err(PublishError::Barred)), "{name}");
        let resume = |newest: &[u8]| Publisher::resume(&barred, key(ORIGIN, 7), newest);
        assert!(
            matches!(resume(&newest), Err(PublishError::Behind { published, .. }) if published == size),
            "{name}: entries are missing"
        );
        assert!(matches!(resume(b"x"), Err(PublishError::NotOurs(_))), "{name}");
        assert!(barred.barred().unwrap().is_some(), "{name}: a refusal lifts nothing");

        // The missing entries, from whoever has a copy of the published log; a copy that was changed is not taken.
        let verifier = key(ORIGIN, 7).verifier().clone();
        let forged = Blobs::memory();
        for path in place.log.list("").unwrap() {
            let mut content = place.log.get(&path).unwrap().unwrap();
            if path.starts_with("tile/entries/001") {
                *content.last_mut().unwrap() ^= 1;
            }
            forged.put_all(&[(path, content)]).unwrap();
        }
        assert!(Publisher::take_missing(&barred, &verifier, &forged).is_err(), "{name}");
        let taken = Publisher::take_missing(&barred, &verifier, &place.log).unwrap();
        assert_eq!(barred.read_head().unwrap().size, size, "{name}: {taken} taken");
        assert!(taken > 0, "{name}");
        Publisher::resume(&barred, key(ORIGIN, 7), &newest).unwrap();
        run(barred.close());
        assert!(back.work(5) > size, "{name}");
        let again = journal(&back.store, &back.log);
        let entry = run(again.entry(size - 1)).unwrap().unwrap();
        assert_eq!(entry.call.personal.case_number, None, "{name}: what tells of persons is not published");
        let resumed = Publisher::resume(&again, key(ORIGIN, 7), &older);
        assert!(matches!(resumed, Err(PublishError::NotBarred)), "{name}");
    }
}

#[test]
fn a_checkpoint_older_than_the_backups_is_not_the_newest() {
    let place = Place::new(sqlite_store());
    place.work(10);
    let older = place.newest();
    place.work(10);
    let to = Blobs::memory();
    place.back_up(&to).unwrap();
    let back = Place::new(sqlite_store());
    back.restore(&to).unwrap();
    let barred = journal(&back.store, &back.log);
    let resumed = Publisher::resume(&barred, key(ORIGIN, 7), &older);
    assert!(matches!(resumed, Err(PublishError::NotNewest { .. })));
    assert!(barred.barred().unwrap().is_some());
}

#[test]
fn what_is_lost_for_good_is_a_new_log() {
    for (name, engine) in ENGINES {
        let place = Place::new(engine());
        let size = place.work(700);
        let to = Blobs::memory();
        place.back_up(&to).unwrap();
        let back = Place::new(engine());
        back.restore(&to).unwrap();
        let (barred, aside) = (journal(&back.store, &back.log), Blobs::memory());
        let same = Publisher::begin_anew(&barred, key(ORIGIN, 7), &aside);
        assert!(matches!(same, Err(PublishError::Key(_))), "{name}: not under the same key");
        let new = || key("journal-2.example.vn", 8);
        assert_eq!(Publisher::begin_anew(&barred, new(), &aside).unwrap(), size, "{name}");
        run(barred.close());
        assert_eq!(
            aside.get(&format!("{size}.checkpoint")).unwrap(),
            Some(place.newest()),
            "{name}: kept aside"
        );
        let journal = journal(&back.store, &back.log);
        let publisher = start(&journal, new()).unwrap();
        append(&journal, 3);
        assert!(publish_all(&journal, &publisher) > size, "{name}");
        assert_eq!(publisher.origin(), "journal-2.example.vn", "{name}");
        run(publisher.close());
        assert!(
            matches!(start(&journal, key(ORIGIN, 7)), Err(PublishError::NotOurs(_))),
            "{name}: the old key is over"
        );
    }
}

/// A backup of few entries, to be harmed.
fn small() -> Blobs {
    let place = Place::new(sqlite_store());
    place.work(5);
    let to = Blobs::memory();
    place.back_up(&to).unwrap();
    to
}

fn refused(from: &Blobs) -> BackupError {
    let back = Place::new(sqlite_store());
    match back.restore(from) {
        Err(error) => {
            assert!(back.store.is_blank().unwrap(), "nothing was written: {error}");
            error
        }
        Ok(()) => panic!("it was restored"),
    }
}

fn change(blobs: &Blobs, path: &str, change: impl Fn(&mut Vec<u8>)) {
    let mut content = blobs.get(path).unwrap().unwrap();
    change(&mut content);
    blobs.put_all(&[(path.to_owned(), content)]).unwrap();
}

#[test]
fn each_fault_has_its_own_error() {
    let part = "part/000000";
    assert!(matches!(refused(&Blobs::memory()), BackupError::NoBackup));
    let harmed = |harm: fn(&Blobs)| {
        let blobs = small();
        harm(&blobs);
        refused(&blobs)
    };
    let missing = harmed(|blobs| blobs.delete("part/000000").unwrap());
    assert!(matches!(missing, BackupError::Missing(name) if name == part));
    let cut = harmed(|blobs| change(blobs, "part/000000", |bytes| bytes.truncate(bytes.len() - 20)));
    assert!(matches!(cut, BackupError::Truncated(name) if name == part));
    let altered = harmed(|blobs| change(blobs, "part/000000", |bytes| bytes[50] ^= 1));
    assert!(matches!(altered, BackupError::Altered(name) if name == part));
    let tag = harmed(|blobs| blobs.delete("manifest.tag").unwrap());
    assert!(matches!(tag, BackupError::Missing(_)));
    let unfinished = harmed(|blobs| blobs.delete("manifest.json").unwrap());
    assert!(matches!(unfinished, BackupError::NoBackup));
    let replace = |from: &'static str, to: &'static str| {
        let blobs = small();
        change(&blobs, "manifest.json", |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(from));
            *bytes = text.replacen(from, to, 1).into_bytes();
        });
        refused(&blobs)
    };
    assert!(matches!(replace("\"format\": 1", "\"format\": 2"), BackupError::Newer(_)));
    assert!(matches!(replace("\"version\": \"0.", "\"version\": \"99."), BackupError::Newer(_)));
    assert!(matches!(replace("\"engine\": \"sqlite\"", "\"engine\": \"sqlitf\""), BackupError::Altered(_)));
    let other = Opened::open(&small(), &Unlock::Ring(&ring(3)));
    assert!(matches!(other, Err(BackupError::WrongKey)));
    for wrong in [&[0; 32][..], &[0; 31]] {
        assert!(matches!(Opened::open(&small(), &Unlock::Key(wrong)), Err(BackupError::WrongKey)));
    }
}

/// Every byte of a small backup: a change is found before anything is written.
#[test]
fn every_changed_byte_is_found() {
    let blobs = small();
    for path in blobs.list("").unwrap() {
        let whole = blobs.get(&path).unwrap().unwrap();
        for at in (0..whole.len()).step_by(97) {
            let mut changed = whole.clone();
            changed[at] ^= 4;
            blobs.put_all(&[(path.clone(), changed)]).unwrap();
            let opened = Opened::open(&blobs, &Unlock::Ring(&ring(1))).and_then(|opened| opened.verify());
            assert!(opened.is_err(), "{path}, byte {at}");
        }
        blobs.put_all(&[(path, whole)]).unwrap();
    }
    Opened::open(&blobs, &Unlock::Ring(&ring(1))).unwrap().verify().unwrap();
}

#[test]
fn nothing_is_written_over_a_backup() {
    let place = Place::new(sqlite_store());
    place.work(1);
    let to = Blobs::memory();
    place.back_up(&to).unwrap();
    assert!(matches!(place.back_up(&to), Err(BackupError::Exists)));
}
