//! Passkeys, against another's authenticator and browser (the `passkey` crate): everything between travels as JSON.
use crate::house::*;
use dancu_keys::Secret;
use dancu_staff::{Factor, Holder, Proof, Staff, StaffError, Step};
use dancu_storage::testing::{sqlite_store, stores};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::aws_lc_rs::AwsLcRsBackend;
use passkey::types::Passkey;
use passkey::types::ctap2::{Aaguid, Ctap2Error};
use url::Url;

/// A person who touches the key and, when asked, shows a finger.
#[derive(Clone)]
struct Finger {
    verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Finger {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        hint: UiHint<'a, Passkey>,
        presence: bool,
        _verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        if matches!(hint, UiHint::InformExcludedCredentialFound(_)) {
            return Err(Ctap2Error::CredentialExcluded);
        }
        Ok(UserCheck { presence, verification: self.verified })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// A browser with an authenticator in it.
struct Browser {
    held: Option<Passkey>,
    origin: &'static str,
    verified: bool,
}

impl Browser {
    fn new() -> Self {
        Self { held: None, origin: "https://console.example.vn", verified: true }
    }

    fn inside(&self) -> Authenticator<Option<Passkey>, Finger, AwsLcRsBackend> {
        let finger = Finger { verified: self.verified };
        let mut inside = Authenticator::new(Aaguid::new_empty(), self.held.clone(), finger, AwsLcRsBackend);
        inside.set_make_credentials_with_signature_counter(true);
        inside
    }

    fn register(&mut self, options: &str) -> Result<String, String> {
        let mut client = Client::new(self.inside());
        let origin = Url::parse(self.origin).unwrap();
        let options = serde_json::from_str(options).unwrap();
        let made =
            wait(client.register(&origin, options, DefaultClientData)).map_err(|e| format!("{e:?}"))?;
        self.held = client.authenticator().store().clone();
        Ok(serde_json::to_string(&made).unwrap())
    }

    fn prove(&mut self, options: &str) -> Result<String, String> {
        let mut client = Client::new(self.inside());
        let origin = Url::parse(self.origin).unwrap();
        let options = serde_json::from_str(options).unwrap();
        let proof =
            wait(client.authenticate(&origin, options, DefaultClientData)).map_err(|e| format!("{e:?}"))?;
        self.held = client.authenticator().store().clone();
        Ok(serde_json::to_string(&proof).unwrap())
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// An administrator with TOTP who adds a passkey.
fn with_passkey(staff: &Staff) -> (String, Secret, Browser) {
    let id = seed_admin(staff, "the.registry", 1);
    let token = enter(staff, "the.registry", 1, NOW_US).token;
    let mut browser = Browser::new();
    let asked = staff.passkey_register(Holder::Session(&token), NOW_US).unwrap();
    let made = browser.register(&asked.options).unwrap();
    let holder = Holder::Session(&token);
    staff.passkey_registered(holder, &asked.ceremony, &made, "Khoá USB", NOW_US).unwrap();
    (id, token, browser)
}

fn attempt(staff: &Staff, now_us: i64) -> Secret {
    next(staff.begin_sign_in("the.registry", &secret(GOOD), &visitor(), now_us).unwrap()).0
}

#[test]
fn a_passkey_is_enrolled_and_proved() {
    for (name, store, _guard) in stores() {
        let (staff, other) = (server(&store), server(&store));
        let (id, _, mut browser) = with_passkey(&staff);
        let listed = staff.passkeys_of(&id).unwrap();
        assert_eq!(
            (listed.len(), listed[0].name.as_str(), listed[0].used_at_us),
            (1, "Khoá USB", None),
            "{name}"
        );
        for n in 1..4 {
            let now = NOW_US + n * SECOND;
            let attempt = attempt(&staff, now);
            // The challenge of one server is answered at the other.
            let asked = staff.passkey_challenge(Holder::Attempt(&attempt), now).unwrap();
            let response = browser.prove(&asked.options).unwrap();
            let proof = Proof::Passkey { ceremony: &asked.ceremony, response: &response };
            let session = done(other.second_factor(&attempt, &proof, &visitor(), now).unwrap());
            assert_eq!(session.session.factor, Some(Factor::Passkey), "{name} {n}");
            assert_eq!(staff.passkeys_of(&id).unwrap()[0].used_at_us, Some(now), "{name}");
        }
    }
}

#[test]
fn on_the_way_in_a_passkey_is_enrolled_in_place_of_totp() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let id = staff.create(&admin("the.registry"), "setup", NOW_US).unwrap();
    let handed = staff.invite(&id, "setup", NOW_US).unwrap();
    let begun = staff.begin_sign_in("the.registry", &handed.password, &visitor(), NOW_US).unwrap();
    let (attempt, step) = next(begun);
    assert_eq!(step, Step::Enrol);
    let mut browser = Browser::new();
    let holder = Holder::Attempt(&attempt);
    let asked = staff.passkey_register(holder, NOW_US).unwrap();
    let made = browser.register(&asked.options).unwrap();
    let enrolled = staff.passkey_registered(holder, &asked.ceremony, &made, "Điện thoại", NOW_US).unwrap();
    assert_eq!(enrolled.recovery_codes.len(), 10);
    assert_eq!(next(staff.continue_sign_in(&attempt, &visitor(), NOW_US).unwrap()).1, Step::ChangePassword);
    let begun = done(staff.sign_in_password(&attempt, &secret(GOOD), &visitor(), NOW_US).unwrap());
    assert_eq!(begun.session.factor, Some(Factor::Passkey));
}

#[test]
fn an_answer_counts_once_and_for_its_own_challenge() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (_, _, mut browser) = with_passkey(&staff);
    let now = NOW_US + SECOND;
    let (one, two) = (attempt(&staff, now), attempt(&staff, now));
    let first = staff.passkey_challenge(Holder::Attempt(&one), now).unwrap();
    let second = staff.passkey_challenge(Holder::Attempt(&two), now).unwrap();
    let response = browser.prove(&first.options).unwrap();
    let crossed = Proof::Passkey { ceremony: &second.ceremony, response: &response };
    assert!(matches!(
        staff.second_factor(&two, &crossed, &visitor(), now).unwrap_err(),
        StaffError::WrongProof
    ));
    let right = Proof::Passkey { ceremony: &first.ceremony, response: &response };
    done(staff.second_factor(&one, &right, &visitor(), now).unwrap());
    let replayed = staff.second_factor(&two, &right, &visitor(), now).unwrap_err();
    assert!(matches!(replayed, StaffError::WrongProof), "{replayed}");
    let garbage = Proof::Passkey { ceremony: &first.ceremony, response: "{}" };
    assert!(staff.second_factor(&two, &garbage, &visitor(), now).is_err());
}

/// A copied authenticator shows by its counter.
#[test]
fn a_copy_is_noticed() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (_, _, mut browser) = with_passkey(&staff);
    let mut copy = Browser { held: browser.held.clone(), ..Browser::new() };
    let prove = |with: &mut Browser, now| {
        let attempt = attempt(&staff, now);
        let asked = staff.passkey_challenge(Holder::Attempt(&attempt), now).unwrap();
        let response = with.prove(&asked.options).unwrap();
        let proof = Proof::Passkey { ceremony: &asked.ceremony, response: &response };
        staff.second_factor(&attempt, &proof, &visitor(), now).map(drop)
    };
    for n in 1..3 {
        prove(&mut browser, NOW_US + n * SECOND).unwrap();
    }
    let copied = prove(&mut copy, NOW_US + 5 * SECOND).unwrap_err();
    assert!(matches!(copied, StaffError::WrongProof), "{copied}");
}

#[test]
fn without_a_finger_or_from_another_place_it_proves_nothing() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (_, token, browser) = with_passkey(&staff);
    let asked = staff.passkey_register(Holder::Session(&token), NOW_US).unwrap();
    let mut phisher = Browser { origin: "https://console.example.com", ..Browser::new() };
    assert!(phisher.register(&asked.options).is_err(), "the browser itself refuses another domain");
    let mut neighbour = Browser { origin: "https://evil.console.example.vn", ..Browser::new() };
    let made = neighbour.register(&asked.options).unwrap();
    let foreign = staff.passkey_registered(Holder::Session(&token), &asked.ceremony, &made, "x", NOW_US);
    assert!(
        matches!(foreign.unwrap_err(), StaffError::Passkey(_)),
        "a neighbour of the domain is not the console"
    );

