//! What linkage asks of the people it links to.
mod index;
mod lent;
mod memory;

pub use memory::{MemoryPeople, Written};

use dancu_citizen::{BirthDate, IdCardNumber, LifeState, PersonalId, Sex};
use std::ops::RangeInclusive;

/// The people cannot say just now: a part of what they are kept in is damaged. It is never an answer of "nobody".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the people cannot say just now")]
pub struct Doubt;

/// Syllables a name is kept in; longer ones are asked as text.
pub const MOST_SYLLABLES: usize = 8;

/// A person, as compact as the comparison needs. `Debug` shows no personal data.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Person {
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Old card number
    pub id_card_number: Option<IdCardNumber>,
    /// The name's syllables by their numbers in the people's dictionary; 0 ends them
    pub name: [u16; MOST_SYLLABLES],
    /// Whether those numbers are the whole name; if not, `names` is asked
    pub is_whole: bool,
    /// Birth date on record
    pub birth_date: Option<BirthDate>,
    /// Sex
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// Whether the person had other names or numbers before
    pub has_former: bool,
    /// Today's commune of the permanent residence, its code as a number; 0 where it is not known
    pub unit: u32,
}

impl Person {
    /// The old card number of who has no other.
    pub(crate) fn only_card(&self) -> Option<IdCardNumber> {
        self.id_card_number.filter(|_| self.personal_id.is_none())
    }
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("state", &self.state).finish_non_exhaustive()
    }
}

/// The people, found by several keys. A place names a person as long as the people do not change. Lookups of many at once give one
/// answer for each question, in their order, so that an index in memory can let its cache misses overlap.
pub trait People: Sync {
    /// What namesakes share: a hash of the name's letters without marks and spaces
    type Signature: Copy + Send;

    /// How many people there are.
    fn count(&self) -> usize;

    /// Whether it is known where people live.
    fn knows_units(&self) -> bool;

    /// A syllable of the dictionary, as displayed; they are numbered from 1, without gaps.
    fn syllable(&self, number: u16) -> Option<&str>;

    /// Signature of a name given as its letters a-z, without spaces.
    fn signature(&self, letters: &str) -> Self::Signature;

    /// Who has, or had, these personal numbers.
    fn places_of(&self, numbers: &[PersonalId], out: &mut Vec<Result<Option<u32>, Doubt>>);

    /// Who has, or had, these card numbers.
    fn places_of_cards(&self, numbers: &[IdCardNumber], out: &mut Vec<Result<Option<u32>, Doubt>>);

    /// Who has, or had, a name of this signature and exactly this date on record, its precision included: each as the position
    /// of its question, and the place.
    fn born(&self, questions: &[(Self::Signature, BirthDate)], out: &mut Vec<(u32, Result<u32, Doubt>)>);

    /// The same for all dates of some years; at most `limit` places, appended.
    fn named(
        &self,
        name: Self::Signature,
        years: RangeInclusive<i16>,
        limit: usize,
        out: &mut Vec<u32>,
    ) -> Result<(), Doubt>;

    /// Who lives in the households of which those at these places are the heads, the heads themselves included: each as the position of its
    /// question, and the place.
    fn households(&self, heads: &[u32], out: &mut Vec<(u32, Result<u32, Doubt>)>);

    /// The people at these places; none where nobody is.
    fn people(&self, places: &[u32], out: &mut Vec<Result<Option<Person>, Doubt>>);

    /// Names as displayed: the one in force first, then former ones.
    fn names(&self, place: u32) -> Result<Vec<String>, Doubt>;
}
