//! From a drawn clan to records: every field of article 9 of the Law on Identification 2023, with its source and day.
use super::card::card;
use super::draft::{Clan, Draft, Home, Parent, civil, day_in};
use super::homes::relation;
use super::names::{Naming, Parts};
use super::numbers::Numbers;
use super::places::Place;
use super::rng::Rng;
use super::tables::Tables;
use super::{Former, Note, Synthetic};
use dancu_citizen::{
    Absence, BirthDate, CivilDate, Coded, Contact, Death, FullName, Household, LifeState, ListVersion,
    PersonNumber, Record, Relative, Sex, Sourced,
};

/// Civil status: births, names, parents, marriages, deaths.
pub(crate) const CIVIL_STATUS: &str = "ho-tich";
/// Residence.
pub(crate) const RESIDENCE: &str = "cu-tru";
/// Identification.
pub(crate) const IDENTIFICATION: &str = "can-cuoc";

/// Turns the people of a clan into records, in the order in which they were drawn.
pub(crate) fn records(
    tables: &'static Tables,
    rng: &mut Rng,
    numbers: &mut Numbers,
    clan: &mut Clan,
) -> Vec<Synthetic> {
    number(tables, rng, numbers, clan);
    let names: Vec<Option<FullName>> =
        clan.people.iter().map(|person| person.name.and_then(|name| name.full())).collect();
    let households: Vec<Option<Household>> =
        clan.homes.iter().map(|home| household(tables, clan, &names, home)).collect();
    let mut builder = Builder { tables, rng, numbers, clan, names: &names, households: &households };
    let people = clan.people.iter().enumerate().filter(|(_, person)| person.on_record);
    people.map(|(index, person)| builder.build(index, person)).collect()
}

/// Gives out the numbers in force. The registering province decides the first digits of both.
fn number(tables: &Tables, rng: &mut Rng, numbers: &mut Numbers, clan: &mut Clan) {
    let until = tables.rates.old_card_until;
    let share = tables.rates.old_card_permille;
    for person in clan.people.iter_mut().filter(|person| person.on_record) {
        let province = person.birth_place.province().parse().unwrap_or_default();
        person.id = numbers.personal_id(province, person.sex, person.born.year());
        if person.born.year() <= until && rng.permille(share) {
            person.card_number = numbers.card(card_prefix(tables, province));
        }
    }
}

pub(crate) fn card_prefix(tables: &Tables, province: u8) -> u8 {
    tables.provinces.items().find(|p| p.code == province).map_or(0, |p| p.card_prefix)
}

fn household(tables: &Tables, clan: &Clan, names: &[Option<FullName>], home: &Home) -> Option<Household> {
    let head = home.head?;
    let member = |index: usize| {
        let relation = coded(tables, ListVersion::Qcvn109, relation(&clan.people, head, index));
        Some(Relative { relation: Some(relation), nationality: None, ..relative(clan, names, index)? })
    };
    Some(Household {
        head: member(head)?,
        members: home.members.iter().filter_map(|index| member(*index)).collect(),
    })
}

/// A person as others refer to them; the number only when there is a record.
fn relative(clan: &Clan, names: &[Option<FullName>], index: usize) -> Option<Relative> {
    let person = clan.people.get(index)?;
    let number = match (person.id, person.card_number) {
        (Some(id), _) => Some(PersonNumber::PersonalId(id)),
        (None, Some(card)) => Some(PersonNumber::IdCard(card)),
        (None, None) => None,
    };
    let full_name = names.get(index).cloned().flatten();
    Some(Relative { full_name, number, nationality: Some("VN".to_owned()), relation: None })
}

/// A code of the generator's table.
pub(crate) fn coded(tables: &Tables, list: ListVersion, key: &str) -> Coded {
    let code = tables.code(key);
    Coded { list, code: code.code.to_owned(), other_name: code.own_name.map(str::to_owned) }
}

/// A value with its source.
pub(crate) fn sourced<T>(value: T, source: &str, as_of: CivilDate) -> Sourced<T> {
    Sourced { value, source: source.to_owned(), as_of }
}

