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
        let hex = hex::encode(self.0);
        let mut rest = hex.as_str();
        for (i, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
            let (part, tail) = rest.split_at(length);
            write!(f, "{}{part}", if i == 0 { "" } else { "-" })?;
            rest = tail;
        }
        Ok(())
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
