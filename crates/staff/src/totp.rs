//! Codes of an authenticator: RFC 6238 over RFC 4226, in the form that all of them know: SHA-1, six digits, 30 seconds.
//! SHA-1 here is the inner hash of an HMAC with a random key; its collisions do not matter for that (RFC 6238, 1.2).
use aws_lc_rs::hmac;
use dancu_keys::Secret;
use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// Bytes of a key: the length of the hash (RFC 4226, 4, R6).
pub const KEY_BYTES: usize = 20;
const STEP_US: i64 = 30_000_000;
const DIGITS: usize = 6;
/// RFC 3986, unreserved characters stay.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The step of a moment.
pub fn step(now_us: i64) -> i64 {
    now_us.div_euclid(STEP_US)
}

/// The code of a step: six digits. None for a step before 1970.
pub fn code(key: &Secret, step: i64) -> Option<String> {
    let counter = u64::try_from(step).ok()?.to_be_bytes();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.expose());
    let tag = hmac::sign(&key, &counter);
    let tag = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say where the number begins.
    let at = usize::from(tag.last()? & 0x0f);
    let number = tag.get(at..)?.first_chunk::<4>()?;
    let number = (u32::from_be_bytes(*number) & 0x7fff_ffff) % 1_000_000;
    Some(format!("{number:0DIGITS$}"))
}

/// The step whose code this is: of those around now that are later than the last one taken. Every candidate is compared, each
/// in constant time.
pub fn matching(key: &Secret, given: &str, last: i64, skew: u16, now_us: i64) -> Option<i64> {
    let given = Secret::new(given.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>());
    let now = step(now_us);
    let mut found = None;
    for step in now - i64::from(skew)..=now + i64::from(skew) {
        let fits = code(key, step).is_some_and(|code| Secret::new(code) == given);
        if fits && step > last && found.is_none() {
            found = Some(step);
        }
    }
    found
}

/// The key as people type it into an authenticator: base32.
pub fn typed(key: &Secret) -> Secret {
    Secret::new(BASE32_NOPAD.encode(key.expose()))
}

/// The address that authenticators read from a QR image (Google's "Key URI Format").
pub fn uri(key: &Secret, issuer: &str, login: &str) -> Secret {
    let (issuer, login) = (utf8_percent_encode(issuer, &ENCODED), utf8_percent_encode(login, &ENCODED));
    let key = Zeroizing::new(BASE32_NOPAD.encode(key.expose()));
    Secret::new(format!(
        "otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
        key.as_str()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn key() -> Secret {
        Secret::new(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, the rows of SHA-1: eight digits there, of which six are the last.
    #[test]
    fn vectors_of_the_rfc() {
        for (seconds, digits) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let code = code(&key(), step(seconds * 1_000_000)).unwrap();
            assert_eq!(code, digits[2..], "{seconds}");
        }
    }

    /// RFC 4226, appendix D.
    #[test]
    fn vectors_of_hotp() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
            "520489",
        ];
        for (count, expected) in codes.into_iter().enumerate() {
            assert_eq!(code(&key(), i64::try_from(count).unwrap()).unwrap(), expected);
        }
    }

    /// Another's program, for keys and times of its own choice.
    #[test]
    fn oathtool_says_the_same() {
        for round in 0_u8..8 {
            let key = Secret::new([round.wrapping_mul(37) ^ 0x5a; KEY_BYTES]);
            let seconds = 1_790_000_000 + i64::from(round) * 7_654_321;
            let typed = typed(&key);
            let output = Command::new("oathtool")
                .args(["--totp", "--base32", "--now", &format!("@{seconds}"), typed.expose_str().unwrap()])
                .output()
                .expect("oathtool is installed: tools/setup all");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let theirs = String::from_utf8(output.stdout).unwrap();
            assert_eq!(code(&key, step(seconds * 1_000_000)).unwrap(), theirs.trim(), "round {round}");
        }
    }

    #[test]
    fn a_code_counts_in_its_step_and_the_next_and_once() {
        let now_us = 1_790_000_015_000_000;
        let now = step(now_us);
        let given = code(&key(), now).unwrap();
        let at = |shift: i64, last| matching(&key(), &given, last, 1, now_us + shift * STEP_US);
        assert_eq!(at(0, -1), Some(now));
        assert_eq!(at(1, -1), Some(now), "a slow typist");
        assert_eq!(at(-1, -1), Some(now), "a fast clock");
        assert_eq!(at(2, -1), None);
        assert_eq!(at(-2, -1), None);
        assert_eq!(at(0, now), None, "taken before");
        assert_eq!(at(0, now - 1), Some(now));
        assert_eq!(matching(&key(), &format!("{} {}", &given[..3], &given[3..]), -1, 1, now_us), Some(now));
        for wrong in ["", "000000", &given[..5], &format!("{given}0")] {
            assert_eq!(matching(&key(), wrong, -1, 1, now_us), None, "{wrong}");
        }
    }

    #[test]
    fn the_address_is_what_authenticators_read() {
        let uri = uri(&key(), "dancu: quản trị", "nguyễn@a b");
        assert_eq!(
            uri.expose_str().unwrap(),
            "otpauth://totp/dancu%3A%20qu%E1%BA%A3n%20tr%E1%BB%8B:nguy%E1%BB%85n%40a%20b?secret=\
             GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=dancu%3A%20qu%E1%BA%A3n%20tr%E1%BB%8B\
             &algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(step(-1), -1);
        assert_eq!(code(&key(), -1), None);
    }
}
