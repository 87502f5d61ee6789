//! Locking and closing one account by hand, with the reason.
use crate::campaigns::Reach;
use crate::history::{self, Deed};
use crate::idle::{see, seen};
use crate::{CampaignError, Campaigns, Refusal};
use dancu_policy::AccountState;

impl Campaigns {
    /// Locks an account in use; the reason stands in its history.
    pub fn lock_account(
        &self,
        account: &str,
        reach: Reach<'_>,
        why: &str,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.stop(account, reach, (AccountState::Locked, Deed::Locked), why, by, now_us)
    }

    /// Closes an account for good; the reason stands in its history.
    pub fn close_account(
        &self,
        account: &str,
        reach: Reach<'_>,
        why: &str,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.stop(account, reach, (AccountState::Closed, Deed::Closed), why, by, now_us)
    }

    fn stop(
        &self,
        account: &str,
        reach: Reach<'_>,
        (to, deed): (AccountState, Deed),
        why: &str,
        by: &str,
        now_us: i64,
    ) -> Result<(), CampaignError> {
        self.retrying(|view| {
            let (known, _) = view.within(account, reach)?;
            match (known.state, to) {
                (AccountState::Closed, _) => return Err(Refusal::Closed.into()),
                (state, to) if state == to => return Err(Refusal::NotNow.into()),
                _ => {}
            }
            let line = self.line(account, deed, by, "", None, now_us)?;
            let line = self.saying(line, why)?;
            self.apply("campaign.stop_account", now_us, view, |change| {
                change.set_account_state(account, to)?;
                see(change.tx(), &[seen(account, to, now_us)])?;
                history::write(change.tx(), std::slice::from_ref(&line))
            })
        })
    }
}
