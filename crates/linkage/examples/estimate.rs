//! `cargo run --release -p dancu-linkage --example estimate -- [PEOPLE] [ROWS] [SEED]`: the figures of `data/model.toml` by expectation-maximisation
//! over a generated dirty file, for a nation of 100 million. Prints what it would write.
use dancu_linkage::estimate::figures;
use dancu_linkage::{DirtyRow, Engine, MemoryPeople, Model, Row, Soiler, Written};

#[path = "../tests/it/nation.rs"]
#[expect(dead_code, unused_imports, reason = "shared with the tests")]
mod nation;

/// People whom the figures are to hold for.
const NATION: u32 = 100_000_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let people = arguments.next().transpose()?.unwrap_or(200_000);
    let rows = usize::try_from(arguments.next().transpose()?.unwrap_or(50_000))?;
    let seed = arguments.next().transpose()?.unwrap_or(11);
    let written: Vec<Written> = nation::people(seed, people);
    let engine = Engine::new(MemoryPeople::new(written.iter().cloned()), Model::bundled()?);
    let dirty: Vec<DirtyRow> = Soiler::new(seed + 1, &written).take(rows).collect();
    let rows: Vec<Row<'_>> = dirty.iter().map(DirtyRow::row).collect();
    print!("{}", figures(&engine, &rows, NATION));
    Ok(())
}
