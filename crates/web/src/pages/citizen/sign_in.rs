//! `/citizen/sign-in`: a citizen signs in to the demonstration, until the identity provider does it.
use crate::page::Shell;
use crate::parts::{ErrorSummary, Input, InputKind, Notice, Typed, Width, summary_of};
use askama::Template;

/// The sign-in page.
#[derive(Template)]
#[template(path = "pages/citizen/sign_in.html")]
pub struct CitizenSignInPage {
    /// What surrounds the page
    pub shell: Shell,
    /// Token against forged requests, from a cookie set with this page
    pub csrf: String,
    /// Number
    pub number: Typed,
    /// Code; its value is never sent back
    pub code: Typed,
    /// A message above the form: session ended
    pub notice: Option<Notice>,
    /// People to try with, number and name; empty outside the demonstration
    pub people: Vec<(String, String)>,
    /// The code that the demonstration tells everybody
    pub demo_code: String,
}

impl CitizenSignInPage {
    fn summary(&self) -> Option<ErrorSummary> {
        let controls = [("number", &self.number.error), ("code", &self.code.error)];
        summary_of(self.shell.texts(), &controls)
    }

    fn number_input(&self) -> Input {
        Input {
            kind: InputKind::Digits,
            width: Width::Medium,
            autocomplete: "username",
            max: 20,
            ..Input::new(self.shell.texts(), "number", "citizen-number", &self.number)
                .hint("citizen-number-hint")
        }
    }

    fn code_input(&self) -> Input {
        let typed = Typed { value: String::new(), error: self.code.error.clone() };
        Input {
            kind: InputKind::Password,
            width: Width::Medium,
            autocomplete: "current-password",
            max: 60,
            ..Input::new(self.shell.texts(), "code", "citizen-code", &typed)
        }
    }
}
