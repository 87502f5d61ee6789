//! Each kind of bad XML has an error of its own, and none takes long.

use crate::support::today;
use dancu_catalogue::Code;
use dancu_message::{WireError, soap};

const VERIFY: &str = include_str!("../data/live-033-request.xml");
const LOOK_UP: &str = include_str!("../data/live-037-request.xml");

fn refused(xml: impl AsRef<[u8]>) -> (Code, Option<String>) {
    let WireError { code, field } = soap::decode(xml.as_ref(), today()).expect_err("must be refused");
    (code, field)
}

/// The 033 example with one text replaced by another.
fn with(from: &str, to: &str) -> String {
    assert!(VERIFY.contains(from), "{from}");
    VERIFY.replace(from, to)
}

fn is(code: Code, field: &str) -> (Code, Option<String>) {
    (code, Some(field.to_owned()))
}

#[test]
fn syntax() {
    for xml in [
        "",
        "   ",
        "x",
        "{\"a\":1}",
        "<p:a/>",
        "<?xml version=\"1.1\"?><a/>",
        "<!-- a -- b --><a/>",
        "<![CDATA[x]]>",
    ] {
        assert_eq!(refused(xml).0, Code::XmlMalformed, "{xml}");
    }
    for inside in [
        "<a>",
        "<a></b>",
        "</a>",
        "<a x='1' x='2'/>",
        "<a x='<'/>",
        "<a x=1/>",
        "<a>&amp</a>",
        "<a>&#xd800;</a>",
        "<p:a/>",
    ] {
        let xml = with("<soapenv:Header/>", &format!("<soapenv:Header>{inside}</soapenv:Header>"));
        assert_eq!(refused(xml).0, Code::XmlMalformed, "{inside}");
    }
    assert_eq!(refused(format!("{VERIFY}x")).0, Code::XmlMalformed);
    assert_eq!(refused(format!("{VERIFY}<a/>")).0, Code::XmlMalformed);
    assert_eq!(refused(&VERIFY[..VERIFY.len() - 30]).0, Code::XmlMalformed);
    assert_eq!(refused(" <?xml version=\"1.0\"?><a/>").0, Code::XmlMalformed);
}

#[test]
fn forbidden_parts() {
    let bomb = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    assert_eq!(refused(format!("{bomb}{}", with("TRANTHITHUYHOA", "&c;"))).0, Code::XmlForbidden);
    let external = "<!DOCTYPE l SYSTEM \"file:///etc/passwd\">";
    assert_eq!(refused(format!("{external}{VERIFY}")).0, Code::XmlForbidden);
    assert_eq!(refused(with("TRANTHITHUYHOA", "&nbsp;")).0, Code::XmlForbidden);
    assert_eq!(refused(with("<soapenv:Header/>", "<soapenv:Header a=\"&x;\"/>")).0, Code::XmlForbidden);
    assert_eq!(refused(with("<soapenv:Header/>", "<?php x?>")).0, Code::XmlForbidden);
    assert_eq!(refused(format!("<?xml-stylesheet href='a'?>{VERIFY}")).0, Code::XmlForbidden);
}

#[test]
fn too_much() {
    let deep = "<a>".repeat(100_000);
    assert_eq!(refused(with("<soapenv:Header/>", &format!("<soapenv:Header>{deep}"))).0, Code::XmlTooDeep);
    let wide = "<a/>".repeat(100_000);
    assert_eq!(refused(with("<soapenv:Header/>", &format!("<soapenv:Header>{wide}"))).0, Code::XmlTooDeep);
    let attributes = (0..100_000).map(|i| format!(" a{i}=''")).collect::<Vec<_>>().concat();
    assert_eq!(
        refused(with("<soapenv:Header/>", &format!("<soapenv:Header{attributes}/>"))).0,
        Code::XmlTooDeep
    );
    let namespaces = (0..100_000).map(|i| format!(" xmlns:a{i}='u'")).collect::<Vec<_>>().concat();
    assert!(matches!(
        refused(with("<soapenv:Header/>", &format!("<soapenv:Header{namespaces}/>"))).0,
        Code::XmlMalformed | Code::XmlTooDeep
    ));
    let repeated = "<dan:TruongThongTin>sex</dan:TruongThongTin>".repeat(100_000);
    assert_eq!(refused(with("<dan:MaDVC>", &format!("{repeated}<dan:MaDVC>"))).0, Code::XmlTooDeep);
}

