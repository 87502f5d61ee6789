//! The index behind a real journal, working by itself.
use crate::{ALL, NOW_US, call, options, person, ring, vrf};
use dancu_journal::index::{Index, IndexOptions, Query, Shown, Wanted, Withholding};
use dancu_journal::{Draft, Journal, Options, subject_hash};
use dancu_storage::Store;
use dancu_storage::testing::stores;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn append(journal: &Journal, calls: std::ops::Range<usize>) {
    runtime().block_on(async {
        let waiting: Vec<_> = calls.map(|n| journal.append(Draft::from(call(n)))).collect();
        for waiting in waiting {
            waiting.await.unwrap();
        }
    });
}

/// On the embedded engine the index has a file of its own; on a server it shares the database.
fn own_store(name: &str, store: &Store) -> (Store, Option<dancu_storage::testing::Guard>) {
    if name.starts_with("sqlite") {
        let (own, guard) = dancu_storage::testing::sqlite_store();
        (own, Some(guard))
    } else {
        (store.clone(), None)
    }
}

#[test]
fn entries_of_a_journal_are_found_shown_proved_and_withheld() {
    for (name, store, _guard) in stores() {
        let journal = Journal::open(store.clone(), ring(), Options::default()).unwrap();
        append(&journal, 0..120);
        let (own, _own_guard) = own_store(name, &store);
        let index = Index::open(journal.clone(), own, vrf(), options()).unwrap();
        let covered = index.epoch(NOW_US).unwrap().unwrap();
        let size = journal.read_head().unwrap().size;
        assert_eq!((covered.index, covered.entries), (size - 1, size - 1), "{name}");

        let number = person(2);
        let wanted: Vec<_> =
            (0..120).rev().map(call).filter(|call| call.personal.subject.as_ref() == Some(&number)).collect();
        let query = Query { subject: Some(subject_hash(&ring(), &number)), limit: 500, ..Query::default() };
        let found = index.search(&query).unwrap();
        let calls: Vec<_> = found.entries.iter().map(|entry| entry.call.correlation).collect();
        assert_eq!(calls, wanted.iter().map(|call| call.correlation).collect::<Vec<_>>(), "{name}");
        let organisation = Query { organisation: Some("org-1".into()), limit: 500, ..Query::default() };
        let of_org = (0..120).map(call).filter(|call| call.organisation.as_deref() == Some("org-1")).count();
        assert_eq!(index.search(&organisation).unwrap().entries.len(), of_org, "{name}: said by the context");

        let history = index.history(&number, ALL, NOW_US).unwrap();
        assert!(history.items.iter().all(|item| item.covered), "{name}");
        let Shown::Call(seen) = &history.items[0].shown else { panic!("{name}") };
        assert_eq!(
            (seen.organisation.as_ref(), seen.purpose.as_ref()),
            (wanted[0].organisation.as_ref(), wanted[0].personal.purpose.as_ref(),)
        );
        let prove = |wanted: &[Wanted]| Ok(wanted.iter().map(|(index, _)| index.to_string()).collect());
        let proof = index.history_proof(&number, ALL, NOW_US, &prove).unwrap().unwrap();
        assert_eq!(proof.chain.len(), wanted.len(), "{name}");

        let withholding = Withholding {
            entry: history.items[0].index,
            until_us: NOW_US + 10,
            order: "QD-1".into(),
            authority: "Tòa án".into(),
            by: "CanBo-1".into(),
            correlation: [8; 16],
        };
        index.withhold(withholding, NOW_US).unwrap().unwrap();
        let shown = index.history(&number, ALL, NOW_US).unwrap().items.remove(1).shown;
        assert_eq!(shown, Shown::Withheld { until_us: NOW_US + 10 }, "{name}");
        assert_eq!(index.audit_chains().unwrap().differences, vec![], "{name}");
    }
}

#[test]
fn the_worker_keeps_up_and_makes_epochs() {
    for (name, store, _guard) in stores() {
        let journal = Journal::open(store.clone(), ring(), Options::default()).unwrap();
        let (own, _own_guard) = own_store(name, &store);
        let options = IndexOptions { pause: Duration::from_millis(5), epoch_seconds: 0, ..options() };
        let index = Index::open(journal.clone(), own, vrf(), options).unwrap();
        let running = index.start(Arc::new(|| NOW_US)).unwrap();
        append(&journal, 0..60);
        append(&journal, 60..90);
        let until = Instant::now() + Duration::from_mins(1);
        let number = person(2);
        let wanted = (0..90).map(call).filter(|call| call.personal.subject.as_ref() == Some(&number)).count();
        loop {
            let history = index.history(&number, ALL, NOW_US).unwrap();
            if history.count == wanted as u64 && history.items.iter().all(|item| item.covered) {
                break;
            }
            assert!(Instant::now() < until, "{name}");
            std::thread::sleep(Duration::from_millis(10));
        }
        running.stop();
        let position = index.position().unwrap();
        append(&journal, 90..95);
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(index.position().unwrap(), position, "{name}: it stopped");
    }
}
