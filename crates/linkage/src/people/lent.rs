//! People lent or shared are people.
use super::{Doubt, People, Person};
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId};
use std::ops::RangeInclusive;
use std::sync::Arc;

macro_rules! lent {
    ($($type:ty => $($bound:ident)+;)*) => {$(
        impl<P: $($bound +)+> People for $type {
            type Signature = P::Signature;

            fn count(&self) -> usize {
                P::count(self)
            }

            fn knows_units(&self) -> bool {
                P::knows_units(self)
            }

            fn syllable(&self, number: u16) -> Option<&str> {
                P::syllable(self, number)
            }

            fn signature(&self, letters: &str) -> P::Signature {
                P::signature(self, letters)
            }

            fn places_of(&self, numbers: &[PersonalId], out: &mut Vec<Result<Option<u32>, Doubt>>) {
                P::places_of(self, numbers, out);
            }

            fn places_of_cards(&self, numbers: &[IdCardNumber], out: &mut Vec<Result<Option<u32>, Doubt>>) {
                P::places_of_cards(self, numbers, out);
            }

            fn born(&self, questions: &[(P::Signature, BirthDate)], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
                P::born(self, questions, out);
            }

            fn named(
                &self,
                name: P::Signature,
                years: RangeInclusive<i16>,
                limit: usize,
                out: &mut Vec<u32>,
            ) -> Result<(), Doubt> {
                P::named(self, name, years, limit, out)
            }

            fn households(&self, heads: &[u32], out: &mut Vec<(u32, Result<u32, Doubt>)>) {
                P::households(self, heads, out);
            }

            fn people(&self, places: &[u32], out: &mut Vec<Result<Option<Person>, Doubt>>) {
                P::people(self, places, out);
            }

            fn names(&self, place: u32) -> Result<Vec<String>, Doubt> {
                P::names(self, place)
            }
        }
    )*};
}

lent! {
    &P => People;
    Arc<P> => People Send;
}
