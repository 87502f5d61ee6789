//! Whom to believe: logs, witnesses and the quorum of witnesses (C2SP tlog-policy), and checkpoints held against that.
mod open;
mod text;

pub use open::{Cosigner, NotAccepted, Opened, strict_open};
pub use text::{LineRefused, PolicyRefused};

use crate::note::{SignatureType, VerifierKey};
use std::collections::BTreeSet;

/// The name that stands for no witness at all in a quorum line.
const NONE: &str = "none";

/// A log that is believed. Its key's name is the origin of its checkpoints ("Defining a log").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// the log's key, of type Ed25519
    pub key: VerifierKey,
    /// where to reach it; of no meaning here
    pub url: Option<String>,
}

/// A witness that is believed ("Defining a witness").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// how groups and the quorum of this policy call it
    pub name: String,
    /// its key, of type cosignature/v1
    pub key: VerifierKey,
    /// where to reach it; of no meaning here
    pub url: Option<String>,
}

/// Witnesses and groups of which so many have to have witnessed ("Defining a witness group").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// how later groups and the quorum call it
    pub name: String,
    /// how many members it takes, 1 to all
    pub threshold: usize,
    /// names of witnesses and earlier groups
    pub members: Vec<String>,
}

/// Logs, witnesses and quorum. Parsed from the policy file, displayed as one without comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<String>,
}

impl Policy {
    /// A policy by its parts, held to the same rules as a file. A quorum of `None` asks for no witness.
    pub fn new(
        logs: Vec<Log>,
        witnesses: Vec<Witness>,
        groups: Vec<Group>,
        quorum: Option<String>,
    ) -> Result<Self, LineRefused> {
        let mut policy = Self::empty();
        logs.into_iter().try_for_each(|log| policy.add_log(log))?;
        witnesses.into_iter().try_for_each(|witness| policy.add_witness(witness))?;
        groups.into_iter().try_for_each(|group| policy.add_group(group))?;
        policy.set_quorum(quorum)?;
        Ok(policy)
    }

    fn empty() -> Self {
        Self { logs: Vec::new(), witnesses: Vec::new(), groups: Vec::new(), quorum: None }
    }

    /// The logs: a checkpoint of any of them is accepted.
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in or out of the quorum.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// The groups, each after its members.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The witness or group that has to have witnessed a checkpoint; `None` for `quorum none`.
    pub fn quorum(&self) -> Option<&str> {
        self.quorum.as_deref()
    }

    /// Whether cosignatures by witnesses with these names in the policy reach the quorum.
    pub fn is_met<'n>(&self, cosigners: impl IntoIterator<Item = &'n str>) -> bool {
        let known = |name: &&str| self.witnesses.iter().any(|witness| witness.name == *name);
        let mut witnessed: BTreeSet<&str> = cosigners.into_iter().filter(known).collect();
        // A group names only what stands before it, so one pass is enough.
        for group in &self.groups {
            let count = group.members.iter().filter(|member| witnessed.contains(member.as_str())).count();
            if count >= group.threshold {
                witnessed.insert(&group.name);
            }
        }
        self.quorum().is_none_or(|name| witnessed.contains(name))
    }

    fn add_log(&mut self, log: Log) -> Result<(), LineRefused> {
        if log.key.signature_type() != SignatureType::Ed25519 {
            return Err(LineRefused::KeyType);
        }
        if self.logs.iter().any(|other| other.key.public() == log.key.public()) {
            return Err(LineRefused::Duplicate);
        }
        self.expect_own_id(&log.key)?;
        text::check_url(log.url.as_deref())?;
        self.logs.push(log);
        Ok(())
    }

    fn add_witness(&mut self, witness: Witness) -> Result<(), LineRefused> {
        if witness.key.signature_type() != SignatureType::CosignatureV1 {
            return Err(LineRefused::KeyType);
        }
        if self.witnesses.iter().any(|other| other.key.public() == witness.key.public()) {
            return Err(LineRefused::Duplicate);
        }
        self.expect_own_id(&witness.key)?;
        self.expect_new_name(&witness.name)?;
        text::check_url(witness.url.as_deref())?;
        self.witnesses.push(witness);
        Ok(())
    }

    fn add_group(&mut self, group: Group) -> Result<(), LineRefused> {
        self.expect_new_name(&group.name)?;
        if group.threshold == 0 || group.threshold > group.members.len() {
            return Err(LineRefused::Threshold);
        }
        // Anywhere at most once, so that a witness counts in one way only.
        let mut taken: BTreeSet<&str> =
            self.groups.iter().flat_map(|g| &g.members).map(String::as_str).collect();
        for member in &group.members {
            if !self.is_defined(member) {
                return Err(LineRefused::Undefined);
            }
            if !taken.insert(member) {
                return Err(LineRefused::MemberTwice);
            }
        }
        self.groups.push(group);
        Ok(())
    }

    fn set_quorum(&mut self, quorum: Option<String>) -> Result<(), LineRefused> {
        if quorum.as_ref().is_some_and(|name| !self.is_defined(name)) {
            return Err(LineRefused::Undefined);
        }
        self.quorum = quorum;
        Ok(())
    }

    fn is_defined(&self, name: &str) -> bool {
        self.witnesses.iter().any(|witness| witness.name == name)
            || self.groups.iter().any(|group| group.name == name)
    }

    fn expect_new_name(&self, name: &str) -> Result<(), LineRefused> {
        if !text::is_item(name) || name == NONE {
            Err(LineRefused::Name)
        } else if self.is_defined(name) {
            Err(LineRefused::Duplicate)
        } else {
            Ok(())
        }
    }

    /// A signature line tells its key by name and id only.
    fn expect_own_id(&self, key: &VerifierKey) -> Result<(), LineRefused> {
        let mut keys = self.logs.iter().map(|log| &log.key).chain(self.witnesses.iter().map(|w| &w.key));
        if keys.any(|other| other.name() == key.name() && other.id() == key.id()) {
            return Err(LineRefused::Duplicate);
        }
        Ok(())
    }
}
