//! Five hundred officers and how they work.
use super::people::{self, COMMUNES, People, Person};
use super::{DAY, HOUR, MINUTE, MONDAY, Rng, SECOND, Scene, hash, role_of, who};
use dancu_policy::Role;
use dancu_watch::{Case, Ended, Service, Who};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Commune,
    Department,
    Hospital,
    Bank,
    /// A bank's account for nightly batches
    Batch,
}

pub(crate) struct Officer {
    pub(crate) who: Who,
    pub(crate) kind: Kind,
    pub(crate) role: Role,
    pub(crate) office: usize,
    /// Where people come from; none: from everywhere
    pub(crate) commune: Option<usize>,
    pub(crate) network: [u8; 16],
    /// Place among the people
    pub(crate) person: Option<usize>,
}

pub(crate) fn officers(rng: &mut Rng, people: &People) -> Vec<Officer> {
    let mut officers = Vec::new();
    let groups = [
        (Kind::Commune, COMMUNES, 10),
        (Kind::Department, 5, 20),
        (Kind::Hospital, 4, 25),
        (Kind::Bank, 4, 15),
    ];
    let mut office = 0;
    for (kind, offices, heads) in groups {
        for place in 0..offices {
            office += 1;
            for head in 0..heads {
                let system = match kind {
                    Kind::Commune | Kind::Department => format!("province-{}", place % 2),
                    Kind::Hospital => format!("hospital-{place}"),
                    Kind::Bank | Kind::Batch => "bank".to_owned(),
                };
                let organisation = format!("{kind:?}-{place}");
                let commune = (kind != Kind::Department).then_some(place * 5 % COMMUNES);
                let commune = if kind == Kind::Commune { Some(place) } else { commune };
                let account = format!("{organisation}-{head}");
                officers.push(Officer {
                    who: who(&organisation, &system, &account),
                    kind,
                    role: role_of(kind),
                    office,
                    commune,
                    network: hash(3, office as u64),
                    person: Some(people.from(rng, commune)),
                });
            }
        }
    }
    officers.push(Officer {
        who: who("bank", "bank", "bank-batch"),
        kind: Kind::Batch,
        role: role_of(Kind::Batch),
        office: 0,
        commune: None,
        network: hash(3, 0),
        person: None,
    });
    officers
}

/// The whole week.
pub(crate) fn work(scene: &mut Scene) {
    for day in 0..7 {
        let midnight = MONDAY + day * DAY;
        for officer in 0..scene.officers.len() {
            let (kind, office) = (scene.officers[officer].kind, scene.officers[officer].office);
            match kind {
                Kind::Hospital => hospital(scene, officer, midnight, day),
                Kind::Batch => batch(scene, officer, midnight),
                // Some communes have a counter on Saturday morning, with a third of the people.
                Kind::Commune if day == 5 && office % 3 == 0 && officer % 3 == 0 => {
                    let cases = scene.rng.between(4, 10);
                    serve(scene, officer, midnight + 7 * HOUR + 30 * MINUTE, 4 * HOUR, cases);
                }
                _ if day < 5 => weekday(scene, officer, midnight),
                _ => {}
            }
        }
    }
    errands(scene);
    known(scene);
    births(scene);
    travels(scene);
}

fn weekday(scene: &mut Scene, officer: usize, midnight: i64) {
    let kind = scene.officers[officer].kind;
    let busy = match kind {
        Kind::Bank => scene.rng.between(6, 20),
        Kind::Department => scene.rng.between(3, 18),
        _ => scene.rng.between(6, 28),
    };
    let busy = if scene.often(30) { busy * 2 } else { busy };
    serve(scene, officer, midnight + 7 * HOUR + 30 * MINUTE, 4 * HOUR, busy / 2);
    serve(scene, officer, midnight + 13 * HOUR + 30 * MINUTE, 3 * HOUR + 30 * MINUTE, busy - busy / 2);
    // Overtime before a deadline: an hour in the evening, nothing at night.
    if scene.often(40) {
        serve(scene, officer, midnight + 18 * HOUR, 2 * HOUR, 4);
    }
    if kind == Kind::Department && scene.often(25) {
        list_work(scene, officer, midnight + 14 * HOUR);
    }
    if scene.often(8) {
        spent(scene, officer, midnight + 16 * HOUR + 20 * MINUTE);
    }
}

