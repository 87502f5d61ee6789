//! Following the log: one batch of entries, its findings and the new position in one transaction.
use crate::alert::TABLE;
use crate::head::Head;
use crate::read::Asked;
use crate::sealer::{number, random_id};
use crate::{Action, Engine, Finding, Watch, WatchError, brakes, head, state};
use dancu_journal::index::readable;
use dancu_journal::{Depth, Entry};
use dancu_storage::{Lease, Marks, Tx, Value};
use std::collections::HashMap;

/// One server's follower. Of several, the one that holds the lease judges; should two do so for a moment, the position lets only one
/// of them write.
#[derive(Debug)]
pub struct Follower {
    watch: Watch,
    lease: Lease,
    /// When the lease is to be renewed
    renew_us: i64,
    hand: Option<Hand>,
}

/// An engine, and the number of the entry that it sees next.
#[derive(Debug)]
struct Hand {
    engine: Engine,
    position: u64,
    /// Where it was kept last
    kept: u64,
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stepped {
    /// So many entries were judged
    Done(u64),
    /// Another server, or a change of the rules, was quicker; nothing was written
    Overtaken,
    /// Another server judges
    Standby,
    /// There are no more entries
    End,
}

/// Entries read and judged at once: few enough to stay in the processor's caches, of the many that one transaction tells of.
const PIECE: usize = 512;

/// A batch of entries, judged.
struct Judged {
    /// Number of the entry after the last one
    to: u64,
    rows: Vec<Row>,
    /// Time of the last entry
    last_us: Option<i64>,
}

/// Findings on their way into rows.
struct Row {
    finding: Finding,
    id: String,
    about: Option<Vec<u8>>,
    evidence: String,
    figures: String,
}

impl Watch {
    /// A follower for this server. Blocks.
    pub fn follower(&self) -> Result<Follower, WatchError> {
        let inner = &self.inner;
        let duration_us = i64::try_from(inner.options.lease.as_micros()).unwrap_or(i64::MAX);
        let lease = Lease::open(&inner.store, "watch", &random_id()?, duration_us)?;
        Ok(Follower { watch: self.clone(), lease, renew_us: i64::MIN, hand: None })
    }
}

impl Follower {
    /// Judges the next batch. After an error nothing is lost: the next step begins where the last written one ended. Blocks.
    pub fn step(&mut self, now_us: i64) -> Result<Stepped, WatchError> {
        if !self.leads(now_us)? {
            self.hand = None;
            return Ok(Stepped::Standby);
        }
        let watch = self.watch.clone();
        let inner = &watch.inner;
        let head = inner.store.read("watch.head", head::read)?;
        watch.settings_at(head.version)?;
        let hand = self.hand.take().filter(|hand| hand.position == head.position);
        let mut hand = hand.map_or_else(|| watch.restore(head), Ok)?;
        let Judged { to, rows, last_us } = watch.judge_batch(&mut hand.engine, head.position)?;
        if to == head.position {
            self.hand = Some(hand);
            inner.metrics.lag_entries.set(0);
            return Ok(Stepped::End);
        }
        if !watch.write(head, to, &rows, now_us)? {
            return Ok(Stepped::Overtaken);
        }
        for row in &rows {
            inner.metrics.alert(row.finding.rule);
        }
        let judged = to - head.position;
        inner.metrics.judged.inc_by(judged);
        if let Some(last_us) = last_us {
            inner.metrics.lag_us.set(now_us.saturating_sub(last_us).max(0));
        }
        hand.position = to;
        if to - hand.kept >= inner.options.keep_every {
            state::keep(&inner.store, &inner.sealer, &hand.engine, to)?;
            hand.kept = to;
        }
        self.hand = Some(hand);
        if rows.iter().any(|row| row.finding.brake_us > 0) {
            watch.refresh(now_us)?;
        }
        Ok(Stepped::Done(judged))
    }

    /// Judges until the log has no more; gives how many entries. Blocks.
    pub fn catch_up(&mut self, now_us: i64) -> Result<u64, WatchError> {
        let mut all = 0;
        loop {
            match self.step(now_us)? {
                Stepped::Done(some) => all += some,
                Stepped::Overtaken => {}
                Stepped::Standby | Stepped::End => return Ok(all),
            }
        }
    }

    /// Keeps what the rules remember and gives the lease back. Blocks.
    pub fn leave(mut self) -> Result<(), WatchError> {
        if let Some(hand) = self.hand.take().filter(|hand| hand.position > hand.kept) {
            let inner = &self.watch.inner;
            state::keep(&inner.store, &inner.sealer, &hand.engine, hand.position)?;
        }
        Ok(self.lease.release(Marks::default())?)
    }

    /// Takes or keeps the lease.
    fn leads(&mut self, now_us: i64) -> Result<bool, WatchError> {
        if self.hand.is_some() && now_us < self.renew_us {
            return Ok(true);
        }
        let leads = self.lease.claim(now_us, Marks::default())?.is_some();
        let third = self.watch.inner.options.lease / 3;
        self.renew_us = now_us + i64::try_from(third.as_micros()).unwrap_or(i64::MAX);
        self.watch.inner.metrics.leading.set(leads.into());
        Ok(leads)
    }
}

impl Watch {
    /// An engine as it was at the position: from what was kept, and from the entries since.
    fn restore(&self, head: Head) -> Result<Hand, WatchError> {
        let inner = &self.inner;
        let kept = inner
            .store
            .read("watch.restore", |tx| state::load(tx, &inner.sealer, &inner.calendar, head.position))?;
        let (mut engine, mut position) = kept.unwrap_or_else(|| {
            let first = head.position.saturating_sub(inner.options.warm_up);
            (Engine::new(inner.calendar.clone()), first)
        });
        let kept = position;
        while position < head.position {
            let left = usize::try_from(head.position - position).unwrap_or(usize::MAX);
            let (entries, next) = self.read(position, inner.options.batch.min(left))?;
            if next == position {
                return Err(WatchError::Internal("the log is shorter than what was judged"));
            }
            position = next;
            // What they brought to light was said when they were new.
            self.judge_all(&mut engine, &entries, &mut Asked::default());
        }
        Ok(Hand { engine, position, kept })
    }

