//! A name as a client sends it.
use super::{FullName, NameError, clean, forms, legacy, refuse_at_a_glance};
use std::fmt;

/// A name as clients in the field send it: any case, with or without marks and spaces, composed or
/// decomposed, in Unicode or in the legacy encodings TCVN3 (ABC) and VNI.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ClaimedName {
    clean: String,
    marked: String,
    unaccented: String,
}

impl ClaimedName {
    /// Cleans a name and makes its comparable forms. Legacy text is decoded when it reads as
    /// Vietnamese that way and not as it stands.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        refuse_at_a_glance(text)?;
        let clean = legacy::decode(text).map_or_else(|| clean(text), |decoded| clean(&decoded))?;
        Ok(Self::of_clean(clean))
    }

    fn of_clean(clean: String) -> Self {
        let (marked, unaccented) = forms::forms(&clean);
        Self { clean, marked, unaccented }
    }

    /// The name after cleaning and decoding, case kept. Personal data.
    pub fn whole(&self) -> &str {
        &self.clean
    }

    /// As [`NameForms::marked`](crate::NameForms::marked). Personal data.
    pub fn marked(&self) -> &str {
        &self.marked
    }

    /// As [`NameForms::unaccented`](crate::NameForms::unaccented). Personal data.
    pub fn unaccented(&self) -> &str {
        &self.unaccented
    }

    /// The unaccented form without spaces. Personal data.
    pub fn joined(&self) -> String {
        self.unaccented.replace(' ', "")
    }

    /// Whether it bears any mark: a tone, or the marks of ă â đ ê ô ơ ư.
    pub fn has_marks(&self) -> bool {
        self.marked != self.unaccented
    }
}

impl From<&FullName> for ClaimedName {
    /// A recorded name as if a client had sent it.
    fn from(name: &FullName) -> Self {
        Self::of_clean(name.whole().to_owned())
    }
}

impl fmt::Debug for ClaimedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimedName(…)")
    }
}
