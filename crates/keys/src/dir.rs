//! The key folder: outside the store, readable by the server's user only.
use crate::{Algorithm, Jwk, KeyError, KeyRing, Secret, Signer, file};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A folder with `sealing.json` (keys of fields and hashes), `signing.json` (key of answers), `journal.key` (key of the
/// log), `journal.vrf` (key of the places in its map), and named secrets, each of mode 0600. Lose `sealing.json` and the store cannot be read: back it up apart from the store.
#[derive(Clone, Debug)]
pub struct KeyDir {
    path: PathBuf,
    pub(crate) create: bool,
}

/// base64url of a key, wiped when dropped.
type KeyText = Zeroizing<String>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealingFile {
    /// Number of the key that seals
    current: u16,
    /// base64url of 32 bytes by number
    keys: BTreeMap<u16, KeyText>,
    /// base64url of 32 bytes
    hashing: KeyText,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningFile {
    alg: String,
    /// base64url
    pkcs8: KeyText,
    /// Public keys that signed before
    retired: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretFile {
    /// base64url of 32 bytes
    secret: KeyText,
}

impl KeyDir {
    /// Opens the folder. With `create`, a folder that holds no keys yet gets new ones; a folder that holds some but
    /// misses others is an error either way, because new keys could not read what the old ones sealed.
    pub fn open(path: impl Into<PathBuf>, create: bool) -> Result<Self, KeyError> {
        Self::open_for(path, create.then(Algorithm::default))
    }

    /// As [`open`](Self::open) with `create`, and the signing key, when it is made, is of this algorithm.
    pub fn open_or_create(path: impl Into<PathBuf>, algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::open_for(path, Some(algorithm))
    }

    fn open_for(path: impl Into<PathBuf>, new: Option<Algorithm>) -> Result<Self, KeyError> {
        let create = new.is_some();
        let dir = Self { path: path.into(), create };
        if create && !dir.path.exists() {
            file::create_folder(&dir.path)?;
        }
        file::check_mode(&dir.path, 0o022, 0o700)?;
        let (sealing, signing) = (dir.file("sealing"), dir.file("signing"));
        if create && !sealing.exists() && !signing.exists() {
            let keys = BTreeMap::from([(1, random_text()?)]);
            // The signing key first: a crash between the two leaves a folder that is refused, not one that lacks
            // the key of the data.
            dir.write_signing(new.unwrap_or_default(), vec![])?;
            file::write(&sealing, &SealingFile { current: 1, keys, hashing: random_text()? })?;
        }
        file::check_mode(&sealing, 0o077, 0o600)?;
        file::check_mode(&signing, 0o077, 0o600)?;
        Ok(dir)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The ring of sealing keys.
    pub fn ring(&self) -> Result<KeyRing, KeyError> {
        let path = self.file("sealing");
        let content: SealingFile = file::read(&path)?;
        let (number, first) = content.keys.iter().next().ok_or_else(|| damaged(&path, "holds no key"))?;
        let ring = KeyRing::numbered(*number, &decode(&path, first)?, &decode(&path, &content.hashing)?)?;
        add_keys(&path, &content, &ring)?;
        Ok(ring)
    }

    /// Reads the folder again into a ring that is in use, after another server has rotated.
    pub fn reload(&self, ring: &KeyRing) -> Result<(), KeyError> {
        let path = self.file("sealing");
        add_keys(&path, &file::read(&path)?, ring)
    }

    /// Adds a new sealing key to folder and ring, not yet current, and gives its number. With several servers: add,
    /// let every server [`reload`](Self::reload), then [`set_current`](Self::set_current).
    pub fn add_sealing_key(&self, ring: &KeyRing) -> Result<u16, KeyError> {
        let path = self.file("sealing");
        let mut content: SealingFile = file::read(&path)?;
        let last = content.keys.keys().next_back().copied().unwrap_or_default();
        let number = last.checked_add(1).ok_or(KeyError::Crypto("number another key"))?;
        content.keys.insert(number, random_text()?);
        file::write(&path, &content)?;
        add_keys(&path, &content, ring)?;
        Ok(number)
    }

    /// Makes a sealing key the current one, in the folder first.
    pub fn set_current(&self, ring: &KeyRing, number: u16) -> Result<(), KeyError> {
        let path = self.file("sealing");
        let mut content: SealingFile = file::read(&path)?;
        if !content.keys.contains_key(&number) {
            return Err(KeyError::UnknownKey(number));
        }
        content.current = number;
        file::write(&path, &content)?;
        add_keys(&path, &content, ring)
    }

    /// A new sealing key that is current at once: rotation for one server.
    pub fn rotate(&self, ring: &KeyRing) -> Result<u16, KeyError> {
        let number = self.add_sealing_key(ring)?;
        self.set_current(ring, number)?;
        Ok(number)
    }

    /// The key that signs answers.
    pub fn signer(&self) -> Result<Signer, KeyError> {
        let path = self.file("signing");
        let content: SigningFile = file::read(&path)?;
        let algorithm =
            Algorithm::from_name(&content.alg).ok_or_else(|| damaged(&path, "names an unknown algorithm"))?;
        Signer::from_pkcs8(algorithm, &decode(&path, &content.pkcs8)?, content.retired)
    }

    /// Replaces the signing key; the old public key stays among the retired ones. Takes effect at the next start.
    pub fn rotate_signer(&self, algorithm: Algorithm) -> Result<Signer, KeyError> {
        let retired = self.signer()?.jwks().keys;
        self.write_signing(algorithm, retired)?;
        self.signer()
    }

    /// A secret of 32 bytes by name (lower-case letters, digits and `-`), for example for sessions; made when it is
    /// not there and the folder was opened with `create`.
    pub fn secret(&self, name: &str) -> Result<Secret, KeyError> {
        let path = self.file(&format!("secret-{name}"));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            return Err(KeyError::Missing(path));
        }
        if self.create && !path.exists() {
            file::write(&path, &SecretFile { secret: random_text()? })?;
        }
        let content: SecretFile = file::read(&path)?;
        decode(&path, &content.secret)
    }

    fn write_signing(&self, algorithm: Algorithm, retired: Vec<Jwk>) -> Result<(), KeyError> {
        let pkcs8 = Zeroizing::new(URL_SAFE_NO_PAD.encode(Signer::generate(algorithm)?.expose()));
        file::write(&self.file("signing"), &SigningFile { alg: algorithm.name().into(), pkcs8, retired })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.path.join(name).with_extension("json")
    }
}

fn add_keys(path: &Path, content: &SealingFile, ring: &KeyRing) -> Result<(), KeyError> {
    for (number, key) in &content.keys {
        ring.add_key(*number, &decode(path, key)?)?;
    }
    ring.set_current(content.current)
}

fn random_text() -> Result<KeyText, KeyError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::fill(bytes.as_mut()).map_err(|_| KeyError::Crypto("draw a key"))?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_ref())))
}

