//! Pages as PDF/A-2a (ISO 19005-2): fonts embedded as far as they are used, text tagged in reading order.
use super::flow::Flow;
use super::sheet::{Child, Kind, Mark, Room, Sheet, Tree};
use crate::PaperError;
use crate::text::Piece;
use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, Node, SpanTag, TableHeaderScope, Tag,
    TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use std::num::{NonZeroU16, NonZeroU32};

/// A paper as PDF/A without signature fields, and where they come.
pub(crate) struct Drawn {
    pub pdf: Vec<u8>,
    /// Page from 0, and the room on it
    pub rooms: Vec<(usize, Room)>,
    pub pages: usize,
}

/// Draws pages. `language` is a tag of BCP 47; `now_us` becomes the document's date.
pub(crate) fn draw(flow: &Flow, title: &str, language: &str, now_us: i64) -> Result<Drawn, PaperError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_A).finish();
    let configuration = configuration.map_err(|_| PaperError::Pdf("configure".to_owned()))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..Default::default() });
    document.set_metadata(metadata(title, language, now_us));
    let mut drawn = Vec::new();
    for sheet in &flow.sheets {
        drawn.push(draw_sheet(&mut document, sheet)?);
    }
    document.set_tag_tree(tag_tree(&flow.tree, language, &drawn));
    let pdf = document.finish().map_err(|error| PaperError::Pdf(error.to_string()))?;
    let rooms = flow.sheets.iter().enumerate();
    let rooms = rooms.flat_map(|(page, sheet)| sheet.rooms.iter().map(move |room| (page, *room)));
    Ok(Drawn { pdf, rooms: rooms.collect(), pages: flow.sheets.len() })
}

fn metadata(title: &str, language: &str, now_us: i64) -> Metadata {
    let mut metadata = Metadata::new().title(title.to_owned()).language(language.to_owned());
    metadata = metadata.creator("dancu".to_owned()).producer("dancu".to_owned());
    if let Some(date) = date_time(now_us) {
        metadata = metadata.creation_date(date);
    }
    metadata
}

fn date_time(now_us: i64) -> Option<DateTime> {
    let time = jiff::Timestamp::from_microsecond(now_us).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |value: i8| u8::try_from(value).unwrap_or_default();
    let date =
        DateTime::new(u16::try_from(time.year()).ok()?).month(part(time.month())).day(part(time.day()));
    let date = date.hour(part(time.hour())).minute(part(time.minute())).second(part(time.second()));
    Some(date.utc_offset_hour(0).utc_offset_minute(0))
}

/// Draws a page and tells by which names its marks are known to the structure.
fn draw_sheet(document: &mut Document, sheet: &Sheet) -> Result<Vec<Option<Identifier>>, PaperError> {
    let settings = PageSettings::from_wh(sheet.width, sheet.height);
    let settings = settings.ok_or_else(|| PaperError::Pdf("page size".to_owned()))?;
    let mut page = document.start_page_with(settings);
    let mut surface = page.surface();
    let mut names = Vec::new();
    for mark in &sheet.marks {
        names.push(match mark {
            Mark::Text { x, y, pieces, read: true } => {
                let name = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                draw_pieces(&mut surface, *x, *y, pieces);
                surface.end_tagged();
                Some(name)
            }
            addition => {
                draw_addition(&mut surface, addition);
                None
            }
        });
    }
    surface.finish();
    page.finish();
    Ok(names)
}

/// Draws what is for the eye alone.
fn draw_addition(surface: &mut Surface<'_>, mark: &Mark) {
    let kind = match mark {
        Mark::Text { .. } => ArtifactType::PaginationOther,
        Mark::Line { .. } | Mark::Ground { .. } => ArtifactType::Layout,
    };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    match mark {
        Mark::Text { x, y, pieces, .. } => draw_pieces(surface, *x, *y, pieces),
        Mark::Line { from, to, width, dotted } => draw_line(surface, *from, *to, *width, *dotted),
        Mark::Ground { left, top, right, bottom, grey } => {
            let mut path = PathBuilder::new();
            path.push_rect_if(Rect::from_ltrb(*left, *top, *right, *bottom));
            surface.set_stroke(None);
            surface.set_fill(Some(fill(*grey)));
            path.finish().iter().for_each(|path| surface.draw_path(path));
        }
    }
    surface.end_tagged();
}

