#![doc = include_str!("../README.md")]

pub mod authenticate;
mod basic;
mod clock;
pub mod codec;
mod consult;
mod correlation;
pub mod deed;
pub mod door;
mod enrolment;
mod entry;
mod evidence;
mod examine;
mod freshness;
mod guard;
mod limits;
mod metrics;
mod repeat;
mod reply;
pub mod road;
pub mod routes;
mod sandbox;
mod search;
mod uses;

pub use basic::{BasicPair, timestamp_us};
pub use clock::{Clock, vietnam_day};
pub use correlation::Correlation;
pub use enrolment::Enrolment;
pub use evidence::{Evidence, Prove};
pub use examine::{Examination, Order};
pub use freshness::Freshness;
pub use guard::Guard;
pub use limits::{CallLimits, Place, Turnstile};
pub use metrics::RoadMetrics;
pub use road::{Call, Reply, Road};
pub use sandbox::{Sandbox, TestCall, TestRecord};
pub use search::{Found, Ground};
pub use uses::Uses;

use aws_lc_rs::digest;

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// What a certificate is registered by: SHA-256 over its DER form.
pub fn fingerprint(der: &[u8]) -> [u8; 32] {
    sha256(der)
}

/// The hash that a client sends as the password of one call.
pub fn per_call_hash(service_url: &str, user: &str, timestamp: &str, secret: &str) -> String {
    dancu_keys::percall::expected(service_url, user, timestamp, &dancu_keys::Secret::new(secret.as_bytes()))
}
