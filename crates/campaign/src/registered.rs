//! What the registration form says of an account beside what calls are judged by: the agency's name, the purpose, the
//! factors of the quota.
use crate::table::AccountRow;
use crate::{CampaignError, Campaigns, Image};
use dancu_storage::{Row, Tx, Value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;

const TABLE: &str = "campaign_account";

/// What is registered of an account. `Debug` shows no words.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// Name of the holder's agency; empty: never said
    pub agency_name: String,
    /// What the account is for; empty: never said
    pub purpose: String,
    /// Cases a day and queries a case
    pub factors: Option<(u32, u32)>,
    /// When it came in through an import, microseconds since the epoch
    pub issued_us: Option<i64>,
    /// Closed because its import was undone; another import may open it again
    pub withdrawn: bool,
    /// Last use, microseconds since the epoch
    pub used_us: Option<i64>,
}

impl fmt::Debug for Registered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registered").field("factors", &self.factors).finish_non_exhaustive()
    }
}

impl Registered {
    /// With what a row says.
    pub(crate) fn with(&self, row: &AccountRow) -> Self {
        let said = |text: &String, known: &String| if text.is_empty() { known.clone() } else { text.clone() };
        Self {
            agency_name: said(&row.agency_name, &self.agency_name),
            purpose: said(&row.purpose, &self.purpose),
            factors: row.factors.or(self.factors.filter(|(a, b)| a.checked_mul(*b) == Some(row.daily_quota))),
            ..self.clone()
        }
    }
}

impl Campaigns {
    /// What is registered of these accounts, by id; those of which nothing is are left out.
    pub(crate) fn registered(&self, of: &[Image]) -> Result<HashMap<String, Registered>, CampaignError> {
        let rows = self.store.read("campaign.registered", |tx| {
            let mut rows = Vec::new();
            for image in of {
                rows.extend(tx.query_opt(
                    "SELECT account, agency_name, purpose, cases_a_day, queries_a_case, issued_at_us, withdrawn, used_at_us
                     FROM campaign_account WHERE account = $1",
                    &[image.id.as_str().into()],
                )?);
            }
            Ok::<_, CampaignError>(rows)
        })?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), self.open_registered(row)?))).collect()
    }

    /// What is registered of one account; nothing when it is not known here.
    pub fn registered_of(&self, account: &str) -> Result<Registered, CampaignError> {
        let view = self.view()?;
        let image = Image::of(view.account(account)?, None);
        Ok(self.registered(&[image])?.remove(account).unwrap_or_default())
    }

    fn open_registered(&self, row: &Row) -> Result<Registered, CampaignError> {
        let account = row.text(0)?;
        let purpose = row
            .opt_bytes(2)?
            .map(|sealed| self.sealer.open(TABLE, account, "purpose", sealed))
            .transpose()?;
        Ok(Registered {
            agency_name: row.text(1)?.to_owned(),
            purpose: purpose.unwrap_or_default(),
            factors: row.opt_number(3)?.zip(row.opt_number(4)?),
            issued_us: row.opt_int(5)?,
            withdrawn: row.bool(6)?,
            used_us: row.opt_int(7)?,
        })
    }

    /// The parameters of `put_registered`, sealed before the transaction.
    pub(crate) fn registered_values(
        &self,
        account: &str,
        is: &Registered,
        state: &str,
        now_us: i64,
    ) -> Result<Vec<Value>, CampaignError> {
        let purpose = match is.purpose.as_str() {
            "" => None,
            words => Some(self.sealer.seal(TABLE, account, "purpose", words)?),
        };
        Ok(vec![
            account.into(),
            is.agency_name.as_str().into(),
            purpose.into(),
            is.factors.map(|f| f.0).into(),
            is.factors.map(|f| f.1).into(),
            is.issued_us.into(),
            is.withdrawn.into(),
            state.into(),
            now_us.into(),
        ])
    }
}

/// Writes what is registered. Idleness of an account that is new here, or was not in use, counts from now on.
pub(crate) fn put_registered(tx: &mut Tx<'_>, rows: &[Vec<Value>]) -> Result<(), CampaignError> {
    tx.execute_many(
        "INSERT INTO campaign_account (
            account, agency_name, purpose, cases_a_day, queries_a_case, issued_at_us, withdrawn, seen_state, idle_from_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (account) DO UPDATE SET
            agency_name = excluded.agency_name, purpose = excluded.purpose, cases_a_day = excluded.cases_a_day,
            queries_a_case = excluded.queries_a_case, issued_at_us = excluded.issued_at_us,
            withdrawn = excluded.withdrawn,
            idle_from_us = CASE WHEN excluded.seen_state = 'active' AND campaign_account.seen_state <> 'active'
                THEN excluded.idle_from_us ELSE campaign_account.idle_from_us END,
            seen_state = excluded.seen_state",
        rows,
    )?;
    Ok(())
}
