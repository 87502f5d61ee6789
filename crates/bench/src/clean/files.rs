//! The files of the comparison: people, a dirty stock of them, whom each row means; and both in our form of writing.
use super::table::Table;
use dancu_citizen::{BirthDate, IdCardNumber, PersonalId};
use dancu_linkage::{Column, DirtyRow, Engine, Model, Normal, Row, Soiler, Written};
use dancu_registry::generate::{People, Sketch};
use dancu_verify_index::{Index, Person, Place};
use std::path::Path;

/// What the peers are given of a person, and of a row.
const OF_PERSON: [Column; 6] = [
    Column::RowId,
    Column::PersonalId,
    Column::IdCardNumber,
    Column::FullName,
    Column::BirthDate,
    Column::Sex,
];

/// Rows of a stock that are drawn from one handful of people.
const HANDFUL: usize = 100_000;

/// Writes `people.parquet`, `stock.parquet`, `truth.parquet` of a small nation drawn from a seed.
pub(super) fn small(folder: &Path, people: u64, rows: usize, seed: u64) -> anyhow::Result<()> {
    let written: Vec<Written> =
        People::new(seed, people).map(|person| Sketch::from(person).person(0).into()).collect();
    let mut table = Table::create(&folder.join("people.parquet"), &OF_PERSON.map(Column::name))?;
    for (number, person) in (1..).zip(&written) {
        let texts = texts(number, person);
        table.row(texts.iter().map(String::as_str))?;
    }
    table.close()?;
    let mut stock = Stock::create(folder)?;
    for row in Soiler::new(seed + 1, &written).take(rows) {
        let truth = row.truth.map(|at| (at + 1, written.get(at)));
        let name = truth.map(|(at, _)| at.to_string());
        stock.row(&row, name.as_deref(), truth.and_then(|(_, person)| person))?;
    }
    stock.close()
}

/// Writes `stock.parquet` and `truth.parquet` of the people in an index, some hundred thousand of them at a time.
pub(super) fn large(folder: &Path, index: &Index, rows: usize, seed: u64) -> anyhow::Result<()> {
    let mut stock = Stock::create(folder)?;
    let heads = index.heads()?;
    let places: Vec<Place> = index.places().collect();
    // A step that shares no factor with their number leads past everybody once.
    let least = places.len() / 7 * 5;
    let step = (least..=2 * places.len()).find(|step| gcd(*step, places.len()) == 1).unwrap_or(1);
    let mut next = 0;
    for (handful, left) in (0..).zip((0..rows).step_by(HANDFUL).map(|done| rows - done)) {
        let mut people = Vec::with_capacity(HANDFUL);
        for _ in 0..HANDFUL.min(places.len()) {
            next = (next + step) % places.len().max(1);
            if let Some(place) = places.get(next) {
                let person = Person { household_head: heads.of(*place), ..index.person(*place)? };
                people.push(person.into());
            }
        }
        for row in Soiler::new(seed + handful, &people).take(left.min(HANDFUL)) {
            let person = row.truth.and_then(|at| people.get(at));
            let name = person.and_then(|person| person.personal_id).map(PersonalId::expose);
            stock.row(&row, name.as_deref(), person)?;
        }
    }
    stock.close()
}

/// The same files once more, each row in our form of writing.
pub(super) fn normalised(folder: &Path, people: &Index) -> anyhow::Result<()> {
    let engine = Engine::new(people, Model::bundled()?);
    for name in ["people", "stock"] {
        let path = folder.join(name).with_extension("parquet");
        let source =
            dancu_stock::Source::open(&path, &dancu_stock::Map::default(), dancu_stock::Limits::default())?;
        let to = folder.join(format!("{name}-normalised.parquet"));
        let mut table = Table::create(&to, &OF_PERSON.map(Column::name))?;
        for chunk in source.reader() {
            for row in chunk?.rows() {
                let normal: Normal = engine.normal(&row);
                table.row(OF_PERSON.map(|column| normal.get(column)))?;
            }
        }
        table.close()?;
    }
    Ok(())
}

struct Stock {
    rows: Table,
    truth: Table,
    written: u64,
}

impl Stock {
    fn create(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            rows: Table::create(&folder.join("stock.parquet"), &Column::ALL.map(Column::name))?,
            truth: Table::create(&folder.join("truth.parquet"), &["row_id", "person", "personal_id"])?,
            written: 0,
        })
    }

    fn row(&mut self, row: &DirtyRow, name: Option<&str>, person: Option<&Written>) -> anyhow::Result<()> {
        self.written += 1;
        let row_id = self.written.to_string();
        let numbered: Row<'_> = row.row().with(Column::RowId, &row_id);
        self.rows.row(Column::ALL.map(|column| numbered.get(column)))?;
        let number = person.and_then(|person| person.personal_id).map(PersonalId::expose).unwrap_or_default();
        self.truth.row([row_id.as_str(), name.unwrap_or_default(), number.as_str()])
    }

    fn close(self) -> anyhow::Result<()> {
        self.rows.close()?;
        self.truth.close()
    }
}

fn texts(number: usize, person: &Written) -> [String; 6] {
    [
        number.to_string(),
        person.personal_id.map(PersonalId::expose).unwrap_or_default(),
        person.id_card_number.map(IdCardNumber::expose).unwrap_or_default(),
        person.name.clone(),
        person.birth_date.map(BirthDate::iso).unwrap_or_default(),
        person.sex.code().to_string(),
    ]
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
