//! Whom a claim names, and how far it agrees. Answers from memory.
use crate::Finding;
use crate::index::{Index, Person};
use dancu_citizen::{Allowed, Claim, IdCardNumber, PersonNumber, compare};
use std::sync::Arc;

/// Compares a claim with the record of the person whom its numbers name.
pub(crate) fn verify(index: &Index, claim: &Claim, allowed: Allowed) -> Finding {
    let Some((person, other_card)) = find(index, claim) else { return Finding::NOT_FOUND };
    let comparison = if other_card && person.facts.id_card_number.is_none() {
        // The card is somebody else's. That is a mismatch, even where this record has no card number.
        let mut facts = person.facts.clone();
        facts.id_card_number = claim.id_card_number.and_then(another);
        compare(claim, &facts, allowed)
    } else {
        compare(claim, &person.facts, allowed)
    };
    Finding {
        person: Some(person.key),
        number: person.number(),
        state: person.facts.state,
        comparison: Some(comparison),
    }
}

/// Whom a claim names, and whether its card number is another person's.
pub(crate) fn find(index: &Index, claim: &Claim) -> Option<(Arc<Person>, bool)> {
    let by_id = claim.personal_id.and_then(|n| index.by_number(PersonNumber::PersonalId(n)));
    let by_card = claim.id_card_number.and_then(|n| index.by_number(PersonNumber::IdCard(n)));
    match (by_id, by_card) {
        (Some(person), Some(other)) => {
            let differ = person.key != other.key;
            Some((person, differ))
        }
        (Some(person), None) | (None, Some(person)) => Some((person, false)),
        (None, None) => None,
    }
}

/// Any other card number.
fn another(card: IdCardNumber) -> Option<IdCardNumber> {
    IdCardNumber::from_u32(card.as_u32().checked_add(1)?).or_else(|| IdCardNumber::from_u32(0))
}
