//! A published journal with calls of two systems, and somebody who signs.
use dancu_evidence::{Ask, By, Of, Scope, Sources, collect, find, seal};
use dancu_journal::index::{Index, IndexOptions};
use dancu_journal::publish::{Publisher, PublisherOptions};
use dancu_journal::{Answered, Call, Draft, Journal, Options, Outcome, Part, Personal};
use dancu_keys::{KeyRing, Secret};
use dancu_papers::sign::{PemKey, Trust};
use dancu_storage::Store;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Log, Policy};
use dancu_tlog::vrf::VrfSecret;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::time::Duration;

/// 2026-11-21T03:04:05Z
pub(crate) const NOW_US: i64 = 1_795_230_245_000_000;
pub(crate) const SECOND_US: i64 = 1_000_000;
pub(crate) const CITIZEN: &str = "001185000017";
const ORIGIN: &str = "journal.example.vn";

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

fn log_key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, SignatureType::Ed25519, &[7; 32]).unwrap()
}

pub(crate) fn policy() -> Policy {
    let log = Log { key: log_key().verifier().clone(), url: None };
    Policy::new(vec![log], vec![], vec![], None).unwrap()
}

fn call(n: i64) -> Call {
    let system = if n % 3 == 0 { "other" } else { "one-stop" };
    Call {
        at_us: NOW_US - 1000 * SECOND_US + n * SECOND_US,
        correlation: i128::from(n + 1).to_be_bytes(),
        form: "rest".into(),
        service: "look_up".into(),
        procedure: Some("1.004227".into()),
        organisation: Some("thai-nguyen".into()),
        system_id: Some(system.into()),
        account_id: Some(format!("{system}-{}", n % 2)),
        outcome: Outcome::Answered(if n % 4 == 0 { Answered::NotFound } else { Answered::Released }),
        personal: Personal {
            officer: Some("038190004321".into()),
            case_number: Some(format!("H55.242-26-{n:06}")),
            purpose: Some("Cấp lại giấy khai sinh".into()),
            source_address: Some("10.20.30.40".into()),
            subject: Some(CITIZEN.into()),
            ..Personal::default()
        },
        ..Call::default()
    }
}

/// A journal with so many calls, every third one of another system, all published and indexed.
pub(crate) fn sources(store: &Store, calls: i64) -> Sources {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let journal = Journal::open(store.clone(), ring(), Options::default()).unwrap();
    runtime.block_on(async {
        for n in 0..calls {
            journal.append(Draft::from(call(n))).await.unwrap();
        }
    });
    let options = PublisherOptions {
        every: Duration::from_millis(5),
        look: Duration::from_millis(20),
        ..PublisherOptions::new(log_key(), policy())
    };
    let publisher = Publisher::start(journal.clone(), options).unwrap();
    let index =
        Index::open(journal.clone(), store.clone(), VrfSecret::from_seed(&[3; 32]), IndexOptions::default())
            .unwrap();
    index.catch_up().unwrap();
    Sources { index, journal, publisher }
}

pub(crate) fn of(of: Of) -> Scope {
    Scope { of, from_us: None, to_us: None }
}

pub(crate) fn ask(scope: Scope, open: &[Part]) -> Ask {
    Ask {
        scope,
        open: open.to_vec(),
        by: By { account: "giam-sat".into(), role: "supervisor".into() },
        reason: "Vụ việc 17/2026: tra cứu không có hồ sơ".into(),
        asked_entry: None,
        order: None,
        alert: None,
        service: "https://localhost:8443".into(),
        now_us: NOW_US,
    }
}

/// Somebody with a certificate of an authority.
pub(crate) struct Signer {
    pub(crate) key: PemKey,
    pub(crate) trust: Trust,
}

pub(crate) fn signer(name: &str) -> Signer {
    let day =
        |days: i64| time::OffsetDateTime::from_unix_timestamp(NOW_US / SECOND_US + days * 86_400).unwrap();
    let (own, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, format!("Gốc của {name}"));
    (params.not_before, params.not_after) = (day(-100), day(100));
    let root = params.self_signed(&own).unwrap().pem();
    let issuer = Issuer::new(params, own);
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    (params.not_before, params.not_after) = (day(-10), day(10));
    let leaf = params.signed_by(&key, &issuer).unwrap().pem();
    Signer {
        key: PemKey::new(leaf.as_bytes(), key.serialize_pem().as_bytes()).unwrap(),
        trust: Trust::from_pem(root.as_bytes(), None).unwrap(),
    }
}

/// A signed file about a scope.
pub(crate) fn file(sources: &Sources, signer: &Signer, scope: Scope, open: &[Part]) -> Vec<u8> {
    let found = find(sources, &scope, None, 1000).unwrap();
    let members = collect(sources, ask(scope, open), &found, |_| Ok(())).unwrap();
    seal(&members, &signer.key, NOW_US, None).unwrap().0
}
