//! The growing tree, and the files that it comes to.
use crate::Stored;
use dancu_tlog::bundle::Bundle;
use dancu_tlog::tile::{Edge, ResumeError, Tile, TileKind, WIDTH, partial_tiles};
use dancu_tlog::{Hash, leaf_hash};
use std::collections::BTreeMap;

/// A file: its path and its content.
pub(super) type File = (String, Vec<u8>);

/// The right edge of the tree and of the bundles.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    edge: Edge,
    /// Entries after the last full bundle
    bundle: Bundle,
    /// Narrow tiles, by level, that have not been written since they grew
    narrow: BTreeMap<u8, (Tile, Vec<u8>)>,
}

impl Tree {
    /// Takes up a tree at the end of a bundle, from its tiles.
    pub(super) fn resume<E>(
        bundles: u64,
        read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
    ) -> Result<Self, ResumeError<E>> {
        let edge = Edge::resume(bundles * u64::from(WIDTH), read)?;
        Ok(Self { edge, ..Self::default() })
    }

    pub(super) fn size(&self) -> u64 {
        self.edge.size()
    }

    pub(super) fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Adds entries and gives the files that this completes.
    pub(super) fn grow(&mut self, entries: &[Stored]) -> Vec<File> {
        let mut files = Vec::new();
        let first = self.size();
        for (stored, index) in entries.iter().zip(first..) {
            // Entries are as long as a group's row may hold, which is what a bundle may hold.
            let _ = self.bundle.push(&stored.entry);
            if self.bundle.count() == WIDTH {
                let place = Tile::new(TileKind::Entries, index / u64::from(WIDTH), WIDTH);
                let full = std::mem::take(&mut self.bundle).into_bytes();
                files.extend(place.map(|place| (place.to_string(), full)));
            }
        }
        let leaves: Vec<Hash> = entries.iter().map(|stored| leaf_hash(&stored.entry)).collect();
        // Full tiles come first: a narrow one after it is of the next place.
        for (tile, data) in self.edge.grow(&leaves) {
            let TileKind::Hashes(level) = tile.kind() else { continue };
            if tile.is_partial() {
                self.narrow.insert(level, (tile, data));
            } else {
                self.narrow.remove(&level);
                files.push((tile.to_string(), data));
            }
        }
        files
    }

    /// The narrow files at the right edge that are new since this was last asked.
    pub(super) fn narrow_files(&mut self) -> Vec<File> {
        let tiles = std::mem::take(&mut self.narrow).into_values();
        let mut files: Vec<File> = tiles.map(|(tile, data)| (tile.to_string(), data)).collect();
        let bundle = narrow_bundle(self.size());
        files.extend(bundle.map(|place| (place.to_string(), self.bundle.as_bytes().to_vec())));
        files
    }
}

/// The narrow files of a log of this size.
pub(super) fn narrow(size: u64) -> impl Iterator<Item = Tile> {
    partial_tiles(size).chain(narrow_bundle(size))
}

fn narrow_bundle(size: u64) -> Option<Tile> {
    let width = u64::from(WIDTH);
    Tile::new(TileKind::Entries, size / width, u16::try_from(size % width).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Tree, narrow};
    use crate::Stored;
    use dancu_tlog::bundle::parse_exact;
    use dancu_tlog::tile::{changed_bundles, changed_tiles};
    use dancu_tlog::{leaf_hash, root};
    use std::collections::BTreeMap;

    fn entries(range: std::ops::Range<u64>) -> Vec<Stored> {
        range.map(|index| Stored { index, entry: index.to_be_bytes().to_vec(), sealed: vec![] }).collect()
    }

    /// However a log grew, its files are those that its size needs, with the same content.
    #[test]
    fn the_files_do_not_depend_on_how_the_log_grew() {
        let at_once = files_of(&[66_000]);
        let in_steps = files_of(&[1, 255, 256, 257, 1000, 65_535, 65_536, 65_790, 66_000]);
        let size = 66_000;
        let needed: Vec<String> =
            changed_tiles(0, size).chain(changed_bundles(0, size)).map(|tile| tile.to_string()).collect();
        assert_eq!(at_once.len(), needed.len());
        for path in &needed {
            assert_eq!(at_once.get(path), in_steps.get(path), "{path}");
        }
        let bundle = at_once.get("tile/entries/257.p/208").unwrap();
        assert_eq!(parse_exact(bundle, 208).unwrap()[207], 65_999_u64.to_be_bytes());
        let left: Vec<_> = narrow(size).map(|tile| tile.to_string()).collect();
        assert_eq!(left, ["tile/0/257.p/208", "tile/1/001.p/1", "tile/2/000.p/1", "tile/entries/257.p/208"]);
    }

    fn files_of(sizes: &[u64]) -> BTreeMap<String, Vec<u8>> {
        let (mut tree, mut files) = (Tree::default(), BTreeMap::new());
        for size in sizes {
            // Two chunks a step: what the first leaves narrow must not be forgotten by the second.
            let middle = tree.size().midpoint(*size);
            files.extend(tree.grow(&entries(tree.size()..middle)));
            files.extend(tree.grow(&entries(middle..*size)));
            files.extend(tree.narrow_files());
        }
        let leaves: Vec<_> = entries(0..tree.size()).iter().map(|stored| leaf_hash(&stored.entry)).collect();
        assert_eq!(tree.root(), root(&leaves));
        files
    }
}
