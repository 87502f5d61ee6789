//! Which columns of a row are compared, and the fields of a record that they stand for.
use dancu_citizen::{Field, FieldSet};
use dancu_linkage::{Column, Row};

/// A set of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Columns(u16);

impl Columns {
    /// No column
    pub const NONE: Self = Self(0);

    /// All of them.
    pub fn all() -> Self {
        Column::ALL.into_iter().collect()
    }

    /// With this column.
    #[must_use]
    pub fn with(self, column: Column) -> Self {
        Self(self.0 | 1 << column as u16)
    }

    /// Whether the column is in it.
    pub fn contains(self, column: Column) -> bool {
        self.0 & (1 << column as u16) != 0
    }

    /// The columns, in the order of the linkage.
    pub fn iter(self) -> impl Iterator<Item = Column> {
        Column::ALL.into_iter().filter(move |column| self.contains(*column))
    }

    /// As a number: bit n for the n-th column.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// From such a number; unknown bits are dropped.
    pub fn from_bits(bits: u16) -> Self {
        Self::all().intersect(Self(bits))
    }

    /// Columns in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The fields that these columns tell of.
    pub fn fields(self) -> FieldSet {
        self.iter().filter_map(field_of).collect()
    }

    /// Those of them that may be compared where these fields may: what is no field of a record stays.
    #[must_use]
    pub fn within(self, fields: FieldSet) -> Self {
        self.iter().filter(|column| field_of(*column).is_none_or(|field| fields.contains(field))).collect()
    }

    /// The row with these columns alone.
    pub fn of<'a>(self, row: &Row<'a>) -> Row<'a> {
        self.iter().fold(Row::default(), |kept, column| kept.with(column, row.get(column)))
    }
}

impl FromIterator<Column> for Columns {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        columns.into_iter().fold(Self::NONE, Self::with)
    }
}

/// The field of a record that a column tells of; none for the agency's own name of the row.
pub fn field_of(column: Column) -> Option<Field> {
    Some(match column {
        Column::RowId => return None,
        Column::PersonalId => Field::PersonalId,
        Column::IdCardNumber => Field::IdCardNumber,
        Column::FullName => Field::FullName,
        Column::OtherName => Field::OtherNames,
        Column::BirthDate => Field::BirthDate,
        Column::Sex => Field::Sex,
        Column::Unit => Field::PermanentResidence,
        Column::Household => Field::Household,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_agreed_is_not_in_the_row() {
        let row = Row::default()
            .with(Column::RowId, "7")
            .with(Column::FullName, "Nguyễn Văn A")
            .with(Column::Sex, "Nam");
        let agreed = FieldSet::EMPTY.with(Field::FullName).with(Field::BirthDate);
        let kept = Columns::all().within(agreed);
        assert_eq!(kept.fields(), agreed);
        let row = kept.of(&row);
        let said = Column::ALL.map(|column| row.get(column));
        assert_eq!(said, ["7", "", "", "Nguyễn Văn A", "", "", "", "", ""]);
    }

    #[test]
    fn bits_are_read_as_they_are_written() {
        assert_eq!(Columns::from_bits(u16::MAX), Columns::all());
        let some = Columns::NONE.with(Column::Household).with(Column::RowId);
        assert_eq!(Columns::from_bits(some.bits()), some);
    }
}
