//! A form becomes a paper.
use crate::page::{Block, Flow, Orientation, draw};
use crate::text::Paragraph;
use crate::{PaperError, Problem, sign};
use dancu_citizen::CivilDate;
use std::collections::BTreeMap;

/// What can be printed: typed data with their checks. The forms are those of this crate.
pub trait Form {
    /// What is missing or wrong; empty when the form can be printed.
    fn problems(&self) -> Vec<Problem>;

    /// What is wrong with it on a day: texts that have to be in force and are not.
    fn problems_on(&self, _day: CivilDate) -> Vec<Problem> {
        Vec::new()
    }

    /// In which language it is written, as BCP 47 has it.
    fn language(&self) -> &'static str {
        "vi-VN"
    }

    /// The layout, with the texts in force on a day. For [`render`].
    #[doc(hidden)]
    fn compose(&self, day: CivilDate) -> Composition;
}

/// A form as blocks.
pub struct Composition {
    /// What the document is called where its file is shown
    pub(crate) title: String,
    pub(crate) orientation: Orientation,
    pub(crate) blocks: Vec<Block>,
    pub(crate) notes: BTreeMap<u8, Paragraph>,
}

/// A paper as PDF/A-2a with empty signature fields.
pub struct Paper {
    /// The file
    pub pdf: Vec<u8>,
    /// How many pages it has
    pub pages: usize,
    /// Where it is signed, in order
    pub fields: Vec<SignatureField>,
}

/// Room for a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureField {
    /// Name by which [`sign::sign`] finds it
    pub name: String,
    /// Page, from 0
    pub page: usize,
}

/// Sets a form as a paper. `now_us` (microseconds since 1970) becomes the document's date and chooses the texts in force;
/// what the paper itself is dated is in the form.
pub fn render(form: &impl Form, now_us: i64) -> Result<Paper, PaperError> {
    let day = local_day(now_us)?;
    let mut problems = form.problems();
    problems.extend(form.problems_on(day));
    if !problems.is_empty() {
        return Err(PaperError::Incomplete(problems));
    }
    let composition = form.compose(day);
    let flow = Flow::lay(composition.orientation, &composition.blocks, composition.notes);
    let drawn = draw(&flow, &composition.title, form.language(), now_us)?;
    let pdf =
        sign::add_fields(drawn.pdf, &drawn.rooms).map_err(|error| PaperError::Pdf(error.to_string()))?;
    let fields = drawn
        .rooms
        .iter()
        .map(|(page, room)| SignatureField { name: sign::field_name(room.field), page: *page });
    Ok(Paper { pdf, pages: drawn.pages, fields: fields.collect() })
}

/// The day in Việt Nam (UTC+7, no summer time).
pub(crate) fn local_day(now_us: i64) -> Result<CivilDate, PaperError> {
    let refused = || PaperError::Pdf("time out of range".to_owned());
    let time = jiff::Timestamp::from_microsecond(now_us).map_err(|_| refused())?;
    let local = time.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)));
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    CivilDate::new(local.year(), part(local.month()), part(local.day())).map_err(|_| refused())
}
