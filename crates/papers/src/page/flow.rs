//! Blocks laid on pages, one after the other, from top to bottom.
use super::block::{Block, Columns, Item, MM, Orientation, Table};
use super::sheet::{Kind, Mark, RULE_ROOM, Ready, Room, Sheet, Tree};
use super::table::Laying;
use crate::text::{Line, Paragraph, text};
use std::collections::BTreeMap;

/// Margins in points (Decree 30/2020/NĐ-CP, annex I, part I.I.2: above and below 20-25 mm, left 30-35, right 15-20).
const TOP: f32 = 20.0 * MM;
const BOTTOM: f32 = 20.0 * MM;
const LEFT: f32 = 30.0 * MM;
const RIGHT: f32 = 15.0 * MM;
/// A4
const SHORT: f32 = 210.0 * MM;
const LONG: f32 = 297.0 * MM;
/// Room of the line above the footnotes
const NOTES_RULE: f32 = 9.0;

/// Greys of a chart's bar and of the room that it could fill, of 255, and what is left above it, in points
const BAR: u8 = 96;
const BAR_GROUND: u8 = 238;
const BAR_ABOVE: f32 = 2.5;

/// Lays blocks on pages.
pub(crate) struct Flow {
    pub sheets: Vec<Sheet>,
    pub tree: Tree,
    orientation: Orientation,
    /// Where the next block begins
    pub(super) y: f32,
    /// Footnotes by number
    notes: BTreeMap<u8, Paragraph>,
    /// Those that stand on this page
    open_notes: Vec<Ready>,
}

impl Flow {
    pub(crate) fn lay(orientation: Orientation, blocks: &[Block], notes: BTreeMap<u8, Paragraph>) -> Self {
        let (sheets, tree) = (Vec::new(), Tree::new());
        let mut flow = Self { sheets, tree, orientation, y: TOP, notes, open_notes: Vec::new() };
        flow.begin_page();
        let mut rest = blocks;
        while let [block, following @ ..] = rest {
            flow.place(block, following);
            rest = following;
        }
        flow.end_page();
        flow
    }

    pub(super) fn width(&self) -> f32 {
        let (width, _) = size(self.orientation);
        width - LEFT - RIGHT
    }

    /// How much room is left on the page above its footnotes.
    pub(super) fn left_over(&self) -> f32 {
        let (_, height) = size(self.orientation);
        height - BOTTOM - self.y - self.notes_height(&[])
    }

    /// What an empty page without footnotes holds.
    pub(super) fn page_height(&self) -> f32 {
        let (_, height) = size(self.orientation);
        height - TOP - BOTTOM
    }

    pub(super) fn is_at_top(&self) -> bool {
        self.y <= TOP
    }

    fn place(&mut self, block: &Block, following: &[Block]) {
        match block {
            Block::Turn(orientation) => {
                if self.is_at_top() {
                    self.sheets.pop();
                } else {
                    self.end_page();
                }
                self.orientation = *orientation;
                self.begin_page();
            }
            Block::Paragraph(paragraph) => {
                self.place_paragraph(paragraph, if paragraph.keep { self.needs(following) } else { 0.0 });
            }
            Block::Columns(columns) => {
                let after = if columns.keep { self.needs(following) } else { 0.0 };
                let ready = self.ready(columns);
                if columns.before + height(&ready) + after > self.left_over() {
                    self.next_page();
                }
                if !self.is_at_top() {
                    self.y += columns.before;
                }
                self.place_columns(columns, &ready);
            }
            Block::Table(table) => {
                let after = if table.keep { self.needs(following) } else { 0.0 };
                Laying::new(table, usize::MAX, self.width(), LEFT).place(self, after);
            }
        }
    }

    /// The least that has to stand with what comes before it.
    fn needs(&self, following: &[Block]) -> f32 {
        match following {
            [Block::Paragraph(paragraph), rest @ ..] => {
                let ready = Ready::new(paragraph, self.width());
                let after = if paragraph.keep { self.needs(rest) } else { 0.0 };
                let lines = if paragraph.keep { usize::MAX } else { 2 };
                paragraph.before
                    + ready.set.height_of(ready.set.lines.len().min(lines))
                    + ready.below()
                    + after
            }
            [Block::Columns(columns), ..] => columns.before + height(&self.ready(columns)),
            [Block::Table(table), ..] => self.table_needs(table),
            [Block::Turn(_), ..] | [] => 0.0,
        }
    }

