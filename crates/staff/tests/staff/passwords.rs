//! Passwords: rules, history, age.
use crate::house::*;
use dancu_staff::{PasswordFault, Proof, StaffError, Step};
use dancu_storage::testing::{sqlite_store, stores};

#[test]
fn of_the_last_ten_none_is_used_again_and_the_eleventh_is() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        seed_officer(&staff, "officer.1");
        let token = enter_plain(&staff, "officer.1", NOW_US).token;
        let mut current = secret(GOOD);
        let change =
            |old: &dancu_keys::Secret, new: &str| staff.change_password(&token, old, &secret(new), NOW_US);
        let password = |n: usize| format!("Mật khẩu số {n:03}!");
        for n in 1..10 {
            change(&current, &password(n)).unwrap();
            current = secret(&password(n));
        }
        // Ten were used: the first, and nine more.
        for used in [GOOD.to_owned(), password(1), password(9)] {
            let error = change(&current, &used).unwrap_err();
            let StaffError::Password(faults) = error else { panic!("{name}: {error}") };
            assert_eq!(faults, [PasswordFault::UsedBefore(10)], "{name}: {used}");
        }
        change(&current, &password(10)).unwrap();
        change(&secret(&password(10)), GOOD).unwrap();
        let rows = store.read("test", |tx| tx.query("SELECT id FROM staff_password", &[])).unwrap();
        assert_eq!(rows.len(), 10, "{name}: no more is kept than is asked about");
    }
}

#[test]
fn changing_takes_the_old_one_and_ends_the_other_sessions() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_officer(&staff, "officer.1");
        let (here, there) =
            (enter_plain(&staff, "officer.1", NOW_US), enter_plain(&staff, "officer.1", NOW_US));
        let wrong = staff.change_password(&here.token, &secret(OTHER), &secret(OTHER), NOW_US).unwrap_err();
        assert!(matches!(wrong, StaffError::WrongProof), "{name}: {wrong}");
        assert_eq!(staff.account(&id).unwrap().unwrap().failures, 1, "it counts as a try");
        let plain =
            staff.change_password(&here.token, &secret(GOOD), &secret("dễ đoán"), NOW_US).unwrap_err();
        assert!(matches!(plain, StaffError::Password(_)), "{name}: {plain}");
        staff.change_password(&here.token, &secret(GOOD), &secret(OTHER), NOW_US).unwrap();
        assert!(staff.session(&here.token, NOW_US + 1).unwrap().is_some(), "{name}");
        assert!(staff.session(&there.token, NOW_US + 1).unwrap().is_none(), "{name}");
        assert_eq!(staff.sessions_of(&id, NOW_US + 1).unwrap().len(), 1);
    }
}

#[test]
fn an_administrator_changes_it_every_two_months() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let id = seed_admin(&staff, "the.registry", 1);
        // Used in between, or the account would lock itself.
        enter(&staff, "the.registry", 1, NOW_US + 30 * DAY);
        enter(&staff, "the.registry", 1, NOW_US + 59 * DAY - SECOND);
        let late = NOW_US + 59 * DAY;
        let (attempt, _) =
            next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), late).unwrap());
        let shown = code(1, late + 30 * SECOND);
        let after =
            staff.second_factor(&attempt, &Proof::Totp(&shown), &visitor(), late + 30 * SECOND).unwrap();
        let (attempt, step) = next(after);
        assert_eq!(step, Step::ChangePassword, "{name}");
        let same =
            staff.sign_in_password(&attempt, &secret(GOOD), &visitor(), late + 31 * SECOND).unwrap_err();
        assert!(matches!(same, StaffError::Password(_)), "{name}");
        // With a second factor eight characters do.
        done(staff.sign_in_password(&attempt, &secret("trà sen!"), &visitor(), late + 31 * SECOND).unwrap());
        assert!(!staff.account(&id).unwrap().unwrap().must_change);
    }
}

#[test]
fn others_keep_theirs() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    seed_officer(&staff, "officer.1");
    enter_plain(&staff, "officer.1", NOW_US + 400 * DAY);
}

#[test]
fn a_password_is_the_same_however_its_accents_are_typed() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    seed_officer(&staff, "officer.1");
    let decomposed: String = "Tro\u{302}\u{300}i".into();
    assert_ne!(decomposed, "Trồi");
    let account = officer("officer.2");
    staff.seed(&account, &secret("Trồi xanh 2026!"), None, NOW_US).unwrap();
    let typed = secret(&format!("{decomposed} xanh 2026!"));
    done(staff.begin_sign_in("officer.2", &typed, &visitor(), NOW_US).unwrap());
}
