//! Whether a text reads as Vietnamese: needed only to tell legacy encodings from Unicode.
use super::letter::{self, Letter};

const INITIALS: [&str; 28] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p",
    "ph", "q", "r", "s", "t", "th", "tr", "v", "x",
];

const NUCLEI: [&str; 63] = [
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây", "eo",
    "êu", "ia", "iê", "iêu", "iu", "oa", "oă", "oai", "oao", "oay", "oe", "oeo", "oi", "oo", "ôi", "ơi",
    "ua", "uâ", "uây", "ui", "uê", "uô", "uôi", "uơ", "uy", "uya", "uyê", "uyu", "ưa", "ưi", "ươ", "ươi",
    "ươu", "ưu", "yê", "yêu", "uai", "uao", "uay", "ue", "uă", "uơi", "ueo", "uêu",
];

const FINALS: [&str; 9] = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];

/// Whether every word is a Vietnamese syllable, or an initial.
pub(super) fn all_vietnamese(text: &str) -> bool {
    let mut good = true;
    let mut word: Vec<Letter> = Vec::with_capacity(8);
    letter::for_each(text, |l| {
        if l.plain == ' ' {
            good &= is_syllable(&word);
            word.clear();
        } else {
            word.push(l);
        }
    });
    good && is_syllable(&word)
}

fn is_syllable(word: &[Letter]) -> bool {
    if word.iter().filter(|l| l.tone > 0).count() > 1 {
        return false;
    }
    let text: String = word.iter().map(|l| l.marked).collect();
    if text.chars().count() <= 1 {
        return true;
    }
    let consonant = |c: char| !letter::is_vowel(c);
    let initial = text.split(letter::is_vowel).next().unwrap_or_default();
    let rest = text.get(initial.len()..).unwrap_or_default();
    let nucleus = rest.split(consonant).next().unwrap_or_default();
    let last = rest.get(nucleus.len()..).unwrap_or_default();
    let known = NUCLEI.contains(&nucleus)
        || initial == "g" && nucleus.strip_prefix('i').is_some_and(|n| NUCLEI.contains(&n));
    known && INITIALS.contains(&initial) && FINALS.contains(&last)
}
