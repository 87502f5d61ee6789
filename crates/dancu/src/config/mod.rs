//! One TOML file with every key commented (`config/dancu.example.toml`), overridden by the environment
//! (`DANCU_LISTEN__ADDRESS=…`). Unknown keys are refused.
mod defaults;
mod sections;

pub use sections::*;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Everything that a server can be told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub store: Store,
    pub keys: Keys,
    pub listen: Listen,
    pub admin: Admin,
    pub limits: Limits,
    pub pki: Pki,
    pub signing: Signing,
    pub journal: Journal,
    pub keeping: Keeping,
    pub timestamps: Timestamps,
    pub evidence: Evidence,
    pub feed: Feed,
    pub web: Web,
    pub console: Console,
    pub watch: Watch,
    pub tracker: Tracker,
    pub cleaning: Cleaning,
    pub log: Log,
}

impl Config {
    /// Reads a file and lays the environment over it.
    pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text, environment).with_context(|| format!("in {}", path.display()))
    }

    /// Lays the environment over a configuration.
    pub fn parse_over(
        base: &Self,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        Self::parse(&toml::to_string(base)?, environment)
    }

    /// Reads TOML text and lays the environment over it.
    pub fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> anyhow::Result<Self> {
        let mut table: toml::Table = toml::from_str(text)?;
        for (name, value) in environment {
            overlay(&mut table, &name, &value)?;
        }
        Ok(toml::Value::Table(table).try_into()?)
    }
}

/// `DANCU_LISTEN__ADDRESS` sets `listen.address`. Variables without the double underscore are not of the file.
fn overlay(table: &mut toml::Table, name: &str, value: &str) -> anyhow::Result<()> {
    let Some((section, key)) = name.strip_prefix("DANCU_").and_then(|rest| rest.split_once("__")) else {
        return Ok(());
    };
    let section =
        table.entry(section.to_lowercase()).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let Some(section) = section.as_table_mut() else { bail!("{name}: not a section") };
    let parsed = match value.parse::<toml::Value>() {
        Ok(v @ (toml::Value::Integer(_) | toml::Value::Boolean(_) | toml::Value::Array(_))) => v,
        _ => toml::Value::String(value.to_owned()),
    };
    section.insert(key.to_lowercase(), parsed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../../config/dancu.example.toml");

    fn parse(text: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        Config::parse(text, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_committed_example_states_every_key_at_its_default() {
        let example = parse(EXAMPLE, &[]).unwrap();
        let defaults = toml::Table::try_from(Config::default()).unwrap();
        assert_eq!(toml::Table::try_from(example).unwrap(), defaults);
        let written: toml::Table = toml::from_str(EXAMPLE).unwrap();
        assert_eq!(written, defaults, "a key is missing from config/dancu.example.toml");
    }

    #[test]
    fn the_environment_wins_and_unknown_keys_are_refused() {
        let config =
            parse("", &[("DANCU_LISTEN__ADDRESS", "127.0.0.1:1"), ("DANCU_LIMITS__CALLS", "7")]).unwrap();
        assert_eq!(config.listen.address.port(), 1);
        assert_eq!(config.limits.calls, 7);
        let receivers =
            "[{ name = 'soc', address = '127.0.0.1:514' }, { name = 'b', address = 'b:1', ca = 'x' }]";
        let config = parse("", &[("DANCU_FEED__RECEIVERS", receivers)]).unwrap();
        assert_eq!((config.feed.receivers.len(), config.feed.receivers[0].format.as_str()), (2, "rfc5424"));
        assert_eq!(parse("", &[("DANCU_LISTEN__ADDRESS", "[::1]:1")]).unwrap().listen.address.port(), 1);
        assert!(parse("[listen]\nadress = 'x'", &[]).is_err());
        assert!(parse("", &[("DANCU_LISTEN__ADRESS", "x")]).is_err());
        assert!(parse("[lisen]", &[]).is_err());
    }
}
