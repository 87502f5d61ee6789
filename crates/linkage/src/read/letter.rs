//! The letters of names as small numbers, by a table made once from the rules of `citizen`.
use dancu_citizen::{FullName, NameForms};
use std::sync::LazyLock;

/// A letter taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Letter {
    /// a-z as 1-26
    pub(crate) plain: u8,
    /// With its quality (ă â đ ê ô ơ ư), 1-63
    pub(crate) marked: u8,
    /// 1 grave, 2 acute, 3 hook, 4 tilde, 5 dot below; 0 none
    pub(crate) tone: u8,
}

/// What a character is in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No part of names: digits, signs
    #[default]
    Odd,
    /// A letter
    Letter(Letter),
    /// Stands between words
    Break,
    /// A tone mark of its own, upon the letter before
    Tone(u8),
    /// Another mark of its own: circumflex, breve, horn
    Quality(char),
    /// Left behind by word processors
    Nothing,
}

/// Precomposed Vietnamese letters end below it.
const TABLE: u32 = 0x1F00;

static KINDS: LazyLock<Vec<Kind>> =
    LazyLock::new(|| (0..TABLE).map(|code| char::from_u32(code).map_or(Kind::Odd, kind_by_rule)).collect());

/// The table, to be fetched once for a text.
pub(crate) fn kinds() -> &'static [Kind] {
    &KINDS
}

/// What a character is.
pub(crate) fn kind(kinds: &[Kind], c: char) -> Kind {
    kinds.get(c as usize).copied().unwrap_or_else(|| kind_by_rule(c))
}

fn kind_by_rule(c: char) -> Kind {
    match c {
        ' ' | '\t' | '\r' | '\n' | '\u{A0}' | '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '.' => {
            Kind::Break
        }
        '\u{200B}' | '\u{FEFF}' | '\u{AD}' => Kind::Nothing,
        '\u{300}' => Kind::Tone(1),
        '\u{301}' => Kind::Tone(2),
        '\u{309}' => Kind::Tone(3),
        '\u{303}' => Kind::Tone(4),
        '\u{323}' => Kind::Tone(5),
        '\u{302}' | '\u{306}' | '\u{31B}' => Kind::Quality(c),
        _ if c.is_alphabetic() => letter_by_rule(c).map_or(Kind::Odd, Kind::Letter),
        _ => Kind::Odd,
    }
}

/// As `citizen` takes it apart.
fn letter_by_rule(c: char) -> Option<Letter> {
    let name = FullName::parse(c.encode_utf8(&mut [0; 4])).ok()?;
    let forms = NameForms::of(&name);
    let plain = forms.unaccented().bytes().next().filter(u8::is_ascii_lowercase)? - b'a' + 1;
    let tone = forms.marked().bytes().rev().find(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
    Some(Letter { plain, marked: marked(forms.marked().chars().next()?), tone })
}

/// Numbers of letters with their quality; foreign letters share what is left.
fn marked(c: char) -> u8 {
    match c {
        'a'..='z' => u8::try_from(u32::from(c) - 96).unwrap_or_default(),
        'ă' => 27,
        'â' => 28,
        'đ' => 29,
        'ê' => 30,
        'ô' => 31,
        'ơ' => 32,
        'ư' => 33,
        other => 34 + u8::try_from(u32::from(other) % 30).unwrap_or_default(),
    }
}

impl Letter {
    /// The letter with a circumflex, breve or horn set upon it.
    pub(crate) fn with_quality(self, quality: char) -> Self {
        let marked = match (self.marked, quality) {
            (1, '\u{306}') => 27,
            (1, '\u{302}') => 28,
            (5, '\u{302}') => 30,
            (15, '\u{302}') => 31,
            (15, '\u{31B}') => 32,
            (21, '\u{31B}') => 33,
            (other, _) => other,
        };
        Self { marked, ..self }
    }

    /// đ for d.
    pub(crate) fn with_bar(self) -> Self {
        if self.marked == 4 { Self { marked: 29, ..self } } else { self }
    }

    /// Of a lower or upper case ASCII letter.
    pub(crate) fn of_ascii(byte: u8) -> Option<Self> {
        let lower = byte.to_ascii_lowercase();
        lower.is_ascii_lowercase().then(|| {
            let number = lower - b'a' + 1;
            Self { plain: number, marked: number, tone: 0 }
        })
    }

    /// Whether it is a vowel: a e i o u y, with any quality.
    pub(crate) fn is_vowel(self) -> bool {
        matches!(self.plain, 1 | 5 | 9 | 15 | 21 | 25)
    }
}
