//! Each call counts once, whoever counts, whatever breaks.
use super::*;
use dancu_storage::testing::{sqlite_store, stores};
use dancu_usage::{Count, Stepped};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;

/// A call at some time, and sometimes one that is no use: of the sandbox, of staff, of the journal itself.
fn any_entry() -> impl Strategy<Value = (Kind, Call)> {
    let system = prop_oneof![Just(None), "[ab][0-3]".prop_map(Some)];
    let service = prop_oneof![
        4 => Just("verify"),
        3 => Just("look_up"),
        2 => Just("search"),
        1 => Just("unread"),
        1 => Just("sandbox_verify"),
        1 => Just("governance_step"),
    ];
    let outcome = prop_oneof![
        Just(GOOD),
        Just(Outcome::Answered(Answered::Released)),
        Just(BAD),
        Just(Outcome::Refused(Code::Internal)),
    ];
    let kind = prop_oneof![9 => Just(Kind::Call), 1 => Just(Kind::Context)];
    (kind, -2 * DAY..2 * DAY, system, service, outcome).prop_map(|(kind, at, system, service, outcome)| {
        (kind, call(MIDNIGHT_US + at, system.as_deref(), service, outcome))
    })
}

/// What a walk over the log counts: by day, hour, organisation, system, service and outcome.
type Walked = BTreeMap<(i64, i64, String, String, String, String), u64>;

fn walk(log: &MemoryLog) -> Walked {
    let mut counts = Walked::new();
    for (kind, call) in &*log.entries.lock().unwrap() {
        if *kind != Kind::Call || !["verify", "look_up", "search", "unread"].contains(&call.service.as_str())
        {
            continue;
        }
        let local = call.at_us + 7 * HOUR;
        let key = (
            local.div_euclid(DAY),
            local.rem_euclid(DAY) / HOUR,
            call.organisation.clone().unwrap_or_default(),
            call.system_id.clone().unwrap_or_default(),
            call.service.clone(),
            call.outcome.name().to_owned(),
        );
        *counts.entry(key).or_default() += 1;
    }
    counts
}

fn stored(usage: &Usage) -> Walked {
    let mut found = Walked::new();
    let mut after = None;
    loop {
        let rows = usage.rows(all_days(), &everything(), after.as_ref(), 5).unwrap();
        for row in &rows {
            let key = row.key.clone();
            let key =
                (key.day.into(), key.hour.into(), key.organisation, key.system, key.service, key.outcome);
            assert!(found.insert(key, row.calls).is_none(), "a row comes once");
        }
        let Some(last) = rows.last() else { return found };
        after = Some(last.key.clone());
    }
}

fn is_refusal(outcome: &str) -> bool {
    outcome.starts_with(|c: char| c.is_ascii_uppercase())
}

/// All figures are sums of the walk.
fn figures_agree(usage: &Usage, walked: &Walked) {
    let scopes = [
        everything(),
        Scope { organisation: Some("org-of-a".into()), ..Scope::default() },
        Scope { system: Some("b1".into()), service: Some("verify".into()), ..Scope::default() },
    ];
    for scope in &scopes {
        let within: Vec<_> = walked
            .iter()
            .filter(|((_, _, organisation, system, service, _), _)| {
                scope.organisation.as_ref().is_none_or(|of| of == organisation)
                    && scope.system.as_ref().is_none_or(|of| of == system)
                    && scope.service.as_ref().is_none_or(|of| of == service)
            })
            .collect();
        let mut hours = [Count::default(); 24];
        let mut all = Count::default();
        for ((_, hour, .., outcome), calls) in &within {
            let count = Count { calls: **calls, refused: if is_refusal(outcome) { **calls } else { 0 } };
            hours[usize::try_from(*hour).unwrap()] += count;
            all += count;
        }
        assert_eq!(usage.hours(all_days(), scope).unwrap(), hours);
        assert_eq!(usage.total(all_days(), scope).unwrap(), all);
        let outcomes = usage.outcomes(all_days(), scope).unwrap();
        assert_eq!(outcomes.iter().map(|(_, calls)| calls).sum::<u64>(), all.calls);
        assert!(outcomes.is_sorted_by(|a, b| a.1 >= b.1));
        for (outcome, calls) in outcomes {
            let walked = within.iter().filter(|((.., name), _)| name == outcome.name());
            assert_eq!(walked.map(|(_, calls)| **calls).sum::<u64>(), calls);
        }
        let mut by_service = Count::default();
        usage.services(all_days(), scope).unwrap().iter().for_each(|(_, count)| by_service += *count);
        let mut by_system = Count::default();
        usage.systems(all_days(), scope, 100).unwrap().iter().for_each(|of| by_system += of.count);
        assert_eq!((by_service, by_system), (all, all));
    }
}

