//! What a paragraph is before it is set.
use super::Face;
use unicode_normalization::UnicodeNormalization as _;

/// Where the lines of a paragraph stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Align {
    #[default]
    Left,
    Centre,
    Justify,
}

/// What a paragraph is to a reader that cannot see it (the tag in the PDF).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    #[default]
    Text,
    /// The paper's title
    Title,
    /// A heading in it
    Heading,
    /// One of a list
    Item,
}

/// Text in one face.
#[derive(Clone)]
pub(crate) struct Span {
    pub text: String,
    pub face: Face,
    /// The mark of a footnote: small and raised
    pub raised: bool,
}

/// A paragraph with its style. Lengths are in points.
#[derive(Clone)]
pub(crate) struct Paragraph {
    pub spans: Vec<Span>,
    pub size: f32,
    pub align: Align,
    pub role: Role,
    /// Indent of the first line, beside `left`
    pub first: f32,
    /// Indent of all lines
    pub left: f32,
    /// Room above
    pub before: f32,
    /// Line height in parts of the natural one
    pub leading: f32,
    /// Stands on the page of what follows
    pub keep: bool,
    /// A dotted line from the end of the text to the right margin, to be read as "nothing was added here"
    pub leader: bool,
    /// A line beneath, as a part of the width of the widest line
    pub rule: Option<f32>,
    /// Footnotes that the text names
    pub notes: Vec<u8>,
}

impl Span {
    pub(crate) fn new(text: impl AsRef<str>, face: Face) -> Self {
        Self { text: text.as_ref().nfc().collect(), face, raised: false }
    }
}

/// A paragraph in the regular face of 13 points.
pub(crate) fn text(text: impl AsRef<str>) -> Paragraph {
    Paragraph::empty().then(text, Face::Regular)
}

/// The same in bold.
pub(crate) fn bold(text: impl AsRef<str>) -> Paragraph {
    Paragraph::empty().then(text, Face::Bold)
}

/// The same in italics.
pub(crate) fn italic(text: impl AsRef<str>) -> Paragraph {
    Paragraph::empty().then(text, Face::Italic)
}

impl Paragraph {
    pub(crate) fn empty() -> Self {
        Self {
            spans: Vec::new(),
            size: 13.0,
            align: Align::Left,
            role: Role::Text,
            first: 0.0,
            left: 0.0,
            before: 0.0,
            leading: 1.0,
            keep: false,
            leader: false,
            rule: None,
            notes: Vec::new(),
        }
    }

    pub(crate) fn then(mut self, text: impl AsRef<str>, face: Face) -> Self {
        self.spans.push(Span::new(text, face));
        self
    }

    /// The mark of a footnote after the text so far.
    pub(crate) fn note(mut self, number: u8) -> Self {
        let text = format!("({number})");
        self.spans.push(Span { text, face: Face::Regular, raised: true });
        self.notes.push(number);
        self
    }

    pub(crate) fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    pub(crate) fn centre(mut self) -> Self {
        self.align = Align::Centre;
        self
    }

    pub(crate) fn justify(mut self) -> Self {
        self.align = Align::Justify;
        self
    }

    pub(crate) fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    pub(crate) fn indent(mut self, first: f32, left: f32) -> Self {
        self.first = first;
        self.left = left;
        self
    }

    pub(crate) fn before(mut self, before: f32) -> Self {
        self.before = before;
        self
    }

    pub(crate) fn leading(mut self, leading: f32) -> Self {
        self.leading = leading;
        self
    }

    pub(crate) fn keep(mut self) -> Self {
        self.keep = true;
        self
    }

    pub(crate) fn leader(mut self) -> Self {
        self.leader = true;
        self
    }

    pub(crate) fn rule(mut self, part: f32) -> Self {
        self.rule = Some(part);
        self
    }
}
