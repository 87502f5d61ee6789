//! The figures of `data/model.toml` for a file of rows: m by expectation-maximisation, u by how often strangers agree.
use super::em::{LEVELS, Pair, Shares, estimate};
use crate::candidates;
use crate::compare::name;
use crate::engine::Engine;
use crate::model::Figures as _;
use crate::people::People;
use crate::reading::Reading;
use crate::score::{Candidate, Said};
use crate::{Agreement, Column, Row};
use std::fmt;

/// Columns whose levels are estimated, in the order of [`Estimate`].
const COLUMNS: usize = 5;
/// Candidates of a row that count, best first.
const MOST: usize = 20;
/// Strangers that each row is laid against.
const STRANGERS: usize = 40;
const ROUNDS: usize = 25;

/// Estimated figures. Shown as TOML, each with the share it comes from and the figure in force.
#[derive(Clone, Debug)]
pub struct Estimate {
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    table: &'static str,
    name: &'static str,
    m: f64,
    u: f64,
    now: i32,
}

impl Line {
    fn weight(&self) -> f64 {
        (self.m / self.u).log2() * 100.0
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = "";
        for line in &self.lines {
            if line.table != table {
                table = line.table;
                writeln!(f, "[{table}]")?;
            }
            let (weight, Line { name, m, u, now, .. }) = (line.weight(), line);
            writeln!(f, "{name} = {weight:.0}  # m {m:.6}, u {u:.3e}; in force {now}")?;
        }
        Ok(())
    }
}

/// A row with what was compared.
struct Compared {
    row: Reading,
    candidates: Vec<(Candidate, Said)>,
}

/// Estimates from rows of which nobody says whom they mean. `nation` is how many people the figures are to hold for: how often two people share a number
/// depends on it.
pub fn figures<P: People>(engine: &Engine<P>, rows: &[Row<'_>], nation: u32) -> Estimate {
    let compared: Vec<Compared> = rows
        .iter()
        .map(|row| {
            let row = engine.read(row);
            let mut all = engine.everybody(&row);
            all.truncate(MOST);
            let candidates =
                all.into_iter().filter_map(|c| Some((c, engine.said(&row, c.place, &c.person)?)));
            Compared { row, candidates: candidates.collect() }
        })
        .collect();
    let strangers = Strangers::of(engine, &compared);
    let people = f64::from(u32::try_from(engine.people().count()).unwrap_or(u32::MAX).max(1));
    let u = strangers.shares(people, people);
    let pairs: Vec<Vec<Pair<COLUMNS>>> = compared
        .iter()
        .map(|one| one.candidates.iter().map(|(_, said)| pair(engine, said)).collect())
        .collect();
    let m = estimate(&pairs, people, begin(), &u, ROUNDS);
    let nation = strangers.shares(people, f64::from(nation));
    let mut lines = Vec::new();
    for (column, (m, u)) in m.iter().zip(&nation).enumerate() {
        let Some((table, fields)) = tables(engine).into_iter().nth(column) else { continue };
        for (level, (name, now)) in fields.into_iter().enumerate() {
            if let (Some(m), Some(u)) = (m.get(level + 1), u.get(level + 1).filter(|u| **u > 0.0)) {
                let u = if table == UNIT && ADDED.contains(&name) { 1.0 } else { *u };
                lines.push(Line { table, name, m: *m, u, now });
            }
        }
    }
    let odds = |pairs: &[Pair<COLUMNS>]| -> f64 {
        pairs.first().map_or(0.0, |pair| {
            let odds = pair.weight(&m, &u).exp2() / people;
            odds / (1.0 + odds)
        })
    };
    let sure: Vec<f64> = pairs.iter().map(|pairs| odds(pairs)).collect();
    lines.extend(names(engine, &compared, &sure, &strangers));
    Estimate { lines }
}

/// What it says to live in a commune is added to what its agreement says: u is 1 then.
const UNIT: &str = "unit";
const ADDED: [&str; 3] = ["same", "moved", "province"];

type Table = (&'static str, Vec<(&'static str, i32)>);

