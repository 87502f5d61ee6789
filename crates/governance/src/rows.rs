//! Statements about matters, steps and contents. All run inside a transaction.
use crate::GovernanceError;
use crate::content::Content;
use crate::kind::{Kind, State, Step};
use crate::matter::{Edition, Matter, Taken};
use crate::sealed;
use dancu_citizen::CivilDate;
use dancu_keys::KeyRing;
use dancu_policy::duty::Action;
use dancu_storage::{Row, Tx, Value};

type Read<T> = Result<T, GovernanceError>;

/// The deadline of what has none: it sorts behind all others.
pub(crate) const NEVER: i64 = i64::MAX;

/// The columns of a matter in the order in which `matter` reads them.
macro_rules! select_matter {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, parent, organisation, system, account, label, opened_at_us, opened_by, state, step, round, ",
            "version, since_us, deadline_us, due_step, duty, assignee FROM governance_matter ",
            $rest
        )
    };
}
pub(crate) use select_matter;

pub(crate) fn matter(row: &Row) -> Read<Matter> {
    let id = row.text(0)?;
    let damaged = |why| GovernanceError::damaged("governance_matter", id, why);
    let owned = |column| Ok::<_, GovernanceError>(row.opt_text(column)?.map(str::to_owned));
    let due = row.opt_text(15)?.map(|name| Step::from_name(name).ok_or_else(|| damaged("unknown step")));
    let duty = row.opt_text(16)?.map(|name| Action::from_name(name).ok_or_else(|| damaged("unknown action")));
    Ok(Matter {
        id: id.to_owned(),
        kind: Kind::from_name(row.text(1)?).ok_or_else(|| damaged("unknown kind"))?,
        parent: owned(2)?,
        organisation: row.text(3)?.to_owned(),
        system: owned(4)?,
        account: owned(5)?,
        label: row.text(6)?.to_owned(),
        opened_us: row.int(7)?,
        opened_by: row.text(8)?.to_owned(),
        state: State::from_name(row.text(9)?).ok_or_else(|| damaged("unknown state"))?,
        step: row.number(10)?,
        round: row.number(11)?,
        version: row.number(12)?,
        since_us: row.int(13)?,
        deadline_us: Some(row.int(14)?).filter(|deadline| *deadline != NEVER),
        due_step: due.transpose()?,
        duty: duty.transpose()?,
        assignee: owned(17)?,
    })
}

pub(crate) fn get(tx: &mut Tx<'_>, id: &str) -> Read<Option<Matter>> {
    tx.query_opt(select_matter!("WHERE id = $1"), &[id.into()])?.as_ref().map(matter).transpose()
}

pub(crate) fn children(tx: &mut Tx<'_>, parent: &str, kind: Kind) -> Read<Vec<Matter>> {
    let sql = select_matter!("WHERE parent = $1 AND kind = $2 ORDER BY opened_at_us, id");
    tx.query(sql, &[parent.into(), kind.name().into()])?.iter().map(matter).collect()
}

pub(crate) fn of_system(tx: &mut Tx<'_>, system: &str, kind: Kind) -> Read<Vec<Matter>> {
    let sql = select_matter!("WHERE system = $1 AND kind = $2 ORDER BY opened_at_us, id");
    tx.query(sql, &[system.into(), kind.name().into()])?.iter().map(matter).collect()
}

pub(crate) fn once_is_taken(tx: &mut Tx<'_>, once: &str) -> Read<bool> {
    Ok(tx.query_opt("SELECT 1 FROM governance_matter WHERE once = $1", &[once.into()])?.is_some())
}

pub(crate) fn insert(tx: &mut Tx<'_>, m: &Matter, once: Option<&str>) -> Read<()> {
    tx.execute(
        "INSERT INTO governance_matter (id, kind, once, parent, organisation, system, account, label, search,
            opened_at_us, opened_by, state, step, round, version, since_us, deadline_us, due_step, duty, assignee, told_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, NULL)",
        &[
            text(&m.id),
            m.kind.name().into(),
            once.into(),
            m.parent.as_ref().into(),
            text(&m.organisation),
            m.system.as_ref().into(),
            m.account.as_ref().into(),
            text(&m.label),
            crate::fold::fold(&m.label).into(),
            m.opened_us.into(),
            text(&m.opened_by),
            m.state.name().into(),
            m.step.into(),
            m.round.into(),
            m.version.into(),
            m.since_us.into(),
            m.deadline_us.unwrap_or(NEVER).into(),
            m.due_step.map(Step::name).into(),
            m.duty.map(Action::name).into(),
            m.assignee.as_ref().into(),
        ],
    )?;
    Ok(())
}

/// Writes what is derived from the last step and the newest content. What was told about a deadline is told anew when
/// the deadline is another.
pub(crate) fn update(tx: &mut Tx<'_>, m: &Matter) -> Read<()> {
    tx.execute(
        "UPDATE governance_matter SET label = $2, search = $3, state = $4, step = $5, round = $6, version = $7,
            since_us = $8, told_us = CASE WHEN deadline_us = $9 THEN told_us ELSE NULL END, deadline_us = $9,
            due_step = $10, duty = $11, assignee = $12
         WHERE id = $1",
        &[
            text(&m.id),
            text(&m.label),
            crate::fold::fold(&m.label).into(),
            m.state.name().into(),
            m.step.into(),
            m.round.into(),
            m.version.into(),
            m.since_us.into(),
            m.deadline_us.unwrap_or(NEVER).into(),
            m.due_step.map(Step::name).into(),
            m.duty.map(Action::name).into(),
            m.assignee.as_ref().into(),
        ],
    )?;
    Ok(())
}

