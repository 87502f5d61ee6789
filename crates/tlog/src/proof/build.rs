//! Building proofs.
use super::{BuildError, HashReader};
use crate::{Hash, empty_root, node_hash};

/// Root of the tree over the first `size` leaves: `MTH(D[size])` (RFC 6962 §2.1).
pub fn root_at<R: HashReader>(reader: &mut R, size: u64) -> Result<Hash, R::Error> {
    range_hash(reader, 0, size)
}

/// Proof that leaf `index` is in the tree of `size` leaves: `PATH(m, D[n])` (RFC 9162 §2.1.3.1), leaf first.
pub fn inclusion_proof<R: HashReader>(
    reader: &mut R,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, BuildError<R::Error>> {
    if index >= size {
        return Err(BuildError::OutOfRange);
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + largest_power_below(end - start);
        let sibling = if index < middle { (middle, end) } else { (start, middle) };
        path.push(range_hash(reader, sibling.0, sibling.1).map_err(BuildError::Reader)?);
        (start, end) = if index < middle { (start, middle) } else { (middle, end) };
    }
    path.reverse();
    Ok(path)
}

/// Proof that the tree of `old` leaves is the beginning of the tree of `new`: `PROOF(m, D[n])` (RFC 9162 §2.1.4.1).
///
/// Empty for `old` of 0 and for equal sizes, as C2SP tlog-witness wants it.
pub fn consistency_proof<R: HashReader>(
    reader: &mut R,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, BuildError<R::Error>> {
    if old > new {
        return Err(BuildError::OutOfRange);
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + largest_power_below(end - start);
        let in_left = old <= middle;
        let sibling = if in_left { (middle, end) } else { (start, middle) };
        path.push(range_hash(reader, sibling.0, sibling.1).map_err(BuildError::Reader)?);
        (start, end) = if in_left { (start, middle) } else { (middle, end) };
    }
    // The verifier has the whole old tree's root; any smaller last piece it must be told.
    if start != 0 {
        path.push(range_hash(reader, start, end).map_err(BuildError::Reader)?);
    }
    path.reverse();
    Ok(path)
}

/// Hash over the leaves `start..end`, a range that occurs in some tree: `start` is a multiple of a power of two
/// not smaller than its length.
fn range_hash<R: HashReader>(reader: &mut R, start: u64, end: u64) -> Result<Hash, R::Error> {
    let length = end - start;
    let mut at = start;
    let mut complete = Vec::new();
    for level in (0..64_u8).rev().filter(|level| length >> level & 1 == 1) {
        complete.push(reader.hash_at(level, at >> level)?);
        at += 1 << level;
    }
    let joined = complete.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
    Ok(joined.unwrap_or_else(empty_root))
}

/// The largest power of two smaller than `n`, for `n` of 2 and more.
fn largest_power_below(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
