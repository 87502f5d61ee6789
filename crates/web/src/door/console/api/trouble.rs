//! What is answered instead of what was asked: a problem (RFC 9457) of the catalogue, in the caller's language.
use crate::Texts;
use crate::door::cookies;
use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dancu_catalogue::{Code, Lang};
use dancu_message::Refusal;
use dancu_message::rest::{Problem as Plain, Reply};
use serde::Serialize;
use utoipa::ToSchema;

/// Why something was not done: `application/problem+json` (RFC 9457)
#[derive(Serialize, ToSchema)]
pub(super) struct Problem {
    /// Reference of the row in the error catalogue
    #[schema(example = "/errors#NOT_NOW")]
    r#type: String,
    /// What happened, in the caller's language
    title: String,
    /// HTTP status
    status: u16,
    /// What happened in this call, in the caller's language
    detail: String,
    /// The address that was called
    instance: String,
    /// Stable code of the error catalogue
    #[schema(example = "NOT_NOW")]
    code: String,
    /// Whether sending the same bytes again can help: `no`, `later`, `tomorrow`
    retry: String,
    /// Who must act: `caller`, `citizen`, `registry`, `operator`
    actor: String,
    /// What to do, in the caller's language
    action: String,
    /// Language of the words: `vi`, `en`
    lang: String,
    /// Stable name of the reason, where a code has several
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What is wrong with each field
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldFault>,
    /// Steps that the caller may take now
    #[serde(skip_serializing_if = "Option::is_none")]
    possible: Option<Vec<String>>,
}

/// What is wrong with a field
#[derive(Clone, Serialize, ToSchema)]
pub(super) struct FieldFault {
    /// JSON pointer (RFC 6901) into the body
    #[schema(example = "/request/services/0/field_count")]
    pub(super) pointer: String,
    /// Stable name of what is wrong
    #[schema(example = "missing")]
    pub(super) wrong: String,
    /// The same in words
    pub(super) detail: String,
}

/// What an error comes to.
pub(super) struct Told {
    pub(super) code: Code,
    pub(super) detail: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) errors: Vec<FieldFault>,
    pub(super) possible: Option<Vec<String>>,
}

impl From<Code> for Told {
    fn from(code: Code) -> Self {
        Self { code, detail: None, reason: None, errors: Vec::new(), possible: None }
    }
}

impl Told {
    pub(super) fn because(self, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..self }
    }

    pub(super) fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    pub(super) fn at(mut self, pointer: impl Into<String>, wrong: &str, t: Texts) -> Self {
        self.errors.push(FieldFault::new(pointer, wrong, t));
        self
    }
}

impl FieldFault {
    pub(super) fn new(pointer: impl Into<String>, wrong: &str, t: Texts) -> Self {
        let detail = t.t(&format!("wrong-{}", super::super::words::dashed(wrong))).into_owned();
        Self { pointer: pointer.into(), wrong: wrong.to_owned(), detail }
    }
}

/// Where a call goes, and in which language it is answered.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) lang: Lang,
    path: String,
}

/// A problem, ready to be sent.
pub(super) struct Trouble(Box<Problem>);

impl Place {
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        Self { lang: cookies::lang(headers, uri), path: uri.path().to_owned() }
    }

    pub(super) fn texts(&self) -> Texts {
        Texts::of(self.lang)
    }

    pub(super) fn problem(&self, told: impl Into<Told>) -> Trouble {
        let told = told.into();
        let reply = Reply {
            request_id: None,
            correlation_id: "",
            journal: None,
            instance: &self.path,
            lang: self.lang,
        };
        let plain = Plain::of(&Refusal { code: told.code, field: None }, &reply);
        Trouble(Box::new(Problem {
            r#type: plain.r#type,
            title: plain.title,
            status: plain.status,
            detail: told.detail.unwrap_or(plain.detail),
            instance: plain.instance,
            code: plain.code,
            retry: plain.retry,
            actor: plain.actor,
            action: plain.action,
            lang: plain.lang,
            reason: told.reason,
            errors: told.errors,
            possible: told.possible,
        }))
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&*self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            StatusCode::TOO_MANY_REQUESTS => {
                // Failures are counted by the minute.
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
            }
            _ => {}
        }
        response
    }
}
