//! `/citizen`: who looked at my data.
use super::look::{Asked, Content, Covered, Look};
use crate::Texts;
use crate::icons::Icon;
use crate::page::Shell;
use crate::parts::{
    Badge, Choice, Empty, ErrorSummary, Input, InputKind, Pagination, Select, Tone, Typed, Width, summary_of,
};
use askama::Template;

/// What part of the history is shown.
#[derive(Clone, Default)]
pub struct Filter {
    /// Organisations that looked, one of them perhaps chosen
    pub organisations: Vec<Choice>,
    /// First day
    pub from: Typed,
    /// Last day
    pub to: Typed,
}

impl Filter {
    /// Whether anything is left out.
    pub fn is_on(&self) -> bool {
        let chosen = self.organisations.iter().any(|c| c.chosen && !c.value.is_empty());
        chosen || !self.from.value.is_empty() || !self.to.value.is_empty()
    }
}

/// How far proofs reach.
#[derive(Clone)]
pub struct Epoch {
    /// When it was made: `21/11/2026 14:00:00`
    pub made: String,
    /// When the next one is due: `14:05`
    pub next: String,
}

/// One day of the history.
pub struct Day {
    /// `Thứ Bảy, 21/11/2026`
    pub title: String,
    /// `ngay-21-11-2026`
    pub id: String,
    /// Its looks, newest first
    pub looks: Vec<Look>,
}

/// The page.
#[derive(Template)]
#[template(path = "pages/citizen/history.html")]
pub struct HistoryPage {
    /// What surrounds the page; the citizen is signed in
    pub shell: Shell,
    /// Her number, masked
    pub number: String,
    /// What is shown
    pub filter: Filter,
    /// The looks by day, newest first
    pub days: Vec<Day>,
    /// How far proofs reach; none before the first epoch
    pub epoch: Option<Epoch>,
    /// Newer and older pages
    pub pages: Option<Pagination>,
    /// Addresses of the export for the same filter
    pub csv: String,
    /// Names by which the check puts what is proved into words, JSON
    pub names: String,
    /// What of the history the page claims to show in full, JSON: `newest`, `oldest`, `organisation`, `from_us`, `to_us`
    pub claim: String,
}

impl HistoryPage {
    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn summary(&self) -> Option<ErrorSummary> {
        summary_of(self.t(), &[("from", &self.filter.from.error), ("to", &self.filter.to.error)])
    }

    fn organisation(&self) -> Select {
        Select {
            texts: self.t(),
            name: "organisation",
            label: self.t().t("look-organisation").into_owned(),
            choices: self.filter.organisations.clone(),
            optional: true,
            ..Select::default()
        }
    }

    fn period(&self) -> [Input; 2] {
        [("from", "history-from", &self.filter.from), ("to", "history-to", &self.filter.to)].map(
            |(name, label, typed)| Input {
                kind: InputKind::Date,
                width: Width::Short,
                max: 10,
                optional: true,
                ..Input::new(self.t(), name, label, typed)
            },
        )
    }

    fn count(&self) -> String {
        let shown = self.days.iter().map(|d| d.looks.len() as u64).sum();
        self.t().t1("history-shown", "count", &self.t().number(shown)).into_owned()
    }

    fn reach(&self) -> String {
        match &self.epoch {
            Some(epoch) => {
                self.t().with("history-reach", &[("made", &epoch.made), ("next", &epoch.next)]).into_owned()
            }
            None => self.t().t("history-reach-none").into_owned(),
        }
    }

    fn nobody(&self) -> Empty {
        let (title, text) = if self.filter.is_on() {
            ("history-none-fits-title", "history-none-fits-text")
        } else {
            ("history-empty-title", "history-empty-text")
        };
        Empty {
            icon: Icon::Shield,
            title: self.t().t(title).into_owned(),
            text: self.t().t(text).into_owned(),
        }
    }

    /// Words of the check, for the script, JSON: key → words.
    fn words(&self) -> String {
        let words: serde_json::Map<String, serde_json::Value> = CHECK_WORDS
            .iter()
            .map(|key| {
                let name = key.strip_prefix("check-").unwrap_or(key);
                (name.to_owned(), serde_json::Value::String(self.t().t(key).into_owned()))
            })
            .collect();
        serde_json::Value::Object(words).to_string()
    }
}

/// Texts that the check needs; values are set in between double angle brackets by the script: `«count»`.
const CHECK_WORDS: &[&str] = &[
    "check-running",
    "check-good-title",
    "check-good-text",
    "check-good-new",
    "check-bad-title",
    "check-bad-text",
    "check-failed-title",
    "check-failed-text",
    "check-none-title",
    "check-none-text",
    "check-unproved-title",
    "check-unproved-text",
    "check-passed",
    "check-not-passed",
    "check-not-reached",
    "check-step-fetch",
    "check-step-form",
    "check-step-witnesses",
    "check-step-epoch",
    "check-step-vrf",
    "check-step-map",
    "check-step-chain",
    "check-step-entries",
    "check-step-memory",
    "check-step-rows",
    "check-step-other",
    "check-row-proved",
    "check-row-gone",
    "check-row-altered",
    "check-row-value",
    "check-row-nothing",
    "check-row-added",
    "check-row-missing",
    "check-row-unproved",
    "check-row-revealed",
    "check-row-unordered",
    "check-seen-first",
    "check-seen-again",
];

/// A badge and its words, for the foot of a look.
pub(super) fn covered(covered: &Covered, texts: Texts) -> Badge {
    match covered {
        Covered::Yes => {
            Badge { tone: Tone::Plain, icon: Icon::Shield, label: texts.t("look-covered").into_owned() }
        }
        Covered::By(time) => Badge {
            tone: Tone::Plain,
            icon: Icon::Clock,
            label: texts.t1("look-covered-by", "time", time).into_owned(),
        },
    }
}

impl Look {
    /// Whether the proofs reach it, on a badge.
    pub fn covered_badge(&self, texts: Texts) -> Badge {
        covered(&self.covered, texts)
    }

    /// What her question became, on a badge.
    pub fn asked_badge(&self, texts: Texts) -> Option<Badge> {
        self.inquiry.map(|asked: Asked| asked.badge(texts))
    }
}
