//! Following the log: each finding once, whoever judges, whatever breaks.
use super::*;
use dancu_citizen::Field;
use dancu_storage::testing::stores;
use dancu_watch::{AlertState, Stepped};

#[test]
fn what_happened_is_found_with_its_evidence() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = judged(&store);
        assert_eq!(who_and_what(&watch), expected(), "{engine}");
        assert_eq!(watch.position().unwrap(), log.len(), "{engine}");
        for (n, alert) in (1..).zip(all(&watch)) {
            assert_eq!(alert.number, n, "{engine}: without gaps");
            assert_eq!(alert.state, AlertState::New);
            let calls = log.calls.lock().unwrap();
            let last = &calls[usize::try_from(*alert.evidence.last().unwrap()).unwrap()];
            assert_eq!(last.account_id.as_deref(), alert.who.account.as_deref(), "{engine}");
            assert_eq!((last.at_us, alert.since_us <= alert.at_us), (alert.at_us, true), "{engine}");
            if alert.rule == Rule::Planted {
                assert_eq!(alert.about.as_deref(), Some(PLANTED), "{engine}");
            }
            if alert.rule == Rule::UnknownCase {
                assert_eq!((alert.evidence.len(), alert.figures["unknown_cases"]), (4, 4), "{engine}");
            }
            drop(calls);
            let evidence = watch.evidence(&alert).unwrap();
            let numbers: Vec<_> = evidence.iter().map(|one| one.entry).collect();
            assert_eq!(numbers, alert.evidence, "{engine}");
            assert_eq!(evidence.last().unwrap().at_us, alert.at_us, "{engine}");
            if alert.rule == Rule::NoCase {
                assert!(evidence.iter().all(|one| !one.with_case), "{engine}");
            }
        }
    }
}

#[test]
fn the_size_of_batches_and_restarts_change_nothing() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        for calls in morning().chunks(45) {
            log.add(calls.to_vec());
            // A new follower each time; every second one is killed, the others leave in good order.
            let mut follower = watch.follower().unwrap();
            follower.catch_up(NOW_US + i64::try_from(log.len()).unwrap() * MINUTE).unwrap();
            if log.len().is_multiple_of(2) {
                follower.leave().unwrap();
            }
        }
        assert_eq!(who_and_what(&watch), expected(), "{engine}");
    }
}

#[test]
fn one_judges_and_another_goes_on_where_it_stopped() {
    for (engine, store, _guard) in stores() {
        let (one, log) = watch(&store);
        let two = open(&store, &log, options());
        let (mut first, mut second) = (one.follower().unwrap(), two.follower().unwrap());
        log.add(morning());
        assert!(matches!(first.step(NOW_US).unwrap(), Stepped::Done(37)), "{engine}");
        assert_eq!(second.step(NOW_US + SECOND).unwrap(), Stepped::Standby, "{engine}");
        assert!(matches!(first.step(NOW_US + 4 * SECOND).unwrap(), Stepped::Done(37)), "{engine}");
        // The first is silent; its lease ends.
        second.catch_up(NOW_US + MINUTE).unwrap();
        assert_eq!(who_and_what(&two), expected(), "{engine}");
        second.leave().unwrap();
        assert_eq!(first.step(NOW_US + 2 * MINUTE).unwrap(), Stepped::End, "{engine}: nothing is left");
        assert_eq!(who_and_what(&one), expected(), "{engine}");
    }
}

#[test]
fn two_that_both_believe_to_lead_write_each_finding_once() {
    for (engine, store, _guard) in stores() {
        let (_, log) = watch(&store);
        // A lease of no length: everybody has it.
        let no_lease = Options { lease: Duration::ZERO, ..options() };
        let watches = [(), ()].map(|()| open(&store, &log, no_lease.clone()));
        log.add(morning());
        std::thread::scope(|scope| {
            for watch in &watches {
                scope.spawn(|| watch.follower().unwrap().catch_up(NOW_US).unwrap());
            }
        });
        assert_eq!(watches[0].position().unwrap(), log.len(), "{engine}");
        assert_eq!(who_and_what(&watches[0]), expected(), "{engine}");
    }
}

#[test]
fn an_entry_that_does_not_read_is_passed_over() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = watch(&store);
    log.add(morning());
    log.unreadable.lock().unwrap().extend((0..3).chain(74..111).chain([150]));
    judge(&watch, NOW_US);
    assert_eq!(who_and_what(&watch), expected());
    let mut registry = prometheus_client::registry::Registry::default();
    watch.register_metrics(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    assert!(text.contains("watch_unreadable_total 41"), "{text}");
    assert!(text.contains("watch_alerts_total{rule=\"planted\"} 1"), "{text}");
    assert!(text.contains("watch_lag_entries 0"), "{text}");
}

