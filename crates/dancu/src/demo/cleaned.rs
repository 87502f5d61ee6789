//! A stock that the demo's province has had cleaned, so that there are a result to take and rows to look at. It is a job like any
//! other, put in once, after a new demo has begun to serve; the service's own hands work on it.
use super::seed::SEED;
use crate::console::Opened;
use anyhow::Context as _;
use dancu_cleaning::{Cleaning, Columns, Seen, Teller, Wish, terms};
use dancu_gateway::Road;
use dancu_linkage::{Column, Row};
use dancu_policy::Workplace;
use dancu_registry::generate::People;

/// Whose it is, and for what.
const SYSTEM: &str = "htmc";
const LOGIN: &str = "nguyenvana.stttt";
const PURPOSE: &str = "VPCP";
/// Rows, of people who come after the samples.
const ROWS: usize = 240;
const AFTER: usize = 60;

const COLUMNS: [Column; 5] =
    [Column::RowId, Column::PersonalId, Column::FullName, Column::BirthDate, Column::Sex];

/// Puts the job in. Blocks.
pub(super) fn put_in(opened: &Opened, road: &Road, teller: &Teller) -> anyhow::Result<()> {
    let columns: Columns = COLUMNS.into_iter().collect();
    let wish = Wish {
        system: SYSTEM,
        login: LOGIN,
        officer: None,
        agency_code: None,
        purpose: Some(PURPOSE),
        case_number: None,
        columns,
        file: "danh-sach-huong-tro-cap.csv",
        input_sha256: [0; 32],
        form: "console",
        source: None,
        workplace: Workplace::System,
        now_us: road.clock.now_us(),
    };
    let snapshot = road.exchange.snapshot();
    let decided = terms(&snapshot.rules, u64::try_from(snapshot.version).unwrap_or_default(), &wish);
    let terms = decided.ok().context("the demo's system may not clean")?;
    let mut new = terms.job(&wish, 512);
    new.asked.seen = Seen { format: "csv".to_owned(), columns: columns.bits(), ..Seen::default() };
    fill(&opened.cleaning, &new, &wish, &terms, teller)
}

fn fill(
    cleaning: &Cleaning,
    new: &dancu_cleaning::NewJob,
    wish: &Wish<'_>,
    terms: &dancu_cleaning::Terms,
    teller: &Teller,
) -> anyhow::Result<()> {
    let job = cleaning.begin(new, wish.now_us)?;
    let mut filler = cleaning.fill(&job)?;
    let people = People::new(SEED, (AFTER + ROWS) as u64).skip(AFTER).take(ROWS);
    for (person, at) in people.zip(0_usize..) {
        let record = &person.record;
        let number = record.personal_id.as_ref().map(|of| of.value.expose()).unwrap_or_default();
        let name = record.full_name.as_ref().map(|of| of.value.whole().to_owned()).unwrap_or_default();
        let birth = record.birth_date.as_ref().map(|of| of.value.iso()).unwrap_or_default();
        let sex = record.sex.as_ref().map(|of| of.value.code().to_string()).unwrap_or_default();
        let [number, name, birth, sex] = worn(at, [number, name, birth, sex]);
        let own = format!("TC-{:04}", at + 1);
        let row = COLUMNS.into_iter().zip([&own, &number, &name, &birth, &sex]);
        filler.push(&row.fold(Row::default(), |row, (column, text)| row.with(column, text)))?;
    }
    cleaning.admit(&filler.finish()?, terms, teller, wish.now_us)?;
    Ok(())
}

/// Number, name, birth date and sex as they stand in a stock that many hands have typed into over the years.
fn worn(at: usize, [number, name, birth, sex]: [String; 4]) -> [String; 4] {
    let year = || birth.get(..4).unwrap_or_default().to_owned();
    let words: Vec<&str> = name.split(' ').collect();
    // Without what stands between surname and given name.
    let short = match words.as_slice() {
        [first, .., last] => format!("{first} {last}"),
        _ => name.clone(),
    };
    let none = String::new;
    match at % 12 {
        // As they are.
        0..=4 => [number, name, birth, sex],
        5 => [number, name.to_uppercase(), birth, sex],
        6 => [number, short, birth, sex],
        7 => [number, name, year(), sex],
        // Without a number.
        8 => [none(), name, birth, sex],
        9 => [none(), short, birth, none()],
        10 => [none(), name, year(), sex],
        // Somebody else's name by the number.
        _ => [number, format!("{short} Thử"), year(), none()],
    }
}
