//! The row that CSV and Parquet share.
use super::RowFault;
use dancu_catalogue::Code;
use dancu_citizen::{
    Address, BirthDate, CivilDate, FullName, IdCardNumber, LifeState, NameError, PersonalId, Record, Sex,
    Sourced, Units,
    units::{Level, UnitEdition},
};
use std::borrow::Cow;

/// The columns, in their order.
pub const COLUMNS: [&str; 9] = [
    "row_id",
    "personal_id",
    "id_card_number",
    "full_name",
    "birth_date",
    "sex",
    "permanent_unit",
    "permanent_detail",
    "state",
];

/// Longest `row_id` and longest `permanent_detail`, in characters.
const MAX_TEXT: usize = 500;

/// A person as far as the columns go. `Debug` shows no personal data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The file's own name for the row; may be empty
    pub row_id: String,
    /// 12 digits
    pub personal_id: Option<PersonalId>,
    /// 9 digits
    pub id_card_number: Option<IdCardNumber>,
    /// Surname, middle names, given name
    pub full_name: Option<FullName>,
    /// `YYYY-MM-DD`; `YYYY-MM` or `YYYY` where less is known
    pub birth_date: Option<BirthDate>,
    /// Written 0, 1, 2 (QCVN 109); read also as `male`, `Nam` and the like
    pub sex: Sex,
    /// The smallest unit known, 2, 3 or 5 digits, and the house
    pub permanent: Option<Address>,
    /// Stable name of the state; empty is read as `alive`
    pub state: LifeState,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("row_id", &self.row_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl Row {
    /// The row of a record.
    pub fn of(row_id: u64, record: &Record) -> Self {
        Self {
            row_id: row_id.to_string(),
            personal_id: record.personal_id.as_ref().map(|s| s.value),
            id_card_number: record.id_card_number.as_ref().map(|s| s.value),
            full_name: record.full_name.as_ref().map(|s| s.value.clone()),
            birth_date: record.birth_date.as_ref().map(|s| s.value),
            sex: record.sex.as_ref().map_or(Sex::Unknown, |s| s.value),
            permanent: record.permanent_residence.as_ref().map(|s| s.value.clone()),
            state: record.state,
        }
    }

    /// The record that the row makes, every value said by one source on one day.
    pub fn into_record(self, source: &str, as_of: CivilDate) -> Record {
        let known = Known { source, as_of };
        Record {
            state: self.state,
            personal_id: self.personal_id.map(|value| known.say(value)),
            id_card_number: self.id_card_number.map(|value| known.say(value)),
            full_name: self.full_name.map(|value| known.say(value)),
            birth_date: self.birth_date.map(|value| known.say(value)),
            sex: Some(self.sex).filter(|sex| *sex != Sex::Unknown).map(|value| known.say(value)),
            permanent_residence: self.permanent.map(|value| known.say(value)),
            ..Record::default()
        }
    }

    /// The cells, in the order of the columns; empty where nothing is known. Personal data.
    pub fn cells(&self) -> [Cow<'_, str>; 9] {
        let permanent = self.permanent.as_ref();
        let unit = permanent.and_then(|a| a.commune.as_ref().or(a.district.as_ref()).or(a.province.as_ref()));
        let detail = permanent.and_then(|a| a.detail.as_deref());
        [
            Cow::Borrowed(&self.row_id),
            self.personal_id.map(PersonalId::expose).unwrap_or_default().into(),
            self.id_card_number.map(IdCardNumber::expose).unwrap_or_default().into(),
            self.full_name.as_ref().map_or("", FullName::whole).into(),
            self.birth_date.map(BirthDate::iso).unwrap_or_default().into(),
            Cow::Borrowed(match self.sex {
                Sex::Unknown => "0",
                Sex::Male => "1",
                Sex::Female => "2",
            }),
            unit.map_or("", String::as_str).into(),
            detail.unwrap_or_default().into(),
            self.state.name().into(),
        ]
    }

    /// Reads the cells of a row. A row needs a name and a number; the rest may be empty.
    /// A birth date after `today` is refused, and units are looked up as of it.
    pub(super) fn read(line: u64, cells: [&[u8]; 9], today: CivilDate) -> Result<Self, RowFault> {
        let mut columns = COLUMNS.iter().zip(cells).map(|(column, cell)| Cell::new(line, column, cell));
        // The columns are nine, so every `next` finds one.
        let mut next =
            || columns.next().unwrap_or(Err(RowFault { line, column: None, code: Code::FieldMissing }));
        let (row_id, id, card, name, birth) = (next()?, next()?, next()?, next()?, next()?);
        let (sex, unit, detail, state) = (next()?, next()?, next()?, next()?);
        if id.is_empty() && card.is_empty() {
            return Err(id.fault(Code::FieldMissing));
        }
        if name.is_empty() {
            return Err(name.fault(Code::FieldMissing));
        }
        let row = Self {
            row_id: row_id.plain()?.unwrap_or_default(),
            personal_id: id.parse(|text| PersonalId::parse(text).map_err(|_| Code::NumberInvalid))?,
            id_card_number: card.parse(|text| IdCardNumber::parse(text).map_err(|_| Code::NumberInvalid))?,
            full_name: name.parse(|text| FullName::parse(text).map_err(name_code))?,
            birth_date: birth.parse(|text| birth_date(text, today))?,
            sex: sex.parse(read_sex)?.unwrap_or_default(),
            permanent: permanent(&unit, &detail, today)?,
            state: state
                .parse(|text| LifeState::from_name(text).ok_or(Code::CodeUnknown))?
                .unwrap_or_default(),
        };
        Ok(row)
    }
}

#[derive(Clone, Copy)]
struct Known<'a> {
    source: &'a str,
    as_of: CivilDate,
}

