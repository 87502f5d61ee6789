//! Full names.
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing in it
    #[error("empty name")]
    Empty,
    /// More than 120 characters
    #[error("name too long")]
    TooLong,
    /// A control character
    #[error("control character in name")]
    Control,
    /// A character that names do not have
    #[error("character not used in names")]
    Character,
}

/// A full name as recorded: NFC, single spaces, in the order surname, middle names, given name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FullName(String);

impl FullName {
    /// The longest name in characters.
    pub const MAX: usize = 120;

    /// Checks and normalises a whole name (NFC, spaces folded); case is kept.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.chars().any(char::is_control) {
            return Err(NameError::Control);
        }
        let name = text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        match name.chars().count() {
            0 => Err(NameError::Empty),
            n if n > Self::MAX => Err(NameError::TooLong),
            _ => Ok(Self(name)),
        }
    }

    /// From its parts; middle names may be empty.
    pub fn from_parts(surname: &str, middle: &str, given: &str) -> Result<Self, NameError> {
        Self::parse(&format!("{surname} {middle} {given}"))
    }

    /// The whole name. Personal data.
    pub fn whole(&self) -> &str {
        &self.0
    }

    /// First word
    pub fn surname(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }

    /// Words between the first and the last
    pub fn middle(&self) -> &str {
        let rest = self.0.split_once(' ').map_or("", |(_, r)| r);
        rest.rsplit_once(' ').map_or("", |(m, _)| m)
    }

    /// Last word, empty when the name has one word only
    pub fn given(&self) -> &str {
        self.0.rsplit_once(' ').map_or("", |(_, g)| g)
    }
}

impl fmt::Debug for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FullName(…)")
    }
}
