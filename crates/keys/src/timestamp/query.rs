//! The question to an authority.
use super::asn1::{MessageImprint, TimeStampReq};
use crate::KeyError;
use aws_lc_rs::rand;
use der::Encode as _;
use der::asn1::Int;

/// A question to an authority about some data, with a nonce by which the answer is known to be fresh.
#[derive(Clone, Debug)]
pub struct Query {
    der: Vec<u8>,
    nonce: Int,
}

impl Query {
    /// Asks for a time stamp of the data by their SHA-256, with the authority's certificate in the answer.
    pub fn new(data: &[u8]) -> Result<Self, KeyError> {
        let mut nonce = [0_u8; 8];
        rand::fill(&mut nonce).map_err(|_| KeyError::Crypto("draw a nonce"))?;
        Self::with_nonce(data, nonce).map_err(|_| KeyError::Crypto("write a time-stamp request"))
    }

    fn with_nonce(data: &[u8], mut nonce: [u8; 8]) -> der::Result<Self> {
        // Positive, and of one length: the first byte is neither a sign nor a needless zero.
        if let Some(first) = nonce.first_mut() {
            *first = (*first & 0x7f) | 0x40;
        }
        let nonce = Int::new(&nonce)?;
        let request = TimeStampReq {
            version: 1,
            message_imprint: MessageImprint::of(data)?,
            req_policy: None,
            nonce: Some(nonce.clone()),
            cert_req: true,
            extensions: None,
        };
        Ok(Self { der: request.to_der()?, nonce })
    }

    /// The request as it is sent, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether an answer's nonce is this question's.
    pub(super) fn asked_with(&self, nonce: Option<&Int>) -> bool {
        nonce == Some(&self.nonce)
    }
}
