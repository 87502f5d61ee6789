//! What a signature looks like on the page: who, for whom, when (Decree 30/2020/NĐ-CP, annex I, part II.8: 10 points,
//! upright). The letters are drawn as outlines: the page's fonts have only the letters of the page.
use super::certificate::Identity;
use crate::text::{Paragraph, Set, text};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Object, Stream, dictionary};
use skrifa::MetadataProvider as _;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use std::fmt::Write as _;
use std::io::Write as _;

/// Sizes of letters to try, in points.
const SIZES: [f32; 5] = [10.0, 9.0, 8.0, 7.0, 6.0];

/// The appearance of an empty field: nothing, of its size.
pub(super) fn empty(width: f32, height: f32) -> Stream {
    form(width, height, Vec::new())
}

/// The appearance of a signature.
pub(super) fn signature(identity: &Identity, now_us: i64, width: f32, height: f32) -> Stream {
    let mut words = vec![format!("Ký bởi: {}", identity.name)];
    words.extend(identity.organisation.iter().map(|name| format!("Cơ quan: {name}")));
    words.extend(local_time(now_us).map(|time| format!("Thời gian ký: {time}")));
    let set = |size: f32| -> Vec<Set> {
        let paragraph = |words: &String| -> Paragraph { text(words).size(size) };
        words.iter().map(|words| Set::new(&paragraph(words), width - 4.0)).collect()
    };
    let total = |lines: &[Set]| lines.iter().map(Set::height).sum::<f32>();
    let mut lines = Vec::new();
    for size in SIZES {
        lines = set(size);
        if total(&lines) <= height - 4.0 {
            break;
        }
    }
    let mut y = height - (height - total(&lines)).max(0.0) / 2.0;
    let mut pen = Pen { out: String::new(), x: 0.0, y: 0.0, at: (0.0, 0.0) };
    for set in &lines {
        for line in &set.lines {
            draw_line(&mut pen, line, 2.0, y - set.baseline);
            y -= set.line_height;
        }
    }
    let mut content = "0 g\n".to_owned();
    content.push_str(&pen.out);
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(content.as_bytes()).and_then(|()| encoder.finish());
    match packed {
        Ok(packed) => {
            let mut stream = form(width, height, packed);
            stream.dict.set("Filter", Object::Name(b"FlateDecode".to_vec()));
            stream
        }
        Err(_) => form(width, height, content.into_bytes()),
    }
}

fn form(width: f32, height: f32, content: Vec<u8>) -> Stream {
    let dict = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)],
        "Resources" => dictionary! {},
    };
    Stream::new(dict, content).with_compression(false)
}

fn draw_line(pen: &mut Pen, line: &crate::text::Line, left: f32, baseline: f32) {
    let mut x = left + line.x;
    for piece in &line.pieces {
        let Some(typeface) = piece.face.typeface() else { continue };
        let outlines = typeface.file.outline_glyphs();
        for glyph in &piece.glyphs {
            pen.x = x + glyph.x_offset * piece.size;
            pen.y = baseline + glyph.y_offset * piece.size;
            if let Some(outline) = outlines.get(skrifa::GlyphId::new(glyph.id)) {
                let settings = DrawSettings::unhinted(Size::new(piece.size), LocationRef::default());
                // A letter without an outline is a space.
                let _ = outline.draw(settings, pen);
                if pen.out.ends_with("h\n") {
                    pen.out.push_str("f\n");
                }
            }
            x += glyph.advance * piece.size;
        }
    }
}

/// Writes outlines as operators of a content stream.
struct Pen {
    out: String,
    x: f32,
    y: f32,
    at: (f32, f32),
}

impl Pen {
    fn operator(&mut self, points: &[(f32, f32)], name: &str) {
        for (x, y) in points {
            // Writing to a string does not fail.
            let _ = write!(self.out, "{:.2} {:.2} ", x + self.x, y + self.y);
        }
        self.out.push_str(name);
        self.out.push('\n');
        if let Some(last) = points.last() {
            self.at = *last;
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.operator(&[(x, y)], "m");
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.operator(&[(x, y)], "l");
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let third = |from: f32, to: f32| from + (to - from) * 2.0 / 3.0;
        let (from_x, from_y) = self.at;
        let one = (third(from_x, cx), third(from_y, cy));
        let two = (third(x, cx), third(y, cy));
        self.operator(&[one, two, (x, y)], "c");
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.operator(&[(ax, ay), (bx, by), (x, y)], "c");
    }

    fn close(&mut self) {
        self.operator(&[], "h");
    }
}

/// `20/11/2026 14:05:07 +07:00`
fn local_time(now_us: i64) -> Option<String> {
    let time = jiff::Timestamp::from_microsecond(now_us).ok()?;
    let local = time.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7)));
    Some(local.strftime("%d/%m/%Y %H:%M:%S +07:00").to_string())
}
