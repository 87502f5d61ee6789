//! Many rows at once: numbers first, then names with dates for the rows that numbers did not settle, then every other key for the rest.
use super::Engine;
use crate::decide;
use crate::people::{Doubt, People};
use crate::reading::Reading;
use crate::score::Candidate;
use crate::{Answer, Row};
use dancu_citizen::BirthDate;

/// A row on its way.
pub(super) struct Going {
    pub(super) row: Reading,
    pub(super) candidates: Vec<Candidate>,
    /// A part of the people could not say
    pub(super) is_doubted: bool,
}

impl Going {
    #[expect(clippy::large_types_passed_by_value, reason = "it is moved into its place")]
    pub(super) fn new(row: Reading) -> Self {
        Self { row, candidates: Vec::new(), is_doubted: false }
    }

    pub(super) fn has(&self, place: u32) -> bool {
        self.candidates.iter().any(|candidate| candidate.place == place)
    }

    fn is_settled(&self) -> bool {
        self.candidates.iter().any(decide::is_decisive)
    }
}

impl<P: People> Engine<P> {
    pub(super) fn batch(&self, rows: &[Row<'_>], out: &mut Vec<Answer>) {
        let mut going: Vec<Going> = rows.iter().map(|row| Going::new(self.read(row))).collect();
        self.by_numbers(&mut going);
        self.by_birth(&mut going);
        for one in &mut going {
            if one.row.says_enough() && !one.is_settled() && self.is_open(one) {
                self.by_everything(one);
            }
            out.push(self.decide(&one.row, &mut one.candidates, one.is_doubted));
        }
    }

    /// Whether nobody found so far is likely enough.
    pub(super) fn is_open(&self, one: &Going) -> bool {
        let best = one.candidates.iter().map(|candidate| candidate.score).max();
        best.is_none_or(|score| score < self.model.weights.decision.match_from)
    }

    fn by_numbers(&self, going: &mut [Going]) {
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
        let (mut found, mut wanted) = (Vec::new(), Vec::new());
        self.people.places_of(&ids, &mut found);
        collect(&of_ids, &found, going, &mut wanted);
        self.people.places_of_cards(&cards, &mut found);
        collect(&of_cards, &found, going, &mut wanted);
        self.take(&mut wanted, going);
    }

    fn by_birth(&self, going: &mut [Going]) {
        let (mut questions, mut rows): (Vec<(P::Signature, BirthDate)>, Vec<usize>) =
            (Vec::new(), Vec::new());
        for (at, one) in going.iter().enumerate() {
            if one.row.name.is_empty() || one.is_settled() {
                continue;
            }
            for name in [&one.row.name, &one.row.other_name].into_iter().filter(|name| !name.is_empty()) {
                let signature = self.people.signature(name.letters());
                one.row.dates(|date| {
                    questions.push((signature, date));
                    rows.push(at);
                });
            }
        }
        let (mut found, mut wanted) = (Vec::new(), Vec::new());
        self.people.born(&questions, &mut found);
        for (question, place) in found {
            let Some(at) = rows.get(question as usize) else { continue };
            match place {
                Ok(place) => wanted.push((*at, place)),
                Err(Doubt) => doubt(going, *at),
            }
        }
        self.take(&mut wanted, going);
    }

    /// Makes those at the places candidates of their rows.
    pub(super) fn take(&self, wanted: &mut Vec<(usize, u32)>, going: &mut [Going]) {
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|(at, place)| going.get(*at).is_some_and(|one| !one.has(*place)));
        let places: Vec<u32> = wanted.iter().map(|(_, place)| *place).collect();
        let mut people = Vec::new();
        self.people.people(&places, &mut people);
        for ((at, place), person) in wanted.drain(..).zip(people) {
            let Some(one) = going.get_mut(at) else { continue };
            let candidate = person.and_then(|p| p.map(|p| self.candidate(&one.row, place, p)).transpose());
            match candidate {
                Ok(candidate) => one.candidates.extend(candidate),
                Err(Doubt) => one.is_doubted = true,
            }
        }
    }
}

fn doubt(going: &mut [Going], at: usize) {
    if let Some(one) = going.get_mut(at) {
        one.is_doubted = true;
    }
}

fn collect(
    rows: &[usize],
    found: &[Result<Option<u32>, Doubt>],
    going: &mut [Going],
    wanted: &mut Vec<(usize, u32)>,
) {
    for (at, place) in rows.iter().zip(found) {
        match place {
            Ok(Some(place)) => wanted.push((*at, *place)),
            Ok(None) => {}
            Err(Doubt) => doubt(going, *at),
        }
    }
}
