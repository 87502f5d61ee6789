#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring program: facts of the demo are read by name, the clock is the real one, figures are rounded"
)]

mod bare;
mod client;
mod demo;
mod disconnect;
mod figures;
mod journal;
mod load;

use figures::Figure;
use load::{Load, MakeRequest};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const CONNECTIONS: usize = 64;
const LATEST: &str = "bench/results/latest.jsonl";
const PEER: &str = "bare HTTP server, same TLS";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("bare") {
        return bare::serve(Path::new(&arguments.next().unwrap_or_default())).await;
    }
    let folder = std::env::current_dir()?.join("target/bench-data/journal");
    if first.as_deref() == Some("journal") {
        return figures::report(Path::new(LATEST), &journal::measure(&folder).await?);
    }
    if first.as_deref() == Some("disconnect") {
        return figures::report(Path::new(LATEST), &disconnect::measure().await?);
    }
    let seconds = first.and_then(|s| s.parse().ok()).unwrap_or(10);
    let mut figures = road(Duration::from_secs(seconds)).await?;
    figures.extend(disconnect::measure().await?);
    figures.extend(journal::measure(&folder).await?);
    figures::report(Path::new(LATEST), &figures)
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
        figures.push(Figure::at_least(name, outcome.rate, "1/s", (5000.0, "> 5000")).beside(PEER, peer.rate));
        figures.push(
            Figure::at_most(p99, outcome.quantile_ms(990), "ms", (20.0, "< 20"))
                .beside(PEER, peer.quantile_ms(990)),
        );
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
