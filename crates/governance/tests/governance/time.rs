//! What time does by itself.
use crate::scene::{
    APPROVER, DAY, MANAGER, NOW, OFFICER, SYSTEM, connected, deed, everywhere, lone, open, pass, put_account,
    refusal, sandbox, server, submit, waiting_assessment,
};
use dancu_catalogue::Code;
use dancu_governance::{Event, Kind, Stage, State, Step};
use dancu_policy::Deadlines;

fn end_of(day: &str) -> i64 {
    Deadlines::end_of(dancu_citizen::CivilDate::parse_iso(day).unwrap())
}

/// Stages of the warnings among events.
fn warnings(events: &[Event]) -> Vec<Stage> {
    let stage = |event: &Event| match event {
        Event::Assessment(due) => Some(due.stage),
        _ => None,
    };
    events.iter().filter_map(stage).collect()
}

#[test]
fn warnings_come_at_sixty_thirty_seven_and_one_days_each_once() {
    use Stage::{Overdue, Within};
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        let end = end_of("2027-10-05");
        let mut told = Vec::new();
        for left in (-2..70).rev() {
            let at = end - left * DAY;
            for _ in 0..2 {
                let stages = warnings(&g.tick(at).unwrap());
                told.extend(stages.into_iter().map(|stage| (left, stage)));
            }
        }
        let wanted = [(60, Within(60)), (30, Within(30)), (7, Within(7)), (1, Within(1)), (-1, Overdue)];
        assert_eq!(told, wanted, "{name}");

        // The next assessment stands planned since the first warning, due with the end of this one.
        let planned = waiting_assessment(g, &id);
        assert_eq!((planned.state, planned.deadline_us), (State::Planned, Some(end)), "{name}");
        assert_eq!(planned.opened_by, "rule:assessment_due");
        pass(g, &planned.id, "yearly", end + DAY);
        g.take(&planned.id, Step::Confirm, deed(APPROVER, end + DAY)).unwrap();
        assert!(g.due(end + DAY).unwrap().is_empty(), "{name}: a year again");
        assert!(warnings(&g.tick(end + 2 * DAY).unwrap()).is_empty());
        assert_eq!(
            warnings(&g.tick(end + 310 * DAY).unwrap()),
            [Within(60)],
            "{name}: and warnings begin anew"
        );
    });
}

#[test]
fn of_warnings_that_fall_together_the_nearest_is_given() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let s = lone(&store);
    connected(&s.g);
    let at = end_of("2027-10-05") - 5 * DAY;
    assert_eq!(warnings(&s.g.tick(at).unwrap()), [Stage::Within(7)], "the service was down for a season");
    assert!(warnings(&s.g.tick(at).unwrap()).is_empty());
    let due = s.g.due(at).unwrap().remove(0);
    assert_eq!((due.days_left, due.system.as_str(), due.security_level), (5, SYSTEM, 3));
    assert_eq!(due.label, "UBND tỉnh Thái Nguyên – Một cửa điện tử");
}

#[test]
fn what_due_says_is_what_calls_are_refused_for() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let s = lone(&store);
    connected(&s.g);
    put_account(&s.exchange);
    let end = end_of("2027-10-05");
    for (at, overdue) in [(end - DAY, false), (end, false), (end + 1, true), (end + 900 * DAY, true)] {
        let due = s.g.due(at).unwrap();
        assert_eq!(due[0].stage == Stage::Overdue, overdue);
        assert_eq!(refusal(&s.exchange, at) == Some(Code::AssessmentOverdue), overdue);
    }
    // One that is not connected, or exempt, is not warned about.
    s.exchange.set_system_state(SYSTEM, dancu_policy::SystemState::Suspended, None, NOW).unwrap();
    assert!(s.g.due(end + 1).unwrap().is_empty());
}

