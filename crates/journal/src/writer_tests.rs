use super::*;
use crate::{Answered, Call, Draft, Outcome, head, schema};
use dancu_keys::Secret;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use std::cell::Cell;

const PATIENCE: Duration = Duration::from_millis(200);

fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

fn unit(store: &Store, correlation: u8) -> Unit {
    let outcome = Outcome::Answered(Answered::Verified);
    let call = Call { correlation: [correlation; 16], outcome, ..Call::default() };
    let keys = MonthKeys::new(store.clone(), Arc::new(ring()));
    Unit::new(vec![Draft::from(call)], None, &keys).unwrap()
}

fn unknown() -> JournalError {
    StoreError::CommitUnknown("the line broke".into()).into()
}

fn write_one(store: &Store, correlation: u8) -> Written {
    let unit = unit(store, correlation);
    store.run_tx("test", |tx| unit::write(tx, &ring(), &Contexts::default(), &[&unit])).unwrap()
}

fn size(store: &Store) -> u64 {
    store.read("test", head::size).unwrap()
}

/// Commits a unit while the first `lost` commits answer nothing; `took` says whether they took effect.
fn commit_with_lost_answers(
    store: &Store,
    lost: u32,
    took: bool,
    between: impl Fn(),
) -> Result<Written, JournalError> {
    let (ring, unit, runs) = (ring(), unit(store, 1), Cell::new(0));
    let (shelves, contexts) =
        (Shelves::new(store.clone(), Blobs::memory(), Blobs::memory()), Contexts::default());
    let run = |transaction: Transaction<'_>| {
        runs.set(runs.get() + 1);
        if runs.get() > lost {
            return store.run_tx("test", transaction);
        }
        let result = store.run_tx("test", |tx| {
            let written = transaction(tx)?;
            if took { Ok(written) } else { Err(unknown()) }
        });
        between();
        result.and(Err(unknown()))
    };
    commit(PATIENCE, &shelves, run, |tx| unit::write(tx, &ring, &contexts, &[&unit]))
}

#[test]
fn a_commit_that_took_effect_unseen_is_found_and_not_repeated() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        store.migrate(schema::OWNER, schema::MIGRATIONS).unwrap();
        let written = commit_with_lost_answers(&store, 1, true, || drop(write_one(&store, 9))).unwrap();
        let shelves = Shelves::new(store.clone(), Blobs::memory(), Blobs::memory());
        assert_eq!(written.receipts().next().unwrap().index, 1, "{name}: after its context");
        assert!(store.read("test", |tx| is_in(tx, &shelves, &written)).unwrap(), "{name}");
        assert_eq!(size(&store), 4, "{name}: the unit, and what another server wrote after it");
    }
}

#[test]
fn a_commit_that_took_effect_unseen_is_found_even_in_a_file() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let options = crate::Options { blobs: blobs.clone(), ..crate::Options::default() };
    let journal = crate::Journal::open(store.clone(), ring(), options).unwrap();
    let written = write_one(&store, 1);
    (0..200).for_each(|number| drop(write_one(&store, number)));
    let mut bundle = dancu_tlog::bundle::Bundle::new();
    for stored in journal.read_stored(0, 256).unwrap() {
        bundle.push(&stored.entry).unwrap();
    }
    blobs.put_all(&[("tile/entries/000".to_owned(), bundle.into_bytes())]).unwrap();
    journal.settle(1).unwrap();
    assert!(store.read("test", |tx| is_in(tx, journal.shelves(), &written)).unwrap());
}

#[test]
fn a_commit_that_took_no_effect_is_repeated() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        store.migrate(schema::OWNER, schema::MIGRATIONS).unwrap();
        let written = commit_with_lost_answers(&store, 1, false, || drop(write_one(&store, 9))).unwrap();
        assert_eq!(
            written.receipts().next().unwrap().index,
            3,
            "{name}: another server took the first numbers"
        );
        assert_eq!(size(&store), 4, "{name}");
    }
}

#[test]
fn a_fate_that_stays_unknown_is_said_to_be_unknown() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    store.migrate(schema::OWNER, schema::MIGRATIONS).unwrap();
    let result = commit_with_lost_answers(&store, u32::MAX, false, || ());
    assert_eq!(result.unwrap_err(), JournalError::Unknown);
    assert_eq!(size(&store), 0);
}

fn nothing() -> Written {
    Written { answers: vec![], contexts: vec![], size: 0 }
}

#[test]
fn an_error_of_the_store_is_told_at_once() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let shelves = Shelves::new(store, Blobs::memory(), Blobs::memory());
    for (error, expected) in [
        (StoreError::Full("no room".into()), JournalError::Full),
        (StoreError::Unavailable("gone".into()), JournalError::Unavailable),
    ] {
        let result = commit(PATIENCE, &shelves, |_| Err(error.clone().into()), |_| Ok(nothing()));
        assert_eq!(result.unwrap_err(), expected);
    }
}

#[test]
fn collisions_without_end_are_given_up() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let shelves = Shelves::new(store, Blobs::memory(), Blobs::memory());
    let collision = || Err(StoreError::Serialization("again".into()).into());
    let result = commit(PATIENCE, &shelves, |_| collision(), |_| Ok(nothing()));
    assert_eq!(result.unwrap_err(), JournalError::Unavailable);
}
