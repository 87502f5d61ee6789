//! `/officer/inquiries`: citizens ask why their data were looked at, and an officer answers for the organisation.
use crate::Texts;
use crate::icons::Icon;
use crate::page::{Section, Shell};
use crate::pages::citizen::{Asked, Sent};
use crate::parts::{
    Area, Badge, Crumb, Crumbs, Empty, ErrorSummary, Fact, Facts, Notice, Pagination, Tab, Tabs, Tone, Typed,
    summary_of,
};
use askama::Template;
use dancu_catalogue::Lang;

/// One inquiry in the list.
pub struct InquiryRow {
    /// Id, for the address
    pub id: String,
    /// Number of the entry
    pub entry: u64,
    /// The citizen's number, masked
    pub subject: String,
    /// Organisation that is asked
    pub organisation: String,
    /// When it was asked
    pub asked_at: String,
    /// Until when an answer is due
    pub answer_by: String,
    /// How far it is
    pub asked: Asked,
}

impl InquiryRow {
    fn badge(&self, texts: Texts) -> Badge {
        self.asked.badge(texts)
    }
}

/// The list.
#[derive(Template)]
#[template(path = "pages/inquiries.html")]
pub struct InquiriesPage {
    /// What surrounds the page; an officer with this duty is signed in
    pub shell: Shell,
    /// A message above: done, too late
    pub notice: Option<Notice>,
    /// `open`, `answered` or `closed`
    pub stage: &'static str,
    /// Inquiries, those that are due first first
    pub rows: Vec<InquiryRow>,
    /// The next page
    pub pages: Option<Pagination>,
}

impl InquiriesPage {
    fn tabs(&self) -> Tabs {
        let tab = |stage: &str, key: &str| Tab {
            label: self.shell.t(key).into_owned(),
            href: format!("/officer/inquiries?stage={stage}"),
            current: self.stage == stage,
        };
        Tabs {
            label: self.shell.t("inquiries-tabs").into_owned(),
            tabs: vec![
                tab("open", "inquiries-open"),
                tab("answered", "inquiries-answered"),
                tab("closed", "inquiries-closed"),
            ],
        }
    }

    fn nothing(&self) -> Empty {
        Empty {
            icon: Icon::Message,
            title: self.shell.t("inquiries-empty-title").into_owned(),
            text: self.shell.t("inquiries-empty-text").into_owned(),
        }
    }
}

/// One inquiry, with the forms that the officer has.
#[derive(Template)]
#[template(path = "pages/inquiry.html")]
pub struct InquiryAnswerPage {
    /// What surrounds the page
    pub shell: Shell,
    /// Id, for the forms
    pub id: String,
    /// Number of the entry
    pub entry: u64,
    /// What the entry says
    pub facts: Vec<Fact>,
    /// What happened and what is due
    pub sent: Sent,
    /// The answer
    pub answer: Typed,
    /// The citizen has been told that her inquiry came
    pub acknowledged: bool,
}

impl InquiryAnswerPage {
    fn summary(&self) -> Option<ErrorSummary> {
        summary_of(self.shell.texts(), &[("answer", &self.answer.error)])
    }

    fn crumbs(&self) -> Crumbs {
        let t = self.shell.texts();
        let here = t.t1("inquiry-about", "number", &t.number(self.entry));
        let crumbs = vec![Crumb::new(t.t("inquiries-title"), "/officer/inquiries"), Crumb::new(here, "")];
        Crumbs { texts: t, crumbs }
    }

    fn badge(&self) -> Badge {
        self.sent.asked.badge(self.shell.texts())
    }

    fn fact_list(&self) -> Facts {
        Facts::new(self.shell.texts(), &self.facts)
    }

    fn is_open(&self) -> bool {
        matches!(self.sent.asked, Asked::Waiting | Asked::Acknowledged | Asked::Overdue)
    }

    fn area(&self) -> Area {
        Area::new(self.shell.texts(), "answer", "inquiry-answer", &self.answer).hint("inquiry-answer-hint")
    }
}

impl InquiriesPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let row = |entry: u64, asked, answer_by: &str| InquiryRow {
            id: format!("{entry:032x}"),
            entry,
            subject: "0011…0017".to_owned(),
            organisation: "Ủy ban nhân dân tỉnh Thái Nguyên".to_owned(),
            asked_at: "21/11/2026 15:20".to_owned(),
            answer_by: answer_by.to_owned(),
            asked,
        };
        let page = |rows| Self {
            shell: Shell::sample(lang, "/officer/inquiries", Section::Inquiries, true),
            notice: Some(Notice::new(Tone::Good, Texts::of(lang).t("inquiry-acknowledged-done"), "")),
            stage: "open",
            rows,
            pages: None,
        };
        let rows = vec![
            row(998_001, Asked::Overdue, "20/11/2026"),
            row(1_031_988, Asked::Acknowledged, "28/11/2026"),
            row(1_048_102, Asked::Waiting, "01/12/2026"),
        ];
        vec![("inquiries", page(rows)), ("inquiries-empty", page(Vec::new()))]
    }
}

impl InquiryAnswerPage {
    /// Pages for the tests and the gallery
    pub fn samples(lang: Lang) -> Vec<(&'static str, Self)> {
        let t = Texts::of(lang);
        let page = |answer| Self {
            shell: Shell::sample(lang, "/officer/inquiries/0", Section::Inquiries, true),
            id: "0".repeat(32),
            entry: 1_048_102,
            facts: vec![
                Fact::new(t.t("look-at"), "21/11/2026 09:15:04"),
                Fact::new(t.t("road-officer"), "Nguyễn Văn An"),
                Fact::mono(t.t("field-case-number"), "H55.242-261121-0031"),
            ],
            sent: Sent { asked: Asked::Acknowledged, events: super::citizen::sample_events(t, lang) },
            answer,
            acknowledged: true,
        };
        let wrong = Typed::wrong("", t.t("inquiry-answer-missing"));
        vec![
            ("inquiry", Self { acknowledged: false, ..page(Typed::default()) }),
            ("inquiry-wrong", page(wrong)),
        ]
    }
}
