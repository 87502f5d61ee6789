//! The rules over the entries, in the order of the log, without I/O or clock.
//!
//! The same entries under the same [`Settings`] give the same findings: what a dry run says of the past is what would have
//! happened. Each rule keeps its own bounded windows; none knows of another.
mod cases;
mod crowd;
mod hours;
mod kin;
mod listed;
mod pace;
mod sequence;
mod source;
mod table;
mod window;

use crate::lists::{List, Lists};
use crate::settings::Of;
use crate::{Action, EVIDENCE, Finding, Rule, Seen, Service, Setting, Settings, Who};
use dancu_policy::{Calendar, Id, VietnamTime};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use table::Table;
use window::Hit;

/// Accounts, persons and systems whose windows are kept at most; who was not seen for longest is forgotten first.
const ACCOUNTS: usize = 200_000;
const PERSONS: usize = 500_000;
const SYSTEMS: usize = 10_000;

/// Version of the kept state; one of another version is not taken.
const FORM: u8 = 1;

/// All rules with what they remember.
#[derive(Debug)]
pub struct Engine {
    calendar: Calendar,
    state: State,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    form: u8,
    /// Correlation of the latest search of each account
    searches: Table<Id, [u8; 16]>,
    /// Until when a finding is not said again
    quiet: Table<(Rule, Of, Option<[u8; 16]>), i64>,
    /// Time of the latest entry
    now_us: i64,
    no_case: cases::NoCase,
    unknown_case: cases::UnknownCase,
    one_person: crowd::OnePerson,
    many_people: crowd::ManyPeople,
    off_hours: hours::OffHours,
    own_household: kin::OwnHousehold,
    own_surname: kin::OwnSurname,
    well_known: listed::WellKnown,
    sequence: sequence::Sequence,
    burst: pace::Burst,
    new_source: source::NewSource,
    planted: listed::Planted,
    guessing: pace::Guessing,
}

/// What an entry is to the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    /// A claim to be verified
    Verify,
    /// A person whom the officer meant: a look-up, or the one chosen of a search
    Look,
    /// The question of a search
    Search,
    /// A person whom a search showed beside others
    Shown,
    /// Anything else
    Other,
}

/// An entry before a rule.
struct Cx<'a> {
    seen: &'a Seen,
    deed: Deed,
    set: &'a Setting,
    settings: &'a Settings,
    calendar: &'a Calendar,
    /// Threshold for the account; for the system as a whole; for the person
    raised: Raised,
}

/// Percent of the threshold.
struct Raised {
    account: u32,
    system: u32,
    person: u32,
}

/// What a rule found, before it is known whether it was said already.
struct Found {
    of: Scope,
    /// The person concerned
    about: Option<[u8; 16]>,
    hits: Vec<Hit>,
    figures: Vec<(&'static str, u64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Account,
    System,
    Person,
}

impl Cx<'_> {
    fn hit(&self) -> Hit {
        Hit { at_us: self.seen.at_us, entry: self.seen.entry }
    }

    fn window_us(&self) -> i64 {
        i64::from(self.set.window_s) * 1_000_000
    }

    fn param(&self, name: &str) -> u64 {
        self.set.param(name).into()
    }

    /// The threshold, as far as false alarms have raised it.
    fn threshold(&self, of: Scope) -> usize {
        self.raise(self.set.threshold.into(), of)
    }

    fn raise(&self, threshold: u64, of: Scope) -> usize {
        let percent = match of {
            Scope::Account => self.raised.account,
            Scope::System => self.raised.system,
            Scope::Person => self.raised.person,
        };
        usize::try_from((threshold * u64::from(percent)).div_ceil(100)).unwrap_or(usize::MAX)
    }

    /// The account, unless it is not judged.
    fn account(&self) -> Option<&Id> {
        let seen = self.seen;
        let named =
            |list: &[String], name: Option<&str>| name.is_some_and(|name| list.iter().any(|one| one == name));
        let exempt = named(&self.set.exempt_roles, seen.role.map(dancu_policy::Role::name))
            || named(&self.set.exempt_systems, Some(&seen.who.system))
            || named(&self.set.exempt_purposes, seen.purpose.as_deref());
        seen.who.account.as_ref().filter(|_| !exempt)
    }

