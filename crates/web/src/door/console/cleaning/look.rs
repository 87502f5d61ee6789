//! A doubtful row beside whom it may mean. Everybody of whom something is shown has an entry before it is shown.
use super::{Cleaner, HERE, People};
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::pages::ErrorKind;
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, PersonNumber, PersonalId};
use dancu_cleaning::{CleaningError, Job, Review, Terms, field_of, plain};
use dancu_gateway::Road;
use dancu_gateway::deed::{Deed as Entry, Number};
use dancu_keys::KeyRing;
use dancu_linkage::{Agreement, Column, Doubt, Likely, Side};
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
    /// Names whom the answer means, and who is laid beside the row; none: nobody is
    pub(in crate::door::console) person: Option<String>,
    /// Weight of evidence and the one that decides by itself; none: not told
    pub(in crate::door::console) score: Option<(i32, i32)>,
    /// Who is shown, with the fields of each
    touched: Vec<(PersonNumber, FieldSet)>,
}

/// Why a row is not laid beside anybody.
pub(in crate::door::console) enum NotLaid {
    /// The job has no ground any more; the journal says so too
    Refused(Code),
    /// Store, people or journal failed
    Failed(Oops),
}

/// A person in a decision: who sees it learns nothing, and it is good for this row alone.
pub(super) fn mark(ring: &KeyRing, review: &Review, number: PersonNumber) -> String {
    let of = format!("{}\0{}\0{}", review.job, review.number, number.expose());
    hex::encode(ring.keyed_hash("cleaning_shown", of.as_bytes()))
}

/// What may be told of whom.
struct Told {
    /// Fields of a record
    fields: FieldSet,
    /// How a field differs, and how surely
    near: bool,
    /// The threshold is that of the people at hand
    job: String,
    /// Account under which it is told: answers about somebody may be paused for it; none: the managing body's own
    account: Option<String>,
}

