//! An organisation with a system, its security officer with a key of openssl's making.
use dancu_exchange::{Exchange, World};
use dancu_keys::{KeyRing, PasswordParams, Secret, password};
use dancu_pki::{Authority, Purpose, SigningRequest, Subject, Terms};
use dancu_secrets::{Order, Secrets};
use dancu_storage::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Saturday 21 November 2026, noon in Vietnam
pub(crate) const NOW_US: i64 = 1_795_237_200_000_000;
pub(crate) const HOUR_US: i64 = 3_600_000_000;
pub(crate) const USER: &str = "htmc.thainguyen";
pub(crate) const URL: &str = "/dancu/1.0/xacthuc";
/// A name that must stand nowhere in the clear
pub(crate) const NAME: &str = "Hoàng Thị An Ninh";

const WORLD: &str = r#"{
  "organisations": [{"id": "thai-nguyen", "agency_code": "H55", "name": "Thái Nguyên"},
                    {"id": "bo-y-te", "agency_code": "G12", "name": "Bộ Y tế"}],
  "systems": [{"id": "one-stop", "organisation": "thai-nguyen", "name": "Một cửa"},
              {"id": "clinic", "organisation": "bo-y-te", "name": "Tiêm chủng"}]
}"#;

pub(crate) struct Scene {
    pub(crate) exchange: Exchange,
    pub(crate) secrets: Secrets,
    pub(crate) ring: KeyRing,
    pub(crate) authority: Authority,
}

impl Scene {
    pub(crate) fn new(store: &Store) -> Self {
        let (authority, _) = Authority::create("dancu test authority", NOW_US / 1_000_000, 3650).unwrap();
        let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
        let scene = Self::on(store, ring, authority);
        let world: World = serde_json::from_str(WORLD).unwrap();
        scene.exchange.provision(&world, NOW_US).unwrap();
        scene
    }

    /// Another server on the same store.
    pub(crate) fn on(store: &Store, ring: KeyRing, authority: Authority) -> Self {
        let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
        let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(cheap);
        let authorities = vec![authority.certificate().to_vec()];
        let terms = Terms::built_in().unwrap();
        let secrets = Secrets::open(exchange.clone(), ring.clone(), authorities, terms).unwrap();
        Self { exchange, secrets, ring, authority }
    }

    /// A security officer of Thái Nguyên, registered.
    pub(crate) fn officer(&self) -> Officer {
        let officer = Officer::new(&self.authority);
        let by = self.secrets.register_recipient("thai-nguyen", &officer.pem, "staff-1", NOW_US);
        assert_eq!(by.unwrap(), officer.fingerprint);
        officer
    }

    pub(crate) fn issue(&self, officer: &Officer, now_us: i64) -> String {
        self.secrets.issue(&order(officer), now_us).unwrap()
    }

    /// Which of these are taken at a moment: `n` the now ones, `f` the former.
    pub(crate) fn taken(&self, opened: &Opened, now_us: i64) -> bool {
        self.exchange.refresh().unwrap();
        let snapshot = self.exchange.snapshot();
        let Some(held) = snapshot.credential(USER) else { return false };
        let former = held.former(now_us);
        let pairs = [
            (held.password.as_ref(), held.secret.as_ref()),
            (former.and_then(|f| f.password.as_ref()), former.and_then(|f| f.secret.as_ref())),
        ];
        pairs.into_iter().any(|(phc, secret)| {
            let by_password =
                phc.is_some_and(|phc| password::verify(opened["password"].as_bytes(), phc).unwrap());
            let by_secret = secret == Some(&Secret::new(opened["secret"].as_bytes()));
            assert_eq!(by_password, by_secret, "both go together");
            by_password
        })
    }
}

pub(crate) fn order(officer: &Officer) -> Order<'_> {
    static URLS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| vec![URL.to_owned()]);
    Order {
        system: "one-stop",
        username: USER,
        recipient: &officer.fingerprint,
        service_urls: &URLS,
        lost: false,
        by: "staff-2",
    }
}

pub(crate) type Opened = BTreeMap<String, String>;

/// A security officer with a key.
pub(crate) struct Officer {
    folder: TempDir,
    pub(crate) pem: String,
    pub(crate) fingerprint: [u8; 32],
}

impl Officer {
    pub(crate) fn new(authority: &Authority) -> Self {
        Self::with(authority, Purpose::Recipient, 365)
    }

    pub(crate) fn with(authority: &Authority, purpose: Purpose, days: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let curve = ["genpkey", "-out", "key.pem", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        openssl(folder.path(), &curve);
        openssl(folder.path(), &["req", "-new", "-key", "key.pem", "-subj", "/CN=x", "-out", "request.pem"]);
        let asked = std::fs::read_to_string(folder.path().join("request.pem")).unwrap();
        let asked = SigningRequest::from_pem(&asked).unwrap();
        let subject =
            Subject { id: NAME.into(), organisation: "Thái Nguyên".into(), agency_code: "H55".into() };
        let now_s = NOW_US / 1_000_000;
        let issued = authority.issue(&asked, purpose, &subject, now_s, now_s + days * 86_400).unwrap();
        std::fs::write(folder.path().join("cert.pem"), issued.pem()).unwrap();
        Self { folder, pem: issued.pem(), fingerprint: issued.fingerprint }
    }

    /// Opens an envelope as the officer does at the desk.
    pub(crate) fn open(&self, envelope: &[u8]) -> Opened {
        let folder = self.folder.path();
        std::fs::write(folder.join("envelope.p7m"), envelope).unwrap();
        let take = ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", "envelope.p7m", "-out", "opened"];
        openssl(folder, &[&take[..], &["-inkey", "key.pem", "-recip", "cert.pem"]].concat());
        let text = std::fs::read_to_string(folder.join("opened")).unwrap();
        let opened: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        let plain = |value: serde_json::Value| value.as_str().map_or(value.to_string(), str::to_owned);
        opened.into_iter().map(|(name, value)| (name, plain(value))).collect()
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}
