//! The way in, step by step.
use crate::house::*;
use dancu_staff::{
    AccountState, Change, Factor, Holder, LockWhy, Outcome, Proof, Reset, StaffError, Step, Visitor,
};
use dancu_storage::testing::{sqlite_store, stores};

#[test]
fn an_invited_administrator_enrols_chooses_a_password_and_is_in() {
    for (name, store, _guard) in stores() {
        let (staff, other) = (server(&store), server(&store));
        let id = staff.create(&admin("the.registry"), "setup", NOW_US).unwrap();
        let handed = staff.invite(&id, "setup", NOW_US).unwrap();
        assert_eq!(handed.until_us, NOW_US + 72 * HOUR);
        let knock = |now| staff.begin_sign_in("The.Registry", &handed.password, &visitor(), now).unwrap();
        let (attempt, step) = next(knock(NOW_US));
        assert_eq!(step, Step::Enrol, "{name}");
        let early = staff.sign_in_password(&attempt, &secret(GOOD), &visitor(), NOW_US).unwrap_err();
        assert!(matches!(early, StaffError::ProofNeeded), "a password comes after the factor");

        // Each step may be taken by another server.
        let totp = other.enrol_totp(Holder::Attempt(&attempt), NOW_US).unwrap();
        let uri = totp.uri.expose_str().unwrap().to_owned();
        assert!(uri.starts_with("otpauth://totp/dancu:the.registry?secret="), "{uri}");
        let key = typed_in(totp.secret.expose_str().unwrap());
        let wrong =
            staff.confirm_totp(Holder::Attempt(&attempt), &totp.ceremony, "000000", NOW_US).unwrap_err();
        assert!(matches!(wrong, StaffError::WrongProof));
        let shown = dancu_staff::totp::code(&key, dancu_staff::totp::step(NOW_US)).unwrap();
        let enrolled = staff.confirm_totp(Holder::Attempt(&attempt), &totp.ceremony, &shown, NOW_US).unwrap();
        assert_eq!(enrolled.recovery_codes.len(), 10);

        let (_, step) = next(other.continue_sign_in(&attempt, &visitor(), NOW_US).unwrap());
        assert_eq!(step, Step::ChangePassword, "{name}");
        let begun = done(staff.sign_in_password(&attempt, &secret(GOOD), &visitor(), NOW_US).unwrap());
        assert_eq!(begun.session.account.state, AccountState::Active);
        assert_eq!(begun.session.factor, Some(Factor::Totp));
        assert!(begun.new_device && begun.device_cookie.is_some());
        assert!(other.session(&begun.token, NOW_US + 1).unwrap().is_some());
        assert!(
            staff.continue_sign_in(&attempt, &visitor(), NOW_US).is_err(),
            "an attempt ends with its session"
        );
        assert!(is_refused(&knock(NOW_US + 1)), "the handed password counts no more");
    }
}

/// What an authenticator does with what its holder types.
fn typed_in(typed: &str) -> dancu_keys::Secret {
    dancu_keys::Secret::new(data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap())
}

#[test]
fn who_needs_no_second_factor_is_in_with_the_password() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let begun = enter_plain(&staff, "officer.1", NOW_US);
        assert_eq!(begun.session.account.id, id, "{name}");
        assert_eq!(begun.session.factor, None);
        let entry = &staff.history(&id, None, 5).unwrap()[0];
        assert_eq!((entry.outcome, entry.device.is_some()), (Outcome::SignedIn, true));
    }
}

#[test]
fn a_factor_that_is_enrolled_is_asked_for_though_nothing_needs_it() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    staff.seed(&officer("officer.1"), &secret(GOOD), Some(&key(1)), NOW_US).unwrap();
    enter(&staff, "officer.1", 1, NOW_US);
}

