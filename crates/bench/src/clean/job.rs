//! The whole job as an operator runs it: rows sealed into the store, terms, quotas, an entry of the journal for everybody touched, and the signed
//! package.
use super::files;
use crate::figures::Figure;
use anyhow::Context as _;
use dancu_keys::KeyDir;
use dancu_registry::Registry;
use dancu_storage::Store;
use std::process::Command;
use std::time::Instant;

const CITIZENS: &str = "100000";
const ROWS: usize = 100_000;

/// A hundred thousand rows of the demo's hundred thousand people, by `dancu clean` on the embedded store.
pub(super) async fn measure() -> anyhow::Result<Figure> {
    let folder = crate::data("clean-job")?;
    let _ = std::fs::remove_dir_all(&folder);
    said(dancu("demo")?.arg("--seed-only").arg("--dir").arg(&folder).args(["--citizens", CITIZENS]))?;
    let store = Store::sqlite(&folder.join("store/dancu.db"))?;
    let made = folder.clone();
    tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let registry = Registry::open(store, KeyDir::open(made.join("keys"), false)?.ring()?)?;
        files::large(&made, &registry.people_now()?.0, ROWS, super::SEED)
    })
    .await??;
    println!("dancu clean: {ROWS} rows");
    let began = Instant::now();
    let asks = ["--system", "htmc", "--account", "nguyenvana.stttt", "--purpose", "VPCP"];
    let mut clean = dancu("clean")?;
    clean
        .arg("--store")
        .arg(&folder)
        .arg(folder.join("stock.parquet"))
        .arg("--out")
        .arg(folder.join("result"));
    said(clean.arg("--no-workbook").args(asks))?;
    let took = began.elapsed();
    Ok(Figure::told("clean_whole_job_rows_per_second", ROWS as f64 / took.as_secs_f64(), "rows/s"))
}

fn dancu(what: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?.with_file_name("dancu"));
    command.arg(what).env("DANCU_LOG__FILTER", "warn");
    Ok(command)
}

fn said(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().context("target/release/dancu is missing")?;
    anyhow::ensure!(output.status.success(), "dancu: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
