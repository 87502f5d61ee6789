//! Versions, the change feed, numbers, and what of a record is opened.
use super::*;
use crate::generate::Former;
use crate::{PersonKey, RegistryError};
use dancu_citizen::{Allowed, Field, FieldSet, PersonNumber, Verdict};
use dancu_storage::testing::stores;

const NOT_ON_RECORD: Verdict = Verdict::NotOnRecord;

#[test]
fn a_change_is_a_version_and_the_former_one_stays() {
    for (engine, store, _guard) in stores() {
        let registry = open(&store);
        let mut first = record(1, "Trần Thị Hòa");
        first.id_card_number = sourced(card(7));
        let key = registry.insert_many(&[newcomer(first.clone())], NOW).unwrap()[0];
        registry.refresh().unwrap();
        let mut second = record(2, "Trần Thị Bình");
        second.id_card_number = sourced(card(7));
        assert_eq!(registry.change(key, &change(1, second.clone()), NOW + 5).unwrap(), 2, "{engine}");
        assert_eq!(
            registry.change(key, &change(1, first.clone()), NOW + 6),
            Err(RegistryError::Stale { current: 2 })
        );
        let history = registry.history(key).unwrap();
        assert_eq!(
            history.iter().map(|v| (v.version, v.recorded_at_us)).collect::<Vec<_>>(),
            [(1, NOW), (2, NOW + 5)]
        );
        assert_eq!((&*history[0].reason, &*history[1].reason), ("import", "correction"));
        assert_eq!(history[0].valid_from, today());
        assert!(history[0].record == first && history[1].record == second);

        for registry in [registry.clone(), open(&store)] {
            let old = registry.verified(&claim(1, "tran thi hoa"), Allowed::ALL);
            assert_eq!((old.person, old.number), (Some(key), Some(PersonNumber::PersonalId(id(2)))));
            let verdicts = old.comparison.unwrap();
            assert_eq!(verdicts.get(Field::PersonalId).verdict, Verdict::Near);
            assert_eq!(verdicts.get(Field::FullName).verdict, Verdict::Near);
            let new = registry.verified(&claim(2, "Trần Thị Bình"), Allowed::ALL).comparison.unwrap();
            assert!(new.agrees(FieldSet::EMPTY.with(Field::PersonalId).with(Field::FullName)));
        }
    }
}

#[test]
fn a_former_number_may_come_back_and_none_may_be_taken() {
    for (_, store, _guard) in stores() {
        let registry = open(&store);
        let people = [newcomer(record(1, "Trần An")), newcomer(record(2, "Lý An"))];
        let keys = registry.insert_many(&people, NOW).unwrap();
        registry.refresh().unwrap();
        registry.change(keys[0], &change(1, record(3, "Trần An")), NOW).unwrap();
        registry.change(keys[0], &change(2, record(1, "Trần An")), NOW).unwrap();
        assert_eq!(
            registry.change(keys[1], &change(1, record(3, "Lý An")), NOW),
            Err(RegistryError::NumberTaken { position: 0 })
        );
        let several = [newcomer(record(9, "Trần An")), newcomer(record(3, "Lý Anh"))];
        assert_eq!(registry.insert_many(&several, NOW), Err(RegistryError::NumberTaken { position: 1 }));
        let several = [newcomer(record(9, "Trần An")), newcomer(record(2, "Lý An"))];
        assert_eq!(registry.insert_many(&several, NOW), Err(RegistryError::Exists { position: 1 }));
        let twice = [newcomer(record(9, "Trần An")), newcomer(record(9, "Lý An"))];
        assert_eq!(registry.insert_many(&twice, NOW), Err(RegistryError::Exists { position: 1 }));
        registry.refresh().unwrap();
        assert_eq!(registry.count(), 2, "all or none");
        assert_eq!(registry.history(keys[1]).unwrap().len(), 1, "a refused change leaves nothing");
    }
}

#[test]
fn two_registries_on_one_store_agree_by_the_feed() {
    for (engine, store, _guard) in stores() {
        let (one, two) = (open(&store), open(&store));
        let people: Vec<_> = (0..50).map(|n| newcomer(record(n, "Nguyễn Văn An"))).collect();
        let keys = one.insert_many(&people, NOW).unwrap();
        assert_eq!((one.count(), two.count()), (0, 0));
        assert_eq!((one.refresh().unwrap(), two.refresh().unwrap()), (50, 50), "{engine}");
        two.change(keys[3], &change(1, locked(record(3, "Nguyễn Văn An"))), NOW).unwrap();
        assert!(one.verified(&claim(3, "Nguyễn Văn An"), Allowed::ALL).usable());
        assert_eq!((one.refresh().unwrap(), one.refresh().unwrap()), (1, 0));
        assert_eq!(one.verified(&claim(3, "Nguyễn Văn An"), Allowed::ALL).state, LifeState::Locked);
        assert_eq!((one.count(), two.count()), (50, 50));
    }
}

