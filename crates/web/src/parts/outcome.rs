//! What came of a call as a whole.
use super::{Badge, Tone};
use crate::{Texts, icons::Icon};

/// Which of the two services was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// 033 `XacThucThongTinCongDan`
    Verify,
    /// 037 `TraCuuThongTinCongDan`
    LookUp,
}

impl Service {
    /// Name on the screen
    pub fn label(self, texts: Texts) -> String {
        let key = match self {
            Self::Verify => "service-verify",
            Self::LookUp => "service-look-up",
        };
        texts.t(key).into_owned()
    }
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The data agree with the record
    Verified,
    /// The record was found and handed over (look up)
    Found,
    /// The data do not agree with the record
    Mismatch,
    /// There is no such person
    NotFound,
    /// The record may not be used: deceased, missing, cancelled, locked
    NotUsable,
    /// The call was refused
    Refused,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 6] =
        [Self::Verified, Self::Found, Self::Mismatch, Self::NotFound, Self::NotUsable, Self::Refused];

    /// Its colour
    pub fn tone(self) -> Tone {
        match self {
            Self::Verified | Self::Found => Tone::Good,
            Self::Mismatch | Self::Refused => Tone::Bad,
            Self::NotFound => Tone::Info,
            Self::NotUsable => Tone::Warn,
        }
    }

    /// Its icon
    pub fn icon(self) -> Icon {
        match self {
            Self::Verified => Icon::Check,
            Self::Found => Icon::Person,
            Self::Mismatch => Icon::Cross,
            Self::NotFound => Icon::Blank,
            Self::NotUsable => Icon::Warning,
            Self::Refused => Icon::Stop,
        }
    }

    /// In a word or two, on a badge
    pub fn badge(self, texts: Texts) -> Badge {
        let key = match self {
            Self::Verified => "outcome-verified",
            Self::Found => "outcome-found",
            Self::Mismatch => "outcome-mismatch",
            Self::NotFound => "outcome-not-found",
            Self::NotUsable => "outcome-not-usable",
            Self::Refused => "outcome-refused",
        };
        Badge { tone: self.tone(), icon: self.icon(), label: texts.t(key).into_owned() }
    }

    /// As a sentence, at the head of a result
    pub fn sentence(self, texts: Texts) -> String {
        let key = match self {
            Self::Verified => "outcome-verified-sentence",
            Self::Found => "outcome-found-sentence",
            Self::Mismatch => "outcome-mismatch-sentence",
            Self::NotFound => "outcome-not-found-sentence",
            Self::NotUsable => "outcome-not-usable-sentence",
            Self::Refused => "outcome-refused-sentence",
        };
        texts.t(key).into_owned()
    }
}

/// Why a call was refused, in words (from the error catalogue).
#[derive(Clone)]
pub struct RefusalText {
    /// Stable code: `PURPOSE_NOT_REGISTERED`
    pub code: String,
    /// What happened, one sentence
    pub title: String,
    /// What to do about it, one sentence
    pub action: String,
    /// The field concerned, by its name on the screen
    pub field: Option<String>,
}

impl RefusalText {
    /// The catalogue's words for a code
    pub fn of(code: dancu_catalogue::Code, texts: Texts) -> Self {
        Self {
            code: code.name().to_owned(),
            title: code.title(texts.lang()).to_owned(),
            action: code.action(texts.lang()).to_owned(),
            field: None,
        }
    }
}
