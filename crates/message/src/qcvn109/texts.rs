//! Citizens of a message as texts, nothing of which is checked: for stocks that are to be cleaned.
use crate::WireError;
use crate::XmlLimits;
use crate::xml::{Cursor, Step, trimmed};
use dancu_catalogue::Code;
use std::borrow::Cow;

/// What a message says of a citizen, as it stands; empty where it says nothing. No `Debug`: all of it is personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CitizenTexts {
    /// `SoDinhDanh`
    pub personal_id: String,
    /// `SoCMND`
    pub id_card_number: String,
    /// `HoVaTen`, its parts with a space between them
    pub full_name: String,
    /// `NgayThangNamSinh`
    pub birth_date: String,
    /// `GioiTinh`
    pub sex: String,
    /// Smallest unit of `ThuongTru`
    pub permanent_unit: String,
    /// `SoSoHoKhau`
    pub household: String,
    /// Whether one of these was said twice: the later one is left out
    pub is_twofold: bool,
}

/// Reads a message citizen by citizen, until `each` says no. Elements that are not known are passed over.
pub fn read_texts(
    bytes: &[u8],
    limits: XmlLimits,
    mut each: impl FnMut(CitizenTexts) -> bool,
) -> Result<(), WireError> {
    let mut cursor = Cursor::new(bytes, limits)?;
    match cursor.step()? {
        Step::Open(tag) if tag.local() == "CongdanCollection" => {}
        Step::Open(tag) => return Err(WireError::unknown(tag.local(), "CongdanCollection")),
        Step::Text(_) | Step::Close | Step::End => return Err(WireError::whole(Code::XmlMalformed)),
    }
    while let Some(tag) = cursor.child("CongdanCollection")? {
        if tag.local() != "CongDan" {
            cursor.skip()?;
        } else if !each(citizen(&mut cursor)?) {
            return Ok(());
        }
    }
    cursor.finish()
}

fn citizen(cursor: &mut Cursor<'_>) -> Result<CitizenTexts, WireError> {
    let mut texts = CitizenTexts::default();
    loop {
        let tag = match cursor.step()? {
            Step::Open(tag) => tag,
            Step::Text(_) => continue,
            Step::Close | Step::End => return Ok(texts),
        };
        let (parts, place): (&[&str], _) = match tag.local() {
            "SoDinhDanh" => (&[], &mut texts.personal_id),
            "SoCMND" => (&[], &mut texts.id_card_number),
            "HoVaTen" => (&["Ho", "ChuDem", "Ten"], &mut texts.full_name),
            "NgayThangNamSinh" => (&["NgayThangNam", "Nam"], &mut texts.birth_date),
            "GioiTinh" => (&[], &mut texts.sex),
            "ThuongTru" => {
                (&["MaDonViHanhChinh", "MaPhuongXa", "MaQuanHuyen", "MaTinhThanh"], &mut texts.permanent_unit)
            }
            "SoSoHoKhau" => (&[], &mut texts.household),
            _ => {
                cursor.skip()?;
                continue;
            }
        };
        // A name is all of its parts; of a date or a unit the first that is there says most.
        let is_name = tag.local() == "HoVaTen";
        let found = branch(cursor, parts, is_name)?;
        if place.is_empty() {
            *place = found;
        } else if !found.is_empty() {
            texts.is_twofold = true;
        }
    }
}

/// The text of an element that was just opened, or of its named parts.
fn branch(cursor: &mut Cursor<'_>, parts: &[&str], joined: bool) -> Result<String, WireError> {
    let mut own = String::new();
    let mut found = vec![String::new(); parts.len()];
    loop {
        match cursor.step()? {
            Step::Text(text) => own.push_str(&text),
            Step::Open(tag) => {
                let place = parts.iter().position(|part| *part == tag.local());
                match place.and_then(|at| found.get_mut(at)) {
                    Some(place) => *place = branch(cursor, &[], false)?,
                    None => cursor.skip()?,
                }
            }
            Step::Close | Step::End => break,
        }
    }
    found.retain(|text| !text.is_empty());
    if joined && !found.is_empty() {
        return Ok(found.join(" "));
    }
    Ok(found.into_iter().next().unwrap_or_else(|| trimmed(Cow::Owned(own)).into_owned()))
}
