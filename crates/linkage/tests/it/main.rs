//! The engine against the truth, and the cases that must come out right.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod cases;
mod damaged;
mod household;
mod nation;
mod quality;
