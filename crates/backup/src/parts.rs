//! The encrypted files of a backup, written one after the other.
use crate::record::Record;
use crate::{BackupError, Part};
use aws_lc_rs::digest;
use dancu_keys::FileKey;
use dancu_storage::blob::Blobs;

/// Plain bytes after which a part is full: few enough to hold, many enough that a bucket is not filled with crumbs.
const FULL: usize = 8 * 1024 * 1024;
/// The part with the private keys, if they were asked for.
pub(crate) const KEYS: &str = "keys";

pub(crate) struct Parts<'b> {
    to: &'b Blobs,
    key: &'b FileKey,
    plain: zeroize::Zeroizing<Vec<u8>>,
    /// The table whose rows are being written, to be named again in the next part
    table: Option<Record>,
    written: Vec<Part>,
}

impl<'b> Parts<'b> {
    pub(crate) fn new(to: &'b Blobs, key: &'b FileKey) -> Self {
        Self { to, key, plain: zeroize::Zeroizing::default(), table: None, written: Vec::new() }
    }

    /// Adds a record. Every part can be read without the one before it.
    pub(crate) fn add(&mut self, record: Record) -> Result<(), BackupError> {
        if self.plain.len() >= FULL {
            self.flush()?;
            if let (Record::Row(_), Some(table)) = (&record, &self.table) {
                table.write(&mut self.plain)?;
            }
        }
        record.write(&mut self.plain)?;
        if matches!(record, Record::Table(_)) {
            self.table = Some(record);
        }
        Ok(())
    }

    /// Writes what is gathered as a part of this name.
    pub(crate) fn write(&mut self, name: String, plain: &[u8]) -> Result<(), BackupError> {
        let sealed = self.key.seal(&name, plain).map_err(|_| BackupError::Crypto("encrypt"))?;
        let sha256 = hex::encode(digest::digest(&digest::SHA256, &sealed));
        let bytes = sealed.len() as u64;
        self.to.put_all(&[(name.clone(), sealed)])?;
        self.written.push(Part { name, bytes, sha256 });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), BackupError> {
        if self.plain.is_empty() {
            return Ok(());
        }
        let plain = std::mem::take(&mut self.plain);
        self.write(format!("part/{:06}", self.written.len()), &plain)
    }

    /// Writes the rest, and gives all parts.
    pub(crate) fn end(mut self) -> Result<Vec<Part>, BackupError> {
        self.flush()?;
        Ok(self.written)
    }
}
