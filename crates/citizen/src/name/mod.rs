//! Full names: as recorded, as claimed, and the forms in which the two are compared.
mod agreement;
mod claimed;
mod forms;
mod legacy;
mod letter;
mod syllable;

pub use claimed::ClaimedName;
pub use forms::NameForms;

pub(crate) use agreement::{NameAgreement, agreement};

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
    /// Digits, symbols and letters of other scripts than Latin are refused.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        clean(text).map(Self)
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

/// More bytes than the longest name can take in any form; spares normalising a flood of text.
const MAX_BYTES: usize = 4096;

/// What every name must be, recorded or claimed: NFC, single spaces, the characters of names only.
fn clean(text: &str) -> Result<String, NameError> {
    refuse_at_a_glance(text)?;
    let mut name = String::with_capacity(text.len());
    for c in text.nfc().filter(|c| !letter::is_invisible(*c)) {
        if c.is_whitespace() {
            if !name.is_empty() && !name.ends_with(' ') {
                name.push(' ');
            }
        } else {
            name.push(c);
        }
    }
    if name.ends_with(' ') {
        name.pop();
    }
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > FullName::MAX {
        return Err(NameError::TooLong);
    }
    if !name.chars().all(letter::is_of_names) || !name.chars().any(char::is_alphabetic) {
        return Err(NameError::Character);
    }
    Ok(name)
}

/// Refuses what needs no normalisation to be refused.
fn refuse_at_a_glance(text: &str) -> Result<(), NameError> {
    if text.len() > MAX_BYTES {
        return Err(NameError::TooLong);
    }
    if text.chars().any(char::is_control) {
        return Err(NameError::Control);
    }
    Ok(())
}
