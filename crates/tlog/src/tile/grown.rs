//! Which tiles a tree has, and which ones change when it grows.
use super::{LEVELS, Tile, TileKind, WIDTH, hashes_at};

/// Every tile that a tree of `new` leaves has and a tree of `old` had not, or only narrower.
///
/// For `old` of 0, all the tiles of the tree. Lowest level first, left to right.
pub fn changed_tiles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS)
        .flat_map(move |level| changed(TileKind::Hashes(level), hashes_at(old, level), hashes_at(new, level)))
}

/// The same for entry bundles.
pub fn changed_bundles(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    changed(TileKind::Entries, old, new)
}

/// The partial tiles at the right edge of a tree of `size`, lowest level first (C2SP tlog-tiles, "Partial Tiles").
pub fn partial_tiles(size: u64) -> impl Iterator<Item = Tile> {
    (0..LEVELS).filter_map(move |level| partial(TileKind::Hashes(level), hashes_at(size, level)))
}

/// The partial tile of a level with `count` hashes, if it has one.
pub(super) fn partial(kind: TileKind, count: u64) -> Option<Tile> {
    let width = u64::from(WIDTH);
    u16::try_from(count % width).ok().and_then(|partial| Tile::new(kind, count / width, partial))
}

/// The tile of a level with `count` hashes that holds hash number `index * 256`, as wide as it is.
pub(crate) fn tile_in(kind: TileKind, index: u64, count: u64) -> Option<Tile> {
    let start = index.checked_mul(u64::from(WIDTH))?;
    let width = count.checked_sub(start)?.min(u64::from(WIDTH));
    Tile::new(kind, index, u16::try_from(width).ok()?)
}

fn changed(kind: TileKind, old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let width = u64::from(WIDTH);
    let end = if old < new { new.div_ceil(width) } else { 0 };
    (old / width..end).filter_map(move |index| tile_in(kind, index, new))
}
