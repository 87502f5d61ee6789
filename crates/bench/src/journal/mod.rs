//! Figures of the journal: entries a second, bytes an entry, proofs, the whole log verified.
mod append;
mod draft;
mod proof;
mod weigh;
mod whole;

use crate::figures::Figure;
use dancu_journal::index::{Index, IndexOptions};
use dancu_journal::publish::{Publisher, PublisherOptions};
use dancu_journal::{Journal, Stored};
use dancu_storage::Store;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_tlog::policy::{Log, Policy};
use dancu_tlog::vrf::VrfSecret;
use std::path::Path;
use std::time::{Duration, Instant};

const ENTRIES: u32 = 1_000_000;
const ROWS: &str = "a row per entry with one index, same store";
const EMBEDDED: &str = "embedded store";
const LIVE: (f64, &str) = (20_000.0, "> 20000");

/// Measures, in a folder that is emptied before.
pub(crate) async fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let rows = append::row_per_entry(folder, 300_000)?;
    let alone = {
        let journal = append::open(Store::sqlite(&folder.join("alone.db"))?, &folder.join("alone")).await?;
        let rate = append::run(&journal, ENTRIES, false).await?;
        journal.close().await;
        rate
    };
    let live = {
        let journal = append::open(Store::sqlite(&folder.join("live.db"))?, &folder.join("live")).await?;
        let rate = append::run(&journal, ENTRIES / 4, true).await?;
        journal.close().await;
        rate
    };
    let published = published(folder).await?;
    let postgresql = postgresql(folder).await?;
    let (median, worst, whole) = {
        let (folder, real) = (folder.to_owned(), published.some);
        let proofs = move || {
            let (median, worst) = proof::run(&folder)?;
            Ok::<_, anyhow::Error>((median, worst, whole::run(&folder, &real)?))
        };
        tokio::task::spawn_blocking(proofs).await??
    };
    let hundred_thousand = (100_000.0, "> 100000");
    Ok(vec![
        Figure::at_least("journal_append_per_second", alone, "1/s", hundred_thousand).beside(ROWS, rows),
        Figure::at_least("journal_append_and_publish_per_second", published.rate, "1/s", hundred_thousand)
            .beside(ROWS, rows),
        Figure::at_most("journal_tree_behind_at_the_end", published.behind.as_secs_f64(), "s", (2.0, "< 2")),
        Figure::at_least("journal_append_live_per_second", live, "1/s", LIVE).beside(ROWS, rows),
        Figure::at_least("journal_append_postgresql_per_second", postgresql, "1/s", LIVE)
            .beside(EMBEDDED, alone),
        Figure::at_most("journal_bytes_per_entry", published.bytes, "B", (400.0, "< 400")),
        Figure::at_least("journal_index_per_second", published.indexed, "1/s", LIVE),
        Figure::at_most("journal_proof_100m_median", median.as_secs_f64() * 1e3, "ms", (5.0, "< 5")),
        Figure::at_most("journal_proof_100m_worst", worst.as_secs_f64() * 1e3, "ms", (5.0, "< 5")),
        Figure::at_most("journal_verify_10m", whole.as_secs_f64(), "s", (30.0, "< 30")),
    ])
}

struct Published {
    /// Entries a second while tiles and checkpoints are made beside it
    rate: f64,
    /// From the last receipt to the checkpoint that covers it
    behind: Duration,
    /// Entries indexed a second
    indexed: f64,
    /// Bytes an entry: store, files, index
    bytes: f64,
    /// Some of its entries
    some: Vec<Stored>,
}

/// The journal with all that works behind it: publisher, settling, index.
async fn published(folder: &Path) -> anyhow::Result<Published> {
    let (own, path) = (folder.join("published"), folder.join("published.db"));
    let journal = append::open(Store::sqlite(&path)?, &own).await?;
    let publisher = {
        let journal = journal.clone();
        tokio::task::spawn_blocking(move || publisher(journal)).await??
    };
    let rate = append::run(&journal, ENTRIES, false).await?;
    let size = journal.len().await?;
    let started = Instant::now();
    let mut newest = publisher.published();
    newest.wait_for(|published| published.size() >= size).await?;
    let behind = started.elapsed();
    let settled = append::until(async || {
        let journal = journal.clone();
        Ok(tokio::task::spawn_blocking(move || journal.settled()).await?? >= size / 256)
    });
    settled.await?;
    publisher.close().await;
    let index_path = folder.join("index.db");
    let (indexed, some) = {
        let (journal, store) = (journal.clone(), Store::sqlite(&index_path)?);
        tokio::task::spawn_blocking(move || index(journal, store, size)).await??
    };
    journal.close().await;
    let bytes = weigh::store(&path)? + weigh::store(&index_path)? + weigh::folder(&own.join("log"))?;
    Ok(Published { rate, behind, indexed, bytes: bytes as f64 / size as f64, some })
}

fn publisher(journal: Journal) -> anyhow::Result<Publisher> {
    let signer = SignerKey::from_seed("bench.invalid/journal", SignatureType::Ed25519, &[9; 32])?;
    let policy = Policy::new(vec![Log { key: signer.verifier().clone(), url: None }], vec![], vec![], None)?;
    Ok(Publisher::start(journal, PublisherOptions::new(signer, policy))?)
}

fn index(journal: Journal, store: Store, size: u64) -> anyhow::Result<(f64, Vec<Stored>)> {
    let some = journal.read_stored(0, 8192)?;
    let index = Index::open(journal, store, VrfSecret::from_seed(&[3; 32]), IndexOptions::default())?;
    let started = Instant::now();
    while index.position()? < size && index.step()? {}
    anyhow::ensure!(index.position()? >= size, "the index did not come to the end");
    index.epoch(draft::AT_US)?;
    Ok((size as f64 / started.elapsed().as_secs_f64(), some))
}

async fn postgresql(folder: &Path) -> anyhow::Result<f64> {
    let url = tokio::task::spawn_blocking(dancu_storage::testing::fresh_postgres_url).await?;
    let store = tokio::task::spawn_blocking(move || dancu_storage::testing::open_postgres(&url)).await?;
    let journal = append::open(store, &folder.join("postgresql")).await?;
    let rate = append::run(&journal, ENTRIES / 4, false).await?;
    journal.close().await;
    Ok(rate)
}
