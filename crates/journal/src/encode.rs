//! The public entry: deterministic CBOR (RFC 8949 §4.2.1), the bytes that the leaf hash covers.
//!
//! A map with integer labels in ascending order, definite lengths, shortest integers. What is absent has no label.
//! A label is never reused for another meaning; a change of meaning is a new version.
use crate::seal::Commitments;
use crate::{Call, JournalError, Outcome, Steps};
use dancu_citizen::{Field, FieldSet};
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};
use std::borrow::Cow;
use std::convert::Infallible;

/// Version of the encoding, label 0.
const VERSION: u64 = 1;

mod label {
    pub(super) const VERSION: u8 = 0;
    pub(super) const INDEX: u8 = 1;
    pub(super) const AT_US: u8 = 2;
    pub(super) const CORRELATION: u8 = 3;
    pub(super) const FORM: u8 = 4;
    pub(super) const SERVICE: u8 = 5;
    pub(super) const INTEGRATION: u8 = 6;
    pub(super) const PROCEDURE: u8 = 7;
    pub(super) const SYSTEM_ID: u8 = 8;
    pub(super) const ACCOUNT_ID: u8 = 9;
    pub(super) const ROLE: u8 = 10;
    pub(super) const AGENCY_CODE: u8 = 11;
    pub(super) const ORGANISATION: u8 = 12;
    pub(super) const CERTIFICATE: u8 = 13;
    pub(super) const SUBJECT: u8 = 14;
    /// Bit n for the n-th field of the law's list
    pub(super) const INPUTS: u8 = 15;
    /// As `INPUTS`
    pub(super) const RELEASED: u8 = 16;
    /// Map: number of the field → verdict
    pub(super) const VERDICTS: u8 = 17;
    pub(super) const OUTCOME: u8 = 18;
    /// Array: decode, authenticate, decide, registry; microseconds
    pub(super) const STEPS: u8 = 19;
    pub(super) const RESPONSE_SHA256: u8 = 20;
    pub(super) const RULES_VERSION: u8 = 21;
    pub(super) const AGREEMENT_ID: u8 = 22;
    pub(super) const PLATFORM_MESSAGE_ID: u8 = 23;
    pub(super) const CONSENT_ID: u8 = 24;
    /// Map: label of the part → commitment
    pub(super) const COMMITMENTS: u8 = 25;
}

/// A public entry, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) index: u64,
    /// Without the personal parts
    pub(crate) call: Call,
    pub(crate) commitments: Commitments,
}

/// The bytes of a public entry.
pub(crate) fn encode(index: u64, call: &Call, commitments: &Commitments) -> Result<Vec<u8>, JournalError> {
    let mut body = Pairs { count: 0, out: Encoder::new(Vec::with_capacity(512)) };
    write_pairs(&mut body, index, call, commitments)
        .map_err(|_| JournalError::Internal("entry not encoded"))?;
    // The number of pairs leads, and is known only now.
    let mut whole = Encoder::new(Vec::with_capacity(body.out.writer().len() + 3));
    whole.map(body.count).map_err(|_| JournalError::Internal("entry not encoded"))?;
    let mut bytes = whole.into_writer();
    bytes.extend_from_slice(body.out.writer());
    Ok(bytes)
}

type Written = Result<(), EncodeError<Infallible>>;

struct Pairs {
    count: u64,
    out: Encoder<Vec<u8>>,
}

impl Pairs {
    fn label(&mut self, label: u8) -> Result<&mut Encoder<Vec<u8>>, EncodeError<Infallible>> {
        self.count += 1;
        self.out.u8(label)
    }
    fn uint(&mut self, label: u8, value: u64) -> Written {
        self.label(label)?.u64(value).map(drop)
    }
    fn text(&mut self, label: u8, value: Option<&str>) -> Written {
        value.map_or(Ok(()), |text| self.label(label)?.str(text).map(drop))
    }
    fn bytes(&mut self, label: u8, value: Option<&[u8]>) -> Written {
        value.map_or(Ok(()), |bytes| self.label(label)?.bytes(bytes).map(drop))
    }
}

