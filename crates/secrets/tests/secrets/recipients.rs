//! Who may be a recipient.
use crate::scene::{HOUR_US, NOW_US, Officer, Scene, order};
use dancu_keys::{KeyRing, Secret};
use dancu_pki::{Authority, Purpose, RecipientRefused};
use dancu_secrets::SecretsError;
use dancu_storage::testing::stores;

#[test]
fn a_recipient_is_judged_when_registered_and_at_every_delivery() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let register = |officer: &Officer, organisation: &str| {
            scene.secrets.register_recipient(organisation, &officer.pem, "staff-1", NOW_US)
        };
        let refused = |officer: &Officer| match register(officer, "thai-nguyen") {
            Err(SecretsError::Recipient(why)) => why,
            other => panic!("{name}: {other:?}"),
        };
        let (foreign, _) = Authority::create("another", NOW_US / 1_000_000, 3650).unwrap();
        assert_eq!(refused(&Officer::new(&foreign)), RecipientRefused::Chain);
        assert_eq!(
            refused(&Officer::with(&scene.authority, Purpose::System, 365)),
            RecipientRefused::KeyUsage
        );
        let officer = Officer::with(&scene.authority, Purpose::Recipient, 2);
        assert!(matches!(register(&officer, "nobody"), Err(SecretsError::Unknown("organisation"))), "{name}");
        register(&officer, "thai-nguyen").unwrap();
        register(&officer, "thai-nguyen").unwrap();
        assert!(matches!(register(&officer, "bo-y-te"), Err(SecretsError::ForeignRecipient)), "{name}");
        let all = scene.secrets.recipients("thai-nguyen", 9).unwrap();
        assert_eq!((all.len(), all[0].fingerprint), (1, officer.fingerprint), "{name}: once");
        assert_eq!(all[0].not_after_us, NOW_US + 48 * HOUR_US, "{name}");
        assert!(all[0].subject.contains("An Ninh"), "{name}");

        let now = |organisation: &str, now_us: i64| {
            scene.secrets.recipient_of(organisation, now_us).unwrap().map(|one| one.fingerprint())
        };
        assert_eq!(now("thai-nguyen", NOW_US), Some(officer.fingerprint), "{name}");
        assert_eq!(now("thai-nguyen", NOW_US + 49 * HOUR_US), None, "{name}: expired");
        assert_eq!(now("bo-y-te", NOW_US), None, "{name}");

        scene.issue(&officer, NOW_US + 47 * HOUR_US);
        let late = scene.secrets.issue(&order(&officer), NOW_US + 49 * HOUR_US).unwrap_err();
        assert!(matches!(late, SecretsError::Recipient(RecipientRefused::Expired)), "{name}: {late}");
        scene.secrets.revoke_recipient(&officer.fingerprint, "staff-2", NOW_US).unwrap();
        assert_eq!(now("thai-nguyen", NOW_US), None, "{name}: revoked");
        let revoked = scene.secrets.issue(&order(&officer), NOW_US).unwrap_err();
        assert!(matches!(revoked, SecretsError::RecipientRevoked), "{name}");
        assert!(matches!(register(&officer, "thai-nguyen"), Err(SecretsError::RecipientRevoked)), "{name}");
        let again = scene.secrets.revoke_recipient(&officer.fingerprint, "staff-2", NOW_US);
        assert!(matches!(again, Err(SecretsError::Unknown("recipient"))), "{name}");
        let told = &scene.secrets.recipients("thai-nguyen", 9).unwrap()[0];
        assert_eq!(
            (told.revoked_at_us, told.revoked_by.as_deref()),
            (Some(NOW_US), Some("staff-2")),
            "{name}"
        );
    }
}

#[test]
fn after_a_rotation_of_the_sealing_key_everything_opens_under_the_new_one() {
    for (name, store, _guard) in stores() {
        let scene = Scene::new(&store);
        let officers = [scene.officer(), scene.officer(), scene.officer()];
        let (_, id) = (scene.issue(&officers[0], NOW_US), scene.issue(&officers[0], NOW_US + 1));
        assert_eq!(scene.secrets.reseal(2).unwrap(), 0, "{name}");
        scene.ring.add_key(2, &Secret::new([3; 32])).unwrap();
        scene.ring.set_current(2).unwrap();
        // Three recipients with two columns, two deliveries with their names, one envelope.
        assert_eq!(scene.secrets.reseal(2).unwrap(), 6 + 2 + 1, "{name}");
        assert_eq!(scene.secrets.reseal(2).unwrap(), 0, "{name}");
        scene.exchange.reseal(2).unwrap();
        let newer = KeyRing::new(&Secret::new([8; 32]), &Secret::new([2; 32])).unwrap();
        newer.add_key(2, &Secret::new([3; 32])).unwrap();
        let later = Scene::on(&store, newer, scene.authority);
        assert_eq!(later.secrets.recipients("thai-nguyen", 9).unwrap().len(), 3, "{name}");
        let opened = officers[0].open(&later.secrets.take(&id, "staff-3", NOW_US + 2).unwrap());
        assert!(later.taken(&opened, NOW_US + 3), "{name}");
    }
}
