//! A person's history, checked offline: `docs/journal-format.md`, "A person's history".
//!
//! The VRF shows where in the map the person's chain stands, the map which chain it is, the chain which entries it has,
//! and a log with witnesses that everybody is shown the same map.
use crate::Hash;
use crate::chain::{Chain, ChainRefused};
use crate::entry::{Epoch, Kind};
use crate::map::{MapProof, MapRefused, Terminal};
use crate::policy::Policy;
use crate::proof_file::{self, EntryProof, EntryProofRefused, SUBJECT};
use crate::vrf::{VrfProof, VrfPublic, VrfRefused, map_key};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug, Formatter};

/// All that a history holds, believed in nothing. `Debug` does not show the person.
#[derive(Clone, PartialEq, Eq)]
pub struct History {
    /// the citizen's number, 12 digits
    pub number: String,
    /// public key of the VRF
    pub vrf_key: [u8; 32],
    /// proof of the number's place in the map
    pub vrf_proof: VrfProof,
    /// entries about the person
    pub count: u64,
    /// newest link of the chain; 32 zero bytes without any entry
    pub link: Hash,
    /// hashes beside the way through the map, from the root downwards
    pub siblings: Vec<Hash>,
    /// key and value of the other person who stands in the place of somebody without any entry
    pub other: Option<(Hash, Hash)>,
    /// proof of the epoch's entry, as text
    pub epoch: String,
    /// the entries about the person, in the log's order
    pub chain: Vec<Link>,
    /// proofs of some of these entries, as texts
    pub entries: Vec<String>,
}

/// One entry of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// its number in the log
    pub index: u64,
    /// its leaf hash
    pub leaf: Hash,
    /// until when it is withheld, microseconds since 1970
    pub withheld_until_us: Option<i64>,
}

impl Debug for History {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "History({} entries)", self.count)
    }
}

/// A history that is proved.
#[derive(Clone, Debug)]
pub struct Proved {
    /// entries of the log among which none about the person is missing: those below this number
    pub covered: u64,
    /// the epoch's entry
    pub epoch: EntryProof,
    /// the entries that were proved, in their given order
    pub entries: Vec<EntryProof>,
}