/// A birth date, as precise as the records of its time.
pub(crate) fn birth_date(tables: &Tables, rng: &mut Rng, born: CivilDate) -> BirthDate {
    let bands = &tables.precision;
    let (_, year_only, month_only) =
        bands.iter().find(|(until, ..)| born.year() <= *until).copied().unwrap_or_default();
    match rng.below(1_000) {
        ticket if ticket < year_only => BirthDate::Year(born.year()),
        ticket if ticket < year_only + month_only => {
            BirthDate::Month { year: born.year(), month: born.month() }
        }
        _ => BirthDate::Day(born),
    }
}

/// Another name than the one in force.
pub(crate) fn other_name(tables: &Tables, rng: &mut Rng, person: &Draft) -> Option<Parts> {
    let naming = Naming {
        sex: person.sex,
        year: person.born.year(),
        region: person.region,
        group: person.group,
        surname: person.surname,
        mother: None,
    };
    tables.full_name(rng, &naming).filter(|name| Some(*name) != person.name)
}

struct Builder<'a> {
    tables: &'static Tables,
    rng: &'a mut Rng,
    numbers: &'a mut Numbers,
    clan: &'a Clan,
    /// The names of the clan's people, as texts
    names: &'a [Option<FullName>],
    households: &'a [Option<Household>],
}

