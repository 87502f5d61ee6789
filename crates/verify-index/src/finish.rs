//! From people as they came to an index.
use crate::born::{self, BornPage};
use crate::builder::{Builder, Raw};
use crate::extra::{Extra, Rest};
use crate::gather;
use crate::groups;
use crate::homes;
use crate::numbers::table;
use crate::pages::Pages;
use crate::people::{Filling, IN_PAGE_BITS, NUMBERLESS, PeoplePage};
use crate::row::{LONG_NAME, MARKS, Row};
use crate::{BuildError, Index, Place, Signature, Syllables};
use dancu_citizen::{FullName, NameForms};
use std::collections::HashSet;
use std::thread;

/// The permutation by name is sorted in parts from this many people on, to bound the memory it takes.
const IN_PARTS: usize = 1_000_000;
/// How many parts: by the first bits of the signature.
const PARTS: u32 = 16;
/// From so many on a thread more is worth its start.
const SIDE_BY_SIDE: usize = 50_000;

pub(crate) fn finish(mut builder: Builder) -> Result<Index, BuildError> {
    let (syllables, renumber) = syllables(&builder);
    let numberless = numberless(&mut builder);
    builder.people.sort_unstable_by_key(Raw::number);
    builder.beside.sort_unstable_by_key(|(number, _)| *number);
    let count = builder.len() + numberless.len();

    let mut gathered = Gathered::new(&syllables, &renumber);
    let mut beside = builder.beside.iter().peekable();
    let mut last = None;
    for raw in &builder.people {
        if last.replace(raw.number()) == Some(raw.number()) {
            return Err(BuildError::SameNumber);
        }
        // Written by the builder itself: it reads back.
        let extra = beside.next_if(|(number, _)| *number == raw.number() && raw.row.has(MARKS));
        let extra = extra.and_then(|(_, bytes)| Extra::read(bytes).ok());
        gathered.take(*raw, extra)?;
    }
    for (raw, extra) in numberless {
        gathered.take(raw, Some(extra))?;
    }
    drop(builder);
    let Gathered { people, filling, mut cards, mut formers, named, heads, texts, housed, .. } = gathered;
    let people = close(people, filling);
    let born = born(&people, &syllables, named);
    let (words, names) = gather::names(&people, &syllables, &texts);
    sort(&mut cards)?;
    sort(&mut formers)?;
    let mut index = Index {
        count,
        housed,
        cards: table(&cards),
        formers: table(&formers),
        born,
        dated: groups::table(gather::dated(&people).into_iter()),
        word_of: gather::word_of(&syllables, &words),
        names,
        words,
        people,
        syllables,
        ..Index::default()
    };
    index.homes = groups::table(members(&index, heads).into_iter());
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
    sort_in_threads(&mut heads, thread::available_parallelism().map_or(1, usize::from));
    heads
}

/// Sorts by so many threads: the lower part and the upper one are sorted side by side.
fn sort_in_threads<T: Ord + Send>(all: &mut [T], threads: usize) {
    if threads < 2 || all.len() < SIDE_BY_SIDE {
        return all.sort_unstable();
    }
    let (low, _, high) = all.select_nth_unstable(all.len() / 2);
    thread::scope(|scope| {
        scope.spawn(|| sort_in_threads(low, threads / 2));
        sort_in_threads(high, threads - threads / 2);
    });
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

struct Gathered<'a> {
    syllables: &'a Syllables,
    renumber: &'a [u16],
    people: Pages<PeoplePage>,
    filling: Filling,
    cards: Vec<(u32, u32)>,
    formers: Vec<(u64, u32)>,
    /// Former names and long ones, for the permutation
    named: Vec<(u64, u32)>,
    /// Unaccented forms of former names, and of long ones
    texts: HashSet<String>,
    /// Members of households by the codes of their heads, as the records name them
    heads: Vec<(u64, u32)>,
    /// How many have a commune of residence
    housed: usize,
}

impl<'a> Gathered<'a> {
    fn new(syllables: &'a Syllables, renumber: &'a [u16]) -> Self {
        Self {
            syllables,
            renumber,
            people: Pages::default(),
            filling: Filling::default(),
            cards: Vec::new(),
            formers: Vec::new(),
            named: Vec::new(),
            heads: Vec::new(),
            housed: 0,
            texts: HashSet::new(),
        }
    }

    fn take(&mut self, mut raw: Raw, mut extra: Option<Extra>) -> Result<(), BuildError> {
        raw.row.name.iter_mut().for_each(|id| *id = self.new_id(*id));
        if let Some(Extra { name: Rest::Syllables(ids), .. }) = &mut extra {
            for id in ids {
                *id = self.new_id(*id);
            }
        }
        self.housed += usize::from(raw.row.unit > 0);
        let number = raw.number();
        if !self.filling.push(number, raw.row, extra.as_ref()) {
            let full = std::mem::take(&mut self.filling);
            self.people = close(std::mem::take(&mut self.people), full);
            self.filling.push(number, raw.row, extra.as_ref());
        }
        let at = self.filling.len().saturating_sub(1);
        let page = u32::try_from(self.people.len()).map_err(|_| BuildError::TooMany)?;
        let place = page
            .checked_mul(1 << IN_PAGE_BITS)
            .and_then(|first| first.checked_add(u32::try_from(at).ok()?))
            .ok_or(BuildError::TooMany)?;
        if raw.head() != homes::NO_HEAD && raw.head() != number {
            self.heads.push((raw.head(), place));
        }
        if let Some(card) = raw.row.card.checked_sub(1) {
            self.cards.push((card, place));
        }
        if let Some(extra) = &extra {
            self.cards.extend(extra.former_cards.iter().map(|card| (*card, place)));
            self.formers.extend(extra.former_ids.iter().map(|id| (*id, place)));
            self.name(&raw.row, extra, place);
        }
        Ok(())
    }

