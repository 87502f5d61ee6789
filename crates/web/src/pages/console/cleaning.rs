//! A cleaning job, and its doubtful rows one by one.
use super::Group;
use crate::page::Shell;
use crate::parts::{Act, Badge, Bars, Crumbs, ErrorSummary, Fact, Facts, Notice, Tiles, flaws_of};
use askama::Template;

/// How far something is. While it is on the page, scripts read the page anew every other second.
pub struct Meter {
    /// What it measures
    pub label: String,
    /// How much is done
    pub value: u64,
    /// How much there is
    pub most: u64,
    /// The same in hundredths, as written
    pub part: String,
    /// The same in words
    pub words: String,
    /// Time left, in words
    pub left: String,
    /// Words and address of the link that reads the page anew
    pub again: (String, String),
}

/// One job.
#[derive(Template)]
#[template(path = "pages/console/cleaning.html")]
pub struct CleaningPage {
    /// What surrounds the page
    pub shell: Shell,
    /// A message above: done, not done
    pub notice: Option<Notice>,
    /// The way here
    pub crumbs: Crumbs,
    /// Heading
    pub title: String,
    /// Its state
    pub badge: Option<Badge>,
    /// How far it is, while it is worked on
    pub meter: Option<Meter>,
    /// Further places: words and address, the first one stands out
    pub links: Vec<(String, String)>,
    /// Figures
    pub tiles: Option<Tiles>,
    /// Charts
    pub charts: Vec<Bars>,
    /// What is known, in order
    pub groups: Vec<Group>,
    /// What can be done
    pub acts: Vec<Act>,
}

impl CleaningPage {
    fn summary(&self) -> Option<ErrorSummary> {
        flaws_of(self.shell.texts(), &self.acts)
    }

    fn facts(&self, facts: &[Fact]) -> Facts {
        Facts::new(self.shell.texts(), facts)
    }
}

/// A piece of a text. No `Debug`: it is personal.
#[derive(Clone)]
pub struct Piece {
    /// The piece
    pub text: String,
    /// The other side has it not
    pub differs: bool,
}

/// One field of both sides.
pub struct ReviewSide {
    /// What it is called
    pub name: String,
    /// As it stands in the row
    pub row: Vec<Piece>,
    /// As it stands on record; none: it is not told
    pub record: Option<Vec<Piece>>,
    /// How the two agree
    pub badge: Badge,
}

/// Somebody else whom the row may mean.
pub struct Somebody {
    /// What is told of the person
    pub name: String,
    /// Weight of evidence; empty where it is not told
    pub score: String,
    /// What differs, in words
    pub differs: String,
}

/// A doubtful row with what may be decided.
pub struct Choosing {
    /// Which row
    pub heading: String,
    /// What was found, in words
    pub verdict: String,
    /// How surely, in words
    pub score: String,
    /// Whose row it is
    pub agency: String,
    /// Names the person beside whom it is laid, sent along with a decision; none: nobody is laid beside it
    pub person: Option<String>,
    /// Field by field
    pub sides: Vec<ReviewSide>,
    /// Others who are likely too
    pub others: Vec<Somebody>,
    /// Where the decision is sent
    pub action: String,
    /// Its place in the queue, sent along
    pub rank: String,
}

/// Doubtful rows, one at a time.
#[derive(Template)]
#[template(path = "pages/console/review.html")]
pub struct ReviewPage {
    /// What surrounds the page
    pub shell: Shell,
    /// A message above
    pub notice: Option<Notice>,
    /// The way here
    pub crumbs: Crumbs,
    /// Heading
    pub title: String,
    /// `12 of 340`
    pub progress: String,
    /// Rows that are decided
    pub decided: u64,
    /// All doubtful rows
    pub total: u64,
    /// The row; none: all are decided
    pub choosing: Option<Choosing>,
    /// Words and address that take the last decision back
    pub undo: Option<(String, String)>,
    /// The job
    pub back: String,
    /// Token for the forms
    pub csrf: String,
}
