//! Injected collisions, so that tests prove that every transaction may run twice.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::StoreError;

/// Decides by seed and by count, so that a run with one thread repeats exactly.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    rate_per_thousand: u64,
    asked: AtomicU64,
}

impl Faults {
    pub(crate) fn new(seed: u64, rate_per_thousand: u32) -> Self {
        Self { seed, rate_per_thousand: u64::from(rate_per_thousand), asked: AtomicU64::new(0) }
    }

    /// Fails at random, as an engine does that finds a collision.
    pub(crate) fn strike(&self, place: &'static str) -> Result<(), StoreError> {
        let count = self.asked.fetch_add(1, Ordering::Relaxed);
        if mix(self.seed ^ mix(count)) % 1000 < self.rate_per_thousand {
            return Err(StoreError::Serialization(format!("injected at {place}").into()));
        }
        Ok(())
    }
}

/// One step of `SplitMix64` (Steele, Lea, Flood 2014): spreads any number over 64 bits.
pub(crate) fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
