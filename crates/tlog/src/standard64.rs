//! Standard base64 (RFC 4648 §4), padded, one way of writing each value.
use crate::Hash;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Refuses missing padding, line breaks and bits set after the end.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn decode_hash(text: &str) -> Option<Hash> {
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn one_way_of_writing_each_value() {
        assert_eq!(decode("AA=="), Some(vec![0]));
        for bad in ["AA", "AA=", "AB==", "AA==\n", " AA==", "A_==", "="] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
    }
}
