//! Bytes that must not be shown.
use crate::KeyError;
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Characters of a secret that can be typed.
const TYPEABLE: usize = 52;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Secret bytes: wiped when dropped, compared in constant time, never shown by `Debug`.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Draws 256 random bits as 52 characters that a person can read and type: digits and lower-case letters without
    /// `i`, `l`, `o` and `u` (the alphabet of Crockford's base 32).
    pub fn draw_typeable() -> Result<Self, KeyError> {
        let mut bits = Zeroizing::new([0_u8; 33]);
        let random = bits.get_mut(..32).ok_or(KeyError::Crypto("draw a secret"))?;
        aws_lc_rs::rand::fill(random).map_err(|_| KeyError::Crypto("draw a secret"))?;
        let character = |at: usize| {
            let pair = u16::from_be_bytes([*bits.get(at * 5 / 8)?, *bits.get(at * 5 / 8 + 1).unwrap_or(&0)]);
            let index = (pair >> (11 - at * 5 % 8)) & 31;
            ALPHABET.get(usize::from(index)).copied()
        };
        // As long as it will be: a vector that grows leaves copies behind.
        let mut text = Zeroizing::new(Vec::with_capacity(TYPEABLE));
        text.extend((0..TYPEABLE).filter_map(character));
        Ok(Self(text))
    }

    /// The bytes, for the one place that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// As text, when it is UTF-8.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<Zeroizing<Vec<u8>>> for Secret {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_can_be_typed_has_256_bits_and_uses_its_whole_alphabet() {
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let secret = Secret::draw_typeable().unwrap();
            let text = secret.expose_str().unwrap();
            assert_eq!(text.len(), 52);
            assert!(text.bytes().all(|b| ALPHABET.contains(&b)), "{text}");
            // 52 characters are 260 bits; the last four are not drawn.
            let last = ALPHABET.iter().position(|b| *b == text.as_bytes()[51]).unwrap();
            assert_eq!(last % 16, 0);
            seen.extend(text.bytes());
            assert_ne!(secret, Secret::draw_typeable().unwrap());
        }
        assert_eq!(seen.len(), 32);
    }

    #[test]
    fn debug_does_not_show_it() {
        let secret = Secret::new(b"demo-secret-not-real".to_vec());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.expose_str(), Some("demo-secret-not-real"));
        assert_ne!(secret, Secret::new(b"demo-secret-not-reaL".to_vec()));
    }
}
