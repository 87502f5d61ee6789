//! A paragraph set in lines: words are shaped, filled into lines one after the other, and stretched to both margins where
//! that is asked. A word breaks only when it is wider than the line, as addresses in narrow columns are.
use super::face::{ASCENT, DESCENT, Shaped};
use super::{Align, Face, Paragraph, Span};

/// A shaped piece of a word in one face.
#[derive(Clone)]
pub(crate) struct Piece {
    pub text: String,
    pub face: Face,
    pub size: f32,
    /// How far it stands above the baseline
    pub rise: f32,
    /// `advance`, offsets in parts of the size
    pub glyphs: Vec<Glyph>,
    /// In points
    pub width: f32,
}

/// A glyph of a piece, in parts of its size, with the letters that it shows.
#[derive(Clone)]
pub(crate) struct Glyph {
    pub id: u32,
    pub advance: f32,
    pub x_offset: f32,
    pub y_offset: f32,
    pub range: std::ops::Range<usize>,
}

/// A line as it will stand.
pub(crate) struct Line {
    pub pieces: Vec<Piece>,
    /// From the left edge of the paragraph
    pub x: f32,
    /// Without the space at its end
    pub width: f32,
}

/// A paragraph in lines.
pub(crate) struct Set {
    pub lines: Vec<Line>,
    pub line_height: f32,
    /// From the top of a line to its baseline
    pub baseline: f32,
    pub width: f32,
}

/// A run of pieces between two places where a line may end.
#[derive(Clone)]
struct Word {
    pieces: Vec<Piece>,
    /// Width of the letters
    width: f32,
    /// Width of the space after them
    space: f32,
    /// The line ends here
    ends: bool,
}

/// Marks of footnotes beside the text, and how far up they stand.
const RAISED_SIZE: f32 = 0.62;
const RISE: f32 = 0.36;
/// By how much a space may grow, in parts of the size; a line with wider ones looks worse than one that is short.
const MOST_STRETCH: f32 = 0.7;

impl Set {
    /// Sets a paragraph in the given width.
    pub(crate) fn new(paragraph: &Paragraph, width: f32) -> Self {
        let room = |first: bool| width - paragraph.left - if first { paragraph.first } else { 0.0 };
        let words = words(paragraph);
        let filled = match paragraph.align {
            Align::Centre => balanced(&words, width - paragraph.left),
            Align::Left | Align::Justify => fill(&words, &room),
        };
        let last = filled.len().saturating_sub(1);
        let lines = filled.into_iter().enumerate().map(|(index, (words, ended))| {
            let indent = paragraph.left + if index == 0 { paragraph.first } else { 0.0 };
            let stretch = paragraph.align == Align::Justify && !ended && index != last;
            let most = if stretch { paragraph.size * MOST_STRETCH } else { 0.0 };
            line(words, indent, room(index == 0), paragraph.align, most)
        });
        let natural = (ASCENT + DESCENT) * paragraph.size;
        let line_height = natural * paragraph.leading;
        let baseline = (line_height - natural) / 2.0 + ASCENT * paragraph.size;
        Self { lines: lines.collect(), line_height, baseline, width }
    }

    pub(crate) fn height(&self) -> f32 {
        self.height_of(self.lines.len())
    }

    /// Height of so many lines.
    #[expect(clippy::cast_precision_loss, reason = "a page has few lines")]
    pub(crate) fn height_of(&self, lines: usize) -> f32 {
        self.line_height * lines as f32
    }
}

/// Words in lines; whether a line break of the text ended each.
type Filled = Vec<(Vec<Word>, bool)>;

fn fill(words: &[Word], room: &impl Fn(bool) -> f32) -> Filled {
    let mut filler = Filler { lines: Vec::new(), current: Vec::new(), reached: 0.0, space: 0.0 };
    for word in words {
        filler.put(word.clone(), room);
    }
    filler.end(true);
    filler.lines
}

