//! The work that is measured: a stock in, its result out, by a process of its own, so that its memory is its own too.
use super::table;
use crate::clean::Linked;
use anyhow::{Context as _, anyhow};
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId, Sex};
use dancu_linkage::{Column, Engine, Model, Row};
use dancu_stock::result::{join, lines};
use dancu_stock::{Limits, Map, Part, Reader, ResultError, Source};
use dancu_verify_index::{Builder, Index, Key, Person};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Instant;

/// Parts that wait to be written, at most.
const WAITING: usize = 8;

/// Links the stock of a folder to the people of `people.parquet` in it, or of a file of the index.
pub(super) fn run(folder: &Path, nation: Option<&Path>) -> anyhow::Result<Linked> {
    let began = Instant::now();
    let people = || match nation {
        Some(file) => {
            let index = Index::open(file, &super::ring()?)?.0;
            index.read_all(|| true);
            Ok(index)
        }
        None => build(&folder.join("people.parquet")),
    };
    let (model, index) = std::thread::scope(|scope| {
        let model = scope.spawn(Model::bundled);
        let index = people();
        (model.join(), index)
    });
    let (model, index) = (model.map_err(|_| anyhow!("the thread that reads the model died"))??, index?);
    let people_ready = began.elapsed();
    let linking = Instant::now();
    let source = Source::open_unhashed(&folder.join("stock.parquet"), &Map::default(), Limits::default())?;
    let engine = Engine::new(&index, model);
    let result = folder.join("result.parquet");
    let rows = link(&source, &engine, &result)?;
    let took = linking.elapsed();
    let (mean, told, right) = judge(folder, &result)?;
    Ok(Linked {
        rows,
        people: index.len() as u64,
        people_seconds: people_ready.as_secs_f64(),
        seconds: took.as_secs_f64(),
        recall: right as f64 / mean as f64,
        precision: if told > 0 { right as f64 / told as f64 } else { 1.0 },
        wrong: told - right,
        peak_gb: peak()? / 1e9,
    })
}

