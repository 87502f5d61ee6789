//! What verification and search need of a person, in one value: all that a start has to open.
use crate::codec::{Code, CodecError, Put, Sink, Take};
use dancu_citizen::{
    BirthDate, Facts, FullName, IdCardNumber, LifeState, NameForms, PersonNumber, PersonalId, Record, Sex,
};
use minicbor::Decoder;

/// The verify block of a person: the facts of the version in force and what earlier versions said otherwise.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) state: LifeState,
    pub(crate) personal_id: Option<PersonalId>,
    pub(crate) former_personal_ids: Vec<PersonalId>,
    pub(crate) id_card_number: Option<IdCardNumber>,
    pub(crate) former_id_cards: Vec<IdCardNumber>,
    pub(crate) name: Option<FullName>,
    pub(crate) former_names: Vec<FullName>,
    pub(crate) birth_date: Option<BirthDate>,
    pub(crate) sex: Sex,
    pub(crate) province: Option<String>,
    pub(crate) commune: Option<String>,
    /// Number of the head of the household
    pub(crate) household_head: Option<PersonNumber>,
}

impl Block {
    /// Of a first version.
    pub(crate) fn of(record: &Record) -> Self {
        let residence = record.permanent_residence.as_ref().map(|s| &s.value);
        Self {
            state: record.state,
            personal_id: record.personal_id.as_ref().map(|s| s.value),
            id_card_number: record.id_card_number.as_ref().map(|s| s.value),
            name: record.full_name.as_ref().map(|s| s.value.clone()),
            birth_date: record.birth_date.as_ref().map(|s| s.value),
            sex: record.sex.as_ref().map_or(Sex::Unknown, |s| s.value),
            province: residence.and_then(|a| a.province.clone()),
            commune: residence.and_then(|a| a.commune.clone()),
            household_head: record.household.as_ref().and_then(|s| s.value.head.number),
            ..Self::default()
        }
    }

    /// Of a version that follows another one: nothing that was ever said is forgotten.
    pub(crate) fn after(self, earlier: Self) -> Self {
        Self {
            former_personal_ids: former(
                earlier.former_personal_ids,
                earlier.personal_id,
                self.personal_id.as_ref(),
            ),
            former_id_cards: former(
                earlier.former_id_cards,
                earlier.id_card_number,
                self.id_card_number.as_ref(),
            ),
            former_names: former(earlier.former_names, earlier.name, self.name.as_ref()),
            ..self
        }
    }

    /// Every number that names this person, and whether it is in force.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = (PersonNumber, bool)> {
        let current =
            [self.personal_id.map(PersonNumber::PersonalId), self.id_card_number.map(PersonNumber::IdCard)];
        let ids = self.former_personal_ids.iter().copied().map(PersonNumber::PersonalId);
        let cards = self.former_id_cards.iter().copied().map(PersonNumber::IdCard);
        current.into_iter().flatten().map(|n| (n, true)).chain(ids.chain(cards).map(|n| (n, false)))
    }

    /// What the comparison needs.
    pub(crate) fn facts(&self) -> Facts {
        Facts {
            personal_id: self.personal_id,
            former_personal_ids: self.former_personal_ids.clone(),
            id_card_number: self.id_card_number,
            former_id_cards: self.former_id_cards.clone(),
            name: self.name.as_ref().map(NameForms::of),
            former_names: self.former_names.iter().map(NameForms::of).collect(),
            birth_date: self.birth_date,
            sex: self.sex,
            state: self.state,
        }
    }
}

/// The values before the one in force, oldest first, each once.
fn former<T: PartialEq>(mut former: Vec<T>, last: Option<T>, current: Option<&T>) -> Vec<T> {
    former.extend(last);
    let mut kept = Vec::with_capacity(former.len());
    for value in former {
        if Some(&value) != current && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// First member: the form of the block.
const FORM: u8 = 2;
/// The form before: no head of household.
const BEFORE: u8 = 1;

impl Code for Block {
    fn put(&self, to: &mut Sink) -> Put {
        to.array(13)?.u8(FORM)?;
        self.state.put(to)?;
        self.personal_id.put(to)?;
        self.former_personal_ids.put(to)?;
        self.id_card_number.put(to)?;
        self.former_id_cards.put(to)?;
        self.name.put(to)?;
        self.former_names.put(to)?;
        self.birth_date.put(to)?;
        self.sex.put(to)?;
        self.province.put(to)?;
        self.commune.put(to)?;
        self.household_head.put(to)
    }

    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        let length = from.array()?.ok_or(CodecError)?;
        let form = from.u8()?;
        if !matches!((length, form), (13, FORM) | (12, BEFORE)) {
            return Err(CodecError);
        }
        Ok(Self {
            state: Code::take(from)?,
            personal_id: Code::take(from)?,
            former_personal_ids: Code::take(from)?,
            id_card_number: Code::take(from)?,
            former_id_cards: Code::take(from)?,
            name: Code::take(from)?,
            former_names: Code::take(from)?,
            birth_date: Code::take(from)?,
            sex: Code::take(from)?,
            province: Code::take(from)?,
            commune: Code::take(from)?,
            household_head: if form == BEFORE { None } else { Code::take(from)? },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};
    use crate::testing::any_record;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn comes_back(records in prop::collection::vec(any_record(), 1..4)) {
            let block = records.iter().map(Block::of).reduce(|earlier, later| later.after(earlier)).unwrap();
            prop_assert!(decode::<Block>(&encode(&block)).unwrap() == block);
        }

        #[test]
        fn a_block_of_the_form_before_has_no_head_of_household(record in any_record()) {
            let block = Block { household_head: None, ..Block::of(&record) };
            let mut bytes = encode(&block);
            prop_assert_eq!((bytes[0], bytes[1], bytes.pop()), (0x8d, FORM, Some(0xf6)));
            (bytes[0], bytes[1]) = (0x8c, BEFORE);
            prop_assert!(decode::<Block>(&bytes).unwrap() == block);
        }

        #[test]
        fn no_number_is_forgotten(records in prop::collection::vec(any_record(), 1..5)) {
            let block = records.iter().map(Block::of).reduce(|earlier, later| later.after(earlier)).unwrap();
            let known: Vec<_> = block.numbers().map(|(n, _)| n).collect();
            for (number, _) in records.iter().map(Block::of).flat_map(|b| b.numbers().collect::<Vec<_>>()) {
                prop_assert_eq!(known.iter().filter(|n| **n == number).count(), 1);
            }
            let current = block.numbers().filter(|(_, current)| *current).map(|(n, _)| n).collect::<Vec<_>>();
            let last = Block::of(records.last().unwrap());
            prop_assert!(current == last.numbers().map(|(n, _)| n).collect::<Vec<_>>());
        }
    }
}
