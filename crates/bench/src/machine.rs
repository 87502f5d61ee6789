//! The machine on which figures were measured: figures of different machines do not compare.
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::process::Command;

/// What a reader needs to judge the figures.
#[derive(Deserialize, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: f64,
    pub(crate) system: String,
    pub(crate) rust: String,
    pub(crate) revision: String,
    /// Day of the last run, `YYYY-MM-DD`, universal time
    pub(crate) day: String,
}

impl Machine {
    pub(crate) fn here() -> anyhow::Result<Self> {
        let processors = std::fs::read_to_string("/proc/cpuinfo")?;
        let processor = processors.lines().find_map(|line| line.strip_prefix("model name"));
        let memory = std::fs::read_to_string("/proc/meminfo")?;
        let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).context("no MemTotal")?;
        let kib: f64 = memory.trim().trim_end_matches("kB").trim().parse()?;
        Ok(Self {
            processor: processor.unwrap_or_default().trim_start_matches([' ', '\t', ':']).to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            memory_gib: (kib / 1024.0 / 102.4).round() / 10.0,
            system: said(Command::new("uname").args(["-s", "-r", "-m"])),
            rust: said(Command::new("rustc").arg("--version")),
            revision: said(Command::new("git").args(["rev-parse", "--short", "HEAD"])),
            day: said(Command::new("date").args(["-u", "+%F"])),
        })
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(path, serde_json::to_string_pretty(self)? + "\n")?)
    }

    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("{}: run `make bench` first", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// What a program prints; nothing where it is missing.
fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
