//! Everybody as of one position of the change feed, in the compact form of the verify index.
use super::Person;
use crate::store::Rows;
use crate::{PersonKey, RegistryError};
use dancu_citizen::{Facts, PersonNumber};
use dancu_verify_index::{
    BuildError, Builder, Doubt, Heads, Index, Key, OpenError, Person as Whole, Place, Standing,
};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The people of an index, with their keys in the store.
pub(crate) struct Base {
    index: Arc<Index>,
    /// Derives keys; none for people without a store, who have keys of their own
    rows: Option<Rows>,
    /// What it stands for
    pub(crate) standing: Standing,
    /// Those without a personal number, by key
    numberless: HashMap<PersonKey, Place>,
    /// When it was made of the store or of another one; none for one that was opened from a file
    pub(crate) made: Option<Instant>,
    /// Something in it differs from the store: it answers nothing any more
    is_distrusted: AtomicBool,
}

impl Base {
    /// Nobody.
    pub(crate) fn empty() -> Self {
        Self::of(Index::default(), None, Standing::default())
    }

    fn of(index: Index, rows: Option<Rows>, standing: Standing) -> Self {
        let index = Arc::new(index);
        let mut base = Self {
            index,
            rows,
            standing,
            numberless: HashMap::new(),
            made: Some(Instant::now()),
            is_distrusted: AtomicBool::new(false),
        };
        let keys: Result<_, Doubt> = base
            .index
            .numberless()
            .map(|place| place.and_then(|place| Ok((base.key(place, None)?, place))))
            .collect();
        match keys {
            Ok(keys) => base.numberless = keys,
            Err(Doubt) => base.distrust(),
        }
        base
    }

    /// Opens a file that was saved.
    pub(crate) fn open(path: &Path, rows: &Rows) -> Result<Self, OpenError> {
        let (index, standing) = Index::open(path, &rows.ring)?;
        Ok(Self { made: None, ..Self::of(index, Some(rows.clone()), standing) })
    }

    pub(crate) fn save(&self, path: &Path, rows: &Rows) -> Result<(), OpenError> {
        self.index.save(path, &rows.ring, self.standing)
    }

    pub(crate) fn index(&self) -> &Arc<Index> {
        &self.index
    }

    pub(crate) fn distrust(&self) {
        self.is_distrusted.store(true, Ordering::Relaxed);
    }

    /// Whether it is to be built anew: it differs from the store, or a page did not open.
    pub(crate) fn is_damaged(&self) -> bool {
        self.is_distrusted.load(Ordering::Relaxed) || self.index.doubts() > 0
    }

    /// Fails once it is distrusted.
    pub(crate) fn trusted(&self) -> Result<&Index, Doubt> {
        if self.is_distrusted.load(Ordering::Relaxed) { Err(Doubt) } else { Ok(&self.index) }
    }

    /// Who bears a number, or bore it.
    pub(crate) fn place(&self, number: PersonNumber) -> Result<Option<Place>, Doubt> {
        match number {
            PersonNumber::PersonalId(id) => self.trusted()?.place_of(id),
            PersonNumber::IdCard(card) => self.trusted()?.place_of_card(card),
        }
    }

    /// The same, with what a verdict needs.
    pub(crate) fn by_number(&self, number: PersonNumber) -> Result<Option<(PersonKey, Facts)>, Doubt> {
        let Some(place) = self.place(number)? else { return Ok(None) };
        let facts = self.index.facts(place)?;
        Ok(Some((self.key(place, Some(&facts))?, facts)))
    }

    /// Where somebody stands who may have changed since. Numbers are never taken from a person: whoever bore one still does.
    pub(crate) fn place_of(&self, person: &Person) -> Result<Option<Place>, Doubt> {
        for number in numbers(&person.facts) {
            if let Some(place) = self.place(number)? {
                return Ok(Some(place));
            }
        }
        Ok(self.numberless.get(&person.key).copied())
    }

    /// The key of a person in the store; `facts` spare a look.
    pub(crate) fn key(&self, place: Place, facts: Option<&Facts>) -> Result<PersonKey, Doubt> {
        if let Key::Other(key) = self.index.key(place)? {
            return Ok(PersonKey(key));
        }
        let id = match facts {
            Some(facts) => facts.personal_id,
            None => self.index.personal_id(place)?,
        };
        let number = PersonNumber::PersonalId(id.ok_or(Doubt)?);
        Ok(self.rows.as_ref().ok_or(Doubt)?.key_of_number(number))
    }
}

/// Every number that names a person, in force or former.
pub(crate) fn numbers(facts: &Facts) -> impl Iterator<Item = PersonNumber> + '_ {
    let ids = facts.personal_id.iter().chain(&facts.former_personal_ids);
    let cards = facts.id_card_number.iter().chain(&facts.former_id_cards);
    ids.map(|id| PersonNumber::PersonalId(*id)).chain(cards.map(|card| PersonNumber::IdCard(*card)))
}

/// Takes people in for a new base.
pub(crate) struct Gathering<'a> {
    rows: &'a Rows,
    builder: Builder,
}

impl<'a> Gathering<'a> {
    pub(crate) fn new(rows: &'a Rows) -> Self {
        Self { rows, builder: Builder::new() }
    }

    pub(crate) fn add(&mut self, person: &Person) -> Result<(), RegistryError> {
        let facts = &person.facts;
        let number = facts.personal_id.map(PersonNumber::PersonalId);
        let is_derived = number.is_some_and(|number| self.rows.key_of_number(number) == person.key);
        let whole = Whole {
            key: if is_derived { Key::OfNumber } else { Key::Other(person.key.0) },
            personal_id: facts.personal_id,
            former_personal_ids: facts.former_personal_ids.clone(),
            id_card_number: facts.id_card_number,
            former_id_cards: facts.former_id_cards.clone(),
            name: person.name.clone(),
            former_names: person.former_names.clone(),
            birth_date: facts.birth_date,
            sex: facts.sex,
            state: facts.state,
            household_head: person.household_head,
            unit: person.unit,
        };
        self.builder.add(&whole).map_err(refused)
    }

    /// Takes over somebody who did not change.
    pub(crate) fn keep(
        &mut self,
        base: &Base,
        place: Place,
        heads: &Heads,
    ) -> Result<Result<(), Doubt>, RegistryError> {
        let person = match base.trusted().and_then(|index| index.person(place)) {
            Ok(person) => Whole { household_head: heads.of(place), ..person },
            Err(doubt) => return Ok(Err(doubt)),
        };
        self.builder.add(&person).map(Ok).map_err(refused)
    }

    pub(crate) fn done(self, standing: Standing) -> Result<Base, RegistryError> {
        let index = self.builder.build().map_err(refused)?;
        Ok(Base::of(index, Some(self.rows.clone()), standing))
    }
}

fn refused(error: BuildError) -> RegistryError {
    RegistryError::Index(error)
}
