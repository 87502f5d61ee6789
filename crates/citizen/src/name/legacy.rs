//! Vietnamese text of the years before Unicode, whose bytes arrive read as Latin-1.
use super::syllable;
use unicode_normalization::UnicodeNormalization as _;

/// The Unicode text, when a text is no Vietnamese as it stands and is Vietnamese in TCVN3 or VNI.
///
/// Some short texts are Vietnamese both ways (TCVN3 `Vò` is Vũ): those stay as they stand.
pub(super) fn decode(text: &str) -> Option<String> {
    let latin1 = text.chars().all(|c| u32::from(c) <= 0xFF);
    if text.is_ascii() || !latin1 || syllable::all_vietnamese(text) {
        return None;
    }
    [tcvn3(text), vni(text)].into_iter().flatten().find(|t| syllable::all_vietnamese(t))
}

/// TCVN 5712:1993, table VN3 (ABC fonts), from 0xA1 on; `\0` where it has no letter.
const TCVN3: [char; 94] = [
    'Ă', 'Â', 'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ', '\0', // A1
    '\0', '\0', '\0', '\0', '\0', 'à', 'ả', 'ã', 'á', 'ạ', '\0', 'ằ', 'ẳ', 'ẵ', 'ắ', '\0', // B0
    '\0', '\0', '\0', '\0', '\0', '\0', 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ', 'è', '\0', 'ẻ', 'ẽ', // C0
    'é', 'ẹ', 'ề', 'ể', 'ễ', 'ế', 'ệ', 'ì', 'ỉ', '\0', '\0', '\0', 'ĩ', 'í', 'ị', 'ò', // D0
    '\0', 'ỏ', 'õ', 'ó', 'ọ', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù', // E0
    '\0', 'ủ', 'ũ', 'ú', 'ụ', 'ừ', 'ử', 'ữ', 'ứ', 'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ', // F0
];

fn tcvn3(text: &str) -> Option<String> {
    text.chars()
        .map(|c| match u32::from(c) {
            0xA0 => Some(' '),
            code @ 0xA1.. => TCVN3.get(code as usize - 0xA1).copied().filter(|c| *c != '\0'),
            _ => Some(c),
        })
        .collect()
}

/// VNI: a vowel's marks follow it as a character of their own; i, đ, ơ, ư and ỵ are single characters.
fn vni(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut vowel = None;
    for c in text.chars() {
        if let Some(joined) = vowel.take().and_then(|v| with_marks(v, c)) {
            out.pop();
            out.push_str(&joined);
        } else if let Some(single) = vni_single(c) {
            out.push(single);
            vowel = matches!(single, 'ơ' | 'Ơ' | 'ư' | 'Ư').then_some(single);
        } else if c.is_ascii() {
            out.push(c);
            vowel = matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'o' | 'u' | 'y').then_some(c);
        } else {
            return None;
        }
    }
    Some(out)
}

fn vni_single(c: char) -> Option<char> {
    VNI_SINGLES.iter().find(|(from, _)| *from == c).map(|(_, to)| *to)
}

const VNI_SINGLES: [(char, char); 18] = [
    ('ñ', 'đ'),
    ('Ñ', 'Đ'),
    ('ô', 'ơ'),
    ('Ô', 'Ơ'),
    ('ö', 'ư'),
    ('Ö', 'Ư'),
    ('î', 'ỵ'),
    ('Î', 'Ỵ'),
    ('í', 'í'),
    ('Í', 'Í'),
    ('ì', 'ì'),
    ('Ì', 'Ì'),
    ('æ', 'ỉ'),
    ('Æ', 'Ỉ'),
    ('ó', 'ĩ'),
    ('Ó', 'Ĩ'),
    ('ò', 'ị'),
    ('Ò', 'Ị'),
];

/// The vowel with the marks that a VNI character stands for, or none when it stands for no marks on it.
fn with_marks(vowel: char, mark: char) -> Option<String> {
    let lower = mark.to_lowercase().next()?;
    let marks = VNI_MARKS.iter().find(|(from, _)| *from == lower).map(|(_, to)| *to)?;
    let bears = match marks.chars().next()? {
        '\u{302}' => "aeo",
        '\u{306}' => "a",
        _ => "aeouyơư",
    };
    bears.contains(vowel.to_lowercase().next()?).then_some(())?;
    Some(std::iter::once(vowel).chain(marks.chars()).nfc().collect())
}

const VNI_MARKS: [(char, &str); 17] = [
    ('ø', "\u{300}"),
    ('ù', "\u{301}"),
    ('û', "\u{309}"),
    ('õ', "\u{303}"),
    ('ï', "\u{323}"),
    ('â', "\u{302}"),
    ('à', "\u{302}\u{300}"),
    ('á', "\u{302}\u{301}"),
    ('å', "\u{302}\u{309}"),
    ('ã', "\u{302}\u{303}"),
    ('ä', "\u{302}\u{323}"),
    ('ê', "\u{306}"),
    ('è', "\u{306}\u{300}"),
    ('é', "\u{306}\u{301}"),
    ('ú', "\u{306}\u{309}"),
    ('ü', "\u{306}\u{303}"),
    ('ë', "\u{306}\u{323}"),
];
