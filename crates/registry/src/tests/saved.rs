//! The people in memory come from a file, follow the feed, and are held against the store. Whatever befalls the file, they say
//! what the store says.
use super::index::{Step, answers, apply, step};
use super::*;
use crate::{Search, Tended, Trust};
use dancu_citizen::{Address, Allowed, Household, PersonNumber, Relative};
use dancu_storage::testing::{sqlite_store, stores};
use dancu_verify_index::{Place, Unit};
use proptest::prelude::*;
use std::path::Path;

fn saved(store: &Store, file: &Path) -> Registry {
    Registry::open_saved(store.clone(), ring(), file).unwrap()
}

/// Flips a bit of a file; gives whether it has any.
fn flip(file: &Path, at: prop::sample::Index, bit: u8) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = at.index(bytes.len());
    bytes[at] ^= 1 << bit;
    std::fs::write(file, bytes).unwrap();
}

fn searches(registry: &Registry) -> Vec<String> {
    let names = ["nguyen", "Nguyễn Văn An", "an", "ly thi", "thuy"];
    let search =
        |name| Search { name: Some(ClaimedName::parse(name).unwrap()), limit: 99, ..Search::default() };
    let hits =
        |name| registry.searched(&search(name)).iter().map(|hit| format!("{:?}", hit.person)).collect();
    names
        .into_iter()
        .map(|name| {
            let hits: Vec<String> = hits(name);
            hits.join(" ")
        })
        .collect()
}

/// Who lives with whom, by their places: the same people have the same.
fn households(registry: &Registry) -> Vec<String> {
    let (index, _) = registry.people_now().unwrap();
    let household = |head| {
        let mut found = Vec::new();
        index.household_of_head(head, &mut found).unwrap();
        format!("{found:?}")
    };
    index.places().map(household).collect()
}

/// Where people live, in the order of their places.
fn units(registry: &Registry) -> Vec<Option<u16>> {
    let (index, _) = registry.people_now().unwrap();
    index.places().map(|place| index.entry(place).unwrap().unit.map(Unit::as_u16)).collect()
}

#[derive(Clone, Debug)]
enum Event {
    Step(Step),
    Flip(prop::sample::Index, u8),
    Reopen,
    Tend,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => step().prop_map(Event::Step),
        1 => (any::<prop::sample::Index>(), 0_u8..8).prop_map(|(at, bit)| Event::Flip(at, bit)),
        2 => Just(Event::Reopen),
        1 => Just(Event::Tend),
    ]
}

/// Random steps from a seed that does not change: the same on every engine.
fn events(seed: u8) -> Vec<Event> {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    prop::collection::vec(event(), 1..12).new_tree(&mut runner).unwrap().current()
}

#[test]
fn whatever_befalls_the_file_on_every_engine() {
    for seed in 0..6 {
        for (_, store, _guard) in stores() {
            follow(&store, &events(seed));
        }
    }
}

fn follow(store: &Store, events: &[Event]) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.index");
    let (mut registry, mut keys) = (saved(store, &file), Vec::new());
    for event in events {
        match event {
            Event::Step(step) => apply(&registry, &mut keys, step),
            Event::Flip(at, bit) => flip(&file, *at, *bit),
            Event::Reopen => registry = saved(store, &file),
            Event::Tend => assert_ne!(registry.tend().unwrap(), Tended::Differs),
        }
    }
    registry.refresh().unwrap();
    let fresh = open(store);
    assert_eq!(answers(&registry, &keys), answers(&fresh, &keys));
    assert_eq!(searches(&registry), searches(&fresh));
    assert_eq!(households(&registry), households(&fresh));
    assert_eq!(units(&registry), units(&fresh));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_befalls_the_file_memory_says_what_the_store_says(events in prop::collection::vec(event(), 1..12)) {
        let (store, _guard) = sqlite_store();
        follow(&store, &events);
    }
}

