//! Sessions: shared by servers, ended by time and by change.
use crate::house::*;
use dancu_policy::duty::StaffRole;
use dancu_staff::{Change, Holder, LockWhy, Proof, StaffError};
use dancu_storage::testing::{sqlite_store, stores};

#[test]
fn five_idle_minutes_for_administration_fifteen_for_others() {
    for (name, store, _guard) in stores() {
        let (staff, other) = (server(&store), server(&store));
        seed_admin(&staff, "the.registry", 1);
        seed_officer(&staff, "officer.1");
        for (token, minutes) in [
            (enter(&staff, "the.registry", 1, NOW_US).token, 5),
            (enter_plain(&staff, "officer.1", NOW_US).token, 15),
        ] {
            // Used in time, by way of either server, it goes on.
            let second = NOW_US + minutes * MINUTE - SECOND;
            let seen = other.session(&token, second).unwrap().unwrap();
            assert_eq!((seen.seen_at_us, seen.idle_at_us), (second, second + minutes * MINUTE), "{name}");
            let third = second + minutes * MINUTE - SECOND;
            assert!(staff.session(&token, third).unwrap().is_some(), "{name}");
            assert!(staff.session(&token, third + minutes * MINUTE).unwrap().is_none(), "{name}");
            assert!(other.session(&token, third + 1).unwrap().is_none(), "{name}: over is over");
        }
    }
}

#[test]
fn however_busy_it_ends_after_ten_hours() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = seed_officer(&staff, "officer.1");
    let token = enter_plain(&staff, "officer.1", NOW_US).token;
    let mut now = NOW_US;
    while now + 10 * MINUTE < NOW_US + 10 * HOUR {
        now += 10 * MINUTE;
        assert!(staff.session(&token, now).unwrap().is_some());
    }
    assert!(staff.session(&token, NOW_US + 10 * HOUR).unwrap().is_none());
    let used = staff.account(&id).unwrap().unwrap().used_at_us.unwrap();
    assert!(used > NOW_US + 8 * HOUR, "work counts as use");
}

#[test]
fn a_change_of_roles_a_lock_and_a_close_end_it_at_the_next_request() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let mut now = NOW_US;
        let deeds: [(&str, &dyn Fn(i64)); 3] = [
            ("roles", &|now| staff.set_roles(&id, &[StaffRole::Officer], "boss", now).unwrap()),
            ("lock", &|now| staff.lock(&id, LockWhy::Hand, None, "boss", now).unwrap()),
            ("close", &|now| staff.close(&id, "nghỉ việc", "boss", now).unwrap()),
        ];
        for (deed, run) in deeds {
            let token = enter_plain(&staff, "officer.1", now).token;
            assert!(staff.session(&token, now + 1).unwrap().is_some(), "{name} {deed}");
            run(now + 2);
            assert!(staff.session(&token, now + 3).unwrap().is_none(), "{name} {deed}");
            now += HOUR;
            let _ = staff.unlock(&id, "xong", "boss", now);
        }
    }
}

#[test]
fn an_account_whose_time_is_over_works_no_more() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let mut account = officer("officer.1");
    account.details.expires_at_us = Some(NOW_US + MINUTE);
    staff.seed(&account, &secret(GOOD), None, NOW_US).unwrap();
    let token = enter_plain(&staff, "officer.1", NOW_US).token;
    assert!(staff.session(&token, NOW_US + MINUTE - 1).unwrap().is_some());
    assert!(staff.session(&token, NOW_US + MINUTE).unwrap().is_none());
    let late = staff.begin_sign_in("officer.1", &secret(GOOD), &visitor(), NOW_US + MINUTE).unwrap();
    assert!(is_refused(&late));
}

