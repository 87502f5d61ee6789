//! `dancu backup`, `dancu restore`: a whole installation into a folder or a bucket, and back.
use super::StoreArguments;
use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::Context as _;
use clap::Args;
use dancu_backup::{BackupError, KeyFile, Manifest, Opened, Source, Target, Unlock, Wraps};
use dancu_gateway::Clock as _;
use dancu_keys::{KeyDir, KeyRing};
use dancu_pki::Recipient;
use dancu_storage::Store;
use dancu_storage::blob::Blobs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use zeroize::Zeroizing;

/// How often a backup is begun again when files moved under it, as by the daily archiving.
const TRIES: u32 = 3;

/// Copy everything, encrypted, while the service runs
#[derive(Debug, Args)]
pub struct Backup {
    #[command(flatten)]
    store: StoreArguments,
    /// Empty folder, or `s3://bucket/prefix`
    to: String,
    /// Recovery certificate, PEM: its key opens the backup without the key folder; may be given more than once
    #[arg(long, value_name = "FILE")]
    recipient: Vec<PathBuf>,
    /// Put the private keys in as well
    #[arg(long, requires = "recipient")]
    with_keys: bool,
    #[command(flatten)]
    bucket: Bucket,
}

/// Bring everything back into an empty installation
#[derive(Debug, Args)]
pub struct Restore {
    /// Folder, or `s3://bucket/prefix`
    from: String,
    #[command(flatten)]
    store: StoreArguments,
    /// Restore into a temporary folder, verify all of it there, and leave nothing
    #[arg(long, conflicts_with = "expect_checkpoint")]
    check: bool,
    /// The newest checkpoint that was ever published: if nothing of it is missing, the journal goes on
    #[arg(long, value_name = "FILE")]
    expect_checkpoint: Option<PathBuf>,
    /// The backup's key, as `openssl cms -decrypt` gives it; instead of the key folder
    #[arg(long, value_name = "FILE")]
    recovery_key: Option<PathBuf>,
    /// Write the envelope of the backup's key for a recovery certificate here, and do nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["check", "expect_checkpoint", "recovery_key"])]
    envelope: Option<PathBuf>,
    #[command(flatten)]
    bucket: Bucket,
}

/// How a bucket is reached; what is not said is that of [journal]
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_field_names, reason = "the names of the arguments")]
pub(super) struct Bucket {
    /// URL of the bucket's server
    #[arg(long, value_name = "URL")]
    s3_endpoint: Option<String>,
    /// Region of the bucket
    #[arg(long, value_name = "NAME")]
    s3_region: Option<String>,
    /// Name of the access key
    #[arg(long, value_name = "ID")]
    s3_key_id: Option<String>,
    /// File with the secret of the access key
    #[arg(long, value_name = "FILE")]
    s3_key_file: Option<PathBuf>,
}

impl Bucket {
    /// The place of a backup; a folder is made if it may be.
    fn place(&self, config: &Config, at: &str, create: bool) -> anyhow::Result<Blobs> {
        let Some(bucket) = at.strip_prefix("s3://") else {
            let folder = Path::new(at);
            anyhow::ensure!(create || folder.is_dir(), "{at} is not a folder");
            if create {
                crate::files::private_directory(folder)?;
            }
            return Blobs::folder(folder).with_context(|| at.to_owned());
        };
        let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
        anyhow::ensure!(
            !name.is_empty() && !prefix.is_empty(),
            "s3://bucket/prefix: each backup has a prefix of its own"
        );
        let mut config = config.clone();
        let journal = &mut config.journal;
        (journal.s3_bucket, journal.s3_prefix) = (name.to_owned(), prefix.trim_end_matches('/').to_owned());
        journal.s3_endpoint = self.s3_endpoint.clone().unwrap_or(std::mem::take(&mut journal.s3_endpoint));
        journal.s3_region = self.s3_region.clone().unwrap_or(std::mem::take(&mut journal.s3_region));
        journal.s3_key_id = self.s3_key_id.clone().unwrap_or(std::mem::take(&mut journal.s3_key_id));
        journal.s3_key_file = self.s3_key_file.clone().unwrap_or(std::mem::take(&mut journal.s3_key_file));
        crate::journal::blobs(&config)
    }
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || self.make()).await?
    }

    fn make(&self) -> anyhow::Result<()> {
        let (config, began) = (self.store.config()?, Instant::now());
        let keys = KeyDir::open(&config.keys.directory, false).context("keys")?;
        let ring = keys.ring().context("keys")?;
        let source = source(&config, &keys, &ring)?;
        let recipients = self.recipient.iter().map(|file| recipient(file)).collect::<anyhow::Result<_>>()?;
        let private = if self.with_keys { private_keys(&config)? } else { Vec::new() };
        let wraps = Wraps { ring: &ring, recipients, private };
        let to = self.bucket.place(&config, &self.to, true)?;
        let mut left = TRIES;
        let manifest = loop {
            left -= 1;
            match dancu_backup::make(&source, &wraps, &to, SystemClock.now_us()) {
                Err(BackupError::Moved) if left > 0 => clear(&to)?,
                made => break made?,
            }
        };
        println!("{}", words(&manifest));
        println!("made in {:.1} s", began.elapsed().as_secs_f64());
        for without in manifest.without.iter().skip(usize::from(manifest.has_keys())) {
            println!("not in it: {without}");
        }
        Ok(())
    }
}

