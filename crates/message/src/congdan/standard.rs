//! The standard's form of `CongDan`, as its sample message shows it.
use super::codes::{self, CENSUS_NO_RELIGION};
use super::live::number;
use super::node::Node;
use dancu_citizen::{Address, BirthDate, Coded, FullName, LifeState, ListVersion, Record, Relative, Sourced};

/// All fields of the record that the standard has an element for, in its order. `ethnic` is the
/// edition in which ethnic groups are written.
pub(crate) fn citizen(record: &Record, ethnic: ListVersion) -> Vec<Node> {
    let mut out = Vec::with_capacity(24);
    out.extend(record.personal_id.as_ref().map(|n| Node::leaf("SoDinhDanh", n.value.expose())));
    out.extend(record.id_card_number.as_ref().map(|n| Node::leaf("SoCMND", n.value.expose())));
    out.extend(record.full_name.as_ref().map(|n| full_name(&n.value)));
    out.extend(record.sex.as_ref().map(|s| Node::leaf("GioiTinh", s.value.code().to_string())));
    out.extend(record.ethnic_group.as_ref().and_then(|s| ethnic_group(&s.value, ethnic)));
    out.extend(record.religion.as_ref().map(|s| religion(&s.value)));
    out.extend(code("TinhTrangHonNhan", record.marital_status.as_ref()));
    out.extend(code("NhomMau", record.blood_group.as_ref()));
    out.extend(
        record.birth_date.as_ref().map(|d| Node::branch("NgayThangNamSinh", vec![birth_date(d.value)])),
    );
    out.extend(place("NoiDangKyKhaiSinh", record.birth_registration.as_ref()));
    out.extend(record.nationality.as_ref().map(|c| Node::leaf("QuocTich", c.value.clone())));
    out.extend(place("QueQuan", record.home_town.as_ref()));
    out.extend(place("ThuongTru", record.permanent_residence.as_ref()));
    out.extend(place("NoiOHienTai", record.current_residence.as_ref()));
    out.extend(record.father.as_ref().and_then(|r| relative("Cha", &r.value)));
    out.extend(record.mother.as_ref().and_then(|r| relative("Me", &r.value)));
    out.extend(record.spouses.iter().filter_map(|r| relative("VoChong", &r.value)));
    out.extend(record.representative.as_ref().and_then(|r| relative("NguoiDaiDien", &r.value)));
    out.extend(head_of_household(record));
    if record.state != LifeState::Alive {
        out.extend(codes::state_code(record.state).map(|code| Node::leaf("TrangThaiCongDan", code)));
    }
    out
}

fn full_name(name: &FullName) -> Node {
    // A name of one word is a given name: the standard's `Ten` is the one part everybody has.
    let (surname, given) = match name.given() {
        "" => ("", name.whole()),
        given => (name.surname(), given),
    };
    let parts =
        vec![Node::leaf("Ho", surname), Node::leaf("ChuDem", name.middle()), Node::leaf("Ten", given)];
    Node::branch("HoVaTen", parts)
}

fn ethnic_group(coded: &Coded, wanted: ListVersion) -> Option<Node> {
    codes::ethnic_group(coded, wanted).map(|code| with_other_name("DanToc", "MaDanToc", code, coded))
}

fn religion(coded: &Coded) -> Node {
    let code = if codes::is_no_religion(&coded.code) { CENSUS_NO_RELIGION } else { &coded.code };
    with_other_name("TonGiao", "MaTonGiao", code.to_owned(), coded)
}

fn with_other_name(name: &'static str, code_name: &'static str, code: String, coded: &Coded) -> Node {
    let mut parts = vec![Node::leaf(code_name, code)];
    parts.extend(coded.other_name.as_ref().map(|other| Node::leaf("TenGoiKhac", other.clone())));
    Node::branch(name, parts)
}

fn code(name: &'static str, coded: Option<&Sourced<Coded>>) -> Option<Node> {
    coded.map(|c| Node::leaf(name, c.value.code.clone()))
}

/// The standard knows a whole date or a year; of year and month it takes the year.
fn birth_date(date: BirthDate) -> Node {
    match date {
        BirthDate::Day(day) => Node::leaf("NgayThangNam", day.iso()),
        BirthDate::Month { year, .. } | BirthDate::Year(year) => Node::leaf("Nam", format!("{year:04}")),
    }
}

/// The smallest unit known stands for the place (the code list has its parents).
fn place(name: &'static str, place: Option<&Sourced<Address>>) -> Option<Node> {
    let place = &place?.value;
    let unit = place.commune.as_ref().or(place.district.as_ref()).or(place.province.as_ref());
    let mut parts = Vec::with_capacity(3);
    parts.extend(unit.map(|code| Node::leaf("MaDonViHanhChinh", code.clone())));
    parts.extend(place.detail.as_ref().map(|detail| Node::leaf("ChiTiet", detail.clone())));
    parts.extend(place.country.as_ref().map(|country| Node::leaf("QuocGia", country.clone())));
    (!parts.is_empty()).then(|| Node::branch(name, parts))
}

fn relative(name: &'static str, relative: &Relative) -> Option<Node> {
    let mut parts = Vec::with_capacity(3);
    parts.extend(relative.number.map(number));
    parts.extend(relative.nationality.as_ref().map(|country| Node::leaf("QuocTich", country.clone())));
    parts.extend(relative.full_name.as_ref().map(full_name));
    (!parts.is_empty()).then(|| Node::branch(name, parts))
}

fn head_of_household(record: &Record) -> Option<Node> {
    let mut parts = Vec::with_capacity(3);
    parts.extend(code("QuanHe", record.relation_to_head.as_ref()));
    if let Some(household) = &record.household {
        parts.extend(household.value.head.number.map(number));
        parts.extend(household.value.head.full_name.as_ref().map(full_name));
    }
    (!parts.is_empty()).then(|| Node::branch("ChuHo", parts))
}