#[test]
fn the_counters_equal_a_walk_over_the_log() {
    for (engine, store, _guard) in stores() {
        let log = Arc::new(MemoryLog::default());
        let usage = open(&store, &log, options());
        let mut runner =
            TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
        // Each case adds to the same log: rows are met again, and grow.
        let entries = (prop::collection::vec(any_entry(), 0..60), 1_usize..20, any::<bool>());
        let ran = runner.run(&entries, |(entries, batch, leaves)| {
            log.entries.lock().unwrap().extend(entries);
            let server = open(&store, &log, Options { batch, lease: Duration::ZERO, ..options() });
            let mut follower = server.follower().unwrap();
            // Sometimes it is killed after a step, and the next one goes on.
            follower.step(MIDNIGHT_US).unwrap();
            if leaves {
                follower.catch_up(MIDNIGHT_US).unwrap();
                follower.leave().unwrap();
            }
            server.follower().unwrap().catch_up(MIDNIGHT_US).unwrap();
            let walked = walk(&log);
            prop_assert_eq!(usage.position().unwrap(), log.len());
            prop_assert_eq!(stored(&usage), walked.clone());
            figures_agree(&usage, &walked);
            Ok(())
        });
        assert!(ran.is_ok(), "{engine}: {ran:?}");
    }
}

#[test]
fn two_that_both_believe_to_lead_count_each_call_once() {
    for (engine, store, _guard) in stores() {
        let log = Arc::new(MemoryLog::default());
        let no_lease = Options { lease: Duration::ZERO, ..options() };
        let servers = [(), ()].map(|()| open(&store, &log, no_lease.clone()));
        log.add((0..200).map(|n| call(MIDNIGHT_US + n * HOUR / 10, Some("a1"), "verify", GOOD)));
        std::thread::scope(|scope| {
            for server in &servers {
                scope.spawn(|| server.follower().unwrap().catch_up(MIDNIGHT_US).unwrap());
            }
        });
        assert_eq!(servers[0].total(all_days(), &everything()).unwrap().calls, 200, "{engine}");
    }
}

#[test]
fn one_counts_and_another_goes_on_where_it_stopped() {
    for (engine, store, _guard) in stores() {
        let log = Arc::new(MemoryLog::default());
        let (one, two) = (open(&store, &log, options()), open(&store, &log, options()));
        let (mut first, mut second) = (one.follower().unwrap(), two.follower().unwrap());
        log.add((0..30).map(|n| call(MIDNIGHT_US + n, Some("a1"), "verify", GOOD)));
        assert_eq!(first.step(MIDNIGHT_US).unwrap(), Stepped::Done(7), "{engine}");
        assert_eq!(second.step(MIDNIGHT_US + 1_000_000).unwrap(), Stepped::Standby, "{engine}");
        // The first is silent; its lease ends.
        assert_eq!(second.catch_up(MIDNIGHT_US + 60_000_000).unwrap(), 23, "{engine}");
        second.leave().unwrap();
        assert_eq!(first.step(MIDNIGHT_US + 61_000_000).unwrap(), Stepped::End, "{engine}");
        assert_eq!(one.total(all_days(), &everything()).unwrap().calls, 30, "{engine}");
    }
}

#[test]
fn an_entry_that_does_not_read_is_passed_over_and_told_of() {
    let (store, _guard) = sqlite_store();
    let log = Arc::new(MemoryLog::default());
    log.add((0..30).map(|n| call(MIDNIGHT_US + n, Some("a1"), "verify", GOOD)));
    log.unreadable.lock().unwrap().extend([0, 11, 12, 29]);
    let usage = open(&store, &log, options());
    assert_eq!(usage.follower().unwrap().catch_up(MIDNIGHT_US).unwrap(), 30);
    assert_eq!(usage.total(all_days(), &everything()).unwrap().calls, 26);
    let mut registry = prometheus_client::registry::Registry::default();
    usage.register_metrics(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    assert!(text.contains("usage_unreadable_total 4"), "{text}");
}

#[test]
fn the_thread_follows_and_stops() {
    let (store, _guard) = sqlite_store();
    let log = Arc::new(MemoryLog::default());
    let usage = open(&store, &log, Options { pause: Duration::from_millis(5), ..options() });
    let running = usage.start(Arc::new(|| MIDNIGHT_US)).unwrap();
    log.add((0..30).map(|n| call(MIDNIGHT_US + n, Some("a1"), "verify", GOOD)));
    let began = std::time::Instant::now();
    while usage.position().unwrap() < 30 && began.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(5));
    }
    running.stop();
    assert_eq!(usage.total(all_days(), &everything()).unwrap().calls, 30);
    // The lease is free again at once.
    assert_eq!(usage.follower().unwrap().step(MIDNIGHT_US).unwrap(), Stepped::End);
}
