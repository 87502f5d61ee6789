//! One row by every key.
use super::Engine;
use super::batch::Going;
use crate::candidates;
use crate::decide;
use crate::people::People;
use crate::read::birth::Birth;
use crate::reading::Reading;
use crate::score::Candidate;

/// Namesakes that are looked at for one row, where only the year is said, or no date fits.
const MOST_NAMESAKES: usize = 128;

/// Years in which the people on record are born.
const YEARS: std::ops::RangeInclusive<i16> = 1880..=2099;

impl<P: People> Engine<P> {
    /// Looks by the keys that cost more, until somebody is likely enough.
    pub(super) fn by_everything(&self, one: &mut Going) {
        let steps: [fn(&Self, &mut Going); 4] =
            [Self::by_other_dates, Self::by_near_numbers, Self::by_near_names, Self::by_name];
        for step in steps {
            step(self, one);
            if !self.is_open(one) {
                return;
            }
        }
    }

    /// All candidates by all keys, best first.
    pub(super) fn everybody(&self, row: &Reading) -> Vec<Candidate> {
        let mut one = [Going::new(*row)];
        let mut wanted = Vec::new();
        let mut found = Vec::new();
        self.people.places_of(row.personal_id().as_slice(), &mut found);
        wanted.extend(found.iter().flatten().flatten().map(|place| (0, *place)));
        self.people.places_of_cards(row.id_card_number().as_slice(), &mut found);
        wanted.extend(found.iter().flatten().flatten().map(|place| (0, *place)));
        self.take(&mut wanted, &mut one);
        let [mut one] = one;
        let mut questions = Vec::new();
        let signature = self.people.signature(row.name.letters());
        row.dates(|date| questions.push((signature, date)));
        self.ask(&questions, &mut one);
        self.by_other_dates(&mut one);
        self.by_near_numbers(&mut one);
        self.by_near_names(&mut one);
        self.by_name(&mut one);
        decide::sort(&mut one.candidates);
        one.candidates
    }

    fn add(&self, places: impl Iterator<Item = u32>, one: &mut Going) {
        let mut wanted: Vec<(usize, u32)> = places.map(|place| (0, place)).collect();
        self.take(&mut wanted, std::slice::from_mut(one));
    }

    fn ask(&self, questions: &[(P::Signature, dancu_citizen::BirthDate)], one: &mut Going) {
        let mut found = Vec::new();
        self.people.born(questions, &mut found);
        one.is_doubted |= found.iter().any(|(_, place)| place.is_err());
        self.add(found.into_iter().filter_map(|(_, place)| place.ok()), one);
    }

    fn namesakes(&self, years: std::ops::RangeInclusive<i16>, one: &mut Going) {
        let signature = self.people.signature(one.row.name.letters());
        let mut found = Vec::new();
        one.is_doubted |= self.people.named(signature, years, MOST_NAMESAKES, &mut found).is_err();
        self.add(found.into_iter(), one);
    }

    /// The same name, a day or month typed wrong; or any day of the year, where the row says no more.
    fn by_other_dates(&self, one: &mut Going) {
        let Birth::Read(parts) = one.row.birth else { return };
        if one.row.name.is_empty() {
            return;
        }
        if parts.is_year() {
            parts.years().for_each(|year| self.namesakes(year..=year, one));
            return;
        }
        let mut dates = Vec::new();
        candidates::dates(&one.row, &mut dates);
        let signature = self.people.signature(one.row.name.letters());
        let questions: Vec<_> = dates.into_iter().map(|date| (signature, date)).collect();
        self.ask(&questions, one);
    }

    fn by_near_numbers(&self, one: &mut Going) {
        let mut numbers = Vec::new();
        candidates::numbers(&one.row, &mut numbers);
        let mut found = Vec::new();
        self.people.places_of(&numbers, &mut found);
        one.is_doubted |= found.iter().any(Result::is_err);
        self.add(found.into_iter().flatten().flatten(), one);
    }

    /// The date as it stands, the name with an error.
    fn by_near_names(&self, one: &mut Going) {
        if one.row.name.is_empty() {
            return;
        }
        let mut names = Vec::new();
        self.near.names(&one.row.name, &mut names);
        let mut questions = Vec::new();
        for name in &names {
            let signature = self.people.signature(name.letters());
            // The date as read, and the year alone.
            let mut left = 2;
            one.row.dates(|date| {
                if left > 0 {
                    questions.push((signature, date));
                    left -= 1;
                }
            });
        }
        self.ask(&questions, one);
    }

    /// The name with any date: the year may be wrong.
    fn by_name(&self, one: &mut Going) {
        if !one.row.name.is_empty() {
            self.namesakes(YEARS, one);
        }
    }
}
