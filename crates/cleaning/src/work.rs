//! A worker: takes a chunk, asks about each of its rows, writes the answers beside the tables, says so.
use crate::chunks::Done;
use crate::cleaning::folder;
use crate::sealed::sha256;
use crate::{Cleaning, CleaningError, Counts, Finish, Lease, codec, fill};
use dancu_keys::Place;
use dancu_linkage::{Action, Answer, Row, Verdict};
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroizing;

/// What answers rows: the linkage over the people of this server.
pub trait Matcher: Sync {
    /// Answers each row, in their order. What it says of a row depends on that row and on the people alone.
    fn link(&self, rows: &[Row<'_>], out: &mut Vec<Answer>);

    /// The state of the people that it answers by, as the registry counts its changes.
    fn people(&self) -> u64;

    /// Whether what it has answered so far may be told. False once the people in memory turned out to be damaged: rows would be
    /// doubtful that are not. A matcher that says so is of no use any more.
    fn holds(&self) -> bool;

    /// The weight above which a row is taken for a person without somebody looking, in hundredths of bits.
    fn threshold(&self) -> i32;
}

/// Rows that are asked about together: between two groups the lease is looked at.
const GROUP: usize = 2_048;

/// A worker of one thread.
pub struct Worker<'w> {
    /// The jobs
    pub cleaning: &'w Cleaning,
    /// What answers
    pub matcher: &'w dyn Matcher,
    /// Name that no other worker has
    pub holder: String,
    /// Now, microseconds since the epoch
    pub clock: &'w (dyn Fn() -> i64 + Sync),
    /// Set: no further chunk is begun, and the one under way is given back
    pub stop: &'w AtomicBool,
}

impl Worker<'_> {
    /// Answers one chunk, of the oldest open job or of this one; none where there is none to take.
    ///
    /// # Errors
    ///
    /// A chunk that cannot be answered is passed over from then on: who asks again gets another one.
    pub fn one(&self, job: Option<&str>) -> Result<Option<(Lease, Finish)>, CleaningError> {
        if self.stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let Some(mut lease) = self.cleaning.claim(job, &self.holder, (self.clock)())? else {
            return Ok(None);
        };
        if lease.tries > 1 {
            tracing::warn!(
                job = lease.job,
                chunk = lease.chunk,
                tries = lease.tries,
                "a chunk is taken again"
            );
        }
        self.answered(&mut lease).map(|finish| Some((lease, finish)))
    }

    /// Answers a chunk that was taken.
    pub fn answered(&self, lease: &mut Lease) -> Result<Finish, CleaningError> {
        self.answer(lease).inspect_err(|error| {
            // If this does not reach the store, another takes the chunk when the lease is over.
            let _ = match error {
                // It is not the chunk's fault: another may have more luck at once.
                CleaningError::PeopleDamaged => self.cleaning.release(lease),
                error => self.cleaning.pass_over(lease, error, (self.clock)()),
            };
        })
    }

    fn answer(&self, lease: &mut Lease) -> Result<Finish, CleaningError> {
        let cleaning = self.cleaning;
        let columns = cleaning.get(&lease.job)?.columns;
        let plain = cleaning.rows_of(&lease.job, lease.chunk)?;
        let people = self.matcher.people();
        let mut rows = Vec::with_capacity(GROUP);
        let (mut group, mut out, mut counts) = (Vec::with_capacity(GROUP), Vec::new(), Counts::default());
        let mut all = codec::rows(&plain);
        let mut done = 0_u64;
        loop {
            rows.clear();
            for row in all.by_ref().take(GROUP) {
                rows.push(columns.of(&row?));
            }
            if rows.is_empty() {
                break;
            }
            group.clear();
            self.matcher.link(&rows, &mut group);
            if group.len() != rows.len() {
                return Err(CleaningError::Answers { rows: rows.len(), answers: group.len() });
            }
            group.iter_mut().for_each(nameable);
            counts.add(&Counts::of(&group));
            codec::write_answers(&group, &mut out);
            done += rows.len() as u64;
            if !self.goes_on(lease)? {
                return Ok(Finish::Gone);
            }
        }
        if !self.matcher.holds() {
            return Err(CleaningError::PeopleDamaged);
        }
        if done != lease.rows {
            return Err(CleaningError::Damaged("a chunk has not the rows that it had"));
        }
        let answers = Zeroizing::new(out);
        let digest = cleaning.put_answers(&lease.job, lease.chunk, &answers)?;
        let done = Done { sha256: digest, counts: &counts, people };
        let finish = cleaning.finish(lease, &done, (self.clock)())?;
        if matches!(finish, Finish::Differs | Finish::Gone) {
            cleaning.blobs.delete(&answers_path(&lease.job, lease.chunk, digest))?;
        }
        Ok(finish)
    }

