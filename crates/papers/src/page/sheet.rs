//! Pages as they will be drawn, and the order in which they are to be read.
use crate::text::{Paragraph, Piece, Role, Set};

/// A page: what is drawn on it, in reading order. Lengths in points from the upper left corner.
pub(crate) struct Sheet {
    pub width: f32,
    pub height: f32,
    pub marks: Vec<Mark>,
    pub rooms: Vec<Room>,
}

/// One thing on a page.
pub(crate) enum Mark {
    /// Pieces of one line from left to right, beginning at `x` on the baseline `y`; `read` when they are content and not
    /// an addition for the eye
    Text { x: f32, y: f32, pieces: Vec<Piece>, read: bool },
    /// A straight line
    Line { from: (f32, f32), to: (f32, f32), width: f32, dotted: bool },
    /// A ground of this grey, of 255
    Ground { left: f32, top: f32, right: f32, bottom: f32, grey: u8 },
}

/// Room for a signature, in points from the upper left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Room {
    pub field: u8,
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// What stands under a node of the tree.
pub(crate) enum Child {
    Node(usize),
    /// The mark of a page, by their indices
    Mark(usize, usize),
}

/// A kind of node.
#[derive(Clone, PartialEq)]
pub(crate) enum Kind {
    Paragraph,
    Title(String),
    Heading(String),
    List,
    Item,
    ItemBody,
    Note,
    Table(String),
    TableHead,
    TableBody,
    Row,
    HeadCell,
    /// Spanning so many columns
    Cell(u32),
}

/// The structure of a paper: what follows what, and what each is.
pub(crate) struct Tree {
    pub nodes: Vec<(Kind, Vec<Child>)>,
    pub roots: Vec<usize>,
    /// The list to which the next item belongs
    list: Option<usize>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: Vec::new(), roots: Vec::new(), list: None }
    }

    /// A node under another, or at the top.
    pub(crate) fn add(&mut self, parent: Option<usize>, kind: Kind) -> usize {
        let node = self.nodes.len();
        self.nodes.push((kind, Vec::new()));
        if let Some((_, children)) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            children.push(Child::Node(node));
        } else {
            self.roots.push(node);
            self.list = None;
        }
        node
    }

    /// The node for a paragraph of the text.
    pub(crate) fn paragraph(&mut self, parent: Option<usize>, paragraph: &Paragraph) -> usize {
        let words = || paragraph.spans.iter().map(|span| span.text.as_str()).collect::<String>();
        match paragraph.role {
            Role::Text => self.add(parent, Kind::Paragraph),
            Role::Title => self.add(parent, Kind::Title(words())),
            Role::Heading => self.add(parent, Kind::Heading(words())),
            Role::Item => {
                let list = self.list.unwrap_or_else(|| self.add(parent, Kind::List));
                let item = self.add(Some(list), Kind::Item);
                self.list = Some(list);
                self.add(Some(item), Kind::ItemBody)
            }
        }
    }

    pub(crate) fn mark(&mut self, node: usize, sheet: usize, mark: usize) {
        if let Some((_, children)) = self.nodes.get_mut(node) {
            children.push(Child::Mark(sheet, mark));
        }
    }
}

/// A paragraph that is set, with what is needed to draw it.
pub(crate) struct Ready {
    pub set: Set,
    pub paragraph: Paragraph,
}

impl Ready {
    pub(crate) fn new(paragraph: &Paragraph, width: f32) -> Self {
        Self { set: Set::new(paragraph, width), paragraph: paragraph.clone() }
    }

    /// With the room above and what a line beneath needs.
    pub(crate) fn height(&self) -> f32 {
        self.paragraph.before + self.set.height() + self.below()
    }

    pub(crate) fn below(&self) -> f32 {
        if self.paragraph.rule.is_some() { RULE_ROOM } else { 0.0 }
    }
}

/// Between a text and the line beneath it.
pub(crate) const RULE_ROOM: f32 = 3.0;
