//! Numbers that no two people share, without remembering the numbers given out: a counter per block,
//! and a permutation of the block that scatters what the counter gives.
use super::rng::split_mix;
use dancu_citizen::{IdCardNumber, PersonalId, Sex};

/// Numbers of one province, sex with century, and year: six digits (Decree 137/2015 article 13).
const ID_BLOCK: u32 = 1_000_000;
/// 9-digit numbers with the same first two digits.
const CARD_BLOCK: u32 = 10_000_000;
const FIRST_YEAR: i16 = 1900;
const YEARS: usize = 200;

/// Gives out numbers.
pub(crate) struct Numbers {
    seed: u64,
    ids: Vec<u32>,
    cards: Vec<u32>,
    taken_ids: Vec<u64>,
    taken_cards: Vec<u32>,
}

impl Numbers {
    /// Numbers of this seed; those taken already are never given out.
    pub(crate) fn new(seed: u64, mut taken_ids: Vec<u64>, mut taken_cards: Vec<u32>) -> Self {
        taken_ids.sort_unstable();
        taken_cards.sort_unstable();
        Self { seed, ids: vec![0; 100 * 2 * YEARS], cards: vec![0; 100], taken_ids, taken_cards }
    }

    /// A personal number of someone whose birth was registered in this province (two digits).
    /// None when the block is used up, or the year lies outside the numbering.
    pub(crate) fn personal_id(&mut self, province: u8, sex: Sex, year: i16) -> Option<PersonalId> {
        let female = u64::from(sex == Sex::Female);
        let years = u64::try_from(year - FIRST_YEAR).ok()?;
        let block = (u64::from(province) * 2 + female) * YEARS as u64 + years;
        let century_sex = years / 100 * 2 + female;
        let head = (u64::from(province) * 10 + century_sex) * 100 + years % 100;
        let counter = self.ids.get_mut(usize::try_from(block).ok()?)?;
        loop {
            let serial = scatter(self.seed, block, counter, ID_BLOCK)?;
            let number = head * u64::from(ID_BLOCK) + u64::from(serial);
            if self.taken_ids.binary_search(&number).is_err() {
                return PersonalId::from_u64(number);
            }
        }
    }

    /// A 9-digit card number that begins with these two digits. None when the block is used up.
    pub(crate) fn card(&mut self, prefix: u8) -> Option<IdCardNumber> {
        let counter = self.cards.get_mut(usize::from(prefix))?;
        loop {
            let serial = scatter(self.seed, 1 << 32 | u64::from(prefix), counter, CARD_BLOCK)?;
            let number = u32::from(prefix) * CARD_BLOCK + serial;
            if self.taken_cards.binary_search(&number).is_err() {
                return IdCardNumber::from_u32(number);
            }
        }
    }
}

/// The counter's place in a permutation of the block: an affine map whose factor shares no divisor with a power of ten.
fn scatter(seed: u64, block: u64, counter: &mut u32, size: u32) -> Option<u32> {
    let count = *counter;
    if count >= size {
        return None;
    }
    *counter += 1;
    let hash = split_mix(seed ^ split_mix(block));
    let size = u64::from(size);
    let last_digit = match hash & 3 {
        0 => 1,
        1 => 3,
        2 => 7,
        _ => 9,
    };
    let factor = (hash >> 2) % (size / 10) * 10 + last_digit;
    let offset = (hash >> 32) % size;
    u32::try_from((u64::from(count) * factor + offset) % size).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_block_is_used_to_its_last_number_and_then_refused() {
        let mut numbers = Numbers::new(3, vec![1_185_000_017], vec![]);
        let given: HashSet<_> = std::iter::from_fn(|| numbers.personal_id(1, Sex::Female, 1985)).collect();
        assert_eq!(given.len(), 999_999);
        assert!(!given.contains(&PersonalId::parse("001185000017").unwrap()));
        assert!(
            given.iter().all(|id| id.place_code() == 1 && id.sex() == Sex::Female && id.birth_year() == 1985)
        );
    }

    #[test]
    fn centuries_and_sexes_have_their_digit() {
        let mut numbers = Numbers::new(3, vec![], vec![]);
        let mut digit = |sex, year| numbers.personal_id(79, sex, year).unwrap().expose()[0..6].to_owned();
        assert_eq!(digit(Sex::Male, 1999), "079099");
        assert_eq!(digit(Sex::Female, 1999), "079199");
        assert_eq!(digit(Sex::Male, 2000), "079200");
        assert_eq!(digit(Sex::Female, 2026), "079326");
    }

    #[test]
    fn cards_do_not_repeat_and_skip_the_taken() {
        let mut numbers = Numbers::new(9, vec![], vec![12_345_678]);
        let given: HashSet<_> = std::iter::from_fn(|| numbers.card(1)).take(300_000).collect();
        assert_eq!(given.len(), 300_000);
        assert!(given.iter().all(|card| card.expose().starts_with("01") && card.expose() != "012345678"));
    }
}
