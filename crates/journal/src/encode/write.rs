//! Writing entries.
use super::{VERSION, kind, label};
use crate::{Call, JournalError, Kind, Outcome, Steps};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, Verdict};
use dancu_tlog::Hash;
use minicbor::encode::{Encoder, Error as EncodeError};
use std::borrow::Cow;
use std::convert::Infallible;

/// What an entry is made of.
pub(crate) struct Said<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) call: &'a Call,
    /// The refusal that the commit decided in place of the prepared answer, and the hash of its body
    pub(crate) refused: Option<(Code, Option<[u8; 32]>)>,
    /// Number of the entry that holds the context
    pub(crate) context: Option<u64>,
    /// Root of the personal parts
    pub(crate) root: Option<&'a Hash>,
}

/// Appends the bytes of an entry.
pub(crate) fn entry(out: &mut Vec<u8>, said: &Said<'_>) -> Result<(), JournalError> {
    map(out, |to| match said.kind {
        Kind::Context => context_pairs(to, said.call, said.call.released),
        Kind::Call => call_pairs(to, said),
        Kind::Epoch(epoch) => {
            to.uint(label::KIND, kind::EPOCH.into())?;
            to.label(label::AT_US)?.i64(said.call.at_us)?;
            to.uint(label::EPOCH_ENTRIES, epoch.entries)?;
            to.bytes(label::EPOCH_ROOT, Some(&epoch.root))?;
            to.uint(label::EPOCH_PERSONS, epoch.persons)?;
            to.bytes(label::EPOCH_VRF_KEY, Some(&epoch.vrf_key))?;
            to.uint(label::EPOCH_NUMBER, epoch.number)
        }
        Kind::Withholding { entry, until_us } => {
            to.uint(label::KIND, kind::WITHHOLDING.into())?;
            to.label(label::AT_US)?.i64(said.call.at_us)?;
            to.bytes(label::CORRELATION, Some(&said.call.correlation))?;
            to.bytes(label::ROOT, said.root.map(Hash::as_slice))?;
            to.uint(label::WITHHELD, *entry)?;
            to.label(label::UNTIL_US)?.i64(*until_us).map(drop)
        }
        Kind::Act { first, after, rule } => {
            to.uint(label::KIND, kind::ACT.into())?;
            to.label(label::AT_US)?.i64(said.call.at_us)?;
            to.bytes(label::CORRELATION, Some(&said.call.correlation))?;
            context_number(to, said)?;
            outcome(to, said.call.outcome)?;
            to.bytes(label::ROOT, said.root.map(Hash::as_slice))?;
            to.uint(label::ACT_FIRST, *first)?;
            to.uint(label::ACT_AFTER, *after)?;
            to.text(label::ACT_RULE, Some(rule))
        }
    })
}

/// The bytes of the entry that holds what this call has in common with others, with these fields released.
pub(crate) fn context(call: &Call, released: FieldSet) -> Result<Vec<u8>, JournalError> {
    let mut out = Vec::with_capacity(192);
    map(&mut out, |to| context_pairs(to, call, released))?;
    Ok(out)
}

type Written = Result<(), EncodeError<Infallible>>;

/// Writes a map whose count is known at its end. There are fewer than 24 pairs, so that the head is one byte.
fn map(out: &mut Vec<u8>, pairs: impl FnOnce(&mut Pairs<'_>) -> Written) -> Result<(), JournalError> {
    let start = out.len();
    out.push(0);
    let mut to = Pairs { count: 1, out: Encoder::new(out) };
    let written = to.out.u8(label::VERSION).and_then(|out| out.u64(VERSION).map(drop));
    written.and_then(|()| pairs(&mut to)).map_err(|_| JournalError::Internal("entry not encoded"))?;
    let count = to.count;
    match out.get_mut(start) {
        Some(head) if count < 24 => *head = 0xa0 | count,
        _ => return Err(JournalError::Internal("too many labels")),
    }
    Ok(())
}

struct Pairs<'o> {
    count: u8,
    out: Encoder<&'o mut Vec<u8>>,
}

