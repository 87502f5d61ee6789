//! `/`: what this service is, for officers and for integrators.
use crate::icons::Icon;
use crate::page::{Section, Shell};
use crate::pages::StepKind;
use crate::parts::{Tile, Tiles, Tone};
use askama::Template;
use dancu_catalogue::Lang;

/// How the service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceState {
    /// All works
    Up,
    /// Some calls may fail
    Degraded,
    /// It is being mended or updated
    Maintenance,
}

/// The first page.
#[derive(Template)]
#[template(path = "pages/home.html")]
pub struct HomePage {
    /// What surrounds the page
    pub shell: Shell,
    /// How the service is
    pub state: ServiceState,
    /// People on record
    pub people: u64,
    /// Calls since midnight
    pub calls_today: u64,
    /// Systems connected
    pub systems: u64,
    /// Number of the latest journal entry
    pub journal: u64,
}

impl HomePage {
    /// A page for the tests and the gallery
    pub fn sample(lang: Lang) -> Self {
        Self {
            shell: Shell::sample(lang, "/", Section::Home, false),
            state: ServiceState::Up,
            people: 100_000,
            calls_today: 12_480,
            systems: 4,
            journal: 1_048_577,
        }
    }

    fn tiles(&self) -> Tiles {
        let t = self.shell.texts();
        let tile = |icon, label: &str, value: u64, note: String| Tile {
            label: t.t(label).into_owned(),
            value: t.number(value),
            note,
            icon,
        };
        let note = |key: &str| t.t(key).into_owned();
        Tiles {
            tiles: vec![
                tile(Icon::People, "home-tile-people", self.people, note("home-tile-people-note")),
                tile(Icon::Search, "home-tile-calls", self.calls_today, note("home-tile-calls-note")),
                tile(Icon::Registry, "home-tile-systems", self.systems, note("home-tile-systems-note")),
                tile(Icon::Journal, "home-tile-journal", self.journal, note("home-tile-journal-note")),
            ],
        }
    }

    fn state_tone(&self) -> Tone {
        match self.state {
            ServiceState::Up => Tone::Good,
            ServiceState::Degraded => Tone::Warn,
            ServiceState::Maintenance => Tone::Info,
        }
    }

    fn state_text(&self) -> String {
        let key = match self.state {
            ServiceState::Up => "home-state-up",
            ServiceState::Degraded => "home-state-degraded",
            ServiceState::Maintenance => "home-state-maintenance",
        };
        self.shell.t(key).into_owned()
    }

    fn road(&self) -> Vec<(StepKind, String, String)> {
        let t = self.shell.texts();
        StepKind::ALL.into_iter().map(|k| (k, k.title(t), k.meaning(t))).collect()
    }
}
