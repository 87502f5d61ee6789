//! A small certificate authority of the demo: one root, a server certificate, a client certificate for each system.
use crate::clock::SystemClock;
use anyhow::Context as _;
use dancu_gateway::Clock as _;
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::path::{Path, PathBuf};

/// How long the demo's certificates hold.
const DAYS: u32 = 825;

/// `id-ce-extKeyUsage` (RFC 5280 §4.2.1.12)
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
/// Its content with the one purpose `id-kp-timeStamping`, DER
const TIME_STAMPING: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08";

/// The authority that issues everything in the demo.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    directory: PathBuf,
}

/// A certificate and its key, as files.
pub struct Issued {
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// SHA-256 over the DER form
    pub fingerprint: [u8; 32],
    /// Last second of validity
    pub not_after_s: i64,
}

impl Authority {
    /// Makes a new authority, of the same make as that of `dancu keys init`: `ca.pem` and `ca.key` in the folder.
    pub fn create(directory: &Path) -> anyhow::Result<Self> {
        let now_s = SystemClock.now_us() / 1_000_000;
        let (made, key) = dancu_pki::Authority::create("dancu demo authority", now_s, DAYS)?;
        let certificate = made.certificate_pem();
        write(&directory.join("ca.pem"), &certificate)?;
        write(&directory.join("ca.key"), &key)?;
        let issuer = Issuer::from_ca_cert_pem(&certificate, KeyPair::from_pem(&key)?)?;
        Ok(Self { issuer, directory: directory.to_owned() })
    }

    /// Path of the authority's key.
    pub fn key(&self) -> PathBuf {
        self.directory.join("ca.key")
    }

    /// Path of the authority's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// A server certificate for the loopback names.
    pub fn server(&self) -> anyhow::Result<Issued> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = name("localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.issue("server", params, 0, DAYS.into())
    }

    /// A client certificate, valid from now.
    pub fn client(&self, file: &str) -> anyhow::Result<Issued> {
        self.client_between(file, 0, DAYS.into())
    }

    /// A client certificate with a validity of its own, in days from now.
    pub fn client_between(&self, file: &str, from: i64, to: i64) -> anyhow::Result<Issued> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(file);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(file, params, from, to)
    }

    /// A certificate for time stamps alone, marked critical as RFC 3161 §2.3 demands.
    pub fn time_stamping(&self, file: &str) -> anyhow::Result<Issued> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("dancu demo time stamps");
        let mut usage = CustomExtension::from_oid_content(EXTENDED_KEY_USAGE, TIME_STAMPING.to_vec());
        usage.set_criticality(true);
        params.custom_extensions = vec![usage];
        self.issue(file, params, 0, DAYS.into())
    }

    /// A certificate that signs evidence files.
    pub fn seal(&self) -> anyhow::Result<Issued> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("dancu demo evidence");
        self.issue("seal", params, 0, DAYS.into())
    }

    fn issue(&self, file: &str, mut params: CertificateParams, from: i64, to: i64) -> anyhow::Result<Issued> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let not_after_s = validity(&mut params, from, to)?;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let issued = Issued {
            certificate: self.directory.join(format!("{file}.pem")),
            key: self.directory.join(format!("{file}.key")),
            fingerprint: dancu_gateway::fingerprint(certificate.der()),
            not_after_s,
        };
        write(&issued.certificate, &certificate.pem())?;
        write(&issued.key, &key.serialize_pem())?;
        Ok(issued)
    }
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "VN");
    name.push(DnType::OrganizationName, "dancu demo");
    name.push(DnType::CommonName, common);
    name
}

/// Sets the validity in days from now; an hour earlier, for clocks that differ. Returns the last second.
fn validity(params: &mut CertificateParams, from: i64, to: i64) -> anyhow::Result<i64> {
    let now_s = SystemClock.now_us() / 1_000_000;
    let at = |days: i64| rcgen_time(now_s - 3600 + days * 86_400);
    params.not_before = at(from)?;
    params.not_after = at(to)?;
    Ok(params.not_after.unix_timestamp())
}

fn rcgen_time(seconds: i64) -> anyhow::Result<time::OffsetDateTime> {
    time::OffsetDateTime::from_unix_timestamp(seconds).context("a date out of range")
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    crate::files::write_private(path, text.as_bytes())
}
