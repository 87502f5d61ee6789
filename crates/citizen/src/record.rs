//! The record of a person: every field of the Law on Identification 2023, article 9,
//! each with the source that said so and the day it said so.
use crate::{
    Address, BirthDate, CivilDate, Coded, Field, FieldSet, FullName, IdCardNumber, PersonNumber, PersonalId,
};
use std::fmt;

/// Sex (QCVN 109:2017): 0 unknown, 1 male, 2 female.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sex {
    /// Not on record
    #[default]
    Unknown,
    /// Nam
    Male,
    /// Nữ
    Female,
}

impl Sex {
    /// The wire's digit
    pub fn code(self) -> u8 {
        self as u8
    }
    /// From the wire's digit
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Unknown),
            1 => Some(Self::Male),
            2 => Some(Self::Female),
            _ => None,
        }
    }
}

/// State of a person's record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LifeState {
    /// Living, record usable
    #[default]
    Alive,
    /// Đã chết
    Deceased,
    /// Mất tích
    Missing,
    /// Record cancelled (for example a double)
    Cancelled,
    /// Record locked by order
    Locked,
}

impl LifeState {
    /// All states
    pub const ALL: [Self; 5] = [Self::Alive, Self::Deceased, Self::Missing, Self::Cancelled, Self::Locked];

    /// Stable name
    pub fn name(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Deceased => "deceased",
            Self::Missing => "missing",
            Self::Cancelled => "cancelled",
            Self::Locked => "locked",
        }
    }
    /// From its stable name
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A value with who said it and when.
#[derive(Clone, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value
    pub value: T,
    /// Short name of the source, for example `ho-tich`, `cu-tru`, `can-cuoc`
    pub source: String,
    /// The day as of which the source said it
    pub as_of: CivilDate,
}

/// A relative or other member of a household, by name and number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Relative {
    /// Name on record
    pub full_name: Option<FullName>,
    /// 12 or 9 digits
    pub number: Option<PersonNumber>,
    /// ISO 3166-1 alpha-2
    pub nationality: Option<String>,
    /// Relation to the head of household (list `Qcvn109`), where it applies
    pub relation: Option<Coded>,
}

/// An identity card.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Day of issue
    pub issued_on: CivilDate,
    /// Issuing authority
    pub issued_by: String,
    /// Last day of validity; none means without limit
    pub expires_on: Option<CivilDate>,
}

/// The household a person belongs to.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Household {
    /// Head of household
    pub head: Relative,
    /// Members, the person included
    pub members: Vec<Relative>,
}

/// Death or disappearance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// Day of death, or from which the person is missing
    pub on: BirthDate,
    /// Missing rather than dead
    pub missing: bool,
}

/// A declared absence.
#[derive(Clone, PartialEq, Eq)]
pub struct Absence {
    /// From
    pub from: CivilDate,
    /// To, where known
    pub to: Option<CivilDate>,
    /// Stated reason
    pub reason: String,
}

/// Ways to reach a person.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Mobile number
    pub mobile: Option<String>,
    /// E-mail
    pub email: Option<String>,
}

