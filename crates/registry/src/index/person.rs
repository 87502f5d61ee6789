//! One person in memory.
use crate::block::Block;
use crate::{Hit, PersonKey};
use dancu_citizen::{Facts, FullName, PersonNumber};
use dancu_verify_index::Unit;
use std::sync::Arc;

/// What the layers keep of a person who came or changed.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) key: PersonKey,
    pub(crate) version: u32,
    pub(crate) facts: Facts,
    pub(crate) name: Option<FullName>,
    pub(crate) former_names: Vec<FullName>,
    /// Number of the head of the household
    pub(crate) household_head: Option<PersonNumber>,
    /// Commune of the permanent residence, as the base keeps it
    pub(crate) unit: Option<Unit>,
    /// Whether the base does not have them
    pub(crate) is_new: bool,
    province: ShortCode,
    commune: ShortCode,
}

impl Person {
    pub(crate) fn new(key: PersonKey, version: u32, block: Block) -> Self {
        let facts = block.facts();
        let (province, commune) =
            (ShortCode::of(block.province.as_deref()), ShortCode::of(block.commune.as_deref()));
        let unit = block.commune.as_deref().and_then(Unit::of_code);
        let (name, former_names, household_head) = (block.name, block.former_names, block.household_head);
        Self {
            key,
            version,
            facts,
            name,
            former_names,
            household_head,
            unit,
            is_new: false,
            province,
            commune,
        }
    }

    /// The same person, new to the base or not.
    pub(super) fn marked(self: Arc<Self>, is_new: bool) -> Arc<Self> {
        if self.is_new == is_new { self } else { Arc::new(Self { is_new, ..Self::clone(&self) }) }
    }

    pub(crate) fn hit(&self, by_former_name: bool) -> Hit {
        Hit {
            person: self.key,
            personal_id: self.facts.personal_id,
            id_card_number: self.facts.id_card_number,
            full_name: self.name.clone(),
            by_former_name,
            birth_date: self.facts.birth_date,
            sex: self.facts.sex,
            state: self.facts.state,
            province: self.province.text(),
            commune: self.commune.text(),
        }
    }
}

/// Who bears a number.
pub(crate) enum Bearer {
    /// Somebody who came or changed since the base
    Changed(Arc<Person>),
    /// Somebody in the base
    Kept(PersonKey, Facts),
}

impl Bearer {
    pub(crate) fn key(&self) -> PersonKey {
        match self {
            Self::Changed(person) => person.key,
            Self::Kept(key, _) => *key,
        }
    }

    pub(crate) fn facts(&self) -> &Facts {
        match self {
            Self::Changed(person) => &person.facts,
            Self::Kept(_, facts) => facts,
        }
    }

    /// The number in force: the personal number, else the old card's.
    pub(crate) fn number(&self) -> Option<PersonNumber> {
        let card = || self.facts().id_card_number.map(PersonNumber::IdCard);
        self.facts().personal_id.map(PersonNumber::PersonalId).or_else(card)
    }
}

/// A code of at most five ASCII characters without an allocation; a longer one is not kept in memory.
#[derive(Clone, Copy, Default)]
struct ShortCode([u8; 5]);

impl ShortCode {
    fn of(code: Option<&str>) -> Self {
        let mut bytes = [0; 5];
        let code = code.filter(|c| c.is_ascii()).unwrap_or_default().as_bytes();
        if let Some(room) = bytes.get_mut(..code.len()) {
            room.copy_from_slice(code);
        }
        Self(bytes)
    }

    fn text(self) -> Option<String> {
        let text: String = self.0.iter().take_while(|b| **b != 0).map(|b| char::from(*b)).collect();
        (!text.is_empty()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::ShortCode;

    #[test]
    fn short_codes() {
        for (code, kept) in
            [("01", Some("01")), ("00123", Some("00123")), ("", None), ("123456", None), ("Đ", None)]
        {
            assert_eq!(ShortCode::of(Some(code)).text().as_deref(), kept);
        }
        assert_eq!(ShortCode::of(None).text(), None);
    }
}
