//! Values to and from PostgreSQL's binary form.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::{Row, StoreError, Value};

/// The server's type for a parameter; `None` for NULL, which fits all.
pub(super) fn type_of(value: &Value) -> Option<Type> {
    match value {
        Value::Null => None,
        Value::Int(_) => Some(Type::INT8),
        Value::Real(_) => Some(Type::FLOAT8),
        Value::Text(_) => Some(Type::TEXT),
        Value::Bytes(_) => Some(Type::BYTEA),
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if type_of(self).is_some_and(|own| own != *ty) {
            return Err("another type than the statement was prepared for".into());
        }
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Int(value) => out.put_i64(*value),
            Self::Real(value) => out.put_f64(*value),
            Self::Text(value) => out.put_slice(value.as_bytes()),
            Self::Bytes(value) => out.put_slice(value),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// Copies a row of the server.
pub(super) fn fill(row: &mut Row, raw: &tokio_postgres::Row) -> Result<(), StoreError> {
    row.clear();
    for column in 0..raw.len() {
        let field: Option<Field<'_>> = raw.try_get(column).map_err(|_| {
            StoreError::Type(format!("column {column} has a type that is not portable").into())
        })?;
        match field {
            None => row.push_null(),
            Some(Field::Int(value)) => row.push_int(value),
            Some(Field::Real(value)) => row.push_real(value),
            Some(Field::Text(value)) => row.push_text(value),
            Some(Field::Bytes(value)) => row.push_bytes(value),
        }
    }
    Ok(())
}

/// A field of a row, borrowed.
enum Field<'r> {
    Int(i64),
    Real(f64),
    Text(&'r [u8]),
    Bytes(&'r [u8]),
}

impl<'r> FromSql<'r> for Field<'r> {
    fn from_sql(ty: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Self::Int(i64::from(i32::from_be_bytes(raw.try_into()?))),
            Type::INT2 => Self::Int(i64::from(i16::from_be_bytes(raw.try_into()?))),
            Type::BOOL => Self::Int(i64::from(u8::from_be_bytes(raw.try_into()?))),
            Type::FLOAT8 => Self::Real(f64::from_be_bytes(raw.try_into()?)),
            Type::FLOAT4 => Self::Real(f64::from(f32::from_be_bytes(raw.try_into()?))),
            Type::NUMERIC => numeric(raw)?,
            Type::BYTEA => Self::Bytes(raw),
            _ => Self::Text(raw),
        })
    }

    fn accepts(ty: &Type) -> bool {
        const PORTABLE: [Type; 13] = [
            Type::INT8,
            Type::INT4,
            Type::INT2,
            Type::BOOL,
            Type::FLOAT8,
            Type::FLOAT4,
            Type::NUMERIC,
            Type::BYTEA,
            Type::TEXT,
            Type::VARCHAR,
            Type::BPCHAR,
            Type::NAME,
            Type::UNKNOWN,
        ];
        PORTABLE.contains(ty)
    }
}

/// A sum or an average of integers: whole where it is, as on SQLite. Base-10000 digits after four 16-bit headers
/// (`numeric_send` in PostgreSQL's `numeric.c`).
#[expect(
    clippy::cast_precision_loss,
    reason = "what is not a 64-bit integer is a real number, with its precision"
)]
fn numeric<'r>(raw: &[u8]) -> Result<Field<'r>, Box<dyn Error + Sync + Send>> {
    const NEGATIVE: i16 = 0x4000;
    const NAN: i16 = 0xC000_u16.cast_signed();
    let mut words = raw.chunks_exact(2).map(|pair| pair.try_into().map_or(0, i16::from_be_bytes));
    let mut header = || words.next().ok_or("a numeric without its header");
    let (_count, weight, sign, _scale) = (header()?, header()?, header()?, header()?);
    if sign == NAN {
        return Ok(Field::Real(f64::NAN));
    }
    let negative = sign == NEGATIVE;
    let (mut whole, mut fraction, mut is_whole) = (Some(0_i128), 0.0_f64, true);
    let mut exponent = i32::from(weight);
    for digit in words {
        let power = u32::try_from(exponent).ok().and_then(|exponent| 10_000_i128.checked_pow(exponent));
        if exponent >= 0 {
            let part = power.and_then(|power| power.checked_mul(i128::from(digit)));
            whole = whole.zip(part).and_then(|(whole, part)| whole.checked_add(part));
        } else if digit != 0 {
            is_whole = false;
            fraction += f64::from(digit) * 10_000_f64.powi(exponent);
        }
        exponent -= 1;
    }
    let whole = whole.ok_or("a numeric beyond 128 bits")?;
    let whole = if negative { -whole } else { whole };
    match i64::try_from(whole) {
        Ok(integer) if is_whole => Ok(Field::Int(integer)),
        _ => Ok(Field::Real(whole as f64 + if negative { -fraction } else { fraction })),
    }
}
