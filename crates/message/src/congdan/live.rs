//! The live service's form of `CongDan`: codes as plain text, `yyyyMMdd`, the whole upper-case name in `Ten`.
use super::codes::{self, LIVE_NONE};
use super::node::Node;
use dancu_citizen::{
    Address, BirthDate, Coded, Field, FieldSet, FullName, LifeState, ListVersion, PersonNumber, Record,
    Relative, Sex,
};

/// The released fields in the order of the wire. A field that is not released is left out; of one
/// that is released but empty, the lists that have a code for "nothing known" show it.
pub(crate) fn citizen(record: &Record, released: FieldSet) -> Vec<Node> {
    let mut out = Vec::with_capacity(16);
    if let Some(n) = &record.personal_id {
        out.push(Node::leaf("SoDinhDanh", n.value.expose()));
    }
    if let Some(n) = &record.id_card_number {
        out.push(Node::leaf("SoCMND", n.value.expose()));
    }
    if let Some(name) = &record.full_name {
        let parts =
            vec![Node::leaf("Ho", ""), Node::leaf("ChuDem", ""), Node::leaf("Ten", upper(&name.value))];
        out.push(Node::branch("HoVaTen", parts));
    }
    push_codes(&mut out, record, released);
    if let Some(date) = &record.birth_date {
        out.push(Node::branch("NgayThangNamSinh", vec![birth_date(date.value)]));
    }
    push_places(&mut out, record);
    push_people(&mut out, record);
    if released.contains(Field::State) && record.state != LifeState::Alive {
        out.extend(codes::state_code(record.state).map(|code| Node::leaf("TrangThaiCongDan", code)));
    }
    if let Some(file) = &record.residence_file {
        out.push(Node::leaf("SoSoHoKhau", file.value.clone()));
    }
    out
}

fn push_codes(out: &mut Vec<Node>, record: &Record, released: FieldSet) {
    if released.contains(Field::Sex) {
        let sex = record.sex.as_ref().map_or(Sex::Unknown, |s| s.value);
        out.push(Node::leaf("GioiTinh", sex.code().to_string()));
    }
    let group =
        record.ethnic_group.as_ref().and_then(|s| codes::ethnic_group(&s.value, ListVersion::Ethnic1979));
    out.extend(group.map(|code| Node::leaf("DanToc", code)));
    let mut push = |field, name, value: Option<&Coded>, none: &str| {
        if released.contains(field) {
            let code = value.map_or(none, |coded| coded.code.as_str());
            out.push(Node::leaf(name, code));
        }
    };
    let religion = record.religion.as_ref().map(|s| &s.value).filter(|c| !codes::is_no_religion(&c.code));
    push(Field::Religion, "TonGiao", religion, LIVE_NONE);
    push(Field::MaritalStatus, "TinhTrangHonNhan", record.marital_status.as_ref().map(|s| &s.value), "0");
    push(Field::BloodGroup, "NhomMau", record.blood_group.as_ref().map(|s| &s.value), LIVE_NONE);
}

fn push_places(out: &mut Vec<Node>, record: &Record) {
    if let Some(place) = &record.birth_registration {
        out.push(address("NoiDangKyKhaiSinh", &place.value));
    }
    if let Some(country) = &record.nationality {
        out.push(Node::leaf("QuocTich", country.value.clone()));
    }
    let places = [
        ("QueQuan", &record.home_town),
        ("ThuongTru", &record.permanent_residence),
        ("NoiOHienTai", &record.current_residence),
    ];
    for (name, place) in places {
        out.extend(place.as_ref().map(|place| address(name, &place.value)));
    }
}

fn push_people(out: &mut Vec<Node>, record: &Record) {
    let person = |name, relative: &Relative| Node::branch(name, relative_parts(relative));
    out.extend(record.father.as_ref().map(|r| person("Cha", &r.value)));
    out.extend(record.mother.as_ref().map(|r| person("Me", &r.value)));
    out.extend(record.spouses.iter().map(|r| person("VoChong", &r.value)));
    out.extend(record.representative.as_ref().map(|r| person("NguoiDaiDien", &r.value)));
    let mut head = Vec::new();
    head.extend(record.relation_to_head.as_ref().map(|code| Node::leaf("QuanHe", code.value.code.clone())));
    if let Some(household) = &record.household {
        head.extend(household.value.head.number.map(number));
        head.extend(household.value.head.full_name.as_ref().map(|name| Node::leaf("HoVaTen", upper(name))));
    }
    if !head.is_empty() {
        out.push(Node::branch("ChuHo", head));
    }
}

fn relative_parts(relative: &Relative) -> Vec<Node> {
    let mut parts = Vec::with_capacity(3);
    parts.extend(relative.number.map(number));
    parts.extend(relative.nationality.as_ref().map(|country| Node::leaf("QuocTich", country.clone())));
    parts.extend(relative.full_name.as_ref().map(|name| Node::leaf("HoVaTen", upper(name))));
    parts
}

pub(super) fn number(number: PersonNumber) -> Node {
    let name = match number {
        PersonNumber::PersonalId(_) => "SoDinhDanh",
        PersonNumber::IdCard(_) => "SoCMND",
    };
    Node::leaf(name, number.expose())
}

fn upper(name: &FullName) -> String {
    name.whole().to_uppercase()
}

/// Neither form has a place for year and month alone: the year is written, which is true as far as it goes.
fn birth_date(date: BirthDate) -> Node {
    match date {
        BirthDate::Day(_) => Node::leaf("NgayThangNam", date.compact()),
        BirthDate::Month { year, .. } | BirthDate::Year(year) => Node::leaf("Nam", format!("{year:04}")),
    }
}

fn address(name: &'static str, place: &Address) -> Node {
    let part = |name, value: &Option<String>| Node::leaf(name, value.clone().unwrap_or_default());
    let parts = vec![
        part("MaTinhThanh", &place.province),
        part("MaQuanHuyen", &place.district),
        part("MaPhuongXa", &place.commune),
        part("ChiTiet", &place.detail),
        part("QuocGia", &place.country),
    ];
    Node::branch(name, parts)
}
