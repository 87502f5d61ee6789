//! Pages of the different names, in the order of their words: the words of each, and for each word the names that have it.
use crate::Signature;
use crate::bytes::{Damaged, Reader, Writer};
use crate::pages::{Page, Pages};
use crate::words::Words;
use std::ops::RangeInclusive;

/// Names in a page at most: about 700 KiB.
const IN_PAGE: usize = 32_768;
/// A word without a number. It may be any.
pub(crate) const ANY: u16 = 0;

/// A name, as its words and its signature.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Wording {
    words: [u16; Self::SHORT],
    length: u8,
    /// The words beyond the short ones
    rest: Option<Box<[u16]>>,
    signature: u32,
}

impl Wording {
    const SHORT: usize = 8;

    pub(crate) fn new(words: &[u16], signature: Signature) -> Self {
        let mut short = [ANY; Self::SHORT];
        short.iter_mut().zip(words).for_each(|(to, from)| *to = *from);
        let rest = words.get(Self::SHORT..).filter(|rest| !rest.is_empty());
        let length = u8::try_from(words.len().min(Self::SHORT)).unwrap_or_default();
        Self { words: short, length, rest: rest.map(Into::into), signature: signature.as_u32() }
    }

    fn words(&self) -> impl Iterator<Item = u16> + '_ {
        let short = self.words.iter().take(usize::from(self.length));
        short.chain(self.rest.iter().flatten()).copied()
    }
}

/// Numbers of words: one word, or all that begin alike. None where no name has such a word.
pub(crate) type Meant = Option<RangeInclusive<u16>>;

/// How the words of a name fit those asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Order {
    /// In their order, other words between them or not
    Kept,
    /// In another order
    Changed,
}

/// Whether each word asked for is a word of the name, each another one.
pub(crate) fn order(asked: &[Meant], name: &[u16]) -> Option<Order> {
    let fits = |meant: &Meant, word: u16| word == ANY || meant.as_ref().is_some_and(|m| m.contains(&word));
    // Nearly all names fail at the first word asked for.
    let Some((first, rest)) = asked.split_first() else { return Some(Order::Kept) };
    let mut words = name.iter();
    if !words.any(|word| fits(first, *word)) {
        return None;
    }
    if rest.iter().all(|meant| words.any(|word| fits(meant, *word))) {
        return Some(Order::Kept);
    }
    if !asked.iter().all(|meant| name.iter().any(|word| fits(meant, *word))) {
        return None;
    }
    let fits = |nth: usize, at: usize| {
        asked.get(nth).zip(name.get(at)).is_some_and(|(meant, word)| fits(meant, *word))
    };
    matching(asked.len(), name.len(), fits).then_some(Order::Changed)
}

/// Whether each of `asked` things can have one of `given` things of its own (Kuhn's algorithm).
pub fn matching(asked: usize, given: usize, fits: impl Fn(usize, usize) -> bool) -> bool {
    if asked > given {
        return false;
    }
    let mut taken = vec![None; given];
    (0..asked).all(|nth| take(nth, &mut vec![false; given], &mut taken, &fits))
}

fn take(
    nth: usize,
    tried: &mut [bool],
    taken: &mut [Option<usize>],
    fits: &impl Fn(usize, usize) -> bool,
) -> bool {
    for at in 0..taken.len() {
        if tried.get(at) != Some(&false) || !fits(nth, at) {
            continue;
        }
        tried.iter_mut().skip(at).take(1).for_each(|tried| *tried = true);
        let before = taken.get(at).copied().flatten();
        if before.is_none_or(|before| take(before, tried, taken, fits)) {
            taken.iter_mut().skip(at).take(1).for_each(|taken| *taken = Some(nth));
            return true;
        }
    }
    false
}

#[derive(Default)]
pub(crate) struct NamePage {
    signatures: Box<[u32]>,
    /// Where the words of each name end
    ends: Box<[u32]>,
    words: Box<[u16]>,
    /// The words that occur, ascending; where the names of each end; the names, by position
    known: Box<[u16]>,
    list_ends: Box<[u32]>,
    list: Box<[u16]>,
}

impl NamePage {
    fn of(names: &[Wording]) -> Self {
        let (mut ends, mut words, mut having) = (Vec::new(), Vec::new(), Vec::new());
        for (at, name) in (0_u16..).zip(names) {
            words.extend(name.words());
            ends.push(u32::try_from(words.len()).unwrap_or(u32::MAX));
            having.extend(name.words().map(|word| (word, at)));
        }
        having.sort_unstable();
        having.dedup();
        let (mut known, mut list_ends) = (Vec::new(), Vec::<u32>::new());
        for (end, (word, _)) in (1..).zip(&having) {
            if known.last() == Some(word) {
                list_ends.pop();
            } else {
                known.push(*word);
            }
            list_ends.push(end);
        }
        Self {
            signatures: names.iter().map(|name| name.signature).collect(),
            ends: ends.into(),
            words: words.into(),
            known: known.into(),
            list_ends: list_ends.into(),
            list: having.into_iter().map(|(_, at)| at).collect(),
        }
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.signatures.len()
    }

