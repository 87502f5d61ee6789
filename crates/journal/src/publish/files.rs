//! The log's files, as C2SP tlog-tiles lays them out.
use dancu_storage::blob::{BlobError, Blobs};
use dancu_tlog::checkpoint::SignedCheckpoint;
use dancu_tlog::tile::{Tile, TileKind, WIDTH};

/// Path of the newest checkpoint.
pub(super) const CHECKPOINT: &str = "checkpoint";
/// Path of the newest checkpoint that a quorum of witnesses has cosigned.
pub(super) const WITNESSED: &str = "witnessed";

/// The public files of a log.
#[derive(Clone, Debug)]
pub struct LogFiles(Blobs);

impl LogFiles {
    /// The log in this place.
    pub fn new(blobs: Blobs) -> Self {
        Self(blobs)
    }

    /// Where they are.
    pub(super) fn blobs(&self) -> &Blobs {
        &self.0
    }

    /// The newest checkpoint, as it is stored.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(CHECKPOINT)
    }

    /// The newest checkpoint with a quorum of witnesses, as it is stored.
    pub fn witnessed(&self) -> Result<Option<Vec<u8>>, BlobError> {
        self.0.get(WITNESSED)
    }

    /// A tile or bundle, exactly as wide as asked for; a narrow one may be cut from a wider one, which took its place.
    pub fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, BlobError> {
        let found = self.0.get(&tile.to_string())?;
        if found.is_some() || !tile.is_partial() {
            return Ok(found);
        }
        if let Some(full) = self.0.get(&tile.full().to_string())? {
            return Ok(beginning(&full, tile));
        }
        // The tile has grown, but not to its full width: the newest checkpoint tells how far.
        let newest = self.checkpoint()?.and_then(|bytes| SignedCheckpoint::parse(&bytes).ok());
        let wider = newest.and_then(|newest| at_size(tile, newest.checkpoint().head().size));
        let Some(wider) = wider.filter(|wider| wider.width() > tile.width()) else { return Ok(None) };
        Ok(self.0.get(&wider.to_string())?.and_then(|bytes| beginning(&bytes, tile)))
    }
}

/// The tile at the same place in a tree of this size.
fn at_size(tile: Tile, size: u64) -> Option<Tile> {
    let count = match tile.kind() {
        TileKind::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
        TileKind::Entries => size,
    };
    let width = u64::from(WIDTH);
    let beyond = count.checked_sub(tile.index().checked_mul(width)?)?;
    Tile::new(tile.kind(), tile.index(), u16::try_from(beyond.min(width)).ok()?)
}

/// As many hashes or entries from the beginning as the tile is wide.
fn beginning(bytes: &[u8], tile: Tile) -> Option<Vec<u8>> {
    let end = match tile.kind() {
        TileKind::Hashes(_) => usize::from(tile.width()) * 32,
        TileKind::Entries => {
            let mut end = 0_usize;
            for _ in 0..tile.width() {
                let length = bytes.get(end..)?.first_chunk::<2>()?;
                end = end + 2 + usize::from(u16::from_be_bytes(*length));
            }
            end
        }
    };
    bytes.get(..end).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::{LogFiles, beginning};
    use dancu_storage::blob::Blobs;
    use dancu_tlog::bundle::Bundle;
    use dancu_tlog::tile::{Tile, TileKind};

    #[test]
    fn a_narrow_tile_is_the_beginning_of_a_wider_one() {
        let blobs = Blobs::memory();
        let full: Vec<u8> = (0..=255).flat_map(|byte| [byte; 32]).collect();
        blobs.put_all(&[("tile/0/000".to_owned(), full.clone())]).unwrap();
        let files = LogFiles::new(blobs);
        let tile = |index, width| Tile::new(TileKind::Hashes(0), index, width).unwrap();
        assert_eq!(files.tile(tile(0, 256)).unwrap().unwrap(), full);
        assert_eq!(files.tile(tile(0, 3)).unwrap().unwrap(), full[..96]);
        assert_eq!(files.tile(tile(1, 3)), Ok(None));
    }

    #[test]
    fn a_narrow_bundle_is_the_beginning_of_a_wider_one() {
        let mut bundle = Bundle::new();
        for length in [0, 1, 300, 2] {
            bundle.push(&vec![7; length]).unwrap();
        }
        let cut = |width| {
            beginning(bundle.as_bytes(), Tile::new(TileKind::Entries, 0, width).unwrap()).map(|of| of.len())
        };
        assert_eq!([cut(1), cut(2), cut(3), cut(4), cut(5)], [Some(2), Some(5), Some(307), Some(311), None]);
    }
}
