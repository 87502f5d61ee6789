//! One-time codes, renewal of certificates, workstations.
use crate::world::{FINGERPRINT, NOW_US, ring, server, world};
use dancu_catalogue::Code;
use dancu_exchange::{CertificateEntry, Exchange, ExchangeError, WorkstationEntry};
use dancu_keys::Secret;
use dancu_policy::{Ask, Workplace, decide};
use dancu_storage::testing::{sqlite_store, stores};

const HOUR_US: i64 = 3_600_000_000;

fn certificate(byte: u8) -> CertificateEntry {
    CertificateEntry { fingerprint: [byte; 32], system: "one-stop".into(), not_after_us: NOW_US + HOUR_US }
}

fn issue(exchange: &Exchange) -> (String, String) {
    let (id, code) = exchange.issue_enrolment_code("one-stop", "staff-1", NOW_US + HOUR_US, NOW_US).unwrap();
    (id, code.expose_str().unwrap().to_owned())
}

#[test]
fn a_code_counts_once_for_its_system_within_its_time() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let (id, code) = issue(&exchange);
        let counts =
            |system, code: &str, now_us| exchange.enrolment_code_counts(system, code, now_us).unwrap();
        assert!(counts("one-stop", &code, NOW_US), "{name}");
        assert!(
            !counts("one-stop", &code.to_uppercase(), NOW_US) && !counts("portal", &code, NOW_US),
            "{name}"
        );
        assert!(
            counts("one-stop", &code, NOW_US + HOUR_US - 1) && !counts("one-stop", &code, NOW_US + HOUR_US)
        );
        assert!(!exchange.enrol(&code, &certificate(1), NOW_US + HOUR_US).unwrap(), "{name}: too late");
        assert!(!exchange.enrol("another", &certificate(1), NOW_US).unwrap(), "{name}");
        assert!(exchange.snapshot().certificate(&[1; 32]).is_none());

        assert!(exchange.enrol(&code, &certificate(1), NOW_US + 1).unwrap(), "{name}");
        let snapshot = exchange.snapshot();
        let held = snapshot.certificate(&[1; 32]).unwrap();
        assert_eq!((&*held.system, held.revoked, held.ends_us), ("one-stop", false, None), "{name}");
        assert!(!exchange.enrol(&code, &certificate(2), NOW_US + 2).unwrap(), "{name}: once");
        assert!(exchange.snapshot().certificate(&[2; 32]).is_none());

        let codes = exchange.enrolment_codes("one-stop", 9).unwrap();
        assert_eq!((codes.len(), codes[0].id.as_str(), &*codes[0].issued_by), (1, id.as_str(), "staff-1"));
        assert_eq!((codes[0].used_at_us, codes[0].used_for), (Some(NOW_US + 1), Some([1; 32])), "{name}");
        let used = exchange.withdraw_enrolment_code(&id, NOW_US);
        assert!(matches!(used, Err(ExchangeError::Unknown { .. })), "{name}");

        let (id, code) = issue(&exchange);
        exchange.withdraw_enrolment_code(&id, NOW_US + 3).unwrap();
        assert!(!counts("one-stop", &code, NOW_US + 4), "{name}: withdrawn");
        let nobody = exchange.issue_enrolment_code("nobody", "staff-1", NOW_US + 1, NOW_US);
        assert!(matches!(nobody, Err(ExchangeError::Unknown { what: "system", .. })), "{name}");
    }
}

#[test]
fn of_many_who_use_a_code_at_once_one_gets_a_certificate() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let (_, code) = issue(&exchange);
        let enrolled: usize = std::thread::scope(|scope| {
            let tries: Vec<_> = (1..=6)
                .map(|byte| {
                    let (exchange, code) = (exchange.clone(), &code);
                    scope.spawn(move || exchange.enrol(code, &certificate(byte), NOW_US).unwrap())
                })
                .collect();
            tries.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
        });
        let snapshot = exchange.snapshot();
        let held = (1..=6).filter(|byte| snapshot.certificate(&[*byte; 32]).is_some()).count();
        assert_eq!((enrolled, held), (1, 1), "{name}");
    }
}

