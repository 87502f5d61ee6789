//! Names of units, whatever stands before them and however they are written.
use super::letter::{Kind, kind, kinds};

/// Words that say what kind of unit it is, without marks.
const KINDS: [&[&[u8]]; 3] = [
    &[b"phuong", b"xa", b"quan", b"huyen", b"tinh", b"p", b"x", b"q", b"h", b"t", b"tt", b"tp", b"tx"],
    &[b"thi", b"thanh", b"dac"],
    &[b"tran", b"xa", b"pho", b"khu"],
];

/// A hash of a unit's name: its letters without marks and its digits, without the word for its kind. 0 for nothing.
pub(super) fn fold(text: &str) -> u64 {
    let kinds = kinds();
    let mut letters = [0_u8; 96];
    let (mut count, mut words) = (0, [(0_usize, 0_usize); 16]);
    let (mut word, mut start) = (0, 0);
    let mut close = |start: usize, end: usize| {
        if end > start
            && let Some(place) = words.get_mut(word)
        {
            *place = (start, end);
            word += 1;
        }
    };
    for c in text.chars() {
        let byte = match kind(kinds, c) {
            Kind::Letter(letter) => letter.plain + b'a' - 1,
            Kind::Odd if c.is_ascii_digit() => u8::try_from(c).unwrap_or_default(),
            Kind::Break => {
                close(start, count);
                start = count;
                continue;
            }
            _ => continue,
        };
        if let Some(place) = letters.get_mut(count) {
            *place = byte;
            count += 1;
        }
    }
    close(start, count);
    let [one, two, single] = [KINDS[1], KINDS[2], KINDS[0]];
    let at = |(start, end): (usize, usize)| letters.get(start..end).unwrap_or_default();
    let has_more = |n: usize| words.get(n).is_some_and(|word| word.1 > 0);
    let [first, second, ..] = words;
    let skipped = if one.contains(&at(first)) && two.contains(&at(second)) && has_more(2) {
        2
    } else {
        usize::from(single.contains(&at(first)) && has_more(1))
    };
    let mut hash = 0_u64;
    for word in words.iter().skip(skipped).filter(|word| word.1 > 0) {
        let text = at(*word);
        let is_number = text.iter().all(u8::is_ascii_digit);
        let mut is_leading = is_number;
        for byte in text {
            is_leading &= *byte == b'0';
            if !is_leading {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3).rotate_left(7);
            }
        }
    }
    hash
}
