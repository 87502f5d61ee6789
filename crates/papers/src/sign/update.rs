//! The update of a file that holds a signature over all of it but the signature itself.
use super::certificate::Identity;
use super::field::{find_empty, open, pdf_error, root, save, text_string};
use super::{Algorithm, Circumstances, SignError, appearance, cms};
use aws_lc_rs::digest::{Context, SHA256};
use der::Encode as _;
use lopdf::{Dictionary, IncrementalDocument, Object, ObjectId, StringFormat, dictionary};
use x509_cert::attr::Attributes;

/// Room for a signature beside its certificates, in bytes: the structure, an RSA signature of 4096 bits, a token with
/// the chain of its authority.
const ROOM: usize = 20 * 1024;
/// Stands where the range of signed bytes will stand; as wide as any number of it.
const PLACEHOLDER: i64 = 9_999_999_999;

/// A paper with a place for a signature, and what is to be signed.
pub struct Unsigned {
    pdf: Vec<u8>,
    /// Where the signature stands, with its angle brackets
    gap: std::ops::Range<usize>,
    identity: Identity,
    algorithm: Algorithm,
    attributes: Attributes,
    attributes_der: Vec<u8>,
}

/// A paper with its signature, before it is put in its place.
pub struct Signed {
    unsigned: Unsigned,
    signature: Vec<u8>,
}

impl Unsigned {
    /// Makes the place in a field of the paper. `certificates` in DER, the signer's first.
    pub fn prepare(
        pdf: &[u8],
        certificates: &[Vec<u8>],
        algorithm: Algorithm,
        circumstances: &Circumstances<'_>,
    ) -> Result<Self, SignError> {
        let identity = Identity::read(certificates)?;
        identity.check(circumstances.now_us)?;
        let before = pdf.len();
        let mut update = open(pdf.to_vec())?;
        let room = ROOM + certificates.iter().map(Vec::len).sum::<usize>();
        fill_field(&mut update, &identity, circumstances, room)?;
        let mut pdf = save(update)?;
        let gap = place_range(&mut pdf, before, room)?;
        let hash = hash_around(&pdf, &gap)?;
        let attributes = cms::attributes(&identity, &hash)?;
        let attributes_der = attributes.to_der().map_err(|_| SignError::Refused("it cannot be encoded"))?;
        Ok(Self { pdf, gap, identity, algorithm, attributes, attributes_der })
    }

    /// The message to sign: attributes that name the document by its hash, DER.
    pub fn to_sign(&self) -> &[u8] {
        &self.attributes_der
    }

    /// Takes the signature over [`Unsigned::to_sign`]; one that does not verify under the certificate is refused.
    pub fn with_signature(self, signature: &[u8]) -> Result<Signed, SignError> {
        use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
        let key: &[u8] = &self.identity.public_key;
        let verified = match self.algorithm {
            Algorithm::EcdsaP256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(&self.attributes_der, signature)
            }
            Algorithm::Rsa => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(&self.attributes_der, signature),
        };
        verified.map_err(|_| SignError::Mismatch)?;
        Ok(Signed { unsigned: self, signature: signature.to_vec() })
    }
}

impl Signed {
    /// What a time-stamping authority stamps: the signature's value.
    pub fn to_stamp(&self) -> &[u8] {
        &self.signature
    }

    /// The signed file, with the time stamp token (DER) if there is one.
    pub fn finish(self, token: Option<&[u8]>) -> Result<Vec<u8>, SignError> {
        let Unsigned { mut pdf, gap, identity, algorithm, attributes, .. } = self.unsigned;
        let der = cms::signed_data(&identity, algorithm, attributes, &self.signature, token)?;
        let room = pdf.get_mut(gap.start + 1..gap.end - 1).ok_or(SignError::TooLarge)?;
        if der.len() * 2 > room.len() {
            return Err(SignError::TooLarge);
        }
        let digits = der.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        for (place, digit) in room.iter_mut().zip(digits) {
            *place = b"0123456789abcdef".get(usize::from(digit)).copied().unwrap_or(b'0');
        }
        Ok(pdf)
    }
}