/// Removes what was written of a backup that has to be made again. Where nothing may be removed, what counts is why.
fn clear(to: &Blobs) -> anyhow::Result<()> {
    let cleared = to.list("").and_then(|paths| paths.iter().try_for_each(|path| to.delete(path)));
    cleared.map_err(|error| {
        let kept = format!("{error}; what is there may not be removed: begin again under another prefix");
        anyhow::Error::from(BackupError::Moved).context(kept)
    })
}

/// What a backup holds, in a line.
fn words(manifest: &Manifest) -> String {
    let files: u64 = manifest.files.iter().map(|place| place.count).sum();
    format!(
        "{} rows of {} tables, {files} files, a journal of {} entries ({} published): {} bytes in {} parts",
        manifest.rows(),
        manifest.tables.len(),
        manifest.journal.size,
        manifest.journal.published,
        manifest.bytes(),
        manifest.parts.len()
    )
}

fn recipient(file: &Path) -> anyhow::Result<Recipient> {
    let place = || format!("recovery certificate {}", file.display());
    let pem = std::fs::read_to_string(file).with_context(place)?;
    Ok(Recipient::from_pem(&pem).with_context(place)?.0)
}

/// All files of the key folder.
fn private_keys(config: &Config) -> anyhow::Result<Vec<KeyFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&config.keys.directory)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, Zeroizing::new(std::fs::read(entry.path())?)));
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(files)
}

/// The store of the index, where it has one of its own.
fn index_of(config: &Config, store: &Store) -> anyhow::Result<Option<Store>> {
    if config.store.postgres.is_empty() {
        crate::evidence::index_store(config, store).map(Some)
    } else {
        Ok(None)
    }
}

/// Files beside the log, by the names of their places.
fn files(config: &Config) -> anyhow::Result<Vec<(&'static str, Blobs)>> {
    let mut files = vec![("documents", crate::console::documents(config)?)];
    files.extend(crate::keeping::archive(config)?.map(|blobs| ("archive", blobs)));
    files.extend(crate::stamps::place(config)?.map(|blobs| ("timestamps", blobs)));
    // Tables of a job without its rows and answers would be of no use. A job removed meanwhile loses its files first.
    files.push(("cleaning", crate::clean::blobs(config)?));
    Ok(files)
}

fn source(config: &Config, keys: &KeyDir, ring: &KeyRing) -> anyhow::Result<Source> {
    let store = crate::server::open_store(config, false)?;
    // Where the service never ran, the journal has no tables yet.
    let journal = crate::journal::open(config, &store, ring)?;
    tokio::runtime::Handle::current().block_on(journal.close());
    let index = index_of(config, &store)?;
    // One that was never filled has nothing to say.
    let index = index.map(|index| anyhow::Ok((!index.is_blank()?).then_some(index))).transpose()?.flatten();
    let log_key =
        keys.log_key(&config.journal.origin).context("the key of the journal")?.verifier().to_string();
    Ok(Source { store, index, log: crate::journal::blobs(config)?, files: files(config)?, log_key })
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<()> {
        tokio::task::spawn_blocking(move || self.restore()).await?
    }

    fn restore(&self) -> anyhow::Result<()> {
        let mut config = self.store.config()?;
        let from = self.bucket.place(&config, &self.from, false)?;
        if let Some(file) = &self.envelope {
            return write_envelope(&from, file);
        }
        let opened = self.open(&config, &from)?;
        println!("{}", words(opened.manifest()));
        // Dropped at the end, with all that was restored into it.
        let mut temporary = None;
        if self.check {
            let folder = tempfile::Builder::new().prefix("dancu-restore-").tempdir()?;
            let mut there = Config::for_directory(folder.path());
            there.journal.origin.clone_from(&config.journal.origin);
            there.journal.witnesses.clone_from(&config.journal.witnesses);
            there.journal.quorum = config.journal.quorum;
            if !opened.manifest().has_keys() || config.keys.directory.exists() {
                there.keys.directory.clone_from(&config.keys.directory);
            }
            (config, temporary) = (there, Some(folder));
        }
        bring_keys(&config, &opened)?;
        let began = Instant::now();
        let keys = KeyDir::open(&config.keys.directory, false).context("keys")?;
        let target = target(&config)?;
        opened.restore(&target, SystemClock.now_us())?;
        let restored = began.elapsed();
        let verified = super::resume::verify(&config, &keys, &target.store, opened.manifest(), self.check)?;
        println!(
            "restored in {:.1} s, verified in {:.1} s: {verified}",
            restored.as_secs_f64(),
            began.elapsed().saturating_sub(restored).as_secs_f64()
        );
        if let Some(folder) = temporary {
            drop(target);
            folder.close().context("the temporary folder")?;
            println!("a restore would succeed; nothing was left behind");
            return Ok(());
        }
        if let Some(newest) = &self.expect_checkpoint {
            return super::resume::resume(&config, newest);
        }
        println!("the journal is barred: it takes no entry until `dancu journal resume` lets it go on");
        Ok(())
    }

    fn open(&self, config: &Config, from: &Blobs) -> anyhow::Result<Opened> {
        if let Some(file) = &self.recovery_key {
            let key = crate::files::read_private_bytes(file)?;
            return Ok(Opened::open(from, &Unlock::Key(&key))?);
        }
        let ring = KeyDir::open(&config.keys.directory, false).and_then(|keys| keys.ring());
        let ring = ring.context("keys: restore the key folder first, or give --recovery-key")?;
        Ok(Opened::open(from, &Unlock::Ring(&ring))?)
    }
}

