//! Time as a parameter: the roof gives the real clock, tests give one they decide.

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn now_us(&self) -> i64;
}