    fn name(&self, at: usize) -> &[u16] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(at).copied().unwrap_or_default();
        self.words.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The names with a word of those meant; one that has two of them comes twice.
    fn having(&self, meant: &RangeInclusive<u16>) -> &[u16] {
        let end_before = |nth: usize| {
            let end = nth.checked_sub(1).and_then(|before| self.list_ends.get(before));
            end.copied().unwrap_or_default() as usize
        };
        let first = self.known.partition_point(|word| word < meant.start());
        let after = self.known.partition_point(|word| word <= meant.end());
        self.list.get(end_before(first)..end_before(after)).unwrap_or_default()
    }

    /// Looks at the names with the rarest of the words asked for, no more than so many; tells of those that fit, until it hears that they are enough, and gives how many
    /// it looked at. A name may be told twice.
    pub(crate) fn seek(
        &self,
        asked: &[Meant],
        most: usize,
        mut fits: impl FnMut(Order, &[u16], Signature) -> bool,
    ) -> usize {
        let lists = asked.iter().map(|meant| meant.as_ref().map(|m| self.having(m)).unwrap_or_default());
        let rarest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        let (any, mut looked) = (self.having(&(ANY..=ANY)), 0);
        for at in rarest.iter().chain(any).take(most) {
            looked += 1;
            let at = usize::from(*at);
            let name = self.name(at);
            if let (Some(order), Some(signature)) = (order(asked, name), self.signatures.get(at))
                && !fits(order, name, Signature::of_number(*signature))
            {
                break;
            }
        }
        looked
    }
}

impl Page for NamePage {
    const KIND: &'static str = "names";

    fn write(&self, to: &mut Writer) {
        to.count(self.signatures.len());
        self.signatures.iter().chain(&self.ends).for_each(|number| to.u32(*number));
        to.count(self.words.len());
        self.words.iter().for_each(|word| to.u16(*word));
        to.count(self.known.len());
        self.known.iter().for_each(|word| to.u16(*word));
        self.list_ends.iter().for_each(|end| to.u32(*end));
        to.count(self.list.len());
        self.list.iter().for_each(|at| to.u16(*at));
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let names = from.count(8)?;
        let (signatures, ends) = (from.u32s(names)?, from.u32s(names)?);
        let words = from.count(2)?;
        let words = from.u16s(words)?;
        let known = from.count(6)?;
        let (known, list_ends) = (from.u16s(known)?, from.u32s(known)?);
        let list = from.count(2)?;
        let list = from.u16s(list)?;
        from.end()?;
        Ok(Self { signatures, ends, words, known, list_ends, list })
    }

    fn bytes(&self) -> usize {
        self.signatures.len() * 8
            + (self.words.len() + self.list.len()) * 2
            + self.known.len() * 6
            + size_of::<Self>()
    }
}

/// Pages of sorted names without doubles.
pub(crate) fn table(sorted: &[Wording]) -> Pages<NamePage> {
    let mut pages = Pages::default();
    for (number, names) in (0..).zip(sorted.chunks(IN_PAGE)) {
        pages.push(number, NamePage::of(names));
    }
    pages
}

/// The words asked for, as they stand or as beginnings.
pub(crate) fn meant(words: &Words, asked: &str, begun: bool) -> Meant {
    if begun {
        let mut all = words.beginning(asked);
        let first = all.next()?;
        return Some(first..=all.last().unwrap_or(first));
    }
    words.find(asked).map(|id| id..=id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By trying everything.
    fn any_order(asked: &[Meant], name: &[u16]) -> bool {
        let Some((first, rest)) = asked.split_first() else { return true };
        (0..name.len()).any(|at| {
            let fits = name[at] == ANY || first.as_ref().is_some_and(|m| m.contains(&name[at]));
            let others: Vec<u16> = [&name[..at], &name[at + 1..]].concat();
            fits && any_order(rest, &others)
        })
    }

    proptest! {
        #[test]
        fn names_are_found_by_their_words(
            names in prop::collection::btree_set(prop::collection::vec(0_u16..9, 1..11), 0..60),
            asked in prop::collection::vec(prop_oneof![
                (1_u16..10, 0_u16..3).prop_map(|(low, wide)| Some(low..=low + wide)), Just(None),
            ], 1..5),
        ) {
            let wordings = (0..).zip(&names).map(|(n, words)| Wording::new(words, Signature::of_number(n)));
            let pages = table(&wordings.collect::<Vec<_>>());
            let mut bytes = Writer::default();
            let mut found = Vec::new();
            if let Ok(page) = pages.get(0) {
                page.write(&mut bytes);
                let page = NamePage::read(&bytes.done()).unwrap();
                page.seek(&asked, usize::MAX, |_, _, signature| {
                    found.push(signature.as_u32());
                    true
                });
            }
            found.sort_unstable();
            found.dedup();
            let fitting = (0..).zip(&names).filter(|(_, name)| any_order(&asked, name)).map(|(n, _)| n);
            prop_assert_eq!(found, fitting.collect::<Vec<u32>>());
        }

        #[test]
        fn garbage_is_an_error_or_a_page_never_a_panic(bytes: Vec<u8>, word: u16) {
            if let Ok(page) = NamePage::read(&bytes) {
                page.seek(&[Some(word..=word)], usize::MAX, |_, _, _| true);
            }
        }
    }

    #[test]
    fn many_equal_words_take_no_time() {
        assert!(!matching(40, 41, |asked, given| asked < 39 && given < 39 || asked >= 39 && given == 0));
        assert_eq!(order(&[Some(2..=2), Some(1..=1)], &[1, 2]), Some(Order::Changed));
        assert_eq!(order(&[Some(1..=1), Some(1..=1)], &[1, 2]), None);
    }
}
