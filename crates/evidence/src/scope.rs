//! What an evidence file is about: whose entries, of which time.
use dancu_journal::Part;
use dancu_journal::index::Query;
use serde::{Deserialize, Serialize};

/// Whose entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// A system
    System(String),
    /// An organisation with all its systems
    Organisation(String),
    /// One account
    Account(String),
    /// Entries by their numbers, those of an alert for instance
    Entries(Vec<u64>),
}

/// Whose entries, from when to when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Whose
    pub of: Of,
    /// Not before this time, microseconds since 1970
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_us: Option<i64>,
    /// Not after this time
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_us: Option<i64>,
}

impl Scope {
    /// What the index is asked; none for entries by number.
    pub(crate) fn query(&self) -> Option<Query> {
        let mut query = Query { from_us: self.from_us, to_us: self.to_us, ..Query::default() };
        match &self.of {
            Of::System(id) => query.system = Some(id.clone()),
            Of::Organisation(id) => query.organisation = Some(id.clone()),
            Of::Account(id) => query.account = Some(id.clone()),
            Of::Entries(_) => return None,
        }
        Some(query)
    }

    /// Whether an entry of this number, time, organisation, system and account belongs to it.
    pub(crate) fn holds(&self, number: u64, at_us: i64, of: [Option<&str>; 3]) -> bool {
        let [organisation, system, account] = of;
        let whose = match &self.of {
            Of::System(id) => system == Some(id),
            Of::Organisation(id) => organisation == Some(id),
            Of::Account(id) => account == Some(id),
            Of::Entries(numbers) => return numbers.contains(&number),
        };
        whose && self.from_us.is_none_or(|from| from <= at_us) && self.to_us.is_none_or(|to| at_us <= to)
    }
}

/// Name of a personal part in an evidence file.
pub fn part_name(part: Part) -> &'static str {
    match part {
        Part::RequestId => "request_id",
        Part::Officer => "officer",
        Part::CaseNumber => "case_number",
        Part::Purpose => "purpose",
        Part::SourceAddress => "source_address",
        Part::Subject => "subject",
        Part::PlatformMessageId => "platform_message_id",
        Part::Order => "order",
    }
}

/// The part of that name.
pub fn part_from_name(name: &str) -> Option<Part> {
    Part::ALL.iter().copied().find(|part| part_name(*part) == name)
}
