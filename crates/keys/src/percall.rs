//! HTTP Basic with a hash per call, as clients of the live service send it:
//! lowercase hex of SHA-256 over service URL, user name, timestamp and secret, one after the other.
//!
//! The hash covers neither method nor body; the gateway accepts it only inside mutual TLS, within a time
//! window, with each request id once.
use crate::Secret;
use aws_lc_rs::digest;
use subtle::ConstantTimeEq as _;

/// The hash that a client with this secret sends.
///
/// `service_url` is the text configured at the client (a path or a whole URL), `timestamp` the text of the
/// `Timestamp` header as sent.
pub fn expected(service_url: &str, user: &str, timestamp: &str, secret: &Secret) -> String {
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(service_url.as_bytes());
    hash.update(user.as_bytes());
    hash.update(timestamp.as_bytes());
    hash.update(secret.expose());
    hex::encode(hash.finish())
}

/// Whether `given` is the expected hash, compared in constant time.
pub fn matches(service_url: &str, user: &str, timestamp: &str, secret: &Secret, given: &str) -> bool {
    expected(service_url, user, timestamp, secret).as_bytes().ct_eq(given.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "/dancu/1.0/xacthuc";
    const VECTOR: &str = "1796832fc1ad265abb2cdc69b275b7cb65222256f04594665994189df614c135";

    #[test]
    fn published_vector() {
        let secret = Secret::new(b"demo-secret-not-real".to_vec());
        assert_eq!(expected(URL, "htmc.thainguyen", "1763620000123", &secret), VECTOR);
        assert!(matches(URL, "htmc.thainguyen", "1763620000123", &secret, VECTOR));
        assert!(!matches(URL, "htmc.thainguyen", "1763620000124", &secret, VECTOR));
        assert!(!matches(URL, "htmc.thainguyen", "1763620000123", &secret, &VECTOR[1..]));
    }
}
