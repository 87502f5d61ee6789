//! What stands in a part: a sequence of CBOR arrays.
use crate::BackupError;
use dancu_storage::Value;
use dancu_storage::whole::Table;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

/// A table begins: name, columns
const TABLE: u8 = 1;
/// A row of it: its values
const ROW: u8 = 2;
/// A file: place, path, content
const FILE: u8 = 3;

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    Table(Table),
    Row(Vec<Value>),
    File { place: String, path: String, content: Vec<u8> },
}

/// Writing into memory does not fail.
const WRITE: BackupError = BackupError::Content("a record cannot be written");

impl Record {
    pub(crate) fn write(&self, to: &mut Vec<u8>) -> Result<(), BackupError> {
        let mut out = Encoder::new(to);
        let written = match self {
            Self::Table(table) => (|| {
                out.array(3)?.u8(TABLE)?.str(&table.name)?.array(table.columns.len() as u64)?;
                table.columns.iter().try_for_each(|column| out.str(column).map(drop))
            })(),
            Self::Row(values) => (|| {
                out.array(2)?.u8(ROW)?.array(values.len() as u64)?;
                values.iter().try_for_each(|value| {
                    match value {
                        Value::Null => out.null(),
                        Value::Int(value) => out.i64(*value),
                        Value::Real(value) => out.f64(*value),
                        Value::Text(value) => out.str(value),
                        Value::Bytes(value) => out.bytes(value),
                    }
                    .map(drop)
                })
            })(),
            Self::File { place, path, content } => {
                (|| out.array(4)?.u8(FILE)?.str(place)?.str(path)?.bytes(content).map(drop))()
            }
        };
        written.map_err(|_: minicbor::encode::Error<std::convert::Infallible>| WRITE)
    }

    /// All records of a part.
    pub(crate) fn all(part: &[u8]) -> impl Iterator<Item = Result<Self, BackupError>> {
        let mut from = Decoder::new(part);
        let mut failed = false;
        std::iter::from_fn(move || {
            if failed || from.position() >= part.len() {
                return None;
            }
            let read = read(&mut from).map_err(|_| BackupError::Content("a record of a part"));
            failed = read.is_err();
            Some(read)
        })
    }
}

fn read(from: &mut Decoder<'_>) -> Result<Record, minicbor::decode::Error> {
    let length = from.array()?;
    match (from.u8()?, length) {
        (TABLE, Some(3)) => {
            let name = from.str()?.to_owned();
            let columns = items(from, |from| Ok(from.str()?.to_owned()))?;
            Ok(Record::Table(Table { name, columns }))
        }
        (ROW, Some(2)) => Ok(Record::Row(items(from, value)?)),
        (FILE, Some(4)) => Ok(Record::File {
            place: from.str()?.to_owned(),
            path: from.str()?.to_owned(),
            content: from.bytes()?.to_vec(),
        }),
        _ => Err(minicbor::decode::Error::message("no such record")),
    }
}

/// An array, as long as what there is to read and no longer, whatever it says of itself.
fn items<T>(
    from: &mut Decoder<'_>,
    mut item: impl FnMut(&mut Decoder<'_>) -> Result<T, minicbor::decode::Error>,
) -> Result<Vec<T>, minicbor::decode::Error> {
    let count = from.array()?.ok_or_else(|| minicbor::decode::Error::message("an array without a length"))?;
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(item(from)?);
    }
    Ok(all)
}

fn value(from: &mut Decoder<'_>) -> Result<Value, minicbor::decode::Error> {
    Ok(match from.datatype()? {
        Type::Null => {
            from.null()?;
            Value::Null
        }
        Type::F64 => Value::Real(from.f64()?),
        Type::String => Value::Text(from.str()?.to_owned()),
        Type::Bytes => Value::Bytes(from.bytes()?.to_vec()),
        _ => Value::Int(from.i64()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_filter("is itself", |n| !n.is_nan()).prop_map(Value::Real),
            any::<String>().prop_map(Value::Text),
            any::<Vec<u8>>().prop_map(Value::Bytes),
        ]
    }

    fn records() -> impl Strategy<Value = Record> {
        prop_oneof![
            (any::<String>(), any::<Vec<String>>())
                .prop_map(|(name, columns)| Record::Table(Table { name, columns })),
            prop::collection::vec(values(), 0..20).prop_map(Record::Row),
            (any::<String>(), any::<String>(), any::<Vec<u8>>())
                .prop_map(|(place, path, content)| Record::File { place, path, content }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in prop::collection::vec(records(), 0..20)) {
            let mut part = Vec::new();
            for record in &all {
                record.write(&mut part).unwrap();
            }
            let read: Vec<_> = Record::all(&part).collect::<Result<_, _>>().unwrap();
            prop_assert!(read == all);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Record::all(&bytes).count();
        }
    }
}
