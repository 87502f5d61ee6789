//! Whom a claim names, and how far it agrees.
use crate::Finding;
use crate::index::Bearer;
use dancu_citizen::{Allowed, Claim, IdCardNumber, PersonNumber, compare};

/// Compares a claim with the record of the person whom its numbers name. `bearer` tells who bears a number: memory, or the store.
pub(crate) fn verify<E>(
    bearer: impl FnMut(PersonNumber) -> Result<Option<Bearer>, E>,
    claim: &Claim,
    allowed: Allowed,
) -> Result<Finding, E> {
    let Some((person, other_card)) = find(bearer, claim)? else { return Ok(Finding::NOT_FOUND) };
    let comparison = if other_card && person.facts().id_card_number.is_none() {
        // The card is somebody else's. That is a mismatch, even where this record has no card number.
        let mut facts = person.facts().clone();
        facts.id_card_number = claim.id_card_number.and_then(another);
        compare(claim, &facts, allowed)
    } else {
        compare(claim, person.facts(), allowed)
    };
    Ok(Finding {
        person: Some(person.key()),
        number: person.number(),
        state: person.facts().state,
        comparison: Some(comparison),
    })
}

/// Whom a claim names, and whether its card number is another person's.
pub(crate) fn find<E>(
    mut bearer: impl FnMut(PersonNumber) -> Result<Option<Bearer>, E>,
    claim: &Claim,
) -> Result<Option<(Bearer, bool)>, E> {
    let mut of = |number: Option<PersonNumber>| number.map_or(Ok(None), &mut bearer);
    let by_id = of(claim.personal_id.map(PersonNumber::PersonalId))?;
    let by_card = of(claim.id_card_number.map(PersonNumber::IdCard))?;
    Ok(match (by_id, by_card) {
        (Some(person), Some(other)) => {
            let differ = person.key() != other.key();
            Some((person, differ))
        }
        (Some(person), None) | (None, Some(person)) => Some((person, false)),
        (None, None) => None,
    })
}

/// Any other card number.
fn another(card: IdCardNumber) -> Option<IdCardNumber> {
    IdCardNumber::from_u32(card.as_u32().checked_add(1)?).or_else(|| IdCardNumber::from_u32(0))
}
