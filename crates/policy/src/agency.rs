//! Agency codes: the form of Decision 20/2020/QĐ-TTg (`H55.242`, level 1 first) and the older one of
//! QCVN 102:2016 (`000.01.12.H30`, level 1 last), which clients still send.
use std::fmt;
use std::sync::Arc;

/// Why a text is not an agency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgencyCodeError {
    /// Longer than 35 characters (Decision 20/2020/QĐ-TTg)
    #[error("agency code longer than 35 characters")]
    TooLong,
    /// Neither form
    #[error("not an agency code")]
    Form,
}

/// An agency code in the newer form, whichever it was read from.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgencyCode(Arc<str>);

impl AgencyCode {
    /// The longest code, in characters (Decision 20/2020/QĐ-TTg).
    pub const MAX: usize = 35;

    /// Reads either form and keeps the newer one: the groups of the older are reversed, zero groups dropped
    /// (`000.01.12.H30` is `H30.12.1`).
    pub fn parse(text: &str) -> Result<Self, AgencyCodeError> {
        let groups = groups(text)?;
        Ok(Self(groups.collect::<Vec<_>>().join(".").into()))
    }

    /// The code in the newer form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text`, in either form, is this code or one under it. A text that is no code is not.
    pub fn covers(&self, text: &str) -> bool {
        groups(text).is_ok_and(|g| starts_with(g, &self.0))
    }
}

/// Whether `text`, in either form, is `above` or a code under it.
pub fn lies_under(text: &str, above: &AgencyCode) -> bool {
    above.covers(text)
}

fn starts_with<'a>(mut groups: impl Iterator<Item = &'a str>, above: &str) -> bool {
    above.split('.').all(|want| groups.next() == Some(want))
}

/// The groups from level 1 down, without allocation.
fn groups(text: &str) -> Result<Groups<'_>, AgencyCodeError> {
    if text.len() > AgencyCode::MAX {
        return Err(AgencyCodeError::TooLong);
    }
    if is_old(text) {
        return Ok(Groups::Old(text.rsplit('.')));
    }
    let well_formed =
        text.split('.').enumerate().all(|(i, g)| if i == 0 { is_level_one(g) } else { is_group(g) });
    if well_formed { Ok(Groups::New(text.split('.'))) } else { Err(AgencyCodeError::Form) }
}

enum Groups<'a> {
    New(std::str::Split<'a, char>),
    Old(std::str::RSplit<'a, char>),
}

impl<'a> Iterator for Groups<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        match self {
            Self::New(split) => split.next(),
            Self::Old(split) => split.map(|g| g.trim_start_matches('0')).find(|g| !g.is_empty()),
        }
    }
}

/// A capital letter and two digits: `H55`, `G22`.
fn is_level_one(group: &str) -> bool {
    matches!(group.as_bytes(), [letter, tens, ones]
        if letter.is_ascii_uppercase() && tens.is_ascii_digit() && ones.is_ascii_digit())
}

fn is_group(group: &str) -> bool {
    !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// `NNN.NN.NN.LNN`
fn is_old(text: &str) -> bool {
    let mut groups = text.split('.');
    let mut digits =
        |n: usize| groups.next().is_some_and(|g| g.len() == n && g.bytes().all(|b| b.is_ascii_digit()));
    digits(3) && digits(2) && digits(2) && groups.next().is_some_and(is_level_one) && groups.next().is_none()
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_become_the_newer_one() {
        for (text, want) in [
            ("H55.242", "H55.242"),
            ("000.00.00.H49", "H49"),
            ("000.01.12.H30", "H30.12.1"),
            ("002.00.20.H13", "H13.20.2"),
            ("G22", "G22"),
        ] {
            assert_eq!(AgencyCode::parse(text).unwrap().as_str(), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in
            ["", "h55", "H5", "H55.", "H55..1", "H55 ", "G15-TP110", "H55.é", "000.00.H30", "00.00.00.H30"]
        {
            assert_eq!(AgencyCode::parse(text), Err(AgencyCodeError::Form), "{text:?}");
        }
        assert_eq!(AgencyCode::parse(&format!("H55.{}", "1".repeat(32))), Err(AgencyCodeError::TooLong));
    }

    #[test]
    fn a_code_covers_itself_and_what_lies_under_it_by_whole_groups() {
        let province = AgencyCode::parse("H30").unwrap();
        let department = AgencyCode::parse("H30.12").unwrap();
        assert!(province.covers("H30") && province.covers("H30.1") && province.covers("000.01.12.H30"));
        assert!(department.covers("H30.12.1") && department.covers("000.01.12.H30"));
        for outside in ["H30.1", "H30.120", "H31.12", "H30", "000.00.00.H30", "H30.12.", ""] {
            assert!(!department.covers(outside), "{outside}");
        }
    }
}
