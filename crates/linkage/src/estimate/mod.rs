//! Estimation of a model's figures; for a desk, not for a road: it reckons with floating point.
mod em;
mod figures;

pub use em::{LEVELS, Pair, Shares, estimate};
pub use figures::{Estimate, figures};
