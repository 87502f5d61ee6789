//! A working week of 500 officers, drawn from a seed, and abuses to be found in it.
//!
//! Communes and departments of two provinces, four hospitals with night shifts, a bank with nightly batches: people with families
//! come with cases, forget, mistype, return. Nothing here knows of the rules' thresholds.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "the numbers of a scene are small"
)]

pub(crate) mod abuse;
pub(crate) mod offices;
pub(crate) mod people;

use dancu_citizen::FieldSet;
use dancu_policy::{Calendar, Id, Role};
use dancu_watch::{Case, Ended, Engine, Finding, Kin, List, Number, Seen, Service, Settings, Who};
use offices::{Kind, Officer};
use people::{People, Person};

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;
/// Monday 16 November 2026, midnight in Vietnam.
pub(crate) const MONDAY: i64 = 1_794_762_000 * SECOND;

/// `SplitMix64`.
#[derive(Clone)]
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    pub(crate) fn permille(&mut self, p: usize) -> bool {
        self.below(1000) < p
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// 16 bytes for a number, as a keyed hash would give.
pub(crate) fn hash(label: u64, of: u64) -> [u8; 16] {
    let half = |n: u64| mix(mix(of ^ mix(label)) ^ mix(n));
    (u128::from(half(1)) << 64 | u128::from(half(2))).to_be_bytes()
}

/// A call before it has its place in the log.
pub(crate) struct Draft {
    pub(crate) seen: Seen,
    /// Which abuse it belongs to
    pub(crate) abuse: Option<usize>,
}

/// All that happens.
pub(crate) struct Scene {
    pub(crate) rng: Rng,
    pub(crate) people: People,
    pub(crate) officers: Vec<Officer>,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) abuses: Vec<abuse::Abuse>,
    /// Nobody's numbers
    pub(crate) planted: Vec<u64>,
    /// Places among the people
    pub(crate) known: Vec<usize>,
    cases: u64,
    calls: u64,
    births: u64,
    /// How much rougher than usual the week is, permille
    rough: usize,
}

/// What was found in a scene.
pub(crate) struct Outcome {
    pub(crate) entries: usize,
    pub(crate) findings: Vec<Finding>,
    /// For each finding, the abuses among its evidence
    pub(crate) due_to: Vec<Vec<usize>>,
    pub(crate) abuses: Vec<abuse::Abuse>,
}

impl Scene {
    /// A week in which nobody does wrong, rougher than usual by so many permille: more forgotten cases, more mistakes, longer lists, more calls.
    pub(crate) fn week(seed: u64, rough: usize) -> Self {
        let mut rng = Rng(seed);
        let people = People::new(&mut rng, 60_000);
        let officers = offices::officers(&mut rng, &people);
        let planted = (0..20).map(|_| people.nobody(&mut rng)).collect();
        // Twelve among the sixty thousand would be far more than there are: they come with `offices::known` only.
        let known: Vec<usize> = (0..12).map(|_| rng.below(people.all.len())).collect();
        let mut people = people;
        people.known.clone_from(&known);
        let mut scene = Self {
            rng,
            people,
            officers,
            drafts: Vec::new(),
            abuses: Vec::new(),
            planted,
            known,
            cases: 0,
            calls: 0,
            births: 0,
            rough,
        };
        offices::work(&mut scene);
        scene
    }

    /// A chance in so many permille, more in a rough week.
    pub(crate) fn often(&mut self, permille: usize) -> bool {
        let permille = permille + permille * self.rough / 1000;
        self.rng.permille(permille)
    }

    pub(crate) fn new_case(&mut self) -> Case {
        self.cases += 1;
        if self.often(3) {
            return Case::Unknown(hash(7, self.cases));
        }
        Case::Exists(hash(7, self.cases))
    }

    pub(crate) fn next_birth(&mut self) -> u64 {
        self.births += 1;
        self.births
    }

    /// A call of an officer about a person.
    pub(crate) fn call(&mut self, officer: usize, at_us: i64, person: usize) -> Seen {
        let person = self.people.all[person].clone();
        self.call_of(officer, at_us, &person)
    }

    pub(crate) fn call_of(&mut self, officer: usize, at_us: i64, person: &Person) -> Seen {
        self.calls += 1;
        let by = &self.officers[officer];
        let own = by
            .person
            .is_some_and(|own| self.people.all[own].household == person.household && person.household != 0);
        Seen {
            entry: 0,
            at_us,
            who: by.who.clone(),
            role: Some(by.role),
            service: Service::LookUp,
            ended: Ended::Released,
            correlation: u128::from(self.calls).to_be_bytes(),
            purpose: Some(Id::from("1.000656")),
            subject: Some(person.hash()),
            number: Number::parse(&format!("{:012}", person.number)),
            case: Case::None,
            page: by.kind == Kind::Commune,
            network: Some(by.network),
            device: None,
            fields: FieldSet::EMPTY,
            kin: Kin {
                own,
                surname: Some(person.surname),
                officers: by.person.map(|own| self.people.all[own].surname),
            },
        }
    }

    pub(crate) fn add(&mut self, seen: Seen) {
        self.drafts.push(Draft { seen, abuse: None });
    }

    /// The log in its order, judged.
    pub(crate) fn judge(self) -> Outcome {
        self.judge_kept(usize::MAX)
    }

    /// The same, by an engine that is kept and taken up again every so many entries.
    pub(crate) fn judge_kept(self, every: usize) -> Outcome {
        let mut settings = Settings::built_in().unwrap();
        for number in &self.planted {
            settings.list(List::Planted, hash(1, *number), 0);
        }
        for known in &self.known {
            settings.list(List::WellKnown, self.people.all[*known].hash(), 0);
        }
        let abuses = self.abuses;
        let log = in_order(self.drafts);
        let calendar = Calendar::built_in().unwrap();
        let mut engine = Engine::new(calendar.clone());
        let mut findings = Vec::new();
        for (entry, draft) in log.iter().enumerate() {
            if entry % every == every - 1 {
                engine = Engine::from_bytes(calendar.clone(), &engine.to_bytes().unwrap()).unwrap();
            }
            findings.extend(engine.see(&settings, &draft.seen));
        }
        let due = |finding: &Finding| {
            let mut due: Vec<usize> =
                finding.evidence.iter().filter_map(|entry| log[*entry as usize].abuse).collect();
            due.sort_unstable();
            due.dedup();
            due
        };
        Outcome { entries: log.len(), due_to: findings.iter().map(due).collect(), findings, abuses }
    }
}

impl Outcome {
    /// A line for each finding.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |(one, due): (&Finding, &Vec<usize>)| {
            let who = one.who.account.as_ref().unwrap_or(&one.who.system);
            format!("{} {who} {:?} {due:?}", one.rule.name(), one.figures)
        };
        self.findings.iter().zip(&self.due_to).map(line).collect()
    }
}

/// In the order of time, numbered.
pub(crate) fn in_order(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.sort_by_key(|draft| draft.seen.at_us);
    for (entry, draft) in (0..).zip(&mut drafts) {
        draft.seen.entry = entry;
    }
    drafts
}

pub(crate) fn who(organisation: &str, system: &str, account: &str) -> Who {
    Who { organisation: Some(organisation.into()), system: system.into(), account: Some(account.into()) }
}

pub(crate) fn role_of(kind: Kind) -> Role {
    match kind {
        Kind::Commune => Role::OneStopOfficer,
        Kind::Batch => Role::Platform,
        Kind::Department | Kind::Hospital | Kind::Bank => Role::CivilServant,
    }
}