#[test]
fn sessions_are_listed_and_ended() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let tokens: Vec<_> = (0..4).map(|n| enter_plain(&staff, "officer.1", NOW_US + n).token).collect();
        let listed = staff.sessions_of(&id, NOW_US + 5).unwrap();
        assert_eq!(listed.len(), 3, "{name}: the fourth took the place of the first");
        assert!(staff.session(&tokens[0], NOW_US + 5).unwrap().is_none());
        assert_eq!(listed[0].created_at_us, NOW_US + 1);

        assert!(staff.end_session_of(&id, &listed[0].id, "boss", NOW_US + 6).unwrap());
        assert!(!staff.end_session_of(&id, &listed[0].id, "boss", NOW_US + 6).unwrap());
        assert!(!staff.end_session_of("another", &listed[1].id, "boss", NOW_US + 6).unwrap());
        assert!(staff.session(&tokens[1], NOW_US + 6).unwrap().is_none(), "{name}");
        assert_eq!(staff.changes(&id, None, 1).unwrap()[0].what, Change::SessionsEnded);
        staff.end_session(&tokens[2], NOW_US + 7).unwrap();
        assert!(staff.session(&tokens[2], NOW_US + 7).unwrap().is_none());
        assert_eq!(staff.end_sessions_of(&id, &id, NOW_US + 8).unwrap(), 1, "{name}");
        assert!(staff.sessions_of(&id, NOW_US + 8).unwrap().is_empty());
        assert!(staff.session(&secret("no token at all"), NOW_US).unwrap().is_none());
    }
}

#[test]
fn credentials_change_after_a_fresh_proof_only() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_admin(&staff, "the.registry", 1);
        let token = enter(&staff, "the.registry", 1, NOW_US).token;
        let later = NOW_US + 4 * MINUTE;
        assert!(staff.session(&token, later).unwrap().is_some());
        let stale = NOW_US + 6 * MINUTE;
        let holder = Holder::Session(&token);
        assert!(matches!(staff.enrol_totp(holder, stale).unwrap_err(), StaffError::ProofNeeded), "{name}");
        let by_password = staff.prove(&token, &Proof::Password(&secret(GOOD)), stale).unwrap_err();
        assert!(matches!(by_password, StaffError::WrongProof), "{name}: who has a factor shows it");
        let shown = code(1, stale);
        staff.prove(&token, &Proof::Totp(&shown), stale).unwrap();

        let enrolment = staff.enrol_totp(holder, stale).unwrap();
        let again = staff.prove(&token, &Proof::Totp(&shown), stale).unwrap_err();
        assert!(matches!(again, StaffError::WrongProof), "{name}: no code twice");
        let uri = enrolment.uri.expose_str().unwrap().to_owned();
        assert!(uri.contains(enrolment.secret.expose_str().unwrap()));
        assert!(staff.remove_totp(&token, stale).is_err(), "{name}: the last one stays");
        assert!(staff.factors_of(&id).unwrap().totp, "the old key counts until the new one is confirmed");
        let fresh = code(1, stale + 30 * SECOND);
        staff.prove(&token, &Proof::Totp(&fresh), stale + 30 * SECOND).unwrap();
    }
}

#[test]
fn who_has_no_factor_proves_itself_by_password_and_may_go_back() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = seed_officer(&staff, "officer.1");
    let token = enter_plain(&staff, "officer.1", NOW_US).token;
    let later = NOW_US + 10 * MINUTE;
    assert!(matches!(staff.enrol_totp(Holder::Session(&token), later).unwrap_err(), StaffError::ProofNeeded));
    staff.prove(&token, &Proof::Password(&secret(GOOD)), later).unwrap();
    staff.enrol_totp(Holder::Session(&token), later).unwrap();
    assert!(!staff.factors_of(&id).unwrap().is_strong(), "enrolled when confirmed");
    staff.seed(&officer("officer.2"), &secret(GOOD), Some(&key(2)), NOW_US).unwrap();
    let two = enter(&staff, "officer.2", 2, NOW_US).token;
    staff.remove_totp(&two, NOW_US).unwrap();
    enter_plain(&staff, "officer.2", NOW_US);
}

#[test]
fn a_form_token_goes_with_one_session() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    seed_officer(&staff, "officer.1");
    let one = enter_plain(&staff, "officer.1", NOW_US).token;
    let two = enter_plain(&staff, "officer.1", NOW_US).token;
    assert_eq!(staff.form_token(&one), server(&store).form_token(&one));
    assert_ne!(staff.form_token(&one), staff.form_token(&two));
    assert_ne!(staff.form_token(&one), one);
}