#[test]
fn characters() {
    let mut bytes = VERIFY.as_bytes().to_vec();
    let place = VERIFY.find("TRAN").unwrap();
    bytes[place] = 0xff;
    assert_eq!(refused(&bytes).0, Code::EncodingInvalid);
    let utf16: Vec<u8> = VERIFY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(refused(&utf16).0, Code::EncodingInvalid | Code::ControlCharacter));
    let declared = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{VERIFY}");
    assert_eq!(refused(declared).0, Code::EncodingInvalid);
    for control in
        ["\u{1}", "\0", "&#1;", "&#x0;", "\u{ffff}", "&#xfffe;", "TRAN\tTHI", "&#10;A", "\u{85}A", "\u{7f}"]
    {
        let (code, _) = refused(with("TRANTHITHUYHOA", &format!("TRAN{control}HOA")));
        assert!(matches!(code, Code::ControlCharacter | Code::XmlMalformed), "{control:?} {code:?}");
    }
    assert_eq!(refused(with("TRANTHITHUYHOA", "TRAN&#9;HOA")), is(Code::ControlCharacter, "HoVaTen"));
    assert_eq!(refused(with("1763620000123", "17&#x85;63")), is(Code::ControlCharacter, "MaYeuCau"));
}

#[test]
fn the_envelope() {
    let soap12 = VERIFY
        .replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope");
    assert_eq!(refused(soap12), is(Code::SoapVersion, "Envelope"));
    assert_eq!(refused("<Envelope/>"), is(Code::SoapVersion, "Envelope"));
    for attribute in [
        "soapenv:mustUnderstand=\"1\"",
        "soapenv:mustUnderstand=\"true\" soapenv:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"",
    ] {
        let header = format!("<soapenv:Header><w:Security xmlns:w=\"urn:w\" {attribute}/></soapenv:Header>");
        assert_eq!(
            refused(with("<soapenv:Header/>", &header)),
            is(Code::SoapHeaderNotUnderstood, "Security")
        );
    }
    assert_eq!(
        refused(with("<soapenv:Header/>", "<soapenv:Header/><soapenv:Header/>")),
        is(Code::ElementDuplicate, "Header")
    );
    assert_eq!(
        refused(with("</soapenv:Body>", "</soapenv:Body><soapenv:Body/>")),
        is(Code::ElementDuplicate, "Body")
    );
    assert_eq!(refused(with("</soapenv:Body>", "<dan:X/></soapenv:Body>")), is(Code::ElementUnknown, "X"));
    let empty = "<S:Envelope xmlns:S='http://schemas.xmlsoap.org/soap/envelope/'><S:Body/></S:Envelope>";
    assert_eq!(refused(empty), is(Code::OperationUnknown, "Body"));
    assert_eq!(refused(empty.replace("<S:Body/>", "")), is(Code::FieldMissing, "Body"));
}

#[test]
fn the_operation() {
    assert_eq!(
        refused(VERIFY.replace("XacThucThongTinCongDan", "XoaCongDan")),
        is(Code::OperationUnknown, "Body")
    );
    assert_eq!(
        refused(VERIFY.replace("http://dancuquocgia.bca", "http://gtel.vn/qldc")),
        is(Code::OperationUnknown, "Body")
    );
    for code in ["037", "034", "33", "abc"] {
        assert_eq!(refused(with(">033<", &format!(">{code}<"))), is(Code::OperationUnknown, "MaTichHop"));
    }
    assert_eq!(refused(LOOK_UP.replace(">037<", ">033<")), is(Code::OperationUnknown, "MaTichHop"));
    assert_eq!(
        refused(with("<dan:MaTichHop>", "<dan:MaDichVu>003</dan:MaDichVu><dan:MaTichHop>")),
        is(Code::OperationUnknown, "MaTichHop")
    );
    assert_eq!(refused(with("<dan:MaTichHop>033</dan:MaTichHop>", "")), is(Code::FieldMissing, "MaTichHop"));
}

