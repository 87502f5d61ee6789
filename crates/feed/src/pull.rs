//! The same lines by number, for those who fetch them.
use crate::levels::Levels;
use crate::message::{Message, Origin, rfc3339};
use crate::reader::Reader;
use crate::{FeedError, Field, Now, cef};
use aws_lc_rs::digest::{SHA256, digest};
use dancu_journal::{Journal, JournalError};
use dancu_keys::KeyRing;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::time::Instant;

/// Lines in one answer at most.
const MOST: u32 = 1000;
/// Lines in one answer when nothing is said.
const USUAL: u32 = 200;
/// Seconds that an answer may wait for a line at most.
const LONGEST_WAIT: u64 = 30;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    /// Number of the last entry that is known; none: from the first one
    pub after: Option<u64>,
    /// Lines at most, 1 to 1000
    pub limit: Option<u32>,
    /// Seconds to wait for a line if there is none, 0 to 30
    pub wait: Option<u64>,
    /// `ndjson` or `cef`
    pub format: Option<String>,
}

/// The answer: lines, each ended by a line feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Media type of the lines
    pub content_type: &'static str,
    /// The lines
    pub body: String,
    /// What to send as `after` next time
    pub last: Option<u64>,
    /// Number that the next entry of the journal will have
    pub size: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PullError {
    /// No bearer token
    #[error("a bearer token is needed")]
    TokenMissing,
    /// No such token
    #[error("the bearer token is not known")]
    TokenWrong,
    /// A parameter is out of its range
    #[error("{name} must be {range}")]
    Parameter {
        /// Its name
        name: &'static str,
        /// What it may be
        range: &'static str,
    },
    /// The journal does not answer
    #[error("the journal cannot be read: {0}")]
    Journal(JournalError),
}

/// SHA-256 of a token; the token itself is nowhere.
#[derive(Clone)]
pub struct PullToken([u8; 32]);

impl PullToken {
    /// Of a token. It must come from 32 random bytes: a guessable one could be tried against its hash.
    pub fn of(token: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }

    /// Reads a file of tokens: a line each, `sha256:` and 64 hex digits, then anything, for instance who has it. Empty
    /// lines and those that begin with `#` are skipped. None if a line is anything else.
    pub fn read(file: &str) -> Option<Vec<Self>> {
        let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let token = |line: &str| {
            let digits = line.split_whitespace().next()?.strip_prefix("sha256:")?;
            Some(Self(hex::decode(digits).ok()?.try_into().ok()?))
        };
        lines.map(token).collect()
    }

    /// Its line in the file.
    pub fn line(&self, whose: &str) -> String {
        format!("sha256:{} {whose}\n", hex::encode(self.0))
    }
}

impl fmt::Debug for PullToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PullToken(…)")
    }
}

/// Answers those who fetch.
#[derive(Clone)]
pub struct Pull {
    reader: Reader,
    origin: Arc<Origin>,
    tokens: Arc<[PullToken]>,
}

impl Pull {
    /// Over a journal, for the holders of these tokens.
    pub fn new(
        journal: Journal,
        ring: KeyRing,
        now: Now,
        origin: Origin,
        tokens: Vec<PullToken>,
    ) -> Result<Self, FeedError> {
        let reader = Reader { journal, levels: Arc::new(Levels::built_in()?), ring, now };
        Ok(Self { reader, origin: Arc::new(origin), tokens: tokens.into() })
    }

    /// Whether the value of an `Authorization` header lets somebody in (RFC 6750 2.1).
    pub fn admit(&self, authorization: Option<&str>) -> Result<(), PullError> {
        let (scheme, token) =
            authorization.and_then(|value| value.split_once(' ')).ok_or(PullError::TokenMissing)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(PullError::TokenMissing);
        }
        let presented = PullToken::of(token.trim());
        // All are compared: which one it is shall not show in the time.
        let known = self
            .tokens
            .iter()
            .fold(subtle::Choice::from(0), |known, token| known | token.0.ct_eq(&presented.0));
        if known.into() { Ok(()) } else { Err(PullError::TokenWrong) }
    }

    /// The entries after a number.
    pub async fn entries(&self, query: &Query) -> Result<Page, PullError> {
        let limit = query.limit.unwrap_or(USUAL);
        if limit == 0 || limit > MOST {
            return Err(PullError::Parameter { name: "limit", range: "1 to 1000" });
        }
        let wait = query.wait.unwrap_or_default();
        if wait > LONGEST_WAIT {
            return Err(PullError::Parameter { name: "wait", range: "0 to 30 seconds" });
        }
        let (content_type, line): (_, fn(&Origin, &Message) -> String) = match query.format.as_deref() {
            None | Some("ndjson") => ("application/x-ndjson; charset=utf-8", |_, message| json(message)),
            Some("cef") => ("text/plain; charset=utf-8", cef::write),
            Some(_) => return Err(PullError::Parameter { name: "format", range: "ndjson or cef" }),
        };
        let from = query.after.map_or(0, |after| after.saturating_add(1));
        let size = self.size(from, Duration::from_secs(wait)).await.map_err(PullError::Journal)?;
        let end = size.min(from.saturating_add(u64::from(limit))).max(from);
        let messages = self.reader.read(from..end).await.map_err(PullError::Journal)?;
        let mut body = String::new();
        for (_, message) in &messages {
            body.push_str(&line(&self.origin, message));
            body.push('\n');
        }
        let last = messages.last().map(|(index, _)| *index).or(query.after);
        Ok(Page { content_type, body, last, size })
    }

    /// The size of the journal, once it is beyond a number or the time is over.
    async fn size(&self, beyond: u64, wait: Duration) -> Result<u64, JournalError> {
        let deadline = Instant::now() + wait;
        loop {
            let size = self.reader.size().await?;
            if size > beyond || Instant::now() >= deadline {
                return Ok(size);
            }
            tokio::select! {
                () = self.reader.grown(size) => {}
                () = tokio::time::sleep_until(deadline) => {}
            }
        }
    }
}

impl fmt::Debug for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pull").field("tokens", &self.tokens.len()).finish_non_exhaustive()
    }
}

/// One line of JSON.
fn json(message: &Message) -> String {
    let mut line = Map::new();
    line.insert("id".to_owned(), message.id.clone().into());
    line.insert("at".to_owned(), message.at_us.and_then(rfc3339).into());
    line.insert("severity".to_owned(), message.said.level.severity.into());
    line.insert("vi".to_owned(), message.said.vi.clone().into());
    line.insert("en".to_owned(), message.said.en.clone().into());
    for (field, value) in &message.fields {
        let number = matches!(field, Field::Index).then(|| value.parse::<u64>().ok()).flatten();
        line.insert(field.name().to_owned(), number.map_or_else(|| value.clone().into(), Value::from));
    }
    Value::Object(line).to_string()
}
