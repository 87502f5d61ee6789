//! From the order to disconnect a system to the last call of it that is served, under full load.
//!
//! The order is given in another process than the servers, as a console's on another machine: they follow the store. Beside
//! what the callers see stands what the servers themselves say, which is what the page of the order shows.
use crate::client::Client;
use crate::demo::{Demo, Start};
use crate::figures::Figure;
use crate::load::MakeRequest;
use anyhow::Context as _;
use dancu_exchange::Exchange;
use dancu_governance::rules::Rules;
use dancu_governance::{Content, Deed, Governance, HaltAction, Order, Target, Upload};
use dancu_keys::KeyDir;
use dancu_policy::Calendar;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CONNECTIONS: usize = 32;
/// Good answers without which it was no load.
const LOAD: u64 = 1000;
const AIM: (f64, &str) = (1.0, "< 1");
const PORTS: [u16; 2] = [18_543, 18_643];

/// One server, then two that share a PostgreSQL.
pub(crate) async fn measure() -> anyhow::Result<Vec<Figure>> {
    let one = {
        let start = start("disconnect-1", PORTS[0], None)?;
        let store = start.directory.join("store/dancu.db");
        let demo = Demo::launch(start).await?;
        disconnect(&[&demo], Store::sqlite(&store)?).await?
    };
    let url = tokio::task::spawn_blocking(dancu_storage::testing::fresh_postgres_url).await?;
    let two = {
        let first = Demo::launch(start("disconnect-2", PORTS[0], Some(&url))?).await?;
        let second = Demo::launch(Start { port: PORTS[1], ..start("disconnect-2", 0, Some(&url))? }).await?;
        let shared = url.clone();
        let store =
            tokio::task::spawn_blocking(move || dancu_storage::testing::open_postgres(&shared)).await?;
        disconnect(&[&first, &second], store).await?
    };
    Ok(vec![
        Figure::at_most("disconnect_to_last_served_call", one.last_served, "s", AIM),
        Figure::at_most("disconnect_to_last_open_connection", one.last_open, "s", AIM),
        Figure::at_most("disconnect_as_the_page_says", one.said, "s", AIM),
        Figure::at_most("disconnect_two_servers_to_last_served_call", two.last_served, "s", AIM),
        Figure::at_most("disconnect_two_servers_to_last_open_connection", two.last_open, "s", AIM),
        Figure::at_most("disconnect_two_servers_as_the_page_says", two.said, "s", AIM),
    ])
}

/// In a folder that is emptied, unless another server of the same store has been started in it.
pub(crate) fn start(name: &str, port: u16, postgres: Option<&str>) -> anyhow::Result<Start> {
    let directory = std::env::current_dir()?.join("target/bench-data").join(name);
    if port != 0 && directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    std::fs::create_dir_all(directory.parent().unwrap_or(&directory))?;
    let postgres = postgres.map(ToOwned::to_owned);
    Ok(Start { directory, port, citizens: 1000, postgres })
}

struct Times {
    /// Seconds to the last good answer
    last_served: f64,
    /// Seconds until every connection that was open had ended
    last_open: f64,
    /// Seconds until the servers said that it was in force
    said: f64,
}

/// What the workers saw, in microseconds after the beginning.
#[derive(Default)]
struct Seen {
    served: AtomicU64,
    cut: AtomicU64,
    cuts: AtomicU64,
    good: AtomicU64,
    refused: AtomicU64,
    stop: AtomicBool,
}

