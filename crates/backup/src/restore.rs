//! Bringing everything back, into either engine.
use crate::make::{INDEX_OWNER, INDEX_TABLES, LOG};
use crate::parts::KEYS;
use crate::record::Record;
use crate::{BackupError, Opened};
use dancu_storage::blob::Blobs;
use dancu_storage::whole::{Definition, Table};
use dancu_storage::{Store, Value};
use std::collections::BTreeMap;

/// Rows put in by one transaction at most.
const ROWS: usize = 2000;
/// And about as many bytes.
const BYTES: usize = 4 * 1024 * 1024;

/// Where everything goes. All of it must be empty.
#[derive(Debug)]
pub struct Target {
    /// The store
    pub store: Store,
    /// The store of the journal's index, where it has one of its own
    pub index: Option<Store>,
    /// The published log
    pub log: Blobs,
    /// Other files by the name of their place
    pub files: Vec<(&'static str, Blobs)>,
}

impl Opened {
    /// Brings tables and files back. The journal is barred from the first row on: it takes no entry and signs nothing until it
    /// is shown, or a new log is begun (`dancu_journal::publish::Publisher::resume`). Blocks.
    ///
    /// # Errors
    ///
    /// [`BackupError::NotEmpty`] before anything is written; whatever is wrong with a part, as [`Opened::verify`] tells it. What
    /// was brought back until then stays and stays barred: throw it away.
    pub fn restore(&self, target: &Target, now_us: i64) -> Result<(), BackupError> {
        expect_empty(target)?;
        self.verify()?;
        let schema: Vec<Definition> = self.manifest().schema.iter().cloned().map(Definition::from).collect();
        let (index, main): (Vec<_>, Vec<_>) = schema.into_iter().partition(|of| of.owner == INDEX_OWNER);
        match &target.index {
            Some(store) => {
                target.store.build(&main)?;
                store.build(&index)?;
            }
            None => target.store.build(&[main, index].concat())?,
        }
        dancu_journal::bar(&target.store, "", now_us)?;
        let mut filling =
            Filling { target, table: None, rows: Vec::new(), bytes: 0, counts: BTreeMap::new() };
        for part in self.manifest().parts.iter().filter(|part| part.name != KEYS) {
            let plain = self.part(part)?;
            for record in Record::all(&plain) {
                filling.take(record?)?;
            }
            filling.flush()?;
        }
        let counts = filling.counts;
        self.compare(target, &counts)?;
        for blobs in target.files.iter().map(|(_, blobs)| blobs).chain([&target.log]) {
            blobs.sync()?;
        }
        dancu_journal::bar(&target.store, &self.manifest().journal.key, now_us)?;
        Ok(())
    }

    /// Whether as many rows and files came back as were put in.
    fn compare(&self, target: &Target, files: &BTreeMap<String, u64>) -> Result<(), BackupError> {
        for wanted in &self.manifest().tables {
            let table = Table { name: wanted.name.clone(), columns: vec![] };
            let found = target.of(&table).count(&table)?;
            if found != wanted.count {
                return Err(BackupError::Count { what: table.name, found, wanted: wanted.count });
            }
        }
        for wanted in &self.manifest().files {
            let found = files.get(&wanted.name).copied().unwrap_or(0);
            if found != wanted.count {
                return Err(BackupError::Count { what: wanted.name.clone(), found, wanted: wanted.count });
            }
        }
        Ok(())
    }
}

impl Target {
    fn of(&self, table: &Table) -> &Store {
        let is_index = table.name.starts_with(INDEX_TABLES);
        self.index.as_ref().filter(|_| is_index).unwrap_or(&self.store)
    }
}

fn expect_empty(target: &Target) -> Result<(), BackupError> {
    if !target.store.is_blank()? {
        return Err(BackupError::NotEmpty("the store"));
    }
    if let Some(index) = &target.index
        && !index.is_blank()?
    {
        return Err(BackupError::NotEmpty("the store of the index"));
    }
    if !target.log.list("")?.is_empty() {
        return Err(BackupError::NotEmpty("the place of the published log"));
    }
    for (_, blobs) in &target.files {
        if !blobs.list("")?.is_empty() {
            return Err(BackupError::NotEmpty("a place of files beside the log"));
        }
    }
    Ok(())
}

/// Rows on their way into a table.
struct Filling<'t> {
    target: &'t Target,
    table: Option<Table>,
    rows: Vec<Vec<Value>>,
    bytes: usize,
    /// Files brought back, by place
    counts: BTreeMap<String, u64>,
}

impl Filling<'_> {
    fn take(&mut self, record: Record) -> Result<(), BackupError> {
        match record {
            Record::Table(table) => {
                self.flush()?;
                self.table = Some(table);
            }
            Record::Row(values) => {
                self.bytes += values.iter().map(size).sum::<usize>();
                self.rows.push(values);
                if self.rows.len() >= ROWS || self.bytes >= BYTES {
                    self.flush()?;
                }
            }
            Record::File { place, path, content } => {
                let known = self.target.files.iter().find(|(name, _)| *name == place).map(|(_, blobs)| blobs);
                let blobs = if place == LOG { Some(&self.target.log) } else { known };
                let blobs = blobs.ok_or(BackupError::Content("files of an unknown place"))?;
                blobs.put_all(&[(path, content)])?;
                *self.counts.entry(place).or_default() += 1;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), BackupError> {
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        if rows.is_empty() {
            return Ok(());
        }
        let table = self.table.as_ref().ok_or(BackupError::Content("rows without a table"))?;
        self.target.of(table).fill(table, &rows)?;
        Ok(())
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Int(_) | Value::Real(_) => 9,
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
    }
}
