//! Who calls: the same session as at the pages, by its token in `Authorization: Bearer` and never by a cookie, so that no
//! page elsewhere can make a browser call.
use super::super::deed::{About, Library};
use super::super::seat::{Oops, Seat, blocking};
use super::super::{Shared, lists, matter as pages};
use super::tell::Tell;
use super::trouble::{Place, Told, Trouble};
use crate::page::Place as Standing;
use axum::extract::{FromRequest as _, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use dancu_catalogue::Code;
use dancu_gateway::door::Peer;
use dancu_governance::{Governance, GovernanceError, Matter};
use dancu_keys::Secret;
use dancu_policy::duty::{Action, Ruling};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ops::Deref;
use std::sync::Arc;

/// What every operation answers.
pub(super) type Answer = Result<Response, Trouble>;

/// A workbook (ISO/IEC 29500).
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Rows of a page of a list, when the caller does not say; and at most.
const ROWS: u32 = 50;
const MOST_ROWS: u32 = 200;

/// Somebody who is signed in, for one call.
pub(super) struct Desk {
    seat: Seat,
    pub(super) place: Place,
}

impl Deref for Desk {
    type Target = Seat;

    fn deref(&self) -> &Seat {
        &self.seat
    }
}

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| Secret::new(token.to_owned()))
}

impl FromRequestParts<Shared> for Desk {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Trouble> {
        let (headers, uri) = (parts.headers.clone(), parts.uri.clone());
        let place = Place::of(&headers, &uri);
        let Some(peer) = parts.extensions.get::<Peer>().cloned() else {
            return Err(place.problem(Code::Internal));
        };
        let Some(token) = bearer(&headers) else { return Err(place.problem(Code::SignInRequired)) };
        let now_us = console.road.clock.now_us();
        let (staff, asked) = (console.staff.clone(), token.clone());
        let found = blocking(move || {
            let csrf = staff.form_token(&asked);
            staff.session(&asked, now_us).map(|session| session.map(|session| (session, csrf)))
        });
        match found.await {
            Some(Ok(Some((session, csrf)))) => {
                let (console, method) = (Arc::clone(console), parts.method.clone());
                Ok(Self { seat: Seat { console, token, session, headers, uri, peer, method, csrf }, place })
            }
            Some(Ok(None)) => Err(place.problem(Code::SignInRequired)),
            Some(Err(_)) | None => Err(place.problem(Code::StoreUnavailable)),
        }
    }
}

impl Desk {
    pub(super) fn problem(&self, told: impl Into<Told>) -> Trouble {
        self.place.problem(told)
    }

    pub(super) fn nothing(&self) -> Trouble {
        self.problem(Code::NotFound)
    }

    /// The problem for a ruling that is not to allow it. A deed that is refused is written down as one.
    pub(super) fn ruled(&self, ruling: Ruling, action: Action) -> Result<(), Trouble> {
        let code = match ruling {
            Ruling::Allowed => return Ok(()),
            Ruling::Refused => Code::DutyMissing,
            Ruling::Hidden => Code::NotFound,
        };
        self.not_allowed(action);
        Err(self.problem(code))
    }

    /// That it is allowed about a thing of this organisation (none: of no organisation).
    pub(super) fn must(&self, action: Action, of: Option<&str>) -> Result<(), Trouble> {
        self.ruled(self.may(action, of), action)
    }

    /// That it is allowed somewhere within reach: to things of the own organisation, or of others.
    pub(super) fn must_within(&self, action: Action) -> Result<(), Trouble> {
        self.must(action, self.organisation().or(Some("")))
    }

    /// That it is allowed to things of no organisation or, to whoever is of one, to those of the own one: campaigns are of all,
    /// and each sees its part of them.
    pub(super) fn must_somewhere(&self, action: Action) -> Result<(), Trouble> {
        let within = self.may(action, self.organisation().or(Some("")));
        // In the order of the enum the first is the best.
        self.ruled(self.may(action, None).min(within), action)
    }

