//! An authority with its root, made anew for each test.
use crate::timestamp::{Authorities, Tsa};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

pub(super) const DATA: &[u8] = b"log.example\n7\nroot\n";
pub(super) const POLICY: &str = "1.3.6.1.4.1.99999.1";
/// 2026-11-21T03:04:05.678901Z
pub(super) const NOW_US: i64 = 1_795_230_245_678_901;
/// `ExtendedKeyUsage` with `id-kp-timeStamping`
pub(super) const TIME_STAMPING_DER: &[u8] = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08";
/// with `id-kp-serverAuth` as well
pub(super) const TWO_PURPOSES_DER: &[u8] =
    b"\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x08\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";

pub(super) struct Bench {
    issuer: Issuer<'static, KeyPair>,
    pub(super) root: String,
    pub(super) root_key: String,
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Bench {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = params("root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let (root, root_key) = (params.self_signed(&key).unwrap().pem(), key.serialize_pem());
        let mut bench = Self {
            issuer: Issuer::new(params, key),
            root,
            root_key,
            certificate: String::new(),
            key: String::new(),
        };
        (bench.certificate, bench.key) = bench.issue(Some((true, TIME_STAMPING_DER)));
        bench
    }

    /// A certificate with this extended key usage (critical or not, content), and its key.
    pub(super) fn issue(&self, usage: Option<(bool, &[u8])>) -> (String, String) {
        let mut params = params("stamps");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.custom_extensions = usage
            .map(|(critical, content)| {
                let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 37], content.to_vec());
                extension.set_criticality(critical);
                extension
            })
            .into_iter()
            .collect();
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    pub(super) fn tsa(&self) -> Tsa {
        Tsa::from_pem(self.certificate.as_bytes(), self.key.as_bytes(), POLICY).unwrap()
    }

    pub(super) fn authorities(&self) -> Authorities {
        Authorities::from_pem(self.root.as_bytes()).unwrap()
    }
}

/// Valid long enough for OpenSSL, which asks the machine's clock.
fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2090, 1, 1);
    params
}