#[test]
fn a_watch_that_comes_later_may_begin_at_the_end() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let log = Arc::new(MemoryLog::default());
    log.add(morning());
    let watch = open(&store, &log, Options { from_first: false, ..options() });
    assert_eq!(judge(&watch, NOW_US), 0);
    assert!(all(&watch).is_empty());
    // It has learned from what was before: one more near number is a heap with those, once the time is over in which it would
    // not have been said again.
    let later = NOW_US + 14 * 60 * MINUTE;
    log.add([look("counter", "001187300239", later)]);
    judge(&watch, later);
    assert_eq!(who_and_what(&watch), [("counter".to_owned(), Rule::Sequence)]);
}

/// From the pages, at one desk, under a certificate.
fn at(certificate: [u8; 2], n: i64) -> Call {
    let mut shown = [7; 32];
    shown[..2].copy_from_slice(&certificate);
    let number = person(u64::try_from(n).unwrap());
    Call {
        form: "page".into(),
        certificate: Some(shown),
        ..look("clerk-1", &number, NOW_US + n * 10 * MINUTE)
    }
}

#[test]
fn an_enrolled_workstation_from_which_an_account_never_came_is_new_and_another_certificate_is_not() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = watch(&store);
    log.add((0..25).map(|n| at([1, 5], n)));
    log.add([at([2, 9], 25)]);
    super::judge(&watch, NOW_US);
    assert!(all(&watch).iter().all(|alert| alert.rule != Rule::NewSource));
    log.add([at([1, 6], 26)]);
    super::judge(&watch, NOW_US);
    let new: Vec<_> = all(&watch).into_iter().filter(|alert| alert.rule == Rule::NewSource).collect();
    assert_eq!((new.len(), new[0].figures["new_device"], new[0].figures["new_network"]), (1, 1, 0));
    assert_eq!(new[0].evidence, [26]);
}

/// Entries of a stock: of one account, at night, people in the order of their numbers, hundreds in a second.
fn stock(about: &str, number: bool, at_us: i64) -> Call {
    let verdicts = if number { vec![(Field::PersonalId, "match".into())] } else { Vec::new() };
    let mut call = Call {
        service: "clean".to_owned(),
        form: "shell".to_owned(),
        verdicts,
        ..look("counter-1", about, at_us)
    };
    call.personal.case_number = None;
    call
}

#[test]
fn an_honest_stock_makes_no_noise_and_a_dishonest_one_does() {
    const NIGHT: i64 = 17 * 60 * MINUTE;
    let own = |account: &str, rule| (account.to_owned(), rule);
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let at_us = |n: u64| NOW_US + NIGHT + i64::try_from(n).unwrap() * 3_000;
        log.add((0..3_000).map(|n| stock(&person(n), n % 2 == 0, at_us(n))));
        // Somebody whose name is a planted one's.
        log.add([stock(PLANTED, false, at_us(3_001))]);
        let mut aside = stock(PLANTED, false, at_us(3_002));
        (aside.service, aside.system_id) = ("clean_look".to_owned(), None);
        aside.personal.request_id = Some("job=1 row=2 other".to_owned());
        log.add([aside.clone()]);
        judge(&watch, at_us(3_003));
        assert_eq!(who_and_what(&watch), [], "{engine}");

        log.add([stock(PLANTED, true, at_us(3_004))]);
        let guess = |outcome| Call { outcome, ..stock(&person(9_000), false, at_us(3_005)) };
        log.add((0..5).map(|_| guess(Outcome::Answered(Answered::Mismatch))));
        judge(&watch, at_us(3_006));
        assert_eq!(who_and_what(&watch), [own("counter-1", Rule::Planted)], "{engine}");
        log.add([guess(Outcome::Refused(Code::AnswersPaused))]);
        // Staff have no system; whoever looks at one of whom nobody knows is told of all the same.
        aside.account_id = Some("staff-7".to_owned());
        aside.personal.request_id = Some("job=1 row=3".to_owned());
        log.add([aside]);
        judge(&watch, at_us(3_007));
        let mut found = vec![
            own("counter-1", Rule::Planted),
            own("counter-1", Rule::Guessing),
            own("staff-7", Rule::Planted),
        ];
        found.sort();
        assert_eq!(who_and_what(&watch), found, "{engine}");
    }
}
