//! The decision as a whole, by its public API.
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reasons;
#[cfg(test)]
mod scene;