#[test]
fn no_answer_says_whether_a_login_exists() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    seed_officer(&staff, "officer.1");
    let locked = seed_officer(&staff, "officer.2");
    staff.lock(&locked, LockWhy::Hand, None, "boss", NOW_US).unwrap();
    let closed = seed_officer(&staff, "officer.3");
    staff.close(&closed, "", "boss", NOW_US).unwrap();
    staff.create(&officer("officer.4"), "boss", NOW_US).unwrap();
    for (login, password) in [
        ("officer.0", GOOD),
        ("officer.1", OTHER),
        ("officer.2", GOOD),
        ("officer.3", GOOD),
        ("officer.4", ""),
        ("", ""),
    ] {
        let answer = staff.begin_sign_in(login, &secret(password), &visitor(), NOW_US).unwrap();
        assert!(is_refused(&answer), "{login}");
    }
    let why = |id: &str| staff.history(id, None, 5).unwrap()[0].outcome;
    assert_eq!((why(&locked), why(&closed)), (Outcome::Locked, Outcome::Closed));
}

#[test]
fn five_wrong_passwords_lock_for_twelve_hours() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let inside = enter_plain(&staff, "officer.1", NOW_US);
        let knock =
            |password, now| staff.begin_sign_in("officer.1", &secret(password), &visitor(), now).unwrap();
        for n in 0..5 {
            assert!(!staff.account(&id).unwrap().unwrap().is_locked(NOW_US + n));
            assert!(is_refused(&knock(OTHER, NOW_US + n)), "{name}");
        }
        let lock = staff.account(&id).unwrap().unwrap().lock.unwrap();
        assert_eq!((lock.why, lock.at_us), (LockWhy::Failures, NOW_US + 4), "{name}");
        assert_eq!(lock.until_us, Some(NOW_US + 4 + 12 * HOUR));
        assert!(is_refused(&knock(GOOD, NOW_US + 12 * HOUR)), "{name}: the right one too");
        assert!(staff.session(&inside.token, NOW_US + MINUTE).unwrap().is_some(), "whoever is in works on");

        let later = NOW_US + 4 + 12 * HOUR;
        done(knock(GOOD, later));
        let account = staff.account(&id).unwrap().unwrap();
        assert_eq!(
            (account.state, account.lock, account.failures),
            (AccountState::Active, None, 0),
            "{name}"
        );
        let what: Vec<Change> = staff.changes(&id, None, 3).unwrap().into_iter().map(|c| c.what).collect();
        assert_eq!(what[..2], [Change::Unlocked, Change::Locked], "{name}");
    }
}

#[test]
fn another_person_unlocks_and_the_count_begins_anew() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = seed_officer(&staff, "officer.1");
    let knock = |password| staff.begin_sign_in("officer.1", &secret(password), &visitor(), NOW_US).unwrap();
    for _ in 0..9 {
        assert!(is_refused(&knock(OTHER)));
    }
    assert_eq!(staff.account(&id).unwrap().unwrap().failures, 5, "what is not looked at is not counted");
    staff.unlock(&id, "nhầm bàn phím", "boss", NOW_US).unwrap();
    for _ in 0..4 {
        assert!(is_refused(&knock(OTHER)));
    }
    done(knock(GOOD));
    assert_eq!(staff.account(&id).unwrap().unwrap().failures, 0);
}

#[test]
fn a_right_password_does_not_wipe_out_wrong_codes() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_admin(&staff, "the.registry", 1);
        for n in 0..5_i64 {
            let now = NOW_US + n;
            let (attempt, _) =
                next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), now).unwrap());
            let wrong = staff.second_factor(&attempt, &Proof::Totp("000000"), &visitor(), now).unwrap_err();
            assert!(matches!(wrong, StaffError::WrongProof), "{name} {n}: {wrong}");
        }
        assert!(staff.account(&id).unwrap().unwrap().is_locked(NOW_US + 5), "{name}");
        let answer = staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US + 5).unwrap();
        assert!(is_refused(&answer), "{name}");
        let outcomes: Vec<Outcome> = staff.history(&id, None, 9).unwrap().iter().map(|e| e.outcome).collect();
        assert_eq!(outcomes, [vec![Outcome::Locked], vec![Outcome::WrongFactor; 5]].concat(), "{name}");
    }
}

