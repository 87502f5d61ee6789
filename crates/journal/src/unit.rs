//! The transaction of a group: rule on every draft, in order, and write it down.
use crate::quota::Counters;
use crate::replay::Seen;
use crate::seal::{self, Salts};
use crate::{Call, Draft, Idempotency, JournalError, Receipt, encode, idempotency};
use dancu_catalogue::Code;
use dancu_keys::KeyRing;
use dancu_storage::{Tx, Value};
use dancu_tlog::{Hash, leaf_hash};
use std::borrow::Cow;

/// Drafts that are committed together, and their salts.
pub(crate) struct Unit {
    drafts: Vec<(Draft, Salts)>,
    idempotency: Option<Idempotency>,
}

/// What a group came to: per unit its receipts, or that its key is taken.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) answers: Vec<Result<Vec<Receipt>, JournalError>>,
}

impl Unit {
    pub(crate) fn new(drafts: Vec<Draft>, idempotency: Option<Idempotency>) -> Result<Self, JournalError> {
        let drafts: Result<_, JournalError> =
            drafts.into_iter().map(|draft| Ok((draft, Salts::draw()?))).collect();
        Ok(Self { drafts: drafts?, idempotency })
    }

    pub(crate) fn len(&self) -> usize {
        self.drafts.len()
    }

    fn drafts(&self) -> impl Iterator<Item = &Draft> {
        self.drafts.iter().map(|(draft, _)| draft)
    }
}

impl Written {
    /// The first entry: whether it is there tells whether the group was committed.
    fn first(&self) -> Option<&Receipt> {
        self.answers.iter().flatten().flatten().next()
    }

    pub(crate) fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.answers.iter().flatten().flatten()
    }

    /// Whether the store holds this group.
    pub(crate) fn is_in(&self, tx: &mut Tx<'_>) -> Result<bool, JournalError> {
        let Some(first) = self.first() else { return Ok(false) };
        let row = tx.query_opt("SELECT leaf FROM journal_entry WHERE idx = $1", &[number(first.index)?])?;
        row.map_or(Ok(false), |row| Ok(row.array::<32>(0)? == first.leaf_hash))
    }
}

/// Number of the next entry.
pub(crate) fn size(tx: &mut Tx<'_>) -> Result<u64, JournalError> {
    let row = tx.query_opt("SELECT size FROM journal_head WHERE log = 0", &[])?;
    row.map_or(Err(JournalError::Internal("no head row")), |row| Ok(row.number(0)?))
}

/// Writes a group. Safe to run twice: what it does depends on the units and on what the transaction sees.
pub(crate) fn write<'u>(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    units: &'u [&'u Unit],
) -> Result<Written, JournalError> {
    let drafts = || units.iter().flat_map(|unit| unit.drafts());
    let first = claim(tx, drafts().count() as u64)?;
    let mut group = Group {
        ring,
        next: first,
        counters: Counters::load(tx, drafts())?,
        seen: Seen::load(tx, drafts())?,
        rows: Vec::with_capacity(drafts().count()),
    };
    let mut answers = Vec::with_capacity(units.len());
    for (number, unit) in units.iter().enumerate() {
        answers.push(match group.write_unit(tx, number, unit) {
            Err(JournalError::DuplicateKey) => Err(JournalError::DuplicateKey),
            other => Ok(other?),
        });
    }
    group.store(tx)?;
    if group.next < first + drafts().count() as u64 {
        set_size(tx, group.next)?;
    }
    Ok(Written { answers })
}

/// Takes the next numbers. First of all statements: of two servers, one waits here for the other's commit and then
/// starts over, before it has done any work or met the other's entries under its own numbers.
fn claim(tx: &mut Tx<'_>, count: u64) -> Result<u64, JournalError> {
    tx.execute("UPDATE journal_head SET size = size + $1 WHERE log = 0", &[number(count)?])?;
    size(tx)?.checked_sub(count).ok_or(JournalError::Internal("head row"))
}

