//! Configuration files of small services, whose paths are meant from where the file lies.
use anyhow::Context as _;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

/// Reads a configuration; unknown keys are refused by its type.
pub(super) fn load<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}

/// A path of the configuration, from the folder of its file.
pub(super) fn beside(config: &Path, path: &Path) -> PathBuf {
    config.parent().unwrap_or(Path::new("")).join(path)
}

/// Makes the folder of a new service; one that holds its configuration already is left alone.
pub(super) fn make(dir: &Path, config: &str) -> anyhow::Result<PathBuf> {
    let config = dir.join(config);
    anyhow::ensure!(!config.exists(), "{} is there already", config.display());
    crate::files::private_directory(dir)?;
    Ok(config)
}
