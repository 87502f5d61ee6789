//! The keys that cost more, for the rows that are left.
use super::batch::{Going, Questions, Wanted, collect, doubt};
use super::{Engine, Step};
use crate::candidates;
use crate::candidates::YEARS;
use crate::decide;
use crate::people::People;
use crate::read::birth::Birth;
use crate::reading::Reading;
use crate::score::Candidate;
use dancu_citizen::BirthDate;

/// Namesakes that are looked at for one row, where the year alone is said, or no date.
const MOST_NAMESAKES: usize = 128;

impl<P: People> Engine<P> {
    /// Takes one of the further steps for the rows that want it; says how many those were.
    pub(super) fn further(
        &self,
        step: Step,
        going: &mut [Going],
        wants: impl Fn(&Going) -> bool,
        room: impl Fn(&Reading) -> i32,
    ) -> usize {
        let open = going.iter().enumerate().filter(|(_, one)| wants(one));
        let rows: Vec<usize> = open.map(|(at, _)| at).collect();
        if rows.is_empty() {
            return 0;
        }
        match step {
            Step::NearNumber => self.by_near_numbers(&rows, going),
            Step::OtherDate => self.by_other_dates(&rows, going),
            Step::NearName => self.by_near_names(&rows, going, room),
            Step::OtherYear => self.by_other_years(&rows, going),
            Step::Read | Step::Number | Step::Household | Step::NameAndDate | Step::Decide => {}
        }
        rows.len()
    }

    /// All candidates by all keys, best first.
    pub(crate) fn everybody(&self, row: &Reading) -> Vec<Candidate> {
        let mut one = [Going::new(*row)];
        self.by_numbers(&mut one);
        self.by_household(&mut one);
        let mut questions = Questions::new();
        let signature = self.people.signature(row.name.letters());
        row.dates(|date| questions.add(0, (signature, date)));
        self.ask(&questions, &mut one);
        for step in Step::FURTHER {
            self.further(step, &mut one, |_| true, |_| i32::MAX);
        }
        let [mut one] = one;
        decide::sort(&mut one.candidates);
        one.candidates
    }

    /// Personal and old card numbers with one digit typed wrong.
    fn by_near_numbers(&self, rows: &[usize], going: &mut [Going]) {
        let (mut near, mut ids, mut of_ids) = (Vec::new(), Vec::new(), Vec::new());
        let (mut near_cards, mut cards, mut of_cards) = (Vec::new(), Vec::new(), Vec::new());
        for (at, one) in rows.iter().filter_map(|at| Some((*at, going.get(*at)?))) {
            candidates::numbers(&one.row, &mut near);
            of_ids.extend(near.iter().map(|_| at));
            ids.append(&mut near);
            candidates::cards(&one.row, &mut near_cards);
            of_cards.extend(near_cards.iter().map(|_| at));
            cards.append(&mut near_cards);
        }
        let mut found = Vec::new();
        let mut wanted = Wanted::new();
        self.people.places_of(&ids, &mut found);
        collect(&of_ids, &found, going, &mut wanted);
        self.people.places_of_cards(&cards, &mut found);
        collect(&of_cards, &found, going, &mut wanted);
        self.take(&mut wanted, going);
    }

    /// The same name, a day or month typed wrong; or any day of the year, where the row says no more.
    fn by_other_dates(&self, rows: &[usize], going: &mut [Going]) {
        let mut questions = Questions::new();
        let mut wanted = Wanted::new();
        let mut dates = Vec::new();
        for at in rows {
            let Some(one) = going.get_mut(*at).filter(|one| !one.row.name.is_empty()) else { continue };
            let Birth::Read(parts) = one.row.birth else { continue };
            let signature = self.people.signature(one.row.name.letters());
            if parts.is_year() {
                for year in parts.years() {
                    self.namesakes(signature, year..=year, *at, going, &mut wanted);
                }
                continue;
            }
            candidates::dates(&one.row, &mut dates);
            dates.drain(..).for_each(|date| questions.add(*at, (signature, date)));
        }
        self.take(&mut wanted, going);
        self.ask(&questions, going);
    }

    fn namesakes(
        &self,
        signature: P::Signature,
        years: std::ops::RangeInclusive<i16>,
        at: usize,
        going: &mut [Going],
        wanted: &mut Wanted,
    ) {
        let mut found = Vec::new();
        if self.people.named(signature, years, MOST_NAMESAKES, &mut found).is_err() {
            doubt(going, at);
        }
        wanted.extend(found.into_iter().map(|place| (at, place)));
    }

    /// The date as it stands, the name with an error; `room` as in `bound`.
    fn by_near_names(&self, rows: &[usize], going: &mut [Going], room: impl Fn(&Reading) -> i32) {
        let (names, birth) = (&self.model.weights.name, &self.model.weights.birth);
        let mut questions = Questions::new();
        for (at, one) in rows.iter().filter_map(|at| Some((*at, going.get(*at)?))) {
            // The date as read, and the year alone.
            let (mut dates, mut count) = ([None; 2], 0);
            one.row.dates(|date| {
                let says = if matches!(date, BirthDate::Year(_)) { birth.year } else { birth.same };
                if let Some(place) = dates.get_mut(count) {
                    *place = Some((date, says));
                    count += 1;
                }
            });
            let room = room(&one.row);
            let is_worth = |slip: i32, says: i32| room.saturating_add(slip + says) >= 0;
            self.near.names(
                &one.row.name,
                names,
                |slip| is_worth(slip, birth.same),
                |letters, slip| {
                    let signature = self.people.signature(letters);
                    let worth = dates.iter().flatten().filter(|(_, says)| is_worth(slip, *says));
                    worth.for_each(|(date, _)| questions.add(at, (signature, *date)));
                },
            );
        }
        self.ask(&questions, going);
    }

    /// The same name, the year typed wrong; or any date, where the row says none.
    fn by_other_years(&self, rows: &[usize], going: &mut [Going]) {
        let mut questions = Questions::new();
        let mut wanted = Wanted::new();
        let mut dates = Vec::new();
        for at in rows {
            let Some(one) = going.get(*at).filter(|one| !one.row.name.is_empty()) else { continue };
            let signature = self.people.signature(one.row.name.letters());
            if let Birth::Read(parts) = one.row.birth {
                candidates::years(parts, &mut dates);
                dates.drain(..).for_each(|date| questions.add(*at, (signature, date)));
            } else {
                self.namesakes(signature, YEARS, *at, going, &mut wanted);
            }
        }
        self.take(&mut wanted, going);
        self.ask(&questions, going);
    }
}
