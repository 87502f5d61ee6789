//! Which texts are paths.
use super::BlobError;

/// Longest path that every backend takes.
const MAX_BYTES: usize = 512;

/// Lets only paths through that mean the same in a folder and in a bucket, and lead nowhere else.
pub(super) fn check(path: &str) -> Result<&str, BlobError> {
    let ok = path.len() <= MAX_BYTES && path.split('/').all(is_part);
    if ok { Ok(path) } else { Err(BlobError::Path) }
}

fn is_part(part: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !part.is_empty() && !part.starts_with('.') && part.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn paths_lead_into_the_store_only() {
        for good in ["checkpoint", "tile/0/x001/067.p/8", "a-b/c_d", "x"] {
            assert_eq!(check(good), Ok(good));
        }
        let long = "a".repeat(513);
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.b", "a b", "a\\b", "a\0", "á", "a:b", &long,
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }
}
