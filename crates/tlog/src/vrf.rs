//! A hash that only the holder of a key can compute and everybody can check: ECVRF-EDWARDS25519-SHA512-TAI (RFC 9381 §5).
//!
//! On curve25519-dalek: what calls itself RFC 9381 elsewhere is unreviewed and stands on pre-releases, and the
//! standard's own procedures are short. They are followed section by section.
//!
//! Time depends on the input (§7.4), not on the key: the inputs are known to whoever computes and to nobody who measures.
use crate::Hash;
use aws_lc_rs::digest::{Context, SHA512};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::{Scalar, clamp_integer};
use curve25519_dalek::traits::{IsIdentity as _, VartimeMultiscalarMul as _};
use std::fmt::{self, Debug, Formatter};
use zeroize::{Zeroize as _, Zeroizing};

/// `suite_string` of ECVRF-EDWARDS25519-SHA512-TAI (§5.5).
const SUITE: u8 = 3;

/// Length of a proof in bytes: a point, a challenge of 16 bytes, a scalar (`ptLen + cLen + qLen`).
pub const PROOF_BYTES: usize = 80;

/// What the function gives for an input, `beta_string`: to its key's holder at once, to others with a proof.
pub type VrfOutput = [u8; 64];

/// Shows that an output is the right one, `pi_string`.
pub type VrfProof = [u8; PROOF_BYTES];

/// Why a key or a proof is refused. `verify` tells no more, because nothing follows from more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VrfRefused {
    /// not a point, not written as it must be, or of small order (§5.4.5)
    #[error("the key of the VRF is not valid")]
    Key,
    /// not the proof of this key for this input
    #[error("the proof of the VRF does not verify")]
    Proof,
}

/// The secret key.
pub struct VrfSecret {
    scalar: Scalar,
    nonce_key: Zeroizing<[u8; 32]>,
    public: VrfPublic,
}

/// The public key, validated (§5.4.5).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VrfPublic {
    point: EdwardsPoint,
    bytes: [u8; 32],
}

impl VrfSecret {
    /// The key that 32 random, secret bytes give, as for Ed25519 (RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let expanded = Zeroizing::new(sha512(&[seed]));
        let (low, high) = halves(&expanded);
        let scalar = Scalar::from_bytes_mod_order(clamp_integer(low));
        let point = EdwardsPoint::mul_base(&scalar);
        let public = VrfPublic { point, bytes: point.compress().to_bytes() };
        Self { scalar, nonce_key: Zeroizing::new(high), public }
    }

    /// The public half.
    pub fn public(&self) -> &VrfPublic {
        &self.public
    }

    /// The output for an input, without a proof: some five times faster than [`VrfSecret::prove`].
    pub fn output(&self, alpha: &[u8]) -> VrfOutput {
        output_of(&(self.public.encode_to_curve(alpha) * self.scalar))
    }

    /// `ECVRF_prove` (§5.1): the output for an input, and the proof that it is.
    pub fn prove(&self, alpha: &[u8]) -> (VrfOutput, VrfProof) {
        let h = self.public.encode_to_curve(alpha);
        let gamma = h * self.scalar;
        // §5.4.2.2, as in RFC 8032: the nonce is a hash, so that no bad randomness can give the key away.
        let h_string = h.compress().to_bytes();
        let mut nonce = Scalar::from_bytes_mod_order_wide(&sha512(&[self.nonce_key.as_slice(), &h_string]));
        let c = challenge(&self.public, [&h, &gamma, &EdwardsPoint::mul_base(&nonce), &(h * nonce)]);
        let s = nonce + scalar_of(c) * self.scalar;
        nonce.zeroize();
        let mut proof = [0; PROOF_BYTES];
        let parts = gamma.compress().to_bytes().into_iter().chain(c).chain(s.to_bytes());
        proof.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
        (output_of(&gamma), proof)
    }
}

impl Drop for VrfSecret {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl Debug for VrfSecret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "VrfSecret({:?}, private)", self.public)
    }
}

