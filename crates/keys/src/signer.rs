//! The key that signs answers.
use crate::{Jwk, Jwks, KeyError, Secret, SignedEntry};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::io::Write as _;

/// A signature algorithm of JOSE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519, named `EdDSA` (RFC 8037)
    #[default]
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518)
    Es256,
}

impl Algorithm {
    /// Name in JOSE
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// From its name in JOSE, or from `Ed25519`, the name of the curve that RFC 9864 gives the algorithm too
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

/// Bytes that the changing end of a protected header usually has.
const TAIL: usize = 160;

/// Signs answers, and names the public keys that verify them.
pub struct Signer {
    pair: Pair,
    jwk: Jwk,
    retired: Vec<Jwk>,
    /// The header up to the time, already base64url but for the bytes that do not fill a group of three.
    head: String,
    rest: Vec<u8>,
}

enum Pair {
    EdDsa(Ed25519KeyPair),
    Es256(Box<EcdsaKeyPair>, SystemRandom),
}

impl Signer {
    /// A new key, as PKCS#8.
    pub fn generate(algorithm: Algorithm) -> Result<Secret, KeyError> {
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
            Algorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random),
        };
        let document = document.map_err(|_| KeyError::Crypto("make a signing key"))?;
        Ok(Secret::new(document.as_ref()))
    }

    /// From PKCS#8, and the public keys of signers before this one.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &Secret, retired: Vec<Jwk>) -> Result<Self, KeyError> {
        let refused = |_| KeyError::Crypto("read a signing key");
        let (pair, jwk) = match algorithm {
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(pkcs8.expose()).map_err(refused)?;
                let jwk = Jwk::ed25519(pair.public_key().as_ref());
                (Pair::EdDsa(pair), jwk)
            }
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose());
                let pair = pair.map_err(refused)?;
                let jwk =
                    Jwk::p256(pair.public_key().as_ref()).ok_or(KeyError::Crypto("read a public key"))?;
                (Pair::Es256(Box::new(pair), SystemRandom::new()), jwk)
            }
        };
        let header = format!(
            r#"{{"alg":"{}","b64":false,"crit":["b64"],"kid":"{}","iat":"#,
            algorithm.name(),
            jwk.kid
        );
        let (whole, rest) = header.as_bytes().split_at(header.len() / 3 * 3);
        let (head, rest) = (URL_SAFE_NO_PAD.encode(whole), rest.to_vec());
        Ok(Self { pair, jwk, retired, head, rest })
    }

    /// Thumbprint of the key (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.jwk.kid
    }

    /// The public key.
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The public key and the retired ones, which still verify what they signed.
    pub fn jwks(&self) -> Jwks {
        let mut keys = vec![self.jwk.clone()];
        keys.extend(self.retired.iter().cloned());
        Jwks { keys }
    }

    /// A detached JWS (`header..signature`) over the payload's bytes, its journal entry, and the time in seconds since
    /// 1970 UTC. Without an entry it says that none exists: only a refusal may be so.
    pub fn sign_detached(
        &self,
        payload: &[u8],
        entry: Option<&SignedEntry<'_>>,
        time_s: i64,
    ) -> Result<String, KeyError> {
        let mut tail = Vec::with_capacity(TAIL);
        tail.extend_from_slice(&self.rest);
        let written = write!(tail, "{time_s}").and_then(|()| match entry {
            Some(entry) => entry.write_members(&mut tail),
            None => Ok(()),
        });
        written.map_err(|_| KeyError::Crypto("write a protected header"))?;
        tail.push(b'}');

        let mut jws = String::with_capacity(self.head.len() + TAIL * 2 + 90);
        jws.push_str(&self.head);
        URL_SAFE_NO_PAD.encode_string(&tail, &mut jws);
        let mut input = Vec::with_capacity(jws.len() + 1 + payload.len());
        input.extend_from_slice(jws.as_bytes());
        input.push(b'.');
        input.extend_from_slice(payload);

        jws.push_str("..");
        URL_SAFE_NO_PAD.encode_string(self.sign(&input)?, &mut jws);
        Ok(jws)
    }

    /// A bare signature: 64 bytes, for ES256 as `r || s`.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        let refused = |_| KeyError::Crypto("sign");
        let signature = match &self.pair {
            Pair::EdDsa(pair) => pair.try_sign(message).map_err(refused)?,
            Pair::Es256(pair, random) => pair.sign(random, message).map_err(refused)?,
        };
        signature.as_ref().try_into().map_err(|_| KeyError::Crypto("sign"))
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Signer").field("kid", &self.jwk.kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{VerifyError, verify_detached};
    use proptest::prelude::*;

    fn signer(algorithm: Algorithm) -> Signer {
        Signer::from_pkcs8(algorithm, &Signer::generate(algorithm).unwrap(), vec![]).unwrap()
    }

    fn entry(index: u64) -> SignedEntry<'static> {
        SignedEntry { index, leaf: &[0xff; 32], log: "dancu.example.vn" }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn verifies_what_it_signed(payload: Vec<u8>, index: u64, leaf: [u8; 32], log: String, time: i64, es: bool) {
            let signer = signer(if es { Algorithm::Es256 } else { Algorithm::EdDsa });
            let jws = signer.sign_detached(&payload, Some(&SignedEntry { index, leaf: &leaf, log: &log }), time).unwrap();
            let header = verify_detached(&jws, &payload, signer.jwk()).unwrap();
            prop_assert_eq!((header.iat, &*header.kid), (time, signer.kid()));
            prop_assert_eq!((header.journal, header.leaf_hash(), header.log), (Some(index), Some(leaf), Some(log)));
            let mut other = payload.clone();
            other.push(0);
            prop_assert_eq!(verify_detached(&jws, &other, signer.jwk()), Err(VerifyError::Signature));
        }
    }

    #[test]
    fn header_is_bound() {
        let signer = signer(Algorithm::EdDsa);
        let (one, two) = (
            signer.sign_detached(b"x", Some(&entry(1)), 7).unwrap(),
            signer.sign_detached(b"x", Some(&entry(2)), 7).unwrap(),
        );
        let mixed = format!("{}..{}", one.split_once("..").unwrap().0, two.split_once("..").unwrap().1);
        assert_eq!(verify_detached(&mixed, b"x", signer.jwk()), Err(VerifyError::Signature));
    }

    #[test]
    fn wrong_keys_and_headers_are_refused() {
        let signer = signer(Algorithm::EdDsa);
        let jws = signer.sign_detached(b"x", Some(&entry(1)), 7).unwrap();
        for other in [Algorithm::EdDsa, Algorithm::Es256] {
            let other = self::signer(other);
            assert_eq!(verify_detached(&jws, b"x", other.jwk()), Err(VerifyError::Key));
        }
        assert_eq!(verify_detached("a.b.c", b"x", signer.jwk()), Err(VerifyError::Form));
        let crit = format!(
            r#"{{"alg":"EdDSA","b64":false,"crit":["b64","exp"],"kid":"{}","iat":1,"journal":1}}"#,
            signer.kid()
        );
        let head = URL_SAFE_NO_PAD.encode(crit);
        let signature = signer.sign(format!("{head}.x").as_bytes()).unwrap();
        let jws = format!("{head}..{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(verify_detached(&jws, b"x", signer.jwk()), Err(VerifyError::Header));
    }

    #[test]
    fn header_reads_as_documented() {
        let signer = signer(Algorithm::EdDsa);
        let jws = signer.sign_detached(b"x", Some(&entry(12)), 1_763_620_000).unwrap();
        let header = URL_SAFE_NO_PAD.decode(jws.split_once("..").unwrap().0).unwrap();
        let expected = format!(
            r#"{{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"{}","iat":1763620000,"journal":12,"leaf":"{}","log":"dancu.example.vn"}}"#,
            signer.kid(),
            "_".repeat(42) + "8"
        );
        assert_eq!(String::from_utf8(header).unwrap(), expected);
    }
}
