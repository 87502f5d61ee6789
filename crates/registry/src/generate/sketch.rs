//! People without their records: what the index keeps of them, and nothing else. The same draws as for a record, in the same order,
//! so that a nation has the same people either way.
use super::Synthetic;
use super::build::{birth_date, card_prefix, other_name};
use super::card::card;
use super::clan;
use super::draft::{Clan, Draft, day_in};
use super::homes::furnish;
use super::names::Parts;
use super::numbers::Numbers;
use super::rng::Rng;
use super::tables::Tables;
use dancu_citizen::{BirthDate, FullName, IdCardNumber, LifeState, PersonNumber, PersonalId, Sex};
use dancu_verify_index::{Key, Person, Unit};

/// A person of the stream, as far as the index keeps one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Numbers before it
    pub former_personal_ids: Vec<PersonalId>,
    /// Old card number on record
    pub id_card_number: Option<IdCardNumber>,
    /// Card numbers before it
    pub former_id_cards: Vec<IdCardNumber>,
    /// Name in force
    pub name: Option<FullName>,
    /// Names before it
    pub former_names: Vec<FullName>,
    /// Birth date
    pub birth_date: Option<BirthDate>,
    /// Sex
    pub sex: Sex,
    /// State of the record
    pub state: LifeState,
    /// Number of the head of household
    pub household_head: Option<PersonNumber>,
    /// Commune of the permanent residence
    pub unit: Option<Unit>,
}

impl Sketch {
    /// As the index takes a person; whoever has no personal number is known by this one.
    pub fn person(self, number: u128) -> Person {
        Person {
            key: if self.personal_id.is_some() { Key::OfNumber } else { Key::Other(number.to_be_bytes()) },
            personal_id: self.personal_id,
            former_personal_ids: self.former_personal_ids,
            id_card_number: self.id_card_number,
            former_id_cards: self.former_id_cards,
            name: self.name,
            former_names: self.former_names,
            birth_date: self.birth_date,
            sex: self.sex,
            state: self.state,
            household_head: self.household_head,
            unit: self.unit,
        }
    }
}

impl std::fmt::Debug for Sketch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sketch").field("state", &self.state).finish_non_exhaustive()
    }
}

impl From<Synthetic> for Sketch {
    fn from(synthetic: Synthetic) -> Self {
        let (record, former) = (synthetic.record, synthetic.former);
        Self {
            personal_id: record.personal_id.map(|s| s.value),
            former_personal_ids: former.personal_ids,
            id_card_number: record.id_card_number.map(|s| s.value),
            former_id_cards: former.id_cards,
            name: record.full_name.map(|s| s.value),
            former_names: former.names,
            birth_date: record.birth_date.map(|s| s.value),
            sex: record.sex.map(|s| s.value).unwrap_or_default(),
            state: record.state,
            household_head: record.household.and_then(|s| s.value.head.number),
            unit: record.permanent_residence.and_then(|s| Unit::of_code(s.value.commune.as_deref()?)),
        }
    }
}

/// A person before numbers are given out: those are counted, and so wait for everybody before.
struct Outline {
    sketch: Sketch,
    province: u8,
    year: i16,
    /// First digits of the card's number, and of the one before
    card: Option<u8>,
    former_card: Option<u8>,
    /// Year of the number before
    former_id: Option<i16>,
    /// The head of household, by position in the clan's outlines
    head: Option<usize>,
}

/// The people of a clan on record.
pub(super) struct Outlines(Vec<Outline>);

