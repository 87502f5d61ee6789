//! A history with its proof: the JSON object of `docs/journal-format.md`, "A person's history".
use super::history::{Covered, Page, targets};
use super::person::Listing;
use super::shown::{CALL_PARTS, CLOSED_PARTS, OPEN_PARTS};
use super::{Index, epoch, log, map};
use crate::{Entry, JournalError, Kind, Part, subject_hash};
use dancu_tlog::Hash;
use dancu_tlog::chain::Chain;
use serde::Serialize;
use std::collections::HashMap;
use std::fmt;

/// An entry to be proved, and the personal parts that its proof discloses.
pub type Wanted = (u64, &'static [Part]);

/// Gives the proof of each of these entries (C2SP tlog-proof), in their order and all against one checkpoint.
pub type Prove<'p> = &'p dyn Fn(&[Wanted]) -> Result<Vec<String>, JournalError>;

/// A person's history with its proof, up to the epoch in force.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct HistoryProof {
    /// The person's number
    pub number: String,
    /// Why the map's key is hers
    pub vrf: VrfPart,
    /// What stands in the map under that key, and why
    pub map: MapPart,
    /// Proof of the epoch's entry
    pub epoch: String,
    /// All entries that the epoch covers, oldest first
    pub chain: Vec<ChainPart>,
    /// Proofs of the entries on the page, newest first, but for those withheld
    pub entries: Vec<String>,
}

/// The VRF's public key and its proof, hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VrfPart {
    /// 32 bytes
    pub key: String,
    /// 80 bytes
    pub proof: String,
}

/// A proof of the map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MapPart {
    /// Entries about the person; 0 when the map has nobody at her key
    pub count: u64,
    /// Head of her chain, hex
    pub link: String,
    /// From the root downwards, hex
    pub siblings: Vec<String>,
    /// Of a person without entries: who stands where she would
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherPart>,
}

/// Another person's leaf, hex.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherPart {
    /// Her key
    pub key: String,
    /// What stands there
    pub value: String,
}

/// One entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainPart {
    /// Number of the entry
    pub index: u64,
    /// Its leaf hash, hex
    pub leaf: String,
    /// Until when it is withheld, microseconds since 1970
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withheld_until: Option<i64>,
}

/// Shows no person.
impl fmt::Debug for HistoryProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryProof").field("count", &self.map.count).finish_non_exhaustive()
    }
}

/// What the tables say, all of one moment.
struct Evidence {
    covered: Covered,
    map: map::Proof,
    listing: Listing,
    withheld: HashMap<u64, i64>,
}

impl Index {
    /// The person's history up to the epoch in force, with its proof; of the entries on the page each with its own. Of a
    /// person without entries, the proof that there are none. Gives nothing while no epoch is in force. Blocks.
    pub fn history_proof(
        &self,
        number: &str,
        page: Page,
        now_us: i64,
        prove: Prove<'_>,
    ) -> Result<Option<HistoryProof>, JournalError> {
        let (output, vrf_proof) = self.inner.vrf.prove(number.as_bytes());
        let key = dancu_tlog::vrf::map_key(&output);
        let Some(evidence) = self.evidence(number, &key, now_us)? else { return Ok(None) };
        let Evidence { covered, map, listing, withheld } = evidence;
        let vrf =
            VrfPart { key: hex::encode(self.inner.vrf.public().as_bytes()), proof: hex::encode(vrf_proof) };
        let entries = log::pick(&*self.inner.log, &listing.entries)?;
        let links: Vec<_> = entries.iter().map(|entry| (entry.index, entry.leaf_hash)).collect();
        Chain::resume(map.count, map.link)
            .verify(&links)
            .map_err(|_| JournalError::Internal("index: a chain does not lead to its head"))?;
        let chain = entries.iter().map(|entry| ChainPart {
            index: entry.index,
            leaf: hex::encode(entry.leaf_hash),
            withheld_until: withheld.get(&entry.index).copied(),
        });
        let chain = chain.collect();
        let targets = self.withheld(&targets(&entries), now_us)?;
        let page = listing.page(page);
        let wanted = |entry: &&Entry| {
            page.iter().any(|(_, index)| *index == entry.index) && !withheld.contains_key(&entry.index)
        };
        let shown = entries.iter().rev().filter(wanted).map(|entry| {
            let parts = match entry.kind {
                Kind::Call => CALL_PARTS,
                Kind::Withholding { entry, .. } if !targets.contains_key(&entry) => OPEN_PARTS,
                _ => CLOSED_PARTS,
            };
            (entry.index, parts)
        });
        let wanted: Vec<Wanted> = [(covered.index, &[] as &[Part])].into_iter().chain(shown).collect();
        let mut proofs = prove(&wanted)?;
        if proofs.len() != wanted.len() {
            return Err(JournalError::Internal("index: not a proof for each entry"));
        }
        let epoch = proofs.remove(0);
        let number = number.to_owned();
        Ok(Some(HistoryProof { number, vrf, map: map_part(&map), epoch, chain, entries: proofs }))
    }

    fn evidence(&self, number: &str, key: &Hash, now_us: i64) -> Result<Option<Evidence>, JournalError> {
        let subject = subject_hash(&self.inner.ring, number);
        self.inner.store.read("index.evidence", |tx| {
            let Some(covered) = epoch::applied(tx)? else { return Ok(None) };
            let map = map::proof(tx, key)?;
            let mut listing = self.listing(tx, &subject)?;
            // The map is older than the postings.
            listing.entries.truncate(usize::try_from(map.count).unwrap_or(usize::MAX));
            let withheld = super::person::withheld(tx, &listing.entries, now_us)?;
            Ok(Some(Evidence { covered, map, listing, withheld }))
        })
    }
}

fn map_part(proof: &map::Proof) -> MapPart {
    MapPart {
        count: proof.count,
        link: hex::encode(proof.link),
        siblings: proof.siblings.iter().map(hex::encode).collect(),
        other: proof.other.map(|(key, value)| OtherPart { key: hex::encode(key), value: hex::encode(value) }),
    }
}