    fn lists(&self) -> &Lists {
        &self.settings.lists
    }

    fn is_listed(&self, list: List) -> Option<[u8; 16]> {
        self.seen.subject.filter(|subject| self.lists().holds(list, subject, self.seen.entry))
    }

    /// Whether the officer asked for this very person, and was answered.
    fn meant_and_answered(&self) -> bool {
        matches!(self.deed, Deed::Verify | Deed::Look) && self.seen.ended.is_answered()
    }

    /// Whether the officer asked to be shown this very person, and was answered.
    fn looked(&self) -> bool {
        self.deed == Deed::Look && self.seen.ended.is_answered()
    }
}

impl Engine {
    /// With nothing remembered.
    pub fn new(calendar: Calendar) -> Self {
        let state = State {
            form: FORM,
            searches: Table::new(ACCOUNTS),
            quiet: Table::new(ACCOUNTS),
            now_us: i64::MIN,
            no_case: cases::NoCase::new(),
            unknown_case: cases::UnknownCase::new(),
            one_person: crowd::OnePerson::new(),
            many_people: crowd::ManyPeople::new(),
            off_hours: hours::OffHours::new(),
            own_household: kin::OwnHousehold::new(),
            own_surname: kin::OwnSurname::new(),
            well_known: listed::WellKnown::new(),
            sequence: sequence::Sequence::new(),
            burst: pace::Burst::new(),
            new_source: source::NewSource::new(),
            planted: listed::Planted,
            guessing: pace::Guessing::new(),
        };
        Self { calendar, state }
    }

    /// Everything remembered, to go on from elsewhere. It holds numbers of persons: seal it.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_stdvec(&self.state).ok()
    }

    /// Goes on from what was remembered; none when it is of another form.
    pub fn from_bytes(calendar: Calendar, bytes: &[u8]) -> Option<Self> {
        if bytes.first() != Some(&FORM) {
            return None;
        }
        let state: State = postcard::from_bytes(bytes).ok()?;
        Some(Self { calendar, state })
    }

    /// Takes up the next entry of the log, and gives what it brings to light.
    pub fn see(&mut self, settings: &Settings, seen: &Seen) -> Vec<Finding> {
        // Clocks of two servers may differ by a little; windows only go forward.
        let at_us = seen.at_us.max(self.state.now_us);
        self.state.now_us = at_us;
        let Some(day) = VietnamTime::of(seen.at_us).map(|time| time.date) else { return Vec::new() };
        let deed = self.deed(seen);
        let mut findings = Vec::new();
        for &rule in rules_of(seen.service) {
            let Some(set) = settings.on(rule, seen.entry, day).filter(|set| set.enabled) else { continue };
            let raised = raised(settings, rule, seen);
            let cx = Cx { seen, deed, set, settings, calendar: &self.calendar, raised };
            if let Some(found) = self.state.judge(rule, &cx)
                && let Some(finding) = self.state.say(rule, &cx, found)
            {
                findings.push(finding);
            }
        }
        findings
    }

    /// A search is journalled as its question, then one entry for each person shown under the same correlation; who is
    /// chosen after that has an entry under another.
    fn deed(&mut self, seen: &Seen) -> Deed {
        match (seen.service, &seen.who.account) {
            // The rows of a stock were held against the record, as a claim is.
            (Service::Verify | Service::Stock | Service::StockNumber, _) => Deed::Verify,
            (Service::LookUp | Service::StockLook, _) => Deed::Look,
            (Service::Search, Some(account)) => {
                let latest = self.state.searches.of(account);
                match seen.subject {
                    None => {
                        *latest = seen.correlation;
                        Deed::Search
                    }
                    Some(_) if *latest == seen.correlation => Deed::Shown,
                    Some(_) => Deed::Look,
                }
            }
            _ => Deed::Other,
        }
    }
}

