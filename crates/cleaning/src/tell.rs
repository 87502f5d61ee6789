//! What the journal is told: one entry for the job, one for every person it touched, each before it has any effect.
use crate::sealed::sha256;
use crate::terms::{Terms, Wish};
use crate::{Cleaning, CleaningError, Job, JobState, guess};
use dancu_catalogue::Code;
use dancu_citizen::{Field, FieldSet, PersonNumber};
use dancu_journal::{
    Answered, Call, Draft, Idempotency, Journal, JournalError, Outcome, Personal, subject_hash,
};
use dancu_linkage::{Agreement, Answer, Column, Verdict};
use std::collections::HashSet;
use std::future::Future;
use tokio::runtime::Handle;

/// The name by which the journal is searched for these entries.
pub const SERVICE: &str = "clean";

/// The name by which it is searched for results that were handed out.
pub const RESULT: &str = "cleaning_result";

/// Entries written together. A group of the journal is about as big.
const BATCH: usize = 256;
/// Batches that may wait for their commit.
const AHEAD: usize = 4;

/// Writes to the journal from a blocking thread.
#[derive(Clone)]
pub struct Teller {
    /// The journal
    pub journal: Journal,
    /// Drives what it waits for; calls must not come from its asynchronous tasks
    pub runtime: Handle,
}

impl Teller {
    /// Writes down that a wish was refused.
    pub fn refuse(&self, wish: &Wish<'_>, code: Code) -> Result<(), CleaningError> {
        let mut correlation = [0; 16];
        aws_lc_rs::rand::fill(&mut correlation).map_err(|_| CleaningError::NoRandomness)?;
        let call = Call {
            at_us: wish.now_us,
            correlation,
            form: wish.form.to_owned(),
            service: SERVICE.to_owned(),
            system_id: Some(wish.system.to_owned()),
            inputs: wish.columns.fields(),
            outcome: Outcome::Refused(code),
            personal: Personal {
                request_id: Some(format!("clean file_sha256={}", hex::encode(wish.input_sha256))),
                officer: Some(wish.login.to_owned()),
                case_number: wish.case_number.map(ToOwned::to_owned),
                purpose: wish.purpose.map(ToOwned::to_owned),
                source_address: wish.source.map(|source| source.to_string()),
                ..Personal::default()
            },
            ..Call::default()
        };
        self.runtime.block_on(self.journal.append(Draft::from(call)))?;
        Ok(())
    }

    /// Writes down, before it happens, that a job's result is handed out in this form, or why it is not.
    ///
    /// # Errors
    ///
    /// The refusal, once it is written down, or why it could not be.
    pub fn result(
        &self,
        job: &Job,
        form: &str,
        ruling: Result<(), Code>,
        now_us: i64,
    ) -> Result<(), CleaningError> {
        let mut call = entry(job, now_us);
        (call.service, call.form, call.inputs) = (RESULT.to_owned(), form.to_owned(), FieldSet::EMPTY);
        call.personal.request_id = Some(format!("job={}", job.id));
        if let Err(code) = ruling {
            call.outcome = Outcome::Refused(code);
        }
        self.runtime.block_on(self.journal.append(Draft::from(call)))?;
        ruling.map_err(CleaningError::Refused)
    }
}

impl Cleaning {
    /// Admits a filled job: its rows are charged and its entry is written, once, then it is open for work. Refused by a quota,
    /// it ends and its rows are removed; the entry says so.
    pub fn admit(
        &self,
        job: &Job,
        terms: &Terms,
        teller: &Teller,
        now_us: i64,
    ) -> Result<Job, CleaningError> {
        job.in_state(JobState::Filling)?;
        if let Err(error) = terms.are_of(job) {
            // The agreement is another one than when the file came.
            let call = Call { outcome: Outcome::Refused(Code::NotNow), ..entry_of_job(job, now_us) };
            teller.runtime.block_on(teller.journal.append(Draft::from(call)))?;
            return Err(error);
        }
        let draft = Draft { charges: terms.charges(job.rows), ..Draft::from(entry_of_job(job, now_us)) };
        let key = self.key(job, "job", now_us, sha256(job.id.as_bytes()));
        let (system, name, hash) = (key.system.clone(), key.key.clone(), key.body_hash);
        let written = teller.runtime.block_on(teller.journal.append_all(vec![draft], Some(key)));
        let receipts = match written {
            Err(JournalError::DuplicateKey) => {
                let found = teller.journal.find_idempotent(&system, &name, &hash, now_us);
                match teller.runtime.block_on(found)? {
                    dancu_journal::Idempotent::Replay(_, receipts) => receipts,
                    _ => return Err(JournalError::DuplicateKey.into()),
                }
            }
            other => other?,
        };
        let receipt = receipts.first().ok_or(CleaningError::Damaged("an entry without a receipt"))?;
        if let Err(code) = receipt.ruling {
            self.end(&job.id, JobState::Refused, now_us)?;
            self.drop_files(&job.id)?;
            return Err(CleaningError::Refused(code));
        }
        self.opened(job, receipt.index)?;
        self.get(&job.id)
    }

