//! The parts that official papers have in common (Decree 30/2020/NĐ-CP, annex I).
use crate::check::{Checker, SHORT};
use crate::page::{Block, Columns, Item, MM};
use crate::text::{Face, Paragraph, Role, bold, italic, text};
use dancu_citizen::CivilDate;
use serde::{Deserialize, Serialize};

/// Who issues a paper, where and when.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The body above it, if the paper names it
    pub superior: Option<String>,
    /// Its name
    pub name: String,
    /// Number and sign, without `Số:`; room to write it when it has none yet
    pub number: Option<String>,
    /// Where the paper is signed: a province or a commune
    pub place: String,
    /// The day of signing; room to write it when it is not known yet
    #[serde(with = "crate::forms::day_option")]
    pub date: Option<CivilDate>,
}

/// Whether a paper has a number in the register of its issuer.
#[derive(Clone, Copy)]
pub(crate) enum Numbered<'a> {
    /// A form that is filled in
    No,
    /// A paper of a named kind
    Yes,
    /// A letter: what it is about stands under its number
    Letter(&'a str),
}

/// Who signs.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signatory {
    /// For whom: `TM. ỦY BAN NHÂN DÂN`, `KT. GIÁM ĐỐC`; nothing when in the signer's own right
    pub on_behalf: Option<String>,
    /// Position
    pub position: String,
    /// Full name
    pub name: String,
}

/// First line of a paragraph: Decree 30 has 1 cm or 1.27 cm.
pub(crate) const INDENT: f32 = 10.0 * MM;
/// Between paragraphs: at least 6 points.
pub(crate) const GAP: f32 = 6.0;
/// Height of the room for a signature and a stamp (a round stamp has 36 mm at most).
const ROOM: f32 = 27.0 * MM;

impl Issuer {
    pub(crate) fn check(&self, checker: &mut Checker) {
        checker.optional("issuer.superior", self.superior.as_deref(), SHORT);
        checker.text("issuer.name", &self.name, SHORT);
        checker.optional("issuer.number", self.number.as_deref(), 60);
        checker.text("issuer.place", &self.place, 60);
    }

    /// Names to the left; state, motto, place and date to the right.
    pub(crate) fn head(&self, numbered: Numbered<'_>) -> Vec<Block> {
        let mut names: Vec<Item> = Vec::new();
        if let Some(superior) = &self.superior {
            names.push(text(superior.to_uppercase()).size(12.0).centre().into());
        }
        names.push(bold(self.name.to_uppercase()).size(12.0).centre().rule(0.4).into());
        let state = vec![
            bold("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").size(12.0).centre().into(),
            bold("Độc lập - Tự do - Hạnh phúc").centre().rule(1.0).into(),
        ];
        let shares = vec![43.0, 57.0];
        let upper =
            Columns { shares: shares.clone(), cells: vec![names, state], gap: 8.0, before: 0.0, keep: true };
        let number = self.number.as_deref().unwrap_or("........../..........");
        let mut left: Vec<Item> = Vec::new();
        if !matches!(numbered, Numbered::No) {
            left.push(text(format!("Số: {number}")).centre().into());
        }
        if let Numbered::Letter(about) = numbered {
            left.push(text(format!("V/v {about}")).size(12.0).centre().before(3.0).into());
        }
        let place = italic(format!("{}, {}", self.place, written_day(self.date))).centre();
        let lower =
            Columns { shares, cells: vec![left, vec![place.into()]], gap: 8.0, before: 5.0, keep: true };
        vec![upper.into(), lower.into()]
    }
}

impl Signatory {
    pub(crate) fn check(&self, field: &str, checker: &mut Checker) {
        checker.optional(format!("{field}.on_behalf"), self.on_behalf.as_deref(), SHORT);
        checker.text(format!("{field}.position"), &self.position, SHORT);
        checker.text(format!("{field}.name"), &self.name, SHORT);
    }

    /// Title, what to do here, room, name.
    pub(crate) fn column(&self, how: &str, field: u8) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        if let Some(on_behalf) = &self.on_behalf {
            items.push(bold(on_behalf.to_uppercase()).centre().into());
        }
        items.push(bold(self.position.to_uppercase()).centre().into());
        items.push(italic(how).size(12.0).centre().into());
        items.push(Item::Room(ROOM, field));
        items.push(bold(&self.name).centre().into());
        items
    }
}