    fn new_id(&self, old: u16) -> u16 {
        self.renumber.get(usize::from(old)).copied().unwrap_or_default()
    }

    /// Former names, and the one in force if it is long, with the place.
    fn name(&mut self, row: &Row, extra: &Extra, place: u32) {
        let long = match &extra.name {
            Rest::Nothing => None,
            Rest::Syllables(rest) => self.syllables.name_forms(&[row.syllables(), rest].concat()),
            Rest::Text(text) => forms(text),
        };
        for forms in long.into_iter().chain(extra.former_names.iter().filter_map(|name| forms(name))) {
            let signature = Signature::of(forms.unaccented());
            self.named.push((born::key(signature.as_u32(), row.date()), place));
            if !self.texts.contains(forms.unaccented()) {
                self.texts.insert(forms.unaccented().to_owned());
            }
        }
    }
}

/// Forms of a displayed name.
fn forms(name: &str) -> Option<NameForms> {
    FullName::parse(name).ok().map(|name| NameForms::of(&name))
}

fn close(mut people: Pages<PeoplePage>, filling: Filling) -> Pages<PeoplePage> {
    if let Some((first, page)) = filling.done() {
        people.push(first, page);
    }
    people
}

/// Sorts a table of numbers. The same number for two people is refused.
fn sort<N: Ord + Copy>(table: &mut Vec<(N, u32)>) -> Result<(), BuildError> {
    table.sort_unstable();
    table.dedup();
    let twice = table.iter().zip(table.iter().skip(1)).any(|((a, _), (b, _))| a == b);
    if twice { Err(BuildError::SameNumber) } else { Ok(()) }
}

/// The permutation by name and birth date.
fn born(people: &Pages<PeoplePage>, syllables: &Syllables, mut named: Vec<(u64, u32)>) -> Pages<BornPage> {
    named.sort_unstable();
    let numbers: Vec<usize> = (0..people.len()).collect();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let share = numbers.len().div_ceil(workers).max(1);
    let signatures: Vec<Box<[u32]>> = in_threads(numbers.chunks(share), |numbers| {
        numbers.iter().map(|number| signatures(people, syllables, *number)).collect::<Vec<_>>()
    })
    .concat();
    let parts = if signatures.iter().map(|page| page.len()).sum::<usize>() < IN_PARTS { 1 } else { PARTS };
    let all: Vec<u32> = (0..parts).collect();
    let mut born = Pages::default();
    for some in all.chunks(workers) {
        let sorted = in_threads(some.chunks(1), |part| {
            let part = part.first().copied().unwrap_or_default();
            let is_in = |signature: u32| (u64::from(signature) * u64::from(parts)) >> 32 == u64::from(part);
            sorted(people, &signatures, &named, is_in)
        });
        for entries in sorted {
            born.extend(&entries);
        }
    }
    born
}

/// The signature of each row of a page.
fn signatures(people: &Pages<PeoplePage>, syllables: &Syllables, number: usize) -> Box<[u32]> {
    let page = people.get(number).ok();
    let rows = page.into_iter().flat_map(|page| (0..page.len()).filter_map(|at| page.row(at)));
    rows.map(|row| syllables.signature(row.syllables()).as_u32()).collect()
}

/// The entries of one part, in the order of the table.
fn sorted(
    people: &Pages<PeoplePage>,
    signatures: &[Box<[u32]>],
    named: &[(u64, u32)],
    is_in: impl Fn(u32) -> bool,
) -> Vec<(u64, u32)> {
    let mut entries = Vec::new();
    for (number, signatures) in (0..).zip(signatures) {
        let Ok(page) = people.get(number) else { continue };
        let first = u32::try_from(number << IN_PAGE_BITS).unwrap_or(u32::MAX);
        for (at, signature) in (0..).zip(signatures).filter(|(_, signature)| is_in(**signature)) {
            let row = page.row(at as usize).filter(|row| !row.has(LONG_NAME) && !row.syllables().is_empty());
            entries.extend(row.map(|row| (born::key(*signature, row.date()), first + at)));
        }
    }
    let of_part = named.iter().filter(|(key, _)| is_in(born::signature_of(*key)));
    entries.extend(of_part);
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// What each thread makes of its share, in their order.
pub(crate) fn in_threads<'a, T: Sync + 'a, R: Send>(
    shares: impl Iterator<Item = &'a [T]>,
    work: impl Fn(&'a [T]) -> R + Sync,
) -> Vec<R> {
    let work = &work;
    thread::scope(|scope| {
        let workers: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
        let done = workers.into_iter().map(thread::ScopedJoinHandle::join);
        done.map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
