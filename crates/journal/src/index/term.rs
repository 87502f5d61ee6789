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
    /// Names a person and is no call
    Keeping = 10,
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
            // The subject of a call is the same hash, whole.
            Self::Person => "journal.subject",
            Self::Procedure => "journal.index.procedure",
            Self::Keeping => "journal.index.keeping",
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

    pub(super) fn keeping(ring: &KeyRing) -> Self {
        Self::new(ring, Kind::Keeping, "")
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
