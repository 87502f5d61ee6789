//! The one value behind which all of this stands, and its end of the exchange.
use crate::sealed::Sealer;
use crate::table::Words;
use crate::{CampaignError, Image, Rules, schema};
use dancu_exchange::{Change, Exchange, Snapshot};
use dancu_keys::KeyRing;
use dancu_policy::{Account, Id, Organisation, System};
use dancu_storage::Store;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Accounts in bulk. Cheap to clone.
///
/// Every method blocks on the store: on an asynchronous runtime call it from a blocking thread. What changes accounts is
/// one transaction with the exchange's rows. Staff actions take the staff account that does them, `by`, and the time, in
/// microseconds since the epoch; whether that account may is asked before, by whoever calls.
#[derive(Clone)]
pub struct Campaigns {
    pub(crate) store: Store,
    pub(crate) exchange: Exchange,
    pub(crate) sealer: Sealer,
    pub(crate) rules: Arc<Rules>,
    pub(crate) words: Arc<Words>,
}

/// Whose things somebody sees and touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Those of one organisation; the others do not exist for them
    Of(&'a str),
    /// Those of all
    All,
}

impl Reach<'_> {
    pub(crate) fn covers(self, organisation: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(own) => own == organisation,
        }
    }
}

/// How often a change begins anew because others changed the exchange.
const ATTEMPTS: usize = 16;

impl Campaigns {
    /// Brings the tables up to date, in the exchange's store. Blocks.
    pub fn open(exchange: Exchange, ring: KeyRing, rules: Rules) -> Result<Self, CampaignError> {
        let store = exchange.store().clone();
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        let words = Arc::new(Words::built_in()?);
        Ok(Self { store, exchange, sealer: Sealer::new(ring), rules: Arc::new(rules), words })
    }

    /// The words by which tables are understood, and the template.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The rules over time.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Everything that is judged by, as it stands.
    pub(crate) fn view(&self) -> Result<View, CampaignError> {
        self.exchange.refresh()?;
        Ok(View::of(self.exchange.snapshot()))
    }

    /// Looks and does, and looks again when others changed the exchange in between.
    pub(crate) fn retrying<T>(
        &self,
        mut attempt: impl FnMut(&View) -> Result<T, CampaignError>,
    ) -> Result<T, CampaignError> {
        for _ in 0..ATTEMPTS {
            match attempt(&self.view()?) {
                Err(CampaignError::Moved) => {}
                other => return other,
            }
        }
        Err(CampaignError::Busy)
    }

    /// One transaction over the exchange's rows and ours, if the exchange is still what `view` shows.
    pub(crate) fn apply<T>(
        &self,
        name: &'static str,
        now_us: i64,
        view: &View,
        mut f: impl FnMut(&mut Change<'_, '_>) -> Result<T, CampaignError>,
    ) -> Result<T, CampaignError> {
        self.exchange.change_with(name, now_us, |change| {
            if change.version()? != view.version {
                return Err(CampaignError::Moved);
            }
            f(change)
        })
    }

    /// What is known of an account, with its telephone number.
    pub(crate) fn image(&self, account: &Account) -> Result<Image, CampaignError> {
        Ok(Image::of(account, self.exchange.account_phone(&account.id)?))
    }

    /// The same of many.
    pub(crate) fn images(&self, accounts: &[Arc<Account>]) -> Result<Vec<Image>, CampaignError> {
        let ids: Vec<Id> = accounts.iter().map(|account| account.id.clone()).collect();
        let mut phones = self.exchange.account_phones(&ids)?;
        Ok(accounts.iter().map(|account| Image::of(account, phones.remove(&account.id))).collect())
    }
}

impl fmt::Debug for Campaigns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaigns").field("store", &self.store).finish_non_exhaustive()
    }
}

/// The exchange at one version, with its accounts by id.
pub(crate) struct View {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) version: i64,
    accounts: HashMap<Id, Arc<Account>>,
}

impl View {
    fn of(snapshot: Arc<Snapshot>) -> Self {
        let all = snapshot.rules.systems().flat_map(dancu_policy::SystemRules::accounts);
        let accounts = all.map(|account| (account.id.clone(), Arc::clone(account))).collect();
        Self { version: snapshot.version, snapshot, accounts }
    }

    pub(crate) fn account(&self, id: &str) -> Result<&Arc<Account>, CampaignError> {
        self.accounts.get(id).ok_or_else(|| CampaignError::unknown("account", id))
    }

    /// An account that somebody of this reach may know of, with its system.
    pub(crate) fn within(
        &self,
        id: &str,
        reach: Reach<'_>,
    ) -> Result<(&Arc<Account>, &Arc<System>), CampaignError> {
        let account = self.account(id)?;
        let system = self.system(&account.system)?;
        if reach.covers(&system.organisation) {
            Ok((account, system))
        } else {
            Err(CampaignError::unknown("account", id))
        }
    }

    /// All accounts, by id.
    pub(crate) fn accounts(&self) -> Vec<&Arc<Account>> {
        let mut all: Vec<_> = self.accounts.values().collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    pub(crate) fn system(&self, id: &str) -> Result<&Arc<System>, CampaignError> {
        let of = self.snapshot.rules.system(id).ok_or_else(|| CampaignError::unknown("system", id))?;
        Ok(&of.system)
    }

    pub(crate) fn organisation(&self, id: &str) -> Result<&Arc<Organisation>, CampaignError> {
        self.snapshot.rules.organisation(id).ok_or_else(|| CampaignError::unknown("organisation", id))
    }
}
