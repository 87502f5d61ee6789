#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring program: facts of the demo are read by name, the clock is the real one, figures are rounded"
)]

mod bare;
mod chart;
mod clean;
mod client;
mod cpu;
mod demo;
mod disconnect;
mod febrl;
mod figures;
mod fresh;
mod journal;
mod load;
mod machine;
mod nation;
mod postgres;
mod report;
mod road;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// That of the server too: the bare server and the road are compared, not two allocators.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "dancu-bench [SECONDS]    all that `make bench` measures, so many seconds each (10)
dancu-bench road [SECONDS]
dancu-bench fresh
dancu-bench disconnect
dancu-bench journal
dancu-bench clean         beside Splink and DuckDB
dancu-bench febrl
dancu-bench nation [PEOPLE] [ROWS]    100000000 and 10000000: five minutes, 5 GB of disk and 12 of memory
dancu-bench calls FOLDER PORT rest|soap NUMBER    for a demo that was started elsewhere, under a profiler
dancu-bench load FOLDER PORT PID rest|soap SECONDS CONNECTIONS
dancu-bench report       bench/report.md and its charts, of the results that are kept";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (first, rest) =
        arguments.split_first().map_or(("10", &[][..]), |(first, rest)| (first.as_str(), rest));
    let second = rest.first().map_or("10", String::as_str);
    match first {
        "bare" => bare::serve(Path::new(second)).await,
        "calls" => road::calls(rest).await,
        "load" => road::steady(rest).await,
        "road" => figures::report("road", &road::measure(seconds(second)?).await?),
        "fresh" => figures::report("fresh", &fresh::measure().await?),
        "disconnect" => figures::report("disconnect", &disconnect::measure().await?),
        "journal" => figures::report("journal", &measure_journal().await?),
        "clean" => figures::report("clean", &clean::measure(&data("clean")?).await?),
        "febrl" => figures::report("febrl", &febrl::measure()?),
        "link" => clean::link(rest),
        "nation" => nation::measure(rest),
        "report" => report::write(),
        "--help" | "help" => {
            println!("{HELP}");
            Ok(())
        }
        _ => {
            figures::report("road", &road::measure(seconds(first)?).await?)?;
            figures::report("disconnect", &disconnect::measure().await?)?;
            figures::report("fresh", &fresh::measure().await?)?;
            figures::report("journal", &measure_journal().await?)?;
            figures::report("clean", &clean::measure(&data("clean")?).await?)?;
            figures::report("febrl", &febrl::measure()?)?;
            report::write()
        }
    }
}

async fn measure_journal() -> anyhow::Result<Vec<figures::Figure>> {
    journal::measure(&data("journal")?).await
}

/// Where a part keeps what it works on.
fn data(part: &str) -> anyhow::Result<PathBuf> {
    Ok(std::env::current_dir()?.join("target/bench-data").join(part))
}

fn seconds(text: &str) -> anyhow::Result<Duration> {
    text.parse().map(Duration::from_secs).map_err(|_| anyhow::anyhow!("{text}?\n{HELP}"))
}
