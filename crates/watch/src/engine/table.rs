//! A map that holds so much and no more: what was not touched for longest goes first.
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// States by key, bounded. What is forgotten depends on the keys' order of touch only, so it is the same every time.
#[derive(Clone, Debug)]
pub(super) struct Table<K, V> {
    most: usize,
    tick: u64,
    states: HashMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
}

impl<K: Clone + Eq + Hash, V: Default> Table<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, tick: 0, states: HashMap::new(), order: BTreeMap::new() }
    }

    /// The state of a key, made when it is not there.
    pub(super) fn of(&mut self, key: &K) -> &mut V {
        self.tick += 1;
        let tick = self.tick;
        if !self.states.contains_key(key)
            && self.states.len() >= self.most
            && let Some((_, oldest)) = self.order.pop_first()
        {
            self.states.remove(&oldest);
        }
        let (touched, state) = self.states.entry(key.clone()).or_default();
        let before = std::mem::replace(touched, tick);
        self.order.remove(&before);
        self.order.insert(tick, key.clone());
        state
    }
}

impl<K: Eq + Hash + Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let in_order: Vec<(&K, &V)> = self
            .order
            .values()
            .filter_map(|key| self.states.get(key).map(|(_, state)| (key, state)))
            .collect();
        (self.most, in_order).serialize(to)
    }
}

impl<'de, K, V> Deserialize<'de> for Table<K, V>
where
    K: Clone + Eq + Hash + Deserialize<'de>,
    V: Default + Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (most, in_order) = <(usize, Vec<(K, V)>)>::deserialize(from)?;
        let mut table = Self::new(most);
        for (key, state) in in_order {
            *table.of(&key) = state;
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_touched_for_longest_goes_and_a_copy_goes_on_alike() {
        let mut table: Table<u32, u32> = Table::new(3);
        for key in [1, 2, 3, 1, 4] {
            *table.of(&key) += 1;
        }
        assert_eq!(
            [1, 2, 3, 4].map(|key| table.states.get(&key).map(|(_, count)| *count)),
            [Some(2), None, Some(1), Some(1)]
        );
        let bytes = postcard::to_stdvec(&table).unwrap();
        let mut copy: Table<u32, u32> = postcard::from_bytes(&bytes).unwrap();
        for table in [&mut table, &mut copy] {
            table.of(&5);
            assert_eq!([1, 3, 4, 5].map(|key| table.states.contains_key(&key)), [true, false, true, true]);
        }
        assert_eq!(postcard::to_stdvec(&table).unwrap(), postcard::to_stdvec(&copy).unwrap());
    }
}
