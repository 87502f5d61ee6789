//! The operation elements of a request.
use crate::input::{self, Missing, longest};
use crate::xml::{Cursor, Space, Step, Tag};
use crate::{Form, Request, Service, WireError};
use dancu_catalogue::Code;
use dancu_citizen::{BirthDate, CivilDate, Claim, FieldSet};

/// The children of an operation, each a bit of `Seen`.
const KNOWN: [&str; 16] = [
    "MaYeuCau",
    "MaDVC",
    "MaTichHop",
    "MaDichVu",
    "MaCanBo",
    "MaDonVi",
    "TaiKhoan",
    "SoDienThoai",
    "MaHoSo",
    "MucDich",
    "SoDinhDanh",
    "SoCMND",
    "HoVaTen",
    "NgayThangNamSinh",
    "GioiTinh",
    "TruongThongTin",
];
const REPEATABLE: &str = "TruongThongTin";

/// Which children have come already.
#[derive(Default)]
struct Seen(u32);

impl Seen {
    /// The published name of a child that is known, allowed here and not a second one.
    fn admit(&mut self, tag: &Tag<'_>, around: &str) -> Result<&'static str, WireError> {
        let local = tag.local();
        let unknown = || WireError::unknown(local, around);
        if !matches!(tag.space, Space::Live | Space::Unqualified) {
            return Err(unknown());
        }
        let (bit, name) = KNOWN.iter().enumerate().find(|(_, k)| **k == local).ok_or_else(unknown)?;
        if self.0 & 1 << bit != 0 && *name != REPEATABLE {
            return Err(WireError::at(Code::ElementDuplicate, *name));
        }
        self.0 |= 1 << bit;
        Ok(name)
    }
}

/// What the operation element says, before the integration code confirms it.
fn operation_of(tag: &Tag<'_>) -> Result<(Service, Form, &'static str), WireError> {
    match (tag.space, tag.local()) {
        (Space::Live, "XacThucThongTinCongDan") => {
            Ok((Service::Verify, Form::Soap, "XacThucThongTinCongDan"))
        }
        (Space::Live, "XacThucThongTinCongDanRequest") => {
            Ok((Service::Verify, Form::SoapOlder, "XacThucThongTinCongDanRequest"))
        }
        (Space::Live, "TraCuuThongTinCongDan") => Ok((Service::LookUp, Form::Soap, "TraCuuThongTinCongDan")),
        _ => Err(WireError::at(Code::OperationUnknown, "Body")),
    }
}

pub(super) fn read(cursor: &mut Cursor<'_>, tag: &Tag<'_>, today: CivilDate) -> Result<Request, WireError> {
    let (service, form, operation) = operation_of(tag)?;
    let mut request = Request {
        service,
        integration_code: String::new(),
        request_id: String::new(),
        purpose: None,
        purpose_text: None,
        case_number: None,
        officer: None,
        agency_code: None,
        account: None,
        phone: None,
        claim: Claim::default(),
        fields: None,
        form,
    };
    let mut seen = Seen::default();
    while let Some(child) = cursor.child(operation)? {
        let name = seen.admit(&child, operation)?;
        take(cursor, name, &mut request, today)?;
    }
    confirm(&mut request)?;
    input::complete(&request.claim, service).map_err(|missing| {
        let element = match missing {
            Missing::Number => "SoDinhDanh",
            Missing::Name => "HoVaTen",
            Missing::BirthDate => "NgayThangNamSinh",
        };
        WireError::at(Code::FieldMissing, element)
    })?;
    Ok(request)
}

/// Reads one child into the request; empty elements count as absent.
fn take(
    cursor: &mut Cursor<'_>,
    name: &'static str,
    request: &mut Request,
    today: CivilDate,
) -> Result<(), WireError> {
    if name == "NgayThangNamSinh" {
        request.claim.birth_date = birth_date(cursor, today)?;
        return Ok(());
    }
    let value = cursor.leaf(name)?;
    if value.is_empty() {
        return Ok(());
    }
    let text = |longest| input::text(&value, longest, name).map(Some);
    match name {
        "MaYeuCau" => request.request_id = input::request_id(&value, name)?,
        "MaDVC" => request.purpose = text(longest::PURPOSE)?,
        "MaTichHop" | "MaDichVu" => integration_code(request, &value, name)?,
        "MaCanBo" => request.officer = text(longest::OFFICER)?,
        "MaDonVi" => request.agency_code = text(longest::AGENCY)?,
        "TaiKhoan" => request.account = text(longest::ACCOUNT)?,
        "SoDienThoai" => request.phone = text(longest::PHONE)?,
        "MaHoSo" => request.case_number = text(longest::CASE_NUMBER)?,
        "MucDich" => request.purpose_text = text(longest::PURPOSE_TEXT)?,
        "SoDinhDanh" => request.claim.personal_id = Some(input::personal_id(&value, name)?),
        "SoCMND" => request.claim.id_card_number = Some(input::id_card_number(&value, name)?),
        "HoVaTen" => request.claim.full_name = Some(input::claimed_name(&value, name)?),
        "GioiTinh" => request.claim.sex = input::claimed_sex(&value, name)?,
        REPEATABLE => {
            let field =
                crate::field_name::field_by_any_name(&value).ok_or(WireError::at(Code::CodeUnknown, name))?;
            request.fields = Some(request.fields.unwrap_or(FieldSet::EMPTY).with(field));
        }
        _ => return Err(WireError::at(Code::ElementUnknown, name)),
    }
    Ok(())
}

/// `MaTichHop` and the older `MaDichVu` say the same thing; when both come they must agree.
fn integration_code(request: &mut Request, value: &str, name: &str) -> Result<(), WireError> {
    let agrees = request.integration_code.is_empty() || request.integration_code == value;
    let known = match request.service {
        Service::Verify => matches!(value, "033" | "003"),
        Service::LookUp => value == "037",
    };
    if !known || !agrees {
        return Err(WireError::at(Code::OperationUnknown, name));
    }
    value.clone_into(&mut request.integration_code);
    Ok(())
}

fn confirm(request: &mut Request) -> Result<(), WireError> {
    if request.request_id.is_empty() {
        return Err(WireError::at(Code::FieldMissing, "MaYeuCau"));
    }
    if request.integration_code.is_empty() {
        let name = if request.form == Form::SoapOlder { "MaDichVu" } else { "MaTichHop" };
        return Err(WireError::at(Code::FieldMissing, name));
    }
    if request.purpose.is_none() {
        request.purpose = request.purpose_text.take();
    }
    Ok(())
}

/// `NgayThangNamSinh`: `NgayThangNam` or `Nam`, or the date itself as plain text.
fn birth_date(cursor: &mut Cursor<'_>, today: CivilDate) -> Result<Option<BirthDate>, WireError> {
    const NAME: &str = "NgayThangNamSinh";
    let mut found = None;
    let mut seen_whole = false;
    let mut seen_year = false;
    loop {
        let (text, at) = match cursor.step()? {
            Step::Close | Step::End => return Ok(found),
            Step::Text(text) => (crate::xml::trimmed(text), NAME),
            Step::Open(tag) => {
                let (at, seen) = match tag.local() {
                    "NgayThangNam" => ("NgayThangNam", &mut seen_whole),
                    "Nam" => ("Nam", &mut seen_year),
                    other => return Err(WireError::unknown(other, NAME)),
                };
                if !matches!(tag.space, Space::Live | Space::Unqualified) {
                    return Err(WireError::unknown(tag.local(), NAME));
                }
                if std::mem::replace(seen, true) {
                    return Err(WireError::at(Code::ElementDuplicate, at));
                }
                (cursor.leaf(at)?, at)
            }
        };
        if text.is_empty() {
            continue;
        }
        let date = input::birth_date(&text, today, at)?;
        if at == "Nam" && !matches!(date, BirthDate::Year(_)) {
            return Err(WireError::at(Code::DateInvalid, at));
        }
        if found.replace(date).is_some() {
            return Err(WireError::at(Code::ElementDuplicate, NAME));
        }
    }
}
