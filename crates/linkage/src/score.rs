//! A row against a person.
use crate::compare::name::KnownName;
use crate::compare::{birth, name};
use crate::model::Weights;
use crate::people::Person;
use crate::read::birth::Birth;
use crate::read::number::{Number, is_one_edit, is_one_longer_or_shorter};
use crate::read::unit::{Book, Fit, UnitText};
use crate::reading::Reading;
use crate::{Agreement, Column, Reasons};
use dancu_citizen::Sex;

/// A person with what comparison needs.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) place: u32,
    pub(crate) person: Person,
    pub(crate) score: i32,
    pub(crate) reasons: Reasons,
}

/// What else is known of a person, for those who had other names or numbers.
#[derive(Default)]
pub(crate) struct Past {
    pub(crate) names: Vec<KnownName>,
    /// A number led to the person that is not the one in force
    pub(crate) has_number: bool,
    /// The same of a card
    pub(crate) has_card: bool,
}

/// Each column's agreement, and what it says.
pub(crate) type Said = [(Column, Agreement, i32); 8];

/// Compares all columns.
pub(crate) fn compare(
    row: &Reading,
    person: &Person,
    known: &KnownName,
    past: &Past,
    is_of_household: bool,
    weights: &Weights,
) -> Said {
    let number = number(row, person, past, weights);
    let card = card(row, person, past, weights);
    let (number_column, card_column) = if row.is_crossed {
        (Column::IdCardNumber, Column::PersonalId)
    } else {
        (Column::PersonalId, Column::IdCardNumber)
    };
    let name = full_name(row, known, past, weights);
    let other = other_name(row, known, past, weights);
    let birth = match (row.birth, person.birth_date) {
        (Birth::Read(read), Some(recorded)) => birth::compare(read, recorded, &weights.birth),
        (Birth::Unreadable, _) => (Agreement::Unreadable, 0),
        _ => (Agreement::Absent, 0),
    };
    let sex = match (row.sex, person.sex) {
        (Err(()), _) => (Agreement::Unreadable, 0),
        (Ok(Sex::Unknown), _) | (_, Sex::Unknown) => (Agreement::Absent, 0),
        (Ok(read), recorded) if read == recorded => (Agreement::Same, weights.sex.same),
        _ => (Agreement::Different, weights.sex.different),
    };
    let unit = unit(row, person, weights);
    // Who is not known to live there may have moved, or nobody has recorded it.
    let household = if is_of_household {
        (Column::Household, Agreement::Same, weights.household.same)
    } else {
        (Column::Household, Agreement::Absent, 0)
    };
    [
        (number_column, number.0, number.1),
        (card_column, card.0, card.1),
        (Column::FullName, name.0, name.1),
        (Column::OtherName, other.0, other.1),
        (Column::BirthDate, birth.0, birth.1),
        (Column::Sex, sex.0, sex.1),
        (Column::Unit, unit.0, unit.1),
        household,
    ]
}

fn number(row: &Reading, person: &Person, past: &Past, weights: &Weights) -> (Agreement, i32) {
    let weights = &weights.number;
    let Some(recorded) = person.personal_id.map(dancu_citizen::PersonalId::as_u64) else {
        return (Agreement::Absent, 0);
    };
    match row.number {
        Number::Absent | Number::Card { .. } => (Agreement::Absent, 0),
        Number::Unreadable => (Agreement::Unreadable, 0),
        Number::Personal { number, .. } if number == recorded => (Agreement::Same, weights.same),
        _ if past.has_number => (Agreement::Former, weights.former),
        Number::Personal { number, .. } if is_one_edit(number, recorded, 12) => {
            (Agreement::Typing, weights.typing)
        }
        Number::Personal { is_mended: true, .. } | Number::Digits(_)
            if row
                .digits()
                .iter()
                .flatten()
                .any(|d| is_one_longer_or_shorter(d.as_slice(), recorded, 12)) =>
        {
            (Agreement::Typing, weights.typing)
        }
        _ => (Agreement::Different, weights.different),
    }
}

fn card(row: &Reading, person: &Person, past: &Past, weights: &Weights) -> (Agreement, i32) {
    let weights = &weights.card;
    let crossed = |agreement| if row.is_crossed { Agreement::Former } else { agreement };
    match (row.card, person.id_card_number) {
        (Number::Unreadable | Number::Digits(_), _) => (Agreement::Unreadable, 0),
        (Number::Card { .. }, _) if past.has_card => (Agreement::Former, weights.former),
        (Number::Card { number, .. }, Some(recorded)) => match recorded.as_u32() {
            recorded if recorded == number => (crossed(Agreement::Same), weights.same),
            recorded if is_one_edit(number.into(), recorded.into(), 9) => (Agreement::Typing, weights.typing),
            _ => (Agreement::Different, weights.different),
        },
        _ => (Agreement::Absent, 0),
    }
}

fn full_name(row: &Reading, known: &KnownName, past: &Past, weights: &Weights) -> (Agreement, i32) {
    if row.is_name_unreadable {
        return (Agreement::Unreadable, 0);
    }
    if row.name.is_empty() || known.words().is_empty() {
        return (Agreement::Absent, 0);
    }
    let now = name::compare(&row.name, known, &weights.name);
    let former = past.names.iter().map(|former| name::compare(&row.name, former, &weights.name));
    let best = former.filter(|(agreement, _)| *agreement < Agreement::Words).max_by_key(|(_, says)| *says);
    match best {
        Some((_, says)) if says + weights.name.former > now.1 => {
            (Agreement::Former, says + weights.name.former)
        }
        _ => now,
    }
}

/// Another name says something only where it is one that the person had, or has.
fn other_name(row: &Reading, known: &KnownName, past: &Past, weights: &Weights) -> (Agreement, i32) {
    if row.other_name.is_empty() {
        return (Agreement::Absent, 0);
    }
    let mut all = std::iter::once(known).chain(&past.names);
    let fits =
        |known: &KnownName| name::compare(&row.other_name, known, &weights.name).0 <= Agreement::OtherMarks;
    if all.any(fits) { (Agreement::Same, 300) } else { (Agreement::Different, 0) }
}

fn unit(row: &Reading, person: &Person, weights: &Weights) -> (Agreement, i32) {
    let weights = &weights.unit;
    let meaning = match row.unit {
        UnitText::Absent => return (Agreement::Absent, 0),
        UnitText::Unreadable => return (Agreement::Unreadable, 0),
        UnitText::Read(meaning) => meaning,
    };
    let book = Book::bundled();
    if person.unit == 0 {
        let Some(id) = person.personal_id else { return (Agreement::Absent, 0) };
        let born = book.province_now(u32::from(id.place_code()));
        let says = match (born, meaning.province()) {
            (0, _) | (_, 0) => 0,
            (born, lives) if born == lives => weights.birth_province,
            _ => weights.other_province,
        };
        return (Agreement::Absent, says);
    }
    let says = meaning.says().min(weights.most);
    match meaning.fit(book, person.unit) {
        Fit::Same => (Agreement::Same, says + weights.same),
        Fit::Moved => (Agreement::MovedUnit, says + weights.moved),
        Fit::Province => (Agreement::LessPrecise, says + weights.province),
        Fit::Near => (Agreement::Different, weights.near),
        Fit::Other => (Agreement::Different, weights.other),
    }
}
