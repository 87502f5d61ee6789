//! The rules of each field.
use super::{Claim, Facts, FieldVerdict, Reason};
use crate::name::{NameAgreement, agreement};
use crate::{BirthDate, CivilDate, ClaimedName, Field, Sex};

/// The verdict on a field that the claim says, before it is known whether near may be told.
pub(super) fn compare(field: Field, claim: &Claim, facts: &Facts) -> FieldVerdict {
    let reason = match field {
        Field::PersonalId => {
            claim.personal_id.map(|n| number(n, facts.personal_id, &facts.former_personal_ids))
        }
        Field::IdCardNumber => {
            claim.id_card_number.map(|n| number(n, facts.id_card_number, &facts.former_id_cards))
        }
        Field::FullName => claim.full_name.as_ref().map(|n| name(n, facts)),
        Field::BirthDate => {
            claim.birth_date.map(|d| facts.birth_date.map_or(Reason::NotOnRecord, |r| birth(d, r)))
        }
        Field::Sex => claim.sex.map(|s| sex(s, facts.sex)),
        _ => None,
    };
    FieldVerdict::of(reason.unwrap_or(Reason::NotAsked))
}

fn number<T: PartialEq + Copy>(claimed: T, current: Option<T>, former: &[T]) -> Reason {
    match current {
        Some(current) if current == claimed => Reason::Equal,
        _ if former.contains(&claimed) => Reason::LinkedOldNumber,
        Some(_) => Reason::Different,
        None => Reason::NotOnRecord,
    }
}

fn name(claimed: &ClaimedName, facts: &Facts) -> Reason {
    let Some(current) = &facts.name else { return Reason::NotOnRecord };
    match agreement(claimed, current) {
        NameAgreement::Equal => Reason::Equal,
        NameAgreement::Unaccented => Reason::UnaccentedEqual,
        NameAgreement::MarksDiffer => Reason::MarksDiffer,
        _ if facts.former_names.iter().any(|f| agreement(claimed, f) <= NameAgreement::Unaccented) => {
            Reason::FormerName
        }
        NameAgreement::SmallEdit => Reason::SmallEdit,
        NameAgreement::Different => Reason::Different,
    }
}

fn birth(claimed: BirthDate, recorded: BirthDate) -> Reason {
    use BirthDate::{Day, Month, Year};
    match (claimed, recorded) {
        (Day(c), Day(r)) if c == r => Reason::Equal,
        (Day(c), Day(r)) if swapped(c, r) => Reason::DayMonthSwapped,
        (c, Year(year)) if c.year() == year => Reason::YearOnly,
        (c, Month { .. }) if month_of(c) == month_of(recorded) => Reason::MonthOnly,
        (c @ Month { .. }, Day(_)) if month_of(c) == month_of(recorded) => Reason::LessPrecise,
        (Year(year), Day(_) | Month { .. }) if year == recorded.year() => Reason::LessPrecise,
        _ => Reason::Different,
    }
}

fn month_of(date: BirthDate) -> Option<(i16, u8)> {
    match date {
        BirthDate::Day(d) => Some((d.year(), d.month())),
        BirthDate::Month { year, month } => Some((year, month)),
        BirthDate::Year(_) => None,
    }
}

fn swapped(a: CivilDate, b: CivilDate) -> bool {
    a.year() == b.year() && a.month() == b.day() && a.day() == b.month()
}

fn sex(claimed: Sex, recorded: Sex) -> Reason {
    match recorded {
        Sex::Unknown => Reason::NotOnRecord,
        _ if claimed == recorded => Reason::Equal,
        _ => Reason::Different,
    }
}
