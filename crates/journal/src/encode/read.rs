//! Reading entries.
use super::{VERSION, kind, label};
use crate::{Answered, Call, Epoch, Kind, Outcome, Steps};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, Verdict};
use dancu_tlog::Hash;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error as DecodeError};
use std::borrow::Cow;

/// A public entry, read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) kind: Kind,
    /// What stands in this entry: of a call, neither its context nor its personal parts
    pub(crate) call: Call,
    /// Number of the entry that holds the context
    pub(crate) context: Option<u64>,
    /// Root of the personal parts
    pub(crate) root: Option<Hash>,
}

/// Reads a public entry; only the one encoding that it has.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let decoded = tell(bytes)?;
    // Order, doubles, lengths, labels that another kind has, and what follows: all of it shows here.
    let mut again = Vec::with_capacity(bytes.len());
    let Decoded { kind, call, context, root } = &decoded;
    let said = super::Said { kind, call, refused: None, context: *context, root: root.as_ref() };
    super::entry(&mut again, &said).map_err(|_| DecodeError::message("not an entry"))?;
    if again == bytes { Ok(decoded) } else { Err(DecodeError::message("not the encoding of an entry")) }
}

/// What a public entry says, without making sure that this is the one encoding that it has: for whoever does not prove it.
pub(crate) fn tell(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let mut from = Decoder::new(bytes);
    let mut pairs = Pairs::default();
    for _ in 0..definite(from.map()?)? {
        let label = from.u8()?;
        pairs.read(&mut from, label)?;
    }
    pairs.decoded()
}

/// The time of an entry, without reading the rest; `None` for a context.
pub(crate) fn time_of(bytes: &[u8]) -> Option<i64> {
    let mut from = Decoder::new(bytes);
    for _ in 0..from.map().ok()?? {
        match from.u8().ok()? {
            label::AT_US => return from.i64().ok(),
            label::VERSION | label::KIND => from.u64().ok()?,
            _ => return None,
        };
    }
    None
}

/// All that labels may say, before it is known which kind of entry it makes.
#[derive(Default)]
struct Pairs {
    version: u64,
    kind: u8,
    call: Call,
    context: Option<u64>,
    root: Option<Hash>,
    outcome: bool,
    epoch: Epoch,
    withheld: u64,
    until_us: i64,
    act: (u64, u64, String),
}

impl Pairs {
    fn read(&mut self, from: &mut Decoder<'_>, label: u8) -> Result<(), DecodeError> {
        let Self { call, epoch, act, .. } = self;
        match label {
            label::VERSION => self.version = from.u64()?,
            label::KIND => self.kind = from.u8()?,
            label::AT_US => call.at_us = from.i64()?,
            label::CORRELATION => call.correlation = array(from)?,
            label::CONTEXT => self.context = Some(from.u64()?),
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
            label::INPUTS => call.inputs = fields(from)?,
            label::RELEASED => call.released = fields(from)?,
            label::VERDICTS => call.verdicts = verdicts(from)?,
            label::OUTCOME => (call.outcome, self.outcome) = (outcome(from)?, true),
            label::STEPS => call.steps = steps(from)?,
            label::RESPONSE_SHA256 => call.response_sha256 = Some(array(from)?),
            label::RULES_VERSION => call.rules_version = from.u64()?,
            label::AGREEMENT_ID => call.agreement_id = Some(text(from)?),
            label::CONSENT_ID => call.consent_id = Some(text(from)?),
            label::ROOT => self.root = Some(array(from)?),
            label::EPOCH_ENTRIES => epoch.entries = from.u64()?,
            label::EPOCH_ROOT => epoch.root = array(from)?,
            label::EPOCH_PERSONS => epoch.persons = from.u64()?,
            label::EPOCH_VRF_KEY => epoch.vrf_key = array(from)?,
            label::EPOCH_NUMBER => epoch.number = from.u64()?,
            label::WITHHELD => self.withheld = from.u64()?,
            label::UNTIL_US => self.until_us = from.i64()?,
            label::ACT_FIRST => act.0 = from.u64()?,
            label::ACT_AFTER => act.1 = from.u64()?,
            label::ACT_RULE => act.2 = text(from)?,
            _ => return Err(DecodeError::message("unknown label")),
        }
        Ok(())
    }

    fn decoded(self) -> Result<Decoded, DecodeError> {
        if self.version != VERSION {
            return Err(DecodeError::message("unknown version"));
        }
        let (first, after, rule) = self.act;
        let kind = match self.kind {
            0 => Kind::Call,
            kind::CONTEXT => Kind::Context,
            kind::EPOCH => Kind::Epoch(self.epoch),
            kind::WITHHOLDING => Kind::Withholding { entry: self.withheld, until_us: self.until_us },
            kind::ACT => Kind::Act { first, after, rule },
            _ => return Err(DecodeError::message("unknown kind")),
        };
        if matches!(kind, Kind::Call | Kind::Act { .. }) && (self.context.is_none() || !self.outcome) {
            return Err(DecodeError::message("no context, or no outcome"));
        }
        Ok(Decoded { kind, call: self.call, context: self.context, root: self.root })
    }
}

fn steps(from: &mut Decoder<'_>) -> Result<Steps, DecodeError> {
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

fn outcome(from: &mut Decoder<'_>) -> Result<Outcome, DecodeError> {
    let outcome = if from.datatype()? == Type::String {
        Code::from_name(from.str()?).map(Outcome::Refused)
    } else {
        Answered::from_number(from.u8()?).map(Outcome::Answered)
    };
    outcome.ok_or_else(|| DecodeError::message("unknown outcome"))
}

fn verdicts(from: &mut Decoder<'_>) -> Result<Vec<(Field, Cow<'static, str>)>, DecodeError> {
    let mut verdicts = Vec::new();
    for _ in 0..definite(from.map()?)? {
        let field = Field::ALL.get(usize::from(from.u8()?)).copied();
        let field = field.ok_or_else(|| DecodeError::message("unknown field"))?;
        let verdict = if from.datatype()? == Type::String {
            Cow::Owned(text(from)?)
        } else {
            let known = Verdict::ALL.get(usize::from(from.u8()?));
            Cow::Borrowed(known.ok_or_else(|| DecodeError::message("unknown verdict"))?.name())
        };
        verdicts.push((field, verdict));
    }
    Ok(verdicts)
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

/// The length of a map or an array, which must be said in front.
pub(crate) fn definite(length: Option<u64>) -> Result<u64, DecodeError> {
    length.ok_or_else(|| DecodeError::message("indefinite length"))
}