/// Four or more officers at night, eight by day on days off.
fn hospital(scene: &mut Scene, officer: usize, midnight: i64, day: i64) {
    let shift = (officer as i64 + day * 7) % 25;
    if shift < 5 {
        let cases = scene.rng.between(4, 14);
        serve(scene, officer, midnight + 22 * HOUR, 8 * HOUR, cases);
    } else if day < 5 && shift < 22 {
        weekday(scene, officer, midnight);
    } else if shift < 13 {
        let cases = scene.rng.between(5, 15);
        serve(scene, officer, midnight + 7 * HOUR, 9 * HOUR, cases);
    }
}

/// So many cases spread over a time.
fn serve(scene: &mut Scene, officer: usize, from_us: i64, length_us: i64, cases: i64) {
    for n in 0..cases {
        let slot = length_us / cases;
        let at = from_us + n * slot + scene.rng.between(0, slot * 2 / 3);
        one_case(scene, officer, at);
    }
}

/// One case at the counter: somebody, with some of the family.
fn one_case(scene: &mut Scene, officer: usize, at_us: i64) {
    let by = &scene.officers[officer];
    let (kind, commune, own) = (by.kind, by.commune, by.person);
    let client = scene.people.from(&mut scene.rng, commune);
    // Their own family, officers hand over to a colleague.
    if own.is_some_and(|own| scene.people.all[own].household == scene.people.all[client].household) {
        return;
    }
    let case = scene.new_case();
    let forgets = match kind {
        Kind::Hospital => 60,
        _ => 25,
    };
    let case = if scene.often(forgets) { Case::None } else { case };
    let known = &scene.people.known;
    let family: Vec<usize> = scene.people.family_of(client).filter(|one| !known.contains(one)).collect();
    let many =
        if scene.rng.permille(350) { scene.rng.between(1, family.len().max(1) as i64) as usize } else { 1 };
    let mut at = at_us;
    for person in std::iter::once(client).chain(family.into_iter().filter(|one| *one != client)).take(many) {
        about(scene, officer, at, person, case);
        at += scene.rng.between(40, 150) * SECOND;
    }
}

/// A search now and then, a claim with its mistakes, and mostly a look-up.
fn about(scene: &mut Scene, officer: usize, at_us: i64, person: usize, case: Case) {
    let mut at = at_us;
    if scene.officers[officer].kind == Kind::Commune && scene.rng.permille(60) {
        search(scene, officer, at, person, case);
        at += 20 * SECOND;
    }
    let mut tries = 0;
    while tries < 4 && scene.often(35 + 200 * usize::from(tries > 0)) {
        let mut wrong = scene.call(officer, at, person);
        (wrong.service, wrong.ended, wrong.case) = (Service::Verify, Ended::Mismatch, case);
        scene.add(wrong);
        at += scene.rng.between(15, 60) * SECOND;
        tries += 1;
    }
    let mut right = scene.call(officer, at, person);
    (right.service, right.ended, right.case) = (Service::Verify, Ended::Verified, case);
    scene.add(right);
    if scene.officers[officer].kind != Kind::Bank || scene.rng.permille(100) {
        let mut look = scene.call(officer, at + 5 * SECOND, person);
        look.case = case;
        scene.add(look);
    }
}

/// The question, up to twenty people shown, and the one chosen.
fn search(scene: &mut Scene, officer: usize, at_us: i64, person: usize, case: Case) {
    let mut question = scene.call(officer, at_us, person);
    (question.service, question.ended, question.case) = (Service::Search, Ended::Served, case);
    (question.subject, question.number, question.kin) = (None, None, dancu_watch::Kin::default());
    let correlation = question.correlation;
    scene.add(question);
    for _ in 0..scene.rng.below(20) {
        let shown = scene.people.from(&mut scene.rng, None);
        let mut shown = scene.call(officer, at_us, shown);
        (shown.service, shown.correlation, shown.case) = (Service::Search, correlation, case);
        scene.add(shown);
    }
    let mut chosen = scene.call(officer, at_us + 8 * SECOND, person);
    (chosen.service, chosen.case) = (Service::Search, case);
    scene.add(chosen);
}

/// A department goes through a list of beneficiaries, each with a case.
fn list_work(scene: &mut Scene, officer: usize, from_us: i64) {
    let count = scene.rng.between(25, 45);
    for n in 0..count {
        let person = scene.people.from(&mut scene.rng, None);
        let case = scene.new_case();
        let mut seen = scene.call(officer, from_us + n * (HOUR / count), person);
        (seen.service, seen.ended, seen.case) = (Service::Verify, Ended::Verified, case);
        scene.add(seen);
    }
}

