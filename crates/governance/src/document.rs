//! Attachments: bytes sealed in the file store under their SHA-256, what they are in a table.
use crate::deed::Deed;
use crate::governance::Done;
use crate::matter::Matter;
use crate::rules::{Limit, Rules};
use crate::{GovernanceError, rows, sealed};
use aws_lc_rs::digest;
use dancu_citizen::CivilDate;
use dancu_keys::KeyRing;
use dancu_storage::Tx;
use dancu_storage::blob::Blobs;
use std::fmt;

/// A file that is to be attached.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// See `document_kind` in the lists
    pub kind: &'a str,
    /// Name of the file
    pub name: &'a str,
    /// Its bytes
    pub bytes: &'a [u8],
}

/// A document of a matter. `Debug` does not show its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// SHA-256 of its bytes, hexadecimal
    pub sha256: String,
    /// See `document_kind` in the lists
    pub kind: String,
    /// Name of the file
    pub name: String,
    /// By its content
    pub media_type: String,
    /// Bytes
    pub size: u64,
    /// Staff account that attached it
    pub by: String,
    /// When, microseconds since the epoch
    pub at_us: i64,
    /// Number of its journal entry
    pub entry: Option<u64>,
}

/// A file that lies in the file store and is not attached to anything yet.
pub(crate) struct Prepared {
    pub(crate) sha256: String,
    pub(crate) kind: String,
    name: String,
    media_type: &'static str,
    size: u64,
}

/// Checks a file and stores it.
pub(crate) fn keep(
    blobs: &Blobs,
    ring: &KeyRing,
    rules: &Rules,
    day: CivilDate,
    upload: &Upload<'_>,
) -> Done<Prepared> {
    let size = u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX);
    if upload.bytes.is_empty() {
        return Err(GovernanceError::File("it is empty"));
    }
    if size > u64::from(rules.limit(Limit::AttachmentBytes, day)) {
        return Err(GovernanceError::File("it is too big"));
    }
    if !rules.has("document_kind", upload.kind, day) {
        return Err(GovernanceError::File("there is no such kind of document"));
    }
    let most = usize::try_from(rules.limit(Limit::NameChars, day)).unwrap_or(usize::MAX);
    let strange = |c: char| c.is_control() || matches!(c, '/' | '\\');
    if upload.name.trim().is_empty() || upload.name.chars().count() > most || upload.name.contains(strange) {
        return Err(GovernanceError::File("its name is empty, too long or has strange characters"));
    }
    let media_type = infer::get(upload.bytes).map(|kind| kind.mime_type());
    let media_type = media_type.filter(|found| rules.is_allowed(found, day));
    let media_type =
        media_type.ok_or(GovernanceError::File("its content is of a type that may not be attached"))?;

    let sha256 = hex::encode(digest::digest(&digest::SHA256, upload.bytes));
    let bytes = sealed::seal(ring, sealed::document_bytes(&sha256), upload.bytes)?;
    blobs.put_all(&[(path(&sha256), bytes)])?;
    blobs.sync()?;
    Ok(Prepared {
        sha256,
        kind: upload.kind.to_owned(),
        name: upload.name.trim().to_owned(),
        media_type,
        size,
    })
}

/// Reads a file and checks that it is what its name says.
pub(crate) fn fetch(blobs: &Blobs, ring: &KeyRing, sha256: &str) -> Done<Vec<u8>> {
    let bytes = blobs.get(&path(sha256))?.ok_or_else(|| GovernanceError::unknown("file", sha256))?;
    let plain = sealed::open(ring, sealed::document_bytes(sha256), &bytes)?;
    if hex::encode(digest::digest(&digest::SHA256, &plain)) == sha256 {
        return Ok(plain);
    }
    Err(GovernanceError::damaged("governance_document", sha256, "the file is another one"))
}

/// Spread over folders, so that none grows big.
pub(crate) fn path(sha256: &str) -> String {
    let folder = sha256.get(..2).unwrap_or("00");
    format!("governance/{folder}/{sha256}")
}

/// Attaches files to a matter. The same file of the same kind again changes nothing.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    matter: &Matter,
    files: &[Prepared],
    deed: Deed<'_>,
    most: u32,
) -> Done<()> {
    for file in files {
        let row = key(&matter.id, &file.sha256, &file.kind);
        let name = sealed::seal(ring, sealed::document_name(&row), file.name.as_bytes())?;
        let size = i64::try_from(file.size).map_err(|_| GovernanceError::File("it is too big"))?;
        tx.execute(
            "INSERT INTO governance_document (matter, sha256, kind, name, media_type, size, by_whom, at_us, entry)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (matter, sha256, kind) DO NOTHING",
            &[
                rows::text(&matter.id),
                rows::text(&file.sha256),
                rows::text(&file.kind),
                name.into(),
                file.media_type.into(),
                size.into(),
                deed.by.stored().into(),
                deed.at_us.into(),
                rows::entry(deed.entry)?,
            ],
        )?;
    }
    if files.is_empty() {
        return Ok(());
    }
    let row = tx
        .query_opt("SELECT COUNT(*) FROM governance_document WHERE matter = $1", &[rows::text(&matter.id)])?;
    let count = row.map_or(Ok(0), |row| row.int(0))?;
    if count > i64::from(most) {
        Err(GovernanceError::File("there are too many documents already"))
    } else {
        Ok(())
    }
}

pub(crate) fn all(tx: &mut Tx<'_>, ring: &KeyRing, matter: &str) -> Done<Vec<Document>> {
    let sql = "SELECT sha256, kind, name, media_type, size, by_whom, at_us, entry
         FROM governance_document WHERE matter = $1 ORDER BY at_us, sha256, kind";
    let rows = tx.query(sql, &[matter.into()])?;
    let read = |row: &dancu_storage::Row| {
        let (sha256, kind) = (row.text(0)?, row.text(1)?);
        let row_key = key(matter, sha256, kind);
        Ok(Document {
            sha256: sha256.to_owned(),
            kind: kind.to_owned(),
            name: sealed::open_text(ring, sealed::document_name(&row_key), row.bytes(2)?)?,
            media_type: row.text(3)?.to_owned(),
            size: row.number(4)?,
            by: row.text(5)?.to_owned(),
            at_us: row.int(6)?,
            entry: row.opt_number(7)?,
        })
    };
    rows.iter().map(read).collect()
}

pub(crate) fn key(matter: &str, sha256: &str, kind: &str) -> String {
    format!("{matter}/{sha256}/{kind}")
}

impl fmt::Debug for Upload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("kind", &self.kind)
            .field("size", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("kind", &self.kind).field("size", &self.size).finish_non_exhaustive()
    }
}
