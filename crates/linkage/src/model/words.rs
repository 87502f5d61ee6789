//! What the words of names say.
use super::ModelError;
use crate::read::name::Name;
use crate::read::names::Spread;
use crate::read::word::Word;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

/// What a word says as surname, middle name, given name: hundredths of bits.
pub(crate) type Says = [i32; 3];

/// Of a word that is not listed.
const UNLISTED: Says = [1500; 3];

type Table = HashMap<u64, Says, BuildHasherDefault<Spread>>;

/// `data/names.tsv`.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordTable {
    marked: Table,
    plain: Table,
}

impl WordTable {
    pub(crate) fn parse(text: &str) -> Result<Self, ModelError> {
        let mut table = Self::default();
        for (at, line) in
            text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        {
            table.line(line).ok_or(ModelError::Words(at + 1))?;
        }
        Ok(table)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let mut columns = line.split('\t');
        let form = columns.next()?;
        let name = Name::of(columns.next()?);
        let word = name.words().first()?;
        let mut says = UNLISTED;
        for place in &mut says {
            *place = columns.next()?.parse().ok()?;
        }
        match form {
            "marked" => self.marked.insert(word.marked, says),
            "plain" => self.plain.insert(word.plain, says),
            _ => return None,
        };
        Some(())
    }

    pub(crate) fn marked(&self, word: Word) -> Says {
        self.marked.get(&word.marked).copied().unwrap_or(UNLISTED)
    }

    /// What a word as read says at most. On record words without marks stand for themselves only where they are listed so.
    pub(crate) fn at_most(&self, word: Word) -> Says {
        self.marked.get(&word.marked).or_else(|| self.plain.get(&word.plain)).copied().unwrap_or(UNLISTED)
    }

    pub(crate) fn plain(&self, word: Word) -> Says {
        self.plain.get(&word.plain).copied().unwrap_or(UNLISTED)
    }
}
