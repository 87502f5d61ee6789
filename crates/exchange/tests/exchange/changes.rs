//! Changes: typed, counted, seen here at once and elsewhere after a refresh.
use crate::world::{FINGERPRINT, NOW_US, ask, permitted, server, world};
use dancu_catalogue::Code;
use dancu_citizen::PersonalId;
use dancu_exchange::{CertificateEntry, CredentialEntry, Exchange, ExchangeError, OfficerEntry};
use dancu_keys::{Secret, password};
use dancu_policy::{AccountState, OrganisationState, SystemState, decide};
use dancu_storage::testing::stores;

type Change = fn(&Exchange) -> Result<(), ExchangeError>;

fn refusal(exchange: &Exchange) -> Option<Code> {
    decide(&exchange.snapshot().rules, &ask()).err()
}

#[test]
fn a_change_made_by_one_process_reaches_another_after_refresh() {
    for (name, store, _guard) in stores() {
        let (here, there) = (server(&store), server(&store));
        here.provision(&world(), NOW_US).unwrap();
        assert!(permitted(&here) && !permitted(&there), "{name}");
        assert!(there.refresh().unwrap());
        assert!(permitted(&there));
        assert!(!there.refresh().unwrap(), "{name}: nothing new");

        let changes: [(Change, Change, Code); 3] = [
            (
                |e| e.set_organisation_state("thai-nguyen", OrganisationState::Suspended, NOW_US),
                |e| e.set_organisation_state("thai-nguyen", OrganisationState::Active, NOW_US),
                Code::OrganisationNotActive,
            ),
            (
                |e| e.set_system_state("one-stop", SystemState::Disconnected, Some("thử nghiệm"), NOW_US),
                |e| e.set_system_state("one-stop", SystemState::Connected, None, NOW_US),
                Code::SystemDisconnected,
            ),
            (
                |e| e.set_account_state("account-1", AccountState::Locked, NOW_US),
                |e| e.set_account_state("account-1", AccountState::Active, NOW_US),
                Code::AccountNotActive,
            ),
        ];
        for (stop, go, code) in changes {
            stop(&here).unwrap();
            assert_eq!(refusal(&here), Some(code), "{name}: here at once");
            assert_eq!(refusal(&there), None, "{name}: there not yet");
            assert!(there.refresh().unwrap());
            assert_eq!(refusal(&there), Some(code), "{name}");
            go(&there).unwrap();
            assert!(here.refresh().unwrap());
            assert_eq!((refusal(&here), refusal(&there)), (None, None), "{name}");
        }
    }
}

#[test]
fn a_snapshot_in_use_does_not_change() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let held = exchange.snapshot();
    exchange.set_system_state("one-stop", SystemState::Suspended, None, NOW_US).unwrap();
    assert!(decide(&held.rules, &ask()).is_ok());
    assert_eq!(refusal(&exchange), Some(Code::SystemSuspended));
}

