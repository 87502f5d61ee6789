//! The authority that issues systems' certificates: its files, and how long things hold.
use crate::clock::SystemClock;
use crate::config::Config;
use crate::files;
use anyhow::Context as _;
use dancu_exchange::Exchange;
use dancu_gateway::{Clock as _, Enrolment};
use dancu_keys::KeyRing;
use dancu_pki::{Authority, Term, Terms};
use dancu_secrets::Secrets;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use std::path::PathBuf;
use std::sync::Arc;

/// Days in which the authority's end is told before it comes.
const WARNING_DAYS: i64 = 30;
const DAY_S: i64 = 86_400;

/// Makes the authority where one is configured and its files are not there yet; gives the certificate's path.
pub fn init(config: &Config) -> anyhow::Result<Option<PathBuf>> {
    let (certificate, key) = (&config.pki.certificate, &config.pki.key);
    if certificate.as_os_str().is_empty() || (certificate.exists() && key.exists()) {
        return Ok(None);
    }
    for file in [certificate, key] {
        anyhow::ensure!(
            !file.exists(),
            "{} is there and its other half is not: restore pki.certificate and pki.key together",
            file.display()
        );
        if let Some(parent) = file.parent() {
            files::private_directory(parent)?;
        }
    }
    let now_s = SystemClock.now_us().div_euclid(1_000_000);
    let (authority, secret) = Authority::create(&config.pki.name, now_s, config.pki.authority_days)?;
    files::write_private(key, secret.as_bytes())?;
    files::write_private(certificate, authority.certificate_pem().as_bytes())?;
    Ok(Some(certificate.clone()))
}

/// The authority; none where none is configured.
pub fn open(config: &Config) -> anyhow::Result<Option<Authority>> {
    let (certificate, key) = (&config.pki.certificate, &config.pki.key);
    if certificate.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(certificate)
        .with_context(|| format!("pki.certificate {}", certificate.display()))?;
    let authority = Authority::from_pem(&text, &files::read_private(key).context("pki.key")?)?;
    Ok(Some(authority))
}

/// How long things hold: the dated data under what the configuration says.
pub fn terms(config: &Config) -> anyhow::Result<Terms> {
    let mut terms = Terms::built_in()?;
    let pki = &config.pki;
    for (term, hours) in [
        (Term::SystemCertificate, pki.system_certificate_hours),
        (Term::WorkstationCertificate, pki.workstation_certificate_hours),
        (Term::RecipientCertificate, pki.recipient_certificate_hours),
        (Term::CertificateOverlap, pki.certificate_overlap_hours),
        (Term::EnrolmentCode, pki.enrolment_code_hours),
        (Term::SecretOverlap, pki.secret_overlap_hours),
        (Term::SecretDelivery, pki.secret_delivery_hours),
    ] {
        if hours > 0 {
            terms.overlay(term, hours)?;
        }
    }
    Ok(terms)
}

/// What the machines' door enrols by.
pub fn enrolment(config: &Config) -> anyhow::Result<Option<Arc<Enrolment>>> {
    let terms = terms(config).context("[pki]")?;
    let authority = open(config)?;
    Ok(authority.map(|authority| Arc::new(Enrolment { authority, terms })))
}

/// Secrets on their way to connected systems; security officers' certificates lead to our own authority or to the
/// configured ones.
pub fn secrets(config: &Config, exchange: &Exchange, ring: &KeyRing) -> anyhow::Result<Secrets> {
    let mut authorities = recipient_authorities(config)?;
    authorities.extend(open(config)?.map(|authority| authority.certificate().to_vec()));
    Ok(Secrets::open(exchange.clone(), ring.clone(), authorities, terms(config)?)?)
}

fn recipient_authorities(config: &Config) -> anyhow::Result<Vec<Vec<u8>>> {
    let path = &config.pki.recipient_ca;
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let file = || format!("pki.recipient_ca {}", path.display());
    let found = CertificateDer::pem_file_iter(path).with_context(file)?;
    let found: Vec<Vec<u8>> =
        found.map(|der| Ok(der.with_context(file)?.to_vec())).collect::<anyhow::Result<_>>()?;
    anyhow::ensure!(!found.is_empty(), "{}: no certificate in it", file());
    Ok(found)
}

/// What is wrong with it, for the doctor.
pub fn check(config: &Config) -> anyhow::Result<()> {
    terms(config)?;
    recipient_authorities(config)?;
    let Some(authority) = open(config)? else { return Ok(()) };
    let left_s = authority.not_after_s() - SystemClock.now_us().div_euclid(1_000_000);
    anyhow::ensure!(left_s > WARNING_DAYS * DAY_S, "the authority ends in {} days", left_s.div_euclid(DAY_S));
    Ok(())
}
