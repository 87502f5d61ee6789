//! `dancu nation`: a synthetic nation of any size in memory, saved, opened and questioned, with figures beside their aims.
use anyhow::Context as _;
use clap::Args;
use dancu_citizen::{Allowed, Claim, ClaimedName, NameForms, PersonalId, compare};
use dancu_keys::{KeyRing, Secret};
use dancu_registry::generate::{People, Synthetic};
use dancu_verify_index::{Builder, Doubt, Index, Key, Person, Signature, Standing};
use serde::Serialize;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes that a person takes in the file of the index, at most.
const INDEX_BYTES: u64 = 48;
/// Bytes that a full record takes in an embedded store, with its versions, numbers and feed.
const RECORD_BYTES: u64 = 6_000;
/// People who are asked about.
const ASKED: u64 = 20_000;
/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(5);

/// Draw a nation, index it, save, open and question it; print the figures beside their aims
#[derive(Debug, Args)]
pub struct Nation {
    /// How many people
    #[arg(long, value_name = "N", default_value_t = 100_000_000)]
    count: u64,
    /// Make the index alone, without full records in a store
    #[arg(long)]
    index_only: bool,
    /// Folder for the file of the index; it is removed at the end
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Seed of the nation
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// A measured figure beside its aim.
#[derive(Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    /// At most; none where there is no aim
    aim: Option<f64>,
}

