//! Problem details (RFC 9457).
use super::Reply;
use crate::Refusal;
use dancu_catalogue::{Actor, Lang, Retry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a call was not answered: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Reference of the row in the error catalogue
    #[schema(example = "/errors#NUMBER_INVALID")]
    pub r#type: String,
    /// What happened, in the caller's language
    pub title: String,
    /// HTTP status
    pub status: u16,
    /// What happened in this call
    pub detail: String,
    /// The resource called
    pub instance: String,
    /// Stable code of the error catalogue
    #[schema(example = "NUMBER_INVALID")]
    pub code: String,
    /// Names this call in the journal and in the logs
    pub correlation_id: String,
    /// Number of the journal entry, where it is known when the problem is written
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal: Option<u64>,
    /// JSON pointer or element at fault
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether sending the same bytes again can help: `no`, `later`, `tomorrow`
    pub retry: String,
    /// Who must act: `caller`, `citizen`, `registry`, `operator`
    pub actor: String,
    /// What to do, in the caller's language
    pub action: String,
    /// Language of title, detail and action: `vi`, `en`
    pub lang: String,
}

impl Problem {
    /// The problem that tells a refusal.
    pub fn of(refusal: &Refusal, reply: &Reply<'_>) -> Self {
        let entry = refusal.code.entry();
        let title = refusal.code.title(reply.lang);
        let place = refusal.field.as_ref().filter(|field| !field.is_empty());
        let detail = match (place, reply.lang) {
            (None, _) => title.to_owned(),
            (Some(field), Lang::Vi) => format!("{title} Vị trí: {field}"),
            (Some(field), Lang::En) => format!("{title} At: {field}"),
        };
        Self {
            r#type: format!("/errors#{}", entry.name),
            title: title.to_owned(),
            status: entry.status,
            detail,
            instance: reply.instance.to_owned(),
            code: entry.name.to_owned(),
            correlation_id: reply.correlation_id.to_owned(),
            journal: reply.journal,
            field: place.cloned(),
            retry: retry(entry.retry).to_owned(),
            actor: actor(entry.actor).to_owned(),
            action: refusal.code.action(reply.lang).to_owned(),
            lang: lang(reply.lang).to_owned(),
        }
    }
}

fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::No => "no",
        Retry::Later => "later",
        Retry::Tomorrow => "tomorrow",
    }
}

fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::Caller => "caller",
        Actor::Citizen => "citizen",
        Actor::Registry => "registry",
        Actor::Operator => "operator",
    }
}

fn lang(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "vi",
        Lang::En => "en",
    }
}
