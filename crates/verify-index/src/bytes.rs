//! Numbers and texts as bytes, little-endian, and back with every length checked.

/// Bytes that say nothing that was written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damaged;

/// The lower half of two numbers in one.
pub(crate) fn low(entry: u64) -> u32 {
    u32::try_from(entry & u64::from(u32::MAX)).unwrap_or_default()
}

/// The upper half.
pub(crate) fn high(entry: u64) -> u32 {
    u32::try_from(entry >> u32::BITS).unwrap_or_default()
}

#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }
    pub(crate) fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }
    /// How many things follow.
    pub(crate) fn count(&mut self, count: usize) {
        self.u32(u32::try_from(count).unwrap_or(u32::MAX));
    }
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
    /// A text of less than 64 KiB: names are far shorter.
    pub(crate) fn text(&mut self, text: &str) {
        self.u16(u16::try_from(text.len()).unwrap_or(u16::MAX));
        self.bytes(text.as_bytes());
    }
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
    pub(crate) fn done(self) -> Vec<u8> {
        self.0
    }
}

pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }
    pub(crate) fn bytes(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(Damaged)?;
        self.0 = rest;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(Damaged)?;
        self.0 = rest;
        Ok(*head)
    }
    pub(crate) fn u8(&mut self) -> Result<u8, Damaged> {
        self.array::<1>().map(|[byte]| byte)
    }
    pub(crate) fn u16(&mut self) -> Result<u16, Damaged> {
        self.array().map(u16::from_le_bytes)
    }
    pub(crate) fn u32(&mut self) -> Result<u32, Damaged> {
        self.array().map(u32::from_le_bytes)
    }
    pub(crate) fn u64(&mut self) -> Result<u64, Damaged> {
        self.array().map(u64::from_le_bytes)
    }
    pub(crate) fn key(&mut self) -> Result<[u8; 16], Damaged> {
        self.array()
    }
    pub(crate) fn text(&mut self) -> Result<&'a str, Damaged> {
        let length = self.u16()?;
        std::str::from_utf8(self.bytes(length.into())?).map_err(|_| Damaged)
    }
    /// How many things of `size` bytes follow; they must be there, so that damage claims no memory.
    pub(crate) fn count(&mut self, size: usize) -> Result<usize, Damaged> {
        let count = self.u32()? as usize;
        if count.checked_mul(size).is_some_and(|bytes| bytes <= self.0.len()) {
            Ok(count)
        } else {
            Err(Damaged)
        }
    }
    /// Numbers of two bytes.
    pub(crate) fn u16s(&mut self, count: usize) -> Result<Box<[u16]>, Damaged> {
        let bytes = self.bytes(count.checked_mul(2).ok_or(Damaged)?)?;
        Ok(bytes.as_chunks().0.iter().map(|chunk| u16::from_le_bytes(*chunk)).collect())
    }
    /// Numbers of four bytes.
    pub(crate) fn u32s(&mut self, count: usize) -> Result<Box<[u32]>, Damaged> {
        let bytes = self.bytes(count.checked_mul(4).ok_or(Damaged)?)?;
        Ok(bytes.as_chunks().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect())
    }
    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), Damaged> {
        if self.0.is_empty() { Ok(()) } else { Err(Damaged) }
    }
}
