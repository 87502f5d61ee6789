//! How likely those can be at most whom a step may find. A step that cannot find anybody likely enough to be told of is not taken; whoever
//! weighs less than `doubt_from` would not be told of anyway.
use super::{Engine, Step};
use crate::people::People;
use crate::read::birth::Birth;
use crate::read::number::Number;
use crate::read::unit::UnitText;
use crate::reading::Reading;
use dancu_citizen::Sex;

/// What another name that fits says, as in `score`.
const OTHER_NAME: i32 = 300;

/// No syllable has more letters: a longer word is several, run together.
const LONGEST_SYLLABLE: usize = 7;

impl<P: People> Engine<P> {
    /// Whether a step may find somebody worth telling of. Numbers and name with date have been asked by then: whoever else there is
    /// has neither.
    pub(super) fn may_help(&self, step: Step, row: &Reading) -> bool {
        let weights = &self.model.weights;
        let birth = &weights.birth;
        let is_number = matches!(row.number, Number::Personal { .. } | Number::Digits(_));
        let number = if is_number { weights.number.typing } else { 0 };
        let card = if matches!(row.card, Number::Card { .. }) { weights.card.typing } else { 0 };
        let date = match row.birth {
            Birth::Read(_) => birth.same,
            _ => 0,
        };
        let name = self.name_at_most(row);
        let says = match step {
            Step::NearNumber => {
                if !is_number && card == 0 {
                    return false;
                }
                number + card + name + date
            }
            // Numbers that are near have been asked by now.
            Step::OtherDate => {
                let is_year = matches!(row.birth, Birth::Read(parts) if parts.is_year());
                name + if is_year { birth.year } else { birth.typing.max(birth.swapped) }
            }
            Step::NearName => name + date + self.slip_at_least(row),
            Step::OtherYear => match row.birth {
                Birth::Read(parts) if parts.day == 0 => return false,
                Birth::Read(_) => name + birth.typing.max(birth.near_year),
                _ => name,
            },
            Step::Read | Step::Number | Step::Household | Step::NameAndDate | Step::Decide => return true,
        };
        says + self.rest_at_most(row) - self.prior >= weights.decision.doubt_from
    }

    /// What is left for the birth date and a slip in the name, when those are near whom nothing else speaks against.
    pub(super) fn room(&self, row: &Reading) -> i32 {
        self.name_at_most(row) + self.rest_at_most(row) - self.prior - self.model.weights.decision.doubt_from
    }

    /// What the other columns say at most; who lives where the row says is a candidate already.
    fn rest_at_most(&self, row: &Reading) -> i32 {
        let weights = &self.model.weights;
        let sex = if matches!(row.sex, Ok(Sex::Male | Sex::Female)) { weights.sex.same } else { 0 };
        let unit = match row.unit {
            UnitText::Read(meaning) if self.people.knows_units() => {
                meaning.says().min(weights.unit.most)
                    + weights.unit.same.max(weights.unit.moved).max(weights.unit.province)
            }
            UnitText::Read(_) => weights.unit.birth_province,
            _ => 0,
        };
        let other = if row.other_name.is_empty() { 0 } else { OTHER_NAME };
        sex + unit + other
    }

    /// What the name says at most, all its words being the same.
    fn name_at_most(&self, row: &Reading) -> i32 {
        if row.name.words().iter().any(|word| word.letters().1 == 0 || word.letters().1 > LONGEST_SYLLABLE) {
            return self.model.weights.name.most;
        }
        self.says_at_most(row).sum::<i32>().min(self.model.weights.name.most)
    }

    /// What each word of the name says at most.
    fn says_at_most(&self, row: &Reading) -> impl Iterator<Item = i32> {
        let words = row.name.words();
        words.iter().enumerate().map(|(at, word)| {
            let place = if at + 1 == words.len() { 2 } else { usize::from(at > 0) };
            self.model.words.at_most(*word).get(place).copied().unwrap_or_default()
        })
    }

    /// What a slip in the name costs at least: one word typed wrong in place of what it would have said, a word lacking, or the order.
    fn slip_at_least(&self, row: &Reading) -> i32 {
        let weights = &self.model.weights.name;
        let least = self.says_at_most(row).min().unwrap_or_default();
        (weights.typing - least).max(weights.missing).max(weights.order)
    }
}
