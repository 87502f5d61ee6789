//! Two names, word by word.
use super::edit;
use crate::Agreement;
use crate::model::{NameWeights, Says};
use crate::read::name::{MOST_WORDS, Name};
use crate::read::word::Word;

/// A word of a name on record, with what it says by its place. It has no `Debug`.
#[derive(Clone, Copy, Default)]
pub(crate) struct Known {
    pub(crate) word: Word,
    pub(crate) marked: Says,
    pub(crate) plain: Says,
}

/// A name on record.
#[derive(Clone, Copy)]
pub(crate) struct KnownName {
    words: [Known; MOST_WORDS],
    count: usize,
}

impl Default for KnownName {
    fn default() -> Self {
        Self { words: [Known::default(); MOST_WORDS], count: 0 }
    }
}

impl KnownName {
    pub(crate) fn push(&mut self, word: Known) {
        if let Some(place) = self.words.get_mut(self.count).filter(|_| !word.word.is_empty()) {
            *place = word;
            self.count += 1;
        }
    }

    pub(crate) fn words(&self) -> &[Known] {
        self.words.get(..self.count).unwrap_or_default()
    }

    /// What a word says by its place: the last is the given name, the first the surname.
    fn says(&self, at: usize, is_marked: bool) -> i32 {
        let Some(known) = self.words().get(at) else { return 0 };
        let place = if at + 1 == self.count { 2 } else { usize::from(at > 0) };
        let says = if is_marked { &known.marked } else { &known.plain };
        says.get(place).copied().unwrap_or_default()
    }

    fn has_letters(&self, letters: &str) -> bool {
        let mut left = letters.bytes();
        for known in self.words() {
            let (word, count) = known.word.letters();
            for letter in word.iter().take(count) {
                if left.next() != Some(letter + b'a' - 1) {
                    return false;
                }
            }
        }
        left.next().is_none()
    }
}

/// How a name that was read agrees with one on record, and what that says.
pub(crate) fn compare(read: &Name, recorded: &KnownName, weights: &NameWeights) -> (Agreement, i32) {
    let (words, known) = (read.words(), recorded.words());
    let compared = if words.len() == known.len() { in_order(read, recorded, weights) } else { None };
    let compared = compared.or_else(|| run_together(read, recorded, weights));
    let compared = compared.or_else(|| some_missing(read, recorded, weights));
    let (agreement, says) = compared
        .or_else(|| reordered(read, recorded, weights))
        .unwrap_or_else(|| (Agreement::Different, differing(read, recorded, weights)));
    (agreement, says.clamp(weights.floor, weights.most))
}

/// How one word agrees.
pub(crate) fn word(read: Word, known: Word) -> Agreement {
    if read.marked == known.marked {
        Agreement::Same
    } else if read.plain == known.plain {
        if read.bears_marks() { Agreement::OtherMarks } else { Agreement::Unaccented }
    } else {
        let ((a, a_count), (b, b_count)) = (read.letters(), known.letters());
        let close = a_count.min(b_count) >= 2
            && edit::is_one(a.get(..a_count).unwrap_or_default(), b.get(..b_count).unwrap_or_default());
        if close { Agreement::Typing } else { Agreement::Different }
    }
}

/// What one word says.
fn weigh(agreement: Agreement, recorded: &KnownName, at: usize, weights: &NameWeights) -> i32 {
    match agreement {
        Agreement::Same => recorded.says(at, true),
        Agreement::Unaccented => recorded.says(at, false),
        Agreement::OtherMarks => recorded.says(at, false) + weights.other_marks,
        Agreement::Typing => weights.typing,
        _ => weights.different,
    }
}

