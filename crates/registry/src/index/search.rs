//! Search by name: words, whole or begun, in any order, with marks or without.
use super::{Person, Snapshot};
use crate::{PersonKey, Search};
use dancu_citizen::{BirthDate, ClaimedName, Facts, FullName, NameForms, Sex};
use dancu_verify_index::{Doubt, Entry, Index, Place, Signature, Sought, matching};
use std::collections::HashSet;

/// A search looks no further once it has found this many times the hits asked for: an officer who typed only a common surname is to
/// type more, not to wait. The best are looked at first.
const ENOUGH: usize = 4;
/// Bearers of one whole name that are looked at. With a birth date, or a year, no name has so many.
const BEARERS: usize = 50_000;

/// How well a name fits, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The same name, marks included
    Same,
    /// The same name but for marks
    Unaccented,
    /// Every word is a word of the name, in their order
    Words,
    /// In another order
    WordsInAnyOrder,
    /// Every word begins a word of the name, in their order
    Beginnings,
    /// In another order
    BeginningsInAnyOrder,
}

/// Whom a search found.
pub(crate) struct Searched {
    /// The likeliest first, and whether each is found by a former name
    pub(crate) hits: Vec<(PersonKey, bool)>,
    /// There are more, or may be
    pub(crate) more: bool,
}

/// Those whom a search means.
pub(super) fn search(search: &Search, people: &Snapshot) -> Result<Searched, Doubt> {
    let mut found = Found::new(search);
    match (search.number, &search.name) {
        (Some(number), _) => match people.changed_with(number) {
            Some(person) => found.changed(person),
            None => found.kept(people, people.base.place(number)?)?,
        },
        (None, Some(name)) => {
            people.all_changed().for_each(|person| found.changed(person));
            by_whole_name(&mut found, people, name)?;
            by_words(&mut found, people, name)?;
        }
        (None, None) => {}
    }
    Ok(found.done())
}

/// The same by looking at everybody one after the other: what is done in doubt.
pub(crate) fn scan(search: &Search) -> Found<'_> {
    Found::new(search)
}

/// A name typed without spaces has the signature of the name, too. Those with the marks that were typed come first.
fn by_whole_name(found: &mut Found<'_>, people: &Snapshot, name: &ClaimedName) -> Result<(), Doubt> {
    let (index, search) = (people.base.trusted()?, found.search);
    let (mut places, mut entries) = (Vec::new(), Vec::new());
    index.bearers(Signature::of(name.unaccented()), search.birth, BEARERS, &mut places)?;
    found.more |= places.len() >= BEARERS;
    index.entries(&places, &mut entries);
    let marked: Vec<_> = name.marked().split(' ').map(|word| index.syllables().find_marked(word)).collect();
    let (mut same, mut others) = (Vec::new(), Vec::new());
    for (place, entry) in places.into_iter().zip(entries) {
        let entry = entry?;
        if search.sex.is_some_and(|sex| sex != Sex::Unknown && sex != entry.sex) {
            continue;
        }
        if is_marked(index, &entry, &marked) { same.push(place) } else { others.push(place) }
    }
    for place in same.into_iter().chain(others) {
        if found.whole_names() >= search.limit.saturating_mul(ENOUGH) {
            found.more = true;
            break;
        }
        found.kept(people, Some(place))?;
    }
    Ok(())
}

/// Whether somebody may bear a name with these marks.
fn is_marked(index: &Index, entry: &Entry, marked: &[Option<u16>]) -> bool {
    let ids = entry.name.ids().iter().map(|id| Some(index.syllables().marked_of(*id)));
    entry.has_former || !entry.name.is_whole() || ids.eq(marked.iter().copied())
}

/// By the words that were typed, as many people as are enough.
fn by_words(found: &mut Found<'_>, people: &Snapshot, name: &ClaimedName) -> Result<(), Doubt> {
    let (index, search) = (people.base.trusted()?, found.search);
    let words: Vec<&str> = name.unaccented().split(' ').collect();
    let sought = Sought::new(index, &words, search.birth, search.sex);
    let looked = index.seek(&sought, search.limit.saturating_mul(ENOUGH))?;
    found.more |= !looked.is_all;
    looked.places.into_iter().try_for_each(|place| found.kept(people, Some(place)))
}

/// A name in force, or a former one, with which somebody fits.
struct Hit {
    fit: Fit,
    former: bool,
    /// Whether marks were typed, and the name has others
    other_marks: bool,
    /// Whether the recorded date is another one than that which is searched, though it may be the same
    other_date: bool,
    name: Option<String>,
    birth: Option<BirthDate>,
    key: PersonKey,
}

/// What a search has found until now.
pub(crate) struct Found<'a> {
    search: &'a Search,
    seen: HashSet<PersonKey>,
    hits: Vec<Hit>,
    more: bool,
}

impl<'a> Found<'a> {
    fn new(search: &'a Search) -> Self {
        Self { search, seen: HashSet::new(), hits: Vec::new(), more: false }
    }

    /// How many bear the very name.
    fn whole_names(&self) -> usize {
        self.hits.iter().filter(|hit| hit.fit <= Fit::Unaccented).count()
    }

    /// Considers somebody of the layers, or of the store.
    pub(crate) fn changed(&mut self, person: &Person) {
        if self.search.number.is_some_and(|number| !super::base::numbers(&person.facts).any(|n| n == number))
        {
            return;
        }
        self.consider(person.key, &person.facts, || person.name.as_ref().map(|name| name.whole().to_owned()));
    }

