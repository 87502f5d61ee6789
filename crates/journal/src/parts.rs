//! Personal parts: committed to in the entry, sealed beside it, erasable without touching the entry.
//!
//! A part's commitment is `SHA-256(CBOR [label, salt, value])`; the entry holds `SHA-256(CBOR {label: commitment, …})`,
//! the root. All salts come from one seed. Sealed is one piece, bound to the root: CBOR `[seed, {label: value, …}]`, or,
//! once something is erased, `[null, {label: [salt, value] or commitment, …}]`.
use crate::encode::definite;
use crate::{JournalError, Part, Personal};
use aws_lc_rs::{digest, rand};
use dancu_keys::{PieceKey, Place};
use dancu_tlog::Hash;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::Encoder;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

const SALT: usize = 16;

/// Random bytes, one draw per entry, out of which each part gets a salt of its own.
pub(crate) struct Seed(Zeroizing<[u8; SALT]>);

impl Seed {
    pub(crate) fn draw() -> Result<Self, JournalError> {
        let mut seed = Zeroizing::new([0; SALT]);
        rand::fill(seed.as_mut_slice()).map_err(|_| JournalError::Internal("no randomness"))?;
        Ok(Self(seed))
    }

    #[cfg(test)]
    pub(crate) fn fixed(byte: u8) -> Self {
        Self(Zeroizing::new([byte; SALT]))
    }

    /// The first 16 bytes of `SHA-256(seed || label)`.
    fn salt(&self, part: Part) -> [u8; SALT] {
        let mut input = [0; SALT + 1];
        let (head, tail) = input.split_at_mut(SALT);
        head.copy_from_slice(self.0.as_slice());
        tail.fill(part.label());
        let mut salt = [0; SALT];
        for (to, from) in salt.iter_mut().zip(sha256(&input)) {
            *to = from;
        }
        salt
    }
}

/// A part as an entry's reader finds it. `Debug` does not show the value.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened {
    /// It is there, with the salt that opens its commitment
    Value {
        /// 16 random bytes of its own
        salt: [u8; SALT],
        /// What the part says
        value: String,
    },
    /// It was erased; its commitment stays
    Erased(Hash),
}

impl Opened {
    /// `SHA-256(CBOR [label, salt, value])`
    pub fn commitment(&self, part: Part) -> Result<Hash, JournalError> {
        match self {
            Self::Value { salt, value } => commitment(&mut Vec::new(), part, salt, value),
            Self::Erased(commitment) => Ok(*commitment),
        }
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value { .. } => "Value(…)",
            Self::Erased(_) => "Erased",
        })
    }
}

/// The personal parts that an entry has.
pub type Opening = BTreeMap<Part, Opened>;

/// Root of the parts, and the parts sealed.
pub(crate) struct Sealed {
    pub(crate) root: Hash,
    pub(crate) piece: Vec<u8>,
}

/// Commits to the parts and seals them.
pub(crate) fn seal(key: &PieceKey, personal: &Personal, seed: &Seed) -> Result<Sealed, JournalError> {
    let stated = || Part::ALL.iter().filter_map(|part| Some((*part, personal.get(*part)?)));
    let count = stated().count() as u64;
    let mut plaintext = Zeroizing::new(Vec::with_capacity(256));
    let mut plain = Encoder::new(&mut *plaintext);
    let mut tree = Encoder::new(Vec::with_capacity(320));
    let mut scratch = Zeroizing::new(Vec::with_capacity(128));
    written(plain.array(2).and_then(|out| out.bytes(seed.0.as_slice())?.map(count)))?;
    written(tree.map(count))?;
    for (part, value) in stated() {
        let commitment = commitment(&mut scratch, part, &seed.salt(part), value)?;
        written(tree.u8(part.label()).and_then(|out| out.bytes(&commitment)))?;
        written(plain.u8(part.label()).and_then(|out| out.str(value)))?;
    }
    let root = sha256(tree.writer());
    let piece = key.seal(place(&root), &plaintext)?;
    Ok(Sealed { root, piece })
}

/// Seals parts of which some were erased, under the root that they had before.
pub(crate) fn reseal(key: &PieceKey, root: &Hash, opening: &Opening) -> Result<Vec<u8>, JournalError> {
    let mut plaintext = Zeroizing::new(Vec::with_capacity(256));
    let mut plain = Encoder::new(&mut *plaintext);
    written(plain.array(2).and_then(|out| out.null()?.map(opening.len() as u64)))?;
    for (part, opened) in opening {
        written(plain.u8(part.label()))?;
        match opened {
            Opened::Value { salt, value } => {
                written(plain.array(2).and_then(|out| out.bytes(salt)?.str(value)))?;
            }
            Opened::Erased(commitment) => written(plain.bytes(commitment))?,
        }
    }
    Ok(key.seal(place(root), &plaintext)?)
}

