//! Those with a number as they come, apart by the province that their numbers begin with: what is sorted at once is small, and nobody
//! is moved for it.
use crate::builder::Raw;
use crate::bytes::low;

/// Numbers of a province.
pub(crate) const NUMBERS: u64 = 1_000_000_000;
/// People of a block: 14 KiB.
const IN_BLOCK: usize = 512;

/// Blocks are full but for a few of each province, and are never moved.
#[derive(Default)]
pub(crate) struct Provinces {
    blocks: Vec<Vec<Vec<Raw>>>,
    count: usize,
}

impl Provinces {
    /// How many people there are.
    pub(crate) fn people(&self) -> usize {
        self.count
    }

    /// How many provinces there are, those with nobody in them included.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// How many people a province has.
    pub(crate) fn people_of(&self, province: usize) -> usize {
        self.blocks.get(province).into_iter().flatten().map(Vec::len).sum()
    }

    /// Takes somebody in.
    pub(crate) fn push(&mut self, raw: Raw) {
        let province = usize::try_from(raw.number() / NUMBERS).unwrap_or_default();
        self.reach(province + 1);
        let Some(blocks) = self.blocks.get_mut(province) else { return };
        match blocks.last_mut() {
            Some(block) if block.len() < IN_BLOCK => block.push(raw),
            // The first one grows: many provinces of a small index have a few people.
            last => {
                let mut block = Vec::with_capacity(if last.is_some() { IN_BLOCK } else { 1 });
                block.push(raw);
                blocks.push(block);
            }
        }
        self.count += 1;
    }

    fn reach(&mut self, provinces: usize) {
        if self.blocks.len() < provinces {
            self.blocks.resize_with(provinces, Vec::new);
        }
    }

    /// Takes the blocks of others over.
    pub(crate) fn append(&mut self, others: Self) {
        self.reach(others.blocks.len());
        self.blocks.iter_mut().zip(others.blocks).for_each(|(blocks, others)| blocks.extend(others));
        self.count += others.count;
    }

    /// Everybody, to be changed in all but the number.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Raw> {
        self.blocks.iter_mut().flatten().flatten()
    }

    /// The people of a province, in the order of their numbers.
    pub(crate) fn sorted(&self, province: usize) -> impl Iterator<Item = Raw> {
        let blocks = self.blocks.get(province).map(Vec::as_slice).unwrap_or_default();
        // The number within the province, and where it stands: they fit into one number, which sorts quickest.
        let mut order = Vec::with_capacity(self.people_of(province));
        for (block, first) in blocks.iter().zip((0_u64..).step_by(IN_BLOCK)) {
            order.extend(
                block.iter().zip(first..).map(|(raw, at)| (raw.number() % NUMBERS) << u32::BITS | at),
            );
        }
        order.sort_unstable();
        order.into_iter().filter_map(|entry| {
            let at = low(entry) as usize;
            blocks.get(at / IN_BLOCK)?.get(at % IN_BLOCK).copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row;
    use proptest::prelude::*;

    fn provinces(numbers: &[u64]) -> Provinces {
        let mut all = Provinces::default();
        for number in numbers {
            all.push(Raw::new(*number, 0, Row::default()));
        }
        all
    }

    proptest! {
        #[test]
        fn people_come_back_in_the_order_of_their_numbers(
            numbers in prop::collection::vec(prop_oneof![0..3 * NUMBERS, 96 * NUMBERS..97 * NUMBERS], 0..2_000), parts in 1_usize..4,
        ) {
            let mut all = Provinces::default();
            for part in numbers.chunks(numbers.len().div_ceil(parts).max(1)) {
                all.append(provinces(part));
            }
            prop_assert_eq!(all.people(), numbers.len());
            let in_order = (0..all.len()).flat_map(|province| {
                let people: Vec<u64> = all.sorted(province).map(|raw| raw.number()).collect();
                assert_eq!(people.len(), all.people_of(province));
                people
            });
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            prop_assert_eq!(in_order.collect::<Vec<_>>(), sorted);
        }
    }
}
