//! The letters of names, taken apart: base letter, quality (ă â ê ô ơ ư đ), tone.
use unicode_normalization::char::decompose_canonical;

/// A letter without its tone.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Letter {
    /// Lower case with its quality: `ế` is `ê`
    pub(super) marked: char,
    /// Lower case without any mark: `ế` is `e`
    pub(super) plain: char,
    /// 1 grave, 2 acute, 3 hook, 4 tilde, 5 dot below; 0 none
    pub(super) tone: u8,
}

/// Whether names may have it: letters of the Latin script, marks upon them, and ` ' ’ - .`
pub(super) fn is_of_names(c: char) -> bool {
    is_mark(c) || is_break(c) || is_latin(c)
}

/// Stands between the parts of a name without being a letter: all of them count as a space.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, ' ' | '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '.')
}

/// Zero-width space, byte order mark, soft hyphen: left behind by word processors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{AD}')
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36F}').contains(&c)
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic()
        && matches!(c, 'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{259}' | '\u{1E00}'..='\u{1EFF}')
}

/// Vowels of Vietnamese with their quality.
pub(super) fn is_vowel(marked: char) -> bool {
    matches!(marked, 'a' | 'ă' | 'â' | 'e' | 'ê' | 'i' | 'o' | 'ô' | 'ơ' | 'u' | 'ư' | 'y')
}

/// Calls `each` for every letter and every break (a space) of a cleaned name.
pub(super) fn for_each(name: &str, mut each: impl FnMut(Letter)) {
    for c in name.chars() {
        if is_break(c) {
            each(Letter { marked: ' ', plain: ' ', tone: 0 });
        } else if c.is_ascii() {
            let c = c.to_ascii_lowercase();
            each(Letter { marked: c, plain: c, tone: 0 });
        } else if !is_mark(c) {
            for lower in c.to_lowercase() {
                take_apart(lower, &mut each);
            }
        }
    }
}

fn take_apart(c: char, each: &mut impl FnMut(Letter)) {
    // Fonts draw the capitals of đ, ð and ɖ alike, so they are typed for each other.
    let c = if matches!(c, 'ð' | 'ɖ') { 'đ' } else { c };
    if let Some((first, second)) = ligature(c) {
        each(Letter { marked: c, plain: first, tone: 0 });
        if let Some(second) = second {
            each(Letter { marked: second, plain: second, tone: 0 });
        }
        return;
    }
    if is_mark(c) {
        return;
    }
    let mut letter = Letter { marked: c, plain: c, tone: 0 };
    let mut quality = None;
    let mut foreign = false;
    decompose_canonical(c, |part| match part {
        '\u{300}' => letter.tone = 1,
        '\u{301}' => letter.tone = 2,
        '\u{309}' => letter.tone = 3,
        '\u{303}' => letter.tone = 4,
        '\u{323}' => letter.tone = 5,
        '\u{302}' | '\u{306}' | '\u{31B}' => quality = Some(part),
        mark if is_mark(mark) => foreign = true,
        base => letter.plain = base,
    });
    let vowel = quality.map_or(letter.plain, |q| with_quality(letter.plain, q));
    if foreign || !is_vowel(vowel) {
        // ñ, ü, ś: the mark belongs to the letter, it is no tone.
        letter.tone = 0;
    } else {
        letter.marked = vowel;
    }
    each(letter);
}

fn with_quality(base: char, quality: char) -> char {
    match (base, quality) {
        ('a', '\u{306}') => 'ă',
        ('a', '\u{302}') => 'â',
        ('e', '\u{302}') => 'ê',
        ('o', '\u{302}') => 'ô',
        ('o', '\u{31B}') => 'ơ',
        ('u', '\u{31B}') => 'ư',
        _ => '\0',
    }
}

/// Letters that Unicode does not take apart.
fn ligature(c: char) -> Option<(char, Option<char>)> {
    Some(match c {
        'đ' => ('d', None),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        _ => return None,
    })
}
