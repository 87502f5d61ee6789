//! Closed-loop load: each connection sends its next request when the last answer has come.
use crate::client::Client;
use crate::cpu::{Reading, Spent};
use memchr::memmem;
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Makes the bytes of the n-th request of a connection.
pub(crate) type MakeRequest = Arc<dyn Fn(usize, u64) -> Vec<u8> + Send + Sync>;

/// What to do and for how long.
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    /// Process of the server, whose processor time is read
    pub(crate) server: u32,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) time: Duration,
    pub(crate) request: MakeRequest,
    /// Part of the body that every good answer has
    pub(crate) expect: &'static [u8],
}

/// What came of it.
pub(crate) struct Outcome {
    /// Good answers a second
    pub(crate) rate: f64,
    /// Answers that were not 200 or had not what was expected
    pub(crate) bad: u64,
    /// Processor time while it was counted
    pub(crate) spent: Spent,
    latencies_us: Vec<u32>,
}

impl Outcome {
    /// A quantile of the latency in milliseconds.
    pub(crate) fn quantile_ms(&self, thousandths: usize) -> f64 {
        let at = self.latencies_us.len().saturating_sub(1) * thousandths / 1000;
        f64::from(self.latencies_us.get(at).copied().unwrap_or_default()) / 1000.0
    }

    /// Microseconds of processor time for one good answer: of the server, and of the load generator.
    pub(crate) fn cpu_us(&self) -> (f64, f64) {
        let answers = self.latencies_us.len().max(1) as f64;
        (self.spent.server * 1e6 / answers, self.spent.generator * 1e6 / answers)
    }
}

/// So many calls over so many connections, to a server whose instructions somebody counts. Gives the answers that were not
/// as expected.
pub(crate) async fn count(
    (address, tls): (SocketAddr, Arc<ClientConfig>),
    (connections, calls): (usize, u64),
    request: MakeRequest,
    expect: &'static [u8],
) -> anyhow::Result<u64> {
    let mut workers = Vec::new();
    // Another run has other request ids.
    let run = std::process::id();
    for connection in 0..connections {
        let mut client = Client::connect(address, Arc::clone(&tls)).await?;
        let request = Arc::clone(&request);
        let mine = calls / connections as u64;
        workers.push(tokio::spawn(async move {
            let mut bad = 0_u64;
            for n in 0..mine {
                let bytes = request(connection, u64::from(run) * 1_000_000 + n);
                let (status, body) = client.call(&bytes).await?;
                bad += u64::from(status != 200 || memmem::find(body, expect).is_none());
            }
            anyhow::Ok(bad)
        }));
    }
    let mut bad = 0;
    for worker in workers {
        bad += worker.await??;
    }
    Ok(bad)
}

impl Load {
    pub(crate) async fn run(self) -> anyhow::Result<Outcome> {
        let (counting, stop) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut workers = Vec::new();
        for connection in 0..self.connections {
            let mut client = Client::connect(self.address, Arc::clone(&self.tls)).await?;
            let (request, expect) = (Arc::clone(&self.request), self.expect);
            let (counting, stop) = (Arc::clone(&counting), Arc::clone(&stop));
            workers.push(tokio::spawn(async move {
                let (mut latencies, mut bad, mut n) = (Vec::<u32>::with_capacity(100_000), 0_u64, 0_u64);
                while !stop.load(Ordering::Relaxed) {
                    let bytes = request(connection, n);
                    n += 1;
                    let began = Instant::now();
                    let (status, body) = client.call(&bytes).await?;
                    let took = began.elapsed();
                    let good = status == 200 && memmem::find(body, expect).is_some();
                    if !good {
                        bad += 1;
                    } else if counting.load(Ordering::Relaxed) {
                        latencies.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
                    }
                }
                anyhow::Ok((latencies, bad))
            }));
        }
        tokio::time::sleep(self.warm_up).await;
        counting.store(true, Ordering::Relaxed);
        let reading = Reading::take(self.server)?;
        tokio::time::sleep(self.time).await;
        let spent = reading.spent(self.server)?;
        stop.store(true, Ordering::Relaxed);
        let (mut latencies_us, mut bad) = (Vec::new(), 0);
        for worker in workers {
            let (l, b) = worker.await??;
            latencies_us.extend(l);
            bad += b;
        }
        latencies_us.sort_unstable();
        Ok(Outcome { rate: latencies_us.len() as f64 / spent.seconds, bad, spent, latencies_us })
    }
}