fn decode(path: &Path, text: &str) -> Result<Secret, KeyError> {
    URL_SAFE_NO_PAD.decode(text).map(Secret::new).map_err(|_| damaged(path, "not base64url"))
}

fn damaged(path: &Path, what: &'static str) -> KeyError {
    KeyError::Damaged { path: path.into(), what }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, verify_detached};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    const PLACE: Place<'static> = Place { table: "t", row: b"r", field: "f" };

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("keys");
        (temp, path)
    }

    #[test]
    fn keys_are_kept_between_opens() {
        let (_temp, path) = folder();
        assert!(matches!(KeyDir::open(&path, false), Err(KeyError::Missing(_))));
        let dir = KeyDir::open(&path, true).unwrap();
        let (ring, signer) = (dir.ring().unwrap(), dir.signer().unwrap());
        let sealed = ring.seal(PLACE, b"x").unwrap();

        let again = KeyDir::open(&path, false).unwrap();
        assert_eq!(&**again.ring().unwrap().open(PLACE, &sealed).unwrap(), b"x");
        assert_eq!(again.ring().unwrap().keyed_hash("l", b"v"), ring.keyed_hash("l", b"v"));
        assert_eq!(again.signer().unwrap().kid(), signer.kid());
        assert_eq!(dir.secret("session").unwrap(), again.secret("session").unwrap());
        assert!(matches!(again.secret("other"), Err(KeyError::Missing(_))));
        assert!(matches!(dir.secret("../x"), Err(KeyError::Missing(_))));
    }

    #[test]
    fn files_are_closed_to_others_and_open_ones_refused() {
        let (_temp, path) = folder();
        KeyDir::open(&path, true).unwrap();
        for file in fs::read_dir(&path).unwrap() {
            assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        for name in ["sealing.json", "signing.json"] {
            let file = path.join(name);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
            let error = KeyDir::open(&path, true).unwrap_err();
            assert!(error.to_string().contains("(mode 640); run: chmod 600"), "{error}");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o770)).unwrap();
        assert!(matches!(KeyDir::open(&path, false), Err(KeyError::OpenToOthers { .. })));
    }

    #[test]
    fn a_lost_file_is_not_made_anew() {
        for name in ["sealing.json", "signing.json"] {
            let (_temp, path) = folder();
            KeyDir::open(&path, true).unwrap();
            fs::remove_file(path.join(name)).unwrap();
            assert!(matches!(KeyDir::open(&path, true), Err(KeyError::Missing(_))));
        }
    }

    #[test]
    fn damaged_files_are_named() {
        let (_temp, path) = folder();
        let dir = KeyDir::open(&path, true).unwrap();
        fs::write(path.join("sealing.json"), "{").unwrap();
        assert!(matches!(dir.ring(), Err(KeyError::Damaged { .. })));
        fs::write(path.join("sealing.json"), r#"{"current":9,"keys":{"1":"AAAA"},"hashing":"AAAA"}"#)
            .unwrap();
        assert!(dir.ring().is_err());
    }

    #[test]
    fn rotation_with_two_servers() {
        let (_temp, path) = folder();
        let dir = KeyDir::open(&path, true).unwrap();
        let (one, two) = (dir.ring().unwrap(), dir.ring().unwrap());
        let number = dir.add_sealing_key(&one).unwrap();
        dir.reload(&two).unwrap();
        dir.set_current(&one, number).unwrap();
        let sealed = one.seal(PLACE, b"x").unwrap();
        assert_eq!(&**two.open(PLACE, &sealed).unwrap(), b"x");
        assert!(!two.is_current(&sealed));
        dir.reload(&two).unwrap();
        assert!(two.is_current(&sealed));
        assert_eq!(dir.rotate(&one).unwrap(), 3);
        assert!(matches!(dir.set_current(&one, 9), Err(KeyError::UnknownKey(9))));
    }

    #[test]
    fn retired_signers_still_verify() {
        let (_temp, path) = folder();
        let dir = KeyDir::open(&path, true).unwrap();
        let jws = dir.signer().unwrap().sign_detached(b"x", None, 2).unwrap();
        let signer = dir.rotate_signer(Algorithm::Es256).unwrap();
        let jwks = signer.jwks();
        assert_eq!((jwks.keys.len(), &*jwks.keys[0].alg), (2, "ES256"));
        let kid = crate::Protected::peek(&jws).unwrap().kid;
        assert!(verify_detached(&jws, b"x", jwks.find(&kid).unwrap()).is_ok());
    }
}
