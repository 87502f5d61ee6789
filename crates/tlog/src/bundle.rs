//! Entry bundles: the entries themselves, 256 to a file (C2SP tlog-tiles, "Log entries").
//!
//! Each entry is preceded by its length in two bytes, big-endian. The leaf hash of an entry is over the entry without it.
use crate::tile::WIDTH;

/// Bytes of the longest entry.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Why an entry was not taken into a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// the bundle has 256 entries
    #[error("the bundle is full")]
    Full,
    /// the entry's length does not fit into two bytes
    #[error("the entry is longer than 65535 bytes")]
    EntryTooLong,
}

/// Why bytes are no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleRefused {
    /// no entry at all: there are no empty bundles
    #[error("the bundle is empty")]
    Empty,
    /// the bytes end before an entry does
    #[error("the bundle ends in the middle of an entry")]
    Truncated,
    /// another number of entries than its path says, or more than 256
    #[error("the bundle has the wrong number of entries")]
    WrongCount,
}

/// A bundle that is being written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    count: u16,
    bytes: Vec<u8>,
}

impl Bundle {
    /// A bundle with no entry yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next entry.
    pub fn push(&mut self, entry: &[u8]) -> Result<(), PushError> {
        if self.count == WIDTH {
            return Err(PushError::Full);
        }
        let length = u16::try_from(entry.len()).map_err(|_| PushError::EntryTooLong)?;
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(entry);
        self.count += 1;
        Ok(())
    }

    /// How many entries it has, 0 to 256.
    pub fn count(&self) -> u16 {
        self.count
    }

    /// The bundle as it is stored and served.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bundle as it is stored and served.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The entries of a bundle, 1 to 256 of them.
pub fn parse(mut bytes: &[u8]) -> Result<Vec<&[u8]>, BundleRefused> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        if entries.len() == usize::from(WIDTH) {
            return Err(BundleRefused::WrongCount);
        }
        let (entry, rest) = split_first(bytes).ok_or(BundleRefused::Truncated)?;
        entries.push(entry);
        bytes = rest;
    }
    if entries.is_empty() { Err(BundleRefused::Empty) } else { Ok(entries) }
}

/// The first entry, and what follows it.
pub(crate) fn split_first(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

/// The entries of a bundle that has to have `width` of them.
pub fn parse_exact(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, BundleRefused> {
    let entries = parse(bytes)?;
    if entries.len() == usize::from(width) { Ok(entries) } else { Err(BundleRefused::WrongCount) }
}
