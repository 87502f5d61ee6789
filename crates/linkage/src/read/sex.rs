//! Sex as it comes.
use dancu_citizen::Sex;

/// Reads a sex. `Err` where something stands that is none; unknown where nothing stands.
///
/// Two codes for women are in use, 0 (of tables with 1 for men and no word for unknown) and 2 (QCVN 109); a file that means unknown by 0
/// looks the same, so 0 says nothing.
pub(crate) fn read(text: &str) -> Result<Sex, ()> {
    let text = text.trim();
    let mut letters = [0_u8; 8];
    let mut count = 0;
    for c in text.chars().take(8) {
        let letter = match c {
            'ữ' | 'Ữ' | 'ứ' | 'Ư' | 'ư' => b'u',
            '\u{300}'..='\u{36F}' | '.' | ' ' => continue,
            c if c.is_ascii() => u8::try_from(c).unwrap_or_default().to_ascii_lowercase(),
            // A legacy font's letter after n: nữ.
            _ => b'u',
        };
        if let Some(place) = letters.get_mut(count) {
            *place = letter;
            count += 1;
        }
    }
    match letters.get(..count).unwrap_or_default() {
        b"nam" | b"1" | b"m" | b"male" | b"trai" | b"ong" | b"true" | b"01" => Ok(Sex::Male),
        b"nu" | b"nuu" | b"n" | b"2" | b"f" | b"female" | b"gai" | b"ba" | b"02" | b"false" => {
            Ok(Sex::Female)
        }
        b"" | b"0" | b"-" | b"khac" | b"null" | b"na" | b"n/a" | b"unknown" => Ok(Sex::Unknown),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_words_are_read() {
        for text in ["Nam", "NAM", "nam ", "1", "M", "male"] {
            assert_eq!(read(text), Ok(Sex::Male), "{text}");
        }
        for text in ["Nữ", "NỮ", "nu", "Nu\u{31B}\u{303}", "N÷", "2", "F", "female"] {
            assert_eq!(read(text), Ok(Sex::Female), "{text}");
        }
        for text in ["", "0", "-"] {
            assert_eq!(read(text), Ok(Sex::Unknown), "{text}");
        }
        assert_eq!(read("Hà Nội"), Err(()));
    }
}
