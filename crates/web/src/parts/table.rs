//! Tables of any content, which stack on narrow screens, and what happened, in order.
use super::{Badge, Tone};
use crate::icons::Icon;
use askama::Template;
use std::borrow::Borrow;

/// What stands in a cell. No `Debug`: it may be personal.
#[derive(Clone)]
pub enum Cell {
    /// Words
    Text(String),
    /// Figures and times: one width for every digit, unbroken
    Figures(String),
    /// A name that leads somewhere
    Link {
        /// Words
        label: String,
        /// Address
        href: String,
    },
    /// A state
    Badge(Badge),
    /// Several lines, the first one plain and the others small
    Lines(Vec<String>),
    /// A name that leads somewhere, with small lines under it
    Named {
        /// Words
        label: String,
        /// Address
        href: String,
        /// Small lines
        lines: Vec<String>,
    },
    /// A box to tick, sent with a form that stands elsewhere on the page
    Tick {
        /// `id` of the form
        form: &'static str,
        /// Name in the form
        name: &'static str,
        /// Value sent
        value: String,
        /// What is ticked, for screen readers
        label: String,
    },
    /// Something that can be done to the row's thing
    Button(RowButton),
}

/// A button of a row: a form of its own, with values that are sent along.
#[derive(Clone)]
pub struct RowButton {
    /// Words
    pub label: String,
    /// Which row, for whoever does not see it beside the button
    pub of: String,
    /// Where it is sent
    pub action: String,
    /// Token of the session
    pub csrf: String,
    /// Names and values
    pub values: Vec<(&'static str, String)>,
}

impl Cell {
    /// Words
    pub fn text(words: impl Into<String>) -> Self {
        Self::Text(words.into())
    }

    /// A name that leads somewhere
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self::Link { label: label.into(), href: href.into() }
    }
}

/// A table. Each row has as many cells as there are columns; the first one names the row.
#[derive(Template, Clone, Default)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// Headings
    pub columns: Vec<String>,
    /// Rows
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    fn heading(&self, at: impl Borrow<usize>) -> &str {
        self.columns.get(*at.borrow()).map_or("", String::as_str)
    }
}

/// Something that happened, or is due.
#[derive(Clone)]
pub struct Happening {
    /// When
    pub at: String,
    /// What
    pub title: String,
    /// By whom, on which document; empty for none
    pub by: String,
    /// More words; empty for none
    pub text: String,
    /// Colour
    pub tone: Tone,
    /// Further places, words and address
    pub links: Vec<(String, String)>,
}

/// What happened, newest first, and above it what is due.
#[derive(Template, Clone, Default)]
#[template(path = "parts/timeline.html")]
pub struct Timeline {
    /// In their order
    pub happenings: Vec<Happening>,
}

impl Happening {
    fn icon(&self) -> Icon {
        match self.tone {
            Tone::Plain | Tone::Info => Icon::Info,
            Tone::Good => Icon::Check,
            Tone::Warn => Icon::Warning,
            Tone::Bad => Icon::Stop,
        }
    }
}

/// One bar of a chart.
#[derive(Clone)]
pub struct Bar {
    /// What is counted
    pub label: String,
    /// How much, as a number for the drawing
    pub value: u64,
    /// The same in words
    pub words: String,
    /// Colour
    pub tone: Tone,
}

/// Bars of a chart, each drawn as SVG in its row of a table: label, bar, figure. The table alone says all.
#[derive(Template, Clone)]
#[template(path = "parts/bars.html")]
pub struct Bars {
    /// What the chart shows
    pub title: String,
    /// Heading of the labels' column
    pub what: String,
    /// Heading of the values' column
    pub how_many: String,
    /// The bars
    pub bars: Vec<Bar>,
}

/// Width of the drawing's field of bars.
const FIELD: u64 = 600;

impl Bars {
    /// Length of a bar: proportional, a sliver when it is not nought.
    fn length(&self, bar: &Bar) -> u64 {
        let most = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
        let length = bar.value.saturating_mul(FIELD) / most;
        if bar.value > 0 { length.max(2) } else { 0 }
    }
}
