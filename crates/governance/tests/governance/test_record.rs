//! The technical test: the applicant's calls become the record.
use crate::scene::{DAY, MANAGER, NOW, OFFICER, deed, everywhere, open, request, sandbox, submit};
use dancu_governance::{Content, Event, GovernanceError, Progress, Sandbox, Step};
use dancu_policy::Service;

#[test]
fn each_case_of_each_service_is_called_and_answered_as_expected() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        let nothing = Sandbox::default();
        assert!(g.receive(&id, &nothing, deed(OFFICER, NOW)).is_err(), "{name}: nothing is handed over");
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        let test = g.tests(&id).unwrap().remove(0);
        assert_eq!(
            (test.cases.len(), test.is_done(), test.sandbox.clone()),
            (10, false, sandbox()),
            "{name}"
        );

        let call = |service, case, outcome, entry| g.record_call(&id, service, case, outcome, NOW + 1, entry);
        let progress = call(Service::Verify, "match", "mismatch", 1).unwrap();
        assert_eq!(
            progress,
            Progress { done: 0, all: 10, as_expected: false },
            "{name}: a wrong answer is no success"
        );
        assert_eq!(call(Service::Verify, "match", "verified", 2).unwrap().done, 1);
        let again = call(Service::Verify, "match", "mismatch", 3).unwrap();
        assert_eq!((again.done, again.as_expected), (1, false), "{name}: and undoes none");
        let case = g.tests(&id).unwrap().remove(0).cases.into_iter().find(|c| c.name == "match").unwrap();
        assert_eq!(
            (case.calls, case.entry, case.outcome.as_deref()),
            (3, Some(2), Some("mismatch")),
            "{name}"
        );
        assert!(matches!(
            call(Service::Verify, "dream", "x", 4),
            Err(GovernanceError::Unknown { what: "case", .. })
        ));
        assert!(g.record_call("0", Service::Verify, "match", "verified", NOW, 5).is_err());

        for case in &test.cases {
            call(case.service, &case.name, &case.expect, 6).unwrap();
        }
        assert!(g.tests(&id).unwrap()[0].is_done());
        assert_eq!(g.open_sandbox(crate::scene::SYSTEM, NOW).unwrap(), Some(id.clone()), "{name}");
        assert_eq!(g.open_sandbox(crate::scene::SYSTEM, NOW + 40 * DAY).unwrap(), None, "{name}: expired");
        g.take(&id, Step::PassTest, deed(OFFICER, NOW + 2)).unwrap();
        assert!(call(Service::Verify, "match", "verified", 7).is_err(), "{name}: the test is over");
        assert_eq!(g.open_sandbox(crate::scene::SYSTEM, NOW).unwrap(), None);
        assert_eq!(g.open_sandbox("other", NOW).unwrap(), None);
    });
}

#[test]
fn a_request_for_one_service_is_tested_for_one() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let g = crate::scene::lone(&store).g;
    let mut only = request();
    only.services.truncate(1);
    let id = open(&g);
    g.write(&id, &Content::Connection(Box::new(only)), deed(MANAGER, NOW)).unwrap();
    submit(&g, &id, NOW);
    g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
    let cases = g.tests(&id).unwrap().remove(0).cases;
    assert!(cases.len() == 5 && cases.iter().all(|case| case.service == Service::Verify));
    assert!(g.record_call(&id, Service::LookUp, "match", "shown", NOW, 1).is_err());
}

#[test]
fn a_sandbox_expires_and_is_opened_again() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        assert!(g.tick(NOW + DAY).unwrap().is_empty(), "{name}");
        let later = NOW + 40 * DAY;
        assert!(
            g.record_call(&id, Service::Verify, "match", "verified", later, 1).is_err(),
            "{name}: before any tick"
        );
        let events = g.tick(later).unwrap();
        let expired = Event::SandboxExpired { connection: id.clone(), credential: "sandbox-1".into() };
        assert!(events.contains(&expired), "{name}: {events:?}");
        assert!(!g.tick(later).unwrap().contains(&expired), "{name}: told once");
        let second = Sandbox { credential: "sandbox-2".into(), ..sandbox() };
        g.renew_test(&id, &second, deed(OFFICER, later)).unwrap();
        crate::scene::call_all(g, &id, later + 1);
        let tests = g.tests(&id).unwrap();
        assert_eq!((tests.len(), tests[0].is_done(), tests[1].is_done()), (2, false, true), "{name}");
        g.take(&id, Step::PassTest, deed(OFFICER, later + 2)).unwrap();
    });
}
