//! Why a message could not be read.
use dancu_catalogue::Code;

/// What is wrong with a message, and where. It never holds a value of the message, so it may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} at {}", code.name(), field.as_deref().unwrap_or("the message"))]
pub struct WireError {
    /// Row of the error catalogue
    pub code: Code,
    /// Element name (XML) or JSON pointer (RFC 6901) of the part at fault
    pub field: Option<String>,
}

impl WireError {
    /// The message as a whole is at fault.
    pub fn whole(code: Code) -> Self {
        Self { code, field: None }
    }

    /// One part is at fault.
    pub fn at(code: Code, field: impl Into<String>) -> Self {
        Self { code, field: Some(field.into()) }
    }

    /// An unknown name, told back only when it cannot be anything but a name: letters and `_`.
    /// Otherwise the known part around it is named, since a caller may have put a value where a name belongs.
    pub(crate) fn unknown(name: &str, around: &str) -> Self {
        let plain =
            (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
        Self::at(Code::ElementUnknown, if plain { name } else { around })
    }
}

impl From<WireError> for crate::Refusal {
    fn from(e: WireError) -> Self {
        Self { code: e.code, field: e.field }
    }
}
