//! One thing: what is known of it, what happened to it, what can be done.
use crate::page::Shell;
use crate::parts::{
    Act, Badge, Crumbs, ErrorSummary, Fact, Facts, Notice, Table, Timeline, asks_passkey, flaws_of,
};
use askama::Template;

/// A part of a record.
pub enum Group {
    /// Facts under a heading
    Facts {
        /// Heading
        title: String,
        /// The facts
        facts: Vec<Fact>,
    },
    /// A table under a heading
    Table {
        /// Heading
        title: String,
        /// Words above it; empty for none
        lead: String,
        /// The table; one without rows is left out
        table: Table,
        /// What stands in its place then
        nothing: String,
    },
    /// What happened
    Timeline {
        /// Heading
        title: String,
        /// What happened
        timeline: Timeline,
    },
}

/// One thing in the console.
#[derive(Template)]
#[template(path = "pages/console/record.html")]
pub struct RecordPage {
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
    /// What is to be known first; empty for none
    pub lead: String,
    /// Further places: words and address
    pub links: Vec<(String, String)>,
    /// What is known, in order
    pub groups: Vec<Group>,
    /// What can be done
    pub acts: Vec<Act>,
}

impl RecordPage {
    fn asks_passkey(&self) -> bool {
        asks_passkey(&self.acts)
    }

    fn summary(&self) -> Option<ErrorSummary> {
        flaws_of(self.shell.texts(), &self.acts)
    }

    fn facts(&self, facts: &[Fact]) -> Facts {
        Facts::new(self.shell.texts(), facts)
    }
}