#[test]
fn fields_that_are_not_as_described() {
    let twice = "<dan:SoDinhDanh>001185000017</dan:SoDinhDanh>";
    assert_eq!(refused(with(twice, &twice.repeat(2))), is(Code::ElementDuplicate, "SoDinhDanh"));
    assert_eq!(
        refused(with(twice, &format!("<dan:SoDinhDanh/>{twice}"))),
        is(Code::ElementDuplicate, "SoDinhDanh")
    );
    assert_eq!(
        refused(with("<dan:MaDVC>", "<dan:Khac>1</dan:Khac><dan:MaDVC>")),
        is(Code::ElementUnknown, "Khac")
    );
    assert_eq!(
        refused(with("<dan:MaDVC>", "<x:MaDVC xmlns:x='urn:x'>1</x:MaDVC><dan:MaDVC>")),
        is(Code::ElementUnknown, "MaDVC")
    );
    // A value in the place of a name is not told back.
    assert_eq!(
        refused(with("<dan:MaDVC>", "<dan:N001185000017/><dan:MaDVC>")),
        is(Code::ElementUnknown, "XacThucThongTinCongDan")
    );
    assert_eq!(refused(with("TRANTHITHUYHOA", "<dan:Ten>A</dan:Ten>")), is(Code::ElementUnknown, "Ten"));
    assert_eq!(
        refused(with("<dan:MaDVC>", "text<dan:MaDVC>")),
        is(Code::FieldType, "XacThucThongTinCongDan")
    );
    assert_eq!(refused(with("1763620000123", "")), is(Code::FieldMissing, "MaYeuCau"));
    assert_eq!(refused(with("1763620000123", &"1".repeat(65))), is(Code::FieldType, "MaYeuCau"));
    assert_eq!(refused(with("1763620000123", "số 1")), is(Code::FieldType, "MaYeuCau"));
    assert_eq!(refused(with("001080000024", &"0".repeat(61))), is(Code::FieldType, "MaCanBo"));
    assert_eq!(
        refused(with("<dan:SoDinhDanh>001185000017</dan:SoDinhDanh>", "")),
        is(Code::FieldMissing, "SoDinhDanh")
    );
    assert_eq!(refused(with("TRANTHITHUYHOA", "  ")), is(Code::FieldMissing, "HoVaTen"));
    let unknown_field = "<dan:TruongThongTin>salary</dan:TruongThongTin><dan:MaDVC>";
    assert_eq!(refused(with("<dan:MaDVC>", unknown_field)), is(Code::CodeUnknown, "TruongThongTin"));
    assert_eq!(
        refused(with("<dan:MaDVC>", "<dan:GioiTinh>7</dan:GioiTinh><dan:MaDVC>")),
        is(Code::CodeUnknown, "GioiTinh")
    );
}

#[test]
fn numbers_names_and_dates() {
    for number in ["00118500001", "0011850000177", "00118500001a", "001 185000017", "٠٠١١٨٥٠٠٠٠١٧"]
    {
        assert_eq!(refused(with("001185000017", number)), is(Code::NumberInvalid, "SoDinhDanh"), "{number}");
    }
    let card = with("SoDinhDanh", "SoCMND");
    assert_eq!(refused(&card), is(Code::NumberInvalid, "SoCMND"));
    assert!(soap::decode(card.replace("001185000017", "012345678").as_bytes(), today()).is_ok());
    assert_eq!(refused(with("TRANTHITHUYHOA", &"A".repeat(500))), is(Code::NameInvalid, "HoVaTen"));
    for date in ["19850230", "19851301", "1985043", "30041985", "1985-02-29", "0000", "abc", "1985/04/30"] {
        assert_eq!(refused(with("19850430", date)), is(Code::DateInvalid, "NgayThangNam"), "{date}");
    }
    for date in ["20261122", "2027", "2999-01-01", "202612"] {
        assert_eq!(refused(with("19850430", date)), is(Code::DateInFuture, "NgayThangNam"), "{date}");
    }
    let both = "<dan:NgayThangNam>19850430</dan:NgayThangNam><dan:Nam>1985</dan:Nam>";
    assert_eq!(
        refused(with("<dan:NgayThangNam>19850430</dan:NgayThangNam>", both)),
        is(Code::ElementDuplicate, "NgayThangNamSinh")
    );
    assert_eq!(refused(VERIFY.replace("NgayThangNam>", "Nam>")), is(Code::DateInvalid, "Nam"));
}

#[test]
fn a_look_up_needs_the_birth_date_and_a_verification_does_not() {
    let date = "<dan:NgayThangNamSinh><dan:NgayThangNam>19850430</dan:NgayThangNam></dan:NgayThangNamSinh>";
    assert!(soap::decode(with(date, "").as_bytes(), today()).is_ok());
    assert_eq!(refused(LOOK_UP.replace(date, "")), is(Code::FieldMissing, "NgayThangNamSinh"));
    assert_eq!(
        refused(LOOK_UP.replace(date, "<dan:NgayThangNamSinh/>")),
        is(Code::FieldMissing, "NgayThangNamSinh")
    );
}