/// Gives back numbers of units that were not written.
fn set_size(tx: &mut Tx<'_>, size: u64) -> Result<(), JournalError> {
    tx.execute("UPDATE journal_head SET size = $1 WHERE log = 0", &[number(size)?])?;
    Ok(())
}

struct Group<'u> {
    ring: &'u KeyRing,
    next: u64,
    counters: Counters<'u>,
    seen: Seen<'u>,
    rows: Vec<[Value; 11]>,
}

impl<'u> Group<'u> {
    fn write_unit(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        unit: &'u Unit,
    ) -> Result<Vec<Receipt>, JournalError> {
        if let Some(idempotency) = &unit.idempotency {
            let now_us = unit.drafts().map(|draft| draft.call.at_us).max().unwrap_or(0);
            if idempotency::is_taken(tx, self.ring, idempotency, now_us)? {
                return Err(JournalError::DuplicateKey);
            }
        }
        let receipts: Result<Vec<_>, _> =
            unit.drafts.iter().map(|(draft, salts)| self.write_draft(draft, salts, number)).collect();
        let receipts = receipts?;
        if let Some(idempotency) = &unit.idempotency {
            idempotency::keep(tx, self.ring, idempotency, &receipts)?;
        }
        Ok(receipts)
    }

    fn write_draft(&mut self, draft: &'u Draft, salts: &Salts, unit: usize) -> Result<Receipt, JournalError> {
        let call = match self.rule(draft, unit) {
            Ok(()) => Cow::Borrowed(&draft.call),
            Err(code) => {
                Cow::Owned(draft.call.refused(code, draft.refusal_sha256.as_ref().map(|hash| hash.of(code))))
            }
        };
        let index = self.next;
        let entry = encode::encode(index, &call, &seal::commit(&call.personal, salts)?)?;
        let sealed = seal::seal(self.ring, index, &call.personal, salts)?;
        let leaf = leaf_hash(&entry);
        self.rows.push(row(index, &call, entry, sealed, leaf)?);
        self.next += 1;
        Ok(Receipt { index, leaf_hash: leaf, at_us: call.at_us, ruling: call.outcome.ruling() })
    }

    /// Rules on a draft: replay first, then quotas. One that is refused already stays as it is.
    fn rule(&mut self, draft: &'u Draft, unit: usize) -> Result<(), Code> {
        if draft.call.outcome.ruling().is_err() {
            return Ok(());
        }
        let at_us = draft.call.at_us;
        if draft.replay.as_ref().is_some_and(|key| self.seen.is_replay(key, at_us, unit)) {
            return Err(Code::RequestReplayed);
        }
        self.counters.charge(&draft.charges)?;
        if let Some(key) = &draft.replay {
            self.seen.mark(key, at_us, unit);
        }
        Ok(())
    }

    fn store(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        tx.execute_many(
            "INSERT INTO journal_entry \
             (idx, at_us, correlation, system_id, account_id, service, outcome, subject, entry, sealed, leaf) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &self.rows,
        )?;
        self.counters.store(tx)?;
        self.seen.store(tx)?;
        Ok(())
    }
}

fn row(
    index: u64,
    call: &Call,
    entry: Vec<u8>,
    sealed: Vec<u8>,
    leaf: Hash,
) -> Result<[Value; 11], JournalError> {
    Ok([
        number(index)?,
        call.at_us.into(),
        call.correlation.into(),
        call.system_id.as_ref().into(),
        call.account_id.as_ref().into(),
        call.service.as_str().into(),
        call.outcome.name().into(),
        call.subject.into(),
        entry.into(),
        sealed.into(),
        leaf.into(),
    ])
}

/// An entry's number as the store has it.
pub(crate) fn number(index: u64) -> Result<Value, JournalError> {
    i64::try_from(index).map(Value::Int).map_err(|_| JournalError::Internal("entry number"))
}
