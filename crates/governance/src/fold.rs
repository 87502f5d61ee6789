//! Texts without marks and case, for searching lists.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Letters and digits in lower case without marks, everything else one space.
pub(crate) fn fold(text: &str) -> String {
    let plain = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let plain = plain.map(|c| if c == 'đ' { 'd' } else { c });
    let spaced: String = plain.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn marks_case_and_signs_do_not_count() {
        assert_eq!(fold("UBND tỉnh Đắk Lắk – Một cửa (50%)"), "ubnd tinh dak lak mot cua 50");
        assert_eq!(fold("  %_ "), "");
    }
}
