//! Hashes of a tree read from its tiles.
use super::grown::tile_in;
use super::{DamagedTile, Tile, TileKind, from_bytes, hashes_at};
use crate::proof::{HashReader, OutsideTree};
use crate::{Hash, root};
use std::collections::BTreeMap;

/// Reads hashes from the tiles of a tree of a known size, each tile once.
///
/// It keeps every tile it has read, so make one per proof or per batch of proofs. The tiles are taken as they are: a
/// proof built from them is worth something only when it verifies against a signed root.
#[derive(Debug)]
pub struct TileReader<S> {
    size: u64,
    source: S,
    read: BTreeMap<Tile, Vec<Hash>>,
}

/// Why a hash was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// the source of tiles failed
    #[error("a tile could not be read: {0}")]
    Source(E),
    /// a tile has the wrong length
    #[error(transparent)]
    Damaged(DamagedTile),
    /// the tree has no such complete subtree
    #[error(transparent)]
    Outside(OutsideTree),
}

impl<S, E> TileReader<S>
where
    S: FnMut(Tile) -> Result<Vec<u8>, E>,
{
    /// A reader of the tree of `size` leaves; `source` gives a tile's bytes, exactly as wide as asked for.
    pub fn new(size: u64, source: S) -> Self {
        Self { size, source, read: BTreeMap::new() }
    }

    fn hashes(&mut self, tile: Tile) -> Result<&[Hash], TileError<E>> {
        if !self.read.contains_key(&tile) {
            let bytes = (self.source)(tile).map_err(TileError::Source)?;
            let hashes = from_bytes(&bytes, tile.width()).ok_or(TileError::Damaged(DamagedTile(tile)))?;
            self.read.insert(tile, hashes);
        }
        Ok(self.read.get(&tile).map_or(&[], Vec::as_slice))
    }
}

impl<S, E> HashReader for TileReader<S>
where
    S: FnMut(Tile) -> Result<Vec<u8>, E>,
{
    type Error = TileError<E>;

    fn hash_at(&mut self, level: u8, index: u64) -> Result<Hash, TileError<E>> {
        let outside = || TileError::Outside(OutsideTree { level, index });
        let Place { tile, first, count } = place_of(self.size, level, index).ok_or_else(outside)?;
        let subtree = self.hashes(tile)?.get(first..first + count).ok_or_else(outside)?;
        Ok(root(subtree))
    }
}

/// The hashes of one tile that a subtree is made of.
struct Place {
    tile: Tile,
    first: usize,
    count: usize,
}

/// Where a subtree is: a tile holds the hashes of every eighth level, those between are computed from them.
fn place_of(size: u64, level: u8, index: u64) -> Option<Place> {
    let (tile_level, height) = (level / 8, level % 8);
    let first = index.checked_mul(1 << height)?;
    let tile = tile_in(TileKind::Hashes(tile_level), first / 256, hashes_at(size, tile_level))?;
    Some(Place { tile, first: usize::try_from(first % 256).ok()?, count: 1 << height })
}
