//! A forward-only reader. DTDs, processing instructions, entities other than the five predefined
//! ones, and everything beyond the limits are refused as soon as they are met.
use super::XmlLimits;
use crate::WireError;
use dancu_catalogue::Code;
use quick_xml::escape::{EscapeError, resolve_predefined_entity, unescape};
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use std::borrow::Cow;

/// The namespaces that the messages use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Space {
    /// None
    Unqualified,
    /// `http://schemas.xmlsoap.org/soap/envelope/`
    Soap11,
    /// `http://dancuquocgia.bca`
    Live,
    /// `http://www.mic.gov.vn/dancu/1.0`
    Citizens,
    /// Any other
    Other,
}

pub(crate) const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
pub(crate) const LIVE: &str = "http://dancuquocgia.bca";
pub(crate) const CITIZENS: &str = "http://www.mic.gov.vn/dancu/1.0";

/// A start tag.
pub(crate) struct Tag<'a> {
    start: BytesStart<'a>,
    pub(crate) space: Space,
    attributes: Vec<Attribute<'a>>,
}

struct Attribute<'a> {
    space: Space,
    local: String,
    value: Cow<'a, str>,
}

impl Tag<'_> {
    /// Name without prefix
    pub(crate) fn local(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Value of an attribute
    pub(crate) fn attribute(&self, space: Space, local: &str) -> Option<&str> {
        self.attributes.iter().find(|a| a.space == space && a.local == local).map(|a| a.value.as_ref())
    }
}

/// One step through the message.
pub(crate) enum Step<'a> {
    /// An element begins
    Open(Tag<'a>),
    /// Text, whitespace included
    Text(Cow<'a, str>),
    /// The innermost element ends
    Close,
    /// The document ends
    End,
}

/// The reader's place in a message.
pub(crate) struct Cursor<'a> {
    reader: NsReader<&'a [u8]>,
    limits: XmlLimits,
    depth: u32,
    elements: u32,
    started: bool,
    closed: bool,
}

impl<'a> Cursor<'a> {
    /// Begins to read, after checking the characters of the whole message.
    pub(crate) fn new(bytes: &'a [u8], limits: XmlLimits) -> Result<Self, WireError> {
        let text = std::str::from_utf8(bytes).map_err(|_| WireError::whole(Code::EncodingInvalid))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if has_control(text.as_bytes()) || text.contains('\u{fffe}') || text.contains('\u{ffff}') {
            return Err(WireError::whole(Code::ControlCharacter));
        }
        let mut reader = NsReader::from_str(text);
        reader.resolver_mut().set_max_namespace_bindings(64);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Ok(Self { reader, limits, depth: 0, elements: 0, started: false, closed: false })
    }

    /// The next step; comments are passed over.
    pub(crate) fn step(&mut self) -> Result<Step<'a>, WireError> {
        loop {
            let event = self.reader.read_event().map_err(|_| malformed())?;
            let first = !std::mem::replace(&mut self.started, true);
            match event {
                Event::Start(start) => return self.open(start).map(Step::Open),
                Event::End(_) => {
                    self.depth = self.depth.checked_sub(1).ok_or_else(malformed)?;
                    self.closed = self.depth == 0;
                    return Ok(Step::Close);
                }
                Event::Text(text) => {
                    let text = normal_line_ends(text.into_inner());
                    if self.depth > 0 {
                        return Ok(Step::Text(text));
                    }
                    blank(&text)?;
                }
                Event::CData(text) if self.depth > 0 => {
                    return Ok(Step::Text(normal_line_ends(text.into_inner())));
                }
                Event::GeneralRef(reference) if self.depth > 0 => return resolve(&reference).map(Step::Text),
                Event::Comment(_) => {}
                Event::Decl(declaration) if first => check_declaration(&declaration)?,
                Event::DocType(_) | Event::PI(_) => return Err(WireError::whole(Code::XmlForbidden)),
                Event::Eof if self.closed => return Ok(Step::End),
                Event::CData(_) | Event::GeneralRef(_) | Event::Decl(_) | Event::Empty(_) | Event::Eof => {
                    return Err(malformed());
                }
            }
        }
    }

    fn open(&mut self, start: BytesStart<'a>) -> Result<Tag<'a>, WireError> {
        if self.closed {
            return Err(malformed());
        }
        self.depth += 1;
        self.elements += 1;
        if self.depth > self.limits.depth || self.elements > self.limits.elements {
            return Err(WireError::whole(Code::XmlTooDeep));
        }
        let attributes = self.attributes(&start)?;
        let (resolved, _) = self.reader.resolver().resolve_element(start.name());
        let space = space_of(&resolved)?;
        Ok(Tag { start, space, attributes })
    }

    fn attributes(&self, start: &BytesStart<'a>) -> Result<Vec<Attribute<'a>>, WireError> {
        let mut found = Vec::new();
        // Namespace declarations were taken by the resolver; here they are counted and checked only.
        for (count, attribute) in start.attributes().enumerate() {
            let attribute = attribute.map_err(|_| malformed())?;
            if count >= self.limits.attributes {
                return Err(WireError::whole(Code::XmlTooDeep));
            }
            if attribute.value.contains('<') {
                return Err(malformed());
            }
            let value = unescape(&attribute.value).map_err(|e| escape_error(&e))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if value.chars().any(|c| !is_xml_char(c)) {
                return Err(WireError::whole(Code::ControlCharacter));
            }
            let (resolved, local) = self.reader.resolver().resolve_attribute(attribute.key);
            let space = space_of(&resolved)?;
            let value = Cow::Owned(value.into_owned());
            found.push(Attribute { space, local: local.into_inner().to_owned(), value });
        }
        Ok(found)
    }

    /// The next child element, with nothing but whitespace before it; none at the end of the parent.
    pub(crate) fn child(&mut self, parent: &str) -> Result<Option<Tag<'a>>, WireError> {
        loop {
            match self.step()? {
                Step::Open(tag) => return Ok(Some(tag)),
                Step::Close | Step::End => return Ok(None),
                Step::Text(text) if is_blank(&text) => {}
                Step::Text(_) => return Err(WireError::at(Code::FieldType, parent)),
            }
        }
    }

    /// The text of an element that was just opened and holds nothing else, trimmed; ends after its end tag.
    pub(crate) fn leaf(&mut self, name: &str) -> Result<Cow<'a, str>, WireError> {
        let mut all: Option<Cow<'a, str>> = None;
        loop {
            match self.step()? {
                Step::Text(text) => match &mut all {
                    None => all = Some(text),
                    Some(before) => before.to_mut().push_str(&text),
                },
                Step::Open(tag) => return Err(WireError::unknown(tag.local(), name)),
                Step::Close | Step::End => return Ok(all.map_or(Cow::Borrowed(""), trimmed)),
            }
        }
    }

    /// Passes over the rest of an element that was just opened.
    pub(crate) fn skip(&mut self) -> Result<(), WireError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.step()?;
        }
        Ok(())
    }

    /// Nothing but comments and whitespace may follow.
    pub(crate) fn finish(&mut self) -> Result<(), WireError> {
        match self.step()? {
            Step::End => Ok(()),
            _ => Err(malformed()),
        }
    }
}