    /// Renews a lease that is half over. False: the chunk is no longer ours.
    fn goes_on(&self, lease: &mut Lease) -> Result<bool, CleaningError> {
        if self.stop.load(Ordering::Relaxed) {
            self.cleaning.release(lease)?;
            return Ok(false);
        }
        let now_us = (self.clock)();
        if lease.until_us - now_us > self.cleaning.options.lease_us / 2 {
            return Ok(true);
        }
        self.cleaning.renew(lease, now_us)
    }
}

/// Of somebody whom no number names the journal cannot tell, and nobody would find it: nothing is told, and somebody looks.
fn nameable(answer: &mut Answer) {
    let means_nobody = matches!(answer.verdict, Verdict::NotFound | Verdict::Unreadable);
    if !means_nobody && answer.number().is_none() {
        *answer = Answer { verdict: Verdict::Doubtful, action: Action::Review, ..Answer::default() };
    }
}

impl Cleaning {
    /// The rows of a chunk.
    pub(crate) fn rows_of(&self, job: &str, chunk: u64) -> Result<Zeroizing<Vec<u8>>, CleaningError> {
        let sealed = self.blobs.get(&fill::rows_path(job, chunk))?;
        let sealed = sealed.ok_or(CleaningError::Damaged("the rows of a chunk are missing"))?;
        self.sealer.open_bytes(fill::rows_place(&fill::row(job, chunk)), &sealed)
    }

    /// Writes the answers of a chunk under their own digest, so that nobody's answers lie over another's. Durable when it
    /// returns.
    pub(crate) fn put_answers(
        &self,
        job: &str,
        chunk: u64,
        answers: &[u8],
    ) -> Result<[u8; 32], CleaningError> {
        let digest = sha256(answers);
        let sealed = self.sealer.seal_bytes(answers_place(&fill::row(job, chunk)), answers)?;
        self.blobs.put_all(&[(answers_path(job, chunk, digest), sealed)])?;
        self.blobs.sync()?;
        Ok(digest)
    }

    /// The answers of a chunk that is done.
    pub(crate) fn answers_of(
        &self,
        job: &str,
        chunk: u64,
        digest: [u8; 32],
    ) -> Result<Vec<Answer>, CleaningError> {
        let sealed = self.blobs.get(&answers_path(job, chunk, digest))?;
        let sealed = sealed.ok_or(CleaningError::Damaged("the answers of a chunk are missing"))?;
        let plain = self.sealer.open_bytes(answers_place(&fill::row(job, chunk)), &sealed)?;
        if sha256(&plain) != digest {
            return Err(CleaningError::Damaged("the answers of a chunk are other ones"));
        }
        codec::answers(&plain)
    }
}

pub(crate) fn answers_place(row: &str) -> Place<'_> {
    Place { table: "cleaning_chunk", row: row.as_bytes(), field: "answers" }
}

/// Where answers lie.
pub(crate) fn answers_path(job: &str, chunk: u64, digest: [u8; 32]) -> String {
    format!("{}/answers/{:03}/{chunk}-{}", folder(job), chunk / 1000, hex::encode(digest))
}
