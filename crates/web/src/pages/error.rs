//! Error pages, in words.
use crate::icons::Icon;
use crate::page::{Section, Shell};
use askama::Template;
use dancu_catalogue::Lang;
use http::StatusCode;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404
    NotFound,
    /// 403
    Forbidden,
    /// 500
    Server,
    /// 503
    Unavailable,
    /// 401: the session has ended
    Expired,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::NotFound, Self::Forbidden, Self::Server, Self::Unavailable, Self::Expired];

    /// HTTP status
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Server => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Expired => StatusCode::UNAUTHORIZED,
        }
    }

    /// Name of the sample
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFound => "error-not-found",
            Self::Forbidden => "error-forbidden",
            Self::Server => "error-server",
            Self::Unavailable => "error-unavailable",
            Self::Expired => "error-expired",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::NotFound => Icon::Search,
            Self::Forbidden => Icon::Lock,
            Self::Server | Self::Unavailable => Icon::Warning,
            Self::Expired => Icon::Clock,
        }
    }

    /// Keys of the title, of what happened, of what to do
    fn keys(self) -> [&'static str; 3] {
        match self {
            Self::NotFound => ["error-not-found-title", "error-not-found-what", "error-not-found-do"],
            Self::Forbidden => ["error-forbidden-title", "error-forbidden-what", "error-forbidden-do"],
            Self::Server => ["error-server-title", "error-server-what", "error-server-do"],
            Self::Unavailable => {
                ["error-unavailable-title", "error-unavailable-what", "error-unavailable-do"]
            }
            Self::Expired => ["error-expired-title", "error-expired-what", "error-expired-do"],
        }
    }
}

/// An error page.
#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    /// What surrounds the page
    pub shell: Shell,
    /// What went wrong
    pub kind: ErrorKind,
    /// Identifier to tell the operator, where there is one
    pub correlation: Option<String>,
}

impl ErrorPage {
    /// A page for the tests and the gallery
    pub fn sample(lang: Lang, kind: ErrorKind) -> Self {
        let correlation =
            (kind.status() == StatusCode::INTERNAL_SERVER_ERROR).then(|| "01JD6V3P9R4Z".to_owned());
        Self { shell: Shell::sample(lang, "/khong-co", Section::None, false), kind, correlation }
    }

    fn title(&self) -> String {
        let [title, _, _] = self.kind.keys();
        self.shell.t(title).into_owned()
    }

    fn what(&self) -> String {
        let [_, what, _] = self.kind.keys();
        self.shell.t(what).into_owned()
    }

    fn what_to_do(&self) -> String {
        let [_, _, what_to_do] = self.kind.keys();
        self.shell.t(what_to_do).into_owned()
    }
}
