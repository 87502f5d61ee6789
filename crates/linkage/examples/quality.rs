//! `cargo run --release -p dancu-linkage --example quality -- [PEOPLE] [ROWS] [SEED]`: precision, recall, rows a second, and a line for each kind
//! of dirt, over the verify index in memory; what each step costs; and the wrong ones, side by side (the people are synthetic).
use dancu_linkage::{Dirt, DirtyRow, Engine, Model, Row, Soiler, Step, Verdict, Written};
use dancu_registry::generate::People;
use dancu_verify_index::Builder;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[path = "../tests/it/nation.rs"]
#[expect(dead_code, unused_imports, reason = "shared with the tests")]
mod nation;

/// Wrong ones that are shown.
const SHOWN: usize = 40;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let people = arguments.next().transpose()?.unwrap_or(1_000_000);
    let rows = usize::try_from(arguments.next().transpose()?.unwrap_or(200_000))?;
    let seed = arguments.next().transpose()?.unwrap_or(3);

    let mut builder = Builder::new();
    let mut written: Vec<Written> = Vec::new();
    for person in People::new(seed, people) {
        builder.add(&nation::indexed(&person))?;
        written.push(nation::written(person));
    }
    let index = builder.build()?;
    let started = Instant::now();
    let engine = Engine::new(&index, Model::bundled()?);
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
    let mut shown = 0;
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
        if column == 1 && shown < SHOWN {
            shown += 1;
            println!("wrong: {:?}, {} hundredths of bits", row.dirt, answer.score);
            let sides = answer.place.map(|place| engine.explain(text, place)).transpose()?.flatten();
            for side in sides.unwrap_or_default() {
                println!(
                    "  {:<15} {:<28} {:<28} {} {}",
                    side.column.name(),
                    side.row,
                    side.record,
                    side.agreement.name(),
                    side.weight
                );
            }
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
    Ok(())
}
