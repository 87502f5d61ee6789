//! Accounts in bulk, on every engine.
#[cfg(test)]
mod departures;
#[cfg(test)]
mod drives;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod idle;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod model;
#[cfg(test)]
mod quotas;
#[cfg(test)]
mod reviews;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod single;
#[cfg(test)]
mod world;
