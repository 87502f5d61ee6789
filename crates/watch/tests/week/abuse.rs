//! One kind of abuse for each rule, in several strengths.
use super::people::{self, Person};
use super::{DAY, Draft, HOUR, MINUTE, MONDAY, SECOND, Scene, hash};
use dancu_watch::{Case, Ended, Rule, Seen, Service};

/// How boldly it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// Somebody who takes care, and has read nothing of the thresholds
    Careful,
    /// The usual
    Usual,
    /// Somebody who minds nothing
    Bold,
}

impl Strength {
    pub(crate) const ALL: [Self; 3] = [Self::Careful, Self::Usual, Self::Bold];

    fn of(self, careful: i64, usual: i64, bold: i64) -> i64 {
        match self {
            Self::Careful => careful,
            Self::Usual => usual,
            Self::Bold => bold,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Abuse {
    pub(crate) rule: Rule,
    pub(crate) strength: Strength,
}

/// A scene and the abuse that goes on in it.
struct On<'a> {
    scene: &'a mut Scene,
    number: usize,
    strength: Strength,
    officer: usize,
    /// A weekday morning
    at: i64,
}

impl Scene {
    /// Adds one abuse; which officer does it, when and to whom is drawn.
    pub(crate) fn abuse(&mut self, rule: Rule, strength: Strength) {
        let number = self.abuses.len();
        self.abuses.push(Abuse { rule, strength });
        let officer = self.rng.below(240);
        // After Monday: by then a place is known.
        let at = MONDAY + self.rng.between(1, 4) * DAY + 8 * HOUR + self.rng.between(0, 90) * MINUTE;
        let mut on = On { scene: self, number, strength, officer, at };
        match rule {
            Rule::NoCase => on.no_case(),
            Rule::UnknownCase => on.unknown_case(),
            Rule::OnePerson => on.one_person(),
            Rule::ManyPeople => on.many_people(),
            Rule::OffHours => on.off_hours(),
            Rule::OwnHousehold => on.own_household(),
            Rule::OwnSurname => on.own_surname(),
            Rule::WellKnown => on.well_known(),
            Rule::Sequence => on.sequence(),
            Rule::Burst => on.burst(),
            Rule::NewSource => on.new_source(),
            Rule::Planted => on.planted(),
            Rule::Guessing => on.guessing(),
        }
    }
}

impl On<'_> {
    fn add(&mut self, seen: Seen) {
        self.scene.drafts.push(Draft { seen, abuse: Some(self.number) });
    }

    fn anybody(&mut self) -> usize {
        self.scene.people.from(&mut self.scene.rng, None)
    }

    fn look(&mut self, officer: usize, at: i64, person: usize, case: Case) {
        let mut seen = self.scene.call(officer, at, person);
        seen.case = case;
        self.add(seen);
    }

    /// Acquaintances, one after the other, without a case.
    fn no_case(&mut self) {
        let count = self.strength.of(12, 40, 80);
        for n in 0..count {
            let person = self.anybody();
            self.look(self.officer, self.at + n * 4 * MINUTE, person, Case::None);
        }
    }

    /// The same, with numbers of cases that were made up.
    fn unknown_case(&mut self) {
        let count = self.strength.of(4, 12, 40);
        for n in 0..count {
            let (person, made_up) = (self.anybody(), self.scene.rng.next());
            self.look(self.officer, self.at + n * 5 * MINUTE, person, Case::Unknown(hash(9, made_up)));
        }
    }

    /// Everybody looks at somebody who is in the news.
    fn one_person(&mut self) {
        let (person, count) = (self.anybody(), self.strength.of(6, 14, 40));
        for n in 0..count {
            let officer = self.scene.rng.below(480);
            let case = self.scene.new_case();
            self.look(officer, self.at + n * 9 * MINUTE, person, case);
        }
    }

    /// A list is worked through, with the case in hand for all of them.
    fn many_people(&mut self) {
        let (count, pace) = (self.strength.of(50, 120, 400), self.strength.of(60, 25, 9));
        let case = self.scene.new_case();
        for n in 0..count {
            let person = self.anybody();
            self.look(self.officer, self.at + n * pace * SECOND, person, case);
        }
    }

    /// Alone at night, with cases that exist.
    fn off_hours(&mut self) {
        let night = self.at - (self.at - MONDAY) % DAY + 23 * HOUR;
        for n in 0..self.strength.of(8, 18, 50) {
            let (person, case) = (self.anybody(), self.scene.new_case());
            self.look(self.officer, night + n * 4 * MINUTE, person, case);
        }
    }

    /// The family.
    fn own_household(&mut self) {
        let own = self.scene.officers[self.officer].person.unwrap();
        let case = self.scene.new_case();
        for n in 0..self.strength.of(1, 2, 4) {
            let family = self.scene.people.family_of(own);
            let person = family.start + n as usize % family.len();
            self.look(self.officer, self.at + n * 7 * MINUTE, person, case);
        }
    }

    /// Relatives far and near, each under a case of its own; the officer's surname is a rare one.
    fn own_surname(&mut self) {
        let rare = |scene: &Scene, officer: usize| {
            scene.officers[officer].person.is_some_and(|own| scene.people.all[own].surname >= 4)
        };
        while !rare(self.scene, self.officer) {
            self.officer = (self.officer + 1) % 240;
        }
        let own = self.scene.officers[self.officer].person.unwrap();
        let (surname, household) = (self.scene.people.all[own].surname, self.scene.people.all[own].household);
        let relatives: Vec<usize> = (0..self.scene.people.all.len())
            .filter(|one| {
                let one = &self.scene.people.all[*one];
                one.surname == surname && one.household != household
            })
            .collect();
        for n in 0..self.strength.of(5, 12, 30) {
            let (person, case) = (*self.scene.rng.pick(&relatives), self.scene.new_case());
            self.look(self.officer, self.at + n * 8 * MINUTE, person, case);
        }
    }

    /// Somebody well-known, out of curiosity: bold without a case, careful with one of somebody else's.
    fn well_known(&mut self) {
        let known = self.scene.known.clone();
        let person = *self.scene.rng.pick(&known);
        match self.strength {
            Strength::Careful => {
                for n in 0..3 {
                    let (officer, case) = (self.scene.rng.below(240), self.scene.new_case());
                    self.look(officer, self.at + n * HOUR, person, case);
                }
            }
            Strength::Usual | Strength::Bold => self.look(self.officer, self.at, person, Case::None),
        }
    }

    /// Numbers are tried one after the other, among others' work; carefully, with gaps and out of order.
    fn sequence(&mut self) {
        let first = 20_000 + self.scene.rng.below(10_000) as u64;
        let count = self.strength.of(10, 20, 60);
        let mut serials: Vec<u64> =
            (0..count as u64).map(|n| first + n * self.strength.of(7, 3, 1) as u64).collect();
        if self.strength == Strength::Careful {
            serials.sort_by_key(|serial| hash(11, *serial));
        }
        for (n, serial) in (0..).zip(serials) {
            let number = people::compose(1, 1, 1987, serial);
            let nobody = Person { number, surname: 5, household: 0 };
            let at = self.at + n * self.strength.of(25, 5, 1) * MINUTE;
            let case = self.scene.new_case();
            let mut seen = self.scene.call_of(self.officer, at, &nobody);
            (seen.service, seen.case) = (Service::Verify, case);
            seen.ended = if n % 5 == 0 { Ended::Mismatch } else { Ended::NotFound };
            self.add(seen);
        }
    }

    /// A program under an officer's account; or calls against a quota that is used up.
    fn burst(&mut self) {
        if self.strength == Strength::Usual {
            for n in 0..25 {
                let person = self.anybody();
                let mut seen = self.scene.call(self.officer, self.at + n * 90 * SECOND, person);
                seen.ended = Ended::AccountQuota;
                self.add(seen);
            }
            return;
        }
        let case = self.scene.new_case();
        // The same few people over and over: not many people, but many calls.
        let people: Vec<usize> = (0..10).map(|_| self.anybody()).collect();
        for n in 0..self.strength.of(45, 0, 300) {
            let person = people[n as usize % people.len()];
            self.look(self.officer, self.at + n * SECOND, person, case);
        }
    }

    /// The account is used from somewhere else.
    fn new_source(&mut self) {
        let elsewhere = hash(12, self.scene.rng.next());
        for n in 0..self.strength.of(1, 5, 20) {
            let (person, case) = (self.anybody(), self.scene.new_case());
            let mut seen = self.scene.call(self.officer, self.at + n * 6 * MINUTE, person);
            (seen.network, seen.case) = (Some(elsewhere), case);
            self.add(seen);
        }
    }

    /// Somebody asks for a record of nobody.
    fn planted(&mut self) {
        for n in 0..self.strength.of(1, 2, 5) {
            let planted = self.scene.planted.clone();
            let number = *self.scene.rng.pick(&planted);
            let nobody = Person { number, surname: 5, household: 0 };
            let case = self.scene.new_case();
            let mut seen = self.scene.call_of(self.officer, self.at + n * 10 * MINUTE, &nobody);
            seen.case = case;
            if self.strength == Strength::Careful {
                (seen.service, seen.ended) = (Service::Verify, Ended::Mismatch);
            }
            self.add(seen);
        }
    }

    /// The birth date of one person is tried out, boldly from many accounts.
    fn guessing(&mut self) {
        let person = self.anybody();
        let pause = self.strength.of(11, 3, 1);
        for n in 0..self.strength.of(6, 15, 60) {
            let officer = if self.strength == Strength::Bold { n as usize % 6 * 17 } else { self.officer };
            let mut seen = self.scene.call(officer, self.at + n * pause * MINUTE, person);
            let case = self.scene.new_case();
            (seen.service, seen.ended, seen.case) = (Service::Verify, Ended::Mismatch, case);
            self.add(seen);
        }
    }
}
