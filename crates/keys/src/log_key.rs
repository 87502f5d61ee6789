//! The keys of the journal: what signs its checkpoints, and what gives a person's place in its map.
use crate::{KeyDir, KeyError, Secret, file};
use aws_lc_rs::rand;
use dancu_tlog::note::{SignatureType, SignerKey};
use std::path::PathBuf;
use zeroize::Zeroizing;

impl KeyDir {
    /// The key of the log with this origin: `journal.key`, in the text form of C2SP signed-note. Made when it is not there
    /// and the folder was opened with `create`. It does not change as long as the log lives: verifiers hold its public half.
    pub fn log_key(&self, origin: &str) -> Result<SignerKey, KeyError> {
        let path = self.path().join("journal.key");
        if self.create && !path.exists() {
            let key = SignerKey::from_seed(origin, SignatureType::Ed25519, &*seed()?)
                .map_err(|_| KeyError::Crypto("name a log's key by its origin"))?;
            file::write_bytes(&path, format!("{}\n", &*key.expose()).as_bytes())?;
        }
        let text = file::read_bytes(&path)?;
        let key = std::str::from_utf8(&text).ok().and_then(|text| text.trim_end().parse::<SignerKey>().ok());
        let damaged = |path: PathBuf| KeyError::Damaged { path, what: "not the key of a log" };
        let key = key.ok_or_else(|| damaged(path.clone()))?;
        let public = key.verifier();
        if public.signature_type() != SignatureType::Ed25519 {
            return Err(damaged(path));
        }
        if public.name() != origin {
            return Err(KeyError::OtherLog {
                path,
                found: public.name().to_owned(),
                wanted: origin.to_owned(),
            });
        }
        Ok(key)
    }

    /// The 32 bytes from which the VRF's key comes (RFC 9381): `journal.vrf`, hexadecimal. Made like
    /// [`log_key`](Self::log_key). With another one, every person would have another place in the map.
    pub fn vrf_seed(&self) -> Result<Secret, KeyError> {
        let path = self.path().join("journal.vrf");
        if self.create && !path.exists() {
            let text = Zeroizing::new(hex::encode(*seed()?) + "\n");
            file::write_bytes(&path, text.as_bytes())?;
        }
        let text = file::read_bytes(&path)?;
        let bytes = hex::decode(text.trim_ascii_end()).ok().filter(|bytes| bytes.len() == 32);
        bytes.map(Secret::new).ok_or(KeyError::Damaged { path, what: "not 32 bytes in hexadecimal" })
    }
}

fn seed() -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    rand::fill(seed.as_mut_slice()).map_err(|_| KeyError::Crypto("draw a key"))?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use crate::{KeyDir, KeyError};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    const ORIGIN: &str = "journal.example.vn";

    #[test]
    fn the_keys_of_the_log_are_made_once_and_kept() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("keys");
        let dir = KeyDir::open(&path, true).unwrap();
        let again = KeyDir::open(&path, false).unwrap();
        assert!(matches!(again.log_key(ORIGIN), Err(KeyError::Missing(_))));
        assert!(matches!(again.vrf_seed(), Err(KeyError::Missing(_))));
        let (key, seed) = (dir.log_key(ORIGIN).unwrap(), dir.vrf_seed().unwrap());
        for dir in [&dir, &again] {
            assert_eq!(dir.log_key(ORIGIN).unwrap().verifier(), key.verifier());
            assert_eq!(dir.vrf_seed().unwrap(), seed);
        }
        for name in ["journal.key", "journal.vrf"] {
            let file = path.join(name);
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        }
        assert!(matches!(dir.log_key(ORIGIN), Err(KeyError::OpenToOthers { .. })));
        assert!(matches!(dir.vrf_seed(), Err(KeyError::OpenToOthers { .. })));
    }

    #[test]
    fn another_origin_and_other_contents_are_refused() {
        let temp = tempfile::tempdir().unwrap();
        let dir = KeyDir::open(temp.path().join("keys"), true).unwrap();
        dir.log_key(ORIGIN).unwrap();
        let error = dir.log_key("other.example.vn").unwrap_err().to_string();
        assert!(error.contains(ORIGIN) && error.contains("other.example.vn"), "{error}");
        for name in ["journal.key", "journal.vrf"] {
            crate::file::write_bytes(&dir.path().join(name), b"nothing\n").unwrap();
        }
        assert!(matches!(dir.log_key(ORIGIN), Err(KeyError::Damaged { .. })));
        assert!(matches!(dir.vrf_seed(), Err(KeyError::Damaged { .. })));
        assert!(matches!(
            KeyDir::open(temp.path().join("x"), true).unwrap().log_key("a b"),
            Err(KeyError::Crypto(_))
        ));
    }
}
