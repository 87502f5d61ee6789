//! Keys rotate while serving; what was altered or moved does not open.
use super::*;
use crate::{PersonKey, RegistryError};
use dancu_citizen::{Allowed, FieldSet};
use dancu_keys::SealError;
use dancu_storage::Value;
use dancu_storage::testing::{sqlite_store, stores};
use std::sync::atomic::{AtomicBool, Ordering};

const EVERYTHING: FieldSet = Allowed::ALL.fields;

fn run(store: &Store, sql: &'static str, params: &[Value]) {
    let changed = store.run_tx("test", |tx| tx.execute(sql, params)).unwrap();
    assert_ne!(changed, 0);
}

#[test]
fn rows_are_sealed_again_while_readers_read() {
    for (engine, store, _guard) in stores() {
        let ring = ring();
        let registry = Registry::open(store.clone(), ring.clone()).unwrap();
        let people: Vec<_> = (0..120).map(|n| newcomer(record(n, "Nguyễn Văn An"))).collect();
        let keys = registry.insert_many(&people, NOW).unwrap();
        registry.refresh().unwrap();
        registry.change(keys[0], &change(1, record(0, "Nguyễn Văn Anh")), NOW).unwrap();
        assert_eq!(registry.reseal(1_000).unwrap(), 0);

        ring.add_key(2, &Secret::new([9; 32])).unwrap();
        ring.set_current(2).unwrap();
        registry.change(keys[1], &change(1, record(1, "Nguyễn Văn Anh")), NOW).unwrap();
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for key in &keys {
                        assert!(registry.record(*key, EVERYTHING).unwrap().is_some(), "{engine}");
                    }
                }
            });
            let resealed = [70, 70, 70].map(|limit| registry.reseal(limit));
            done.store(true, Ordering::Relaxed);
            assert_eq!(resealed, [Ok(70), Ok(50), Ok(0)], "{engine}");
        });

        // Nothing needs the first key any more: a ring without it opens everything.
        let second = KeyRing::new(&Secret::new([8; 32]), &Secret::new([2; 32])).unwrap();
        second.add_key(2, &Secret::new([9; 32])).unwrap();
        let registry = Registry::open(store, second).unwrap();
        assert_eq!(registry.count(), 120);
        for key in &keys {
            assert!(!registry.history(*key).unwrap().is_empty());
        }
    }
}

fn two() -> (Store, dancu_storage::testing::Guard, Registry, Vec<PersonKey>) {
    let (store, guard) = sqlite_store();
    let registry = open(&store);
    let people = [newcomer(record(1, "Trần An")), newcomer(record(2, "Lý An"))];
    let keys = registry.insert_many(&people, NOW).unwrap();
    registry.refresh().unwrap();
    (store, guard, registry, keys)
}

fn altered<T: std::fmt::Debug>(result: Result<T, RegistryError>, table: &str) {
    match result.unwrap_err() {
        RegistryError::Sealed { table: t, source: SealError::Altered, .. } => assert_eq!(t, table),
        other => panic!("{other}"),
    }
}

#[test]
fn a_field_moved_to_another_person_does_not_open() {
    let (store, _guard, registry, keys) = two();
    let sql =
        "UPDATE person_version SET full_name = (SELECT full_name FROM person_version WHERE person_key = $2)
               WHERE person_key = $1";
    run(&store, sql, &[keys[0].0.into(), keys[1].0.into()]);
    altered(registry.record(keys[0], EVERYTHING), "person_version");
    assert!(registry.record(keys[1], EVERYTHING).is_ok());
}

#[test]
fn a_field_moved_to_another_field_or_version_does_not_open() {
    let (store, _guard, registry, keys) = two();
    run(&store, "UPDATE person_version SET nationality = sex WHERE person_key = $1", &[keys[0].0.into()]);
    altered(registry.history(keys[0]), "person_version");

    registry.change(keys[1], &change(1, record(2, "Lý Anh")), NOW).unwrap();
    let sql = "UPDATE person_version SET full_name =
                   (SELECT v.full_name FROM person_version v WHERE v.person_key = $1 AND v.version = 1)
               WHERE person_key = $1 AND version = 2";
    run(&store, sql, &[keys[1].0.into()]);
    altered(registry.record(keys[1], EVERYTHING), "person_version");
}

#[test]
fn an_altered_or_moved_block_stops_the_start() {
    let (store, _guard, registry, keys) = two();
    let sql = "UPDATE person SET verify_block = (SELECT p.verify_block FROM person p WHERE p.person_key = $2)
               WHERE person_key = $1";
    run(&store, sql, &[keys[0].0.into(), keys[1].0.into()]);
    altered(Registry::open(store, ring()), "person");
    assert!(registry.verified(&claim(1, "Trần An"), Allowed::ALL).found(), "who has loaded serves on");
}

#[test]
fn nothing_of_a_person_is_readable_in_the_tables() {
    let (store, _guard, _registry, _keys) = two();
    let mut all = Vec::new();
    for sql in [crate::store::read::ALL_VERSIONS, "SELECT * FROM person", "SELECT * FROM person_number"] {
        let rows = store.read("test", |tx| tx.query(sql, &[])).unwrap();
        for row in &rows {
            for column in 0..row.len() {
                all.extend_from_slice(row.opt_bytes(column).unwrap_or_default().unwrap_or_default());
            }
        }
    }
    assert!(!all.is_empty());
    for plain in ["Trần".as_bytes(), b"000000000001", b"ho-tich"] {
        assert!(!all.windows(plain.len()).any(|w| w == plain));
    }
}

#[test]
fn a_missing_key_is_named() {
    let (store, _guard, _registry, _keys) = two();
    let other = KeyRing::new(&Secret::new([7; 32]), &Secret::new([2; 32])).unwrap();
    altered(Registry::open(store.clone(), other), "person");
    let ring = ring();
    ring.add_key(2, &Secret::new([9; 32])).unwrap();
    ring.set_current(2).unwrap();
    let registry = Registry::open(store.clone(), ring).unwrap();
    registry.insert_many(&[newcomer(record(5, "Trần An"))], NOW).unwrap();
    let error = Registry::open(store, self::ring()).unwrap_err();
    assert!(error.to_string().contains("key 2"), "{error}");
}

#[test]
fn finding_old_rows_needs_no_scan() {
    let (store, _guard, _registry, _keys) = two();
    for sql in [crate::store::read::STALE_PEOPLE, crate::store::read::STALE_VERSIONS] {
        let plan = store.read("test", |tx| tx.explain(sql, &[2.into(), 50.into()])).unwrap();
        assert!(plan.iter().any(|line: &String| line.contains("person_key_number")), "{plan:?}");
        assert!(!plan.iter().any(|line| line.contains("SCAN person") || line.contains("SCAN v")), "{plan:?}");
    }
}

#[test]
fn a_start_that_meets_many_altered_blocks_ends() {
    let (store, _guard) = sqlite_store();
    let people: Vec<_> = (0..12_000).map(|n| newcomer(record(n, "Lý An"))).collect();
    open(&store).insert_many(&people, NOW).unwrap();
    let other = KeyRing::new(&Secret::new([7; 32]), &Secret::new([2; 32])).unwrap();
    altered(Registry::open(store, other), "person");
}
