//! The feed against receivers of every temper, on both engines.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that goes wrong shall stop")]

mod collector;
mod delivery;
mod pulling;
mod rsyslog;
mod scene;
mod servers;
