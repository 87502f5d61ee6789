//! The engine: rows in, answers out.
mod batch;
mod bound;
mod look;
mod normal;

pub use normal::Normal;

use crate::candidates::Near;
use crate::compare::name::{Known, KnownName};
use crate::model::{Model, log2};
use crate::people::{Doubt, People, Person};
use crate::read::name::Name;
use crate::read::names::NameReader;
use crate::read::unit::Book;
use crate::reading::Reading;
use crate::score::{Candidate, Past, Said, compare};
use crate::{Agreement, Answer, Column, Reasons, Row, decide};
use batch::Going;
use dancu_citizen::{IdCardNumber, PersonNumber, PersonalId};

/// Rows that are looked up together, so that their cache misses overlap.
const BATCH: usize = 256;

/// Commonest middle names that a row may have left out.
const MIDDLE: usize = 12;

/// Links rows to people. It holds no lock and keeps nothing between calls: any number of threads may use one.
pub struct Engine<P> {
    people: P,
    model: Model,
    names: NameReader,
    near: Near,
    /// Words of each syllable of the people's dictionary, by its number less one; a few syllables are two words
    words: Vec<[Known; 2]>,
    units: &'static Book,
    /// How unlikely one person among all is, hundredths of bits
    prior: i32,
}

/// What is done for the rows of a batch, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Reading what stands in the columns
    Read,
    /// The personal number and the old card number
    Number,
    /// The household of the head whom the row names, for rows that numbers did not settle
    Household,
    /// Name and birth date, for rows that numbers did not settle
    NameAndDate,
    /// Numbers with a digit typed wrong, for rows that still mean nobody for certain; so with the steps after it
    NearNumber,
    /// The name with other days and months
    OtherDate,
    /// Names with a letter or word typed wrong
    NearName,
    /// The name with the day and month in other years; with any date where the row says none
    OtherYear,
    /// Sorting the candidates, and the answer
    Decide,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Read,
        Self::Number,
        Self::Household,
        Self::NameAndDate,
        Self::NearNumber,
        Self::OtherDate,
        Self::NearName,
        Self::OtherYear,
        Self::Decide,
    ];

    const FURTHER: [Self; 4] = [Self::NearNumber, Self::OtherDate, Self::NearName, Self::OtherYear];
}

/// Somebody whom a row may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likely {
    /// Where the person stands
    pub place: u32,
    /// Number in force
    pub personal_id: Option<PersonalId>,
    /// Old card number, where there is no other
    pub id_card_number: Option<IdCardNumber>,
    /// Weight of evidence, hundredths of bits
    pub score: i32,
    /// How each column agrees
    pub reasons: Reasons,
}

impl Likely {
    /// The number that names the person: by it the journal tells of her.
    pub fn number(&self) -> Option<PersonNumber> {
        crate::answer::number(self.personal_id, self.id_card_number)
    }
}

impl From<Candidate> for Likely {
    fn from(candidate: Candidate) -> Self {
        Self {
            place: candidate.place,
            personal_id: candidate.person.personal_id,
            id_card_number: candidate.person.only_card(),
            score: candidate.score,
            reasons: candidate.reasons,
        }
    }
}

/// One column of a row beside the record, for a person to look at. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Side {
    /// The column
    pub column: Column,
    /// As it stands in the row. Personal data.
    pub row: String,
    /// As it stands on record; empty where the people do not know it. Personal data.
    pub record: String,
    /// How the two agree
    pub agreement: Agreement,
    /// What that says, hundredths of bits
    pub weight: i32,
}

impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Side")
            .field("column", &self.column)
            .field("agreement", &self.agreement)
            .finish_non_exhaustive()
    }
}

