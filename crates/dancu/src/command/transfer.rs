//! Files of citizens: what `dancu registry import`, `export` and `generate --out` read and write.
use super::registry::Format;
use crate::clock::SystemClock;
use anyhow::Context as _;
use dancu_catalogue::Code;
use dancu_citizen::{CivilDate, ListVersion, PersonNumber, Record};
use dancu_gateway::{Clock as _, vietnam_day};
use dancu_registry::transfer::qcvn109::{Form, Heading};
use dancu_registry::transfer::{Fault, Row, RowFault, csv, parquet, qcvn109};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Citizens in one QCVN 109 message: a file of many people becomes several messages, so that none is too large to read.
const MESSAGE: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// Writes the records; gives how many there were.
pub(super) fn write(
    format: Format,
    path: &Path,
    records: impl IntoIterator<Item = Record>,
) -> anyhow::Result<u64> {
    let rows = |records: &mut dyn Iterator<Item = Record>,
                write: &mut dyn FnMut(&mut dyn Iterator<Item = Row>) -> anyhow::Result<u64>| {
        let mut numbered = records.zip(1..).map(|(record, n)| Row::of(n, &record));
        write(&mut numbered)
    };
    let mut records = records.into_iter();
    match format {
        Format::Csv => rows(&mut records, &mut |rows| {
            let mut out = create(path)?;
            let count = csv::write(&mut out, rows)?;
            out.flush()?;
            Ok(count)
        }),
        Format::Parquet => rows(&mut records, &mut |rows| Ok(parquet::write(create(path)?, rows)?)),
        Format::Xml => messages(Form::Xml, path, records),
        Format::Json => messages(Form::Json, path, records),
    }
}

fn messages(form: Form, path: &Path, records: impl Iterator<Item = Record>) -> anyhow::Result<u64> {
    let heading = Heading { note: None, as_of: None, ethnic: ListVersion::Ethnic2008 };
    let count = qcvn109::write(form, &heading, MESSAGE, records, |number, message| {
        std::fs::write(numbered(path, number), message)
    })?;
    Ok(count)
}

/// The first message has the name given, later ones a number before the ending: `people.xml`, `people.1.xml`.
fn numbered(path: &Path, number: u64) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    path.with_extension(format!("{number}.{ending}"))
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?))
}

/// What a file holds.
#[derive(Default)]
pub(super) struct Read {
    pub records: Vec<Record>,
    pub faults: Vec<RowFault>,
}

/// Reads a whole file; faulty rows are set aside with their reasons.
pub(super) fn read(format: Format, path: &Path) -> anyhow::Result<Read> {
    let today = vietnam_day(SystemClock.now_us());
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    match format {
        Format::Csv => rows(csv::read(BufReader::new(file), today)?, today),
        Format::Parquet => rows(parquet::read(file, today)?, today),
        Format::Xml => message(Form::Xml, path, today),
        Format::Json => message(Form::Json, path, today),
    }
}

fn rows(rows: impl Iterator<Item = Result<Row, Fault>>, today: CivilDate) -> anyhow::Result<Read> {
    let mut read = Read::default();
    let mut taken = HashSet::new();
    for (row, position) in rows.zip(1..) {
        match row {
            Ok(row) => match twice(&row, &mut taken) {
                // The first row is line 1 after the column names; a field that runs over lines moves the rest.
                Some(column) => {
                    let code = Code::ElementDuplicate;
                    read.faults.push(RowFault { line: position + 1, column: Some(column), code });
                }
                None => read.records.push(row.into_record("import", today)),
            },
            Err(Fault::Row(fault)) => read.faults.push(fault),
            Err(Fault::File(error)) => return Err(error.into()),
        }
    }
    Ok(read)
}

/// The column whose number an earlier row has.
fn twice(row: &Row, taken: &mut HashSet<PersonNumber>) -> Option<&'static str> {
    let numbers = [
        ("personal_id", row.personal_id.map(PersonNumber::PersonalId)),
        ("id_card_number", row.id_card_number.map(PersonNumber::IdCard)),
    ];
    let known = numbers.iter().find(|(_, n)| n.is_some_and(|n| taken.contains(&n)));
    if let Some((column, _)) = known {
        return Some(column);
    }
    taken.extend(numbers.into_iter().filter_map(|(_, n)| n));
    None
}

fn message(form: Form, path: &Path, today: CivilDate) -> anyhow::Result<Read> {
    let reading = dancu_message::qcvn109::Reading::new("qcvn109", today);
    let mut read = Read::default();
    qcvn109::read(form, &std::fs::read(path)?, &reading, |record| {
        read.records.push(record);
        Ok(())
    })?;
    Ok(read)
}
