//! How fast logs are verified and proofs are made: `cargo run --release -p dancu-tlog --example proof_speed [entries]`.
//!
//! The log is made up while it is read, so no disk is measured and little memory is used: entries of about 150 bytes, ten
//! million of them if no number is given. The proofs are from the tiles of a tree of a hundred million leaves.
use dancu_tlog::audit::{Files, verify};
use dancu_tlog::bundle::Bundle;
use dancu_tlog::checkpoint::{Checkpoint, SignedCheckpoint, TreeHead};
use dancu_tlog::map::{MapStore as _, MemoryMap, prove, update};
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::Policy;
use dancu_tlog::proof::{consistency_proof, inclusion_proof, root_at, verify_consistency, verify_inclusion};
use dancu_tlog::tile::{Edge, Tile, TileKind, TileReader, WIDTH};
use dancu_tlog::vrf::{VrfSecret, map_key};
use dancu_tlog::{Hash, leaf_hash, node_hash};
use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::time::{Duration, Instant};

const ORIGIN: &str = "speed.example";
const PROVED: u64 = 100_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let entries = std::env::args().nth(1).map_or(Ok(10_000_000), |text| text.parse())?;
    hashing();
    whole_log(entries)?;
    proofs()?;
    histories()
}

fn show(what: &str, count: u64, time: Duration) {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    println!("{what}: {time:.2?}, {:.2?} each", time / count.max(1));
}

fn hashing() {
    let (mut leaf, start) = (leaf_hash(b""), Instant::now());
    for n in 0..1_000_000_u64 {
        leaf = leaf_hash(&entry(n));
    }
    show("1 million leaf hashes, entries made up included", 1_000_000, start.elapsed());
    let start = Instant::now();
    for _ in 0..1_000_000 {
        leaf = node_hash(&leaf, &leaf);
    }
    show("1 million node hashes", 1_000_000, start.elapsed());
}

/// A log whose bundles and lower tiles are made up anew at each reading, and not kept.
struct MadeUp {
    size: u64,
    kept: HashMap<String, Vec<u8>>,
}

/// A context, and then calls that name it.
fn entry(n: u64) -> Vec<u8> {
    if n == 0 {
        return vec![0xa2, 0, 2, 1, 1];
    }
    // Version, time, correlation, context, outcome, hash of the answer, consent, root of the parts.
    let time = ((1 << 50) + n).to_be_bytes();
    let parts: [&[u8]; 11] = [
        &[0xa8, 0, 2, 2, 0x1b],
        &time,
        &[3, 0x50],
        &[0xc0; 16],
        &[4, 0, 18, 0, 20, 0x58, 32],
        &[0xab; 32],
        &[0x18, 24, 0x78, 40],
        &[b'c'; 40],
        &[0x18, 25, 0x58, 32],
        &time,
        &[0xcd; 24],
    ];
    parts.concat()
}

impl MadeUp {
    fn entries(&self, tile: Tile) -> impl Iterator<Item = Vec<u8>> {
        let first = tile.index() * u64::from(WIDTH);
        (first..self.size.min(first + u64::from(tile.width()))).map(entry)
    }
}

impl Files for MadeUp {
    type Error = Infallible;

