//! Tables over pages: the head is repeated, a row is parted only when it is higher than a page.
use super::block::{Row, Table};
use super::flow::Flow;
use super::sheet::{Kind, Mark, Ready};
use crate::text::Paragraph;

/// Room between the lines of a table and its text, in points.
const SIDE: f32 = 3.2;
const ABOVE: f32 = 2.8;
const BELOW: f32 = 2.8;
const LINE: f32 = 0.5;
/// Grey of a table's head, of 255
const GROUND: u8 = 238;

/// A table that is set.
pub(super) struct Laying {
    before: f32,
    summary: String,
    /// Edges of the columns, one more than there are columns
    edges: Vec<f32>,
    head: Vec<Ready>,
    rows: Vec<Cells>,
    notes: Vec<u8>,
}

struct Cells {
    cells: Vec<Ready>,
    /// One cell over all columns
    is_band: bool,
}

impl Laying {
    /// Sets the first rows of a table, `usize::MAX` for all.
    pub(super) fn new(table: &Table, rows: usize, width: f32, left: f32) -> Self {
        let total: f32 = table.columns.iter().map(|column| column.share).sum();
        let mut edges = vec![left];
        let mut reached = 0.0;
        for column in &table.columns {
            reached += column.share;
            edges.push(left + width * reached / total);
        }
        let ready = |paragraph: &Paragraph, width: f32| {
            Ready::new(&paragraph.clone().size(table.size), width - 2.0 * SIDE)
        };
        let widths: Vec<f32> = table.columns.iter().map(|column| width * column.share / total).collect();
        let head = table.columns.iter().zip(&widths).map(|(column, width)| ready(&column.head, *width));
        let rows = table.rows.iter().take(rows).map(|row| match row {
            Row::Band(paragraph) => Cells { cells: vec![ready(paragraph, width)], is_band: true },
            Row::Cells(cells) => {
                let aligned = cells.iter().zip(&table.columns).map(|(cell, column)| {
                    let mut cell = cell.clone();
                    cell.align = column.align;
                    cell
                });
                let cells = aligned.zip(&widths).map(|(cell, width)| ready(&cell, *width)).collect();
                Cells { cells, is_band: false }
            }
        });
        Self {
            before: table.before,
            summary: table.summary.clone(),
            head: head.collect(),
            rows: rows.collect(),
            notes: table.columns.iter().flat_map(|column| column.head.notes.clone()).collect(),
            edges,
        }
    }

    /// Room for the head and the first row (two, when the first is a heading).
    pub(super) fn needs(&self) -> f32 {
        let first = self.rows.iter().take_while(|row| row.is_band).count() + 1;
        self.before + height(&self.head) + self.rows.iter().take(first).map(Cells::height).sum::<f32>()
    }

    /// `after` is the room that what follows needs on the page of the last two rows.
    pub(super) fn place(self, flow: &mut Flow, after: f32) {
        let notes = flow.notes_height(&self.notes) - flow.notes_height(&[]);
        if self.needs() + notes > flow.left_over() && !flow.is_at_top() {
            flow.next_page();
        }
        if !flow.is_at_top() {
            flow.y += self.before;
        }
        flow.open_note(&self.notes);
        let node = flow.tree.add(None, Kind::Table(self.summary.clone()));
        let head = flow.tree.add(Some(node), Kind::TableHead);
        let row = flow.tree.add(Some(head), Kind::Row);
        self.put_head(flow, Some(row));
        if self.rows.is_empty() {
            return;
        }
        let body = flow.tree.add(Some(node), Kind::TableBody);
        for (index, cells) in self.rows.iter().enumerate() {
            let next = self.stands_with(index, cells, after);
            if cells.height() + next > flow.left_over() && self.fits_a_page(flow, cells) {
                flow.next_page();
                self.put_head(flow, None);
            }
            let row = flow.tree.add(Some(body), Kind::Row);
            self.put_row(flow, cells, row);
        }
    }

