//! Credentials change with an overlap.
use crate::world::{NOW_US, ring, server, world};
use dancu_exchange::{CredentialEntry, Exchange, ExchangeError, NewSecrets};
use dancu_keys::{KeyRing, Secret, password};
use dancu_storage::Store;
use dancu_storage::testing::stores;

const USER: &str = "htmc.thainguyen";
const UNTIL: i64 = NOW_US + 1_000_000;
const FIRST: (&str, &str) = ("demo-password-not-real", "demo-secret-not-real");
const SECOND: (&str, &str) = ("password-the-second", "secret-the-second");
const THIRD: (&str, &str) = ("password-the-third", "secret-the-third");

fn new((password, secret): (&str, &str)) -> NewSecrets {
    let given = |text: &str| Some(Secret::new(text.as_bytes()));
    NewSecrets { password: given(password), secret: given(secret) }
}

/// Which of the pairs are taken at a moment.
fn taken(exchange: &Exchange, now_us: i64) -> Vec<(&'static str, &'static str)> {
    let snapshot = exchange.snapshot();
    let Some(credential) = snapshot.credential(USER) else { return Vec::new() };
    let former = credential.former(now_us);
    let held = [
        (credential.password.as_ref(), credential.secret.as_ref()),
        (former.and_then(|f| f.password.as_ref()), former.and_then(|f| f.secret.as_ref())),
    ];
    let fits = |(password, secret): &(&str, &str)| {
        held.iter().any(|(phc, kept)| {
            let same = phc.is_some_and(|phc| password::verify(password.as_bytes(), phc).unwrap());
            same && *kept == Some(&Secret::new(secret.as_bytes()))
        })
    };
    [FIRST, SECOND, THIRD].into_iter().filter(fits).collect()
}

fn formers(store: &Store) -> i64 {
    let count = store.read("test.formers", |tx| tx.query_opt("SELECT COUNT(*) FROM credential_former", &[]));
    count.unwrap().unwrap().int(0).unwrap()
}

#[test]
fn both_are_taken_until_the_time_and_the_new_ones_alone_after_it() {
    for (name, store, _guard) in stores() {
        let (here, there) = (server(&store), server(&store));
        here.provision(&world(), NOW_US).unwrap();
        here.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
        assert!(there.refresh().unwrap());
        for exchange in [&here, &there] {
            assert_eq!(taken(exchange, NOW_US), [FIRST, SECOND], "{name}");
            assert_eq!(taken(exchange, UNTIL - 1), [FIRST, SECOND], "{name}");
            assert_eq!(taken(exchange, UNTIL), [SECOND], "{name}");
        }
        assert_eq!(here.snapshot().credential(USER).unwrap().service_urls.len(), 2, "{name}: the URLs stay");

        // A second rotation within the overlap: two at most.
        here.rotate_credential(USER, &new(THIRD), UNTIL + 5, NOW_US + 1).unwrap();
        assert_eq!(taken(&here, UNTIL), [SECOND, THIRD], "{name}");
        // Without an overlap nothing former is left.
        here.rotate_credential(USER, &new(FIRST), NOW_US + 2, NOW_US + 2).unwrap();
        assert_eq!((taken(&here, NOW_US + 2), formers(&store)), (vec![FIRST], 0), "{name}");
    }
}

#[test]
fn what_never_came_into_use_makes_way_and_the_former_stay() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        exchange.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
        let third = exchange.prepare_secrets(USER, &new(THIRD)).unwrap();
        let replace = |until_us, now_us| {
            let done = exchange
                .change_with("test.replace", now_us, |change| change.replace_credential(&third, until_us));
            done.unwrap_or_else(|error: ExchangeError| panic!("{error}"))
        };
        assert!(replace(UNTIL + 9, NOW_US + 1), "{name}: former ones are taken still");
        assert_eq!(taken(&exchange, UNTIL + 8), [FIRST, THIRD], "{name}: for longer");
        assert!(replace(UNTIL, NOW_US + 2));
        assert_eq!(taken(&exchange, UNTIL + 8), [FIRST, THIRD], "{name}: never for shorter");
        assert!(!replace(UNTIL + 99, UNTIL + 9));
        assert_eq!(taken(&exchange, UNTIL + 9), [THIRD], "{name}: what is over stays over");
    }
}

