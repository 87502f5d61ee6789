//! Lawful secrecy: content hidden until a date, existence never.
use crate::chains::{check_all_at, prove};
use crate::memory::MemoryLog;
use crate::{ALL, NOW_US, SECOND, call, index, person};
use dancu_journal::Kind;
use dancu_journal::index::{Index, Item, Shown, Withholding};
use std::sync::Arc;

const DAY: i64 = 86_400 * SECOND;

fn order(entry: u64, until_us: i64) -> Withholding {
    Withholding {
        entry,
        until_us,
        order: "QD-17/2026".into(),
        authority: "Cơ quan điều tra".into(),
        by: "CanBo-7".into(),
        correlation: [9; 16],
    }
}

fn item(index: &Index, number: &str, entry: u64, now_us: i64) -> Item {
    let history = index.history(number, ALL, now_us).unwrap();
    history.items.into_iter().find(|item| item.index == entry).unwrap()
}

#[test]
fn a_withheld_entry_is_counted_and_opens_by_itself() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::of((0..60).map(call)));
        let index = index(&log, &store);
        index.epoch(NOW_US).unwrap();
        let number = person(2);
        let before = index.history(&number, ALL, NOW_US).unwrap();
        let target = before.items[0].index;
        let receipt = index.withhold(order(target, NOW_US + DAY), NOW_US).unwrap().unwrap();

        let now = index.history(&number, ALL, NOW_US).unwrap();
        assert_eq!(now.count, before.count + 1, "{name}: the withholding is about her too");
        assert_eq!(now.items[0].index, receipt.index, "{name}");
        let Shown::Withholding { entry, until_us, order: None, .. } = now.items[0].shown else {
            panic!("{name}")
        };
        assert_eq!((entry, until_us), (target, NOW_US + DAY), "{name}");
        assert_eq!(now.items[1].shown, Shown::Withheld { until_us: NOW_US + DAY }, "{name}");
        let (total, uses) = index.usages(&number, i64::MIN..=i64::MAX, 0, 100, NOW_US).unwrap();
        assert_eq!((total, &uses[0].shown), (before.count, &now.items[1].shown), "{name}");

        // The proof names it, without its own proof; the order stays hidden as long.
        index.epoch(NOW_US + 1).unwrap();
        let proof = index.history_proof(&number, ALL, NOW_US, &prove).unwrap().unwrap();
        let withheld: Vec<_> =
            proof.chain.iter().filter_map(|one| Some((one.index, one.withheld_until?))).collect();
        assert_eq!(withheld, [(target, NOW_US + DAY)], "{name}");
        assert!(proof.entries.iter().all(|one| !one.starts_with(&format!("{target} "))), "{name}");
        assert_eq!(proof.entries[0], format!("{} [Subject]", receipt.index), "{name}");

        // The day comes.
        let then = NOW_US + DAY;
        assert_eq!(item(&index, &number, target, then).shown, before.items[0].shown, "{name}");
        let shown = item(&index, &number, receipt.index, then).shown;
        let Shown::Withholding { order: Some(order), .. } = shown else { panic!("{name}") };
        assert_eq!(order, "QD-17/2026, Cơ quan điều tra", "{name}");
        let proof = index.history_proof(&number, ALL, then, &prove).unwrap().unwrap();
        assert_eq!(proof.entries.len(), proof.chain.len(), "{name}");
        assert_eq!(proof.entries[0], format!("{} [Subject, Order]", receipt.index), "{name}");
        check_all_at(&index, &log, then);
    }
}

#[test]
fn a_later_order_lengthens_or_ends_it() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let log = Arc::new(MemoryLog::of((0..60).map(call)));
        let index = index(&log, &store);
        index.catch_up().unwrap();
        let number = person(2);
        let target = index.history(&number, ALL, NOW_US).unwrap().items[0].index;
        let until = [NOW_US + DAY, NOW_US + 3 * DAY, NOW_US];
        for (nth, until_us) in until.into_iter().enumerate() {
            index.withhold(order(target, until_us), NOW_US + nth as i64).unwrap().unwrap();
            let shown = item(&index, &number, target, NOW_US + 2 * DAY).shown;
            assert_eq!(matches!(shown, Shown::Withheld { .. }), nth == 1, "{name} {nth}");
        }
        assert!(
            matches!(item(&index, &number, target, NOW_US).shown, Shown::Call(_)),
            "{name}: ended at once"
        );
        // A new index finds the same in the log.
        let (fresh, _guard) = dancu_storage::testing::sqlite_store();
        let fresh = crate::index(&log, &fresh);
        fresh.catch_up().unwrap();
        let (a, b) = (index.history(&number, ALL, NOW_US), fresh.history(&number, ALL, NOW_US));
        assert_eq!(a.unwrap(), b.unwrap(), "{name}");
    }
}

#[test]
fn only_calls_about_persons_can_be_withheld() {
    let log = Arc::new(MemoryLog::of((0..60).map(call)));
    log.push(Kind::Context, dancu_journal::Call::default());
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let index = index(&log, &store);
    index.catch_up().unwrap();
    let entries = log.entries.lock().unwrap().clone();
    let about_nobody = entries.iter().find(|entry| entry.call.personal.subject.is_none()).unwrap().index;
    let about_somebody = entries.iter().find(|entry| entry.call.personal.subject.is_some()).unwrap().index;
    for entry in [about_nobody, 60, 61, u64::MAX] {
        assert_eq!(index.withhold(order(entry, NOW_US + DAY), NOW_US).unwrap(), None, "{entry}");
    }
    let receipt = index.withhold(order(about_somebody, NOW_US + DAY), NOW_US).unwrap().unwrap();
    assert_eq!(index.withhold(order(receipt.index, NOW_US + DAY), NOW_US).unwrap(), None, "a withholding");
    let shown = format!("{:?}", order(1, 2));
    assert!(!shown.contains("QD-17") && !shown.contains("CanBo"), "{shown}");
}
