//! What is known: description lists, figures, values to copy.
use crate::{Texts, icons::Icon};
use askama::Template;

/// One thing known, by name. No `Debug`: the value may be personal.
#[derive(Clone, Default)]
pub struct Fact {
    /// Name on the screen
    pub label: String,
    /// Value in words; empty when there is none on record
    pub value: String,
    /// Where it comes from, for example "Hộ tịch, 12/03/2021"
    pub note: String,
    /// Set in the monospaced face: numbers, hashes, identifiers
    pub mono: bool,
}

impl Fact {
    /// A fact without source
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), ..Self::default() }
    }

    /// A number, hash or identifier
    pub fn mono(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { mono: true, ..Self::new(label, value) }
    }

    /// With its source
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Facts under one heading.
#[derive(Clone, Default)]
pub struct FactGroup {
    /// Heading; empty for none
    pub title: String,
    /// The facts, in order
    pub facts: Vec<Fact>,
    /// Sensitive personal data: marked as such
    pub sensitive: bool,
}

/// A description list of one group.
#[derive(Template)]
#[template(path = "parts/facts.html")]
pub struct Facts {
    /// Texts of the page
    pub texts: Texts,
    /// The facts
    pub facts: Vec<Fact>,
}

impl Facts {
    /// A description list
    pub fn new(texts: Texts, facts: &[Fact]) -> Self {
        Self { texts, facts: facts.to_vec() }
    }
}

/// One figure with its name.
pub struct Tile {
    /// What is counted
    pub label: String,
    /// The figure, as written
    pub value: String,
    /// A remark under it; empty for none
    pub note: String,
    /// Icon
    pub icon: Icon,
}

/// Figures side by side.
#[derive(Template)]
#[template(path = "parts/tiles.html")]
pub struct Tiles {
    /// The figures
    pub tiles: Vec<Tile>,
}

/// A long value in the monospaced face, with a button that copies it (where scripts run).
#[derive(Template)]
#[template(path = "parts/copyable.html")]
pub struct Copyable {
    /// Texts of the page
    pub texts: Texts,
    /// `id` of the value in the page
    pub id: String,
    /// What it is
    pub label: String,
    /// The value
    pub value: String,
}
