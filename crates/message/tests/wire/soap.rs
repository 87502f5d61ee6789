//! The live SOAP forms against the examples.

use crate::support::{full_record, person, released, squeezed, today};
use dancu_catalogue::{Code, Lang};
use dancu_citizen::{Allowed, BirthDate, Facts, Field, FieldSet, Record, Sex, compare};
use dancu_message::{Answer, Form, LookUp, Outcome, Refusal, Service, Verification, soap};

const VERIFY: &str = include_str!("../data/live-033-request.xml");
const OLDER: &str = include_str!("../data/live-033-older.xml");
const LOOK_UP: &str = include_str!("../data/live-037-request.xml");

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn encode(answer: &Answer, form: Form) -> String {
    text(soap::encode(answer, form, "c-1", Lang::Vi))
}

fn verification(tontai: bool) -> Answer {
    Answer::Verification(Verification { outcome: Outcome::Verified, tontai, comparison: None })
}

fn look_up(record: Option<Record>, released: FieldSet) -> Answer {
    Answer::LookUp(LookUp { outcome: Outcome::Verified, record: record.map(Box::new), released })
}

#[test]
fn the_example_of_033_is_read() {
    let r = soap::decode(VERIFY.as_bytes(), today()).unwrap();
    assert_eq!((r.service, r.form), (Service::Verify, Form::Soap));
    assert_eq!(r.integration_code, "033");
    assert_eq!(r.request_id, "1763620000123");
    assert_eq!(r.purpose.as_deref(), Some("1.004227"));
    assert_eq!(r.officer.as_deref(), Some("001080000024"));
    assert_eq!(r.claim.personal_id.map(dancu_citizen::PersonalId::expose).as_deref(), Some("001185000017"));
    assert_eq!(r.claim.birth_date, Some(BirthDate::parse_iso("1985-04-30").unwrap()));
    assert_eq!((r.agency_code, r.account, r.phone, r.case_number, r.fields), (None, None, None, None, None));
    let allowed = Allowed { fields: Field::ALL.iter().copied().collect(), near: false };
    let said = compare(&r.claim, &Facts::of(&person()), allowed);
    assert!(said.agrees([Field::PersonalId, Field::FullName, Field::BirthDate].into_iter().collect()));
}

#[test]
fn the_older_example_is_read() {
    let r = soap::decode(OLDER.as_bytes(), today()).unwrap();
    assert_eq!((r.service, r.form), (Service::Verify, Form::SoapOlder));
    assert_eq!(r.integration_code, "033");
    assert_eq!((r.purpose, r.claim.birth_date), (None, None));
    assert_eq!(r.officer.as_deref(), Some("VDXP_VPCP"));
    assert_eq!(r.claim.id_card_number.map(dancu_citizen::IdCardNumber::expose).as_deref(), Some("012345678"));
}

#[test]
fn the_example_of_037_is_read() {
    let r = soap::decode(LOOK_UP.as_bytes(), today()).unwrap();
    assert_eq!((r.service, r.form), (Service::LookUp, Form::Soap));
    assert_eq!(r.integration_code, "037");
    assert_eq!(r.agency_code.as_deref(), Some("H55.242"));
    assert_eq!(r.account.as_deref(), Some("nguyenvana.stttt"));
    assert_eq!(r.phone.as_deref(), Some("0"));
}

