//! A row of a stock as it came: texts as somebody once typed them.

/// The columns that linkage understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// The agency's own name for the row
    RowId,
    /// Personal identification number, 12 digits
    PersonalId,
    /// Old identity card number, 9 digits
    IdCardNumber,
    /// Full name
    FullName,
    /// Another name of the person: a former one, or the one used before a change
    OtherName,
    /// Birth date in any usual form
    BirthDate,
    /// Sex in any usual form
    Sex,
    /// Smallest administrative unit of the permanent residence: a code of 2, 3 or 5 digits, or its name
    Unit,
    /// Number of the head of the household, personal or old card number; another number of a household says nothing
    Household,
}

impl Column {
    /// All of them, in the order in which a result lists them.
    pub const ALL: [Self; 9] = [
        Self::RowId,
        Self::PersonalId,
        Self::IdCardNumber,
        Self::FullName,
        Self::OtherName,
        Self::BirthDate,
        Self::Sex,
        Self::Unit,
        Self::Household,
    ];

    /// Stable name, as in the heading of a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::RowId => "row_id",
            Self::PersonalId => "personal_id",
            Self::IdCardNumber => "id_card_number",
            Self::FullName => "full_name",
            Self::OtherName => "other_name",
            Self::BirthDate => "birth_date",
            Self::Sex => "sex",
            Self::Unit => "permanent_unit",
            Self::Household => "household",
        }
    }

    /// From its stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }
}

/// A row, its texts borrowed from the file's buffer. An empty text says nothing. `Debug` shows no personal data.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Row<'a> {
    texts: [&'a str; Column::ALL.len()],
}

impl<'a> Row<'a> {
    /// What stands in a column; empty where nothing does. Personal data.
    pub fn get(&self, column: Column) -> &'a str {
        self.texts.get(column as usize).copied().unwrap_or_default()
    }

    /// Puts a text into a column.
    pub fn set(&mut self, column: Column, text: &'a str) {
        if let Some(place) = self.texts.get_mut(column as usize) {
            *place = text;
        }
    }

    /// The same, for building a row at once.
    #[must_use]
    pub fn with(mut self, column: Column, text: &'a str) -> Self {
        self.set(column, text);
        self
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let said = Column::ALL.into_iter().filter(|column| !self.get(*column).is_empty());
        f.debug_list().entries(said.map(Column::name)).finish()
    }
}
