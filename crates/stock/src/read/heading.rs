//! Which column of a file is which: by its heading, or as it is mapped.
use super::ReadError;
use dancu_linkage::Column;
use serde::Deserialize;
use std::sync::OnceLock;
use unicode_normalization::UnicodeNormalization as _;

/// Columns of a file that are looked at.
pub(super) const MOST_COLUMNS: usize = 512;
/// Columns of a file of which one text may be put together.
const MOST_JOINED: usize = 8;
/// Rows above the headings: title, addressee, names of the form.
pub(super) const TITLE_ROWS: usize = 40;

/// What the user says of a file's columns. What is not said is found by the headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    said: Vec<(Column, Vec<String>)>,
}

/// Why a mapping cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Not `column=heading`
    #[error("a mapping is written COLUMN=HEADING: {0}")]
    Form(String),
    /// No such column
    #[error("there is no column {0}")]
    Column(String),
    /// The column was mapped before
    #[error("{} is mapped twice", .0.name())]
    Twice(Column),
    /// One heading stands twice in what makes a column
    #[error("the mapping of {} names a heading twice", .0.name())]
    Again(Column),
    /// More headings than one text is put together of
    #[error("the mapping of {} names more than {MOST_JOINED} headings", .0.name())]
    TooMany(Column),
}

impl Map {
    /// Adds `column=heading`; `column=one+another` puts the texts of several columns together with a space between them, in
    /// that order; `column=` says that the file has no such column.
    pub fn add(&mut self, text: &str) -> Result<(), MapError> {
        let form = || MapError::Form(text.to_owned());
        let (name, headings) = text.split_once('=').ok_or_else(form)?;
        let column =
            Column::from_name(name.trim()).ok_or_else(|| MapError::Column(name.trim().to_owned()))?;
        if self.said.iter().any(|(known, _)| *known == column) {
            return Err(MapError::Twice(column));
        }
        let headings: Vec<String> =
            if headings.trim().is_empty() { Vec::new() } else { headings.split('+').map(fold).collect() };
        if headings.iter().any(String::is_empty) {
            return Err(form());
        }
        // Each names a copy of the cell: a short mapping would make a large file of a small one.
        if headings.len() > MOST_JOINED {
            return Err(MapError::TooMany(column));
        }
        if headings.iter().enumerate().any(|(at, one)| headings.iter().skip(at + 1).any(|other| one == other))
        {
            return Err(MapError::Again(column));
        }
        self.said.push((column, headings));
        Ok(())
    }

    /// Whether a row of a sheet holds a heading that it names.
    pub(super) fn names_any<S: AsRef<str>>(&self, cells: &[S]) -> bool {
        let mut cells = cells.iter().map(|cell| fold(cell.as_ref())).filter(|cell| !cell.is_empty());
        cells.any(|cell| self.said.iter().any(|(_, headings)| headings.contains(&cell)))
    }

    /// From several such texts.
    pub fn parse<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, MapError> {
        let mut map = Self::default();
        for text in texts {
            map.add(text.as_ref())?;
        }
        Ok(map)
    }
}

/// What was said, in one order and as it is compared: the same text for the same mapping, however it was written.
impl std::fmt::Display for Map {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said: Vec<_> = self.said.iter().collect();
        said.sort_by_key(|(column, _)| *column as usize);
        said.iter().try_for_each(|(column, headings)| writeln!(f, "{}={}", column.name(), headings.join("+")))
    }
}

/// Where in a row the columns stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// For each column the places whose texts make it
    parts: [Vec<usize>; Column::ALL.len()],
    /// Headings of the file
    pub(super) width: usize,
}

impl Layout {
    /// By the headings of a file. How many columns were found tells how likely the row is one of headings.
    pub(super) fn of<S: AsRef<str>>(headings: &[S], map: &Map) -> Result<Self, ReadError> {
        let headings: Vec<String> =
            headings.iter().take(MOST_COLUMNS).map(|heading| fold(heading.as_ref())).collect();
        let mut layout = Self { parts: Default::default(), width: headings.len() };
        for (column, said) in &map.said {
            let places = said.iter().map(|wanted| place(&headings, wanted, *column));
            layout.set(*column, places.collect::<Result<_, _>>()?);
        }
        let is_free = |column: &Column| map.said.iter().all(|(said, _)| said != column);
        for (column, words) in &words().columns {
            if is_free(column)
                && let Some(at) = best(&headings, words)
            {
                layout.set(*column, vec![at]);
            }
        }
        if is_free(&Column::FullName) && !layout.has(Column::FullName) {
            let parts: Vec<Option<usize>> =
                words().parts.iter().map(|words| best(&headings, words)).collect();
            // Without a given name the others are no name.
            if parts.last().is_some_and(Option::is_some) {
                layout.set(Column::FullName, parts.into_iter().flatten().collect());
            }
        }
        Ok(layout)
    }

    fn set(&mut self, column: Column, places: Vec<usize>) {
        if let Some(parts) = self.parts.get_mut(column as usize) {
            *parts = places;
        }
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: Column) -> bool {
        !self.places(column).is_empty()
    }

    /// The places whose texts make a column.
    pub(super) fn places(&self, column: Column) -> &[usize] {
        self.parts.get(column as usize).map_or(&[], Vec::as_slice)
    }

    /// Columns that the file has.
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        Column::ALL.into_iter().filter(|column| self.has(*column))
    }

    /// Whether a person can be found by it.
    pub(super) fn names_people(&self) -> bool {
        [Column::PersonalId, Column::IdCardNumber, Column::FullName]
            .into_iter()
            .any(|column| self.has(column))
    }
}