    fn list(&self) -> Result<impl Iterator<Item = Result<String, Infallible>>, Infallible> {
        Ok(std::iter::empty())
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Infallible> {
        if let Some(kept) = self.kept.get(path) {
            return Ok(Some(kept.clone()));
        }
        let Ok(tile) = path.parse::<Tile>() else { return Ok(None) };
        if tile.kind() != TileKind::Entries {
            return Ok(None);
        }
        let mut bundle = Bundle::new();
        let fits = self.entries(tile).all(|entry| bundle.push(&entry).is_ok());
        Ok(fits.then(|| bundle.into_bytes()))
    }
}

fn whole_log(size: u64) -> Result<(), Box<dyn Error>> {
    let signer = SignerKey::from_seed(ORIGIN, SignatureType::Ed25519, &[7; 32])?;
    let policy: Policy = format!("log {}\nquorum none\n", signer.verifier()).parse()?;
    let mut log = MadeUp { size, kept: HashMap::new() };
    let start = Instant::now();
    let (mut edge, mut bytes, mut longest) = (Edge::new(), 0, 0);
    for first in (0..size).step_by(usize::from(WIDTH)) {
        let last = size.min(first + u64::from(WIDTH));
        let entries: Vec<Vec<u8>> = (first..last).map(entry).collect();
        bytes += entries.iter().map(Vec::len).sum::<usize>();
        longest = longest.max(entries.iter().map(Vec::len).max().unwrap_or(0));
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        log.kept.extend(edge.grow(&leaves).into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
    }
    let head = TreeHead { size, root: edge.root() };
    show(&format!("{size} entries ({longest} bytes each) into tiles"), size, start.elapsed());
    let checkpoint = SignedCheckpoint::sign(Checkpoint::new(ORIGIN, head)?, &signer)?;
    log.kept.insert("checkpoint".into(), checkpoint.to_string().into_bytes());
    let start = Instant::now();
    let report = verify(&log, &policy, None)?;
    show(
        &format!("{size} entries ({} MB) verified, {} files", bytes / 1_000_000, report.checked),
        size,
        start.elapsed(),
    );
    Ok(())
}

/// A tree whose leaves are all the same: each complete subtree of a height has one hash.
fn proofs() -> Result<(), Box<dyn Error>> {
    let mut by_height = vec![leaf_hash(b"leaf")];
    for height in 1..64 {
        let below: Hash = by_height.get(height - 1).copied().unwrap_or_default();
        by_height.push(node_hash(&below, &below));
    }
    let source = |tile: Tile| match tile.kind() {
        TileKind::Hashes(level) => {
            Ok(by_height.get(8 * usize::from(level)).copied().unwrap_or_default().repeat(tile.width().into()))
        }
        TileKind::Entries => Err("no entries"),
    };
    let root = root_at(&mut TileReader::new(PROVED, source), PROVED)?;
    let start = Instant::now();
    for n in 0..1000 {
        let index = n * 99_991;
        let path = inclusion_proof(&mut TileReader::new(PROVED, source), index, PROVED)?;
        verify_inclusion(&leaf_hash(b"leaf"), index, PROVED, &path, &root)?;
    }
    show("1000 inclusion proofs at 100 million leaves, tiles anew for each, verified", 1000, start.elapsed());
    let start = Instant::now();
    for n in 0..1000 {
        let old = n * 99_991 + 1;
        let old_root = root_at(&mut TileReader::new(old, source), old)?;
        let path = consistency_proof(&mut TileReader::new(PROVED, source), old, PROVED)?;
        verify_consistency(old, PROVED, &path, &old_root, &root)?;
    }
    show("1000 consistency proofs and old roots, verified", 1000, start.elapsed());
    Ok(())
}

fn histories() -> Result<(), Box<dyn Error>> {
    let secret = VrfSecret::from_seed(&[3; 32]);
    let start = Instant::now();
    let keys: Vec<Hash> =
        (0..10_000).map(|n| map_key(&secret.output(format!("{n:012}").as_bytes()))).collect();
    show("10000 outputs of the VRF", 10_000, start.elapsed());
    let start = Instant::now();
    let proofs: Vec<_> = (0..1000).map(|n| secret.prove(format!("{n:012}").as_bytes()).1).collect();
    show("1000 proofs of the VRF", 1000, start.elapsed());
    let start = Instant::now();
    for (n, proof) in (0..1000).zip(&proofs) {
        secret.public().verify(format!("{n:012}").as_bytes(), proof)?;
    }
    show("1000 verifications", 1000, start.elapsed());
    let mut map = MemoryMap::default();
    let crowd = (0..1_000_000_u64).map(|n| (leaf_hash(&n.to_be_bytes()), [1; 32]));
    map.persons.extend(crowd);
    let all = map.persons(&[0; 32], &[0xff; 32])?;
    let start = Instant::now();
    update(&mut map, &all)?;
    show("a map of a million persons built", 1_000_000, start.elapsed());
    let touched: Vec<_> = keys.iter().map(|key| (*key, [2; 32])).collect();
    let start = Instant::now();
    let root = update(&mut map, &touched)?;
    map.persons.extend(touched);
    show("10000 persons brought up to date in it", 10_000, start.elapsed());
    let start = Instant::now();
    for key in keys.iter().take(1000) {
        prove(&mut map, key)?.verify(key, &root)?;
    }
    show("1000 proofs from it, verified", 1000, start.elapsed());
    Ok(())
}
