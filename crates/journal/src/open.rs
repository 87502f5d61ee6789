//! Opening entries: reading them, joining their context, unsealing their personal parts.
use crate::encode::{self, Decoded};
use crate::months::Month;
use crate::{Call, Journal, JournalError, Kind, Opened, Opening, Part, Stored, parts};
use dancu_keys::KeyRing;
use dancu_tlog::{Hash, leaf_hash};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// An entry, opened, its personal parts checked against what it commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number
    pub index: u64,
    /// What it is
    pub kind: Kind,
    /// What it says, its context and its personal parts included
    pub call: Call,
    /// Personal parts that the entry had and that were erased
    pub erased: Vec<Part>,
    /// Whether it had personal parts that are gone: their time is over, or the key of their month is destroyed
    pub parts_gone: bool,
    /// The public entry as it stands, the bytes under the leaf hash
    pub encoded: Vec<u8>,
    /// RFC 6962 leaf hash
    pub leaf_hash: Hash,
    /// Number and bytes of the entry that holds its context, if its kind has one
    pub context: Option<(u64, Vec<u8>)>,
    /// Salts, values and commitments of its personal parts
    pub opening: Opening,
}

/// How deep whoever follows the log looks into its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Into the public entries and their contexts
    Public,
    /// Into the personal parts too
    Personal,
}

/// What stands in the archive for personal parts whose time is over.
pub(crate) const PURGED: &[u8] = &[0];

/// What a public entry says, its context joined to it if it has one; none when either does not read. For those who have
/// an entry from a proof and no journal.
pub fn told(entry: &[u8], context: Option<&[u8]>) -> Option<(Kind, Call)> {
    let Decoded { kind, mut call, .. } = encode::decode(entry).ok()?;
    if let Some(context) = context {
        join(&mut call, &encode::decode(context).ok()?.call);
    }
    Some((kind, call))
}

/// What stands for a person where the number itself must not stand: it tells nothing without the hashing key.
pub fn subject_hash(ring: &KeyRing, number: &str) -> [u8; 16] {
    ring.keyed_hash("journal.subject", number.as_bytes())
}

/// A context that was read.
type Context = Arc<(Vec<u8>, Call)>;

/// Contexts that were read, by their numbers; they never change.
#[derive(Default)]
pub(crate) struct ContextsRead(Mutex<HashMap<u64, Context>>);

/// More than these are forgotten at once.
const CONTEXTS: usize = 8192;

impl Journal {
    /// Opens an entry as [`Journal::read_stored`] gave it. Blocks, to read what is not in memory: its context, the key of
    /// its month.
    pub fn open_stored(&self, stored: Stored) -> Result<Entry, JournalError> {
        let Stored { index, entry: encoded, sealed } = stored;
        let corrupt = |what| JournalError::Corrupt { index, what };
        let decoded = encode::decode(&encoded).map_err(|_| corrupt("the entry does not read"))?;
        let Decoded { kind, mut call, context, root } = decoded;
        let context = match context {
            Some(number) => Some((number, self.context(index, number)?)),
            None => None,
        };
        if let Some((_, context)) = &context {
            join(&mut call, &context.1);
        }
        let opening = self.opening(index, call.at_us, root, &sealed)?;
        let parts_gone = root.is_some() && opening.is_none();
        let opening = opening.unwrap_or_default();
        let mut erased = Vec::new();
        for (part, opened) in &opening {
            match opened {
                Opened::Value { value, .. } => call.personal.set(*part, value.clone()),
                Opened::Erased(_) => erased.push(*part),
            }
        }
        call.subject = call.personal.subject.as_deref().map(|number| subject_hash(&self.ring(), number));
        let leaf_hash = leaf_hash(&encoded);
        let context = context.map(|(number, context)| (number, context.0.clone()));
        Ok(Entry { index, kind, call, erased, parts_gone, encoded, leaf_hash, context, opening })
    }

    /// What an entry says, as [`Journal::read_stored`] gave it, for whoever follows the log: without what proves it, and
    /// without holding it against what it commits to. The publisher holds every entry against the head, and a sealed piece
    /// opens under its own root only. Blocks, to read what is not in memory.
    pub fn tell_stored(&self, stored: &Stored, depth: Depth) -> Result<Entry, JournalError> {
        let index = stored.index;
        let corrupt = |what| JournalError::Corrupt { index, what };
        let decoded = encode::tell(&stored.entry).map_err(|_| corrupt("the entry does not read"))?;
        let Decoded { kind, mut call, context, root } = decoded;
        if let Some(number) = context {
            join(&mut call, &self.context(index, number)?.1);
        }
        if depth == Depth::Personal {
            match (root, stored.sealed.as_slice()) {
                (None, []) | (Some(_), PURGED) => {}
                (None, _) => return Err(corrupt("sealed parts of an entry that has none")),
                (Some(_), []) => return Err(corrupt("the sealed parts are missing")),
                (Some(root), sealed) => {
                    if let Some(key) = self.keys().find(Month::of(call.at_us))? {
                        call.personal =
                            parts::tell(&key, &root, sealed).map_err(|refused| corrupt(refused.0))?;
                    }
                }
            }
            let subject = call.personal.subject.as_deref();
            call.subject = subject.map(|number| subject_hash(&self.ring(), number));
        }
        Ok(Entry {
            index,
            kind,
            call,
            erased: Vec::new(),
            parts_gone: false,
            encoded: Vec::new(),
            leaf_hash: leaf_hash(&stored.entry),
            context: None,
            opening: Opening::new(),
        })
    }

    /// The parts of an entry; none when the key of their month is gone.
    fn opening(
        &self,
        index: u64,
        at_us: i64,
        root: Option<Hash>,
        sealed: &[u8],
    ) -> Result<Option<Opening>, JournalError> {
        let corrupt = |what| JournalError::Corrupt { index, what };
        match (root, sealed) {
            (None, []) => Ok(Some(Opening::new())),
            (None, _) => Err(corrupt("sealed parts of an entry that has none")),
            (Some(_), []) => Err(corrupt("the sealed parts are missing")),
            (Some(_), PURGED) => Ok(None),
            (Some(root), sealed) => {
                let Some(key) = self.keys().find(Month::of(at_us))? else { return Ok(None) };
                parts::open(&key, &root, sealed).map(Some).map_err(|refused| corrupt(refused.0))
            }
        }
    }

    /// The context that an entry names.
    fn context(&self, index: u64, number: u64) -> Result<Context, JournalError> {
        let corrupt = |what| JournalError::Corrupt { index, what };
        if number >= index {
            return Err(corrupt("its context does not stand before it"));
        }
        let known = &self.contexts_read().0;
        if let Some(context) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(Arc::clone(context));
        }
        let stored = self.read_stored(number, 1)?.pop().ok_or_else(|| corrupt("its context is missing"))?;
        let decoded = encode::decode(&stored.entry).map_err(|_| corrupt("its context does not read"))?;
        if decoded.kind != Kind::Context {
            return Err(corrupt("what it names as its context is none"));
        }
        let context = Arc::new((stored.entry, decoded.call));
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CONTEXTS {
            known.clear();
        }
        known.insert(number, Arc::clone(&context));
        Ok(context)
    }
}

/// Completes a call by its context.
fn join(call: &mut Call, context: &Call) {
    let entry = std::mem::take(call);
    *call = Call {
        at_us: entry.at_us,
        correlation: entry.correlation,
        verdicts: entry.verdicts,
        outcome: entry.outcome,
        steps: entry.steps,
        response_sha256: entry.response_sha256,
        consent_id: entry.consent_id,
        ..context.clone()
    };
}
