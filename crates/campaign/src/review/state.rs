//! How a row of a review moves: a pure function, which the tables follow.

crate::rules::names! {
    /// State of an account in a review.
    RowState {
        /// Nobody has decided
        Open = "open",
        /// It stays as it is
        Confirmed = "confirmed",
        /// It stays, changed
        Changed = "changed",
        /// It is locked now and closes at the deadline
        Closing = "closing",
        /// It is closed
        Closed = "closed",
        /// Nobody confirmed it in time
        Locked = "locked",
    }
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The unit confirms the account
    Confirm,
    /// The unit changes it
    Change,
    /// The unit closes it
    Close,
    /// The unit takes its decision back
    Undo,
    /// The deadline passes
    Deadline,
}

impl RowState {
    /// Where an action leads; none where it is not allowed.
    pub fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Open, Action::Confirm) | (Self::Confirmed, Action::Deadline) => Some(Self::Confirmed),
            (Self::Open, Action::Change) | (Self::Changed, Action::Deadline) => Some(Self::Changed),
            (Self::Open, Action::Close) => Some(Self::Closing),
            (Self::Confirmed | Self::Changed | Self::Closing, Action::Undo) => Some(Self::Open),
            (Self::Open, Action::Deadline) => Some(Self::Locked),
            (Self::Closing, Action::Deadline) => Some(Self::Closed),
            _ => None,
        }
    }

    /// Whether somebody has decided and may take it back.
    pub fn is_decided(self) -> bool {
        self.after(Action::Undo).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACTIONS: [Action; 5] =
        [Action::Confirm, Action::Change, Action::Close, Action::Undo, Action::Deadline];

    proptest! {
        #[test]
        fn no_way_leaves_an_account_unreviewed_and_in_use(path in prop::collection::vec(0..5_usize, 0..30)) {
            let mut state = RowState::Open;
            for at in path {
                if let Some(next) = state.after(ACTIONS[at]) {
                    // Decisions replace each other only by way of Open.
                    prop_assert!(!(state.is_decided() && next.is_decided()) || state == next);
                    state = next;
                }
            }
            // Whatever was done, the deadline leads to an end that says something, and stays there.
            let end = state.after(Action::Deadline).unwrap_or(state);
            prop_assert!(!matches!(end, RowState::Open | RowState::Closing));
            prop_assert_eq!(end.after(Action::Deadline).unwrap_or(end), end);
            if matches!(end, RowState::Closed | RowState::Locked) {
                prop_assert!(ACTIONS.iter().all(|action| end.after(*action).is_none()));
            }
        }

        #[test]
        fn what_was_undone_can_be_decided_again_in_every_way(first in 0..3_usize, second in 0..3_usize) {
            let once = RowState::Open.after(ACTIONS[first]).unwrap();
            prop_assert_eq!(once.after(ACTIONS[second]), None);
            let open = once.after(Action::Undo).unwrap();
            prop_assert_eq!(open, RowState::Open);
            prop_assert!(open.after(ACTIONS[second]).is_some());
        }
    }
}
