//! What the rooms of accounts and campaigns have in common: asking the library, saying what came of it, handing files out.
use super::lists::asked;
use super::seat::{Oops, Seat, blocking};
use crate::Texts;
use crate::door::form::{Sent, value};
use crate::icons::Icon;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Badge, Choice, Empty, Input, InputKind, Notice, Pagination, Select, Tone, Typed, Width};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_campaign::table::{Export, TableError};
use dancu_campaign::{CampaignError, Campaigns, Reach, Refusal, texts};
use dancu_policy::{AccountState, Role};

pub(super) type Answer = Result<Response, Oops>;

/// Rows on a page.
pub(super) const SHOWN: u32 = 50;

/// Why the library did not do it, in a way that a person can mend.
pub(super) enum No {
    Refused(Refusal),
    Table(TableError),
}

impl No {
    /// In words.
    pub(super) fn words(&self, t: Texts) -> String {
        let key = match self {
            Self::Refused(refusal) => refusal.key(),
            Self::Table(error) => error.key().to_owned(),
        };
        texts::say(t.lang(), &key, &[])
    }
}

/// The reach of somebody of this organisation; none: of the managing body.
pub(super) fn reach(own: Option<&str>) -> Reach<'_> {
    own.map_or(Reach::All, Reach::Of)
}

impl Seat {
    /// Asks about accounts in bulk on a thread of its own. What lies outside of this person's reach does not exist.
    pub(super) async fn bulk<T: Send + 'static>(
        &self,
        place: Place,
        ask: impl FnOnce(&Campaigns, Reach<'_>) -> Result<T, CampaignError> + Send + 'static,
    ) -> Result<T, Oops> {
        match self.bulk_try(place, ask).await? {
            Ok(answer) => Ok(answer),
            Err(_) => Err(Oops::page(self.shell(place), ErrorKind::NotFound)),
        }
    }

    /// The same for what may be refused.
    pub(super) async fn bulk_try<T: Send + 'static>(
        &self,
        place: Place,
        ask: impl FnOnce(&Campaigns, Reach<'_>) -> Result<T, CampaignError> + Send + 'static,
    ) -> Result<Result<T, No>, Oops> {
        let (campaigns, own) = (self.console.campaigns.clone(), self.own());
        match blocking(move || ask(&campaigns, reach(own.as_deref()))).await {
            Some(Ok(answer)) => Ok(Ok(answer)),
            Some(Err(CampaignError::Refused(refusal))) => Ok(Err(No::Refused(refusal))),
            Some(Err(CampaignError::Table(error))) => Ok(Err(No::Table(error))),
            Some(Err(CampaignError::Unknown { .. })) => {
                Err(Oops::page(self.shell(place), ErrorKind::NotFound))
            }
            Some(Err(error)) => {
                tracing::warn!(%error, "accounts in bulk could not be asked for");
                Err(Oops::page(self.shell(place), ErrorKind::Unavailable))
            }
            None => Err(Oops::page(self.shell(place), ErrorKind::Server)),
        }
    }

    /// Names of staff by their ids; of whom nothing is known, the rule.
    pub(super) async fn names(&self, mut ids: Vec<String>) -> Names {
        ids.sort_unstable();
        ids.dedup();
        let staff = self.console.staff.clone();
        let found = blocking(move || {
            let name = |id: String| {
                let name = staff.account(&id).ok()??.name;
                Some((id, name))
            };
            ids.into_iter().filter_map(name).collect()
        });
        Names(found.await.unwrap_or_default())
    }

    /// What the address says was done or refused.
    pub(super) fn said(&self, t: Texts) -> Option<Notice> {
        if let Some(refusal) = Refusal::from_name(&asked(&self.uri, "refused")) {
            let why = texts::say(t.lang(), &refusal.key(), &[]);
            return Some(Notice::new(Tone::Bad, t.t("bulk-refused"), why));
        }
        let done = asked(&self.uri, "done");
        let known = DONE.iter().find(|name| **name == done)?;
        Some(Notice::new(Tone::Good, t.t(&format!("bulk-done-{known}")), ""))
    }
}

/// What may have been done: each has a text.
const DONE: &[&str] = &[
    "registered",
    "changed",
    "locked",
    "unlocked",
    "closed",
    "asked",
    "granted",
    "not-granted",
    "withdrawn",
    "planned",
    "cancelled",
    "taken",
    "undone",
    "dropped",
    "opened",
    "decided",
    "reopened",
    "reminded",
    "ended",
    "called-off",
    "facts",
];

/// Names of staff.
pub(super) struct Names(Vec<(String, String)>);

impl Names {
    pub(super) fn of(&self, id: &str, t: Texts) -> String {
        let found = self.0.iter().find(|(known, _)| known == id);
        found.map_or_else(|| t.t("matter-by-rule").into_owned(), |(_, name)| name.clone())
    }
}

