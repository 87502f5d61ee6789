//! One of several servers has the lease.
#![expect(clippy::unwrap_used, reason = "a test that goes wrong shall stop")]

use dancu_storage::testing::stores;
use dancu_storage::{Lease, Marks, Store};

fn at(reached: u64, settled: u64) -> Marks {
    Marks { reached, settled }
}

fn lease(store: &Store, work: &str, holder: &str, duration_us: i64) -> Lease {
    Lease::open(store, work, holder, duration_us).unwrap()
}

#[test]
fn one_server_has_it_until_it_ends_or_gives_it_back() {
    for (engine, store, _guard) in stores() {
        let [one, two] = ["one", "two"].map(|holder| lease(&store, "soc", holder, 100));
        assert_eq!(one.claim(0, at(0, 0)).unwrap(), Some(at(0, 0)), "{engine}");
        assert_eq!(two.claim(99, at(0, 0)).unwrap(), None, "{engine}");
        // Renewed, with marks that another goes on from after the time-out.
        assert_eq!(one.claim(90, at(50, 20)).unwrap(), Some(at(50, 20)), "{engine}");
        assert_eq!(two.claim(189, at(0, 0)).unwrap(), None, "{engine}");
        assert_eq!(two.claim(190, at(10, 10)).unwrap(), Some(at(50, 20)), "{engine}");
        assert_eq!(one.claim(200, at(60, 20)).unwrap(), None, "{engine}");
        one.release(at(60, 20)).unwrap();
        assert_eq!(one.claim(201, at(60, 20)).unwrap(), None, "{engine}: not ours to give back");
        two.release(at(70, 70)).unwrap();
        assert_eq!(one.claim(202, at(60, 20)).unwrap(), Some(at(70, 70)), "{engine}");
        // Another work has a lease of its own.
        let other = lease(&store, "other", "two", 100);
        assert_eq!(other.claim(203, at(0, 0)).unwrap(), Some(at(0, 0)), "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_race_one_wins() {
    let stores = tokio::task::spawn_blocking(stores).await.unwrap();
    for (engine, store, _guard) in stores {
        let claims = (0..8).map(|n: u32| {
            let store = store.clone();
            tokio::spawn(async move {
                let open = move || Lease::open(&store, "soc", &n.to_string(), 1000).unwrap();
                let lease = tokio::task::spawn_blocking(open).await.unwrap();
                lease.claim_async(1, at(0, 0)).await.unwrap().is_some()
            })
        });
        let mut won = 0;
        for claim in claims.collect::<Vec<_>>() {
            won += u32::from(claim.await.unwrap());
        }
        assert_eq!(won, 1, "{engine}");
    }
}
