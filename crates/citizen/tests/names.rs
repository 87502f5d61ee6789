//! Names as clients send them against names on record, by the examples of the field.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use dancu_citizen::{
    Allowed, Claim, ClaimedName, Comparison, Facts, Field, FullName, NameError, NameForms, Reason, compare,
};

fn reason(record: &str, claimed: &str) -> Reason {
    let facts = Facts { name: Some(NameForms::of(&FullName::parse(record).unwrap())), ..Facts::default() };
    let claim = Claim { full_name: Some(ClaimedName::parse(claimed).unwrap()), ..Claim::default() };
    compared(&claim, &facts).get(Field::FullName).reason
}

fn compared(claim: &Claim, facts: &Facts) -> Comparison {
    compare(claim, facts, Allowed::ALL)
}

#[test]
fn the_same_name_in_other_spelling_is_equal() {
    for (record, claimed) in [
        ("Nguyễn Văn A", "Nguyễn Văn A"),
        ("Nguyễn Văn A", "nguyễn văn a"),
        ("Nguyễn Văn A", "NGUYỄN VĂN A"),
        ("Nguyễn Văn A", "  NGUYỄN   VĂN\u{a0}A "),
        ("Nguyễn Văn A", "Nguye\u{302}\u{303}n Va\u{306}n A"),
        ("Nguyễn Văn A", "NguyễnVănA"),
        ("Nguyễn Thị Anh", "NguyễnThịAnh"),
        ("Trần Thị Thúy Hòa", "Trần Thị Thuý Hoà"),
        ("Trần Thị Thuý Hoà", "TRẦN THỊ THÚY HÒA"),
        ("Lý Thị Mỹ", "Lí Thị Mĩ"),
        ("Lí Thị Mĩ", "LýThịMỹ"),
        ("Ly An", "LYAN"),
        ("Đức Ý", "ĐứcÝ"),
        ("Ngô Quý Quý", "Ngô Quí Qúy"),
        ("Đặng Đình Đô", "đặng đình đô"),
        ("Đặng Đình Đô", "Ðặng Ðình Ðô"), // capital eth, typed for Đ
        ("Nguyễn Văn Khuỷu", "Nguyễn Văn Khủyu"),
        ("H'Hen Niê", "H Hen Niê"),
        ("H’Hen Niê", "H'HEN NIÊ"),
        ("Y-Bhăm", "Y Bhăm"),
        ("Le Van An", "LE VAN AN"),
    ] {
        assert_eq!(reason(record, claimed), Reason::Equal, "{record} / {claimed}");
    }
}

#[test]
fn a_claim_without_marks_agrees_unaccented() {
    for claimed in ["NGUYEN VAN A", "NGUYENVANA", "nguyen van a", "Nguyen VanA", "NguyenVan A"] {
        assert_eq!(reason("Nguyễn Văn A", claimed), Reason::UnaccentedEqual, "{claimed}");
    }
    assert_eq!(reason("Đỗ Thị Quý", "DO THI QUI"), Reason::UnaccentedEqual);
    assert_eq!(reason("Lý Thị Ánh", "LYTHIANH"), Reason::UnaccentedEqual);
    assert_eq!(reason("Lý An", "LYAN"), Reason::UnaccentedEqual);
}

#[test]
fn marks_that_contradict_the_record_are_near_only() {
    assert_eq!(reason("Lê Thị Hòa", "Lê Thị Hoa"), Reason::MarksDiffer);
    assert_eq!(reason("Lê Thị Hoa", "Lê Thị Hòa"), Reason::MarksDiffer);
    assert_eq!(reason("Lê Thị Hòa", "Lê Thị Hóa"), Reason::MarksDiffer);
    assert_eq!(reason("Đỗ Văn An", "Dỗ Văn An"), Reason::MarksDiffer);
    assert_eq!(reason("Nguyễn Văn A", "Nguyễn Van A"), Reason::MarksDiffer);
    assert_eq!(reason("Lê Thị Hòa", "LêThịHóa"), Reason::MarksDiffer);
}

#[test]
fn marks_of_other_languages_are_marks_too() {
    assert_eq!(reason("José Müller Peña", "JOSÉ MÜLLER PEÑA"), Reason::Equal);
    assert_eq!(reason("José Müller Peña", "JOSE MULLER PENA"), Reason::UnaccentedEqual);
    assert_eq!(reason("José Muller Peña", "José Müller Peña"), Reason::MarksDiffer);
    assert_eq!(reason("José Müller Peña", "José Müller Pena"), Reason::MarksDiffer);
    assert_eq!(reason("Søren Weiß", "SOREN WEISS"), Reason::UnaccentedEqual);
}

#[test]
fn the_order_of_words_counts() {
    assert_eq!(reason("Nguyễn Văn Anh", "Nguyễn Anh Văn"), Reason::Different);
    assert_eq!(reason("Nguyễn Văn Anh", "NGUYENANHVAN"), Reason::Different);
}

