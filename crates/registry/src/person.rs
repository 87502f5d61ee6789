//! Names of the crate's values: the key of a person, findings, hits, versions, changes.
use crate::generate::Former;
use dancu_citizen::{
    BirthDate, CivilDate, ClaimedName, Comparison, FullName, IdCardNumber, LifeState, PersonNumber,
    PersonalId, Record, Sex, Sourced,
};
use std::fmt;

/// Names a person within this registry: 16 bytes derived under the hashing key, which tell nothing outside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonKey(pub [u8; 16]);

impl PersonKey {
    /// 32 hexadecimal digits, for links between pages.
    pub fn hex(self) -> String {
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
            }
            text
        })
    }

    /// Reads 32 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonKey({})", self.hex())
    }
}

/// What verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whom the numbers of the claim name; none when nobody
    pub person: Option<PersonKey>,
    /// The number in force of that person: the personal number, else the old card's
    pub number: Option<PersonNumber>,
    /// State of the record; `Alive` when there is none
    pub state: LifeState,
    /// Verdicts field by field
    pub comparison: Option<Comparison>,
}

impl Finding {
    /// Nobody bears the numbers of the claim.
    pub const NOT_FOUND: Self =
        Self { person: None, number: None, state: LifeState::Alive, comparison: None };

    /// Whether a record was found.
    pub fn found(&self) -> bool {
        self.person.is_some()
    }

    /// Whether the record may be relied on: found, and neither deceased, missing, cancelled nor locked.
    pub fn usable(&self) -> bool {
        self.found() && self.state == LifeState::Alive
    }
}

/// What a counter searches for. A name or a number is needed; all that is given must fit.
#[derive(Clone, Default)]
pub struct Search {
    /// Words, or beginnings of words, of the name or of a former name, in any order; marks are not needed
    pub name: Option<ClaimedName>,
    /// Birth date, as precise as known
    pub birth: Option<BirthDate>,
    /// Sex
    pub sex: Option<Sex>,
    /// A number, in force or former
    pub number: Option<PersonNumber>,
    /// How many hits at most
    pub limit: usize,
}

/// Whom a search found.
#[derive(Clone, Default)]
pub struct Hits {
    /// The likeliest first, no more than asked for
    pub people: Vec<Hit>,
    /// There are more, or may be: the question is to be narrowed
    pub more: bool,
}

/// A person that a search found.
#[derive(Clone, PartialEq, Eq)]
pub struct Hit {
    /// Whom
    pub person: PersonKey,
    /// Personal number in force
    pub personal_id: Option<PersonalId>,
    /// Old card number on record
    pub id_card_number: Option<IdCardNumber>,
    /// Name in force
    pub full_name: Option<FullName>,
    /// Whether it was a former name that fitted
    pub by_former_name: bool,
    /// Birth date
    pub birth_date: Option<BirthDate>,
    /// Sex
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// Province of permanent residence
    pub province: Option<String>,
    /// Commune of permanent residence
    pub commune: Option<String>,
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hit")
            .field("person", &self.person)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A version of a record: what was held true, from which day on, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// 1 for the first
    pub version: u32,
    /// Valid time: the day from which this is true
    pub valid_from: CivilDate,
    /// Recorded time: microseconds since 1970 UTC
    pub recorded_at_us: i64,
    /// Why it was recorded
    pub reason: String,
    /// What it says
    pub record: Record,
}

/// A version to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is true
    pub record: Record,
    /// The day from which it is true
    pub valid_from: CivilDate,
    /// Why it is recorded: a short code such as `import`, `civil-status` or `correction`
    /// (lower-case letters, digits, `-`, `_`, at most 40); never a sentence about the person
    pub reason: String,
}

/// A person who is not in the registry yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Versions before the one in force, oldest first
    pub earlier: Vec<Entry>,
    /// The version in force
    pub current: Entry,
}

impl NewPerson {
    /// A person without history.
    pub fn new(record: Record, valid_from: CivilDate, reason: &str) -> Self {
        Self { earlier: Vec::new(), current: Entry { record, valid_from, reason: reason.into() } }
    }

    /// With versions before this one that bore the given names and numbers. Each is held true from the day that its
    /// birth date gives, or from the same day as the version in force.
    #[must_use]
    pub fn with_former(mut self, former: &Former) -> Self {
        let count = former.names.len().max(former.personal_ids.len()).max(former.id_cards.len());
        let since = match self.current.record.birth_date.as_ref().map(|s| s.value) {
            Some(BirthDate::Day(day)) if day < self.current.valid_from => day,
            _ => self.current.valid_from,
        };
        for n in 0..count {
            let mut record = self.current.record.clone();
            replace(&mut record.full_name, former.names.get(n), since);
            replace(&mut record.personal_id, former.personal_ids.get(n), since);
            replace(&mut record.id_card_number, former.id_cards.get(n), since);
            let reason = self.current.reason.clone();
            self.earlier.push(Entry { record, valid_from: since, reason });
        }
        self
    }
}

fn replace<T: Clone>(field: &mut Option<Sourced<T>>, former: Option<&T>, as_of: CivilDate) {
    if let Some(value) = former {
        let source = field.as_ref().map_or_else(String::new, |s| s.source.clone());
        *field = Some(Sourced { value: value.clone(), source, as_of });
    }
}

/// A change of a person's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The version it was made from; refused when another one has come in between
    pub based_on: u32,
    /// The version that it makes
    pub entry: Entry,
}
