//! What an account table would do: rows held against the accounts that are there.
use crate::campaigns::View;
use crate::registered::Registered;
use crate::table::{AccountRow, Column, Fault, Problem, Words};
use crate::{CampaignError, Campaigns, Image};
use dancu_policy::{Account, AccountState, Id};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

crate::rules::names! {
    /// What taking a row would do.
    RowKind {
        /// A new account
        New = "new",
        /// An account that is there changes
        Changed = "changed",
        /// Nothing: the account is there and is so
        Same = "same",
        /// It cannot be taken
        Faulty = "faulty",
    }
}

impl RowKind {
    /// Whether taking it changes anything.
    pub fn takes(self) -> bool {
        matches!(self, Self::New | Self::Changed)
    }
}

/// A row of a plan. Personal data: `Debug` shows line and kind only.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanRow {
    /// Line of the file or row of the sheet, from 1
    pub line: u32,
    /// What taking it would do
    pub kind: RowKind,
    /// The account it is about; none for one that is not there yet
    pub account: Option<String>,
    /// What stands in the row
    pub content: Content,
}

impl fmt::Debug for PlanRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlanRow").field("line", &self.line).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What a row says and what it changes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Cells of the file, for writing the row back
    pub cells: Vec<String>,
    /// Why it cannot be taken
    pub faults: Vec<Fault>,
    /// The account that it asks for, when it can be read
    pub row: Option<AccountRow>,
    /// The account as it is
    pub before: Option<Image>,
    /// The account as it would be; with the id once it is taken
    pub after: Option<Image>,
    /// What else is registered of it
    pub registered_before: Registered,
    /// And would be
    pub registered_after: Registered,
}

impl Content {
    pub(super) fn faulty(cells: Vec<String>, faults: Vec<Fault>) -> Self {
        let (registered_before, registered_after) = Default::default();
        Self { cells, faults, row: None, before: None, after: None, registered_before, registered_after }
    }

    /// The columns in which an account would change, with its values before and after.
    pub fn changes(&self, words: &Words, lang: dancu_catalogue::Lang) -> Vec<(Column, String, String)> {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Vec::new() };
        let number =
            |image: &Image| image.officer_number.map(dancu_citizen::PersonalId::expose).unwrap_or_default();
        let phone = |image: &Image| image.phone.clone().unwrap_or_default();
        let role = |image: &Image| words.role_label(image.role, lang).to_owned();
        let (was, will) = (&self.registered_before, &self.registered_after);
        let pairs = [
            (Column::FullName, before.full_name.clone(), after.full_name.clone()),
            (Column::OfficerNumber, number(before), number(after)),
            (Column::Phone, phone(before), phone(after)),
            (Column::AgencyCode, before.agency_code.to_string(), after.agency_code.to_string()),
            (Column::AgencyName, was.agency_name.clone(), will.agency_name.clone()),
            (Column::Role, role(before), role(after)),
            (Column::DailyQuota, before.daily_quota.to_string(), after.daily_quota.to_string()),
            (Column::Purpose, was.purpose.clone(), will.purpose.clone()),
        ];
        pairs.into_iter().filter(|(_, was, will)| was != will).collect()
    }
}

/// The accounts of one system, and what is registered of them.
pub(super) struct Present {
    system: Id,
    logins: HashMap<String, Image>,
    /// Logins without case, for two that differ in case only are one to people
    folded: HashMap<String, String>,
    registered: HashMap<String, Registered>,
}

impl Present {
    /// With telephone numbers of the accounts whose logins the rows name.
    pub(super) fn of(campaigns: &Campaigns, view: &View, system: &str) -> Result<Self, CampaignError> {
        let rules =
            view.snapshot.rules.system(system).ok_or_else(|| CampaignError::unknown("system", system))?;
        let accounts: Vec<Arc<Account>> = rules.accounts().cloned().collect();
        let images = campaigns.images(&accounts)?;
        let registered = campaigns.registered(&images)?;
        let folded = images.iter().map(|image| (image.login.to_lowercase(), image.login.clone())).collect();
        let logins = images.into_iter().map(|image| (image.login.clone(), image)).collect();
        Ok(Self { system: rules.system.id.clone(), logins, folded, registered })
    }

    /// What taking a row would do.
    pub(super) fn plan(&self, row: AccountRow, cells: Vec<String>, words: &Words) -> PlanRow {
        let there = self.there(&row.login);
        let known = there.and_then(|image| self.registered.get(&image.id)).cloned().unwrap_or_default();
        let faults = self.faults(&row, there, &known, words);
        let line = row.line;
        if !faults.is_empty() {
            return PlanRow {
                line,
                kind: RowKind::Faulty,
                account: None,
                content: Content::faulty(cells, faults),
            };
        }
        let after = self.after(&row, there);
        let registered_after = known.with(&row);
        let kind = match there {
            None => RowKind::New,
            // Closed, and free to come back: its import was undone.
            Some(before) if before.state == AccountState::Closed => RowKind::New,
            Some(before) if *before == after && known == registered_after => RowKind::Same,
            Some(_) => RowKind::Changed,
        };
        let content = Content {
            cells,
            faults,
            row: Some(row),
            before: there.cloned(),
            after: Some(after),
            registered_before: known,
            registered_after,
        };
        PlanRow { line, kind, account: there.map(|image| image.id.clone()), content }
    }

    fn there(&self, login: &str) -> Option<&Image> {
        self.logins.get(login).or_else(|| self.logins.get(self.folded.get(&login.to_lowercase())?))
    }

    fn faults(
        &self,
        row: &AccountRow,
        there: Option<&Image>,
        known: &Registered,
        words: &Words,
    ) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |column, problem| faults.push(Fault { line: row.line, column, problem });
        if let Some(there) = there {
            if there.state == AccountState::Closed && !known.withdrawn {
                fault(Column::Login, Problem::AccountClosed);
            }
            if !words.may_give(there.role) {
                fault(Column::Role, Problem::RoleKept);
            }
            let other = there.officer_number.zip(row.officer_number).is_some_and(|(a, b)| a != b);
            if other && there.state != AccountState::Closed {
                fault(Column::OfficerNumber, Problem::OtherHolder);
            }
        }
        let held = |other: &&Image| {
            other.state != AccountState::Closed
                && there.is_none_or(|there| there.id != other.id)
                && other.officer_number == row.officer_number
        };
        if row.officer_number.is_some() && self.logins.values().any(|other| held(&other)) {
            fault(Column::OfficerNumber, Problem::OfficerHasAccount);
        }
        faults
    }

    /// What the row does not say stays.
    fn after(&self, row: &AccountRow, there: Option<&Image>) -> Image {
        let state = match there.map(|image| image.state) {
            Some(AccountState::Locked) => AccountState::Locked,
            _ => AccountState::Active,
        };
        Image {
            id: there.map(|image| image.id.clone()).unwrap_or_default(),
            system: self.system.to_string(),
            login: there.map_or_else(|| row.login.clone(), |image| image.login.clone()),
            full_name: row.full_name.clone(),
            officer_number: row.officer_number.or(there.and_then(|image| image.officer_number)),
            phone: row.phone.clone().or_else(|| there.and_then(|image| image.phone.clone())),
            role: row.role,
            agency_code: row.agency_code.clone(),
            daily_quota: row.daily_quota,
            state,
        }
    }
}
