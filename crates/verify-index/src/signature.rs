//! A hash of a name's letters, the same whether it is made of the text or of the syllables' numbers.
use std::fmt;

/// Hash of an unaccented name. Spaces do not count, and `y` counts as `i`, so that a name typed without spaces has the
/// signature of the name. Two names may share one (32 bits): compare the names themselves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signature(u32);

impl Signature {
    /// Of an unaccented form, as `NameForms::unaccented` and `ClaimedName::unaccented` give it.
    pub fn of(unaccented: &str) -> Self {
        Piece::of(unaccented).signature()
    }

    pub(crate) fn of_number(number: u32) -> Self {
        Self(number)
    }

    /// As a number, evenly spread over all 32 bits.
    pub fn as_u32(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(…)")
    }
}

/// A Mersenne prime: letters are the coefficients of a polynomial modulo this.
const PRIME: u64 = (1 << 61) - 1;
/// Where the polynomial is evaluated; any number would do.
const BASE: u64 = 0x1d3f_9a6b_52c4_87e5;

/// The hash of a piece of text, and what a hash before it is to be multiplied with.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    hash: u64,
    power: u64,
}

impl Piece {
    pub(crate) const EMPTY: Self = Self { hash: 0, power: 1 };

    pub(crate) fn of(text: &str) -> Self {
        let letters = text.bytes().filter(|byte| *byte != b' ');
        letters.fold(Self::EMPTY, |piece, byte| {
            let byte = if byte == b'y' { b'i' } else { byte };
            piece.then(Self { hash: u64::from(byte), power: BASE })
        })
    }

    /// The piece of this text with another one behind it.
    pub(crate) fn then(self, next: Self) -> Self {
        let hash = multiply(self.hash, next.power) + next.hash;
        let hash = if hash >= PRIME { hash - PRIME } else { hash };
        Self { hash, power: multiply(self.power, next.power) }
    }

    pub(crate) fn signature(self) -> Signature {
        // The finaliser of SplitMix64: neighbours come out far apart.
        let mixed = (self.hash ^ self.hash >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Signature(u32::try_from(mixed >> 32).unwrap_or_default())
    }
}

fn multiply(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    let low = u64::try_from(product & u128::from(PRIME)).unwrap_or_default();
    let sum = low + u64::try_from(product >> 61).unwrap_or_default();
    if sum >= PRIME { sum - PRIME } else { sum }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_make_the_whole(words in prop::collection::vec("[a-z]{0,7}", 0..6)) {
            let pieces = words.iter().fold(Piece::EMPTY, |piece, word| piece.then(Piece::of(word)));
            prop_assert_eq!(pieces.signature(), Signature::of(&words.join(" ")));
            prop_assert_eq!(pieces.signature(), Signature::of(&words.concat()));
        }

        #[test]
        fn other_letters_have_another_signature(a in "[a-x]{1,20}", b in "[a-x]{1,20}") {
            prop_assert_eq!(a == b, Signature::of(&a) == Signature::of(&b));
        }
    }

    #[test]
    fn y_counts_as_i() {
        assert_eq!(Signature::of("ly an"), Signature::of("lian"));
        assert_ne!(Signature::of("ly an"), Signature::of("an ly"));
    }
}
