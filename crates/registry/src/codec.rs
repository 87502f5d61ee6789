//! Each field of a record as bytes, for the store: CBOR arrays of fixed length (RFC 8949), the same value always the
//! same bytes. What a field holds is appended to its array in later versions of the program, never reordered.
mod fields;
mod values;

pub(crate) use fields::{decode_field, encode_field};

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use std::convert::Infallible;

/// Bytes of the store that are no value of their field: damage, or a newer version of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored value cannot be read")]
pub struct CodecError;

impl From<minicbor::decode::Error> for CodecError {
    fn from(_: minicbor::decode::Error) -> Self {
        Self
    }
}

pub(crate) type Sink = Encoder<Vec<u8>>;
pub(crate) type Put = Result<(), minicbor::encode::Error<Infallible>>;
pub(crate) type Take<T> = Result<T, CodecError>;

/// A value with a form in the store.
pub(crate) trait Code: Sized {
    fn put(&self, to: &mut Sink) -> Put;
    fn take(from: &mut Decoder<'_>) -> Take<Self>;
}

/// The bytes of a value.
pub(crate) fn encode<T: Code>(value: &T) -> Vec<u8> {
    let mut to = Encoder::new(Vec::with_capacity(64));
    match value.put(&mut to) {
        Ok(()) => to.into_writer(),
        // Writing to memory does not fail, and no value here refuses to be written; what came out would not read back.
        Err(_) => Vec::new(),
    }
}

/// The value of bytes that hold it and nothing else.
pub(crate) fn decode<T: Code>(bytes: &[u8]) -> Take<T> {
    let mut from = Decoder::new(bytes);
    let value = T::take(&mut from)?;
    if from.position() == bytes.len() { Ok(value) } else { Err(CodecError) }
}

/// Begins reading an array of exactly this length.
pub(crate) fn take_array(from: &mut Decoder<'_>, length: u64) -> Take<()> {
    if from.array()? == Some(length) { Ok(()) } else { Err(CodecError) }
}

impl<T: Code> Code for Option<T> {
    fn put(&self, to: &mut Sink) -> Put {
        match self {
            Some(value) => value.put(to),
            None => to.null().map(drop),
        }
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        if from.datatype()? == Type::Null {
            from.null()?;
            return Ok(None);
        }
        T::take(from).map(Some)
    }
}

impl<T: Code> Code for Vec<T> {
    fn put(&self, to: &mut Sink) -> Put {
        to.array(self.len() as u64)?;
        self.iter().try_for_each(|item| item.put(to))
    }
    fn take(from: &mut Decoder<'_>) -> Take<Self> {
        let length = from.array()?.ok_or(CodecError)?;
        // Not reserved by the length that is claimed: damage must not claim memory.
        (0..length).map(|_| T::take(from)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{any_record, field_of};
    use dancu_citizen::{Field, Record};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_record_comes_back_field_by_field(record in any_record()) {
            let mut back = Record::default();
            for field in Field::ALL {
                if let Some(bytes) = encode_field(&record, *field) {
                    prop_assert_eq!(encode_field(&record, *field).unwrap(), bytes.clone());
                    decode_field(&mut back, *field, &bytes).unwrap();
                }
            }
            prop_assert!(back == record);
        }

        #[test]
        fn a_field_is_written_exactly_when_it_has_a_value(record in any_record()) {
            let written = Field::ALL.iter().filter(|f| encode_field(&record, **f).is_some()).copied();
            prop_assert_eq!(written.collect::<dancu_citizen::FieldSet>(), record.fields());
        }

        #[test]
        fn garbage_is_an_error_or_a_value_never_a_panic(bytes: Vec<u8>, field in field_of()) {
            let _ = decode_field(&mut Record::default(), field, &bytes);
        }

        #[test]
        fn nothing_may_follow_or_be_cut_off(record in any_record(), field in field_of()) {
            if let Some(mut bytes) = encode_field(&record, field) {
                prop_assert!(decode_field(&mut Record::default(), field, &bytes[..bytes.len() - 1]).is_err());
                bytes.push(0);
                prop_assert!(decode_field(&mut Record::default(), field, &bytes).is_err());
            }
        }
    }
}