    /// Entries in order, and the number of the one after them. One that does not read is passed over, and counted: the alarm
    /// about it is the verifier's.
    pub(crate) fn read(&self, from: u64, limit: usize) -> Result<(Vec<Entry>, u64), WatchError> {
        let read = readable(&*self.inner.log, from, limit, Depth::Personal, |index| {
            self.inner.metrics.unreadable.inc();
            tracing::error!(index, "an entry does not read; the watch rules pass it over");
        });
        Ok(read?)
    }

    /// Judges the next batch, piece by piece.
    fn judge_batch(&self, engine: &mut Engine, from: u64) -> Result<Judged, WatchError> {
        let mut asked = Asked::default();
        let mut judged = Judged { to: from, rows: Vec::new(), last_us: None };
        let mut left = self.inner.options.batch;
        while left > 0 {
            let piece = left.min(PIECE);
            let (entries, next) = self.read(judged.to, piece)?;
            let findings = self.judge_all(engine, &entries, &mut asked);
            judged.rows.extend(self.rows(findings, &entries)?);
            judged.last_us = entries.last().map(|last| last.call.at_us).or(judged.last_us);
            let read = usize::try_from(next - judged.to).unwrap_or(piece);
            judged.to = next;
            left = if read < piece { 0 } else { left - piece };
        }
        Ok(judged)
    }

    /// What the entries bring to light.
    fn judge_all(&self, engine: &mut Engine, entries: &[Entry], asked: &mut Asked) -> Vec<Finding> {
        let settings = self.settings();
        let seen = entries.iter().filter_map(|entry| self.inner.reader.seen(entry, asked));
        seen.flat_map(|seen| engine.see(&settings.1, &seen)).collect()
    }

    fn rows(&self, findings: Vec<Finding>, entries: &[Entry]) -> Result<Vec<Row>, WatchError> {
        let numbers: HashMap<u64, &str> = entries
            .iter()
            .filter_map(|entry| Some((entry.index, entry.call.personal.subject.as_deref()?)))
            .collect();
        let row = |finding: Finding| {
            let id = random_id()?;
            let made_by = finding.evidence.last().copied().unwrap_or_default();
            let person = numbers.get(&made_by).filter(|_| finding.about.is_some());
            let seal = |number: &&str| self.inner.sealer.seal(TABLE, &id, "about", number.as_bytes());
            let json = |text: Result<String, serde_json::Error>| {
                text.map_err(|_| WatchError::Internal("a finding as JSON"))
            };
            Ok(Row {
                about: person.map(seal).transpose()?,
                evidence: json(serde_json::to_string(&finding.evidence))?,
                figures: json(serde_json::to_string(&finding.figures))?,
                id,
                finding,
            })
        };
        findings.into_iter().map(row).collect()
    }

    /// Alerts, brakes and position, all or nothing; whether they were written.
    fn write(&self, from: Head, to: u64, rows: &[Row], now_us: i64) -> Result<bool, WatchError> {
        self.inner.store.run_tx("watch.step", |tx| {
            let Some(first) = head::advance(tx, from, to, rows.len())? else { return Ok(false) };
            let mut braked = false;
            for (alert, row) in (first..).zip(rows) {
                insert(tx, alert, row, now_us)?;
                if row.finding.brake_us > 0 {
                    brakes::add(tx, alert, &row.finding, now_us)?;
                    braked = true;
                }
            }
            if braked {
                head::brakes_changed(tx)?;
            }
            Ok(true)
        })
    }
}

fn insert(tx: &mut Tx<'_>, alert: u64, row: &Row, now_us: i64) -> Result<(), WatchError> {
    let finding = &row.finding;
    let text = |id: Option<&dancu_policy::Id>| Value::from(id.map_or("", |id| &**id));
    let until_us = if finding.brake_us > 0 { now_us + finding.brake_us } else { 0 };
    let made_by = finding.evidence.last().copied().unwrap_or_default();
    tx.execute(
        "INSERT INTO watch_alert (number, id, rule, level, action, at_us, since_us, entry, organisation, system, account, \
            subject, about, evidence, figures, until_us, state, state_at_us, acted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'new', $17, $18)",
        &[
            number(alert)?.into(),
            (&row.id).into(),
            finding.rule.name().into(),
            finding.level.name().into(),
            finding.action.name().into(),
            finding.at_us.into(),
            finding.since_us.into(),
            number(made_by)?.into(),
            text(finding.who.organisation.as_ref()),
            (&*finding.who.system).into(),
            text(finding.who.account.as_ref()),
            finding.about.into(),
            row.about.clone().into(),
            (&row.evidence).into(),
            (&row.figures).into(),
            until_us.into(),
            now_us.into(),
            (finding.action == Action::Note).into(),
        ],
    )?;
    Ok(())
}
