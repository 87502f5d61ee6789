//! The road under load, beside the bare server of the same stack and PostgreSQL answering the same question.
use crate::figures::Figure;
use crate::load::{Load, MakeRequest, Outcome};
use crate::{bare, demo, load, postgres};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

const CONNECTIONS: usize = 64;
const PEER: &str = "bare HTTP server, same TLS";

/// What a way of asking should reach: answers a second, milliseconds of the slowest hundredth, share of the bare server.
struct Aims {
    rate: (f64, &'static str),
    p99: (f64, &'static str),
    share: Option<(f64, &'static str)>,
}

const FAST: Aims = Aims { rate: (20_000.0, ">= 20000"), p99: (10.0, "< 10"), share: Some((0.25, ">= 0.25")) };
const STEADY: Aims = Aims { rate: (5000.0, "> 5000"), p99: (20.0, "< 20"), share: None };

/// Every figure of the road.
pub(crate) async fn measure(time: Duration) -> anyhow::Result<Vec<Figure>> {
    let demo = demo::Demo::start().await?;
    let mut figures =
        vec![Figure::at_most("start_to_first_answer_100k", demo.start_to_first_answer(), "s", (1.0, "< 1"))];

    let bare = bare::Bare::start(demo.directory())?;
    let constant: MakeRequest = Arc::new(|_, _| b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec());
    let peer = run(&demo, (bare.address, bare.process()), time, constant, b"xxx").await?;
    drop(bare);
    let postgresql = postgres::measure(demo.directory(), CONNECTIONS, time)?;

    for (name, aims, request, expect) in [
        ("verify_rest", FAST, demo.rest(), &b"\"verified\":true"[..]),
        ("verify_soap", FAST, demo.soap(), &b">true</"[..]),
        ("verify_soap_per_call_hash", STEADY, demo.soap_per_call(), &b">true</"[..]),
    ] {
        let outcome = run(&demo, (demo.address(), demo.process()), time, request, expect).await?;
        anyhow::ensure!(outcome.bad == 0, "{name}: {} answers were not as expected", outcome.bad);
        figures.extend(of(name, &aims, &outcome, &peer));
        if name == "verify_rest" {
            let beside = Figure::told("verify_rest_beside_postgresql", outcome.rate, "1/s");
            figures.push(beside.beside(postgres::PEER, postgresql));
        }
    }
    figures.push(Figure::at_most("memory_100k", demo.memory_mib()?, "MiB", (300.0, "< 300")));
    Ok(figures)
}

/// The figures of one way of asking.
fn of(name: &str, aims: &Aims, outcome: &Outcome, peer: &Outcome) -> Vec<Figure> {
    let ((server, generator), (bare_server, bare_generator)) = (outcome.cpu_us(), peer.cpu_us());
    println!(
        "{name}: the load generator took {:.0} % of the processor time of both, {:.2} of two cores were busy",
        outcome.spent.generator_share() * 100.0,
        outcome.spent.cores()
    );
    let named = |what: &str| format!("{name}_{what}");
    let share = aims.share.map(|aim| Figure::at_least(&named("of_bare"), outcome.rate / peer.rate, "", aim));
    let figures = [
        Figure::at_least(&named("per_second"), outcome.rate, "1/s", aims.rate).beside(PEER, peer.rate),
        Figure::at_most(&named("p99"), outcome.quantile_ms(990), "ms", aims.p99)
            .beside(PEER, peer.quantile_ms(990)),
        Figure::told(&named("p999"), outcome.quantile_ms(999), "ms").beside(PEER, peer.quantile_ms(999)),
        Figure::told(&named("cpu_server"), server, "us").beside(PEER, bare_server),
        Figure::told(&named("cpu_load_generator"), generator, "us").beside(PEER, bare_generator),
        Figure::told(&named("cores_busy"), outcome.spent.cores(), "cores").beside(PEER, peer.spent.cores()),
    ];
    figures.into_iter().chain(share).collect()
}

async fn run(
    demo: &demo::Demo,
    (address, server): (SocketAddr, u32),
    time: Duration,
    request: MakeRequest,
    expect: &'static [u8],
) -> anyhow::Result<Outcome> {
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

/// `calls FOLDER PORT rest|soap NUMBER`: calls to a demo that was started elsewhere, under a profiler that counts.
pub(crate) async fn calls(arguments: &[String]) -> anyhow::Result<()> {
    let [folder, port, form, number] = arguments else { anyhow::bail!("calls FOLDER PORT rest|soap NUMBER") };
    let start = demo::Start { directory: folder.into(), port: port.parse()?, citizens: 0, postgres: None };
    let demo = demo::Demo::attach(start)?;
    let (request, expect) = of_form(&demo, form);
    let bad = load::count((demo.address(), demo.tls()?), (32, number.parse()?), request, expect).await?;
    println!("{number} calls, {bad} answers were not as expected");
    Ok(())
}

/// `load FOLDER PORT PID rest|soap SECONDS CONNECTIONS`: load for a demo that was started elsewhere, under a profiler that samples.
pub(crate) async fn steady(arguments: &[String]) -> anyhow::Result<()> {
    let [folder, port, server, form, time, connections] = arguments else {
        anyhow::bail!("load FOLDER PORT PID rest|soap SECONDS CONNECTIONS")
    };
    let start = demo::Start { directory: folder.into(), port: port.parse()?, citizens: 0, postgres: None };
    let demo = demo::Demo::attach(start)?;
    let (request, expect) = of_form(&demo, form);
    let load = Load {
        address: demo.address(),
        server: server.parse()?,
        tls: demo.tls()?,
        connections: connections.parse()?,
        warm_up: Duration::from_secs(2),
        time: Duration::from_secs(time.parse()?),
        request,
        expect,
    };
    let outcome = load.run().await?;
    let (server, generator) = outcome.cpu_us();
    println!(
        "{:.0}/s, p99 {:.1} ms, server {server:.0} us, load generator {generator:.0} us, {:.2} cores, {} bad",
        outcome.rate,
        outcome.quantile_ms(990),
        outcome.spent.cores(),
        outcome.bad
    );
    Ok(())
}

fn of_form(demo: &demo::Demo, form: &str) -> (MakeRequest, &'static [u8]) {
    match form {
        "rest" => (demo.rest(), b"\"verified\":true"),
        _ => (demo.soap(), b">true</"),
    }
}
