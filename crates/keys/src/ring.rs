//! Sealing of fields at rest, and keyed hashes to find them by.
use crate::{KeyError, Secret};
use arc_swap::ArcSwap;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where a sealed value stands. A value moved to another place does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table; a name without NUL
    pub table: &'a str,
    /// Key of the row
    pub row: &'a [u8],
    /// Column or field; a name without NUL
    pub field: &'a str,
}

/// Why a value does not seal or open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Too short, or not a sealed value
    #[error("not a sealed value")]
    Form,
    /// Sealed under a key that this ring does not hold
    #[error("sealed under key {0}, which is not in the key folder")]
    UnknownKey(u16),
    /// Changed, or moved from another place
    #[error("sealed value was altered or moved")]
    Altered,
    /// The cryptographic library refused
    #[error("the cryptographic library refused")]
    Crypto,
}

/// First byte of a sealed value: AES-256-GCM-SIV (RFC 8452), then key number (2 bytes), nonce (12), ciphertext, tag (16).
const FORM: u8 = 1;
const HEAD: usize = 3;
const TAG: usize = 16;

/// The keys that seal fields, one of them current, and the key of the keyed hashes. Cheap to clone; clones share
/// their keys, so that a rotation reaches every holder at once.
///
/// AES-GCM-SIV with random nonces: a repeated nonce shows only whether two plaintexts of one place are equal, and
/// 2^48 values may be sealed under one key (RFC 8452, section 9, gives more for short messages).
#[derive(Clone)]
pub struct KeyRing {
    sealing: Arc<ArcSwap<Sealing>>,
    hashing: hmac::Key,
}

#[derive(Clone)]
struct Sealing {
    current: u16,
    /// Few keys: a scan is faster than a map.
    keys: Vec<(u16, Arc<LessSafeKey>)>,
}

impl Sealing {
    fn key(&self, number: u16) -> Option<&LessSafeKey> {
        self.keys.iter().find(|(n, _)| *n == number).map(|(_, key)| &**key)
    }
}

impl KeyRing {
    /// Bytes that sealing adds.
    pub const OVERHEAD: usize = HEAD + NONCE_LEN + TAG;

    /// A ring of one sealing key of 32 bytes, number 1, and a hashing key of 32 bytes.
    pub fn new(sealing: &Secret, hashing: &Secret) -> Result<Self, KeyError> {
        Self::numbered(1, sealing, hashing)
    }

    pub(crate) fn numbered(number: u16, sealing: &Secret, hashing: &Secret) -> Result<Self, KeyError> {
        let sealing = Sealing { current: number, keys: vec![(number, cipher(sealing)?)] };
        if hashing.expose().len() != 32 {
            return Err(KeyError::Crypto("use a hashing key that is not of 32 bytes"));
        }
        let hashing = hmac::Key::new(hmac::HMAC_SHA256, hashing.expose());
        Ok(Self { sealing: Arc::new(ArcSwap::from_pointee(sealing)), hashing })
    }

    /// Adds a key (or replaces the one of this number). It seals nothing until it is current.
    pub fn add_key(&self, number: u16, key: &Secret) -> Result<(), KeyError> {
        let key = cipher(key)?;
        self.sealing.rcu(|old| {
            let mut new = Sealing::clone(old);
            new.keys.retain(|(n, _)| *n != number);
            new.keys.push((number, Arc::clone(&key)));
            new
        });
        Ok(())
    }

    /// Makes this key the one that seals.
    pub fn set_current(&self, number: u16) -> Result<(), KeyError> {
        if self.sealing.load().key(number).is_none() {
            return Err(KeyError::UnknownKey(number));
        }
        self.sealing.rcu(|old| Sealing { current: number, keys: old.keys.clone() });
        Ok(())
    }

    /// Number of the key that seals.
    pub fn current(&self) -> u16 {
        self.sealing.load().current
    }