fn write_pairs(to: &mut Pairs, index: u64, call: &Call, commitments: &Commitments) -> Written {
    to.uint(label::VERSION, VERSION)?;
    to.uint(label::INDEX, index)?;
    to.label(label::AT_US)?.i64(call.at_us)?;
    to.bytes(label::CORRELATION, Some(&call.correlation))?;
    to.text(label::FORM, Some(&call.form))?;
    to.text(label::SERVICE, Some(&call.service))?;
    to.text(label::INTEGRATION, call.integration.as_deref())?;
    to.text(label::PROCEDURE, call.procedure.as_deref())?;
    to.text(label::SYSTEM_ID, call.system_id.as_deref())?;
    to.text(label::ACCOUNT_ID, call.account_id.as_deref())?;
    to.text(label::ROLE, call.role.as_deref())?;
    to.text(label::AGENCY_CODE, call.agency_code.as_deref())?;
    to.text(label::ORGANISATION, call.organisation.as_deref())?;
    to.bytes(label::CERTIFICATE, call.certificate.as_ref().map(<[u8; 32]>::as_slice))?;
    to.bytes(label::SUBJECT, call.subject.as_ref().map(<[u8; 16]>::as_slice))?;
    to.uint(label::INPUTS, call.inputs.bits())?;
    to.uint(label::RELEASED, call.released.bits())?;
    write_verdicts(to, &call.verdicts)?;
    to.text(label::OUTCOME, Some(call.outcome.name()))?;
    write_steps(to.label(label::STEPS)?, call.steps)?;
    to.bytes(label::RESPONSE_SHA256, call.response_sha256.as_ref().map(<[u8; 32]>::as_slice))?;
    to.uint(label::RULES_VERSION, call.rules_version)?;
    to.text(label::AGREEMENT_ID, call.agreement_id.as_deref())?;
    to.text(label::PLATFORM_MESSAGE_ID, call.platform_message_id.as_deref())?;
    to.text(label::CONSENT_ID, call.consent_id.as_deref())?;
    write_commitments(to, commitments)
}

fn write_steps<W: Write>(out: &mut Encoder<W>, steps: Steps) -> Result<(), EncodeError<W::Error>> {
    let Steps { decode_us, authenticate_us, decide_us, registry_us } = steps;
    out.array(4)?.u32(decode_us)?.u32(authenticate_us)?.u32(decide_us)?.u32(registry_us)?;
    Ok(())
}

