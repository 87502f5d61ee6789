//! When accounts were last used: gathered on the road, written down in batches by whoever keeps accounts.
use dancu_policy::Id;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Accounts between two flushes at most; more are not remembered until the next one.
const MOST: usize = 100_000;

/// Last uses of accounts since they were last taken.
#[derive(Debug, Default)]
pub struct Uses(Mutex<HashMap<Id, i64>>);

impl Uses {
    /// Notes a use, microseconds since the epoch.
    pub fn note(&self, account: &Id, at_us: i64) {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = uses.get_mut(account) {
            *last = at_us.max(*last);
        } else if uses.len() < MOST {
            uses.insert(account.clone(), at_us);
        }
    }

    /// Takes all that were noted. What cannot be written is to be noted again.
    pub fn take(&self) -> Vec<(Id, i64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_use_of_each_is_taken_once_and_memory_is_bounded() {
        let uses = Uses::default();
        let account: Id = "a".into();
        for at_us in [5, 9, 7] {
            uses.note(&account, at_us);
        }
        assert_eq!(uses.take(), [(account.clone(), 9)]);
        assert!(uses.take().is_empty());
        for number in 0..MOST + 5 {
            uses.note(&number.to_string().into(), 1);
        }
        uses.note(&"0".into(), 2);
        let taken = uses.take();
        assert_eq!(taken.len(), MOST);
        assert!(taken.iter().any(|(id, at_us)| (&**id, *at_us) == ("0", 2)));
    }
}
