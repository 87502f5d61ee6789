//! Making a backup of an installation that may be serving.
use crate::manifest::{Key, PATH, Schema, TAG};
use crate::parts::{KEYS, Parts};
use crate::record::Record;
use crate::{BackupError, Counted, FORMAT, KeyFile, Log, Manifest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu_journal::Moment;
use dancu_keys::{FileKey, KeyRing, Place};
use dancu_pki::{Recipient, envelope};
use dancu_storage::blob::Blobs;
use dancu_storage::whole::Definition;
use dancu_storage::{Store, Tx};
use dancu_tlog::checkpoint::SignedCheckpoint;
use std::time::Duration;
use zeroize::Zeroizing;

/// Place of the published log among the files.
pub(crate) const LOG: &str = "log";
/// Place of the closed months.
pub(crate) const ARCHIVE: &str = "archive";
/// The log's newest checkpoint, and the newest that witnesses have cosigned.
const CHECKPOINTS: [&str; 2] = ["witnessed", "checkpoint"];
/// Owner and beginning of the names of the tables that may stand in a store of their own.
pub(crate) const INDEX_OWNER: &str = "journal_index";
pub(crate) const INDEX_TABLES: &str = "index_";
/// How often a moment is sought in which checkpoint and tables fit.
const LOOKS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);
/// What a backup does not hold, as its manifest says.
const WITHOUT: [&str; 4] = [
    "private keys (keys.directory), unless they were asked for",
    "configuration and TLS files",
    "the feed's spool, which each server has for itself",
    "stores of witnesses, which are never restored",
];

/// What is copied.
#[derive(Debug)]
pub struct Source {
    /// The store
    pub store: Store,
    /// The store of the journal's index, where it has one of its own
    pub index: Option<Store>,
    /// The published log
    pub log: Blobs,
    /// Other files by the name of their place; the journal's closed months are `archive`
    pub files: Vec<(&'static str, Blobs)>,
    /// Public key of the log, in the form of C2SP
    pub log_key: String,
}

/// Who can open the backup.
#[derive(Debug)]
pub struct Wraps<'a> {
    /// Whoever holds the key folder
    pub ring: &'a KeyRing,
    /// Whoever holds the key of one of these certificates
    pub recipients: Vec<Recipient>,
    /// Files of the key folder to be put in, by name; none by default
    pub private: Vec<KeyFile>,
}

/// Makes a backup in an empty place. The manifest is written last: what has none is no backup. Blocks.
///
/// # Errors
///
/// [`BackupError::Exists`], [`BackupError::Moved`], those of the store and of the files.
pub fn make(source: &Source, wraps: &Wraps<'_>, to: &Blobs, now_us: i64) -> Result<Manifest, BackupError> {
    if !to.list("")?.is_empty() {
        return Err(BackupError::Exists);
    }
    let key = FileKey::draw().map_err(|_| BackupError::Crypto("draw a key"))?;
    let mut copy = Copy { parts: Parts::new(to, &key), schema: vec![], tables: vec![], files: vec![] };
    if !wraps.private.is_empty() {
        let mut plain = Zeroizing::new(Vec::new());
        for (path, content) in &wraps.private {
            let (place, path) = (KEYS.to_owned(), path.clone());
            Record::File { place, path, content: content.to_vec() }.write(&mut plain)?;
        }
        copy.parts.write(KEYS.to_owned(), &plain)?;
    }
    // The index follows the log, so it is copied first: what it lacks it takes up after a restore.
    if let Some(index) = &source.index {
        index.snapshot("backup.index", |tx| copy.tables(tx, true))?;
    }
    let (moment, checkpoints) = copy.store(source)?;
    let published = copy.log(source, &moment, checkpoints)?;
    for (place, blobs) in &source.files {
        copy.place(place, blobs, if *place == ARCHIVE { &moment.archived } else { &[] })?;
    }
    let Copy { parts, schema, tables, files } = copy;
    let mut id = [0; 16];
    aws_lc_rs::rand::fill(&mut id).map_err(|_| BackupError::Crypto("draw a name"))?;
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        id: hex::encode(id),
        made_us: now_us,
        engine: source.store.engine().to_owned(),
        journal: Log {
            key: source.log_key.clone(),
            size: moment.size,
            root: hex::encode(moment.root),
            published,
        },
        schema: schema.into_iter().map(Schema::from).collect(),
        tables,
        files,
        parts: parts.end()?,
        without: WITHOUT.map(str::to_owned).into(),
        key: wrap(&key, wraps, &id)?,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|_| BackupError::Content("the manifest"))?;
    let tag = key.tag(PATH, &text).map_err(|_| BackupError::Crypto("sign the manifest"))?;
    // Parts first, and durable: a manifest never names what is not there.
    to.sync()?;
    to.put_all(&[(TAG.to_owned(), hex::encode(tag).into_bytes())])?;
    to.put_all(&[(PATH.to_owned(), text)])?;
    to.sync()?;
    Ok(manifest)
}

/// The keyed hash that names a key folder without telling anything of it.
pub(crate) fn name_of(ring: &KeyRing) -> String {
    hex::encode(ring.keyed_hash("backup", b"ring"))
}

/// Where the key of a backup is sealed.
pub(crate) fn place_of_key(id: &[u8]) -> Place<'_> {
    Place { table: "backup", row: id, field: "key" }
}

