//! A code list with its editions.
use super::Lang;
use crate::validity::{self, Validity};
use crate::{CivilDate, Coded, ListVersion, table};
use std::borrow::Cow;

/// A code with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The code, leading zeros kept
    pub code: Cow<'a, str>,
    /// The same for the same thing in every edition
    pub key: Cow<'a, str>,
    name_vi: Cow<'a, str>,
    name_en: Cow<'a, str>,
    /// `confirmed`, or how well the code is recalled
    pub mark: Cow<'a, str>,
}

impl Entry<'_> {
    /// Name in a language
    pub fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.name_vi,
            Lang::En => &self.name_en,
        }
    }

    fn into_owned(self) -> Entry<'static> {
        let [code, key, name_vi, name_en, mark] =
            [self.code, self.key, self.name_vi, self.name_en, self.mark]
                .map(|cell| Cow::Owned(cell.into_owned()));
        Entry { code, key, name_vi, name_en, mark }
    }
}

/// One edition of a list.
#[derive(Clone, Debug)]
pub struct Edition {
    version: Option<ListVersion>,
    /// Days in force
    pub validity: Validity,
    /// The decision that set it
    pub source: &'static str,
    entries: Vec<Entry<'static>>,
}

impl Edition {
    /// The version that codes of this edition bear; none for lists without `Coded` values.
    pub fn version(&self) -> Option<ListVersion> {
        self.version
    }

    /// The codes in their order.
    pub fn entries(&self) -> &[Entry<'static>] {
        &self.entries
    }

    /// The entry of a code.
    pub fn entry(&self, code: &str) -> Option<&Entry<'static>> {
        self.entries.iter().find(|entry| entry.code == code)
    }
}

/// A code list.
#[derive(Clone, Debug)]
pub struct CodeList {
    editions: Vec<Edition>,
}

impl CodeList {
    pub(super) fn bundled(list: &str, files: &[(Option<ListVersion>, &str, &'static str)]) -> Self {
        let edition = |&(version, name, text): &(Option<ListVersion>, &str, &'static str)| {
            let (validity, source) = validity::of_edition(list, name)?;
            Some(Edition { version, validity, source, entries: entries(text).collect() })
        };
        Self { editions: files.iter().filter_map(edition).collect() }
    }

    /// A list of one edition from a text in the form of `data/lists`: columns
    /// `code,key,name_vi,name_en,mark` under a line that names them. Rows of another width are left out.
    /// For lists that a site must be able to set itself.
    pub fn parse(version: ListVersion, validity: Validity, text: &str) -> Self {
        let entries = entries(text).map(Entry::into_owned).collect();
        let edition = Edition { version: Some(version), validity, source: "site", entries };
        Self { editions: vec![edition] }
    }

    /// All editions, oldest first.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// The edition of a version.
    pub fn edition(&self, version: ListVersion) -> Option<&Edition> {
        self.editions.iter().find(|edition| edition.version == Some(version))
    }

    /// What a code means.
    pub fn entry(&self, coded: &Coded) -> Option<&Entry<'static>> {
        self.edition(coded.list)?.entry(&coded.code)
    }

    /// The list's name of a code.
    pub fn name(&self, coded: &Coded, lang: Lang) -> Option<&str> {
        self.entry(coded).map(|entry| entry.name(lang))
    }

    /// Whether the code is in its edition, and the edition was in force on the day.
    pub fn is_known(&self, coded: &Coded, on: CivilDate) -> bool {
        self.edition(coded.list).is_some_and(|e| e.validity.contains(on) && e.entry(&coded.code).is_some())
    }

    /// Whether two codes, of whatever editions, mean the same.
    pub fn same_meaning(&self, a: &Coded, b: &Coded) -> bool {
        matches!((self.entry(a), self.entry(b)), (Some(a), Some(b)) if a.key == b.key)
    }

    /// The code in another edition, found by what it means. None where that edition has no such thing,
    /// or the code is unknown. The name used besides the list's is kept.
    pub fn convert(&self, coded: &Coded, to: ListVersion) -> Option<Coded> {
        let from = self.entry(coded)?;
        if coded.list == to {
            return Some(coded.clone());
        }
        let entry = self.edition(to)?.entries.iter().find(|entry| entry.key == from.key)?;
        Some(Coded { list: to, code: entry.code.to_string(), other_name: coded.other_name.clone() })
    }
}

fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    table::rows(text).map(|cells| {
        let [code, key, name_vi, name_en, mark] = cells.map(Cow::Borrowed);
        Entry { code, key, name_vi, name_en, mark }
    })
}
