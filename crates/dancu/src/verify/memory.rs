//! The largest checkpoint that was accepted of a log, in a file beside the key file.
use anyhow::Context as _;
use dancu_tlog::audit::Memory;
use dancu_tlog::policy::Policy;
use std::io::ErrorKind;
use std::path::Path;

/// What is remembered; nothing before the first time.
pub(super) fn recall(path: &Path, policy: &Policy) -> anyhow::Result<Option<Memory>> {
    let text = match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.with_context(|| path.display().to_string())?,
    };
    let memory = Memory::read(&text, policy);
    memory.map(Some).map_err(|refused| anyhow::anyhow!("{}: {refused}", path.display()))
}

/// Replaces what is remembered, whole or not at all.
pub(super) fn remember(path: &Path, text: &str) -> std::io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    std::fs::write(&fresh, text)?;
    std::fs::rename(&fresh, path)
}
