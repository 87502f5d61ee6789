//! Everything arrives, in order, whatever the receiver does.
use crate::collector::{Collector, Heard, Temper, mutual_tls};
use crate::scene::{Running, append, clock, first_of_each, journal, options, plain, run};
use dancu_feed::{Event, Format, Receiver};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const ANY: &str = "127.0.0.1:0";

#[test]
fn entries_and_events_arrive_over_mutual_tls_and_in_both_forms() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    run(async {
        let (server, client) = mutual_tls();
        let (syslog, cef) = (Heard::default(), Heard::default());
        let one = Collector::start(ANY, syslog.clone(), Temper::Good, Some(server));
        let two = Collector::start(ANY, cef.clone(), Temper::Good, None);
        let secure = Receiver { tls: Some(client), ..plain("soc", &one.address) };
        let older = Receiver { format: Format::Cef, ..plain("older", &two.address) };
        let options = options(folder.path(), vec![secure, older]);
        let size = append(&journal, 100).await;
        let feed = Running::start(options, &journal, &store, clock()).await;
        feed.events.emit(Event::QuorumMissing { have: 1, wanted: 2, size });
        syslog.until(size).await;
        let size = append(&journal, 50).await;
        assert_eq!(size, 151, "the calls and their context");
        syslog.until(size).await;
        cef.until(size).await;
        feed.stop().await;
        for heard in [&syslog, &cef] {
            assert_eq!(heard.numbers(), (0..size).collect::<Vec<_>>(), "in order, and once: nothing broke");
            assert_eq!(heard.events().len(), 1);
        }
        assert!(syslog.all().iter().any(|m| m.contains(r#"organisation="Sở \"Y tế\" [7\]\\""#)));
        assert!(cef.all().iter().any(|m| m.contains(r#" cs3=Sở "Y tế" [7]\\ cs3Label=organisation"#)));
        assert!(syslog.events()[0].contains("QUORUM_MISSING [dancu@32473 kind=\"event\" event=\"0\""));
    });
}

#[test]
fn a_stranger_with_another_certificate_hears_nothing() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    run(async {
        let ((stranger, _), (_, client)) = (mutual_tls(), mutual_tls());
        let heard = Heard::default();
        let collector = Collector::start(ANY, heard.clone(), Temper::Good, Some(stranger));
        let receiver = Receiver { tls: Some(client), ..plain("soc", &collector.address) };
        append(&journal, 10).await;
        let feed = Running::start(options(folder.path(), vec![receiver]), &journal, &store, clock()).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(heard.connections.load(Ordering::Relaxed) > 1, "it tries again");
        assert!(heard.all().is_empty());
        feed.stop().await;
    });
}

/// Only five messages are repeated by count; far more were unread, whether the receiver breaks while messages flow or when
/// the connection is being ended.
#[test]
fn what_a_receiver_had_not_read_when_it_broke_is_sent_again() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let journal = journal(&store);
        for settle in [1_000_000, 100] {
            let folder = tempfile::tempdir().unwrap();
            run(async {
                let heard = Heard::default();
                let bad = Collector::start(ANY, heard.clone(), Temper::Stalls(30), None);
                let address = bad.address.clone();
                let mut options = options(folder.path(), vec![plain(&format!("soc-{settle}"), &address)]);
                options.settle = settle;
                let size = append(&journal, 500).await;
                let feed = Running::start(options, &journal, &store, clock()).await;
                while heard.connections.load(Ordering::Relaxed) < 2 {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                drop(bad);
                tokio::time::sleep(Duration::from_millis(100)).await;
                let _good = Collector::start(&address, heard.clone(), Temper::Good, None);
                heard.until(size).await;
                feed.stop().await;
                let numbers = first_of_each(&heard.numbers());
                assert_eq!(numbers, (0..size).collect::<Vec<_>>(), "{engine}, settle {settle}");
            });
        }
    }
}

#[test]
fn connections_are_settled_with_few_repetitions_and_remembered() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    run(async {
        let heard = Heard::default();
        let good = Collector::start(ANY, heard.clone(), Temper::Good, None);
        let mut options = options(folder.path(), vec![plain("soc", &good.address)]);
        options.settle = 100;
        let size = append(&journal, 1000).await;
        let feed = Running::start(options.clone(), &journal, &store, clock()).await;
        heard.until(size).await;
        feed.stop().await;
        let connections = heard.connections.load(Ordering::Relaxed);
        assert!(connections >= 5);
        // Without TLS no end says that the last few were kept: they go again, and no others.
        let numbers = heard.numbers();
        assert_eq!(first_of_each(&numbers), (0..size).collect::<Vec<_>>());
        let heard_once = numbers.len();
        let most = 1001 + 5 * usize::try_from(connections).unwrap();
        assert!(heard_once <= most, "{heard_once} messages over {connections} connections");
        // A new process repeats the last few, for the receiver may have lost its memory too.
        let more = append(&journal, 10).await;
        let feed = Running::start(options, &journal, &store, clock()).await;
        heard.until(more).await;
        feed.stop().await;
        assert_eq!(heard.numbers()[heard_once..], (size - 5..more).collect::<Vec<_>>());
    });
}

#[test]
fn a_receiver_that_breaks_every_end_or_leaves_it_unanswered_does_not_hold_the_feed_up() {
    for temper in [Temper::Resets, Temper::Silent] {
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
        run(async {
            let heard = Heard::default();
            let odd = Collector::start(ANY, heard.clone(), temper, None);
            let mut options = options(folder.path(), vec![plain("soc", &odd.address)]);
            options.settle = 100;
            let size = append(&journal, 250).await;
            let feed = Running::start(options, &journal, &store, clock()).await;
            heard.until(size).await;
            feed.stop().await;
            assert_eq!(first_of_each(&heard.numbers()), (0..size).collect::<Vec<_>>(), "{temper:?}");
        });
    }
}

#[test]
fn a_feed_that_is_torn_away_goes_on_where_it_was() {
    for (engine, store, _guard) in dancu_storage::testing::stores() {
        let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
        let heard = Heard::default();
        // One clock for all rounds: nobody gave the lease back, and a clock that began anew would make each wait longer.
        let now = clock();
        for round in 0..3 {
            // The runtime ends with everything in it: no last words, no cursor saved.
            run(async {
                let good = Collector::start(ANY, heard.clone(), Temper::Good, None);
                let options = options(folder.path(), vec![plain("soc", &good.address)]);
                let feed = Running::start(options, &journal, &store, Arc::clone(&now)).await;
                feed.events.emit(Event::KeysRotated { key: format!("sealing {round}") });
                let size = append(&journal, 300).await;
                heard.until(size - 100).await;
                feed.events.flush();
            });
        }
        run(async {
            let good = Collector::start(ANY, heard.clone(), Temper::Good, None);
            let options = options(folder.path(), vec![plain("soc", &good.address)]);
            let feed = Running::start(options, &journal, &store, Arc::clone(&now)).await;
            heard.until(journal.len().await.unwrap()).await;
            feed.stop().await;
        });
        assert_eq!(first_of_each(&heard.numbers()), (0..901).collect::<Vec<_>>(), "{engine}");
        for round in 0..3 {
            let event = format!("event=\"{round}\" key=\"sealing {round}\"");
            assert!(heard.events().iter().any(|message| message.contains(&event)), "{engine}: {event}");
        }
    }
}

#[test]
fn events_that_nobody_took_in_time_are_announced_as_lost() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (journal, folder) = (journal(&store), tempfile::tempdir().unwrap());
    run(async {
        let heard = Heard::default();
        let place = Collector::start(ANY, heard.clone(), Temper::Good, None);
        let address = place.address.clone();
        drop(place);
        let mut options = options(folder.path(), vec![plain("soc", &address)]);
        options.spool_bytes = 4000;
        let feed = Running::start(options, &journal, &store, clock()).await;
        for number in 0..100 {
            feed.events.emit(Event::KeysRotated { key: format!("sealing {number}") });
            feed.events.flush();
        }
        let _good = Collector::start(&address, heard.clone(), Temper::Good, None);
        heard.until(append(&journal, 1).await).await;
        feed.stop().await;
        let events = heard.events();
        let lost = events[0].split_once("LOST [dancu@32473 kind=\"event\" first=\"0\" after=\"").unwrap().1;
        let after: usize = lost.split('"').next().unwrap().parse().unwrap();
        assert!(after > 10 && after < 90, "{after}");
        assert_eq!(events.len(), 1 + 100 - after);
        assert!(events[1].contains(&format!("event=\"{after}\" key=\"sealing {after}\"")));
    });
}