/// As few lines as the width allows, and these as even as they can be: under a title no word stands alone.
fn balanced(words: &[Word], width: f32) -> Filled {
    let mut best = fill(words, &|_| width);
    let (mut low, mut high) = (width / 4.0, width);
    while high - low > 1.0 {
        let middle = f32::midpoint(low, high);
        let tried = fill(words, &|_| middle);
        let is_whole = words.iter().all(|word| word.width <= middle);
        if is_whole && tried.len() <= best.len() {
            (best, high) = (tried, middle);
        } else {
            low = middle;
        }
    }
    best
}

struct Filler {
    lines: Filled,
    current: Vec<Word>,
    reached: f32,
    space: f32,
}

impl Filler {
    fn put(&mut self, word: Word, room: &impl Fn(bool) -> f32) {
        let available = room(self.lines.is_empty());
        if !self.current.is_empty() && self.reached + self.space + word.width > available {
            self.end(false);
        }
        let available = room(self.lines.is_empty());
        if self.current.is_empty()
            && word.width > available
            && let Some((head, tail)) = word.clone().split(available)
        {
            self.current.push(head);
            self.end(false);
            self.put(tail, room);
            return;
        }
        self.reached += self.space + word.width;
        self.space = word.space;
        let ends = word.ends;
        self.current.push(word);
        if ends {
            self.end(true);
        }
    }

