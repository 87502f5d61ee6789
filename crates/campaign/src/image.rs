//! An account as one sees it: what the exchange holds of it, in one value that can be sealed and compared.
use crate::{CampaignError, wire};
use dancu_citizen::PersonalId;
use dancu_exchange::{Exchange, OfficerEntry, PreparedAccount};
use dancu_policy::{Account, AccountState, AgencyCode, Role};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the exchange holds of an account. Personal data: `Debug` shows id and state only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Id
    pub id: String,
    /// The system through which it reaches data
    pub system: String,
    /// Login
    pub login: String,
    /// Name of the holder
    pub full_name: String,
    /// Number of the holder
    #[serde(with = "wire::number")]
    pub officer_number: Option<PersonalId>,
    /// Telephone number of the holder
    pub phone: Option<String>,
    /// Role
    #[serde(with = "wire::role")]
    pub role: Role,
    /// Agency of the holder
    #[serde(with = "wire::code")]
    pub agency_code: AgencyCode,
    /// Calls a day
    pub daily_quota: u32,
    /// State
    #[serde(with = "wire::state")]
    pub state: AccountState,
}

impl Image {
    pub(crate) fn of(account: &Account, phone: Option<String>) -> Self {
        Self {
            id: account.id.to_string(),
            system: account.system.to_string(),
            login: account.login.to_string(),
            full_name: account.officer_name.clone(),
            officer_number: account.officer_number,
            phone,
            role: account.role,
            agency_code: account.agency_code.clone(),
            daily_quota: account.daily_quota,
            state: account.state,
        }
    }

    /// Ready to be put into the exchange; the password stays as it is.
    pub(crate) fn prepare(&self, exchange: &Exchange, now_us: i64) -> Result<PreparedAccount, CampaignError> {
        let account = Account {
            id: self.id.as_str().into(),
            system: self.system.as_str().into(),
            login: self.login.as_str().into(),
            officer_number: self.officer_number,
            officer_name: self.full_name.clone(),
            role: self.role,
            agency_code: self.agency_code.clone(),
            daily_quota: self.daily_quota,
            state: self.state,
        };
        let entry = OfficerEntry { account, phone: self.phone.clone(), password: None };
        Ok(exchange.prepare_account(entry, now_us)?)
    }
}

impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}
