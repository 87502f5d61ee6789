//! `/officer`: an officer verifies and looks up a citizen. Works without scripts.
mod form;
mod result;
mod sample;

pub use form::OfficerForm;
pub use result::{CallResult, FieldRow, JournalNote};

use crate::icons::Icon;
use crate::page::Shell;
use crate::parts::{
    Choice, Choices, Empty, ErrorSummary, FactGroup, Facts, Input, InputKind, Notice, Outcome, Select,
    Service, Tab, Tabs, Tone, Typed, Width, summary_of,
};
use askama::Template;

/// Which view of the page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Verify and look up by number
    #[default]
    ByNumber,
    /// Search at the counter, by name
    Counter,
}

/// How many calls the officer may still make today.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Calls made
    pub used: u64,
    /// Calls allowed
    pub limit: u64,
}

/// A call this officer made before.
#[derive(Clone)]
pub struct RecentCall {
    /// Time of day, or date and time
    pub at: String,
    /// Which service
    pub service: Service,
    /// Whom it concerned, masked: `0011…0017`
    pub subject: String,
    /// Case number; empty for none
    pub case_number: String,
    /// What came of it
    pub outcome: Outcome,
    /// Journal number
    pub journal: u64,
}

/// Somebody found at the counter.
#[derive(Clone)]
pub struct Hit {
    /// Sent back when chosen: opaque to the reader, so that no number stands in an address
    pub choice: String,
    /// Number, masked
    pub number: String,
    /// Full name
    pub full_name: String,
    /// Date of birth, as it is known
    pub birth_date: String,
    /// Sex in words
    pub sex: String,
    /// Commune and province
    pub residence: String,
}

/// The search at the counter.
#[derive(Clone, Default)]
pub struct CounterSearch {
    /// Name, or part of one
    pub full_name: Typed,
    /// Full date, month, or year
    pub birth_date: Typed,
    /// `0`, `1`, `2`; empty for any
    pub sex: String,
    /// Purposes of the agreement (`purpose`)
    pub purposes: Vec<Choice>,
    /// What is wrong with the purpose
    pub purpose_error: Option<String>,
    /// Case number (`case_number`)
    pub case_number: Typed,
    /// The agreement demands a case number
    pub case_required: bool,
    /// Why the search was refused
    pub error: Option<String>,
    /// Who was found; none before the first search
    pub hits: Option<Vec<Hit>>,
    /// There are more than are shown: ask for a narrower search
    pub more: bool,
}

/// The officer's page.
#[derive(Template)]
#[template(path = "pages/officer.html")]
pub struct OfficerPage {
    /// What surrounds the page; somebody is signed in
    pub shell: Shell,
    /// Which view
    pub view: View,
    /// The form by number
    pub form: OfficerForm,
    /// The search at the counter
    pub search: CounterSearch,
    /// The result of the call just made
    pub result: Option<CallResult>,
    /// Calls left today
    pub quota: Option<Quota>,
    /// Latest calls of this officer, newest first
    pub recent: Vec<RecentCall>,
}

impl OfficerPage {
    fn tabs(&self) -> Tabs {
        let tab = |view, key: &str, href: &str| Tab {
            label: self.shell.t(key).into_owned(),
            href: href.to_owned(),
            current: self.view == view,
        };
        Tabs {
            label: self.shell.t("officer-tabs").into_owned(),
            tabs: vec![
                tab(View::ByNumber, "officer-tab-number", "/officer"),
                tab(View::Counter, "officer-tab-counter", "/officer?view=counter"),
            ],
        }
    }

    fn facts(&self, group: &FactGroup) -> Facts {
        Facts::new(self.shell.texts(), &group.facts)
    }

    fn quota_text(&self, quota: &Quota) -> String {
        let t = self.shell.texts();
        let (used, limit) = (t.number(quota.used), t.number(quota.limit));
        t.with("officer-quota", &[("used", &used), ("limit", &limit)]).into_owned()
    }

    fn waiting(&self) -> Empty {
        Empty {
            icon: Icon::Document,
            title: self.shell.t("officer-empty-title").into_owned(),
            text: self.shell.t("officer-empty-text").into_owned(),
        }
    }

    fn no_recent(&self) -> Empty {
        Empty {
            icon: Icon::Clock,
            title: self.shell.t("officer-recent-empty-title").into_owned(),
            text: self.shell.t("officer-recent-empty-text").into_owned(),
        }
    }

    fn nobody(&self) -> Empty {
        Empty {
            icon: Icon::Search,
            title: self.shell.t("counter-none-title").into_owned(),
            text: self.shell.t("counter-none-text").into_owned(),
        }
    }

    fn too_many(&self) -> Notice {
        Notice::new(Tone::Info, self.shell.t("counter-more-title"), self.shell.t("counter-more-text"))
    }

    fn search_controls(&self) -> [Input; 2] {
        let t = self.shell.texts();
        let name =
            Input::new(t, "search_name", "field-full-name", &self.search.full_name).hint("counter-name-hint");
        let birth = Input {
            kind: InputKind::Date,
            width: Width::Short,
            max: 10,
            ..Input::new(t, "search_birth_date", "field-birth-date", &self.search.birth_date)
                .hint("field-birth-date-hint")
        };
        [name, birth]
    }

    fn search_purpose(&self) -> Select {
        let t = self.shell.texts();
        Select {
            texts: t,
            name: "purpose",
            label: t.t("field-purpose").into_owned(),
            hint: t.t("field-purpose-hint").into_owned(),
            error: self.search.purpose_error.clone(),
            choices: self.search.purposes.clone(),
            optional: false,
            any: false,
        }
    }

    fn search_case(&self) -> Input {
        Input {
            width: Width::Medium,
            max: 60,
            optional: !self.search.case_required,
            ..Input::new(self.shell.texts(), "case_number", "field-case-number", &self.search.case_number)
        }
    }

    fn search_summary(&self) -> Option<ErrorSummary> {
        let controls = [
            ("search_name", &self.search.error),
            ("search_name", &self.search.full_name.error),
            ("search_birth_date", &self.search.birth_date.error),
            ("purpose", &self.search.purpose_error),
        ];
        summary_of(self.shell.texts(), &controls)
    }

    fn search_sex(&self) -> Choices {
        let choice = |code: &str, key: &str| Choice::new(code, self.shell.t(key), self.search.sex == code);
        Choices {
            texts: self.shell.texts(),
            name: "search_sex",
            legend: self.shell.t("field-sex").into_owned(),
            choices: vec![choice("", "sex-any"), choice("1", "sex-male"), choice("2", "sex-female")],
            inline: true,
            optional: true,
            ..Choices::default()
        }
    }
}
