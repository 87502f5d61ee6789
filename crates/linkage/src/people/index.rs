//! The verify index as the people that linkage asks.
use super::{Doubt, MOST_SYLLABLES, People, Person};
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId};
use dancu_verify_index::{Entry, Index, Place, Signature};
use std::ops::RangeInclusive;

impl From<dancu_verify_index::Doubt> for Doubt {
    fn from(_: dancu_verify_index::Doubt) -> Self {
        Self
    }
}

fn person(entry: &Entry) -> Person {
    let mut name = [0; MOST_SYLLABLES];
    name.iter_mut().zip(entry.name.ids()).for_each(|(place, id)| *place = *id);
    Person {
        personal_id: entry.personal_id,
        id_card_number: entry.id_card_number,
        name,
        is_whole: entry.name.is_whole(),
        birth_date: entry.birth_date,
        sex: entry.sex,
        state: entry.state,
        has_former: entry.has_former,
        unit: entry.unit.map_or(0, |unit| unit.as_u16().into()),
    }
}

type Found = Result<Option<Place>, dancu_verify_index::Doubt>;

fn number(found: Found) -> Result<Option<u32>, Doubt> {
    Ok(found?.map(Place::as_u32))
}

impl People for Index {
    type Signature = Signature;

    fn count(&self) -> usize {
        self.len()
    }

    fn knows_units(&self) -> bool {
        Self::knows_units(self)
    }

    fn syllable(&self, number: u16) -> Option<&str> {
        self.syllables().display(number)
    }

    fn signature(&self, letters: &str) -> Signature {
        Signature::of(letters)
    }

    fn places_of(&self, numbers: &[PersonalId], out: &mut Vec<Result<Option<u32>, Doubt>>) {
        let mut found = Vec::with_capacity(numbers.len());
        Self::places_of(self, numbers, &mut found);
        out.clear();
        out.extend(found.into_iter().map(number));
    }

    fn places_of_cards(&self, numbers: &[IdCardNumber], out: &mut Vec<Result<Option<u32>, Doubt>>) {
        let mut found = Vec::with_capacity(numbers.len());
        Self::places_of_cards(self, numbers, &mut found);
        out.clear();
        out.extend(found.into_iter().map(number));
    }

    fn born(&self, questions: &[(Signature, BirthDate)], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
        let mut found = Vec::with_capacity(questions.len());
        self.born_many(questions, &mut found);
        out.clear();
        out.extend(found.into_iter().map(|(at, place)| (at, place.map(Place::as_u32).map_err(Doubt::from))));
    }

    fn named(
        &self,
        name: Signature,
        years: RangeInclusive<i16>,
        limit: usize,
        out: &mut Vec<u32>,
    ) -> Result<(), Doubt> {
        let mut found = Vec::new();
        Self::named(self, name, years, limit, &mut found)?;
        out.extend(found.into_iter().map(Place::as_u32));
        Ok(())
    }

    fn households(&self, heads: &[u32], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
        let heads: Vec<Place> = heads.iter().map(|place| Place::from_u32(*place)).collect();
        let mut found = Vec::new();
        self.households_of_heads(&heads, &mut found);
        out.clear();
        out.extend(found.into_iter().map(|(at, place)| (at, place.map(Place::as_u32).map_err(Doubt::from))));
    }

    fn people(&self, places: &[u32], out: &mut Vec<Result<Option<Person>, Doubt>>) {
        let places: Vec<Place> = places.iter().map(|place| Place::from_u32(*place)).collect();
        let mut found = Vec::with_capacity(places.len());
        self.entries(&places, &mut found);
        out.clear();
        out.extend(
            found.into_iter().map(|entry| -> Result<Option<Person>, Doubt> { Ok(Some(person(&entry?))) }),
        );
    }

    fn names(&self, place: u32) -> Result<Vec<String>, Doubt> {
        Ok(Self::names(self, Place::from_u32(place))?)
    }
}
