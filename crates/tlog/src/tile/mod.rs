//! Tiles: the tree as static files (C2SP tlog-tiles, "Merkle Tree" and "Log entries").
mod coordinates;
mod edge;
mod grown;
mod reader;

pub use coordinates::{PathRefused, Tile, TileKind};
pub use edge::{DamagedTile, Edge, ResumeError};
pub use grown::{changed_bundles, changed_tiles, partial_tiles};
pub use reader::{TileError, TileReader};

pub(crate) use grown::tile_in;

use crate::Hash;

/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u16 = 256;

/// Levels of tiles that a tree of 64-bit size can have.
const LEVELS: u8 = 8;

/// How many hashes a tile level has in a tree of `size`: the complete subtrees of `256^level` leaves.
pub(crate) fn hashes_at(size: u64, level: u8) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// A tile's bytes: its hashes one after the other.
fn to_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// The hashes of a tile that has to be `width` hashes wide.
fn from_bytes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(width)).then(|| hashes.to_vec())
}
