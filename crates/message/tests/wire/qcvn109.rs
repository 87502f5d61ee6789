//! QCVN 109 against its sample, in XML and JSON.

use crate::support::{full_record, person, squeezed, today};
use dancu_catalogue::Code;
use dancu_citizen::{BirthDate, LifeState, ListVersion, Record};
use dancu_message::qcvn109::{AsOf, Collection, Reading, json, xml, xsd};

const SAMPLE: &str = include_str!("../data/qcvn109.xml");
const LIVE: &str = include_str!("../data/live-037-response.xml");

fn reading() -> Reading<'static> {
    Reading::new("import", today())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn sample() -> Collection {
    xml::read(SAMPLE.as_bytes(), &reading()).unwrap()
}

#[test]
fn the_sample_comes_back_element_by_element() {
    let collection = sample();
    assert_eq!(collection.citizens.len(), 1);
    assert_eq!(collection.as_of.map(|a| a.to_string()).as_deref(), Some("2026-01-01T00:00:00"));
    let written = text(xml::write(&collection, ListVersion::Ethnic2008));
    assert_eq!(squeezed(&written), squeezed(SAMPLE));
}

#[test]
fn json_mirrors_xml() {
    let collection = sample();
    let written = text(json::write(&collection, ListVersion::Ethnic2008));
    insta::assert_snapshot!("sample_json", written);
    assert_eq!(json::read(written.as_bytes(), &reading()).unwrap(), collection);
}

#[test]
fn values_keep_their_source_and_the_day_of_the_message() {
    let name = sample().citizens.remove(0).full_name.unwrap();
    assert_eq!((name.source.as_str(), name.as_of.iso().as_str()), ("import", "2026-01-01"));
    let undated = SAMPLE.replace(" ThoiDiemDuLieu=\"2026-01-01T00:00:00\"", "");
    let name = xml::read(undated.as_bytes(), &reading()).unwrap().citizens.remove(0).full_name.unwrap();
    assert_eq!(name.as_of, today());
}

#[test]
fn the_live_form_is_read() {
    let start = LIVE.find("<ns1:CongdanCollection").unwrap();
    let end = LIVE.find("</soapenv:Body>").unwrap();
    let mut r = xml::read(&LIVE.as_bytes()[start..end], &reading()).unwrap().citizens.remove(0);
    assert_eq!(r.full_name.take().unwrap().value.whole(), "TRẦN THỊ THÚY HÒA");
    assert_eq!(r.ethnic_group.unwrap().value.list, ListVersion::Ethnic1979);
    assert_eq!(r.religion.unwrap().value.code, "99");
    assert_eq!(r.birth_date.unwrap().value, BirthDate::parse_iso("1985-04-30").unwrap());
    let place = r.permanent_residence.unwrap().value;
    assert_eq!(
        (place.province.as_deref(), place.district, place.commune.as_deref()),
        (Some("01"), None, Some("00001"))
    );
    assert_eq!(r.relation_to_head.unwrap().value.code, "CH01");
    assert!(r.household.unwrap().value.head.number.is_some());
}

#[test]
fn everything_the_standard_has_an_element_for_comes_back() {
    let full = Collection {
        note: Some("a \"b\" <c>".into()),
        as_of: AsOf::parse("2026-01-01T08:09:10"),
        citizens: vec![full_record(), person(), Record::default()],
    };
    let written = text(xml::write(&full, ListVersion::Ethnic1979));
    insta::assert_snapshot!("full_xml", written);
    let reading = Reading { ethnic: ListVersion::Ethnic1979, ..Reading::new("cu-tru", today()) };
    let back = xml::read(written.as_bytes(), &reading).unwrap();
    assert_eq!((&back.note, back.as_of), (&full.note, full.as_of));
    assert_eq!(xml::write(&back, ListVersion::Ethnic1979), written.into_bytes());
    assert_eq!(back.citizens[0].state, LifeState::Deceased);
    assert_eq!(back.citizens[1].full_name, person().full_name);
    let as_json = json::write(&full, ListVersion::Ethnic1979);
    assert_eq!(json::read(&as_json, &reading).unwrap(), back);
}

#[test]
fn ethnic_groups_are_converted_by_name() {
    let collection = Collection {
        citizens: vec![Record {
            ethnic_group: Some(crate::support::sourced(crate::support::coded(ListVersion::Ethnic1979, "04"))),
            ..Record::default()
        }],
        ..Collection::default()
    };
    let written = text(xml::write(&collection, ListVersion::Ethnic2008));
    assert!(written.contains("<dc:MaDanToc>06</dc:MaDanToc>"), "{written}");
}

