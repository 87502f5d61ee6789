//! A log of ten million entries, verified as a whole.
use anyhow::Context as _;
use dancu_journal::Stored;
use dancu_storage::blob::Blobs;
use dancu_tlog::audit::{self, Files};
use dancu_tlog::bundle::Bundle;
use dancu_tlog::checkpoint::{Checkpoint, SignedCheckpoint, TreeHead};
use dancu_tlog::leaf_hash;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Log, Policy};
use dancu_tlog::tile::{Edge, Tile, TileKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const ENTRIES: u64 = 10_000_000;
const ORIGIN: &str = "bench.invalid/journal";

/// The files of a log in a folder.
struct Folder(PathBuf);

impl Files for Folder {
    type Error = anyhow::Error;

    fn list(&self) -> anyhow::Result<impl Iterator<Item = anyhow::Result<String>>> {
        Ok(Blobs::folder(&self.0)?.list("")?.into_iter().map(Ok))
    }

    fn read(&self, path: &str) -> anyhow::Result<Option<Vec<u8>>> {
        match std::fs::read(self.0.join(path)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => Ok(Some(other?)),
        }
    }
}

/// Makes the log out of real entries, the later ones again and again, and gives how long its verification takes.
pub(super) fn run(folder: &Path, real: &[Stored]) -> anyhow::Result<Duration> {
    let folder = folder.join("ten-million");
    let files = Blobs::folder(&folder)?;
    let signer = SignerKey::from_seed(ORIGIN, SignatureType::Ed25519, &[9; 32])?;
    let policy = Policy::new(vec![Log { key: signer.verifier().clone(), url: None }], vec![], vec![], None)?;
    // The later ones are calls whose contexts stand among the earlier ones.
    let again = real.get(real.len() / 2..).context("no entries")?;
    let entry = |index: u64| {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        real.get(at).unwrap_or_else(|| &again[at % again.len()])
    };
    let mut edge = Edge::new();
    // Partial tiles by their place: only the widest of each is written, at the end.
    let mut partial = BTreeMap::new();
    for start in (0..ENTRIES).step_by(65_536) {
        let end = (start + 65_536).min(ENTRIES);
        let mut written = Vec::new();
        for first in (start..end).step_by(256) {
            let mut bundle = Bundle::new();
            for index in first..(first + 256).min(end) {
                bundle.push(&entry(index).entry)?;
            }
            let tile = Tile::new(TileKind::Entries, first / 256, bundle.count()).context("bundle")?;
            written.push((tile.to_string(), bundle.into_bytes()));
        }
        let leaves: Vec<_> = (start..end).map(|index| leaf_hash(&entry(index).entry)).collect();
        for (tile, bytes) in edge.grow(&leaves) {
            let place = Tile::new(tile.kind(), tile.index(), 256).context("tile")?.to_string();
            if tile.is_partial() {
                partial.insert(place, (tile.to_string(), bytes));
            } else {
                partial.remove(&place);
                written.push((place, bytes));
            }
        }
        files.put_all(&written)?;
    }
    files.put_all(&partial.into_values().collect::<Vec<_>>())?;
    let head = TreeHead { size: edge.size(), root: edge.root() };
    let checkpoint = SignedCheckpoint::sign(Checkpoint::new(ORIGIN, head)?, &signer)?;
    files.put_all(&[("checkpoint".to_owned(), checkpoint.to_string().into_bytes())])?;
    files.sync()?;
    let started = Instant::now();
    let report = audit::verify(&Folder(folder.clone()), &policy, None).map_err(|e| anyhow::anyhow!("{e}"))?;
    let took = started.elapsed();
    anyhow::ensure!(report.head().size == ENTRIES, "not all entries were verified");
    std::fs::remove_dir_all(folder)?;
    Ok(took)
}
