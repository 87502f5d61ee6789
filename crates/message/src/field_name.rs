//! Field names that a SOAP caller may use in `TruongThongTin`: ours, or the element's of QCVN 109.
use dancu_citizen::Field;

const ELEMENTS: &[(&str, Field)] = &[
    ("SoDinhDanh", Field::PersonalId),
    ("SoCMND", Field::IdCardNumber),
    ("HoVaTen", Field::FullName),
    ("GioiTinh", Field::Sex),
    ("DanToc", Field::EthnicGroup),
    ("TonGiao", Field::Religion),
    ("TinhTrangHonNhan", Field::MaritalStatus),
    ("NhomMau", Field::BloodGroup),
    ("NgayThangNamSinh", Field::BirthDate),
    ("NoiDangKyKhaiSinh", Field::BirthRegistration),
    ("QuocTich", Field::Nationality),
    ("QueQuan", Field::HomeTown),
    ("ThuongTru", Field::PermanentResidence),
    ("NoiOHienTai", Field::CurrentResidence),
    ("Cha", Field::Father),
    ("Me", Field::Mother),
    ("VoChong", Field::Spouses),
    ("NguoiDaiDien", Field::Representative),
    ("QuanHe", Field::RelationToHead),
    ("ChuHo", Field::Household),
    ("TrangThaiCongDan", Field::State),
    ("SoSoHoKhau", Field::ResidenceFile),
];

/// The field of a name of either kind.
pub(crate) fn field_by_any_name(name: &str) -> Option<Field> {
    Field::from_name(name)
        .or_else(|| ELEMENTS.iter().find(|(element, _)| *element == name).map(|(_, field)| *field))
}

/// The fields that the structure of QCVN 109 has an element for.
pub(crate) fn with_an_element() -> dancu_citizen::FieldSet {
    ELEMENTS.iter().map(|(_, field)| *field).collect()
}
