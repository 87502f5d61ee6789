//! Pages of the different names, in the order of their words: the words of each, and for each word the names that have it.
use crate::Signature;
use crate::bytes::{Damaged, Reader, Writer};
use crate::lists::{Lists, POSITIONS};
use crate::pages::{Page, Pages};
use crate::words::Words;
use crate::years::{Span, Years};
use std::hint::black_box;
use std::ops::RangeInclusive;

/// Names in a page at most: about 1 MiB.
const IN_PAGE: usize = POSITIONS;
/// What it costs to look at a page, at when bearers of a name were born, and at a name, in steps along a list.
const PAGE_WORK: usize = 500;
const CANDIDATE_WORK: usize = 4;
const NAME_WORK: usize = 16;
/// Names looked at side by side.
const GROUP: usize = 32;
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

/// Words that stand in a row of a page; longer names stand beside.
const SHORT: usize = 4;

/// A name with words.
type Short = [u16; SHORT];

#[derive(Default)]
pub(crate) struct NamePage {
    signatures: Box<[u32]>,
    /// When the bearers of each were born
    years: Box<[u64]>,
    vague: Box<[u32]>,
    /// The words of each; all zero where they stand beside
    rows: Box<[Short]>,
    /// Positions of the names that stand beside, where the words of each end, and the words
    long: Box<[u16]>,
    ends: Box<[u32]>,
    words: Box<[u16]>,
    lists: Lists,
}

impl NamePage {
    fn of(names: &[Wording]) -> Self {
        let (mut rows, mut long, mut ends) = (Vec::with_capacity(names.len()), Vec::new(), Vec::new());
        let (mut words, mut having) = (Vec::new(), Vec::new());
        for (at, name) in (0_u16..).zip(names) {
            having.extend(name.words().map(|word| (word, at)));
            let mut row = Short::default();
            if name.words().count() <= SHORT && name.words().all(|word| word != ANY) {
                row.iter_mut().zip(name.words()).for_each(|(to, from)| *to = from);
            } else {
                words.extend(name.words());
                long.push(at);
                ends.push(u32::try_from(words.len()).unwrap_or(u32::MAX));
            }
            rows.push(row);
        }
        having.sort_unstable();
        having.dedup();
        Self {
            signatures: names.iter().map(|name| name.signature).collect(),
            years: vec![0; names.len()].into(),
            vague: vec![0; names.len()].into(),
            rows: rows.into(),
            long: long.into(),
            ends: ends.into(),
            words: words.into(),
            lists: Lists::of(&having),
        }
    }

    /// Notes when the bearers of each name were born, by its signature.
    pub(crate) fn note(&mut self, years: impl Fn(u32) -> Years) {
        let noted = self.years.iter_mut().zip(&mut self.vague).zip(&self.signatures);
        noted.for_each(|((all, vague), signature)| Years { all: *all, vague: *vague } = years(*signature));
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.signatures.len()
    }

    fn name(&self, at: u16) -> &[u16] {
        let row = self.rows.get(usize::from(at)).map_or(&[][..], |row| row);
        match row.iter().position(|word| *word == ANY) {
            Some(0) => self.long_name(at),
            Some(length) => row.get(..length).unwrap_or_default(),
            None => row,
        }
    }

    fn long_name(&self, at: u16) -> &[u16] {
        let Ok(nth) = self.long.binary_search(&at) else { return &[] };
        let start = nth.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(nth).copied().unwrap_or_default();
        self.words.get(start as usize..end as usize).unwrap_or_default()
    }

    /// A bit for each span in which somebody of a name may be born.
    fn born(&self, at: u16, spans: &[Span]) -> u8 {
        let at = usize::from(at);
        let vague = || self.vague.get(at).copied().unwrap_or_default();
        let years = self.years.get(at).copied().unwrap_or_default();
        spans
            .iter()
            .enumerate()
            .fold(0, |fitting, (nth, span)| fitting | u8::from(span.fits(years, vague)) << nth)
    }

