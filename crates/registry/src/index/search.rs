//! Search by name: words in their order, whole or begun, with marks or without.
use super::Person;
use super::layer::{Layer, names};
use crate::{Hit, Search};
use dancu_citizen::{BirthDate, ClaimedName, NameForms, Sex};
use std::collections::HashSet;

/// A search looks no further once it has found this many times the hits asked for: an officer who typed only a
/// common surname is to type more, not to wait.
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

pub(super) fn search(search: &Search, small: &Layer, big: &Layer) -> Vec<Hit> {
    let mut found = Found { search, small, big, seen: HashSet::new(), hits: Vec::new() };
    match (search.number, &search.name) {
        (Some(number), _) => {
            if let Some(person) = small.by_number(number).or_else(|| big.by_number(number)) {
                found.consider(person, false);
            }
        }
        (None, Some(name)) => {
            found.by_words(name, false);
            found.by_words(name, true);
            found.by_joined(name);
        }
        (None, None) => {}
    }
    found.hits.sort_by_cached_key(|(fit, former, person)| {
        let name = person.name.as_ref().map(|n| n.whole().to_owned());
        (*fit, *former, name, person.facts.birth_date, person.key)
    });
    found.hits.into_iter().take(search.limit).map(|(_, former, person)| person.hit(former)).collect()
}

struct Found<'a> {
    search: &'a Search,
    small: &'a Layer,
    big: &'a Layer,
    seen: HashSet<crate::PersonKey>,
    hits: Vec<(Fit, bool, &'a Person)>,
}

impl<'a> Found<'a> {
    /// Walks the list of the rarest word, in both layers.
    fn by_words(&mut self, name: &ClaimedName, begun: bool) {
        for (layer, shadowed) in [(self.small, false), (self.big, true)] {
            let lists = |word| if begun { layer.with_beginning(word) } else { layer.with_word(word) };
            let size = |word| lists(word).iter().map(|(_, places)| places.len()).sum::<usize>();
            let Some(rarest) = name.unaccented().split(' ').min_by_key(|word| size(*word)) else { return };
            for place in lists(rarest).iter().flat_map(|(_, places)| places) {
                if self.enough() {
                    return;
                }
                if let Some(person) = layer.at(*place) {
                    self.consider(person, shadowed);
                }
            }
        }
    }

    /// A name typed without spaces has no word to look for: everybody is compared, once nothing else was found.
    fn by_joined(&mut self, name: &ClaimedName) {
        if !self.hits.is_empty() || name.unaccented().contains(' ') {
            return;
        }
        for (layer, shadowed) in [(self.small, false), (self.big, true)] {
            for person in layer.people() {
                if self.enough() {
                    return;
                }
                if names(&person.facts).any(|n| is_joined(name.unaccented(), n.unaccented())) {
                    self.consider(person, shadowed);
                }
            }
        }
    }

    fn enough(&self) -> bool {
        self.hits.len() >= self.search.limit.saturating_mul(ENOUGH)
    }

    fn consider(&mut self, person: &'a Person, of_big: bool) {
        if of_big && self.small.by_key(person.key).is_some() || self.seen.contains(&person.key) {
            return;
        }
        let facts = &person.facts;
        let birth = self.search.birth.is_none_or(|b| facts.birth_date.is_some_and(|r| may_be(b, r)));
        let sex = self.search.sex.is_none_or(|s| s == Sex::Unknown || s == facts.sex);
        let number = self.search.number.is_none_or(|n| self.bears(person, n));
        if !(birth && sex && number) {
            return;
        }
        let Some((fit, former)) = self.fit(person) else { return };
        self.seen.insert(person.key);
        self.hits.push((fit, former, person));
    }

    fn bears(&self, person: &Person, number: dancu_citizen::PersonNumber) -> bool {
        let bearer = self.small.by_number(number).or_else(|| self.big.by_number(number));
        bearer.is_some_and(|p| p.key == person.key)
    }

    /// How the name in force fits, else a former one.
    fn fit(&self, person: &Person) -> Option<(Fit, bool)> {
        let Some(claim) = &self.search.name else { return Some((Fit::Same, false)) };
        let current = person.facts.name.as_ref().and_then(|name| fit(claim, name)).map(|fit| (fit, false));
        let former = || person.facts.former_names.iter().filter_map(|name| fit(claim, name)).min();
        current.or_else(|| former().map(|fit| (fit, true)))
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
