//! What the tree's entries say to somebody who may not see the personal parts: `docs/journal-format.md`, "Entry".
//!
//! Only what proofs depend on is kept; of the rest it is checked that it is there, allowed, and of its kind.
use crate::Hash;
use crate::cbor::{CborRefused, Reader};

/// The version under label 0.
const VERSION: u64 = 2;

/// Bits of the kinds of entries, as one number tells several.
const CALL: u8 = 1;
const CONTEXT: u8 = 1 << 1;
const EPOCH: u8 = 1 << 2;
const WITHHOLDING: u8 = 1 << 3;
const ACT: u8 = 1 << 4;

/// An entry, as far as proofs depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// what it is
    pub kind: Kind,
    /// number of the entry that holds its context (label 4)
    pub context: Option<u64>,
    /// root of the personal parts (label 25)
    pub parts: Option<Hash>,
}

/// What an entry is (label 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// a transaction
    Call,
    /// what calls of one account have in common
    Context,
    /// the map of all histories, as of some number of entries
    Epoch(Epoch),
    /// an entry is withheld from its citizen
    Withholding {
        /// number of that entry
        entry: u64,
        /// until when, microseconds since 1970
        until_us: i64,
    },
    /// something done to the journal itself
    Act,
}

/// What an epoch's entry says (labels 30 to 33).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// the entries covered are those below this number
    pub entries: u64,
    /// root of the map of histories
    pub root: Hash,
    /// persons in it
    pub persons: u64,
    /// the VRF's public key
    pub vrf_key: [u8; 32],
}

/// Why bytes are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryRefused {
    /// not one map of deterministic CBOR with numbers as labels
    #[error("not a map in deterministic CBOR")]
    Form,
    /// not of the known kinds and of version 2
    #[error("neither version 2 nor a known kind")]
    Kind,
    /// a label that is not known, not of this kind, or whose value is of another type
    #[error("label {0} does not belong there, or has another type of value")]
    Label(u64),
    /// a label that every entry of this kind has
    #[error("label {0} is missing")]
    Missing(u64),
}

impl Entry {
    /// Reads an entry: one deterministic CBOR map, with the labels that its kind may and must have.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryRefused> {
        let mut reader = Reader::new(bytes);
        let pairs = reader.map().map_err(form)?;
        let (mut kind, mut seen, mut found) = (CALL, 0_u64, Values::default());
        let mut before = None;
        for _ in 0..pairs {
            let label = reader.key(&mut before).map_err(form)?;
            // Labels ascend, so the kind is known before any label that depends on it.
            if label == 1 {
                kind = kind_of(&mut reader)?;
            } else if allowed(label) & kind == 0 {
                return Err(EntryRefused::Label(label));
            } else {
                found.read(&mut reader, label).map_err(|_| EntryRefused::Label(label))?;
            }
            seen |= 1 << label;
        }
        reader.end().map_err(form)?;
        if let Some(missing) = required(kind).iter().find(|label| seen >> **label & 1 == 0) {
            return Err(EntryRefused::Missing(*missing));
        }
        if found.version == VERSION { Ok(found.entry(kind)) } else { Err(EntryRefused::Kind) }
    }
}

fn form(_: CborRefused) -> EntryRefused {
    EntryRefused::Form
}

fn kind_of(reader: &mut Reader<'_>) -> Result<u8, EntryRefused> {
    match reader.unsigned() {
        Ok(1) => Ok(CONTEXT),
        Ok(2) => Ok(EPOCH),
        Ok(3) => Ok(WITHHOLDING),
        Ok(4) => Ok(ACT),
        _ => Err(EntryRefused::Kind),
    }
}

/// The kinds that may have a label.
fn allowed(label: u64) -> u8 {
    match label {
        0 => CALL | CONTEXT | EPOCH | WITHHOLDING | ACT,
        2 | 25 => CALL | EPOCH | WITHHOLDING | ACT,
        3 => CALL | WITHHOLDING | ACT,
        4 | 18 => CALL | ACT,
        5..=16 | 21 | 22 => CONTEXT,
        17 | 19 | 20 | 24 => CALL,
        30..=34 => EPOCH,
        40 | 41 => WITHHOLDING,
        50..=52 => ACT,
        _ => 0,
    }
}

/// The labels, besides 1, that a kind must have.
fn required(kind: u8) -> &'static [u64] {
    match kind {
        CALL => &[0, 2, 3, 18],
        EPOCH => &[0, 2, 30, 31, 32, 33, 34],
        WITHHOLDING => &[0, 2, 40, 41],
        ACT => &[0, 2],
        _ => &[0],
    }
}

/// What labels say, before it is known that it makes an entry.
#[derive(Default)]
struct Values {
    version: u64,
    context: Option<u64>,
    parts: Option<Hash>,
    epoch: (u64, Hash, u64, [u8; 32]),
    withheld: (u64, i64),
}

impl Values {
    fn read(&mut self, reader: &mut Reader<'_>, label: u64) -> Result<(), CborRefused> {
        match label {
            0 => self.version = reader.unsigned()?,
            3 => drop(reader.fixed::<16>()?),
            4 => self.context = Some(reader.unsigned()?),
            5..=13 | 22 | 24 | 52 => drop(reader.text()?),
            14 | 20 => drop(reader.fixed::<32>()?),
            2 | 15 | 16 | 21 | 34 | 50 | 51 => drop(reader.unsigned()?),
            17 => verdicts(reader)?,
            18 => outcome(reader)?,
            19 => steps(reader)?,
            25 => self.parts = Some(reader.fixed()?),
            30 => self.epoch.0 = reader.unsigned()?,
            31 => self.epoch.1 = reader.fixed()?,
            32 => self.epoch.2 = reader.unsigned()?,
            33 => self.epoch.3 = reader.fixed()?,
            40 => self.withheld.0 = reader.unsigned()?,
            41 => self.withheld.1 = i64::try_from(reader.unsigned()?).map_err(|_| CborRefused)?,
            _ => return Err(CborRefused),
        }
        Ok(())
    }

    fn entry(self, kind: u8) -> Entry {
        let (entries, root, persons, vrf_key) = self.epoch;
        let (entry, until_us) = self.withheld;
        let kind = match kind {
            CALL => Kind::Call,
            CONTEXT => Kind::Context,
            EPOCH => Kind::Epoch(Epoch { entries, root, persons, vrf_key }),
            WITHHOLDING => Kind::Withholding { entry, until_us },
            _ => Kind::Act,
        };
        Entry { kind, context: self.context, parts: self.parts }
    }
}

/// A map from a field's number to that of a verdict, or its name.
fn verdicts(reader: &mut Reader<'_>) -> Result<(), CborRefused> {
    let mut before = None;
    for _ in 0..reader.map()? {
        reader.key(&mut before)?;
        reader.unsigned_or_text()?;
    }
    Ok(())
}

/// The number of an answer, 0 to 5, or the name of a refusal.
fn outcome(reader: &mut Reader<'_>) -> Result<(), CborRefused> {
    match reader.unsigned_or_text()? {
        Some(6..) => Err(CborRefused),
        _ => Ok(()),
    }
}

/// Microseconds of four steps.
fn steps(reader: &mut Reader<'_>) -> Result<(), CborRefused> {
    if reader.array()? != 4 {
        return Err(CborRefused);
    }
    (0..4).try_for_each(|_| reader.unsigned().map(drop))
}
