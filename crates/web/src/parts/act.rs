//! A form that does something: its controls, its button, and how grave it is.
use super::{Area, Choices, ErrorSummary, Input, Select};
use crate::Texts;
use askama::Template;
use std::borrow::Cow;

/// A control of any kind.
#[derive(Clone)]
pub enum Control {
    /// One line
    Input(Input),
    /// Several lines
    Area(Area),
    /// A list
    Select(Select),
    /// Marks
    Choices(Choices),
    /// A file to send
    File {
        /// Name in the form, and `id` in the page
        name: &'static str,
        /// Label
        label: String,
        /// How to choose; empty for none
        hint: String,
        /// Media types that are taken
        accept: &'static str,
        /// What is wrong, one sentence
        error: Option<String>,
    },
    /// A value that is sent along
    Hidden {
        /// Name in the form
        name: &'static str,
        /// Value
        value: String,
    },
}

impl Control {
    /// Its `id` and what is wrong with it.
    fn flaw(&self) -> Option<(Cow<'static, str>, String)> {
        let (id, error) = match self {
            Self::Input(input) => (input.name, &input.typed.error),
            Self::Area(area) => (area.name, &area.typed.error),
            Self::Select(select) => (select.name, &select.error),
            Self::Choices(choices) => (choices.name, &choices.error),
            Self::File { name, error, .. } => (*name, error),
            Self::Hidden { .. } => return None,
        };
        error.clone().map(|error| (id.into(), error))
    }
}

/// A button that sends the form.
#[derive(Clone)]
pub struct Button {
    /// Words
    pub label: String,
    /// Value of `act`, by which the handler knows it
    pub act: &'static str,
    /// Second to another
    pub second: bool,
}

/// What a passkey is asked for by the form around it: `passkey.js` asks the browser when the form is sent, and sends its answer
/// along as `answer`.
#[derive(Clone)]
pub struct PasskeyAsk {
    /// `get` or `create`
    pub kind: &'static str,
    /// The options for `navigator.credentials`, JSON
    pub options: String,
    /// Names the ceremony; it comes back
    pub ceremony: String,
    /// What is said when it fails
    pub failed: String,
}

/// A form.
#[expect(clippy::struct_excessive_bools, reason = "each is a trait of the form by itself")]
#[derive(Template, Clone)]
#[template(path = "parts/act.html")]
pub struct Act {
    /// `id` in the page, and of its heading with `-title`
    pub id: &'static str,
    /// Heading; empty for none
    pub title: String,
    /// What it does and what follows; empty for none
    pub lead: String,
    /// Where it is sent
    pub action: String,
    /// Token of the session; empty for a form that only reads, which is sent as an address
    pub csrf: String,
    /// Sent with files
    pub multipart: bool,
    /// What it does cannot be taken back easily: it is marked so
    pub grave: bool,
    /// Folded away until it is asked for
    pub folded: bool,
    /// Its answer is a file, so that the page stays and may send it again
    pub again: bool,
    /// A passkey that is asked for
    pub passkey: Option<PasskeyAsk>,
    /// Controls, in order
    pub controls: Vec<Control>,
    /// Buttons, the first one is the main one
    pub buttons: Vec<Button>,
}

impl Act {
    /// A form that changes something, with one button
    pub fn new(id: &'static str, title: impl Into<String>, action: impl Into<String>, csrf: &str) -> Self {
        Self {
            id,
            title: title.into(),
            lead: String::new(),
            action: action.into(),
            csrf: csrf.to_owned(),
            multipart: false,
            grave: false,
            folded: false,
            again: false,
            passkey: None,
            controls: Vec::new(),
            buttons: Vec::new(),
        }
    }

    /// With words above the controls
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// With a control
    #[must_use]
    pub fn with(mut self, control: Control) -> Self {
        self.multipart |= matches!(control, Control::File { .. });
        self.controls.push(control);
        self
    }

    /// With a button
    #[must_use]
    pub fn button(mut self, label: impl Into<String>, act: &'static str) -> Self {
        let second = !self.buttons.is_empty();
        self.buttons.push(Button { label: label.into(), act, second });
        self
    }

    /// With a passkey; without scripts the form is not there
    #[must_use]
    pub fn passkey(mut self, ask: PasskeyAsk) -> Self {
        self.passkey = Some(ask);
        self
    }

    /// Marked as grave
    #[must_use]
    pub fn grave(mut self) -> Self {
        self.grave = true;
        self
    }

    /// Folded away, unless something in it is wrong
    #[must_use]
    pub fn folded(mut self) -> Self {
        self.folded = self.flaws().is_empty();
        self
    }

    /// Answered with a file: it may be sent again
    #[must_use]
    pub fn again(mut self) -> Self {
        self.again = true;
        self
    }

    fn method(&self) -> &'static str {
        if self.csrf.is_empty() { "get" } else { "post" }
    }

    fn flaws(&self) -> Vec<(Cow<'static, str>, String)> {
        self.controls.iter().filter_map(Control::flaw).collect()
    }
}

/// Whether one of them asks for a passkey: the page loads the script for it then.
pub fn asks_passkey(acts: &[Act]) -> bool {
    acts.iter().any(|act| act.passkey.is_some())
}

/// What is wrong in several forms, above the page.
pub fn flaws_of(texts: Texts, acts: &[Act]) -> Option<ErrorSummary> {
    let errors: Vec<_> = acts.iter().flat_map(Act::flaws).collect();
    (!errors.is_empty()).then_some(ErrorSummary { texts, errors })
}