    /// Considers somebody of the base, unless the layers have them.
    fn kept(&mut self, people: &Snapshot, place: Option<Place>) -> Result<(), Doubt> {
        let Some(place) = place.map(|place| Ok((place, people.is_shadowed(place)?))).transpose()? else {
            return Ok(());
        };
        let (place, false) = place else { return Ok(()) };
        let index = people.base.trusted()?;
        let facts = index.facts(place)?;
        let key = people.base.key(place, Some(&facts))?;
        let name = index.names(place)?.into_iter().next();
        self.consider(key, &facts, || name.filter(|name| FullName::parse(name).is_ok()));
        Ok(())
    }

    fn consider(&mut self, key: PersonKey, facts: &Facts, name: impl FnOnce() -> Option<String>) {
        if self.seen.contains(&key) {
            return;
        }
        let birth = self.search.birth.is_none_or(|b| facts.birth_date.is_some_and(|r| may_be(b, r)));
        let sex = self.search.sex.is_none_or(|s| s == Sex::Unknown || s == facts.sex);
        let (true, true, Some((fit, other_marks, former))) = (birth, sex, self.fit(facts)) else { return };
        self.seen.insert(key);
        let other_date = self.search.birth.is_some() && self.search.birth != facts.birth_date;
        self.hits.push(Hit {
            fit,
            former,
            other_marks,
            other_date,
            name: name(),
            birth: facts.birth_date,
            key,
        });
    }

    /// How the name in force fits, whether its marks are others than those that were typed, and whether it is a former one.
    fn fit(&self, facts: &Facts) -> Option<(Fit, bool, bool)> {
        let Some(claim) = &self.search.name else { return Some((Fit::Same, false, false)) };
        let current =
            facts.name.as_ref().and_then(|name| fit(claim, name)).map(|(fit, marks)| (fit, marks, false));
        let former = || facts.former_names.iter().filter_map(|name| fit(claim, name)).min();
        current.or_else(|| former().map(|(fit, marks)| (fit, marks, true)))
    }

    /// Those found, the likeliest first, no more than asked for.
    pub(crate) fn done(mut self) -> Searched {
        self.hits.sort_by(|a, b| {
            let order = |hit: &Hit| (hit.fit, hit.other_marks, hit.former, hit.other_date);
            order(a).cmp(&order(b)).then_with(|| (&a.name, a.birth, a.key).cmp(&(&b.name, b.birth, b.key)))
        });
        let more = self.more || self.hits.len() > self.search.limit;
        let hits = self.hits.into_iter().take(self.search.limit).map(|hit| (hit.key, hit.former)).collect();
        Searched { hits, more }
    }
}

/// How a name fits, and whether it has other marks than those that were typed.
fn fit(claim: &ClaimedName, name: &NameForms) -> Option<(Fit, bool)> {
    if claim.marked() == name.marked() {
        return Some((Fit::Same, false));
    }
    if claim.unaccented() == name.unaccented() || is_joined(claim.unaccented(), name.unaccented()) {
        return Some((Fit::Unaccented, false));
    }
    let fit = words_fit(claim.unaccented(), name.unaccented())?;
    Some((fit, claim.has_marks() && words_fit(claim.marked(), name.marked()) != Some(fit)))
}

/// How the words typed fit those of a name.
fn words_fit(asked: &str, name: &str) -> Option<Fit> {
    type Fits = fn(&str, &str) -> bool;
    let (whole, begun): (Fits, Fits) = (|word, asked| word == asked, |word, asked| word.starts_with(asked));
    let in_order = |fits: Fits| {
        let mut words = name.split(' ');
        asked.split(' ').all(|asked| words.any(|word| fits(word, asked)))
    };
    let (asked, words): (Vec<&str>, Vec<&str>) = (asked.split(' ').collect(), name.split(' ').collect());
    let in_any_order = |fits: Fits| {
        let fits = |nth: usize, at: usize| {
            words.get(at).zip(asked.get(nth)).is_some_and(|(word, asked)| fits(word, asked))
        };
        matching(asked.len(), words.len(), fits)
    };
    let ways = [
        (Fit::Words, in_order(whole)),
        (Fit::WordsInAnyOrder, in_any_order(whole)),
        (Fit::Beginnings, in_order(begun)),
        (Fit::BeginningsInAnyOrder, in_any_order(begun)),
    ];
    ways.into_iter().find(|(_, fits)| *fits).map(|(fit, _)| fit)
}

/// Whether `joined`, which has no spaces, is this name without its spaces.
fn is_joined(joined: &str, name: &str) -> bool {
    joined.bytes().eq(name.bytes().filter(|b| *b != b' '))
}

/// Whether the recorded date may be the one that is searched, as far as both are known.
fn may_be(searched: BirthDate, recorded: BirthDate) -> bool {
    let month = |date| match date {
        BirthDate::Day(day) => Some(day.month()),
        BirthDate::Month { month, .. } => Some(month),
        BirthDate::Year(_) => None,
    };
    let day = |date| match date {
        BirthDate::Day(day) => Some(day.day()),
        _ => None,
    };
    let alike = |a: Option<u8>, b: Option<u8>| a.is_none() || b.is_none() || a == b;
    searched.year() == recorded.year()
        && alike(month(searched), month(recorded))
        && alike(day(searched), day(recorded))
}
