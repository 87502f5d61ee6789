//! The dictionary of the syllables that occur.
use crate::Name;
use crate::bytes::{Damaged, Reader, Writer};
use crate::signature::{Piece, Signature};
use crate::words::Words;
use dancu_citizen::{FullName, NameForms};
use std::collections::BTreeSet;

/// The syllables of all names: as displayed, in the marked form and in the unaccented form, each with a number from 1 on.
/// A syllable is what stands between two spaces; of a few, as `H'Hen`, the forms are of two words with a space.
#[derive(Default)]
pub struct Syllables {
    display: Words,
    marked: Words,
    unaccented: Words,
    /// Of each displayed syllable, from 1 on: the numbers of its marked and its unaccented form
    forms: Vec<(u16, u16)>,
    /// Of each unaccented form, from 1 on
    pieces: Vec<Piece>,
}

impl Syllables {
    /// From displayed syllables, sorted and without doubles.
    pub(crate) fn of(display: &[&str]) -> Self {
        let forms: Vec<_> = display.iter().map(|word| forms(word)).collect();
        let set = |pick: fn(&(String, String)) -> &str| -> Words {
            let sorted: BTreeSet<&str> = forms.iter().map(pick).filter(|text| !text.is_empty()).collect();
            Words::from_sorted(sorted.into_iter())
        };
        let (marked, unaccented) = (set(|(marked, _)| marked), set(|(_, unaccented)| unaccented));
        let numbers = |(m, u): &(String, String)| {
            (marked.find(m).unwrap_or_default(), unaccented.find(u).unwrap_or_default())
        };
        let forms = forms.iter().map(numbers).collect();
        Self { display: Words::from_sorted(display.iter().copied()), forms, ..Self::with(marked, unaccented) }
    }

    fn with(marked: Words, unaccented: Words) -> Self {
        let piece = |id| Piece::of(unaccented.get(id).unwrap_or_default());
        let pieces = (1..=unaccented.last()).map(piece).collect();
        Self { marked, unaccented, pieces, ..Self::default() }
    }

    /// The displayed syllable of a number.
    pub fn display(&self, id: u16) -> Option<&str> {
        self.display.get(id)
    }

    /// The number of a displayed syllable.
    pub fn find_display(&self, syllable: &str) -> Option<u16> {
        self.display.find(syllable)
    }

    /// The number of the marked form of a displayed syllable; 0 where it has no letters.
    pub fn marked_of(&self, display: u16) -> u16 {
        self.form(display).0
    }

    /// The number of the unaccented form of a displayed syllable; 0 where it has no letters.
    pub fn unaccented_of(&self, display: u16) -> u16 {
        self.form(display).1
    }

    fn form(&self, display: u16) -> (u16, u16) {
        let at = usize::from(display).checked_sub(1);
        at.and_then(|at| self.forms.get(at)).copied().unwrap_or_default()
    }

    /// The marked form of a number, as in `NameForms::marked`.
    pub fn marked(&self, id: u16) -> Option<&str> {
        self.marked.get(id)
    }

    /// The number of a marked form.
    pub fn find_marked(&self, word: &str) -> Option<u16> {
        self.marked.find(word)
    }

    /// The unaccented form of a number, as in `NameForms::unaccented`.
    pub fn unaccented(&self, id: u16) -> Option<&str> {
        self.unaccented.get(id)
    }

    /// The number of an unaccented form.
    pub fn find_unaccented(&self, word: &str) -> Option<u16> {
        self.unaccented.find(word)
    }

