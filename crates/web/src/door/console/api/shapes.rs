//! Values that many shapes have.
use super::desk::Desk;
use super::trouble::{Told, Trouble};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A moment: RFC 3339, UTC. Within the program microseconds since the epoch.
#[derive(Clone, Copy)]
pub(super) struct Moment(pub(super) i64);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let moment = jiff::Timestamp::from_microsecond(self.0).map_err(serde::ser::Error::custom)?;
        to.collect_str(&moment)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        let moment: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(moment.as_microsecond()))
    }
}

fn text(format: KnownFormat, description: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(format)))
        .description(Some(description))
        .into()
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        text(KnownFormat::DateTime, "RFC 3339, UTC")
    }
}

impl ToSchema for Moment {}

/// A day, ISO 8601.
#[derive(Clone, Copy)]
pub(super) struct Day(pub(super) CivilDate);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.iso())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(from)?;
        CivilDate::parse_iso(&text).map(Self).map_err(|_| serde::de::Error::custom("not a day"))
    }
}

impl PartialSchema for Day {
    fn schema() -> RefOr<Schema> {
        text(KnownFormat::Date, "ISO 8601, the day in Vietnam")
    }
}

impl ToSchema for Day {}

/// Bytes in base64
#[derive(Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Byte)]
pub(super) struct Base64(String);

impl Base64 {
    /// The bytes; refused with the place of the field.
    pub(super) fn bytes(&self, desk: &Desk, pointer: &str) -> Result<Vec<u8>, Trouble> {
        let wrong = || desk.problem(Told::from(Code::FormInvalid).at(pointer, "form", desk.place.texts()));
        BASE64_STANDARD.decode(&self.0).map_err(|_| wrong())
    }
}

/// A file that is brought
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Brings {
    /// Kind of document, such as `order`
    kind: String,
    /// Name of the file
    name: String,
    /// Its bytes, base64
    content: Base64,
}

/// A file with its bytes.
pub(super) struct Brought {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The bytes of files.
pub(super) fn brought(desk: &Desk, brings: Vec<Brings>) -> Result<Vec<Brought>, Trouble> {
    let read = |(at, file): (usize, Brings)| {
        let bytes = file.content.bytes(desk, &format!("/documents/{at}/content"))?;
        Ok(Brought { kind: file.kind, name: file.name, bytes })
    };
    brings.into_iter().enumerate().map(read).collect()
}

/// Files as governance takes them.
pub(super) fn uploads(files: &[Brought]) -> Vec<dancu_governance::Upload<'_>> {
    files.iter().map(|Brought { kind, name, bytes }| dancu_governance::Upload { kind, name, bytes }).collect()
}

/// A page of a list
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// Rows
    pub(super) items: Vec<T>,
    /// Where the next page begins: its `after`; none at the end
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl<T> Page<T> {
    /// Of rows that were asked for with this limit.
    pub(super) fn of<R>(rows: &[R], limit: u32, cursor: impl Fn(&R) -> String) -> Self
    where
        T: for<'a> From<&'a R>,
    {
        let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        Self {
            next: rows.last().map(cursor).filter(|_| full),
            items: rows.iter().map(|row| T::from(row)).collect(),
        }
    }

    /// A whole list.
    pub(super) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// What was made
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    /// Its id
    pub(super) id: String,
}

/// A staff account and a time
#[derive(Serialize, ToSchema)]
pub(super) struct ByWhen {
    /// Staff account, or `rule:NAME`
    by: String,
    /// When
    at: Moment,
}

impl From<&(String, i64)> for ByWhen {
    fn from((by, at): &(String, i64)) -> Self {
        Self { by: by.clone(), at: Moment(*at) }
    }
}
