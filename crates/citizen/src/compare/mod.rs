//! The comparison of a claim with a record: a verdict and its reason for every field.
mod fields;
mod verdict;

pub use verdict::{FieldVerdict, Reason, Verdict};

use crate::{
    BirthDate, ClaimedName, Field, FieldSet, IdCardNumber, LifeState, NameForms, PersonalId, Record, Sex,
};
use std::fmt;

/// What the caller says of a person. `Debug` shows which fields are said, never their values.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Claim {
    /// Personal identification number
    pub personal_id: Option<PersonalId>,
    /// Old identity card number
    pub id_card_number: Option<IdCardNumber>,
    /// Full name
    pub full_name: Option<ClaimedName>,
    /// Birth date, as precise as the caller knows it
    pub birth_date: Option<BirthDate>,
    /// Sex; `Unknown` says nothing
    pub sex: Option<Sex>,
}

impl Claim {
    /// The fields said.
    pub fn fields(&self) -> FieldSet {
        Comparison::FIELDS.into_iter().filter(|field| self.says(*field)).collect()
    }

    fn says(&self, field: Field) -> bool {
        match field {
            Field::PersonalId => self.personal_id.is_some(),
            Field::IdCardNumber => self.id_card_number.is_some(),
            Field::FullName => self.full_name.is_some(),
            Field::BirthDate => self.birth_date.is_some(),
            Field::Sex => self.sex.is_some_and(|sex| sex != Sex::Unknown),
            _ => false,
        }
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("fields", &self.fields()).finish_non_exhaustive()
    }
}

/// What a verdict needs of a record and of its history. `Debug` shows the state only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Numbers that the one in force replaced
    pub former_personal_ids: Vec<PersonalId>,
    /// Old card number on record
    pub id_card_number: Option<IdCardNumber>,
    /// Card numbers before that one
    pub former_id_cards: Vec<IdCardNumber>,
    /// Name in force
    pub name: Option<NameForms>,
    /// Names before that one
    pub former_names: Vec<NameForms>,
    /// Birth date, as precise as the record knows it
    pub birth_date: Option<BirthDate>,
    /// Sex; `Unknown` when not on record
    pub sex: Sex,
    /// State of the record; no verdict depends on it, the caller of `compare` decides on it
    pub state: LifeState,
}

impl Facts {
    /// The facts of the version in force.
    pub fn of(record: &Record) -> Self {
        Self {
            personal_id: record.personal_id.as_ref().map(|s| s.value),
            id_card_number: record.id_card_number.as_ref().map(|s| s.value),
            name: record.full_name.as_ref().map(|s| NameForms::of(&s.value)),
            birth_date: record.birth_date.as_ref().map(|s| s.value),
            sex: record.sex.as_ref().map_or(Sex::Unknown, |s| s.value),
            state: record.state,
            ..Self::default()
        }
    }

    /// Adds what an earlier version of the record said otherwise: its numbers and its name.
    #[must_use]
    pub fn with_former(mut self, earlier: &Record) -> Self {
        let earlier = Self::of(earlier);
        add_former(&mut self.former_personal_ids, self.personal_id.as_ref(), earlier.personal_id);
        add_former(&mut self.former_id_cards, self.id_card_number.as_ref(), earlier.id_card_number);
        add_former(&mut self.former_names, self.name.as_ref(), earlier.name);
        self
    }
}

fn add_former<T: PartialEq>(former: &mut Vec<T>, current: Option<&T>, earlier: Option<T>) {
    if earlier.as_ref() != current {
        former.extend(earlier.filter(|value| !former.contains(value)));
    }
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").field("state", &self.state).finish_non_exhaustive()
    }
}

/// What the caller's agreement lets it be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Fields it may have verified
    pub fields: FieldSet,
    /// Whether it may be told `near`; otherwise near is a plain mismatch
    pub near: bool,
}

impl Allowed {
    /// Everything that `compare` can tell.
    pub const ALL: Self = Self { fields: Comparison::FIELD_SET, near: true };
}

/// The verdicts on one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    verdicts: [FieldVerdict; 5],
}

impl Comparison {
    /// The fields compared, in the order of the wire.
    pub const FIELDS: [Field; 5] =
        [Field::PersonalId, Field::IdCardNumber, Field::FullName, Field::BirthDate, Field::Sex];

    /// The same as a set.
    pub const FIELD_SET: FieldSet = FieldSet::EMPTY
        .with(Field::PersonalId)
        .with(Field::IdCardNumber)
        .with(Field::FullName)
        .with(Field::BirthDate)
        .with(Field::Sex);

    /// The verdict on a field; `not_asked` for a field that is never compared.
    pub fn get(&self, field: Field) -> FieldVerdict {
        self.iter().find(|(f, _)| *f == field).map_or(FieldVerdict::NOT_ASKED, |(_, verdict)| verdict)
    }

    /// The five fields with their verdicts.
    pub fn iter(&self) -> impl Iterator<Item = (Field, FieldVerdict)> {
        Self::FIELDS.into_iter().zip(self.verdicts)
    }

    /// Whether each of the fields was asked and agrees, with marks or without. False for no fields.
    pub fn agrees(&self, fields: FieldSet) -> bool {
        !fields.is_empty() && fields.iter().all(|field| self.get(field).agrees())
    }

    /// Whether a number was asked, and every number asked agrees.
    pub fn number_agrees(&self) -> bool {
        let asked = || {
            [Field::PersonalId, Field::IdCardNumber]
                .into_iter()
                .map(|field| self.get(field))
                .filter(|v| v.verdict != Verdict::NotAsked)
        };
        asked().next().is_some() && asked().all(FieldVerdict::agrees)
    }
}

/// Compares a claim with a record. Pure, and without allocation.
pub fn compare(claim: &Claim, facts: &Facts, allowed: Allowed) -> Comparison {
    let verdicts = Comparison::FIELDS.map(|field| {
        if !claim.says(field) {
            FieldVerdict::NOT_ASKED
        } else if !allowed.fields.contains(field) {
            FieldVerdict::NOT_ALLOWED
        } else {
            fields::compare(field, claim, facts).told(allowed.near)
        }
    });
    Comparison { verdicts }
}
