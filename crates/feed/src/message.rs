//! One message, before it has the form of a protocol.
use crate::levels::Said;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $cef:literal $(, $label:literal)?;)*) => {
        /// What a message can say. The names are a contract with those who write rules for them: never changed or reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Field { $($(#[$doc])* $variant),* }

        impl Field {
            /// All fields.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Name of the parameter in the structured data of RFC 5424, and in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Key of the extension in CEF.
            pub fn cef(self) -> &'static str {
                match self { $(Self::$variant => $cef),* }
            }

            /// What stands under the key with `Label`, for the keys whose meaning is ours to give.
            pub fn label(self) -> Option<&'static str> {
                match self { $($(Self::$variant => Some($label),)?)* _ => None }
            }
        }
    };
}

fields! {
    /// Number of the entry
    Index = "index", "externalId";
    /// Leaf hash of the entry (RFC 6962), hex
    Leaf = "leaf", "cs1", "leafHash";
    /// Kind of the entry: `call`, `context`, …
    Kind = "kind", "cat";
    /// Correlation id, hex
    Correlation = "correlation", "cs2", "correlationId";
    /// Service
    Service = "service", "act";
    /// Protocol and form
    Form = "form", "app";
    /// `success` or `failure`
    Result = "result", "outcome";
    /// Outcome, or code of the refusal
    Outcome = "outcome", "reason";
    /// System that called
    System = "system", "sourceServiceName";
    /// Account
    Account = "account", "suid";
    /// Role of the account
    Role = "role", "spriv";
    /// Organisation
    Organisation = "organisation", "cs3", "organisation";
    /// Agency code
    Agency = "agency", "cs4", "agencyCode";
    /// Code of the procedure (`MaDVC`)
    Procedure = "procedure", "cs5", "procedure";
    /// Integration code (`MaTichHop`)
    Integration = "integration", "DancuIntegration";
    /// Agreement
    Agreement = "agreement", "cs6", "agreement";
    /// Version of the rules
    Rules = "rules", "cn1", "rulesVersion";
    /// Time in all steps, microseconds
    Took = "took_us", "cn2", "tookMicroseconds";
    /// SHA-256 of the client certificate, hex
    Certificate = "certificate", "DancuCertificate";
    /// Names of the fields sent
    Inputs = "inputs", "DancuInputs";
    /// Names of the fields released
    Released = "released", "DancuReleased";
    /// Verdicts by field
    Verdicts = "verdicts", "DancuVerdicts";
    /// SHA-256 of the answer's body, hex
    Response = "response", "DancuResponse";
    /// Keyed hash of the citizen's number
    Subject = "subject_hash", "DancuSubjectHash";
    /// Keyed hash of the officer
    Officer = "officer_hash", "DancuOfficerHash";
    /// Keyed hash of the case number
    Case = "case_hash", "DancuCaseHash";
    /// Keyed hash of the source address
    Source = "source_hash", "DancuSourceHash";
    /// Number of the event at its server
    Event = "event", "DancuEvent";
    /// Why
    Reason = "reason", "DancuReason";
    /// How many
    Count = "count", "cnt";
    /// How many there should be
    Wanted = "wanted", "cn3", "wanted";
    /// Size of the log
    Size = "size", "DancuSize";
    /// Which key
    Key = "key", "DancuKey";
    /// Number of the entry that holds the context
    Context = "context", "DancuContext";
    /// Number of the epoch
    Epoch = "epoch", "DancuEpoch";
    /// Root of the epoch's map, hex
    Root = "root", "DancuRoot";
    /// Until when an entry is withheld
    Until = "until", "DancuUntil";
    /// First of a range
    First = "first", "DancuFirst";
    /// First after a range
    After = "after", "DancuAfter";
    /// Rule of the watch
    Rule = "rule", "DancuRule";
    /// Number of the alert
    Alert = "alert", "DancuAlert";
    /// What was done about it
    Done = "done", "DancuDone";
    /// Keyed hash of the account
    AccountHash = "account_hash", "DancuAccountHash";
    /// Number of the entry that it rests on
    Evidence = "evidence", "DancuEvidence";
    /// Version of the program
    Version = "version", "DancuVersion";
}

/// One message: about an entry or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When, microseconds since the epoch; none if it has no time
    pub at_us: Option<i64>,
    /// Which kind of message, upper case with underscores; the MSGID of RFC 5424, the class of CEF
    pub id: String,
    /// Facility, gravity, words
    pub said: Said,
    /// What it says, each field once
    pub fields: Vec<(Field, String)>,
}

impl Message {
    /// Adds a field that has a value.
    pub(crate) fn with(mut self, field: Field, value: impl Into<Option<String>>) -> Self {
        if let Some(value) = value.into().filter(|value| !value.is_empty()) {
            self.fields.push((field, value));
        }
        self
    }

    /// A field, if it has one.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.iter().find(|(has, _)| *has == field).map(|(_, value)| value.as_str())
    }
}

/// Who sends: the same in every message of a server.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Name of the machine
    pub hostname: String,
    /// Process id
    pub process: u32,
    /// Version of the program
    pub version: String,
    /// Private enterprise number (IANA) under which the structured data stand
    pub enterprise: u32,
}

/// The program's name: APP-NAME in RFC 5424, vendor and product in CEF.
pub(crate) const APPLICATION: &str = "dancu";

/// A moment as RFC 3339 with microseconds, UTC; none if it is no moment that a calendar has.
pub(crate) fn rfc3339(at_us: i64) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(at_us).ok()?;
    let text = format!("{at:.6}");
    // RFC 5424 6.2.3.1 has years of four digits only.
    text.starts_with(|first: char| first.is_ascii_digit()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_short_enough() {
        let names: HashSet<_> = Field::ALL.iter().map(|field| field.name()).collect();
        let keys: HashSet<_> = Field::ALL.iter().map(|field| field.cef()).collect();
        assert_eq!((names.len(), keys.len()), (Field::ALL.len(), Field::ALL.len()));
        for field in Field::ALL {
            // RFC 5424 6.3.3: SD-NAME has 32 characters at most.
            assert!(field.name().len() <= 32, "{field:?}");
            let custom =
                field.cef().starts_with("cs") || field.cef().starts_with("cn") && field.cef() != "cnt";
            assert_eq!(field.label().is_some(), custom, "{field:?}");
        }
    }

    #[test]
    fn the_operators_document_has_every_field() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/operators.md");
        let document = std::fs::read_to_string(path).unwrap();
        for field in Field::ALL {
            let label = field.label().map(|label| format!(" ({label})")).unwrap_or_default();
            let row = format!("| `{}` | `{}`{label} | ", field.name(), field.cef());
            assert!(document.contains(&row), "{row}");
        }
    }

    #[test]
    fn moments_have_microseconds() {
        assert_eq!(rfc3339(1_795_238_400_000_001).unwrap(), "2026-11-21T05:20:00.000001Z");
        assert_eq!(rfc3339(0).unwrap(), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
