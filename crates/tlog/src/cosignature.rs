//! Cosignatures: a witness says that a checkpoint is consistent with all it has seen (C2SP tlog-cosignature, Ed25519).
use crate::checkpoint::SignedCheckpoint;
use crate::note::{NoteSignature, SignerKey, WrongType};

/// Why a checkpoint was not cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// the time does not fit into 63 bits
    #[error("the time of a cosignature must be below 2^63 seconds")]
    Time,
    /// the key is for another type of signature
    #[error(transparent)]
    WrongType(#[from] WrongType),
}

/// Signs that, at `time_s` seconds since the epoch, this was the largest consistent checkpoint the cosigner had seen of
/// its log. Only for a checkpoint that [`crate::witness::Witness::judge`] accepted and that is stored.
pub fn cosign(
    signer: &SignerKey,
    checkpoint: &SignedCheckpoint,
    time_s: u64,
) -> Result<NoteSignature, CosignError> {
    if i64::try_from(time_s).is_err() {
        return Err(CosignError::Time);
    }
    Ok(signer.cosign(checkpoint.note().text().as_bytes(), time_s)?)
}

/// What is signed: a header, the time, the text of the checkpoint ("Ed25519 signed message").
pub(crate) fn message(time_s: u64, text: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {time_s}\n").as_bytes(), text].concat()
}

/// `timestamped_signature` ("Format"): eight bytes of time, big-endian, and the Ed25519 signature.
pub(crate) fn join(time_s: u64, signature: &[u8]) -> Vec<u8> {
    [&time_s.to_be_bytes(), signature].concat()
}

/// The parts of a `timestamped_signature`; `None` for another length or a time of more than 63 bits.
pub(crate) fn split(signature: &[u8]) -> Option<(u64, &[u8; 64])> {
    let (time, signature) = signature.split_first_chunk()?;
    let time_s = u64::from_be_bytes(*time);
    i64::try_from(time_s).ok()?;
    Some((time_s, signature.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{join, split};

    #[test]
    fn a_signature_has_one_length_and_a_time_of_63_bits() {
        let largest = i64::MAX.unsigned_abs();
        assert_eq!(split(&join(largest, &[7; 64])), Some((largest, &[7; 64])));
        assert_eq!(split(&join(largest + 1, &[7; 64])), None);
        for length in [0, 63, 65] {
            assert_eq!(split(&join(1, &vec![7; length])), None);
        }
        assert_eq!(split(&[7; 7]), None);
    }
}
