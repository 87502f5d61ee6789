//! The forms in which names are compared.
use super::FullName;
use super::letter::{self, Letter};
use std::fmt;

/// The comparable forms of a recorded name, made once when the record is read:
/// the marked form, in which spellings of one name are one text, and the unaccented form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NameForms {
    /// Marked form, then unaccented form: one allocation, for millions of them stay in memory.
    text: Box<str>,
    split: u16,
}

impl NameForms {
    /// The forms of a name.
    pub fn of(name: &FullName) -> Self {
        let (mut text, unaccented) = forms(name.whole());
        // A cleaned name has at most 120 characters, so its form is far shorter than 64 KiB.
        let split = u16::try_from(text.len()).unwrap_or(u16::MAX);
        text.push_str(&unaccented);
        Self { text: text.into_boxed_str(), split }
    }

    /// From the marked and the unaccented form of each word, in their order. Words whose forms are empty are left out.
    pub fn of_words<'a>(words: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let words = words.filter(|(marked, _)| !marked.is_empty());
        let length: usize =
            words.clone().map(|(marked, unaccented)| marked.len() + unaccented.len() + 2).sum();
        // To the byte, a space behind each word but the last: what is too long would be allocated anew.
        let mut text = String::with_capacity(length.saturating_sub(2));
        join(&mut text, words.clone().map(|(marked, _)| marked));
        let split = text.len();
        join(&mut text, words.map(|(_, unaccented)| unaccented));
        Self { text: text.into_boxed_str(), split: u16::try_from(split).unwrap_or(u16::MAX) }
    }

    /// Lower case, every tone as a digit behind its vowels, final `y` after a consonant as `i`.
    /// Personal data.
    pub fn marked(&self) -> &str {
        self.text.get(..usize::from(self.split)).unwrap_or_default()
    }

    /// Lower case without marks, words separated by one space, `y` as above. Personal data.
    pub fn unaccented(&self) -> &str {
        self.text.get(usize::from(self.split)..).unwrap_or_default()
    }

    /// The unaccented form without spaces. Personal data.
    pub fn joined(&self) -> String {
        self.unaccented().replace(' ', "")
    }
}

impl From<&FullName> for NameForms {
    fn from(name: &FullName) -> Self {
        Self::of(name)
    }
}

impl fmt::Debug for NameForms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameForms(…)")
    }
}

fn join<'a>(text: &mut String, words: impl Iterator<Item = &'a str>) {
    for (position, word) in words.enumerate() {
        if position > 0 {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// The marked and the unaccented form of a cleaned name.
pub(super) fn forms(name: &str) -> (String, String) {
    let mut marked = String::with_capacity(name.len() + 8);
    let mut unaccented = String::with_capacity(name.len());
    let mut word = Vec::with_capacity(8);
    let mut finish = |word: &mut Vec<Letter>| {
        if !word.is_empty() {
            if !unaccented.is_empty() {
                marked.push(' ');
                unaccented.push(' ');
            }
            fold_final_y(word);
            write_marked(word, &mut marked);
            unaccented.extend(word.iter().map(|l| l.plain));
            word.clear();
        }
    };
    letter::for_each(name, |l| if l.plain == ' ' { finish(&mut word) } else { word.push(l) });
    finish(&mut word);
    (marked, unaccented)
}

/// Lý and Lí, Quý and Quí are one name; Thúy and Thúi are not.
fn fold_final_y(word: &mut [Letter]) {
    let foldable = match word {
        [.., q, u, y] if q.plain == 'q' && u.plain == 'u' => y.plain == 'y',
        [.., before, y] => y.plain == 'y' && !letter::is_vowel(before.plain),
        _ => false,
    };
    if let Some(y) = word.last_mut().filter(|y| foldable && y.marked == 'y') {
        y.marked = 'i';
        y.plain = 'i';
    }
}

/// Writes the tone behind its run of vowels, so that hòa and hoà come out alike.
fn write_marked(word: &[Letter], out: &mut String) {
    let mut tones = String::new();
    for l in word {
        if !letter::is_vowel(l.marked) {
            out.push_str(&tones);
            tones.clear();
        }
        out.push(l.marked);
        if let Some(digit) = char::from_digit(l.tone.into(), 10).filter(|_| l.tone > 0) {
            tones.push(digit);
        }
    }
    out.push_str(&tones);
}
