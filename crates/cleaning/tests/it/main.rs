//! Cleaning jobs, on every engine.
#![cfg(test)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod crash;
mod jobs;
mod reviews;
mod rotation;
mod telling;
mod world;
