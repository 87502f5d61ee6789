//! A clan: a founder, marriages, children, children's marriages, down to today.
use super::draft::{Clan, Draft, Home, Parent, day_in};
use super::names::{KINH, Naming, Parts};
use super::places::Place;
use super::rng::Rng;
use super::tables::{Province, Region, Tables};
use dancu_citizen::{CivilDate, LifeState, Sex};

/// Nobody is born before this year.
const FIRST_YEAR: i16 = 1920;
/// Founders are born until this year; who is younger descends from one or marries into a clan.
const LAST_FOUNDER: i16 = 1976;
/// No family is begun in a clan that has grown this large; it bounds memory.
const LARGE: usize = 240;
/// Ages at which people become parents, in calendar years.
const PARENT_AGE: std::ops::RangeInclusive<i16> = 19..=44;

/// Draws one clan. The stream decides everything but the numbers.
pub(crate) fn draw(tables: &'static Tables, rng: &mut Rng) -> Clan {
    let mut drawing = Drawing { tables, rng, clan: Clan::default() };
    drawing.found();
    let mut next = 0;
    while next < drawing.clan.people.len() {
        drawing.settle(next);
        next += 1;
    }
    drawing.clan
}

struct Drawing<'a> {
    tables: &'static Tables,
    rng: &'a mut Rng,
    clan: Clan,
}

/// Where someone comes from.
#[derive(Clone, Copy)]
struct Origin {
    region: Region,
    group: u8,
    place: &'static Place,
}

