//! The signature of a token, and the algorithms by which it may be made.
use super::asn1::{CONTENT_TYPE, ECDSA_SHA256, MESSAGE_DIGEST, TST_INFO, hash_algorithm};
use super::token::Token;
use aws_lc_rs::digest::digest;
use der::Encode as _;
use der::asn1::{ObjectIdentifier, OctetString};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use webpki::{EndEntityCert, aws_lc_rs as algorithms};

/// `ecdsa-with-SHA384`, `ecdsa-with-SHA512` (RFC 5758 §3.2)
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
/// `rsaEncryption`, and with a hash (RFC 8017 §A.2.4)
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// The signature over the signed attributes, which name the content by type and hash (RFC 5652 §5.4).
pub(super) fn check_signature(token: &Token, certificate: &[u8]) -> Option<()> {
    let content_type: ObjectIdentifier = token.signed_attribute(CONTENT_TYPE)?.decode_as().ok()?;
    let message_digest: OctetString = token.signed_attribute(MESSAGE_DIGEST)?.decode_as().ok()?;
    let hash = digest(hash_algorithm(&token.signer.digest_alg)?, &token.content);
    if content_type != TST_INFO || hash.as_ref() != message_digest.as_bytes() {
        return None;
    }
    let signed = token.signer.signed_attrs.as_ref()?.to_der().ok()?;
    let der = CertificateDer::from(certificate);
    let certificate = EndEntityCert::try_from(&der).ok()?;
    let signature = token.signer.signature.as_bytes();
    let candidates = signature_algorithms(token.signer.signature_algorithm.oid, token)?;
    let verifies = candidates
        .into_iter()
        .any(|algorithm| certificate.verify_signature(algorithm, &signed, signature).is_ok());
    verifies.then_some(())
}

type Candidates = Vec<&'static dyn SignatureVerificationAlgorithm>;

/// What the signature may be by its name; which of them it is, the key in the certificate tells.
fn signature_algorithms(oid: ObjectIdentifier, token: &Token) -> Option<Candidates> {
    // A bare `rsaEncryption` takes the hash of the content (RFC 3370 §3.2).
    let oid = match (oid, hash_algorithm(&token.signer.digest_alg)?.output_len) {
        (RSA, 32) => RSA_SHA256,
        (RSA, 48) => RSA_SHA384,
        (RSA, 64) => RSA_SHA512,
        (named, _) => named,
    };
    match oid {
        ECDSA_SHA256 => Some(vec![algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P384_SHA256]),
        ECDSA_SHA384 => Some(vec![algorithms::ECDSA_P256_SHA384, algorithms::ECDSA_P384_SHA384]),
        ECDSA_SHA512 => Some(vec![algorithms::ECDSA_P256_SHA512, algorithms::ECDSA_P384_SHA512]),
        RSA_SHA256 => Some(vec![algorithms::RSA_PKCS1_2048_8192_SHA256]),
        RSA_SHA384 => Some(vec![algorithms::RSA_PKCS1_2048_8192_SHA384]),
        RSA_SHA512 => Some(vec![algorithms::RSA_PKCS1_2048_8192_SHA512]),
        _ => None,
    }
}