impl Told {
    /// The managing body sees what it keeps; an organisation what its agreement lets it look up, of a job whose account may look
    /// up. Both must be so today as well.
    fn of(seat: &Seat, job: &Job, today: &Terms) -> Self {
        let id = job.id.clone();
        if seat.organisation().is_none() {
            return Self { fields: Field::ALL.iter().copied().collect(), near: true, job: id, account: None };
        }
        let fields = if job.asked.may_look { today.looks_up } else { FieldSet::EMPTY };
        Self { fields, near: job.tells_near, job: id, account: Some(job.asked.account.clone()) }
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
fn fields(sides: &[Beside]) -> FieldSet {
    let told = sides.iter().filter(|side| side.record.as_ref().is_some_and(|record| !record.is_empty()));
    told.filter_map(|side| field_of(side.column)).collect()
}

/// Who is laid beside a row: the one whom the answer means, if that person bears the number still; then others who are likely.
/// Against whom more speaks than for is nobody's business here, and whom no number names cannot be told that she was seen.
fn laid(people: &People, review: &Review, told: &Told) -> Result<(Option<Likely>, Vec<Likely>), Doubt> {
    let row = review.row();
    let mut others = people.likely(&row, OTHERS + 1);
    let meant = review.answer.number();
    let at = others.iter().position(|one| meant.is_some() && one.number() == meant);
    let shown = match (at, meant) {
        (Some(at), _) => Some(others.remove(at)),
        (None, Some(meant)) => people.bearer(&row, meant)?,
        (None, None) => None,
    };
    others.retain(|one| one.score > 0 && one.number().is_some() && !told.fields.is_empty());
    others.sort_by_key(|one| std::cmp::Reverse(one.score));
    others.truncate(OTHERS);
    Ok((shown, others))
}

/// Lays a row beside whom it may mean. Blocks.
fn lay(
    cleaner: &Cleaner,
    road: &Road,
    told: &Told,
    number: u64,
    now_us: i64,
) -> Result<Option<Looked>, CleaningError> {
    let Some(review) = cleaner.jobs.review(&told.job, number)? else { return Ok(None) };
    let people = cleaner
        .people(&road.registry, now_us)
        .ok_or_else(|| CleaningError::Unanswered("the people in memory".to_owned()))?;
    let row = review.row();
    let doubt = |_| CleaningError::Unanswered("a page of the people in memory".to_owned());
    let (mut shown, mut likely) = laid(&people, &review, told).map_err(doubt)?;
    if let Some(account) = &told.account {
        let mut paused = BTreeSet::new();
        for number in shown.iter().chain(&likely).filter_map(Likely::number) {
            let asked = road.guard.is_paused(number, account, &road.registry, &road.ring, now_us);
            if asked.map_err(|error| CleaningError::Unanswered(error.to_string()))? {
                paused.insert(number);
            }
        }
        let is_open = |one: &Likely| one.number().is_some_and(|number| !paused.contains(&number));
        shown = shown.filter(is_open);
        likely.retain(is_open);
    }
    let (mut sides, mut touched, mut person) = (Vec::new(), Vec::new(), None);
    if let Some((one, number)) = shown.and_then(|one| Some((one, one.number()?))) {
        let all = people.explain(&row, one.place).map_err(doubt)?.unwrap_or_default();
        sides = all.into_iter().filter(is_needed).map(|side| told.beside(side)).collect();
        touched.push((number, fields(&sides)));
        person = Some(mark(&road.ring, &review, number));
    }
    let mut others = Vec::new();
    for one in &likely {
        let all = people.explain(&row, one.place).map_err(doubt)?.unwrap_or_default();
        let name = all.into_iter().find(|side| side.column == Column::FullName).map(|side| side.record);
        let other = told.other(one, name);
        let mut fields = FieldSet::EMPTY;
        if other.number.is_some() {
            fields = fields.with(Field::PersonalId);
        }
        if other.name.is_some() {
            fields = fields.with(Field::FullName);
        }
        touched.extend(one.number().map(|number| (number, fields)));
        others.push(other);
    }
    let score = shown.filter(|_| told.near).map(|shown| (shown.score, people.model().match_from()));
    complete(&mut sides, &review);
    Ok(Some(Looked { review, sides, others, person, score, touched }))
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
) -> Result<Option<Looked>, NotLaid> {
    let today = seat.ground(job, SERVICE, format!("job={} row={number}", job.id)).await;
    let told = Told::of(seat, job, &today.map_err(NotLaid::Refused)?);
    let (cleaner, road) =
        (std::sync::Arc::clone(&seat.console.cleaning), std::sync::Arc::clone(&seat.console.road));
    let now_us = seat.now_us();
    let laid = blocking(move || lay(&cleaner, &road, &told, number, now_us)).await;
    let failed = |kind| NotLaid::Failed(Oops::page(seat.shell(HERE), kind));
    let looked = match laid {
        Some(Ok(Some(looked))) => looked,
        Some(Ok(None)) => return Ok(None),
        Some(Err(error)) => return Err(NotLaid::Failed(seat.no_cleaning(&error))),
        None => return Err(failed(ErrorKind::Server)),
    };
    tell(seat, job, number, &looked).await.map_err(|_| failed(ErrorKind::Unavailable))?;
    Ok(Some(looked))
}

/// An entry about everybody of whom something is shown.
async fn tell(seat: &Seat, job: &Job, row: u64, looked: &Looked) -> Result<(), Code> {
    let (touched, laid) = (&looked.touched, looked.person.is_some());
    for (at, (number, released)) in touched.iter().enumerate() {
        // Whom the answer means is looked at; others are shown beside.
        let beside = if at == 0 && laid { "" } else { " other" };
        let entry = Entry {
            about: Some(Number(number.expose())),
            released: *released,
            case_number: job.asked.case_number.clone(),
            purpose: Some(job.asked.purpose.clone()),
            ..seat.entry(SERVICE, Some(format!("job={} row={row}{beside}", job.id)))
        };
        seat.written(entry).await?;
    }
    Ok(())
}