impl Nation {
    pub fn run(self) -> anyhow::Result<()> {
        let given = self.dir.clone().unwrap_or_else(std::env::temp_dir);
        std::fs::create_dir_all(&given).with_context(|| format!("cannot make {}", given.display()))?;
        self.check_room(&given)?;
        let file = given.join("nation.index");
        anyhow::ensure!(!file.exists(), "{} is there already", file.display());
        let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
        let mut figures = Vec::new();
        let mut note = |name, value, unit, aim| figures.push(Figure { name, value, unit, aim });

        let start = Instant::now();
        let (builder, asked) = self.draw()?;
        note("draw", start.elapsed().as_secs_f64(), "s", None);
        let start = Instant::now();
        let index = builder.build()?;
        note("sort", start.elapsed().as_secs_f64(), "s", None);
        let start = Instant::now();
        index.save(&file, &ring, Standing::default())?;
        note("write", start.elapsed().as_secs_f64(), "s", None);
        drop(index);

        let start = Instant::now();
        let (index, _) = Index::open(&file, &ring)?;
        note("open", milliseconds(start.elapsed()), "ms", Some(2_000.0));
        let start = Instant::now();
        index.read_all(|| true);
        note("every page", start.elapsed().as_secs_f64(), "s", None);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (bytes, people) = (index.bytes() as f64, index.len() as f64);
        note("a person", bytes / people.max(1.0), "B", Some(48.0));
        note("in memory", bytes / 1e9, "GB", Some(6.0));
        let (mean, late) = times(&asked, |claim| verdict(&index, &ring, claim))?;
        note("verdict", mean, "µs", Some(2.0));
        note("verdict, p99", late, "µs", None);
        let (mean, late) = times(&asked, |claim| search(&index, claim))?;
        note("name, birth date and sex", mean, "µs", Some(1_000.0));
        note("name, birth date and sex, p99", late, "µs", None);
        drop(index);
        for path in [&file, &file.with_extension("lock")] {
            std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
        self.tell(&figures)
    }

    /// Says what the disk must have, before anything is begun.
    fn check_room(&self, folder: &Path) -> anyhow::Result<()> {
        let system = rustix::fs::statvfs(folder).context("how much room the disk has")?;
        let free = system.f_bavail.saturating_mul(system.f_frsize);
        let (index, records) = (self.count * INDEX_BYTES, self.count * RECORD_BYTES);
        println!(
            "{} people: the index takes about {} of disk, full records in a store about {}; {} are free",
            self.count,
            size(index),
            size(records),
            size(free)
        );
        anyhow::ensure!(free > index, "not enough room for the index in {}", folder.display());
        anyhow::ensure!(
            self.index_only,
            "say --index-only for the index alone; full records are made by `dancu registry generate`{}",
            if free > records { "" } else { ", for which the disk has not the room" }
        );
        Ok(())
    }

    /// Draws everybody, and keeps what some of them would be asked by.
    fn draw(&self) -> anyhow::Result<(Builder, Vec<Claim>)> {
        let mut builder = Builder::with_capacity(usize::try_from(self.count)?);
        let mut asked = Vec::new();
        let every = (self.count / ASKED).max(1);
        let (start, mut told) = (Instant::now(), Instant::now());
        for (number, synthetic) in (0..).zip(People::new(self.seed, self.count)) {
            if number % every == 0 {
                asked.extend(claim(&synthetic));
            }
            builder.add(&person(synthetic, number))?;
            if told.elapsed() >= PROGRESS {
                told = Instant::now();
                progress(number, self.count, start.elapsed());
            }
        }
        Ok((builder, asked))
    }

    fn tell(&self, figures: &[Figure]) -> anyhow::Result<()> {
        for figure in figures {
            let aim = match figure.aim {
                Some(aim) if figure.value <= aim => format!("  (aim {aim}: reached)"),
                Some(aim) => format!("  (aim {aim}: missed)"),
                None => String::new(),
            };
            println!("{:32} {:>12.3} {}{aim}", figure.name, figure.value, figure.unit);
        }
        if let Some(path) = &self.json {
            let mut file =
                std::fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            serde_json::to_writer_pretty(
                &mut file,
                &serde_json::json!({ "people": self.count, "figures": figures }),
            )?;
            file.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// A synthetic person as the index takes one.
fn person(synthetic: Synthetic, number: u64) -> Person {
    let (record, former) = (synthetic.record, synthetic.former);
    let id = record.personal_id.map(|s| s.value);
    Person {
        key: if id.is_some() { Key::OfNumber } else { Key::Other(u128::from(number).to_be_bytes()) },
        personal_id: id,
        former_personal_ids: former.personal_ids,
        id_card_number: record.id_card_number.map(|s| s.value),
        former_id_cards: former.id_cards,
        name: record.full_name.map(|s| s.value),
        former_names: former.names,
        birth_date: record.birth_date.map(|s| s.value),
        sex: record.sex.map(|s| s.value).unwrap_or_default(),
        state: record.state,
    }
}

/// What a client in the field sends for a person: the name in capitals.
fn claim(person: &Synthetic) -> Option<Claim> {
    let record = &person.record;
    let name = record.full_name.as_ref()?.value.whole().to_uppercase();
    Some(Claim {
        personal_id: Some(record.personal_id.as_ref()?.value),
        full_name: ClaimedName::parse(&name).ok(),
        birth_date: record.birth_date.as_ref().map(|date| date.value),
        sex: record.sex.as_ref().map(|sex| sex.value),
        ..Claim::default()
    })
}

/// A verdict, and the key of the person in the store.
fn verdict(index: &Index, ring: &KeyRing, claim: &Claim) -> Result<bool, Doubt> {
    let Some(id) = claim.personal_id else { return Ok(false) };
    let Some(place) = index.place_of(id)? else { return Ok(false) };
    let facts = index.facts(place)?;
    black_box((ring.keyed_hash("registry.person", id.expose().as_bytes()), index.key(place)?));
    let comparison = compare(claim, &facts, Allowed::ALL);
    Ok(comparison.agrees(claim.fields()))
}

/// Who has this name, birth date and sex: whether the one asked about is among them.
fn search(index: &Index, claim: &Claim) -> Result<bool, Doubt> {
    let (Some(name), Some(birth)) = (&claim.full_name, claim.birth_date) else { return Ok(false) };
    let mut found = Vec::new();
    index.born(Signature::of(name.unaccented()), birth, &mut found)?;
    let mut is_found = false;
    for place in found {
        let entry = index.entry(place)?;
        let is_named = |forms: &NameForms| forms.unaccented() == name.unaccented();
        let same = claim.sex == Some(entry.sex)
            && index.syllables().name_forms(entry.name.ids()).as_ref().is_some_and(is_named);
        is_found |=
            same && entry.personal_id.map(PersonalId::as_u64) == claim.personal_id.map(PersonalId::as_u64);
    }
    Ok(is_found)
}

/// Mean and 99th percentile of a question in µs. Nearly everybody is to be found: names of nine words and more are not looked at.
fn times(asked: &[Claim], question: impl Fn(&Claim) -> Result<bool, Doubt>) -> anyhow::Result<(f64, f64)> {
    let mut times = Vec::with_capacity(asked.len());
    let (mut found, start) = (0, Instant::now());
    for claim in asked {
        let start = Instant::now();
        found += usize::from(black_box(question(claim))?);
        times.push(start.elapsed());
    }
    let all = start.elapsed();
    anyhow::ensure!(found * 100 >= asked.len() * 99, "only {found} of {} were found", asked.len());
    times.sort_unstable();
    let late = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let count = u32::try_from(asked.len())?.max(1);
    Ok((milliseconds(all / count) * 1_000.0, milliseconds(late) * 1_000.0))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn progress(done: u64, count: u64, since: Duration) {
    let left = since.as_secs_f64() * (count - done) as f64 / (done.max(1)) as f64;
    println!("{done} of {count} drawn, about {left:.0} s left");
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn size(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}
