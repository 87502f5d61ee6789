//! The wire forms, from the outside.
#[cfg(test)]
mod bad_soap;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod qcvn109;
#[cfg(test)]
mod rest;
#[cfg(test)]
mod soap;
#[cfg(test)]
mod support;
