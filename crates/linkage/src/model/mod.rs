//! The Fellegi-Sunter model: how much each agreement says, as data.
mod log;
mod words;

pub(crate) use log::log2;
pub(crate) use words::{Says, WordTable};

use crate::read::unit::Book;
use serde::Deserialize;

/// A model that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The weights
    #[error("the model's weights: {0}")]
    Weights(#[from] toml::de::Error),
    /// The words of names
    #[error("the words of names, line {0}")]
    Words(usize),
}

/// What agreement says, in hundredths of bits.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) weights: Weights,
    pub(crate) words: WordTable,
}

impl Model {
    /// The model that comes with the software; the units that it knows of are read with it.
    pub fn bundled() -> Result<Self, ModelError> {
        Book::bundled();
        Self::parse(include_str!("../../data/model.toml"), include_str!("../../data/names.tsv"))
    }

    /// From weights (TOML) and words of names (tab-separated), as in `data/`.
    pub fn parse(weights: &str, words: &str) -> Result<Self, ModelError> {
        Ok(Self { weights: toml::from_str(weights)?, words: WordTable::parse(words)? })
    }

    /// From how many hundredths of bits on a row is taken for a person without somebody looking.
    pub fn match_from(&self) -> i32 {
        self.weights.decision.match_from
    }

    /// Day of the figures, `YYYY-MM-DD`.
    pub fn day(&self) -> &str {
        &self.weights.day
    }
}

/// Figures of a column.
pub(crate) trait Figures {
    /// Each by its name.
    fn all(&self) -> Vec<(&'static str, i32)>;
}

macro_rules! weights {
    ($($name:ident { $($field:ident),* })*) => {
        $(
            #[derive(Clone, Debug, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name { $(pub(crate) $field: i32),* }

            impl Figures for $name {
                fn all(&self) -> Vec<(&'static str, i32)> {
                    vec![$((stringify!($field), self.$field)),*]
                }
            }
        )*
    };
}

weights! {
    NumberWeights { same, former, typing, different }
    BirthWeights { same, month, year, swapped, typing, near_year, different }
    NameWeights { same, unaccented, other_marks, typing, missing, order, different, floor, most, former }
    SexWeights { same, different }
    UnitWeights { same, moved, province, most, near, other, birth_province, other_province }
    HouseholdWeights { same }
    Decision { match_from, doubt_from, margin }
}

/// `data/model.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weights {
    day: String,
    pub(crate) number: NumberWeights,
    pub(crate) card: NumberWeights,
    pub(crate) birth: BirthWeights,
    pub(crate) name: NameWeights,
    pub(crate) sex: SexWeights,
    pub(crate) unit: UnitWeights,
    pub(crate) household: HouseholdWeights,
    pub(crate) decision: Decision,
}
