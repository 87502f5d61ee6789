//! Expectation-maximisation: how often each level of agreement comes of one person (m), where it is known how often it comes of two (u).
//! Nobody has said which pairs are one person: that is what is estimated along with it (Winkler 1988; Herzog, Scheuren and Winkler 2007).

/// Levels of a column at most; 0 is that one side says nothing.
pub const LEVELS: usize = 16;

/// Shares of the levels of each column.
pub type Shares<const COLUMNS: usize> = [[f64; LEVELS]; COLUMNS];

/// Below this no share is taken to be: what was not seen may happen all the same.
const LEAST: f64 = 1e-6;

/// A row beside somebody whom it may mean.
#[derive(Clone, Copy, Debug)]
pub struct Pair<const COLUMNS: usize> {
    /// Level of each column, below [`LEVELS`]
    pub levels: [u8; COLUMNS],
    /// What the values say beside their levels (a rare name more than a common one), in bits
    pub says: f64,
}

impl<const COLUMNS: usize> Pair<COLUMNS> {
    /// Weight of the evidence that both are one person, in bits: the sum of log2(m/u).
    pub fn weight(&self, m: &Shares<COLUMNS>, u: &Shares<COLUMNS>) -> f64 {
        let columns = self.levels.iter().zip(m.iter().zip(u)).filter(|(level, _)| **level > 0);
        let says = columns.map(|(level, (m, u))| (share(m, *level) / share(u, *level)).log2());
        self.says + says.sum::<f64>()
    }
}

fn share(of: &[f64; LEVELS], level: u8) -> f64 {
    of.get(usize::from(level)).copied().unwrap_or_default().max(LEAST * LEAST)
}

/// Estimates m from rows with their candidates, of which at most one is the person, among `people`; what share of the rows means
/// somebody on record is estimated with it. Begins with `m`, and every second row on record, and goes on for `rounds`.
pub fn estimate<const COLUMNS: usize>(
    rows: &[Vec<Pair<COLUMNS>>],
    people: f64,
    mut m: Shares<COLUMNS>,
    u: &Shares<COLUMNS>,
    rounds: usize,
) -> Shares<COLUMNS> {
    let mut odds = Vec::new();
    let mut on_record = 0.5_f64;
    for _ in 0..rounds {
        let mut sums = [[LEAST; LEVELS]; COLUMNS];
        let prior = on_record / (1.0 - on_record) / people;
        let (mut meant, mut of) = (0.0, 1.0);
        for pairs in rows {
            odds.clear();
            odds.extend(pairs.iter().map(|pair| pair.weight(&m, u).exp2() * prior));
            let all = 1.0 + odds.iter().sum::<f64>();
            meant += 1.0 - 1.0 / all;
            of += 1.0;
            for (pair, odds) in pairs.iter().zip(&odds) {
                for (sum, level) in sums.iter_mut().zip(pair.levels) {
                    if let Some(place) = sum.get_mut(usize::from(level)).filter(|_| level > 0) {
                        *place += odds / all;
                    }
                }
            }
        }
        on_record = (meant / of).clamp(0.01, 0.9999);
        for (shares, sums) in m.iter_mut().zip(&sums) {
            let whole: f64 = sums.iter().skip(1).sum();
            for (share, sum) in shares.iter_mut().zip(sums).skip(1) {
                *share = (sum / whole).max(LEAST);
            }
        }
    }
    m
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three columns, of which each agrees as often as its shares say.
    #[test]
    fn what_the_pairs_were_made_of_is_found_again() {
        const M: [f64; 3] = [0.9, 0.7, 0.8];
        const U: [f64; 3] = [0.02, 0.05, 0.04];
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
        };
        let mut pair = |agrees: [f64; 3]| Pair {
            levels: agrees.map(|share| if draw() < share { 1 } else { 2 }),
            says: 0.0,
        };
        let row = |_| std::iter::once(pair(M)).chain((0..30).map(|_| pair(U)).collect::<Vec<_>>()).collect();
        let rows: Vec<Vec<Pair<3>>> = (0..2000).map(row).collect();
        let shares = |of: [f64; 3]| {
            of.map(|share| {
                let mut shares = [0.0; LEVELS];
                shares[1..3].copy_from_slice(&[share, 1.0 - share]);
                shares
            })
        };
        let u = shares(U);
        let m = estimate(&rows, 31.0, shares([0.6; 3]), &u, 40);
        for (found, made) in m.iter().zip(M) {
            assert!((found[1] - made).abs() < 0.05, "{} {made}", found[1]);
        }
        let pair = |levels| Pair { levels, says: 0.0 };
        assert!(pair([1; 3]).weight(&m, &u) > 10.0 && pair([2; 3]).weight(&m, &u) < -5.0);
        assert!(pair([0; 3]).weight(&m, &u).abs() < 1e-9, "what is not said says nothing");
    }
}