    let now = NOW_US + SECOND;
    let attempt = attempt(&staff, now);
    let asked = staff.passkey_challenge(Holder::Attempt(&attempt), now).unwrap();
    let mut no_finger = Browser { held: browser.held, verified: false, ..Browser::new() };
    match no_finger.prove(&asked.options) {
        Err(_) => {}
        Ok(response) => {
            let proof = Proof::Passkey { ceremony: &asked.ceremony, response: &response };
            assert!(staff.second_factor(&attempt, &proof, &visitor(), now).is_err());
        }
    }
}

#[test]
fn one_passkey_is_enrolled_once_and_removed_after_a_proof() {
    let (store, _guard) = sqlite_store();
    let staff = server(&store);
    let (id, token, mut browser) = with_passkey(&staff);
    let asked = staff.passkey_register(Holder::Session(&token), NOW_US).unwrap();
    assert!(browser.register(&asked.options).is_err(), "the options exclude what is enrolled");
    let passkey = staff.passkeys_of(&id).unwrap()[0].id.clone();
    staff.remove_totp(&token, NOW_US).unwrap();
    let last = staff.remove_passkey(&token, &passkey, NOW_US).unwrap_err();
    assert!(matches!(last, StaffError::Invalid(..)), "the last factor of an administrator stays: {last}");
    assert_eq!(staff.passkeys_of(&id).unwrap().len(), 1);
    let stale = NOW_US + 4 * MINUTE;
    assert!(staff.session(&token, stale).unwrap().is_some());
    let stale = NOW_US + 6 * MINUTE;
    assert!(matches!(staff.remove_passkey(&token, &passkey, stale).unwrap_err(), StaffError::ProofNeeded));
    let asked = staff.passkey_challenge(Holder::Session(&token), stale).unwrap();
    let response = browser.prove(&asked.options).unwrap();
    staff.prove(&token, &Proof::Passkey { ceremony: &asked.ceremony, response: &response }, stale).unwrap();
    staff.enrol_totp(Holder::Session(&token), stale).unwrap();
}
