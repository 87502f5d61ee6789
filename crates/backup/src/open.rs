//! A backup that was found, opened and believed.
use crate::make::{name_of, place_of_key};
use crate::manifest::{PATH, TAG};
use crate::parts::KEYS;
use crate::record::Record;
use crate::{BackupError, Manifest, Part};
use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dancu_keys::{FileKey, KeyRing, SealError};
use dancu_storage::blob::Blobs;
use zeroize::Zeroizing;

/// A file of the key folder: its name and its content, wiped when dropped.
pub type KeyFile = (String, Zeroizing<Vec<u8>>);

/// With what a backup is opened.
#[derive(Debug)]
pub enum Unlock<'a> {
    /// The key folder of the installation
    Ring(&'a KeyRing),
    /// The key itself, as the recovery certificate's key opens it
    Key(&'a [u8]),
}

/// A backup whose manifest is that of its key.
#[derive(Debug)]
pub struct Opened {
    from: Blobs,
    key: FileKey,
    manifest: Manifest,
}

impl Opened {
    /// Finds the manifest, the key, and whether they belong together. Blocks.
    ///
    /// # Errors
    ///
    /// [`BackupError::NoBackup`], [`BackupError::Newer`], [`BackupError::WrongKey`], [`BackupError::Altered`].
    pub fn open(from: &Blobs, unlock: &Unlock<'_>) -> Result<Self, BackupError> {
        let text = from.get(PATH)?.ok_or(BackupError::NoBackup)?;
        let manifest = Manifest::read(&text)?;
        let key = unwrap(&manifest, unlock)?;
        let tag = from.get(TAG)?.ok_or_else(|| BackupError::Missing(TAG.to_owned()))?;
        let tag = hex::decode(tag.trim_ascii()).map_err(|_| BackupError::Altered(TAG.to_owned()))?;
        if !key.is_tag(PATH, &text, &tag) {
            // A ring that opened the key is the right one; a key that was handed over may be another's.
            let altered = matches!(unlock, Unlock::Ring(_));
            return Err(if altered { BackupError::Altered(PATH.to_owned()) } else { BackupError::WrongKey });
        }
        Ok(Self { from: from.clone(), key, manifest })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether every part is there and what it was. Blocks.
    ///
    /// # Errors
    ///
    /// [`BackupError::Missing`], [`BackupError::Truncated`], [`BackupError::Altered`].
    pub fn verify(&self) -> Result<(), BackupError> {
        self.manifest.parts.iter().try_for_each(|part| self.part(part).map(drop))
    }

    /// The private keys that it holds, by the names of their files. Blocks.
    ///
    /// # Errors
    ///
    /// As [`Opened::verify`].
    pub fn keys(&self) -> Result<Vec<KeyFile>, BackupError> {
        let Some(part) = self.manifest.parts.iter().find(|part| part.name == KEYS) else { return Ok(vec![]) };
        let plain = self.part(part)?;
        let file = |record| match record {
            Ok(Record::File { path, content, .. }) => Ok((path, Zeroizing::new(content))),
            Ok(_) => Err(BackupError::Content("the part of the keys")),
            Err(error) => Err(error),
        };
        Record::all(&plain).map(file).collect()
    }

    /// A part, decrypted.
    pub(crate) fn part(&self, part: &Part) -> Result<Zeroizing<Vec<u8>>, BackupError> {
        let sealed = self.from.get(&part.name)?.ok_or_else(|| BackupError::Missing(part.name.clone()))?;
        if (sealed.len() as u64) < part.bytes {
            return Err(BackupError::Truncated(part.name.clone()));
        }
        let is_same = hex::encode(digest::digest(&digest::SHA256, &sealed)) == part.sha256;
        if !is_same {
            return Err(BackupError::Altered(part.name.clone()));
        }
        self.key.open(&part.name, &sealed).map_err(|error| BackupError::of_part(&part.name, error))
    }
}

/// The envelopes of a backup's key to recovery certificates, DER: `openssl cms -decrypt -inform DER` gives the key. Blocks.
///
/// # Errors
///
/// [`BackupError::NoBackup`], [`BackupError::Newer`].
pub fn envelopes(from: &Blobs) -> Result<Vec<Vec<u8>>, BackupError> {
    let text = from.get(PATH)?.ok_or(BackupError::NoBackup)?;
    Ok(Manifest::read(&text)?.envelopes())
}

fn unwrap(manifest: &Manifest, unlock: &Unlock<'_>) -> Result<FileKey, BackupError> {
    let ring = match unlock {
        Unlock::Key(bytes) => return FileKey::from_bytes(bytes).ok_or(BackupError::WrongKey),
        Unlock::Ring(ring) => ring,
    };
    if name_of(ring) != manifest.key.ring {
        return Err(BackupError::WrongKey);
    }
    let altered = || BackupError::Altered(PATH.to_owned());
    let id = hex::decode(&manifest.id).map_err(|_| altered())?;
    let sealed = STANDARD.decode(&manifest.key.sealed).map_err(|_| altered())?;
    let opened = ring.open(place_of_key(&id), &sealed).map_err(|error| match error {
        SealError::UnknownKey(_) => BackupError::WrongKey,
        _ => altered(),
    })?;
    FileKey::from_bytes(&opened).ok_or_else(altered)
}