impl<'o> Pairs<'o> {
    fn label(&mut self, label: u8) -> Result<&mut Encoder<&'o mut Vec<u8>>, EncodeError<Infallible>> {
        self.count += 1;
        self.out.u8(label)
    }
    fn uint(&mut self, label: u8, value: u64) -> Written {
        self.label(label)?.u64(value).map(drop)
    }
    fn nonzero(&mut self, label: u8, value: u64) -> Written {
        if value == 0 { Ok(()) } else { self.uint(label, value) }
    }
    fn text(&mut self, label: u8, value: Option<&str>) -> Written {
        value.map_or(Ok(()), |text| self.label(label)?.str(text).map(drop))
    }
    fn bytes(&mut self, label: u8, value: Option<&[u8]>) -> Written {
        value.map_or(Ok(()), |bytes| self.label(label)?.bytes(bytes).map(drop))
    }
}

fn context_pairs(to: &mut Pairs<'_>, call: &Call, released: FieldSet) -> Written {
    let stated = |text| Some(text).filter(|text: &&str| !text.is_empty());
    to.uint(label::KIND, kind::CONTEXT.into())?;
    to.text(label::FORM, stated(&call.form))?;
    to.text(label::SERVICE, stated(&call.service))?;
    to.text(label::INTEGRATION, call.integration.as_deref())?;
    to.text(label::PROCEDURE, call.procedure.as_deref())?;
    to.text(label::SYSTEM_ID, call.system_id.as_deref())?;
    to.text(label::ACCOUNT_ID, call.account_id.as_deref())?;
    to.text(label::ROLE, call.role.as_deref())?;
    to.text(label::AGENCY_CODE, call.agency_code.as_deref())?;
    to.text(label::ORGANISATION, call.organisation.as_deref())?;
    to.bytes(label::CERTIFICATE, call.certificate.as_ref().map(<[u8; 32]>::as_slice))?;
    to.nonzero(label::INPUTS, call.inputs.bits())?;
    to.nonzero(label::RELEASED, released.bits())?;
    to.nonzero(label::RULES_VERSION, call.rules_version)?;
    to.text(label::AGREEMENT_ID, call.agreement_id.as_deref())
}

fn call_pairs(to: &mut Pairs<'_>, said: &Said<'_>) -> Written {
    let call = said.call;
    to.label(label::AT_US)?.i64(call.at_us)?;
    to.bytes(label::CORRELATION, Some(&call.correlation))?;
    context_number(to, said)?;
    let response = match said.refused {
        None => {
            verdicts(to, &call.verdicts)?;
            outcome(to, call.outcome)?;
            call.response_sha256
        }
        Some((code, response)) => {
            outcome(to, Outcome::Refused(code))?;
            response
        }
    };
    steps(to, call.steps)?;
    to.bytes(label::RESPONSE_SHA256, response.as_ref().map(<[u8; 32]>::as_slice))?;
    to.text(label::CONSENT_ID, call.consent_id.as_deref())?;
    to.bytes(label::ROOT, said.root.map(Hash::as_slice))
}

fn context_number(to: &mut Pairs<'_>, said: &Said<'_>) -> Written {
    said.context.map_or(Ok(()), |number| to.uint(label::CONTEXT, number))
}

fn outcome(to: &mut Pairs<'_>, outcome: Outcome) -> Written {
    match outcome {
        Outcome::Answered(answered) => to.uint(label::OUTCOME, u64::from(answered.number())),
        Outcome::Refused(code) => to.text(label::OUTCOME, Some(code.name())),
    }
}

fn steps(to: &mut Pairs<'_>, steps: Steps) -> Written {
    if steps == Steps::default() {
        return Ok(());
    }
    let Steps { decode_us, authenticate_us, decide_us, registry_us } = steps;
    let out = to.label(label::STEPS)?.array(4)?;
    out.u32(decode_us)?.u32(authenticate_us)?.u32(decide_us)?.u32(registry_us).map(drop)
}

fn verdicts(to: &mut Pairs<'_>, verdicts: &[(Field, Cow<'static, str>)]) -> Written {
    if verdicts.is_empty() {
        return Ok(());
    }
    // The order of the caller must not show in the bytes, nor may a field stand twice.
    let mut sorted: Vec<_> = verdicts.iter().collect();
    sorted.sort_by_key(|(field, _)| *field);
    sorted.dedup_by_key(|(field, _)| *field);
    let out = to.label(label::VERDICTS)?.map(sorted.len() as u64)?;
    for (field, verdict) in sorted {
        out.u8(*field as u8)?;
        match Verdict::from_name(verdict) {
            Some(known) => out.u8(known as u8)?,
            None => out.str(verdict)?,
        };
    }
    Ok(())
}
