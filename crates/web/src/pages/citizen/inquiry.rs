//! `/citizen/inquiry`: "why did you look?", about one entry.
use super::look::{Asked, Look, Seen};
use crate::Texts;
use crate::icons::Icon;
use crate::page::Shell;
use crate::parts::{Area, Badge, Crumb, Crumbs, ErrorSummary, Fact, Facts, Notice, Typed, summary_of};
use askama::Template;

/// What happened to an inquiry, and what is due.
pub struct Event {
    /// Icon
    pub icon: Icon,
    /// What, in words
    pub title: String,
    /// When it happened, or until when it is due
    pub at: String,
    /// Words that were said; empty for none
    pub words: String,
    /// Done, due, or late
    pub state: EventState,
}

/// Whether an event has been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventState {
    /// It has
    Done,
    /// It is due
    Due,
    /// It was due and has not been
    Late,
}

impl EventState {
    /// Name in the style sheet: `event--late`
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Due => "due",
            Self::Late => "late",
        }
    }
}

/// An inquiry that was sent.
pub struct Sent {
    /// How far it is
    pub asked: Asked,
    /// What happened and what is due, in order
    pub events: Vec<Event>,
}

/// The page: the form, or what became of it.
#[derive(Template)]
#[template(path = "pages/citizen/inquiry.html")]
pub struct InquiryPage {
    /// What surrounds the page; the citizen is signed in
    pub shell: Shell,
    /// The entry
    pub look: Look,
    /// What it says
    pub seen: Seen,
    /// The inquiry, once sent
    pub sent: Option<Sent>,
    /// Her words
    pub question: Typed,
    /// Last day for telling her how it goes on, and for answering, if she asks now
    pub deadlines: [String; 2],
    /// A message above: sent, closed
    pub notice: Option<Notice>,
}

impl InquiryPage {
    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn summary(&self) -> Option<ErrorSummary> {
        summary_of(self.t(), &[("question", &self.question.error)])
    }

    fn crumbs(&self) -> Crumbs {
        let t = self.t();
        let crumbs = vec![Crumb::new(t.t("history-title"), "/citizen"), Crumb::new(t.t("inquiry-title"), "")];
        Crumbs { texts: t, crumbs }
    }

    fn facts(&self) -> Facts {
        Facts::new(self.t(), &look_facts(&self.look, &self.seen, self.t()))
    }

    fn badge(&self) -> Option<Badge> {
        self.sent.as_ref().map(|sent| sent.asked.badge(self.t()))
    }

    fn area(&self) -> Area {
        Area {
            optional: true,
            ..Area::new(self.t(), "question", "inquiry-question", &self.question)
                .hint("inquiry-question-hint")
        }
    }

    fn law(&self) -> String {
        let [reply, answer] = &self.deadlines;
        let values =
            [("organisation", self.seen.organisation.as_str()), ("reply", reply), ("answer", answer)];
        self.t().with("inquiry-law", &values).into_owned()
    }

    fn may_close(&self) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.asked != Asked::Closed)
    }
}

/// An entry as a list: when, who, what, on what ground.
pub fn look_facts(look: &Look, seen: &Seen, t: Texts) -> Vec<Fact> {
    let purpose = match (seen.purpose.as_str(), seen.purpose_name.as_str()) {
        (code, "") => code.to_owned(),
        (code, name) => format!("{code} – {name}"),
    };
    [
        ("look-at", &look.at),
        ("look-organisation", &seen.organisation),
        ("look-system", &seen.system),
        ("look-service", &seen.service),
        ("look-purpose", &purpose),
        ("look-note", &seen.note),
        ("look-case", &seen.case_number),
        ("look-sent", &seen.sent),
        ("look-released", &seen.released),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(key, value)| Fact::new(t.t(key), value.as_str()))
    .collect()
}