/// Twenty at once, on two servers, take five tries together.
#[test]
fn many_tries_at_once_are_no_more_tries() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let servers = [staff.clone(), server(&store)];
        std::thread::scope(|scope| {
            for n in 0..20 {
                let staff = &servers[n % 2];
                scope.spawn(move || {
                    assert!(is_refused(
                        &staff.begin_sign_in("officer.1", &secret(OTHER), &visitor(), NOW_US).unwrap()
                    ));
                });
            }
        });
        let entries = staff.history(&id, None, 50).unwrap();
        let looked_at = entries.iter().filter(|entry| entry.outcome == Outcome::WrongPassword).count();
        assert_eq!((entries.len(), looked_at), (20, 5), "{name}");
        assert!(staff.account(&id).unwrap().unwrap().is_locked(NOW_US), "{name}");
    }
}

#[test]
fn a_code_counts_once() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        seed_admin(&staff, "the.registry", 1);
        enter(&staff, "the.registry", 1, NOW_US);
        let again = code(1, NOW_US);
        let (attempt, _) =
            next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US).unwrap());
        let proof = Proof::Totp(&again);
        let replayed = staff.second_factor(&attempt, &proof, &visitor(), NOW_US).unwrap_err();
        assert!(matches!(replayed, StaffError::WrongProof), "{name}: {replayed}");
        let later = NOW_US + 30 * SECOND;
        let fresh = code(1, later);
        done(staff.second_factor(&attempt, &Proof::Totp(&fresh), &visitor(), later).unwrap());
    }
}

#[test]
fn recovery_codes_count_once_each() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_admin(&staff, "the.registry", 1);
        let begun = enter(&staff, "the.registry", 1, NOW_US);
        let codes = staff.new_recovery_codes(&begun.token, NOW_US).unwrap();
        assert_eq!(staff.factors_of(&id).unwrap().recovery, 10);
        let typed = secret(&codes[3].expose_str().unwrap().to_uppercase().replace('-', " "));
        let attempt =
            || next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US).unwrap()).0;
        let proof = Proof::Recovery(&typed);
        let session = done(staff.second_factor(&attempt(), &proof, &visitor(), NOW_US).unwrap());
        assert_eq!(session.session.factor, Some(Factor::Recovery), "{name}");
        assert_eq!(staff.factors_of(&id).unwrap().recovery, 9);
        let twice = staff.second_factor(&attempt(), &proof, &visitor(), NOW_US).unwrap_err();
        assert!(matches!(twice, StaffError::WrongProof), "{name}");
        let fresh = staff.new_recovery_codes(&session.token, NOW_US).unwrap();
        let old = Proof::Recovery(&codes[0]);
        assert!(staff.second_factor(&attempt(), &old, &visitor(), NOW_US).is_err(), "{name}: replaced");
        let new = Proof::Recovery(&fresh[0]);
        done(staff.second_factor(&attempt(), &new, &visitor(), NOW_US).unwrap());
    }
}

#[test]
fn an_attempt_ends_with_its_time_and_with_any_change_of_the_account() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = seed_admin(&staff, "the.registry", 1);
    let attempt = |now| next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), now).unwrap()).0;
    let (first, second) = (attempt(NOW_US), attempt(NOW_US));
    let late = NOW_US + 10 * MINUTE;
    let proof = code(1, late);
    let over = staff.second_factor(&first, &Proof::Totp(&proof), &visitor(), late).unwrap_err();
    assert!(matches!(over, StaffError::NotSignedIn), "{over}");
    staff.lock(&id, LockWhy::Hand, Some("nghi ngờ"), "boss", NOW_US + 1).unwrap();
    staff.unlock(&id, "xong", "boss", NOW_US + 2).unwrap();
    let proof = code(1, NOW_US + 2);
    let changed = staff.second_factor(&second, &Proof::Totp(&proof), &visitor(), NOW_US + 2).unwrap_err();
    assert!(matches!(changed, StaffError::NotSignedIn), "{changed}");
    let password =
        staff.second_factor(&attempt(NOW_US + 3), &Proof::Password(&secret(GOOD)), &visitor(), NOW_US + 3);
    assert!(password.is_err(), "a password is no second factor");
}

