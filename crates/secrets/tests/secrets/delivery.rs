//! Issued, handed out once, erased; and what becomes of the credentials.
use crate::scene::{HOUR_US, NOW_US, Officer, Scene, URL, USER, order};
use dancu_exchange::ExchangeError;
use dancu_pki::Term;
use dancu_secrets::{Delivery, DeliveryState, Order, SecretsError};
use dancu_storage::Store;
use dancu_storage::testing::{sqlite_store, stores};

fn delivery(scene: &Scene, id: &str) -> Delivery {
    scene.secrets.delivery(id).unwrap().unwrap()
}

/// Envelopes in the table.
fn envelopes(store: &Store) -> i64 {
    let sql = "SELECT COUNT(*) FROM secret_delivery WHERE envelope IS NOT NULL";
    store.read("test.envelopes", |tx| tx.query_opt(sql, &[])).unwrap().unwrap().int(0).unwrap()
}

#[test]
fn a_secret_reaches_the_officer_once_and_works() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let id = scene.issue(&officer, NOW_US);
        let waiting = delivery(&scene, &id);
        assert_eq!((waiting.state, waiting.former_until_us), (DeliveryState::Waiting, None), "{name}");
        assert_eq!((&*waiting.system, waiting.username.as_str()), ("one-stop", USER), "{name}");
        assert_eq!(
            (waiting.recipient, waiting.issued_by.as_str()),
            (officer.fingerprint, "staff-2"),
            "{name}"
        );
        assert!(waiting.subject.contains("An Ninh"), "{name}: {}", waiting.subject);

        let opened = officer.open(&scene.secrets.take(&id, "staff-3", NOW_US + 1).unwrap());
        assert_eq!((opened["system"].as_str(), opened["username"].as_str()), ("one-stop", USER), "{name}");
        assert_eq!(
            (opened["delivery"].as_str(), opened["former_until"].as_str()),
            (id.as_str(), "null"),
            "{name}"
        );
        assert!(opened["service_urls"].contains(URL), "{name}");
        assert_eq!((opened["password"].len(), opened["secret"].len()), (52, 52), "{name}");
        assert_ne!(opened["password"], opened["secret"], "{name}");
        assert!(scene.taken(&opened, NOW_US + 1), "{name}: what was delivered proves the system");

        let told = delivery(&scene, &id);
        assert_eq!((told.state, told.taken_by.as_deref()), (DeliveryState::Taken, Some("staff-3")), "{name}");
        assert_eq!((told.taken_at_us, envelopes(&store)), (Some(NOW_US + 1), 0), "{name}: erased");
        let again = scene.secrets.take(&id, "staff-3", NOW_US + 2);
        assert!(matches!(again, Err(SecretsError::Gone)), "{name}: {again:?}");
        let unknown = scene.secrets.take("nobody", "staff-3", NOW_US);
        assert!(matches!(unknown, Err(SecretsError::Unknown("delivery"))), "{name}");
    }
}

#[test]
fn a_rotation_overlaps_as_long_as_the_data_say() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let take = |id: &str, now_us| officer.open(&scene.secrets.take(id, "staff-3", now_us).unwrap());
        let first = take(&scene.issue(&officer, NOW_US), NOW_US);
        let later = NOW_US + HOUR_US;
        let id = scene.issue(&officer, later);
        let until = scene.secrets.terms().end_us(Term::SecretOverlap, later).unwrap();
        assert_eq!(delivery(&scene, &id).former_until_us, Some(until), "{name}");
        assert!(scene.taken(&first, until - 1) && !scene.taken(&first, until), "{name}");
        let second = take(&id, later);
        assert_eq!(second["former_until"], "2026-11-28T06:00:00Z", "{name}");
        assert!(second["service_urls"].contains(URL), "{name}: those in use stay");
        assert!(scene.taken(&second, later) && scene.taken(&second, until), "{name}");
        assert_eq!(scene.secrets.deliveries("one-stop", 9).unwrap()[0].id, id, "{name}: newest first");
    }
}

