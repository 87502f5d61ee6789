//! Cleaning: a dirty stock against people, beside Splink and `DuckDB` on the same files; and against a nation.
mod files;
mod job;
mod link;
mod table;

use crate::figures::Figure;
use anyhow::Context as _;
use dancu_keys::{KeyRing, Secret};
use dancu_verify_index::Index;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::path::{Path, PathBuf};
use std::process::Command;

/// People and rows of the comparison, and a seed that no weight was tuned on.
const PEOPLE: u64 = 1_000_000;
const ROWS: usize = 100_000;
const SEED: u64 = 20_261_122;
/// Python with `bench/requirements.txt`, as `tools/setup bench` makes it.
pub(crate) const PYTHON: &str = ".bench-peers/bin/python";

/// What one run of our engine gave.
#[derive(Deserialize, Serialize)]
pub(crate) struct Linked {
    rows: u64,
    people: u64,
    people_seconds: f64,
    seconds: f64,
    recall: f64,
    precision: f64,
    wrong: u64,
    peak_gb: f64,
}

/// What a peer gave.
#[derive(Deserialize)]
struct Peer {
    rows_per_second: f64,
    recall: f64,
    precision: f64,
}

/// `link FOLDER [INDEX]`: the measured process.
pub(crate) fn link(arguments: &[String]) -> anyhow::Result<()> {
    let folder = arguments.first().context("which folder?")?;
    let linked = link::run(Path::new(folder), arguments.get(1).map(Path::new))?;
    println!("{}", serde_json::to_string(&linked)?);
    Ok(())
}

/// A hundred thousand rows against a million people, beside the peers.
pub(crate) async fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    anyhow::ensure!(Path::new(PYTHON).exists(), "Splink and DuckDB are missing: tools/setup bench");
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    println!("drawing {PEOPLE} people and {ROWS} dirty rows of them");
    files::small(folder, PEOPLE, ROWS, SEED)?;
    files::normalised(folder, &link::build(&folder.join("people.parquet"))?)?;
    let ours: Linked = child(folder, None)?;
    let splink = peer("splink", folder, false)?;
    let splink_normalised = peer("splink", folder, true)?;
    let duckdb = peer("duckdb", folder, false)?;
    let duckdb_normalised = peer("duckdb", folder, true)?;
    let end_to_end = ours.rows as f64 / (ours.people_seconds + ours.seconds);
    let wanted = 20.0 * splink.rows_per_second;
    let mut figures = vec![
        Figure::at_least(
            "clean_rows_per_second",
            end_to_end,
            "rows/s",
            (wanted, &format!(">= {wanted:.0} (20 x Splink)")),
        )
        .beside("Splink 5", splink.rows_per_second),
        Figure::told("clean_rows_per_second_of_splink_normalised", end_to_end, "rows/s")
            .beside("Splink 5, our normalisation", splink_normalised.rows_per_second),
        Figure::told("clean_rows_per_second_of_duckdb", end_to_end, "rows/s")
            .beside("DuckDB, exact keys", duckdb.rows_per_second),
        Figure::told("clean_rows_per_second_of_duckdb_normalised", end_to_end, "rows/s")
            .beside("DuckDB, exact keys, our normalisation", duckdb_normalised.rows_per_second),
        Figure::told("clean_people_ready_rows_per_second", ours.rows as f64 / ours.seconds, "rows/s"),
        Figure::told("clean_peak_memory", ours.peak_gb, "GB"),
        job::measure().await?,
    ];
    let best = splink.recall.max(splink_normalised.recall);
    figures.push(
        Figure::at_least("clean_recall", ours.recall, "", (best, "not below Splink's"))
            .beside("Splink 5, the better one", best),
    );
    figures.push(
        Figure::at_least("clean_precision", ours.precision, "", (0.9999, ">= 0.9999"))
            .beside("Splink 5", splink.precision),
    );
    for (name, peer) in [
        ("splink", &splink),
        ("splink_normalised", &splink_normalised),
        ("duckdb", &duckdb),
        ("duckdb_normalised", &duckdb_normalised),
    ] {
        figures.push(Figure::told(&format!("{name}_recall"), peer.recall, ""));
        figures.push(Figure::told(&format!("{name}_precision"), peer.precision, ""));
    }
    Ok(figures)
}

/// So many dirty rows against the nation of a file of the index.
pub(crate) fn measure_nation(folder: &Path, nation: &Path, rows: usize) -> anyhow::Result<Vec<Figure>> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    println!("drawing {rows} dirty rows");
    {
        let index = Index::open(nation, &ring()?)?.0;
        files::large(folder, &index, rows, SEED)?;
    }
    let ours: Linked = child(folder, Some(nation))?;
    let command = |figure: Figure| Figure { command: "make bench-nation".to_owned(), ..figure };
    let figures = vec![
        Figure::told("clean_nation_people", ours.people as f64, "people"),
        Figure::told("clean_nation_rows", ours.rows as f64, "rows"),
        Figure::at_least(
            "clean_nation_rows_per_second",
            ours.rows as f64 / ours.seconds,
            "rows/s",
            (400_000.0, ">= 400000"),
        ),
        Figure::told("clean_nation_people_read_in", ours.people_seconds, "s"),
        Figure::at_least("clean_nation_recall", ours.recall, "", (0.99, ">= 0.99")),
        Figure::at_least("clean_nation_precision", ours.precision, "", (0.9999, ">= 0.9999")),
        Figure::told("clean_nation_wrong", ours.wrong as f64, "rows"),
        Figure::at_most("clean_nation_peak_memory", ours.peak_gb, "GB", (8.0, "< 8 GB")),
    ];
    Ok(figures.into_iter().map(command).collect())
}

/// Keys of files whose people are nobody: as good as any, and those of `dancu nation`.
pub(crate) fn ring() -> anyhow::Result<KeyRing> {
    Ok(KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?)
}

fn child(folder: &Path, nation: Option<&Path>) -> anyhow::Result<Linked> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("link").arg(folder).args(nation.map(PathBuf::from));
    answer(&mut command)
}

fn peer(tool: &str, folder: &Path, is_normalised: bool) -> anyhow::Result<Peer> {
    let how = if is_normalised { "with our normalisation" } else { "as a user would" };
    println!("{tool}, {how}");
    let mut command = Command::new(PYTHON);
    command.args(["bench/peers/link.py", tool]).arg(folder);
    if is_normalised {
        command.arg("--normalised");
    }
    answer(&mut command)
}

/// The last line of what a program prints.
fn answer<T: DeserializeOwned>(command: &mut Command) -> anyhow::Result<T> {
    let output = command.output().with_context(|| format!("{}", command.get_program().display()))?;
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {error}", command.get_program().display());
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().unwrap_or_default();
    println!("{line}");
    Ok(serde_json::from_str(line)?)
}