#[test]
fn every_code_that_may_be_written_is_in_the_schema() {
    use dancu_citizen::lists;
    for list in [lists::ethnic(), lists::marital(), lists::blood_group(), lists::religion()] {
        for entry in list.editions().iter().flat_map(dancu_citizen::lists::Edition::entries) {
            assert!(xsd().contains(&format!("<xs:enumeration value=\"{}\"/>", entry.code)), "{}", entry.code);
        }
    }
    let full = Collection {
        citizens: vec![full_record()],
        note: Some("x".into()),
        as_of: AsOf::parse("2026-01-01T00:00:00"),
    };
    let written = text(xml::write(&full, ListVersion::Ethnic2008));
    for element in written.split("<dc:").skip(1).filter_map(|s| s.split(['>', '/', ' ']).next()) {
        assert!(xsd().contains(&format!("<xs:element name=\"{element}\"")), "{element} is not in the schema");
    }
}

#[test]
fn bad_messages() {
    let refused = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from), "{from}");
        let e = xml::read(SAMPLE.replace(from, to).as_bytes(), &reading()).expect_err(to);
        (e.code, e.field.unwrap_or_default())
    };
    let at = |code, field: &str| (code, field.to_owned());
    assert_eq!(refused("SoCongDan=\"1\"", "SoCongDan=\"2\""), at(Code::FieldType, "SoCongDan"));
    assert_eq!(
        refused("2026-01-01T00:00:00", "2026-13-01T00:00:00"),
        at(Code::DateInvalid, "ThoiDiemDuLieu")
    );
    assert_eq!(refused("<dc:GioiTinh>2", "<dc:GioiTinh>3"), at(Code::CodeUnknown, "GioiTinh"));
    assert_eq!(refused("<dc:MaDanToc>02", "<dc:MaDanToc>77"), at(Code::CodeUnknown, "MaDanToc"));
    assert_eq!(refused("<dc:NhomMau>00", "<dc:NhomMau>9"), at(Code::CodeUnknown, "NhomMau"));
    assert_eq!(refused("1985-04-30", "1985-04-31"), at(Code::DateInvalid, "NgayThangNam"));
    assert_eq!(refused("1985-04-30", "2026-04-30"), at(Code::DateInFuture, "NgayThangNam"));
    assert_eq!(refused("<dc:SoCMND>012345678", "<dc:SoCMND>0123456789"), at(Code::NumberInvalid, "SoCMND"));
    assert_eq!(
        refused("<dc:GioiTinh>2</dc:GioiTinh>", "<dc:GioiTinh>2</dc:GioiTinh><dc:GioiTinh>2</dc:GioiTinh>"),
        at(Code::ElementDuplicate, "GioiTinh")
    );
    assert_eq!(
        refused("<dc:GioiTinh>2</dc:GioiTinh>", "<dc:Luong>2</dc:Luong>"),
        at(Code::ElementUnknown, "Luong")
    );
    assert_eq!(
        refused("<dc:GioiTinh>2</dc:GioiTinh>", "<dc:Ten>2</dc:Ten>"),
        at(Code::ElementUnknown, "Ten")
    );
    assert_eq!(refused("<dc:Ten>Hòa", "<dc:Ten>H&#9;òa"), at(Code::ControlCharacter, "HoVaTen"));
    assert_eq!(refused("<dc:QuocGia>VN", "<dc:QuocGia>VNM"), at(Code::CodeUnknown, "QuocGia"));
    assert_eq!(
        refused("<dc:MaDonViHanhChinh>00037", "<dc:MaDonViHanhChinh>0037"),
        at(Code::CodeUnknown, "MaDonViHanhChinh")
    );
}

#[test]
fn bad_json() {
    let refused = |body: &str| {
        let e = json::read(body.as_bytes(), &reading()).expect_err(body);
        (e.code, e.field.unwrap_or_default())
    };
    let at = |code, field: &str| (code, field.to_owned());
    assert_eq!(refused("{"), at(Code::JsonMalformed, ""));
    assert_eq!(refused("[]"), at(Code::FieldType, ""));
    assert_eq!(refused(&"[".repeat(100_000)), at(Code::JsonMalformed, ""));
    assert_eq!(refused("{\"CongDan\":[{\"Ten\":{\"Ten\":{}}}]}"), at(Code::ElementUnknown, "Ten"));
    assert_eq!(
        refused("{\"CongDan\":[{\"GioiTinh\":\"1\",\"GioiTinh\":\"2\"}]}"),
        at(Code::ElementDuplicate, "GioiTinh")
    );
    assert_eq!(refused("{\"CongDan\":[{\"GioiTinh\":true}]}"), at(Code::FieldType, "GioiTinh"));
    assert_eq!(refused("{\"SoCongDan\":3,\"CongDan\":[]}"), at(Code::FieldType, "/SoCongDan"));
    assert!(
        json::read(b"{\"CongDan\":{\"GioiTinh\":1,\"HoVaTen\":\"A B\",\"Cha\":null}}", &reading()).is_ok()
    );
}