/// One version of the record of a person. `Debug` shows which fields it holds, never their values.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// State of the record
    pub state: LifeState,
    /// 3 Personal identification number
    pub personal_id: Option<Sourced<PersonalId>>,
    /// 13 Old identity card number
    pub id_card_number: Option<Sourced<IdCardNumber>>,
    /// 1 Full name at birth registration, as in force
    pub full_name: Option<Sourced<FullName>>,
    /// 2 Other names
    pub other_names: Vec<Sourced<FullName>>,
    /// 4 Date of birth
    pub birth_date: Option<Sourced<BirthDate>>,
    /// 5 Sex
    pub sex: Option<Sourced<Sex>>,
    /// 6 Place of birth
    pub birth_place: Option<Sourced<Address>>,
    /// 7 Place of birth registration
    pub birth_registration: Option<Sourced<Address>>,
    /// 8 Home town
    pub home_town: Option<Sourced<Address>>,
    /// 9 Ethnic group
    pub ethnic_group: Option<Sourced<Coded>>,
    /// 10 Religion
    pub religion: Option<Sourced<Coded>>,
    /// 11 Nationality, ISO 3166-1 alpha-2
    pub nationality: Option<Sourced<String>>,
    /// 12 Blood group
    pub blood_group: Option<Sourced<Coded>>,
    /// 14 Identity card
    pub card: Option<Sourced<Card>>,
    /// 15 Father
    pub father: Option<Sourced<Relative>>,
    /// 15 Mother
    pub mother: Option<Sourced<Relative>>,
    /// 15 Wife, husband
    pub spouses: Vec<Sourced<Relative>>,
    /// 15 Children
    pub children: Vec<Sourced<Relative>>,
    /// 15 Legal representative
    pub representative: Option<Sourced<Relative>>,
    /// 15 Person represented
    pub represented: Option<Sourced<Relative>>,
    /// 16 Permanent residence
    pub permanent_residence: Option<Sourced<Address>>,
    /// 17 Temporary residence
    pub temporary_residence: Option<Sourced<Address>>,
    /// 18 Current residence
    pub current_residence: Option<Sourced<Address>>,
    /// 19 Declared absence
    pub temporary_absence: Option<Sourced<Absence>>,
    /// 20 Residence file number
    pub residence_file: Option<Sourced<String>>,
    /// 21 Marital status
    pub marital_status: Option<Sourced<Coded>>,
    /// 22 Relation to the head of household
    pub relation_to_head: Option<Sourced<Coded>>,
    /// 23 Head and members of household
    pub household: Option<Sourced<Household>>,
    /// 24 Death or disappearance
    pub death: Option<Sourced<Death>>,
    /// 25 Contact
    pub contact: Option<Sourced<Contact>>,
}

macro_rules! by_field {
    ($($field:ident $member:ident;)*) => {
        impl Record {
            /// The fields that hold a value.
            pub fn fields(&self) -> FieldSet {
                let mut set = FieldSet::EMPTY.with(Field::State);
                $(if self.$member.has_value() { set = set.with(Field::$field); })*
                set
            }

            /// This record with only the given fields left; the state becomes `Alive` when not among them.
            #[must_use]
            pub fn only(mut self, fields: FieldSet) -> Self {
                $(if !fields.contains(Field::$field) { self.$member.clear_value(); })*
                if !fields.contains(Field::State) { self.state = LifeState::Alive; }
                self
            }
        }
    };
}

trait Clear {
    fn clear_value(&mut self);
    fn has_value(&self) -> bool;
}
impl<T> Clear for Option<T> {
    fn clear_value(&mut self) {
        *self = None;
    }
    fn has_value(&self) -> bool {
        self.is_some()
    }
}
impl<T> Clear for Vec<T> {
    fn clear_value(&mut self) {
        self.clear();
    }
    fn has_value(&self) -> bool {
        !self.is_empty()
    }
}

by_field! {
    PersonalId personal_id;
    IdCardNumber id_card_number;
    FullName full_name;
    OtherNames other_names;
    BirthDate birth_date;
    Sex sex;
    BirthPlace birth_place;
    BirthRegistration birth_registration;
    HomeTown home_town;
    EthnicGroup ethnic_group;
    Religion religion;
    Nationality nationality;
    BloodGroup blood_group;
    Card card;
    Father father;
    Mother mother;
    Spouses spouses;
    Children children;
    Representative representative;
    Represented represented;
    PermanentResidence permanent_residence;
    TemporaryResidence temporary_residence;
    CurrentResidence current_residence;
    TemporaryAbsence temporary_absence;
    ResidenceFile residence_file;
    MaritalStatus marital_status;
    RelationToHead relation_to_head;
    Household household;
    Death death;
    Contact contact;
}

impl<T> fmt::Debug for Sourced<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sourced")
            .field("source", &self.source)
            .field("as_of", &self.as_of)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("fields", &self.fields()).finish_non_exhaustive()
    }
}

macro_rules! hidden_debug {
    ($($t:ty),*) => { $(impl fmt::Debug for $t {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(concat!(stringify!($t), "(…)")) }
    })* };
}
hidden_debug!(Relative, Card, Household, Death, Absence, Contact);
