//! What the figures say of a day and a week.
use super::*;
use dancu_storage::testing::stores;
use dancu_usage::Count;

/// Two systems over three days.
fn counted(store: &Store) -> Usage {
    let log = Arc::new(MemoryLog::default());
    log.add((0..9).map(|n| call(MIDNIGHT_US + n * HOUR, Some("a1"), "verify", GOOD)));
    log.add((0..3).map(|_| call(MIDNIGHT_US + 8 * HOUR, Some("a1"), "look_up", BAD)));
    log.add((0..5).map(|_| call(MIDNIGHT_US - 1, Some("b1"), "look_up", GOOD)));
    log.add((0..2).map(|_| call(MIDNIGHT_US + DAY, None, "unread", Outcome::Refused(Code::Internal))));
    let usage = open(store, &log, options());
    usage.follower().unwrap().catch_up(MIDNIGHT_US).unwrap();
    usage
}

fn on(text: &str) -> Range {
    Range::day(day(text)).unwrap()
}

#[test]
fn days_and_hours_are_those_of_viet_nam() {
    for (engine, store, _guard) in stores() {
        let usage = counted(&store);
        let hours = usage.hours(on("2026-11-17"), &everything()).unwrap();
        assert_eq!(hours[8], Count { calls: 4, refused: 3 }, "{engine}");
        assert_eq!(hours.iter().map(|hour| hour.calls).sum::<u64>(), 12, "{engine}");
        let before = usage.hours(on("2026-11-17").earlier(1), &everything()).unwrap();
        assert_eq!(before[23], Count { calls: 5, refused: 0 }, "{engine}: one microsecond before midnight");
        let days =
            usage.days(Range::new(day("2026-11-15"), day("2026-11-18")).unwrap(), &everything()).unwrap();
        let calls: Vec<_> =
            days.iter().map(|(date, count)| (date.day(), count.calls, count.refused)).collect();
        assert_eq!(calls, [(15, 0, 0), (16, 5, 0), (17, 12, 3), (18, 2, 2)], "{engine}");
    }
}

#[test]
fn systems_refusals_and_services_are_ranked() {
    for (engine, store, _guard) in stores() {
        let usage = counted(&store);
        let systems = usage.systems(all_days(), &everything(), 10).unwrap();
        let ranked: Vec<_> = systems.iter().map(|of| (of.system.as_str(), of.count.calls)).collect();
        assert_eq!(ranked, [("a1", 12), ("b1", 5), ("", 2)], "{engine}");
        assert_eq!(usage.systems(all_days(), &everything(), 1).unwrap().len(), 1, "{engine}");
        let outcomes = usage.outcomes(all_days(), &everything()).unwrap();
        let named: Vec<_> = outcomes.iter().map(|(outcome, calls)| (outcome.name(), *calls)).collect();
        assert_eq!(named, [("verified", 14), ("QUOTA_ACCOUNT", 3), ("INTERNAL", 2)], "{engine}");
        let own = Scope { organisation: Some("org-of-b".into()), ..Scope::default() };
        assert_eq!(usage.outcomes(all_days(), &own).unwrap().len(), 1, "{engine}");
        assert_eq!(usage.organisations(all_days(), 10).unwrap(), ["org-of-a", "org-of-b"], "{engine}");
        assert_eq!(usage.services(all_days(), &everything()).unwrap()[0].0, "verify", "{engine}");
    }
}

#[test]
fn an_account_sees_its_own_days_and_old_ones_are_forgotten() {
    for (engine, store, _guard) in stores() {
        let usage = counted(&store);
        let days = usage.account("a1.1", all_days()).unwrap();
        assert_eq!(days.len(), 21, "{engine}");
        let calls: Vec<_> = days.iter().filter(|(_, count)| count.calls > 0).collect();
        assert_eq!(calls, [&(day("2026-11-17"), Count { calls: 12, refused: 3 })], "{engine}");
        // A call much later takes the old counts by account away, and leaves those by system.
        let log = Arc::new(MemoryLog::default());
        log.add(vec![Call::default(); 19]);
        log.add([call(MIDNIGHT_US + 11 * DAY, Some("a1"), "verify", GOOD)]);
        let later = open(&store, &log, Options { account_days: 10, ..options() });
        later.follower().unwrap().catch_up(MIDNIGHT_US + DAY).unwrap();
        let days = later.account("a1.1", all_days()).unwrap();
        assert_eq!(days.iter().map(|(_, count)| count.calls).sum::<u64>(), 1, "{engine}");
        assert_eq!(later.total(all_days(), &everything()).unwrap().calls, 20, "{engine}");
    }
}