#[test]
fn a_deadline_that_passes_is_told_once_and_anew_when_it_is_another() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        let deadline = g.matter(&id).unwrap().unwrap().deadline_us.unwrap();
        assert!(g.tick(deadline).unwrap().is_empty(), "{name}: not on its last moment");
        let events = g.tick(deadline + 1).unwrap();
        assert!(
            matches!(&events[..], [Event::Overdue(m)] if m.id == id && m.state == State::Submitted),
            "{events:?}"
        );
        assert!(g.tick(deadline + 2).unwrap().is_empty(), "{name}: told once");
        g.take(&id, Step::Return, deed(OFFICER, deadline + 3)).unwrap();
        let events = g.tick(deadline + 60 * DAY).unwrap();
        assert!(
            matches!(&events[..], [Event::Lapsed(m)] if m.state == State::Withdrawn),
            "{name}: {events:?}"
        );
        let reopened = g.take(&id, Step::Reopen, deed(MANAGER, deadline + 61 * DAY)).unwrap();
        assert_eq!(
            (reopened.state, reopened.deadline_us),
            (State::Draft, None),
            "{name}: and has a way back"
        );
    });
}

#[test]
fn evaluations_are_opened_before_their_day_by_level() {
    everywhere(|name, s| {
        let g = &s.g;
        connected(g);
        let opened = |at| {
            let events = g.tick(at).unwrap();
            let due = |event: &Event| match event {
                Event::EvaluationDue(matter) => matter.deadline_us,
                _ => None,
            };
            events.iter().filter_map(due).collect::<Vec<_>>()
        };
        assert!(opened(end_of("2026-10-14")).is_empty(), "{name}");
        assert_eq!(opened(end_of("2026-10-15")), [end_of("2026-12-14")], "{name}");
        assert!(opened(end_of("2026-10-16")).is_empty());
        crate::scene::approve_level(g, &g.of_system(SYSTEM, Kind::Connection).unwrap()[0].id, 5, NOW + 20);
        assert_eq!(opened(end_of("2027-05-01")), [end_of("2027-06-14")], "{name}: level 5 twice a year");
        assert!(opened(end_of("2027-06-13")).is_empty());
        assert_eq!(g.of_system(SYSTEM, Kind::Evaluation).unwrap().len(), 2, "{name}");
    });
}

#[test]
fn of_two_servers_that_tick_at_once_one_tells_each_thing() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let blobs = dancu_storage::blob::Blobs::memory();
        let servers = [server(&store, &blobs), server(&store, &blobs), server(&store, &blobs)];
        connected(&servers[0].g);
        let other = servers[0]
            .g
            .open_connection("bo-y-te", "hospital", &crate::scene::request(), deed(MANAGER, NOW))
            .unwrap();
        submit(&servers[0].g, &other, NOW);
        servers[0].g.receive(&other, &sandbox(), deed(OFFICER, NOW)).unwrap();
        for server in &servers {
            server.exchange.refresh().unwrap();
        }
        let at = end_of("2027-10-05") - 5 * DAY;
        let events: Vec<Event> = std::thread::scope(|scope| {
            let ticks: Vec<_> = servers.iter().map(|s| scope.spawn(|| s.g.tick(at).unwrap())).collect();
            ticks.into_iter().flat_map(|tick| tick.join().unwrap()).collect()
        });
        let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
        assert_eq!(count(|e| matches!(e, Event::Assessment(_))), 1, "{name}: {events:?}");
        assert_eq!(count(|e| matches!(e, Event::SandboxExpired { .. })), 1, "{name}");
        assert_eq!(count(|e| matches!(e, Event::EvaluationDue(_))), 0, "{name}: not within sixty days");
        // The request in its test and the assessment planned for it.
        assert_eq!(count(|e| matches!(e, Event::Overdue(_))), 2, "{name}: {events:?}");
        for server in &servers {
            assert!(server.g.tick(at).unwrap().is_empty(), "{name}: all is told");
        }
    }
}