/// The rules that judge an entry. A stock is cleaned all at once, at any hour, for a purpose that has no case: pace, hours, crowds and
/// rows of numbers say nothing of it. Guesses do; and a planted record whose number stands in a file is in it for no good reason,
/// while its name may well be somebody else's. Who looks at doubtful rows sees whom the stock brings, one after the other.
fn rules_of(service: Service) -> &'static [Rule] {
    match service {
        Service::Stock => &[Rule::Guessing],
        Service::StockNumber => &[Rule::Planted, Rule::Guessing],
        Service::StockLook => &[Rule::WellKnown, Rule::Planted],
        Service::Verify | Service::LookUp | Service::Search | Service::Other => &Rule::ALL,
    }
}

fn raised(settings: &Settings, rule: Rule, seen: &Seen) -> Raised {
    if settings.is_unraised() {
        return Raised { account: 100, system: 100, person: 100 };
    }
    let percent = |of: Option<Of>| of.map_or(100, |of| settings.percent(rule, of, seen.entry, seen.at_us));
    Raised {
        account: percent(seen.who.account.clone().map(Of::Account)),
        system: percent(Some(Of::System(seen.who.system.clone()))),
        person: percent(seen.subject.map(Of::Person)),
    }
}

impl State {
    fn judge(&mut self, rule: Rule, cx: &Cx<'_>) -> Option<Found> {
        match rule {
            Rule::NoCase => self.no_case.see(cx),
            Rule::UnknownCase => self.unknown_case.see(cx),
            Rule::OnePerson => self.one_person.see(cx),
            Rule::ManyPeople => self.many_people.see(cx),
            Rule::OffHours => self.off_hours.see(cx),
            Rule::OwnHousehold => self.own_household.see(cx),
            Rule::OwnSurname => self.own_surname.see(cx),
            Rule::WellKnown => self.well_known.see(cx),
            Rule::Sequence => self.sequence.see(cx),
            Rule::Burst => self.burst.see(cx),
            Rule::NewSource => self.new_source.see(cx),
            Rule::Planted => self.planted.see(cx),
            Rule::Guessing => self.guessing.see(cx),
        }
    }

    /// Makes a finding of it, unless the same was said within the quiet time.
    fn say(&mut self, rule: Rule, cx: &Cx<'_>, found: Found) -> Option<Finding> {
        let seen = cx.seen;
        let account = seen.who.account.clone().filter(|_| found.of != Scope::System);
        let who = Who { account, ..seen.who.clone() };
        let of = match (found.of, found.about) {
            (Scope::Person, Some(person)) => Of::Person(person),
            _ => Of::actor(&who),
        };
        let until = self.quiet.of(&(rule, of, found.about));
        if seen.at_us < *until {
            return None;
        }
        *until = seen.at_us + i64::from(cx.set.quiet_s) * 1_000_000;
        let mut hits = found.hits;
        hits.sort_unstable_by_key(|hit| hit.entry);
        let since_us = hits.iter().map(|hit| hit.at_us).min().unwrap_or(seen.at_us);
        let newest = hits.len().saturating_sub(EVIDENCE);
        let figures = found.figures.into_iter().map(|(name, value)| (name.to_owned(), value));
        // A finding about a system as a whole does not stop the system, unless the rule is set to.
        let may_act = who.account.is_some() || cx.set.param("brake_system") == 1;
        let action = if may_act { cx.set.action } else { cx.set.action.min(Action::Alert) };
        Some(Finding {
            rule,
            level: cx.set.level,
            action,
            brake_us: if action >= Action::Brake { i64::from(cx.set.brake_s) * 1_000_000 } else { 0 },
            who,
            about: found.about,
            at_us: seen.at_us,
            since_us,
            evidence: hits.into_iter().skip(newest).map(|hit| hit.entry).collect(),
            figures: figures.collect::<BTreeMap<_, _>>(),
        })
    }
}

fn count(of: usize) -> u64 {
    of as u64
}