    pub(super) fn must_on(&self, action: Action, matter: &Matter) -> Result<(), Trouble> {
        self.ruled(self.may_on(action, matter), action)
    }

    /// Writes a deed down before it has an effect.
    pub(super) async fn record(&self, service: &'static str, about: String) -> Result<u64, Trouble> {
        self.written(self.entry(service, Some(about))).await.map_err(|code| self.problem(code))
    }

    /// What the journal is told of a deed. Of the place that a page would be shown at the API makes nothing.
    pub(super) fn about(service: &'static str, asked: String) -> About {
        About::new(service, asked, Standing::Work)
    }

    /// Does a deed as the pages do: tried out first, so that a refusal is an entry with its code; written down; only then
    /// done.
    pub(super) async fn deed<L: Library, T: Send + 'static>(
        &self,
        about: About,
        library: &L,
        run: impl Fn(&L, u64) -> Result<T, L::Error> + Send + Sync + 'static,
    ) -> Result<T, Trouble>
    where
        L::Error: Tell,
    {
        self.deed_at(about, library, run).await.map(|(done, _)| done)
    }

    /// The same, with the number of the entry.
    pub(super) async fn deed_at<L: Library, T: Send + 'static>(
        &self,
        about: About,
        library: &L,
        run: impl Fn(&L, u64) -> Result<T, L::Error> + Send + Sync + 'static,
    ) -> Result<(T, u64), Trouble>
    where
        L::Error: Tell,
    {
        match self.attempt(about, library, run).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(refusal)) => Err(self.problem(refusal.told(self.place.texts()))),
            Err(code) => Err(self.problem(code)),
        }
    }

    /// The same to a matter: a conflict tells what is possible now.
    pub(super) async fn deed_on<T: Send + 'static>(
        &self,
        id: &str,
        about: About,
        run: impl Fn(&Governance, u64) -> Result<T, GovernanceError> + Send + Sync + 'static,
    ) -> Result<T, Trouble> {
        self.deed_telling(id, about, run, |told| told).await
    }

    /// The same, where what is refused is told otherwise than it usually is.
    pub(super) async fn deed_telling<T: Send + 'static>(
        &self,
        id: &str,
        about: About,
        run: impl Fn(&Governance, u64) -> Result<T, GovernanceError> + Send + Sync + 'static,
        tell: impl FnOnce(Told) -> Told,
    ) -> Result<T, Trouble> {
        match self.attempt(about, &self.console.governance, run).await {
            Ok(Ok((done, _))) => Ok(done),
            Ok(Err(refusal)) => Err(self.conflict(id, tell(refusal.told(self.place.texts()))).await),
            Err(code) => Err(self.problem(code)),
        }
    }

    async fn conflict(&self, id: &str, told: Told) -> Trouble {
        if told.code.status() != 409 {
            return self.problem(told);
        }
        match self.matter(id).await {
            Ok(matter) => {
                let possible = super::matter::possible(self, &matter);
                let possible = possible.into_iter().map(|step| step.step).collect();
                self.problem(Told { possible: Some(possible), ..told })
            }
            Err(trouble) => trouble,
        }
    }

    /// The problem of what a page would have said: what pages know to read, the API reads with the same function.
    pub(super) fn oops(&self, oops: &Oops) -> Trouble {
        self.problem(oops.code())
    }

    /// Asks on a thread that may wait for the store.
    pub(super) async fn ask<T: Send + 'static, E: Tell + Send + 'static>(
        &self,
        ask: impl FnOnce() -> Result<T, E> + Send + 'static,
    ) -> Result<T, Trouble> {
        match blocking(ask).await {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => Err(self.problem(error.told(self.place.texts()))),
            None => Err(self.problem(Code::Internal)),
        }
    }

    /// A matter that this person may read; of every other it is not told.
    pub(super) async fn matter(&self, id: &str) -> Result<Matter, Trouble> {
        let (governance, asked) = (self.console.governance.clone(), id.to_owned());
        let found = self.ask(move || governance.matter(&asked)).await?;
        let matter = found.ok_or_else(|| self.nothing())?;
        self.must_on(pages::reading(matter.kind), &matter)?;
        Ok(matter)
    }

    /// Organisation of a system.
    pub(super) fn of_system(&self, system: &str) -> Result<String, Trouble> {
        let snapshot = self.console.road.exchange.snapshot();
        let found = snapshot.rules.system(system).map(|of| of.system.organisation.to_string());
        found.ok_or_else(|| self.nothing())
    }

    /// A value of the address.
    pub(super) fn asked(&self, name: &str) -> Option<String> {
        Some(lists::asked(&self.uri, name)).filter(|value| !value.is_empty())
    }

    /// A value of the address that is one of a list of names.
    pub(super) fn asked_as<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Trouble> {
        let Some(text) = self.asked(name) else { return Ok(None) };
        let wrong = || Told::from(Code::FormInvalid).at(format!("?{name}"), "unknown", self.place.texts());
        read(&text).map(Some).ok_or_else(|| self.problem(wrong()))
    }

    /// How many rows a page may have.
    pub(super) fn rows(&self) -> u32 {
        let asked = self.asked("limit").and_then(|limit| limit.parse().ok());
        asked.unwrap_or(ROWS).clamp(1, MOST_ROWS)
    }

    /// Where a page begins.
    pub(super) fn after<T>(&self, read: impl Fn(&str, &str) -> Option<T>) -> Result<Option<T>, Trouble> {
        self.asked_as("after", |text| text.split_once('.').and_then(|(key, id)| read(key, id)))
    }

    /// That something was said where the pages ask for words.
    pub(super) fn said(&self, pointer: &str, words: &str) -> Result<(), Trouble> {
        if words.trim().is_empty() { Err(self.wrong(pointer, "missing")) } else { Ok(()) }
    }

    /// A field at fault.
    pub(super) fn wrong(&self, pointer: impl Into<String>, wrong: &str) -> Trouble {
        self.problem(Told::from(Code::FormInvalid).at(pointer, wrong, self.place.texts()))
    }

    /// Reads a body.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, Trouble> {
        read(&self.place, request).await
    }
}

