//! What happens by itself as time goes by.
use crate::{CampaignError, Campaigns};

/// What one `tick` did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Reviews that opened
    pub reviews_opened: u64,
    /// Organisations reminded of a review
    pub review_reminders: u64,
    /// Reviews that closed
    pub reviews_closed: u64,
    /// Units reminded of a registration campaign
    pub drive_reminders: u64,
    /// Registration campaigns that closed
    pub drives_closed: u64,
    /// Accounts that moved or closed on their day, or could not
    pub departures: u64,
    /// Granted quotas that ended
    pub quotas_ended: u64,
    /// Accounts that locked themselves, idle
    pub idle_locked: u64,
    /// Imports whose rows were erased
    pub imports_erased: u64,
}

impl Campaigns {
    /// Does what is due: reviews and registration campaigns open, remind and close; departures, ends of quotas, idle accounts, rows of old imports. Safe to run at any time, twice, and
    /// on several servers at once; a server runs it every few minutes. What it leaves for the next run (it works in batches)
    /// waits no longer than that.
    pub fn tick(&self, now_us: i64) -> Result<Ticked, CampaignError> {
        Ok(Ticked {
            reviews_closed: self.close_reviews(now_us)?,
            reviews_opened: self.open_reviews(now_us)?,
            review_reminders: self.remind_of_reviews(now_us)?,
            drives_closed: self.close_drives(now_us)?,
            drive_reminders: self.remind_of_drives(now_us)?,
            departures: self.carry_out_departures(now_us)?,
            quotas_ended: self.end_quotas(now_us)?,
            idle_locked: self.lock_idle(now_us)?,
            imports_erased: self.erase_old_imports(now_us)?,
        })
    }
}
