//! Times a load of synthetic people, a start, verification, look-up and search:
//! `cargo run --release -p dancu-registry --example load -- 100000`.
use dancu_citizen::{Allowed, BirthDate, CivilDate, Claim, ClaimedName, FieldSet};
use dancu_keys::{KeyRing, Secret};
use dancu_registry::generate::{People, Synthetic};
use dancu_registry::{NewPerson, Registry, Search};
use dancu_storage::Store;
use std::hint::black_box;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("registry.db");
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;
    let since = CivilDate::new(2026, 1, 1)?;

    let start = Instant::now();
    let registry = Registry::open(Store::sqlite(&path)?, ring.clone())?;
    let (mut generation, mut claims, mut people) = (Duration::ZERO, Vec::new(), People::new(1, count));
    loop {
        let start = Instant::now();
        let batch: Vec<Synthetic> = people.by_ref().take(5_000).collect();
        generation += start.elapsed();
        if batch.is_empty() {
            break;
        }
        claims.extend(batch.iter().step_by(97).filter_map(claim));
        let new = |p: Synthetic| NewPerson::new(p.record, since, "generated").with_former(&p.former);
        registry.insert_many(&batch.into_iter().map(new).collect::<Vec<_>>(), 0)?;
    }
    println!("insert {count} people: {:?}, of which generating took {generation:?}", start.elapsed());
    drop(registry);

    let (start, before) = (Instant::now(), resident());
    let registry = Registry::open(Store::sqlite(&path)?, ring)?;
    println!(
        "start: {:?}, {} people, {} KiB more in memory",
        start.elapsed(),
        registry.count(),
        resident() - before
    );

    let (rounds, start) = (100_u32, Instant::now());
    let found = |_| {
        claims
            .iter()
            .filter(|c| black_box(registry.verify_now(c, Allowed::ALL)).is_ok_and(|f| f.found()))
            .count()
    };
    let found: usize = (0..rounds).map(found).sum();
    let each = start.elapsed() / rounds / u32::try_from(claims.len())?;
    println!("verify: {each:?} each, {found} of {} found", claims.len() * rounds as usize);

    let start = Instant::now();
    let fields = FieldSet::from_bits(u64::MAX);
    for claim in claims.iter().take(1_000) {
        black_box(registry.look_up(claim, Allowed { fields, near: false })?);
    }
    println!("look up all fields: {:?} each", start.elapsed() / 1_000);

    for (name, birth) in [("nguyen thi hoa", Some(BirthDate::Year(1970))), ("nguyen", None), ("ng v a", None)]
    {
        let search = Search { name: Some(ClaimedName::parse(name)?), birth, limit: 20, ..Search::default() };
        let start = Instant::now();
        let hits = registry.search(&search)?;
        println!("search for {name}: {} hits in {:?}", hits.people.len(), start.elapsed());
    }
    Ok(())
}

/// What a client in the field sends for a person: the name in capitals.
fn claim(person: &Synthetic) -> Option<Claim> {
    let record = &person.record;
    let name = record.full_name.as_ref()?.value.whole().to_uppercase();
    Some(Claim {
        personal_id: Some(record.personal_id.as_ref()?.value),
        full_name: ClaimedName::parse(&name).ok(),
        birth_date: record.birth_date.as_ref().map(|date| date.value),
        ..Claim::default()
    })
}

/// Resident memory in KiB, where the system tells it.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or_default()
}
