//! The transaction of a group: rule on every draft, in order, and write it down.
use crate::contexts::Contexts;
use crate::encode::{self, Said};
use crate::prepare::{Prepared, Unit};
use crate::quota::Counters;
use crate::replay::Seen;
use crate::{Draft, JournalError, Kind, Receipt, head, idempotency, run};
use dancu_catalogue::Code;
use dancu_citizen::FieldSet;
use dancu_keys::KeyRing;
use dancu_storage::{Tx, Value};
use dancu_tlog::{Frontier, leaf_hash};
use std::borrow::Cow;
use std::collections::HashMap;

/// What a group came to.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// Per unit its receipts, or that its key is taken
    pub(crate) answers: Vec<Result<Vec<Receipt>, JournalError>>,
    /// Contexts that the group wrote
    pub(crate) contexts: NewContexts,
    /// Size of the log with this group
    pub(crate) size: u64,
}

/// Bytes of context entries, and their numbers.
type NewContexts = Vec<(Vec<u8>, u64)>;

impl Written {
    pub(crate) fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.answers.iter().flatten().flatten()
    }
}

/// Writes a group. Safe to run twice: what it does depends on the units and on what the transaction sees.
pub(crate) fn write<'u>(
    tx: &mut Tx<'_>,
    ring: &KeyRing,
    contexts: &'u Contexts,
    units: &[&'u Unit],
) -> Result<Written, JournalError> {
    let drafts = || units.iter().flat_map(|unit| unit.drafts.iter().map(|prepared| &prepared.draft));
    // First of all statements: of two servers, one waits here for the other's commit and then starts over, before it
    // has done any work or met the other's entries under its own numbers.
    let frontier = head::claim(tx)?;
    let first = frontier.size();
    let mut group = Group {
        ring,
        known: contexts.fit(first).then_some(contexts),
        fresh: HashMap::new(),
        frontier,
        counters: Counters::load(tx, drafts())?,
        seen: Seen::load(tx, drafts())?,
        at: None,
        entries: Vec::with_capacity(drafts().count() * 144),
        sealed: Vec::with_capacity(drafts().count() * 144),
    };
    let mut answers = Vec::with_capacity(units.len());
    for (number, unit) in units.iter().enumerate() {
        answers.push(match group.write_unit(tx, number, unit) {
            Err(JournalError::DuplicateKey) => Err(JournalError::DuplicateKey),
            other => Ok(other?),
        });
    }
    let (contexts, size) = group.store(tx, first)?;
    Ok(Written { answers, contexts, size })
}

struct Group<'u> {
    ring: &'u KeyRing,
    known: Option<&'u Contexts>,
    /// Contexts that this group writes
    fresh: HashMap<Cow<'u, [u8]>, u64>,
    frontier: Frontier,
    counters: Counters<'u>,
    seen: Seen<'u>,
    /// Earliest and latest time
    at: Option<(i64, i64)>,
    entries: Vec<u8>,
    sealed: Vec<u8>,
}

/// What the commit decided instead of the prepared answer.
type Refused = Option<(Code, Option<[u8; 32]>)>;

impl<'u> Group<'u> {
    fn write_unit(
        &mut self,
        tx: &mut Tx<'_>,
        number: usize,
        unit: &'u Unit,
    ) -> Result<Vec<Receipt>, JournalError> {
        if let Some(idempotency) = &unit.idempotency {
            let now_us = unit.drafts.iter().map(|prepared| prepared.call().at_us).max().unwrap_or(0);
            if idempotency::is_taken(tx, self.ring, idempotency, now_us)? {
                return Err(JournalError::DuplicateKey);
            }
        }
        // All contexts first, so that the calls of a unit lie together.
        let mut ruled: Vec<(&'u Prepared, Refused, Option<u64>)> = Vec::with_capacity(unit.drafts.len());
        for prepared in &unit.drafts {
            let refused = self.rule(&prepared.draft, number).err();
            let refused =
                refused.map(|code| (code, prepared.draft.refusal_sha256.as_ref().map(|hash| hash.of(code))));
            let context = self.context(prepared, refused.is_some())?;
            ruled.push((prepared, refused, context));
        }
        let receipts = ruled.into_iter().map(|(prepared, refused, context)| {
            let said = Said {
                kind: &prepared.kind,
                call: prepared.call(),
                refused,
                context,
                root: prepared.sealed()?.map(|(root, _)| root),
            };
            self.push(&said, prepared.sealed()?.map_or(&[], |(_, piece)| piece))
        });
        let receipts: Vec<_> = receipts.collect::<Result<_, _>>()?;
        if let Some(idempotency) = &unit.idempotency {
            idempotency::keep(tx, self.ring, idempotency, &receipts)?;
        }
        Ok(receipts)
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

    /// The number of a draft's context, written if it is new. From a refused call nothing was released.
    fn context(&mut self, prepared: &'u Prepared, refused: bool) -> Result<Option<u64>, JournalError> {
        let Some(bytes) = &prepared.context else { return Ok(None) };
        let bytes = if refused {
            let context = encode::decode(bytes).map_err(|_| JournalError::Internal("context not decoded"))?;
            Cow::Owned(encode::context(&context.call, FieldSet::EMPTY)?)
        } else {
            Cow::Borrowed(bytes.as_slice())
        };
        let known =
            self.known.and_then(|known| known.find(&bytes)).or_else(|| self.fresh.get(&bytes).copied());
        if known.is_some() {
            return Ok(known);
        }
        let number = self.frontier.size();
        run::push(&mut self.entries, &bytes)?;
        run::push(&mut self.sealed, &[])?;
        self.frontier.append(leaf_hash(&bytes));
        self.fresh.insert(bytes, number);
        Ok(Some(number))
    }

    fn push(&mut self, said: &Said<'_>, sealed: &[u8]) -> Result<Receipt, JournalError> {
        let index = self.frontier.size();
        let bytes = run::push_with(&mut self.entries, |out| encode::entry(out, said))?;
        let leaf_hash = leaf_hash(bytes);
        self.frontier.append(leaf_hash);
        run::push(&mut self.sealed, sealed)?;
        let at_us = said.call.at_us;
        let (from, to) = self.at.unwrap_or((at_us, at_us));
        self.at = Some((from.min(at_us), to.max(at_us)));
        let ruling = match (said.kind, said.refused) {
            (_, Some((code, _))) => Err(code),
            (Kind::Call | Kind::Act { .. }, None) => said.call.outcome.ruling(),
            _ => Ok(()),
        };
        Ok(Receipt { index, leaf_hash, at_us, ruling })
    }

    /// Writes the group's row, the new head, and what was counted. Gives the new contexts and the size.
    fn store(self, tx: &mut Tx<'_>, first: u64) -> Result<(NewContexts, u64), JournalError> {
        let size = self.frontier.size();
        if let Some((at_first, at_last)) = self.at {
            let values: [Value; 6] = [
                head::number(first)?,
                head::number(size - first)?,
                at_first.into(),
                at_last.into(),
                self.entries.into(),
                self.sealed.into(),
            ];
            tx.execute(
                "INSERT INTO journal_group (first, count, at_first, at_last, entries, sealed) \
                 VALUES ($1, $2, $3, $4, $5, $6)",
                &values,
            )?;
            head::store(tx, &self.frontier)?;
            self.counters.store(tx)?;
            self.seen.store(tx)?;
        }
        let contexts = self.fresh.into_iter().map(|(bytes, number)| (bytes.into_owned(), number));
        Ok((contexts.collect(), size))
    }
}
