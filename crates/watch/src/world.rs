//! What the rules must know that does not stand in the journal. The roof answers from registry and exchange.

/// The officer behind an account. `Debug` is not offered: it names a person.
#[derive(Clone, Default)]
pub struct Officer {
    /// Personal number, where it is on record
    pub number: Option<String>,
    /// Surname
    pub surname: Option<String>,
}

/// Of a person, what tells of kinship. `Debug` is not offered: it names a person.
#[derive(Clone, Default)]
pub struct Family {
    /// Surname
    pub surname: Option<String>,
    /// What all people of a household have in common and no others: the number of its head, for instance
    pub household: Option<String>,
}

/// Officers and families. Called by the follower's thread only, a few times an entry; it may block, and should remember.
pub trait World: Send + Sync {
    /// The officer who holds an account; none for a platform's.
    fn officer(&self, system: &str, account: &str) -> Option<Officer>;

    /// The family of the person of this number.
    fn family(&self, number: &str) -> Option<Family>;

    /// Id of the enrolled workstation whose certificate this is, by its SHA-256; none of any other certificate.
    fn workstation(&self, _certificate: &[u8; 32]) -> Option<String> {
        None
    }
}

/// The cases that organisations have in hand.
pub trait Cases: Send + Sync {
    /// Whether an organisation has a case of this number; none when its cases are not known here, and then nobody judges.
    fn exists(&self, organisation: Option<&str>, system: &str, case_number: &str) -> Option<bool>;
}

/// Cases of nobody are known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCases;

impl Cases for NoCases {
    fn exists(&self, _organisation: Option<&str>, _system: &str, _case_number: &str) -> Option<bool> {
        None
    }
}
