//! `evidence.json`: what the file is about, and a line for each entry. The lines are computed from the entries, by who makes
//! the file and again by who checks it.
use crate::Scope;
use dancu_journal::{Call, Kind};
use dancu_tlog::Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of this form.
pub(crate) const FORMAT: &str = "dancu-evidence/1";

/// All of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Version of the form
    pub format: String,
    /// When the file was made, RFC 3339, as all times here
    pub made_at: String,
    /// Address of the service
    pub service: String,
    /// Who asked for it
    pub by: By,
    /// Why, in that person's words
    pub reason: String,
    /// Number of the journal entry that tells that it was asked for
    pub asked_entry: Option<u64>,
    /// Whose entries, of which time
    pub scope: Scope,
    /// The order that stopped somebody, if the file is about one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderFacts>,
    /// The alert, if the file is about one
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertFacts>,
    /// Personal parts, by name
    pub parts: PartsFacts,
    /// The log and its checkpoint
    pub log: LogFacts,
    /// What there is, counted
    pub counts: Counts,
    /// The entries, by number
    pub entries: Vec<Line>,
}

/// Who asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct By {
    /// Account of staff, or who ran the command
    pub account: String,
    /// Role in which it was done
    pub role: String,
}

/// An order, and its steps.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderFacts {
    /// Id of its matter
    pub matter: String,
    /// `suspend` or `disconnect`
    pub action: String,
    /// Who is stopped: `system ID`, `organisation ID`, `account ID`
    pub target: String,
    /// Number of the order
    pub number: String,
    /// Why, by the list of reasons
    pub reason: String,
    /// What the organisation was told, in Vietnamese and English: what happened, what to do, the way back
    pub told: [[String; 2]; 3],
    /// When it was given
    pub given_at: String,
    /// How fast it was in force
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<InForce>,
    /// Its steps
    pub steps: Vec<StepFacts>,
    /// Its documents, by hash
    pub documents: Vec<DocumentFacts>,
}

/// How fast an order was in force.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InForce {
    /// Version of the rules from which on it holds
    pub rules_version: i64,
    /// Servers that ran when it was given
    pub servers: u64,
    /// Those that judged by it when this was asked
    pub reached: u64,
    /// Milliseconds until the slowest of them did
    pub slowest_ms: Option<u64>,
}

/// A step of a matter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepFacts {
    /// Its number
    pub number: u32,
    /// Its name
    pub step: String,
    /// State after it
    pub to: String,
    /// Staff account, or `rule:NAME`
    pub by: String,
    /// When
    pub at: String,
    /// Why
    pub why: String,
    /// Number of its journal entry
    pub entry: Option<u64>,
    /// SHA-256 of its documents
    pub documents: Vec<String>,
}

/// A document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentFacts {
    /// SHA-256
    pub sha256: String,
    /// Kind, by the list of kinds
    pub kind: String,
    /// Media type
    pub media_type: String,
    /// Bytes
    pub size: u64,
}

/// An alert.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertFacts {
    /// Its number
    pub number: u64,
    /// The rule that raised it
    pub rule: String,
    /// When
    pub at: String,
    /// What was counted
    pub figures: BTreeMap<String, u64>,
}

/// Which personal parts are shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartsFacts {
    /// Shown, with the salts that open their commitments
    pub opened: Vec<String>,
    /// Only their commitments are there
    pub closed: Vec<String>,
}

/// The log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogFacts {
    /// Its name
    pub origin: String,
    /// Entries under the checkpoint
    pub size: u64,
    /// Root of the tree, hexadecimal
    pub root: String,
    /// Whether a quorum of witnesses was asked for and met
    pub witnessed: bool,
}

/// What there is, counted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Entries
    pub entries: u64,
    /// When the first one was written
    pub first: Option<String>,
    /// When the last one was
    pub last: Option<String>,
    /// By how they ended
    pub outcomes: BTreeMap<String, u64>,
    /// By service
    pub services: BTreeMap<String, u64>,
}

/// An entry, without anything of a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Its number
    pub number: u64,
    /// What it is: `call`, `epoch`, `withholding`, `act`
    pub kind: String,
    /// When
    pub at: String,
    /// Organisation
    pub organisation: Option<String>,
    /// System
    pub system: Option<String>,
    /// Account
    pub account: Option<String>,
    /// Service
    pub service: String,
    /// Purpose
    pub procedure: Option<String>,
    /// How it ended
    pub outcome: String,
    /// Leaf hash, hexadecimal
    pub leaf: String,
    /// Its proof
    pub proof: String,
}

impl Line {
    /// Of an entry, as it says itself.
    pub(crate) fn of(number: u64, kind: &Kind, call: &Call, leaf: &Hash) -> Self {
        Self {
            number,
            kind: kind.name().to_owned(),
            at: time(call.at_us),
            organisation: call.organisation.clone(),
            system: call.system_id.clone(),
            account: call.account_id.clone(),
            service: call.service.clone(),
            procedure: call.procedure.clone(),
            outcome: call.outcome.name().to_owned(),
            leaf: hex::encode(leaf),
            proof: proof_name(number),
        }
    }
}

impl Counts {
    /// Of these lines.
    pub(crate) fn of(lines: &[Line]) -> Self {
        let mut counts = Self {
            entries: lines.len() as u64,
            first: lines.first().map(|line| line.at.clone()),
            last: lines.last().map(|line| line.at.clone()),
            ..Self::default()
        };
        for line in lines {
            *counts.outcomes.entry(line.outcome.clone()).or_default() += 1;
            *counts.services.entry(line.service.clone()).or_default() += 1;
        }
        counts
    }
}

/// Where the proof of an entry stands: with leading zeroes, so that names sort as numbers.
pub(crate) fn proof_name(number: u64) -> String {
    format!("proofs/{number:012}.proof")
}

/// A moment in microseconds since 1970 as all times in an evidence file: RFC 3339, UTC, to the microsecond.
pub fn time(us: i64) -> String {
    Timestamp::from_microsecond(us).map(|time| format!("{time:.6}")).unwrap_or_default()
}
