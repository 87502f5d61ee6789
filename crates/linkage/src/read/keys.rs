//! Keys of the typing methods left in a word: Telex (Nguyeenx), VNI keys (Nguye64n).
use super::letter::Letter;
use super::word::Word;

/// The word that these keys were meant to type; none where they are plain letters, or no keys.
pub(crate) fn mend(text: &str) -> Option<Word> {
    let mut letters = [Letter::default(); 16];
    let mut count = 0_usize;
    let mut changed = false;
    for byte in text.bytes() {
        let before = count.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or_default();
        let lower = byte.to_ascii_lowercase();
        if let Some(mark) = quality_key(before, lower) {
            // Horn or breve goes to the vowel before; uo becomes ươ as a pair.
            set_quality(letters.get_mut(..count)?, mark);
            changed = true;
        } else if let (Some(tone), true) = (tone_key(lower), has_vowel(letters.get(..count)?)) {
            let vowel = letters.get_mut(..count)?.iter_mut().rev().find(|letter| letter.is_vowel())?;
            vowel.tone = tone;
            changed = true;
        } else if lower == b'w' {
            *letters.get_mut(count)? = Letter::of_ascii(b'u')?.with_quality('\u{31B}');
            count += 1;
            changed = true;
        } else {
            *letters.get_mut(count)? = Letter::of_ascii(byte)?;
            count += 1;
        }
    }
    changed.then(|| Word::of(letters.get(..count).unwrap_or_default()))
}

#[derive(Clone, Copy)]
enum Quality {
    Circumflex,
    Horn,
    Breve,
    Bar,
}

fn quality_key(before: Letter, key: u8) -> Option<Quality> {
    let number = key.wrapping_sub(b'a').wrapping_add(1);
    match key {
        b'a' | b'e' | b'o' if before.plain == number && before.marked == number => Some(Quality::Circumflex),
        b'd' if before.marked == 4 => Some(Quality::Bar),
        b'w' if before.marked == 1 => Some(Quality::Breve),
        b'w' if matches!(before.marked, 15 | 21) => Some(Quality::Horn),
        b'6' => Some(Quality::Circumflex),
        b'7' => Some(Quality::Horn),
        b'8' => Some(Quality::Breve),
        b'9' => Some(Quality::Bar),
        _ => None,
    }
}

fn set_quality(letters: &mut [Letter], quality: Quality) {
    match quality {
        Quality::Bar => {
            if let Some(d) = letters.iter_mut().find(|letter| letter.marked == 4) {
                *d = d.with_bar();
            }
        }
        Quality::Horn => {
            let mut vowels = letters.iter_mut().rev().filter(|letter| matches!(letter.marked, 15 | 21));
            let last = vowels.next();
            let is_o = last.as_ref().is_some_and(|letter| letter.plain == 15);
            for letter in last.into_iter().chain(vowels.next().filter(|letter| is_o && letter.plain == 21)) {
                *letter = letter.with_quality('\u{31B}');
            }
        }
        Quality::Circumflex | Quality::Breve => {
            let mark = if matches!(quality, Quality::Breve) { '\u{306}' } else { '\u{302}' };
            let fits = |letter: &&mut Letter| letter.with_quality(mark) != **letter;
            if let Some(letter) = letters.iter_mut().rev().find(fits) {
                *letter = letter.with_quality(mark);
            }
        }
    }
}

fn tone_key(key: u8) -> Option<u8> {
    match key {
        b'f' | b'2' => Some(1),
        b's' | b'1' => Some(2),
        b'r' | b'3' => Some(3),
        b'x' | b'4' => Some(4),
        b'j' | b'5' => Some(5),
        _ => None,
    }
}

fn has_vowel(letters: &[Letter]) -> bool {
    letters.iter().any(|letter| letter.is_vowel())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::name::Name;

    #[test]
    fn keys_become_letters() {
        for (keys, word) in [
            ("Nguyeenx", "Nguyễn"),
            ("Vawn", "Văn"),
            ("Huwowng", "Hương"),
            ("Huowng", "Hương"),
            ("ddawng", "đăng"),
            ("Nguye64n", "Nguyễn"),
            ("Thij", "Thị"),
            ("D9u71c", "Đức"),
        ] {
            assert!(mend(keys).is_some_and(|mended| Name::of(word).words() == [mended]), "{keys}");
        }
        assert!(mend("Minh").is_none());
    }
}