#[test]
fn a_code_is_nowhere_to_be_read() {
    let (store, _guard) = sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let (_, code) = issue(&exchange);
    let row =
        store.read("test.code", |tx| tx.query_opt("SELECT code_hash FROM enrolment_code", &[])).unwrap();
    let hash = row.unwrap().bytes(0).unwrap().to_vec();
    assert_eq!(hash, ring().keyed_hash("enrolment_code", format!("one-stop\0{code}").as_bytes()));
    let shown = format!("{:?} {exchange:?}", exchange.enrolment_codes("one-stop", 9).unwrap());
    assert!(!shown.contains(&code));
}

#[test]
fn a_renewed_certificate_ends_and_the_new_one_goes_on() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        exchange.renew_certificate(&FINGERPRINT, &certificate(1), NOW_US + 100, NOW_US).unwrap();
        let ends = |fingerprint: [u8; 32]| exchange.snapshot().certificate(&fingerprint).unwrap().ends_us;
        assert_eq!((ends(FINGERPRINT), ends([1; 32])), (Some(NOW_US + 100), None), "{name}");
        exchange.renew_certificate(&FINGERPRINT, &certificate(2), NOW_US + 200, NOW_US).unwrap();
        assert_eq!(ends(FINGERPRINT), Some(NOW_US + 100), "{name}: not put off");
        exchange.renew_certificate(&FINGERPRINT, &certificate(3), NOW_US + 50, NOW_US).unwrap();
        assert_eq!(ends(FINGERPRINT), Some(NOW_US + 50), "{name}");

        exchange.revoke_certificate(&FINGERPRINT, NOW_US).unwrap();
        for old in [FINGERPRINT, [9; 32]] {
            let refused = exchange.renew_certificate(&old, &certificate(4), NOW_US + 1, NOW_US);
            assert!(matches!(refused, Err(ExchangeError::Unknown { what: "certificate", .. })), "{name}");
        }
        assert!(exchange.snapshot().certificate(&[4; 32]).is_none(), "{name}");
    }
}

fn workstation(byte: u8) -> WorkstationEntry {
    WorkstationEntry {
        organisation: "thai-nguyen".into(),
        name: format!("Máy {byte} của chị Hòa"),
        fingerprint: Some([byte; 32]),
        passkey: None,
        enrolled_by: "staff-1".into(),
    }
}

#[test]
fn workstations_are_enrolled_seen_and_revoked_at_once() {
    for (name, store, _guard) in stores() {
        let (here, there) = (server(&store), server(&store));
        here.provision(&world(), NOW_US).unwrap();
        let first = here.enrol_workstation(&workstation(1), NOW_US).unwrap();
        let by_passkey = WorkstationEntry { fingerprint: None, passkey: Some(vec![7; 40]), ..workstation(2) };
        let second = here.enrol_workstation(&by_passkey, NOW_US).unwrap();
        let snapshot = here.snapshot();
        let known = snapshot.workstation(&[1; 32]).unwrap();
        assert_eq!(
            (&known.id, &*known.organisation, known.revoked),
            (&first, "thai-nguyen", false),
            "{name}"
        );
        assert_eq!(snapshot.workstation_of_passkey(&[7; 40]).unwrap().id, second, "{name}");
        assert!(snapshot.workstation(&[2; 32]).is_none() && snapshot.may_stay(&[1; 32]), "{name}");

        let version = snapshot.version;
        here.see_workstation(&first, NOW_US + 5);
        here.see_workstation(&first, NOW_US + 9);
        assert_eq!((here.write_seen().unwrap(), here.write_seen().unwrap()), (1, 0), "{name}");
        let all = here.workstations("thai-nguyen", "", 9).unwrap();
        let one = all.iter().find(|w| w.id == first).unwrap();
        assert_eq!(
            (one.entry.name.as_str(), one.last_seen_us),
            ("Máy 1 của chị Hòa", Some(NOW_US + 9)),
            "{name}"
        );
        assert!(!format!("{all:?} {:?}", workstation(1)).contains("Hòa"), "{name}");
        let page = here.workstations("thai-nguyen", &all[0].id, 9).unwrap();
        assert_eq!(page, all[1..], "{name}");
        assert!(!there.refresh().unwrap() || there.snapshot().version == version, "{name}");

        here.revoke_workstation(&first, "staff-2", NOW_US + 10).unwrap();
        assert!(there.refresh().unwrap(), "{name}");
        for exchange in [&here, &there] {
            let snapshot = exchange.snapshot();
            assert!(
                snapshot.workstation(&[1; 32]).unwrap().revoked && !snapshot.may_stay(&[1; 32]),
                "{name}"
            );
        }
        let again = here.revoke_workstation(&first, "staff-2", NOW_US + 11);
        assert!(matches!(again, Err(ExchangeError::Unknown { .. })), "{name}: for good");
        let taken = here.enrol_workstation(&workstation(1), NOW_US + 12);
        assert!(matches!(taken, Err(ExchangeError::Taken(_))), "{name}: its certificate too");
        let taken = here.enrol_workstation(&WorkstationEntry { name: "x".into(), ..by_passkey }, NOW_US);
        assert!(matches!(taken, Err(ExchangeError::Taken(_))), "{name}");
    }
}

