//! The people that are in every synthetic nation: the person of the published examples, and one for every oddity of records.
use super::build::{CIVIL_STATUS, IDENTIFICATION, RESIDENCE, coded, notes, sourced};
use super::card::card;
use super::draft::civil;
use super::rng::Rng;
use super::tables::Tables;
use super::tsv::{rows, text};
use super::{Former, Synthetic};
use dancu_citizen::{
    Address, BirthDate, CivilDate, Coded, Contact, Death, FullName, Household, IdCardNumber, LifeState,
    ListVersion, PersonNumber, PersonalId, Record, Relative, Sex, Sourced,
};

/// The person of the examples, whose record follows the published messages to the letter.
const OF_THE_EXAMPLES: &str = "001185000017";

/// A sample and what it is there to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The version in force
    pub record: Record,
    /// What earlier versions said
    pub former: Former,
    /// What the sample shows, in English
    pub note: &'static str,
}

impl From<Sample> for Synthetic {
    fn from(sample: Sample) -> Self {
        let notes = notes(&sample.record, &sample.former);
        Self { record: sample.record, former: sample.former, notes }
    }
}

/// The samples, always the same and in the same order; the first is the person of the examples.
pub fn samples() -> Vec<Sample> {
    let tables = Tables::get();
    let people: Vec<Row> =
        rows(include_str!("../../data/samples.tsv")).filter_map(|row| Row::read(&row).ok()).collect();
    people.iter().map(|row| row.sample(tables, &people)).collect()
}

/// A line of `samples.tsv`.
#[derive(Debug)]
struct Row {
    note: &'static str,
    id: Option<PersonalId>,
    card: Option<IdCardNumber>,
    name: FullName,
    born: BirthDate,
    sex: Sex,
    commune: &'static str,
    house: &'static str,
    group: &'static str,
    marital: &'static str,
    state: LifeState,
    ended: Option<BirthDate>,
    former_name: Option<FullName>,
    former_card: Option<IdCardNumber>,
    former_id: Option<PersonalId>,
    father: Option<PersonNumber>,
    mother: Option<PersonNumber>,
    spouse: Option<PersonNumber>,
    head: Option<PersonNumber>,
}

