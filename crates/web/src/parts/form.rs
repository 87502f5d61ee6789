//! Controls of forms: each with its label, a hint, and what is wrong with what was typed.
use crate::Texts;
use askama::Template;
use std::borrow::{Borrow, Cow};

/// What was typed into a control, and what is wrong with it. No `Debug`: it may be personal.
#[derive(Clone, Default)]
pub struct Typed {
    /// As typed
    pub value: String,
    /// What is wrong, one sentence
    pub error: Option<String>,
}

impl Typed {
    /// Something typed, nothing wrong with it
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// Something typed, and what is wrong with it
    pub fn wrong(value: impl Into<String>, error: impl Into<String>) -> Self {
        Self { value: value.into(), error: Some(error.into()) }
    }
}

/// What is typed into a text control.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputKind {
    /// Any text
    #[default]
    Text,
    /// Digits; phones show the number keys
    Digits,
    /// A date typed as digits and strokes
    Date,
    /// Hidden while typed
    Password,
}

/// How wide a control is: as wide as what goes into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// The whole column
    #[default]
    Full,
    /// About twenty characters
    Medium,
    /// About ten characters
    Short,
}

impl Width {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Medium => "medium",
            Self::Short => "short",
        }
    }
}

/// A control of one line.
#[derive(Template, Clone, Default)]
#[template(path = "parts/input.html")]
pub struct Input {
    /// Texts of the page
    pub texts: Texts,
    /// Name in the form, and `id` in the page
    pub name: &'static str,
    /// Label
    pub label: String,
    /// How to fill it in; empty for none
    pub hint: String,
    /// What was typed, and what is wrong with it
    pub typed: Typed,
    /// What is typed
    pub kind: InputKind,
    /// Width
    pub width: Width,
    /// `autocomplete` token; `off` where the data are another person's
    pub autocomplete: &'static str,
    /// Most characters
    pub max: u16,
    /// May be left empty: said after the label
    pub optional: bool,
}

impl Input {
    /// A required text control
    pub fn new(texts: Texts, name: &'static str, label: &str, typed: &Typed) -> Self {
        Self {
            texts,
            name,
            label: texts.t(label).into_owned(),
            typed: typed.clone(),
            autocomplete: "off",
            max: 120,
            ..Self::default()
        }
    }

    /// With a hint
    #[must_use]
    pub fn hint(mut self, key: &str) -> Self {
        self.hint = self.texts.t(key).into_owned();
        self
    }

    /// May be left empty
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn type_name(&self) -> &'static str {
        if self.kind == InputKind::Password { "password" } else { "text" }
    }

    fn mode(&self) -> &'static str {
        match self.kind {
            InputKind::Digits => "numeric",
            InputKind::Text | InputKind::Date | InputKind::Password => "text",
        }
    }

    fn described_by(&self) -> String {
        described_by(self.name, !self.hint.is_empty(), self.typed.error.is_some())
    }
}

/// A control of several lines.
#[derive(Template, Clone, Default)]
#[template(path = "parts/area.html")]
pub struct Area {
    /// Texts of the page
    pub texts: Texts,
    /// Name in the form, and `id` in the page
    pub name: &'static str,
    /// Label
    pub label: String,
    /// How to fill it in; empty for none
    pub hint: String,
    /// What was typed, and what is wrong with it
    pub typed: Typed,
    /// Most characters
    pub max: u16,
    /// May be left empty: said after the label
    pub optional: bool,
}

impl Area {
    /// A required control of several lines
    pub fn new(texts: Texts, name: &'static str, label: &str, typed: &Typed) -> Self {
        let label = texts.t(label).into_owned();
        Self { texts, name, label, typed: typed.clone(), max: 2000, ..Self::default() }
    }

    /// With a hint
    #[must_use]
    pub fn hint(mut self, key: &str) -> Self {
        self.hint = self.texts.t(key).into_owned();
        self
    }

    fn described_by(&self) -> String {
        described_by(self.name, !self.hint.is_empty(), self.typed.error.is_some())
    }
}

fn described_by(id: &str, hint: bool, error: bool) -> String {
    let ids = [hint.then(|| format!("{id}-hint")), error.then(|| format!("{id}-error"))];
    ids.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// One of several values to choose from.
#[derive(Clone, Default)]
pub struct Choice {
    /// Value sent
    pub value: String,
    /// Words
    pub label: String,
    /// More words under it; empty for none
    pub hint: String,
    /// Chosen
    pub chosen: bool,
}

impl Choice {
    /// A value with its words
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new(), chosen }
    }
}

/// A list to choose one from.
#[derive(Template, Clone, Default)]
#[template(path = "parts/select.html")]
pub struct Select {
    /// Texts of the page
    pub texts: Texts,
    /// Name in the form, and `id` in the page
    pub name: &'static str,
    /// Label
    pub label: String,
    /// How to choose; empty for none
    pub hint: String,
    /// What is wrong, one sentence
    pub error: Option<String>,
    /// What to choose from
    pub choices: Vec<Choice>,
    /// May be left open
    pub optional: bool,
    /// Left open it means all: in what narrows a list
    pub any: bool,
}

impl Select {
    fn described_by(&self) -> String {
        described_by(self.name, !self.hint.is_empty(), self.error.is_some())
    }

    fn none_chosen(&self) -> bool {
        !self.choices.iter().any(|c| c.chosen)
    }
}

/// Values to tick: one (`many: false`) or any number.
#[derive(Template, Clone, Default)]
#[template(path = "parts/choices.html")]
pub struct Choices {
    /// Texts of the page
    pub texts: Texts,
    /// Name in the form
    pub name: &'static str,
    /// Legend
    pub legend: String,
    /// How to choose; empty for none
    pub hint: String,
    /// What is wrong, one sentence
    pub error: Option<String>,
    /// What to choose from
    pub choices: Vec<Choice>,
    /// Any number instead of one
    pub many: bool,
    /// Side by side instead of one under the other
    pub inline: bool,
    /// May be left open
    pub optional: bool,
}

impl Choices {
    fn described_by(&self) -> String {
        described_by(self.name, !self.hint.is_empty(), self.error.is_some())
    }

    fn type_name(&self) -> &'static str {
        if self.many { "checkbox" } else { "radio" }
    }

    /// The first control has the plain name as its `id`, so that the error summary reaches it.
    fn id(&self, index: impl Borrow<usize>) -> String {
        let index = *index.borrow();
        if index == 0 { self.name.to_owned() } else { format!("{}-{index}", self.name) }
    }
}

/// What is wrong in a form, at its head, each leading to its control.
#[derive(Template, Clone)]
#[template(path = "parts/error_summary.html")]
pub struct ErrorSummary {
    /// Texts of the page
    pub texts: Texts,
    /// `id` of the control, and what is wrong with it
    pub errors: Vec<(Cow<'static, str>, String)>,
}

/// The summary of the controls that have errors; none when all is well.
pub fn summary_of(texts: Texts, controls: &[(&'static str, &Option<String>)]) -> Option<ErrorSummary> {
    let errors: Vec<_> =
        controls.iter().filter_map(|(id, e)| e.as_ref().map(|e| ((*id).into(), e.clone()))).collect();
    (!errors.is_empty()).then_some(ErrorSummary { texts, errors })
}
