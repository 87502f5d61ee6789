//! The guess budget over several servers.
use super::*;
use dancu_storage::testing::stores;
use dancu_watch::guess::shared::{Guess, ReleaseOrder};
use dancu_watch::guess::{Standing, claim_hash};

const WHOM: [u8; 16] = [7; 16];

fn servers(store: &Store) -> [Guess; 2] {
    let log = Arc::new(MemoryLog::default());
    [(), ()].map(|()| open(store, &log, options()).guess(10_000, NOW_US).unwrap())
}

fn mismatches(at: &Guess, claims: std::ops::Range<u32>) {
    for claim in claims {
        let claim = claim_hash(&ring(), format!("1985-03-{claim:02}").as_bytes());
        at.mismatch(&WHOM, "counter", claim, NOW_US);
    }
}

fn is_neutral(at: &Guess, account: &str, now_us: i64) -> bool {
    matches!(at.standing(&WHOM, account, now_us), Standing::Neutral { .. })
}

#[test]
fn what_each_saw_is_added_up_and_a_release_reaches_all() {
    for (engine, store, _guard) in stores() {
        let [one, two] = servers(&store);
        mismatches(&one, 0..3);
        mismatches(&two, 3..5);
        assert!(!is_neutral(&one, "counter", NOW_US) && !is_neutral(&two, "counter", NOW_US), "{engine}");
        one.exchange(NOW_US).unwrap();
        two.exchange(NOW_US).unwrap();
        one.exchange(NOW_US).unwrap();
        for server in [&one, &two] {
            let end = Standing::Neutral { until_us: NOW_US + 1800 * SECOND };
            assert_eq!(server.standing(&WHOM, "counter", NOW_US), end, "{engine}");
            assert_eq!(server.standing(&[8; 16], "counter", NOW_US), Standing::Open, "{engine}");
        }
        let order = ReleaseOrder {
            person: WHOM,
            account: "counter".to_owned(),
            by: SUPERVISOR.to_owned(),
            why: NOTE.to_owned(),
        };
        one.release(&order, NOW_US + SECOND).unwrap();
        two.exchange(NOW_US + SECOND).unwrap();
        for server in [&one, &two] {
            assert!(!is_neutral(server, "counter", NOW_US + SECOND), "{engine}");
            assert!(is_neutral(server, "another", NOW_US + SECOND), "{engine}");
        }
        // What is released is used up over all servers too: three different claims.
        mismatches(&one, 10..12);
        mismatches(&two, 12..13);
        one.exchange(NOW_US).unwrap();
        two.exchange(NOW_US).unwrap();
        one.exchange(NOW_US).unwrap();
        assert!(is_neutral(&one, "counter", NOW_US) && is_neutral(&two, "counter", NOW_US), "{engine}");
    }
}

#[test]
fn a_server_that_starts_later_knows_and_what_is_old_is_swept() {
    for (engine, store, _guard) in stores() {
        let [one, _] = servers(&store);
        mismatches(&one, 0..5);
        one.exchange(NOW_US).unwrap();
        let [three, _] = servers(&store);
        assert!(is_neutral(&three, "counter", NOW_US), "{engine}");
        assert_eq!(one.sweep(NOW_US + DAY).unwrap(), 0, "{engine}: it counts for the next time");
        assert_eq!(one.sweep(NOW_US + DAY + 1).unwrap(), 5, "{engine}");
        let [four, _] = servers(&store);
        assert!(!is_neutral(&four, "counter", NOW_US), "{engine}");
    }
}

#[test]
fn a_store_that_is_away_loses_nothing() {
    let postgres = dancu_storage::testing::postgres();
    let store = dancu_storage::testing::open_postgres(&postgres.url());
    let [one, two] = servers(&store);
    postgres.stop();
    mismatches(&one, 0..5);
    assert!(one.exchange(NOW_US).is_err());
    assert!(is_neutral(&one, "counter", NOW_US), "what is seen here counts here");
    postgres.start();
    one.exchange(NOW_US).unwrap();
    two.exchange(NOW_US).unwrap();
    assert!(is_neutral(&two, "counter", NOW_US));
}
