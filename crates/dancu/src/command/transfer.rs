//! Files of citizens: what `dancu registry import`, `export` and `generate --out` read and write.
use super::registry::Format;
use crate::clock::SystemClock;
use anyhow::Context as _;
use dancu_citizen::{CivilDate, ListVersion, Record};
use dancu_gateway::{Clock as _, vietnam_day};
use dancu_registry::transfer::qcvn109::{Form, Heading};
use dancu_registry::transfer::{Fault, Row, RowFault, csv, parquet, qcvn109};
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
    for row in rows {
        match row {
            Ok(row) => read.records.push(row.into_record("import", today)),
            Err(Fault::Row(fault)) => read.faults.push(fault),
            Err(Fault::File(error)) => return Err(error.into()),
        }
    }
    Ok(read)
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