pub(crate) fn step_key(matter: &str, number: u32) -> String {
    format!("{matter}/{number}")
}

pub(crate) fn insert_step(tx: &mut Tx<'_>, ring: &KeyRing, matter: &str, t: &Taken) -> Read<()> {
    let key = step_key(matter, t.number);
    let why = sealed::seal(ring, sealed::step_why(&key), t.why.as_bytes())?;
    tx.execute(
        "INSERT INTO governance_step (matter, number, step, from_state, to_state, round, version, by_whom, at_us, why,
            deadline_us, valid_from, entry, documents)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            matter.into(),
            t.number.into(),
            t.step.name().into(),
            t.from.map_or("", State::name).into(),
            t.to.name().into(),
            t.round.into(),
            t.version.into(),
            text(&t.by),
            t.at_us.into(),
            why.into(),
            t.deadline_us.unwrap_or(NEVER).into(),
            t.valid_from.iso().into(),
            entry(t.entry)?,
            t.documents.join("\n").into(),
        ],
    )?;
    Ok(())
}

pub(crate) fn steps(tx: &mut Tx<'_>, ring: &KeyRing, matter: &str) -> Read<Vec<Taken>> {
    let sql = "SELECT number, step, from_state, to_state, round, version, by_whom, at_us, why, deadline_us, valid_from,
            entry, documents
         FROM governance_step WHERE matter = $1 ORDER BY number";
    tx.query(sql, &[matter.into()])?.iter().map(|row| taken(row, ring, matter)).collect()
}

fn taken(row: &Row, ring: &KeyRing, matter: &str) -> Read<Taken> {
    let number = row.number(0)?;
    let key = step_key(matter, number);
    let damaged = |why| GovernanceError::damaged("governance_step", &key, why);
    let from = Some(row.text(2)?).filter(|name| !name.is_empty());
    let state = |name| State::from_name(name).ok_or_else(|| damaged("unknown state"));
    Ok(Taken {
        number,
        step: Step::from_name(row.text(1)?).ok_or_else(|| damaged("unknown step"))?,
        from: from.map(state).transpose()?,
        to: state(row.text(3)?)?,
        round: row.number(4)?,
        version: row.number(5)?,
        by: row.text(6)?.to_owned(),
        at_us: row.int(7)?,
        why: sealed::open_text(ring, sealed::step_why(&key), row.bytes(8)?)?,
        deadline_us: Some(row.int(9)?).filter(|deadline| *deadline != NEVER),
        valid_from: CivilDate::parse_iso(row.text(10)?).map_err(|_| damaged("not a day"))?,
        entry: row.opt_number(11)?,
        documents: row.text(12)?.lines().map(str::to_owned).collect(),
    })
}

pub(crate) fn insert_content(tx: &mut Tx<'_>, ring: &KeyRing, matter: &str, e: &Edition) -> Read<()> {
    let key = step_key(matter, e.version);
    let body = sealed::seal(ring, sealed::content_body(&key), &e.content.write()?)?;
    tx.execute(
        "INSERT INTO governance_content (matter, version, round, by_whom, at_us, entry, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            matter.into(),
            e.version.into(),
            e.round.into(),
            text(&e.by),
            e.at_us.into(),
            entry(e.entry)?,
            body.into(),
        ],
    )?;
    Ok(())
}

pub(crate) fn editions(tx: &mut Tx<'_>, ring: &KeyRing, matter: &str) -> Read<Vec<Edition>> {
    let sql = "SELECT version, round, by_whom, at_us, entry, body
         FROM governance_content WHERE matter = $1 ORDER BY version";
    tx.query(sql, &[matter.into()])?.iter().map(|row| edition(row, ring, matter)).collect()
}

pub(crate) fn newest(tx: &mut Tx<'_>, ring: &KeyRing, m: &Matter) -> Read<Content> {
    let sql = "SELECT version, round, by_whom, at_us, entry, body
         FROM governance_content WHERE matter = $1 AND version = $2";
    let row = tx.query_opt(sql, &[text(&m.id), m.version.into()])?;
    let row =
        row.ok_or_else(|| GovernanceError::damaged("governance_content", &m.id, "the newest is missing"))?;
    Ok(edition(&row, ring, &m.id)?.content)
}

fn edition(row: &Row, ring: &KeyRing, matter: &str) -> Read<Edition> {
    let version = row.number(0)?;
    let key = step_key(matter, version);
    let body = sealed::open(ring, sealed::content_body(&key), row.bytes(5)?)?;
    Ok(Edition {
        version,
        round: row.number(1)?,
        by: row.text(2)?.to_owned(),
        at_us: row.int(3)?,
        entry: row.opt_number(4)?,
        content: Content::read(&key, &body)?,
    })
}

/// Who wrote the versions of a round and the newest version, whichever round that is of.
pub(crate) fn writers(tx: &mut Tx<'_>, m: &Matter) -> Read<Vec<String>> {
    let sql = "SELECT by_whom FROM governance_content WHERE matter = $1 AND (round = $2 OR version = $3)";
    let rows = tx.query(sql, &[text(&m.id), m.round.into(), m.version.into()])?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

pub(crate) fn entry(entry: Option<u64>) -> Read<Value> {
    let number = entry.map(i64::try_from).transpose();
    Ok(number.map_err(|_| GovernanceError::Internal("an entry's number"))?.into())
}

pub(crate) fn text(text: &str) -> Value {
    text.into()
}
