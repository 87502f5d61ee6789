//! A network or a device from which an account never came, and its colleagues do not.
use super::table::Table;
use super::window::{Distinct, Hit};
use super::{ACCOUNTS, Cx, Found, Scope, count};
use dancu_policy::Id;
use serde::{Deserialize, Serialize};

/// Sources of an account that are remembered; the one not used for longest goes first.
const SOURCES: usize = 16;
/// Accounts of a source that are told apart.
const USERS: usize = 16;

/// Where an account came from, networks and devices alike: they are hashes under different labels.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    calls: u32,
    sources: Vec<([u8; 16], i64)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NewSource {
    accounts: Table<Id, Known>,
    /// Accounts of a system that used a source
    users: Table<(Id, [u8; 16]), Distinct<Id>>,
}

impl NewSource {
    pub(super) fn new() -> Self {
        Self { accounts: Table::new(ACCOUNTS), users: Table::new(ACCOUNTS) }
    }

    pub(super) fn see(&mut self, cx: &Cx<'_>) -> Option<Found> {
        let account = cx.account().filter(|_| cx.seen.ended.is_answered())?;
        // Where a system calls for its officers, the address is the system's and tells nothing of them.
        let network = cx.seen.network.filter(|_| cx.seen.page);
        if network.is_none() && cx.seen.device.is_none() {
            return None;
        }
        let known = self.accounts.of(account);
        known.calls = known.calls.saturating_add(1);
        let judged = u64::from(known.calls) > cx.param("learn");
        let keep_us = i64::from(cx.set.param("keep_days")) * 86_400_000_000;
        let mut new = [None, None];
        for (place, source) in new.iter_mut().zip([network, cx.seen.device]) {
            let Some(source) = source else { continue };
            let is_new = known.use_it(source, cx.seen.at_us, keep_us);
            let users = self.users.of(&(cx.seen.who.system.clone(), source));
            let others = users.iter().filter(|one| *one != account).count();
            if users.len() < USERS || users.contains(account) {
                users.add(account.clone(), cx.hit(), keep_us);
            }
            *place = (is_new && judged && count(others) < cx.param("peers")).then_some(others);
        }
        let [network, device] = new;
        // Dampened, an account may come from anywhere for a while.
        let said = cx.threshold(Scope::Account) <= usize::from(cx.set.threshold);
        let others = network.or(device).filter(|_| said)?;
        Some(Found {
            of: Scope::Account,
            about: None,
            hits: vec![Hit { at_us: cx.seen.at_us, entry: cx.seen.entry }],
            figures: vec![
                ("new_network", network.is_some().into()),
                ("new_device", device.is_some().into()),
                ("colleagues", count(others)),
            ],
        })
    }
}

impl Known {
    /// Notes a source; whether it is new.
    fn use_it(&mut self, source: [u8; 16], at_us: i64, keep_us: i64) -> bool {
        self.sources.retain(|(_, used_us)| *used_us > at_us - keep_us);
        if let Some((_, used_us)) = self.sources.iter_mut().find(|(known, _)| *known == source) {
            *used_us = at_us;
            return false;
        }
        if self.sources.len() >= SOURCES {
            let oldest = self.sources.iter().enumerate().min_by_key(|(_, (_, used_us))| *used_us);
            if let Some((at, _)) = oldest {
                self.sources.swap_remove(at);
            }
        }
        self.sources.push((source, at_us));
        true
    }
}