fn place(headings: &[String], wanted: &str, column: Column) -> Result<usize, ReadError> {
    let mut found = headings.iter().enumerate().filter(|(_, heading)| *heading == wanted);
    let (at, _) = found.next().ok_or(ReadError::NoColumn(column))?;
    if found.next().is_some() { Err(ReadError::Repeated(column)) } else { Ok(at) }
}

/// The heading whose word stands furthest to the front; the first of equals.
fn best(headings: &[String], words: &[String]) -> Option<usize> {
    let rank = |heading: &String| {
        let rank = |heading: &str| words.iter().position(|word| word == heading);
        rank(heading).or_else(|| rank(heading.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ')))
    };
    let ranked = headings.iter().enumerate().filter_map(|(at, heading)| Some((rank(heading)?, at)));
    ranked.min().map(|(_, at)| at)
}

/// The words, folded.
struct Words {
    columns: Vec<(Column, Vec<String>)>,
    parts: Vec<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    column: Vec<Entry>,
    part: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    words: Vec<String>,
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        // A test reads the same file: it is as it was built.
        let file: File = toml::from_str(include_str!("../../data/words.toml")).unwrap_or_default();
        let folded = |entry: &Entry| entry.words.iter().map(|word| fold(word)).collect();
        let column = |entry: &Entry| Some((Column::from_name(&entry.name)?, folded(entry)));
        Words {
            columns: file.column.iter().filter_map(column).collect(),
            parts: file.part.iter().map(folded).collect(),
        }
    })
}

/// Without remarks in brackets, case, marks and punctuation, single spaces: `Số CCCD (12 số)` is `so cccd`.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            'đ' | 'Đ' => out.push('d'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if out.ends_with(' ') || out.is_empty() => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headings: &[&str], map: &Map) -> Vec<(Column, Vec<usize>)> {
        let layout = Layout::of(headings, map).unwrap();
        layout.columns().map(|column| (column, layout.places(column).to_vec())).collect()
    }

    #[test]
    fn a_mapping_is_told_in_one_way() {
        let told = |texts: &[&str]| Map::parse(texts).unwrap().to_string();
        let one = told(&["sex = Phái", "full_name=Họ đệm + TÊN"]);
        assert_eq!(one, told(&["full_name=HỌ ĐỆM+tên", "sex=phai"]));
        assert_ne!(one, told(&["full_name=Tên + Họ đệm", "sex=Phái"]));
        assert_eq!(told(&["sex="]), "sex=\n");
    }

    #[test]
    fn every_column_has_words_and_no_word_has_two_meanings() {
        let words = words();
        assert_eq!(words.columns.len(), Column::ALL.len());
        assert_eq!(words.parts.len(), 3);
        let mut seen = std::collections::HashMap::new();
        let all = words.columns.iter().map(|(column, words)| (column.name(), words));
        let all = all.chain(words.parts.iter().map(|words| ("part", words)));
        for (name, words) in all {
            for word in words {
                let other = seen.insert(word.clone(), name);
                assert!(other.is_none_or(|other| other == name), "{word}");
            }
        }
    }

    #[test]
    fn headings_are_found_as_offices_write_them() {
        let usual =
            ["STT", "HỌ VÀ TÊN", "Ngày, tháng, năm sinh (1)", "Số CCCD/CMND", "GT", "Ghi chú", "Địa chỉ"];
        assert_eq!(
            columns(&usual, &Map::default()),
            [
                (Column::RowId, vec![0]),
                (Column::PersonalId, vec![3]),
                (Column::FullName, vec![1]),
                (Column::BirthDate, vec![2]),
                (Column::Sex, vec![4]),
                (Column::Unit, vec![6]),
            ]
        );
        let apart = ["STT", "Mã hồ sơ", "Họ và tên đệm", "Tên", "Số CMND", "Số CCCD"];
        assert_eq!(
            columns(&apart, &Map::default()),
            [
                (Column::RowId, vec![1]),
                (Column::PersonalId, vec![5]),
                (Column::IdCardNumber, vec![4]),
                (Column::FullName, vec![2, 3]),
            ]
        );
    }

    #[test]
    fn a_mapping_comes_before_the_words() {
        let map = Map::parse(["full_name=Cột A + cot b", "row_id=", "sex=Phái"]).unwrap();
        let headings = ["STT", "Cột A", "Cột B", "Họ tên", "Phái", "Giới tính"];
        let found = columns(&headings, &map);
        assert_eq!(found, [(Column::FullName, vec![1, 2]), (Column::Sex, vec![4])]);
        assert!(matches!(Layout::of(&["a"], &map), Err(ReadError::NoColumn(Column::FullName))));
        assert!(matches!(
            Layout::of(&["cot a", "cot b", "Cột a"], &map),
            Err(ReadError::Repeated(Column::FullName))
        ));
        assert_eq!(Map::parse(["sex=a", "sex=b"]), Err(MapError::Twice(Column::Sex)));
        assert_eq!(Map::parse(["gender=a"]), Err(MapError::Column("gender".to_owned())));
        assert_eq!(Map::parse(["sex"]), Err(MapError::Form("sex".to_owned())));
        assert_eq!(Map::parse(["full_name=a+ A"]), Err(MapError::Again(Column::FullName)));
        assert_eq!(Map::parse(["full_name=a+b+c+d+e+f+g+h+i"]), Err(MapError::TooMany(Column::FullName)));
        assert!(Map::parse(["full_name=a+b+c+d+e+f+g+h"]).is_ok());
    }
}