    fn end(&mut self, ended: bool) {
        if !self.current.is_empty() {
            self.lines.push((std::mem::take(&mut self.current), ended));
        }
        (self.reached, self.space) = (0.0, 0.0);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a line has few words")]
fn line(words: Vec<Word>, indent: f32, room: f32, align: Align, most_stretch: f32) -> Line {
    let gaps = words.len().saturating_sub(1);
    let spaces: f32 = words.iter().take(gaps).map(|word| word.space).sum();
    let width: f32 = words.iter().map(|word| word.width).sum::<f32>() + spaces;
    let wanted = if gaps > 0 { (room - width) / gaps as f32 } else { 0.0 };
    let stretch = wanted > 0.0 && wanted <= most_stretch;
    let extra = if stretch { wanted } else { 0.0 };
    let x = match align {
        Align::Left | Align::Justify => indent,
        Align::Centre => indent + (room - width) / 2.0,
    };
    let mut pieces = Vec::new();
    for (index, word) in words.into_iter().enumerate() {
        let last = word.pieces.len().saturating_sub(1);
        for (at, mut piece) in word.pieces.into_iter().enumerate() {
            if at == last && index < gaps {
                piece.widen(extra);
            }
            pieces.push(piece);
        }
    }
    Line { pieces, x, width: if stretch { room } else { width } }
}

/// The paragraph's words, each with the space after it. A line break in the text ends a line.
fn words(paragraph: &Paragraph) -> Vec<Word> {
    let mut words = Vec::new();
    let mut open: Vec<Piece> = Vec::new();
    for span in &paragraph.spans {
        for part in span.text.split_inclusive([' ', '\n']) {
            let letters = part.trim_end_matches('\n');
            if !letters.is_empty() {
                open.extend(Piece::new(letters, span, paragraph.size));
            }
            if part.ends_with([' ', '\n']) && !open.is_empty() {
                words.push(Word::of(std::mem::take(&mut open), part.ends_with('\n')));
            }
        }
    }
    if !open.is_empty() {
        words.push(Word::of(open, true));
    }
    words
}

impl Word {
    fn of(pieces: Vec<Piece>, ends: bool) -> Self {
        let all: f32 = pieces.iter().map(|piece| piece.width).sum();
        let space = pieces.last().map_or(0.0, Piece::trailing);
        Self { pieces, width: all - space, space, ends }
    }

    /// What fits into the width, at best after a sign that parts an address, and the rest.
    fn split(mut self, available: f32) -> Option<(Self, Self)> {
        let mut reached = 0.0;
        let at = self.pieces.iter().position(|piece| {
            let fits = reached + piece.width - piece.trailing() <= available;
            if fits {
                reached += piece.width;
            }
            !fits
        })?;
        let rest = self.pieces.split_off(at + 1);
        let piece = self.pieces.pop()?;
        let (head, tail) = piece.cut_within(available - reached, self.pieces.is_empty())?;
        let mut front = self.pieces;
        front.push(head);
        let mut back = vec![tail];
        back.extend(rest);
        if front.is_empty() || back.is_empty() {
            return None;
        }
        Some((Self::of(front, false), Self::of(back, self.ends)))
    }
}

impl Piece {
    fn new(text: &str, span: &Span, size: f32) -> Option<Self> {
        let (size, rise) = if span.raised { (size * RAISED_SIZE, size * RISE) } else { (size, 0.0) };
        Self::with_size(text, span, size, rise)
    }

    fn with_size(text: &str, span: &Span, size: f32, rise: f32) -> Option<Self> {
        let shaped = span.face.typeface()?.shape(text);
        let ends: Vec<usize> = shaped
            .iter()
            .map(|glyph| {
                let later = shaped.iter().map(|other| other.start).filter(|start| *start > glyph.start);
                later.min().unwrap_or(text.len())
            })
            .collect();
        let glyphs: Vec<Glyph> =
            shaped.iter().zip(ends).map(|(shaped, end)| Glyph::of(shaped, end)).collect();
        let width = glyphs.iter().map(|glyph| glyph.advance).sum::<f32>() * size;
        Some(Self { text: text.to_owned(), face: span.face, size, rise, glyphs, width })
    }

    /// Width of the space at the end.
    fn trailing(&self) -> f32 {
        match self.glyphs.last() {
            Some(glyph) if self.text.ends_with(' ') => glyph.advance * self.size,
            _ => 0.0,
        }
    }

    /// Makes the space at the end wider.
    fn widen(&mut self, by: f32) {
        if let Some(glyph) = self.glyphs.last_mut().filter(|_| self.text.ends_with(' ')) {
            glyph.advance += by / self.size;
            self.width += by;
        }
    }

    /// The two parts of a cut of which the first fits; when `must`, one letter at least. A part is shaped anew, and may be
    /// wider than it was within the whole, where a letter was drawn closer to the one that now stands behind the cut.
    fn cut_within(&self, available: f32, must: bool) -> Option<(Self, Self)> {
        let span = |text: &str| Span { text: text.to_owned(), face: self.face, raised: false };
        let shaped = |text: &str| Self::with_size(text, &span(text), self.size, self.rise);
        let mut before = self.text.len() + 1;
        loop {
            let cut = self.cut(available, must, before)?;
            let (head, tail) = self.text.split_at_checked(cut)?;
            let (head, tail) = (shaped(head)?, shaped(tail)?);
            let is_first = self.glyphs.first().is_none_or(|glyph| cut <= glyph.range.end);
            if head.width <= available || (must && is_first) {
                return Some((head, tail));
            }
            before = cut;
        }
    }

    /// Where to cut, before the given place, so that the first part fits; when `must`, one letter at least.
    fn cut(&self, available: f32, must: bool, before: usize) -> Option<usize> {
        let mut reached = 0.0;
        let fitting = self.glyphs.iter().take_while(|glyph| {
            reached += glyph.advance * self.size;
            reached <= available && glyph.range.end < before
        });
        let end = fitting.last().map(|glyph| glyph.range.end);
        let whole = self.text.get(..end.unwrap_or(0))?;
        let signs = ['.', '@', '-', '_', '/', ':', ','];
        let after_sign = whole.rfind(signs).map(|at| at + 1).filter(|at| *at * 3 > whole.len());
        let first = self.glyphs.first().map(|glyph| glyph.range.end);
        after_sign.or(end).or(first.filter(|_| must))
    }
}

impl Glyph {
    fn of(shaped: &Shaped, end: usize) -> Self {
        Self {
            id: shaped.id,
            advance: shaped.advance,
            x_offset: shaped.x_offset,
            y_offset: shaped.y_offset,
            range: shaped.start..end,
        }
    }
}
