//! What a signature needs of the signer's certificate.
use super::SignError;
use der::asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use der::{Any, Decode as _, Tag, Tagged as _};
use x509_cert::Certificate;
use x509_cert::ext::pkix::KeyUsage;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// The signer and those who certify.
pub(super) struct Identity {
    pub certificate: Certificate,
    pub der: Vec<u8>,
    pub chain: Vec<Certificate>,
    pub name: String,
    pub organisation: Option<String>,
    pub public_key: Vec<u8>,
}

impl Identity {
    pub(super) fn read(certificates: &[Vec<u8>]) -> Result<Self, SignError> {
        let unusable = SignError::Unusable("the certificate");
        let chain = certificates.iter().map(|der| Certificate::from_der(der));
        let chain =
            chain.collect::<Result<Vec<_>, _>>().map_err(|_| SignError::Unusable("the certificate"))?;
        let (Some(certificate), Some(der)) = (chain.first().cloned(), certificates.first().cloned()) else {
            return Err(unusable);
        };
        let key = &certificate.tbs_certificate.subject_public_key_info.subject_public_key;
        let public_key = key.as_bytes().ok_or(unusable)?.to_vec();
        let organisation = part(&certificate, ORGANISATION);
        let name = part(&certificate, COMMON_NAME).or_else(|| organisation.clone());
        let name = name.ok_or(SignError::NotValid("names nobody"))?;
        Ok(Self { certificate, der, chain, name, organisation, public_key })
    }

    /// Valid at the time, and for signatures if it says what it is for.
    pub(super) fn check(&self, now_us: i64) -> Result<(), SignError> {
        let seconds = u64::try_from(now_us.div_euclid(1_000_000)).unwrap_or_default();
        let validity = &self.certificate.tbs_certificate.validity;
        if seconds < validity.not_before.to_unix_duration().as_secs() {
            return Err(SignError::NotValid("is not yet valid"));
        }
        if seconds > validity.not_after.to_unix_duration().as_secs() {
            return Err(SignError::NotValid("is no longer valid"));
        }
        let extensions = self.certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
        let usage = extensions.iter().find(|extension| extension.extn_id == KEY_USAGE);
        let usage = usage.map(|extension| KeyUsage::from_der(extension.extn_value.as_bytes()));
        match usage {
            None => Ok(()),
            Some(Ok(usage)) if usage.digital_signature() || usage.non_repudiation() => Ok(()),
            Some(_) => Err(SignError::NotValid("is not for signatures")),
        }
    }
}

/// A part of the subject's name.
fn part(certificate: &Certificate, oid: ObjectIdentifier) -> Option<String> {
    let names = certificate.tbs_certificate.subject.0.iter().flat_map(|set| set.0.iter());
    names.filter(|name| name.oid == oid).find_map(|name| string(&name.value))
}

fn string(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => Utf8StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => PrintableStringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::Ia5String => Ia5StringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        Tag::TeletexString => TeletexStringRef::try_from(value).ok().map(|text| text.as_str().to_owned()),
        _ => None,
    }
}
