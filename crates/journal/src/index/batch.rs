//! What a run of entries adds to the index, gathered in memory.
use super::bucket::Terms;
use super::offsets::BLOCK;
use super::term::{Kind, Term};
use super::times::Times;
use crate::{Entry, Kind as EntryKind, Part, subject_hash};
use dancu_keys::KeyRing;
use dancu_tlog::Hash;
use std::collections::{BTreeMap, HashMap};

/// A row of postings: kind, bucket, block.
pub(super) type RowKey = (Kind, u16, u64);

/// The entries about one person in a batch.
pub(super) struct Steps {
    /// Her number: what the VRF is of
    pub(super) number: String,
    /// Number and leaf hash of each entry, ascending
    pub(super) entries: Vec<(u64, Hash)>,
}

/// A batch of entries, not written yet.
#[derive(Default)]
pub(super) struct Batch {
    /// Number of the entry after the last one
    pub(super) end: u64,
    pub(super) postings: BTreeMap<RowKey, Terms>,
    pub(super) times: BTreeMap<u64, Times>,
    /// By the keyed hash of the number
    pub(super) persons: BTreeMap<[u8; 16], Steps>,
    /// Entry withheld, until when, by which entry
    pub(super) withheld: Vec<(u64, i64, u64)>,
    /// Epochs met, with the numbers of their entries
    pub(super) epochs: Vec<(u64, crate::Epoch)>,
}

impl Batch {
    /// Adds the entries that come next.
    pub(super) fn gather(&mut self, ring: &KeyRing, entries: &[Entry]) {
        let mut hashes = Hashes { ring, known: HashMap::new() };
        for entry in entries {
            self.end = entry.index + 1;
            self.add(&mut hashes, entry);
        }
    }

    fn add<'e>(&mut self, hashes: &mut Hashes<'_, 'e>, entry: &'e Entry) {
        match &entry.kind {
            EntryKind::Context => return,
            EntryKind::Epoch(epoch) => self.epochs.push((entry.index, epoch.clone())),
            EntryKind::Withholding { entry: withheld, until_us } => {
                self.withheld.push((*withheld, *until_us, entry.index));
            }
            EntryKind::Call => self.post_call(hashes, entry),
            EntryKind::Act { .. } => {}
        }
        if !matches!(entry.kind, EntryKind::Epoch(_)) {
            self.post(Term::correlation(hashes.ring, &entry.call.correlation), entry.index);
        }
        self.times.entry(entry.index / BLOCK).or_default().add(entry.index, entry.call.at_us);
        if let Some(number) = entry.call.personal.get(Part::Subject) {
            self.post_person(hashes.ring, number, entry);
        }
    }

    fn post_call<'e>(&mut self, hashes: &mut Hashes<'_, 'e>, entry: &'e Entry) {
        let call = &entry.call;
        let said = [
            (Kind::Organisation, call.organisation.as_deref()),
            (Kind::System, call.system_id.as_deref()),
            (Kind::Account, call.account_id.as_deref()),
            (Kind::Officer, call.personal.get(Part::Officer)),
            (Kind::Service, Some(call.service.as_str())),
            (Kind::Outcome, Some(call.outcome.name())),
            (Kind::Case, call.personal.get(Part::CaseNumber)),
            (Kind::Procedure, call.procedure.as_deref()),
        ];
        for (kind, value) in said {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.post(hashes.term(kind, value), entry.index);
            }
        }
    }

    fn post_person(&mut self, ring: &KeyRing, number: &str, entry: &Entry) {
        let subject = entry.call.subject.unwrap_or_else(|| subject_hash(ring, number));
        self.post(Term::person(&subject), entry.index);
        if !matches!(entry.kind, EntryKind::Call) {
            self.post(Term::keeping(&subject), entry.index);
        }
        let steps = self.persons.entry(subject);
        let steps = steps.or_insert_with(|| Steps { number: number.to_owned(), entries: Vec::new() });
        steps.entries.push((entry.index, entry.leaf_hash));
    }

    fn post(&mut self, term: Term, index: u64) {
        let row = self.postings.entry((term.kind, term.bucket(), index / BLOCK)).or_default();
        let places = row.entry(term.suffix()).or_default();
        places.extend(u16::try_from(index % BLOCK));
    }
}

/// Hashes of a batch's terms: most values occur many times.
struct Hashes<'r, 'e> {
    ring: &'r KeyRing,
    known: HashMap<(Kind, &'e str), Term>,
}

impl<'e> Hashes<'_, 'e> {
    fn term(&mut self, kind: Kind, value: &'e str) -> Term {
        *self.known.entry((kind, value)).or_insert_with(|| Term::new(self.ring, kind, value))
    }
}