/// The quota is used up; the officer tries a few times more.
fn spent(scene: &mut Scene, officer: usize, from_us: i64) {
    for n in 0..scene.rng.between(1, 6) {
        let person = scene.people.from(&mut scene.rng, None);
        let mut seen = scene.call(officer, from_us + n * 3 * MINUTE, person);
        (seen.ended, seen.case) = (Ended::AccountQuota, Case::None);
        scene.add(seen);
    }
}

/// Four thousand customers in the order of their numbers; what disagrees is sent twice more.
fn batch(scene: &mut Scene, officer: usize, midnight: i64) {
    let mut customers: Vec<usize> = (0..4000).map(|_| scene.people.from(&mut scene.rng, None)).collect();
    customers.sort_by_key(|one| scene.people.all[*one].number);
    customers.dedup();
    for (n, person) in customers.into_iter().enumerate() {
        let at = midnight + HOUR + n as i64 * 400_000;
        let wrong = scene.often(20);
        for again in 0..if wrong { 3 } else { 1 } {
            let mut seen = scene.call(officer, at + again * 15 * MINUTE, person);
            seen.service = Service::Verify;
            seen.ended = if wrong { Ended::Mismatch } else { Ended::Verified };
            scene.add(seen);
        }
    }
}

/// Busy people see four or five counters in a day.
fn errands(scene: &mut Scene) {
    for _ in 0..150 {
        let (day, person) = (scene.rng.between(0, 4), scene.people.from(&mut scene.rng, None));
        for stop in 0..scene.rng.between(3, 5) {
            let officer = scene.rng.below(scene.officers.len() - 1);
            let case = scene.new_case();
            about(scene, officer, MONDAY + day * DAY + (8 + stop * 2) * HOUR, person, case);
        }
    }
}

/// Well-known people come to counters too, always with a case; a patient is seen by several desks.
fn known(scene: &mut Scene) {
    for known in scene.known.clone() {
        let day = scene.rng.between(0, 4);
        let at = MONDAY + day * DAY + 9 * HOUR;
        let case = Case::Exists(hash(8, known as u64));
        let desks = if scene.rng.permille(300) { 4 } else { 1 };
        let hospital = scene.officers.iter().position(|one| one.kind == Kind::Hospital).unwrap_or(0);
        for desk in 0..desks {
            let officer = if desks > 1 { hospital + desk } else { scene.rng.below(scene.officers.len() - 1) };
            let own = scene.officers[officer].person;
            if own.is_some_and(|own| scene.people.family_of(known).contains(&own)) {
                continue;
            }
            about(scene, officer, at + desk as i64 * HOUR, known, case);
        }
    }
}

/// Children get their numbers in the order of their registration, over the whole province: a commune has every tenth or so.
fn births(scene: &mut Scene) {
    for day in 0..5 {
        for birth in 0..60 {
            let commune = scene.rng.below(COMMUNES);
            let officer = commune * 10 + scene.rng.below(3);
            let serial = scene.next_birth();
            let sex = 2 + scene.rng.below(2) as u64;
            let number = people::compose(1 + (commune % 2) as u64, sex, 2026, 50_000 + serial);
            let child = Person { number, surname: 0, household: 0 };
            let at = MONDAY + day * DAY + 8 * HOUR + birth * 8 * MINUTE;
            let case = scene.new_case();
            let mut seen = scene.call_of(officer, at, &child);
            seen.case = case;
            scene.add(seen);
        }
    }
}

/// Some officers sit in another office of their province for a day.
fn travels(scene: &mut Scene) {
    let from = MONDAY + 3 * DAY;
    for officer in [5, 47, 111, 163] {
        let other = scene.officers.iter().find(|one| {
            one.kind == Kind::Commune
                && one.who.system == scene.officers[officer].who.system
                && one.office != scene.officers[officer].office
        });
        let network = other.map(|one| one.network);
        let account = scene.officers[officer].who.account.clone();
        for draft in &mut scene.drafts {
            let at = draft.seen.at_us;
            if draft.seen.who.account == account && (from..from + DAY).contains(&at) {
                draft.seen.network = network;
            }
        }
    }
}