fn wrap(key: &FileKey, wraps: &Wraps<'_>, id: &[u8]) -> Result<Key, BackupError> {
    let sealed = wraps.ring.seal(place_of_key(id), key.expose());
    let sealed = sealed.map_err(|_| BackupError::Crypto("seal the key of the backup"))?;
    let envelopes = wraps.recipients.iter().map(|recipient| {
        let sealed = envelope::seal(recipient, key.expose());
        sealed
            .map(|der| STANDARD.encode(der))
            .map_err(|_| BackupError::Crypto("encrypt to the recovery certificate"))
    });
    Ok(Key {
        ring: name_of(wraps.ring),
        sealed: STANDARD.encode(sealed),
        envelopes: envelopes.collect::<Result<_, _>>()?,
    })
}

/// A backup that is being written.
struct Copy<'b> {
    parts: Parts<'b>,
    schema: Vec<Definition>,
    tables: Vec<Counted>,
    files: Vec<Counted>,
}

/// The checkpoints read before the tables, by their paths.
type Checkpoints = Vec<(&'static str, Vec<u8>)>;

impl Copy<'_> {
    /// Copies the tables as of one moment, at which they hold all that the checkpoints say, and these all that has left the
    /// tables. The publisher settles now and then, so such a moment is soon found.
    fn store(&mut self, source: &Source) -> Result<(Moment, Checkpoints), BackupError> {
        for _ in 0..LOOKS {
            let mut checkpoints = Vec::new();
            for path in CHECKPOINTS {
                checkpoints.extend(source.log.get(path)?.map(|content| (path, content)));
            }
            let published = size_of(&checkpoints)?;
            let moment = source.store.snapshot("backup.store", |tx| {
                let moment = Moment::read(tx)?;
                let fits = moment.settled <= published && published <= moment.size;
                if fits {
                    self.tables(tx, source.index.is_none())?;
                }
                Ok::<_, BackupError>(fits.then_some(moment))
            })?;
            if let Some(moment) = moment {
                return Ok((moment, checkpoints));
            }
            std::thread::sleep(PAUSE);
        }
        Err(BackupError::Moved)
    }

    /// Copies how a store is built and all its rows; of the index's tables, those that are wanted here.
    fn tables(&mut self, tx: &mut Tx<'_>, with_index: bool) -> Result<(), BackupError> {
        let only_index = with_index && !tx.tables()?.iter().any(|table| table.name == "journal_head");
        let wanted = |is_index: bool| if is_index { with_index } else { !only_index };
        self.schema.extend(tx.definitions()?.into_iter().filter(|of| wanted(of.owner == INDEX_OWNER)));
        for table in tx.tables()? {
            if !wanted(table.name.starts_with(INDEX_TABLES)) || table.name == dancu_journal::BARRED {
                continue;
            }
            self.parts.add(Record::Table(table.clone()))?;
            let mut count = 0;
            tx.every_row(&table, |row| {
                count += 1;
                let values = (0..row.len()).map(|at| row.value(at)).collect::<Result<_, _>>()?;
                self.parts.add(Record::Row(values))
            })?;
            self.tables.push(Counted { name: table.name, count });
        }
        Ok(())
    }

    /// Copies of the published log what the tables do not hold; the rest is computed from them again. Gives the size of the
    /// checkpoint.
    fn log(
        &mut self,
        source: &Source,
        moment: &Moment,
        checkpoints: Checkpoints,
    ) -> Result<u64, BackupError> {
        let published = size_of(&checkpoints)?;
        let mut count = 0;
        for path in moment.files() {
            let content = source
                .log
                .get(&path)?
                .ok_or(BackupError::Content("a file of the published log is missing"))?;
            self.parts.add(Record::File { place: LOG.to_owned(), path, content })?;
            count += 1;
        }
        for (path, content) in checkpoints {
            self.parts.add(Record::File { place: LOG.to_owned(), path: path.to_owned(), content })?;
            count += 1;
        }
        self.files.push(Counted { name: LOG.to_owned(), count });
        Ok(published)
    }

    /// Copies all files of a place, among which these must be.
    fn place(&mut self, name: &str, blobs: &Blobs, needed: &[String]) -> Result<(), BackupError> {
        let paths = blobs.list("")?;
        if needed.iter().any(|needed| !paths.contains(needed)) {
            return Err(BackupError::Moved);
        }
        let mut count = 0;
        for path in paths {
            let Some(content) = blobs.get(&path)? else {
                // Erased meanwhile; the tables of this moment may need it.
                if needed.contains(&path) {
                    return Err(BackupError::Moved);
                }
                continue;
            };
            self.parts.add(Record::File { place: name.to_owned(), path, content })?;
            count += 1;
        }
        self.files.push(Counted { name: name.to_owned(), count });
        Ok(())
    }
}

/// Entries under the newest checkpoint; 0 for none.
fn size_of(checkpoints: &Checkpoints) -> Result<u64, BackupError> {
    let Some((_, newest)) = checkpoints.iter().find(|(path, _)| *path == "checkpoint") else { return Ok(0) };
    let read = SignedCheckpoint::parse(newest).map_err(|_| BackupError::Content("the log's checkpoint"))?;
    Ok(read.checkpoint().head().size)
}
