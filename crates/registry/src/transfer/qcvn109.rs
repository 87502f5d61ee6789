//! The messages of QCVN 109:2017, XML and JSON, a message for so many citizens.
use super::TransferError;
use dancu_citizen::{ListVersion, Record};
use dancu_message::WireError;
use dancu_message::qcvn109::{AsOf, Collection, Reading, json, xml};
use std::io;
use std::num::NonZeroUsize;

/// A form of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// XML
    Xml,
    /// JSON
    Json,
}

/// What every message says of itself.
#[derive(Clone, Debug)]
pub struct Heading {
    /// `GhiChu`
    pub note: Option<String>,
    /// `ThoiDiemDuLieu`, local time
    pub as_of: Option<AsOf>,
    /// Edition in which ethnic groups are written
    pub ethnic: ListVersion,
}

/// Writes messages of at most `size` citizens each and hands every finished one to `emit`, with its number from 0.
/// One message is in memory at a time. Returns how many citizens were written.
pub fn write(
    form: Form,
    heading: &Heading,
    size: NonZeroUsize,
    records: impl IntoIterator<Item = Record>,
    mut emit: impl FnMut(u64, &[u8]) -> io::Result<()>,
) -> Result<u64, TransferError> {
    let mut records = records.into_iter();
    let (mut count, mut number) = (0, 0);
    loop {
        let citizens: Vec<Record> = records.by_ref().take(size.get()).collect();
        if citizens.is_empty() {
            return Ok(count);
        }
        count += citizens.len() as u64;
        let collection = Collection { note: heading.note.clone(), as_of: heading.as_of, citizens };
        let message = match form {
            Form::Xml => xml::write(&collection, heading.ethnic),
            Form::Json => json::write(&collection, heading.ethnic),
        };
        emit(number, &message)?;
        number += 1;
    }
}

/// Reads one message and hands over its citizens; returns how many. XML is read citizen by citizen: those before a fault
/// have been handed over, the message as a whole is refused.
pub fn read(
    form: Form,
    message: &[u8],
    reading: &Reading<'_>,
    mut each: impl FnMut(Record) -> Result<(), TransferError>,
) -> Result<u64, TransferError> {
    let mut count = 0;
    let mut hand_over = |record| {
        count += 1;
        each(record)
    };
    match form {
        Form::Xml => {
            xml::read_each::<TransferError>(message, reading, hand_over)?;
        }
        Form::Json => {
            let collection: Result<Collection, WireError> = json::read(message, reading);
            collection?.citizens.into_iter().try_for_each(&mut hand_over)?;
        }
    }
    Ok(count)
}
