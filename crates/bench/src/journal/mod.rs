//! Figures of the journal: entries a second, bytes an entry, proofs, the whole log verified.
mod append;
mod draft;
mod proof;

use crate::figures::Figure;
use dancu_storage::Store;
use std::path::Path;

const ENTRIES: u32 = 1_000_000;
const POSTGRES_ENTRIES: u32 = 300_000;
const ROWS: &str = "a row per entry with one index, same store";
const EMBEDDED: &str = "embedded store";

/// Measures, in a folder that is emptied before.
pub(crate) async fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    let rows = append::row_per_entry(folder, 300_000)?;
    let journal = append::open(Store::sqlite(&folder.join("plain.db"))?, folder).await?;
    let plain = append::run(&journal, ENTRIES, false).await?;
    journal.close().await;
    let live_store = append::open(Store::sqlite(&folder.join("live.db"))?, &folder.join("live")).await?;
    let live = append::run(&live_store, ENTRIES / 4, true).await?;
    live_store.close().await;
    let postgres = {
        let url = tokio::task::spawn_blocking(dancu_storage::testing::fresh_postgres_url).await?;
        let store = tokio::task::spawn_blocking(move || dancu_storage::testing::open_postgres(&url)).await?;
        let journal = append::open(store, &folder.join("postgres")).await?;
        let rate = append::run(&journal, POSTGRES_ENTRIES, false).await?;
        journal.close().await;
        rate
    };
    let (median, worst) = {
        let folder = folder.to_owned();
        tokio::task::spawn_blocking(move || proof::run(&folder)).await??
    };
    Ok(vec![
        Figure::at_least("journal_append_per_second", plain, "1/s", (100_000.0, "> 100000"))
            .beside(ROWS, rows),
        Figure::at_least("journal_append_live_per_second", live, "1/s", (20_000.0, "> 20000"))
            .beside(ROWS, rows),
        Figure::at_least("journal_append_postgresql_per_second", postgres, "1/s", (20_000.0, "> 20000"))
            .beside(EMBEDDED, plain),
        Figure::at_most("journal_proof_100m_median", median.as_secs_f64() * 1e3, "ms", (5.0, "< 5")),
        Figure::at_most("journal_proof_100m_worst", worst.as_secs_f64() * 1e3, "ms", (5.0, "< 5")),
    ])
}