impl<P: People> Engine<P> {
    /// An engine over these people. Reads their dictionary once.
    pub fn new(people: P, model: Model) -> Self {
        let known = |word| Known { word, marked: model.words.marked(word), plain: model.words.plain(word) };
        let mut words = Vec::new();
        let mut number = 1;
        while let Some(syllable) = people.syllable(number) {
            let name = Name::of(syllable);
            let mut both = [Known::default(); 2];
            both.iter_mut().zip(name.words()).for_each(|(place, word)| *place = known(*word));
            words.push(both);
            let Some(next) = number.checked_add(1) else { break };
            number = next;
        }
        let all = || words.iter().flatten().map(|known| known.word).filter(|word| !word.is_empty());
        let mut middle: Vec<(i32, u64)> = words
            .iter()
            .flatten()
            .filter_map(|known| known.plain.get(1).map(|says| (*says, known.word.plain)))
            .filter(|(_, plain)| *plain > 0)
            .collect();
        middle.sort_unstable();
        middle.dedup();
        middle.truncate(MIDDLE);
        Self {
            names: NameReader::new(all()),
            near: Near::new(
                all().map(|word| word.plain),
                middle.into_iter().map(|(_, plain)| plain).collect(),
            ),
            prior: log2(people.count().max(1) as u64),
            units: Book::bundled(),
            words,
            people,
            model,
        }
    }

    /// Weighs as among so many people: to see with fewer how a model does among more. Namesakes are then fewer than they would be.
    #[must_use]
    pub fn among(self, people: u64) -> Self {
        Self { prior: log2(people.max(1)), ..self }
    }

    /// The people.
    pub fn people(&self) -> &P {
        &self.people
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Answers rows, one for each, in their order; each row is matched on its own. `out` is added to.
    pub fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        self.link_watched(rows, out, |_, _| ());
    }

