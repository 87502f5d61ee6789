//! Signature fields: empty ones in a new paper, and finding one in a paper that is to be signed.
use super::SignError;
use super::appearance;
use crate::page::Room;
use lopdf::{Dictionary, Document, IncrementalDocument, Object, ObjectId, StringFormat, dictionary};

/// Print: what every annotation of a PDF/A must be.
const PRINT: i64 = 4;

/// Name of a field by its number in the paper.
pub(crate) fn field_name(number: u8) -> String {
    format!("Signature{number}")
}

/// Adds empty signature fields, so that any program can sign where the paper has room for it.
pub(crate) fn add_fields(pdf: Vec<u8>, rooms: &[(usize, Room)]) -> Result<Vec<u8>, SignError> {
    if rooms.is_empty() {
        return Ok(pdf);
    }
    let mut update = open(pdf)?;
    let pages: Vec<ObjectId> = update.get_prev_documents().get_pages().into_values().collect();
    let mut fields = Vec::new();
    for (page, room) in rooms {
        let page = *pages.get(*page).ok_or(SignError::NoField)?;
        fields.push(Object::Reference(add_field(&mut update, page, room)?));
    }
    let form = update.new_document.add_object(dictionary! { "Fields" => fields });
    root(&mut update)?.set("AcroForm", Object::Reference(form));
    save(update)
}

fn add_field(update: &mut IncrementalDocument, page: ObjectId, room: &Room) -> Result<ObjectId, SignError> {
    update.opt_clone_object_to_new_document(page).map_err(pdf_error)?;
    let height = page_height(update.get_prev_documents(), page)?;
    let (wide, high) = (room.right - room.left, room.bottom - room.top);
    let appearance = update.new_document.add_object(appearance::empty(wide, high));
    let rect = [room.left, height - room.bottom, room.right, height - room.top];
    let field = update.new_document.add_object(dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::string_literal(field_name(room.field)),
        "TU" => text_string(&format!("Ô chữ ký {}", room.field)),
        "F" => PRINT,
        "Rect" => rect.map(Object::Real).to_vec(),
        "P" => Object::Reference(page),
        "AP" => dictionary! { "N" => Object::Reference(appearance) },
    });
    let dict = update.new_document.get_object_mut(page).and_then(Object::as_dict_mut).map_err(pdf_error)?;
    if let Ok(Object::Array(annotations)) = dict.get_mut(b"Annots") {
        annotations.push(Object::Reference(field));
    } else {
        dict.set("Annots", vec![Object::Reference(field)]);
    }
    Ok(field)
}

/// An empty signature field by its name, and its size.
pub(super) fn find_empty(document: &Document, name: &str) -> Result<(ObjectId, f32, f32), SignError> {
    let form = document
        .catalog()
        .and_then(|catalog| catalog.get(b"AcroForm"))
        .and_then(|form| document.dereference(form));
    let (_, form) = form.map_err(|_| SignError::NoField)?;
    let fields =
        form.as_dict().and_then(|form| form.get(b"Fields")).and_then(|fields| document.dereference(fields));
    let (_, fields) = fields.map_err(|_| SignError::NoField)?;
    for field in fields.as_array().map_err(pdf_error)? {
        let Ok(id) = field.as_reference() else { continue };
        let dict = document.get_dictionary(id).map_err(pdf_error)?;
        let is_signature = dict.get(b"FT").and_then(Object::as_name).is_ok_and(|kind| kind == b"Sig");
        let is_named = dict.get(b"T").and_then(Object::as_str).is_ok_and(|own| own == name.as_bytes());
        if is_signature && is_named && !dict.has(b"V") {
            let (width, height) = size(dict).ok_or(SignError::NoField)?;
            return Ok((id, width, height));
        }
    }
    Err(SignError::NoField)
}

fn size(field: &Dictionary) -> Option<(f32, f32)> {
    let rect = field.get(b"Rect").and_then(Object::as_array).ok()?;
    let numbers = rect.iter().map(Object::as_float).collect::<Result<Vec<f32>, _>>().ok()?;
    let [left, bottom, right, top] = numbers.try_into().ok()?;
    Some((right - left, top - bottom))
}

fn page_height(document: &Document, page: ObjectId) -> Result<f32, SignError> {
    let page = document.get_dictionary(page).map_err(pdf_error)?;
    let media = page.get(b"MediaBox").and_then(Object::as_array).map_err(pdf_error)?;
    media.get(3).ok_or(SignError::NoField)?.as_float().map_err(pdf_error)
}

/// Opens a file to append to it.
pub(super) fn open(pdf: Vec<u8>) -> Result<IncrementalDocument, SignError> {
    let document = Document::load_mem(&pdf).map_err(pdf_error)?;
    let mut update = IncrementalDocument::create_from(pdf, document);
    renew_id(&mut update);
    Ok(update)
}

/// The second half of a file's identifier changes with each change of the file (ISO 32000-1, 14.4).
fn renew_id(update: &mut IncrementalDocument) {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, update.get_prev_documents_bytes());
    let fresh = hash.as_ref().get(..16).unwrap_or_default().to_vec();
    if let Ok(Object::Array(id)) = update.new_document.trailer.get_mut(b"ID")
        && let Some(second) = id.get_mut(1)
    {
        *second = Object::String(fresh, StringFormat::Hexadecimal);
    }
}

/// The catalogue, to be changed.
pub(super) fn root(update: &mut IncrementalDocument) -> Result<&mut Dictionary, SignError> {
    let id = update.new_document.trailer.get(b"Root").and_then(Object::as_reference).map_err(pdf_error)?;
    update.opt_clone_object_to_new_document(id).map_err(pdf_error)?;
    update.new_document.get_object_mut(id).and_then(Object::as_dict_mut).map_err(pdf_error)
}

pub(super) fn save(mut update: IncrementalDocument) -> Result<Vec<u8>, SignError> {
    let mut out = Vec::new();
    update.save_to(&mut out).map_err(|error| SignError::Pdf(error.to_string()))?;
    Ok(out)
}

/// A text string: UTF-16 with its mark (ISO 32000-1, 7.9.2.2).
pub(super) fn text_string(text: &str) -> Object {
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
pub(super) fn pdf_error(error: lopdf::Error) -> SignError {
    SignError::Pdf(error.to_string())
}
