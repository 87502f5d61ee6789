//! Several servers on one store, and folders and journals that are not what they were.
use crate::collector::{Collector, Heard, Temper};
use crate::scene::{Running, append, clock, first_of_each, journal, options, plain, ring, run};
use dancu_feed::{Event, Feed, FeedError, Options};
use std::time::Duration;

#[test]
fn one_sends_the_entries_each_its_events_and_another_takes_over() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        run(async {
            let heard = [Heard::default(), Heard::default()];
            let now = clock();
            let mut feeds = Vec::new();
            let mut collectors = Vec::new();
            for (folder, heard) in folders.iter().zip(&heard) {
                // The same receiver by name; here two addresses, to tell the servers apart.
                let collector = Collector::start("127.0.0.1:0", heard.clone(), Temper::Good, None);
                // A lease that no slow machine lets run out: whoever stops gives it back.
                let options = Options {
                    lease: Duration::from_secs(4),
                    ..options(folder.path(), vec![plain("soc", &collector.address)])
                };
                feeds.push(Running::start(options, &journal, &store, now.clone()).await);
                collectors.push(collector);
            }
            append(&journal, 200).await;
            tokio::time::sleep(Duration::from_millis(1500)).await;
            for (number, feed) in feeds.iter().enumerate() {
                feed.events.emit(Event::KeysRotated { key: number.to_string() });
            }
            let size = append(&journal, 200).await;
            tokio::time::sleep(Duration::from_millis(1500)).await;
            let [one, two] = [0, 1].map(|server: usize| heard[server].numbers());
            assert_eq!(
                (one.len().min(two.len()), one.len() + two.len()),
                (0, usize::try_from(size).unwrap()),
                "{engine}: one of them"
            );
            let holder = usize::from(one.is_empty());
            for (number, heard) in heard.iter().enumerate() {
                assert_eq!(heard.events().len(), 1, "{engine}");
                assert!(heard.events()[0].contains(&format!("key=\"{number}\"")), "{engine}");
            }

            feeds.remove(holder).stop().await;
            let end = append(&journal, 100).await;
            heard[1 - holder].until(end).await;
            feeds.remove(0).stop().await;
            let taken = heard[1 - holder].numbers();
            assert!(
                taken[0] <= size && taken[0] >= size - 5,
                "{engine}: from where the first one stopped: {}",
                taken[0]
            );
            let mut both = heard[holder].numbers();
            both.extend(taken);
            assert_eq!(first_of_each(&both), (0..end).collect::<Vec<_>>(), "{engine}");
        });
    }
}

#[test]
fn a_server_that_cannot_reach_the_receiver_does_not_keep_another_from_it() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let journal = journal(&store);
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    run(async {
        let (lost, heard) = (Heard::default(), Heard::default());
        let now = clock();
        let first = Collector::start("127.0.0.1:0", lost.clone(), Temper::Stalls(50), None);
        let second = Collector::start("127.0.0.1:0", heard.clone(), Temper::Good, None);
        let size = append(&journal, 300).await;
        let cut_off = Running::start(
            options(folders[0].path(), vec![plain("soc", &first.address)]),
            &journal,
            &store,
            now.clone(),
        );
        let cut_off = cut_off.await;
        lost.until(50).await;
        drop(first);
        let other = Running::start(
            options(folders[1].path(), vec![plain("soc", &second.address)]),
            &journal,
            &store,
            now,
        );
        let other = other.await;
        heard.until(size).await;
        assert_eq!(
            first_of_each(&heard.numbers()),
            (0..size).collect::<Vec<_>>(),
            "nothing was known to be read"
        );
        other.stop().await;
        cut_off.stop().await;
    });
}

#[test]
fn a_spool_is_one_servers_own_and_receivers_have_names_of_their_own() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    let open =
        |receivers| Feed::open(options(folder.path(), receivers), journal.clone(), &store, ring(), clock());
    let soc = plain("soc", "127.0.0.1:1");
    let first = open(vec![soc.clone()]).unwrap();
    assert!(matches!(open(vec![soc.clone()]), Err(FeedError::InUse(_))));
    drop(first);
    assert!(matches!(open(vec![soc.clone(), soc]), Err(FeedError::Receiver { .. })));
    assert!(matches!(open(vec![plain("soc", "192.0.2.1:514")]), Err(FeedError::Receiver { .. })));
}

#[test]
fn a_cursor_of_a_longer_journal_hides_nothing() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    let cursor = r#"{"entries":{"sent":900,"settled":900},"events":{"sent":0,"settled":0}}"#;
    std::fs::write(folder.path().join("cursor-soc.json"), cursor).unwrap();
    run(async {
        let heard = Heard::default();
        let good = Collector::start("127.0.0.1:0", heard.clone(), Temper::Good, None);
        let size = append(&journal, 20).await;
        let options = options(folder.path(), vec![plain("soc", &good.address)]);
        let feed = Running::start(options, &journal, &store, clock()).await;
        heard.until(size).await;
        feed.stop().await;
        assert_eq!(heard.numbers(), (0..size).collect::<Vec<_>>());
    });
}