fn fill_field(
    update: &mut IncrementalDocument,
    identity: &Identity,
    circumstances: &Circumstances<'_>,
    room: usize,
) -> Result<(), SignError> {
    let (field, width, height) = find_empty(update.get_prev_documents(), circumstances.field)?;
    let time = pdf_time(circumstances.now_us).ok_or(SignError::Refused("the time is out of range"))?;
    let value = update.new_document.add_object(dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "ByteRange" => vec![0.into(), PLACEHOLDER.into(), PLACEHOLDER.into(), PLACEHOLDER.into()],
        "Contents" => Object::String(vec![0; room], StringFormat::Hexadecimal),
        "M" => Object::string_literal(time),
        "Name" => text_string(&identity.name),
        "Reason" => text_string(circumstances.reason),
        "Location" => text_string(circumstances.place),
    });
    let look = appearance::signature(identity, circumstances.now_us, width, height);
    let look = update.new_document.add_object(look);
    let dict = dictionary_mut(update, field)?;
    dict.set("V", Object::Reference(value));
    dict.set("AP", dictionary! { "N" => Object::Reference(look) });
    // Signatures exist, and the file may only be appended to (ISO 32000-1, table 219).
    form(update)?.set("SigFlags", 3);
    Ok(())
}

fn dictionary_mut(update: &mut IncrementalDocument, id: ObjectId) -> Result<&mut Dictionary, SignError> {
    update.opt_clone_object_to_new_document(id).map_err(pdf_error)?;
    update.new_document.get_object_mut(id).and_then(Object::as_dict_mut).map_err(pdf_error)
}

/// The interactive form, which stands by itself or in the catalogue.
fn form(update: &mut IncrementalDocument) -> Result<&mut Dictionary, SignError> {
    let catalog = update.get_prev_documents().catalog().map_err(pdf_error)?;
    let form = catalog.get(b"AcroForm").map_err(|_| SignError::NoField)?;
    match form.as_reference() {
        Ok(id) => dictionary_mut(update, id),
        Err(_) => root(update)?.get_mut(b"AcroForm").and_then(Object::as_dict_mut).map_err(pdf_error),
    }
}

/// Writes which bytes are signed, all but the gap, and returns the gap.
fn place_range(pdf: &mut [u8], from: usize, room: usize) -> Result<std::ops::Range<usize>, SignError> {
    let lost = || SignError::Refused("its place was not found");
    let appended = pdf.get(from..).ok_or_else(lost)?;
    let zeros = vec![b'0'; room * 2];
    let start = from + find(appended, &zeros).ok_or_else(lost)? - 1;
    let end = start + zeros.len() + 2;
    if pdf.get(start) != Some(&b'<') || pdf.get(end - 1) != Some(&b'>') {
        return Err(lost());
    }
    let placeholder = format!("{PLACEHOLDER} {PLACEHOLDER} {PLACEHOLDER}");
    let numbers = format!("{start} {end} {}", pdf.len() - end);
    let padded = format!("{numbers:<width$}", width = placeholder.len());
    let at = from + find(pdf.get(from..).ok_or_else(lost)?, placeholder.as_bytes()).ok_or_else(lost)?;
    pdf.get_mut(at..at + padded.len()).ok_or_else(lost)?.copy_from_slice(padded.as_bytes());
    Ok(start..end)
}

fn hash_around(pdf: &[u8], gap: &std::ops::Range<usize>) -> Result<Vec<u8>, SignError> {
    let (Some(before), Some(after)) = (pdf.get(..gap.start), pdf.get(gap.end..)) else {
        return Err(SignError::TooLarge);
    };
    let mut context = Context::new(&SHA256);
    context.update(before);
    context.update(after);
    Ok(context.finish().as_ref().to_vec())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// `D:20261120140507+07'00'`
fn pdf_time(now_us: i64) -> Option<String> {
    let time = jiff::Timestamp::from_microsecond(now_us).ok()?;
    let local = time.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)));
    Some(local.strftime("D:%Y%m%d%H%M%S+07'00'").to_string())
}