/// A cell that may be empty, written `-`.
fn cell<T, E: std::fmt::Display>(
    row: &[&'static str],
    at: usize,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    match text(row, at)? {
        "-" => Ok(None),
        cell => read(cell).map(Some).map_err(|e| format!("column {at}: {e}")),
    }
}

impl Row {
    fn read(row: &[&'static str]) -> Result<Self, String> {
        Ok(Self {
            note: text(row, 0)?,
            id: cell(row, 1, PersonalId::parse)?,
            card: cell(row, 2, IdCardNumber::parse)?,
            name: cell(row, 3, FullName::parse)?.ok_or("no name")?,
            born: cell(row, 4, BirthDate::parse_iso)?.ok_or("no birth date")?,
            sex: if text(row, 5)? == "2" { Sex::Female } else { Sex::Male },
            commune: text(row, 6)?,
            house: text(row, 7)?,
            group: text(row, 8)?,
            marital: text(row, 9)?,
            state: LifeState::from_name(text(row, 10)?).ok_or("no such state")?,
            ended: cell(row, 11, BirthDate::parse_iso)?,
            former_name: cell(row, 12, FullName::parse)?,
            former_card: cell(row, 13, IdCardNumber::parse)?,
            former_id: cell(row, 14, PersonalId::parse)?,
            father: cell(row, 15, PersonNumber::parse)?,
            mother: cell(row, 16, PersonNumber::parse)?,
            spouse: cell(row, 17, PersonNumber::parse)?,
            head: cell(row, 18, PersonNumber::parse)?,
        })
    }

    fn is(&self, number: PersonNumber) -> bool {
        match number {
            PersonNumber::PersonalId(id) => self.id == Some(id),
            PersonNumber::IdCard(card) => self.card == Some(card),
        }
    }

    /// As another record names this person.
    fn relative(&self, by: PersonNumber) -> Relative {
        let nationality = Some("VN".to_owned());
        Relative { full_name: Some(self.name.clone()), number: Some(by), nationality, relation: None }
    }

    fn own_number(&self) -> Option<PersonNumber> {
        self.id.map(PersonNumber::PersonalId).or(self.card.map(PersonNumber::IdCard))
    }

    /// The day of birth, or the first that it can have been.
    fn first_day(&self, tables: &Tables) -> CivilDate {
        match self.born {
            BirthDate::Day(day) => day,
            BirthDate::Month { year, month } => civil(tables, year, month, 1),
            BirthDate::Year(year) => civil(tables, year, 1, 1),
        }
    }

    fn sample(&self, tables: &'static Tables, people: &[Self]) -> Sample {
        let born = self.first_day(tables);
        let known = civil(tables, 2020, 5, 20).max(born);
        let mut record = self.identity(tables, born, known);
        self.family(&mut record, tables, people, known);
        self.residence(&mut record, tables, people, born);
        if self.state == LifeState::Alive {
            record.contact = Some(sourced(contact(&record), RESIDENCE, known));
        }
        if self.id.is_some_and(|id| id.expose() == OF_THE_EXAMPLES) {
            as_in_the_examples(&mut record, tables);
        }
        let former = Former {
            names: self.former_name.iter().cloned().collect(),
            personal_ids: self.former_id.iter().copied().collect(),
            id_cards: self.former_card.iter().copied().collect(),
        };
        Sample { record, former, note: self.note }
    }

    fn identity(&self, tables: &'static Tables, born: CivilDate, known: CivilDate) -> Record {
        let group = Coded { list: ListVersion::Ethnic1979, code: self.group.to_owned(), other_name: None };
        let qcvn = |key| coded(tables, ListVersion::Qcvn109, key);
        let died = match self.ended {
            Some(BirthDate::Day(day)) => Some(day),
            _ => None,
        };
        let card = self.id.and_then(|id| card(tables, &mut Rng::new(id.as_u64(), 0), born, died));
        let birth_place = self.birth_place(tables, born);
        let home_town = tables.places.find(self.commune).map(super::places::Place::old_address);
        Record {
            state: self.state,
            personal_id: self.id.map(|id| sourced(id, IDENTIFICATION, known)),
            id_card_number: self.card.map(|card| sourced(card, IDENTIFICATION, known)),
            full_name: Some(sourced(self.name.clone(), CIVIL_STATUS, known)),
            birth_date: Some(sourced(self.born, CIVIL_STATUS, known)),
            sex: Some(sourced(self.sex, CIVIL_STATUS, known)),
            birth_place: birth_place.clone().map(|place| sourced(place, CIVIL_STATUS, known)),
            birth_registration: birth_place.map(|place| sourced(place, CIVIL_STATUS, known)),
            home_town: home_town.map(|place| sourced(place, CIVIL_STATUS, known)),
            ethnic_group: Some(sourced(group, CIVIL_STATUS, known)),
            religion: Some(sourced(
                coded(tables, ListVersion::Religion2009, "no_religion"),
                RESIDENCE,
                known,
            )),
            nationality: Some(sourced("VN".to_owned(), CIVIL_STATUS, known)),
            blood_group: Some(sourced(qcvn("blood_unknown"), IDENTIFICATION, known)),
            card: card.map(|card| {
                let issued_on = card.issued_on;
                sourced(card, IDENTIFICATION, issued_on)
            }),
            marital_status: Some(sourced(qcvn(self.marital), CIVIL_STATUS, known)),
            death: self.ended.map(|on| {
                let missing = self.state == LifeState::Missing;
                sourced(Death { on, missing }, CIVIL_STATUS, died.unwrap_or(known))
            }),
            ..Record::default()
        }
    }

    /// Abroad where the number's first digits name a country; on the units in force on the day otherwise.
    fn birth_place(&self, tables: &'static Tables, born: CivilDate) -> Option<Address> {
        if let Some(dancu_citizen::Place::Country(country)) = self.id.and_then(PersonalId::place) {
            return Some(Address { country: Some(country.to_owned()), ..Address::default() });
        }
        let place = tables.places.find(self.commune)?;
        Some(if born < civil(tables, 2025, 7, 1) { place.old_address() } else { place.new_address() })
    }

    fn family(&self, record: &mut Record, tables: &Tables, people: &[Self], known: CivilDate) {
        let by = |number: PersonNumber| {
            let person = people.iter().find(|person| person.is(number))?;
            Some(sourced(person.relative(number), CIVIL_STATUS, known))
        };
        record.father = self.father.and_then(by);
        record.mother = self.mother.and_then(by);
        record.spouses.extend(self.spouse.and_then(by));
        let is_own = |parent: Option<PersonNumber>| parent.is_some_and(|parent| self.is(parent));
        let own = people.iter().filter(|child| is_own(child.father) || is_own(child.mother));
        let children: Vec<&Self> = own.collect();
        record.children.extend(children.iter().filter_map(|child| by(child.own_number()?)));
        let is_minor = |person: &Self| tables.reference.year() - person.born.year() < tables.rates.adult_age;
        if is_minor(self) {
            record.representative.clone_from(&record.father);
        }
        let ward = children.iter().find(|child| is_minor(child) && is_own(child.father));
        record.represented = ward.and_then(|child| by(child.own_number()?));
    }

    fn residence(&self, record: &mut Record, tables: &'static Tables, people: &[Self], born: CivilDate) {
        let as_of = civil(tables, 2025, 7, 1).max(born);
        let as_of = record.death.as_ref().map_or(as_of, |death| death.as_of.min(as_of));
        if let Some(place) = tables.places.find(self.commune) {
            let address = place.residence(self.house);
            record.permanent_residence = Some(sourced(address.clone(), RESIDENCE, as_of));
            record.current_residence = Some(sourced(address, RESIDENCE, as_of));
            let digits = self
                .house
                .bytes()
                .filter(u8::is_ascii_digit)
                .fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
            let file = format!("{}-{digits:06}", place.now_commune());
            record.residence_file = Some(sourced(file, RESIDENCE, as_of));
        }
        let Some(head) = self.head else { return };
        let relative = |member: &Self| Relative {
            relation: Some(coded(tables, ListVersion::Qcvn109, member.relation(head))),
            nationality: None,
            ..member.own_number().map(|number| member.relative(number)).unwrap_or_default()
        };
        let members: Vec<&Self> = people.iter().filter(|person| person.head == Some(head)).collect();
        let household = Household {
            head: members
                .iter()
                .find(|member| member.is(head))
                .map(|head| relative(head))
                .unwrap_or_default(),
            members: members.iter().map(|member| relative(member)).collect(),
        };
        let relation = coded(tables, ListVersion::Qcvn109, self.relation(head));
        record.relation_to_head = Some(sourced(relation, RESIDENCE, as_of));
        record.household = Some(sourced(household, RESIDENCE, as_of));
    }

    fn relation(&self, head: PersonNumber) -> &'static str {
        if self.is(head) {
            "head"
        } else if self.spouse == Some(head) {
            "spouse"
        } else {
            "child"
        }
    }
}

/// Fictitious as all contacts of synthetic people are: no line begins with 06, and nobody owns `.example`.
fn contact(record: &Record) -> Contact {
    let number = record.personal_id.as_ref().map_or(0, |id| id.value.as_u64() % 100_000_000);
    Contact {
        mobile: Some(format!("06{number:08}")),
        email: Some(format!("cong-dan-{number:08}@dan.example")),
    }
}

/// The places and the other name that the published messages give the person, recorded on the units of their time.
fn as_in_the_examples(record: &mut Record, tables: &Tables) {
    let known = civil(tables, 2020, 5, 20);
    let put = |field: &mut Option<Sourced<Address>>,
               source,
               district: Option<&str>,
               commune: Option<&str>,
               detail: &str| {
        let address = Address {
            province: Some("01".to_owned()),
            district: district.map(str::to_owned),
            commune: commune.map(str::to_owned),
            detail: Some(detail.to_owned()),
            country: Some("VN".to_owned()),
        };
        *field = Some(sourced(address, source, known));
    };
    let registered = "Phường Phúc Xá, Ba Đình, Hà Nội";
    put(&mut record.birth_registration, CIVIL_STATUS, Some("001"), Some("00001"), registered);
    put(&mut record.birth_place, CIVIL_STATUS, Some("001"), Some("00001"), registered);
    put(&mut record.home_town, CIVIL_STATUS, Some("002"), None, "Quận Hoàn Kiếm, Hà Nội");
    put(&mut record.permanent_residence, RESIDENCE, None, Some("00001"), "Số 5, ngõ 12");
    let lives = "Phường Phúc Tân, Quận Hoàn Kiếm, Hà Nội";
    put(&mut record.current_residence, RESIDENCE, Some("002"), Some("00037"), lives);
    if let Some(group) = &mut record.ethnic_group {
        group.value.other_name = Some("Thù Lao".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for row in rows(include_str!("../../data/samples.tsv")) {
            let row = Row::read(&row).unwrap();
            assert!(Tables::get().places.find(row.commune).is_some(), "{}", row.note);
            if let Some(id) = row.id {
                assert_eq!(id.warnings(row.sex, Some(row.born)), [], "{}", row.note);
            }
        }
    }

    #[test]
    fn the_person_of_the_examples_comes_first() {
        let sample = samples().into_iter().next().unwrap();
        let record = sample.record;
        assert_eq!(record.personal_id.unwrap().value.expose(), "001185000017");
        assert_eq!(record.id_card_number.unwrap().value.expose(), "012345678");
        assert_eq!(record.full_name.unwrap().value.whole(), "Trần Thị Thúy Hòa");
        assert_eq!(record.birth_date.unwrap().value.iso(), "1985-04-30");
        assert_eq!(record.ethnic_group.unwrap().value.other_name.as_deref(), Some("Thù Lao"));
        assert_eq!(record.mother.unwrap().value.number.unwrap().expose(), "012345679");
        assert_eq!(record.father.unwrap().value.number.unwrap().expose(), "001055000010");
        assert_eq!(record.relation_to_head.unwrap().value.code, "CH01");
        let home = record.permanent_residence.unwrap().value;
        assert_eq!((home.commune.as_deref(), home.detail.as_deref()), (Some("00001"), Some("Số 5, ngõ 12")));
    }
}
