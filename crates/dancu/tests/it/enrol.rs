//! A system comes to its certificate over the wire (RFC 7030): by a one-time code, and by the certificate it has.
use crate::app::App;
use crate::ask::{Ask, Via};
use crate::check::{Journalled, refused};
use crate::pki::{EXPIRED, REVOKED, STRANGER, UNREGISTERED, pki};
use crate::scene::HTMC;
use crate::{Engine, eventually, on_both_engines};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu::client::{self, Answer};
use dancu::config::Config;
use dancu_catalogue::Code;
use dancu_journal::{Answered, Entry, Outcome, Part};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

on_both_engines!(
    a_new_system_enrols_with_a_code_that_works_once,
    a_certificate_is_renewed_and_the_old_one_ends_after_the_overlap,
    every_refusal_has_its_reason_and_its_entry,
);

pub(crate) const FIRST: &str = "/.well-known/est/simpleenroll";
const NEXT: &str = "/.well-known/est/simplereenroll";
const HOUR_US: i64 = 3_600_000_000;

pub(crate) fn with_authority(config: &mut Config) {
    config.pki.certificate.clone_from(&pki().ca);
    config.pki.key.clone_from(&pki().ca_key);
    config.pki.certificate_overlap_hours = 2;
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// An applicant with a key of its own, made by openssl.
pub(crate) struct Applicant {
    folder: TempDir,
}

impl Applicant {
    pub(crate) fn new(kind: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        openssl(folder.path(), &[&["genpkey", "-out", "key.pem"], kind].concat());
        let request = ["req", "-new", "-key", "key.pem", "-subj", "/CN=who I say I am", "-outform", "DER"];
        openssl(folder.path(), &[&request[..], &["-out", "request.der"]].concat());
        Self { folder }
    }

    pub(crate) fn request(&self) -> String {
        STANDARD.encode(std::fs::read(self.folder.path().join("request.der")).unwrap())
    }

    /// Takes the certificate out of the answer; gives connections with it, and its fingerprint.
    pub(crate) fn take(&self, answer: &Answer) -> (Arc<rustls::ClientConfig>, [u8; 32]) {
        let folder = self.folder.path();
        let packed: String = answer.text().split_whitespace().collect();
        std::fs::write(folder.join("answer.p7"), STANDARD.decode(packed).unwrap()).unwrap();
        openssl(folder, &["pkcs7", "-inform", "DER", "-in", "answer.p7", "-print_certs", "-out", "cert.pem"]);
        openssl(folder, &["x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der"]);
        let files = (folder.join("cert.pem"), folder.join("key.pem"));
        let tls = client::tls(&pki().ca, Some((files.0.as_path(), files.1.as_path()))).unwrap();
        (tls, dancu_gateway::fingerprint(&std::fs::read(folder.join("cert.der")).unwrap()))
    }
}

pub(crate) const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

pub(crate) fn post(path: &str, basic: Option<(&str, &str)>, body: String) -> http::Request<Vec<u8>> {
    let mut request = http::Request::post(path).header("content-type", "application/pkcs10");
    if let Some((user, password)) = basic {
        let pair = STANDARD.encode(format!("{user}:{password}"));
        request = request.header("authorization", format!("Basic {pair}"));
    }
    request.body(body.into_bytes()).unwrap()
}

async fn code(app: &App, system: &'static str) -> String {
    app.on_road(move |road, now_us| {
        let issued = road.exchange.issue_enrolment_code(system, "staff-1", now_us + HOUR_US, now_us);
        issued.unwrap().1.expose_str().unwrap().to_owned()
    })
    .await
}

/// The entry that the answer names.
async fn entry(app: &App, answer: &Answer) -> Entry {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/pkcs7-mime; smime-type=certs-only"));
    assert_eq!(answer.header("content-transfer-encoding"), Some("base64"));
    app.entry(answer.header("dancu-journal").unwrap().parse().unwrap()).await
}

/// Calls with a certificate that the test holds.
async fn call(app: &App, tls: &Arc<rustls::ClientConfig>, ask: &Ask) -> Answer {
    client::send(&app.authority(), Arc::clone(tls), ask.request(Via::Rest, app.now_us())).await.unwrap()
}

async fn a_new_system_enrols_with_a_code_that_works_once(engine: Engine) {
    let app = App::with(engine, with_authority).await;
    let beside = app.beside().await;
    let authorities =
        app.call(None, http::Request::get("/.well-known/est/cacerts").body(vec![]).unwrap()).await;
    assert_eq!(authorities.status, 200);

    let secret = code(&app, "testing").await;
    let applicant = Applicant::new(P256);
    let request = || post(FIRST, Some(("testing", &secret)), applicant.request());
    let answer = app.call(None, request()).await;
    let entry = entry(&app, &answer).await;
    let (tls, fingerprint) = applicant.take(&answer);
    assert_eq!(
        (entry.call.service.as_str(), entry.call.form.as_str(), entry.call.system_id.as_deref()),
        ("enrol", "est", Some("testing"))
    );
    assert_eq!(entry.call.outcome, Outcome::Answered(Answered::Served));
    assert_eq!(entry.call.organisation.as_deref(), Some("thai-nguyen"));
    let told = entry.call.personal.get(Part::RequestId).unwrap();
    assert!(told.contains(&hex::encode(fingerprint)), "{told}");
    assert!(!format!("{entry:?}").contains(&secret), "the code is in no entry");

    // Both servers know the system by it: it is not connected yet, and that is what it is told.
    let mut ask = Ask::verify();
    ask.by("testing");
    for server in [&app, &beside] {
        eventually("the server knows the certificate", async || {
            server.road().exchange.snapshot().certificate(&fingerprint).is_some()
        })
        .await;
        let answer = call(server, &tls, &ask).await;
        refused(server, Via::Rest, Code::SystemNotConnected, &answer, Journalled::Yes).await;
    }

    let again = app.call(None, request()).await;
    problem(&app, Code::EnrolmentCodeWrong, &again, Some("testing")).await;
    app.stop().await;
    beside.stop().await;
}

async fn a_certificate_is_renewed_and_the_old_one_ends_after_the_overlap(engine: Engine) {
    let app = App::with(engine, with_authority).await;
    let applicant = Applicant::new(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    let answer = app.call(Some(HTMC), post(NEXT, None, applicant.request())).await;
    let entry = entry(&app, &answer).await;
    assert_eq!(
        (entry.call.service.as_str(), entry.call.system_id.as_deref()),
        ("renew_certificate", Some(HTMC))
    );
    assert_eq!(entry.call.certificate, Some(pki().clients[HTMC].fingerprint), "by the one it had");
    let (tls, fingerprint) = applicant.take(&answer);
    let snapshot = app.road().exchange.snapshot();
    assert_eq!(&*snapshot.certificate(&fingerprint).unwrap().system, HTMC);

    let (old, new) = (app.ask(Via::Rest, &Ask::verify()).await, call(&app, &tls, &Ask::verify()).await);
    assert_eq!((old.status, new.status), (200, 200), "both during the overlap");
    app.clock.set(app.now_us() + 2 * HOUR_US - 1);
    assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200);
    app.clock.set(app.now_us() + 1);
    for via in Via::BOTH {
        let old = app.ask(via, &Ask::verify()).await;
        refused(&app, via, Code::CertificateExpired, &old, Journalled::Yes).await;
    }
    assert_eq!(call(&app, &tls, &Ask::verify()).await.status, 200);
    // Nor is another one had by the old one.
    let late = app.call(Some(HTMC), post(NEXT, None, applicant.request())).await;
    problem(&app, Code::CertificateExpired, &late, None).await;
    app.stop().await;
}

/// A problem, and the last entry tells the same; of which system, as far as it is known.
async fn problem(app: &App, code: Code, answer: &Answer, system: Option<&str>) {
    let context = format!("{}: {} {}", code.name(), answer.status, answer.text());
    assert_eq!(answer.status, code.status(), "{context}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{context}");
    assert_eq!(answer.header("www-authenticate").is_some(), code.status() == 401, "{context}");
    let told: Value = serde_json::from_slice(&answer.body).expect(&context);
    assert_eq!(
        (told["code"].as_str(), told["instance"].as_str()),
        (Some(code.name()), Some("/.well-known/est"))
    );
    let last = app.calls_from(0).await.pop().expect(&context).call;
    assert_eq!(last.outcome, Outcome::Refused(code), "{context}");
    assert_eq!((last.form.as_str(), last.system_id.as_deref()), ("est", system), "{context}");
}

async fn every_refusal_has_its_reason_and_its_entry(engine: Engine) {
    let app = App::with(engine, |config| {
        with_authority(config);
        config.limits.failures_per_minute = 6;
    })
    .await;
    let applicant = Applicant::new(P256);
    let first =
        async |pair: Option<(&str, &str)>, body: String| app.call(None, post(FIRST, pair, body)).await;

    let secret = code(&app, "testing").await;
    let good = Some(("testing", secret.as_str()));
    let none = first(None, applicant.request()).await;
    problem(&app, Code::CredentialsMissing, &none, None).await;
    // A system that nobody has is told what one is told that guesses.
    let nobody = first(Some(("nobody", &secret)), applicant.request()).await;
    problem(&app, Code::EnrolmentCodeWrong, &nobody, None).await;
    let guess = first(Some(("testing", "guess")), applicant.request()).await;
    problem(&app, Code::EnrolmentCodeWrong, &guess, Some("testing")).await;
    let others = first(Some((HTMC, &secret)), applicant.request()).await;
    problem(&app, Code::EnrolmentCodeWrong, &others, Some(HTMC)).await;

    let malformed = first(good, STANDARD.encode("hello")).await;
    problem(&app, Code::CsrInvalid, &malformed, Some("testing")).await;
    let weak = Applicant::new(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]);
    let weak = first(good, weak.request()).await;
    problem(&app, Code::CsrKeyRefused, &weak, Some("testing")).await;
    let mut other = post(FIRST, good, applicant.request());
    other.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    problem(&app, Code::ContentType, &app.call(None, other).await, Some("testing")).await;
    let large = first(good, "a".repeat(2 * 1024 * 1024)).await;
    problem(&app, Code::BodyTooLarge, &large, Some("testing")).await;

    for (system, reason) in [
        ("suspended", Code::SystemSuspended),
        ("disconnected", Code::SystemDisconnected),
        ("of-suspended", Code::OrganisationNotActive),
        ("elsewhere", Code::SourceNetwork),
    ] {
        let secret = code(&app, system).await;
        let answer = first(Some((system, &secret)), applicant.request()).await;
        problem(&app, reason, &answer, Some(system)).await;
    }
    for (certificate, reason) in [
        (None, Code::CertificateMissing),
        (Some(EXPIRED), Code::CertificateExpired),
        (Some(REVOKED), Code::CertificateRevoked),
        (Some(STRANGER), Code::CertificateUnknown),
        (Some(UNREGISTERED), Code::CertificateUnknown),
    ] {
        let answer = app.call(certificate, post(NEXT, None, applicant.request())).await;
        problem(&app, reason, &answer, None).await;
    }

    // After so many guesses the right code is not taken either, until the minute is over; calls go on.
    for _ in 0..5 {
        first(Some(("testing", "guess")), applicant.request()).await;
    }
    let blocked = first(good, applicant.request()).await;
    problem(&app, Code::TooManyRequests, &blocked, Some("testing")).await;
    assert_eq!(app.ask(Via::Rest, &Ask::verify()).await.status, 200);
    app.clock.set(app.now_us() + 60_000_000);
    assert_eq!(first(good, applicant.request()).await.status, 200);

    let lost = app.call(None, http::Request::get("/.well-known/est/csrattrs").body(vec![]).unwrap()).await;
    assert_eq!((lost.status, lost.text().contains("NOT_FOUND")), (404, true));
    app.stop().await;

    let without = App::start(engine).await;
    for path in [FIRST, NEXT] {
        let answer = without.call(Some(HTMC), post(path, good, applicant.request())).await;
        assert_eq!((answer.status, answer.text().contains("NOT_FOUND")), (404, true), "{path}");
    }
    without.stop().await;
}