impl VrfPublic {
    /// A key from its 32 bytes, validated (§5.4.5): one with which no two outputs for an input can be proved.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VrfRefused> {
        let point = point_of(bytes).filter(|point| !point.is_small_order()).ok_or(VrfRefused::Key)?;
        Ok(Self { point, bytes: *bytes })
    }

    /// The key's 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// `ECVRF_verify` (§5.3): the output for an input, if the proof proves it.
    pub fn verify(&self, alpha: &[u8], proof: &[u8]) -> Result<VrfOutput, VrfRefused> {
        let (gamma, c, s) = decode_proof(proof).ok_or(VrfRefused::Proof)?;
        let at_input = self.encode_to_curve(alpha);
        let minus_c = -scalar_of(c);
        let base_nonce = EdwardsPoint::vartime_double_scalar_mul_basepoint(&minus_c, &self.point, &s);
        let input_nonce = EdwardsPoint::vartime_multiscalar_mul([s, minus_c], [at_input, gamma]);
        let expected = challenge(self, [&at_input, &gamma, &base_nonce, &input_nonce]);
        if expected == c { Ok(output_of(&gamma)) } else { Err(VrfRefused::Proof) }
    }

    /// `ECVRF_encode_to_curve_try_and_increment` (§5.4.1.1), with the public key as salt.
    fn encode_to_curve(&self, alpha: &[u8]) -> EdwardsPoint {
        // Every second try succeeds; that all 256 fail does not happen.
        let tries = (0..=u8::MAX).filter_map(|counter| {
            let hash = sha512(&[&[SUITE, 1], &self.bytes, alpha, &[counter, 0]]);
            Some(point_of(&halves(&hash).0)?.mul_by_cofactor())
        });
        tries.into_iter().find(|point| !point.is_identity()).unwrap_or_default()
    }
}

impl Debug for VrfPublic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("VrfPublic(")?;
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// The place of an output in the map of chain heads: its first 32 bytes (`docs/journal-format.md`).
pub fn map_key(output: &VrfOutput) -> Hash {
    halves(output).0
}

/// `ECVRF_decode_proof` (§5.4.4): Gamma, c, s.
fn decode_proof(proof: &[u8]) -> Option<(EdwardsPoint, [u8; 16], Scalar)> {
    let (gamma, rest) = proof.split_first_chunk::<32>()?;
    let (c, s) = rest.split_first_chunk::<16>()?;
    let s = Option::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
    Some((point_of(gamma)?, *c, s))
}

/// `string_to_point` as RFC 8032 §5.1.3 has it: the library also takes y above the prime, and minus zero for x.
fn point_of(bytes: &[u8; 32]) -> Option<EdwardsPoint> {
    let compressed = CompressedEdwardsY(*bytes);
    compressed.decompress().filter(|point| point.compress() == compressed)
}

/// `ECVRF_challenge_generation` (§5.4.3) over the key, H, Gamma, U and V.
fn challenge(key: &VrfPublic, points: [&EdwardsPoint; 4]) -> [u8; 16] {
    let points = EdwardsPoint::compress_batch(&points.map(|point| *point));
    let points = points.map(|point| point.to_bytes()).concat();
    let hash = sha512(&[&[SUITE, 2], &key.bytes, &points, &[0]]);
    hash.first_chunk().copied().unwrap_or_default()
}

/// The challenge as a number, little-endian.
fn scalar_of(c: [u8; 16]) -> Scalar {
    Scalar::from(u128::from_le_bytes(c))
}

/// `ECVRF_proof_to_hash` (§5.2).
fn output_of(gamma: &EdwardsPoint) -> VrfOutput {
    sha512(&[&[SUITE, 3], &gamma.mul_by_cofactor().compress().0, &[0]])
}

fn sha512(parts: &[&[u8]]) -> [u8; 64] {
    let mut context = Context::new(&SHA512);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 64];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

fn halves(bytes: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (low, high) = bytes.split_at(32);
    (low.try_into().unwrap_or_default(), high.try_into().unwrap_or_default())
}