/// What stands under the title of who signs and stamps, and of who only signs.
pub(crate) const STAMPED: &str = "(Ký, ghi rõ họ tên và đóng dấu)";
pub(crate) const SIGNED: &str = "(Ký, ghi rõ họ tên)";

/// Title of the kind of paper, and what it is about.
pub(crate) fn title(kind: &str, about: &str) -> Vec<Block> {
    vec![
        bold(kind).size(14.0).centre().role(Role::Title).before(18.0).keep().into(),
        bold(about).centre().before(2.0).rule(0.35).keep().into(),
    ]
}

/// A paragraph of the text.
pub(crate) fn body(words: impl AsRef<str>) -> Paragraph {
    text(words).justify().indent(INDENT, 0.0).before(GAP).leading(1.08)
}

/// An entry of a list, with its label.
pub(crate) fn item(label: &str, words: impl AsRef<str>) -> Paragraph {
    body(format!("{label} {}", words.as_ref())).role(Role::Item)
}

/// A heading in the text.
pub(crate) fn heading(words: impl AsRef<str>) -> Paragraph {
    bold(words).role(Role::Heading).justify().indent(INDENT, 0.0).before(GAP + 2.0).keep()
}

/// A label and what was filled in, over the whole line.
pub(crate) fn field(label: &str, value: &str) -> Paragraph {
    let value = if value.is_empty() { String::new() } else { format!(" {value}") };
    text(format!("{label}:{value}")).before(GAP).leader()
}

/// Fields side by side: part of the width, label, value.
pub(crate) fn fields(parts: &[(f32, &str, &str)]) -> Block {
    let shares = parts.iter().map(|(share, ..)| *share).collect();
    let cells = parts.iter().map(|(_, label, value)| vec![field(label, value).before(0.0).into()]).collect();
    Columns { shares, cells, gap: 8.0, before: GAP, keep: false }.into()
}

/// Room between blocks, in points.
pub(crate) fn space(height: f32) -> Block {
    Columns { shares: Vec::new(), cells: Vec::new(), gap: 0.0, before: height, keep: true }.into()
}

/// To whom a letter goes.
pub(crate) fn addressed_to(names: &[String]) -> Vec<Block> {
    match names {
        [only] => vec![text(format!("Kính gửi: {only}")).centre().before(14.0).keep().into()],
        several => {
            let mut list: Vec<Item> = Vec::new();
            for (index, name) in several.iter().enumerate() {
                let end = if index + 1 == several.len() { "." } else { ";" };
                list.push(text(format!("- {name}{end}")).into());
            }
            let columns = Columns {
                shares: vec![24.0, 76.0],
                cells: vec![vec![text("Kính gửi:").centre().into()], list],
                gap: 0.0,
                before: 14.0,
                keep: true,
            };
            vec![columns.into()]
        }
    }
}

/// Signature to the right, who gets the paper to the left.
pub(crate) fn signed(signatory: &Signatory, recipients: &[String]) -> Block {
    let mut left: Vec<Item> = Vec::new();
    if !recipients.is_empty() {
        left.push(Paragraph::empty().then("Nơi nhận:", Face::BoldItalic).size(12.0).into());
        for (index, recipient) in recipients.iter().enumerate() {
            let end = if index + 1 == recipients.len() { "." } else { ";" };
            left.push(text(format!("- {recipient}{end}")).size(11.0).into());
        }
    }
    let cells = vec![left, signatory.column(STAMPED, 1)];
    Columns { shares: vec![46.0, 54.0], cells, gap: 8.0, before: 14.0, keep: false }.into()
}

/// `ngày 05 tháng 02 năm 2026`; days below 10 and the months 1 and 2 have a nought before them (Decree 30/2020/NĐ-CP).
pub(crate) fn written_day(date: Option<CivilDate>) -> String {
    let Some(date) = date else { return "ngày ...... tháng ...... năm 20......".to_owned() };
    let month = if date.month() < 3 { format!("0{}", date.month()) } else { date.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
}

/// `05/02/2026`
pub(crate) fn short_day(date: CivilDate) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// `1.234.567`, as numbers are written in Việt Nam.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut written = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            written.push('.');
        }
        written.push(digit);
    }
    written
}