    /// Numbers of the unaccented forms that begin so.
    pub fn unaccented_beginning(&self, beginning: &str) -> impl Iterator<Item = u16> + '_ {
        self.unaccented.beginning(beginning)
    }

    /// Signature of a name of these displayed syllables.
    pub fn signature(&self, display: &[u16]) -> Signature {
        let pieces = display.iter().map(|id| self.piece(self.unaccented_of(*id)));
        pieces.fold(Piece::EMPTY, Piece::then).signature()
    }

    /// The same of unaccented forms.
    pub(crate) fn unaccented_signature(&self, unaccented: &[u16]) -> Signature {
        unaccented.iter().map(|id| self.piece(*id)).fold(Piece::EMPTY, Piece::then).signature()
    }

    fn piece(&self, unaccented: u16) -> Piece {
        let at = usize::from(unaccented).checked_sub(1);
        at.and_then(|at| self.pieces.get(at)).copied().unwrap_or(Piece::EMPTY)
    }

    /// The forms of a name of these displayed syllables. None when one is not in the dictionary.
    pub fn name_forms(&self, display: &[u16]) -> Option<NameForms> {
        if display.iter().any(|id| usize::from(*id) > self.forms.len() || *id == 0) {
            return None;
        }
        let forms = |id: &u16| {
            let (marked, unaccented) = self.form(*id);
            (self.marked(marked).unwrap_or_default(), self.unaccented(unaccented).unwrap_or_default())
        };
        // Looked up once, for they are walked along several times.
        let mut few = [("", ""); Name::MOST];
        if let Some(few) = few.get_mut(..display.len()) {
            few.iter_mut().zip(display).for_each(|(to, id)| *to = forms(id));
            return Some(NameForms::of_words(few.iter().copied()));
        }
        Some(NameForms::of_words(display.iter().map(forms)))
    }

    /// Highest number of a displayed syllable.
    pub fn display_len(&self) -> u16 {
        self.display.last()
    }

    /// Highest number of a marked form.
    pub fn marked_len(&self) -> u16 {
        self.marked.last()
    }

    /// Highest number of an unaccented form.
    pub fn unaccented_len(&self) -> u16 {
        self.unaccented.last()
    }

    /// Bytes in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        // Text, end, table and forms of a word are about forty bytes.
        (self.display.last() as usize + self.marked.last() as usize + self.unaccented.last() as usize) * 40
    }

    pub(crate) fn write(&self, to: &mut Writer) {
        for words in [&self.display, &self.marked, &self.unaccented] {
            words.write(to);
        }
        for (marked, unaccented) in &self.forms {
            to.u16(*marked);
            to.u16(*unaccented);
        }
    }

    pub(crate) fn read(from: &mut Reader<'_>) -> Result<Self, Damaged> {
        let (display, marked, unaccented) = (Words::read(from)?, Words::read(from)?, Words::read(from)?);
        let forms =
            (0..display.last()).map(|_| Ok((from.u16()?, from.u16()?))).collect::<Result<_, Damaged>>()?;
        Ok(Self { display, forms, ..Self::with(marked, unaccented) })
    }
}

impl std::fmt::Debug for Syllables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Syllables").field("display", &self.display_len()).finish_non_exhaustive()
    }
}

/// Marked and unaccented form of a syllable; both empty where it has no letters.
fn forms(word: &str) -> (String, String) {
    let forms = FullName::parse(word).map(|name| NameForms::of(&name));
    forms.map_or_else(|_| Default::default(), |f| (f.marked().to_owned(), f.unaccented().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name() -> impl Strategy<Value = FullName> {
        "[A-ZĐa-zđàảãáạăâêôơưếệởỹý'.\\- ]{1,30}".prop_filter_map("a name", |text| FullName::parse(&text).ok())
    }

    proptest! {
        #[test]
        fn forms_and_signature_of_syllables_are_those_of_the_name(names in prop::collection::vec(name(), 1..9)) {
            let words: BTreeSet<&str> = names.iter().flat_map(|name| name.whole().split(' ')).collect();
            let syllables = Syllables::of(&words.into_iter().collect::<Vec<_>>());
            let mut bytes = Writer::default();
            syllables.write(&mut bytes);
            let read = Syllables::read(&mut Reader::new(&bytes.done())).unwrap();
            for syllables in [&syllables, &read] {
                for name in &names {
                    let forms = NameForms::of(name);
                    let ids: Vec<u16> =
                        name.whole().split(' ').map(|w| syllables.find_display(w).unwrap()).collect();
                    prop_assert!(syllables.name_forms(&ids).unwrap() == forms);
                    prop_assert_eq!(syllables.signature(&ids), Signature::of(forms.unaccented()));
                }
            }
        }
    }

    #[test]
    fn what_is_not_in_the_dictionary_has_no_forms() {
        let syllables = Syllables::of(&["An", "Hoà", "Hòa"]);
        assert!(syllables.name_forms(&[4]).is_none() && syllables.name_forms(&[0]).is_none());
        assert_eq!(syllables.marked_of(2), syllables.marked_of(3), "one name, written in two ways");
        assert_eq!((syllables.display_len(), syllables.marked_len()), (3, 2));
        assert!(!format!("{syllables:?}").contains("An"));
    }
}
