//! One person's entries.
use super::rows;
use super::term::Term;
use super::{Index, log};
use crate::{JournalError, Part, subject_hash};
use dancu_storage::Tx;
use std::collections::{BTreeSet, HashMap};

/// All entries about a person, as far as they are indexed.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Numbers of the entries, ascending: the n-th of the chain at n - 1
    pub(super) entries: Vec<u64>,
}

impl Index {
    /// The entries about a person, read in this transaction. Hashes of 64 bits find them and may collide; the length of
    /// the chain tells whether they did, and then the entries are asked.
    pub(super) fn listing(&self, tx: &mut Tx<'_>, subject: &[u8; 16]) -> Result<Listing, JournalError> {
        let head = rows::persons(tx, std::iter::once(subject))?.remove(subject);
        let Some(count) = head.map(|head| head.count) else { return Ok(Listing::default()) };
        let mut entries = rows::entries_with(tx, &Term::person(subject))?;
        if entries.len() as u64 != count {
            let ring = &self.inner.ring;
            let opened = log::pick(&*self.inner.log, &entries)?.into_iter().filter(|entry| {
                let number = entry.call.personal.get(Part::Subject);
                number.is_some_and(|number| subject_hash(ring, number) == *subject)
            });
            entries = opened.map(|entry| entry.index).collect();
        }
        if entries.len() as u64 != count {
            return Err(JournalError::Internal("index: a chain is not as long as its postings"));
        }
        Ok(Listing { entries })
    }
}

/// Entries about a person that are not calls: withholdings, acts.
pub(super) fn keeping(tx: &mut Tx<'_>, subject: &[u8; 16]) -> Result<BTreeSet<u64>, JournalError> {
    Ok(rows::entries_with(tx, &Term::keeping(subject))?.into_iter().collect())
}

/// Of these entries, those withheld at this moment, and until when.
pub(super) fn withheld(
    tx: &mut Tx<'_>,
    entries: &[u64],
    now_us: i64,
) -> Result<HashMap<u64, i64>, JournalError> {
    let mut withheld = rows::withheld(tx, entries)?;
    withheld.retain(|_, until_us| *until_us > now_us);
    Ok(withheld)
}
