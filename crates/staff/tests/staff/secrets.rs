//! Nothing of a person and no secret is readable in the tables, in errors or in `Debug`.
use crate::house::*;
use dancu_citizen::PersonalId;
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_staff::{Holder, Proof, Staff};
use dancu_storage::testing::{sqlite_store, stores};
use dancu_storage::{Row, Store, StoreError};

const HIDDEN: [&str; 9] = [
    "the.registry",
    "Nguyễn Văn A",
    "0900000001",
    "a@example.vn",
    "Phòng Tổng hợp",
    "001080000024",
    "Trời xanh 2026!",
    "mất điện thoại",
    "Firefox",
];

const TABLES: [&str; 11] = [
    "SELECT * FROM staff_account",
    "SELECT * FROM staff_password",
    "SELECT * FROM staff_totp",
    "SELECT * FROM staff_passkey",
    "SELECT * FROM staff_recovery",
    "SELECT * FROM staff_ceremony",
    "SELECT * FROM staff_attempt",
    "SELECT * FROM staff_session",
    "SELECT * FROM staff_device",
    "SELECT * FROM staff_sign_in",
    "SELECT * FROM staff_event",
];

fn cells(store: &Store) -> Vec<u8> {
    let mut all = Vec::new();
    let mut add = |row: &Row| {
        for column in 0..row.len() {
            match (row.opt_text(column), row.opt_bytes(column)) {
                (Ok(Some(text)), _) => all.extend_from_slice(text.as_bytes()),
                (_, Ok(Some(bytes))) => all.extend_from_slice(bytes),
                _ => {}
            }
        }
        Ok::<_, StoreError>(())
    };
    store.read("test.cells", |tx| TABLES.iter().try_for_each(|sql| tx.for_each(sql, &[], &mut add))).unwrap();
    all
}

/// An administrator in use, with everything that there is; gives the tokens.
fn live(staff: &Staff) -> (String, Vec<Secret>) {
    let mut account = admin("the.registry");
    account.details.person = Some(PersonalId::parse("001080000024").unwrap());
    let id = staff.seed(&account, &secret(GOOD), Some(&key(7)), NOW_US).unwrap();
    let begun = enter(staff, "the.registry", 7, NOW_US);
    let mut tokens = staff.new_recovery_codes(&begun.token, NOW_US).unwrap();
    let enrolment = staff.enrol_totp(Holder::Session(&begun.token), NOW_US).unwrap();
    staff.passkey_register(Holder::Session(&begun.token), NOW_US).unwrap();
    let (attempt, _) = next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US).unwrap());
    let _ = staff.second_factor(&attempt, &Proof::Totp("123456"), &visitor(), NOW_US);
    staff.unlock(&id, "mất điện thoại", "boss", NOW_US).unwrap();
    tokens.extend([begun.token, begun.device_cookie.unwrap(), attempt, enrolment.secret, key(7)]);
    (id, tokens)
}

#[test]
fn at_rest_everything_is_sealed_or_hashed() {
    for (name, store, _guard) in stores() {
        let staff = server(&store);
        let (id, tokens) = live(&staff);
        let stored = cells(&store);
        let found = |bytes: &[u8]| stored.windows(bytes.len()).any(|w| w == bytes);
        assert!(found(id.as_bytes()) && found(b"registry_officer"), "{name}: what is not secret is found");
        for hidden in HIDDEN {
            assert!(!found(hidden.as_bytes()), "{name}: {hidden}");
        }
        assert!(!found(b"$argon2id$"), "{name}: hashes are sealed too");
        for (at, token) in tokens.iter().enumerate() {
            assert!(!found(token.expose()), "{name}: token {at}");
        }
    }
}

#[test]
fn debug_and_errors_show_nothing() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (id, tokens) = live(&staff);
    let account = staff.account(&id).unwrap().unwrap();
    let session = staff.session(&tokens[10], NOW_US).unwrap().unwrap();
    let taken = staff.create(&admin("the.registry"), "boss", NOW_US).unwrap_err();
    let shown = format!(
        "{staff:?} {account:?} {session:?} {taken} {taken:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        admin("the.registry"),
        staff.devices_of(&id).unwrap(),
        staff.changes(&id, None, 9).unwrap(),
        staff.history(&id, None, 9).unwrap(),
        staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), NOW_US).unwrap(),
        staff.passkey_register(Holder::Session(&tokens[10]), NOW_US).unwrap(),
    );
    for hidden in HIDDEN {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    for token in tokens.iter().filter_map(Secret::expose_str) {
        assert!(!shown.contains(token));
    }
}

#[test]
fn after_a_rotation_everything_is_sealed_anew_while_serving() {
    for (name, store, _guard) in stores() {
        let ring = ring();
        let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
        let staff = Staff::open(store.clone(), ring.clone(), &console()).unwrap();
        let staff = staff.with_password_params(cheap).unwrap();
        let (id, tokens) = live(&staff);
        assert_eq!(staff.reseal(2).unwrap(), 0, "{name}: all are current");
        ring.add_key(2, &Secret::new([3; 32])).unwrap();
        ring.set_current(2).unwrap();
        assert!(staff.session(&tokens[10], NOW_US).unwrap().is_some(), "{name}: serving goes on");
        // Six of the account, a password, a key, two ceremonies, a device, a reason.
        assert_eq!(staff.reseal(2).unwrap(), 12, "{name}");
        assert_eq!(staff.reseal(2).unwrap(), 0, "{name}");

        // The old key can go: a ring that never had it opens everything.
        let newer = KeyRing::new(&Secret::new([8; 32]), &Secret::new([2; 32])).unwrap();
        newer.add_key(2, &Secret::new([3; 32])).unwrap();
        newer.set_current(2).unwrap();
        let later = Staff::open(store, newer, &console()).unwrap().with_password_params(cheap).unwrap();
        assert_eq!(later.account(&id).unwrap().unwrap().name, "Nguyễn Văn A", "{name}");
        enter(&later, "the.registry", 7, NOW_US + MINUTE);
    }
}

#[test]
fn a_secret_copied_to_another_row_does_not_open() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (one, two) = (seed_admin(&staff, "the.registry", 1), seed_admin(&staff, "the.second", 2));
    store
        .run_tx("test.copy", |tx| {
            let sql = "SELECT secret FROM staff_totp WHERE account = $1";
            let sealed = tx.query_opt(sql, &[one.as_str().into()])?.unwrap().bytes(0)?.to_vec();
            let sql = "UPDATE staff_totp SET secret = $2 WHERE account = $1";
            tx.execute(sql, &[two.as_str().into(), sealed.into()])
        })
        .unwrap();
    let (attempt, _) = next(staff.begin_sign_in("the.second", &secret(GOOD), &visitor(), NOW_US).unwrap());
    let shown = code(1, NOW_US);
    let stolen = staff.second_factor(&attempt, &Proof::Totp(&shown), &visitor(), NOW_US).unwrap_err();
    assert!(matches!(stolen, dancu_staff::StaffError::Seal(_)), "{stolen}");
}
