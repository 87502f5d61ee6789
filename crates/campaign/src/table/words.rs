//! The words that tables use for columns, roles and levels: `data/words.toml`, compared without case, marks and
//! punctuation.
use super::Column;
use crate::rules::{Level, RulesError};
use dancu_catalogue::Lang;
use dancu_policy::Role;
use serde::Deserialize;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization as _;

/// The words, folded, and how the template writes them.
#[derive(Clone, Debug)]
pub struct Words {
    columns: Book<Column>,
    roles: Book<Role>,
    unit_columns: Book<UnitColumn>,
    levels: Book<Level>,
}

crate::rules::names! {
    /// A column of the list of expected units.
    UnitColumn {
        /// Agency code
        Code = "code",
        /// Department, district or commune
        Level = "level",
        /// Name
        Name = "name",
        /// Accounts expected
        Accounts = "accounts",
    }
}

#[derive(Clone, Debug)]
struct Book<T> {
    by_word: HashMap<String, T>,
    labels: Vec<(T, [String; 2])>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    column: Vec<Entry>,
    role: Vec<Entry>,
    unit_column: Vec<Entry>,
    level: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    vi: Vec<String>,
    en: Vec<String>,
}

impl Words {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, RulesError> {
        Self::parse(include_str!("../../data/words.toml"))
    }

    /// Reads a file of that shape.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text)?;
        Ok(Self {
            columns: Book::of(&file.column, Column::from_name)?,
            roles: Book::of(&file.role, Role::from_name)?,
            unit_columns: Book::of(&file.unit_column, UnitColumn::from_name)?,
            levels: Book::of(&file.level, Level::from_name)?,
        })
    }

    /// The column of a heading.
    pub fn column(&self, heading: &str) -> Option<Column> {
        self.columns.find(heading)
    }

    /// The role of a word; roles that no table may give are not found.
    pub fn role(&self, word: &str) -> Option<Role> {
        self.roles.find(word)
    }

    /// The column of a heading in the list of units.
    pub fn unit_column(&self, heading: &str) -> Option<UnitColumn> {
        self.unit_columns.find(heading)
    }

    /// The level of a word.
    pub fn level(&self, word: &str) -> Option<Level> {
        self.levels.find(word)
    }

    /// How the template writes a column.
    pub fn label(&self, column: Column, lang: Lang) -> &str {
        self.columns.label(column, lang).unwrap_or_else(|| column.name())
    }

    /// How the template writes a role.
    pub fn role_label(&self, role: Role, lang: Lang) -> &str {
        self.roles.label(role, lang).unwrap_or_else(|| role.name())
    }

    /// How a level is written.
    pub fn level_label(&self, level: Level, lang: Lang) -> &str {
        self.levels.label(level, lang).unwrap_or_else(|| level.name())
    }

    /// How the list of units writes a column.
    pub fn unit_label(&self, column: UnitColumn, lang: Lang) -> &str {
        self.unit_columns.label(column, lang).unwrap_or_else(|| column.name())
    }

    /// The roles that a table may give, as a reader of this language writes them.
    pub fn roles(&self, lang: Lang) -> Vec<&str> {
        self.roles.labels.iter().map(|(role, _)| self.role_label(*role, lang)).collect()
    }

    /// Whether a table may give a role.
    pub fn may_give(&self, role: Role) -> bool {
        self.roles.labels.iter().any(|(known, _)| *known == role)
    }
}

impl<T: Copy + PartialEq> Book<T> {
    fn of(entries: &[Entry], from_name: impl Fn(&str) -> Option<T>) -> Result<Self, RulesError> {
        let mut book = Self { by_word: HashMap::new(), labels: Vec::new() };
        for entry in entries {
            let unknown = || RulesError::Unknown(entry.name.clone());
            let value = from_name(&entry.name).ok_or_else(unknown)?;
            let (vi, en) = (entry.vi.first().ok_or_else(unknown)?, entry.en.first().ok_or_else(unknown)?);
            book.labels.push((value, [vi.clone(), en.clone()]));
            for word in entry.vi.iter().chain(&entry.en).chain([&entry.name]) {
                let other = book.by_word.insert(fold(word), value);
                if other.is_some_and(|other| other != value) {
                    return Err(RulesError::Value(word.clone()));
                }
            }
        }
        Ok(book)
    }

    fn find(&self, text: &str) -> Option<T> {
        let folded = fold(&without_remarks(text));
        let bare = folded.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        [folded.as_str(), bare].into_iter().find_map(|word| self.by_word.get(word).copied())
    }

    fn label(&self, value: T, lang: Lang) -> Option<&str> {
        let (_, [vi, en]) = self.labels.iter().find(|(known, _)| *known == value)?;
        Some(match lang {
            Lang::Vi => vi,
            Lang::En => en,
        })
    }
}

/// Without case, marks and punctuation, single spaces: `Số lần truy vấn/ngày` is `so lan truy van ngay`.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            'đ' | 'Đ' => out.push('d'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Headings carry footnotes and remarks in brackets, which say nothing of what the column is.
fn without_remarks(text: &str) -> String {
    let mut depth = 0_usize;
    let keep = |c: &char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_with_and_without_marks_and_in_english() {
        let words = Words::built_in().unwrap();
        for (heading, column) in [
            ("Tài khoản đăng nhập", Column::Login),
            ("TAI KHOAN DANG NHAP", Column::Login),
            ("tài khoản (8–60 ký tự) [2]", Column::Login),
            ("Số lần truy vấn / ngày (14)", Column::DailyQuota),
            ("Số lần truy vấn trong ngày14", Column::DailyQuota),
            ("Họ và tên", Column::FullName),
            ("full_name", Column::FullName),
            ("Queries a day", Column::DailyQuota),
            ("S\u{302}\u{301} \u{110}i\u{1EC7}n tho\u{1EA1}i", Column::Phone),
            ("SĐT", Column::Phone),
        ] {
            let heading = heading.replace("S\u{302}\u{301}", "Số");
            assert_eq!(words.column(&heading), Some(column), "{heading}");
        }
        assert_eq!(words.column("Ghi chú"), None);
        assert_eq!(words.role("cán bộ một cửa"), Some(Role::OneStopOfficer));
        assert_eq!(words.role("supervisor"), None, "no table gives this role");
        assert_eq!(words.level("Xã"), Some(Level::Commune));
    }

    #[test]
    fn every_column_and_level_has_a_label_in_both_languages() {
        let words = Words::built_in().unwrap();
        for lang in [Lang::Vi, Lang::En] {
            for column in Column::ALL {
                assert_eq!(words.column(words.label(column, lang)), Some(column));
            }
            for column in UnitColumn::ALL {
                assert_eq!(words.unit_column(words.unit_label(column, lang)), Some(column));
            }
            for level in Level::ALL {
                assert_eq!(words.level(words.level_label(level, lang)), Some(level));
            }
        }
    }

    #[test]
    fn a_word_with_two_meanings_is_refused() {
        let text = include_str!("../../data/words.toml");
        assert!(Words::parse(&text.replace("\"SĐT\"", "\"TT\"")).is_err());
        assert!(Words::parse(&text.replace("name = \"leader\"", "name = \"boss\"")).is_err());
    }
}
