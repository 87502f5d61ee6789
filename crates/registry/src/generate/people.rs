//! The stream of people.
use super::build::records;
use super::clan;
use super::homes::furnish;
use super::numbers::Numbers;
use super::rng::Rng;
use super::samples::samples;
use super::sketch::Outlines;
use super::tables::Tables;
use super::{Sketch, Synthetic};
use dancu_citizen::{IdCardNumber, PersonalId};
use std::collections::VecDeque;
use std::sync::mpsc;
use std::thread;

/// Clans that a thread draws before it hands them on, and how often it may do so before they are taken.
const CLANS: u64 = 64;
const AHEAD: usize = 4;

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
            furnish(&mut clan, self.tables.reference, self.tables.rates.adult_age);
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

/// Draws the same people as [`People`] without their records, by so many threads; `each` hears of them on this one, in the same order
/// whatever the number of threads. It ends at the first error.
pub fn sketch<E>(
    seed: u64,
    count: u64,
    threads: usize,
    mut each: impl FnMut(Sketch) -> Result<(), E>,
) -> Result<(), E> {
    let People { tables, mut left, mut numbers, ready, .. } = People::new(seed, count);
    for synthetic in ready.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX)) {
        left -= 1;
        each(Sketch::from(synthetic))?;
    }
    let step = threads.max(1) as u64;
    thread::scope(|scope| {
        let drawing: Vec<_> = (0..step)
            .map(|first| {
                let (to, from) = mpsc::sync_channel(AHEAD);
                scope.spawn(move || {
                    let mut batch = first;
                    // Nobody takes any more once there are enough.
                    while to.send(outlines(tables, seed, batch)).is_ok() {
                        batch += step;
                    }
                });
                from
            })
            .collect();
        for from in drawing.iter().cycle() {
            // A thread ends before this one only by a panic, which the scope passes on.
            let Ok(batch) = from.recv() else { break };
            for clan in batch {
                if left == 0 {
                    return Ok(());
                }
                if clan.len() as u64 <= left {
                    left -= clan.len() as u64;
                    clan.number(&mut numbers).try_for_each(&mut each)?;
                }
            }
        }
        Ok(())
    })
}

fn outlines(tables: &'static Tables, seed: u64, batch: u64) -> Vec<Outlines> {
    let first = batch * CLANS;
    (first..first + CLANS).map(|number| Outlines::draw(tables, seed, number)).collect()
}