/// Opens a sealed piece and checks it against the root; says what does not fit.
pub(crate) fn open(key: &PieceKey, root: &Hash, piece: &[u8]) -> Result<Opening, Refused> {
    let plain = key.open(place(root), piece).map_err(|_| Refused("the sealed parts do not open"))?;
    let opening = read(&plain).map_err(|_| Refused("the sealed parts do not read"))?;
    let fits = root_of(&opening).is_ok_and(|of| of == *root);
    if fits { Ok(opening) } else { Err(Refused("the sealed parts are not what the entry commits to")) }
}

/// The values of a sealed piece, without their commitments: it opens under this root only, and who could seal another one
/// holds the key.
pub(crate) fn tell(key: &PieceKey, root: &Hash, piece: &[u8]) -> Result<Personal, Refused> {
    let plain = key.open(place(root), piece).map_err(|_| Refused("the sealed parts do not open"))?;
    told(&plain).map_err(|_| Refused("the sealed parts do not read"))
}

/// Why a piece is not taken.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) &'static str);

/// The hash under label 25.
pub(crate) fn root_of(opening: &Opening) -> Result<Hash, JournalError> {
    let mut tree = Encoder::new(Vec::with_capacity(320));
    written(tree.map(opening.len() as u64))?;
    for (part, opened) in opening {
        let commitment = opened.commitment(*part)?;
        written(tree.u8(part.label()).and_then(|out| out.bytes(&commitment)))?;
    }
    Ok(sha256(tree.writer()))
}

fn commitment(
    scratch: &mut Vec<u8>,
    part: Part,
    salt: &[u8; SALT],
    value: &str,
) -> Result<Hash, JournalError> {
    scratch.clear();
    let mut out = Encoder::new(&mut *scratch);
    written(out.array(3).and_then(|out| out.u8(part.label())?.bytes(salt)?.str(value)))?;
    Ok(sha256(scratch))
}

fn read(plain: &[u8]) -> Result<Opening, DecodeError> {
    let wrong = DecodeError::message;
    let mut from = Decoder::new(plain);
    if definite(from.array()?)? != 2 {
        return Err(wrong("not two"));
    }
    let seed = if from.datatype()? == Type::Null {
        from.null()?;
        None
    } else {
        Some(Seed(Zeroizing::new(array(&mut from)?)))
    };
    let mut opening = Opening::new();
    for _ in 0..definite(from.map()?)? {
        let part = Part::from_label(from.u8()?).ok_or_else(|| wrong("unknown part"))?;
        let opened = match (&seed, from.datatype()?) {
            (Some(seed), _) => Opened::Value { salt: seed.salt(part), value: from.str()?.to_owned() },
            (None, Type::Bytes) => Opened::Erased(array(&mut from)?),
            (None, _) if definite(from.array()?)? == 2 => {
                Opened::Value { salt: array(&mut from)?, value: from.str()?.to_owned() }
            }
            (None, _) => return Err(wrong("not salt and value")),
        };
        opening.insert(part, opened);
    }
    if from.position() == plain.len() { Ok(opening) } else { Err(wrong("bytes after the parts")) }
}

/// As [`read`], the values alone.
fn told(plain: &[u8]) -> Result<Personal, DecodeError> {
    let wrong = DecodeError::message;
    let mut from = Decoder::new(plain);
    if definite(from.array()?)? != 2 {
        return Err(wrong("not two"));
    }
    // A seed or null: salts are of no use here.
    from.skip()?;
    let mut personal = Personal::default();
    for _ in 0..definite(from.map()?)? {
        let part = Part::from_label(from.u8()?).ok_or_else(|| wrong("unknown part"))?;
        match from.datatype()? {
            Type::Bytes => {
                from.bytes()?;
            }
            Type::String => personal.set(part, from.str()?.to_owned()),
            _ if definite(from.array()?)? == 2 => {
                from.bytes()?;
                personal.set(part, from.str()?.to_owned());
            }
            _ => return Err(wrong("not salt and value")),
        }
    }
    if from.position() == plain.len() { Ok(personal) } else { Err(wrong("bytes after the parts")) }
}

fn array<const N: usize>(from: &mut Decoder<'_>) -> Result<[u8; N], DecodeError> {
    from.bytes()?.try_into().map_err(|_| DecodeError::message("wrong length"))
}

fn place(root: &Hash) -> Place<'_> {
    Place { table: "journal", row: root, field: "parts" }
}

fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn written<T, E>(result: Result<T, E>) -> Result<(), JournalError> {
    result.map(drop).map_err(|_| JournalError::Internal("part not encoded"))
}

#[cfg(test)]
#[path = "parts_tests.rs"]
mod tests;
