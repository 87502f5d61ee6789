//! Numbers as they come: with spaces and dots, without their leading zeros, with letters for digits, in the wrong column.

/// More digits than this are no number of a person, not even one with a digit typed twice.
pub(crate) const MOST: usize = 13;

/// What a text is as a number of a person. Personal data; it has no `Debug`.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Number {
    /// Nothing stands there
    #[default]
    Absent,
    /// A personal number, and whether zeros before it were lost or letters stood for digits
    Personal { number: u64, is_mended: bool },
    /// An old card number, the same
    Card { number: u32, is_mended: bool },
    /// Digits, but one too few or too many
    Digits(Digits),
    /// No number
    Unreadable,
}

/// Digits in their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Digits {
    digits: [u8; MOST],
    count: u8,
}

impl Digits {
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.digits.get(..usize::from(self.count)).unwrap_or_default()
    }

    /// Of a number, with zeros before it.
    pub(crate) fn of(mut number: u64, width: usize) -> Self {
        let mut digits = [0; MOST];
        for place in digits.iter_mut().take(width).rev() {
            *place = u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        Self { digits, count: u8::try_from(width.min(MOST)).unwrap_or_default() }
    }

    fn value(&self) -> u64 {
        value(self.as_slice().iter().copied())
    }
}

/// Digits as a number.
pub(crate) fn value(digits: impl Iterator<Item = u8>) -> u64 {
    digits.fold(0, |number, digit| number * 10 + u64::from(digit))
}

/// What spreadsheets and fingers write for nothing.
fn says_nothing(text: &str) -> bool {
    matches!(
        text,
        "" | "0" | "-" | "--" | "." | "x" | "X" | "N/A" | "n/a" | "NULL" | "null" | "không" | "Không"
    )
}

/// Reads a number from either column.
pub(crate) fn read(text: &str) -> Number {
    let text = text.trim();
    if says_nothing(text) {
        return Number::Absent;
    }
    // A spreadsheet's fraction of nothing.
    let text = text.strip_suffix(".0").or_else(|| text.strip_suffix(".00")).unwrap_or(text);
    let mut digits = Digits::default();
    let mut is_mended = false;
    for c in text.chars() {
        let digit = match c {
            '0'..='9' => u8::try_from(u32::from(c) - 48).unwrap_or_default(),
            ' ' | '.' | '-' | '\'' | '’' | ',' | '\u{A0}' | '\u{200B}' | '\u{FEFF}' | '\t' => continue,
            'O' | 'o' | 'Q' | 'D' => 0,
            'l' | 'I' | 'i' | '|' | '!' => 1,
            'Z' | 'z' => 2,
            'S' | 's' => 5,
            'B' => 8,
            '０'..='９' => u8::try_from(u32::from(c) - 0xFF10).unwrap_or_default(),
            _ => return Number::Unreadable,
        };
        is_mended |= !c.is_ascii_digit();
        let Some(place) = digits.digits.get_mut(usize::from(digits.count)) else { return Number::Unreadable };
        *place = digit;
        digits.count += 1;
    }
    let number = digits.value();
    if number == 0 {
        return Number::Absent;
    }
    match digits.count {
        12 => Number::Personal { number, is_mended },
        // Province codes begin with one zero, those below 10 with two: a spreadsheet that takes the number for a sum loses them.
        11 => Number::Personal { number, is_mended: true },
        10 if (1_000_000_000..10_000_000_000).contains(&number) => {
            Number::Personal { number, is_mended: true }
        }
        9 => Number::Card { number: u32::try_from(number).unwrap_or_default(), is_mended },
        7 | 8 => Number::Card { number: u32::try_from(number).unwrap_or_default(), is_mended: true },
        13 => Number::Digits(digits),
        _ => Number::Unreadable,
    }
}

/// Whether one digit replaced, added, dropped, or two neighbours swapped, makes one number of the other. Lost zeros at the head are not counted.
pub(crate) fn is_one_edit(a: u64, b: u64, width: usize) -> bool {
    let (a, b) = (Digits::of(a, width), Digits::of(b, width));
    let differing = a.as_slice().iter().zip(b.as_slice()).enumerate().filter(|(_, (x, y))| x != y);
    let mut places = differing.map(|(at, _)| at);
    match (places.next(), places.next(), places.next()) {
        (Some(_), None, _) => true,
        (Some(i), Some(j), None) => {
            j == i + 1 && a.digits.get(i) == b.digits.get(j) && a.digits.get(j) == b.digits.get(i)
        }
        _ => false,
    }
}

