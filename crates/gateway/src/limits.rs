//! What a caller may cost: calls in work, wrong passwords, bytes, time.
use dancu_catalogue::Code;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The limits of one server.
#[derive(Clone, Debug)]
pub struct CallLimits {
    /// Calls in work at once, all systems together
    pub calls: usize,
    /// Calls in work at once for one system
    pub calls_per_system: usize,
    /// Wrong credentials of one system in a minute
    pub failures_per_minute: u32,
    /// Refusals in a minute of an address that is no registered system's, journalled; further ones are only counted
    pub strangers_per_minute: u32,
    /// Bytes of a body
    pub body_bytes: usize,
    /// Bytes of request line and headers
    pub header_bytes: usize,
    /// Time for a body to arrive
    pub body_time: Duration,
}

/// Counts calls in work and wrong credentials.
#[derive(Debug)]
pub struct Turnstile {
    limits: CallLimits,
    closing: AtomicBool,
    all: Arc<AtomicUsize>,
    systems: Mutex<HashMap<String, Arc<AtomicUsize>>>,
    failures: Mutex<HashMap<String, Failures>>,
    strangers: Mutex<Strangers>,
}

/// Refused strangers of the current minute; forgotten with it, so that they cannot fill the memory.
#[derive(Debug, Default)]
struct Strangers {
    minute: i64,
    counts: HashMap<IpAddr, u32>,
}

#[derive(Debug)]
struct Failures {
    minute: i64,
    count: u32,
}

/// A place among the calls in work; it is given back when dropped.
#[derive(Debug)]
pub struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Turnstile {
    /// With these limits, open.
    pub fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            closing: AtomicBool::new(false),
            all: Arc::new(AtomicUsize::new(0)),
            systems: Mutex::new(HashMap::new()),
            failures: Mutex::new(HashMap::new()),
            strangers: Mutex::default(),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> &CallLimits {
        &self.limits
    }

    /// From now on every new call is refused with `SHUTTING_DOWN`.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// Whether new calls are refused.
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }

    /// Calls in work at this moment.
    pub fn inside(&self) -> usize {
        self.all.load(Ordering::Acquire)
    }

    /// A place among all calls.
    pub fn enter(&self) -> Result<Place, Code> {
        if self.is_closing() {
            return Err(Code::ShuttingDown);
        }
        take(&self.all, self.limits.calls).ok_or(Code::Overloaded)
    }

    /// A place among the calls of one system.
    pub fn enter_system(&self, system: &str) -> Result<Place, Code> {
        let counter = {
            let mut systems = self.systems.lock().unwrap_or_else(PoisonError::into_inner);
            match systems.get(system) {
                Some(counter) => Arc::clone(counter),
                None => Arc::clone(systems.entry(system.to_owned()).or_default()),
            }
        };
        take(&counter, self.limits.calls_per_system).ok_or(Code::TooManyRequests)
    }

    /// Counts a refused stranger; how many there were in this minute, once they are more than the journal takes. None is
    /// counted while too many addresses are remembered; the answer is then zero.
    pub fn flood(&self, address: IpAddr, now_us: i64) -> Option<u32> {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.minute != minute(now_us) {
            *strangers = Strangers { minute: minute(now_us), counts: HashMap::new() };
        }
        if strangers.counts.len() >= REMEMBERED {
            return Some(0);
        }
        let count = strangers.counts.entry(neighbourhood(address)).or_default();
        *count = count.saturating_add(1);
        Some(*count).filter(|count| *count > self.limits.strangers_per_minute)
    }

    /// Whether a system may still try credentials in this minute.
    pub fn may_try(&self, system: &str, now_us: i64) -> Result<(), Code> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.get(system) {
            Some(f) if f.minute == minute(now_us) && f.count >= self.limits.failures_per_minute => {
                Err(Code::TooManyRequests)
            }
            _ => Ok(()),
        }
    }

    /// Counts a try before it is made.
    pub fn attempt(&self, who: &str, now_us: i64) -> Result<(), Code> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, f| f.minute == minute(now_us));
        }
        let entry = failures.entry(who.to_owned()).or_insert(Failures { minute: 0, count: 0 });
        if entry.minute != minute(now_us) {
            *entry = Failures { minute: minute(now_us), count: 0 };
        }
        if entry.count >= self.limits.failures_per_minute {
            return Err(Code::TooManyRequests);
        }
        entry.count += 1;
        Ok(())
    }

    /// Gives a try back that was right.
    pub fn forgive(&self, who: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = failures.get_mut(who) {
            entry.count = entry.count.saturating_sub(1);
        }
    }
}

/// Callers whose tries are remembered before those of past minutes are forgotten.
const REMEMBERED: usize = 10_000;

/// An address, or the network of 64 bits that one IPv6 subscriber has.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::from((u128::from(v6) >> 64 << 64).to_be_bytes()),
    }
}

fn minute(now_us: i64) -> i64 {
    now_us.div_euclid(60_000_000)
}

fn take(counter: &Arc<AtomicUsize>, limit: usize) -> Option<Place> {
    let place = Place(Arc::clone(counter));
    if counter.fetch_add(1, Ordering::AcqRel) < limit { Some(place) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turnstile() -> Turnstile {
        Turnstile::new(CallLimits {
            calls: 3,
            calls_per_system: 2,
            failures_per_minute: 2,
            strangers_per_minute: 2,
            header_bytes: 1,
            body_bytes: 1,
            body_time: Duration::from_secs(1),
        })
    }

    #[test]
    fn places_are_given_back() {
        let t = turnstile();
        let a = t.enter_system("a").unwrap();
        let _b = t.enter_system("a").unwrap();
        assert_eq!(t.enter_system("a").unwrap_err(), Code::TooManyRequests);
        assert!(t.enter_system("b").is_ok(), "another system is not held up");
        drop(a);
        assert!(t.enter_system("a").is_ok());
    }

    #[test]
    fn the_whole_server_has_its_limit_and_its_end() {
        let t = turnstile();
        let places: Vec<_> = (0..3).map(|_| t.enter().unwrap()).collect();
        assert_eq!(t.enter().unwrap_err(), Code::Overloaded);
        drop(places);
        t.close();
        assert_eq!(t.enter().unwrap_err(), Code::ShuttingDown);
    }

    #[test]
    fn strangers_are_journalled_so_often_a_minute_and_no_more() {
        let t = turnstile();
        let (a, b) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        assert_eq!([0, 1, 2, 3].map(|now_us| t.flood(a, now_us)), [None, None, Some(3), Some(4)]);
        assert_eq!(t.flood(b, 4), None, "another address is not held up");
        assert_eq!(t.flood(a, 60_000_000), None);
    }

    #[test]
    fn wrong_credentials_stop_until_the_minute_is_over() {
        let t = turnstile();
        assert!(t.attempt("a", 0).is_ok());
        t.forgive("a");
        assert!(t.attempt("a", 0).is_ok());
        assert!(t.may_try("a", 1).is_ok());
        assert!(t.attempt("a", 2).is_ok());
        assert_eq!(t.attempt("a", 3), Err(Code::TooManyRequests));
        assert_eq!(t.may_try("a", 3), Err(Code::TooManyRequests));
        assert!(t.may_try("b", 3).is_ok());
        assert!(t.may_try("a", 60_000_000).is_ok());
    }
}