/// Reads a body; what is wrong with it is told with its place.
pub(super) async fn read<T: DeserializeOwned>(place: &Place, request: Request) -> Result<T, Trouble> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.trim_start().starts_with("application/json")) {
        return Err(place.problem(Code::ContentType));
    }
    let bytes = axum::body::Bytes::from_request(request, &()).await;
    let bytes = bytes.map_err(|_| place.problem(Code::BodyTooLarge))?;
    let mut reader = serde_json::Deserializer::from_slice(&bytes);
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let read = read.map_err(|error| {
        if !error.inner().is_data() {
            return place.problem(Code::JsonMalformed);
        }
        let pointer = error.path().iter().map(segment).collect::<String>();
        let words = error.inner().to_string();
        let wrong = if words.starts_with("missing field") { "missing" } else { "form" };
        place.problem(Told::from(Code::FormInvalid).at(pointer, wrong, place.texts()))
    })?;
    reader.end().map_err(|_| place.problem(Code::JsonMalformed))?;
    Ok(read)
}

fn segment(segment: &serde_path_to_error::Segment) -> String {
    format!("/{}", segment.to_string().replace('~', "~0").replace('/', "~1"))
}

/// A good answer.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(super) fn ok<T: Serialize>(body: &T) -> Response {
    json(StatusCode::OK, body)
}

pub(super) fn created<T: Serialize>(body: &T) -> Response {
    json(StatusCode::CREATED, body)
}

/// Done, and nothing more to say.
pub(super) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A file.
pub(super) fn file(bytes: Vec<u8>, media: &str) -> Response {
    let mut response = bytes.into_response();
    let media = HeaderValue::from_str(media);
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, media.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
