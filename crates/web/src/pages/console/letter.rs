//! A letter with its list, to read and to print.
use crate::page::Shell;
use crate::parts::{Act, Crumbs, ErrorSummary, Notice, Table, flaws_of};
use askama::Template;

/// A letter.
#[derive(Template)]
#[template(path = "pages/console/letter.html")]
pub struct LetterPage {
    /// What surrounds the page
    pub shell: Shell,
    /// A message above
    pub notice: Option<Notice>,
    /// The way here
    pub crumbs: Crumbs,
    /// What it is about
    pub title: String,
    /// To whom
    pub to: String,
    /// Its paragraphs
    pub paragraphs: Vec<String>,
    /// Heading of the list
    pub list: String,
    /// The list
    pub table: Table,
    /// What can be done
    pub acts: Vec<Act>,
}

impl LetterPage {
    fn summary(&self) -> Option<ErrorSummary> {
        flaws_of(self.shell.texts(), &self.acts)
    }
}