    fn place_paragraph(&mut self, paragraph: &Paragraph, after: f32) {
        let ready = Ready::new(paragraph, self.width());
        let notes = self.notes_height(&paragraph.notes) - self.notes_height(&[]);
        let room = self.left_over() - notes;
        let total = ready.set.lines.len();
        let fits_whole = ready.height() + after <= room;
        // No line of a paragraph stands alone, at the end of a page or at the head of the next.
        let mut fitting = lines_that_fit(&ready, room - paragraph.before);
        if total - fitting.min(total) == 1 {
            fitting = fitting.saturating_sub(1);
        }
        if !fits_whole && (fitting < 2 || after > 0.0) && !self.is_at_top() {
            self.next_page();
        }
        self.open_note(&paragraph.notes);
        let node = self.tree.paragraph(None, paragraph);
        if !self.is_at_top() {
            self.y += paragraph.before;
        }
        self.put_lines_over_pages(&ready, node);
    }

    fn put_lines_over_pages(&mut self, ready: &Ready, node: usize) {
        let mut from = 0;
        let total = ready.set.lines.len();
        while from < total {
            let fitting = lines_that_fit(ready, self.left_over()).min(total - from).max(1);
            let lone = total - from - fitting == 1 && fitting > 2;
            let until = from + if lone { fitting - 1 } else { fitting };
            self.y = self.put(LEFT, self.y, ready, from..until, Some(node));
            from = until;
            if from < total {
                self.next_page();
            }
        }
    }

    /// Draws lines of a paragraph and returns where they end. `node` is `None` for what repeats something.
    pub(super) fn put(
        &mut self,
        left: f32,
        top: f32,
        ready: &Ready,
        lines: std::ops::Range<usize>,
        node: Option<usize>,
    ) -> f32 {
        let mut y = top;
        let is_last = lines.end == ready.set.lines.len();
        for line in ready.set.lines.get(lines).unwrap_or_default() {
            self.put_line(left, y + ready.set.baseline, line, node);
            y += ready.set.line_height;
        }
        if is_last {
            self.put_leader(left, y, ready);
            y = self.put_rule(left, y, ready);
        }
        y
    }

