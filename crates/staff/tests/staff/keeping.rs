//! What time does.
use crate::house::*;
use dancu_staff::{AccountState, Change, Kept, LockWhy, NewAccount};
use dancu_storage::testing::stores;

#[test]
fn unused_accounts_lock_after_45_days_and_expired_ones_close() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let busy = seed_officer(&staff, "officer.busy");
        let idle = seed_officer(&staff, "officer.idle");
        let never = staff.create(&officer("officer.never"), "boss", NOW_US).unwrap();
        let mut leaving = officer("officer.leaving");
        leaving.details.expires_at_us = Some(NOW_US + 40 * DAY);
        let leaving = staff.seed(&leaving, &secret(GOOD), None, NOW_US).unwrap();
        let glass = NewAccount { emergency: true, ..admin("break.the.glass") };
        let glass = staff.create(&glass, "setup", NOW_US).unwrap();

        assert_eq!(staff.refresh(NOW_US + 40 * DAY - 1).unwrap(), Kept::default(), "{name}");
        enter_plain(&staff, "officer.busy", NOW_US + 20 * DAY);
        let kept = staff.refresh(NOW_US + 45 * DAY - 1).unwrap();
        assert_eq!((kept.expired, kept.unused), (vec![leaving.clone()], vec![]), "{name}");
        let mut locked = staff.refresh(NOW_US + 45 * DAY).unwrap().unused;
        locked.sort();
        let mut expected = vec![idle.clone(), never];
        expected.sort();
        assert_eq!(locked, expected, "{name}");
        assert_eq!(staff.refresh(NOW_US + 45 * DAY).unwrap().unused, Vec::<String>::new(), "{name}: once");

        let state = |id: &str| staff.account(id).unwrap().unwrap().state;
        assert_eq!(state(&busy), AccountState::Active);
        assert_eq!(state(&leaving), AccountState::Closed);
        assert_eq!(state(&glass), AccountState::Active, "{name}: unused is what it should be");
        let lock = staff.account(&idle).unwrap().unwrap().lock.unwrap();
        assert_eq!((lock.why, lock.until_us), (LockWhy::Unused, None));
        let told = &staff.changes(&idle, None, 1).unwrap()[0];
        assert_eq!(
            (told.what, told.by.as_str(), told.detail.as_deref()),
            (Change::Locked, "rule", Some("unused"))
        );

        staff.unlock(&idle, "trở lại làm việc", "boss", NOW_US + 46 * DAY).unwrap();
        let kept = staff.refresh(NOW_US + 47 * DAY).unwrap();
        assert!(kept.unused.is_empty(), "{name}: its days begin anew");
    }
}

#[test]
fn more_accounts_than_one_transaction_takes() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let staff = server(&store);
    for n in 0..230 {
        staff.create(&officer(&format!("officer.{n:03}")), "boss", NOW_US).unwrap();
    }
    assert_eq!(staff.refresh(NOW_US + 45 * DAY).unwrap().unused.len(), 230);
}

#[test]
fn what_is_over_goes() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        seed_admin(&staff, "the.registry", 1);
        seed_officer(&staff, "officer.1");
        enter(&staff, "the.registry", 1, NOW_US);
        enter_plain(&staff, "officer.1", NOW_US);
        staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US).unwrap();
        let count = |sql| store.read("test", |tx| tx.query(sql, &[])).unwrap()[0].int(0).unwrap();
        let attempts = || count("SELECT COUNT(*) FROM staff_attempt");
        assert_eq!(staff.refresh(NOW_US + 5 * MINUTE).unwrap().sessions, 1, "{name}: the administrator's");
        assert_eq!(attempts(), 1);
        assert_eq!(staff.refresh(NOW_US + 15 * MINUTE).unwrap().sessions, 1, "{name}: the officer's");
        assert_eq!(attempts(), 0, "{name}");
        assert_eq!(count("SELECT COUNT(*) FROM staff_session WHERE ended_why = 'idle'"), 2);
    }
}
