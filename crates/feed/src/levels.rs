//! How grave a message is, and its words: the table `data/levels.toml`.
use crate::FeedError;
use dancu_catalogue::{Code, Lang};
use dancu_journal::{Answered, Outcome};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Levels {
    facility: Facilities,
    refusal: Classes,
    answer: BTreeMap<String, Row>,
    code: BTreeMap<String, Level>,
    entry: BTreeMap<String, Row>,
    event: BTreeMap<String, Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facilities {
    entry: u8,
    event: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Classes {
    client: Level,
    server: Level,
}

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// RFC 5424 table 2: 0 emergency to 7 debug
    pub severity: u8,
    /// CEF: 0 to 10, the gravest
    pub cef: u8,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    severity: u8,
    cef: u8,
    vi: String,
    en: String,
}

/// What the table says of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// RFC 5424 table 1
    pub facility: u8,
    /// How grave
    pub level: Level,
    /// In Vietnamese
    pub vi: String,
    /// In English
    pub en: String,
}

impl Levels {
    /// The table that comes with the program. An error is a fault of the build.
    pub fn built_in() -> Result<Self, FeedError> {
        let table: Self = toml::from_str(include_str!("../data/levels.toml"))
            .map_err(|_| FeedError::Internal("the table of levels does not read"))?;
        table.check()?;
        Ok(table)
    }

    /// Of a call, by how it ended.
    pub fn call(&self, outcome: Outcome) -> Said {
        let facility = self.facility.entry;
        match outcome {
            Outcome::Answered(kind) => self.row(facility, self.answer.get(kind.name())),
            Outcome::Refused(code) => {
                let class = if code.status() >= 500 { self.refusal.server } else { self.refusal.client };
                let level = self.code.get(code.name()).copied().unwrap_or(class);
                let [vi, en] = [Lang::Vi, Lang::En].map(|lang| code.title(lang).to_owned());
                Said { facility, level, vi, en }
            }
        }
    }

    /// Of an entry that is no call, by its kind.
    pub fn entry(&self, kind: &str) -> Said {
        self.row(self.facility.entry, self.entry.get(kind))
    }

    /// Of an event, by its name.
    pub fn event(&self, name: &str) -> Said {
        self.row(self.facility.event, self.event.get(name))
    }

    /// A kind that the table does not know yet is shown with its name alone, as a notice.
    fn row(&self, facility: u8, row: Option<&Row>) -> Said {
        row.map_or_else(
            || Said { facility, level: self.refusal.client, vi: String::new(), en: String::new() },
            |row| Said {
                facility,
                level: Level { severity: row.severity, cef: row.cef },
                vi: row.vi.clone(),
                en: row.en.clone(),
            },
        )
    }

    /// Numbers in their ranges; no row for what does not exist; a row for every answer.
    fn check(&self) -> Result<(), FeedError> {
        let rows = self.answer.values().chain(self.entry.values()).chain(self.event.values());
        let levels = rows.map(|row| Level { severity: row.severity, cef: row.cef });
        let levels = levels.chain(self.code.values().copied());
        let sound = levels
            .chain([self.refusal.client, self.refusal.server])
            .all(|level| level.severity <= 7 && level.cef <= 10)
            && self.facility.entry <= 23
            && self.facility.event <= 23
            && self.code.keys().all(|name| Code::from_name(name).is_some())
            && Answered::ALL.iter().all(|kind| self.answer.contains_key(kind.name()));
        if sound { Ok(()) } else { Err(FeedError::Internal("the table of levels is not sound")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn the_table_is_sound_and_knows_every_answer_and_event() {
        let levels = Levels::built_in().unwrap();
        for kind in Answered::ALL {
            assert!(levels.call(Outcome::Answered(kind)).vi.ends_with('.'), "{kind:?}");
        }
        for event in Event::samples() {
            let said = levels.event(event.name());
            assert!(said.vi.ends_with('.') && said.en.ends_with('.'), "{}", event.name());
        }
        assert_eq!(levels.event.len(), Event::samples().len(), "a row for what is no event");
    }

    #[test]
    fn refusals_have_the_words_of_the_catalogue_and_their_own_or_their_class_level() {
        let levels = Levels::built_in().unwrap();
        let said = levels.call(Outcome::Refused(Code::CredentialsWrong));
        assert_eq!((said.level.severity, said.level.cef), (4, 6));
        assert_eq!(said.vi, Code::CredentialsWrong.title(Lang::Vi));
        assert_eq!(levels.call(Outcome::Refused(Code::FieldMissing)).level.severity, 5);
        assert_eq!(levels.call(Outcome::Refused(Code::StoreUnavailable)).level.severity, 3);
        assert_eq!(levels.entry("of tomorrow").level, levels.refusal.client);
    }
}