/// Why a history proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistoryRefused {
    /// not 12 digits
    #[error("the number is not 12 digits")]
    Number,
    /// the proof of the epoch's entry does not hold
    #[error("the epoch: {0}")]
    Epoch(EntryProofRefused),
    /// that entry is no epoch's
    #[error("the entry given as the epoch is another one")]
    NotEpoch,
    /// another VRF than the epoch's
    #[error("the key of the VRF is not the one that the epoch names")]
    VrfKey,
    /// the person's place is not proved
    #[error(transparent)]
    Vrf(#[from] VrfRefused),
    /// the map holds something else for the person
    #[error("the map: {0}")]
    Map(#[from] MapRefused),
    /// no entries, but a link, or entries, but another person in the place
    #[error("count, link and the end of the way through the map do not fit together")]
    Head,
    /// the chain is another one
    #[error(transparent)]
    Chain(#[from] ChainRefused),
    /// an entry of the chain that the epoch does not cover
    #[error("entry {0} of the log is in the chain, but the epoch does not cover it")]
    NotCovered(u64),
    /// the proof of an entry does not hold
    #[error("proof {number} of an entry: {refused}")]
    Entry {
        /// counted from 1
        number: usize,
        /// why
        refused: EntryProofRefused,
    },
    /// not the epoch's checkpoint
    #[error("entry {0} of the log is proved by another checkpoint")]
    Checkpoint(u64),
    /// not in the chain
    #[error("entry {0} of the log is not in the chain")]
    NotInChain(u64),
    /// proved twice
    #[error("entry {0} of the log is there twice")]
    Twice(u64),
    /// the part with the number is not shown, or shows another
    #[error("entry {0} of the log is not shown to be about this person")]
    OtherPerson(u64),
    /// withheld until another time than the withholdings say
    #[error("entry {0} of the log is not withheld until then")]
    Withheld(u64),
}

impl History {
    /// Checks all of it.
    pub fn verify(&self, policy: &Policy) -> Result<Proved, HistoryRefused> {
        if self.number.len() != 12 || !self.number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HistoryRefused::Number);
        }
        let proved = proof_file::verify(self.epoch.as_bytes(), policy).map_err(HistoryRefused::Epoch)?;
        let Kind::Epoch(epoch) = proved.entry.kind else { return Err(HistoryRefused::NotEpoch) };
        self.check_map(&epoch)?;
        self.check_chain(&epoch)?;
        let entries = self.check_entries(&proved, policy)?;
        self.check_withheld(&entries)?;
        Ok(Proved { covered: epoch.entries, epoch: proved, entries })
    }

    /// That the map of the epoch has this head for this person.
    fn check_map(&self, epoch: &Epoch) -> Result<(), HistoryRefused> {
        if self.vrf_key != epoch.vrf_key {
            return Err(HistoryRefused::VrfKey);
        }
        let output = VrfPublic::from_bytes(&self.vrf_key)?.verify(self.number.as_bytes(), &self.vrf_proof)?;
        let head = Chain::resume(self.count, self.link);
        let terminal = match self.other {
            Some((key, value)) if head == Chain::new() => Terminal::Other { key, value },
            None if head == Chain::new() => Terminal::Empty,
            None if self.count > 0 => Terminal::Leaf { value: head.value() },
            _ => return Err(HistoryRefused::Head),
        };
        let proof = MapProof { siblings: self.siblings.clone(), terminal };
        proof.verify(&map_key(&output), &epoch.root)?;
        Ok(())
    }

    /// That the entries are all of the head's chain.
    fn check_chain(&self, epoch: &Epoch) -> Result<(), HistoryRefused> {
        let entries: Vec<(u64, Hash)> = self.chain.iter().map(|link| (link.index, link.leaf)).collect();
        Chain::resume(self.count, self.link).verify(&entries)?;
        match entries.last() {
            Some((index, _)) if *index >= epoch.entries => Err(HistoryRefused::NotCovered(*index)),
            _ => Ok(()),
        }
    }

    /// That each proof is of an entry of the chain, once, by the epoch's checkpoint, and about this person.
    fn check_entries(&self, epoch: &EntryProof, policy: &Policy) -> Result<Vec<EntryProof>, HistoryRefused> {
        let chain: BTreeMap<u64, &Hash> = self.chain.iter().map(|link| (link.index, &link.leaf)).collect();
        let mut before = BTreeSet::new();
        let mut proved = Vec::new();
        for (text, number) in self.entries.iter().zip(1..) {
            let entry = proof_file::verify(text.as_bytes(), policy)
                .map_err(|refused| HistoryRefused::Entry { number, refused })?;
            if entry.checkpoint.checkpoint() != epoch.checkpoint.checkpoint() {
                return Err(HistoryRefused::Checkpoint(entry.index));
            }
            if chain.get(&entry.index) != Some(&&entry.leaf) {
                return Err(HistoryRefused::NotInChain(entry.index));
            }
            if !before.insert(entry.index) {
                return Err(HistoryRefused::Twice(entry.index));
            }
            if !entry.parts_gone && entry.shown(SUBJECT) != Some(&self.number) {
                return Err(HistoryRefused::OtherPerson(entry.index));
            }
            proved.push(entry);
        }
        Ok(proved)
    }

    /// That an entry is withheld until a time that a withholding of it names, as far as withholdings are shown.
    fn check_withheld(&self, entries: &[EntryProof]) -> Result<(), HistoryRefused> {
        let mut named: BTreeMap<u64, BTreeSet<i64>> = BTreeMap::new();
        for proof in entries {
            if let Kind::Withholding { entry, until_us } = proof.entry.kind {
                named.entry(entry).or_default().insert(until_us);
            }
        }
        let contradicts = |link: &&Link| match (link.withheld_until_us, named.get(&link.index)) {
            (Some(until_us), Some(times)) => !times.contains(&until_us),
            _ => false,
        };
        self.chain.iter().find(contradicts).map_or(Ok(()), |link| Err(HistoryRefused::Withheld(link.index)))
    }
}
