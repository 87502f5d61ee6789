//! `CongDan` in either form to a record.
use super::codes::{self, CENSUS_NO_RELIGION};
use super::node::{Node, Parts};
use crate::{WireError, input};
use dancu_catalogue::Code;
use dancu_citizen::lists::{self, CodeList};
use dancu_citizen::{
    Address, BirthDate, CivilDate, Coded, FullName, Household, ListVersion, PersonNumber, Record, Relative,
    Sex, Sourced,
};

/// Where the values come from and in which edition their codes are.
pub(crate) struct Origin<'a> {
    pub(crate) source: &'a str,
    pub(crate) as_of: CivilDate,
    pub(crate) ethnic: ListVersion,
}

impl Origin<'_> {
    fn sourced<T>(&self, value: T) -> Sourced<T> {
        Sourced { value, source: self.source.to_owned(), as_of: self.as_of }
    }
}

/// Reads one citizen. A birth date after the day of the data is refused.
pub(crate) fn citizen(node: Node, origin: &Origin<'_>) -> Result<Record, WireError> {
    let mut parts = node.into_parts()?;
    let mut record = Record::default();
    numbers_and_name(&mut parts, &mut record, origin)?;
    coded_fields(&mut parts, &mut record, origin)?;
    places(&mut parts, &mut record, origin)?;
    people(&mut parts, &mut record, origin)?;
    if let Some(code) = parts.text("TrangThaiCongDan")? {
        record.state = codes::state_of(&code).ok_or(WireError::at(Code::CodeUnknown, "TrangThaiCongDan"))?;
    }
    record.residence_file = short_text(&mut parts, "SoSoHoKhau", 64)?.map(|v| origin.sourced(v));
    parts.finish()?;
    Ok(record)
}

fn numbers_and_name(parts: &mut Parts, record: &mut Record, origin: &Origin<'_>) -> Result<(), WireError> {
    if let Some(text) = parts.text("SoDinhDanh")? {
        record.personal_id = Some(origin.sourced(input::personal_id(&text, "SoDinhDanh")?));
    }
    if let Some(text) = parts.text("SoCMND")? {
        record.id_card_number = Some(origin.sourced(input::id_card_number(&text, "SoCMND")?));
    }
    record.full_name = full_name(parts)?.map(|name| origin.sourced(name));
    record.birth_date = birth_date(parts, origin.as_of)?.map(|date| origin.sourced(date));
    Ok(())
}

fn coded_fields(parts: &mut Parts, record: &mut Record, origin: &Origin<'_>) -> Result<(), WireError> {
    if let Some(text) = parts.text("GioiTinh")? {
        let sex = text.parse().ok().filter(|_| text.len() == 1).and_then(Sex::from_code);
        record.sex = Some(origin.sourced(sex.ok_or(WireError::at(Code::CodeUnknown, "GioiTinh"))?));
    }
    let ethnic = Kind { name: "DanToc", code_name: "MaDanToc", list: lists::ethnic() };
    record.ethnic_group = named_code(parts, &ethnic, origin.ethnic, ListVersion::Ethnic1979)?
        .map(|coded| origin.sourced(coded));
    let religion = Kind { name: "TonGiao", code_name: "MaTonGiao", list: lists::religion() };
    let religion = named_code(parts, &religion, ListVersion::Religion2009, ListVersion::Religion2009)?;
    record.religion = religion.map(|mut coded| {
        if codes::is_no_religion(&coded.code) {
            CENSUS_NO_RELIGION.clone_into(&mut coded.code);
        }
        origin.sourced(coded)
    });
    record.marital_status = code(parts, "TinhTrangHonNhan", lists::marital())?.map(|c| origin.sourced(c));
    record.blood_group = code(parts, "NhomMau", lists::blood_group())?.map(|c| origin.sourced(c));
    Ok(())
}

