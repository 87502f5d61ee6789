//! The SOAP 1.1 envelope (W3C note of 2000-05-08, section 4).
use crate::xml::{Cursor, Space, Step, Tag};
use crate::{WireError, XmlLimits};
use dancu_catalogue::Code;

/// Actor of headers meant for whoever receives the message next (section 4.2.2).
const NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";

/// Opens the envelope, lets `read` take the one element of the body, and checks that it closes.
pub(super) fn read<'a, T>(
    body: &'a [u8],
    limits: XmlLimits,
    read: impl FnOnce(&mut Cursor<'a>, &Tag<'a>) -> Result<T, WireError>,
) -> Result<T, WireError> {
    let mut cursor = Cursor::new(body, limits)?;
    open_envelope(&mut cursor)?;
    open_body(&mut cursor)?;
    let operation = cursor.child("Body")?.ok_or(WireError::at(Code::OperationUnknown, "Body"))?;
    let result = read(&mut cursor, &operation)?;
    if let Some(second) = cursor.child("Body")? {
        return Err(WireError::unknown(second.local(), "Body"));
    }
    if let Some(after) = cursor.child("Envelope")? {
        return Err(misplaced(&after));
    }
    cursor.finish()?;
    Ok(result)
}

fn open_envelope(cursor: &mut Cursor<'_>) -> Result<(), WireError> {
    match cursor.step()? {
        Step::Open(tag) if tag.local() == "Envelope" && tag.space == Space::Soap11 => Ok(()),
        Step::Open(_) => Err(WireError::at(Code::SoapVersion, "Envelope")),
        Step::Text(_) | Step::Close | Step::End => Err(WireError::whole(Code::XmlMalformed)),
    }
}

fn open_body(cursor: &mut Cursor<'_>) -> Result<(), WireError> {
    let mut header_seen = false;
    while let Some(tag) = cursor.child("Envelope")? {
        match (tag.space, tag.local()) {
            (Space::Soap11, "Body") => return Ok(()),
            (Space::Soap11, "Header") if !header_seen => {
                header_seen = true;
                headers(cursor)?;
            }
            _ => return Err(misplaced(&tag)),
        }
    }
    Err(WireError::at(Code::FieldMissing, "Body"))
}

fn misplaced(tag: &Tag<'_>) -> WireError {
    match (tag.space, tag.local()) {
        (Space::Soap11, name @ ("Header" | "Body")) => WireError::at(Code::ElementDuplicate, name),
        (_, name) => WireError::unknown(name, "Envelope"),
    }
}

/// No header is understood here; those that demand it are refused, the others passed over.
fn headers(cursor: &mut Cursor<'_>) -> Result<(), WireError> {
    while let Some(header) = cursor.child("Header")? {
        let demanded =
            matches!(header.attribute(Space::Soap11, "mustUnderstand").map(str::trim), Some("1" | "true"));
        let for_us =
            header.attribute(Space::Soap11, "actor").is_none_or(|actor| actor.is_empty() || actor == NEXT);
        if demanded && for_us {
            let field = WireError::unknown(header.local(), "Header").field;
            return Err(WireError { code: Code::SoapHeaderNotUnderstood, field });
        }
        cursor.skip()?;
    }
    Ok(())
}
