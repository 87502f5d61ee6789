//! From people as they came to an index: each step by several threads, with the same outcome whatever their number.
use crate::born::{self, BornPage};
use crate::builder::{Builder, Raw, beside};
use crate::bytes::{high, low};
use crate::extra::{Extra, Rest};
use crate::gather;
use crate::groups;
use crate::homes;
use crate::numbers;
use crate::pages::Pages;
use crate::people::{Filling, IN_PAGE, IN_PAGE_BITS, NUMBERLESS, PeoplePage};
use crate::provinces::Provinces;
use crate::row::{LONG_NAME, MARKS, Row};
use crate::threads::{Merged, each, in_threads, shared, workers};
use crate::years;
use crate::{BuildError, Index, Place, Signature, Syllables};
use dancu_citizen::{FullName, NameForms};
use std::collections::HashSet;
use std::ops::Range;

/// From so many people on the permutation by name is sorted in parts, each of them small enough for a processor's own memory.
const IN_PARTS: usize = 50_000;
/// How many parts: by the first bits of the signature.
const PARTS: u64 = 16;
/// Up to so many people all parts are in memory together, 8 bytes a person; of more, as many as there are threads.
const TOGETHER: usize = if cfg!(test) { 80_000 } else { 4_000_000 };
/// Pages of people that have places.
const PAGES: usize = 1 << (u32::BITS - IN_PAGE_BITS);

