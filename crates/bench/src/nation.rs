//! A nation: drawn, indexed, saved, opened and questioned, then a stock cleaned against it.
use crate::{clean, data, figures, figures::Figure};
use dancu_registry::nation;
use std::time::{Duration, Instant};

const SEED: u64 = 1;
/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(10);

/// `nation [PEOPLE] [ROWS]`. The file stays, for a closer look with `dancu nation --open`.
pub(crate) fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let number = |at: usize, default: u64| -> anyhow::Result<u64> {
        Ok(arguments.get(at).map_or(Ok(default), |text| text.replace('_', "").parse())?)
    };
    let (people, rows) = (number(0, 100_000_000)?, number(1, 10_000_000)?);
    let folder = data("nation")?;
    std::fs::create_dir_all(&folder)?;
    let (file, ring) = (folder.join("nation.index"), clean::ring()?);
    let _ = std::fs::remove_file(&file);
    let threads = std::thread::available_parallelism()?.get();
    let (began, mut told) = (Instant::now(), Instant::now());
    let mut asked = nation::draw(SEED, people, threads, &file, &ring, |drawn| {
        if drawn.is_multiple_of(1 << 16) && told.elapsed() >= PROGRESS {
            told = Instant::now();
            println!("{drawn} of {people} drawn in {:.0} s", began.elapsed().as_secs_f64());
        }
    })?;
    asked.extend(nation::question(&file, &ring)?);
    let figure = |asked: nation::Figure| {
        let name = format!("nation_{}", asked.name.replace(", ", "_").replace(' ', "_"));
        let figure = match asked.aim {
            Some(aim) => Figure::at_most(&name, asked.value, asked.unit, (aim, &format!("<= {aim}"))),
            None => Figure::told(&name, asked.value, asked.unit),
        };
        Figure { command: "make bench-nation".to_owned(), ..figure }
    };
    let mut all = vec![Figure::told("nation_people", people as f64, "people")];
    all.extend(asked.into_iter().map(figure));
    figures::report("index", &all)?;
    let stock = clean::measure_nation(&data("clean-nation")?, &file, usize::try_from(rows)?)?;
    figures::report("clean-nation", &stock)
}
