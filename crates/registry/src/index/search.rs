//! Search by name: words in their order, whole or begun, with marks or without.
use super::{Person, Snapshot};
use crate::{PersonKey, Search};
use dancu_citizen::{BirthDate, ClaimedName, Facts, FullName, NameForms, Sex};
use dancu_verify_index::{Doubt, Place, Signature, Sought};
use std::collections::HashSet;

/// A search by parts of a name looks no further once it has found this many times the hits asked for: an officer who typed only
/// a common surname is to type more, not to wait. Whoever bears the whole name is found whatever their number.
const ENOUGH: usize = 8;

/// How well a name fits, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The same name, marks included
    Same,
    /// The same name but for marks
    Unaccented,
    /// Every word is a word of the name
    Words,
    /// Every word begins a word of the name
    Beginnings,
}

/// Those whom a search means, the likeliest first, and whether each is found by a former name.
pub(super) fn search(search: &Search, people: &Snapshot) -> Result<Vec<(PersonKey, bool)>, Doubt> {
    let mut found = Found::new(search);
    match (search.number, &search.name) {
        (Some(number), _) => match people.changed_with(number) {
            Some(person) => found.changed(person),
            None => found.kept(people, people.base.place(number)?)?,
        },
        (None, Some(name)) => {
            people.all_changed().for_each(|person| found.changed(person));
            by_whole_name(&mut found, people, name)?;
            by_words(&mut found, people, name, false)?;
            by_words(&mut found, people, name, true)?;
        }
        (None, None) => {}
    }
    Ok(found.done())
}

/// The same by looking at everybody one after the other: what is done in doubt.
pub(crate) fn scan(search: &Search) -> Found<'_> {
    Found::new(search)
}

/// A name typed without spaces has the signature of the name, too.
fn by_whole_name(found: &mut Found<'_>, people: &Snapshot, name: &ClaimedName) -> Result<(), Doubt> {
    let index = people.base.trusted()?;
    let (signature, mut places) = (Signature::of(name.unaccented()), Vec::new());
    match found.search.birth {
        Some(birth) => index.named(signature, birth.year()..=birth.year(), usize::MAX, &mut places)?,
        None => index.all_named(signature, usize::MAX, &mut places)?,
    }
    // With marks typed, those who bear the very same are looked for among all whose letters are the same.
    let (is_marked, is_dated) = (name.has_marks(), found.search.birth.is_some());
    for place in places {
        let same = || found.of_fit(Fit::Same) >= found.search.limit;
        if !is_dated && if is_marked { same() } else { found.has_enough() } {
            return Ok(());
        }
        found.kept(people, Some(place))?;
    }
    Ok(())
}

/// Walks along everybody, until enough fit.
fn by_words(found: &mut Found<'_>, people: &Snapshot, name: &ClaimedName, begun: bool) -> Result<(), Doubt> {
    let (index, search) = (people.base.trusted()?, found.search);
    let years = search.birth.map(BirthDate::year);
    let sought = Sought::new(index, name.unaccented().split(' '), begun, years, search.sex);
    let mut next = Some(0);
    while let Some(page) = next.filter(|_| !found.has_enough()) {
        let mut places = Vec::new();
        next = index.seek_page(&sought, page, &mut places)?;
        for place in places {
            if found.has_enough() {
                break;
            }
            found.kept(people, Some(place))?;
        }
    }
    Ok(())
}

/// A name in force, or a former one, with which somebody fits.
struct Hit {
    fit: Fit,
    former: bool,
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
}

impl<'a> Found<'a> {
    fn new(search: &'a Search) -> Self {
        Self { search, seen: HashSet::new(), hits: Vec::new() }
    }

    fn has_enough(&self) -> bool {
        self.hits.len() >= self.search.limit.saturating_mul(ENOUGH)
    }

    fn of_fit(&self, fit: Fit) -> usize {
        self.hits.iter().filter(|hit| hit.fit == fit).count()
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
        let (true, true, Some((fit, former))) = (birth, sex, self.fit(facts)) else { return };
        self.seen.insert(key);
        let other_date = self.search.birth.is_some() && self.search.birth != facts.birth_date;
        self.hits.push(Hit { fit, former, other_date, name: name(), birth: facts.birth_date, key });
    }

    /// How the name in force fits, else a former one.
    fn fit(&self, facts: &Facts) -> Option<(Fit, bool)> {
        let Some(claim) = &self.search.name else { return Some((Fit::Same, false)) };
        let current = facts.name.as_ref().and_then(|name| fit(claim, name)).map(|fit| (fit, false));
        let former = || facts.former_names.iter().filter_map(|name| fit(claim, name)).min();
        current.or_else(|| former().map(|fit| (fit, true)))
    }

    /// Those found, the likeliest first, no more than asked for.
    pub(crate) fn done(mut self) -> Vec<(PersonKey, bool)> {
        self.hits.sort_by(|a, b| {
            let order = |hit: &Hit| (hit.fit, hit.former, hit.other_date);
            order(a).cmp(&order(b)).then_with(|| (&a.name, a.birth, a.key).cmp(&(&b.name, b.birth, b.key)))
        });
        self.hits.into_iter().take(self.search.limit).map(|hit| (hit.key, hit.former)).collect()
    }
}

fn fit(claim: &ClaimedName, name: &NameForms) -> Option<Fit> {
    if claim.marked() == name.marked() {
        return Some(Fit::Same);
    }
    if claim.unaccented() == name.unaccented() || is_joined(claim.unaccented(), name.unaccented()) {
        return Some(Fit::Unaccented);
    }
    let in_order = |fits: fn(&str, &str) -> bool| {
        let mut words = name.unaccented().split(' ');
        claim.unaccented().split(' ').all(|asked| words.any(|word| fits(word, asked)))
    };
    if in_order(|word, asked| word == asked) {
        return Some(Fit::Words);
    }
    in_order(|word, asked| word.starts_with(asked)).then_some(Fit::Beginnings)
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
