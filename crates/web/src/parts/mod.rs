//! The parts that pages are put together from: typed, each with its own small template. A part put into a
//! template with `{{ part }}` writes itself and is not escaped again.
mod act;
mod facts;
mod form;
mod notice;
mod outcome;
mod steer;
mod table;
mod verdict;

pub use act::{Act, Button, Control, PasskeyAsk, asks_passkey, flaws_of};
pub use facts::{Copyable, Fact, FactGroup, Facts, Tile, Tiles};
pub use form::{Area, Choice, Choices, ErrorSummary, Input, InputKind, Select, Typed, Width, summary_of};
pub use notice::{Empty, Notice};
pub use outcome::{Outcome, RefusalText, Service};
pub use steer::{Crumb, Crumbs, Pagination, Tab, Tabs};
pub use table::{Bar, Bars, Cell, Happening, RowButton, Table, Timeline};
pub use verdict::{Badge, Verdict};

/// What a colour stands for. The colour is never alone: an icon and words say the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to judge
    #[default]
    Plain,
    /// Worth knowing
    Info,
    /// As it should be
    Good,
    /// Take care
    Warn,
    /// Not as it should be
    Bad,
}

impl Tone {
    /// All tones, for the style guide.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Info, Self::Good, Self::Warn, Self::Bad];

    /// Name in the style sheet: `badge--good`
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Info => "info",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

macro_rules! safe {
    ($($part:ty),*) => { $(impl askama::filters::HtmlSafe for $part {})* };
}
safe!(
    Badge,
    Notice,
    Empty,
    Tiles,
    Facts,
    Copyable,
    Area,
    Input,
    Select,
    Choices,
    ErrorSummary,
    Crumbs,
    Pagination,
    Tabs,
    Act,
    Bars,
    Table,
    Timeline
);
