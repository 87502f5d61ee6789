//! Verdicts on fields, and the badge that shows them.
use super::Tone;
use crate::{Texts, icons::Icon};
use askama::Template;

/// The verdict on one field, as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `match`
    Match,
    /// `match_unaccented`
    MatchUnaccented,
    /// `near`
    Near,
    /// `mismatch`
    Mismatch,
    /// `not_on_record`
    NotOnRecord,
    /// `not_asked`
    NotAsked,
    /// `not_allowed`
    NotAllowed,
}

impl Verdict {
    /// All verdicts, the best first.
    pub const ALL: [Self; 7] = [
        Self::Match,
        Self::MatchUnaccented,
        Self::Near,
        Self::Mismatch,
        Self::NotOnRecord,
        Self::NotAsked,
        Self::NotAllowed,
    ];

    /// Stable name on the wire
    pub fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::MatchUnaccented => "match_unaccented",
            Self::Near => "near",
            Self::Mismatch => "mismatch",
            Self::NotOnRecord => "not_on_record",
            Self::NotAsked => "not_asked",
            Self::NotAllowed => "not_allowed",
        }
    }

    /// From the name on the wire
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }

    /// In words, on a badge
    pub fn badge(self, texts: Texts) -> Badge {
        let (tone, icon, key) = match self {
            Self::Match => (Tone::Good, Icon::Check, "verdict-match"),
            Self::MatchUnaccented => (Tone::Good, Icon::CheckApprox, "verdict-match-unaccented"),
            Self::Near => (Tone::Warn, Icon::Near, "verdict-near"),
            Self::Mismatch => (Tone::Bad, Icon::Cross, "verdict-mismatch"),
            Self::NotOnRecord => (Tone::Info, Icon::Blank, "verdict-not-on-record"),
            Self::NotAsked => (Tone::Plain, Icon::Minus, "verdict-not-asked"),
            Self::NotAllowed => (Tone::Plain, Icon::Lock, "verdict-not-allowed"),
        };
        Badge { tone, icon, label: texts.t(key).into_owned() }
    }

    /// What the verdict means, one sentence
    pub fn meaning(self, texts: Texts) -> String {
        let key = match self {
            Self::Match => "verdict-match-meaning",
            Self::MatchUnaccented => "verdict-match-unaccented-meaning",
            Self::Near => "verdict-near-meaning",
            Self::Mismatch => "verdict-mismatch-meaning",
            Self::NotOnRecord => "verdict-not-on-record-meaning",
            Self::NotAsked => "verdict-not-asked-meaning",
            Self::NotAllowed => "verdict-not-allowed-meaning",
        };
        texts.t(key).into_owned()
    }
}

/// A short state in a word or two.
#[derive(Template, Clone)]
#[template(path = "parts/badge.html")]
pub struct Badge {
    /// Colour
    pub tone: Tone,
    /// Icon
    pub icon: Icon,
    /// Words
    pub label: String,
}
