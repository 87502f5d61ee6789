//! Families with numbers, names and a commune.
use super::{Rng, hash};
use std::collections::HashSet;

/// The twelve commonest surnames in permille, and what is left: a hundred rare ones.
const SURNAMES: [usize; 12] = [384, 110, 95, 70, 52, 48, 45, 39, 20, 15, 13, 12];

/// Communes.
pub(crate) const COMMUNES: usize = 24;

#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) number: u64,
    pub(crate) surname: u64,
    /// 0 for somebody outside the families
    pub(crate) household: u32,
}

impl Person {
    pub(crate) fn hash(&self) -> [u8; 16] {
        hash(1, self.number)
    }
}

pub(crate) struct People {
    pub(crate) all: Vec<Person>,
    /// First and last place of each household
    pub(crate) households: Vec<(usize, usize)>,
    by_commune: Vec<Vec<usize>>,
    numbers: HashSet<u64>,
    /// Never drawn
    pub(crate) known: Vec<usize>,
}

impl People {
    pub(crate) fn new(rng: &mut Rng, count: usize) -> Self {
        let mut people = Self {
            all: Vec::with_capacity(count),
            households: vec![(0, 0)],
            by_commune: vec![Vec::new(); COMMUNES],
            numbers: HashSet::new(),
            known: Vec::new(),
        };
        // Every third commune has a clan that a quarter of its families belong to.
        let clans: Vec<Option<u64>> = (0..COMMUNES).map(|n| (n % 3 == 0).then(|| surname(rng))).collect();
        while people.all.len() < count {
            people.family(rng, &clans);
        }
        people
    }

    fn family(&mut self, rng: &mut Rng, clans: &[Option<u64>]) {
        let commune = rng.below(COMMUNES);
        let clan = clans[commune].filter(|_| rng.permille(250));
        let (fathers, mothers) = (clan.unwrap_or_else(|| surname(rng)), surname(rng));
        let (household, first) = (self.households.len() as u32, self.all.len());
        let size = rng.between(1, 6);
        for member in 0..size {
            let born = if member < 2 { (1950, 2000) } else { (1985, 2026) };
            let surname = if member == 1 { mothers } else { fathers };
            let province = 1 + (commune % 2) as u64;
            let mut number = number(rng, province, born.0, born.1);
            while !self.numbers.insert(number) {
                number += 1;
            }
            self.all.push(Person { number, surname, household });
        }
        self.by_commune[commune].extend(first..self.all.len());
        self.households.push((first, self.all.len()));
    }

    /// Somebody of a commune, sometimes of another; of anywhere.
    pub(crate) fn from(&self, rng: &mut Rng, commune: Option<usize>) -> usize {
        loop {
            let one = match commune {
                Some(commune) if !rng.permille(100) => *rng.pick(&self.by_commune[commune]),
                _ => rng.below(self.all.len()),
            };
            if !self.known.contains(&one) {
                return one;
            }
        }
    }

    /// A number that nobody bears.
    pub(crate) fn nobody(&self, rng: &mut Rng) -> u64 {
        loop {
            let number = number(rng, 1, 1960, 1990);
            if !self.numbers.contains(&number) {
                return number;
            }
        }
    }

    /// The household of somebody.
    pub(crate) fn family_of(&self, person: usize) -> std::ops::Range<usize> {
        let (first, after) = self.households[self.all[person].household as usize];
        first..after
    }
}

fn surname(rng: &mut Rng) -> u64 {
    let mut ticket = rng.below(1000);
    for (name, share) in SURNAMES.iter().enumerate() {
        if ticket < *share {
            return name as u64;
        }
        ticket -= share;
    }
    100 + rng.below(100) as u64
}

/// A number: serials of a year lie among the first forty thousand, as those of a province's births do.
pub(crate) fn number(rng: &mut Rng, province: u64, from: i64, to: i64) -> u64 {
    let year = rng.between(from, to) as u64;
    let sex = rng.below(2) as u64 + if year >= 2000 { 2 } else { 0 };
    compose(province, sex, year, 1 + rng.below(40_000) as u64)
}

pub(crate) fn compose(province: u64, sex: u64, year: u64, serial: u64) -> u64 {
    ((province * 10 + sex) * 100 + year % 100) * 1_000_000 + serial
}
