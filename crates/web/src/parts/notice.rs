//! Words that stand out.
use super::Tone;
use crate::icons::Icon;
use askama::Template;

/// A message that stands out: news, a warning, a success, a failure.
#[derive(Template)]
#[template(path = "parts/notice.html")]
pub struct Notice {
    /// Colour and urgency; `Bad` is announced at once by screen readers
    pub tone: Tone,
    /// First words, in bold
    pub title: String,
    /// The rest; empty for none
    pub text: String,
}

impl Notice {
    /// A message
    pub fn new(tone: Tone, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { tone, title: title.into(), text: text.into() }
    }

    fn icon(&self) -> Icon {
        match self.tone {
            Tone::Plain | Tone::Info => Icon::Info,
            Tone::Good => Icon::Check,
            Tone::Warn => Icon::Warning,
            Tone::Bad => Icon::Stop,
        }
    }

    fn role(&self) -> &'static str {
        if self.tone == Tone::Bad { "alert" } else { "status" }
    }
}

/// What stands where there is nothing yet: why, and what to do.
#[derive(Template)]
#[template(path = "parts/empty.html")]
pub struct Empty {
    /// Icon
    pub icon: Icon,
    /// Why there is nothing
    pub title: String,
    /// What to do
    pub text: String,
}
