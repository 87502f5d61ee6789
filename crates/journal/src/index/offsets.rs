//! A sorted set of places within one block, in as few bytes as its density allows.
use crate::JournalError;

/// Entries in one block.
pub(super) const BLOCK: u64 = 1 << 16;

/// Form of the bytes: the lowest bit of their length's varint.
const BITMAP: u64 = 1;

const DAMAGED: JournalError = JournalError::Internal("index: a posting does not read");

/// Writes the set: length and form, then either the first place (two bytes) and the gaps as varints, or a bitmap
/// that ends with the last place, whichever is shorter. `offsets` ascend and are at least one.
pub(super) fn write(offsets: &[u16], out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return };
    let gaps = || offsets.iter().zip(offsets.iter().skip(1)).map(|(a, b)| u64::from(b - a - 1));
    let listed = 2 + gaps().map(varint_length).sum::<usize>();
    let mapped = usize::from(*last) / 8 + 1;
    if listed <= mapped {
        write_varint((listed as u64) << 1, out);
        out.extend_from_slice(&first.to_be_bytes());
        gaps().for_each(|gap| write_varint(gap, out));
    } else {
        write_varint((mapped as u64) << 1 | BITMAP, out);
        let start = out.len();
        out.resize(start + mapped, 0);
        for offset in offsets {
            if let Some(byte) = out.get_mut(start + usize::from(offset / 8)) {
                *byte |= 1 << (offset % 8);
            }
        }
    }
}

/// Cuts the next set off `from`, unread: its bytes with their head.
pub(super) fn cut<'b>(from: &mut &'b [u8]) -> Result<&'b [u8], JournalError> {
    let whole = *from;
    let head = read_varint(from)?;
    let length = usize::try_from(head >> 1).map_err(|_| DAMAGED)?;
    *from = from.get(length..).ok_or(DAMAGED)?;
    whole.get(..whole.len() - from.len()).ok_or(DAMAGED)
}

/// Reads a set that [`cut`] gave. Takes every form, not the shortest one alone.
pub(super) fn read(mut bytes: &[u8]) -> Result<Vec<u16>, JournalError> {
    let is_bitmap = read_varint(&mut bytes)? & 1 == BITMAP;
    if is_bitmap { read_bitmap(bytes) } else { read_list(bytes) }
}

fn read_list(bytes: &[u8]) -> Result<Vec<u16>, JournalError> {
    let (first, mut gaps) = bytes.split_first_chunk::<2>().ok_or(DAMAGED)?;
    let mut last = u16::from_be_bytes(*first);
    let mut offsets = vec![last];
    while !gaps.is_empty() {
        let next = u64::from(last).checked_add(read_varint(&mut gaps)?).and_then(|at| at.checked_add(1));
        last = next.and_then(|at| u16::try_from(at).ok()).ok_or(DAMAGED)?;
        offsets.push(last);
    }
    Ok(offsets)
}

fn read_bitmap(bytes: &[u8]) -> Result<Vec<u16>, JournalError> {
    let count = bytes.iter().map(|byte| byte.count_ones() as usize).sum();
    let mut offsets = Vec::with_capacity(count);
    for (at, byte) in bytes.iter().enumerate() {
        let mut bits = *byte;
        while bits != 0 {
            let offset = at * 8 + bits.trailing_zeros() as usize;
            offsets.push(u16::try_from(offset).map_err(|_| DAMAGED)?);
            bits &= bits - 1;
        }
    }
    Ok(offsets)
}

/// Keeps of `some`, which ascend, those that are in the set, too. A bitmap is asked, not read: that is what a search for
/// rare terms together with a frequent one costs.
pub(super) fn keep_common(some: &mut Vec<u16>, set: &[u8]) -> Result<(), JournalError> {
    let mut bytes = set;
    if read_varint(&mut bytes)? & 1 == BITMAP {
        let has = |offset: &u16| {
            bytes.get(usize::from(offset / 8)).is_some_and(|byte| byte >> (offset % 8) & 1 == 1)
        };
        some.retain(has);
    } else {
        let mut others = read_list(bytes)?.into_iter().peekable();
        some.retain(|offset| {
            while others.next_if(|other| other < offset).is_some() {}
            others.peek() == Some(offset)
        });
    }
    Ok(())
}

/// Places in either; both ascend.
pub(super) fn unite(some: &mut Vec<u16>, others: &[u16]) {
    let in_order = match (some.last(), others.first()) {
        (Some(last), Some(first)) => last < first,
        _ => true,
    };
    some.extend_from_slice(others);
    if !in_order {
        some.sort_unstable();
        some.dedup();
    }
}

/// LEB128: seven bits a byte, lowest first.
fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

fn varint_length(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

fn read_varint(from: &mut &[u8]) -> Result<u64, JournalError> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = from.split_first().ok_or(DAMAGED)?;
        *from = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(DAMAGED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    fn sets() -> impl Strategy<Value = Vec<u16>> {
        let sparse = btree_set(any::<u16>(), 1..40);
        let dense = btree_set(0_u16..600, 1..500);
        prop_oneof![sparse, dense].prop_map(|set| set.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_was_written_reads_back(set in sets(), after in vec(any::<u8>(), 0..9)) {
            let mut bytes = Vec::new();
            write(&set, &mut bytes);
            let own = bytes.len();
            prop_assert!(own <= 4 + usize::from(*set.last().unwrap()) / 8, "never longer than a bitmap");
            bytes.extend_from_slice(&after);
            let mut rest = bytes.as_slice();
            let one = cut(&mut rest).unwrap();
            prop_assert_eq!(one.len(), own);
            prop_assert_eq!(rest, after.as_slice());
            prop_assert_eq!(read(one).unwrap(), set);
        }

        #[test]
        fn any_bytes_read_or_are_refused(bytes in vec(any::<u8>(), 0..60)) {
            if let Ok(set) = cut(&mut bytes.as_slice()).and_then(read) {
                prop_assert!(set.is_sorted_by(|a, b| a < b));
            }
        }

        #[test]
        fn sets_meet_and_join(a in sets(), b in sets()) {
            let (left, right): (std::collections::BTreeSet<u16>, std::collections::BTreeSet<u16>) =
                (a.iter().copied().collect(), b.iter().copied().collect());
            let (mut both, mut set) = (a.clone(), Vec::new());
            write(&b, &mut set);
            keep_common(&mut both, &set).unwrap();
            prop_assert_eq!(both, left.intersection(&right).copied().collect::<Vec<_>>());
            let mut either = a;
            unite(&mut either, &b);
            prop_assert_eq!(either, left.union(&right).copied().collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_place_takes_three_bytes_and_a_full_block_a_bit_each() {
        let mut bytes = Vec::new();
        write(&[65535], &mut bytes);
        assert_eq!(bytes.len(), 3);
        bytes.clear();
        write(&(0..=65535).collect::<Vec<u16>>(), &mut bytes);
        assert_eq!(bytes.len(), 8192 + 3);
    }
}