fn in_order(read: &Name, recorded: &KnownName, weights: &NameWeights) -> Option<(Agreement, i32)> {
    let (mut says, mut worst, mut typed) = (0, Agreement::Same, 0);
    for (at, (a, b)) in read.words().iter().zip(recorded.words()).enumerate() {
        let mut agreement = word(*a, b.word);
        if agreement == Agreement::Different {
            return None;
        }
        // A word without marks beside words with marks has lost them.
        if agreement == Agreement::Unaccented && read.has_marks {
            agreement = Agreement::OtherMarks;
        }
        typed += usize::from(agreement == Agreement::Typing);
        says += weigh(agreement, recorded, at, weights);
        worst = worst.max(agreement);
    }
    let too_many = typed > 1 && typed * 2 > recorded.words().len();
    match worst {
        _ if too_many => None,
        Agreement::Same => Some((worst, says + weights.same)),
        Agreement::Unaccented => Some((worst, says + weights.unaccented)),
        _ => Some((worst, says)),
    }
}

/// Spaces are lost, or stand elsewhere.
fn run_together(read: &Name, recorded: &KnownName, weights: &NameWeights) -> Option<(Agreement, i32)> {
    if !recorded.has_letters(read.letters()) {
        return None;
    }
    let says: i32 = (0..recorded.words().len()).map(|at| recorded.says(at, false)).sum();
    let agreement = if read.has_marks { Agreement::OtherMarks } else { Agreement::Unaccented };
    Some((agreement, says + weights.unaccented))
}

/// One side lacks words that the other has, in the same order.
fn some_missing(read: &Name, recorded: &KnownName, weights: &NameWeights) -> Option<(Agreement, i32)> {
    let (words, known) = (read.words(), recorded.words());
    let missing = words.len().abs_diff(known.len());
    if words.len().min(known.len()) < 2 || missing == 0 || missing > 2 {
        return None;
    }
    let (mut says, mut typed) = (0, 0);
    let (mut at_read, mut at_known) = (0, 0);
    let reads_more = words.len() > known.len();
    while let (Some(a), Some(b)) = (words.get(at_read), known.get(at_known)) {
        let agreement = word(*a, b.word);
        let is_last = if reads_more { at_known + 1 == known.len() } else { at_read + 1 == words.len() };
        let left_over = (words.len() - at_read).abs_diff(known.len() - at_known);
        let fits = agreement != Agreement::Different && (agreement != Agreement::Typing || typed == 0);
        if fits && !(is_last && left_over > 0 && agreement == Agreement::Typing) {
            typed += usize::from(agreement == Agreement::Typing);
            says += weigh(agreement, recorded, at_known, weights);
            at_read += 1;
            at_known += 1;
        } else if reads_more {
            at_read += 1;
        } else {
            at_known += 1;
        }
    }
    let is_found = if reads_more { at_known == known.len() } else { at_read == words.len() };
    let missing = i32::try_from(missing).unwrap_or_default();
    // Clerks leave out middle names. Where the last word is lacking, the given names are two.
    let is_given_lacking = at_read < words.len() || at_known < known.len();
    let given = if is_given_lacking { weights.different } else { 0 };
    is_found.then_some((Agreement::Words, says + missing * weights.missing + given))
}

fn reordered(read: &Name, recorded: &KnownName, weights: &NameWeights) -> Option<(Agreement, i32)> {
    if read.words().len() != recorded.words().len() || read.words().len() < 2 {
        return None;
    }
    let mut taken = [false; MOST_WORDS];
    let mut says = weights.order;
    for a in read.words() {
        let mut free = recorded.words().iter().zip(&mut taken).enumerate().filter(|(_, (_, taken))| !**taken);
        let (at, (_, place)) = free.find(|(_, (known, _))| known.word.plain == a.plain)?;
        *place = true;
        says += recorded.says(at, false);
    }
    Some((Agreement::Words, says))
}

/// Words that are the same count for it all the same: brothers share a surname.
fn differing(read: &Name, recorded: &KnownName, weights: &NameWeights) -> i32 {
    let (words, known) = (read.words(), recorded.words());
    if words.len() != known.len() {
        return weights.floor;
    }
    words
        .iter()
        .zip(known)
        .enumerate()
        .map(|(at, (a, b))| weigh(word(*a, b.word), recorded, at, weights))
        .sum()
}
