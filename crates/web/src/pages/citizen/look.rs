//! One look at a citizen's data, as her page tells it.
use crate::Texts;
use crate::icons::Icon;
use crate::parts::{Badge, Tone};
use dancu_journal::{Answered, Outcome};

/// One entry about her. The values stand in the page one by one, each by the name of what it tells, so that the check in
/// her browser can compare each with what is proved.
#[derive(Clone)]
pub struct Look {
    /// Number of the entry
    pub index: u64,
    /// Day and time in Vietnam: `21/11/2026 14:02:31`; empty while it is withheld
    pub at: String,
    /// What it says, or that it is withheld
    pub content: Content,
    /// Whether her newest proof reaches it
    pub covered: Covered,
    /// What she asked about it
    pub inquiry: Option<Asked>,
}

/// What an entry says to her.
#[derive(Clone)]
pub enum Content {
    /// What happened
    Shown(Box<Seen>),
    /// What the keepers of the journal wrote about her: an entry is withheld, data were erased
    Kept {
        /// What, in words
        words: String,
        /// By which order or rule; empty for none that may be shown
        order: String,
    },
    /// Not shown before this day, by order: `21/12/2026`
    Withheld {
        /// When it opens
        until: String,
    },
}

/// Who looked, why, and what left. No `Debug`: it is about a person.
#[derive(Clone, Default)]
pub struct Seen {
    /// Name of the organisation
    pub organisation: String,
    /// Name of the system
    pub system: String,
    /// Role of the account, in words
    pub role: String,
    /// What was done, in words
    pub service: String,
    /// How it ended
    pub outcome: Outcome,
    /// Code of the procedure or purpose
    pub purpose: String,
    /// Its name, where it is known
    pub purpose_name: String,
    /// Purpose in the officer's words
    pub note: String,
    /// Case number
    pub case_number: String,
    /// Fields that the organisation sent, in words
    pub sent: String,
    /// Fields that it was given, in words
    pub released: String,
    /// A call for data: that it gave no ground, or was given nothing, says something
    pub data: bool,
    /// She may ask about it
    pub may_ask: bool,
}

/// Whether the newest proof reaches an entry.
#[derive(Clone)]
pub enum Covered {
    /// It does
    Yes,
    /// Not yet; it will by this time of day: `14:05`
    By(String),
}

/// How far a citizen's question to an organisation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Sent, nobody has said that it came
    Waiting,
    /// The organisation has said that it came
    Acknowledged,
    /// A deadline has passed
    Overdue,
    /// Answered
    Answered,
    /// The citizen asks no more
    Closed,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Waiting, Self::Acknowledged, Self::Overdue, Self::Answered, Self::Closed];

    /// In words, on a badge
    pub fn badge(self, texts: Texts) -> Badge {
        let (tone, icon, key) = match self {
            Self::Waiting => (Tone::Info, Icon::Clock, "asked-waiting"),
            Self::Acknowledged => (Tone::Info, Icon::Clock, "asked-acknowledged"),
            Self::Overdue => (Tone::Bad, Icon::Warning, "asked-overdue"),
            Self::Answered => (Tone::Good, Icon::Message, "asked-answered"),
            Self::Closed => (Tone::Plain, Icon::Check, "asked-closed"),
        };
        Badge { tone, icon, label: texts.t(key).into_owned() }
    }
}

impl Look {
    /// Whether she may ask about it.
    pub fn may_ask(&self) -> bool {
        matches!(&self.content, Content::Shown(seen) if seen.may_ask)
    }

    /// Time of day.
    pub fn time(&self) -> &str {
        self.at.rsplit(' ').next().unwrap_or_default()
    }

    /// Day.
    pub fn day(&self) -> &str {
        self.at.split(' ').next().unwrap_or_default()
    }
}

impl Seen {
    /// How it ended, on a badge.
    pub fn badge(&self, texts: Texts) -> Badge {
        let (tone, icon) = match self.outcome {
            Outcome::Answered(Answered::Released) => (Tone::Info, Icon::Person),
            Outcome::Answered(Answered::Verified) => (Tone::Good, Icon::Check),
            Outcome::Answered(Answered::Mismatch) => (Tone::Warn, Icon::Cross),
            Outcome::Answered(Answered::NotFound) => (Tone::Plain, Icon::Blank),
            Outcome::Answered(Answered::NotUsable) => (Tone::Warn, Icon::Warning),
            Outcome::Answered(_) => (Tone::Plain, Icon::Document),
            Outcome::Refused(_) => (Tone::Plain, Icon::Stop),
        };
        Badge { tone, icon, label: outcome_words(self.outcome, texts) }
    }

    /// What is shown besides organisation and outcome: the name of the part, its label, its value. What is empty is left
    /// out where that says nothing, and said where it says something.
    pub fn facts(&self, texts: Texts) -> Vec<(&'static str, String, &str)> {
        let rows = [
            ("role", "look-role", &self.role, false),
            ("purpose", "look-purpose", &self.purpose, self.data),
            ("note", "look-note", &self.note, false),
            ("case", "look-case", &self.case_number, self.data),
            ("sent", "look-sent", &self.sent, false),
            ("released", "look-released", &self.released, self.data),
        ];
        rows.into_iter()
            .filter(|(_, _, value, always)| *always || !value.is_empty())
            .map(|(part, key, value, _)| (part, texts.t(key).into_owned(), value.as_str()))
            .collect()
    }
}

/// How a call ended, in the words of the citizen's page.
pub fn outcome_words(outcome: Outcome, texts: Texts) -> String {
    let key = match outcome {
        Outcome::Answered(Answered::Verified) => "look-outcome-verified",
        Outcome::Answered(Answered::Mismatch) => "look-outcome-mismatch",
        Outcome::Answered(Answered::NotFound) => "look-outcome-not-found",
        Outcome::Answered(Answered::NotUsable) => "look-outcome-not-usable",
        Outcome::Answered(Answered::Released) => "look-outcome-released",
        Outcome::Answered(_) => "look-outcome-served",
        Outcome::Refused(_) => "look-outcome-refused",
    };
    texts.t(key).into_owned()
}