#[test]
fn a_missed_delivery_makes_way_and_the_system_goes_on_with_what_it_has() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let take = |id: &str, now_us| officer.open(&scene.secrets.take(id, "staff-3", now_us).unwrap());
        let in_use = take(&scene.issue(&officer, NOW_US), NOW_US);
        // Nobody takes the next two in time.
        let second = scene.issue(&officer, NOW_US + HOUR_US);
        let expires = delivery(&scene, &second).expires_at_us;
        assert_eq!(scene.secrets.sweep(expires - 1).unwrap(), 0, "{name}");
        assert!(matches!(scene.secrets.take(&second, "staff-3", expires), Err(SecretsError::Gone)), "{name}");
        assert_eq!((scene.secrets.sweep(expires).unwrap(), envelopes(&store)), (1, 0), "{name}");
        assert_eq!(delivery(&scene, &second).state, DeliveryState::Expired, "{name}");
        let third = scene.issue(&officer, expires + 1);
        assert!(scene.taken(&in_use, expires + 2), "{name}: the system knows no others");
        let fourth = scene.issue(&officer, expires + 2);
        assert_eq!(delivery(&scene, &third).state, DeliveryState::Replaced, "{name}");
        assert!(
            matches!(scene.secrets.take(&third, "staff-3", expires + 3), Err(SecretsError::Gone)),
            "{name}"
        );
        let until = delivery(&scene, &fourth).former_until_us.unwrap();
        let opened = take(&fourth, expires + 3);
        assert!(scene.taken(&in_use, until - 1) && !scene.taken(&in_use, until), "{name}");
        assert!(scene.taken(&opened, until), "{name}");
    }
}

#[test]
fn a_lost_delivery_ends_at_once_and_the_one_before_goes_on() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let take = |id: &str, now_us| officer.open(&scene.secrets.take(id, "staff-3", now_us).unwrap());
        let in_use = take(&scene.issue(&officer, NOW_US), NOW_US);
        let id = scene.issue(&officer, NOW_US + 1);
        let lost = take(&id, NOW_US + 1);
        let next = scene.secrets.issue(&Order { lost: true, ..order(&officer) }, NOW_US + 2).unwrap();
        assert_eq!(delivery(&scene, &id).state, DeliveryState::Lost, "{name}");
        assert!(!scene.taken(&lost, NOW_US + 2) && scene.taken(&in_use, NOW_US + 2), "{name}");
        assert!(scene.taken(&take(&next, NOW_US + 3), NOW_US + 3), "{name}");
        // One that is not lost is what the system uses: it goes on.
        let used = scene.issue(&officer, NOW_US + 4);
        assert!(!scene.taken(&in_use, NOW_US + 4), "{name}: two at most");
        assert_eq!(delivery(&scene, &next).state, DeliveryState::Taken, "{name}");
        assert_eq!(delivery(&scene, &used).state, DeliveryState::Waiting, "{name}");
    }
}

#[test]
fn credentials_put_in_by_another_way_count_as_used() {
    let (store, _guard) = sqlite_store();
    let scene = Scene::new(&store);
    let officer = scene.officer();
    let id = scene.issue(&officer, NOW_US);
    let entry = dancu_exchange::CredentialEntry {
        username: USER.into(),
        system: "one-stop".into(),
        password: Some(dancu_keys::Secret::new(*b"by hand")),
        secret: Some(dancu_keys::Secret::new(*b"by hand too")),
        service_urls: vec![URL.into()],
    };
    scene.exchange.put_credential(&entry, NOW_US + 1).unwrap();
    scene.issue(&officer, NOW_US + 2);
    assert_eq!(delivery(&scene, &id).state, DeliveryState::Replaced);
    let by_hand = [("password", "by hand"), ("secret", "by hand too")];
    let by_hand = by_hand.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    assert!(scene.taken(&by_hand, NOW_US + 3));
}

