//! Accounts that nobody uses.
use crate::world::{DAY_US, MANAGER, NOW_US, OWN, servers};
use dancu_campaign::{Deed, News, Reach};
use dancu_policy::AccountState;

#[test]
fn an_account_locks_after_45_days_without_use_and_not_before() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        assert_eq!(campaigns.tick(NOW_US).unwrap().idle_locked, 0, "{name}: first seen");
        let uses =
            [("account-1".to_owned(), NOW_US + 30 * DAY_US), ("account-1".to_owned(), NOW_US - DAY_US)];
        campaigns.note_use(&uses).unwrap();
        campaigns.note_use(&[("account-1".to_owned(), NOW_US)]).unwrap();
        assert_eq!(
            campaigns.last_use("account-1").unwrap(),
            Some(NOW_US + 30 * DAY_US),
            "{name}: the newest counts"
        );

        assert_eq!(campaigns.tick(NOW_US + 45 * DAY_US - 1).unwrap().idle_locked, 0, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 45 * DAY_US).unwrap().idle_locked, 3, "{name}");
        assert_eq!(campaigns.tick(NOW_US + 45 * DAY_US).unwrap().idle_locked, 0, "{name}: once");
        assert_eq!(
            (server.state("account-1"), server.state("account-2")),
            (AccountState::Active, AccountState::Locked)
        );
        assert_eq!(campaigns.history("account-2", 9).unwrap()[0].deed, Deed::IdleLocked);
        let events = campaigns.pending_events(9).unwrap();
        assert_eq!((events.len(), events[0].news), (3, News::IdleLocked), "{name}");
        campaigns
            .events_told(&events.iter().map(|event| event.id.clone()).collect::<Vec<_>>(), NOW_US)
            .unwrap();
        assert!(campaigns.pending_events(9).unwrap().is_empty(), "{name}");
    }
}

#[test]
fn unlocking_in_either_way_begins_to_count_anew() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        campaigns.tick(NOW_US).unwrap();
        let late = NOW_US + 60 * DAY_US;
        campaigns.tick(late).unwrap();
        assert!(campaigns.unlock("account-2", Reach::Of("bank"), MANAGER, late).is_err(), "{name}");
        campaigns.unlock("account-2", OWN, MANAGER, late).unwrap();
        assert!(campaigns.unlock("account-2", OWN, MANAGER, late).is_err(), "{name}: it is not locked");
        // Somebody else's way, which this crate only sees.
        server.exchange.set_account_state("account-1", AccountState::Active, late).unwrap();
        assert_eq!(campaigns.tick(late + DAY_US).unwrap().idle_locked, 0, "{name}");
        assert_eq!(
            (server.state("account-1"), server.state("account-2")),
            (AccountState::Active, AccountState::Active)
        );
        assert_eq!(campaigns.tick(late + 46 * DAY_US).unwrap().idle_locked, 2, "{name}");
    }
}

#[test]
fn two_servers_lock_an_account_once() {
    for server in servers() {
        let (name, campaigns) = (server.name, &server.campaigns);
        campaigns.tick(NOW_US).unwrap();
        let locked: u64 = std::thread::scope(|scope| {
            let ticks: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| campaigns.tick(NOW_US + 45 * DAY_US).unwrap().idle_locked))
                .collect();
            ticks.into_iter().map(|tick| tick.join().unwrap()).sum()
        });
        assert_eq!(locked, 4, "{name}");
        assert_eq!(campaigns.pending_events(99).unwrap().len(), 4, "{name}");
    }
}