pub(crate) fn finish(mut builder: Builder) -> Result<Index, BuildError> {
    let (syllables, renumber) = syllables(&builder);
    let numberless = numberless(&mut builder);
    builder.beside.sort_unstable_by_key(|(number, _)| *number);
    let is_for_linkage = builder.is_for_linkage;
    let everybody = Everybody {
        people: &builder.people,
        beside: &builder.beside,
        numberless,
        syllables,
        renumber,
        is_for_linkage,
    };
    let count = everybody.len();
    let firsts = everybody.firsts()?;
    let shares = shared(firsts.len(), |parts| everybody.share(parts, &firsts));
    let syllables = everybody.syllables;
    drop(builder);
    let mut made = Made::default();
    for share in shares {
        made.add(share?);
    }
    let people = made.people();
    let Made { mut cards, mut formers, named, heads, housed, texts, .. } = made;
    let (born, tables) = std::thread::scope(|scope| {
        let tables = scope.spawn(|| {
            for run in &mut cards {
                run.sort_unstable();
            }
            formers.sort_unstable();
            let cards = Merged::of(&cards).map(|entry| (entry >> u32::BITS, low(entry)));
            Ok((numbers::table(cards)?, numbers::table(formers.iter().copied())?))
        });
        let born = born(&people, &syllables, count, &named);
        (born, tables.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (cards, formers) = tables?;
    let mut index =
        Index { count, housed, syllables, people, cards, formers, born, is_for_linkage, ..Index::default() };
    if !is_for_linkage {
        let (words, mut names) = gather::names(&index.people, &index.syllables, &texts);
        years::note(&mut names, &index.born);
        let dated = gather::dated(&index.people, &index.syllables).into_iter();
        index.dated = groups::marked(dated.map(|(date, place, mark)| (date.into(), place, mark)));
        index.word_of = gather::word_of(&index.syllables, &words);
        (index.names, index.words) = (names, words);
    }
    let members = in_threads(heads, |heads| members(&index, heads));
    index.homes = groups::table(Merged::of(&members));
    Ok(index)
}

/// Members of households by the codes of their heads, in the order of the table.
fn members(index: &Index, mut heads: Vec<(u64, u32)>) -> Vec<(u64, u32)> {
    heads.retain_mut(|(head, member)| {
        // All pages are in memory: there is no doubt.
        let code = index.head_of(*head, Place(*member)).ok().flatten();
        *head = code.unwrap_or_default();
        code.is_some()
    });
    heads.sort_unstable();
    heads
}

/// The dictionary in the order of its texts, and from the numbers as they came to those of the dictionary.
fn syllables(builder: &Builder) -> (Syllables, Vec<u16>) {
    let mut texts: Vec<(&str, u16)> = builder.syllables.iter().map(|(text, id)| (&**text, *id)).collect();
    texts.sort_unstable();
    let mut renumber = vec![0; texts.len() + 1];
    for (new, (_, old)) in (1..=u16::MAX).zip(&texts) {
        if let Some(to) = renumber.get_mut(usize::from(*old)) {
            *to = new;
        }
    }
    (Syllables::of(&texts.iter().map(|(text, _)| *text).collect::<Vec<_>>()), renumber)
}

/// Those without a number, in an order that does not depend on how they came.
fn numberless(builder: &mut Builder) -> Vec<(Raw, Extra)> {
    let mut people = std::mem::take(&mut builder.numberless);
    people.sort_by_key(|(raw, extra)| (raw.row.card, extra.key));
    let number = |(number, (raw, extra)): (u64, (Raw, Extra))| (Raw::new(number, raw.head(), raw.row), extra);
    (NUMBERLESS..).zip(people).map(number).collect()
}

/// All people in the order of the table: those with a number, then those without.
struct Everybody<'a> {
    people: &'a Provinces,
    /// What stands beside the rows of those with a number
    beside: &'a [(u64, Box<[u8]>)],
    numberless: Vec<(Raw, Extra)>,
    syllables: Syllables,
    /// The dictionary's numbers of the syllables as they came
    renumber: Vec<u16>,
    is_for_linkage: bool,
}

/// A page with its number and the first number of a person in it.
type NumberedPage = (usize, u64, PeoplePage);

/// What one thread makes of its pages. Numbers come in the order of their people.
#[derive(Default)]
struct Share {
    pages: Vec<NumberedPage>,
    /// Card and place in one number
    cards: Vec<u64>,
    formers: Vec<(u64, u32)>,
    /// Former names and long ones, for the permutation
    named: Vec<(u32, u32)>,
    /// Members of households by the codes of their heads, as the records name them
    heads: Vec<(u64, u32)>,
    /// How many have a commune of residence
    housed: usize,
    /// Unaccented forms of former names, and of long ones
    texts: HashSet<String>,
}

/// The shares put together; what is long stays in parts.
#[derive(Default)]
struct Made {
    pages: Vec<NumberedPage>,
    cards: Vec<Vec<u64>>,
    formers: Vec<(u64, u32)>,
    named: Vec<(u32, u32)>,
    heads: Vec<Vec<(u64, u32)>>,
    housed: usize,
    texts: HashSet<String>,
}

impl Made {
    fn add(&mut self, share: Share) {
        self.pages.extend(share.pages);
        self.cards.push(share.cards);
        self.formers.extend(share.formers);
        self.named.extend(share.named);
        self.heads.push(share.heads);
        self.housed += share.housed;
        self.texts.extend(share.texts);
    }

    /// The pages in their order.
    fn people(&mut self) -> Pages<PeoplePage> {
        let mut made = std::mem::take(&mut self.pages);
        made.sort_unstable_by_key(|(number, ..)| *number);
        let mut pages = Pages::default();
        for (_, first, page) in made {
            pages.push(first, page);
        }
        pages
    }
}

impl Everybody<'_> {
    fn len(&self) -> usize {
        self.people.people() + self.numberless.len()
    }

    /// The number of the page with which each part begins: the provinces, then those without a number. The numbers of a part are
    /// so near each other that a page ends where it is full.
    fn firsts(&self) -> Result<Vec<usize>, BuildError> {
        let provinces = (0..self.people.len()).map(|province| self.people.people_of(province));
        let mut pages = 0;
        let firsts = provinces.chain([self.numberless.len()]).map(|people| {
            let first = pages;
            pages += people.div_ceil(IN_PAGE);
            first
        });
        let firsts = firsts.collect();
        if pages > PAGES { Err(BuildError::TooMany) } else { Ok(firsts) }
    }

    /// The pages of these parts.
    fn share(&self, parts: &mut dyn Iterator<Item = usize>, firsts: &[usize]) -> Result<Share, BuildError> {
        let mut share = Share::default();
        for part in parts {
            let first = firsts.get(part).copied().unwrap_or_default();
            if part < self.people.len() {
                let with_beside = |raw: Raw| {
                    let extra = raw.row.has(MARKS).then(|| beside(self.beside, raw.number())).flatten();
                    (raw, extra)
                };
                self.pages(self.people.sorted(part).map(with_beside), first, &mut share)?;
            } else {
                let people = self.numberless.iter().map(|(raw, extra)| (*raw, Some(extra.clone())));
                self.pages(people, first, &mut share)?;
            }
        }
        Ok(share)
    }

    /// Pages of people in the order of their numbers, the first of them with this number.
    fn pages(
        &self,
        people: impl Iterator<Item = (Raw, Option<Extra>)>,
        first: usize,
        share: &mut Share,
    ) -> Result<(), BuildError> {
        let mut people = people.peekable();
        let mut last = None;
        for page in first.. {
            if people.peek().is_none() {
                break;
            }
            let mut filling = Filling::with_capacity(IN_PAGE);
            for ((mut raw, mut extra), of_page) in people.by_ref().take(IN_PAGE).zip(0..) {
                if last.replace(raw.number()) == Some(raw.number()) {
                    return Err(BuildError::SameNumber);
                }
                self.renumber(&mut raw.row, &mut extra);
                share.housed += usize::from(raw.row.unit > 0);
                filling.push(raw.number(), raw.row, extra.as_ref());
                let place = u32::try_from(page << IN_PAGE_BITS).map_err(|_| BuildError::TooMany)? | of_page;
                self.list(&raw, extra.as_ref(), place, share);
            }
            share.pages.extend(filling.done().map(|(first, done)| (page, first, done)));
        }
        Ok(())
    }

    fn renumber(&self, row: &mut Row, extra: &mut Option<Extra>) {
        let new = |id: u16| self.renumber.get(usize::from(id)).copied().unwrap_or_default();
        row.name = row.name.map(new);
        if let Some(Extra { name: Rest::Syllables(ids), .. }) = extra {
            for id in ids {
                *id = new(*id);
            }
        }
    }

    /// Notes a person for the other tables.
    fn list(&self, raw: &Raw, extra: Option<&Extra>, place: u32, share: &mut Share) {
        // What stands for the number of those without one is also some card's code, and says nothing of the head.
        let is_head = raw.number() < NUMBERLESS && raw.head() == raw.number();
        if raw.head() != homes::NO_HEAD && !is_head {
            share.heads.push((raw.head(), place));
        }
        let entry = |card: u32| u64::from(card) << 32 | u64::from(place);
        share.cards.extend(raw.row.card.checked_sub(1).map(entry));
        if let Some(extra) = extra {
            share.cards.extend(extra.former_cards.iter().map(|card| entry(*card)));
            share.formers.extend(extra.former_ids.iter().map(|id| (*id, place)));
            self.name(&raw.row, extra, place, share);
        }
    }

    /// Former names, and the one in force if it is long, with the place.
    fn name(&self, row: &Row, extra: &Extra, place: u32, share: &mut Share) {
        let long = match &extra.name {
            Rest::Nothing => None,
            Rest::Syllables(rest) => self.syllables.name_forms(&[row.syllables(), rest].concat()),
            Rest::Text(text) => forms(text),
        };
        for forms in long.into_iter().chain(extra.former_names.iter().filter_map(|name| forms(name))) {
            let signature = Signature::of(forms.unaccented());
            share.named.push((signature.as_u32(), place));
            if !self.is_for_linkage && !share.texts.contains(forms.unaccented()) {
                share.texts.insert(forms.unaccented().to_owned());
            }
        }
    }
}

/// Forms of a displayed name.
fn forms(name: &str) -> Option<NameForms> {
    FullName::parse(name).ok().map(|name| NameForms::of(&name))
}

/// The permutation by name and birth date.
fn born(
    people: &Pages<PeoplePage>,
    syllables: &Syllables,
    count: usize,
    named: &[(u32, u32)],
) -> Pages<BornPage> {
    let parts = if count < IN_PARTS { 1 } else { PARTS };
    let at_once = if count < TOGETHER { PARTS } else { workers() as u64 };
    let numbers: Vec<usize> = (0..people.len()).collect();
    let shares = numbers.chunks(numbers.len().div_ceil(workers()).max(1));
    let mut signatures = Vec::new();
    if at_once < parts {
        let of_page =
            |number: &usize| people.get(*number).map(|page| signatures_of(page, syllables).collect());
        let of_pages = |numbers: &[usize]| numbers.iter().flat_map(of_page).collect::<Vec<Box<[u32]>>>();
        signatures = in_threads(shares.clone(), of_pages).concat();
    }
    // Some parts are larger than others.
    let room = count / workers() / usize::try_from(parts).unwrap_or(1) * 9 / 8;
    let mut born = Pages::default();
    let mut from = 0;
    while from < parts {
        let wanted = from..parts.min(from + at_once);
        let found = in_threads(shares.clone(), |numbers| {
            let mut found = Entries::new(wanted.clone(), parts, room);
            for number in numbers {
                let Ok(page) = people.get(*number) else { continue };
                match signatures.get(*number) {
                    Some(signatures) => found.page(page, *number, signatures.iter().copied()),
                    None => found.page(page, *number, signatures_of(page, syllables)),
                }
            }
            found.lists
        });
        let mut others = Entries::new(wanted.clone(), parts, 0);
        for (signature, place) in named {
            others.take(*signature, *place);
        }
        let made = each(others.lists.len(), |part| {
            let lists =
                found.iter().chain([&others.lists]).filter_map(|lists| lists.get(part).map(Vec::as_slice));
            let mut entries = lists.collect::<Vec<_>>().concat();
            entries.sort_unstable();
            entries.dedup();
            let mut pages = Pages::default();
            pages.extend(&dated(people, &entries));
            pages
        });
        for pages in made {
            born.append(pages);
        }
        from = wanted.end;
    }
    born
}

/// Signatures with places, sorted, as entries of the permutation: those of one signature are in the order of birth date and sex, which
/// nearly all signatures are without being sorted, for few people bear them.
fn dated(people: &Pages<PeoplePage>, sorted: &[u64]) -> Vec<(u64, u32)> {
    let entry = |entry: &u64| {
        let place = low(*entry);
        let page = people.get((place >> IN_PAGE_BITS) as usize).ok()?;
        let row = page.row(place as usize % IN_PAGE)?;
        Some((born::key_of(high(*entry), row), place))
    };
    let mut entries: Vec<_> = sorted.iter().filter_map(entry).collect();
    entries
        .chunk_by_mut(|(one, _), (next, _)| born::signature_of(*one) == born::signature_of(*next))
        .for_each(<[_]>::sort_unstable);
    entries
}

/// The signature of each row of a page.
fn signatures_of(page: &PeoplePage, syllables: &Syllables) -> impl Iterator<Item = u32> {
    page.rows().iter().map(|row| syllables.signature(row.syllables()).as_u32())
}

/// Entries of some parts of the permutation.
struct Entries {
    wanted: Range<u64>,
    parts: u64,
    /// Signature and place in one number
    lists: Vec<Vec<u64>>,
}

impl Entries {
    fn new(wanted: Range<u64>, parts: u64, room: usize) -> Self {
        Self { lists: wanted.clone().map(|_| Vec::with_capacity(room)).collect(), wanted, parts }
    }

    fn page(&mut self, page: &PeoplePage, number: usize, signatures: impl Iterator<Item = u32>) {
        let first = u32::try_from(number << IN_PAGE_BITS).unwrap_or(u32::MAX);
        for ((at, row), signature) in (0..).zip(page.rows()).zip(signatures) {
            if !row.has(LONG_NAME) && !row.syllables().is_empty() {
                self.take(signature, first + at);
            }
        }
    }

    fn take(&mut self, signature: u32, place: u32) {
        let part = (u64::from(signature) * self.parts) >> u32::BITS;
        let nth = part.checked_sub(self.wanted.start).and_then(|nth| usize::try_from(nth).ok());
        let list = nth.and_then(|nth| self.lists.get_mut(nth));
        if let Some(list) = list {
            list.push(u64::from(signature) << u32::BITS | u64::from(place));
        }
    }
}
