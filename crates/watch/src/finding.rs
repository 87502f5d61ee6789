//! What a rule found.
use crate::{Action, Level, Rule, Who};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most journal numbers that a finding names.
pub const EVIDENCE: usize = 64;

/// What a rule found: who, about whom, on which entries. It names persons by keyed hashes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule
    pub rule: Rule,
    /// How grave
    pub level: Level,
    /// What is to be done
    pub action: Action,
    /// For how long, when calls are to be refused, microseconds
    pub brake_us: i64,
    /// Who; without an account when it is about a system as a whole. Of findings about a person, who came last
    pub who: Who,
    /// Keyed hash of the person concerned, where it is one
    pub about: Option<[u8; 16]>,
    /// Time of the entry that made it, microseconds since 1970
    pub at_us: i64,
    /// Time of the first entry that it rests on
    pub since_us: i64,
    /// Numbers of the entries that it rests on, ascending, the newest [`EVIDENCE`] of them; the last one made it
    pub evidence: Vec<u64>,
    /// What was counted, and against what
    pub figures: BTreeMap<String, u64>,
}