/// Threads read, link and encode chunks; this one joins their parts in order.
fn link(source: &Source, engine: &Engine<&Index>, to: &Path) -> anyhow::Result<u64> {
    // Read by one after the other, so that no row group is read by each thread.
    let chunks = Mutex::new(source.reader());
    let threads = std::thread::available_parallelism()?.get();
    let out = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let summary = std::thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel(WAITING);
        for _ in 0..threads {
            let (give, chunks) = (give.clone(), &chunks);
            scope.spawn(move || {
                let mut answers = Vec::new();
                let next = || chunks.lock().unwrap_or_else(PoisonError::into_inner).next();
                while let Some(chunk) = next() {
                    let number = chunk.as_ref().map_or(u64::MAX, |chunk| chunk.number());
                    let part = chunk.map_err(|error| error.to_string()).and_then(|chunk| {
                        answers.clear();
                        let rows: Vec<Row<'_>> = chunk.rows().collect();
                        engine.link(&rows, &mut answers);
                        Part::encode(&chunk, &answers).map_err(|error| error.to_string())
                    });
                    // The one who joins has failed and says so.
                    if give.send((number, part)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(give);
        let mut waiting = BTreeMap::new();
        let mut wanted = 0;
        let parts = std::iter::from_fn(|| {
            loop {
                if let Some(part) = waiting.remove(&wanted) {
                    wanted += 1;
                    return Some(part);
                }
                let (number, part): (u64, Result<Part, String>) = match take.recv() {
                    Ok(part) => part,
                    // A chunk that could not be read has no number; it ends the reading.
                    Err(_) => return waiting.pop_last().map(|(_, part)| part),
                };
                waiting.insert(number, part.map(|part| part.bytes).map_err(ResultError::Parquet));
            }
        });
        join(parts, out)
    })?;
    Ok(summary.rows())
}

/// Rows that mean somebody, rows of which somebody is told, and of how many it is the right one.
fn judge(folder: &Path, result: &Path) -> anyhow::Result<(u64, u64, u64)> {
    let truth = folder.join("truth.parquet");
    let (people, numbers) = (table::column(&truth, "person")?, table::column(&truth, "personal_id")?);
    let mean = people.iter().filter(|person| !person.is_empty()).count() as u64;
    let (mut told, mut right, mut numbers) = (0, 0, numbers.iter());
    lines(File::open(result)?, |line| {
        let number = numbers.next();
        if matches!(line.verdict, "match" | "match_with_differences")
            && let Some(matched) = line.matched_personal_id
        {
            told += 1;
            right += u64::from(number.is_some_and(|number| number == matched));
        }
        Ok(())
    })?;
    anyhow::ensure!(numbers.next().is_none(), "the result has fewer rows than the stock");
    Ok((mean, told, right))
}

/// What linkage asks of people: their names in the file are not among it.
const OF_PERSON: [Column; 5] =
    [Column::PersonalId, Column::IdCardNumber, Column::BirthDate, Column::Sex, Column::FullName];

/// What a row says of a person, as far as it was read.
#[derive(Clone, Default)]
struct Said {
    personal_id: Option<PersonalId>,
    id_card_number: Option<IdCardNumber>,
    birth_date: Option<BirthDate>,
    sex: Sex,
    /// Where the name stands among those of the chunk
    name: Range<usize>,
}

/// The people of a file, which stand in it as a registry would export them: each thread reads and packs runs of its own.
pub(super) fn build(path: &Path) -> anyhow::Result<Index> {
    let source = Source::open_unhashed(path, &Map::default(), Limits::default())?;
    let threads = std::thread::available_parallelism()?.get();
    let runs = source.runs();
    let next = AtomicUsize::new(0);
    let pack = || -> anyhow::Result<Builder> {
        let mut builder = Builder::new().for_linkage();
        let mut reader = source.reader();
        let (mut rows, mut names) = (Vec::new(), Vec::new());
        while let Some(run) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
            for chunk in run.clone() {
                read(&mut reader, chunk, &mut rows, &mut names)?;
                // Whoever has no number is told apart by the row.
                for (row, said) in (0_u64..).zip(&rows) {
                    let key = || Key::Other((u128::from(chunk) << u64::BITS | u128::from(row)).to_be_bytes());
                    let person = Person {
                        key: said.personal_id.map_or_else(key, |_| Key::OfNumber),
                        personal_id: said.personal_id,
                        id_card_number: said.id_card_number,
                        birth_date: said.birth_date,
                        sex: said.sex,
                        ..Person::default()
                    };
                    builder.add_named(&person, names.get(said.name.clone()).unwrap_or_default())?;
                }
            }
        }
        Ok(builder)
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(pack)).collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut whole = Builder::new().for_linkage();
    for part in parts {
        whole.append(part.map_err(|_| anyhow!("a reading thread died"))??);
    }
    Ok(whole.build()?)
}

/// What the rows of a chunk say, and the names of all.
fn read(reader: &mut Reader, chunk: u64, rows: &mut Vec<Said>, names: &mut Vec<u8>) -> anyhow::Result<()> {
    rows.clear();
    names.clear();
    let count = reader.texts(chunk, &OF_PERSON, |column, row, text| {
        if row >= rows.len() {
            rows.resize_with(row + 1, Said::default);
        }
        let Some(said) = rows.get_mut(row) else { return };
        match column {
            Column::PersonalId => said.personal_id = PersonalId::from_digits(text).ok(),
            Column::IdCardNumber => said.id_card_number = IdCardNumber::from_digits(text).ok(),
            Column::BirthDate => said.birth_date = BirthDate::from_iso(text).ok(),
            Column::Sex => {
                let code = if let [digit] = text { digit.checked_sub(b'0') } else { None };
                said.sex = code.and_then(Sex::from_code).unwrap_or_default();
            }
            Column::FullName => {
                let start = names.len();
                names.extend_from_slice(text);
                said.name = start..names.len();
            }
            Column::RowId | Column::OtherName | Column::Unit | Column::Household => {}
        }
    })?;
    rows.resize_with(count.context("a chunk that is not there")?, Said::default);
    Ok(())
}

/// The most memory that this process had, in bytes (proc(5), `VmHWM`).
fn peak() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024.0)
}