    /// Seals a value for its place under the current key.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let sealing = self.sealing.load();
        let key = sealing.key(sealing.current).ok_or(SealError::UnknownKey(sealing.current))?;
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| SealError::Crypto)?;

        let mut sealed = Vec::with_capacity(plain.len() + Self::OVERHEAD);
        sealed.push(FORM);
        sealed.extend_from_slice(&sealing.current.to_be_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(HEAD + NONCE_LEN..).ok_or(SealError::Crypto)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = key
            .seal_in_place_separate_tag(nonce, associated(FORM, place), body)
            .map_err(|_| SealError::Crypto)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens a value sealed for this place, under whichever key sealed it.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = Zeroizing::new(Vec::new());
        self.open_into(place, sealed, &mut plain)?;
        Ok(plain)
    }

    /// As [`open`](Self::open), into a buffer that a loop uses again; what it held is dropped.
    pub fn open_into(&self, place: Place<'_>, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), SealError> {
        let (number, rest) = key_number(sealed)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Form)?;
        let (body, tag) = body.split_last_chunk::<TAG>().ok_or(SealError::Form)?;
        let sealing = self.sealing.load();
        let key = sealing.key(number).ok_or(SealError::UnknownKey(number))?;
        plain.clear();
        plain.resize(body.len(), 0);
        key.open_separate_gather(
            Nonce::assume_unique_for_key(*nonce),
            associated(FORM, place),
            body,
            tag,
            plain,
        )
        .map_err(|_| SealError::Altered)
    }

    /// Whether the value is sealed under the current key.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        key_number(sealed).is_ok_and(|(number, _)| number == self.current())
    }

    /// First 16 bytes of HMAC-SHA256 under the hashing key, to find a value by without storing it. The label keeps
    /// hashes of one use from being compared with those of another. The hashing key stays when sealing keys rotate.
    pub fn keyed_hash(&self, label: &str, value: &[u8]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.hashing);
        context.update(&(label.len() as u64).to_be_bytes());
        context.update(label.as_bytes());
        context.update(value);
        let mut hash = [0; 16];
        if let Some(head) = context.sign().as_ref().first_chunk::<16>() {
            hash = *head;
        }
        hash
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing").field("current", &self.current()).finish_non_exhaustive()
    }
}

fn cipher(key: &Secret) -> Result<Arc<LessSafeKey>, KeyError> {
    let key = UnboundKey::new(&AES_256_GCM_SIV, key.expose());
    Ok(Arc::new(LessSafeKey::new(
        key.map_err(|_| KeyError::Crypto("use a sealing key that is not of 32 bytes"))?,
    )))
}

fn key_number(sealed: &[u8]) -> Result<(u16, &[u8]), SealError> {
    match sealed {
        [FORM, high, low, rest @ ..] => Ok((u16::from_be_bytes([*high, *low]), rest)),
        _ => Err(SealError::Form),
    }
}

/// What a sealed value is bound to. Table and field hold no NUL and the row comes last, so no two places read alike.
pub(crate) fn associated(form: u8, place: Place<'_>) -> Aad<Vec<u8>> {
    let mut bytes = Vec::with_capacity(place.table.len() + place.field.len() + place.row.len() + 3);
    bytes.push(form);
    bytes.extend_from_slice(place.table.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(place.field.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(place.row);
    Aad::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ring() -> KeyRing {
        KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
    }

    const PLACE: Place<'static> = Place { table: "person", row: &[7, 8], field: "name" };

    proptest! {
        #[test]
        fn opens_what_it_sealed(plain: Vec<u8>, table in "[a-z]{1,9}", field in "[a-z]{1,9}", row: Vec<u8>) {
            let ring = ring();
            let place = Place { table: &table, row: &row, field: &field };
            let sealed = ring.seal(place, &plain).unwrap();
            prop_assert_eq!(sealed.len(), plain.len() + KeyRing::OVERHEAD);
            prop_assert_eq!(&*ring.open(place, &sealed).unwrap(), &plain);
        }

        #[test]
        fn any_changed_bit_is_noticed(plain: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
            let mut sealed = ring().seal(PLACE, &plain).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(ring().open(PLACE, &sealed).is_err());
        }

        #[test]
        fn garbage_is_refused(bytes: Vec<u8>) {
            prop_assert!(ring().open(PLACE, &bytes).is_err());
        }
    }

    #[test]
    fn a_moved_value_does_not_open() {
        let ring = ring();
        let sealed = ring.seal(PLACE, b"x").unwrap();
        for moved in [
            Place { table: "other", ..PLACE },
            Place { row: &[7, 9], ..PLACE },
            Place { field: "sex", ..PLACE },
            Place { table: "personn", field: "ame", ..PLACE },
        ] {
            assert_eq!(ring.open(moved, &sealed).unwrap_err(), SealError::Altered);
        }
    }

    #[test]
    fn rotation_reaches_clones_and_old_values_still_open() {
        let ring = ring();
        let holder = ring.clone();
        let old = ring.seal(PLACE, b"x").unwrap();
        assert!(ring.set_current(2).is_err());
        ring.add_key(2, &Secret::new([3; 32])).unwrap();
        assert!(holder.is_current(&old), "an added key seals nothing yet");
        ring.set_current(2).unwrap();
        assert!(!holder.is_current(&old));
        assert_eq!(&**holder.open(PLACE, &old).unwrap(), b"x");
        let new = holder.seal(PLACE, b"x").unwrap();
        assert!(ring.is_current(&new));
        assert_eq!(self::ring().open(PLACE, &new).unwrap_err(), SealError::UnknownKey(2));
    }

    #[test]
    fn keyed_hashes_depend_on_label_and_key() {
        let hash = ring().keyed_hash("a", b"bc");
        assert_eq!(hash, ring().keyed_hash("a", b"bc"));
        assert_ne!(hash, ring().keyed_hash("ab", b"c"));
        let other = KeyRing::new(&Secret::new([1; 32]), &Secret::new([3; 32])).unwrap();
        assert_ne!(hash, other.keyed_hash("a", b"bc"));
    }
}
