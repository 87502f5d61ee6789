//! Bytes of text files: UTF-8 and UTF-16, windows-1258, and the encodings of the years before Unicode.
use dancu_citizen::ClaimedName;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization as _;

/// The ways in which a file can be read, the likeliest first. A file that says what it is has one.
pub(super) fn decodings(bytes: &[u8]) -> Vec<String> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return vec![String::from_utf8_lossy(rest).into_owned()],
        [0xFF, 0xFE, ..] => return vec![UTF_16LE.decode_with_bom_removal(bytes).0.into_owned()],
        [0xFE, 0xFF, ..] => return vec![UTF_16BE.decode_with_bom_removal(bytes).0.into_owned()],
        _ => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return vec![text.to_owned()];
    }
    // windows-1258 writes tones as characters of their own behind the letter.
    let windows = WINDOWS_1258.decode_without_bom_handling(bytes).0.nfc().collect();
    // TCVN3 and VNI are told apart cell by cell: `unicode`.
    vec![windows, bytes.iter().map(|byte| char::from(*byte)).collect()]
}

/// Text of a cell in Unicode, composed: TCVN3 (ABC) and VNI are decoded when the cell reads as Vietnamese that way and not
/// as it stands.
pub(super) fn unicode(text: &str) -> String {
    let plain: String = text.nfc().collect();
    if text.is_ascii() {
        return plain;
    }
    match ClaimedName::parse(text) {
        Ok(name) if name.whole() != plain => name.whole().to_owned(),
        _ => plain,
    }
}
