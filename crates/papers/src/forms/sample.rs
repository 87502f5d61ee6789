//! Made-up people and bodies with which the forms can be looked at. There is no province of Hòa Thịnh.
use super::{Issuer, Signatory};
use dancu_citizen::CivilDate;

/// A day; of these, one that the calendar does not have becomes another.
pub(crate) fn day(year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).unwrap_or_else(|_| self::day(2026, 1, 1))
}

pub(crate) const PROVINCE: &str = "Ủy ban nhân dân tỉnh Hòa Thịnh";
pub(crate) const DEPARTMENT: &str = "Sở Khoa học và Công nghệ";
pub(crate) const SYSTEM: &str = "Hệ thống thông tin giải quyết thủ tục hành chính tỉnh Hòa Thịnh";
pub(crate) const MANAGER: &str = "Cục Cảnh sát quản lý hành chính về trật tự xã hội, Bộ Công an (đơn vị quản lý Cơ sở dữ liệu quốc gia về dân cư)";

const SURNAMES: [&str; 9] = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Hoàng"];
const MIDDLE: [&str; 7] = ["Thị Ngọc", "Văn", "Thị", "Đình", "Thị Ánh", "Phước", "Hữu"];
const GIVEN: [&str; 11] =
    ["Quỳnh", "Mẫn", "Hiếu", "Khuê", "Tuyết", "Lộc", "Nghĩa", "Uyên", "Thưởng", "Ái", "Bằng"];

/// A name by number; the first 693 differ.
pub(crate) fn name(number: usize) -> String {
    let pick = |list: &[&'static str]| list.get(number % list.len()).copied().unwrap_or_default();
    format!("{} {} {}", pick(&SURNAMES), pick(&MIDDLE), pick(&GIVEN))
}

/// A telephone number that is nobody's.
pub(crate) fn phone(number: usize) -> String {
    format!("0900 000 {:03}", number % 1000)
}

/// A personal number of a place that does not exist.
pub(crate) fn person_number(number: usize) -> String {
    format!("0991{:02}{:06}", 80 + number % 20, number * 7919 % 1_000_000)
}

pub(crate) fn issuer(number: Option<&str>, date: Option<CivilDate>) -> Issuer {
    Issuer {
        superior: Some(PROVINCE.to_owned()),
        name: DEPARTMENT.to_owned(),
        number: number.map(str::to_owned),
        place: "Hòa Thịnh".to_owned(),
        date,
    }
}

pub(crate) fn manager(number: &str, date: Option<CivilDate>) -> Issuer {
    Issuer {
        superior: Some("Bộ Công an".to_owned()),
        name: "Cục Cảnh sát quản lý hành chính về trật tự xã hội".to_owned(),
        number: Some(number.to_owned()),
        place: "Hà Nội".to_owned(),
        date,
    }
}

pub(crate) fn director() -> Signatory {
    Signatory { on_behalf: None, position: "Giám đốc".to_owned(), name: name(6) }
}

pub(crate) fn chief() -> Signatory {
    Signatory {
        on_behalf: Some("KT. Cục trưởng".to_owned()),
        position: "Phó Cục trưởng".to_owned(),
        name: name(12),
    }
}
