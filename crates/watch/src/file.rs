//! The file `data/watch.toml`, and others of its shape.
use crate::lists::Lists;
use crate::setting::{MAX_DAMPENING, iso};
use crate::{Edition, GuessSetting, Lesson, Rule, SettingError, Settings};
use dancu_citizen::CivilDate;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rule: Vec<toml::Table>,
    dampening: DampeningRow,
    guess: Vec<GuessRow>,
}

/// Rows to be laid over such a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    #[serde(default)]
    rule: Vec<toml::Table>,
    dampening: Option<DampeningRow>,
    #[serde(default)]
    guess: Vec<GuessRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DampeningRow {
    percent: u32,
    cap: u32,
    days: u32,
    #[serde(rename = "valid_from")]
    _valid_from: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuessRow {
    mismatches: u8,
    window_s: u32,
    neutral_s: u32,
    neutral_max_s: u32,
    memory_s: u32,
    released_mismatches: u8,
    release_s: u32,
    #[serde(with = "iso")]
    valid_from: CivilDate,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "mark")]
    _mark: String,
}

impl Settings {
    /// The file that is built in.
    pub fn built_in() -> Result<Self, SettingError> {
        Self::parse(include_str!("../data/watch.toml"))
    }

    /// Reads a file of that shape; every rule must be in it.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let file: File = toml::from_str(text)?;
        let mut settings = Self {
            editions: HashMap::new(),
            lesson: lesson(&file.dampening)?,
            guess: Vec::new(),
            raised: HashMap::new(),
            lists: Lists::default(),
        };
        settings.lay(file.rule, &file.guess)?;
        if let Some(rule) = Rule::ALL.iter().find(|rule| !settings.editions.contains_key(rule)) {
            return Err(SettingError::Missing(rule.name().to_owned()));
        }
        if settings.guess.is_empty() {
            return Err(SettingError::Missing("guess".to_owned()));
        }
        Ok(settings)
    }

    /// With the rows of another file of that shape, which need not be whole: each holds from its day on, and of two of one
    /// day the one of that file.
    pub fn overlaid(mut self, text: &str) -> Result<Self, SettingError> {
        let over: Overlay = toml::from_str(text)?;
        if let Some(row) = &over.dampening {
            self.lesson = lesson(row)?;
        }
        self.lay(over.rule, &over.guess)?;
        Ok(self)
    }

    fn lay(&mut self, rules: Vec<toml::Table>, guesses: &[GuessRow]) -> Result<(), SettingError> {
        for mut row in rules {
            let name = row.remove("name");
            let name = name.as_ref().and_then(toml::Value::as_str).unwrap_or_default();
            let rule = Rule::from_name(name).ok_or_else(|| SettingError::Unknown(name.to_owned()))?;
            self.put(rule, Edition { from_entry: 0, setting: row.try_into()? })?;
        }
        for row in guesses {
            self.guess.push((row.valid_from, guess(row)?));
        }
        self.guess.sort_by_key(|(from, _)| *from);
        Ok(())
    }
}

fn lesson(row: &DampeningRow) -> Result<Lesson, SettingError> {
    let (percent, cap, days) = (row.percent, row.cap, row.days);
    if !(101..=MAX_DAMPENING).contains(&cap) || !(101..=cap).contains(&percent) || days == 0 {
        return Err(SettingError::Value("dampening".to_owned()));
    }
    Ok(Lesson { percent, cap, days })
}

fn guess(row: &GuessRow) -> Result<GuessSetting, SettingError> {
    let us = |seconds: u32| i64::from(seconds) * 1_000_000;
    let most = u8::try_from(crate::guess::SLOTS).unwrap_or(u8::MAX);
    let senseless = !(1..=most).contains(&row.mismatches)
        || [row.window_s, row.neutral_s, row.release_s].contains(&0)
        || row.neutral_max_s < row.neutral_s
        || row.memory_s < row.window_s;
    if senseless {
        return Err(SettingError::Value("guess".to_owned()));
    }
    Ok(GuessSetting {
        mismatches: row.mismatches,
        window_us: us(row.window_s),
        neutral_us: us(row.neutral_s),
        neutral_max_us: us(row.neutral_max_s),
        memory_us: us(row.memory_s),
        released_mismatches: row.released_mismatches,
        release_us: us(row.release_s),
    })
}
