//! Brakes: in force at all servers, for their time, until released.
use super::*;
use dancu_storage::testing::stores;
use dancu_watch::WatchError;

#[test]
fn a_brake_stops_the_account_at_all_servers_for_its_time() {
    for (engine, store, _guard) in stores() {
        let (one, log) = watch(&store);
        let two = open(&store, &log, options());
        log.add(morning());
        assert!(one.brakes().on("one-stop", Some("counter"), NOW_US).is_none(), "{engine}");
        super::judge(&one, NOW_US);
        let braked = one.brakes().on("one-stop", Some("counter"), NOW_US).unwrap();
        assert_eq!(braked.until_us, NOW_US + 3600 * SECOND, "{engine}");
        assert_eq!(one.alert(braked.alert).unwrap().unwrap().braked_until_us, Some(braked.until_us));
        assert!(two.brakes().on("one-stop", Some("counter"), NOW_US).is_none(), "{engine}: not polled yet");
        assert!(two.refresh(NOW_US).unwrap() && !two.refresh(NOW_US).unwrap(), "{engine}");
        for watch in [&one, &two] {
            let brakes = watch.brakes();
            assert_eq!(brakes.on("one-stop", Some("counter"), NOW_US), Some(braked), "{engine}");
            assert_eq!(brakes.on("one-stop", Some("counter"), braked.until_us), None, "{engine}");
            assert_eq!(brakes.on("one-stop", Some("clerk-1"), NOW_US), None, "{engine}");
            assert_eq!(brakes.on("one-stop", None, NOW_US), None, "{engine}");
        }
        let late = open(&store, &log, options());
        assert!(late.brakes().on("one-stop", Some("counter"), NOW_US).is_some(), "{engine}: after a restart");

        one.release_brake(braked.alert, SUPERVISOR, "đã gọi điện", NOW_US + 1).unwrap();
        let again = one.release_brake(braked.alert, SUPERVISOR, "", NOW_US + 2);
        assert!(matches!(again, Err(WatchError::Unknown(_))), "{engine}");
        two.refresh(NOW_US + 1).unwrap();
        assert!(two.brakes().on("one-stop", Some("counter"), NOW_US + 1).is_none(), "{engine}");
    }
}

#[test]
fn a_false_alarm_releases_its_brake() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, _log) = judged(&store);
    let now = NOW_US + DAY / 4;
    let braked = watch.brakes().on("one-stop", Some("counter"), now).unwrap();
    watch.mark_false(braked.alert, SUPERVISOR, NOTE, now).unwrap();
    assert!(watch.brakes().on("one-stop", Some("counter"), now).is_none());
}

/// Near numbers shared out over many accounts.
fn shared_out() -> Vec<Call> {
    let call =
        |n: i64| look(&format!("clerk-{n}"), &format!("001187{:06}", 400_000 + 2 * n), NOW_US + n * MINUTE);
    (0..12).map(call).collect()
}

#[test]
fn a_finding_about_a_whole_system_stops_it_only_where_the_rule_is_set_to() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = watch(&store);
    let judge = |calls| {
        log.add(calls);
        super::judge(&watch, NOW_US);
        all(&watch).pop().unwrap()
    };
    let told = judge(shared_out());
    assert_eq!(
        (told.rule, told.who.account, told.action),
        (Rule::Sequence, None, dancu_watch::Action::Alert)
    );
    assert!(watch.brakes().on("one-stop", Some("anybody"), NOW_US).is_none());

    let mut setting = watch.settings().1.editions(Rule::Sequence)[0].setting.clone();
    setting.params.insert("brake_system".to_owned(), 1);
    watch.put_rule(Rule::Sequence, &setting, SUPERVISOR, "", NOW_US).unwrap();
    let mut later = shared_out();
    for call in &mut later {
        call.at_us += 2 * DAY;
        call.system_id = Some("province".into());
    }
    let stopped = judge(later);
    assert_eq!(stopped.action, dancu_watch::Action::Brake);
    assert!(watch.brakes().on("province", Some("anybody"), NOW_US).is_some());
    assert!(watch.brakes().on("one-stop", Some("anybody"), NOW_US).is_none());
}

#[test]
fn a_brake_by_hand_stops_calls_and_its_notes_say_who_and_why() {
    for (engine, store, _guard) in stores() {
        let (watch, _log) = judged(&store);
        let now = NOW_US + DAY;
        let gossip = all(&watch).into_iter().find(|alert| alert.rule == Rule::NoCase).unwrap().number;
        assert!(
            watch.brake_of(gossip).unwrap().is_none() && watch.brakes_in_force(now, 9).unwrap().is_empty()
        );
        watch.brake(gossip, 3600 * SECOND, SUPERVISOR, "chờ giải trình", now).unwrap();
        let braked = watch.brakes().on("one-stop", Some("gossip"), now).unwrap();
        assert_eq!((braked.alert, braked.until_us), (gossip, now + 3600 * SECOND), "{engine}");
        // Shorter again changes nothing; longer does.
        watch.brake(gossip, SECOND, SUPERVISOR, "", now + 1).unwrap();
        let brake = watch.brake_of(gossip).unwrap().unwrap();
        assert_eq!((brake.from_us, brake.until_us), (now, now + 3600 * SECOND), "{engine}");
        assert_eq!(brake.account.as_deref(), Some("gossip"), "{engine}");
        assert_eq!(watch.brakes_in_force(now + 2, 9).unwrap(), [brake], "{engine}");
        watch.release_brake(gossip, "nguoi-phe-duyet", "đã giải trình", now + 3).unwrap();
        assert!(watch.brakes().on("one-stop", Some("gossip"), now + 3).is_none(), "{engine}");
        watch.note(gossip, SUPERVISOR, "đã gửi công văn", now + 4).unwrap();
        let notes = watch.notes(gossip).unwrap();
        let told: Vec<_> = notes.iter().map(|note| (note.kind.name(), note.text.as_str())).collect();
        let expected = [
            ("brake", "chờ giải trình"),
            ("brake", ""),
            ("release", "đã giải trình"),
            ("note", "đã gửi công văn"),
        ];
        assert_eq!(told, expected, "{engine}");
        assert_eq!(notes[2].by, "nguoi-phe-duyet", "{engine}");
        // After a release it can be braked anew, from then on.
        watch.brake(gossip, 60 * SECOND, SUPERVISOR, "lại", now + DAY).unwrap();
        assert_eq!(watch.brake_of(gossip).unwrap().unwrap().from_us, now + DAY, "{engine}");
        let nobody = [watch.brake(99, SECOND, "", "", now), watch.note(99, "", "", now)];
        assert!(nobody.iter().all(|answer| matches!(answer, Err(WatchError::Unknown(_)))), "{engine}");
        assert_eq!(
            watch.counts_of(Some("commune")).unwrap(),
            [(dancu_watch::AlertState::New, 6)],
            "{engine}"
        );
        assert!(watch.counts_of(Some("other")).unwrap().is_empty(), "{engine}");
    }
}