#[test]
fn order_prefix_and_qualification_of_the_fields_do_not_matter() {
    let reference = soap::decode(VERIFY.as_bytes(), today()).unwrap();
    let default_namespace = VERIFY
        .replace("<dan:", "<")
        .replace("</dan:", "</")
        .replace("xmlns:dan=", "xmlns:x=")
        .replace("<XacThucThongTinCongDan>", "<XacThucThongTinCongDan xmlns=\"http://dancuquocgia.bca\">");
    let unqualified = VERIFY
        .replace("dan:", "")
        .replace("xmlns:dan=", "xmlns:x=")
        .replace("<XacThucThongTinCongDan>", "<q:XacThucThongTinCongDan xmlns:q=\"http://dancuquocgia.bca\">")
        .replace("</XacThucThongTinCongDan>", "</q:XacThucThongTinCongDan>")
        .replace("xmlns:q=\"http://dancuquocgia.bca\" xmlns:q", "xmlns:q")
        .replace(" xmlns:dan=\"http://dancuquocgia.bca\"", "");
    let other_prefix = VERIFY.replace("dan:", "qldc:").replace(":dan=", ":qldc=").replace("soapenv", "S");
    let name = "<dan:HoVaTen>TRANTHITHUYHOA</dan:HoVaTen>";
    let reordered = VERIFY.replace(name, "").replace("<dan:MaYeuCau>", &format!("{name}<dan:MaYeuCau>"));
    let declared =
        format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- a -->{VERIFY}<!-- b -->");
    let cdata = VERIFY.replace("TRANTHITHUYHOA", "TRAN<![CDATA[THI]]>THUY&#72;&#x4f;A");
    let empties =
        VERIFY.replace("<dan:SoDinhDanh>", "<dan:SoCMND/><dan:MaDonVi></dan:MaDonVi><dan:SoDinhDanh>");
    let iso = VERIFY.replace("19850430", " 1985-04-30\n");
    let flat = VERIFY.replace("<dan:NgayThangNam>", "").replace("</dan:NgayThangNam>", "");
    for xml in [default_namespace, unqualified, other_prefix, reordered, declared, cdata, empties, iso, flat]
    {
        assert_eq!(soap::decode(xml.as_bytes(), today()).as_ref(), Ok(&reference), "{xml}");
    }
}

#[test]
fn our_additions_are_read() {
    let xml = VERIFY.replace(
        "</dan:XacThucThongTinCongDan>",
        "<dan:MaHoSo>H55.242-261121-0001</dan:MaHoSo><dan:MucDich>Đăng ký &amp; cấp</dan:MucDich><dan:GioiTinh>2</dan:GioiTinh>\
         <dan:TruongThongTin>ThuongTru</dan:TruongThongTin><dan:TruongThongTin>full_name</dan:TruongThongTin></dan:XacThucThongTinCongDan>",
    );
    let r = soap::decode(xml.as_bytes(), today()).unwrap();
    assert_eq!(r.case_number.as_deref(), Some("H55.242-261121-0001"));
    assert_eq!((r.purpose.as_deref(), r.purpose_text.as_deref()), (Some("1.004227"), Some("Đăng ký & cấp")));
    assert_eq!(r.claim.sex, Some(Sex::Female));
    assert_eq!(r.fields, Some([Field::PermanentResidence, Field::FullName].into_iter().collect()));
    let without_code = xml.replace("<dan:MaDVC>1.004227</dan:MaDVC>", "");
    let r = soap::decode(without_code.as_bytes(), today()).unwrap();
    assert_eq!((r.purpose.as_deref(), r.purpose_text), (Some("Đăng ký & cấp"), None));
}

#[test]
fn the_code_003_verifies_and_a_year_is_a_birth_date() {
    let xml = VERIFY.replace(">033<", ">003<").replace("NgayThangNam>", "Nam>").replace("19850430", "1985");
    let r = soap::decode(xml.as_bytes(), today());
    let r = r.unwrap();
    assert_eq!((r.integration_code.as_str(), r.service), ("003", Service::Verify));
    assert_eq!(r.claim.birth_date, Some(BirthDate::Year(1985)));
}

#[test]
fn headers_that_nobody_must_understand_are_passed_over() {
    let header = "<soapenv:Header><w:Security xmlns:w=\"urn:w\" soapenv:mustUnderstand=\"0\"><w:T a=\"b\">x</w:T></w:Security>\
                  <w:Far xmlns:w=\"urn:w\" soapenv:mustUnderstand=\"1\" soapenv:actor=\"urn:other\"/></soapenv:Header>";
    let xml = VERIFY.replace("<soapenv:Header/>", header);
    assert!(soap::decode(xml.as_bytes(), today()).is_ok());
}

#[test]
fn answers_are_the_examples_to_the_letter() {
    assert_eq!(
        encode(&verification(true), Form::Soap),
        squeezed(include_str!("../data/live-033-response.xml"))
    );
    let found = look_up(Some(person()), released());
    assert_eq!(encode(&found, Form::Soap), squeezed(include_str!("../data/live-037-response.xml")));
}

