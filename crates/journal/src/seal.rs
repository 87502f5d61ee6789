//! Personal parts: committed to in the entry, sealed beside it, erasable without touching the entry.
use crate::encode::definite;
use crate::{JournalError, Part, Personal};
use aws_lc_rs::{digest, rand};
use dancu_keys::{KeyRing, Place};
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::Encoder;
use std::collections::BTreeMap;

/// What the entry holds of each personal part: `SHA-256(CBOR [label, salt, value])`.
pub(crate) type Commitments = BTreeMap<Part, [u8; 32]>;

const SALT: usize = 16;
const TABLE: &str = "journal_entry";

/// One random salt per personal part, drawn once per draft, so that a transaction that runs twice writes the same.
#[derive(Clone)]
pub(crate) struct Salts([[u8; SALT]; Part::ALL.len()]);

impl Salts {
    pub(crate) fn draw() -> Result<Self, JournalError> {
        let mut salts = [[0; SALT]; Part::ALL.len()];
        rand::fill(salts.as_flattened_mut()).map_err(|_| JournalError::Internal("no randomness"))?;
        Ok(Self(salts))
    }

    #[cfg(test)]
    pub(crate) fn fixed(byte: u8) -> Self {
        Self([[byte; SALT]; Part::ALL.len()])
    }

    /// The parts that have a value, each with its salt.
    fn parts<'a>(&'a self, personal: &'a Personal) -> impl Iterator<Item = (Part, &'a [u8; SALT], &'a str)> {
        let parts = Part::ALL.into_iter().zip(&self.0);
        parts.filter_map(|(part, salt)| Some((part, salt, personal.get(part)?)))
    }
}

/// The commitments of an entry.
pub(crate) fn commit(personal: &Personal, salts: &Salts) -> Result<Commitments, JournalError> {
    salts.parts(personal).map(|(part, salt, value)| Ok((part, commitment(part, salt, value)?))).collect()
}

/// The `sealed` column: a map from the part's label to salt and value, sealed for this part of this entry.
pub(crate) fn seal(
    ring: &KeyRing,
    index: u64,
    personal: &Personal,
    salts: &Salts,
) -> Result<Vec<u8>, JournalError> {
    let row = index.to_be_bytes();
    let mut out = Encoder::new(Vec::with_capacity(512));
    write(out.map(salts.parts(personal).count() as u64))?;
    for (part, salt, value) in salts.parts(personal) {
        let plain = [salt.as_slice(), value.as_bytes()].concat();
        let sealed = ring.seal(Place { table: TABLE, row: &row, field: part.name() }, &plain)?;
        write(out.u8(part.label()))?;
        write(out.bytes(&sealed))?;
    }
    Ok(out.into_writer())
}

/// Opens the `sealed` column against the commitments of its entry. Gives the values, and the parts that were erased.
pub(crate) fn open(
    ring: &KeyRing,
    index: u64,
    sealed: &[u8],
    commitments: &Commitments,
) -> Result<(Personal, Vec<Part>), JournalError> {
    let corrupt = |what| JournalError::Corrupt { index, what };
    let sealed = read_sealed(sealed).map_err(|_| corrupt("the sealed parts do not read"))?;
    if sealed.keys().any(|part| !commitments.contains_key(part)) {
        return Err(corrupt("a sealed part has no commitment"));
    }
    let mut personal = Personal::default();
    let mut erased = Vec::new();
    for (part, commitment_held) in commitments {
        let Some(sealed) = sealed.get(part) else {
            erased.push(*part);
            continue;
        };
        let place = Place { table: TABLE, row: &index.to_be_bytes(), field: part.name() };
        let plain = ring.open(place, sealed)?;
        let (salt, value) =
            plain.split_first_chunk::<SALT>().ok_or_else(|| corrupt("a sealed part is too short"))?;
        let value = std::str::from_utf8(value).map_err(|_| corrupt("a sealed part is not text"))?;
        if commitment(*part, salt, value)? != *commitment_held {
            return Err(corrupt("a sealed part is not what the entry commits to"));
        }
        personal.set(*part, value.to_owned());
    }
    Ok((personal, erased))
}

fn commitment(part: Part, salt: &[u8; SALT], value: &str) -> Result<[u8; 32], JournalError> {
    let mut out = Encoder::new(Vec::with_capacity(value.len() + SALT + 8));
    write(out.array(3))?;
    write(out.u8(part.label()))?;
    write(out.bytes(salt))?;
    write(out.str(value))?;
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, out.writer()).as_ref());
    Ok(hash)
}

fn read_sealed(bytes: &[u8]) -> Result<BTreeMap<Part, &[u8]>, DecodeError> {
    let mut from = Decoder::new(bytes);
    let mut sealed = BTreeMap::new();
    for _ in 0..definite(from.map()?)? {
        sealed.insert(read_part(&mut from)?, from.bytes()?);
    }
    Ok(sealed)
}

pub(crate) fn read_part(from: &mut Decoder<'_>) -> Result<Part, DecodeError> {
    Part::from_label(from.u8()?).ok_or_else(|| DecodeError::message("unknown part"))
}

fn write<T, E>(result: Result<T, E>) -> Result<(), JournalError> {
    result.map(drop).map_err(|_| JournalError::Internal("part not encoded"))
}
