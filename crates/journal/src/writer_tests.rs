use super::*;
use crate::{Answered, Call, Draft, Outcome, schema};
use dancu_keys::Secret;
use std::cell::Cell;

const PATIENCE: Duration = Duration::from_millis(200);

fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

fn unit(correlation: u8) -> Unit {
    let outcome = Outcome::Answered(Answered::Verified);
    let call = Call { correlation: [correlation; 16], outcome, ..Call::default() };
    Unit::new(vec![Draft::from(call)], None).unwrap()
}

fn unknown() -> JournalError {
    StoreError::CommitUnknown("the line broke".into()).into()
}

fn write_one(store: &Store, correlation: u8) -> Written {
    let unit = unit(correlation);
    store.run_tx("test", |tx| unit::write(tx, &ring(), &[&unit])).unwrap()
}

fn size(store: &Store) -> u64 {
    store.read("test", unit::size).unwrap()
}

/// Commits a unit while the first `lost` commits answer nothing; `took` says whether they took effect.
fn commit_with_lost_answers(
    store: &Store,
    lost: u32,
    took: bool,
    between: impl Fn(),
) -> Result<Written, JournalError> {
    let (ring, unit, runs) = (ring(), unit(1), Cell::new(0));
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
    commit(PATIENCE, run, |tx| unit::write(tx, &ring, &[&unit]))
}

#[test]
fn a_commit_that_took_effect_unseen_is_found_and_not_repeated() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        store.migrate(schema::OWNER, schema::MIGRATIONS).unwrap();
        let written = commit_with_lost_answers(&store, 1, true, || drop(write_one(&store, 9))).unwrap();
        assert_eq!(written.receipts().next().unwrap().index, 0, "{name}");
        assert!(store.read("test", |tx| written.is_in(tx)).unwrap(), "{name}");
        assert_eq!(size(&store), 2, "{name}: the unit, and what another server wrote after it");
    }
}

#[test]
fn a_commit_that_took_no_effect_is_repeated() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        store.migrate(schema::OWNER, schema::MIGRATIONS).unwrap();
        let written = commit_with_lost_answers(&store, 1, false, || drop(write_one(&store, 9))).unwrap();
        assert_eq!(
            written.receipts().next().unwrap().index,
            1,
            "{name}: another server took the first number"
        );
        assert_eq!(size(&store), 2, "{name}");
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

#[test]
fn an_error_of_the_store_is_told_at_once() {
    for (error, expected) in [
        (StoreError::Full("no room".into()), JournalError::Full),
        (StoreError::Unavailable("gone".into()), JournalError::Unavailable),
    ] {
        let result = commit(PATIENCE, |_| Err(error.clone().into()), |_| Ok(Written { answers: vec![] }));
        assert_eq!(result.unwrap_err(), expected);
    }
}

#[test]
fn collisions_without_end_are_given_up() {
    let collision = || Err(StoreError::Serialization("again".into()).into());
    let result = commit(PATIENCE, |_| collision(), |_| Ok(Written { answers: vec![] }));
    assert_eq!(result.unwrap_err(), JournalError::Unavailable);
}
