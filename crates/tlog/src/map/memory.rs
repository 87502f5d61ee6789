//! A map in memory: for tests, and for maps that fit.
use super::{Branch, BranchId, MapStore, Person};
use crate::Hash;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Persons and branches in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryMap {
    /// values by key
    pub persons: BTreeMap<Hash, Hash>,
    branches: BTreeMap<BranchId, Vec<u8>>,
    written: usize,
}

impl MemoryMap {
    /// Branches written so far, again or for the first time.
    pub fn written(&self) -> usize {
        self.written
    }
}

impl MapStore for MemoryMap {
    type Error = Infallible;

    fn persons(&mut self, first: &Hash, last: &Hash) -> Result<Vec<Person>, Infallible> {
        Ok(self.persons.range(*first..=*last).map(|(key, value)| (*key, *value)).collect())
    }

    fn branch(&mut self, id: BranchId) -> Result<Option<Branch>, Infallible> {
        Ok(self.branches.get(&id).and_then(|bytes| Branch::from_bytes(bytes)))
    }

    fn put_branch(&mut self, id: BranchId, branch: &Branch) -> Result<(), Infallible> {
        self.written += 1;
        self.branches.insert(id, branch.to_bytes());
        Ok(())
    }
}