#[test]
fn every_form_of_answer() {
    insta::assert_snapshot!("older_false", encode(&verification(false), Form::SoapOlder));
    insta::assert_snapshot!("not_found", encode(&look_up(None, released()), Form::Soap));
    let all = Field::ALL.iter().copied().collect();
    insta::assert_snapshot!("full", encode(&look_up(Some(full_record()), all), Form::Soap));
    let year =
        Record { birth_date: Some(crate::support::sourced(BirthDate::Year(1950))), ..Record::default() };
    let only = FieldSet::EMPTY.with(Field::BirthDate).with(Field::Sex).with(Field::MaritalStatus);
    insta::assert_snapshot!("little", encode(&look_up(Some(year), only), Form::Soap));
    let refusal = Refusal { code: Code::NumberInvalid, field: Some("SoDinhDanh".into()) };
    insta::assert_snapshot!("fault", encode(&Answer::Refusal(refusal.clone()), Form::Soap));
    insta::assert_snapshot!(
        "fault_en",
        text(soap::fault(&Refusal { field: None, ..refusal }, "c-1", Lang::En))
    );
}

#[test]
fn every_code_makes_a_fault_with_its_fault_code_and_the_correlation_id() {
    for entry in dancu_catalogue::ENTRIES {
        let fault = text(soap::fault(&Refusal { code: entry.code, field: None }, "c<&1", Lang::Vi));
        assert!(fault.contains(&format!("<faultcode>soapenv:{:?}</faultcode>", entry.soap)), "{fault}");
        assert!(fault.contains(&format!(
            "<dan:MaLoi>{}</dan:MaLoi><dan:MaTraCuu>c&lt;&amp;1</dan:MaTraCuu>",
            entry.name
        )));
    }
}

#[test]
fn only_released_fields_leave() {
    let sent = encode(
        &look_up(
            Some(person().only(FieldSet::EMPTY.with(Field::FullName))),
            FieldSet::EMPTY.with(Field::FullName),
        ),
        Form::Soap,
    );
    assert!(
        sent.contains("<ns1:CongDan><ns1:HoVaTen>") && sent.contains("</ns1:HoVaTen></ns1:CongDan>"),
        "{sent}"
    );
    assert!(!Form::Soap.carries().contains(Field::Contact) && Form::Rest.carries().contains(Field::Contact));
}

#[test]
fn ethnic_groups_are_written_in_the_list_of_1979() {
    use dancu_citizen::ListVersion::Ethnic2008;
    let muong = Record {
        ethnic_group: Some(crate::support::sourced(crate::support::coded(Ethnic2008, "04"))),
        ..Record::default()
    };
    let sent = encode(&look_up(Some(muong), FieldSet::EMPTY.with(Field::EthnicGroup)), Form::Soap);
    assert!(sent.contains("<ns1:DanToc>06</ns1:DanToc>"), "{sent}");
}

#[test]
fn the_wsdl_takes_its_address_and_describes_what_is_written() {
    let wsdl = soap::wsdl("https://host:8443/a?b&c");
    assert!(
        wsdl.contains("<soap:address location=\"https://host:8443/a?b&amp;c\"/>")
            && !wsdl.contains("{address}")
    );
    for element in
        ["XacThucThongTinCongDan", "XacThucThongTinCongDanRequest", "TraCuuThongTinCongDan", "LoiDichVu"]
    {
        assert!(wsdl.contains(&format!("<xs:element name=\"{element}\">")));
    }
    let all = Field::ALL.iter().copied().collect();
    let sent = encode(&look_up(Some(full_record()), all), Form::Soap);
    for element in sent.split("<ns1:").skip(1).filter_map(|s| s.split(['>', '/', ' ']).next()) {
        assert!(wsdl.contains(&format!("name=\"{element}\"")), "{element} is not in the WSDL");
    }
}

#[test]
fn debug_shows_no_personal_data() {
    let r = soap::decode(LOOK_UP.as_bytes(), today()).unwrap();
    let shown = format!("{r:?} {:?}", look_up(Some(full_record()), released()));
    for secret in ["0011", "TRAN", "Trần", "1985", "nguyenvana", "H55", "012345678", "VPCP", "RANDOM"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
