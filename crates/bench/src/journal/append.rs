//! Entries appended durably: each by a caller of its own that waits for its receipt.
use super::draft::draft;
use anyhow::Context as _;
use dancu_journal::{Journal, Options};
use dancu_keys::{KeyRing, Secret};
use dancu_storage::blob::Blobs;
use dancu_storage::{Migration, Store, StoreError};
use std::path::Path;
use std::time::{Duration, Instant};

const CALLERS: u32 = 512;

/// Opens a journal as the server does, with its files in a folder.
pub(super) async fn open(store: Store, folder: &Path) -> anyhow::Result<Journal> {
    let options = Options {
        group: 2048,
        queue: 16_384,
        blobs: Blobs::folder(&folder.join("log"))?,
        archive: Blobs::folder(&folder.join("archive"))?,
        ..Options::default()
    };
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    tokio::task::spawn_blocking(move || Journal::open(store, ring, options)).await?.context("journal")
}

/// Appends so many entries and gives how many a second.
pub(super) async fn run(journal: &Journal, entries: u32, live: bool) -> anyhow::Result<f64> {
    let started = Instant::now();
    let mut tasks = Vec::new();
    for caller in 0..CALLERS {
        let journal = journal.clone();
        tasks.push(tokio::spawn(async move {
            for number in 0..entries / CALLERS {
                journal.append(draft(caller, number, live)).await?;
            }
            Ok::<_, dancu_journal::JournalError>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(f64::from(entries / CALLERS * CALLERS) / started.elapsed().as_secs_f64())
}

/// The peer: the same bytes as one row per entry with one index, in transactions as large, without any of the work.
pub(super) fn row_per_entry(folder: &Path, entries: u32) -> anyhow::Result<f64> {
    const TABLE: &[Migration] = &[
        Migration {
            id: "0001_row",
            sql: "CREATE TABLE bench_row (idx INTEGER NOT NULL, subject BLOB NOT NULL, entry BLOB NOT NULL, \
                  sealed BLOB NOT NULL, PRIMARY KEY (idx))",
        },
        Migration { id: "0002_index", sql: "CREATE INDEX bench_row_subject ON bench_row (subject)" },
    ];
    let store = Store::sqlite(&folder.join("rows.db"))?;
    store.migrate("bench", TABLE)?;
    let (started, mut index) = (Instant::now(), 0_u32);
    while index < entries {
        let subject = |n: u32| n.wrapping_mul(0x9E37_79B1).to_be_bytes().repeat(4);
        let rows: Vec<_> = (index..index + 2048)
            .map(|n| [i64::from(n).into(), subject(n).into(), vec![7; 140].into(), vec![8; 130].into()])
            .collect();
        store.run_tx("bench.rows", |tx| {
            tx.execute_many(
                "INSERT INTO bench_row (idx, subject, entry, sealed) VALUES ($1, $2, $3, $4)",
                &rows,
            )?;
            Ok::<_, StoreError>(())
        })?;
        index += 2048;
    }
    Ok(f64::from(index) / started.elapsed().as_secs_f64())
}

/// Waits until something holds, and gives how long that took.
pub(super) async fn until(mut holds: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<Duration> {
    let started = Instant::now();
    while !holds().await? {
        anyhow::ensure!(started.elapsed() < Duration::from_mins(5), "what was awaited did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(started.elapsed())
}
