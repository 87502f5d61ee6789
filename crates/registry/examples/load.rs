//! Times a load of people, a start, lookups and a search: `cargo run --release -p dancu-registry --example load -- 100000`.
use dancu_citizen::{Address, PersonalId, Record, Sex, Sourced};
use dancu_citizen::{Allowed, BirthDate, CivilDate, Claim, ClaimedName, FieldSet, FullName, IdCardNumber};
use dancu_keys::{KeyRing, Secret};
use dancu_registry::{NewPerson, Registry, Search};
use dancu_storage::Store;
use std::hint::black_box;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

const WORDS: [&str; 12] =
    ["Nguyễn", "Trần", "Lê", "Văn", "Thị", "Hòa", "Thúy", "An", "Anh", "Đức", "Khánh", "Phượng"];

fn main() -> Result<(), Failure> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("registry.db");
    let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32]))?;

    let start = Instant::now();
    let registry = Registry::open(Store::sqlite(&path)?, ring.clone())?;
    let mut first = 0;
    while first < count {
        let people: Vec<_> = (first..count.min(first + 5_000)).map(person).collect::<Result<_, _>>()?;
        registry.insert_many(&people, 0)?;
        first += 5_000;
    }
    println!("insert {count} people: {:?}", start.elapsed());
    drop(registry);

    let (start, before) = (Instant::now(), resident());
    let registry = Registry::open(Store::sqlite(&path)?, ring)?;
    println!(
        "start: {:?}, {} people, {} KiB more in memory",
        start.elapsed(),
        registry.count(),
        resident() - before
    );

    let claims: Vec<_> = (0..count).step_by(97).map(claim).collect::<Result<_, _>>()?;
    let start = Instant::now();
    let found = claims.iter().filter(|c| black_box(registry.verify(c, Allowed::ALL)).usable()).count();
    println!(
        "verify: {:?} each, {found} of {} found",
        start.elapsed() / u32::try_from(claims.len())?,
        claims.len()
    );

    let start = Instant::now();
    let fields = FieldSet::from_bits(u64::MAX);
    for claim in claims.iter().take(1_000) {
        black_box(registry.look_up(claim, Allowed { fields, near: false })?);
    }
    println!("look up all fields: {:?} each", start.elapsed() / 1_000);

    let start = Instant::now();
    let name = Some(ClaimedName::parse("nguyen thi hoa")?);
    let search = Search { name, birth: Some(BirthDate::Year(1970)), limit: 20, ..Search::default() };
    println!("search: {} hits in {:?}", registry.search(&search).len(), start.elapsed());
    Ok(())
}

fn claim(n: u64) -> Result<Claim, Failure> {
    let full_name = Some(ClaimedName::parse(&name(n).to_uppercase())?);
    Ok(Claim { personal_id: PersonalId::from_u64(n * 7_919), full_name, ..Claim::default() })
}

fn name(n: u64) -> String {
    let word = |n: u64| WORDS.iter().cycle().nth(usize::try_from(n % 12).unwrap_or_default()).copied();
    [word(n), word(n / 12 + 3), word(n / 144), word(n / 7)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

fn person(n: u64) -> Result<NewPerson, Failure> {
    let as_of = CivilDate::new(2026, 1, 1)?;
    let birth =
        CivilDate::new(1920 + i16::try_from(n % 100)?, 1 + u8::try_from(n % 12)?, 1 + u8::try_from(n % 28)?)?;
    let place = || sourced(address(n), as_of);
    let record = Record {
        personal_id: PersonalId::from_u64(n * 7_919).and_then(|id| sourced(id, as_of)),
        id_card_number: n.is_multiple_of(2)
            .then(|| IdCardNumber::from_u32(u32::try_from(n).ok()?))
            .flatten()
            .and_then(|c| sourced(c, as_of)),
        full_name: sourced(FullName::parse(&name(n))?, as_of),
        birth_date: sourced(BirthDate::Day(birth), as_of),
        sex: sourced(Sex::Male, as_of),
        birth_place: place(),
        birth_registration: place(),
        home_town: place(),
        permanent_residence: place(),
        current_residence: place(),
        nationality: sourced("VN".into(), as_of),
        residence_file: sourced(format!("{n:012}"), as_of),
        ..Record::default()
    };
    Ok(NewPerson::new(record, as_of, "import"))
}

fn address(n: u64) -> Address {
    Address {
        province: Some(format!("{:02}", n % 96)),
        district: Some(format!("{:03}", n % 700)),
        commune: Some(format!("{:05}", n % 11_000)),
        detail: Some("Thôn Đoài, số 12".into()),
        country: Some("VN".into()),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the members of a record are optional")]
fn sourced<T>(value: T, as_of: CivilDate) -> Option<Sourced<T>> {
    Some(Sourced { value, source: "cu-tru".into(), as_of })
}

/// Resident memory in KiB, where the system tells it.
fn resident() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or_default()
}