impl Drawing<'_> {
    fn found(&mut self) {
        let Some(origin) = self.origin(None) else { return };
        let home = Home::new(self.tables, self.rng, origin.place);
        self.clan.homes.push(home);
        let sex = self.sex();
        let year = self.rng.between(FIRST_YEAR, LAST_FOUNDER);
        let founder = self.outsider(origin, sex, year, 0);
        self.clan.people.push(founder);
    }

    /// Marries a person, gives the couple a home and children; or lets the person live alone.
    fn settle(&mut self, index: usize) {
        let Some(person) = self.clan.people.get(index) else { return };
        if person.spouse.is_some() {
            return;
        }
        let spouse = if self.clan.people.len() < LARGE { self.marry(index) } else { None };
        let Some(spouse) = spouse else {
            self.perhaps_live_alone(index);
            return;
        };
        self.bear(index, spouse);
        self.perhaps_divorce(index, spouse);
    }

    fn marry(&mut self, index: usize) -> Option<usize> {
        let person = self.clan.people.get(index)?.clone();
        let never = self.tables.rates.never_married_permille;
        let age = match person.sex {
            Sex::Female => 18 + self.rng.between(0, 6) + self.rng.between(0, 7),
            _ => 20 + self.rng.between(0, 7) + self.rng.between(0, 8),
        };
        let year = person.born.year() + age;
        if self.rng.permille(never) || year >= self.tables.reference.year() || !person.lives_through(year) {
            return None;
        }
        let older_husband = -2 + self.rng.between(0, 5) + self.rng.between(0, 5);
        let (sex, born) = match person.sex {
            Sex::Female => (Sex::Male, person.born.year() - older_husband.max(20 - age)),
            _ => (Sex::Female, person.born.year() + older_husband.min(age - 18)),
        };
        let origin = self.origin(Some(&person))?;
        let home = self.couples_home(&person)?;
        let mut spouse = self.outsider(origin, sex, born.max(FIRST_YEAR), home);
        for _ in 0..4 {
            if spouse.lives_through(year) {
                break;
            }
            spouse.died = self.death(spouse.born);
        }
        if !spouse.lives_through(year) {
            return None;
        }
        spouse.on_record = self.is_on_record(spouse.died);
        spouse.state = self.state(spouse.born, spouse.died);
        spouse.spouse = Some(index);
        let at = self.clan.people.len();
        self.clan.people.push(spouse);
        let person = self.clan.people.get_mut(index)?;
        person.spouse = Some(at);
        person.home = home;
        Some(at)
    }

    /// A son, more often than a daughter, stays in the parents' home; the others move.
    fn couples_home(&mut self, person: &Draft) -> Option<usize> {
        if person.father.here().is_none() && person.mother.here().is_none() {
            return Some(person.home);
        }
        let stays = self.rng.permille(if person.sex == Sex::Female { 70 } else { 330 });
        let home = self.clan.homes.get_mut(person.home)?;
        if stays && !home.has_heir {
            home.has_heir = true;
            return Some(person.home);
        }
        self.new_home(person.home)
    }

    /// A home near another, or in another province.
    fn new_home(&mut self, from: usize) -> Option<usize> {
        let place = self.clan.homes.get(from)?.place;
        let place = match self.rng.below(20) {
            0..=10 => place,
            11..=15 => self.tables.places.pick(self.rng, place.province().parse().ok()?)?,
            _ => {
                let province = self.tables.provinces.pick(self.rng);
                self.tables.places.pick(self.rng, province.code)?
            }
        };
        self.clan.homes.push(Home::new(self.tables, self.rng, place));
        Some(self.clan.homes.len() - 1)
    }

    fn bear(&mut self, one: usize, other: usize) {
        let (father, mother) = match self.clan.people.get(one).map(|p| p.sex) {
            Some(Sex::Female) => (other, one),
            _ => (one, other),
        };
        let (Some(him), Some(her)) = (self.clan.people.get(father), self.clan.people.get(mother)) else {
            return;
        };
        let (him, her) = (him.clone(), her.clone());
        let weights = self.tables.children.iter().find(|(until, _)| her.born.year() <= *until);
        let count = weights.map_or(0, |(_, weights)| weights.pick(self.rng));
        let mut year = (her.born.year() + 19).max(him.born.year() + 19) + self.rng.between(0, 7);
        for _ in 0..count {
            self.bear_one((father, &him), (mother, &her), year);
            year += 2 + self.rng.between(0, 2) + self.rng.between(0, 1);
        }
    }

    fn bear_one(&mut self, (father, him): (usize, &Draft), (mother, her): (usize, &Draft), year: i16) {
        let is_time =
            |parent: &Draft| PARENT_AGE.contains(&(year - parent.born.year())) && parent.lives_through(year);
        let born = day_in(self.tables, self.rng, year, year);
        if !is_time(him) || !is_time(her) || born > self.tables.reference {
            return;
        }
        let died = self.death(born);
        if !self.is_on_record(died) && died.is_none_or(|died| died.year() - year <= 18) {
            return;
        }
        let sex = self.sex();
        let (surname, region) = (self.childs_surname(him, her), him.region);
        let naming = Naming { sex, year, region, group: him.group, surname, mother: Some(her.surname) };
        let name = self.name_unlike_siblings(&naming, father);
        let home_place = self.clan.homes.get(him.home).map_or(him.birth_place, |home| home.place);
        let at = self.clan.people.len();
        let state = self.state(born, died);
        let religion = if self.rng.below(4) == 0 { her.religion } else { him.religion };
        let birth_place = if self.rng.below(10) == 0 { her.birth_place } else { home_place };
        self.clan.people.push(Draft {
            sex,
            born,
            died,
            on_record: self.is_on_record(died),
            state,
            name,
            surname,
            group: him.group,
            religion,
            region,
            birth_place,
            home_town: him.home_town,
            father: Parent::Here(father),
            mother: Parent::Here(mother),
            spouse: None,
            divorced: false,
            children: Vec::new(),
            home: him.home,
            id: None,
            card_number: None,
        });
        for parent in [father, mother] {
            if let Some(parent) = self.clan.people.get_mut(parent) {
                parent.children.push(at);
            }
        }
    }

    /// The father's; where the group counts by mothers, hers, or one of the group when she is of another.
    fn childs_surname(&mut self, him: &Draft, her: &Draft) -> &'static str {
        if !self.tables.is_matrilineal(him.group) {
            him.surname
        } else if her.group == him.group {
            her.surname
        } else {
            self.tables.surname(self.rng, him.region, him.group)
        }
    }

    fn name_unlike_siblings(&mut self, naming: &Naming, father: usize) -> Option<Parts> {
        let mut name = self.tables.full_name(self.rng, naming);
        for _ in 0..3 {
            if !self.has_child_named(father, name.as_ref()) {
                break;
            }
            name = self.tables.full_name(self.rng, naming);
        }
        name
    }

    fn has_child_named(&self, father: usize, name: Option<&Parts>) -> bool {
        let children =
            self.clan.people.get(father).map(|father| father.children.as_slice()).unwrap_or_default();
        children.iter().any(|child| self.clan.people.get(*child).is_some_and(|c| c.name.as_ref() == name))
    }

    fn perhaps_live_alone(&mut self, index: usize) {
        let Some(person) = self.clan.people.get(index) else { return };
        let is_child = person.father.here().is_some();
        let (home, age) = (person.home, person.age_on(self.tables.reference));
        if !is_child || age < 23 || !self.rng.permille(150) {
            return;
        }
        if let Some(home) = self.new_home(home)
            && let Some(person) = self.clan.people.get_mut(index)
        {
            person.home = home;
        }
    }

    /// After a divorce the one who married into the clan moves out.
    fn perhaps_divorce(&mut self, index: usize, spouse: usize) {
        let both_live = [index, spouse].iter().all(|i| {
            self.clan.people.get(*i).is_some_and(|p| p.died.is_none() && p.state != LifeState::Missing)
        });
        if !both_live || !self.rng.permille(self.tables.rates.divorced_permille) {
            return;
        }
        let home = self.clan.people.get(index).map_or(0, |p| p.home);
        let new_home = self.new_home(home).unwrap_or(home);
        for at in [index, spouse] {
            if let Some(person) = self.clan.people.get_mut(at) {
                person.divorced = true;
            }
        }
        if let Some(person) = self.clan.people.get_mut(spouse) {
            person.home = new_home;
        }
    }

    /// Someone whose parents are known by name at most.
    fn outsider(&mut self, origin: Origin, sex: Sex, year: i16, home: usize) -> Draft {
        let (tables, Origin { region, group, place }) = (self.tables, origin);
        let (fathers, mothers) =
            (tables.surname(self.rng, region, group), tables.surname(self.rng, region, group));
        let surname = if tables.is_matrilineal(group) { mothers } else { fathers };
        let naming = Naming { sex, year, region, group, surname, mother: Some(mothers) };
        let born = day_in(tables, self.rng, year, year);
        let died = self.death(born);
        Draft {
            sex,
            born,
            died,
            on_record: self.is_on_record(died),
            state: self.state(born, died),
            name: tables.full_name(self.rng, &naming),
            surname,
            group,
            religion: self.religion(region, group),
            region,
            birth_place: place,
            home_town: place,
            father: self.named(&Naming { sex: Sex::Male, surname: fathers, mother: None, ..naming }),
            mother: self.named(&Naming { sex: Sex::Female, surname: mothers, mother: None, ..naming }),
            spouse: None,
            divorced: false,
            children: Vec::new(),
            home,
            id: None,
            card_number: None,
        }
    }

    fn named(&mut self, child: &Naming) -> Parent {
        if self.rng.below(12) == 0 {
            return Parent::Unknown;
        }
        let naming = Naming { year: child.year - self.rng.between(20, 36), ..*child };
        self.tables.full_name(self.rng, &naming).map_or(Parent::Unknown, Parent::Named)
    }

    /// Where a founder comes from; or someone who marries a person: most often of the same group and province.
    fn origin(&mut self, partner: Option<&Draft>) -> Option<Origin> {
        let province = match partner {
            Some(partner) if self.rng.below(10) < 7 => self.province(partner.birth_place.province())?,
            _ => self.tables.provinces.pick(self.rng),
        };
        let group = match partner {
            Some(partner) if self.rng.below(100) < 92 => partner.group,
            _ => province.groups.pick(self.rng),
        };
        let place = self.tables.places.pick(self.rng, province.code)?;
        Some(Origin { region: province.region, group, place })
    }

    fn province(&self, code: &str) -> Option<&'static Province> {
        let code: u8 = code.parse().ok()?;
        self.tables.provinces.items().find(|province| province.code == code)
    }

    fn religion(&mut self, region: Region, group: u8) -> &'static str {
        let digits = [b'0' + group / 10 % 10, b'0' + group % 10];
        let key = match (group, region) {
            (KINH, Region::North) => "north",
            (KINH, Region::Centre) => "centre",
            (KINH, Region::South) => "south",
            _ => std::str::from_utf8(&digits).unwrap_or_default(),
        };
        self.tables.religions.get(key).map_or("", |religions| religions.pick(self.rng))
    }

    /// Slightly more boys than girls are born.
    fn sex(&mut self) -> Sex {
        if self.rng.permille(515) { Sex::Male } else { Sex::Female }
    }

    /// The day of death, if it is not after the reference day.
    fn death(&mut self, born: CivilDate) -> Option<CivilDate> {
        let ticket = self.rng.below(1_000);
        let at = self.tables.mortality.partition_point(|(_, until)| *until <= ticket);
        let before = self.tables.mortality.get(at)?.0;
        let from = at.checked_sub(1).and_then(|at| self.tables.mortality.get(at)).map_or(0, |band| band.0);
        let year = born.year() + self.rng.between(from, before - 1);
        let day = day_in(self.tables, self.rng, year, year).max(born);
        (day <= self.tables.reference).then_some(day)
    }

    fn is_on_record(&self, died: Option<CivilDate>) -> bool {
        died.is_none_or(|died| died.year() >= self.tables.rates.registered_since)
    }

    fn state(&mut self, born: CivilDate, died: Option<CivilDate>) -> LifeState {
        let tables = self.tables;
        let is_adult = tables.reference.year() - born.year() > 18;
        if died.is_some() {
            LifeState::Deceased
        } else if is_adult && self.rng.ppm(tables.rates.missing_ppm) {
            LifeState::Missing
        } else if self.rng.ppm(tables.rates.cancelled_ppm) {
            LifeState::Cancelled
        } else if self.rng.ppm(tables.rates.locked_ppm) {
            LifeState::Locked
        } else {
            LifeState::Alive
        }
    }
}
