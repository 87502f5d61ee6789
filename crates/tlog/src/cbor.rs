//! The little of CBOR that the journal's format has, in its one deterministic form (RFC 8949 §4.2.1).
//!
//! Whole numbers from 0, bytes, texts, arrays and maps; shortest heads, definite lengths, keys ascending. A general decoder takes
//! longer forms as well, and entries and proofs must not have two ways of being written.

/// Not the deterministic encoding of what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the deterministic encoding of what belongs there")]
pub struct CborRefused;

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

type Read<T> = Result<T, CborRefused>;

/// Reads items one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// That nothing is left.
    pub(crate) fn end(&self) -> Read<()> {
        if self.0.is_empty() { Ok(()) } else { Err(CborRefused) }
    }

    pub(crate) fn unsigned(&mut self) -> Read<u64> {
        self.expect(UNSIGNED)
    }

    pub(crate) fn bytes(&mut self) -> Read<&'a [u8]> {
        let length = self.expect(BYTES)?;
        self.take(length)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.bytes()?.try_into().map_err(|_| CborRefused)
    }

    pub(crate) fn text(&mut self) -> Read<&'a str> {
        let length = self.expect(TEXT)?;
        std::str::from_utf8(self.take(length)?).map_err(|_| CborRefused)
    }

    /// A whole number not below zero, or a text.
    pub(crate) fn unsigned_or_text(&mut self) -> Read<Option<u64>> {
        if self.next_is(TEXT) { self.text().map(|_| None) } else { self.unsigned().map(Some) }
    }

    /// How many items follow. What follows takes at least a byte each, so the number cannot lie far.
    pub(crate) fn array(&mut self) -> Read<usize> {
        self.count(ARRAY)
    }

    /// How many pairs follow; read their keys with [`Reader::key`].
    pub(crate) fn map(&mut self) -> Read<usize> {
        self.count(MAP)
    }

    /// The next key of a map whose keys are whole numbers; it has to be above the one before.
    pub(crate) fn key(&mut self, before: &mut Option<u64>) -> Read<u64> {
        let key = self.unsigned()?;
        if before.replace(key).is_some_and(|before| before >= key) { Err(CborRefused) } else { Ok(key) }
    }

    pub(crate) fn next_is_array(&self) -> bool {
        self.next_is(ARRAY)
    }

    fn next_is(&self, major: u8) -> bool {
        self.0.first().is_some_and(|first| first >> 5 == major)
    }

    fn count(&mut self, major: u8) -> Read<usize> {
        let count = usize::try_from(self.expect(major)?).map_err(|_| CborRefused)?;
        if count <= self.0.len() { Ok(count) } else { Err(CborRefused) }
    }

    fn expect(&mut self, major: u8) -> Read<u64> {
        let (found, argument) = self.head()?;
        if found == major { Ok(argument) } else { Err(CborRefused) }
    }

    /// Major type and argument, the latter in its shortest form.
    fn head(&mut self) -> Read<(u8, u64)> {
        let (first, rest) = self.0.split_first().ok_or(CborRefused)?;
        self.0 = rest;
        let (argument, smallest) = match first & 0x1f {
            short @ 0..24 => (u64::from(short), 0),
            24 => (self.big_endian(1)?, 24),
            25 => (self.big_endian(2)?, 1 << 8),
            26 => (self.big_endian(4)?, 1 << 16),
            27 => (self.big_endian(8)?, 1 << 32),
            _ => return Err(CborRefused),
        };
        if argument < smallest { Err(CborRefused) } else { Ok((first >> 5, argument)) }
    }

    fn big_endian(&mut self, length: u64) -> Read<u64> {
        Ok(self.take(length)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: u64) -> Read<&'a [u8]> {
        let length = usize::try_from(length).map_err(|_| CborRefused)?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CborRefused)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// Writes items one after the other.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn unsigned(&mut self, number: u64) -> &mut Self {
        self.head(UNSIGNED, number)
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.head(BYTES, bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.head(TEXT, text.len() as u64);
        self.0.extend(text.as_bytes());
        self
    }

    pub(crate) fn array(&mut self, length: usize) -> &mut Self {
        self.head(ARRAY, length as u64)
    }

    pub(crate) fn map(&mut self, pairs: usize) -> &mut Self {
        self.head(MAP, pairs as u64)
    }

    fn head(&mut self, major: u8, argument: u64) -> &mut Self {
        let [.., e, f, g, h] = argument.to_be_bytes();
        match argument {
            0..24 => self.0.push(major << 5 | h),
            24..0x100 => self.0.extend([major << 5 | 0x18, h]),
            0x100..0x1_0000 => self.0.extend([major << 5 | 0x19, g, h]),
            0x1_0000..0x1_0000_0000 => self.0.extend([major << 5 | 0x1a, e, f, g, h]),
            _ => {
                self.0.push(major << 5 | 0x1b);
                self.0.extend(argument.to_be_bytes());
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, Writer};
    use proptest::prelude::*;

    #[test]
    fn a_number_has_one_form() {
        for (hex, number) in
            [("00", 0), ("17", 23), ("1818", 24), ("18ff", 255), ("190100", 256), ("19ffff", 65_535)]
        {
            assert_eq!(Reader::new(&hex::decode(hex).unwrap()).unsigned(), Ok(number), "{hex}");
        }
        for bad in [
            "",
            "18",
            "1817",
            "1900ff",
            "1a0000ffff",
            "1b00000000ffffffff",
            "1c",
            "1f",
            "20",
            "40",
            "f5",
            "c000",
        ] {
            assert!(Reader::new(&hex::decode(bad).unwrap()).unsigned().is_err(), "{bad}");
        }
    }

    #[test]
    fn lengths_do_not_lie() {
        for bad in ["41", "5b7fffffffffffffff", "5f4100ff", "61ff", "7f6100ff"] {
            let bytes = hex::decode(bad).unwrap();
            assert!(Reader::new(&bytes).bytes().is_err() && Reader::new(&bytes).text().is_err(), "{bad}");
        }
        assert!(Reader::new(&hex::decode("9b7fffffffffffffff00").unwrap()).array().is_err());
        assert!(Reader::new(&hex::decode("bfff").unwrap()).map().is_err());
    }

    proptest! {
        #[test]
        fn another_encoder_writes_the_same(number in any::<u64>(), shift in 0_u32..64, bytes in any::<Vec<u8>>(), text in any::<String>()) {
            let number = number >> shift;
            let mut ours = Writer::default();
            ours.array(3).unsigned(number).bytes(&bytes).text(&text).map(0);
            let mut other = minicbor::Encoder::new(Vec::new());
            other.array(3).unwrap().u64(number).unwrap().bytes(&bytes).unwrap().str(&text).unwrap().map(0).unwrap();
            let encoded = other.into_writer();
            prop_assert!(encoded.starts_with(&ours.into_bytes()));
            let mut reader = Reader::new(&encoded);
            prop_assert_eq!((reader.array(), reader.unsigned(), reader.bytes(), reader.text()), (Ok(3), Ok(number), Ok(bytes.as_slice()), Ok(text.as_str())));
            prop_assert_eq!((reader.map(), reader.end()), (Ok(0), Ok(())));
        }
    }
}