/// Whether the digits, with one of them left out or one put in, are the number.
pub(crate) fn is_one_longer_or_shorter(digits: &[u8], number: u64, width: usize) -> bool {
    let number = Digits::of(number, width);
    let (long, short) =
        if digits.len() > width { (digits, number.as_slice()) } else { (number.as_slice(), digits) };
    long.len() == short.len() + 1
        && (0..long.len())
            .any(|out| long.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, d)| d).eq(short.iter()))
}

/// Every number that one edit makes of these digits: replaced and swapped ones of 12, with a digit put into 11 (given with their lost
/// zero), with a digit left out of 13.
pub(crate) fn neighbours(digits: &[u8], mut each: impl FnMut(u64)) {
    match digits.len() {
        12 => replaced_or_swapped(digits, &mut each),
        11 => {
            for at in 0..12 {
                for other in 0..10 {
                    let head = digits.iter().take(at).copied();
                    each(value(head.chain([other]).chain(digits.iter().skip(at).copied())));
                }
            }
        }
        13 => {
            for out in 0..13 {
                each(value(digits.iter().enumerate().filter(|(i, _)| *i != out).map(|(_, d)| *d)));
            }
        }
        _ => {}
    }
}

/// Every old card number of nine digits that one digit replaced, or two neighbours swapped, makes of another.
pub(crate) fn card_neighbours(number: u32, mut each: impl FnMut(u32)) {
    let digits = Digits::of(number.into(), 9);
    replaced_or_swapped(digits.as_slice(), &mut |number| each(u32::try_from(number).unwrap_or_default()));
}

fn replaced_or_swapped(digits: &[u8], each: &mut impl FnMut(u64)) {
    let count = digits.len();
    for at in 0..count {
        for other in 0..10 {
            let changed = digits.iter().enumerate().map(|(i, d)| if i == at { other } else { *d });
            if digits.get(at) != Some(&other) {
                each(value(changed));
            }
        }
        if at > 0 && digits.get(at) != digits.get(at - 1) {
            let swapped = (0..count).map(|i| {
                if i == at {
                    at - 1
                } else if i + 1 == at {
                    at
                } else {
                    i
                }
            });
            each(value(swapped.filter_map(|i| digits.get(i).copied())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal(text: &str) -> Option<u64> {
        match read(text) {
            Number::Personal { number, .. } => Some(number),
            _ => None,
        }
    }

    fn card(text: &str) -> Option<u32> {
        match read(text) {
            Number::Card { number, .. } => Some(number),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for text in [
            "001185000017",
            "001 185 000 017",
            "001.185.000.017",
            "OO1185OOOOl7",
            "1185000017",
            " '001185000017 ",
            "1185000017.0",
        ] {
            assert_eq!(personal(text), Some(1_185_000_017), "{text}");
        }
        assert_eq!(personal("79090000045"), Some(79_090_000_045));
        assert_eq!(card("012345678"), Some(12_345_678));
        assert_eq!(card("12345678"), Some(12_345_678));
        for text in ["", " ", "0", "000000000000", "-"] {
            assert!(read(text) == Number::Absent, "{text}");
        }
        for text in ["abc", "1.85E+10", "123456", "00118500001712345"] {
            assert!(read(text) == Number::Unreadable, "{text}");
        }
        assert!(matches!(read("0011850000177"), Number::Digits(_)));
    }

    #[test]
    fn twelve_digits_have_119_neighbours_at_most_and_each_is_one_edit_away() {
        let digits = Digits::of(1_185_000_017, 12);
        let mut all = Vec::new();
        neighbours(digits.as_slice(), |n| all.push(n));
        assert!(all.iter().all(|n| is_one_edit(*n, 1_185_000_017, 12)));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 108 + 6, "the number has six pairs of unlike neighbours");
        assert!(
            !is_one_edit(1_185_000_017, 1_185_000_017, 12) && !is_one_edit(1_185_000_017, 1_185_000_170, 12)
        );
    }

    #[test]
    fn neighbours_of_a_card_are_one_edit_away() {
        let mut all = Vec::new();
        card_neighbours(12_345_678, |n| all.push(n));
        assert!(all.iter().all(|n| is_one_edit((*n).into(), 12_345_678, 9)));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 81 + 8, "012345678 has eight pairs of unlike neighbours");
    }

    #[test]
    fn a_digit_too_few_or_too_many_is_found() {
        for text in ["0011850000177", "0011185000017"] {
            let Number::Digits(digits) = read(text) else { panic!("{text}") };
            assert!(is_one_longer_or_shorter(digits.as_slice(), 1_185_000_017, 12));
            let mut found = false;
            neighbours(digits.as_slice(), |n| found |= n == 1_185_000_017);
            assert!(found);
        }
        let mut found = false;
        neighbours(Digits::of(7_909_000_045, 11).as_slice(), |n| found |= n == 79_090_000_045);
        assert!(found, "a zero dropped in the middle of 079090000045, its head lost");
    }
}
