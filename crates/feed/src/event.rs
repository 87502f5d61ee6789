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
    /// The people in memory differed from the store, or their file was damaged: the store answers until they are built anew
    PeopleDoubted {
        /// What was found, without personal data
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
    /// Time brought something that touches security, and the service acted: the rule's entry in the journal says more
    RuleActed {
        /// Name of the rule
        rule: String,
        /// Id of the system that it is about
        system: Option<String>,
        /// Keyed hash of the account, as [`crate::Events::account_hash`] makes it
        account: Option<String>,
        /// Number of the entry
        evidence: u64,
    },
    /// The emergency account: asked for, opened, entered, closed
    Emergency {
        /// What happened: `requested`, `opened`, `entered`, `closed`
        step: String,
        /// Staff account that did it
        account: String,
        /// Number of the journal's entry
        entry: u64,
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
    /// A watch rule found something
    Alert {
        /// How grave
        level: AlertLevel,
        /// Name of the rule
        rule: String,
        /// Number of the alert
        alert: u64,
        /// `note`, `alert`, `brake` or `suspend`
        done: String,
        /// Id of the system that called
        system: String,
        /// Keyed hash of the account, as [`crate::Events::account_hash`] makes it
        account: Option<String>,
        /// Number of the entry that made it
        evidence: Option<u64>,
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

/// How grave an alert is; each is a kind of message of its own, so that a receiver's rules need not look inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertLevel {
    /// Worth knowing
    Low,
    /// Somebody should look this week
    Medium,
    /// Somebody should look today
    High,
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
            Self::PeopleDoubted { .. } => "people_doubted",
            Self::SignInRefused { .. } => "sign_in_refused",
            Self::RuleActed { .. } => "rule_acted",
            Self::Emergency { .. } => "emergency",
            Self::KeysRotated { .. } => "keys_rotated",
            Self::Strangers { .. } => "strangers",
            Self::Alert { level: AlertLevel::Low, .. } => "alert_low",
            Self::Alert { level: AlertLevel::Medium, .. } => "alert_medium",
            Self::Alert { level: AlertLevel::High, .. } => "alert_high",
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
            Self::PublisherHalted { reason } | Self::PeopleDoubted { reason } => {
                message.with(Field::Reason, reason)
            }
            Self::SignInRefused { code, account, source } => message
                .with(Field::Outcome, code)
                .with(Field::Result, "failure".to_owned())
                .with(Field::Account, account)
                .with(Field::Source, source),
            Self::RuleActed { rule, system, account, evidence } => message
                .with(Field::Rule, rule)
                .with(Field::System, system)
                .with(Field::AccountHash, account)
                .with(Field::Evidence, evidence.to_string()),
            Self::Emergency { step, account, entry } => message
                .with(Field::Reason, step)
                .with(Field::Account, account)
                .with(Field::Index, entry.to_string()),
            Self::KeysRotated { key } => message.with(Field::Key, key),
            Self::Strangers { count, source } => {
                message.with(Field::Count, count.to_string()).with(Field::Source, source)
            }
            Self::Alert { level: _, rule, alert, done, system, account, evidence } => message
                .with(Field::Rule, rule)
                .with(Field::Alert, alert.to_string())
                .with(Field::Done, done)
                .with(Field::System, system)
                .with(Field::AccountHash, account)
                .with(Field::Evidence, evidence.map(|entry| entry.to_string())),
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
        let alert = |level| Self::Alert {
            level,
            rule: text("planted"),
            alert: 7,
            done: text("brake"),
            system: text("one-stop"),
            account: Some(text("00ff")),
            evidence: Some(1024),
        };
        vec![
            Self::Started { version: text("0.1.0"), key: text("k") },
            Self::Stopping,
            Self::QuorumMissing { have: 1, wanted: 2, size: 3 },
            Self::QuorumBack { size: 4 },
            Self::PublisherHalted { reason: text("the store holds less than was published") },
            Self::PeopleDoubted { reason: text("memory differed from the store") },
            Self::SignInRefused {
                code: text("CREDENTIALS_WRONG"),
                account: Some(text("htmc-0001")),
                source: None,
            },
            Self::RuleActed {
                rule: text("account_idle_locked"),
                system: Some(text("one-stop")),
                account: Some(text("00ff")),
                evidence: 12,
            },
            Self::Emergency { step: text("opened"), account: text("0f0f"), entry: 9 },
            Self::KeysRotated { key: text("sealing 2") },
            Self::Strangers { count: 601, source: Some(text("00ff")) },
            alert(AlertLevel::Low),
            alert(AlertLevel::Medium),
            alert(AlertLevel::High),
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
