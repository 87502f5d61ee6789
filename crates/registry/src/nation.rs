//! A synthetic nation of any size in memory: drawn, saved, opened and questioned, with its figures.
use crate::generate::{sketch, split_mix};
use dancu_citizen::{Allowed, BirthDate, Claim, ClaimedName, NameForms, PersonalId, compare};
use dancu_keys::KeyRing;
use dancu_verify_index::{BuildError, Builder, Doubt, Index, OpenError, Person, Signature, Sought, Standing};
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// People who are asked about.
const ASKED: u64 = 20_000;
/// Of them, by parts of a name.
const ASKED_BY_PARTS: usize = 2_000;

/// A measured figure beside its aim.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Figure {
    /// What was measured
    pub name: &'static str,
    /// How much
    pub value: f64,
    /// Of what
    pub unit: &'static str,
    /// At most; none where there is no aim
    pub aim: Option<f64>,
}

impl Figure {
    fn new(name: &'static str, value: f64, unit: &'static str, aim: Option<f64>) -> Self {
        Self { name, value, unit, aim }
    }

    fn seconds(name: &'static str, since: Instant) -> Self {
        Self::new(name, since.elapsed().as_secs_f64(), "s", None)
    }
}

/// Why a nation has no figures.
#[derive(Debug, thiserror::Error)]
pub enum NationError {
    /// The people make no index
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The file could not be written or opened
    #[error(transparent)]
    File(#[from] OpenError),
    /// A page did not open
    #[error(transparent)]
    Doubt(#[from] Doubt),
    /// The index does not find who is in it
    #[error("only {found} of {asked} were found")]
    NotFound {
        /// How many were found
        found: usize,
        /// How many were asked about
        asked: usize,
    },
}

/// A question by parts of a name, its 99th percentile, and what it says of the birth date.
type Parts = (&'static str, &'static str, fn(BirthDate) -> Option<BirthDate>);
const PARTS: [Parts; 3] = [
    ("parts of a name and birth date", "parts of a name and birth date, p99", Some),
    ("parts of a name and year", "parts of a name and year, p99", |date| Some(BirthDate::Year(date.year()))),
    ("parts of a name", "parts of a name, p99", |_| None),
];

/// Draws so many people of a seed by so many threads, makes their index and saves it to a file. The threads change nothing in it.
/// `progress` hears after each person how many are drawn.
pub fn draw(
    seed: u64,
    count: u64,
    threads: usize,
    file: &Path,
    ring: &KeyRing,
    mut progress: impl FnMut(u64),
) -> Result<Vec<Figure>, NationError> {
    let mut figures = Vec::new();
    let start = Instant::now();
    let mut builder = Builder::new();
    let mut number = 0;
    sketch(seed, count, threads, |sketch| {
        builder.add(&sketch.person(number.into()))?;
        number += 1;
        progress(number);
        Ok::<_, BuildError>(())
    })?;
    figures.push(Figure::seconds("draw", start));
    let start = Instant::now();
    let index = builder.build()?;
    figures.push(Figure::seconds("sort", start));
    let start = Instant::now();
    index.save(file, ring, Standing::default())?;
    figures.push(Figure::seconds("write", start));
    Ok(figures)
}

/// Opens the file of a nation and asks it about its own people.
pub fn question(file: &Path, ring: &KeyRing) -> Result<Vec<Figure>, NationError> {
    let mut figures = Vec::new();
    let start = Instant::now();
    let (index, _) = Index::open(file, ring)?;
    figures.push(Figure::new("open", milliseconds(start.elapsed()), "ms", Some(2_000.0)));
    let start = Instant::now();
    index.read_all(|| true);
    figures.push(Figure::seconds("every page", start));
    let mut note = |name, value, unit, aim| figures.push(Figure::new(name, value, unit, aim));
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (bytes, people, names) = (index.bytes() as f64, index.len() as f64, index.different_names() as f64);
    note("a person", bytes / people.max(1.0), "B", Some(48.0));
    note("in memory", bytes / 1e9, "GB", Some(6.0));
    note("different names", names, "", None);
    let asked = asked(&index)?;
    let (mean, late) = times(&asked, |claim| verdict(&index, ring, claim))?;
    note("verdict", mean, "µs", Some(2.0));
    note("verdict, p99", late, "µs", None);
    let (mean, late) = times(&asked, |claim| search(&index, claim))?;
    note("name, birth date and sex", mean, "µs", Some(1_000.0));
    note("name, birth date and sex, p99", late, "µs", None);
    let (mean, rest) = many(&index, &asked);
    note("numbers, many at once", mean, "µs", None);
    note("names and birth dates, many at once", rest, "µs", None);
    for (name, late_name, birth) in PARTS {
        let some = asked.get(..asked.len().min(ASKED_BY_PARTS)).unwrap_or_default();
        let (mean, late) = times(some, |claim| parts(&index, claim, birth))?;
        note(name, mean, "µs", Some(1_000.0));
        note(late_name, late, "µs", None);
    }
    Ok(figures)
}

/// People of the index, spread over all of it in an order that no memory foresees, as clients ask about them.
fn asked(index: &Index) -> Result<Vec<Claim>, Doubt> {
    let pages = index.pages() as u64;
    let mut asked = Vec::new();
    for number in 0..ASKED.min(index.len() as u64) {
        let mixed = split_mix(number);
        let page = usize::try_from(mixed % pages.max(1)).unwrap_or_default();
        let count = index.page_len(page)? as u64;
        let at = usize::try_from((mixed >> 32) % count.max(1)).unwrap_or_default();
        let place = index.place_in(page, at).ok_or(Doubt)?;
        asked.extend(claim(&index.person(place)?));
    }
    Ok(asked)
}

/// Hits that a counter shows, and what a search looks for to choose them.
const SOUGHT: usize = 84;

/// Two words of a name, the last one first, with or without the day or year of birth: whether the one asked about is among those
/// found, or there are more.
fn parts(
    index: &Index,
    claim: &Claim,
    birth: impl Fn(BirthDate) -> Option<BirthDate>,
) -> Result<bool, Doubt> {
    let (Some(name), Some(date)) = (&claim.full_name, claim.birth_date) else { return Ok(false) };
    let words: Vec<&str> = name.unaccented().split(' ').rev().collect();
    let (Some(last), Some(first)) = (words.first(), words.last()) else { return Ok(false) };
    let looked = index.seek(&Sought::new(index, &[*last, *first], birth(date), claim.sex), SOUGHT)?;
    for place in &looked.places {
        if index.personal_id(*place)?.map(PersonalId::as_u64) == claim.personal_id.map(PersonalId::as_u64) {
            return Ok(true);
        }
    }
    Ok(!looked.is_all)
}

/// Mean time of a number, and of a name with a birth date, asked together with many others.
fn many(index: &Index, asked: &[Claim]) -> (f64, f64) {
    let ids: Vec<_> = asked.iter().filter_map(|claim| claim.personal_id).collect();
    let mut places = Vec::new();
    let start = Instant::now();
    index.places_of(&ids, &mut places);
    let numbers = start.elapsed();
    let named =
        |claim: &Claim| Some((Signature::of(claim.full_name.as_ref()?.unaccented()), claim.birth_date?));
    let names: Vec<_> = asked.iter().filter_map(named).collect();
    let mut found = Vec::new();
    let start = Instant::now();
    index.born_many(&names, &mut found);
    black_box((places, found));
    let each = |time: Duration, count: usize| {
        milliseconds(time / u32::try_from(count).unwrap_or(1).max(1)) * 1_000.0
    };
    (each(numbers, ids.len()), each(start.elapsed(), names.len()))
}

/// What a client in the field sends for a person: the name in capitals.
fn claim(person: &Person) -> Option<Claim> {
    let name = person.name.as_ref()?.whole().to_uppercase();
    Some(Claim {
        personal_id: Some(person.personal_id?),
        full_name: ClaimedName::parse(&name).ok(),
        birth_date: person.birth_date,
        sex: Some(person.sex),
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

/// Mean and 99th percentile of a question in µs. The mean is of a loop that looks at no clock on the way, which would be a share of a
/// short question; the percentile is of the same questions once more, each with its time. Nearly everybody is to be found: names of
/// nine words and more are not looked at.
fn times(
    asked: &[Claim],
    question: impl Fn(&Claim) -> Result<bool, Doubt>,
) -> Result<(f64, f64), NationError> {
    let (mut found, start) = (0, Instant::now());
    for claim in asked {
        found += usize::from(black_box(question(claim))?);
    }
    let all = start.elapsed();
    let mut times = Vec::with_capacity(asked.len());
    for claim in asked {
        let start = Instant::now();
        black_box(question(claim))?;
        times.push(start.elapsed());
    }
    if found * 100 < asked.len() * 99 {
        return Err(NationError::NotFound { found, asked: asked.len() });
    }
    times.sort_unstable();
    let late = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let count = u32::try_from(asked.len()).unwrap_or(u32::MAX).max(1);
    Ok((milliseconds(all / count) * 1_000.0, milliseconds(late) * 1_000.0))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use dancu_keys::Secret;

    #[test]
    fn a_small_nation_is_drawn_saved_opened_and_questioned() {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap();
        let (file, mut drawn) = (folder.path().join("nation.index"), 0);
        draw(1, 3_000, 3, &file, &ring, |count| drawn = count).unwrap();
        let figures = question(&file, &ring).unwrap();
        assert_eq!(drawn, 3_000);
        let of = |name| figures.iter().find(|figure| figure.name == name).unwrap().value;
        assert!(of("a person") < 128.0, "{}", of("a person"));
    }
}
