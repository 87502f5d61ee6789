//! Processor time of the two processes that share the machine's cores: the server and the load generator.
use anyhow::Context as _;
use std::time::Instant;

/// Ticks in a second of the times in `/proc/PID/stat`: `USER_HZ`, 100 on every Linux (proc(5)).
const TICKS: f64 = 100.0;

/// What two processes have used up so far.
pub(crate) struct Reading {
    at: Instant,
    server: f64,
    generator: f64,
}

/// What was used between two readings.
#[derive(Clone, Copy)]
pub(crate) struct Spent {
    /// Seconds of the clock
    pub(crate) seconds: f64,
    /// Seconds of processor time of the server
    pub(crate) server: f64,
    /// Seconds of processor time of the load generator
    pub(crate) generator: f64,
}

impl Reading {
    /// Reads both, the server by its process id.
    pub(crate) fn take(server: u32) -> anyhow::Result<Self> {
        Ok(Self {
            at: Instant::now(),
            server: used(&server.to_string()).context("time of the server")?,
            generator: used("self").context("time of the load generator")?,
        })
    }

    /// From this reading to now.
    pub(crate) fn spent(&self, server: u32) -> anyhow::Result<Spent> {
        let now = Self::take(server)?;
        Ok(Spent {
            seconds: now.at.duration_since(self.at).as_secs_f64(),
            server: now.server - self.server,
            generator: now.generator - self.generator,
        })
    }
}

impl Spent {
    /// Share of the load generator in the processor time of both.
    pub(crate) fn generator_share(self) -> f64 {
        let both = self.server + self.generator;
        if both > 0.0 { self.generator / both } else { 0.0 }
    }

    /// Cores that both kept busy.
    pub(crate) fn cores(self) -> f64 {
        (self.server + self.generator) / self.seconds
    }
}

/// Seconds in user and in kernel mode, of all threads, the ended ones too.
fn used(process: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold anything; after it, user time is the twelfth field and kernel time the next.
    let fields = stat.rsplit_once(')').context("no name in stat")?.1;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}