fn draw_line(surface: &mut Surface<'_>, from: (f32, f32), to: (f32, f32), width: f32, dotted: bool) {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    // Round ends on strokes of no length are dots.
    let (dash, line_cap) = if dotted {
        (Some(StrokeDash { array: vec![0.01, 2.6], offset: 0.0 }), LineCap::Round)
    } else {
        (None, LineCap::Square)
    };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { width, dash, line_cap, ..Stroke::default() }));
    path.finish().iter().for_each(|path| surface.draw_path(path));
    surface.set_stroke(None);
}

/// Draws the pieces of a line; neighbours in one face become one string.
fn draw_pieces(surface: &mut Surface<'_>, x: f32, y: f32, pieces: &[Piece]) {
    surface.set_stroke(None);
    surface.set_fill(Some(fill(0)));
    let mut x = x;
    let mut rest = pieces;
    while let [first, ..] = rest {
        let alike = |piece: &&Piece| {
            piece.face == first.face && same(piece.size, first.size) && same(piece.rise, first.rise)
        };
        let count = rest.iter().take_while(alike).count().max(1);
        let (run, later) = rest.split_at(count.min(rest.len()));
        let (mut string, mut glyphs, mut width) = (String::new(), Vec::new(), 0.0);
        for piece in run {
            let from = string.len();
            string.push_str(&piece.text);
            width += piece.width;
            glyphs.extend(piece.glyphs.iter().map(|glyph| {
                let range = from + glyph.range.start..from + glyph.range.end;
                let (x_offset, y_offset) = (glyph.x_offset, glyph.y_offset);
                KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance, x_offset, y_offset, 0.0, range, None)
            }));
        }
        if let Some(typeface) = first.face.typeface() {
            let start = Point::from_xy(x, y - first.rise);
            surface.draw_glyphs(start, &glyphs, typeface.font.clone(), &string, first.size, false);
        }
        x += width;
        rest = later;
    }
}

fn same(one: f32, other: f32) -> bool {
    one.total_cmp(&other).is_eq()
}

fn fill(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

trait PushIf {
    fn push_rect_if(&mut self, rect: Option<Rect>);
}

impl PushIf for PathBuilder {
    fn push_rect_if(&mut self, rect: Option<Rect>) {
        if let Some(rect) = rect {
            self.push_rect(rect);
        }
    }
}

fn tag_tree(tree: &Tree, language: &str, names: &[Vec<Option<Identifier>>]) -> TagTree {
    let mut tags = TagTree::new().with_lang(Some(language.to_owned()));
    for root in &tree.roots {
        if let Some(group) = group(tree, *root, names) {
            tags.push(group);
        }
    }
    tags
}

fn group(tree: &Tree, node: usize, names: &[Vec<Option<Identifier>>]) -> Option<TagGroup> {
    let (kind, children) = tree.nodes.get(node)?;
    let mut group = tag(kind);
    for child in children {
        match child {
            Child::Node(node) => {
                if let Some(inner) = self::group(tree, *node, names) {
                    group.push(inner);
                }
            }
            Child::Mark(sheet, mark) => {
                let name = names.get(*sheet).and_then(|names| names.get(*mark).copied().flatten());
                if let Some(name) = name {
                    group.push(Node::Leaf(name));
                }
            }
        }
    }
    // An empty cell is still a cell; everything else that is empty is nothing.
    let is_cell = matches!(kind, Kind::Cell(_) | Kind::HeadCell);
    (is_cell || !group.children.is_empty()).then_some(group)
}

fn tag(kind: &Kind) -> TagGroup {
    let level = |level| NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    match kind {
        Kind::Paragraph => TagGroup::new(Tag::P),
        Kind::Title(words) => TagGroup::new(Tag::Hn(level(1), Some(words.clone()))),
        Kind::Heading(words) => TagGroup::new(Tag::Hn(level(2), Some(words.clone()))),
        Kind::List => TagGroup::new(Tag::L(ListNumbering::None)),
        Kind::Item => TagGroup::new(Tag::LI),
        Kind::ItemBody => TagGroup::new(Tag::LBody),
        Kind::Note => TagGroup::new(Tag::Note),
        Kind::Table(summary) => TagGroup::new(Tag::Table.with_summary(Some(summary.clone()))),
        Kind::TableHead => TagGroup::new(Tag::THead),
        Kind::TableBody => TagGroup::new(Tag::TBody),
        Kind::Row => TagGroup::new(Tag::TR),
        Kind::HeadCell => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Kind::Cell(span) => {
            TagGroup::new(Tag::TD.with_col_span(NonZeroU32::new(*span).filter(|span| span.get() > 1)))
        }
    }
}