#[test]
fn typed_entries_replace_those_on_record() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let permit = decide(&exchange.snapshot().rules, &ask()).unwrap();

        let mut system = dancu_policy::System::clone(&permit.system);
        system.networks.clear();
        system.hours = None;
        exchange.put_system(&system, NOW_US).unwrap();
        assert_eq!(
            refusal(&exchange),
            Some(Code::SourceNetwork),
            "{name}: networks are replaced, not added to"
        );
        exchange.put_system(&permit.system, NOW_US).unwrap();

        let mut agreement = dancu_policy::Agreement::clone(&permit.agreement);
        agreement.purposes.remove("1.004227");
        agreement.default_purpose = None;
        agreement.grants.look_up = None;
        exchange.put_agreement(&agreement, NOW_US).unwrap();
        assert_eq!(refusal(&exchange), Some(Code::PurposeNotRegistered), "{name}");
        exchange.put_agreement(&permit.agreement, NOW_US).unwrap();

        let mut organisation =
            dancu_policy::Organisation::clone(exchange.snapshot().rules.organisation("thai-nguyen").unwrap());
        organisation.state = OrganisationState::Closed;
        exchange.put_organisation(&organisation, NOW_US).unwrap();
        assert_eq!(refusal(&exchange), Some(Code::OrganisationNotActive), "{name}");
        organisation.state = OrganisationState::Active;
        exchange.put_organisation(&organisation, NOW_US).unwrap();

        let mut account = dancu_policy::Account::clone(&permit.account);
        account.login = "nguyenvana.moi".into();
        exchange.put_account(&OfficerEntry { account, phone: None, password: None }, NOW_US).unwrap();
        assert_eq!(refusal(&exchange), Some(Code::AccountUnknown), "{name}: the old login is gone");
        assert!(exchange.snapshot().account_password("account-1").is_some(), "{name}: the password is kept");
        assert_eq!(exchange.account_phone("account-1").unwrap(), None);
        assert_eq!(exchange.snapshot().version, 8, "{name}");
    }
}

#[test]
fn certificates_are_revoked_for_good() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let entry = CertificateEntry { fingerprint: FINGERPRINT, system: "one-stop".into(), not_after_us: 7 };
        assert!(!exchange.snapshot().certificate(&FINGERPRINT).unwrap().revoked);
        assert!(exchange.snapshot().certificate(&[0; 32]).is_none());
        exchange.revoke_certificate(&FINGERPRINT, NOW_US).unwrap();
        exchange.put_certificate(&entry, NOW_US).unwrap();
        let snapshot = exchange.snapshot();
        let certificate = snapshot.certificate(&FINGERPRINT).unwrap();
        assert_eq!(
            (certificate.revoked, certificate.not_after_us, &*certificate.system),
            (true, 7, "one-stop")
        );
        let unknown = exchange.revoke_certificate(&[0; 32], NOW_US);
        assert!(matches!(unknown, Err(ExchangeError::Unknown { what: "certificate", .. })), "{name}");
    }
}

#[test]
fn credentials_are_replaced_and_closed() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let snapshot = exchange.snapshot();
        let credential = snapshot.credential("htmc.thainguyen").unwrap();
        assert_eq!(&*credential.system, "one-stop");
        assert_eq!(credential.secret, Some(Secret::new(*b"demo-secret-not-real")));
        assert_eq!(credential.service_urls.len(), 2);
        let phc = credential.password.as_ref().unwrap();
        assert!(password::verify(b"demo-password-not-real", phc).unwrap());

        let entry = CredentialEntry {
            username: "htmc.thainguyen".into(),
            system: "one-stop".into(),
            password: Some(Secret::new(*b"another")),
            secret: None,
            service_urls: vec![],
        };
        exchange.put_credential(&entry, NOW_US).unwrap();
        let snapshot = exchange.snapshot();
        let credential = snapshot.credential("htmc.thainguyen").unwrap();
        assert!(credential.secret.is_none(), "{name}: the per-call way is closed");
        assert!(password::verify(b"another", credential.password.as_ref().unwrap()).unwrap());

        exchange.close_credential("htmc.thainguyen", NOW_US).unwrap();
        assert!(exchange.snapshot().credential("htmc.thainguyen").is_none());
        let left = store.read("test.left", |tx| {
            tx.query_opt(
                "SELECT password, secret FROM credential WHERE username = $1",
                &["htmc.thainguyen".into()],
            )
        });
        let left = left.unwrap().unwrap();
        assert!(left.is_null(0).unwrap() && left.is_null(1).unwrap(), "{name}: closed means forgotten");
    }
}

