//! Rule 2, for the files that the checkpoint does not need.
use super::{AuditError, CHECKPOINT, Fault, Files, WITNESSED, must_read, read};
use crate::bundle;
use crate::tile::{Tile, TileKind, hashes_at, tile_in};

/// What is still being written stands at the top of the folder under such a name.
const UNFINISHED: &str = ".new-";

/// Looks at every file that a log of this size does not need. Gives how many are narrower ones that were replaced, and
/// the paths of those beyond the size.
pub(super) fn look_at<F: Files>(files: &F, size: u64) -> Result<(u64, Vec<String>), AuditError<F::Error>> {
    let (mut replaced, mut unsigned) = (0, Vec::new());
    let of_list = |error| AuditError::Files { path: String::new(), error };
    for path in files.list().map_err(of_list)? {
        let path = path.map_err(of_list)?;
        let unfinished = path.starts_with(UNFINISHED) && !path.contains('/');
        if path == CHECKPOINT || path == WITNESSED || unfinished {
            continue;
        }
        let Ok(tile) = path.parse::<Tile>() else { return Err(Fault::Stranger { path }.into()) };
        let count = match tile.kind() {
            TileKind::Hashes(level) => hashes_at(size, level),
            TileKind::Entries => size,
        };
        let signed = tile_in(tile.kind(), tile.index(), count);
        let beyond = signed.is_none_or(|signed| tile.width() > signed.width());
        if let Some(signed) = signed.filter(|signed| *signed != tile) {
            replaced += u64::from(!beyond);
            compare(files, &path, tile, signed)?;
        }
        if beyond {
            unsigned.push(path);
        }
    }
    Ok((replaced, unsigned))
}

/// One of the two is the beginning of the other.
fn compare<F: Files>(files: &F, path: &str, tile: Tile, signed: Tile) -> Result<(), AuditError<F::Error>> {
    // Somebody may be tidying up.
    let Some(bytes) = read(files, path)? else { return Ok(()) };
    let with = signed.to_string();
    let counted = must_read(files, &with)?;
    let narrower = tile.width() < signed.width();
    let agrees = if narrower { counted.starts_with(&bytes) } else { bytes.starts_with(&counted) };
    let whole = match tile.kind() {
        TileKind::Entries => bundle::parse_exact(&bytes, tile.width()).is_ok(),
        TileKind::Hashes(_) => bytes.len() == 32 * usize::from(tile.width()),
    };
    if agrees && whole { Ok(()) } else { Err(Fault::Disagrees { path: path.to_owned(), with }.into()) }
}