impl Known<'_> {
    fn say<T>(self, value: T) -> Sourced<T> {
        Sourced { value, source: self.source.to_owned(), as_of: self.as_of }
    }
}

/// A cell with its place.
struct Cell<'a> {
    line: u64,
    column: &'static str,
    text: &'a str,
}

impl<'a> Cell<'a> {
    fn new(line: u64, column: &'static str, bytes: &'a [u8]) -> Result<Self, RowFault> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self { line, column, text: text.trim() }),
            Err(_) => Err(RowFault { line, column: Some(column), code: Code::EncodingInvalid }),
        }
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn fault(&self, code: Code) -> RowFault {
        RowFault { line: self.line, column: Some(self.column), code }
    }

    fn parse<T>(&self, read: impl FnOnce(&str) -> Result<T, Code>) -> Result<Option<T>, RowFault> {
        if self.is_empty() {
            return Ok(None);
        }
        read(self.text).map(Some).map_err(|code| self.fault(code))
    }

    fn plain(&self) -> Result<Option<String>, RowFault> {
        self.parse(|text| {
            if text.chars().any(char::is_control) {
                return Err(Code::ControlCharacter);
            }
            if text.chars().count() > MAX_TEXT {
                return Err(Code::FieldType);
            }
            Ok(text.to_owned())
        })
    }
}

fn name_code(error: NameError) -> Code {
    match error {
        NameError::Control => Code::ControlCharacter,
        _ => Code::NameInvalid,
    }
}

fn birth_date(text: &str, today: CivilDate) -> Result<BirthDate, Code> {
    let date = BirthDate::parse_iso(text).map_err(|_| Code::DateInvalid)?;
    if date.is_after(today) { Err(Code::DateInFuture) } else { Ok(date) }
}

fn read_sex(text: &str) -> Result<Sex, Code> {
    match text.to_lowercase().as_str() {
        "0" | "unknown" => Ok(Sex::Unknown),
        "1" | "male" | "nam" => Ok(Sex::Male),
        "2" | "female" | "nữ" => Ok(Sex::Female),
        _ => Err(Code::CodeUnknown),
    }
}

/// The address of a unit's code, on the units of today, or on those before when today's do not have it.
fn permanent(unit: &Cell<'_>, detail: &Cell<'_>, today: CivilDate) -> Result<Option<Address>, RowFault> {
    let address = unit.parse(|code| {
        let units = Units::bundled();
        let editions = units.on(today).into_iter().chain([units.two_level(), units.three_level()]);
        editions.into_iter().find_map(|edition| address(edition, code)).ok_or(Code::CodeUnknown)
    })?;
    let detail = detail.plain()?;
    if address.is_none() && detail.is_none() {
        return Ok(None);
    }
    Ok(Some(Address { detail, ..address.unwrap_or_default() }))
}

fn address(edition: &UnitEdition, code: &str) -> Option<Address> {
    let mut address = Address { country: Some("VN".to_owned()), ..Address::default() };
    let mut unit = Some(edition.unit(code)?);
    while let Some(at) = unit {
        let level = match at.level {
            Level::Province => &mut address.province,
            Level::District => &mut address.district,
            Level::Commune => &mut address.commune,
        };
        *level = Some(at.code.to_owned());
        unit = edition.parent(at);
    }
    Some(address)
}
