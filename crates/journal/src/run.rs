//! Runs of byte strings, each preceded by its length in two bytes, big-endian: the form of C2SP entry bundles, of any
//! number of pieces.
use crate::JournalError;

/// Appends a piece.
pub(crate) fn push(run: &mut Vec<u8>, piece: &[u8]) -> Result<(), JournalError> {
    let length = u16::try_from(piece.len()).map_err(|_| TOO_LONG)?;
    run.extend_from_slice(&length.to_be_bytes());
    run.extend_from_slice(piece);
    Ok(())
}

/// Appends a piece that is written in place, and gives it back to be looked at.
pub(crate) fn push_with(
    run: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), JournalError>,
) -> Result<&[u8], JournalError> {
    let start = run.len();
    run.extend_from_slice(&[0, 0]);
    write(run)?;
    let (head, piece) = run.get_mut(start..).and_then(<[u8]>::split_first_chunk_mut::<2>).ok_or(TOO_LONG)?;
    *head = u16::try_from(piece.len()).map_err(|_| TOO_LONG)?.to_be_bytes();
    Ok(piece)
}

/// The pieces of a run; `None` once for what is cut off.
pub(crate) fn pieces(mut run: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    std::iter::from_fn(move || {
        if run.is_empty() {
            return None;
        }
        let piece = run
            .split_first_chunk()
            .and_then(|(length, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*length))));
        let (piece, rest) = piece.map_or((None, [].as_slice()), |(piece, rest)| (Some(piece), rest));
        run = rest;
        Some(piece)
    })
}

/// All pieces of a run that must have so many.
pub(crate) fn exactly(run: &[u8], count: u64) -> Option<Vec<&[u8]>> {
    let pieces: Vec<_> = pieces(run).collect::<Option<_>>()?;
    (pieces.len() as u64 == count).then_some(pieces)
}

const TOO_LONG: JournalError = JournalError::Internal("an entry or its parts are longer than 65535 bytes");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_pushed_is_found(all: Vec<Vec<u8>>) {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            for piece in &all {
                push(&mut one, piece).unwrap();
                let seen = push_with(&mut other, |run| { run.extend_from_slice(piece); Ok(()) }).unwrap();
                prop_assert_eq!(seen, piece);
            }
            prop_assert_eq!(&one, &other);
            let found = exactly(&one, all.len() as u64).unwrap();
            prop_assert_eq!(found, all);
            prop_assert!(exactly(&one, one.len() as u64 + 1).is_none());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = pieces(&bytes).count();
        }
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert!(push(&mut Vec::new(), &vec![0; 65_536]).is_err());
        assert!(push(&mut Vec::new(), &vec![0; 65_535]).is_ok());
        assert_eq!(exactly(&[0, 2, 1], 1), None);
    }
}
