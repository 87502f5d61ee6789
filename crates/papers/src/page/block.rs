//! What a paper is made of before it is laid on pages.
use crate::text::{Align, Paragraph};

/// Points in a millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orientation {
    Portrait,
    Landscape,
}

/// A part of a paper.
pub(crate) enum Block {
    Paragraph(Paragraph),
    Columns(Columns),
    Table(Table),
    /// Goes on with a page that lies like this
    Turn(Orientation),
}

/// Things side by side, never parted by a page's end.
pub(crate) struct Columns {
    /// Parts of the width, in any unit
    pub shares: Vec<f32>,
    pub cells: Vec<Vec<Item>>,
    /// Room between them, in points
    pub gap: f32,
    /// Room above, in points
    pub before: f32,
    pub keep: bool,
}

/// Something in a column.
pub(crate) enum Item {
    Paragraph(Paragraph),
    /// Empty room of this height in points for a signature and a stamp; the number is that of the signature field
    Room(f32, u8),
    /// A bar of a chart: this part of the column's width, from 0 to 1, and its height in points. Only for the eye: what it
    /// says stands in words beside it
    Bar(f32, f32),
}

/// A table with lines between its cells. Its head stands on each of its pages.
pub(crate) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Size of letters in points
    pub size: f32,
    /// Room above, in points
    pub before: f32,
    /// Its last rows stand on the page of what follows
    pub keep: bool,
    /// What the table holds, for who cannot see it
    pub summary: String,
}

/// A column of a table.
pub(crate) struct Column {
    pub head: Paragraph,
    /// Part of the width, in any unit
    pub share: f32,
    pub align: Align,
}

/// A row of a table.
pub(crate) enum Row {
    Cells(Vec<Paragraph>),
    /// A heading over the whole width
    Band(Paragraph),
}

impl From<Paragraph> for Block {
    fn from(paragraph: Paragraph) -> Self {
        Self::Paragraph(paragraph)
    }
}

impl From<Columns> for Block {
    fn from(columns: Columns) -> Self {
        Self::Columns(columns)
    }
}

impl From<Table> for Block {
    fn from(table: Table) -> Self {
        Self::Table(table)
    }
}

impl From<Paragraph> for Item {
    fn from(paragraph: Paragraph) -> Self {
        Self::Paragraph(paragraph)
    }
}
