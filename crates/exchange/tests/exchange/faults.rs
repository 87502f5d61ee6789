//! Collisions, races, damage.
use crate::world::{NOW_US, permitted, server, world};
use dancu_exchange::ExchangeError;
use dancu_policy::{AccountState, SystemState};
use dancu_storage::testing::stores;

#[test]
fn every_change_counts_once_however_often_its_transaction_runs() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    server(&store).provision(&world(), NOW_US).unwrap();
    // One statement in ten collides, so most transactions run more than once.
    let exchange = server(&store.with_faults(7, 100));
    for n in 0..40 {
        let state = if n % 2 == 0 { AccountState::Locked } else { AccountState::Active };
        exchange.set_account_state("account-1", state, NOW_US + n).unwrap();
    }
    let other = server(&store);
    assert_eq!((exchange.snapshot().version, other.snapshot().version), (41, 41));
    assert!(permitted(&exchange) && permitted(&other));
}

#[test]
fn processes_that_change_at_once_lose_nothing() {
    for (name, store, _guard) in stores() {
        server(&store).provision(&world(), NOW_US).unwrap();
        let servers = [server(&store), server(&store), server(&store)];
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| {
                    for n in 0..10 {
                        server
                            .set_system_state("one-stop", SystemState::Suspended, None, NOW_US + n)
                            .unwrap();
                        let seen = server.snapshot().version;
                        server.refresh().unwrap();
                        assert!(server.snapshot().version >= seen, "versions only grow");
                    }
                });
            }
        });
        for server in &servers {
            server.refresh().unwrap();
            assert_eq!(server.snapshot().version, 31, "{name}");
            assert!(!permitted(server));
        }
    }
}

#[test]
fn a_damaged_row_is_named_and_the_last_snapshot_stays_in_use() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        for (damage, repair, table) in [
            ("UPDATE system SET state = 'gone'", "UPDATE system SET state = 'connected'", "system"),
            ("UPDATE system SET hours_to = NULL", "UPDATE system SET hours_to = 1080", "system"),
            (
                "UPDATE agreement SET valid_from = 'x'",
                "UPDATE agreement SET valid_from = '2026-01-01'",
                "agreement",
            ),
            (
                "UPDATE system_network SET network = 'x' WHERE network = '10.55.0.0/16'",
                "UPDATE system_network SET network = '10.55.0.0/16' WHERE network = 'x'",
                "system_network",
            ),
            ("UPDATE account SET role = 'king'", "UPDATE account SET role = 'one_stop_officer'", "account"),
        ] {
            let by_hand = |sql: &'static str| {
                store
                    .run_tx("test.by_hand", |tx| {
                        tx.execute(sql, &[])?;
                        tx.execute("UPDATE exchange_version SET version = version + 1", &[])
                    })
                    .unwrap();
            };
            by_hand(damage);
            match exchange.refresh() {
                Err(ExchangeError::Damaged { table: told, .. }) => assert_eq!(told, table, "{name}"),
                other => panic!("{name}: {damage}: {other:?}"),
            }
            assert!(permitted(&exchange), "{name}: the last good snapshot");
            by_hand(repair);
            assert!(exchange.refresh().unwrap());
            assert!(permitted(&exchange), "{name}");
        }
    }
}

#[test]
fn opening_twice_migrates_once() {
    for (name, store, _guard) in stores() {
        server(&store);
        server(&store);
        assert_eq!(
            store.applied_migrations("exchange").unwrap().len(),
            dancu_exchange::MIGRATIONS.len(),
            "{name}"
        );
    }
}
