//! A row as it was read, for who would compare it in a way of their own.
use super::Engine;
use crate::people::People;
use crate::read::birth::Birth;
use crate::{Column, Row};

/// A row in one form of writing: what other tools need to compare by equality. Personal data; it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_debug_implementations, reason = "personal data")]
pub struct Normal {
    texts: [String; Column::ALL.len()],
}

impl Normal {
    /// What a column says; empty where it says nothing that can be read.
    pub fn get(&self, column: Column) -> &str {
        self.texts.get(column as usize).map_or("", String::as_str)
    }

    fn set(&mut self, column: Column, text: String) {
        if let Some(place) = self.texts.get_mut(column as usize) {
            *place = text;
        }
    }
}

impl<P: People> Engine<P> {
    /// Reads a row: numbers as digits, the name as words of the letters a-z, the date as `YYYY-MM-DD` or less of it, the sex by its code.
    pub fn normal(&self, row: &Row<'_>) -> Normal {
        let read = self.read(row);
        let mut normal = Normal::default();
        normal.set(Column::RowId, row.get(Column::RowId).to_owned());
        normal.set(
            Column::PersonalId,
            read.personal_id().map(dancu_citizen::PersonalId::expose).unwrap_or_default(),
        );
        normal.set(
            Column::IdCardNumber,
            read.id_card_number().map(dancu_citizen::IdCardNumber::expose).unwrap_or_default(),
        );
        normal.set(Column::FullName, words(&read.name));
        normal.set(Column::OtherName, words(&read.other_name));
        if let Birth::Read(parts) = read.birth {
            let first = parts.years().next().and_then(|year| parts.in_year(year).date());
            normal.set(Column::BirthDate, first.map(dancu_citizen::BirthDate::iso).unwrap_or_default());
        }
        if let Ok(sex) = read.sex {
            let is_said = sex != dancu_citizen::Sex::Unknown;
            normal.set(Column::Sex, if is_said { sex.code().to_string() } else { String::new() });
        }
        normal
    }
}

fn words(name: &crate::read::name::Name) -> String {
    let word = |word: &crate::read::word::Word| -> String {
        let (letters, count) = word.letters();
        letters.iter().take(count).map(|letter| char::from(letter + b'a' - 1)).collect()
    };
    name.words().iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MemoryPeople, Model};

    #[test]
    fn a_row_is_written_in_one_form() {
        let engine = Engine::new(MemoryPeople::default(), Model::bundled().unwrap());
        let row = Row::default()
            .with(Column::RowId, "r 7")
            .with(Column::PersonalId, "001 185 000 001")
            .with(Column::FullName, "  NGUYỄN  Thị\u{a0}Hoà ")
            .with(Column::BirthDate, "30/4/1985")
            .with(Column::Sex, "Nữ");
        let normal = engine.normal(&row);
        let said =
            [Column::RowId, Column::PersonalId, Column::FullName, Column::BirthDate, Column::IdCardNumber]
                .map(|column| normal.get(column));
        assert_eq!(said, ["r 7", "001185000001", "nguyen thi hoa", "1985-04-30", ""]);
        assert_ne!(normal.get(Column::Sex), "");
    }
}