fn write_verdicts(to: &mut Pairs, verdicts: &[(Field, Cow<'static, str>)]) -> Written {
    if verdicts.is_empty() {
        return Ok(());
    }
    // The order of the caller must not show in the bytes, nor may a field stand twice.
    let mut sorted: Vec<_> = verdicts.iter().collect();
    sorted.sort_by_key(|(field, _)| *field);
    sorted.dedup_by_key(|(field, _)| *field);
    let out = to.label(label::VERDICTS)?.map(sorted.len() as u64)?;
    for (field, verdict) in sorted {
        out.u8(*field as u8)?.str(verdict)?;
    }
    Ok(())
}

fn write_commitments(to: &mut Pairs, commitments: &Commitments) -> Written {
    if commitments.is_empty() {
        return Ok(());
    }
    let out = to.label(label::COMMITMENTS)?.map(commitments.len() as u64)?;
    for (part, hash) in commitments {
        out.u8(part.label())?.bytes(hash)?;
    }
    Ok(())
}

/// Reads a public entry.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let mut from = Decoder::new(bytes);
    let mut entry = Decoded { index: 0, call: Call::default(), commitments: Commitments::new() };
    let mut last = None;
    for _ in 0..definite(from.map()?)? {
        let label = from.u8()?;
        if last >= Some(label) {
            return Err(DecodeError::message("labels out of order"));
        }
        last = Some(label);
        read_pair(&mut from, label, &mut entry)?;
    }
    if from.position() != bytes.len() {
        return Err(DecodeError::message("bytes after the entry"));
    }
    Ok(entry)
}

fn read_pair(from: &mut Decoder<'_>, label: u8, entry: &mut Decoded) -> Result<(), DecodeError> {
    let call = &mut entry.call;
    match label {
        label::VERSION => {
            if from.u64()? != VERSION {
                return Err(DecodeError::message("unknown version"));
            }
        }
        label::INDEX => entry.index = from.u64()?,
        label::AT_US => call.at_us = from.i64()?,
        label::CORRELATION => call.correlation = array(from)?,
        label::FORM => call.form = text(from)?,
        label::SERVICE => call.service = text(from)?,
        label::INTEGRATION => call.integration = Some(text(from)?),
        label::PROCEDURE => call.procedure = Some(text(from)?),
        label::SYSTEM_ID => call.system_id = Some(text(from)?),
        label::ACCOUNT_ID => call.account_id = Some(text(from)?),
        label::ROLE => call.role = Some(text(from)?),
        label::AGENCY_CODE => call.agency_code = Some(text(from)?),
        label::ORGANISATION => call.organisation = Some(text(from)?),
        label::CERTIFICATE => call.certificate = Some(array(from)?),
        label::SUBJECT => call.subject = Some(array(from)?),
        label::INPUTS => call.inputs = fields(from)?,
        label::RELEASED => call.released = fields(from)?,
        label::VERDICTS => call.verdicts = read_verdicts(from)?,
        label::OUTCOME => {
            let outcome = Outcome::from_name(from.str()?);
            call.outcome = outcome.ok_or_else(|| DecodeError::message("unknown outcome"))?;
        }
        label::STEPS => call.steps = read_steps(from)?,
        label::RESPONSE_SHA256 => call.response_sha256 = Some(array(from)?),
        label::RULES_VERSION => call.rules_version = from.u64()?,
        label::AGREEMENT_ID => call.agreement_id = Some(text(from)?),
        label::PLATFORM_MESSAGE_ID => call.platform_message_id = Some(text(from)?),
        label::CONSENT_ID => call.consent_id = Some(text(from)?),
        label::COMMITMENTS => entry.commitments = read_commitments(from)?,
        _ => return Err(DecodeError::message("unknown label")),
    }
    Ok(())
}

fn read_steps(from: &mut Decoder<'_>) -> Result<Steps, DecodeError> {
    if definite(from.array()?)? != 4 {
        return Err(DecodeError::message("not four steps"));
    }
    Ok(Steps {
        decode_us: from.u32()?,
        authenticate_us: from.u32()?,
        decide_us: from.u32()?,
        registry_us: from.u32()?,
    })
}

fn read_verdicts(from: &mut Decoder<'_>) -> Result<Vec<(Field, Cow<'static, str>)>, DecodeError> {
    let mut verdicts = Vec::new();
    for _ in 0..definite(from.map()?)? {
        let number = from.u8()?;
        let field = Field::ALL.get(usize::from(number)).copied();
        let field = field.ok_or_else(|| DecodeError::message("unknown field"))?;
        verdicts.push((field, Cow::Owned(text(from)?)));
    }
    Ok(verdicts)
}

fn read_commitments(from: &mut Decoder<'_>) -> Result<Commitments, DecodeError> {
    let mut commitments = Commitments::new();
    for _ in 0..definite(from.map()?)? {
        commitments.insert(crate::seal::read_part(from)?, array(from)?);
    }
    Ok(commitments)
}

fn fields(from: &mut Decoder<'_>) -> Result<FieldSet, DecodeError> {
    let bits = from.u64()?;
    let set = FieldSet::from_bits(bits);
    if set.bits() == bits { Ok(set) } else { Err(DecodeError::message("unknown field")) }
}

fn text(from: &mut Decoder<'_>) -> Result<String, DecodeError> {
    from.str().map(str::to_owned)
}

fn array<const N: usize>(from: &mut Decoder<'_>) -> Result<[u8; N], DecodeError> {
    from.bytes()?.try_into().map_err(|_| DecodeError::message("wrong length"))
}

pub(crate) fn definite(length: Option<u64>) -> Result<u64, DecodeError> {
    length.ok_or_else(|| DecodeError::message("indefinite length"))
}

#[cfg(test)]
#[path = "encode_tests.rs"]
mod tests;
