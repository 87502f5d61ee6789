//! Names as they come: any case, composed or not, without marks, in a font's encoding, with keys of the typing method left in.
use super::letter::{Kind, Letter, kind, kinds};
use super::word::{LONGEST as LONGEST_WORD, Word};

/// More words than this are left out of the comparison.
pub(crate) const MOST_WORDS: usize = 8;

/// Letters that are compared where words run together.
pub(crate) const MOST_LETTERS: usize = 64;

/// A longer text is no name (as in `citizen`, in bytes).
const LONGEST: usize = 480;

/// A name as words. Personal data; it has no `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    words: [Word; MOST_WORDS],
    count: usize,
    /// All letters without marks and spaces, as ASCII
    letters: [u8; MOST_LETTERS],
    length: usize,
    /// Whether any word bears a mark
    pub(crate) has_marks: bool,
    /// Whether signs stood in it that names do not have
    pub(crate) is_odd: bool,
}

impl Default for Name {
    fn default() -> Self {
        let words = [Word::default(); MOST_WORDS];
        Self { words, count: 0, letters: [0; MOST_LETTERS], length: 0, has_marks: false, is_odd: false }
    }
}

impl Name {
    /// The words of a text as it stands.
    pub(crate) fn of(text: &str) -> Self {
        let mut name = Self::default();
        if text.len() > LONGEST {
            return Self { is_odd: true, ..name };
        }
        let kinds = kinds();
        let mut letters = [Letter::default(); 32];
        let mut count = 0;
        for c in text.chars() {
            match kind(kinds, c) {
                Kind::Letter(letter) => {
                    if let Some(place) = letters.get_mut(count) {
                        *place = letter;
                        count += 1;
                    }
                }
                Kind::Break => {
                    name.push(letters.get(..count).unwrap_or_default());
                    count = 0;
                }
                Kind::Tone(tone) => {
                    if let Some(last) = letters.get_mut(..count).and_then(<[_]>::last_mut) {
                        last.tone = tone;
                    }
                }
                Kind::Quality(quality) => {
                    if let Some(last) = letters.get_mut(..count).and_then(<[_]>::last_mut) {
                        *last = last.with_quality(quality);
                    }
                }
                Kind::Nothing => {}
                Kind::Odd => name.is_odd = true,
            }
        }
        name.push(letters.get(..count).unwrap_or_default());
        name
    }

    fn push(&mut self, letters: &[Letter]) {
        if letters.is_empty() {
            return;
        }
        let word = Word::of(letters);
        if letters.len() > LONGEST_WORD {
            for letter in letters {
                self.put(letter.plain);
            }
            self.add_word(word);
        } else {
            self.add(word);
        }
    }

    /// Adds a word of which the letters are kept.
    pub(crate) fn add(&mut self, word: Word) {
        let (letters, count) = word.letters();
        letters.iter().take(count).for_each(|letter| self.put(*letter));
        self.add_word(word);
    }

    fn put(&mut self, letter: u8) {
        if let Some(place) = self.letters.get_mut(self.length) {
            *place = letter + b'a' - 1;
            self.length += 1;
        }
    }

    fn add_word(&mut self, word: Word) {
        if let Some(place) = self.words.get_mut(self.count) {
            *place = word;
            self.count += 1;
            self.has_marks |= word.bears_marks();
        }
    }

    /// Its letters without marks and spaces, a-z.
    pub(crate) fn letters(&self) -> &str {
        self.letters.get(..self.length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    pub(crate) fn words(&self) -> &[Word] {
        self.words.get(..self.count).unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }
}
