//! How far a job is, with the time left: a line on a terminal, now and then one elsewhere.
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

pub(super) struct Progress {
    what: &'static str,
    total: u64,
    /// What was done before this run
    before: u64,
    began: Instant,
    told: Instant,
    every: Duration,
    terminal: bool,
}

impl Progress {
    pub(super) fn new(what: &'static str, total: u64, before: u64) -> Self {
        let (now, terminal) = (Instant::now(), std::io::stdout().is_terminal());
        let every = if terminal { Duration::from_millis(500) } else { Duration::from_secs(30) };
        Self { what, total, before, began: now, told: now, every, terminal }
    }

    /// Whether it is time to tell again.
    pub(super) fn is_due(&self) -> bool {
        self.told.elapsed() >= self.every
    }

    pub(super) fn at(&mut self, done: u64) {
        self.told = Instant::now();
        let spent = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let here = done.saturating_sub(self.before).max(1);
        let left = self.total.saturating_sub(done).saturating_mul(spent) / here / 1000;
        if self.terminal {
            print!("\r  {done} of {} {} · about {left} s left   ", self.total, self.what);
            let _ = std::io::stdout().flush();
        } else {
            println!("  {done} of {} {} · about {left} s left", self.total, self.what);
        }
    }

    pub(super) fn end(&self, done: u64) {
        let (start, spent) = (if self.terminal { "\r" } else { "" }, self.began.elapsed().as_secs_f64());
        println!("{start}  {done} {} in {spent:.1} s                         ", self.what);
    }
}