#[test]
fn former_ones_go_with_their_time_with_a_closing_and_with_a_replacement() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        exchange.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
        let version = exchange.snapshot().version;
        assert_eq!(exchange.forget_former(UNTIL - 1).unwrap(), 0, "{name}");
        assert_eq!((exchange.snapshot().version, formers(&store)), (version, 1), "{name}");
        assert_eq!(exchange.forget_former(UNTIL).unwrap(), 1, "{name}");
        assert_eq!((exchange.snapshot().version, formers(&store)), (version + 1, 0), "{name}");

        exchange.rotate_credential(USER, &new(THIRD), UNTIL, NOW_US).unwrap();
        exchange.provision(&world(), NOW_US).unwrap();
        assert_eq!((taken(&exchange, NOW_US), formers(&store)), (vec![FIRST], 0), "{name}: replaced at once");

        exchange.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
        exchange.close_credential(USER, NOW_US).unwrap();
        assert_eq!((taken(&exchange, NOW_US), formers(&store)), (vec![], 0), "{name}");
    }
}

#[test]
fn a_way_that_is_left_out_closes_with_the_overlap() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let password_only = NewSecrets { secret: None, ..new(SECOND) };
    exchange.rotate_credential(USER, &password_only, UNTIL, NOW_US).unwrap();
    let snapshot = exchange.snapshot();
    let credential = snapshot.credential(USER).unwrap();
    assert!(credential.secret.is_none() && credential.former(NOW_US).unwrap().secret.is_some());
    assert!(credential.former(UNTIL).is_none());
}

#[test]
fn senseless_rotations_are_refused_and_change_nothing() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let none = NewSecrets { password: None, secret: None };
    let empty = NewSecrets { password: Some(Secret::new([])), secret: None };
    for secrets in [none, empty] {
        let error = exchange.rotate_credential(USER, &secrets, UNTIL, NOW_US).unwrap_err();
        assert!(matches!(error, ExchangeError::Invalid { .. }), "{error}");
    }
    let error = exchange.rotate_credential("nobody", &new(SECOND), UNTIL, NOW_US).unwrap_err();
    assert!(matches!(error, ExchangeError::Unknown { .. }), "{error}");
    let plain = CredentialEntry {
        username: "plain".into(),
        system: "one-stop".into(),
        password: Some(Secret::new(*b"x")),
        secret: None,
        service_urls: vec![],
    };
    exchange.put_credential(&plain, NOW_US).unwrap();
    let error = exchange.rotate_credential("plain", &new(SECOND), UNTIL, NOW_US).unwrap_err();
    assert!(error.to_string().contains("service URL"), "{error}");
    exchange.close_credential("plain", NOW_US).unwrap();
    let closed = exchange.rotate_credential("plain", &new(SECOND), UNTIL, NOW_US).unwrap_err();
    assert!(matches!(closed, ExchangeError::Unknown { .. }), "{closed}");
    assert_eq!(taken(&exchange, NOW_US), [FIRST]);
}

#[test]
fn former_ones_are_sealed_in_their_own_place_and_sealed_anew() {
    for (name, store, _guard) in stores() {
        let ring = ring();
        let cheap = dancu_keys::PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
        let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(cheap);
        exchange.provision(&world(), NOW_US).unwrap();
        exchange.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
        ring.add_key(2, &Secret::new([3; 32])).unwrap();
        ring.set_current(2).unwrap();
        assert_eq!(exchange.reseal(1).unwrap(), 2 + 2 + 5, "{name}");
        let newer = KeyRing::new(&Secret::new([8; 32]), &Secret::new([2; 32])).unwrap();
        newer.add_key(2, &Secret::new([3; 32])).unwrap();
        let later = Exchange::open(store.clone(), newer.clone()).unwrap();
        assert_eq!(taken(&later, NOW_US), [FIRST, SECOND], "{name}");

        // A former secret in the place of the present one does not open.
        store
            .run_tx("test.copy", |tx| {
                let row = tx.query_opt("SELECT secret FROM credential_former", &[])?;
                let sealed = row.unwrap().bytes(0)?.to_vec();
                tx.execute("UPDATE credential SET secret = $1", &[sealed.into()])
            })
            .unwrap();
        let error = Exchange::open(store, newer).unwrap_err();
        assert!(matches!(error, ExchangeError::Damaged { table: "credential", .. }), "{name}: {error}");
    }
}

#[test]
fn debug_shows_nothing_of_them() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    exchange.rotate_credential(USER, &new(SECOND), UNTIL, NOW_US).unwrap();
    let prepared = exchange.prepare_secrets(USER, &new(THIRD)).unwrap();
    let shown = format!("{:?} {:?} {prepared:?}", new(THIRD), exchange.snapshot().credential(USER));
    for hidden in [FIRST.0, FIRST.1, SECOND.0, SECOND.1, THIRD.0, THIRD.1, "$argon2id$"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}
