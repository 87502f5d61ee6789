//! What makes a certificate one of a time-stamping authority.
use der::Decode as _;
use x509_cert::Certificate;
use x509_cert::ext::pkix::ExtendedKeyUsage;

const EXTENDED_KEY_USAGE: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("2.5.29.37");
const TIME_STAMPING: der::asn1::ObjectIdentifier =
    der::asn1::ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");

/// Whether the key is for time stamps alone: one purpose, `id-kp-timeStamping`, marked critical (RFC 3161 §2.3).
pub(super) fn stamps_only(certificate: &Certificate) -> bool {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let mut usages = extensions.iter().filter(|extension| extension.extn_id == EXTENDED_KEY_USAGE);
    let (Some(usage), None) = (usages.next(), usages.next()) else { return false };
    let purposes = ExtendedKeyUsage::from_der(usage.extn_value.as_bytes());
    usage.critical && purposes.is_ok_and(|purposes| purposes.0 == [TIME_STAMPING])
}
