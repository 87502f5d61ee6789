#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring program: facts of the demo are read by name, the clock is the real one, figures are rounded"
)]

mod bare;
mod chart;
mod client;
mod demo;
mod disconnect;
mod figures;
mod journal;
mod load;
mod machine;
mod postgres;
mod report;

use figures::Figure;
use load::{Load, MakeRequest};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CONNECTIONS: usize = 64;
const PEER: &str = "bare HTTP server, same TLS";

const HELP: &str = "dancu-bench [SECONDS]    all that `make bench` measures, so many seconds each (10)
dancu-bench road [SECONDS]
dancu-bench disconnect
dancu-bench journal
dancu-bench report       bench/report.md and its charts, of the results that are kept";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    let second = arguments.next();
    let seconds = |text: Option<String>| Duration::from_secs(text.and_then(|s| s.parse().ok()).unwrap_or(10));
    let folder = std::env::current_dir()?.join("target/bench-data/journal");
    match first.as_deref() {
        Some("bare") => bare::serve(Path::new(&second.unwrap_or_default())).await,
        Some("road") => figures::report("road", &road(seconds(second)).await?),
        Some("disconnect") => figures::report("disconnect", &disconnect::measure().await?),
        Some("journal") => figures::report("journal", &journal::measure(&folder).await?),
        Some("report") => report::write(),
        Some(word) if word.parse::<u64>().is_err() => anyhow::bail!("{word}?\n{HELP}"),
        _ => {
            figures::report("road", &road(seconds(first)).await?)?;
            figures::report("disconnect", &disconnect::measure().await?)?;
            figures::report("journal", &journal::measure(&folder).await?)?;
            report::write()
        }
    }
}

/// The road under load.
async fn road(time: Duration) -> anyhow::Result<Vec<Figure>> {
    let demo = demo::Demo::start().await?;
    let mut figures =
        vec![Figure::at_most("start_to_first_answer_100k", demo.start_to_first_answer(), "s", (1.0, "< 1"))];

    let bare = bare::Bare::start(demo.directory())?;
    let constant: MakeRequest = Arc::new(|_, _| b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec());
    let peer = run(&demo, bare.address, time, constant, b"xxx").await?;
    drop(bare);
    let postgresql = postgres::measure(demo.directory(), CONNECTIONS, time)?;

    for (name, p99, request, expect) in [
        ("verify_rest_per_second", "verify_rest_p99", demo.rest(), &b"\"verified\":true"[..]),
        ("verify_soap_per_second", "verify_soap_p99", demo.soap(), &b">true</"[..]),
        (
            "verify_soap_per_call_hash_per_second",
            "verify_soap_per_call_hash_p99",
            demo.soap_per_call(),
            &b">true</"[..],
        ),
    ] {
        let outcome = run(&demo, demo.address(), time, request, expect).await?;
        anyhow::ensure!(outcome.bad == 0, "{name}: {} answers were not as expected", outcome.bad);
        figures.push(
            Figure::at_least(name, outcome.rate, "1/s", (20_000.0, ">= 20000")).beside(PEER, peer.rate),
        );
        figures.push(
            Figure::at_most(p99, outcome.quantile_ms(990), "ms", (10.0, "< 10"))
                .beside(PEER, peer.quantile_ms(990)),
        );
        if name != "verify_soap_per_call_hash_per_second" {
            let share = format!("{}_of_bare", name.trim_end_matches("_per_second"));
            figures.push(Figure::at_least(&share, outcome.rate / peer.rate, "", (0.25, ">= 0.25")));
        }
        if name == "verify_rest_per_second" {
            let beside = Figure::told("verify_rest_beside_postgresql", outcome.rate, "1/s");
            figures.push(beside.beside(postgres::PEER, postgresql));
        }
    }
    figures.push(Figure::at_most("memory_100k", demo.memory_mib()?, "MiB", (300.0, "< 300")));
    Ok(figures)
}

async fn run(
    demo: &demo::Demo,
    address: SocketAddr,
    time: Duration,
    request: MakeRequest,
    expect: &'static [u8],
) -> anyhow::Result<load::Outcome> {
    let load = Load {
        address,
        tls: demo.tls()?,
        connections: CONNECTIONS,
        warm_up: Duration::from_secs(2),
        time,
        request,
        expect,
    };
    load.run().await
}
