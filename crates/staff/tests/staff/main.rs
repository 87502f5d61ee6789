//! The people who administer, on every engine.
#[cfg(test)]
mod accounts;
#[cfg(test)]
mod emergency;
#[cfg(test)]
mod house;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod passkeys;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod signing_in;