#[test]
fn numbers_of_the_feed_have_no_gaps_under_concurrent_writers() {
    for (engine, store, _guard) in stores() {
        let registry = open(&store);
        std::thread::scope(|scope| {
            for writer in 0..4_u64 {
                let registry = &registry;
                scope.spawn(move || {
                    for n in 0..5 {
                        let person = newcomer(record(writer * 100 + n, "Nguyễn Văn An"));
                        registry.insert_many(&[person], NOW).unwrap();
                    }
                });
            }
        });
        let numbers: Vec<i64> = store
            .read("test", |tx| {
                let rows = tx.query("SELECT seq FROM person_change ORDER BY seq", &[])?;
                rows.iter().map(|row| row.int(0)).collect::<Result<_, dancu_storage::StoreError>>()
            })
            .unwrap();
        assert_eq!(numbers, (1..=20).collect::<Vec<_>>(), "{engine}");
        assert_eq!(registry.refresh().unwrap(), 20);
    }
}

#[test]
fn look_up_gives_the_asked_fields_only() {
    for (_, store, _guard) in stores() {
        let registry = open(&store);
        let key = registry.insert_many(&[newcomer(locked(record(1, "Trần An")))], NOW).unwrap()[0];
        registry.refresh().unwrap();
        let fields = FieldSet::EMPTY.with(Field::FullName).with(Field::Religion);
        let allowed = Allowed { fields, near: false };
        let (found, seen) = registry.look_up(&claim(1, "x"), allowed).unwrap().unwrap();
        assert_eq!(found, key);
        assert!(seen == locked(record(1, "Trần An")).only(fields));
        assert_eq!(registry.look_up(&claim(2, "x"), allowed), Ok(None));
        assert_eq!(registry.record(PersonKey([9; 16]), fields), Ok(None));
        assert_eq!(
            registry.record(key, fields.with(Field::State)).unwrap().unwrap().state,
            LifeState::Locked
        );
    }
}

#[test]
fn a_card_of_somebody_else_is_a_mismatch() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let registry = open(&store);
    let mut other = record(2, "Lý An");
    other.id_card_number = sourced(card(7));
    registry.insert_many(&[newcomer(record(1, "Trần An")), newcomer(other)], NOW).unwrap();
    registry.refresh().unwrap();
    let verdict = |n: u32| {
        let claim = Claim { id_card_number: Some(card(n)), ..claim(1, "Trần An") };
        registry.verified(&claim, Allowed::ALL).comparison.unwrap().get(Field::IdCardNumber).verdict
    };
    assert_eq!((verdict(7), verdict(8)), (Verdict::Mismatch, NOT_ON_RECORD));
    let by_card = Claim { id_card_number: Some(card(7)), ..Claim::default() };
    assert_eq!(registry.verified(&by_card, Allowed::ALL).number, Some(PersonNumber::PersonalId(id(2))));
    let nobody = registry.verified(&claim(5, "Trần An"), Allowed::ALL);
    assert!(!nobody.found() && !nobody.usable() && nobody.comparison.is_none());
}

#[test]
fn states_say_whether_a_record_is_usable() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let registry = open(&store);
    for (n, state) in (0..).zip(LifeState::ALL) {
        let record = Record { state, ..record(n, "Trần An") };
        registry.insert_many(&[newcomer(record)], NOW).unwrap();
        registry.refresh().unwrap();
        let finding = registry.verified(&claim(n, "Trần An"), Allowed::ALL);
        assert_eq!((finding.state, finding.usable()), (state, state == LifeState::Alive));
    }
}

#[test]
fn former_names_and_numbers_become_earlier_versions() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let registry = open(&store);
    let former = Former {
        names: vec![FullName::parse("Trần Bình").unwrap()],
        personal_ids: vec![id(8), id(9)],
        id_cards: vec![card(3)],
    };
    let key = registry.insert_many(&[newcomer(record(1, "Trần An")).with_former(&former)], NOW).unwrap()[0];
    registry.refresh().unwrap();
    assert_eq!(registry.history(key).unwrap().len(), 3);
    for number in [8, 9] {
        let finding = registry.verified(&claim(number, "Trần Bình"), Allowed::ALL);
        assert_eq!(finding.person, Some(key));
        assert_eq!(finding.comparison.unwrap().get(Field::FullName).verdict, Verdict::Near);
    }
    let by_card = Claim { id_card_number: Some(card(3)), ..Claim::default() };
    assert!(registry.verified(&by_card, Allowed::ALL).found());
}

#[test]
fn reasons_are_codes() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let registry = open(&store);
    for reason in ["", "Đổi tên", "a b", &"a".repeat(41)] {
        let person = NewPerson::new(record(1, "Trần An"), today(), reason);
        assert_eq!(registry.insert_many(&[person], NOW), Err(RegistryError::Reason));
    }
}

#[test]
fn columns_are_the_fields_in_the_order_of_the_law() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let _registry = open(&store);
    let table = crate::MIGRATIONS.iter().find(|m| m.id == "0003_person_version").unwrap().sql;
    let columns: Vec<&str> =
        table.lines().filter_map(|l| l.trim().split_once(" BLOB,").map(|(name, _)| name)).collect();
    let mut fields: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
    assert_eq!(columns, fields);
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(fields.len(), Field::ALL.len());
}

#[test]
fn look_up_by_key_uses_the_primary_keys() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let _registry = open(&store);
    let plan =
        store.read("test", |tx| tx.explain(crate::store::read::CURRENT, &[[0_u8; 16].into()])).unwrap();
    assert!(plan.iter().all(|line: &String| line.contains("SEARCH")), "{plan:?}");
}