    /// The same; `after` each step it is told for how many rows of the batch that was taken, so that the caller can clock it.
    pub fn link_watched(&self, rows: &[Row<'_>], out: &mut Vec<Answer>, mut after: impl FnMut(Step, usize)) {
        out.reserve(rows.len());
        let mut kept = Vec::new();
        for rows in rows.chunks(BATCH) {
            self.batch(rows, &mut kept, out, &mut after);
        }
    }

    /// The best `count` of those whom a row may mean, best first, by every key.
    pub fn likely(&self, row: &Row<'_>, count: usize) -> Vec<Likely> {
        let mut all = self.everybody(&self.read(row));
        all.truncate(count);
        all.into_iter().map(Likely::from).collect()
    }

    /// Who bears this number now, beside a row, however little the two agree; none where nobody does, or only did before.
    pub fn bearer(&self, row: &Row<'_>, number: PersonNumber) -> Result<Option<Likely>, Doubt> {
        let mut places = Vec::new();
        match number {
            PersonNumber::PersonalId(id) => self.people.places_of(&[id], &mut places),
            PersonNumber::IdCard(card) => self.people.places_of_cards(&[card], &mut places),
        }
        let Some(place) = places.pop().transpose()?.flatten() else { return Ok(None) };
        let mut people = Vec::new();
        self.people.people(&[place], &mut people);
        let Some(person) = people.pop().transpose()?.flatten() else { return Ok(None) };
        let mut one = [Going::new(self.read(row))];
        self.by_household(&mut one);
        let [one] = one;
        let likely = Likely::from(self.candidate(&one, place, person)?);
        Ok(Some(likely).filter(|likely| likely.number() == Some(number)))
    }

    /// A row beside the person at a place, column by column; none where nobody is.
    pub fn explain(&self, row: &Row<'_>, place: u32) -> Result<Option<Vec<Side>>, Doubt> {
        let mut found = Vec::new();
        self.people.people(&[place], &mut found);
        let person = match found.pop() {
            Some(Ok(Some(person))) => person,
            Some(Err(doubt)) => return Err(doubt),
            Some(Ok(None)) | None => return Ok(None),
        };
        let reading = self.read(row);
        let past = self.past(&reading, place, &person)?;
        let mut one = [Going::new(reading)];
        self.by_household(&mut one);
        let is_there = one.iter().any(|one| one.household.contains(&place));
        let known = self.known_name(place, &person)?;
        let said = compare(&reading, &person, &known, &past, is_there, &self.model.weights);
        let mut names = self.people.names(place)?;
        let former = if names.len() > 1 { names.split_off(1).join("; ") } else { String::new() };
        let record = |column| match column {
            Column::PersonalId => person.personal_id.map(PersonalId::expose).unwrap_or_default(),
            Column::IdCardNumber => person.id_card_number.map(IdCardNumber::expose).unwrap_or_default(),
            Column::FullName => names.first().cloned().unwrap_or_default(),
            Column::OtherName => former.clone(),
            Column::BirthDate => person.birth_date.map(dancu_citizen::BirthDate::iso).unwrap_or_default(),
            Column::Sex => {
                if person.sex == dancu_citizen::Sex::Unknown {
                    String::new()
                } else {
                    person.sex.code().to_string()
                }
            }
            Column::Unit if person.unit > 0 => format!("{:05}", person.unit),
            Column::Unit | Column::RowId | Column::Household => String::new(),
        };
        let side = |(column, agreement, weight)| Side {
            column,
            row: row.get(column).to_owned(),
            record: record(column),
            agreement,
            weight,
        };
        let mut sides: Vec<Side> = said.into_iter().map(side).collect();
        sides.sort_by_key(|side| side.column);
        Ok(Some(sides))
    }

    pub(crate) fn read(&self, row: &Row<'_>) -> Reading {
        Reading::of(row, &self.names, self.units)
    }

    /// A person's name as words.
    pub(crate) fn known_name(&self, place: u32, person: &Person) -> Result<KnownName, Doubt> {
        if !person.is_whole {
            let names = self.people.names(place)?;
            return Ok(names.first().map(|name| self.known_text(name)).unwrap_or_default());
        }
        let mut name = KnownName::default();
        for number in person.name.iter().take_while(|number| **number > 0) {
            let words = usize::from(*number).checked_sub(1).and_then(|at| self.words.get(at));
            words.into_iter().flatten().for_each(|word| name.push(*word));
        }
        Ok(name)
    }

    fn known_text(&self, name: &str) -> KnownName {
        let mut known = KnownName::default();
        for word in Name::of(name).words() {
            let (marked, plain) = (self.model.words.marked(*word), self.model.words.plain(*word));
            known.push(Known { word: *word, marked, plain });
        }
        known
    }

    /// Former names, and whether the row's numbers are former ones of the person.
    fn past(&self, row: &Reading, place: u32, person: &Person) -> Result<Past, Doubt> {
        if !person.has_former {
            return Ok(Past::default());
        }
        let names = self.people.names(place)?;
        let led = |found: &[Result<Option<u32>, Doubt>]| found.first() == Some(&Ok(Some(place)));
        let (id, card) = (row.personal_id(), row.id_card_number());
        let mut found = Vec::new();
        let mut past = Past {
            names: names.iter().skip(1).map(|name| self.known_text(name)).collect(),
            ..Past::default()
        };
        if let Some(id) = id.filter(|id| Some(*id) != person.personal_id) {
            self.people.places_of(&[id], &mut found);
            past.has_number = led(&found);
        }
        if let Some(card) = card.filter(|card| Some(*card) != person.id_card_number) {
            self.people.places_of_cards(&[card], &mut found);
            past.has_card = led(&found);
        }
        Ok(past)
    }

    /// What each column says of the person at a place, the household aside.
    pub(crate) fn said(&self, row: &Reading, place: u32, person: &Person) -> Option<Said> {
        let past = self.past(row, place, person).ok()?;
        let known = self.known_name(place, person).ok()?;
        Some(compare(row, person, &known, &past, false, &self.model.weights))
    }

    /// The person at a place as a candidate.
    fn candidate(&self, one: &Going, place: u32, person: Person) -> Result<Candidate, Doubt> {
        let row = &one.row;
        let past = self.past(row, place, &person)?;
        let known = self.known_name(place, &person)?;
        let is_there = one.household.contains(&place);
        let said = compare(row, &person, &known, &past, is_there, &self.model.weights);
        let mut reasons = Reasons::default();
        let mut score = -self.prior;
        for (column, agreement, says) in said {
            reasons.set(column, agreement);
            score += says;
        }
        Ok(Candidate { place, person, score, reasons })
    }

    fn decide(&self, row: &Reading, candidates: &mut [Candidate], is_doubted: bool) -> Answer {
        decide::sort(candidates);
        decide::answer(row, candidates, is_doubted, &self.model.weights.decision)
    }
}

impl<P> std::fmt::Debug for Engine<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("prior", &self.prior).finish_non_exhaustive()
    }
}