#[test]
fn of_many_who_take_at_once_one_gets_it() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let id = scene.issue(&officer, NOW_US);
        let got: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..6)
                .map(|n| {
                    let (secrets, id) = (scene.secrets.clone(), &id);
                    scope.spawn(move || secrets.take(id, &format!("staff-{n}"), NOW_US + 1).ok())
                })
                .collect();
            tries.into_iter().filter_map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(got.len(), 1, "{name}");
        assert!(scene.taken(&officer.open(&got[0]), NOW_US + 2), "{name}");
    }
}

#[test]
fn a_transaction_that_runs_twice_issues_and_hands_out_once() {
    let (store, _guard) = sqlite_store();
    let scene = Scene::new(&store.with_faults(7, 40));
    let officer = scene.officer();
    for n in 0..20 {
        let id = scene.issue(&officer, NOW_US + n);
        let opened = officer.open(&scene.secrets.take(&id, "staff-3", NOW_US + n).unwrap());
        assert!(scene.taken(&opened, NOW_US + n));
    }
    let all = scene.secrets.deliveries("one-stop", 99).unwrap();
    assert_eq!((all.len(), envelopes(&store)), (20, 0));
    assert!(all.iter().all(|d| d.state == DeliveryState::Taken));
}

#[test]
fn a_user_name_is_revoked_with_all_that_waits() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let take = |id: &str, now_us| officer.open(&scene.secrets.take(id, "staff-3", now_us).unwrap());
        let in_use = take(&scene.issue(&officer, NOW_US), NOW_US);
        let id = scene.issue(&officer, NOW_US + 1);
        let others = scene.secrets.revoke("clinic", USER, NOW_US + 2);
        assert!(matches!(others, Err(SecretsError::Unknown("user name"))), "{name}");
        scene.secrets.revoke("one-stop", USER, NOW_US + 2).unwrap();
        assert!(!scene.taken(&in_use, NOW_US + 3), "{name}: former ones too");
        assert_eq!((delivery(&scene, &id).state, envelopes(&store)), (DeliveryState::Revoked, 0), "{name}");
        assert!(matches!(scene.secrets.take(&id, "staff-3", NOW_US + 3), Err(SecretsError::Gone)), "{name}");
        // It may be opened again, with new ones alone.
        let id = scene.issue(&officer, NOW_US + 4);
        assert_eq!(delivery(&scene, &id).former_until_us, None, "{name}");
        assert!(
            scene.taken(&take(&id, NOW_US + 5), NOW_US + 5) && !scene.taken(&in_use, NOW_US + 5),
            "{name}"
        );
    }
}

#[test]
fn what_belongs_to_another_is_not_issued_and_nothing_changes() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let version = scene.exchange.snapshot().version;
        let refused = |order: &Order<'_>| scene.secrets.issue(order, NOW_US).unwrap_err();
        let foreign = refused(&Order { system: "clinic", ..order(&officer) });
        assert!(matches!(foreign, SecretsError::ForeignRecipient), "{name}: {foreign}");
        let nobody = refused(&Order { system: "nobody", ..order(&officer) });
        assert!(matches!(nobody, SecretsError::Unknown("system")), "{name}");
        let stranger = Officer::new(&scene.authority);
        assert!(matches!(refused(&order(&stranger)), SecretsError::Unknown("recipient")), "{name}");
        let without = refused(&Order { service_urls: &[], ..order(&officer) });
        assert!(
            matches!(without, SecretsError::Exchange(ExchangeError::Invalid { .. })),
            "{name}: {without}"
        );
        let early = scene.secrets.issue(&order(&officer), NOW_US - 800 * 24 * HOUR_US).unwrap_err();
        assert!(matches!(early, SecretsError::Recipient(_)), "{name}: {early}");
        assert_eq!((scene.exchange.snapshot().version, envelopes(&store)), (version, 0), "{name}");

        scene.issue(&officer, NOW_US);
        let clinic = Officer::new(&scene.authority);
        scene.secrets.register_recipient("bo-y-te", &clinic.pem, "staff-1", NOW_US).unwrap();
        let taken = refused(&Order { system: "clinic", ..order(&clinic) });
        assert!(matches!(taken, SecretsError::Exchange(ExchangeError::Taken(_))), "{name}: {taken}");
    }
}
