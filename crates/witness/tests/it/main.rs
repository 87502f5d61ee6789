//! The witness on both engines, over HTTP, killed, and raced; and the client that asks it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers outside of test functions fail tests by panicking"
)]

mod ask;
mod crash;
mod decide;
mod keep;
mod log;
mod stamps;
mod wire;

use dancu_storage::Store;
use dancu_tlog::note::{SignatureType, SignerKey};
use dancu_witness::{Clock, KnownLog, Witness};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// 2026-11-21T03:04:05.678901Z
const NOW_US: i64 = 1_795_230_245_678_901;
const ORIGIN: &str = "log.example/journal";

/// A clock that goes on by a second with each look.
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now_us(&self) -> i64 {
        self.0.fetch_add(1_000_000, Ordering::Relaxed)
    }
}

fn signer(name: &str, signature_type: SignatureType, seed: u8) -> SignerKey {
    SignerKey::from_seed(name, signature_type, &[seed; 32]).unwrap()
}

fn log_key() -> SignerKey {
    signer(ORIGIN, SignatureType::Ed25519, 1)
}

/// A witness with a key of its own.
fn witness(store: &Store, number: u8) -> Arc<Witness> {
    let key = signer(&format!("witness.example/{number}"), SignatureType::CosignatureV1, 100 + number);
    let known = KnownLog { origin: ORIGIN.to_owned(), keys: vec![log_key().verifier().clone()] };
    let clock = Arc::new(Ticking(AtomicI64::new(NOW_US)));
    Arc::new(Witness::open(store.clone(), key, vec![known], clock).unwrap())
}
