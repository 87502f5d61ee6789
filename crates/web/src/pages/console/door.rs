//! The way in: password, second factor, enrolment, new password. Each step is one page of this shape.
use crate::page::Shell;
use crate::parts::{Act, Copyable, ErrorSummary, Notice, asks_passkey, flaws_of};
use askama::Template;

/// A step of the way in.
#[derive(Template)]
#[template(path = "pages/console/door.html")]
pub struct DoorPage {
    /// What surrounds the page
    pub shell: Shell,
    /// A message above
    pub notice: Option<Notice>,
    /// Heading
    pub title: String,
    /// What to do
    pub lead: String,
    /// A QR code, as rows of dark and light; none for none
    pub code: Option<Vec<Vec<bool>>>,
    /// What the code says, to copy
    pub copyable: Option<Copyable>,
    /// Recovery codes, shown once
    pub recovery: Vec<String>,
    /// Token for the forms
    pub csrf: String,
    /// The forms
    pub acts: Vec<Act>,
    /// Accounts that the demo tells everybody: login, password, who it is
    pub accounts: Vec<(String, String, String)>,
}

impl DoorPage {
    /// A step with one form
    pub fn new(shell: Shell, title: &str, lead: &str, csrf: &str) -> Self {
        Self {
            title: shell.t(title).into_owned(),
            lead: shell.t(lead).into_owned(),
            shell,
            notice: None,
            code: None,
            copyable: None,
            recovery: Vec::new(),
            csrf: csrf.to_owned(),
            acts: Vec::new(),
            accounts: Vec::new(),
        }
    }

    fn asks_passkey(&self) -> bool {
        asks_passkey(&self.acts)
    }

    fn summary(&self) -> Option<ErrorSummary> {
        flaws_of(self.shell.texts(), &self.acts)
    }

    /// Side of the drawing with its quiet zone (ISO/IEC 18004, 4 modules).
    fn side(code: &[Vec<bool>]) -> usize {
        code.len() + 8
    }
}