#[test]
fn a_handed_password_lapses_and_a_reset_forgets_the_factors() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_admin(&staff, "the.registry", 1);
        let inside = enter(&staff, "the.registry", 1, NOW_US);
        let handed = staff.reset(&id, Reset::Everything, "mất điện thoại", "boss", NOW_US + 1).unwrap();
        assert!(staff.session(&inside.token, NOW_US + 2).unwrap().is_none(), "{name}");
        assert!(!staff.factors_of(&id).unwrap().is_strong());
        let knock = |now| staff.begin_sign_in("the.registry", &handed.password, &visitor(), now).unwrap();
        assert!(is_refused(&knock(NOW_US + 1 + 72 * HOUR)), "{name}");
        assert_eq!(staff.history(&id, None, 1).unwrap()[0].outcome, Outcome::Lapsed);
        assert_eq!(next(knock(NOW_US + 72 * HOUR)).1, Step::Enrol, "{name}");
        let handed = staff.reset(&id, Reset::Password, "quên", "boss", NOW_US + 2).unwrap();
        let knocked = staff.begin_sign_in("the.registry", &handed.password, &visitor(), NOW_US + 3).unwrap();
        assert_eq!(next(knocked).1, Step::Enrol, "{name}");
        assert!(staff.invite(&id, "boss", NOW_US).is_err(), "an account in use is not invited");
    }
}

#[test]
fn a_cookie_makes_a_device_known() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let cookie = enter_plain(&staff, "officer.1", NOW_US).device_cookie.unwrap();
        let same = Visitor { device: Some(&cookie), ..visitor() };
        let knock = |login: &str, v: &Visitor<'_>, now| {
            done(staff.begin_sign_in(login, &secret(GOOD), v, now).unwrap())
        };
        let again = knock("officer.1", &same, NOW_US + 1);
        assert!(!again.new_device && again.device_cookie.is_none(), "{name}");
        let devices = staff.devices_of(&id).unwrap();
        assert_eq!((devices.len(), devices[0].name.as_str()), (1, "Firefox, Linux"));
        assert_eq!((devices[0].first_seen_us, devices[0].last_seen_us), (NOW_US, NOW_US + 1));

        // Another account in the same browser: a device of its own behind the same cookie.
        seed_officer(&staff, "officer.2");
        let neighbour = knock("officer.2", &same, NOW_US + 2);
        assert!(neighbour.new_device && neighbour.device_cookie.is_none(), "{name}");
        assert!(!knock("officer.2", &same, NOW_US + 3).new_device);

        // A made-up cookie is not adopted.
        let made_up = secret("made-up-by-somebody");
        let forged = knock("officer.1", &Visitor { device: Some(&made_up), ..visitor() }, NOW_US + 4);
        assert!(forged.new_device && forged.device_cookie.is_some(), "{name}");

        staff.name_device(&id, &devices[0].id, "Máy ở quầy 3").unwrap();
        staff.revoke_device(&id, &devices[0].id, &id, NOW_US + 5).unwrap();
        assert!(staff.session(&again.token, NOW_US + 6).unwrap().is_none(), "{name}: its sessions end");
        assert!(staff.session(&forged.token, NOW_US + 6).unwrap().is_some());
        let after = knock("officer.1", &same, NOW_US + 7);
        assert!(after.new_device && after.device_cookie.is_some(), "{name}: as if never seen");
        assert!(!knock("officer.2", &same, NOW_US + 8).new_device, "{name}: the neighbour keeps it");
        assert_eq!(staff.devices_of(&id).unwrap().iter().filter(|d| d.revoked_at_us.is_some()).count(), 1);
    }
}
