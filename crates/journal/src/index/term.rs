//! What entries are found by, as keyed hashes.
use dancu_keys::KeyRing;

/// What a term tells of an entry. The number stands in the tables and is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Kind {
    Organisation = 1,
    System = 2,
    Account = 3,
    Officer = 4,
    Service = 5,
    Outcome = 6,
    Case = 7,
    Person = 8,
    Procedure = 9,
    /// A person, in an entry that is no call
    Keeping = 10,
    Correlation = 11,
}

impl Kind {
    /// Label of the keyed hash; never changed.
    fn label(self) -> &'static str {
        match self {
            Self::Organisation => "journal.index.organisation",
            Self::System => "journal.index.system",
            Self::Account => "journal.index.account",
            Self::Officer => "journal.index.officer",
            Self::Service => "journal.index.service",
            Self::Outcome => "journal.index.outcome",
            Self::Case => "journal.index.case",
            // Never asked for: both are made of the subject's hash.
            Self::Person | Self::Keeping => "journal.subject",
            Self::Procedure => "journal.index.procedure",
            Self::Correlation => "journal.index.correlation",
        }
    }
}

/// Bytes of a term that stand in its row; the bucket says the rest.
pub(super) const SUFFIX: usize = 7;
pub(super) type Suffix = [u8; SUFFIX];

/// A term: its kind, and 64 bits of a keyed hash, so that the tables tell nobody without the key what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Term {
    pub(super) kind: Kind,
    hash: [u8; 8],
}

impl Term {
    pub(super) fn new(ring: &KeyRing, kind: Kind, value: &str) -> Self {
        Self::of_hash(kind, &ring.keyed_hash(kind.label(), value.as_bytes()))
    }

    /// Of what is about this person and no call.
    pub(super) fn keeping(subject: &[u8; 16]) -> Self {
        Self::of_hash(Kind::Keeping, subject)
    }

    pub(super) fn correlation(ring: &KeyRing, correlation: &[u8; 16]) -> Self {
        Self::of_hash(Kind::Correlation, &ring.keyed_hash(Kind::Correlation.label(), correlation))
    }

    pub(super) fn person(subject: &[u8; 16]) -> Self {
        Self::of_hash(Kind::Person, subject)
    }

    fn of_hash(kind: Kind, whole: &[u8; 16]) -> Self {
        let (hash, _) = whole.split_first_chunk().unwrap_or((&[0; 8], &[]));
        Self { kind, hash: *hash }
    }

    /// One of 512: the first nine bits.
    pub(super) fn bucket(&self) -> u16 {
        let [first, second, ..] = self.hash;
        u16::from_be_bytes([first, second]) >> 7
    }

    /// What tells terms of one bucket apart.
    pub(super) fn suffix(&self) -> Suffix {
        let [_, rest @ ..] = self.hash;
        rest
    }
}
