//! Signatures beside a file: CAdES B-B, and B-T with a time stamp (ETSI EN 319 122-1), as ASiC containers hold them.
use super::certificate::Identity;
use super::{Algorithm, SignError, SigningKey, Stamper, cms};
use ::cms::cert::CertificateChoices;
use ::cms::content_info::ContentInfo;
use ::cms::signed_data::SignedData;
use aws_lc_rs::digest::{SHA256, digest};
use dancu_keys::timestamp::{Authorities, Query, Stamp, token, verify, verify_token};
use der::asn1::{OctetString, SetOfVec};
use der::{Any, Decode as _, Encode as _};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::time::Duration;
use webpki::{EndEntityCert, KeyUsage};
use x509_cert::attr::Attributes;

/// Purposes for which a certificate may be issued whose holder signs files: documents (RFC 9336), mail, a client's key. A
/// certificate that names no purpose is for all.
const PURPOSES: [&[u8]; 3] = [
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02],
];

/// Signs a file; gives the signature in DER (`.p7s`). With an authority, the signature's value is stamped and the answer
/// checked.
pub fn sign_detached(
    content: &[u8],
    key: &dyn SigningKey,
    now_us: i64,
    stamp: Option<(&Stamper<'_>, &Authorities)>,
) -> Result<Vec<u8>, SignError> {
    let identity = Identity::read(key.certificates())?;
    identity.check(now_us)?;
    let attributes = cms::attributes_at(&identity, digest(&SHA256, content).as_ref(), now_us)?;
    let signed = attributes.to_der().map_err(|_| SignError::Refused("it cannot be encoded"))?;
    let signature = key.sign(&signed)?;
    check(&identity, key.algorithm(), &signed, &signature)?;
    let token = stamp.map(|(stamper, authorities)| stamped(&signature, stamper, authorities)).transpose()?;
    cms::signed_data(&identity, key.algorithm(), attributes, &signature, token.as_deref())
}

/// A time stamp over a signature's value.
fn stamped(signature: &[u8], stamper: &Stamper<'_>, authorities: &Authorities) -> Result<Vec<u8>, SignError> {
    let failed = |why: String| SignError::Stamp(why);
    let query = Query::new(signature).map_err(|error| failed(error.to_string()))?;
    let answer = stamper(query.der()).map_err(failed)?;
    verify(&answer, signature, Some(&query), authorities).map_err(|error| failed(error.to_string()))?;
    token(&answer).map_err(|error| failed(error.to_string()))
}

/// Whose signatures are believed.
#[derive(Clone)]
pub struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
    stamps: Option<Authorities>,
}

impl Trust {
    /// Authorities of the signers, PEM, and those of the time stamps, if stamps are to be checked.
    pub fn from_pem(signers: &[u8], stamps: Option<&[u8]>) -> Result<Self, SignError> {
        let unusable = || SignError::Unusable("the authorities' certificate");
        let mut anchors = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(signers) {
            let certificate = certificate.map_err(|_| unusable())?;
            let anchor = webpki::anchor_from_trusted_cert(&certificate).map_err(|_| unusable())?;
            anchors.push(anchor.to_owned());
        }
        if anchors.is_empty() {
            return Err(unusable());
        }
        let stamps = stamps.map(Authorities::from_pem).transpose().map_err(|_| unusable())?;
        Ok(Self { anchors, stamps })
    }
}

/// Who signed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Common name of the certificate
    pub name: String,
    /// Its organisation
    pub organisation: Option<String>,
    /// When, as the signer says: microseconds since 1970, in whole seconds
    pub signed_us: i64,
    /// What a time-stamping authority says, if that was to be checked
    pub stamp: Option<Stamp>,
    /// Whether there is a stamp that was not checked
    pub has_unchecked_stamp: bool,
    /// SHA-256 of the certificate
    pub certificate_sha256: [u8; 32],
}

