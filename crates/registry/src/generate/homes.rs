//! Who lives together, who heads the household, and what each is to the head.
use super::draft::{Clan, Draft};
use dancu_citizen::{CivilDate, Sex};

/// Fills in the members and the head of every home.
pub(crate) fn furnish(clan: &mut Clan, reference: CivilDate, adult_age: i16) {
    for (index, person) in clan.people.iter().enumerate().filter(|(_, person)| person.is_at_home()) {
        if let Some(home) = clan.homes.get_mut(person.home) {
            home.members.push(index);
        }
    }
    for home in &mut clan.homes {
        home.head = head(&clan.people, &home.members, reference, adult_age);
    }
}

/// The eldest adult of the home, or rather the husband when his wife is the eldest; without adults the eldest.
fn head(people: &[Draft], members: &[usize], reference: CivilDate, adult_age: i16) -> Option<usize> {
    let eldest = members.iter().copied().min_by_key(|i| people.get(*i).map(|p| p.born))?;
    let person = people.get(eldest)?;
    if person.age_on(reference) < adult_age || person.sex == Sex::Male {
        return Some(eldest);
    }
    let husband = person.spouse.filter(|spouse| members.contains(spouse) && !person.divorced);
    Some(husband.unwrap_or(eldest))
}

/// What a member is to the head, as the key of a code.
pub(crate) fn relation(people: &[Draft], head: usize, member: usize) -> &'static str {
    let Some(person) = people.get(member) else { return "other" };
    let heads_couple = |index: usize| index == head || people.get(head).and_then(|h| h.spouse) == Some(index);
    let is_child = |person: &Draft| parents(person).any(heads_couple);
    if member == head {
        "head"
    } else if person.spouse == Some(head) {
        "spouse"
    } else if is_child(person) {
        "child"
    } else if people.get(head).is_some_and(|head| parents(head).any(|parent| parent == member)) {
        "parent"
    } else if parents(person).filter_map(|parent| people.get(parent)).any(is_child) {
        "grandchild"
    } else if person.spouse.and_then(|spouse| people.get(spouse)).is_some_and(is_child) {
        "child_in_law"
    } else {
        "other"
    }
}

fn parents(person: &Draft) -> impl Iterator<Item = usize> {
    [person.father.here(), person.mother.here()].into_iter().flatten()
}