/// Back to a page that says what was done.
pub(super) fn done(path: &str, what: &str) -> Response {
    Redirect::to(&format!("{path}?done={what}")).into_response()
}

/// Back to a page that says what was done, or why not.
pub(super) fn ended<T>(path: &str, what: &str, result: &Result<T, No>) -> Response {
    match result {
        Ok(_) => done(path, what),
        Err(No::Refused(refusal)) => {
            Redirect::to(&format!("{path}?refused={}", refusal.name())).into_response()
        }
        Err(No::Table(_)) => Redirect::to(path).into_response(),
    }
}

/// A file to save.
pub(super) fn file(media_type: &str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media = HeaderValue::from_str(media_type);
    headers
        .insert(header::CONTENT_TYPE, media.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(super) fn export(export: Export) -> Response {
    file(export.media_type, &export.name, export.bytes)
}

/// What was typed into a form that was not taken, and which control is at fault.
#[derive(Default)]
pub(super) struct Tried {
    pub(super) sent: Sent,
    pub(super) faults: Vec<(&'static str, String)>,
}

impl Tried {
    /// A control with what was typed, or what is on record.
    pub(super) fn typed(&self, name: &str, known: impl Into<String>) -> Typed {
        let typed = self.sent.iter().any(|(n, _)| n == name);
        let value = if typed { value(&self.sent, name).to_owned() } else { known.into() };
        let error = self.faults.iter().find(|(at, _)| *at == name).map(|(_, why)| why.clone());
        Typed { value, error }
    }

    pub(super) fn fault(&self, name: &str) -> Option<String> {
        self.faults.iter().find(|(at, _)| *at == name).map(|(_, why)| why.clone())
    }

    /// A line of text.
    pub(super) fn input(&self, t: Texts, name: &'static str, label: &str, known: impl Into<String>) -> Input {
        Input::new(t, name, label, &self.typed(name, known))
    }

    /// A day.
    pub(super) fn day(&self, t: Texts, name: &'static str, label: &str, known: impl Into<String>) -> Input {
        Input { kind: InputKind::Date, width: Width::Short, ..self.input(t, name, label, known) }
            .hint("bulk-day-hint")
    }

    /// A list of values with their words.
    pub(super) fn select(
        &self,
        t: Texts,
        name: &'static str,
        label: &str,
        known: &str,
        choices: impl IntoIterator<Item = (String, String)>,
    ) -> Select {
        let chosen = self.typed(name, known).value;
        let choices = choices.into_iter().map(|(value, words)| {
            let is_chosen = value == chosen;
            Choice::new(value, words, is_chosen)
        });
        Select {
            texts: t,
            name,
            label: t.t(label).into_owned(),
            choices: choices.collect(),
            error: self.fault(name),
            ..Select::default()
        }
    }
}

/// State of an account as a badge.
pub(super) fn state(t: Texts, state: AccountState) -> Badge {
    let (tone, icon) = match state {
        AccountState::Active => (Tone::Good, Icon::Check),
        AccountState::Locked => (Tone::Warn, Icon::Lock),
        AccountState::Closed => (Tone::Plain, Icon::Stop),
    };
    Badge { tone, icon, label: t.t(&format!("account-state-{}", state.name())).into_owned() }
}

/// Role of an account in words.
pub(super) fn role(t: Texts, role: Role) -> String {
    t.t(&format!("account-role-{}", super::words::dashed(role.name()))).into_owned()
}

/// Roles that a form may give, with their words.
pub(super) fn roles(seat: &Seat, t: Texts) -> Vec<(String, String)> {
    let words = seat.console.campaigns.words();
    let given = Role::ALL.iter().filter(|role| words.may_give(**role));
    given.map(|of| (of.name().to_owned(), role(t, *of))).collect()
}

/// What stands in the place of an empty list.
pub(super) fn nothing(t: Texts, icon: Icon, title: &str, text: &str) -> Empty {
    Empty { icon, title: t.t(title).into_owned(), text: t.t(text).into_owned() }
}

/// The next page of a list, when this one is full.
pub(super) fn pages(t: Texts, next: Option<String>) -> Option<Pagination> {
    next.map(|next| Pagination { texts: t, previous: None, next: Some(next), shown: String::new() })
}

/// Headings of a table.
pub(super) fn columns<const N: usize>(t: Texts, keys: [&str; N]) -> Vec<String> {
    keys.map(|key| t.t(key).into_owned()).to_vec()
}

/// A moment and an id of the address: where a page begins.
pub(super) fn after(seat: &Seat) -> Option<(i64, String)> {
    let after = asked(&seat.uri, "after");
    let (at, id) = after.split_once('.')?;
    Some((at.parse().ok()?, id.to_owned()))
}