#[test]
fn senseless_workstations_are_refused() {
    let (store, _guard) = sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    for entry in [
        WorkstationEntry { fingerprint: None, ..workstation(1) },
        WorkstationEntry { fingerprint: None, passkey: Some(vec![]), ..workstation(1) },
        WorkstationEntry { name: String::new(), ..workstation(1) },
        WorkstationEntry { name: "a\nb".into(), ..workstation(1) },
        WorkstationEntry { name: "a".repeat(101), ..workstation(1) },
    ] {
        let error = exchange.enrol_workstation(&entry, NOW_US).unwrap_err();
        assert!(matches!(error, ExchangeError::Invalid { .. }), "{error}");
    }
    let nobody = WorkstationEntry { organisation: "nobody".into(), ..workstation(1) };
    assert!(matches!(exchange.enrol_workstation(&nobody, NOW_US), Err(ExchangeError::Unknown { .. })));
}

#[test]
fn a_demand_bites_in_the_decision_and_names_are_sealed_and_sealed_anew() {
    for (name, store, _guard) in stores() {
        let ring = ring();
        let exchange = Exchange::open(store.clone(), ring.clone()).unwrap();
        exchange.provision(&world(), NOW_US).unwrap();
        exchange.enrol_workstation(&workstation(1), NOW_US).unwrap();
        let refused =
            |workplace| decide(&exchange.snapshot().rules, &Ask { workplace, ..crate::world::ask() }).err();
        assert_eq!(refused(Workplace::Page(None)), None, "{name}: not demanded");
        exchange.demand_workstations("thai-nguyen", true, "staff-1", NOW_US).unwrap();
        assert_eq!(refused(Workplace::Page(None)), Some(Code::WorkstationNotEnrolled), "{name}");
        assert_eq!(refused(Workplace::Page(Some("thai-nguyen"))), None, "{name}");
        exchange.demand_workstations("thai-nguyen", false, "staff-1", NOW_US).unwrap();
        assert_eq!(refused(Workplace::Page(None)), None, "{name}");
        let nobody = exchange.demand_workstations("nobody", true, "staff-1", NOW_US);
        assert!(matches!(nobody, Err(ExchangeError::Unknown { .. })), "{name}");

        let row = store.read("test.name", |tx| tx.query_opt("SELECT name FROM workstation", &[])).unwrap();
        let sealed = row.unwrap().bytes(0).unwrap().to_vec();
        assert!(!sealed.windows(4).any(|w| w == "Hòa".as_bytes()), "{name}");
        let before = exchange.reseal(9).unwrap();
        ring.add_key(2, &Secret::new([3; 32])).unwrap();
        ring.set_current(2).unwrap();
        assert_eq!((before, exchange.reseal(9).unwrap()), (0, 2 + 5 + 1), "{name}");
        let all = exchange.workstations("thai-nguyen", "", 9).unwrap();
        assert_eq!(all[0].entry.name, "Máy 1 của chị Hòa", "{name}");
    }
}
