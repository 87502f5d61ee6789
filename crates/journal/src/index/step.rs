//! One batch: read from the log, joined with what the tables hold, written in one transaction.
use super::batch::{Batch, RowKey, Steps};
use super::rows::{self, Head, number};
use super::times::Times;
use super::{Index, bucket, log};
use crate::JournalError;
use dancu_storage::{Tx, Value};
use dancu_tlog::chain::Chain;
use std::collections::BTreeMap;

/// Entries read at once: few enough to stay in the processor's caches, of the many that one transaction writes.
const PIECE: u64 = 512;

/// Rows as they shall stand after a batch.
struct Plan {
    end: u64,
    postings: Vec<(RowKey, Vec<u8>)>,
    times: Vec<(u64, Times)>,
    persons: Vec<([u8; 16], Head)>,
    newcomers: u64,
    withheld: Vec<(u64, i64, u64)>,
    epochs: Vec<(u64, crate::Epoch)>,
}

/// What became of a batch.
pub(super) enum Stepped {
    /// It had so many entries
    Done(u64),
    /// Another server wrote the same entries first
    Overtaken,
    /// There are no more entries
    End,
}

impl Index {
    /// Indexes the next batch; whether there was one. Blocks.
    pub fn step(&self) -> Result<bool, JournalError> {
        Ok(!matches!(self.advance()?, Stepped::End))
    }

    /// What the tables hold is read before the transaction, which writes only if the position is still the same.
    pub(super) fn advance(&self) -> Result<Stepped, JournalError> {
        let position = self.position()?;
        let batch = self.gather(position)?;
        let done = batch.end - position;
        if done == 0 {
            return Ok(Stepped::End);
        }
        let plan = self.plan(batch)?;
        let written = self.inner.store.run_tx("index.step", |tx| plan.write(tx, position))?;
        Ok(if written { Stepped::Done(done) } else { Stepped::Overtaken })
    }

    /// The next batch, read piece by piece.
    fn gather(&self, position: u64) -> Result<Batch, JournalError> {
        let mut batch = Batch { end: position, ..Batch::default() };
        let until = position + self.inner.options.batch as u64;
        while batch.end < until {
            let (from, most) = (batch.end, PIECE.min(until - batch.end));
            let entries = log::told(&*self.inner.log, from, from + most)?;
            let read = entries.len() as u64;
            if entries.first().is_some_and(|first| first.index != from) || read > most {
                return Err(JournalError::Internal("index: the log skips entries"));
            }
            batch.gather(&self.inner.ring, &entries);
            if read < most {
                break;
            }
        }
        Ok(batch)
    }

    /// Indexes until the log has no more; gives how many entries this server indexed. Blocks.
    pub fn catch_up(&self) -> Result<u64, JournalError> {
        let mut all = 0;
        loop {
            match self.advance()? {
                Stepped::Done(some) => all += some,
                Stepped::Overtaken => {}
                Stepped::End => return Ok(all),
            }
        }
    }

    /// Indexes until the position has come to `end`, or the log has no more.
    pub(super) fn reach(&self, end: u64) -> Result<(), JournalError> {
        while self.position()? < end && self.step()? {}
        Ok(())
    }

    fn plan(&self, batch: Batch) -> Result<Plan, JournalError> {
        let Batch { end, postings, mut times, persons, withheld, epochs } = batch;
        let (old, heads) = self.inner.store.read("index.before", |tx| {
            for (block, times) in &mut times {
                if let Some(known) = rows::times(tx, *block)? {
                    times.join(&known);
                }
            }
            let old = rows::postings(tx, postings.keys())?;
            Ok::<_, JournalError>((old, rows::persons(tx, persons.keys())?))
        })?;
        let newcomers = (persons.len() - heads.len()) as u64;
        let merged = postings
            .iter()
            .map(|(key, terms)| Ok((*key, bucket::merge(old.get(key).map_or(&[], Vec::as_slice), terms)?)));
        let merged = merged.collect::<Result<_, JournalError>>()?;
        let walked = persons.into_iter().map(|(subject, steps)| {
            let head = heads.get(&subject).copied().unwrap_or_else(|| self.newcomer(&steps));
            Ok((subject, walk(head, &steps)))
        });
        let persons = walked.collect::<Result<_, JournalError>>()?;
        let times = times.into_iter().collect();
        Ok(Plan { end, postings: merged, times, persons, newcomers, withheld, epochs })
    }