fn places(parts: &mut Parts, record: &mut Record, origin: &Origin<'_>) -> Result<(), WireError> {
    record.birth_registration = address(parts, "NoiDangKyKhaiSinh")?.map(|v| origin.sourced(v));
    record.nationality = country(parts, "QuocTich")?.map(|v| origin.sourced(v));
    record.home_town = address(parts, "QueQuan")?.map(|v| origin.sourced(v));
    record.permanent_residence = address(parts, "ThuongTru")?.map(|v| origin.sourced(v));
    record.current_residence = address(parts, "NoiOHienTai")?.map(|v| origin.sourced(v));
    Ok(())
}

fn people(parts: &mut Parts, record: &mut Record, origin: &Origin<'_>) -> Result<(), WireError> {
    let one = |node: Option<Node>| Ok(node.map(relative).transpose()?.flatten().map(|r| origin.sourced(r)));
    record.father = one(parts.take("Cha")?)?;
    record.mother = one(parts.take("Me")?)?;
    for spouse in parts.take_all("VoChong") {
        record.spouses.extend(one(Some(spouse))?);
    }
    record.representative = one(parts.take("NguoiDaiDien")?)?;
    let Some(head) = parts.take("ChuHo")? else { return Ok(()) };
    let mut head = head.into_parts()?;
    record.relation_to_head =
        short_text(&mut head, "QuanHe", 8)?.map(|code| origin.sourced(codes::relation(code)));
    let head = person(head)?;
    if head != Relative::default() {
        record.household = Some(origin.sourced(Household { head, members: Vec::new() }));
    }
    Ok(())
}

fn relative(node: Node) -> Result<Option<Relative>, WireError> {
    person(node.into_parts()?).map(|found| Some(found).filter(|r| *r != Relative::default()))
}

fn person(mut parts: Parts) -> Result<Relative, WireError> {
    let personal_id = parts.text("SoDinhDanh")?.map(|t| input::personal_id(&t, "SoDinhDanh")).transpose()?;
    let id_card = parts.text("SoCMND")?.map(|t| input::id_card_number(&t, "SoCMND")).transpose()?;
    let number = personal_id.map(PersonNumber::PersonalId).or(id_card.map(PersonNumber::IdCard));
    let nationality = country(&mut parts, "QuocTich")?;
    let full_name = full_name(&mut parts)?;
    parts.finish()?;
    Ok(Relative { full_name, number, nationality, relation: None })
}

/// `HoVaTen` in three parts, or as plain text.
fn full_name(parts: &mut Parts) -> Result<Option<FullName>, WireError> {
    let Some(node) = parts.take("HoVaTen")? else { return Ok(None) };
    let parsed = if node.children.is_empty() {
        let Some(text) = node.into_text()? else { return Ok(None) };
        FullName::parse(&text)
    } else {
        let mut parts = node.into_parts()?;
        let [surname, middle, given] = [parts.text("Ho")?, parts.text("ChuDem")?, parts.text("Ten")?];
        parts.finish()?;
        if surname.is_none() && middle.is_none() && given.is_none() {
            return Ok(None);
        }
        let part = Option::unwrap_or_default;
        FullName::from_parts(&part(surname), &part(middle), &part(given))
    };
    parsed.map(Some).map_err(|e| input::name_error(e, "HoVaTen"))
}

/// `NgayThangNamSinh` with `NgayThangNam` or `Nam`, or as plain text; ISO or `yyyyMMdd`.
fn birth_date(parts: &mut Parts, as_of: CivilDate) -> Result<Option<BirthDate>, WireError> {
    const NAME: &str = "NgayThangNamSinh";
    let Some(node) = parts.take(NAME)? else { return Ok(None) };
    if node.children.is_empty() {
        let text = node.into_text()?;
        return text.map(|t| input::birth_date(&t, as_of, NAME)).transpose();
    }
    let mut parts = node.into_parts()?;
    let whole =
        parts.text("NgayThangNam")?.map(|t| input::birth_date(&t, as_of, "NgayThangNam")).transpose()?;
    let year = parts.text("Nam")?.map(|t| input::birth_date(&t, as_of, "Nam")).transpose()?;
    parts.finish()?;
    match (whole, year) {
        (Some(_), Some(_)) => Err(WireError::at(Code::ElementDuplicate, NAME)),
        (None, Some(date)) if !matches!(date, BirthDate::Year(_)) => {
            Err(WireError::at(Code::DateInvalid, "Nam"))
        }
        (whole, year) => Ok(whole.or(year)),
    }
}