fn write_envelope(from: &Blobs, file: &Path) -> anyhow::Result<()> {
    let envelopes = dancu_backup::envelopes(from)?;
    let envelope = envelopes.first().context("the backup was made for no recovery certificate")?;
    for (number, envelope) in envelopes.iter().enumerate().skip(1) {
        crate::files::write_private(&file.with_extension(number.to_string()), envelope)?;
    }
    crate::files::write_private(file, envelope)?;
    println!(
        "(umask 077; openssl cms -decrypt -inform DER -in {} -recip CERTIFICATE -inkey KEY -out recovery.key)",
        file.display()
    );
    Ok(())
}

/// Writes the key folder out of the backup, where it holds one and there is none.
fn bring_keys(config: &Config, opened: &Opened) -> anyhow::Result<()> {
    let folder = &config.keys.directory;
    if folder.exists() || !opened.manifest().has_keys() {
        return Ok(());
    }
    crate::files::private_directory(folder)?;
    for (name, content) in opened.keys()? {
        let is_name = Path::new(&name).file_name().is_some_and(|only| only == name.as_str());
        anyhow::ensure!(is_name, "the backup names a key file that leads elsewhere");
        crate::files::write_private(&folder.join(name), &content)?;
    }
    println!("the keys are in {}", folder.display());
    Ok(())
}

fn target(config: &Config) -> anyhow::Result<Target> {
    let store = crate::server::open_store(config, true)?;
    let index = index_of(config, &store)?;
    Ok(Target { store, index, log: crate::journal::blobs(config)?, files: files(config)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::os::unix::fs::PermissionsExt as _;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        restore: Restore,
    }

    #[test]
    fn a_bucket_without_a_prefix_is_backed_up_as_it_is_served() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::for_directory(folder.path());
        config.console.documents = folder.path().join("documents");
        config.cleaning.folder = folder.path().join("cleaning");
        config.journal.s3_bucket = "log".to_owned();
        let names =
            |config: &Config| files(config).unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        let served = names(&config);
        assert!(served.contains(&"documents") && !served.contains(&"timestamps"), "{served:?}");
        // Where stamps are made, they have a place, or nothing is served either.
        config.timestamps.url = "https://stamps.example".to_owned();
        assert!(files(&config).is_err());
    }

    /// A bucket under a lock lets nothing be removed: what is told is why the backup has to be made again.
    #[test]
    fn what_cannot_be_removed_hides_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("backup");
        std::fs::create_dir(&place).unwrap();
        let blobs = Blobs::folder(&place).unwrap();
        blobs.put_all(&[("part".to_owned(), vec![1])]).unwrap();
        clear(&blobs).unwrap();
        assert!(blobs.list("").unwrap().is_empty());
        // A name that is none of a part's is not removed.
        std::fs::write(place.join("not of ours"), "kept").unwrap();
        let error = clear(&blobs).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(BackupError::Moved)), "{error:#}");
    }

    #[test]
    fn the_key_of_a_backup_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("recovery.key");
        std::fs::write(&key, [0xFF; 32]).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let [place, given] = [folder.path(), &key].map(|path| path.to_str().unwrap());
        let Given { restore } =
            Given::parse_from(["restore", "from", "--store", place, "--recovery-key", given]);
        let open = || {
            restore.open(&Config::for_directory(folder.path()), &Blobs::memory()).err().unwrap().to_string()
        };
        assert!(open().contains("chmod 600"), "{}", open());
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(!open().contains("chmod 600"), "{}", open());
    }
}
