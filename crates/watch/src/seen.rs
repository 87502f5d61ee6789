//! An entry of the journal as the rules see it.
use dancu_citizen::FieldSet;
use dancu_policy::{Id, Role};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Who {
    /// Organisation, where it is on record
    pub organisation: Option<Id>,
    /// System
    pub system: Id,
    /// Account, where one was proved
    pub account: Option<Id>,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Are these data right?
    Verify,
    /// Show the agreed fields
    LookUp,
    /// The counter's search: its question, each person that it shows, and the one chosen, are entries
    Search,
    /// A person whom rows of a stock that was cleaned may mean: told of together with thousands, not asked for one by one
    Stock,
    /// The same, of rows that name the person's number
    StockNumber,
    /// A doubtful row of a stock was laid beside this person, and somebody looked
    StockLook,
    /// Anything else
    Other,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The claim agrees
    Verified,
    /// The claim does not agree
    Mismatch,
    /// Nobody of this number
    NotFound,
    /// A record that may not be used
    NotUsable,
    /// Fields were handed over
    Released,
    /// Anything else that was served
    Served,
    /// Refused: too many claims about the person had disagreed
    Paused,
    /// Refused: the account's quota is used up
    AccountQuota,
    /// Refused: the system's quota is used up
    SystemQuota,
    /// Refused for another reason
    Refused,
}

impl Ended {
    /// Whether the caller learned anything.
    pub fn is_answered(self) -> bool {
        !matches!(self, Self::Paused | Self::AccountQuota | Self::SystemQuota | Self::Refused)
    }
}

/// The case that a call names, as a keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// None
    None,
    /// One that nobody can judge
    Unjudged([u8; 16]),
    /// One that exists
    Exists([u8; 16]),
    /// One that does not exist
    Unknown([u8; 16]),
}

impl Case {
    /// Its hash.
    pub fn hash(self) -> Option<[u8; 16]> {
        match self {
            Self::None => None,
            Self::Unjudged(hash) | Self::Exists(hash) | Self::Unknown(hash) => Some(hash),
        }
    }
}

/// How the officer and the person are related, as far as the world knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kin {
    /// The officer's own record, or one of the same household
    pub own: bool,
    /// Keyed hash of the person's surname
    pub surname: Option<u64>,
    /// Keyed hash of the officer's surname
    pub officers: Option<u64>,
}

/// A number as a number, to see whether it follows another: 12 digits, or those of a 9-digit card behind a mark.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Number(u64);

impl Number {
    const CARD: u64 = 10_000_000_000_000;
    /// Numbers of one place, sex with century and year (Decree 137/2015/NĐ-CP article 13); of cards, of six digits.
    const BLOCK: u64 = 1_000_000;

    /// Reads 12 or 9 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        match text.len() {
            12 if digits => text.parse().ok().map(Self),
            9 if digits => text.parse().ok().map(|number: u64| Self(number + Self::CARD)),
            _ => None,
        }
    }

    /// The block that it lies in.
    pub fn block(self) -> u64 {
        self.0 / Self::BLOCK
    }

    /// Year of birth, where the number tells it (Decree 137/2015/NĐ-CP article 13).
    pub fn birth_year(self) -> Option<u16> {
        let personal = self.0 < Self::CARD;
        let century = 1900 + u16::try_from(self.0 / 100_000_000 % 10 / 2).ok()? * 100;
        let year = u16::try_from(self.0 / Self::BLOCK % 100).ok()?;
        personal.then_some(century + year)
    }

    /// How far behind another of the same block it is; none if it is not behind.
    pub fn behind(self, other: Self) -> Option<u64> {
        (self.block() == other.block()).then(|| self.0.checked_sub(other.0)).flatten()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Number(…)")
    }
}

/// An entry as the rules see it: persons, cases and addresses are keyed hashes. Only the number is what it is, because numbers in
/// sequence show in nothing else; `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    /// Number of the entry
    pub entry: u64,
    /// When, microseconds since 1970
    pub at_us: i64,
    /// Who called
    pub who: Who,
    /// Role of the account
    pub role: Option<Role>,
    /// What was asked
    pub service: Service,
    /// How it ended
    pub ended: Ended,
    /// Ties the entries of one search together
    pub correlation: [u8; 16],
    /// Registered purpose or procedure
    pub purpose: Option<Id>,
    /// Keyed hash of the citizen's number
    pub subject: Option<[u8; 16]>,
    /// The citizen's number
    pub number: Option<Number>,
    /// The case
    pub case: Case,
    /// Whether the address is the officer's own, not that of a system that calls for its officers
    pub page: bool,
    /// Keyed hash of the network that the call came from: the first 24 bits of an IPv4 address, 64 of an IPv6
    pub network: Option<[u8; 16]>,
    /// Keyed hash of the device, where one is enrolled
    pub device: Option<[u8; 16]>,
    /// Fields whose values left
    pub fields: FieldSet,
    /// What the world says of officer and person
    pub kin: Kin,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("entry", &self.entry)
            .field("at_us", &self.at_us)
            .field("who", &self.who)
            .field("service", &self.service)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
