//! XML, in both directions: a reader that refuses what no message needs, and a writer.
mod cursor;
mod write;

pub(crate) use cursor::{Cursor, Space, Step, Tag, trimmed};
pub(crate) use write::Writer;

/// How much XML is read before the message is refused (`XML_TOO_DEEP`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlLimits {
    /// Elements within one another
    pub depth: u32,
    /// Elements in the whole message
    pub elements: u32,
    /// Attributes and namespace declarations of one element
    pub attributes: usize,
}

impl XmlLimits {
    /// For one call: the largest one that the WSDL allows has some 60 elements.
    pub const CALL: Self = Self { depth: 32, elements: 1_000, attributes: 32 };

    /// For a file of many citizens, some 100 elements each.
    pub const FILE: Self = Self { depth: 32, elements: 100_000_000, attributes: 32 };
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self::CALL
    }
}
