//! Tile data from leaf hashes, as the tree grows.
use super::grown::partial;
use super::{LEVELS, Tile, TileKind, WIDTH, from_bytes, hashes_at, partial_tiles, to_bytes};
use crate::{Frontier, Hash, empty_root, node_hash, root};

/// The right edge of a tiled tree: the partial tile of each level, so at most 8 times 255 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    rows: [Vec<Hash>; LEVELS as usize],
}

/// A tile that has not as many hashes as its path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not have the length its path says")]
pub struct DamagedTile(pub Tile);

/// Why an edge was not taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResumeError<E> {
    /// the source of tiles failed
    #[error("a tile could not be read: {0}")]
    Source(E),
    /// a tile has the wrong length
    #[error(transparent)]
    Damaged(DamagedTile),
}

impl Edge {
    /// The edge of a tree with no leaf.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a tree of `size` leaves again from its partial tiles.
    ///
    /// The hashes are taken as they are: compare [`Edge::root`] with the checkpoint before going on.
    pub fn resume<E>(
        size: u64,
        mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
    ) -> Result<Self, ResumeError<E>> {
        let mut edge = Self { size, ..Self::default() };
        for tile in partial_tiles(size) {
            let bytes = read(tile).map_err(ResumeError::Source)?;
            let hashes = from_bytes(&bytes, tile.width()).ok_or(ResumeError::Damaged(DamagedTile(tile)))?;
            let TileKind::Hashes(level) = tile.kind() else { continue };
            if let Some(row) = edge.rows.get_mut(usize::from(level)) {
                *row = hashes;
            }
        }
        Ok(edge)
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds leaf hashes and gives each tile that is new or wider for it, with its data: those of
    /// [`super::changed_tiles`], full ones first.
    pub fn grow(&mut self, leaves: &[Hash]) -> Vec<(Tile, Vec<u8>)> {
        let old = self.size;
        let mut tiles = Vec::new();
        for leaf in leaves {
            self.append(*leaf, &mut tiles);
        }
        let changed = |tile: &Tile| match tile.kind() {
            TileKind::Hashes(level) => hashes_at(self.size, level) != hashes_at(old, level),
            TileKind::Entries => false,
        };
        tiles.extend(self.partial().filter(|(tile, _)| changed(tile)));
        tiles
    }

    /// The partial tiles as they are now, those of [`super::partial_tiles`], with their data.
    pub(crate) fn partial(&self) -> impl Iterator<Item = (Tile, Vec<u8>)> {
        let rows = (0..LEVELS).zip(&self.rows);
        rows.filter_map(|(level, row)| {
            partial(TileKind::Hashes(level), hashes_at(self.size, level)).map(|tile| (tile, to_bytes(row)))
        })
    }

    /// Adds one leaf hash; a tile that it completes goes to `full`, and its root to the level above.
    pub(crate) fn append(&mut self, leaf: Hash, full: &mut Vec<(Tile, Vec<u8>)>) {
        self.size += 1;
        let mut hash = leaf;
        for (level, row) in (0..LEVELS).zip(&mut self.rows) {
            row.push(hash);
            if row.len() < usize::from(WIDTH) {
                return;
            }
            hash = root(row);
            let index = hashes_at(self.size, level + 1).saturating_sub(1);
            full.push((Tile::known(TileKind::Hashes(level), index, WIDTH), to_bytes(row)));
            row.clear();
        }
    }

    /// Root over all leaves so far (RFC 6962 §2.1).
    pub fn root(&self) -> Hash {
        let mut edge: Option<Hash> = None;
        for row in &self.rows {
            let mut complete = Frontier::new();
            for hash in row {
                complete.append(*hash);
            }
            for left in complete.subtrees().iter().rev() {
                edge = Some(edge.map_or(*left, |right| node_hash(left, &right)));
            }
        }
        edge.unwrap_or_else(empty_root)
    }
}