#[test]
fn a_household_follows_its_people() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let member = |number: u64, head: u64| {
            let relative = |number| Relative {
                number: Some(PersonNumber::PersonalId(id(number))),
                ..Relative::default()
            };
            let household = Household { head: relative(head), members: vec![relative(number)] };
            Record { household: sourced(household), ..record(number, "Trần An") }
        };
        let people = [member(1, 1), member(2, 1), member(3, 1), member(4, 9)].map(newcomer);
        let keys = open(&store).insert_many(&people, NOW).unwrap();
        let registry = saved(&store, &folder.path().join("people.index"));
        let of = |number| {
            let (index, _) = registry.people_now().unwrap();
            let mut found = Vec::new();
            index.household_of_head(index.place_of(id(number)).unwrap().unwrap(), &mut found).unwrap();
            let number = |place: &Place| index.personal_id(*place).unwrap().unwrap().as_u64();
            found.iter().map(number).collect::<Vec<_>>()
        };
        assert_eq!((of(1), of(2)), (vec![1, 2, 3], vec![2]), "{engine}");
        assert_eq!(registry.tend(), Ok(Tended::Compared(4)), "{engine}");
        // One leaves, the head gets another number, and somebody comes whom a record named before.
        registry.change(keys[2], &change(1, member(3, 3)), NOW).unwrap();
        registry.change(keys[0], &change(1, member(7, 7)), NOW).unwrap();
        registry.insert_many(&[newcomer(member(9, 9))], NOW).unwrap();
        assert_eq!((of(7), of(1), of(3), of(9)), (vec![7, 2], vec![7, 2], vec![3], vec![9, 4]), "{engine}");
        assert_eq!(registry.tend(), Ok(Tended::Compared(5)), "{engine}");
    }
}

#[test]
fn who_moves_has_moved_in_memory_and_in_its_file() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.index");
        let living = |number: u64, commune: &str| {
            let address = Address { commune: Some(commune.to_owned()), ..Address::default() };
            Record { permanent_residence: sourced(address), ..record(number, "Trần An") }
        };
        let people = [living(1, "00004"), living(2, "32248"), record(3, "Trần An"), living(4, "không rõ")];
        let keys = open(&store).insert_many(&people.map(newcomer), NOW).unwrap();
        let registry = saved(&store, &file);
        assert_eq!(units(&registry), [Some(4), Some(32_248), None, None], "{engine}");
        assert_eq!(registry.tend(), Ok(Tended::Compared(4)), "{engine}");
        registry.change(keys[0], &change(1, living(1, "00097")), NOW).unwrap();
        registry.change(keys[2], &change(1, living(3, "00004")), NOW).unwrap();
        for registry in [&registry, &saved(&store, &file)] {
            assert_eq!(units(registry), [Some(97), Some(32_248), Some(4), None], "{engine}");
            assert_eq!(registry.tend(), Ok(Tended::Compared(4)), "{engine}");
        }
        // A move that goes by the feed is seen when memory is held against the store.
        let rows = crate::store::Rows { ring: ring() };
        let sealed = rows.seal_block(keys[1], 1, &crate::block::Block::of(&living(2, "00004"))).unwrap();
        let sql = "UPDATE person SET verify_block = $2 WHERE person_key = $1";
        store.run_tx("test", |tx| tx.execute(sql, &[keys[1].0.into(), sealed.clone().into()])).unwrap();
        assert_eq!(registry.tend(), Ok(Tended::Differs), "{engine}");
        assert_eq!((registry.tend(), units(&registry)[1]), (Ok(Tended::Rebuilt), Some(4)), "{engine}");
    }
}

#[test]
fn on_every_engine() {
    for (_, store, _guard) in stores() {
        let record = |n| newcomer(record(n, "Nguyễn Văn An")).current.record;
        let step = |n: std::ops::Range<u64>| Event::Step(Step::Insert(n.map(record).collect()));
        let at = |n: u64| Event::Step(Step::Insert(vec![record(n)]));
        follow(&store, &[step(0..40), Event::Reopen, at(41), Event::Reopen, Event::Tend, at(42)]);
    }
}

#[test]
fn a_start_reads_the_file_and_what_changed_since() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.index");
        let keys = open(&store).insert_many(&[newcomer(record(1, "Trần An"))], NOW).unwrap();
        drop(saved(&store, &file));
        let written = std::fs::read(&file).unwrap();
        open(&store).change(keys[0], &change(1, record(2, "Trần Bình")), NOW).unwrap();
        let registry = saved(&store, &file);
        assert_eq!(std::fs::read(&file).unwrap(), written, "{engine}: nothing was built");
        assert_eq!(registry.verified(&claim(1, "Trần Bình"), Allowed::ALL).person, Some(keys[0]), "{engine}");
        assert_eq!((registry.count(), searches(&registry)), (1, searches(&open(&store))));
        assert_eq!(
            registry.tend(),
            Ok(Tended::Compared(1)),
            "who changed since is not compared, and is no difference"
        );
    }
}

