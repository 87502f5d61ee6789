//! The stream of people.
use super::Synthetic;
use super::build::records;
use super::clan;
use super::homes::furnish;
use super::numbers::Numbers;
use super::rng::Rng;
use super::samples::samples;
use super::tables::Tables;
use dancu_citizen::{IdCardNumber, PersonalId};
use std::collections::VecDeque;

/// A stream of synthetic people: first the samples, then clan after clan.
///
/// The same seed and count give the same people on every machine. No two people share a number, past numbers included. A number
/// that a record names as a relative's belongs to someone in the stream.
pub struct People {
    tables: &'static Tables,
    seed: u64,
    clans: u64,
    left: u64,
    numbers: Numbers,
    ready: VecDeque<Synthetic>,
}

impl People {
    /// `count` people of a seed. A count below the number of samples gives the first of them.
    pub fn new(seed: u64, count: u64) -> Self {
        let samples = samples();
        let ids = samples.iter().flat_map(|sample| {
            let own = sample.record.personal_id.iter().map(|id| id.value);
            own.chain(sample.former.personal_ids.iter().copied()).map(PersonalId::as_u64)
        });
        let cards = samples.iter().flat_map(|sample| {
            let own = sample.record.id_card_number.iter().map(|card| card.value);
            own.chain(sample.former.id_cards.iter().copied()).map(IdCardNumber::as_u32)
        });
        Self {
            tables: Tables::get(),
            seed,
            clans: 0,
            left: count,
            numbers: Numbers::new(seed, ids.collect(), cards.collect()),
            ready: samples.into_iter().map(Synthetic::from).collect(),
        }
    }

    /// Draws the next clan; near the end only one that fits into the places left is taken.
    fn draw(&mut self) {
        let mut rng = Rng::new(self.seed, self.clans);
        self.clans += 1;
        let mut clan = clan::draw(self.tables, &mut rng);
        let size = clan.people.iter().filter(|person| person.on_record).count();
        if size as u64 <= self.left {
            furnish(&mut clan, self.tables.reference, self.tables.years("adult_age"));
            self.ready.extend(records(self.tables, &mut rng, &mut self.numbers, &mut clan));
        }
    }
}

impl Iterator for People {
    type Item = Synthetic;

    fn next(&mut self) -> Option<Synthetic> {
        if self.left == 0 {
            return None;
        }
        while self.ready.is_empty() {
            self.draw();
        }
        self.left -= 1;
        self.ready.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}