async fn disconnect(servers: &[&Demo], store: Store) -> anyhow::Result<Times> {
    let began = Instant::now();
    let seen = Arc::new(Seen::default());
    let mut workers = Vec::new();
    for server in servers {
        for connection in 0..CONNECTIONS / servers.len() {
            let caller = Caller {
                address: server.address(),
                tls: server.tls()?,
                request: server.rest(),
                number: connection + usize::from(server.address().port()) * 100,
                began,
                seen: Arc::clone(&seen),
            };
            workers.push(tokio::spawn(caller.call()));
        }
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (system, directory) = (servers[0].system(), servers[0].directory().to_owned());
    let given = tokio::task::spawn_blocking(move || decide(store, &directory, &system, began)).await??;
    let clicked = given.clicked;
    tokio::time::sleep(Duration::from_secs(3)).await;
    seen.stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await?;
    }
    let at = |what: &AtomicU64| Duration::from_micros(what.load(Ordering::Relaxed));
    anyhow::ensure!(seen.good.load(Ordering::Relaxed) > LOAD, "there was no load");
    anyhow::ensure!(seen.refused.load(Ordering::Relaxed) > 0, "no call was refused");
    let cuts = usize::try_from(seen.cuts.load(Ordering::Relaxed))?;
    anyhow::ensure!(cuts >= CONNECTIONS / servers.len() * servers.len(), "only {cuts} connections were cut");
    let count = servers.len();
    let said = tokio::task::spawn_blocking(move || said(&given, count)).await??;
    Ok(Times {
        said,
        last_served: at(&seen.served).saturating_sub(clicked).as_secs_f64(),
        last_open: at(&seen.cut).saturating_sub(clicked).as_secs_f64(),
    })
}

/// The order's paper.
const PAPER: &[u8] = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// An order that was given.
struct Given {
    exchange: Exchange,
    clicked: Duration,
    version: i64,
    at_us: i64,
}

/// Gives the order; the moment is that at which it was begun.
fn decide(store: Store, directory: &Path, system: &str, began: Instant) -> anyhow::Result<Given> {
    let ring = KeyDir::open(directory.join("keys"), false)?.ring()?;
    let exchange = Exchange::open(store, ring.clone())?;
    let documents = directory.join("journal.documents");
    std::fs::create_dir_all(&documents)?;
    let governance = Governance::open(
        exchange.clone(),
        ring,
        Blobs::folder(&documents)?,
        Rules::built_in()?,
        Calendar::built_in()?,
    )?;
    let order = Order {
        target: Target::System(system.to_owned()),
        action: HaltAction::Disconnect,
        reason: "rule_breach".to_owned(),
        number: "QĐ-1/2026".to_owned(),
        remedy_by: None,
    };
    let upload = Upload { kind: "order", name: "quyet-dinh.pdf", bytes: PAPER };
    let at_us = now_us()?;
    let clicked = began.elapsed();
    let (matter, _) = governance.order(&order, &[upload], Deed::of("bench", at_us, 0, ""))?;
    let Content::Halt(halt) = governance.content(&matter.id)? else {
        anyhow::bail!("the order has another content")
    };
    let version = halt.rules_version.context("the order names no version")?;
    Ok(Given { exchange, clicked, version, at_us })
}

/// What the servers say: seconds until the slowest of them judged by the order.
fn said(given: &Given, servers: usize) -> anyhow::Result<f64> {
    let reach = given.exchange.reach(given.version, given.at_us, now_us()?)?;
    anyhow::ensure!(reach.servers.len() == servers && reach.is_everywhere(), "not everywhere: {reach:?}");
    Ok(reach.slowest().context("no server says when")?.as_secs_f64())
}

fn now_us() -> anyhow::Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?)
}

/// One that calls without pause and comes again when it is cut.
struct Caller {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
    request: MakeRequest,
    number: usize,
    began: Instant,
    seen: Arc<Seen>,
}

impl Caller {
    async fn call(self) {
        let mut n = 0;
        let mut is_first = true;
        while !self.seen.stop.load(Ordering::Relaxed) {
            let Ok(mut client) = Client::connect(self.address, Arc::clone(&self.tls)).await else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            self.talk(&mut client, &mut n).await;
            // Later connections are refused at every call; they are nobody's right.
            if is_first && !self.seen.stop.load(Ordering::Relaxed) {
                self.seen.cut.fetch_max(self.now(), Ordering::Relaxed);
                self.seen.cuts.fetch_add(1, Ordering::Relaxed);
                is_first = false;
            }
        }
    }

    /// Until the connection ends.
    async fn talk(&self, client: &mut Client, n: &mut u64) {
        while !self.seen.stop.load(Ordering::Relaxed) {
            *n += 1;
            match client.call(&(self.request)(self.number, *n)).await {
                Ok((200, _)) => {
                    self.seen.served.fetch_max(self.now(), Ordering::Relaxed);
                    self.seen.good.fetch_add(1, Ordering::Relaxed);
                }
                Ok(_) => {
                    self.seen.refused.fetch_add(1, Ordering::Relaxed);
                }
                Err(_) => return,
            }
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
