//! Encodings of text files: UTF-8 and UTF-16, windows-1258, and those of the years before Unicode.
use super::heading::fold;
use dancu_citizen::ClaimedName;
use encoding_rs::WINDOWS_1258;
use unicode_normalization::UnicodeNormalization as _;

/// How the text of a file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark
    Utf8,
    /// UTF-16, the lower byte first
    Utf16Le,
    /// UTF-16, the higher byte first
    Utf16Be,
    /// windows-1258, which writes tones as characters of their own behind the letter
    Windows1258,
    /// TCVN3 (ABC) or VNI: a byte a character, told apart and decoded cell by cell by whoever compares names
    Legacy,
}

impl Encoding {
    /// Of a file that begins with these bytes, and how many of them are its mark.
    pub(super) fn of(head: &[u8], is_whole: bool) -> (Self, usize) {
        match head {
            [0xEF, 0xBB, 0xBF, ..] => return (Self::Utf8, 3),
            [0xFF, 0xFE, ..] => return (Self::Utf16Le, 2),
            [0xFE, 0xFF, ..] => return (Self::Utf16Be, 2),
            // Tables begin with letters of ASCII often enough.
            [0, low, 0, second, ..] if *low != 0 && *second != 0 => return (Self::Utf16Be, 0),
            [low, 0, second, 0, ..] if *low != 0 && *second != 0 => return (Self::Utf16Le, 0),
            _ => {}
        }
        match std::str::from_utf8(head) {
            Ok(_) => (Self::Utf8, 0),
            // Only cut off within a letter.
            Err(error) if error.error_len().is_none() && !is_whole => (Self::Utf8, 0),
            Err(_) => (Self::of_bytes(head), 0),
        }
    }

    /// A few wrong bytes in a file of UTF-8 are faults of their rows; one without a letter of it is of another encoding.
    fn of_bytes(head: &[u8]) -> Self {
        let (mut valid, mut wrong) = (0, 0);
        for part in head.utf8_chunks() {
            valid += part.valid().chars().filter(|c| !c.is_ascii()).count();
            wrong += usize::from(!part.invalid().is_empty());
        }
        if valid > 2 * wrong {
            return Self::Utf8;
        }
        // Which of the two reads as Vietnamese, word by word.
        let (mut legacy, mut windows) = (0, 0);
        for word in head.split(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) {
            if word.len() > 40 || word.is_ascii() {
                continue;
            }
            let as_legacy: String = word.iter().map(|byte| char::from(*byte)).collect();
            let plain: String = as_legacy.nfc().collect();
            legacy += usize::from(ClaimedName::parse(&as_legacy).is_ok_and(|name| name.whole() != plain));
            let as_windows = WINDOWS_1258.decode_without_bom_handling(word).0;
            windows += usize::from(fold(&as_windows).is_ascii() && ClaimedName::parse(&as_windows).is_ok());
        }
        if legacy > windows { Self::Legacy } else { Self::Windows1258 }
    }

    /// Bytes of one unit: a byte, or two.
    pub(super) fn unit(self) -> usize {
        if matches!(self, Self::Utf16Le | Self::Utf16Be) { 2 } else { 1 }
    }

    /// The shape of a file of UTF-16, a byte for each unit: what is not of ASCII is no delimiter, quotation mark or end.
    pub(super) fn shape(self, bytes: &[u8], out: &mut Vec<u8>) {
        let units = bytes.chunks_exact(2).map(|pair| match (self, pair) {
            (Self::Utf16Le, [low, 0]) | (Self::Utf16Be, [0, low]) if low.is_ascii() => *low,
            _ => 0xFF,
        });
        out.clear();
        out.extend(units);
    }

    /// Appends a text as UTF-8. Wrong UTF-8 is left as it is, for whoever looks at it.
    pub(super) fn decode(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Utf8 => out.extend_from_slice(bytes),
            Self::Utf16Le => utf16(bytes, u16::from_le_bytes, out),
            Self::Utf16Be => utf16(bytes, u16::from_be_bytes, out),
            Self::Windows1258 if bytes.is_ascii() => out.extend_from_slice(bytes),
            Self::Windows1258 => {
                let text = WINDOWS_1258.decode_without_bom_handling(bytes).0;
                text.nfc().for_each(|c| push(c, out));
            }
            Self::Legacy => bytes.iter().for_each(|byte| push(char::from(*byte), out)),
        }
    }
}

fn utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16, out: &mut Vec<u8>) {
    let units = bytes.chunks_exact(2).filter_map(|pair| pair.first_chunk::<2>()).map(|pair| unit(*pair));
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) => push(c, out),
            // No UTF-8: half a letter is a fault of the row.
            Err(_) => out.push(0xFF),
        }
    }
}

fn push(c: char, out: &mut Vec<u8>) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
