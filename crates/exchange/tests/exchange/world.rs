//! The world of these tests, and how it is read.
use dancu_exchange::{Exchange, ExchangeError, World};
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_policy::{Ask, Service, decide};
use dancu_storage::Store;

/// Monday 5 October 2026, 09:00 in Vietnam
pub(crate) const NOW_US: i64 = 1_791_165_600_000_000;
pub(crate) const FINGERPRINT: [u8; 32] = [0xab; 32];

pub(crate) const WORLD: &str = r#"{
  "organisations": [{"id": "thai-nguyen", "agency_code": "000.00.00.H55", "name": "UBND tỉnh Thái Nguyên"}],
  "systems": [{
    "id": "one-stop", "organisation": "thai-nguyen", "name": "Một cửa", "state": "connected", "security_level": 3,
    "assessed_until": "2026-12-31", "commitment_signed_on": "2026-01-05", "networks": ["10.55.0.0/16", "::1"],
    "hours": {"weekdays": 31, "from_minute": 420, "to_minute": 1080}, "daily_quota": 10000,
    "certificates": [{"fingerprint": "abababababababababababababababababababababababababababababababab",
      "not_after_us": 1900000000000000}],
    "credentials": [{"username": "htmc.thainguyen", "password": "demo-password-not-real",
      "secret": "demo-secret-not-real", "service_urls": ["/dancu/1.0/xacthuc", "https://localhost:8443/dancu/1.0/xacthuc"]}],
    "agreements": [{"id": "agreement-1", "near": true, "valid_from": "2026-01-01", "default_purpose": "1.004227",
      "grants": [{"service": "verify", "fields": ["personal_id", "full_name", "birth_date", "sex"]},
                 {"service": "look_up", "fields": ["full_name", "permanent_residence", "ethnic_group"]}],
      "purposes": [{"code": "1.004227"}, {"code": "VPCP", "case_required": true}], "verify_rule": ["sex"]}],
    "accounts": [{"id": "account-1", "login": "nguyenvana.stttt", "officer_number": "001080000024",
      "officer_name": "Nguyễn Văn A", "phone": "0900000001", "role": "one_stop_officer", "agency_code": "H55.242",
      "daily_quota": 150, "password": "page-password-not-real"}]
  }]
}"#;

pub(crate) fn world() -> World {
    serde_json::from_str(WORLD).unwrap()
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

/// Another server process on the same store.
pub(crate) fn server(store: &Store) -> Exchange {
    let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
    Exchange::open(store.clone(), ring()).unwrap().with_password_params(cheap)
}

pub(crate) fn ask() -> Ask<'static> {
    Ask {
        system: "one-stop",
        service: Service::Verify,
        login: Some("nguyenvana.stttt"),
        officer: Some("001080000024"),
        agency_code: Some("H55.242"),
        purpose: Some("1.004227"),
        case_number: None,
        fields: None,
        older_form: false,
        source: [10, 55, 1, 2].into(),
        workplace: dancu_policy::Workplace::System,
        now_us: NOW_US,
    }
}

pub(crate) fn permitted(exchange: &Exchange) -> bool {
    decide(&exchange.snapshot().rules, &ask()).is_ok()
}

#[test]
fn what_was_provisioned_is_what_decisions_read() {
    for (name, store, _guard) in dancu_storage::testing::stores() {
        let exchange = server(&store);
        assert!(!permitted(&exchange), "{name}: nothing is known yet");
        assert_eq!(exchange.snapshot().version, 0);
        exchange.provision(&world(), NOW_US).unwrap();
        assert_eq!(exchange.snapshot().version, 1, "{name}: one transaction, one version");
        let permit = decide(&exchange.snapshot().rules, &ask()).unwrap();
        assert_eq!(permit.charges.each_ref().map(|c| c.limit), [150, 10_000]);
        assert_eq!(permit.system.replay_window_s, 600);
        assert_eq!(permit.system.hours.unwrap().parts(), (31, 420, 1080));
        assert_eq!(permit.system.networks.len(), 2);
        assert_eq!(permit.agreement.purposes.len(), 2);
        assert!(permit.agreement.valid_to.is_none() && permit.near);
        assert_eq!(permit.account.officer_name, "Nguyễn Văn A");

        // Again, by another process: everything is replaced by the same.
        let other = server(&store);
        other.provision(&world(), NOW_US + 1).unwrap();
        let again = decide(&other.snapshot().rules, &ask()).unwrap();
        assert_eq!((again, other.snapshot().version), (permit, 2), "{name}");
    }
}

#[test]
fn a_world_with_a_mistake_changes_nothing_and_says_where_it_is() {
    for (from, to, told) in [
        ("\"connected\"", "\"conected\"", "system \"one-stop\": state"),
        ("10.55.0.0/16", "10.55.0.1/16", "10.55.0.1/16: the address has bits outside"),
        ("2026-12-31", "2026-02-31", "assessed_until"),
        ("\"sex\"]}", "\"gender\"]}", "field \"gender\""),
        ("abab", "ab", "fingerprint"),
        ("\"one_stop_officer\"", "\"officer\"", "account \"account-1\": role"),
        ("001080000024", "0010800000", "officer_number"),
        ("000.00.00.H55", "00.00.H55", "agency_code"),
        ("htmc.thainguyen", "htmc:thainguyen", "colon"),
        ("\"default_purpose\": \"1.004227\"", "\"default_purpose\": \"1.1\"", "not among the purposes"),
        ("nguyenvana.stttt", "short", "too few or too many"),
        ("nguyenvana.stttt", "nguyen vana", "spaces"),
        ("\"agreement-1\"", "\"agreement 1\"", "an id is"),
        ("1080}", "420}", "hours"),
    ] {
        assert!(WORLD.contains(from), "{from}");
        let (store, _guard) = dancu_storage::testing::sqlite_store();
        let exchange = server(&store);
        let world: World = serde_json::from_str(&WORLD.replace(from, to)).unwrap();
        let error = exchange.provision(&world, NOW_US).unwrap_err();
        assert!(
            matches!(error, ExchangeError::Invalid { .. }) && error.to_string().contains(told),
            "{error}"
        );
        assert_eq!((exchange.refresh().unwrap(), exchange.snapshot().version), (false, 0));
    }
    assert!(serde_json::from_str::<World>(&WORLD.replace("security_level", "securitylevel")).is_err());
}