/// Checks a signature that [`sign_detached`] made: the file, the signer's certificate up to a trusted authority at the time
/// of the stamp (without one: at `now_us`), the stamp if authorities for it are trusted. One form of the bytes is taken.
pub fn verify_detached(
    signature: &[u8],
    content: &[u8],
    trust: &Trust,
    now_us: i64,
) -> Result<Signer, SignError> {
    let Parsed { identity, algorithm, attributes, value, token } =
        parse(signature).ok_or(SignError::Unusable("the signature"))?;
    let signed = attributes.to_der().map_err(|_| SignError::Unusable("the signature"))?;
    check(&identity, algorithm, &signed, &value)?;
    let signed_us = cms::signed_at(&attributes).ok_or(SignError::Unusable("the signature"))?;
    let expected = cms::attributes_at(&identity, digest(&SHA256, content).as_ref(), signed_us)?;
    if expected != attributes {
        return Err(SignError::Refused("it is of another file or certificate"));
    }
    // What no hash covers has no second form.
    if cms::signed_data(&identity, algorithm, attributes, &value, token.as_deref())? != signature {
        return Err(SignError::Refused("it has not the form it must have"));
    }
    let stamp = match (&token, &trust.stamps) {
        (Some(token), Some(authorities)) => Some(
            verify_token(token, &value, authorities).map_err(|error| SignError::Stamp(error.to_string()))?,
        ),
        _ => None,
    };
    let at_us = stamp.as_ref().map_or(now_us, |stamp| stamp.time_us);
    identity.check(at_us)?;
    chain(&identity, trust, at_us)?;
    let mut certificate_sha256 = [0; 32];
    certificate_sha256.copy_from_slice(digest(&SHA256, &identity.der).as_ref());
    Ok(Signer {
        has_unchecked_stamp: token.is_some() && stamp.is_none(),
        name: identity.name,
        organisation: identity.organisation,
        signed_us,
        stamp,
        certificate_sha256,
    })
}

struct Parsed {
    identity: Identity,
    algorithm: Algorithm,
    attributes: Attributes,
    value: Vec<u8>,
    token: Option<Vec<u8>>,
}

fn parse(signature: &[u8]) -> Option<Parsed> {
    let signed: SignedData = ContentInfo::from_der(signature).ok()?.content.decode_as().ok()?;
    let [signer] = signed.signer_infos.0.as_slice() else { return None };
    let mut certificates = Vec::new();
    for choice in signed.certificates.as_ref()?.0.iter() {
        let CertificateChoices::Certificate(certificate) = choice else { return None };
        certificates.push(certificate.to_der().ok()?);
    }
    // A set is sorted by its bytes: the signer's own is the one that is named.
    let named = |der: &Vec<u8>| {
        let identity = Identity::read(std::slice::from_ref(der)).ok();
        identity.is_some_and(|identity| cms::names(signer, &identity.certificate))
    };
    let own = certificates.iter().position(named)?;
    certificates.swap(0, own);
    let token = match signer.unsigned_attrs.as_ref().map(SetOfVec::as_slice) {
        None => None,
        Some([stamp]) => Some(stamp.values.get(0).map(Any::to_der)?.ok()?),
        Some(_) => return None,
    };
    Some(Parsed {
        identity: Identity::read(&certificates).ok()?,
        algorithm: cms::algorithm(signer)?,
        attributes: signer.signed_attrs.clone()?,
        value: OctetString::as_bytes(&signer.signature).to_vec(),
        token,
    })
}

pub(super) fn check(
    identity: &Identity,
    algorithm: Algorithm,
    signed: &[u8],
    value: &[u8],
) -> Result<(), SignError> {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    let key: &[u8] = &identity.public_key;
    let verified = match algorithm {
        Algorithm::EcdsaP256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(signed, value),
        Algorithm::Rsa => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(signed, value),
    };
    verified.map_err(|_| SignError::Mismatch)
}

pub(super) fn chain(identity: &Identity, trust: &Trust, at_us: i64) -> Result<(), SignError> {
    let untrusted = || SignError::NotValid("leads to no trusted authority");
    let der = CertificateDer::from(identity.der.as_slice());
    let leaf = EndEntityCert::try_from(&der).map_err(|_| untrusted())?;
    let others = identity.chain.iter().skip(1).filter_map(|other| other.to_der().ok());
    let others: Vec<CertificateDer<'static>> = others.map(CertificateDer::from).collect();
    let seconds = u64::try_from(at_us.div_euclid(1_000_000)).map_err(|_| untrusted())?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let leads = PURPOSES.iter().any(|purpose| {
        let usage = KeyUsage::required_if_present(purpose);
        leaf.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &trust.anchors, &others, time, usage, None, None)
            .is_ok()
    });
    if leads { Ok(()) } else { Err(untrusted()) }
}