#[test]
fn senseless_credentials_are_refused() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let exchange = server(&store);
    exchange.provision(&world(), NOW_US).unwrap();
    let secret = || Some(Secret::new(*b"x"));
    let url = || vec!["/x".to_owned()];
    for (username, password, secret, service_urls) in [
        ("", secret(), None, vec![]),
        ("a:b", secret(), None, vec![]),
        ("ab", None, None, vec![]),
        ("ab", Some(Secret::new([])), None, vec![]),
        ("ab", None, secret(), vec![]),
        ("ab", None, secret(), vec!["/x\n/y".to_owned()]),
        ("ab", None, Some(Secret::new([])), url()),
    ] {
        let username = username.to_owned();
        let entry = CredentialEntry { username, system: "one-stop".into(), password, secret, service_urls };
        let error = exchange.put_credential(&entry, NOW_US).unwrap_err();
        assert!(matches!(error, ExchangeError::Invalid { .. }), "{entry:?}");
    }
}

#[test]
fn what_belongs_to_another_system_cannot_be_taken() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        let mut both = world();
        both.systems.push(both.systems[0].clone());
        both.systems[1].id = "portal".into();
        let second = &mut both.systems[1];
        (second.certificates, second.credentials) = (vec![], vec![]);
        (second.agreements, second.accounts) = (vec![], vec![]);
        exchange.provision(&both, NOW_US).unwrap();
        let taken = |change: &dyn Fn(&mut dancu_exchange::WorldSystem)| {
            let mut world = both.clone();
            change(&mut world.systems[1]);
            let error = exchange.provision(&world, NOW_US).unwrap_err();
            assert!(matches!(error, ExchangeError::Taken(_)), "{name}: {error}");
            error.to_string()
        };
        let first = &both.systems[0];
        assert!(taken(&|s| s.certificates.clone_from(&first.certificates)).contains("certificate"));
        assert!(taken(&|s| s.credentials.clone_from(&first.credentials)).contains("user name"));
        assert!(taken(&|s| s.agreements.clone_from(&first.agreements)).contains("agreement"));
        assert!(taken(&|s| s.accounts.clone_from(&first.accounts)).contains("account id"));
        assert_eq!(exchange.snapshot().version, 1, "{name}: a refused world leaves nothing behind");

        // The same officer and login through another system are another account.
        let mut world = both.clone();
        world.systems[1].accounts.clone_from(&first.accounts);
        world.systems[1].accounts[0].id = "account-9".into();
        exchange.provision(&world, NOW_US).unwrap();
        let held = exchange.accounts_of_officer(PersonalId::parse("001080000024").unwrap()).unwrap();
        assert_eq!(held.iter().map(|a| &*a.id).collect::<Vec<_>>(), ["account-1", "account-9"], "{name}");
        // Through the same system the login is taken.
        world.systems[1].accounts[0].id = "account-10".into();
        let error = exchange.provision(&world, NOW_US).unwrap_err();
        assert!(matches!(error, ExchangeError::Taken("login")), "{name}: {error}");
    }
}

#[test]
fn a_change_to_what_is_not_there_is_refused_and_not_counted() {
    for (name, store, _guard) in stores() {
        let exchange = server(&store);
        exchange.provision(&world(), NOW_US).unwrap();
        let mut orphan = world();
        orphan.organisations.clear();
        orphan.systems[0].organisation = "nobody".into();
        let results = [
            exchange.set_organisation_state("nobody", OrganisationState::Active, NOW_US),
            exchange.set_system_state("nobody", SystemState::Connected, None, NOW_US),
            exchange.set_account_state("nobody", AccountState::Active, NOW_US),
            exchange.set_account_password("nobody", &Secret::new(*b"x"), NOW_US),
            exchange.close_credential("nobody", NOW_US),
            exchange.provision(&orphan, NOW_US),
            exchange.account_phone("nobody").map(|_| ()),
        ];
        for result in results {
            assert!(matches!(result, Err(ExchangeError::Unknown { .. })), "{name}: {result:?}");
        }
        assert_eq!((exchange.refresh().unwrap(), exchange.snapshot().version), (false, 1), "{name}");
    }
}
