//! A doubtful row beside whom it may mean. Everybody of whom something is shown has an entry before it is shown.
use super::{Cleaner, HERE};
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::pages::ErrorKind;
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, PersonalId};
use dancu_cleaning::{CleaningError, Job, Review, field_of, plain};
use dancu_gateway::deed::{Deed as Entry, Number};
use dancu_linkage::{Agreement, Column, Likely, Side};
use dancu_registry::Registry;
use std::collections::BTreeSet;

/// The name that the journal is searched by.
const SERVICE: &str = "clean_look";
/// Others who are likely too.
const OTHERS: usize = 3;

/// One column of the row, and of the person.
pub(in crate::door::console) struct Beside {
    pub(in crate::door::console) column: Column,
    /// As it stands in the row
    pub(in crate::door::console) row: String,
    /// As it stands on record; none: it is not told
    pub(in crate::door::console) record: Option<String>,
    pub(in crate::door::console) agreement: Agreement,
}

/// Somebody else whom the row may mean.
pub(in crate::door::console) struct Other {
    /// Number, where it may be told
    pub(in crate::door::console) number: Option<String>,
    /// Name, where it may be told
    pub(in crate::door::console) name: Option<String>,
    pub(in crate::door::console) score: i32,
    pub(in crate::door::console) reasons: Vec<(Column, Agreement)>,
}

/// What is shown of a doubtful row.
pub(in crate::door::console) struct Looked {
    pub(in crate::door::console) review: Review,
    pub(in crate::door::console) sides: Vec<Beside>,
    pub(in crate::door::console) others: Vec<Other>,
    /// Somebody is found
    pub(in crate::door::console) found: bool,
    /// Weight of evidence and the one that decides by itself; none: not told
    pub(in crate::door::console) score: Option<(i32, i32)>,
    /// Who is shown, with the fields of each
    touched: Vec<(PersonalId, FieldSet)>,
}

/// What may be told of whom.
struct Told {
    /// Fields of a record
    fields: FieldSet,
    /// How a field differs, and how surely
    near: bool,
    /// The threshold is that of the people at hand
    job: String,
}

impl Told {
    /// The managing body sees what it keeps; an organisation what its agreement lets it look up.
    fn of(seat: &Seat, job: &Job) -> Self {
        let id = job.id.clone();
        if seat.organisation().is_none() {
            return Self { fields: Field::ALL.iter().copied().collect(), near: true, job: id };
        }
        let snapshot = seat.console.road.exchange.snapshot();
        let today = dancu_gateway::vietnam_day(seat.now_us());
        let of = snapshot.rules.system(&job.system);
        let agreement = of.and_then(|of| {
            of.agreements
                .iter()
                .find(|agreement| *agreement.id == *job.asked.agreement && agreement.in_force(today))
        });
        let fields = agreement.and_then(|agreement| agreement.grants.look_up).unwrap_or(FieldSet::EMPTY);
        Self { fields, near: job.tells_near, job: id }
    }

    fn may(&self, column: Column) -> bool {
        field_of(column).is_some_and(|field| self.fields.contains(field))
    }

    fn agreement(&self, agreement: Agreement) -> Agreement {
        if self.near { agreement } else { plain(agreement) }
    }

    fn beside(&self, side: Side) -> Beside {
        let record = self.may(side.column).then_some(side.record);
        Beside { column: side.column, row: side.row, record, agreement: self.agreement(side.agreement) }
    }

    fn other(&self, likely: &Likely, name: Option<String>) -> Other {
        let number = likely.personal_id.filter(|_| self.may(Column::PersonalId));
        Other {
            number: number.map(PersonalId::expose),
            name: name.filter(|_| self.may(Column::FullName)),
            score: if self.near { likely.score } else { 0 },
            reasons: likely.reasons.iter().map(|(column, of)| (column, self.agreement(of))).collect(),
        }
    }
}

/// What the row says nothing of is not shown, but for the number: by it the papers are found.
fn is_needed(side: &Side) -> bool {
    !side.row.is_empty() || side.agreement != Agreement::Absent || side.column == Column::PersonalId
}

/// Fields of a record that are shown.
fn shown(sides: &[Beside]) -> FieldSet {
    let told = sides.iter().filter(|side| side.record.as_ref().is_some_and(|record| !record.is_empty()));
    told.filter_map(|side| field_of(side.column)).collect()
}