/// A code that may have a name of its own.
struct Kind {
    name: &'static str,
    code_name: &'static str,
    list: &'static CodeList,
}

/// A structure in the standard's form, plain text in the live one; each in its own edition of the list.
fn named_code(
    parts: &mut Parts,
    kind: &Kind,
    structured: ListVersion,
    flat: ListVersion,
) -> Result<Option<Coded>, WireError> {
    let Some(node) = parts.take(kind.name)? else { return Ok(None) };
    if node.children.is_empty() {
        return node.into_text()?.map(|code| of_list(kind.list, flat, code, kind.name)).transpose();
    }
    let mut parts = node.into_parts()?;
    let code = parts.text(kind.code_name)?;
    let other_name = short_text(&mut parts, "TenGoiKhac", 120)?;
    let other_name = other_name.or(short_text(&mut parts, "TenGoi", 120)?);
    parts.finish()?;
    match code {
        Some(code) => {
            let coded = of_list(kind.list, structured, code, kind.code_name)?;
            Ok(Some(Coded { other_name, ..coded }))
        }
        None if other_name.is_some() => Err(WireError::at(Code::FieldMissing, kind.code_name)),
        None => Ok(None),
    }
}

fn code(parts: &mut Parts, name: &'static str, list: &CodeList) -> Result<Option<Coded>, WireError> {
    parts.text(name)?.map(|code| of_list(list, ListVersion::Qcvn109, code, name)).transpose()
}

fn of_list(list: &CodeList, version: ListVersion, code: String, name: &str) -> Result<Coded, WireError> {
    codes::of_list(list, version, code).ok_or_else(|| WireError::at(Code::CodeUnknown, name))
}

fn digits(text: String, length: usize, name: &str) -> Result<String, WireError> {
    if text.len() == length && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(WireError::at(Code::CodeUnknown, name))
    }
}

/// ISO 3166-1 alpha-2
fn country(parts: &mut Parts, name: &'static str) -> Result<Option<String>, WireError> {
    match parts.text(name)? {
        None => Ok(None),
        Some(t) if t.len() == 2 && t.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Ok(Some(t.to_ascii_uppercase()))
        }
        Some(_) => Err(WireError::at(Code::CodeUnknown, name)),
    }
}

fn short_text(parts: &mut Parts, name: &'static str, longest: usize) -> Result<Option<String>, WireError> {
    parts.text(name)?.map(|t| input::text(&t, longest, name)).transpose()
}

/// `MaDonViHanhChinh` (the standard) or one code per level (live).
fn address(parts: &mut Parts, name: &'static str) -> Result<Option<Address>, WireError> {
    let Some(node) = parts.take(name)? else { return Ok(None) };
    let mut parts = node.into_parts()?;
    let mut level = |name, length| parts.text(name)?.map(|t| digits(t, length, name)).transpose();
    let mut place = Address {
        province: level("MaTinhThanh", 2)?,
        district: level("MaQuanHuyen", 3)?,
        commune: level("MaPhuongXa", 5)?,
        ..Address::default()
    };
    if let Some(unit) = parts.text("MaDonViHanhChinh")? {
        let (slot, length) = match unit.len() {
            2 => (&mut place.province, 2),
            3 => (&mut place.district, 3),
            _ => (&mut place.commune, 5),
        };
        let unit = digits(unit, length, "MaDonViHanhChinh")?;
        if slot.replace(unit).is_some() {
            return Err(WireError::at(Code::ElementDuplicate, "MaDonViHanhChinh"));
        }
    }
    place.detail = short_text(&mut parts, "ChiTiet", 500)?;
    place.country = country(&mut parts, "QuocGia")?;
    parts.finish()?;
    Ok(Some(place).filter(|p| *p != Address::default()))
}
