#![doc = include_str!("../README.md")]
#![expect(
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measuring program: facts of the demo are read by name, the clock is the real one, figures are rounded"
)]

mod bare;
mod client;
mod cpu;
mod demo;
mod disconnect;
mod figures;
mod fresh;
mod journal;
mod load;

use figures::Figure;
use load::{Load, MakeRequest};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// That of the server too: the bare server and the road are compared, not two allocators.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 64;
const LATEST: &str = "bench/results/latest.jsonl";
const PEER: &str = "bare HTTP server, same TLS";

/// What a way of asking should reach: answers a second, milliseconds of the slowest hundredth, share of the bare server.
struct Aims {
    rate: (f64, &'static str),
    p99: (f64, &'static str),
    share: Option<(f64, &'static str)>,
}

const FAST: Aims = Aims { rate: (20_000.0, "> 20000"), p99: (10.0, "< 10"), share: Some((0.25, "> 0.25")) };
const STEADY: Aims = Aims { rate: (5000.0, "> 5000"), p99: (20.0, "< 20"), share: None };

/// The figures of one way of asking.
struct Names {
    rate: &'static str,
    p99: &'static str,
    p999: &'static str,
    share: &'static str,
    server: &'static str,
    generator: &'static str,
    cores: &'static str,
}

const REST: Names = Names {
    rate: "verify_rest_per_second",
    p99: "verify_rest_p99",
    p999: "verify_rest_p999",
    share: "verify_rest_of_bare_server",
    server: "verify_rest_cpu_server",
    generator: "verify_rest_cpu_load_generator",
    cores: "verify_rest_cores_busy",
};
const SOAP: Names = Names {
    rate: "verify_soap_per_second",
    p99: "verify_soap_p99",
    p999: "verify_soap_p999",
    share: "verify_soap_of_bare_server",
    server: "verify_soap_cpu_server",
    generator: "verify_soap_cpu_load_generator",
    cores: "verify_soap_cores_busy",
};
const PER_CALL: Names = Names {
    rate: "verify_soap_per_call_hash_per_second",
    p99: "verify_soap_per_call_hash_p99",
    p999: "verify_soap_per_call_hash_p999",
    share: "verify_soap_per_call_hash_of_bare_server",
    server: "verify_soap_per_call_hash_cpu_server",
    generator: "verify_soap_per_call_hash_cpu_load_generator",
    cores: "verify_soap_per_call_hash_cores_busy",
};

impl Names {
    fn figures(&self, aims: &Aims, outcome: &load::Outcome, peer: &load::Outcome) -> Vec<Figure> {
        let ((server, generator), (bare_server, bare_generator)) = (outcome.cpu_us(), peer.cpu_us());
        println!(
            "{}: the load generator took {:.0} % of the processor time of both, {:.2} of two cores were busy",
            self.rate,
            outcome.spent.generator_share() * 100.0,
            outcome.spent.cores()
        );
        let share = aims.share.map(|aim| Figure::at_least(self.share, outcome.rate / peer.rate, "", aim));
        let figures = [
            Figure::at_least(self.rate, outcome.rate, "1/s", aims.rate).beside(PEER, peer.rate),
            Figure::at_most(self.p99, outcome.quantile_ms(990), "ms", aims.p99)
                .beside(PEER, peer.quantile_ms(990)),
            Figure::told(self.p999, outcome.quantile_ms(999), "ms").beside(PEER, peer.quantile_ms(999)),
            Figure::told(self.server, server, "us").beside(PEER, bare_server),
            Figure::told(self.generator, generator, "us").beside(PEER, bare_generator),
            Figure::told(self.cores, outcome.spent.cores(), "cores").beside(PEER, peer.spent.cores()),
        ];
        figures.into_iter().chain(share).collect()
    }
}

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
    if first.as_deref() == Some("fresh") {
        return figures::report(Path::new(LATEST), &fresh::measure().await?);
    }
    if first.as_deref() == Some("calls") {
        return calls(&arguments.collect::<Vec<_>>()).await;
    }
    if first.as_deref() == Some("road") {
        let seconds = arguments.next().and_then(|s| s.parse().ok()).unwrap_or(10);
        return figures::report(Path::new(LATEST), &road(Duration::from_secs(seconds)).await?);
    }
    let seconds = first.and_then(|s| s.parse().ok()).unwrap_or(10);
    let mut figures = road(Duration::from_secs(seconds)).await?;
    figures.extend(disconnect::measure().await?);
    figures.extend(fresh::measure().await?);
    figures.extend(journal::measure(&folder).await?);
    figures::report(Path::new(LATEST), &figures)
}

/// `calls FOLDER PORT rest|soap NUMBER`: calls to a demo that was started elsewhere, under a profiler that counts.
async fn calls(arguments: &[String]) -> anyhow::Result<()> {
    let [folder, port, form, number] = arguments else { anyhow::bail!("calls FOLDER PORT rest|soap NUMBER") };
    let start = demo::Start { directory: folder.into(), port: port.parse()?, citizens: 0, postgres: None };
    let demo = demo::Demo::attach(start)?;
    let (request, expect) = match form.as_str() {
        "rest" => (demo.rest(), &b"\"verified\":true"[..]),
        _ => (demo.soap(), &b">true</"[..]),
    };
    let bad = load::count((demo.address(), demo.tls()?), (32, number.parse()?), request, expect).await?;
    println!("{number} calls, {bad} answers were not as expected");
    Ok(())
}

/// The road under load.
async fn road(time: Duration) -> anyhow::Result<Vec<Figure>> {
    let demo = demo::Demo::start().await?;
    let mut figures =
        vec![Figure::at_most("start_to_first_answer_100k", demo.start_to_first_answer(), "s", (1.0, "< 1"))];

    let bare = bare::Bare::start(demo.directory())?;
    let constant: MakeRequest = Arc::new(|_, _| b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec());
    let peer = run(&demo, (bare.address, bare.process()), time, constant, b"xxx").await?;
    drop(bare);

    for (names, aims, request, expect) in [
        (REST, FAST, demo.rest(), &b"\"verified\":true"[..]),
        (SOAP, FAST, demo.soap(), &b">true</"[..]),
        (PER_CALL, STEADY, demo.soap_per_call(), &b">true</"[..]),
    ] {
        let outcome = run(&demo, (demo.address(), demo.process()), time, request, expect).await?;
        anyhow::ensure!(outcome.bad == 0, "{}: {} answers were not as expected", names.rate, outcome.bad);
        figures.extend(names.figures(&aims, &outcome, &peer));
    }
    figures.push(Figure::at_most("memory_100k", demo.memory_mib()?, "MiB", (300.0, "< 300")));
    Ok(figures)
}

async fn run(
    demo: &demo::Demo,
    (address, server): (SocketAddr, u32),
    time: Duration,
    request: MakeRequest,
    expect: &'static [u8],
) -> anyhow::Result<load::Outcome> {
    let load = Load {
        address,
        server,
        tls: demo.tls()?,
        connections: CONNECTIONS,
        warm_up: Duration::from_secs(2),
        time,
        request,
        expect,
    };
    load.run().await
}
