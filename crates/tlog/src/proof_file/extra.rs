//! The extra data of an entry's proof.
use crate::cbor::{CborRefused, Reader, Writer};
use crate::tlog_proof::MAX_PATH;
use crate::{Hash, sha256};
use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

/// Labels of personal parts are below this.
const PARTS: u64 = 8;

/// An entry with what is needed to check and read it: one deterministic CBOR map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// the entry (label 1)
    pub entry: Vec<u8>,
    /// its personal parts by label, if it has any that are not gone (label 2)
    pub parts: Option<BTreeMap<u8, Part>>,
    /// its context, if it has one (labels 3 to 5)
    pub context: Option<ContextProof>,
}

/// A personal part. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub enum Part {
    /// shown to the reader
    Shown {
        /// random, its own
        salt: [u8; 16],
        /// what the part says
        value: String,
    },
    /// its commitment: not for this reader, or erased
    Closed(Hash),
}

/// A context, and its path to the root of the same checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextProof {
    /// the context's number in the log
    pub index: u64,
    /// the context
    pub entry: Vec<u8>,
    /// inclusion path, from the leaf's sibling upwards
    pub path: Vec<Hash>,
}

impl Part {
    /// `SHA-256(CBOR [label, salt, value])`, or what stands for it.
    fn commitment(&self, label: u8) -> Hash {
        match self {
            Self::Closed(commitment) => *commitment,
            Self::Shown { salt, value } => {
                let mut opening = Writer::default();
                opening.array(3).unsigned(label.into()).bytes(salt).text(value);
                sha256(&opening.into_bytes())
            }
        }
    }
}

impl Debug for Part {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shown { .. } => "Shown(…)",
            Self::Closed(_) => "Closed",
        })
    }
}

impl Extra {
    /// The bytes of the extra line.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.map(1 + usize::from(self.parts.is_some()) + if self.context.is_some() { 3 } else { 0 });
        out.unsigned(1).bytes(&self.entry);
        if let Some(parts) = &self.parts {
            out.unsigned(2).map(parts.len());
            for (label, part) in parts {
                out.unsigned((*label).into());
                match part {
                    Part::Shown { salt, value } => out.array(2).bytes(salt).text(value),
                    Part::Closed(commitment) => out.bytes(commitment),
                };
            }
        }
        if let Some(ContextProof { index, entry, path }) = &self.context {
            out.unsigned(3).unsigned(*index).unsigned(4).bytes(entry).unsigned(5).array(path.len());
            for hash in path {
                out.bytes(hash);
            }
        }
        out.into_bytes()
    }

    /// Reads the bytes of the extra line, which have one way of being written.
    pub fn decode(bytes: &[u8]) -> Result<Self, CborRefused> {
        let mut reader = Reader::new(bytes);
        let (mut entry, mut parts, mut index, mut context, mut path) = (None, None, None, None, None);
        let mut before = None;
        for _ in 0..reader.map()? {
            match reader.key(&mut before)? {
                1 => entry = Some(reader.bytes()?.to_vec()),
                2 => parts = Some(read_parts(&mut reader)?),
                3 => index = Some(reader.unsigned()?),
                4 => context = Some(reader.bytes()?.to_vec()),
                5 => path = Some(read_path(&mut reader)?),
                _ => return Err(CborRefused),
            }
        }
        reader.end()?;
        let context = match (index, context, path) {
            (None, None, None) => None,
            (Some(index), Some(entry), Some(path)) => Some(ContextProof { index, entry, path }),
            _ => return Err(CborRefused),
        };
        Ok(Self { entry: entry.ok_or(CborRefused)?, parts, context })
    }

    /// The root of the parts, `SHA-256(CBOR {label: commitment, …})`, if there are any.
    pub(super) fn parts_root(&self) -> Option<Hash> {
        let parts = self.parts.as_ref()?;
        let mut tree = Writer::default();
        tree.map(parts.len());
        for (label, part) in parts {
            tree.unsigned((*label).into()).bytes(&part.commitment(*label));
        }
        Some(sha256(&tree.into_bytes()))
    }
}

/// One part at least: without any, there is no map.
fn read_parts(reader: &mut Reader<'_>) -> Result<BTreeMap<u8, Part>, CborRefused> {
    let mut parts = BTreeMap::new();
    let mut before = None;
    for _ in 0..reader.map()? {
        let label = reader.key(&mut before)?;
        let part = if reader.next_is_array() {
            if reader.array()? != 2 {
                return Err(CborRefused);
            }
            Part::Shown { salt: reader.fixed()?, value: reader.text()?.to_owned() }
        } else {
            Part::Closed(reader.fixed()?)
        };
        let label = u8::try_from(label).ok().filter(|_| label < PARTS).ok_or(CborRefused)?;
        parts.insert(label, part);
    }
    if parts.is_empty() { Err(CborRefused) } else { Ok(parts) }
}

fn read_path(reader: &mut Reader<'_>) -> Result<Vec<Hash>, CborRefused> {
    let length = reader.array()?;
    if length > MAX_PATH {
        return Err(CborRefused);
    }
    (0..length).map(|_| reader.fixed()).collect()
}
