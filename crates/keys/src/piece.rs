//! Keys for many small values, each sealed once for a place that is known to be its own.
use crate::ring::associated;
use crate::{KeyError, Place, SealError, Secret};
use aws_lc_rs::aead::{AES_256_GCM_SIV, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, rand};
use zeroize::Zeroizing;

/// First byte of a sealed piece: AES-256-GCM-SIV (RFC 8452), then ciphertext and tag (16 bytes).
const FORM: u8 = 2;
const TAG: usize = 16;

/// A key that seals with 17 bytes of overhead: neither its number nor a nonce is stored, because whoever opens a piece
/// knows both from its place.
///
/// The nonce is the beginning of the hash of the place. AES-GCM-SIV bears a nonce that comes twice (RFC 8452,
/// section 9): who sees both values learns whether they are equal, and nothing else. So a place should hold one value,
/// or few that are meant to replace each other.
pub struct PieceKey(LessSafeKey);

impl PieceKey {
    /// Bytes that sealing adds.
    pub const OVERHEAD: usize = 1 + TAG;

    /// A key of 32 bytes.
    pub fn new(key: &Secret) -> Result<Self, KeyError> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key.expose());
        Ok(Self(LessSafeKey::new(
            key.map_err(|_| KeyError::Crypto("use a sealing key that is not of 32 bytes"))?,
        )))
    }

    /// Draws the bytes of a new key.
    pub fn draw() -> Result<Secret, KeyError> {
        let mut key = Zeroizing::new(vec![0; 32]);
        rand::fill(&mut key).map_err(|_| KeyError::Crypto("give random bytes"))?;
        Ok(key.into())
    }

    /// Seals a value for its place.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let place = associated(FORM, place);
        let mut sealed = Vec::with_capacity(plain.len() + Self::OVERHEAD);
        sealed.push(FORM);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(1..).ok_or(SealError::Crypto)?;
        let tag = self.0.seal_in_place_separate_tag(nonce(place.as_ref()), place, body);
        sealed.extend_from_slice(tag.map_err(|_| SealError::Crypto)?.as_ref());
        Ok(sealed)
    }

    /// Opens a value at its place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let [FORM, body @ ..] = sealed else { return Err(SealError::Form) };
        let (body, tag) = body.split_last_chunk::<TAG>().ok_or(SealError::Form)?;
        let place = associated(FORM, place);
        let mut plain = Zeroizing::new(vec![0; body.len()]);
        let opened = self.0.open_separate_gather(nonce(place.as_ref()), place, body, tag, &mut plain);
        opened.map_err(|_| SealError::Altered)?;
        Ok(plain)
    }
}

fn nonce(place: &[u8]) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    for (to, from) in nonce.iter_mut().zip(digest::digest(&digest::SHA256, place).as_ref()) {
        *to = *from;
    }
    Nonce::assume_unique_for_key(nonce)
}

impl std::fmt::Debug for PieceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PieceKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(byte: u8) -> PieceKey {
        PieceKey::new(&Secret::new([byte; 32])).unwrap()
    }

    const PLACE: Place<'static> = Place { table: "journal", row: &[7; 32], field: "parts" };

    proptest! {
        #[test]
        fn opens_what_it_sealed(plain: Vec<u8>, row: Vec<u8>) {
            let place = Place { row: &row, ..PLACE };
            let sealed = key(1).seal(place, &plain).unwrap();
            prop_assert_eq!(sealed.len(), plain.len() + PieceKey::OVERHEAD);
            prop_assert_eq!(&*key(1).open(place, &sealed).unwrap(), &plain);
            prop_assert_eq!(key(2).open(place, &sealed).unwrap_err(), SealError::Altered);
        }

        #[test]
        fn any_changed_bit_is_noticed(plain: Vec<u8>, at: prop::sample::Index, bit in 0_u8..8) {
            let mut sealed = key(1).seal(PLACE, &plain).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(key(1).open(PLACE, &sealed).is_err());
        }

        #[test]
        fn garbage_is_refused(bytes: Vec<u8>) {
            prop_assert!(key(1).open(PLACE, &bytes).is_err());
        }
    }

    #[test]
    fn a_moved_value_does_not_open() {
        let sealed = key(1).seal(PLACE, b"x").unwrap();
        for moved in [
            Place { table: "other", ..PLACE },
            Place { row: &[8; 32], ..PLACE },
            Place { field: "sex", ..PLACE },
        ] {
            assert_eq!(key(1).open(moved, &sealed).unwrap_err(), SealError::Altered);
        }
        assert_ne!(sealed, key(1).seal(Place { row: &[8; 32], ..PLACE }, b"x").unwrap());
    }

    #[test]
    fn keys_that_are_drawn_differ_and_are_not_shown() {
        assert_ne!(PieceKey::draw().unwrap(), PieceKey::draw().unwrap());
        assert!(PieceKey::new(&Secret::new([1; 16])).is_err());
        assert_eq!(format!("{:?}", key(1)), "PieceKey(…)");
    }
}
