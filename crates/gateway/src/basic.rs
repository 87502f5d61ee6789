//! HTTP Basic (RFC 7617), in the two ways of the field: a password, or a hash made for each call.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu_catalogue::Code;
use http::HeaderMap;
use std::fmt;

/// What the headers of a call present; nothing is checked yet.
#[derive(Clone)]
pub struct BasicPair {
    /// User name of the system
    pub user: String,
    /// Password, or the hash of this call
    pub password: String,
    /// `Timestamp` header as sent: the hash covers these very characters
    pub timestamp: Option<String>,
}

impl fmt::Debug for BasicPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicPair").field("user", &self.user).finish_non_exhaustive()
    }
}

impl BasicPair {
    /// Reads `Authorization` and `Timestamp`.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Code> {
        let value = headers.get(http::header::AUTHORIZATION).ok_or(Code::CredentialsMissing)?;
        let text = value.to_str().map_err(|_| Code::CredentialsMalformed)?;
        let (scheme, encoded) = text.split_once(' ').ok_or(Code::CredentialsMalformed)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(Code::CredentialsMalformed);
        }
        let decoded = STANDARD.decode(encoded.trim()).map_err(|_| Code::CredentialsMalformed)?;
        let pair = String::from_utf8(decoded).map_err(|_| Code::CredentialsMalformed)?;
        let (user, password) = pair.split_once(':').ok_or(Code::CredentialsMalformed)?;
        let timestamp = match headers.get("timestamp") {
            Some(value) => Some(value.to_str().map_err(|_| Code::TimestampInvalid)?.to_owned()),
            None => None,
        };
        Ok(Self { user: user.to_owned(), password: password.to_owned(), timestamp })
    }
}

/// A `Timestamp` header in microseconds. Clients send milliseconds, one known client seconds; a number below
/// 10^11 would be the year 1973 in milliseconds, so it is seconds.
pub fn timestamp_us(text: &str) -> Option<i64> {
    if text.is_empty() || text.len() > 15 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    let scale = if number < 100_000_000_000 { 1_000_000 } else { 1_000 };
    number.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(authorization: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", authorization.parse().unwrap());
        headers
    }

    #[test]
    fn a_pair_is_read_and_a_password_may_hold_colons() {
        let pair = BasicPair::from_headers(&headers("basic aHRtYzphOmI=")).unwrap();
        assert_eq!((pair.user.as_str(), pair.password.as_str()), ("htmc", "a:b"));
        assert_eq!(pair.timestamp, None);
    }

    #[test]
    fn each_fault_has_its_code() {
        assert_eq!(BasicPair::from_headers(&HeaderMap::new()).unwrap_err(), Code::CredentialsMissing);
        for bad in ["Bearer x", "Basic", "Basic !!!", "Basic aHRtYw==", "Basic //8="] {
            assert_eq!(
                BasicPair::from_headers(&headers(bad)).unwrap_err(),
                Code::CredentialsMalformed,
                "{bad}"
            );
        }
    }

    #[test]
    fn milliseconds_and_seconds_mean_the_same_moment() {
        assert_eq!(timestamp_us("1763620000123"), Some(1_763_620_000_123_000));
        assert_eq!(timestamp_us("1763620000"), Some(1_763_620_000_000_000));
        for bad in ["", "-1", "1.5", "abc", "1234567890123456"] {
            assert_eq!(timestamp_us(bad), None, "{bad}");
        }
    }
}
