//! How far a claimed name agrees with a recorded one.
use super::{ClaimedName, NameForms, letter};

/// How far two names agree, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameAgreement {
    /// The same name, spelling habits aside
    Equal,
    /// The claim bears no marks, and without marks the names are the same
    Unaccented,
    /// The same letters, but the claim bears other marks than the record
    MarksDiffer,
    /// One letter added, dropped, replaced, or two neighbours swapped
    SmallEdit,
    /// Different names
    Different,
}

/// A name shorter than this is another name after any edit.
const SHORTEST_EDITED: usize = 5;

/// Compares without allocating.
pub(crate) fn agreement(claim: &ClaimedName, record: &NameForms) -> NameAgreement {
    let spaced = claim.unaccented() == record.unaccented();
    if spaced || same_without_some_spaces(claim.unaccented(), record.unaccented()) {
        let same_marks = if spaced {
            claim.marked() == record.marked()
        } else {
            letters_without_spaces(claim.marked(), record.marked())
                && tones(claim.marked()).eq(tones(record.marked()))
        };
        return match (same_marks, claim.has_marks()) {
            (true, _) => NameAgreement::Equal,
            (false, false) => NameAgreement::Unaccented,
            (false, true) => NameAgreement::MarksDiffer,
        };
    }
    let close = if claim.unaccented().contains(' ') {
        one_edit(&claim.unaccented().chars(), &record.unaccented().chars())
    } else {
        one_edit(&claim.unaccented().chars(), &record.unaccented().chars().filter(|c| *c != ' '))
    };
    if close { NameAgreement::SmallEdit } else { NameAgreement::Different }
}

/// A claim may leave spaces out; it may not put them elsewhere.
fn same_without_some_spaces(claim: &str, record: &str) -> bool {
    claim.len() < record.len() && walk(claim.chars(), record.chars())
}

/// The same for marked forms, tones left aside: where words run together a tone may come out behind the
/// vowels of the next word.
fn letters_without_spaces(claim: &str, record: &str) -> bool {
    let letters = |c: &char| !c.is_ascii_digit();
    walk(claim.chars().filter(letters), record.chars().filter(letters))
}

fn tones(marked: &str) -> impl Iterator<Item = char> {
    marked.chars().filter(char::is_ascii_digit)
}

fn walk(mut claim: impl Iterator<Item = char>, record: impl Iterator<Item = char>) -> bool {
    let mut before = (' ', ' ');
    let mut next = claim.next();
    for r in record {
        match next {
            Some(c) if c == r || same_i(before, c, r) => {
                before = (before.1, c);
                next = claim.next();
            }
            _ if r == ' ' => {}
            _ => return false,
        }
    }
    next.is_none()
}

/// A final `y` after a consonant is written `i` in both forms; where words run together it is not the same
/// letters that are final and follow a consonant.
fn same_i(before: (char, char), claim: char, record: char) -> bool {
    matches!((claim, record), ('y', 'i') | ('i', 'y'))
        && (!letter::is_vowel(before.1) || before == ('q', 'u'))
}

/// Whether one insertion, deletion, replacement or swap of neighbours makes one text of the other.
fn one_edit(
    a: &(impl DoubleEndedIterator<Item = char> + Clone),
    b: &(impl DoubleEndedIterator<Item = char> + Clone),
) -> bool {
    let (length_a, length_b) = (a.clone().count(), b.clone().count());
    let longer = length_a.max(length_b);
    if length_a.min(length_b) < SHORTEST_EDITED || length_a.abs_diff(length_b) > 1 {
        return false;
    }
    let alike = |(x, y): &(char, char)| x == y;
    let head = a.clone().zip(b.clone()).take_while(alike).count();
    let tail = a.clone().rev().zip(b.clone().rev()).take_while(alike).count();
    if head + tail + 1 >= longer {
        return true;
    }
    length_a == length_b
        && head + tail + 2 == longer
        && a.clone().nth(head) == b.clone().nth(head + 1)
        && a.clone().nth(head + 1) == b.clone().nth(head)
}