    /// Writes down, once, that a job fails. It charges nothing.
    pub(crate) fn tell_failed(&self, job: &Job, teller: &Teller, now_us: i64) -> Result<(), CleaningError> {
        let mut call = Call { outcome: Outcome::Refused(Code::Internal), ..entry(job, now_us) };
        let why = job.failed.as_deref().unwrap_or_default();
        call.personal.request_id = Some(format!("clean_failed job={} {why}", job.id));
        let key = self.key(job, "failed", now_us, sha256(b"failed"));
        match teller.runtime.block_on(teller.journal.append_all(vec![Draft::from(call)], Some(key))) {
            Err(JournalError::DuplicateKey) => Ok(()),
            other => other.map(drop).map_err(CleaningError::from),
        }
    }

    /// What makes a unit of this job one that is written once.
    fn key(&self, job: &Job, unit: &str, now_us: i64, body_hash: [u8; 32]) -> Idempotency {
        let days = i64::from(self.options.keep_days).max(1);
        Idempotency {
            system: job.system.clone(),
            key: format!("{SERVICE} {} {unit}", job.id),
            body_hash,
            expires_us: now_us + days * 86_400_000_000,
            answer: Box::new(|_| Vec::new()),
        }
    }
}

fn entry_of_job(job: &Job, now_us: i64) -> Call {
    let mut call = entry(job, now_us);
    call.personal.request_id =
        Some(format!("clean job={} file_sha256={} rows={}", job.id, hex::encode(job.input_sha256), job.rows));
    call
}

/// What all entries of a job have in common.
fn entry(job: &Job, now_us: i64) -> Call {
    let asked = &job.asked;
    Call {
        at_us: now_us,
        correlation: job.correlation(),
        form: asked.form.clone(),
        service: SERVICE.to_owned(),
        procedure: Some(asked.purpose.clone()),
        system_id: Some(job.system.clone()),
        account_id: Some(asked.account.clone()),
        role: Some(asked.role.clone()),
        agency_code: Some(asked.agency_code.clone()),
        organisation: Some(job.organisation.clone()),
        inputs: job.columns.fields(),
        outcome: Outcome::Answered(Answered::Served),
        rules_version: asked.rules_version,
        agreement_id: Some(asked.agreement.clone()),
        personal: Personal {
            officer: Some(asked.login.clone()),
            case_number: asked.case_number.clone(),
            ..Personal::default()
        },
        ..Call::default()
    }
}

/// Tells of the people of one job, each once.
pub(crate) struct People<'t> {
    cleaning: &'t Cleaning,
    job: &'t Job,
    teller: &'t Teller,
    told: HashSet<u64>,
    waiting: Vec<(usize, Draft)>,
}

impl<'t> People<'t> {
    pub(crate) fn new(cleaning: &'t Cleaning, job: &'t Job, teller: &'t Teller) -> Self {
        Self { cleaning, job, teller, told: HashSet::new(), waiting: Vec::new() }
    }

    /// How many people.
    pub(crate) fn len(&self) -> u64 {
        self.told.len() as u64
    }