impl Outlines {
    /// Draws a clan of a seed.
    pub(super) fn draw(tables: &'static Tables, seed: u64, number: u64) -> Self {
        let mut rng = Rng::new(seed, number);
        let mut clan = clan::draw(tables, &mut rng);
        furnish(&mut clan, tables.reference, tables.rates.adult_age);
        let rates = &tables.rates;
        let on_record = |person: &&Draft| person.on_record;
        let cards: Vec<bool> = (clan.people.iter().filter(on_record))
            .map(|person| person.born.year() <= rates.old_card_until && rng.permille(rates.old_card_permille))
            .collect();
        let mut positions = vec![None; clan.people.len()];
        let known = clan.people.iter().zip(&mut positions).filter(|(person, _)| person.on_record);
        known.enumerate().for_each(|(at, (_, position))| *position = Some(at));
        let people = clan.people.iter().filter(on_record).zip(cards);
        Self(
            people.map(|(person, card)| outline(tables, &mut rng, &clan, &positions, person, card)).collect(),
        )
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Gives out the numbers, in the order of `records`.
    pub(super) fn number(mut self, numbers: &mut Numbers) -> impl Iterator<Item = Sketch> {
        for person in &mut self.0 {
            person.sketch.personal_id = numbers.personal_id(person.province, person.sketch.sex, person.year);
            person.sketch.id_card_number = person.card.and_then(|prefix| numbers.card(prefix));
        }
        let own = |person: &Outline| {
            let id = person.sketch.personal_id.map(PersonNumber::PersonalId);
            id.or_else(|| person.sketch.id_card_number.map(PersonNumber::IdCard))
        };
        let heads: Vec<_> = self.0.iter().map(|person| own(self.0.get(person.head?)?)).collect();
        for (person, head) in self.0.iter_mut().zip(heads) {
            person.sketch.household_head = head;
            person.sketch.former_id_cards.extend(person.former_card.and_then(|prefix| numbers.card(prefix)));
            let sex = person.sketch.sex;
            let former = person.former_id.filter(|_| person.sketch.personal_id.is_some());
            let former = former.and_then(|year| numbers.personal_id(person.province, sex, year));
            person.sketch.former_personal_ids.extend(former);
        }
        self.0.into_iter().map(|person| person.sketch)
    }
}

/// What the record of a person would draw.
fn outline(
    tables: &'static Tables,
    rng: &mut Rng,
    clan: &Clan,
    positions: &[Option<usize>],
    person: &Draft,
    has_card: bool,
) -> Outline {
    let (rates, home) = (&tables.rates, clan.homes.get(person.home));
    let birth = birth_date(tables, rng, person.born);
    if rng.ppm(rates.other_name_ppm) {
        other_name(tables, rng, person);
    }
    pass_over(tables, rng, person);
    let known = home.map_or(tables.reference, |home| home.collected).max(person.born);
    let known = known.min(person.died.unwrap_or(tables.reference));
    let is_renamed = rng.ppm(rates.name_changed_ppm) && known > person.born;
    let former_name = if is_renamed { other_name(tables, rng, person) } else { None };
    let province = person.birth_place.province().parse().unwrap_or_default();
    let is_replaced = has_card && rng.permille(rates.old_card_replaced_permille);
    let former_card = is_replaced.then(|| tables.provinces.pick(rng).card_prefix);
    let former_id = rng
        .ppm(rates.id_replaced_ppm)
        .then(|| (person.born.year() + rng.between(1, 3)).min(tables.reference.year()));
    let head = home.and_then(|home| home.head).filter(|_| person.is_at_home());
    Outline {
        sketch: Sketch {
            name: person.name.as_ref().and_then(Parts::full),
            former_names: former_name.as_ref().and_then(Parts::full).into_iter().collect(),
            birth_date: Some(birth),
            sex: person.sex,
            state: person.state,
            unit: home.and_then(|home| Unit::of_code(home.place.now_commune())),
            ..Sketch::default()
        },
        province,
        year: person.born.year(),
        card: has_card.then(|| card_prefix(tables, province)),
        former_card,
        former_id,
        head: head.and_then(|head| positions.get(head).copied().flatten()),
    }
}

/// The draws for residence, health, card, death and contact.
fn pass_over(tables: &'static Tables, rng: &mut Rng, person: &Draft) {
    let rates = &tables.rates;
    let age = person.age_on(person.died.unwrap_or(tables.reference));
    if (18..=40).contains(&age) && person.is_at_home() && rng.permille(rates.temporary_permille) {
        let province = tables.provinces.pick(rng);
        if let Some(place) = tables.places.pick(rng, province.code) {
            place.house(rng);
        }
    }
    if person.is_at_home() && age >= 16 && rng.permille(rates.absence_permille) {
        day_in(tables, rng, 2026, 2026);
    }
    rng.permille(rates.blood_permille);
    rng.below(100);
    card(tables, rng, person.born, person.died);
    if person.died.is_none() && person.state == LifeState::Missing {
        day_in(tables, rng, 2018, 2024);
    }
    let may_call = person.is_at_home() && person.age_on(tables.reference) >= rates.card_age;
    if may_call && rng.permille(rates.mobile_permille) {
        rng.below(100_000_000);
        rng.permille(rates.email_permille);
    }
}
