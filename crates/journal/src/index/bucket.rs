//! One row of postings: all terms of one kind and one bucket in one block.
//!
//! A row per term would cost rare terms (a person, a case) some thirty bytes each and a random page per entry. Here
//! 512 rows a block share them out by their hash, so a rare term costs ten bytes, and a batch writes whole pages.
use super::offsets;
use super::term::{SUFFIX, Suffix};
use crate::JournalError;
use std::collections::BTreeMap;

/// Terms and their places, to be written.
pub(super) type Terms = BTreeMap<Suffix, Vec<u16>>;

/// The row with these places added: for each term its suffix and its set, in the order of the suffixes.
pub(super) fn merge(old: &[u8], new: &Terms) -> Result<Vec<u8>, JournalError> {
    let mut out = Vec::with_capacity(old.len() + new.len() * (SUFFIX + 3));
    let mut rest = old;
    let mut new = new.iter().peekable();
    while let Some((suffix, set)) = next(&mut rest)? {
        while let Some((smaller, places)) = new.next_if(|(other, _)| *other < suffix) {
            put(*smaller, places, &mut out);
        }
        if let Some((_, places)) = new.next_if(|(other, _)| *other == suffix) {
            let mut both = offsets::read(set)?;
            offsets::unite(&mut both, places);
            put(*suffix, &both, &mut out);
        } else {
            out.extend_from_slice(suffix);
            out.extend_from_slice(set);
        }
    }
    new.for_each(|(suffix, places)| put(*suffix, places, &mut out));
    Ok(out)
}

/// The places of one term, ascending; none when it is not in the row.
pub(super) fn find(row: &[u8], wanted: Suffix) -> Result<Vec<u16>, JournalError> {
    set_of(row, wanted)?.map_or(Ok(Vec::new()), offsets::read)
}

/// Keeps those of these places, which ascend, at which the term stands, too.
pub(super) fn keep_common(row: &[u8], wanted: Suffix, places: &mut Vec<u16>) -> Result<(), JournalError> {
    let Some(set) = set_of(row, wanted)? else {
        places.clear();
        return Ok(());
    };
    offsets::keep_common(places, set)
}

/// The set of one term, unread.
fn set_of(row: &[u8], wanted: Suffix) -> Result<Option<&[u8]>, JournalError> {
    let mut rest = row;
    while let Some((suffix, set)) = next(&mut rest)? {
        if *suffix >= wanted {
            return Ok((*suffix == wanted).then_some(set));
        }
    }
    Ok(None)
}

fn put(suffix: Suffix, places: &[u16], out: &mut Vec<u8>) {
    out.extend_from_slice(&suffix);
    offsets::write(places, out);
}

fn next<'b>(rest: &mut &'b [u8]) -> Result<Option<(&'b Suffix, &'b [u8])>, JournalError> {
    if rest.is_empty() {
        return Ok(None);
    }
    let damaged = JournalError::Internal("index: a row of postings does not read");
    let (suffix, mut after) = rest.split_first_chunk().ok_or(damaged)?;
    let set = offsets::cut(&mut after)?;
    *rest = after;
    Ok(Some((suffix, set)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;

    fn terms() -> impl Strategy<Value = Terms> {
        let suffix = (0_u8..12).prop_map(|n| [n; SUFFIX]);
        let places = btree_set(any::<u16>(), 1..20).prop_map(|set| set.into_iter().collect());
        btree_map(suffix, places, 0..10)
    }

    proptest! {
        #[test]
        fn merged_rows_hold_what_went_in(batches in vec(terms(), 0..6)) {
            let (mut row, mut model) = (Vec::new(), Terms::new());
            for batch in &batches {
                row = merge(&row, batch).unwrap();
                for (suffix, places) in batch {
                    let known = model.entry(*suffix).or_default();
                    known.extend(places);
                    known.sort_unstable();
                    known.dedup();
                }
            }
            for suffix in (0..12).map(|n| [n; SUFFIX]) {
                let wanted = model.get(&suffix).cloned().unwrap_or_default();
                prop_assert_eq!(find(&row, suffix).unwrap(), wanted);
            }
            prop_assert_eq!(merge(&[], &model).unwrap(), row, "one content, one row");
        }

        #[test]
        fn any_bytes_read_or_are_refused(bytes in vec(any::<u8>(), 0..80), suffix: Suffix, terms in terms()) {
            let _ = find(&bytes, suffix);
            let _ = merge(&bytes, &terms);
        }
    }
}
