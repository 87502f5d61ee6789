//! Signatures around a file: the same CAdES B-B, with the file inside (RFC 5652 §5.2). What others sign so is taken too, as
//! `openssl cms -sign -nodetach` does it: attributes that say more than is asked are passed over.
use super::certificate::Identity;
use super::detached::{Trust, chain, check};
use super::{Algorithm, SignError, Signer, SigningKey, cms, sign_detached};
use ::cms::cert::CertificateChoices;
use ::cms::content_info::ContentInfo;
use ::cms::signed_data::{SignedData, SignerInfo};
use aws_lc_rs::digest::{SHA256, digest};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Decode as _, Encode as _};

/// `rsaEncryption` (RFC 3370 §3.2): the hash is that of the signer's `digestAlgorithm`
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Signs a file; gives file and signature in one, DER (`.p7m`).
pub fn sign_enveloping(content: &[u8], key: &dyn SigningKey, now_us: i64) -> Result<Vec<u8>, SignError> {
    let signature = sign_detached(content, key, now_us, None)?;
    let attach = || -> der::Result<Vec<u8>> {
        let mut info = ContentInfo::from_der(&signature)?;
        let mut signed: SignedData = info.content.decode_as()?;
        signed.encap_content_info.econtent = Some(Any::encode_from(&OctetString::new(content)?)?);
        info.content = Any::encode_from(&signed)?;
        info.to_der()
    };
    attach().map_err(|_| SignError::Refused("it cannot be encoded"))
}

/// Checks such a signature, with the signer's certificate up to a trusted authority at `now_us`; gives the file.
pub fn verify_enveloping(bytes: &[u8], trust: &Trust, now_us: i64) -> Result<(Vec<u8>, Signer), SignError> {
    let Parsed { content, identity, algorithm, signer } =
        parse(bytes).ok_or(SignError::Unusable("the signature"))?;
    let attributes = signer.signed_attrs.as_ref().ok_or(SignError::Unusable("the signature"))?;
    let signed = attributes.to_der().map_err(|_| SignError::Unusable("the signature"))?;
    check(&identity, algorithm, &signed, signer.signature.as_bytes())?;
    let said = |oid| {
        let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
        let (only, None) = (found.next()?, found.next()) else { return None };
        let [value] = only.values.as_slice() else { return None };
        Some(value.clone())
    };
    let hash = said(cms::MESSAGE_DIGEST).and_then(|value| value.decode_as::<OctetString>().ok());
    let kind = said(cms::CONTENT_TYPE).and_then(|value| value.decode_as::<ObjectIdentifier>().ok());
    let is_its_own = hash.is_some_and(|hash| hash.as_bytes() == digest(&SHA256, &content).as_ref());
    if !is_its_own || kind != Some(cms::DATA) {
        return Err(SignError::Refused("it is of another file or certificate"));
    }
    let signed_us = cms::signed_at(attributes).ok_or(SignError::Unusable("the signature"))?;
    identity.check(now_us)?;
    chain(&identity, trust, now_us)?;
    let mut certificate_sha256 = [0; 32];
    certificate_sha256.copy_from_slice(digest(&SHA256, &identity.der).as_ref());
    let signer = Signer {
        has_unchecked_stamp: signer.unsigned_attrs.is_some(),
        name: identity.name,
        organisation: identity.organisation,
        signed_us,
        stamp: None,
        certificate_sha256,
    };
    Ok((content, signer))
}

struct Parsed {
    content: Vec<u8>,
    identity: Identity,
    algorithm: Algorithm,
    signer: SignerInfo,
}

fn parse(bytes: &[u8]) -> Option<Parsed> {
    let signed: SignedData = ContentInfo::from_der(bytes).ok()?.content.decode_as().ok()?;
    let [signer] = signed.signer_infos.0.as_slice() else { return None };
    if signer.digest_alg.oid != cms::SHA_256 || signed.encap_content_info.econtent_type != cms::DATA {
        return None;
    }
    let algorithm = match signer.signature_algorithm.oid {
        RSA_ENCRYPTION => Algorithm::Rsa,
        _ => cms::algorithm(signer)?,
    };
    let mut certificates = Vec::new();
    for choice in signed.certificates.as_ref()?.0.iter() {
        let CertificateChoices::Certificate(certificate) = choice else { return None };
        certificates.push(certificate.to_der().ok()?);
    }
    let named = |der: &Vec<u8>| {
        let identity = Identity::read(std::slice::from_ref(der)).ok();
        identity.is_some_and(|identity| cms::names(signer, &identity.certificate))
    };
    let own = certificates.iter().position(named)?;
    certificates.swap(0, own);
    let content = signed.encap_content_info.econtent?.decode_as::<OctetString>().ok()?;
    Some(Parsed {
        content: content.into_bytes(),
        identity: Identity::read(&certificates).ok()?,
        algorithm,
        signer: signer.clone(),
    })
}
