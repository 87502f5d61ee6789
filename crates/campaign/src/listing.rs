//! The accounts as a list: found by state, organisation, level and words, and written as a sheet.
use crate::campaigns::Reach;
use crate::registered::Registered;
use crate::table::{Column, Sheet, words::fold};
use crate::{CampaignError, Campaigns, Image, review, texts};
use dancu_catalogue::Lang;
use dancu_citizen::PersonalId;
use dancu_policy::{Account, AccountState, Id, VietnamTime};
use std::fmt;
use std::sync::Arc;

/// Which accounts are wanted. `Debug` shows no words.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AccountFind {
    /// Part of a login or name, with marks or without, or the holder's 12-digit number; empty: all
    pub text: String,
    /// In this state
    pub state: Option<AccountState>,
    /// Of this organisation
    pub organisation: Option<String>,
    /// Of this system
    pub system: Option<String>,
    /// Whose agency's code has so many groups: its level after Decision 20/2020/QĐ-TTg, from 1
    pub level: Option<usize>,
}

impl fmt::Debug for AccountFind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountFind")
            .field("state", &self.state)
            .field("organisation", &self.organisation)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// An account of a list. `Debug` shows its id.
#[derive(Clone)]
pub struct Listed {
    /// The account
    pub account: Arc<Account>,
    /// Organisation of its system
    pub organisation: Id,
    /// Name of its system
    pub system: String,
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("account", &self.account.id).finish_non_exhaustive()
    }
}

/// Level of an agency: the groups of its code.
pub fn level_of(account: &Account) -> usize {
    account.agency_code.as_str().split('.').count()
}

impl Campaigns {
    /// Accounts by organisation, system and login.
    pub fn accounts(&self, find: &AccountFind, reach: Reach<'_>) -> Result<Vec<Listed>, CampaignError> {
        let view = self.view()?;
        let words = fold(&find.text);
        let number = PersonalId::parse(&find.text.split_whitespace().collect::<String>()).ok();
        let mut found = Vec::new();
        for account in view.accounts() {
            let system = view.system(&account.system)?;
            let wanted = reach.covers(&system.organisation)
                && find.state.is_none_or(|state| state == account.state)
                && find.organisation.as_deref().is_none_or(|id| *id == *system.organisation)
                && find.system.as_deref().is_none_or(|id| *id == *system.id)
                && find.level.is_none_or(|level| level == level_of(account));
            let said = match number {
                Some(number) => account.officer_number == Some(number),
                None => fold(&account.officer_name).contains(&words) || fold(&account.login).contains(&words),
            };
            if wanted && said {
                found.push(Listed {
                    account: Arc::clone(account),
                    organisation: system.organisation.clone(),
                    system: system.name.clone(),
                });
            }
        }
        found.sort_by(|a, b| {
            let key = |of: &Listed| {
                (of.organisation.clone(), of.account.system.clone(), Arc::clone(&of.account.login))
            };
            key(a).cmp(&key(b))
        });
        Ok(found)
    }

    /// One account, with its telephone number and what is registered of it.
    pub fn account(&self, id: &str, reach: Reach<'_>) -> Result<(Listed, Image, Registered), CampaignError> {
        let view = self.view()?;
        let (account, system) = view.within(id, reach)?;
        let image = self.image(account)?;
        let registered = self.registered(std::slice::from_ref(&image))?.remove(id).unwrap_or_default();
        let listed = Listed {
            account: Arc::clone(account),
            organisation: system.organisation.clone(),
            system: system.name.clone(),
        };
        Ok((listed, image, registered))
    }

    /// The same of many, in their order.
    pub fn details(&self, of: &[Listed]) -> Result<Vec<(Image, Registered)>, CampaignError> {
        let accounts: Vec<Arc<Account>> = of.iter().map(|listed| Arc::clone(&listed.account)).collect();
        let images = self.images(&accounts)?;
        let mut registered = self.registered(&images)?;
        Ok(images
            .into_iter()
            .map(|image| {
                let known = registered.remove(&image.id).unwrap_or_default();
                (image, known)
            })
            .collect())
    }

    /// The list as a sheet: the columns of the registration form, then system, state, day of issue and last use.
    pub fn accounts_sheet(&self, of: &[Listed], lang: Lang) -> Result<Sheet, CampaignError> {
        let more = texts::list(lang, "accounts-columns");
        let headings =
            Column::ALL.iter().map(|column| self.words.label(*column, lang).to_owned()).chain(more);
        let day = |us: Option<i64>| {
            us.and_then(VietnamTime::of).map(|time| review::day(time.date)).unwrap_or_default()
        };
        let mut rows = Vec::with_capacity(of.len());
        for ((listed, (image, known)), number) in of.iter().zip(self.details(of)?).zip(1_u32..) {
            let (cases, queries) =
                known.factors.map(|(a, b)| (a.to_string(), b.to_string())).unwrap_or_default();
            rows.push(vec![
                number.to_string(),
                image.full_name,
                image.login,
                image.officer_number.map(PersonalId::expose).unwrap_or_default(),
                image.phone.unwrap_or_default(),
                image.agency_code.to_string(),
                known.agency_name,
                self.words.role_label(image.role, lang).to_owned(),
                cases,
                queries,
                image.daily_quota.to_string(),
                known.purpose,
                listed.system.clone(),
                texts::say(lang, &format!("report-state-{}", image.state.name()), &[]),
                day(known.issued_us),
                day(known.used_us),
            ]);
        }
        Ok(Sheet {
            name: texts::say(lang, "accounts-name", &[]),
            titles: Vec::new(),
            headings: headings.collect(),
            rows,
        })
    }
}