impl Builder<'_> {
    fn build(&mut self, index: usize, person: &Draft) -> Synthetic {
        let mut synthetic =
            Synthetic { record: Record::default(), former: Former::default(), notes: Vec::new() };
        let Some(home) = self.clan.homes.get(person.home) else { return synthetic };
        // Collected when the database was filled, or on registration of the birth if that came later.
        let known = home.collected.max(person.born).min(person.died.unwrap_or(self.tables.reference));
        let record = &mut synthetic.record;
        record.state = person.state;
        self.identity(record, index, person, known);
        self.family(record, person, known);
        self.residence(record, index, person, home);
        self.health_and_card(record, person, known);
        self.death(record, person);
        self.contact(record, person, known);
        self.history(&mut synthetic, person, known);
        synthetic
    }

    fn identity(&mut self, record: &mut Record, index: usize, person: &Draft, known: CivilDate) {
        let issued_at_birth = person.born.year() >= self.tables.rates.registered_since;
        let id_source = if issued_at_birth { CIVIL_STATUS } else { IDENTIFICATION };
        record.personal_id = person.id.map(|id| sourced(id, id_source, known));
        record.id_card_number = person.card_number.map(|card| sourced(card, IDENTIFICATION, known));
        record.full_name =
            self.names.get(index).cloned().flatten().map(|name| sourced(name, CIVIL_STATUS, known));
        record.birth_date =
            Some(sourced(birth_date(self.tables, self.rng, person.born), CIVIL_STATUS, known));
        record.sex = Some(sourced(person.sex, CIVIL_STATUS, known));
        let two_levels = person.born >= civil(self.tables, 2025, 7, 1);
        let born_in =
            if two_levels { person.birth_place.new_address() } else { person.birth_place.old_address() };
        record.birth_place = Some(sourced(born_in.clone(), CIVIL_STATUS, known));
        record.birth_registration = Some(sourced(born_in, CIVIL_STATUS, known));
        record.home_town = Some(sourced(person.home_town.old_address(), CIVIL_STATUS, known));
        let group =
            Coded { list: ListVersion::Ethnic1979, code: format!("{:02}", person.group), other_name: None };
        record.ethnic_group = Some(sourced(group, CIVIL_STATUS, known));
        let religion = match person.religion {
            "" => coded(self.tables, ListVersion::Religion2009, "no_religion"),
            code => Coded { list: ListVersion::Religion2009, code: code.to_owned(), other_name: None },
        };
        record.religion = Some(sourced(religion, RESIDENCE, known));
        record.nationality = Some(sourced("VN".to_owned(), CIVIL_STATUS, known));
        if self.rng.ppm(self.tables.rates.other_name_ppm)
            && let Some(name) = other_name(self.tables, self.rng, person).and_then(|name| name.full())
        {
            record.other_names.push(sourced(name, IDENTIFICATION, known));
        }
    }

    fn family(&mut self, record: &mut Record, person: &Draft, known: CivilDate) {
        let at = |index: usize| self.clan.people.get(index);
        let parent = |parent: &Parent| match parent {
            Parent::Unknown => None,
            Parent::Named(name) => Some(Relative {
                full_name: name.full(),
                nationality: Some("VN".to_owned()),
                ..Relative::default()
            }),
            Parent::Here(index) => self.relative(*index),
        };
        record.father = parent(&person.father).map(|r| sourced(r, CIVIL_STATUS, known));
        record.mother = parent(&person.mother).map(|r| sourced(r, CIVIL_STATUS, known));
        let spouse = person.spouse.filter(|_| !person.divorced);
        record.spouses.extend(
            spouse
                .and_then(|spouse| self.relative(spouse))
                .map(|spouse| sourced(spouse, CIVIL_STATUS, known)),
        );
        let spouse = spouse.and_then(at);
        let children = person.children.iter().filter_map(|child| self.relative(*child));
        record.children.extend(children.map(|child| sourced(child, CIVIL_STATUS, known)));
        let status = match spouse {
            _ if person.divorced => "divorced",
            Some(spouse)
                if spouse.died.is_some() && person.died.is_none_or(|died| Some(died) > spouse.died) =>
            {
                "widowed"
            }
            Some(_) => "married",
            None => "single",
        };
        record.marital_status =
            Some(sourced(coded(self.tables, ListVersion::Qcvn109, status), CIVIL_STATUS, known));
        let ward = person
            .children
            .iter()
            .find(|child| at(**child).is_some_and(|child| self.is_ward_of(child, person)));
        let ward = ward.and_then(|child| self.relative(*child));
        record.represented = ward.map(|child| sourced(child, CIVIL_STATUS, known));
        let mut parents = [&person.father, &person.mother].into_iter().filter_map(Parent::here);
        let guardian =
            parents.find(|parent| at(*parent).is_some_and(|parent| self.is_ward_of(person, parent)));
        let guardian = guardian.and_then(|guardian| self.relative(guardian));
        record.representative = guardian.map(|guardian| sourced(guardian, CIVIL_STATUS, known));
    }

    fn relative(&self, index: usize) -> Option<Relative> {
        relative(self.clan, self.names, index)
    }

    /// Whether a parent represents a child: a minor, by the father, or by the mother when he is no more.
    fn is_ward_of(&self, child: &Draft, parent: &Draft) -> bool {
        if child.age_on(self.tables.reference) >= self.tables.rates.adult_age || child.died.is_some() {
            return false;
        }
        let father = child.father.here().and_then(|index| self.clan.people.get(index));
        let father_can = father.is_some_and(Draft::is_at_home);
        parent.is_at_home() && (parent.sex == Sex::Male || !father_can)
    }

    fn residence(&mut self, record: &mut Record, index: usize, person: &Draft, home: &Home) {
        let tables = self.tables;
        let last = person.died.unwrap_or(tables.reference);
        let as_of = civil(tables, 2025, 7, 1).max(person.born).min(last);
        let permanent = home.place.residence(&home.house.text());
        let age = person.age_on(last);
        if (18..=40).contains(&age)
            && person.is_at_home()
            && self.rng.permille(tables.rates.temporary_permille)
            && let Some(place) = self.place_anywhere()
        {
            let house = place.house(self.rng).text();
            record.temporary_residence = Some(sourced(place.residence(&house), RESIDENCE, as_of));
        }
        let current =
            record.temporary_residence.as_ref().map_or(&permanent, |temporary| &temporary.value).clone();
        record.current_residence = Some(sourced(current, RESIDENCE, as_of));
        record.permanent_residence = Some(sourced(permanent, RESIDENCE, as_of));
        if person.is_at_home() && age >= 16 && self.rng.permille(tables.rates.absence_permille) {
            let from = day_in(tables, self.rng, 2026, 2026).min(tables.reference);
            let absence = Absence { from, to: None, reason: "Đi làm xa".to_owned() };
            record.temporary_absence = Some(sourced(absence, RESIDENCE, from));
        }
        let file = format!("{}-{:06}", home.place.now_commune(), home.file);
        record.residence_file = Some(sourced(file, RESIDENCE, as_of));
        let household = self.households.get(person.home).and_then(Option::as_ref);
        if let (true, Some(household), Some(head)) = (person.is_at_home(), household, home.head) {
            let relation = coded(tables, ListVersion::Qcvn109, relation(&self.clan.people, head, index));
            record.relation_to_head = Some(sourced(relation, RESIDENCE, as_of));
            record.household = Some(sourced(household.clone(), RESIDENCE, as_of));
        }
    }

    fn place_anywhere(&mut self) -> Option<&'static Place> {
        let province = self.tables.provinces.pick(self.rng);
        self.tables.places.pick(self.rng, province.code)
    }

    fn health_and_card(&mut self, record: &mut Record, person: &Draft, known: CivilDate) {
        // Shares of A, B, AB and O among Vietnamese (recalled, medium): 21, 30, 6, 43.
        let key = match (self.rng.permille(self.tables.rates.blood_permille), self.rng.below(100)) {
            (false, _) => "blood_unknown",
            (true, 0..=20) => "blood_a",
            (true, 21..=50) => "blood_b",
            (true, 51..=56) => "blood_ab",
            (true, _) => "blood_o",
        };
        record.blood_group =
            Some(sourced(coded(self.tables, ListVersion::Qcvn109, key), IDENTIFICATION, known));
        let card = card(self.tables, self.rng, person.born, person.died);
        record.card = card.map(|card| {
            let issued_on = card.issued_on;
            sourced(card, IDENTIFICATION, issued_on)
        });
    }

    fn death(&mut self, record: &mut Record, person: &Draft) {
        if let Some(died) = person.died {
            let death = Death { on: BirthDate::Day(died), missing: false };
            record.death = Some(sourced(death, CIVIL_STATUS, died));
        } else if person.state == LifeState::Missing {
            let since = day_in(self.tables, self.rng, 2018, 2024);
            let death = Death { on: BirthDate::Year(since.year()), missing: true };
            record.death = Some(sourced(death, CIVIL_STATUS, since));
        }
    }

    /// No line can have these numbers: subscriber numbers beginning with 06 are not in use, and `.example` is reserved (RFC 2606).
    fn contact(&mut self, record: &mut Record, person: &Draft, known: CivilDate) {
        let tables = self.tables;
        let is_old_enough = person.is_at_home() && person.age_on(tables.reference) >= tables.rates.card_age;
        if !is_old_enough || !self.rng.permille(tables.rates.mobile_permille) {
            return;
        }
        let line = self.rng.below(100_000_000);
        let has_email = self.rng.permille(tables.rates.email_permille);
        let email = has_email.then(|| format!("cong-dan-{line:08}@dan.example"));
        let contact = Contact { mobile: Some(format!("06{line:08}")), email };
        record.contact = Some(sourced(contact, RESIDENCE, known));
    }

    fn history(&mut self, synthetic: &mut Synthetic, person: &Draft, known: CivilDate) {
        let tables = self.tables;
        let former = &mut synthetic.former;
        if self.rng.ppm(tables.rates.name_changed_ppm) && known > person.born {
            former.names.extend(other_name(self.tables, self.rng, person).and_then(|name| name.full()));
        }
        let province = person.birth_place.province().parse().unwrap_or_default();
        if person.card_number.is_some() && self.rng.permille(tables.rates.old_card_replaced_permille) {
            // Who moved to another province was given another number there.
            let elsewhere = tables.provinces.pick(self.rng).card_prefix;
            former.id_cards.extend(self.numbers.card(elsewhere));
        }
        if person.id.is_some() && self.rng.ppm(tables.rates.id_replaced_ppm) {
            let year = (person.born.year() + self.rng.between(1, 3)).min(tables.reference.year());
            former.personal_ids.extend(self.numbers.personal_id(province, person.sex, year));
        }
        synthetic.notes = notes(&synthetic.record, &synthetic.former);
    }
}

/// What is out of the ordinary about a record.
pub(crate) fn notes(record: &Record, former: &Former) -> Vec<Note> {
    let state = match record.state {
        LifeState::Alive => None,
        LifeState::Deceased => Some(Note::Deceased),
        LifeState::Missing => Some(Note::Missing),
        LifeState::Cancelled => Some(Note::Cancelled),
        LifeState::Locked => Some(Note::Locked),
    };
    let precision = match record.birth_date.as_ref().map(|date| date.value) {
        Some(BirthDate::Year(_)) => Some(Note::YearOnly),
        Some(BirthDate::Month { .. }) => Some(Note::YearMonth),
        _ => None,
    };
    let name = (!former.names.is_empty()).then_some(Note::NameChanged);
    let card = (!former.id_cards.is_empty()).then_some(Note::CardReplaced);
    let id = (!former.personal_ids.is_empty()).then_some(Note::IdReplaced);
    [state, precision, name, card, id].into_iter().flatten().collect()
}