    /// Height of what has to stand on the page of a row: the row after a heading, and what follows the table.
    fn stands_with(&self, index: usize, row: &Cells, after: f32) -> f32 {
        let next = self.rows.get(index + 1).map(Cells::height);
        match self.rows.len() - index {
            1 if self.rows.len() == 1 => after,
            2 => next.unwrap_or(0.0) + after,
            _ if row.is_band => next.unwrap_or(0.0),
            _ => 0.0,
        }
    }

    fn fits_a_page(&self, flow: &Flow, cells: &Cells) -> bool {
        let whole = flow.page_height() - height(&self.head);
        cells.height() <= whole || flow.left_over() < height(&self.head)
    }

    fn put_head(&self, flow: &mut Flow, row: Option<usize>) {
        let (top, high) = (flow.y, height(&self.head));
        if let (Some(left), Some(right)) = (self.edges.first(), self.edges.last()) {
            flow.mark(Mark::Ground { left: *left, top, right: *right, bottom: top + high, grey: GROUND });
        }
        for (cell, left) in self.head.iter().zip(&self.edges) {
            let node = row.map(|row| flow.tree.add(Some(row), Kind::HeadCell));
            let down = (high - cell.set.height() - ABOVE - BELOW) / 2.0;
            flow.put(left + SIDE, top + ABOVE + down, cell, 0..cell.set.lines.len(), node);
        }
        self.put_grid(flow, top, top + high, false);
        flow.y = top + high;
    }

    /// Puts a row, over several pages when it is higher than what is left.
    fn put_row(&self, flow: &mut Flow, row: &Cells, parent: usize) {
        let span = if row.is_band { u32::try_from(self.head.len()).unwrap_or(1) } else { 1 };
        let nodes: Vec<usize> =
            row.cells.iter().map(|_| flow.tree.add(Some(parent), Kind::Cell(span))).collect();
        let total = row.cells.iter().map(|cell| cell.set.lines.len()).max().unwrap_or(0);
        let line = row.cells.iter().map(|cell| cell.set.line_height).fold(1.0, f32::max);
        let mut from = 0;
        loop {
            let mut until = total;
            while until > from + 1 && lines_height(line, until - from) > flow.left_over() {
                until -= 1;
            }
            let (top, bottom) = (flow.y, flow.y + lines_height(line, until - from));
            for ((cell, left), node) in row.cells.iter().zip(&self.edges).zip(&nodes) {
                let lines = from.min(cell.set.lines.len())..until.min(cell.set.lines.len());
                flow.put(left + SIDE, top + ABOVE, cell, lines, Some(*node));
            }
            self.put_grid(flow, top, bottom, row.is_band);
            flow.y = bottom;
            from = until;
            if from >= total {
                return;
            }
            flow.next_page();
            self.put_head(flow, None);
        }
    }

    fn put_grid(&self, flow: &mut Flow, top: f32, bottom: f32, is_band: bool) {
        let (Some(left), Some(right)) = (self.edges.first(), self.edges.last()) else { return };
        let mut line = |from, to| flow.mark(Mark::Line { from, to, width: LINE, dotted: false });
        line((*left, top), (*right, top));
        line((*left, bottom), (*right, bottom));
        let last = self.edges.len().saturating_sub(1);
        for (index, edge) in self.edges.iter().enumerate() {
            if !is_band || index == 0 || index == last {
                line((*edge, top), (*edge, bottom));
            }
        }
    }
}

impl Cells {
    fn height(&self) -> f32 {
        height(&self.cells)
    }
}

fn height(cells: &[Ready]) -> f32 {
    cells.iter().map(|cell| cell.set.height()).fold(0.0, f32::max) + ABOVE + BELOW
}

#[expect(clippy::cast_precision_loss, reason = "a page has few lines")]
fn lines_height(line: f32, lines: usize) -> f32 {
    line * lines as f32 + ABOVE + BELOW
}
