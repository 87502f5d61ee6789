//! The typefaces: Liberation Serif, with the widths of Times New Roman that Decree 30/2020/NĐ-CP asks for.
use harfrust::{
    Direction, FontRef, Language, ShapeOptions, ShapePlan, Shaper, ShaperData, UnicodeBuffer, script,
};
use krilla::text::Font;
use skrifa::MetadataProvider as _;
use std::sync::LazyLock;

/// One of the four faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Face {
    #[default]
    Regular,
    Bold,
    Italic,
    BoldItalic,
}

/// A face ready to measure, to shape and to embed.
pub(crate) struct Typeface {
    pub font: Font,
    pub file: FontRef<'static>,
    shaper: ShaperData,
    plan: ShapePlan,
    units_per_em: f32,
}

/// A glyph of a shaped text, in parts of the font size.
pub(crate) struct Shaped {
    pub id: u32,
    pub advance: f32,
    pub x_offset: f32,
    pub y_offset: f32,
    /// Where in the text its letters begin, in bytes
    pub start: usize,
}

static FACES: LazyLock<Option<[Typeface; 4]>> = LazyLock::new(|| {
    Some([
        Typeface::load(include_bytes!("../../fonts/LiberationSerif-Regular.ttf"))?,
        Typeface::load(include_bytes!("../../fonts/LiberationSerif-Bold.ttf"))?,
        Typeface::load(include_bytes!("../../fonts/LiberationSerif-Italic.ttf"))?,
        Typeface::load(include_bytes!("../../fonts/LiberationSerif-BoldItalic.ttf"))?,
    ])
});

/// How far a line reaches above its baseline and below it, in parts of the font size (the fonts' own figures).
pub(crate) const ASCENT: f32 = 0.891;
pub(crate) const DESCENT: f32 = 0.216;

impl Face {
    /// `None` never happens while the tests pass: the files are part of the program.
    pub(crate) fn typeface(self) -> Option<&'static Typeface> {
        let [regular, bold, italic, bold_italic] = FACES.as_ref()?;
        Some(match self {
            Self::Regular => regular,
            Self::Bold => bold,
            Self::Italic => italic,
            Self::BoldItalic => bold_italic,
        })
    }
}

/// Whether every letter of the text can be printed in every face.
pub(crate) fn is_printable(text: &str) -> bool {
    let Some(faces) = FACES.as_ref() else { return false };
    // Every face has the visible letters of ASCII and the space; a test looks.
    let plain = |letter: char| letter.is_ascii_graphic() || letter == ' ';
    text.chars().filter(|letter| !plain(*letter)).all(|letter| faces.iter().all(|face| face.has(letter)))
}

impl Typeface {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let file = FontRef::from_index(bytes, 0).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        let units_per_em = font.units_per_em();
        let shaper = ShaperData::new(&file);
        let language = vietnamese();
        let plan = ShapePlan::new(
            &shaper.shaper(&file).build(),
            Direction::LeftToRight,
            Some(script::LATIN),
            language.as_ref(),
            &[],
        );
        Some(Self { font, file, shaper, plan, units_per_em })
    }

    pub(super) fn has(&self, letter: char) -> bool {
        self.file.charmap().map(letter).is_some_and(|glyph| glyph.to_u32() != 0)
    }

    /// The glyphs of a text in one direction and script, left to right.
    pub(crate) fn shape(&self, text: &str) -> Vec<Shaped> {
        let shaper: Shaper<'_> = self.shaper.shaper(&self.file).build();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        if let Some(language) = vietnamese() {
            buffer.set_language(language);
        }
        let glyphs = shaper.shape(buffer, ShapeOptions::new().plan(Some(&self.plan)));
        let scaled = |value: i32| units(value) / self.units_per_em;
        let places = glyphs.glyph_positions();
        glyphs
            .glyph_infos()
            .iter()
            .zip(places)
            .map(|(glyph, place)| Shaped {
                id: glyph.glyph_id,
                advance: scaled(place.x_advance),
                x_offset: scaled(place.x_offset),
                y_offset: scaled(place.y_offset),
                start: glyph.cluster as usize,
            })
            .collect()
    }
}

fn vietnamese() -> Option<Language> {
    "vi".parse().ok()
}

/// Font units are below 2^16, which `f32` holds exactly.
#[expect(clippy::cast_precision_loss, reason = "font units are small")]
fn units(value: i32) -> f32 {
    value as f32
}
