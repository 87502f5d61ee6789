//! Random things: ids, tokens, passwords that are handed over.
use crate::StaffError;
use aws_lc_rs::rand;
use dancu_keys::Secret;
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

/// Letters and digits that are not taken for each other.
const PLAIN: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn fill(bytes: &mut [u8]) -> Result<(), StaffError> {
    rand::fill(bytes).map_err(|_| StaffError::Randomness)
}

/// An id: 32 hexadecimal digits.
pub(crate) fn id() -> Result<String, StaffError> {
    let mut bytes = [0_u8; 16];
    fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// A token of 256 bits, as text for a cookie: 43 characters of base64url.
pub(crate) fn token() -> Result<Secret, StaffError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    fill(&mut *bytes)?;
    Ok(Secret::new(BASE64URL_NOPAD.encode(&*bytes)))
}

/// A key of so many bytes.
pub(crate) fn key<const N: usize>() -> Result<Secret, StaffError> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    fill(&mut *bytes)?;
    Ok(Secret::new(bytes.to_vec()))
}

/// Groups of five characters of 5 bits each, for people to type.
pub(crate) fn words(groups: usize) -> Result<Secret, StaffError> {
    let mut text = Zeroizing::new(Vec::with_capacity(groups * 6));
    for group in 0..groups {
        if group > 0 {
            text.push(b'-');
        }
        let mut bytes = Zeroizing::new([0_u8; 5]);
        fill(&mut *bytes)?;
        text.extend(bytes.iter().filter_map(|byte| PLAIN.get(usize::from(byte % 32))));
    }
    Ok(Secret::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_is_another_and_has_its_form() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_ne!(a, b);
        assert_eq!(a.expose().len(), 43);
        let words = words(4).unwrap();
        let text = words.expose_str().unwrap();
        assert_eq!(text.len(), 23);
        assert!(text.split('-').all(|group| group.len() == 5 && group.bytes().all(|b| PLAIN.contains(&b))));
        assert_eq!(key::<20>().unwrap().expose().len(), 20);
        assert_ne!(id().unwrap(), id().unwrap());
    }
}
