//! `/ui`: the living style guide. It shows the parts themselves, so it cannot drift from them.
use crate::Texts;
use crate::icons::Icon;
use crate::page::{Section, Shell};
use crate::pages::StepKind;
use crate::parts::{
    Badge, Choice, Choices, Copyable, Crumb, Crumbs, Empty, ErrorSummary, Fact, Facts, Input, InputKind,
    Notice, Outcome, Pagination, Select, Tab, Tabs, Tile, Tiles, Tone, Typed, Verdict, Width,
};
use askama::Template;
use dancu_catalogue::Lang;

/// Tokens of colour shown, by their names in the style sheet.
const COLOURS: &[&str] = &[
    "paper",
    "surface",
    "sunken",
    "ink",
    "ink-soft",
    "line",
    "line-strong",
    "brand",
    "accent",
    "accent-soft",
    "good",
    "good-soft",
    "warn",
    "warn-soft",
    "bad",
    "bad-soft",
    "focus",
];

/// The style guide.
#[derive(Template)]
#[template(path = "pages/ui.html")]
pub struct UiPage {
    /// What surrounds the page
    pub shell: Shell,
}

impl UiPage {
    /// The page in this shell
    pub fn new(shell: Shell) -> Self {
        Self { shell: Shell { section: Section::Ui, ..shell } }
    }

    /// A page for the tests and the gallery
    pub fn sample(lang: Lang) -> Self {
        Self::new(Shell::sample(lang, "/ui", Section::Ui, true))
    }

    fn t(&self) -> Texts {
        self.shell.texts()
    }

    fn word(&self, key: &str) -> String {
        self.shell.t(key).into_owned()
    }

    fn verdicts(&self) -> Vec<(Badge, &'static str, String)> {
        Verdict::ALL.into_iter().map(|v| (v.badge(self.t()), v.name(), v.meaning(self.t()))).collect()
    }

    fn outcomes(&self) -> Vec<Badge> {
        Outcome::ALL.into_iter().map(|o| o.badge(self.t())).collect()
    }

    fn notices(&self) -> Vec<Notice> {
        Tone::ALL
            .into_iter()
            .map(|tone| {
                let key = match tone {
                    Tone::Plain => "ui-notice-plain",
                    Tone::Info => "ui-notice-info",
                    Tone::Good => "ui-notice-good",
                    Tone::Warn => "ui-notice-warn",
                    Tone::Bad => "ui-notice-bad",
                };
                Notice::new(tone, self.word(key), self.word("ui-notice-text"))
            })
            .collect()
    }

    fn summary(&self) -> ErrorSummary {
        ErrorSummary { texts: self.t(), errors: vec![("ui_birth_date".into(), self.word("ui-forms-error"))] }
    }

    fn inputs(&self) -> Vec<Input> {
        let t = self.t();
        let name =
            Input::new(t, "ui_name", "field-full-name", &Typed::default()).hint("field-full-name-hint");
        let number = Input {
            kind: InputKind::Digits,
            width: Width::Medium,
            ..Input::new(t, "ui_number", "field-number", &Typed::new("001185000017"))
                .hint("field-number-hint")
        };
        let wrong = Typed::wrong("31/02/1985", self.word("ui-forms-error"));
        let birth = Input {
            kind: InputKind::Date,
            width: Width::Short,
            ..Input::new(t, "ui_birth_date", "field-birth-date", &wrong).hint("field-birth-date-hint")
        };
        let case = Input {
            width: Width::Medium,
            ..Input::new(t, "ui_case", "field-case-number", &Typed::default()).optional()
        };
        vec![name, number, birth, case]
    }

    fn select(&self) -> Select {
        Select {
            texts: self.t(),
            name: "ui_purpose",
            label: self.word("field-purpose"),
            hint: self.word("field-purpose-hint"),
            choices: vec![Choice::new("a", "1.004227", false), Choice::new("b", "2.000635", false)],
            ..Select::default()
        }
    }

    fn choices(&self) -> [Choices; 2] {
        let choice = |value: &str, key: &str, chosen| Choice::new(value, self.word(key), chosen);
        let sex = Choices {
            texts: self.t(),
            name: "ui_sex",
            legend: self.word("field-sex"),
            choices: vec![choice("1", "sex-male", true), choice("2", "sex-female", false)],
            inline: true,
            ..Choices::default()
        };
        let fields = Choices {
            texts: self.t(),
            name: "ui_fields",
            legend: self.word("officer-fields"),
            choices: vec![choice("a", "counter-residence", true), choice("b", "field-birth-date", false)],
            many: true,
            ..Choices::default()
        };
        [sex, fields]
    }

    fn facts(&self) -> Facts {
        let facts = [
            Fact::new(self.word("field-full-name"), "Trần Thị Thúy Hòa").noted("12/03/2021"),
            Fact::mono(self.word("field-number"), "001185000017"),
            Fact::new(self.word("counter-residence"), ""),
        ];
        Facts::new(self.t(), &facts)
    }

    fn tiles(&self) -> Tiles {
        let tile = |icon, key: &str, value| Tile {
            label: self.word(key),
            value: self.t().number(value),
            note: String::new(),
            icon,
        };
        Tiles {
            tiles: vec![
                tile(Icon::People, "home-tile-people", 100_000),
                tile(Icon::Search, "home-tile-calls", 12_480),
                tile(Icon::Journal, "home-tile-journal", 1_048_577),
            ],
        }
    }

    fn crumbs(&self) -> Crumbs {
        let crumbs = vec![Crumb::new(self.word("nav-home"), "/"), Crumb::new(self.word("ui-title"), "")];
        Crumbs { texts: self.t(), crumbs }
    }

    fn tabs(&self) -> Tabs {
        let tab = |key: &str, current| Tab { label: self.word(key), href: "#steer".to_owned(), current };
        Tabs {
            label: self.word("officer-tabs"),
            tabs: vec![tab("officer-tab-number", true), tab("officer-tab-counter", false)],
        }
    }

    fn pagination(&self) -> Pagination {
        Pagination {
            texts: self.t(),
            previous: Some("#steer".to_owned()),
            next: Some("#steer".to_owned()),
            shown: self.word("ui-shown"),
        }
    }

    fn road(&self) -> Vec<(StepKind, String, String)> {
        StepKind::ALL.into_iter().map(|k| (k, k.title(self.t()), k.meaning(self.t()))).collect()
    }

    fn empty(&self) -> Empty {
        Empty {
            icon: Icon::Clock,
            title: self.word("officer-recent-empty-title"),
            text: self.word("officer-recent-empty-text"),
        }
    }

    fn copyable(&self) -> Copyable {
        Copyable {
            texts: self.t(),
            id: "ui-hash".to_owned(),
            label: self.word("road-leaf-hash"),
            value: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d".to_owned(),
        }
    }
}
