//! Many rows at once: numbers first, then names with dates for the rows that numbers did not settle, then every other key for the rest.
use super::{Engine, Step};
use crate::decide;
use crate::people::{Doubt, People};
use crate::reading::Reading;
use crate::score::Candidate;
use crate::{Answer, Row};
use dancu_citizen::{BirthDate, PersonNumber};

/// A row on its way.
pub(super) struct Going {
    pub(super) row: Reading,
    pub(super) candidates: Vec<Candidate>,
    /// A part of the people could not say
    pub(super) is_doubted: bool,
    /// Those who live where the row says
    pub(super) household: Vec<u32>,
}

impl Going {
    #[expect(clippy::large_types_passed_by_value, reason = "it is moved into its place")]
    pub(super) fn new(row: Reading) -> Self {
        Self { row, candidates: Vec::new(), is_doubted: false, household: Vec::new() }
    }

    pub(super) fn has(&self, place: u32) -> bool {
        self.candidates.iter().any(|candidate| candidate.place == place)
    }

    fn is_settled(&self) -> bool {
        self.candidates.iter().any(decide::is_decisive)
    }
}

/// Whom which row is to be compared with: position of the row, place of the person.
pub(super) type Wanted = Vec<(usize, u32)>;

impl<P: People> Engine<P> {
    /// Answers a batch. `kept` is what the batch before left, so that nothing is allocated anew; `after` is told each step, and how many
    /// rows it was taken for.
    pub(super) fn batch(
        &self,
        rows: &[Row<'_>],
        kept: &mut Vec<Going>,
        out: &mut Vec<Answer>,
        after: &mut dyn FnMut(Step, usize),
    ) {
        for (at, row) in rows.iter().enumerate() {
            let row = self.read(row);
            match kept.get_mut(at) {
                Some(one) => {
                    one.row = row;
                    one.candidates.clear();
                    one.is_doubted = false;
                    one.household.clear();
                }
                None => kept.push(Going::new(row)),
            }
        }
        let Some(going) = kept.get_mut(..rows.len()) else { return };
        after(Step::Read, going.len());
        let asked = self.by_numbers(going);
        after(Step::Number, asked);
        let asked = self.by_household(going);
        after(Step::Household, asked);
        let asked = self.by_birth(going);
        after(Step::NameAndDate, asked);
        for step in Step::FURTHER {
            let may_help = |one: &Going| {
                one.row.says_enough()
                    && !one.is_settled()
                    && self.is_open(one)
                    && self.may_help(step, &one.row)
            };
            let asked = self.further(step, going, may_help, |row| self.room(row));
            after(step, asked);
        }
        for one in going.iter_mut() {
            out.push(self.decide(&one.row, &mut one.candidates, one.is_doubted));
        }
        after(Step::Decide, going.len());
    }

    /// Whether nobody found so far is likely enough.
    pub(super) fn is_open(&self, one: &Going) -> bool {
        let best = one.candidates.iter().map(|candidate| candidate.score).max();
        best.is_none_or(|score| score < self.model.weights.decision.match_from)
    }

    pub(super) fn by_numbers(&self, going: &mut [Going]) -> usize {
        let (mut ids, mut cards) = (Vec::new(), Vec::new());
        let (mut of_ids, mut of_cards) = (Vec::new(), Vec::new());
        for (at, one) in going.iter().enumerate() {
            if let Some(id) = one.row.personal_id() {
                ids.push(id);
                of_ids.push(at);
            }
            if let Some(card) = one.row.id_card_number() {
                cards.push(card);
                of_cards.push(at);
            }
        }
        let mut found = Vec::new();
        let mut wanted = Wanted::new();
        self.people.places_of(&ids, &mut found);
        collect(&of_ids, &found, going, &mut wanted);
        self.people.places_of_cards(&cards, &mut found);
        collect(&of_cards, &found, going, &mut wanted);
        self.take(&mut wanted, going);
        of_ids.len().max(of_cards.len())
    }

    /// The head of the household that the row names, and who lives there.
    pub(super) fn by_household(&self, going: &mut [Going]) -> usize {
        let named = going.iter().enumerate().filter(|(_, one)| !one.is_settled());
        let named: Vec<(usize, PersonNumber)> =
            named.filter_map(|(at, one)| Some((at, one.row.head()?))).collect();
        if named.is_empty() {
            return 0;
        }
        let (mut ids, mut cards) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for (at, number) in &named {
            match number {
                PersonNumber::PersonalId(id) => {
                    ids.0.push(*at);
                    ids.1.push(*id);
                }
                PersonNumber::IdCard(card) => {
                    cards.0.push(*at);
                    cards.1.push(*card);
                }
            }
        }
        let (mut found, mut heads) = (Vec::new(), Wanted::new());
        self.people.places_of(&ids.1, &mut found);
        collect(&ids.0, &found, going, &mut heads);
        self.people.places_of_cards(&cards.1, &mut found);
        collect(&cards.0, &found, going, &mut heads);
        let places: Vec<u32> = heads.iter().map(|(_, place)| *place).collect();
        let mut living = Vec::new();
        self.people.households(&places, &mut living);
        let mut wanted = Wanted::new();
        for (question, place) in living {
            let Some((at, _)) = heads.get(question as usize) else { continue };
            match place {
                Ok(place) => wanted.push((*at, place)),
                Err(Doubt) => doubt(going, *at),
            }
        }
        for (at, place) in &wanted {
            if let Some(one) = going.get_mut(*at) {
                one.household.push(*place);
                // Whom a number found is compared once more, now that it is known who lives there.
                one.candidates.retain(|candidate| candidate.place != *place);
            }
        }
        self.take(&mut wanted, going);
        named.len()
    }

    pub(super) fn by_birth(&self, going: &mut [Going]) -> usize {
        let mut questions = Questions::new();
        let mut asked = 0;
        for (at, one) in going.iter().enumerate() {
            if one.row.name.is_empty() || one.is_settled() {
                continue;
            }
            asked += 1;
            for name in [&one.row.name, &one.row.other_name].into_iter().filter(|name| !name.is_empty()) {
                let signature = self.people.signature(name.letters());
                one.row.dates(|date| questions.add(at, (signature, date)));
            }
        }
        self.ask(&questions, going);
        asked
    }

    /// Asks who has a name and date.
    pub(super) fn ask(&self, questions: &Questions<P::Signature>, going: &mut [Going]) {
        let mut found = Vec::new();
        let mut wanted = Wanted::new();
        self.people.born(&questions.asked, &mut found);
        for (question, place) in found {
            let Some(at) = questions.rows.get(question as usize) else { continue };
            match place {
                Ok(place) => wanted.push((*at, place)),
                Err(Doubt) => doubt(going, *at),
            }
        }
        self.take(&mut wanted, going);
    }

    /// Makes those at the places candidates of their rows.
    pub(super) fn take(&self, wanted: &mut Wanted, going: &mut [Going]) {
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|(at, place)| going.get(*at).is_some_and(|one| !one.has(*place)));
        let places: Vec<u32> = wanted.iter().map(|(_, place)| *place).collect();
        let mut people = Vec::new();
        self.people.people(&places, &mut people);
        for ((at, place), person) in wanted.drain(..).zip(people) {
            let Some(one) = going.get_mut(at) else { continue };
            let candidate = person.and_then(|p| p.map(|p| self.candidate(one, place, p)).transpose());
            match candidate {
                Ok(candidate) => one.candidates.extend(candidate),
                Err(Doubt) => one.is_doubted = true,
            }
        }
    }
}

/// Names with dates to ask for, each for a row.
pub(super) struct Questions<S> {
    asked: Vec<(S, BirthDate)>,
    rows: Vec<usize>,
}

impl<S> Questions<S> {
    pub(super) fn new() -> Self {
        Self { asked: Vec::new(), rows: Vec::new() }
    }

    pub(super) fn add(&mut self, row: usize, question: (S, BirthDate)) {
        self.asked.push(question);
        self.rows.push(row);
    }
}

pub(super) fn doubt(going: &mut [Going], at: usize) {
    if let Some(one) = going.get_mut(at) {
        one.is_doubted = true;
    }
}

pub(super) fn collect(
    rows: &[usize],
    found: &[Result<Option<u32>, Doubt>],
    going: &mut [Going],
    wanted: &mut Wanted,
) {
    for (at, place) in rows.iter().zip(found) {
        match place {
            Ok(Some(place)) => wanted.push((*at, *place)),
            Ok(None) => {}
            Err(Doubt) => doubt(going, *at),
        }
    }
}
