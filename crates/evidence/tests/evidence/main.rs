//! Evidence files over published journals on every engine, and what is done to them.
#![expect(clippy::unwrap_used, reason = "a test that goes wrong shall stop")]

mod kept;
mod made;
mod scene;
mod tampered;
