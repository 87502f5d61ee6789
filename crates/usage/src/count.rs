//! From entries to counts, in memory.
use dancu_journal::{Call, Entry, Kind, Outcome};
use dancu_policy::VietnamTime;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// The services whose calls count: those of the road, and what could not be read as any of them. What systems call in their technical
/// test has other names, and so has what people do beside calls.
pub const SERVICES: [&str; 4] = ["verify", "look_up", "search", "unread"];

/// So many calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// All of them
    pub calls: u64,
    /// Those that were refused
    pub refused: u64,
}

impl Count {
    /// Those that were answered.
    pub fn answered(self) -> u64 {
        self.calls.saturating_sub(self.refused)
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.refused += other.refused;
    }
}

/// What is counted apart: day, hour, organisation, system, service, outcome, whether that is a refusal.
pub(crate) type Key<'e> = (i32, u8, Cow<'e, str>, Cow<'e, str>, Cow<'e, str>, &'static str, bool);

/// The counts of a batch of entries, in the order of the tables' keys.
#[derive(Default)]
pub(crate) struct Counts<'e> {
    pub(crate) hours: BTreeMap<Key<'e>, u64>,
    /// By account and day
    pub(crate) accounts: BTreeMap<(Cow<'e, str>, i32), Count>,
}

impl<'e> Counts<'e> {
    pub(crate) fn of(entries: &'e [Entry]) -> Self {
        let mut counts = Self::default();
        for entry in entries.iter().filter(|entry| counts_as_use(entry)) {
            counts.add(&entry.call);
        }
        counts
    }

    fn add(&mut self, call: &'e Call) {
        let Some(time) = VietnamTime::of(call.at_us) else { return };
        // Minutes of a day divided by 60 are 0 to 23.
        let hour = u8::try_from(time.minute / 60).unwrap_or(23);
        let refused = matches!(call.outcome, Outcome::Refused(_));
        let key = (
            time.day,
            hour,
            text(call.organisation.as_deref()),
            text(call.system_id.as_deref()),
            Cow::Borrowed(call.service.as_str()),
            call.outcome.name(),
            refused,
        );
        *self.hours.entry(key).or_default() += 1;
        if let Some(account) = call.account_id.as_deref() {
            *self.accounts.entry((Cow::Borrowed(account), time.day)).or_default() +=
                Count { calls: 1, refused: refused.into() };
        }
    }

    /// Adds the counts of other entries, which may then go.
    pub(crate) fn absorb(&mut self, others: &Counts<'_>) {
        let owned = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        for ((day, hour, organisation, system, service, outcome, refused), calls) in &others.hours {
            let key = (*day, *hour, owned(organisation), owned(system), owned(service), *outcome, *refused);
            *self.hours.entry(key).or_default() += calls;
        }
        for ((account, day), count) in &others.accounts {
            *self.accounts.entry((owned(account), *day)).or_default() += *count;
        }
    }

    /// The same by day.
    pub(crate) fn days(&self) -> BTreeMap<Key<'e>, u64> {
        let mut days = BTreeMap::new();
        for ((day, _, organisation, system, service, outcome, refused), calls) in &self.hours {
            let (organisation, system, service) = (organisation.clone(), system.clone(), service.clone());
            *days.entry((*day, 0, organisation, system, service, *outcome, *refused)).or_default() += calls;
        }
        days
    }
}

fn text(text: Option<&str>) -> Cow<'_, str> {
    Cow::Borrowed(text.unwrap_or_default())
}

fn counts_as_use(entry: &Entry) -> bool {
    entry.kind == Kind::Call && SERVICES.contains(&entry.call.service.as_str())
}
