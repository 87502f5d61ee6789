//! The world of these tests: a province with two systems, a bank with one, and their accounts.
use dancu_campaign::{Campaigns, Image, Reach, Rules};
use dancu_citizen::CivilDate;
use dancu_exchange::{Exchange, World};
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_policy::{Account, AccountState};
use dancu_storage::testing::{Guard, stores};
use dancu_storage::{Row, Store};
use std::sync::Arc;

/// Saturday 21 November 2026, 09:00 in Vietnam
pub(crate) const NOW_US: i64 = 1_795_226_400_000_000;
pub(crate) const DAY_US: i64 = 86_400_000_000;
/// Who administers accounts, and who decides on requests
pub(crate) const MANAGER: &str = "staff-manager";
pub(crate) const OFFICER: &str = "staff-officer";

const WORLD: &str = r#"{
  "organisations": [
    {"id": "thai-nguyen", "agency_code": "H55", "name": "UBND tỉnh Thái Nguyên"},
    {"id": "bank", "agency_code": "G16.9", "name": "Ngân hàng"}],
  "systems": [
    {"id": "one-stop", "organisation": "thai-nguyen", "name": "Một cửa", "state": "connected", "security_level": 3,
     "assessed_until": "2027-12-31", "commitment_signed_on": "2026-01-05", "networks": ["10.55.0.0/16"],
     "daily_quota": 10000, "per_call_window_s": 300, "accounts": [
      {"id": "account-1", "login": "nguyenvana.stttt", "officer_number": "001080000024", "officer_name": "Nguyễn Văn A",
       "phone": "0912345671", "role": "one_stop_officer", "agency_code": "H55.242", "daily_quota": 150},
      {"id": "account-2", "login": "tranthib.stttt", "officer_number": "001180000017", "officer_name": "Trần Thị B",
       "phone": "0912345672", "role": "head_of_unit", "agency_code": "H55.242", "daily_quota": 50},
      {"id": "account-3", "login": "nentang.tichhop", "officer_name": "Nền tảng",
       "role": "platform", "agency_code": "H55", "daily_quota": 5000}]},
    {"id": "portal", "organisation": "thai-nguyen", "name": "Cổng", "state": "connected", "security_level": 3,
     "assessed_until": "2027-12-31", "networks": ["10.55.0.0/16"], "daily_quota": 100, "per_call_window_s": 300},
    {"id": "counter", "organisation": "bank", "name": "Quầy", "state": "connected", "security_level": 3,
     "assessed_until": "2027-12-31", "commitment_signed_on": "2026-01-05", "networks": ["10.16.0.0/16"],
     "daily_quota": 1000, "per_call_window_s": 300, "accounts": [
      {"id": "account-9", "login": "phamthid.bank", "officer_name": "Phạm Thị D",
       "role": "civil_servant", "agency_code": "G16.9.1", "daily_quota": 100}]}]
}"#;

pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) store: Store,
    pub(crate) exchange: Exchange,
    pub(crate) campaigns: Campaigns,
    _guard: Guard,
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

/// A server on each engine, with the world.
pub(crate) fn servers() -> Vec<Server> {
    stores().into_iter().map(|(name, store, guard)| server(name, store, guard, ring())).collect()
}

pub(crate) fn server(name: &'static str, store: Store, guard: Guard, ring: KeyRing) -> Server {
    let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
    let exchange = Exchange::open(store.clone(), ring.clone()).unwrap().with_password_params(cheap);
    let world: World = serde_json::from_str(WORLD).unwrap();
    exchange.provision(&world, NOW_US).unwrap();
    let campaigns = Campaigns::open(exchange.clone(), ring, Rules::built_in().unwrap()).unwrap();
    Server { name, store, exchange, campaigns, _guard: guard }
}

pub(crate) fn day(text: &str) -> CivilDate {
    CivilDate::parse_iso(text).unwrap()
}

impl Server {
    pub(crate) fn account(&self, id: &str) -> Arc<Account> {
        self.exchange.refresh().unwrap();
        let snapshot = self.exchange.snapshot();
        let mut all = snapshot.rules.systems().flat_map(dancu_policy::SystemRules::accounts);
        all.find(|account| account.id.as_ref() == id).cloned().unwrap()
    }

    pub(crate) fn by_login(&self, system: &str, login: &str) -> Option<Arc<Account>> {
        self.exchange.refresh().unwrap();
        self.exchange.snapshot().rules.system(system).unwrap().by_login(login).cloned()
    }

    pub(crate) fn state(&self, id: &str) -> AccountState {
        self.account(id).state
    }

    pub(crate) fn last_change(&self, id: &str) -> (Option<Image>, Image) {
        self.campaigns.history(id, 1).unwrap().remove(0).change.unwrap()
    }

    /// Every cell of the tables of this crate.
    pub(crate) fn cells(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut add = |row: &Row| {
            for column in 0..row.len() {
                match (row.opt_text(column), row.opt_bytes(column)) {
                    (Ok(Some(text)), _) => all.extend_from_slice(text.as_bytes()),
                    (_, Ok(Some(bytes))) => all.extend_from_slice(bytes),
                    _ => {}
                }
            }
            Ok::<_, dancu_storage::StoreError>(())
        };
        let read = |tx: &mut dancu_storage::Tx<'_>| {
            tx.for_each("SELECT * FROM campaign_account", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_history", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_event", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_import", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_import_row", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_quota", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_departure", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_review", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_review_row", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_drive", &[], &mut add)?;
            tx.for_each("SELECT * FROM campaign_unit", &[], &mut add)
        };
        self.store.read("test.cells", read).unwrap();
        all
    }
}

pub(crate) const OWN: Reach<'static> = Reach::Of("thai-nguyen");
