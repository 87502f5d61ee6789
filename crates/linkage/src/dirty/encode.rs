//! Names in the encodings of before Unicode, as they arrive when they are read as Latin-1.
use unicode_normalization::UnicodeNormalization as _;

/// TCVN 5712:1993, table VN3, from 0xA1 on; a space where it has no letter.
const TCVN3: &str =
    "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ";

/// In TCVN3. Capitals with a tone are lower case there: their font draws them.
pub(super) fn tcvn3(name: &str) -> String {
    let code = |c: char| {
        let lower = || c.to_lowercase().next().unwrap_or(c);
        let at = TCVN3.chars().position(|t| t == c).or_else(|| TCVN3.chars().position(|t| t == lower()));
        at.filter(|_| !c.is_ascii())
            .and_then(|at| char::from_u32(0xA1 + u32::try_from(at).ok()?))
            .unwrap_or(c)
    };
    name.nfc().map(code).collect()
}

/// In Windows-1258: tones follow their vowel.
pub(super) fn windows_1258(name: &str) -> String {
    let mut text = String::new();
    for c in name.nfc() {
        let mut parts = std::iter::once(c).nfd().collect::<Vec<char>>();
        let tone =
            parts.iter().position(|p| matches!(p, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}'));
        let tone = tone.map(|at| parts.remove(at));
        text.extend(parts.into_iter().nfc());
        text.extend(tone);
    }
    let (bytes, _, _) = encoding_rs::WINDOWS_1258.encode(&text);
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned()
}

/// UTF-8 taken for Windows-1252.
pub(super) fn utf8(name: &str) -> String {
    let name: String = name.nfc().collect();
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(name.as_bytes()).0.into_owned()
}

/// Without any mark.
pub(super) fn bare(name: &str) -> String {
    let letters = name.nfd().filter(|c| !('\u{300}'..='\u{36F}').contains(c));
    letters
        .map(|c| {
            if c == 'đ' {
                'd'
            } else if c == 'Đ' {
                'D'
            } else {
                c
            }
        })
        .collect()
}

/// Decomposed.
pub(super) fn decomposed(name: &str) -> String {
    name.nfd().collect()
}