    /// The chain of somebody without entries.
    fn newcomer(&self, steps: &Steps) -> Head {
        Head { vrf: self.place_of(&steps.number), count: 0, link: *Chain::new().link() }
    }
}

/// The chain after these entries.
fn walk(head: Head, steps: &Steps) -> Head {
    let mut chain = head.chain();
    steps.entries.iter().for_each(|(index, leaf)| chain.append(*index, leaf));
    Head { count: chain.count(), link: *chain.link(), ..head }
}

impl Plan {
    /// Writes the rows, unless another server moved the position; whether it did.
    fn write(&self, tx: &mut Tx<'_>, position: u64) -> Result<bool, JournalError> {
        let moved = tx.execute(
            "UPDATE index_head SET position = $1, persons = persons + $2 WHERE log = 0 AND position = $3",
            &[number(self.end)?, number(self.newcomers)?, number(position)?],
        )?;
        if moved == 0 {
            return Ok(false);
        }
        self.write_postings(tx)?;
        self.write_times(tx)?;
        self.write_persons(tx)?;
        self.write_withheld(tx)?;
        self.write_epochs(tx)?;
        Ok(true)
    }

    fn write_postings(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let row = |((kind, bucket, block), terms): &(RowKey, Vec<u8>)| {
            Ok([Value::from(*kind as u8), Value::from(*bucket), number(*block)?, Value::from(terms)])
        };
        let rows = self.postings.iter().map(row).collect::<Result<Vec<_>, JournalError>>()?;
        tx.execute_many(
            "INSERT INTO index_posting (kind, bucket, block, terms) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (kind, bucket, block) DO UPDATE SET terms = excluded.terms",
            &rows,
        )?;
        Ok(())
    }

    fn write_times(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        for (block, times) in &self.times {
            let (first, last) = times.span();
            tx.execute(
                "INSERT INTO index_block (block, at_first, at_last, times) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (block) DO UPDATE \
                 SET at_first = excluded.at_first, at_last = excluded.at_last, times = excluded.times",
                &[number(*block)?, first.into(), last.into(), times.to_bytes().into()],
            )?;
        }
        Ok(())
    }

    fn write_persons(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let row = |(subject, head): &([u8; 16], Head)| {
            Ok([subject.into(), head.vrf.into(), number(head.count)?, head.link.into()])
        };
        let rows = self.persons.iter().map(row).collect::<Result<Vec<[Value; 4]>, JournalError>>()?;
        tx.execute_many(
            "INSERT INTO index_person (subject, vrf, count, link) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (subject) DO UPDATE SET count = excluded.count, link = excluded.link",
            &rows,
        )?;
        let generation = super::head(tx)?.generation;
        let row = |(_, head): &([u8; 16], Head)| {
            Ok([generation.into(), head.vrf.into(), number(head.count)?, head.link.into()])
        };
        let rows = self.persons.iter().map(row).collect::<Result<Vec<[Value; 4]>, JournalError>>()?;
        tx.execute_many(
            "INSERT INTO index_step (generation, vrf, count, link) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (generation, vrf) DO UPDATE SET count = excluded.count, link = excluded.link",
            &rows,
        )?;
        Ok(())
    }

    /// In the order of the log: the newest withholding of an entry stands.
    fn write_withheld(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        for (entry, until_us, by) in &self.withheld {
            tx.execute(
                "INSERT INTO index_withheld (idx, until_us, entry) VALUES ($1, $2, $3) \
                 ON CONFLICT (idx) DO UPDATE SET until_us = excluded.until_us, entry = excluded.entry",
                &[number(*entry)?, (*until_us).into(), number(*by)?],
            )?;
        }
        Ok(())
    }

    /// An epoch that waits for its entry has met it; the first one counts, should it have been appended twice.
    fn write_epochs(&self, tx: &mut Tx<'_>) -> Result<(), JournalError> {
        let by_number: BTreeMap<u64, &(u64, crate::Epoch)> =
            self.epochs.iter().rev().map(|met| (met.1.number, met)).collect();
        for (index, epoch) in by_number.into_values() {
            tx.execute(
                "UPDATE index_epoch SET idx = $1 \
                 WHERE number = $2 AND covered = $3 AND root = $4 AND idx IS NULL",
                &[number(*index)?, number(epoch.number)?, number(epoch.entries)?, epoch.root.into()],
            )?;
            tx.execute(
                "UPDATE index_head SET number = $1 WHERE log = 0 AND number < $1",
                &[number(epoch.number + 1)?],
            )?;
        }
        Ok(())
    }
}
