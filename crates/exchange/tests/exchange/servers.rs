//! How far a version has come.
use crate::world::{NOW_US, server, world};
use dancu_policy::SystemState;
use dancu_storage::testing::stores;
use std::time::Duration;

#[test]
fn an_order_is_in_force_when_every_server_that_runs_says_so() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let before = exchange.stored_version().unwrap();
        for id in ["quick", "slow", "ended"] {
            exchange.note_in_force(id, before, NOW_US).unwrap();
        }
        exchange.note_ended("ended", NOW_US + 1).unwrap();

        let given = NOW_US + 5_000_000;
        exchange.set_system_state("one-stop", SystemState::Disconnected, Some("thử"), given).unwrap();
        let version = exchange.stored_version().unwrap();
        assert_eq!(version, before + 1, "{name}");
        let reach = exchange.reach(version, given, given).unwrap();
        assert_eq!((reach.reached(), reach.servers.len(), reach.slowest()), (0, 2, None), "{name}");

        exchange.note_in_force("quick", version, given + 70_000).unwrap();
        // A later server judged by it from its first call on.
        exchange.note_in_force("later", version, given + 100_000).unwrap();
        let reach = exchange.reach(version, given, given + 200_000).unwrap();
        assert_eq!((reach.reached(), reach.is_everywhere()), (1, false), "{name}");
        assert_eq!(reach.behind().map(|s| s.id.as_str()).collect::<Vec<_>>(), ["slow"], "{name}");

        // One that was slow and went on to a newer version has this one in force too.
        exchange.set_system_state("one-stop", SystemState::Connected, None, given + 300_000).unwrap();
        exchange.note_in_force("slow", version + 1, given + 450_000).unwrap();
        let reach = exchange.reach(version, given, given + 500_000).unwrap();
        assert!(reach.is_everywhere(), "{name}: {reach:?}");
        assert_eq!(reach.slowest(), Some(Duration::from_millis(450)), "{name}");
        // A note that comes twice changes nothing.
        exchange.note_in_force("quick", version, given + 900_000).unwrap();
        let again = exchange.reach(version, given, given + 900_000).unwrap();
        assert_eq!(again.slowest(), reach.slowest(), "{name}");
    }
}

#[test]
fn a_killed_server_is_waited_for_only_until_it_is_known_to_be_gone() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.note_in_force("killed", 1, NOW_US).unwrap();
        exchange.note_in_force("running", 1, NOW_US).unwrap();
        let given = NOW_US + 2_000_000;
        exchange.note_in_force("running", 2, given + 80_000).unwrap();
        let soon = exchange.reach(2, given, given + 1_000_000).unwrap();
        assert_eq!((soon.reached(), soon.servers.len()), (1, 2), "{name}");
        let later = exchange.reach(2, given, given + 31_000_000).unwrap();
        assert!(later.is_everywhere(), "{name}: {later:?}");

        exchange.note_running("running", given + 10_000_000).unwrap();
        exchange.forget_servers(given + 5_000_000).unwrap();
        let left = exchange.reach(2, given, given + 31_000_000).unwrap();
        assert_eq!((left.servers.len(), left.reached()), (1, 0), "{name}");
    }
}
