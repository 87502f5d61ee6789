//! The other end of a connection: its address and the certificate it proved to hold.
use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, UnixTime};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage};

/// Whether the certificate leads to a configured authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainVerdict {
    /// It does
    Trusted,
    /// It does not, or is not meant for clients
    Untrusted,
}

/// A client certificate, judged once at the handshake.
#[derive(Clone, Debug)]
pub struct PeerCertificate {
    /// SHA-256 over the DER form
    pub fingerprint: [u8; 32],
    /// First second of validity, since the epoch
    pub not_before_s: i64,
    /// Last second of validity, since the epoch
    pub not_after_s: i64,
    /// Whether it leads to a configured authority
    pub chain: ChainVerdict,
}

/// The other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Source address
    pub address: IpAddr,
    /// The certificate, when one was shown
    pub certificate: Option<Arc<PeerCertificate>>,
}

impl PeerCertificate {
    /// Reads and judges a certificate chain, the client's own first. `None` when there is none or it is not X.509.
    pub fn judge(chain: &[CertificateDer<'_>], roots: &RootCertStore, now_us: i64) -> Option<Self> {
        let (leaf, intermediates) = chain.split_first()?;
        let (_, parsed) = x509_parser::parse_x509_certificate(leaf).ok()?;
        let validity = parsed.validity();
        let (not_before_s, not_after_s) = (validity.not_before.timestamp(), validity.not_after.timestamp());
        let digest = crate::fingerprint(leaf);
        let at_s = now_us.div_euclid(1_000_000).clamp(not_before_s, not_after_s.max(not_before_s));
        let chain = chain_verdict(leaf, intermediates, roots, at_s);
        Some(Self { fingerprint: digest, not_before_s, not_after_s, chain })
    }

    /// Whether the certificate is valid at a moment.
    pub fn in_date(&self, now_us: i64) -> bool {
        (self.not_before_s..=self.not_after_s).contains(&now_us.div_euclid(1_000_000))
    }
}

/// The leaf's own expiry has a reason code of its own and is asked at every call. So the path is judged as of now, or as
/// of the moment nearest to now at which the leaf is valid: its issuers, signatures, names and usage decide here.
fn chain_verdict(
    leaf: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    roots: &RootCertStore,
    at_s: i64,
) -> ChainVerdict {
    let Ok(at) = u64::try_from(at_s) else { return ChainVerdict::Untrusted };
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
    let judged = EndEntityCert::try_from(leaf).and_then(|certificate| {
        certificate
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &roots.roots,
                intermediates,
                at,
                KeyUsage::client_auth(),
                None,
                None,
            )
            .map(|_| ())
    });
    if judged.is_ok() { ChainVerdict::Trusted } else { ChainVerdict::Untrusted }
}
