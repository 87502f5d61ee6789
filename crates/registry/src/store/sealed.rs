//! Rows with their fields sealed, and opened again.
use crate::block::Block;
use crate::codec::{decode, decode_field, encode, encode_field};
use crate::{Entry, PersonKey, RegistryError};
use dancu_citizen::{CivilDate, Field, FieldSet, PersonNumber, Record};
use dancu_keys::{KeyRing, Place, SealError};
use dancu_storage::{Row, StoreError, Value};

const PERSON: &str = "person";
const VERSION: &str = "person_version";
const BLOCK: &str = "verify_block";
/// Label of the hash that is a person's key.
pub(crate) const KEY: &str = "registry.person";

/// Seals and opens the rows of the registry's tables.
#[derive(Clone)]
pub(crate) struct Rows {
    pub(crate) ring: KeyRing,
}

/// A row of `person_version`: its plain columns, then its fields in the order of `Field::ALL`.
pub(crate) struct VersionRow;

impl VersionRow {
    /// Plain columns before the fields.
    pub(crate) const PLAIN: usize = 5;
}

/// Key and version: a sealed value is bound to both, so that no earlier one can stand in for it.
fn row_id(person: PersonKey, version: u32) -> [u8; 20] {
    let mut id = [0; 20];
    let bytes = person.0.into_iter().chain(version.to_be_bytes());
    id.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    id
}

impl Rows {
    /// Hash to find a number by.
    pub(crate) fn number_hash(&self, number: PersonNumber) -> [u8; 16] {
        self.ring.keyed_hash("registry.number", number.expose().as_bytes())
    }

    /// Key of a person whose first number is this one.
    pub(crate) fn key_of_number(&self, number: PersonNumber) -> PersonKey {
        PersonKey(self.ring.keyed_hash(KEY, number.expose().as_bytes()))
    }

    /// Parameters of a row of `person_version`.
    pub(crate) fn seal_version(
        &self,
        person: PersonKey,
        version: u32,
        entry: &Entry,
        now_us: i64,
    ) -> Result<Vec<Value>, RegistryError> {
        let mut values = Vec::with_capacity(VersionRow::PLAIN + Field::ALL.len());
        values.extend([person.0.into(), version.into(), day_number(entry.valid_from).into(), now_us.into()]);
        values.push(entry.reason.as_str().into());
        for field in Field::ALL {
            values.push(match encode_field(&entry.record, *field) {
                Some(plain) => self.seal(VERSION, person, version, field.name(), &plain)?.into(),
                None => Value::Null,
            });
        }
        Ok(values)
    }

    /// Opens the asked fields of a row of `person_version`, whose first field stands at column `first`.
    pub(crate) fn open_fields(
        &self,
        person: PersonKey,
        version: u32,
        row: &Row,
        first: usize,
        fields: FieldSet,
    ) -> Result<Record, RegistryError> {
        let mut record = Record::default();
        for (column, field) in (first..).zip(Field::ALL).filter(|(_, field)| fields.contains(**field)) {
            let Some(sealed) = row.opt_bytes(column)? else { continue };
            let plain = self.open(VERSION, person, version, field.name(), sealed)?;
            decode_field(&mut record, *field, &plain).map_err(|source| RegistryError::Unreadable {
                table: VERSION,
                person,
                source,
            })?;
        }
        Ok(record)
    }

    /// Seals the fields of a row of `person_version` again, under the current key.
    pub(crate) fn reseal_fields(
        &self,
        person: PersonKey,
        version: u32,
        row: &Row,
        first: usize,
    ) -> Result<Vec<Value>, RegistryError> {
        let again = |(column, field): (usize, &Field)| {
            let Some(sealed) = row.opt_bytes(column)? else { return Ok(Value::Null) };
            let plain = self.open(VERSION, person, version, field.name(), sealed)?;
            self.seal(VERSION, person, version, field.name(), &plain).map(Value::from)
        };
        (first..).zip(Field::ALL).map(again).collect()
    }

    pub(crate) fn seal_block(
        &self,
        person: PersonKey,
        version: u32,
        block: &Block,
    ) -> Result<Vec<u8>, RegistryError> {
        self.seal(PERSON, person, version, BLOCK, &encode(block))
    }

    pub(crate) fn open_block(
        &self,
        person: PersonKey,
        version: u32,
        sealed: &[u8],
    ) -> Result<Block, RegistryError> {
        let plain = self.open(PERSON, person, version, BLOCK, sealed)?;
        decode(&plain).map_err(|source| RegistryError::Unreadable { table: PERSON, person, source })
    }

    fn seal(
        &self,
        table: &'static str,
        person: PersonKey,
        version: u32,
        field: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, RegistryError> {
        let row = row_id(person, version);
        self.ring.seal(Place { table, row: &row, field }, plain).map_err(sealed(table, person))
    }

    fn open(
        &self,
        table: &'static str,
        person: PersonKey,
        version: u32,
        field: &str,
        sealed_value: &[u8],
    ) -> Result<impl AsRef<[u8]> + std::ops::Deref<Target = Vec<u8>> + use<>, RegistryError> {
        let row = row_id(person, version);
        self.ring.open(Place { table, row: &row, field }, sealed_value).map_err(sealed(table, person))
    }
}

fn sealed(table: &'static str, person: PersonKey) -> impl Fn(SealError) -> RegistryError {
    move |source| RegistryError::Sealed { table, person, source }
}

/// `YYYYMMDD` as a number.
fn day_number(day: CivilDate) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// The day of a number `YYYYMMDD`.
pub(crate) fn day_of(number: i64) -> Result<CivilDate, StoreError> {
    let wrong = || StoreError::Type("valid_from is not a day".into());
    let part = |n: i64| u8::try_from(n % 100).map_err(|_| wrong());
    let year = i16::try_from(number / 10_000).map_err(|_| wrong())?;
    CivilDate::new(year, part(number / 100)?, part(number)?).map_err(|_| wrong())
}
