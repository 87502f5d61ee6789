//! `cargo run --release -p dancu-linkage --example quality -- [PEOPLE] [ROWS] [SEED] [AMONG]`: precision, recall, rows a second, and a line for each kind
//! of dirt, over the verify index in memory; what each step costs; the wrong ones and some of those missed, side by side (the people are synthetic).
//! AMONG: scores as among so many people. Rows are drawn from a million of them at most.
use dancu_linkage::{Column, Dirt, DirtyRow, Engine, Model, Row, Side, Soiler, Step, Verdict, Written};
use dancu_registry::generate::sketch;
use dancu_verify_index::{Builder, Index, Person, Place};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Wrong ones that are shown, and missed ones.
const SHOWN: [usize; 2] = [40, 12];
/// Kinds of missed rows that are shown.
const KINDS: usize = 24;
/// People of whom rows are drawn.
const SAMPLE: usize = 1_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let people = arguments.next().transpose()?.unwrap_or(1_000_000);
    let rows = usize::try_from(arguments.next().transpose()?.unwrap_or(200_000))?;
    let seed = arguments.next().transpose()?.unwrap_or(3);

    let among = arguments.next().transpose()?.unwrap_or(people);

    let mut builder = Builder::new();
    sketch(seed, people, 2, |sketch| builder.add(&sketch.person(builder.len() as u128)))?;
    let index = builder.build()?;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let bytes = index.bytes() as f64 / index.len().max(1) as f64;
    println!("{bytes:.1} bytes a person");
    let written = sample(&index)?;
    let started = Instant::now();
    let engine = Engine::new(&index, Model::bundled()?).among(among);
    println!("engine made in {:.2?}", started.elapsed());
    let dirty: Vec<DirtyRow> = Soiler::new(seed + 1, &written).take(rows).collect();
    let texts: Vec<Row<'_>> = dirty.iter().map(DirtyRow::row).collect();

    let mut steps: BTreeMap<Step, (usize, Duration)> = BTreeMap::new();
    let started = Instant::now();
    let mut last = started;
    let mut answers = Vec::new();
    engine.link_watched(&texts, &mut answers, |step, asked| {
        let sum = steps.entry(step).or_default();
        let now = Instant::now();
        *sum = (sum.0 + asked, sum.1 + (now - last));
        last = now;
    });
    let took = started.elapsed();
    let of = f64::from(u32::try_from(rows)?);
    println!("{rows} rows × {people} people, one thread: {took:.2?}, {:.0} rows/s", of / took.as_secs_f64());
    println!("{:<14} {:>8} {:>12} {:>12}", "step", "% rows", "µs a row", "µs where");
    for (step, (asked, took)) in steps {
        let (asked, micros) = (f64::from(u32::try_from(asked)?), took.as_secs_f64() * 1e6);
        let step = format!("{step:?}");
        println!(
            "{step:<14} {:>8.2} {:>12.3} {:>12.2}",
            asked * 100.0 / of,
            micros / of,
            micros / asked.max(1.0)
        );
    }

    let mut table: BTreeMap<Dirt, [u32; 3]> = BTreeMap::new();
    let mut all = [0_u32; 3];
    let mut shown = [0; 2];
    let mut kinds: BTreeMap<(Vec<Dirt>, &str), u32> = BTreeMap::new();
    for ((row, answer), text) in dirty.iter().zip(&answers).zip(&texts) {
        let is_match = matches!(answer.verdict, Verdict::Match | Verdict::MatchWithDifferences);
        let told = answer.personal_id.filter(|_| is_match);
        let truth = row.truth.and_then(|truth| written.get(truth)).and_then(|person| person.personal_id);
        let column = match (told, truth) {
            (Some(told), Some(truth)) if told == truth => 0,
            (Some(_), _) => 1,
            (None, Some(_)) => 2,
            (None, None) => continue,
        };
        if column == 2 {
            let kind = kind(row);
            *kinds.entry(kind).or_default() += 1;
        }
        let which = ["wrong", "missed"].into_iter().zip(SHOWN).zip(&mut shown).zip([1, 2]);
        for (((what, _), shown), _) in
            which.filter(|(((_, most), shown), of)| *of == column && **shown < *most)
        {
            *shown += 1;
            println!("{what}: {:?}, {:?}, {} hundredths of bits", row.dirt, answer.verdict, answer.score);
            let sides = answer.place.map(|place| engine.explain(text, place)).transpose()?.flatten();
            sides.unwrap_or_default().iter().for_each(show);
        }
        for dirt in &row.dirt {
            if let Some(count) = table.entry(*dirt).or_default().get_mut(column) {
                *count += 1;
            }
        }
        if let Some(count) = all.get_mut(column) {
            *count += 1;
        }
    }
    let [right, wrong, missed] = all.map(f64::from);
    println!("precision {:.5}  recall {:.5}", right / (right + wrong), right / (right + wrong + missed));
    println!("{:<14} {:>8} {:>8} {:>8}", "dirt", "right", "wrong", "missed");
    for (dirt, [right, wrong, missed]) in table {
        println!("{:<14} {right:>8} {wrong:>8} {missed:>8}", format!("{dirt:?}"));
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((kind, unit), count) in kinds.into_iter().take(KINDS) {
        println!("{count:>8} missed of {kind:?}{unit}");
    }
    Ok(())
}

/// A column of a row beside the record.
fn show(side: &Side) {
    let (column, agreement) = (side.column.name(), side.agreement.name());
    println!("  {column:<15} {:<28} {:<28} {agreement} {}", side.row, side.record, side.weight);
}

/// What was done to a row that makes it hard to find.
fn kind(row: &DirtyRow) -> (Vec<Dirt>, &'static str) {
    let is_counted = |dirt: &Dirt| !matches!(dirt, Dirt::Household | Dirt::MovedUnit);
    let mut kind: Vec<Dirt> = row.dirt.iter().copied().filter(is_counted).collect();
    kind.sort_unstable();
    (kind, if row.row().get(Column::Unit).is_empty() { ", without a unit" } else { "" })
}

/// People of the index in steps.
fn sample(index: &Index) -> Result<Vec<Written>, dancu_verify_index::Doubt> {
    let heads = index.heads()?;
    let written =
        |place: Place| Ok(Written::from(Person { household_head: heads.of(place), ..index.person(place)? }));
    index.places().step_by(index.len().div_ceil(SAMPLE).max(1)).map(written).collect()
}
