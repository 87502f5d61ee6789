//! What a backup says of itself. It lies open, so that anybody can check sizes and hashes; a tag under the backup's key
//! stands beside it.
use crate::BackupError;
use dancu_storage::whole::Definition;
use serde::{Deserialize, Serialize};

/// The form of backups that this version makes, and the newest it reads.
pub const FORMAT: u32 = 1;
pub(crate) const PATH: &str = "manifest.json";
pub(crate) const TAG: &str = "manifest.tag";

/// What is in a backup, and who can open it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: u32,
    /// Version of the program that made it
    pub version: String,
    /// Random name, hexadecimal
    pub id: String,
    /// When it was begun, microseconds since the epoch
    pub made_us: i64,
    /// `sqlite` or `postgresql`
    pub engine: String,
    /// The journal at the moment of the copy
    pub journal: Log,
    /// How the store is built
    pub(crate) schema: Vec<Schema>,
    /// Tables and their rows
    pub tables: Vec<Counted>,
    /// Files by where they lie: log, archive, documents, timestamps
    pub files: Vec<Counted>,
    /// The encrypted parts, in their order
    pub parts: Vec<Part>,
    /// What is not in it
    pub without: Vec<String>,
    pub(crate) key: Key,
}

/// The journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Public key under which its checkpoints are signed, in the form of C2SP
    pub key: String,
    /// Entries
    pub size: u64,
    /// Root of the tree over them, hexadecimal
    pub root: String,
    /// Entries under the checkpoint that is in the backup
    pub published: u64,
}

/// How many of something there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Name of the table, or of the place of files
    pub name: String,
    /// Rows or files
    pub count: u64,
}

/// An encrypted file of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path in the backup
    pub name: String,
    /// Its size
    pub bytes: u64,
    /// SHA-256 of it as it lies there, hexadecimal
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Schema {
    owner: String,
    id: String,
    turn: i64,
    sql: String,
}

/// The key of the parts, wrapped for each who may open them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Key {
    /// Keyed hash that names the key folder
    pub(crate) ring: String,
    /// Sealed by its ring, base64
    pub(crate) sealed: String,
    /// CMS `AuthEnvelopedData` to recovery certificates, base64 of DER
    pub(crate) envelopes: Vec<String>,
}

impl From<Definition> for Schema {
    fn from(of: Definition) -> Self {
        Self { owner: of.owner, id: of.id, turn: of.turn, sql: of.sql }
    }
}

impl From<Schema> for Definition {
    fn from(of: Schema) -> Self {
        Self { owner: of.owner, id: of.id, turn: of.turn, sql: of.sql }
    }
}

#[derive(Deserialize)]
struct Head {
    format: u32,
    version: String,
}

impl Manifest {
    /// Reads it; of a newer one no more than that it is newer.
    pub(crate) fn read(text: &[u8]) -> Result<Self, BackupError> {
        let altered = || BackupError::Altered(PATH.to_owned());
        let head: Head = serde_json::from_slice(text).map_err(|_| altered())?;
        if head.format > FORMAT || is_newer(&head.version, env!("CARGO_PKG_VERSION")) {
            return Err(BackupError::Newer(head.version));
        }
        serde_json::from_slice(text).map_err(|_| altered())
    }

    /// Whether the private keys of the key folder are among the parts.
    pub fn has_keys(&self) -> bool {
        self.parts.iter().any(|part| part.name == crate::parts::KEYS)
    }

    /// Bytes of all parts.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }

    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.count).sum()
    }

    /// The envelopes to recovery certificates, DER: `openssl cms -decrypt -inform DER` gives the key.
    pub(crate) fn envelopes(&self) -> Vec<Vec<u8>> {
        use base64::Engine as _;
        let decode = |text: &String| base64::engine::general_purpose::STANDARD.decode(text).ok();
        self.key.envelopes.iter().filter_map(decode).collect()
    }
}

/// By the numbers of a version; what does not read as such is not newer.
fn is_newer(version: &str, than: &str) -> bool {
    let numbers = |text: &str| {
        text.split(['.', '-', '+']).take(3).map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>()
    };
    numbers(version).zip(numbers(than)).is_some_and(|(one, other)| one > other)
}

#[cfg(test)]
mod tests {
    use super::is_newer;

    #[test]
    fn versions_compare_by_their_numbers() {
        for (one, other, newer) in [
            ("0.1.0", "0.1.0", false),
            ("0.10.0", "0.9.9", true),
            ("1.0.0-rc1", "0.9.0", true),
            ("x", "0.1.0", false),
        ] {
            assert_eq!(is_newer(one, other), newer, "{one} {other}");
        }
    }
}
