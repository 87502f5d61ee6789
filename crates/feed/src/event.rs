//! What a security centre should hear of and that is no entry of the journal.
use crate::levels::Levels;
use crate::message::{Field, Message};
use serde::{Deserialize, Serialize};

/// An alarm, or another thing that happened to a server. It names no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The server takes calls
    Started {
        /// Version of the program
        version: String,
        /// The key that signs answers
        key: String,
    },
    /// The server ends in good order
    Stopping,
    /// A checkpoint has fewer cosignatures than the quorum, for longer than is allowed
    QuorumMissing {
        /// Cosignatures it has
        have: u32,
        /// Cosignatures that it should have
        wanted: u32,
        /// Size of the log at that checkpoint
        size: u64,
    },
    /// A checkpoint has its quorum again
    QuorumBack {
        /// Size of the log at that checkpoint
        size: u64,
    },
    /// The store and what was published do not agree: the journal takes no entry
    PublisherHalted {
        /// Why, without personal data
        reason: String,
    },
    /// Somebody could not sign in
    SignInRefused {
        /// Code of the refusal
        code: String,
        /// The account, when there is one of this login
        account: Option<String>,
        /// Keyed hash of the address, as [`crate::Events::source_hash`] makes it
        source: Option<String>,
    },
    /// A key was replaced
    KeysRotated {
        /// Which: `sealing` and its number, `signing` and its name
        key: String,
    },
    /// So many calls from one address that is no system's were refused within a minute that further ones are only counted
    Strangers {
        /// Refused calls so far
        count: u64,
        /// Keyed hash of the address
        source: Option<String>,
    },
    /// More events of one kind came within a minute than are written one by one
    Suppressed {
        /// Name of the kind
        kind: String,
        /// How many were not written
        count: u64,
    },
    /// Events were dropped before they were sent: the spool was full or too old, a segment was damaged, or the disk refused
    Lost {
        /// Number of the first one; none if they never had numbers
        first: Option<u64>,
        /// How many
        count: u64,
    },
}

impl Event {
    /// Stable name; the MSGID is the same in upper case.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Stopping => "stopping",
            Self::QuorumMissing { .. } => "quorum_missing",
            Self::QuorumBack { .. } => "quorum_back",
            Self::PublisherHalted { .. } => "publisher_halted",
            Self::SignInRefused { .. } => "sign_in_refused",
            Self::KeysRotated { .. } => "keys_rotated",
            Self::Strangers { .. } => "strangers",
            Self::Suppressed { .. } => "suppressed",
            Self::Lost { .. } => "lost",
        }
    }

    /// The message about it. An event that is announced without having been written has no number.
    pub(crate) fn message(&self, levels: &Levels, number: Option<u64>, at_us: i64) -> Message {
        let id = self.name().to_uppercase();
        let message = Message { at_us: Some(at_us), id, said: levels.event(self.name()), fields: Vec::new() };
        let message = message
            .with(Field::Kind, "event".to_owned())
            .with(Field::Event, number.map(|number| number.to_string()));
        match self.clone() {
            Self::Started { version, key } => message.with(Field::Version, version).with(Field::Key, key),
            Self::Stopping => message,
            Self::QuorumMissing { have, wanted, size } => message
                .with(Field::Count, have.to_string())
                .with(Field::Wanted, wanted.to_string())
                .with(Field::Size, size.to_string()),
            Self::QuorumBack { size } => message.with(Field::Size, size.to_string()),
            Self::PublisherHalted { reason } => message.with(Field::Reason, reason),
            Self::SignInRefused { code, account, source } => message
                .with(Field::Outcome, code)
                .with(Field::Result, "failure".to_owned())
                .with(Field::Account, account)
                .with(Field::Source, source),
            Self::KeysRotated { key } => message.with(Field::Key, key),
            Self::Strangers { count, source } => {
                message.with(Field::Count, count.to_string()).with(Field::Source, source)
            }
            Self::Suppressed { kind, count } => {
                message.with(Field::Reason, kind).with(Field::Count, count.to_string())
            }
            Self::Lost { first, count } => message
                .with(Field::First, first.map(|first| first.to_string()))
                .with(Field::After, first.map(|first| first.saturating_add(count).to_string()))
                .with(Field::Count, count.to_string()),
        }
    }

    /// One of each kind.
    #[cfg(test)]
    pub(crate) fn samples() -> Vec<Self> {
        let text = |text: &str| text.to_owned();
        vec![
            Self::Started { version: text("0.1.0"), key: text("k") },
            Self::Stopping,
            Self::QuorumMissing { have: 1, wanted: 2, size: 3 },
            Self::QuorumBack { size: 4 },
            Self::PublisherHalted { reason: text("the store holds less than was published") },
            Self::SignInRefused {
                code: text("CREDENTIALS_WRONG"),
                account: Some(text("htmc-0001")),
                source: None,
            },
            Self::KeysRotated { key: text("sealing 2") },
            Self::Strangers { count: 601, source: Some(text("00ff")) },
            Self::Suppressed { kind: text("sign_in_refused"), count: 9 },
            Self::Lost { first: Some(3), count: 4 },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cef, rfc5424, testing};

    #[test]
    fn every_event_survives_the_spool_and_both_forms() {
        let levels = Levels::built_in().unwrap();
        for event in Event::samples() {
            let kept: Event = serde_json::from_slice(&serde_json::to_vec(&event).unwrap()).unwrap();
            assert_eq!(kept, event);
            let message = event.message(&levels, Some(5), 1);
            let read = testing::read_rfc5424(&rfc5424::write(&testing::origin(), &message));
            assert_eq!((read.id, read.priority / 8), (event.name().to_uppercase(), 14));
            let read = testing::read_cef(&cef::write(&testing::origin(), &message));
            assert_eq!(read.extension["DancuEvent"], "5");
            assert_eq!(read.header[4], event.name().to_uppercase());
        }
    }

    #[test]
    fn a_loss_names_its_range() {
        let message = Event::Lost { first: Some(3), count: 4 }.message(&Levels::built_in().unwrap(), None, 1);
        let says = [Field::First, Field::After, Field::Count, Field::Event].map(|field| message.get(field));
        assert_eq!(says, [Some("3"), Some("7"), Some("4"), None]);
    }
}
