//! The XML form.
use super::{AsOf, Collection, Reading};
use crate::WireError;
use crate::congdan::node::{Node, known};
use crate::congdan::{read as congdan, standard};
use crate::xml::{Cursor, Space, Step, Tag, Writer, trimmed};
use dancu_catalogue::Code;
use dancu_citizen::{ListVersion, Record};
use std::borrow::Cow;

const NAMESPACE: &str = "http://www.mic.gov.vn/dancu/1.0";

/// Writes a whole message in the form of the sample of annex Đ. `ethnic` is the edition in which
/// ethnic groups are written.
pub fn write(collection: &Collection, ethnic: ListVersion) -> Vec<u8> {
    let mut out = head(collection.note.as_deref(), collection.as_of, collection.citizens.len());
    for record in &collection.citizens {
        out.extend(citizen(record, ethnic));
    }
    out.extend(TAIL);
    out
}

/// Begins a message that is written citizen by citizen.
pub fn head(note: Option<&str>, as_of: Option<AsOf>, count: usize) -> Vec<u8> {
    let mut out = Writer::new("dc:");
    out.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<dc:CongdanCollection");
    out.attribute("xmlns:dc", NAMESPACE);
    if let Some(note) = note {
        out.attribute("GhiChu", note);
    }
    if let Some(as_of) = as_of {
        out.attribute("ThoiDiemDuLieu", &as_of.to_string());
    }
    out.attribute("SoCongDan", &count.to_string());
    out.raw(">");
    out.into_bytes()
}

/// One citizen of such a message.
pub fn citizen(record: &Record, ethnic: ListVersion) -> Vec<u8> {
    let mut out = Writer::new("dc:");
    Node::branch("CongDan", standard::citizen(record, ethnic)).write(&mut out);
    out.into_bytes()
}

/// Ends such a message.
pub const TAIL: &[u8] = b"</dc:CongdanCollection>\n";

/// Reads a whole message.
pub fn read(bytes: &[u8], reading: &Reading<'_>) -> Result<Collection, WireError> {
    let mut citizens = Vec::new();
    let mut collection = read_each(bytes, reading, |record| {
        citizens.push(record);
        Ok(())
    })?;
    collection.citizens = citizens;
    Ok(collection)
}

/// Reads a message citizen by citizen; gives note and moment at the end. What was handed over
/// before an error is valid in itself, the message is not.
pub fn read_each<E: From<WireError>>(
    bytes: &[u8],
    reading: &Reading<'_>,
    mut each: impl FnMut(Record) -> Result<(), E>,
) -> Result<Collection, E> {
    let mut cursor = Cursor::new(bytes, reading.limits)?;
    let root = match cursor.step()? {
        Step::Open(tag) if tag.local() == "CongdanCollection" && ours(&tag) => tag,
        Step::Open(tag) => return Err(WireError::unknown(tag.local(), "CongdanCollection").into()),
        Step::Text(_) | Step::Close | Step::End => return Err(WireError::whole(Code::XmlMalformed).into()),
    };
    let (mut collection, expected) = attributes(&root)?;
    let origin = reading.origin(collection.as_of);
    let mut count = 0_u64;
    while let Some(tag) = cursor.child("CongdanCollection")? {
        if tag.local() != "CongDan" || !ours(&tag) {
            return Err(WireError::unknown(tag.local(), "CongdanCollection").into());
        }
        let node = subtree(&mut cursor, "CongDan")?;
        each(congdan::citizen(node, &origin)?)?;
        count += 1;
    }
    cursor.finish()?;
    if expected.is_some_and(|expected| expected != count) {
        return Err(WireError::at(Code::FieldType, "SoCongDan").into());
    }
    collection.citizens = Vec::new();
    Ok(collection)
}

fn ours(tag: &Tag<'_>) -> bool {
    matches!(tag.space, Space::Citizens | Space::Unqualified)
}

fn attributes(root: &Tag<'_>) -> Result<(Collection, Option<u64>), WireError> {
    let attribute = |name| root.attribute(Space::Unqualified, name).filter(|v| !v.is_empty());
    let note = attribute("GhiChu").map(|note| crate::input::text(note, 500, "GhiChu")).transpose()?;
    let as_of = attribute("ThoiDiemDuLieu")
        .map(|t| AsOf::parse(t).ok_or(WireError::at(Code::DateInvalid, "ThoiDiemDuLieu")));
    let count =
        attribute("SoCongDan").map(|n| n.parse().map_err(|_| WireError::at(Code::FieldType, "SoCongDan")));
    Ok((Collection { note, as_of: as_of.transpose()?, citizens: Vec::new() }, count.transpose()?))
}

/// The element that was just opened, with everything in it. As deep as the cursor's limit at most.
fn subtree(cursor: &mut Cursor<'_>, name: &'static str) -> Result<Node, WireError> {
    let mut node = Node::branch(name, Vec::new());
    loop {
        match cursor.step()? {
            Step::Text(text) => node.text.push_str(&text),
            Step::Open(tag) => {
                let child = known(tag.local()).filter(|_| ours(&tag));
                let child = child.ok_or_else(|| WireError::unknown(tag.local(), name))?;
                node.children.push(subtree(cursor, child)?);
            }
            Step::Close | Step::End => {
                node.text = trimmed(Cow::Owned(node.text)).into_owned();
                return Ok(node);
            }
        }
    }
}
