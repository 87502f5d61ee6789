//! Who signs.
use super::SignError;
use super::certificate::Identity;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// An algorithm of signatures; the hash is SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 (RFC 5758 §3.2), the signature in DER
    EcdsaP256,
    /// RSA, PKCS #1 v1.5 (RFC 8017 §8.2)
    Rsa,
}

/// A key with its certificate.
pub trait SigningKey {
    /// Certificates in DER: the signer's, then those above it
    fn certificates(&self) -> &[Vec<u8>];
    /// How it signs
    fn algorithm(&self) -> Algorithm;
    /// Signs a message (not its hash)
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A key from PEM: PKCS#8, or PKCS#1 and SEC1 as older tools write it.
pub struct PemKey {
    certificates: Vec<Vec<u8>>,
    pair: Pair,
}

enum Pair {
    Ecdsa(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

impl PemKey {
    /// From the certificates (the signer's first) and the signer's key, which must belong together.
    pub fn new(certificates: &[u8], key: &[u8]) -> Result<Self, SignError> {
        let read = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
        let read = read.map_err(|_| SignError::Unusable("the certificate"))?;
        let certificates: Vec<Vec<u8>> = read.iter().map(|der| der.to_vec()).collect();
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| SignError::Unusable("the key"))?;
        let pair = Pair::read(&key).ok_or(SignError::Unusable("the key"))?;
        let certified = Identity::read(&certificates)?.public_key;
        let is_its_own = match &pair {
            Pair::Ecdsa(pair) => certified == pair.public_key().as_ref(),
            Pair::Rsa(pair) => certified == pair.public_key().as_ref(),
        };
        if is_its_own { Ok(Self { certificates, pair }) } else { Err(SignError::Mismatch) }
    }
}

impl Pair {
    fn read(key: &PrivateKeyDer<'_>) -> Option<Self> {
        let curve = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let ecdsa = match key {
            PrivateKeyDer::Pkcs8(der) => EcdsaKeyPair::from_pkcs8(curve, der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Sec1(der) => EcdsaKeyPair::from_private_key_der(curve, der.secret_sec1_der()).ok(),
            _ => None,
        };
        let rsa = match key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
            _ => None,
        };
        let ecdsa = ecdsa.map(|pair| Self::Ecdsa(Box::new(pair)));
        ecdsa.or(rsa.filter(|pair| pair.public_modulus_len() >= 256).map(|pair| Self::Rsa(Box::new(pair))))
    }
}

impl SigningKey for PemKey {
    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Ecdsa(_) => Algorithm::EcdsaP256,
            Pair::Rsa(_) => Algorithm::Rsa,
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let refused = |_| SignError::Refused("by the cryptographic library");
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ecdsa(pair) => Ok(pair.sign(&random, message).map_err(refused)?.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map_err(refused)?;
                Ok(signature)
            }
        }
    }
}
