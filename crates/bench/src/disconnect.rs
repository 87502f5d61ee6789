//! From the decision to disconnect a system to the last call of it that is served, under full load.
//!
//! The decision is made in another process than the servers, as a console's on another machine: they follow the store.
use crate::client::Client;
use crate::demo::{Demo, Start};
use crate::figures::Figure;
use crate::load::MakeRequest;
use dancu_exchange::Exchange;
use dancu_keys::KeyDir;
use dancu_policy::SystemState;
use dancu_storage::Store;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const CONNECTIONS: usize = 32;
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
        Figure::at_most("disconnect_two_servers_to_last_served_call", two.last_served, "s", AIM),
        Figure::at_most("disconnect_two_servers_to_last_open_connection", two.last_open, "s", AIM),
    ])
}

/// In a folder that is emptied, unless another server of the same store has been started in it.
fn start(name: &str, port: u16, postgres: Option<&str>) -> anyhow::Result<Start> {
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
    let (system, keys) = (servers[0].system(), servers[0].directory().join("keys"));
    let clicked = tokio::task::spawn_blocking(move || decide(store, &keys, &system, began)).await??;
    tokio::time::sleep(Duration::from_secs(3)).await;
    seen.stop.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await?;
    }
    let at = |what: &AtomicU64| Duration::from_micros(what.load(Ordering::Relaxed));
    anyhow::ensure!(seen.good.load(Ordering::Relaxed) > 1000, "there was no load");
    anyhow::ensure!(seen.refused.load(Ordering::Relaxed) > 0, "no call was refused");
    let cuts = usize::try_from(seen.cuts.load(Ordering::Relaxed))?;
    anyhow::ensure!(cuts >= CONNECTIONS / servers.len() * servers.len(), "only {cuts} connections were cut");
    Ok(Times {
        last_served: at(&seen.served).saturating_sub(clicked).as_secs_f64(),
        last_open: at(&seen.cut).saturating_sub(clicked).as_secs_f64(),
    })
}

/// Makes the decision; gives the moment at which it was begun.
fn decide(store: Store, keys: &PathBuf, system: &str, began: Instant) -> anyhow::Result<Duration> {
    let exchange = Exchange::open(store, KeyDir::open(keys, false)?.ring()?)?;
    let now_us = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
    let clicked = began.elapsed();
    exchange.set_system_state(system, SystemState::Disconnected, Some("bench"), i64::try_from(now_us)?)?;
    Ok(clicked)
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