fn tables<P: People>(engine: &Engine<P>) -> [Table; COLUMNS] {
    let weights = &engine.model().weights;
    let is_level = |(name, _): &(&str, i32)| *name != "most";
    [
        ("number", weights.number.all()),
        ("card", weights.card.all()),
        ("birth", weights.birth.all()),
        ("sex", weights.sex.all()),
        (UNIT, weights.unit.all().into_iter().filter(is_level).collect()),
    ]
}

/// The level of a column is the figure that it said: the first one that is the same. A row's number is first, its card second, whichever columns
/// they stood in.
fn pair<P: People>(engine: &Engine<P>, said: &Said) -> Pair<COLUMNS> {
    let mut pair = Pair { levels: [0; COLUMNS], says: 0.0 };
    let [number, card, _, _, birth, sex, unit, _] = said;
    let columns = [number, card, birth, sex, unit];
    for ((level, (column, agreement, says)), (_, fields)) in
        pair.levels.iter_mut().zip(columns).zip(tables(engine))
    {
        if *agreement != Agreement::Absent {
            let is_it = |(name, figure): &(&str, i32)| match (column, agreement) {
                // What it says to live there is added to the figure.
                (Column::Unit, Agreement::Same) => *name == "same",
                (Column::Unit, Agreement::MovedUnit) => *name == "moved",
                (Column::Unit, Agreement::LessPrecise) => *name == "province",
                _ => figure == says,
            };
            let at = fields.iter().position(is_it);
            *level = at.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or_default();
        }
    }
    let name = said.iter().find(|(column, ..)| *column == Column::FullName);
    pair.says = name.map_or(0.0, |(_, _, says)| f64::from(*says) / 100.0);
    pair
}

fn begin() -> Shares<COLUMNS> {
    let mut shares = [0.15 / 14.0; LEVELS];
    if let Some(place) = shares.get_mut(1) {
        *place = 0.85;
    }
    [shares; COLUMNS]
}

/// How rows agree with people whom they do not mean.
struct Strangers {
    shares: Shares<COLUMNS>,
    /// Share of pairs that agree in sex and birth year, both of which a number says
    year_and_sex: f64,
    /// Numbers, and cards, of others within one edit, a row
    near: [f64; 2],
    /// Share of people with a card; with former names or numbers
    with_card: f64,
    with_former: f64,
    /// Share of words one edit apart; of names that differ by one or two words
    typing: f64,
    missing: f64,
}

impl Strangers {
    fn of<P: People>(engine: &Engine<P>, rows: &[Compared]) -> Self {
        let mut counts = [[0.5_f64; LEVELS]; COLUMNS];
        let [mut pairs, mut year_and_sex, mut words, mut typing, mut missing] = [1e-9_f64; 5];
        let [mut cards, mut formers, mut people] = [1e-9_f64; 3];
        for (at, one) in rows.iter().enumerate() {
            for step in 1..=STRANGERS {
                let other =
                    rows.get((at + step * 101) % rows.len()).and_then(|other| other.candidates.first());
                let Some((stranger, _)) = other else { continue };
                let own = one.candidates.first().map(|(own, _)| own);
                let Some(said) = engine.said(&one.row, stranger.place, &stranger.person) else { continue };
                if own.is_some_and(|own| own.place == stranger.place) {
                    continue;
                }
                pairs += 1.0;
                for (counts, level) in counts.iter_mut().zip(pair(engine, &said).levels) {
                    if let Some(count) = counts.get_mut(usize::from(level)) {
                        *count += 1.0;
                    }
                }
                let year = |c: &Candidate| c.person.birth_date.map(dancu_citizen::BirthDate::year);
                let is_alike =
                    |own: &Candidate| year(own) == year(stranger) && own.person.sex == stranger.person.sex;
                year_and_sex += f64::from(u8::from(own.is_some_and(is_alike)));
                let Ok(known) = engine.known_name(stranger.place, &stranger.person) else { continue };
                let (read, known) = (one.row.name.words(), known.words());
                missing += f64::from(u8::from(matches!(read.len().abs_diff(known.len()), 1 | 2)));
                for (a, b) in read.iter().zip(known) {
                    words += 1.0;
                    typing += f64::from(u8::from(name::word(*a, b.word) == Agreement::Typing));
                }
            }
            if let Some((own, _)) = one.candidates.first() {
                people += 1.0;
                cards += f64::from(u8::from(own.person.id_card_number.is_some()));
                formers += f64::from(u8::from(own.person.has_former));
            }
        }
        for counts in &mut counts {
            let whole: f64 = counts.iter().skip(1).sum();
            for count in counts.iter_mut() {
                *count /= whole;
            }
        }
        Self {
            shares: counts,
            year_and_sex: year_and_sex / pairs,
            near: near(engine, rows),
            with_card: cards / people,
            with_former: formers / people,
            typing: typing / words,
            missing: missing / pairs,
        }
    }

