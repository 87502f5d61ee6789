//! A writer of elements into bytes.
use std::fmt::Write as _;

/// Builds a message without whitespace between elements.
pub(crate) struct Writer {
    out: String,
    prefix: &'static str,
}

impl Writer {
    /// Elements get this prefix, colon included.
    pub(crate) fn new(prefix: &'static str) -> Self {
        Self { out: String::with_capacity(1024), prefix }
    }

    /// Text that is already XML.
    pub(crate) fn raw(&mut self, xml: &str) {
        self.out.push_str(xml);
    }

    /// Character data, escaped; characters that XML cannot hold become U+FFFD.
    pub(crate) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\t' | '\n' | '\r' => {
                    let _ = write!(self.out, "&#{};", u32::from(c));
                }
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.out.push('\u{fffd}'),
                _ => self.out.push(c),
            }
        }
    }

    /// ` name="value"`
    pub(crate) fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, " {name}=\"");
        self.text(value);
        self.out.push('"');
    }

    pub(crate) fn open(&mut self, name: &str) {
        let _ = write!(self.out, "<{}{name}>", self.prefix);
    }

    pub(crate) fn close(&mut self, name: &str) {
        let _ = write!(self.out, "</{}{name}>", self.prefix);
    }

    /// An element with text; empty text makes an empty element.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            let _ = write!(self.out, "<{}{name}/>", self.prefix);
        } else {
            self.open(name);
            self.text(text);
            self.close(name);
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.out.into_bytes()
    }
}
