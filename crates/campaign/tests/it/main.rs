//! Accounts in bulk, on every engine.
#[cfg(test)]
mod departures;
#[cfg(test)]
mod idle;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod quotas;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod world;
