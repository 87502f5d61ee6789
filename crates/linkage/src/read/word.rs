//! A word of a name in two integers, so that comparing words costs nothing.
use super::letter::Letter;

/// The longest word whose letters are kept; a longer one is kept as a hash.
pub(crate) const LONGEST: usize = 10;

/// Set in the forms of a word too long to be kept.
const HASHED: u64 = 1 << 63;

/// A word: its letters without marks, and with marks and tone. Spellings of one word (hòa, hoà; Lý, Lí) are equal.
/// Personal data; it has no `Debug`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Letters without marks, 5 bits each, the last lowest
    pub(crate) plain: u64,
    /// Letters with their quality, 6 bits each, then the tone in 3
    pub(crate) marked: u64,
}

impl Word {
    pub(crate) fn of(letters: &[Letter]) -> Self {
        let (mut plain, mut marked, mut tone) = (0_u64, 0_u64, 0_u8);
        for (at, letter) in letters.iter().enumerate() {
            let mut letter = *letter;
            if letter.tone > 0 {
                tone = letter.tone;
            }
            if at + 1 == letters.len() && is_foldable(letters) {
                letter = Letter { plain: 9, marked: 9, ..letter };
            }
            if at < LONGEST {
                plain = plain << 5 | u64::from(letter.plain);
                marked = marked << 6 | u64::from(letter.marked);
            } else {
                plain = mix(plain, letter.plain);
                marked = mix(marked, letter.marked);
            }
        }
        if letters.len() > LONGEST {
            return Self { plain: plain | HASHED, marked: mix(marked, tone) | HASHED };
        }
        Self { plain, marked: marked << 3 | u64::from(tone) }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.plain == 0
    }

    /// Its letters without marks, 1-26, and how many; none for a word that is too long.
    pub(crate) fn letters(self) -> ([u8; LONGEST], usize) {
        letters_of(self.plain)
    }

    /// Whether it bears any mark.
    pub(crate) fn bears_marks(self) -> bool {
        if self.marked & HASHED != 0 {
            return true;
        }
        let mut rest = self.marked >> 3;
        let mut any = self.marked & 7 != 0;
        while rest != 0 {
            any |= rest & 63 > 26;
            rest >>= 6;
        }
        any
    }
}

/// The letters of a plain form.
pub(crate) fn letters_of(plain: u64) -> ([u8; LONGEST], usize) {
    let mut letters = [0; LONGEST];
    if plain & HASHED != 0 {
        return (letters, 0);
    }
    let bits = 64 - plain.leading_zeros() as usize;
    let count = bits.div_ceil(5).min(LONGEST);
    let mut rest = plain;
    for place in letters.iter_mut().take(count).rev() {
        *place = u8::try_from(rest & 31).unwrap_or_default();
        rest >>= 5;
    }
    (letters, count)
}

/// A plain form of letters.
pub(crate) fn plain_of(letters: impl Iterator<Item = u8>) -> u64 {
    letters.fold(0, |plain, letter| plain << 5 | u64::from(letter))
}

fn mix(hash: u64, letter: u8) -> u64 {
    (hash ^ u64::from(letter)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23)
}

/// A final y after a consonant, or after qu, is written i as well (as in `citizen`).
fn is_foldable(word: &[Letter]) -> bool {
    const Q: u8 = 17;
    const U: u8 = 21;
    const Y: u8 = 25;
    match word {
        [.., q, u, y] if q.plain == Q && u.plain == U => y.plain == Y && y.marked == Y,
        [.., before, y] => y.plain == Y && y.marked == Y && !before.is_vowel(),
        _ => false,
    }
}
