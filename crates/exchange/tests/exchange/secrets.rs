//! Secrets and personal data: sealed at rest, bound to their row, shown to nobody.
use crate::world::{NOW_US, permitted, ring, server, world};
use dancu_citizen::PersonalId;
use dancu_exchange::{Exchange, ExchangeError};
use dancu_keys::{KeyRing, Secret, password};
use dancu_storage::testing::stores;
use dancu_storage::{Row, Store};

const HIDDEN: [&str; 7] = [
    "demo-password-not-real",
    "demo-secret-not-real",
    "page-password-not-real",
    "001080000024",
    "nguyenvana.stttt",
    "Nguyễn Văn A",
    "0900000001",
];

/// Every cell of the tables that hold something to hide.
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
        Ok::<_, dancu_storage::StoreError>(())
    };
    store
        .read("test.cells", |tx| {
            tx.for_each("SELECT * FROM account", &[], &mut add)?;
            tx.for_each("SELECT * FROM credential", &[], &mut add)
        })
        .unwrap();
    all
}

#[test]
fn at_rest_everything_is_sealed() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let stored = cells(&store);
        let found = |text: &str| stored.windows(text.len()).any(|w| w == text.as_bytes());
        assert!(found("one-stop") && found("/dancu/1.0/xacthuc"), "{name}: what is not secret is found");
        for secret in HIDDEN {
            assert!(!found(secret), "{name}: {secret}");
        }
        assert!(!found("$argon2id$"), "{name}: hashes are sealed too");
    }
}

#[test]
fn debug_and_errors_show_nothing() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let snapshot = exchange.snapshot();
    let mut wrong = world();
    wrong.systems[0].accounts[0].role = "none".into();
    let error = exchange.provision(&wrong, NOW_US).unwrap_err();
    let shown = format!(
        "{exchange:?} {snapshot:?} {:?} {:?} {error} {error:?} {:?}",
        snapshot.rules,
        snapshot.credential("htmc.thainguyen"),
        world()
    );
    for secret in HIDDEN.into_iter().chain(["$argon2id$"]) {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn an_officer_is_found_by_number_and_the_telephone_on_request() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let of = |number| exchange.accounts_of_officer(PersonalId::parse(number).unwrap()).unwrap();
        assert_eq!(of("001080000024").len(), 1, "{name}");
        assert!(of("001080000025").is_empty());
        assert_eq!(exchange.account_phone("account-1").unwrap().as_deref(), Some("0900000001"));
    }
}

#[test]
fn a_page_password_is_set_and_replaced() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let fits = |plain: &[u8]| {
        password::verify(plain, exchange.snapshot().account_password("account-1").unwrap()).unwrap()
    };
    assert!(fits(b"page-password-not-real") && !fits(b"new"));
    exchange.set_account_password("account-1", &Secret::new(*b"new"), NOW_US).unwrap();
    assert!(fits(b"new") && !fits(b"page-password-not-real"));
}

#[test]
fn a_secret_copied_to_another_row_does_not_open() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    let mut two = world();
    let mut second = two.systems[0].credentials[0].clone();
    second.username = "other".into();
    second.password = None;
    two.systems[0].credentials.push(second);
    exchange.provision(&two, NOW_US).unwrap();
    store
        .run_tx("test.copy", |tx| {
            let row = tx.query_opt("SELECT secret FROM credential WHERE username = $1", &["other".into()])?;
            let sealed = row.unwrap().bytes(0)?.to_vec();
            tx.execute(
                "UPDATE credential SET secret = $1 WHERE username = $2",
                &[sealed.into(), "htmc.thainguyen".into()],
            )
        })
        .unwrap();
    let error = Exchange::open(store.clone(), ring()).unwrap_err();
    assert!(matches!(error, ExchangeError::Damaged { table: "credential", .. }), "{error}");
}

#[test]
fn with_other_keys_nothing_opens() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    server(&store).provision(&world(), NOW_US).unwrap();
    let other = KeyRing::new(&Secret::new([9; 32]), &Secret::new([2; 32])).unwrap();
    assert!(matches!(Exchange::open(store, other), Err(ExchangeError::Damaged { .. })));
}

#[test]
fn after_a_rotation_everything_is_sealed_anew_while_serving() {
    for (name, store, _guard) in stores() {
        let ring = ring();
        let cheap = dancu_keys::PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
        let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(cheap);
        let mut many = world();
        for n in 2..7 {
            let mut account = many.systems[0].accounts[0].clone();
            account.id = format!("account-{n}");
            account.login = format!("login-number-{n}");
            (account.phone, account.password) = (None, None);
            many.systems[0].accounts.push(account);
        }
        exchange.provision(&many, NOW_US).unwrap();
        assert_eq!(exchange.reseal(2).unwrap(), 0, "{name}: all are current");

        ring.add_key(2, &Secret::new([3; 32])).unwrap();
        ring.set_current(2).unwrap();
        assert!(permitted(&exchange), "{name}: serving goes on");
        assert_eq!(exchange.reseal(2).unwrap(), 2 + 5 + 5 * 3, "{name}");
        assert_eq!(exchange.reseal(2).unwrap(), 0, "{name}");

        // The old key can go: a ring that never had it opens everything.
        let newer = KeyRing::new(&Secret::new([8; 32]), &Secret::new([2; 32])).unwrap();
        newer.add_key(2, &Secret::new([3; 32])).unwrap();
        let later = Exchange::open(store, newer).unwrap();
        assert!(permitted(&later), "{name}");
    }
}
