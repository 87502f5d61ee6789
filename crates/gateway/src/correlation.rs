//! The correlation id: what a caller quotes when it asks about an answer.
use std::fmt;

/// A UUID version 7 (RFC 9562 section 5.7): its time orders it, its randomness makes it unguessable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Correlation(pub [u8; 16]);

impl Correlation {
    /// With fresh randomness.
    pub fn random(now_us: i64) -> Self {
        let mut random = [0; 10];
        // Without randomness the id is guessable but still unique enough to quote: time and a fixed tail.
        let _ = aws_lc_rs::rand::fill(&mut random);
        Self::new(now_us, random)
    }

    /// From the time and ten random bytes.
    pub fn new(now_us: i64, random: [u8; 10]) -> Self {
        let mut id = [0; 16];
        let (time, rest) = id.split_at_mut(6);
        time.copy_from_slice(now_us.div_euclid(1000).to_be_bytes().get(2..).unwrap_or(&[0; 6]));
        rest.copy_from_slice(&random);
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut id;
        *version = (*version & 0x0f) | 0x70;
        *variant = (*variant & 0x3f) | 0x80;
        Self(id)
    }
}

impl fmt::Display for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Written at once: every answer says it twice.
        let mut digits = [0; 32];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        let mut text = [b'-'; 36];
        let (mut to, mut from) = (text.as_mut_slice(), digits.as_slice());
        for length in [8, 4, 4, 4, 12] {
            let (part, rest) = from.split_at(length);
            let (place, after) = to.split_at_mut(length);
            place.copy_from_slice(part);
            from = rest;
            to = after.get_mut(1..).unwrap_or_default();
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Correlation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_version_seven_uuid_that_begins_with_the_time() {
        let id = Correlation::new(0x0199_0000_0001 * 1000, [0xff; 10]).to_string();
        assert_eq!(id, "01990000-0001-7fff-bfff-ffffffffffff");
    }
}
