//! The search and what it found.
use crate::Texts;
use crate::icons::Icon;
use crate::page::Shell;
use crate::parts::{Badge, Choice, Empty, ErrorSummary, Input, InputKind, Select, Typed, Width, summary_of};
use askama::Template;

/// What is looked for, and why.
#[derive(Clone, Default)]
pub struct JournalSearch {
    /// Organisations (`organisation`)
    pub organisations: Vec<Choice>,
    /// Systems (`system`)
    pub systems: Vec<Choice>,
    /// Services (`service`)
    pub services: Vec<Choice>,
    /// Outcomes (`outcome`)
    pub outcomes: Vec<Choice>,
    /// Account
    pub account: Typed,
    /// Officer, as the caller named them
    pub officer: Typed,
    /// Case number
    pub case_number: Typed,
    /// The citizen's number
    pub person: Typed,
    /// First day
    pub from: Typed,
    /// Last day
    pub to: Typed,
    /// Why the supervisor searches
    pub purpose: Typed,
    /// Number of the supervisor's own case
    pub ground: Typed,
    /// Why the search was refused
    pub error: Option<String>,
}

/// One entry found.
pub struct JournalRow {
    /// Number of the entry
    pub index: u64,
    /// Time
    pub at: String,
    /// Organisation by name
    pub organisation: String,
    /// System by name
    pub system: String,
    /// Account
    pub account: String,
    /// Service in words
    pub service: String,
    /// Case number
    pub case_number: String,
    /// Number of the citizen, masked
    pub subject: String,
    /// How it ended
    pub outcome: Badge,
}

/// What a search found.
pub struct JournalResults {
    /// Stands for the search in further pages; the search itself stays with the service
    pub token: String,
    /// Number of the entry that tells of this search
    pub journal: u64,
    /// Entries, newest first
    pub rows: Vec<JournalRow>,
    /// Where the next page begins
    pub next: Option<u64>,
    /// Not the first page
    pub later: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "pages/supervisor/search.html")]
pub struct JournalPage {
    /// What surrounds the page; a supervisor is signed in
    pub shell: Shell,
    /// The form
    pub search: JournalSearch,
    /// What was found; none before the first search
    pub results: Option<JournalResults>,
}

impl JournalPage {
    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn summary(&self) -> Option<ErrorSummary> {
        let s = &self.search;
        let controls = [
            ("why", &s.error),
            ("why", &s.purpose.error),
            ("ground", &s.ground.error),
            ("person", &s.person.error),
            ("from", &s.from.error),
            ("to", &s.to.error),
        ];
        summary_of(self.t(), &controls)
    }

    fn why(&self) -> [Input; 2] {
        let purpose = Input {
            max: 500,
            ..Input::new(self.t(), "why", "supervisor-purpose", &self.search.purpose)
                .hint("supervisor-purpose-hint")
        };
        let ground = Input {
            max: 60,
            ..Input::new(self.t(), "ground", "supervisor-ground", &self.search.ground)
                .hint("supervisor-ground-hint")
        };
        [purpose, ground]
    }

    fn selects(&self) -> [Select; 4] {
        let s = &self.search;
        [
            ("organisation", "look-organisation", &s.organisations),
            ("system", "look-system", &s.systems),
            ("service", "look-service", &s.services),
            ("outcome", "recent-outcome", &s.outcomes),
        ]
        .map(|(name, label, choices)| Select {
            texts: self.t(),
            name,
            label: self.t().t(label).into_owned(),
            choices: choices.clone(),
            optional: true,
            ..Select::default()
        })
    }

    fn inputs(&self) -> Vec<Input> {
        let s = &self.search;
        let text = |name, label, typed: &Typed| Input {
            max: 60,
            optional: true,
            ..Input::new(self.t(), name, label, typed)
        };
        let date = |name, label, typed: &Typed| Input {
            kind: InputKind::Date,
            width: Width::Short,
            max: 10,
            ..text(name, label, typed)
        };
        vec![
            Input { kind: InputKind::Digits, max: 20, ..text("person", "supervisor-person", &s.person) },
            text("case", "field-case-number", &s.case_number),
            text("officer", "supervisor-officer", &s.officer),
            text("account", "road-account", &s.account),
            date("from", "history-from", &s.from),
            date("to", "history-to", &s.to),
        ]
    }

    fn nothing(&self) -> Empty {
        Empty {
            icon: Icon::Search,
            title: self.shell.t("supervisor-none-title").into_owned(),
            text: self.shell.t("supervisor-none-text").into_owned(),
        }
    }

    fn note(&self, results: &JournalResults) -> String {
        let number = self.t().number(results.journal);
        self.t().t1("supervisor-noted", "number", &number).into_owned()
    }
}
