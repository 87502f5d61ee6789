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

/// Estimates m from rows with their candidates, of which at most one is the person, among `people`: a row is taken to be as likely on record
/// as not. Begins with `m` and goes on for `rounds`.
pub fn estimate<const COLUMNS: usize>(
    rows: &[Vec<Pair<COLUMNS>>],
    people: f64,
    mut m: Shares<COLUMNS>,
    u: &Shares<COLUMNS>,
    rounds: usize,
) -> Shares<COLUMNS> {
    let mut odds = Vec::new();
    for _ in 0..rounds {
        let mut sums = [[LEAST; LEVELS]; COLUMNS];
        for pairs in rows {
            odds.clear();
            odds.extend(pairs.iter().map(|pair| pair.weight(&m, u).exp2() / people));
            let all = 1.0 + odds.iter().sum::<f64>();
            for (pair, odds) in pairs.iter().zip(&odds) {
                for (sum, level) in sums.iter_mut().zip(pair.levels) {
                    if let Some(place) = sum.get_mut(usize::from(level)).filter(|_| level > 0) {
                        *place += odds / all;
                    }
                }
            }
        }
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

    /// Two columns: one agrees in 9 of 10 of those who are one person, and in 1 of 100 of the others; the other in 7 of 10, and 1 of 20.
    #[test]
    fn what_the_pairs_were_made_of_is_found_again() {
        let pair = |a, b| Pair { levels: [a, b], says: 0.0 };
        let mut rows = Vec::new();
        for at in 0..1000 {
            let own = pair(1 + u8::from(at % 10 == 0), 1 + u8::from(at / 10 % 10 < 3));
            let others = (0..100).map(|n| pair(1 + u8::from(n != 7), 1 + u8::from((n + at) % 20 != 7)));
            rows.push(std::iter::once(own).chain(others).collect::<Vec<_>>());
        }
        let shares = |a: f64, b: f64| {
            let mut shares = [[0.0; LEVELS]; 2];
            shares[0][1..3].copy_from_slice(&[a, 1.0 - a]);
            shares[1][1..3].copy_from_slice(&[b, 1.0 - b]);
            shares
        };
        let u = shares(0.01, 0.05);
        let m = estimate(&rows, 1.0, shares(0.5, 0.5), &u, 200);
        assert!((m[0][1] - 0.9).abs() < 0.07, "{}", m[0][1]);
        assert!((m[1][1] - 0.7).abs() < 0.07, "{}", m[1][1]);
        assert!(pair(1, 1).weight(&m, &u) > 9.0 && pair(2, 2).weight(&m, &u) < -3.0);
        assert!(pair(0, 0).weight(&m, &u).abs() < 1e-9, "what is not said says nothing");
    }
}
