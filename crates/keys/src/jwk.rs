//! Public keys as JSON (RFC 7517, RFC 8037), and their thumbprints (RFC 7638).
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    /// `OKP` or `EC`
    pub kty: String,
    /// `Ed25519` or `P-256`
    pub crv: String,
    /// First coordinate, base64url
    pub x: String,
    /// Second coordinate, for `EC`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Thumbprint (RFC 7638) of this key
    #[serde(default)]
    pub kid: String,
    /// `EdDSA` or `ES256`
    #[serde(default)]
    pub alg: String,
    /// `sig`
    #[serde(default, rename = "use")]
    pub usage: String,
}

/// A set of public keys, as served at the JWKS address: the key that signs first, retired ones after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwks {
    /// The keys
    pub keys: Vec<Jwk>,
}

impl Jwk {
    pub(crate) fn ed25519(public: &[u8]) -> Self {
        let x = URL_SAFE_NO_PAD.encode(public);
        Self::with_kid(Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x,
            y: None,
            kid: String::new(),
            alg: "EdDSA".into(),
            usage: "sig".into(),
        })
    }

    /// From an uncompressed point: 4, then x and y of 32 bytes each.
    pub(crate) fn p256(point: &[u8]) -> Option<Self> {
        let (x, y) = (point.get(1..33)?, point.get(33..65)?);
        Some(Self::with_kid(Self {
            kty: "EC".into(),
            crv: "P-256".into(),
            x: URL_SAFE_NO_PAD.encode(x),
            y: Some(URL_SAFE_NO_PAD.encode(y)),
            kid: String::new(),
            alg: "ES256".into(),
            usage: "sig".into(),
        }))
    }

    fn with_kid(mut self) -> Self {
        self.kid = self.thumbprint();
        self
    }

    /// SHA-256 over the required members in lexicographic order (RFC 7638, section 3), base64url.
    pub fn thumbprint(&self) -> String {
        let Self { kty, crv, x, .. } = self;
        let canonical = match &self.y {
            Some(y) => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#),
            None => format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}"}}"#),
        };
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
    }

    /// The key's bytes: 32 for `Ed25519`, an uncompressed point for `P-256`.
    pub(crate) fn public_bytes(&self) -> Option<Vec<u8>> {
        let x = URL_SAFE_NO_PAD.decode(&self.x).ok().filter(|x| x.len() == 32)?;
        match (self.kty.as_str(), self.crv.as_str(), &self.y) {
            ("OKP", "Ed25519", None) => Some(x),
            ("EC", "P-256", Some(y)) => {
                let y = URL_SAFE_NO_PAD.decode(y).ok().filter(|y| y.len() == 32)?;
                Some([&[4][..], &x, &y].concat())
            }
            _ => None,
        }
    }
}

impl Jwks {
    /// The key of this id.
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_of_rfc_8037_appendix_a_3() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = Jwk::ed25519(&URL_SAFE_NO_PAD.decode(x).unwrap());
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(key.x, x);
    }
}