    /// u of each level among `nation` people; what was counted was counted among `people`. A number says sex and birth year as well, whose agreement is
    /// counted by those columns: near ones are counted among those who share both.
    fn shares(&self, people: f64, nation: f64) -> Shares<COLUMNS> {
        let mut all = self.shares;
        let [near_number, near_card] = self.near.map(|near| near.max(0.001) / people);
        let number = [
            1.0 / nation,
            self.with_former.max(0.001) / nation,
            near_number / self.year_and_sex.max(0.001),
            1.0,
        ];
        let bearers = nation * self.with_card.max(0.001);
        let card = [
            1.0 / bearers,
            self.with_former.max(0.001) / bearers,
            near_card / self.with_card.max(0.001),
            1.0,
        ];
        for (shares, of) in all.iter_mut().zip([number, card]) {
            *shares = [0.0; LEVELS];
            shares.iter_mut().skip(1).zip(of).for_each(|(place, u)| *place = u);
        }
        all
    }
}

/// How many others have a number, and a card, within one edit of the row's.
fn near<P: People>(engine: &Engine<P>, rows: &[Compared]) -> [f64; 2] {
    let (mut ids, mut cards, mut found) = (Vec::new(), Vec::new(), Vec::new());
    let mut sums = [(0.0, 1e-9); 2];
    for one in rows {
        let own = one.candidates.first().map(|(own, _)| own.place);
        let others = |found: &[Result<Option<u32>, crate::Doubt>]| {
            let others = found.iter().flatten().flatten().filter(|place| Some(**place) != own).count();
            f64::from(u32::try_from(others).unwrap_or(u32::MAX))
        };
        candidates::numbers(&one.row, &mut ids);
        engine.people().places_of(&ids, &mut found);
        let number = (!ids.is_empty()).then(|| others(&found));
        candidates::cards(&one.row, &mut cards);
        engine.people().places_of_cards(&cards, &mut found);
        let card = (!cards.is_empty()).then(|| others(&found));
        for ((sum, rows), others) in sums.iter_mut().zip([number, card]) {
            *sum += others.unwrap_or_default();
            *rows += f64::from(u8::from(others.is_some()));
        }
    }
    sums.map(|(sum, rows)| sum / rows)
}

/// The figures of names, of the best candidates as far as they are sure.
fn names<P: People>(engine: &Engine<P>, rows: &[Compared], sure: &[f64], strangers: &Strangers) -> Vec<Line> {
    let [mut marked, mut same, mut bare, mut unaccented] = [1e-9_f64; 4];
    let [mut words, mut typing, mut missing, mut all] = [1e-9_f64; 4];
    for (one, sure) in rows.iter().zip(sure) {
        let Some((best, _)) = one.candidates.first() else { continue };
        let agreement = best.reasons.get(Column::FullName);
        if matches!(agreement, Agreement::Absent | Agreement::Unreadable | Agreement::Former) {
            continue;
        }
        let (of, kept, good) = if one.row.name.has_marks {
            (&mut marked, &mut same, Agreement::Same)
        } else {
            (&mut bare, &mut unaccented, Agreement::Unaccented)
        };
        *of += sure;
        *kept += if agreement == good { *sure } else { 0.0 };
        all += sure;
        for _ in one.row.name.words() {
            words += sure;
        }
        typing += if agreement == Agreement::Typing { *sure } else { 0.0 };
        missing += if agreement == Agreement::Words { *sure } else { 0.0 };
    }
    let weights = &engine.model().weights.name;
    let line = |name, m, u, now| Line { table: "name", name, m, u, now };
    vec![
        line("same", same / marked, 1.0, weights.same),
        line("unaccented", unaccented / bare, 1.0, weights.unaccented),
        line("typing", typing / words, strangers.typing, weights.typing),
        line("missing", missing / all, strangers.missing, weights.missing),
    ]
}
