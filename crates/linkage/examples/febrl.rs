//! `cargo run --release -p dancu-linkage --example febrl -- FOLDER`: links FEBRL 4 (written by `bench/febrl.py`), and prints recall and precision
//! as `JSON`. Other columns than ours, the same machinery: m by expectation-maximisation over the files themselves, u from how often values occur in
//! them, one to one. The truth is read for the score only.
#![expect(clippy::cast_precision_loss, reason = "counts of a small file")]

use dancu_linkage::estimate::{LEVELS, Pair, Shares, estimate};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

/// Given name, surname, street number, two lines of address, suburb, postcode, state, birth date, social security number
const COLUMNS: usize = 10;
/// What stands in each other's place at times
const TURNED: [(usize, usize); 2] = [(0, 1), (3, 4)];
/// Values that make two rows candidates of each other
const KEYS: [usize; 8] = [0, 1, 3, 4, 5, 6, 8, 9];
/// A value that more rows share makes no candidates
const MOST_SHARING: usize = 400;
/// Random pairs for u
const RANDOM: usize = 200_000;

const SAME: u8 = 1;
const TYPING: u8 = 2;
const NEAR: u8 = 3;
const ELSEWHERE: u8 = 4;
const OTHER: u8 = 5;

type Record = [String; COLUMNS];
type Candidates = Vec<(usize, Pair<COLUMNS>)>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: febrl FOLDER")?;
    let folder = Path::new(&folder);
    let (a, b) = (read(&folder.join("a.csv"))?, read(&folder.join("b.csv"))?);

    let started = Instant::now();
    let found = link(&a, &b);
    let took = started.elapsed();

    let truth = std::fs::read_to_string(folder.join("truth.csv"))?;
    let truth: HashSet<&str> = truth.lines().skip(1).collect();
    let name = |(at, of): (usize, usize)| Some(format!("{},{}", a.get(of)?.0, b.get(at)?.0));
    let right = found.iter().filter_map(|pair| name(*pair)).filter(|pair| truth.contains(&**pair)).count();
    println!(
        "{{\"data\":\"FEBRL 4\",\"rows\":{},\"links\":{},\"right\":{right},\"recall\":{:.4},\"precision\":{:.4},\"seconds\":{:.3}}}",
        b.len(),
        found.len(),
        right as f64 / truth.len() as f64,
        right as f64 / found.len().max(1) as f64,
        took.as_secs_f64()
    );
    Ok(())
}

/// Name of the row and its values. The files have no quotes.
fn read(path: &Path) -> Result<Vec<(String, Record)>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(path)?;
    let line = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.trim().to_owned());
        let name = cells.next().unwrap_or_default();
        (name, std::array::from_fn(|_| cells.next().unwrap_or_default()))
    };
    Ok(text.lines().skip(1).map(line).collect())
}

/// Position in `b` with position in `a`.
fn link(a: &[(String, Record)], b: &[(String, Record)]) -> Vec<(usize, usize)> {
    let values = Values::of(a);
    let people = a.len() as f64;
    let u = by_chance(a, b, &values);
    let rows: Vec<Candidates> = candidates(a, b, &values);
    let pairs: Vec<Vec<Pair<COLUMNS>>> =
        rows.iter().map(|row| row.iter().map(|(_, pair)| *pair).collect()).collect();
    let m = estimate(&pairs, people, begin(), &u, 30);
    // The likeliest pair first; whoever is taken is taken. What is as likely as not, or less, is no link.
    let even = people.log2();
    let mut taken = (vec![false; a.len()], vec![false; b.len()]);
    let mut links = assign(
        rows.iter().enumerate().flat_map(|(at, row)| row.iter().map(move |(of, pair)| (pair, at, *of))),
        even,
        &m,
        &u,
        &mut taken,
    );
    // Rows with no value in common: those that are left against those that are left.
    let left =
        |taken: &[bool]| (0..taken.len()).filter(|at| taken.get(*at) == Some(&false)).collect::<Vec<_>>();
    let (left_a, left_b) = (left(&taken.0), left(&taken.1));
    let rest: Vec<(Pair<COLUMNS>, usize, usize)> = left_b
        .iter()
        .flat_map(|at| left_a.iter().map(move |of| (*at, *of)))
        .filter_map(|(at, of)| Some((compare(&b.get(at)?.1, &a.get(of)?.1, &values), at, of)))
        .collect();
    let even = (left_a.len().max(1) as f64).log2();
    links.extend(assign(rest.iter().map(|(pair, at, of)| (pair, *at, *of)), even, &m, &u, &mut taken));
    links
}

fn assign<'a>(
    pairs: impl Iterator<Item = (&'a Pair<COLUMNS>, usize, usize)>,
    even: f64,
    m: &Shares<COLUMNS>,
    u: &Shares<COLUMNS>,
    taken: &mut (Vec<bool>, Vec<bool>),
) -> Vec<(usize, usize)> {
    let mut all: Vec<(i64, usize, usize)> = pairs
        .map(|(pair, at, of)| (pair.weight(m, u) - even, at, of))
        .filter(|(weight, _, _)| *weight > 0.0)
        .map(|(weight, at, of)| (thousandths(weight), at, of))
        .collect();
    all.sort_unstable_by_key(|(weight, at, of)| (Reverse(*weight), *at, *of));
    let mut links = Vec::new();
    for (_, at, of) in all {
        let (Some(a), Some(b)) = (taken.0.get_mut(of), taken.1.get_mut(at)) else { continue };
        if !*a && !*b {
            (*a, *b) = (true, true);
            links.push((at, of));
        }
    }
    links
}

#[expect(clippy::cast_possible_truncation, reason = "some dozen bits")]
fn thousandths(bits: f64) -> i64 {
    (bits * 1000.0).round() as i64
}

