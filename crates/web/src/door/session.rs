//! Sessions of signed-in officers. They live in memory: a restart signs everybody out, and loses nothing else.
use super::sitting::Sittings;
use crate::pages::RecentCall;
use dancu_registry::PersonKey;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

pub(crate) use super::sitting::random_token;

/// Calls that a session remembers for its list.
const RECENT: usize = 10;

/// A signed-in officer.
#[derive(Clone)]
pub(crate) struct Session {
    /// Login, the account of every call
    pub(crate) login: Arc<str>,
    /// Hash of the password that was proved; another one on record ends the session
    pub(crate) proved: Arc<str>,
    /// Token that every form of the session carries
    pub(crate) csrf: Arc<str>,
    /// Latest calls, newest first
    pub(crate) recent: VecDeque<RecentCall>,
    /// Signatures of the latest answers, by journal number
    pub(crate) signatures: VecDeque<(u64, String)>,
    /// What the last counter search found
    pub(crate) found: Option<FoundBefore>,
    /// Latest searches of the journal, by their tokens, oldest first
    pub(crate) examined: VecDeque<(String, Arc<Examined>)>,
}

/// A search of the journal, as further pages of it need it.
pub(crate) struct Examined {
    /// What is looked for
    pub(crate) query: dancu_journal::index::Query,
    /// The citizen's number, where it was named
    pub(crate) person: Option<String>,
    /// Why, in the supervisor's words
    pub(crate) purpose: String,
    /// Number of the supervisor's case
    pub(crate) ground: String,
}

/// The last counter search: whom it found, by the opaque choice, and on what ground.
#[derive(Clone)]
pub(crate) struct FoundBefore {
    pub(crate) choices: HashMap<String, PersonKey>,
    pub(crate) purpose: Option<String>,
    pub(crate) case_number: Option<String>,
}

/// Searches of the journal that a session remembers.
const EXAMINED: usize = 5;

/// All sessions of this server.
pub struct Sessions(Sittings<Session>);

impl Sessions {
    /// Sessions that end after so many minutes without a request.
    pub fn new(idle_minutes: u32) -> Self {
        Self(Sittings::new(idle_minutes))
    }

    /// Opens a session; gives the value of its cookie. `None` when the system has no randomness.
    pub(crate) fn open(&self, login: &str, proved: &Arc<str>, now_us: i64) -> Option<String> {
        let session = Session {
            login: login.into(),
            proved: Arc::clone(proved),
            csrf: random_token()?.into(),
            recent: VecDeque::new(),
            signatures: VecDeque::new(),
            found: None,
            examined: VecDeque::new(),
        };
        self.0.open(session, now_us)
    }

    /// The session of a cookie, unless it has been idle for too long; being asked for keeps it awake.
    pub(crate) fn get(&self, token: &str, now_us: i64) -> Option<Session> {
        self.0.get(token, now_us)
    }

    /// Ends a session.
    pub(crate) fn close(&self, token: &str) {
        self.0.close(token);
    }

    /// Remembers a call for the list of latest calls.
    pub(crate) fn remember(&self, token: &str, call: RecentCall, signature: Option<String>) {
        self.0.change(token, |session| {
            session.signatures.extend(signature.map(|s| (call.journal, s)));
            if session.signatures.len() > RECENT {
                session.signatures.pop_front();
            }
            session.recent.push_front(call);
            session.recent.truncate(RECENT);
        });
    }

    /// Remembers whom a search found.
    pub(crate) fn set_found(&self, token: &str, found: FoundBefore) {
        self.0.change(token, |session| session.found = Some(found));
    }

    /// Remembers a search of the journal; gives its token.
    pub(crate) fn set_examined(&self, token: &str, examined: Arc<Examined>) -> Option<String> {
        let search = random_token()?;
        let name = search.clone();
        self.0.change(token, |session| {
            session.examined.push_back((name, examined));
            if session.examined.len() > EXAMINED {
                session.examined.pop_front();
            }
        });
        Some(search)
    }
}

impl Session {
    /// The search of a token.
    pub(crate) fn examined(&self, search: &str) -> Option<Arc<Examined>> {
        self.examined.iter().find(|(token, _)| token == search).map(|(_, examined)| Arc::clone(examined))
    }
}
