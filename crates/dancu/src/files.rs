//! Files of the service: readable by their owner alone.
use anyhow::Context as _;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes a whole file with mode 0600, by way of a temporary name so that no reader sees half of it.
pub fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Reads a text that nobody but its owner may read.
pub fn read_private(path: &Path) -> anyhow::Result<zeroize::Zeroizing<String>> {
    let place = || path.display().to_string();
    let mut content = read_private_bytes(path)?;
    let text = String::from_utf8(std::mem::take(&mut *content)).map_err(|error| {
        drop(zeroize::Zeroizing::new(error.into_bytes()));
        anyhow::anyhow!("{} is no text", place())
    })?;
    Ok(zeroize::Zeroizing::new(text))
}

/// Reads a file that nobody but its owner may read.
pub fn read_private_bytes(path: &Path) -> anyhow::Result<zeroize::Zeroizing<Vec<u8>>> {
    use std::os::unix::fs::PermissionsExt as _;
    let place = || path.display().to_string();
    let mode = std::fs::metadata(path).with_context(place)?.permissions().mode() & 0o777;
    let by_others = mode & 0o077;
    anyhow::ensure!(
        by_others == 0,
        "{} is open to others (mode {mode:03o}); run: chmod 600 {}",
        place(),
        place()
    );
    Ok(zeroize::Zeroizing::new(std::fs::read(path).with_context(place)?))
}

/// Makes a folder and its parents with mode 0700.
pub fn private_directory(path: &Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

/// Random text of letters, digits, `-` and `_`, from so many random bytes.
pub fn random_text(bytes: usize) -> anyhow::Result<String> {
    use base64::Engine as _;
    let mut random = vec![0; bytes];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| anyhow::anyhow!("the system gives no randomness"))?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random))
}