/// How many rows of `a` hold each value of a column.
struct Values(Vec<HashMap<String, usize>>, usize);

impl Values {
    fn of(rows: &[(String, Record)]) -> Self {
        let mut all = vec![HashMap::new(); COLUMNS];
        for (_, record) in rows {
            for (counts, value) in all.iter_mut().zip(record).filter(|(_, value)| !value.is_empty()) {
                *counts.entry(value.clone()).or_insert(0) += 1;
            }
        }
        Self(all, rows.len())
    }

    /// Share of the rows that hold a value; one that none holds counts as held by one.
    fn share(&self, column: usize, value: &str) -> f64 {
        let count = self.0.get(column).and_then(|counts| counts.get(value)).copied().unwrap_or(1);
        count as f64 / self.1.max(1) as f64
    }
}

/// Levels, and what the values that are the same say beside: u of `SAME` is 1, the value's share stands here.
fn compare(x: &Record, y: &Record, values: &Values) -> Pair<COLUMNS> {
    let mut pair = Pair { levels: [0; COLUMNS], says: 0.0 };
    for (column, (level, (x_value, y_value))) in pair.levels.iter_mut().zip(x.iter().zip(y)).enumerate() {
        if x_value.is_empty() || y_value.is_empty() {
            continue;
        }
        *level = if x_value == y_value {
            pair.says -= values.share(column, y_value).log2();
            SAME
        } else if is_one_edit(x_value.as_bytes(), y_value.as_bytes()) {
            TYPING
        } else if is_near(x_value.as_bytes(), y_value.as_bytes()) {
            NEAR
        } else {
            OTHER
        };
    }
    for (one, two) in TURNED {
        for (here, there) in [(one, two), (two, one)] {
            let is_same =
                matches!((x.get(here), y.get(there)), (Some(x), Some(y)) if x == y && !x.is_empty());
            if is_same
                && let Some(level) = pair.levels.get_mut(here).filter(|level| matches!(**level, 0 | OTHER))
            {
                *level = ELSEWHERE;
            }
        }
    }
    pair
}

fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let longer = a.len().max(b.len());
    let is_swapped = a.len() == b.len()
        && head + tail + 2 == longer
        && a.get(head) == b.get(head + 1)
        && a.get(head + 1) == b.get(head);
    a.len().abs_diff(b.len()) <= 1 && head + tail + 1 >= longer || is_swapped
}

/// Half of the pairs of neighbouring letters are common to both (Dice).
fn is_near(a: &[u8], b: &[u8]) -> bool {
    let mut left: Vec<&[u8]> = b.windows(2).collect();
    let mut common = 0;
    for pair in a.windows(2) {
        if let Some(at) = left.iter().position(|other| *other == pair) {
            left.swap_remove(at);
            common += 1;
        }
    }
    common * 4 >= a.len() + b.len() - 2 && common > 0
}

/// u of the levels but `SAME`, from pairs that stand as far apart as chance has it: no two people of one row.
fn by_chance(a: &[(String, Record)], b: &[(String, Record)], values: &Values) -> Shares<COLUMNS> {
    let mut counts = [[0.5_f64; LEVELS]; COLUMNS];
    for n in 0..RANDOM {
        // Steps by numbers without a common divisor with the length go round all of them.
        let (x, y) = (b.get(n % b.len()), a.get((n * 7_919 + n / b.len() * 31) % a.len()));
        let (Some((_, x)), Some((_, y))) = (x, y) else { continue };
        let levels = compare(x, y, values).levels;
        for (counts, level) in counts.iter_mut().zip(levels) {
            if let Some(count) = counts.get_mut(usize::from(level)) {
                *count += 1.0;
            }
        }
    }
    for counts in &mut counts {
        let whole: f64 = counts.iter().skip(1).take(5).sum();
        for count in counts.iter_mut() {
            *count /= whole;
        }
        if let Some(same) = counts.get_mut(usize::from(SAME)) {
            *same = 1.0;
        }
    }
    counts
}

/// Where the estimation begins: most of what is one person's agrees.
fn begin() -> Shares<COLUMNS> {
    let mut shares = [0.0; LEVELS];
    for (level, share) in [(SAME, 0.8), (TYPING, 0.08), (NEAR, 0.04), (ELSEWHERE, 0.03), (OTHER, 0.05)] {
        if let Some(place) = shares.get_mut(usize::from(level)) {
            *place = share;
        }
    }
    [shares; COLUMNS]
}

/// Whoever shares a value of a key with a row of `b`, in whichever of two columns that change places.
fn candidates(a: &[(String, Record)], b: &[(String, Record)], values: &Values) -> Vec<Candidates> {
    let mut by_value: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (of, (_, record)) in a.iter().enumerate() {
        for key in KEYS {
            if let Some(value) = record.get(key).filter(|value| !value.is_empty()) {
                by_value.entry((key, value)).or_default().push(of);
            }
        }
    }
    let partner = |key: usize| {
        let turned = TURNED.iter().find(|(one, two)| *one == key || *two == key);
        turned.map_or(key, |(one, two)| one + two - key)
    };
    let row = |record: &Record| {
        let mut found: Vec<usize> = KEYS
            .iter()
            .flat_map(|key| [(*key, *key), (*key, partner(*key))])
            .filter_map(|(key, column)| by_value.get(&(column, record.get(key)?.as_str())))
            .filter(|sharing| sharing.len() <= MOST_SHARING)
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        let pair = |of: usize| Some((of, compare(record, &a.get(of)?.1, values)));
        found.into_iter().filter_map(pair).collect()
    };
    b.iter().map(|(_, record)| row(record)).collect()
}
