//! Secrets on their way, on every engine; envelopes are opened by openssl.
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod recipients;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod walks;
