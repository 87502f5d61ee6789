//! The technical test: the applicant's calls become the record.
use crate::scene::{
    DAY, MANAGER, NOW, OFFICER, SYSTEM, call_all, deed, everywhere, open, request, sandbox, submit,
};
use dancu_exchange::{CertificateEntry, CredentialEntry};
use dancu_governance::{Content, Event, GovernanceError, Progress, Sandbox, SandboxCall, Step};
use dancu_keys::Secret;
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

        let call =
            |service, case, outcome, entry| g.record_call(&id, service, case, outcome, NOW + 1, Some(entry));
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
        assert!(g.record_call("0", Service::Verify, "match", "verified", NOW, Some(5)).is_err());

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

/// A call as the road tells of it.
fn told<'a>(service: Option<Service>, number: Option<&'a str>, outcome: &'a str) -> SandboxCall<'a> {
    SandboxCall { system: crate::scene::SYSTEM, service, number, outcome, at_us: NOW + 1, entry: Some(3) }
}

#[test]
fn a_call_tells_by_what_it_sent_which_case_it_was() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        assert_eq!(g.note_call(&told(Some(Service::Verify), None, "malformed")).unwrap(), None, "{name}");
        assert_eq!(g.sandbox_access(&id, NOW).unwrap(), None, "{name}: none is open");
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        let cases = g.tests(&id).unwrap().remove(0).cases;
        for (at, case) in cases.iter().enumerate() {
            let script = case.script.as_ref().expect("what is to be called");
            assert!(script.todo.iter().all(|todo| !todo.is_empty()));
            let number = (case.expect != "malformed").then_some(script.person.number.as_str());
            let progress = g.note_call(&told(Some(case.service), number, &case.expect)).unwrap().unwrap();
            let expected = Progress { done: u32::try_from(at + 1).unwrap(), all: 10, as_expected: true };
            assert_eq!(progress, expected, "{name} {}", case.name);
        }
        // What is no case, or of no service that can be told, is no part of the record.
        for (service, number, outcome) in [
            (Some(Service::Verify), Some("001185000017"), "verified"),
            (Some(Service::Verify), None, "refused"),
            (None, None, "malformed"),
        ] {
            assert_eq!(g.note_call(&told(service, number, outcome)).unwrap(), None, "{name} {outcome}");
        }
        let other = SandboxCall { system: "other", ..told(Some(Service::Verify), None, "malformed") };
        assert_eq!(g.note_call(&other).unwrap(), None, "{name}");
    });
}

#[test]
fn whatever_ends_a_test_closes_every_way_in() {
    everywhere(|name, s| {
        let (g, exchange) = (&s.g, &s.exchange);
        let id = open(g);
        submit(g, &id, NOW);
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        let mut at = NOW + 1;
        for ends in [Step::Return, Step::PassTest, Step::Withdraw] {
            at += 1;
            let access = g.sandbox_access(&id, at).unwrap().expect("it is open");
            assert_eq!((access.username.as_str(), access.system.as_str()), ("sandbox-1", SYSTEM));
            let credentials = CredentialEntry {
                username: access.username,
                system: SYSTEM.into(),
                password: Some(Secret::new("x")),
                secret: None,
                service_urls: Vec::new(),
            };
            exchange.put_credential(&credentials, at).unwrap();
            let mut enrolled = [0; 32];
            enrolled[..8].copy_from_slice(&at.to_be_bytes());
            let (_, code) = g.issue_sandbox_code(&id, i64::MAX, deed(MANAGER, at)).unwrap();
            let (_, unused) = g.issue_sandbox_code(&id, i64::MAX, deed(MANAGER, at)).unwrap();
            let codes = exchange.enrolment_codes(SYSTEM, 1).unwrap();
            assert_eq!(codes[0].expires_at_us, access.until_us, "{name}: no longer than the sandbox");
            let certificate =
                CertificateEntry { fingerprint: enrolled, system: SYSTEM.into(), not_after_us: i64::MAX };
            assert!(exchange.enrol(code.expose_str().unwrap(), &certificate, at).unwrap());
            // The next one, by this one, is the sandbox's too.
            let mut renewed = enrolled;
            renewed[31] = 1;
            let next = CertificateEntry { fingerprint: renewed, ..certificate };
            exchange.renew_certificate(&enrolled, &next, i64::MAX, at).unwrap();
            assert!(exchange.snapshot().sandbox(SYSTEM, at).is_some(), "{name}");

            call_all(g, &id, at);
            g.take(&id, ends, deed(if ends == Step::Withdraw { MANAGER } else { OFFICER }, at)).unwrap();
            let told = format!("{name} {ends:?}");
            exchange.refresh().unwrap();
            let snapshot = exchange.snapshot();
            assert!(snapshot.sandbox(SYSTEM, at).is_none(), "{told}");
            assert!(snapshot.credential("sandbox-1").is_none(), "{told}");
            for fingerprint in [enrolled, renewed] {
                assert!(snapshot.certificate(&fingerprint).unwrap().revoked, "{told}");
            }
            let unused = unused.expose_str().unwrap();
            assert!(!exchange.enrolment_code_counts(SYSTEM, unused, at).unwrap(), "{told}");
            assert!(g.issue_sandbox_code(&id, i64::MAX, deed(MANAGER, at)).is_err(), "{told}");
            assert_eq!(g.sandbox_access(&id, at).unwrap(), None, "{told}");
            // Back to the test, by the way there is.
            at += 1;
            match ends {
                Step::Return => {}
                Step::PassTest => drop(g.take(&id, Step::Return, deed(OFFICER, at)).unwrap()),
                _ => return,
            }
            submit(g, &id, at);
            g.receive(&id, &sandbox(), deed(OFFICER, at)).unwrap();
        }
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
    assert!(g.record_call(&id, Service::LookUp, "match", "shown", NOW, Some(1)).is_err());
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
            g.record_call(&id, Service::Verify, "match", "verified", later, Some(1)).is_err(),
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