#[test]
fn a_file_of_another_store_or_ahead_of_it_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.index");
    let (one, _guard) = sqlite_store();
    open(&one).insert_many(&[newcomer(record(1, "Trần An")), newcomer(record(2, "Lý An"))], NOW).unwrap();
    drop(saved(&one, &file));
    // A store that was put back to an earlier state, then went another way.
    let (two, _guard) = sqlite_store();
    assert_eq!(saved(&two, &file).count(), 0, "ahead of this one");
    drop(saved(&one, &file));
    open(&two).insert_many(&[newcomer(record(3, "Trần An")), newcomer(record(4, "Lý An"))], NOW).unwrap();
    let registry = saved(&two, &file);
    assert!(registry.verified(&claim(3, "Trần An"), Allowed::ALL).found(), "as far, and another");
    assert!(!registry.verified(&claim(1, "Trần An"), Allowed::ALL).found());
}

#[test]
fn what_differs_from_the_store_is_an_alarm_and_is_built_anew() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("people.index");
        let people = [newcomer(record(1, "Trần An")), newcomer(record(2, "Lý An"))];
        let keys = open(&store).insert_many(&people, NOW).unwrap();
        let registry = saved(&store, &file);
        assert_eq!(registry.tend(), Ok(Tended::Compared(2)), "{engine}");
        // A change that goes by the feed: what a fault in the program, or in the machine's memory, would look like.
        let rows = crate::store::Rows { ring: ring() };
        let block = crate::block::Block::of(&record(1, "Trần Bình"));
        let sealed = rows.seal_block(keys[0], 1, &block).unwrap();
        let sql = "UPDATE person SET verify_block = $2 WHERE person_key = $1";
        store.run_tx("test", |tx| tx.execute(sql, &[keys[0].0.into(), sealed.clone().into()])).unwrap();
        assert_eq!(registry.trust(), Trust::default(), "{engine}");
        assert_eq!(registry.tend(), Ok(Tended::Differs), "{engine}");
        assert!(registry.trust().is_distrusted, "{engine}");
        assert!(
            registry.verify_now(&claim(1, "Trần An"), Allowed::ALL).is_err(),
            "{engine}: memory is silent"
        );
        let agrees = |registry: &Registry| {
            let finding = registry.verified(&claim(1, "Trần Bình"), Allowed::ALL).comparison.unwrap();
            finding.agrees(dancu_citizen::FieldSet::EMPTY.with(dancu_citizen::Field::FullName))
        };
        assert!(agrees(&registry), "{engine}: the store answers");
        assert_eq!(searches(&registry), searches(&open(&store)), "{engine}");
        assert_eq!(registry.tend(), Ok(Tended::Rebuilt), "{engine}");
        assert_eq!(registry.trust(), Trust::default(), "{engine}");
        assert!(registry.verify_now(&claim(1, "Trần An"), Allowed::ALL).is_ok() && agrees(&registry));
        assert_eq!(
            saved(&store, &file).tend(),
            Ok(Tended::Compared(2)),
            "{engine}: the file was written anew"
        );
    }
}

#[test]
fn an_import_is_loaded_with_everybody() {
    let (store, _guard) = sqlite_store();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.index");
    let keys = open(&store).insert_many(&[newcomer(record(0, "Trần An"))], NOW).unwrap();
    let registry = saved(&store, &file);
    registry.change(keys[0], &change(1, record(0, "Trần Bình")), NOW).unwrap();
    open(&store).change(keys[0], &change(2, record(0, "Trần Hòa")), NOW).unwrap();
    let people: Vec<_> = (1..10_500).map(|n| newcomer(record(n, "Nguyễn Văn An"))).collect();
    registry.insert_many(&people, NOW).unwrap();
    assert_eq!((registry.refresh(), registry.count()), (Ok(10_500), 10_500));
    assert_eq!(searches(&registry), searches(&open(&store)));
    let search = |name: &str| {
        let name = Some(ClaimedName::parse(name).unwrap());
        registry.searched(&Search { name, limit: 9, ..Search::default() })
    };
    assert!(search("tran binh")[0].by_former_name, "what a layer said before does not shadow it");
    assert_eq!(registry.refresh(), Ok(0));
    assert!(std::fs::metadata(&file).unwrap().len() > 10_500 * 20, "it was saved");
}