    fn put_line(&mut self, left: f32, y: f32, line: &Line, node: Option<usize>) {
        let mark = Mark::Text { x: left + line.x, y, pieces: line.pieces.clone(), read: node.is_some() };
        let sheet = self.sheets.len().saturating_sub(1);
        let index = self.mark(mark);
        if let Some(node) = node {
            self.tree.mark(node, sheet, index);
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) -> usize {
        let Some(sheet) = self.sheets.last_mut() else { return 0 };
        sheet.marks.push(mark);
        sheet.marks.len() - 1
    }

    fn put_leader(&mut self, left: f32, bottom: f32, ready: &Ready) {
        let Some(line) = ready.set.lines.last().filter(|_| ready.paragraph.leader) else { return };
        let y = bottom - ready.set.line_height + ready.set.baseline;
        let (from, to) = (left + line.x + line.width + 3.0, left + ready.set.width);
        if to - from > 6.0 {
            self.mark(Mark::Line { from: (from, y), to: (to, y), width: 0.7, dotted: true });
        }
    }

    fn put_rule(&mut self, left: f32, bottom: f32, ready: &Ready) -> f32 {
        let Some(part) = ready.paragraph.rule else { return bottom };
        let widest = ready.set.lines.iter().max_by(|one, other| one.width.total_cmp(&other.width));
        if let Some(line) = widest {
            let middle = left + line.x + line.width / 2.0;
            let (half, y) = (line.width * part / 2.0, bottom + RULE_ROOM / 2.0);
            self.mark(Mark::Line {
                from: (middle - half, y),
                to: (middle + half, y),
                width: 0.6,
                dotted: false,
            });
        }
        bottom + RULE_ROOM
    }

    fn ready(&self, columns: &Columns) -> Vec<ReadyColumn> {
        let total: f32 = columns.shares.iter().sum();
        let mut left = LEFT;
        let mut ready = Vec::new();
        for (share, items) in columns.shares.iter().zip(&columns.cells) {
            let gaps = columns.gap * gaps(columns.shares.len());
            let width = (self.width() - gaps) * share / total;
            let items = items.iter().map(|item| match item {
                Item::Paragraph(paragraph) => ReadyItem::Paragraph(Box::new(Ready::new(paragraph, width))),
                Item::Room(height, field) => ReadyItem::Room(*height, *field),
                Item::Bar(part, height) => ReadyItem::Bar(part.clamp(0.0, 1.0), *height),
            });
            ready.push(ReadyColumn { left, width, items: items.collect() });
            left += width + columns.gap;
        }
        ready
    }

    fn place_columns(&mut self, columns: &Columns, ready: &[ReadyColumn]) {
        let top = self.y;
        for column in ready {
            let mut y = top;
            for item in &column.items {
                match item {
                    ReadyItem::Paragraph(ready) => {
                        let node = self.tree.paragraph(None, &ready.paragraph);
                        let lines = 0..ready.set.lines.len();
                        y = self.put(column.left, y + ready.paragraph.before, ready, lines, Some(node));
                    }
                    ReadyItem::Room(height, field) => {
                        let (left, right) = (column.left + 6.0, column.left + column.width - 6.0);
                        let room =
                            Room { field: *field, left, top: y + 2.0, right, bottom: y + height - 2.0 };
                        self.sheets.last_mut().map(|sheet| sheet.rooms.push(room)).unwrap_or_default();
                        y += height;
                    }
                    ReadyItem::Bar(part, height) => {
                        let (left, top) = (column.left, y + BAR_ABOVE);
                        let bottom = top + height;
                        let right = left + column.width;
                        self.mark(Mark::Ground { left, top, right, bottom, grey: BAR_GROUND });
                        let right = left + column.width * part;
                        self.mark(Mark::Ground { left, top, right, bottom, grey: BAR });
                        y = bottom;
                    }
                }
            }
        }
        let notes = columns.cells.iter().flatten().flat_map(|item| match item {
            Item::Paragraph(paragraph) => paragraph.notes.clone(),
            Item::Room(..) | Item::Bar(..) => Vec::new(),
        });
        self.open_note(&notes.collect::<Vec<_>>());
        self.y = top + height(ready);
    }

    fn table_needs(&self, table: &Table) -> f32 {
        // No table begins with more than three headings.
        Laying::new(table, 4, self.width(), LEFT).needs()
    }

    /// Height of the page's footnotes when these come to them.
    pub(super) fn notes_height(&self, more: &[u8]) -> f32 {
        let open: f32 = self.open_notes.iter().map(Ready::height).sum();
        let more = more.iter().filter_map(|number| self.notes.get(number));
        let new: f32 = more.map(|note| Ready::new(note, self.width()).height()).sum();
        if open + new > 0.0 { open + new + NOTES_RULE } else { 0.0 }
    }

    /// Puts footnotes on this page, each once in the paper.
    pub(super) fn open_note(&mut self, numbers: &[u8]) {
        let width = self.width();
        for number in numbers {
            if let Some(note) = self.notes.remove(number) {
                self.open_notes.push(Ready::new(&note, width));
            }
        }
    }

    pub(super) fn next_page(&mut self) {
        self.end_page();
        self.begin_page();
    }

    fn begin_page(&mut self) {
        let (width, height) = size(self.orientation);
        self.sheets.push(Sheet { width, height, marks: Vec::new(), rooms: Vec::new() });
        self.y = TOP;
        // The first page has no number (Decree 30/2020/NĐ-CP, annex I, part I.I.7).
        if self.sheets.len() > 1 {
            let number = Ready::new(&text(self.sheets.len().to_string()).centre(), width - LEFT - RIGHT);
            self.put(LEFT, TOP / 2.0 - 4.0, &number, 0..1, None);
        }
    }

    fn end_page(&mut self) {
        let top = self.y.max(self.y + self.left_over());
        let notes = std::mem::take(&mut self.open_notes);
        if notes.is_empty() {
            return;
        }
        let y = top + NOTES_RULE / 2.0;
        self.mark(Mark::Line { from: (LEFT, y), to: (LEFT + 50.0 * MM, y), width: 0.5, dotted: false });
        let mut y = top + NOTES_RULE;
        for note in &notes {
            let node = self.tree.add(None, Kind::Note);
            y = self.put(LEFT, y + note.paragraph.before, note, 0..note.set.lines.len(), Some(node));
        }
    }
}

fn lines_that_fit(ready: &Ready, room: f32) -> usize {
    (0..=ready.set.lines.len()).rev().find(|lines| ready.set.height_of(*lines) <= room).unwrap_or(0)
}

struct ReadyColumn {
    left: f32,
    width: f32,
    items: Vec<ReadyItem>,
}

enum ReadyItem {
    Paragraph(Box<Ready>),
    Room(f32, u8),
    Bar(f32, f32),
}

fn height(columns: &[ReadyColumn]) -> f32 {
    let column = |column: &ReadyColumn| -> f32 {
        let items = column.items.iter().map(|item| match item {
            ReadyItem::Paragraph(ready) => ready.height(),
            ReadyItem::Room(height, _) => *height,
            ReadyItem::Bar(_, height) => BAR_ABOVE + height,
        });
        items.sum()
    };
    columns.iter().map(column).fold(0.0, f32::max)
}

#[expect(clippy::cast_precision_loss, reason = "a few columns")]
fn gaps(columns: usize) -> f32 {
    columns.saturating_sub(1) as f32
}

fn size(orientation: Orientation) -> (f32, f32) {
    match orientation {
        Orientation::Portrait => (SHORT, LONG),
        Orientation::Landscape => (LONG, SHORT),
    }
}
