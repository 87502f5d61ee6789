//! One letter typed wrong.

/// Whether one letter added, dropped, replaced, or two neighbours swapped, makes one of the other.
pub(crate) fn is_one(a: &[u8], b: &[u8]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let longer = a.len().max(b.len());
    if head + tail + 1 >= longer {
        return true;
    }
    a.len() == b.len()
        && head + tail + 2 == longer
        && a.get(head) == b.get(head + 1)
        && a.get(head + 1) == b.get(head)
}