#[test]
fn what_has_grown_is_merged_and_saved() {
    let (store, _guard) = sqlite_store();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.index");
    let people: Vec<_> = (0..1_000).map(|n| newcomer(record(n, "Nguyễn Văn An"))).collect();
    let keys = open(&store).insert_many(&people, NOW).unwrap();
    let registry = saved(&store, &file);
    let more: Vec<_> = (1_000..6_000).map(|n| newcomer(record(n, "Lý Thị Hòa"))).collect();
    registry.insert_many(&more, NOW).unwrap();
    registry.refresh().unwrap();
    registry.change(keys[7], &change(1, record(9_000, "Lý An")), NOW).unwrap();
    assert_eq!((registry.tend(), registry.count()), (Ok(Tended::Merged), 6_000));
    assert!(matches!(registry.tend(), Ok(Tended::Compared(200))));
    registry.change(keys[7], &change(2, record(9_001, "Lý An")), NOW).unwrap();
    for registry in [&registry, &saved(&store, &file)] {
        assert_eq!(registry.count(), 6_000);
        for number in [7, 9_000, 9_001] {
            assert_eq!(registry.verified(&claim(number, "Lý An"), Allowed::ALL).person, Some(keys[7]));
        }
        assert!(registry.verify_now(&claim(5_999, "Lý Thị Hòa"), Allowed::ALL).unwrap().found());
    }
}

/// What a replica that lacked the newest changes, and took over, looks like to a server that goes on.
#[test]
fn a_history_that_went_another_way_is_noticed_and_all_is_built_anew() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let people = [newcomer(record(1, "Trần An")), newcomer(record(2, "Lý An"))];
        let keys = open(&store).insert_many(&people, NOW).unwrap();
        let registry = saved(&store, &folder.path().join("people.index"));
        let sql = |sql: &'static str, of: &[dancu_storage::Value]| {
            store.run_tx("test", |tx| tx.execute(sql, of)).unwrap();
        };
        let is_silent = || registry.verify_now(&claim(1, "Trần An"), Allowed::ALL).is_err();
        assert!(registry.refresh() == Ok(0) && !is_silent(), "{engine}");
        // As many changes, and others: seen with the next one.
        sql("UPDATE person_change SET person_key = $1 WHERE seq = 2", &[keys[0].0.into()]);
        open(&store).change(keys[1], &change(1, record(2, "Lý Bình")), NOW).unwrap();
        assert!(registry.refresh() == Ok(0) && is_silent(), "{engine}: memory answers nothing");
        assert!(registry.verified(&claim(2, "Lý Bình"), Allowed::ALL).found(), "{engine}: the store does");
        assert_eq!(registry.tend(), Ok(Tended::Rebuilt), "{engine}");
        assert!(registry.refresh() == Ok(0) && !is_silent(), "{engine}");
        // Fewer changes than were known.
        sql("DELETE FROM person_change WHERE seq = 3", &[]);
        sql("UPDATE person_head SET seq = 2", &[]);
        assert!(registry.refresh() == Ok(0) && is_silent(), "{engine}: fewer");
        assert_eq!(registry.tend(), Ok(Tended::Rebuilt), "{engine}");
        assert!(!is_silent(), "{engine}");
    }
}

#[test]
fn a_household_that_the_store_does_not_know_is_a_difference() {
    for (engine, store, _guard) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let relative =
            |number| Relative { number: Some(PersonNumber::PersonalId(id(number))), ..Relative::default() };
        let household = Household { head: relative(1), members: vec![relative(2)] };
        let member = Record { household: sourced(household), ..record(2, "Trần An") };
        let people = [newcomer(record(1, "Trần An")), newcomer(member)];
        let keys = open(&store).insert_many(&people, NOW).unwrap();
        let registry = saved(&store, &folder.path().join("people.index"));
        assert_eq!(registry.tend(), Ok(Tended::Compared(2)), "{engine}");
        let rows = crate::store::Rows { ring: ring() };
        let sealed = rows.seal_block(keys[1], 1, &crate::block::Block::of(&record(2, "Trần An"))).unwrap();
        let sql = "UPDATE person SET verify_block = $2 WHERE person_key = $1";
        store.run_tx("test", |tx| tx.execute(sql, &[keys[1].0.into(), sealed.clone().into()])).unwrap();
        assert_eq!(registry.tend(), Ok(Tended::Differs), "{engine}");
    }
}