fn malformed() -> WireError {
    WireError::whole(Code::XmlMalformed)
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
}

fn blank(text: &str) -> Result<(), WireError> {
    if is_blank(text) { Ok(()) } else { Err(malformed()) }
}

/// Without XML whitespace at both ends; allocates only where there is some to drop.
pub(crate) fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    let without = |t: &str| t.trim_matches([' ', '\t', '\r', '\n']).len() == t.len();
    match text {
        Cow::Borrowed(t) => Cow::Borrowed(t.trim_matches([' ', '\t', '\r', '\n'])),
        Cow::Owned(t) if without(&t) => Cow::Owned(t),
        Cow::Owned(t) => Cow::Owned(t.trim_matches([' ', '\t', '\r', '\n']).to_owned()),
    }
}

/// XML 1.0 section 2.11.
fn normal_line_ends(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text }
}

/// XML 1.0 section 2.2; surrogates cannot be in a `str`.
fn is_xml_char(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// Without early exit, so that the compiler makes it a few vector instructions: every message is scanned.
fn has_control(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |found, b| found | (*b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')))
}

fn check_declaration(declaration: &BytesDecl<'_>) -> Result<(), WireError> {
    if declaration.version().map_err(|_| malformed())? != "1.0" {
        return Err(malformed());
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(Ok(_)) => Err(WireError::whole(Code::EncodingInvalid)),
        Some(Err(_)) => Err(malformed()),
    }
}

fn resolve<'a>(reference: &BytesRef<'_>) -> Result<Cow<'a, str>, WireError> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) if is_xml_char(c) => Ok(Cow::Owned(c.to_string())),
        Ok(Some(_)) => Err(WireError::whole(Code::ControlCharacter)),
        Ok(None) => resolve_predefined_entity(reference)
            .map(Cow::Borrowed)
            .ok_or(WireError::whole(Code::XmlForbidden)),
        Err(_) => Err(malformed()),
    }
}

fn escape_error(e: &EscapeError) -> WireError {
    match e {
        EscapeError::UnrecognizedEntity(..) => WireError::whole(Code::XmlForbidden),
        _ => malformed(),
    }
}

fn space_of(resolved: &ResolveResult<'_>) -> Result<Space, WireError> {
    match resolved {
        ResolveResult::Unbound => Ok(Space::Unqualified),
        ResolveResult::Bound(Namespace(SOAP_11)) => Ok(Space::Soap11),
        ResolveResult::Bound(Namespace(LIVE)) => Ok(Space::Live),
        ResolveResult::Bound(Namespace(CITIZENS)) => Ok(Space::Citizens),
        ResolveResult::Bound(_) => Ok(Space::Other),
        ResolveResult::Unknown(_) => Err(malformed()),
    }
}