    /// The same for each name of a group. What tells further of those that fit is touched: memory answers many questions at a time.
    fn born_group(&self, group: &[u16], spans: &[Span]) -> [u8; GROUP] {
        let (mut fitting, mut touched) = ([0; GROUP], 0);
        fitting.iter_mut().zip(group).for_each(|(fitting, at)| *fitting = self.born(*at, spans));
        for (at, _) in group.iter().zip(fitting).filter(|(_, fitting)| *fitting != 0) {
            let at = usize::from(*at);
            touched ^= self.signatures.get(at).copied().unwrap_or_default();
            touched ^= self.rows.get(at).and_then(|row| row.first()).map_or(0, |word| u32::from(*word));
        }
        black_box(touched);
        fitting
    }

    /// Looks for names with the words asked for and a bearer who was born at one of these times; tells of those that fit, until it
    /// hears that they are enough, and gives how much work it was. A name may be told twice.
    pub(crate) fn seek(
        &self,
        asked: &[Meant],
        spans: &[Span],
        candidates: &mut Vec<u16>,
        mut fits: impl FnMut(Order, &[u16], Signature, u8) -> bool,
    ) -> usize {
        let mut work = PAGE_WORK;
        let known: Option<Vec<_>> = asked.iter().cloned().collect();
        match known {
            Some(known) => work += self.lists.narrow(&known, candidates),
            None => candidates.clear(),
        }
        self.lists.having(&(ANY..=ANY), candidates);
        for group in candidates.chunks(GROUP) {
            let fitting = self.born_group(group, spans);
            for (at, fitting) in group.iter().zip(fitting) {
                work += CANDIDATE_WORK;
                if fitting == 0 {
                    continue;
                }
                work += NAME_WORK;
                let name = self.name(*at);
                if let (Some(order), Some(signature)) =
                    (order(asked, name), self.signatures.get(usize::from(*at)))
                    && !fits(order, name, Signature::of_number(*signature), fitting)
                {
                    return work;
                }
            }
        }
        work
    }
}

impl Page for NamePage {
    const KIND: &'static str = "names";

    fn write(&self, to: &mut Writer) {
        to.count(self.signatures.len());
        self.signatures.iter().for_each(|signature| to.u32(*signature));
        self.years.iter().for_each(|years| to.u64(*years));
        self.vague.iter().for_each(|years| to.u32(*years));
        self.rows.iter().flatten().for_each(|word| to.u16(*word));
        to.count(self.long.len());
        self.long.iter().for_each(|at| to.u16(*at));
        self.ends.iter().for_each(|end| to.u32(*end));
        to.count(self.words.len());
        self.words.iter().for_each(|word| to.u16(*word));
        self.lists.write(to);
    }

    fn read(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let names = from.count(16 + size_of::<Short>())?;
        let signatures = from.u32s(names)?;
        let years =
            from.bytes(names * 8)?.as_chunks().0.iter().map(|years| u64::from_le_bytes(*years)).collect();
        let vague = from.u32s(names)?;
        let rows = from.u16s(names * SHORT)?.as_chunks().0.into();
        let long = from.count(6)?;
        let (long, ends) = (from.u16s(long)?, from.u32s(long)?);
        let words = from.count(2)?;
        let words = from.u16s(words)?;
        let lists = Lists::read(&mut from)?;
        from.end()?;
        Ok(Self { signatures, years, vague, rows, long, ends, words, lists })
    }

    fn bytes(&self) -> usize {
        self.signatures.len() * (16 + size_of::<Short>())
            + self.long.len() * 6
            + self.words.len() * 2
            + self.lists.bytes()
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
                page.seek(&asked, &[Span::of((0, u32::MAX))], &mut Vec::new(), |_, _, signature, _| {
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
                page.seek(&[Some(word..=word)], &[Span::of((0, u32::MAX))], &mut Vec::new(), |_, _, _, _| true);
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
