//! The record's released fields in JSON, each with its source and its day.
use dancu_citizen::{
    Absence, Address, Card, Coded, Contact, Death, Field, FieldSet, Household, Record, Relative, Sex, Sourced,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A value with who said it and when
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Valued<T> {
    /// The value
    pub value: T,
    /// Short name of the source
    #[schema(example = "ho-tich")]
    pub source: String,
    /// The day as of which the source said it
    #[schema(example = "2026-01-01")]
    pub as_of: String,
}

macro_rules! json {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(default)]
        pub struct $name { $($(#[$fdoc])* #[serde(skip_serializing_if = "Empty::is_empty")] pub $field: $type,)* }
    )* };
}

trait Empty {
    fn is_empty(&self) -> bool;
}
impl<T> Empty for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }
}
impl<T> Empty for Vec<T> {
    fn is_empty(&self) -> bool {
        Vec::is_empty(self)
    }
}
impl Empty for String {
    fn is_empty(&self) -> bool {
        String::is_empty(self)
    }
}
impl Empty for bool {
    fn is_empty(&self) -> bool {
        false
    }
}

json! {
    /// A place
    AddressValue {
        /// Province, 2 digits
        province: Option<String>,
        /// District, 3 digits
        district: Option<String>,
        /// Commune, 5 digits
        commune: Option<String>,
        /// House, street, hamlet
        detail: Option<String>,
        /// ISO 3166-1 alpha-2
        country: Option<String>,
    }
    /// A code in an edition of its list
    CodedValue {
        /// `ethnic-1979`, `ethnic-2008`, `religion-2009`, `qcvn109`
        list: String,
        /// The code, leading zeros kept
        code: String,
        /// Name used besides the list's
        other_name: Option<String>,
    }
    /// A relative or other member of a household
    RelativeValue {
        /// Name
        full_name: Option<String>,
        /// 12 or 9 digits
        number: Option<String>,
        /// ISO 3166-1 alpha-2
        nationality: Option<String>,
        /// Relation to the head of household
        relation: Option<CodedValue>,
    }
    /// Identity card
    CardValue {
        /// Day of issue
        issued_on: String,
        /// Issuing authority
        issued_by: String,
        /// Last day of validity; none means without limit
        expires_on: Option<String>,
    }
    /// Household
    HouseholdValue {
        /// Head
        head: Option<RelativeValue>,
        /// Members
        members: Vec<RelativeValue>,
    }
    /// Death or disappearance
    DeathValue {
        /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`
        on: String,
        /// Missing rather than dead
        missing: bool,
    }
    /// Declared absence
    AbsenceValue {
        /// First day
        from: String,
        /// Last day
        to: Option<String>,
        /// Reason
        reason: String,
    }
    /// Ways to reach a person
    ContactValue {
        /// Mobile number
        mobile: Option<String>,
        /// E-mail
        email: Option<String>,
    }
    /// State of the record
    StateValue {
        /// `alive`, `deceased`, `missing`, `cancelled`, `locked`
        value: String,
    }
    /// The released data of a citizen (Law on Identification 2023, article 9)
    CitizenAnswer {
        /// State of the record
        state: Option<StateValue>,
        /// Personal identification number
        personal_id: Option<Valued<String>>,
        /// Old identity card number
        id_card_number: Option<Valued<String>>,
        /// Full name
        full_name: Option<Valued<String>>,
        /// Other names
        other_names: Vec<Valued<String>>,
        /// `YYYY-MM-DD`, `YYYY-MM` or `YYYY`
        birth_date: Option<Valued<String>>,
        /// `unknown`, `male`, `female`
        sex: Option<Valued<String>>,
        /// Place of birth
        birth_place: Option<Valued<AddressValue>>,
        /// Place of birth registration
        birth_registration: Option<Valued<AddressValue>>,
        /// Home town
        home_town: Option<Valued<AddressValue>>,
        /// Ethnic group
        ethnic_group: Option<Valued<CodedValue>>,
        /// Religion
        religion: Option<Valued<CodedValue>>,
        /// ISO 3166-1 alpha-2
        nationality: Option<Valued<String>>,
        /// Blood group
        blood_group: Option<Valued<CodedValue>>,
        /// Identity card
        card: Option<Valued<CardValue>>,
        /// Father
        father: Option<Valued<RelativeValue>>,
        /// Mother
        mother: Option<Valued<RelativeValue>>,
        /// Wife, husband
        spouses: Vec<Valued<RelativeValue>>,
        /// Children
        children: Vec<Valued<RelativeValue>>,
        /// Legal representative
        representative: Option<Valued<RelativeValue>>,
        /// Person represented
        represented: Option<Valued<RelativeValue>>,
        /// Permanent residence
        permanent_residence: Option<Valued<AddressValue>>,
        /// Temporary residence
        temporary_residence: Option<Valued<AddressValue>>,
        /// Current residence
        current_residence: Option<Valued<AddressValue>>,
        /// Declared absence
        temporary_absence: Option<Valued<AbsenceValue>>,
        /// Residence file number
        residence_file: Option<Valued<String>>,
        /// Marital status
        marital_status: Option<Valued<CodedValue>>,
        /// Relation to the head of household
        relation_to_head: Option<Valued<CodedValue>>,
        /// Head and members of household
        household: Option<Valued<HouseholdValue>>,
        /// Death or disappearance
        death: Option<Valued<DeathValue>>,
        /// Contact
        contact: Option<Valued<ContactValue>>,
    }
}

impl CitizenAnswer {
    /// The data of a record that is already reduced to the released fields.
    pub fn of(record: &Record, released: FieldSet) -> Self {
        let r = record;
        Self {
            state: released.contains(Field::State).then(|| StateValue { value: r.state.name().to_owned() }),
            personal_id: one(r.personal_id.as_ref(), |v| v.expose()),
            id_card_number: one(r.id_card_number.as_ref(), |v| v.expose()),
            full_name: one(r.full_name.as_ref(), |v| v.whole().to_owned()),
            other_names: all(&r.other_names, |v| v.whole().to_owned()),
            birth_date: one(r.birth_date.as_ref(), |v| v.iso()),
            sex: one(r.sex.as_ref(), |v| sex(*v).to_owned()),
            birth_place: one(r.birth_place.as_ref(), address),
            birth_registration: one(r.birth_registration.as_ref(), address),
            home_town: one(r.home_town.as_ref(), address),
            ethnic_group: one(r.ethnic_group.as_ref(), coded),
            religion: one(r.religion.as_ref(), coded),
            nationality: one(r.nationality.as_ref(), Clone::clone),
            blood_group: one(r.blood_group.as_ref(), coded),
            card: one(r.card.as_ref(), card),
            father: one(r.father.as_ref(), relative),
            mother: one(r.mother.as_ref(), relative),
            spouses: all(&r.spouses, relative),
            children: all(&r.children, relative),
            representative: one(r.representative.as_ref(), relative),
            represented: one(r.represented.as_ref(), relative),
            permanent_residence: one(r.permanent_residence.as_ref(), address),
            temporary_residence: one(r.temporary_residence.as_ref(), address),
            current_residence: one(r.current_residence.as_ref(), address),
            temporary_absence: one(r.temporary_absence.as_ref(), absence),
            residence_file: one(r.residence_file.as_ref(), Clone::clone),
            marital_status: one(r.marital_status.as_ref(), coded),
            relation_to_head: one(r.relation_to_head.as_ref(), coded),
            household: one(r.household.as_ref(), household),
            death: one(r.death.as_ref(), |d| death(*d)),
            contact: one(r.contact.as_ref(), contact),
        }
    }
}

fn valued<T, J>(sourced: &Sourced<T>, value: impl Fn(&T) -> J) -> Valued<J> {
    Valued { value: value(&sourced.value), source: sourced.source.clone(), as_of: sourced.as_of.iso() }
}

fn one<T, J>(sourced: Option<&Sourced<T>>, value: impl Fn(&T) -> J) -> Option<Valued<J>> {
    sourced.map(|s| valued(s, value))
}

fn all<T, J>(sourced: &[Sourced<T>], value: impl Fn(&T) -> J + Copy) -> Vec<Valued<J>> {
    sourced.iter().map(|s| valued(s, value)).collect()
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Unknown => "unknown",
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

fn address(a: &Address) -> AddressValue {
    let Address { province, district, commune, detail, country } = a.clone();
    AddressValue { province, district, commune, detail, country }
}

fn coded(c: &Coded) -> CodedValue {
    CodedValue { list: c.list.name().to_owned(), code: c.code.clone(), other_name: c.other_name.clone() }
}

fn relative(r: &Relative) -> RelativeValue {
    RelativeValue {
        full_name: r.full_name.as_ref().map(|n| n.whole().to_owned()),
        number: r.number.map(dancu_citizen::PersonNumber::expose),
        nationality: r.nationality.clone(),
        relation: r.relation.as_ref().map(coded),
    }
}

fn card(c: &Card) -> CardValue {
    CardValue {
        issued_on: c.issued_on.iso(),
        issued_by: c.issued_by.clone(),
        expires_on: c.expires_on.map(dancu_citizen::CivilDate::iso),
    }
}

fn household(h: &Household) -> HouseholdValue {
    HouseholdValue { head: Some(relative(&h.head)), members: h.members.iter().map(relative).collect() }
}

fn death(d: Death) -> DeathValue {
    DeathValue { on: d.on.iso(), missing: d.missing }
}

fn absence(a: &Absence) -> AbsenceValue {
    AbsenceValue { from: a.from.iso(), to: a.to.map(dancu_citizen::CivilDate::iso), reason: a.reason.clone() }
}

fn contact(c: &Contact) -> ContactValue {
    ContactValue { mobile: c.mobile.clone(), email: c.email.clone() }
}

macro_rules! hidden_debug {
    ($($name:ident),*) => { $(impl fmt::Debug for $name {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(concat!(stringify!($name), "(…)"))
        }
    })* };
}
hidden_debug!(
    AddressValue,
    CodedValue,
    RelativeValue,
    CardValue,
    HouseholdValue,
    DeathValue,
    AbsenceValue,
    ContactValue,
    StateValue,
    CitizenAnswer
);

impl<T> fmt::Debug for Valued<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Valued")
            .field("source", &self.source)
            .field("as_of", &self.as_of)
            .finish_non_exhaustive()
    }
}