    /// The people of a chunk who were in none before it. What is told of them, and together with whom, depends on the answers
    /// alone: after a crash the same units are written, and the journal takes none twice. Where a chunk's answers were lost and
    /// are others now, a unit with anybody else in it is written whole.
    pub(crate) fn chunk(
        &mut self,
        chunk: u64,
        answers: &[Answer],
        clock: &dyn Fn() -> i64,
    ) -> Result<(), CleaningError> {
        let now_us = clock();
        for answer in answers.iter().filter(|answer| is_touched(answer)) {
            // Of whom no number tells nothing is told: see the worker.
            let Some(person) = answer.number() else { continue };
            if self.told.insert(person.as_u64()) {
                for call in self.entries(person, answer, now_us) {
                    self.waiting.push((self.waiting.len() / BATCH, Draft::from(call)));
                }
            }
        }
        let mut batches = std::mem::take(&mut self.waiting).into_iter().peekable();
        let mut under_way = std::collections::VecDeque::new();
        while let Some(&(batch, _)) = batches.peek() {
            let drafts: Vec<Draft> = std::iter::from_fn(|| batches.next_if(|(number, _)| *number == batch))
                .map(|(_, d)| d)
                .collect();
            under_way.push_back(self.send(&format!("{chunk}/{batch}"), drafts, now_us));
            if under_way.len() >= AHEAD
                && let Some(first) = under_way.pop_front()
            {
                self.written(first)?;
            }
        }
        under_way.into_iter().try_for_each(|written| self.written(written))
    }

    fn send(
        &self,
        unit: &str,
        drafts: Vec<Draft>,
        now_us: i64,
    ) -> impl Future<Output = Result<Vec<dancu_journal::Receipt>, JournalError>> + Send + use<> {
        // Answers that were lost and made anew may name others: those are another unit.
        let content = content(&drafts);
        let unit = format!("{unit} {}", hex::encode(content));
        let key = self.cleaning.key(self.job, &unit, now_us, content);
        self.teller.journal.append_all(drafts, Some(key))
    }

    fn written(
        &self,
        unit: impl Future<Output = Result<Vec<dancu_journal::Receipt>, JournalError>>,
    ) -> Result<(), CleaningError> {
        match self.teller.runtime.block_on(unit) {
            // Written before a crash.
            Err(JournalError::DuplicateKey) => Ok(()),
            other => {
                // That answers about somebody are paused is what was to be told.
                let mut refusals = other?.into_iter().filter_map(|receipt| receipt.ruling.err());
                let refused = refusals.find(|code| *code != Code::AnswersPaused);
                refused.map_or(Ok(()), |code| Err(CleaningError::Refused(code)))
            }
        }
    }

    /// One entry of a person; where too much was claimed about her, what the road would have written of so many calls, so that
    /// the watch hears of it as of them.
    fn entries(&self, person: PersonNumber, answer: &Answer, now_us: i64) -> Vec<Call> {
        let mut call = self.entry(person, answer.verdict, now_us);
        let number = answer.reasons.get(Column::PersonalId);
        if matches!(number, Agreement::Same | Agreement::Former) {
            // The row names her number: a file that has one nobody may have is told apart by it.
            call.verdicts.push((Field::PersonalId, "match".into()));
        }
        let Some(guesses) = guess::guesses(answer) else { return vec![call] };
        let as_outcome = |outcome| Call { outcome, released: FieldSet::EMPTY, ..call.clone() };
        let wrong = usize::from(guesses.saturating_sub(1));
        let mut calls = vec![as_outcome(Outcome::Answered(Answered::Mismatch)); wrong];
        calls.push(as_outcome(Outcome::Refused(Code::AnswersPaused)));
        calls
    }

    fn entry(&self, person: PersonNumber, verdict: Verdict, now_us: i64) -> Call {
        let number = person.expose();
        let mut call = entry(self.job, now_us);
        call.subject = Some(subject_hash(self.cleaning.sealer.ring(), &number));
        call.personal.subject = Some(number);
        // An old card number is told to nobody.
        let tells = self.job.tells_number && matches!(person, PersonNumber::PersonalId(_));
        call.outcome = Outcome::Answered(match (tells, verdict) {
            (true, _) => Answered::Released,
            (false, Verdict::Match) => Answered::Verified,
            (false, _) => Answered::Mismatch,
        });
        if tells {
            call.released = FieldSet::EMPTY.with(Field::PersonalId);
        }
        call
    }
}

/// Digest of what a unit tells: of whom, and what. Keyed hashes stand for the people.
fn content(drafts: &[Draft]) -> [u8; 32] {
    let told = drafts.iter().map(|Draft { call, .. }| {
        let subject = call.subject.map(hex::encode).unwrap_or_default();
        format!("{subject} {} {:?}\n", call.outcome.name(), call.released)
    });
    sha256(told.collect::<String>().as_bytes())
}

/// Whether the answer tells something of a person.
fn is_touched(answer: &Answer) -> bool {
    !matches!(answer.verdict, Verdict::NotFound | Verdict::Unreadable)
}
