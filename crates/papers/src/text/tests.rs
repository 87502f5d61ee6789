use super::*;
use proptest::prelude::*;

/// Every letter of Vietnamese, and the signs of the forms.
fn letters() -> String {
    let vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ";
    let all = format!("{vowels}bcdđghklmnpqrstvxfjwz");
    format!("{all}{} 0123456789.,;:!?-–—/()“”\"'×@_+=%&§…<>[]*#", all.to_uppercase())
}

#[test]
fn every_vietnamese_letter_is_in_every_face() {
    let faces = [Face::Regular, Face::Bold, Face::Italic, Face::BoldItalic];
    for letter in (' '..='~').chain(letters().chars()) {
        assert!(faces.iter().all(|face| face.typeface().unwrap().has(letter)), "{letter}");
        assert!(is_printable(&letter.to_string()), "{letter}");
    }
    for letter in ['中', '\u{1F600}', '\t', '\0', '\u{FFFD}'] {
        assert!(!is_printable(&letter.to_string()), "{letter:?}");
    }
}

#[test]
fn decomposed_letters_are_composed() {
    let span = Span::new("Nguye\u{302}\u{303}n", Face::Regular);
    assert_eq!(span.text, "Nguyễn");
}

fn words_of(set: &Set) -> Vec<String> {
    let line = |line: &Line| line.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
    set.lines.iter().map(line).collect()
}

#[test]
fn an_address_wider_than_its_column_breaks_after_a_sign() {
    let set = Set::new(&text("canbo01.skhcn@hoathinh.example"), 104.0);
    assert_eq!(words_of(&set), ["canbo01.skhcn@", "hoathinh.example"]);
    let set = Set::new(&text("khongcodaunaocatrongtendangnhap"), 60.0);
    assert!(set.lines.len() > 2 && words_of(&set).concat() == "khongcodaunaocatrongtendangnhap");
}

#[test]
fn titles_are_even() {
    let set = Set::new(&text("ỦY BAN NHÂN DÂN TỈNH HÒA THỊNH").size(12.0).centre(), 195.0);
    assert_eq!(words_of(&set), ["ỦY BAN NHÂN DÂN ", "TỈNH HÒA THỊNH"]);
}

#[test]
fn justified_lines_reach_the_margin_but_the_last() {
    let words = "Tôi cam kết tổ chức thực hiện và chịu trách nhiệm về các nội dung sau đây. ".repeat(4);
    let set = Set::new(&text(words.trim_end()).justify().indent(20.0, 0.0), 300.0);
    let (last, others) = set.lines.split_last().unwrap();
    for (index, line) in others.iter().enumerate() {
        let indent = if index == 0 { 20.0 } else { 0.0 };
        assert!((line.x - indent).abs() < 0.01 && (line.x + line.width - 300.0).abs() < 0.01);
        let drawn: f32 = line.pieces.iter().map(|piece| piece.width).sum();
        assert!(drawn >= line.width - 0.01, "the stretch is in the spaces");
    }
    assert!(last.width < 300.0);
}

proptest! {
    /// Nothing is lost, doubled or moved, and no line is wider than its room.
    #[test]
    fn lines_hold_the_text(
        words in proptest::collection::vec("[a-zđàáảãạêếộưữ.@]{1,30}", 1..40),
        width in 60.0_f32..500.0,
        centre: bool,
    ) {
        let whole = words.join(" ");
        let paragraph = if centre { text(&whole).centre() } else { text(&whole).justify() };
        let set = Set::new(&paragraph, width);
        prop_assert_eq!(words_of(&set).concat(), whole);
        for line in &set.lines {
            prop_assert!(line.x >= -0.01 && line.x + line.width <= width + 0.01);
        }
    }
}
