//! The full audit, for those who hold the keys: everything computed anew from the log, and compared.
use super::{Index, epoch, log, map};
use crate::{Epoch, JournalError, Kind, Part, subject_hash};
use dancu_storage::Tx;
use dancu_tlog::Hash;
use dancu_tlog::chain::Chain;
use dancu_tlog::map::{self as map_tree, MemoryMap};
use std::collections::{BTreeSet, HashMap};

/// Entries read at once.
const READ: u64 = 4096;

/// What an audit found. An honest journal with a sound index has no differences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Entries read
    pub entries: u64,
    /// Entries that name a person
    pub about_persons: u64,
    /// Persons named
    pub persons: u64,
    /// Epochs met in the log
    pub epochs: u64,
    /// Entries whose citizen's number was erased: they cannot be put into a chain any more
    pub erased: u64,
    /// What does not agree
    pub differences: Vec<Difference>,
}

/// Where log and index do not agree. Names no person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The chain of the person at this place of the map is not what the log gives
    Chain {
        /// Place in the map
        place: Hash,
    },
    /// The index has the chain of a person whom the log does not name
    Stray {
        /// Place in the map
        place: Hash,
    },
    /// An epoch in the log states another root, count of persons or key than the log gives
    Epoch {
        /// Number of its entry
        index: u64,
    },
    /// An epoch in the log covers entries that came after it, or fewer than the one before
    Coverage {
        /// Number of its entry
        index: u64,
    },
    /// The map in force is not that of its epoch
    Map {
        /// Number of the epoch's entry
        index: u64,
    },
}

/// Chains computed from the log, by place in the map.
#[derive(Default)]
struct Walk {
    chains: HashMap<Hash, Chain>,
    places: HashMap<[u8; 16], Hash>,
    /// The map up to the newest epoch looked at, and who moved since
    map: MemoryMap,
    moved: BTreeSet<Hash>,
    audit: Audit,
}

impl Index {
    /// Reads the whole log, opens every entry, computes all chains and the map of each epoch, and compares them with what
    /// the log's epochs state and what the index holds. Time and memory grow with the log and the persons. Blocks.
    pub fn audit_chains(&self) -> Result<Audit, JournalError> {
        let (end, known) = self.inner.store.read("index.chains", known)?;
        let epochs = self.epochs(end)?;
        let mut walk =
            Walk { audit: Audit { epochs: epochs.len() as u64, ..Audit::default() }, ..Walk::default() };
        let mut stops = epochs.iter().peekable();
        let mut next = 0;
        loop {
            while let Some((index, epoch)) = stops.next_if(|(_, epoch)| epoch.entries <= next) {
                self.check_epoch(&mut walk, *index, epoch);
            }
            if next >= end {
                break;
            }
            let stop = stops.peek().map_or(end, |(_, epoch)| epoch.entries).min(end).min(next + READ);
            self.take_up(&mut walk, next, stop)?;
            next = stop;
        }
        // An epoch that covers what was not there yet.
        walk.audit.differences.extend(stops.map(|(index, _)| Difference::Coverage { index: *index }));
        walk.compare_chains(known);
        self.compare_map(&mut walk)?;
        walk.audit.persons = walk.chains.len() as u64;
        Ok(walk.audit)
    }

    /// The epochs in the log, by what they cover.
    fn epochs(&self, end: u64) -> Result<Vec<(u64, Epoch)>, JournalError> {
        let mut epochs = Vec::new();
        let mut next = 0;
        while next < end {
            let stop = end.min(next + READ);
            for entry in log::range(&*self.inner.log, next, stop)? {
                if let Kind::Epoch(epoch) = entry.kind {
                    epochs.push((entry.index, epoch));
                }
            }
            next = stop;
        }
        Ok(epochs)
    }

    fn take_up(&self, walk: &mut Walk, first: u64, end: u64) -> Result<(), JournalError> {
        for entry in log::range(&*self.inner.log, first, end)? {
            walk.audit.entries += 1;
            walk.audit.erased += u64::from(entry.erased.contains(&Part::Subject));
            let Some(number) = entry.call.personal.get(Part::Subject) else { continue };
            walk.audit.about_persons += 1;
            let subject = subject_hash(&self.inner.ring, number);
            let place = *walk.places.entry(subject).or_insert_with(|| self.place_of(number));
            walk.chains.entry(place).or_default().append(entry.index, &entry.leaf_hash);
            walk.moved.insert(place);
        }
        Ok(())
    }

    fn check_epoch(&self, walk: &mut Walk, index: u64, epoch: &Epoch) {
        if epoch.entries > index || walk.audit.entries > epoch.entries {
            walk.audit.differences.push(Difference::Coverage { index });
            return;
        }
        let root = walk.root();
        let agrees = epoch.root == root
            && epoch.persons == walk.chains.len() as u64
            && epoch.vrf_key == *self.inner.vrf.public().as_bytes();
        if !agrees {
            walk.audit.differences.push(Difference::Epoch { index });
        }
    }

    /// The map in force against the root of its epoch, as the log states it.
    fn compare_map(&self, walk: &mut Walk) -> Result<(), JournalError> {
        let (covered, stored, heads) = self.inner.store.read("index.map", |tx| {
            let mut heads = Vec::new();
            tx.for_each("SELECT vrf, count, link FROM index_map", &[], |row| {
                let chain = Chain::resume(row.number(1)?, row.array(2)?);
                heads.push((row.array(0)?, chain.value()));
                Ok::<_, JournalError>(())
            })?;
            Ok::<_, JournalError>((epoch::applied(tx)?, map::root(tx)?, heads))
        })?;
        let Some(covered) = covered else { return Ok(()) };
        let entry = log::range(&*self.inner.log, covered.index, covered.index + 1)?.pop();
        let stated = entry.and_then(|entry| match entry.kind {
            Kind::Epoch(epoch) => Some(epoch.root),
            _ => None,
        });
        let Ok(root) = map_tree::update(&mut MemoryMap::default(), &heads);
        if stated != Some(root) || stored != root {
            walk.audit.differences.push(Difference::Map { index: covered.index });
        }
        Ok(())
    }
}

impl Walk {
    /// Root of the map over all chains so far.
    fn root(&mut self) -> Hash {
        let moved = std::mem::take(&mut self.moved);
        let value = |place: &Hash| Some((*place, self.chains.get(place)?.value()));
        let touched: Vec<_> = moved.iter().filter_map(value).collect();
        let Ok(root) = map_tree::update(&mut self.map, &touched);
        self.map.persons.extend(touched);
        root
    }

    /// Every chain of the index against those of the log.
    fn compare_chains(&mut self, mut known: HashMap<Hash, Chain>) {
        for (place, chain) in &self.chains {
            if known.remove(place) != Some(*chain) {
                self.audit.differences.push(Difference::Chain { place: *place });
            }
        }
        self.audit.differences.extend(known.into_keys().map(|place| Difference::Stray { place }));
    }
}

/// The position, and the chains at that position by their place in the map.
fn known(tx: &mut Tx<'_>) -> Result<(u64, HashMap<Hash, Chain>), JournalError> {
    let mut known = HashMap::new();
    tx.for_each("SELECT vrf, count, link FROM index_person", &[], |row| {
        known.insert(row.array(0)?, Chain::resume(row.number(1)?, row.array(2)?));
        Ok::<_, JournalError>(())
    })?;
    Ok((super::head(tx)?.position, known))
}