/// Lays a row beside whom it may mean. Blocks.
fn lay(
    cleaner: &Cleaner,
    registry: &Registry,
    told: &Told,
    number: u64,
    now_us: i64,
) -> Result<Option<Looked>, CleaningError> {
    let Some(review) = cleaner.jobs.review(&told.job, number)? else { return Ok(None) };
    let people = cleaner
        .people(registry, now_us)
        .ok_or_else(|| CleaningError::Input("the people in memory cannot be had".to_owned()))?;
    let row = review.row();
    let mut likely = people.likely(&row, OTHERS + 1);
    // Whom the job meant comes first, if that person is among them still.
    if let Some(at) = likely.iter().position(|one| one.personal_id == review.answer.personal_id) {
        likely.swap(0, at);
        likely.get_mut(1..).unwrap_or_default().sort_by_key(|one| std::cmp::Reverse(one.score));
    }
    let doubt = |_| CleaningError::Input("a page of the people in memory does not open".to_owned());
    // Somebody against whom more speaks than for is nobody's business here.
    let mut first = true;
    likely.retain(|one| std::mem::take(&mut first) || one.score > 0);
    let mut sides = None;
    let mut others = Vec::new();
    let mut touched = Vec::new();
    for (at, one) in likely.iter().enumerate() {
        let all = people.explain(&row, one.place).map_err(doubt)?.unwrap_or_default();
        if at == 0 {
            let beside: Vec<Beside> =
                all.into_iter().filter(is_needed).map(|side| told.beside(side)).collect();
            touched.extend(one.personal_id.map(|number| (number, shown(&beside))));
            sides = Some(beside);
        } else {
            let name = all.into_iter().find(|side| side.column == Column::FullName).map(|side| side.record);
            let other = told.other(one, name);
            let mut fields = FieldSet::EMPTY;
            if other.number.is_some() {
                fields = fields.with(Field::PersonalId);
            }
            if other.name.is_some() {
                fields = fields.with(Field::FullName);
            }
            touched.extend(one.personal_id.map(|number| (number, fields)));
            others.push(other);
        }
    }
    let found = sides.is_some();
    let score = likely.first().filter(|_| told.near).map(|best| (best.score, people.model().match_from()));
    let mut sides = sides.unwrap_or_default();
    complete(&mut sides, &review);
    Ok(Some(Looked { review, sides, others, found, score, touched }))
}

/// Columns of the row that nobody was asked about stand there too, in their order.
fn complete(sides: &mut Vec<Beside>, review: &Review) {
    let known: BTreeSet<Column> = sides.iter().map(|side| side.column).collect();
    let missing = review.texts.iter().filter(|(column, _)| !known.contains(column));
    sides.extend(missing.map(|(column, text)| Beside {
        column: *column,
        row: text.clone(),
        record: Some(String::new()),
        agreement: Agreement::Absent,
    }));
    sides.retain(|side| {
        let says = !side.row.is_empty() || side.record.as_ref().is_some_and(|record| !record.is_empty());
        // The agency's own name of the row is no part of a person.
        says && side.column != Column::RowId
    });
    sides.sort_by_key(|side| side.column);
}

/// A doubtful row of a job with which this person may do that, for pages and API alike; none where it is not doubtful.
pub(in crate::door::console) async fn look(
    seat: &Seat,
    job: &Job,
    number: u64,
) -> Result<Option<Looked>, Oops> {
    let told = Told::of(seat, job);
    let (cleaner, registry) =
        (std::sync::Arc::clone(&seat.console.cleaning), seat.console.road.registry.clone());
    let now_us = seat.now_us();
    let laid = blocking(move || lay(&cleaner, &registry, &told, number, now_us)).await;
    let looked = match laid {
        Some(Ok(Some(looked))) => looked,
        Some(Ok(None)) => return Ok(None),
        Some(Err(error)) => return Err(seat.no_cleaning(&error)),
        None => return Err(Oops::page(seat.shell(HERE), ErrorKind::Server)),
    };
    tell(seat, job, number, &looked.touched)
        .await
        .map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Unavailable))?;
    Ok(Some(looked))
}

/// An entry about everybody of whom something is shown.
async fn tell(seat: &Seat, job: &Job, row: u64, touched: &[(PersonalId, FieldSet)]) -> Result<(), Code> {
    for (number, released) in touched {
        let entry = Entry {
            about: Some(Number(number.expose())),
            released: *released,
            case_number: job.asked.case_number.clone(),
            purpose: Some(job.asked.purpose.clone()),
            ..seat.entry(SERVICE, Some(format!("job={} row={row}", job.id)))
        };
        seat.written(entry).await?;
    }
    Ok(())
}
