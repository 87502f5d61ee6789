//! An inclusion proof at 100 million entries, from tile files on disk.
use anyhow::Context as _;
use dancu_storage::blob::Blobs;
use dancu_tlog::proof::{inclusion_proof, verify_inclusion};
use dancu_tlog::tile::{Edge, Tile, TileKind, TileReader};
use dancu_tlog::{Hash, leaf_hash};
use std::path::Path;
use std::time::{Duration, Instant};

const ENTRIES: u64 = 100_000_000;
const PROOFS: u64 = 1000;

fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

fn asked(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % ENTRIES
}

/// Builds the tree, keeps the files that the proofs need, and gives the median and the slowest of a thousand proofs,
/// each read from disk by a reader of its own and verified.
pub(super) fn run(folder: &Path) -> anyhow::Result<(Duration, Duration)> {
    let files = Blobs::folder(&folder.join("hundred-million"))?;
    let wanted: std::collections::BTreeSet<u64> = (0..PROOFS).map(|n| asked(n) / 256).collect();
    let mut edge = Edge::new();
    let mut leaves = Vec::with_capacity(65_536);
    for start in (0..ENTRIES).step_by(65_536) {
        leaves.clear();
        leaves.extend((start..(start + 65_536).min(ENTRIES)).map(leaf));
        let kept: Vec<_> = edge
            .grow(&leaves)
            .into_iter()
            .filter(|(tile, _)| tile.kind() != TileKind::Hashes(0) || wanted.contains(&tile.index()))
            .map(|(tile, bytes)| (tile.to_string(), bytes))
            .collect();
        files.put_all(&kept)?;
    }
    let root = edge.root();
    let mut times = Vec::new();
    for number in 0..PROOFS {
        let index = asked(number);
        let started = Instant::now();
        let read = |tile: Tile| files.get(&tile.to_string()).ok().flatten().ok_or("missing");
        let mut reader = TileReader::new(ENTRIES, read);
        let path = inclusion_proof(&mut reader, index, ENTRIES).map_err(|e| anyhow::anyhow!("{e}"))?;
        times.push(started.elapsed());
        verify_inclusion(&leaf(index), index, ENTRIES, &path, &root)?;
    }
    times.sort_unstable();
    let worst = times.last().copied().context("no proof")?;
    Ok((times[times.len() / 2], worst))
}
