//! A row, read.
use crate::read::birth::{self, Birth, Parts};
use crate::read::name::Name;
use crate::read::names::NameReader;
use crate::read::number::{self, Digits, Number};
use crate::read::sex;
use crate::read::unit::{Book, UnitText};
use crate::{Column, Row};
use dancu_citizen::{BirthDate, IdCardNumber, PersonNumber, PersonalId, Sex};

/// What a row says, as far as it can be read. Personal data; it has no `Debug`.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) number: Number,
    pub(crate) card: Number,
    /// A column holds the number of the other kind: the old number in that of the new one
    pub(crate) is_crossed: bool,
    pub(crate) name: Name,
    pub(crate) is_name_unreadable: bool,
    pub(crate) other_name: Name,
    pub(crate) birth: Birth,
    pub(crate) sex: Result<Sex, ()>,
    pub(crate) unit: UnitText,
    /// Number of the head of the household
    pub(crate) head: Number,
}

impl Reading {
    pub(crate) fn of(row: &Row<'_>, names: &NameReader, units: &Book) -> Self {
        let number = number::read(row.get(Column::PersonalId));
        let card = number::read(row.get(Column::IdCardNumber));
        let is_other_kind = matches!(number, Number::Card { .. }) && !matches!(card, Number::Card { .. });
        let is_other_way =
            matches!(card, Number::Personal { .. }) && !matches!(number, Number::Personal { .. });
        let is_crossed = is_other_kind || is_other_way;
        let (number, card) = if is_crossed { (card, number) } else { (number, card) };
        let text = row.get(Column::FullName);
        let name = names.read(text);
        let other = row.get(Column::OtherName);
        Self {
            number,
            card,
            is_crossed,
            name,
            is_name_unreadable: name.is_empty() && !text.trim().is_empty(),
            other_name: if other.is_empty() { Name::default() } else { names.read(other) },
            birth: birth::read(row.get(Column::BirthDate)),
            sex: sex::read(row.get(Column::Sex)),
            unit: units.read(row.get(Column::Unit)),
            head: number::read(row.get(Column::Household)),
        }
    }

    /// The personal number, if it is whole.
    pub(crate) fn personal_id(&self) -> Option<PersonalId> {
        match self.number {
            Number::Personal { number, .. } => PersonalId::from_u64(number),
            _ => None,
        }
    }

    /// The card number, if it is whole.
    pub(crate) fn id_card_number(&self) -> Option<IdCardNumber> {
        match self.card {
            Number::Card { number, .. } => IdCardNumber::from_u32(number),
            _ => None,
        }
    }

    /// The number of the head of the household, if it is whole: an agency's own number of a household has another form.
    pub(crate) fn head(&self) -> Option<PersonNumber> {
        match self.head {
            Number::Personal { number, .. } => PersonalId::from_u64(number).map(PersonNumber::PersonalId),
            Number::Card { number, is_mended: false } => {
                IdCardNumber::from_u32(number).map(PersonNumber::IdCard)
            }
            _ => None,
        }
    }

    /// Digits of the personal number of which one may be wrong, of each way in which it may be.
    pub(crate) fn digits(&self) -> [Option<Digits>; 2] {
        match self.number {
            Number::Personal { number, is_mended } => {
                // Eleven digits: the zero at the head is lost, or a digit somewhere else.
                let eleven = (is_mended && number < 100_000_000_000).then(|| Digits::of(number, 11));
                [Some(Digits::of(number, 12)), eleven]
            }
            Number::Digits(digits) => [Some(digits), None],
            _ => [None, None],
        }
    }

    /// Whether it says enough to look for somebody.
    pub(crate) fn says_enough(&self) -> bool {
        let has_number = self.personal_id().is_some() || self.id_card_number().is_some();
        let has_digits = matches!(self.number, Number::Digits(_));
        has_number || !self.name.is_empty() && (has_digits || matches!(self.birth, Birth::Read(_)))
    }

    /// Dates under which the person may be on record: as read, and less precisely. Those with day and month swapped come last.
    pub(crate) fn dates(&self, mut each: impl FnMut(BirthDate)) {
        let Birth::Read(parts) = self.birth else { return };
        for year in parts.years() {
            let parts = parts.in_year(year);
            let month =
                (parts.month > 0 && parts.day > 0).then_some(BirthDate::Month { year, month: parts.month });
            let swapped = parts.swapped().and_then(Parts::date);
            let whole = parts.date().filter(|date| !matches!(date, BirthDate::Year(_)));
            whole.into_iter().chain([BirthDate::Year(year)]).chain(month).chain(swapped).for_each(&mut each);
        }
    }
}