#[test]
fn one_edit_is_near_and_two_are_not() {
    for claimed in
        ["NGUYEN VAN AN", "NGUEN VAN A", "NGUYEM VAN A", "NGUYNE VAN A", "Nguyễm Văn A", "NGUYENVNA"]
    {
        let expected =
            if claimed == "NGUYENVNA" { Reason::SmallEdit } else { reason("Nguyễn Văn A", claimed) };
        assert_eq!(expected, Reason::SmallEdit, "{claimed}");
    }
    assert_eq!(reason("Nguyễn Văn A", "NGYEN VAN AB"), Reason::Different);
    assert_eq!(
        reason("Nguyễn Văn Thuý", "Nguyễn Văn Thúi"),
        Reason::SmallEdit,
        "uy and ui are other syllables"
    );
    assert_eq!(reason("Lê Hoan", "Lê Ho An"), Reason::SmallEdit, "a space elsewhere is an edit");
    assert_eq!(reason("Lê A", "Lê B"), Reason::Different, "too short for an edit");
    assert_eq!(reason("Vi An", "Vi Am"), Reason::SmallEdit);
}

#[test]
fn legacy_text_is_decoded() {
    for (record, tcvn3) in [
        ("Nguyễn Văn Anh", "NguyÔn V¨n Anh"),
        ("Trần Thị Thúy Hòa", "TrÇn ThÞ Thóy Hßa"),
        ("Lê Quốc Việt", "Lª Quèc ViÖt"),
        ("Đặng Thị Phượng", "§Æng ThÞ Ph\u{ad}îng"),
        ("Phạm Đức Thắng", "Ph¹m §øc Th¾ng"),
        ("Vũ Thị Mười", "Vò ThÞ M\u{ad}êi"),
    ] {
        assert_eq!(ClaimedName::parse(tcvn3).unwrap().whole(), record);
    }
    for (record, vni) in [
        ("Nguyễn Văn Anh", "Nguyeãn Vaên Anh"),
        ("NGUYỄN VĂN ANH", "NGUYEÃN VAÊN ANH"),
        ("Trần Thị Thúy Hòa", "Traàn Thò Thuùy Hoøa"),
        ("Lê Quốc Việt", "Leâ Quoác Vieät"),
        ("Đặng Thị Phượng", "Ñaëng Thò Phöôïng"),
        ("Phạm Đức Thắng", "Phaïm Ñöùc Thaéng"),
        ("Võ Thị Mười", "Voõ Thò Möôøi"),
    ] {
        assert_eq!(ClaimedName::parse(vni).unwrap().whole(), record);
    }
}

#[test]
fn unicode_is_not_taken_for_legacy() {
    for name in [
        "Nguyễn Văn Anh",
        "José García",
        "René Noël",
        "François Müller",
        "Vò Văn Tô",
        "Tô Hoài",
        "Lê Hà",
        "Đỗ Lý",
        "Hồ Thị Kỷ",
        "Lò Văn Sùng",
        "Zoë Ngô",
        "Lò Văn Pó",
        "Võ Ngô Ánh",
        "Ô Hà",
        "Mùa A Páo",
        "Cù Huy Cận",
        "Siu Blôh",
        "Hoàng John",
    ] {
        assert_eq!(ClaimedName::parse(name).unwrap().whole(), name);
    }
}

#[test]
fn what_is_no_name_is_refused() {
    let long = "a ".repeat(61);
    for (text, error) in [
        ("", NameError::Empty),
        ("  \u{a0} ", NameError::Empty),
        ("Nguyễn\u{0}Văn", NameError::Control),
        ("Nguyễn\nVăn", NameError::Control),
        ("Nguyễn Văn 1", NameError::Character),
        ("<b>Nguyễn</b>", NameError::Character),
        ("Nguyễn & Văn", NameError::Character),
        ("Nguyễn Văn A; DROP", NameError::Character),
        ("Нгуен", NameError::Character),
        ("阮文", NameError::Character),
        ("Nguyễn\u{202e}Văn", NameError::Character),
        ("...", NameError::Character),
        ("' -", NameError::Character),
        (&"a".repeat(121), NameError::TooLong),
        (&"ế".repeat(5000), NameError::TooLong),
    ] {
        assert_eq!(ClaimedName::parse(text).unwrap_err(), error, "{text}");
        assert_eq!(FullName::parse(text).unwrap_err(), error, "{text}");
    }
    assert!(ClaimedName::parse(&long).is_err(), "121 characters with its inner spaces");
    assert!(FullName::parse(&"ế".repeat(120)).is_ok());
}

#[test]
fn a_full_name_falls_into_its_parts() {
    let name = FullName::parse(" Trần  Thị Thúy Hòa ").unwrap();
    assert_eq!((name.surname(), name.middle(), name.given()), ("Trần", "Thị Thúy", "Hòa"));
    assert_eq!(FullName::from_parts("Trần", "Thị Thúy", "Hòa").unwrap(), name);
    assert_eq!(FullName::from_parts("", "", "TRAN THI HOA").unwrap().whole(), "TRAN THI HOA");
}

#[test]
fn debug_hides_every_name() {
    let name = FullName::parse("Bí Mật").unwrap();
    let shown = format!("{:?} {:?} {:?}", name, ClaimedName::from(&name), NameForms::of(&name));
    assert!(!shown.to_lowercase().contains("mật") && !shown.contains("mat"), "{shown}");
}
