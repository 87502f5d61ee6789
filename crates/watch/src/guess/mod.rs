//! The guess budget of a person: so many different claims may disagree with the record, whoever makes them; then answers about
//! that person are neutral for a while.
//!
//! - *What counts*: a verification or look-up of which a compared field disagreed. The same claim counts once, however often it
//!   is sent. Claims under a number that nobody bears count for that number, so that a neutral answer does not tell that a number
//!   exists. Refusals, and claims during a neutral time, count nothing.
//! - *What resets*: only time. A right answer does not: the one who guesses would wait for somebody else's. A mismatch counts for
//!   `window`; a neutral time begins with the mismatch that spends the budget and is not prolonged by further ones. A budget
//!   spent again within `memory` is spent for twice as long, up to `neutral_max`.
//! - *Who has business with the person* is let on by a supervisor: a release of one account for one person, for a time, with a
//!   few mismatches of its own.
//!
//! Each server counts what it sees and shares it through a small table ([`shared`]).
mod budget;
mod release;
pub mod shared;

pub use budget::{Budget, SpentBudget};
pub use release::Release;

use dancu_keys::KeyRing;

/// Claims remembered for one person.
pub const SLOTS: usize = 8;

/// Whom the budget belongs to: 16 bytes that name a person to all servers alike, and nobody else (the registry's key).
pub type Person = [u8; 16];

/// How answers about a person stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are given
    Open,
    /// They are neutral until this time, microseconds since 1970
    Neutral {
        /// First microsecond at which answers are given again
        until_us: i64,
    },
}

/// A claim that disagreed, as servers tell each other. It says neither who was meant nor what was claimed, but to holders of the
/// ring's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Whose record
    pub person: Person,
    /// The claim, as [`claim_hash`] makes it
    pub claim: u32,
    /// When, microseconds since 1970
    pub at_us: i64,
    /// The account, when it was let on by a release
    pub released: Option<String>,
}

/// A claim as 32 bits of a keyed hash: equal claims count once. A collision in some billions lets one guess go uncounted.
pub fn claim_hash(ring: &KeyRing, claim: &[u8]) -> u32 {
    let hash = ring.keyed_hash("watch.claim", claim);
    hash.first_chunk::<4>().map_or(0, |head| u32::from_be_bytes(*head))
}
