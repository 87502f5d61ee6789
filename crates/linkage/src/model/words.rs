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
        let entry = match form {
            "marked" => self.marked.entry(word.marked),
            "plain" => self.plain.entry(word.plain),
            _ => return None,
        };
        // Spellings of one word (thi, thy) are one: the commoner one says how common it is.
        let known = entry.or_insert(says);
        known.iter_mut().zip(says).for_each(|(known, says)| *known = says.min(*known));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word_say_what_the_commoner_one_says() {
        let table = WordTable::parse("plain\tthi\t1154\t160\t1500\nplain\tthy\t1500\t1047\t700\n").unwrap();
        let word = *Name::of("Thị").words().first().unwrap();
        assert_eq!(table.plain(word), [1154, 160, 700]);
        assert!(WordTable::parse("plain\tthi\t1154\n").is_err());
    }

    #[test]
    fn the_commonest_words_of_the_bundled_list_say_little() {
        let words = crate::Model::bundled().unwrap().words;
        let says = |text| Name::of(text).words().iter().map(|word| words.plain(*word)).collect::<Vec<_>>();
        let name = says("Nguyen Thi Van");
        assert!(name[0][0] < 150 && name[1][1] < 200 && name[2][1] < 300, "{name:?}");
    }
}
