//! Guesses in a file. On the road so many different claims about one person may disagree with the record, whoever makes them; then
//! answers about that person are paused. A file makes its claims at once, so they are counted when all rows are answered and before
//! anything is told: what a file says too much of is not answered, whichever of its rows is right.
use crate::sealed::number;
use crate::{Cleaning, CleaningError, Counts, Job, codec};
use dancu_citizen::PersonNumber;
use dancu_linkage::{Action, Agreement, Answer, Column, Reasons, Row, Verdict};
use dancu_storage::Value;
use std::collections::{HashMap, HashSet};

/// Guess budgets of people, over all callers: the watch's. Its calls may block.
pub trait Budget: Send + Sync {
    /// How they stand now; none where they are switched off.
    fn limits(&self, now_us: i64) -> Result<Option<Limits>, CleaningError>;

    /// Whether answers about this person are paused for this account.
    fn is_paused(&self, of: PersonNumber, account: &str, now_us: i64) -> Result<bool, CleaningError>;

    /// Counts claims about people that disagree, each as a keyed hash of what it says: the same one counts once.
    fn count(
        &self,
        claims: &[(PersonNumber, Vec<u32>)],
        account: &str,
        now_us: i64,
    ) -> Result<(), CleaningError>;
}

/// What is asked of every file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Different claims about one person that may disagree
    pub mismatches: u8,
    /// Whether answers about anybody are paused
    pub any_paused: bool,
}

/// Where no number says who is meant, a person attracts the rows of namesakes who are not on record: so many times the claims.
const NAMESAKES: usize = 20;
/// A file with no more people about whom it is wrong is counted as calls are, each claim: or guesses would come in many small files.
const FEW: usize = 1_000;
/// What a claim can say of a person, as on the road.
const CLAIM: [Column; 5] =
    [Column::PersonalId, Column::IdCardNumber, Column::FullName, Column::BirthDate, Column::Sex];

/// The answer of a row that tells nothing because too much was claimed about the person, or because answers about that person are
/// paused. `guesses`: claims that look like guesses; 0 where they do not. It names the person: her entry says so.
fn stopped(answer: &Answer, guesses: u8) -> Answer {
    Answer {
        verdict: Verdict::Doubtful,
        action: Action::AskCitizen,
        score: guesses.into(),
        reasons: Reasons::default(),
        place: None,
        ..*answer
    }
}

/// The guesses of an answer that [`stopped`] made; none of any other: somebody looks at a doubtful row.
pub(crate) fn guesses(answer: &Answer) -> Option<u8> {
    let is = answer.verdict == Verdict::Doubtful && answer.action == Action::AskCitizen;
    is.then(|| u8::try_from(answer.score).unwrap_or_default())
}

/// What a row is worth as a guess.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guess {
    /// It says something right of who is meant, or nothing else: one thing is tried
    Close,
    /// It is wrong in everything but the number
    Far,
    /// No number says who is meant
    Nameless,
}

/// Whether the row's claim disagrees with the person whom it means.
fn guess(answer: &Answer) -> Option<Guess> {
    let get = |column| answer.reasons.get(column);
    let is_wrong = |agreement| {
        matches!(
            agreement,
            Agreement::OtherMarks
                | Agreement::Typing
                | Agreement::Words
                | Agreement::DayMonthSwapped
                | Agreement::Different
        )
    };
    if !CLAIM.into_iter().any(|column| is_wrong(get(column))) {
        return None;
    }
    let numbers = [Column::PersonalId, Column::IdCardNumber].map(get);
    let by_number =
        numbers.into_iter().any(|of| matches!(of, Agreement::Same | Agreement::Former | Agreement::Typing));
    let [name, birth] = [Column::FullName, Column::BirthDate].map(get);
    match (by_number, answer.verdict) {
        (true, _) if name == Agreement::Different && birth == Agreement::Different => Some(Guess::Far),
        (true, _) | (false, Verdict::Match | Verdict::MatchWithDifferences) => Some(Guess::Close),
        // Whoever of several comes first is not meant.
        (false, Verdict::Ambiguous) => None,
        (false, _) => Some(Guess::Nameless),
    }
}

/// Claims about one person that disagree.
#[derive(Default)]
struct Claims {
    close: HashSet<u32>,
    far: HashSet<u32>,
    nameless: HashSet<u32>,
}

impl Claims {
    fn add(&mut self, guess: Guess, claim: u32, most: usize) {
        let set = match guess {
            Guess::Close => &mut self.close,
            Guess::Far => &mut self.far,
            Guess::Nameless => &mut self.nameless,
        };
        if set.len() <= most * NAMESAKES {
            set.insert(claim);
        }
    }

    /// None: they are not too many. Otherwise how many of them count as guesses.
    fn are_too_many(&self, most: usize) -> Option<u8> {
        let guessed = self.close.len() > most || self.nameless.len() > most * NAMESAKES;
        if guessed {
            Some(u8::try_from(most + 1).unwrap_or(u8::MAX))
        } else {
            (self.close.len() + self.far.len() > most).then_some(0)
        }
    }
}

/// One look at the answers of a job.
struct Look<'l> {
    cleaning: &'l Cleaning,
    job: &'l Job,
    holder: &'l str,
    clock: &'l dyn Fn() -> i64,
    digests: Vec<[u8; 32]>,
}

/// What was seen of the answers.
#[derive(Default)]
struct Seen {
    /// Rows that disagree, by person; some of them may say the same
    wrong: HashMap<u64, u32>,
    /// Of whom nothing is told, with what counts as guesses: since an earlier walk, or because answers are paused
    stopped: HashMap<u64, u8>,
}

impl Cleaning {
    /// The same with the guess budgets of this watch.
    #[must_use]
    pub fn guarded_by(mut self, budget: std::sync::Arc<dyn Budget>) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Takes out of an answered job what it says of people about whom too much is claimed, or answers are paused. Who repeats it
    /// after a crash comes to the same: what was taken out says so. False: somebody else closes the job.
    pub(crate) fn take_out_guesses(
        &self,
        job: &Job,
        holder: &str,
        clock: &dyn Fn() -> i64,
    ) -> Result<bool, CleaningError> {
        let Some(budget) = &self.budget else { return Ok(true) };
        let Some(limits) = budget.limits(clock())? else { return Ok(true) };
        let (account, most) = (job.asked.account.as_str(), usize::from(limits.mismatches));
        let look = Look { cleaning: self, job, holder, clock, digests: self.digests(&job.id)? };
        let (mut seen, mut asked) = (Seen::default(), HashSet::new());
        let held = look.walk(|_, answers| {
            for answer in answers {
                let Some(number) = answer.number() else { continue };
                let key = number.as_u64();
                if let Some(guesses) = guesses(answer) {
                    let told = seen.stopped.entry(key).or_default();
                    *told = guesses.max(*told);
                } else if guess(answer).is_some() {
                    *seen.wrong.entry(key).or_default() += 1;
                }
                if limits.any_paused && asked.insert(key) && budget.is_paused(number, account, clock())? {
                    seen.stopped.entry(key).or_default();
                }
            }
            Ok(None)
        })?;
        if !held {
            return Ok(false);
        }
        let few = seen.wrong.len() <= FEW;
        seen.wrong.retain(|_, rows| few || usize::try_from(*rows).unwrap_or(usize::MAX) > most);
        let Some(claims) = look.claims(&seen.wrong, most)? else { return Ok(false) };
        let mut told = Vec::new();
        for (key, claims) in &claims {
            let too_many = claims.are_too_many(most);
            if let Some(guesses) = too_many {
                let told = seen.stopped.entry(*key).or_default();
                *told = guesses.max(*told);
            }
            if let (true, Some(number)) =
                (few || too_many.is_some_and(|of| of > 0), PersonNumber::from_u64(*key))
            {
                let mut hashes: Vec<u32> = claims.close.union(&claims.far).copied().collect();
                hashes.sort_unstable();
                hashes.truncate(most + 1);
                told.push((number, hashes));
            }
        }
        budget.count(&told, account, clock())?;
        look.take_out(&seen.stopped)
    }
}

impl Look<'_> {
    /// Hands the answers of every chunk to `each`, and puts those in their place that it gives. False: the closing is somebody else's.
    fn walk(
        &self,
        mut each: impl FnMut(u64, &[Answer]) -> Result<Option<Vec<Answer>>, CleaningError>,
    ) -> Result<bool, CleaningError> {
        for (chunk, digest) in (0_u64..).zip(&self.digests) {
            let answers = self.cleaning.sound_answers(&self.job.id, chunk, *digest)?;
            if let Some(others) = each(chunk, &answers)? {
                self.cleaning.replace(&self.job.id, chunk, *digest, &others)?;
            }
            let until_us = (self.clock)() + self.cleaning.options.lease_us;
            if !self.cleaning.hold(self.job, self.holder, until_us)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What rows claim about these people; none: the closing is somebody else's.
    fn claims(
        &self,
        about: &HashMap<u64, u32>,
        most: usize,
    ) -> Result<Option<HashMap<u64, Claims>>, CleaningError> {
        let mut claims: HashMap<u64, Claims> = HashMap::new();
        if about.is_empty() {
            return Ok(Some(claims));
        }
        let of = |answer: &Answer| {
            let key = answer.number()?.as_u64();
            guess(answer).filter(|_| about.contains_key(&key)).map(|guess| (key, guess))
        };
        let held = self.walk(|chunk, answers| {
            if !answers.iter().any(|answer| of(answer).is_some()) {
                return Ok(None);
            }
            let plain = self.cleaning.rows_of(&self.job.id, chunk)?;
            for (row, answer) in codec::rows(&plain).zip(answers) {
                let row = row?;
                if let Some((key, guess)) = of(answer) {
                    claims.entry(key).or_default().add(guess, self.claim(&row), most);
                }
            }
            Ok(None)
        })?;
        Ok(held.then_some(claims))
    }

    /// What a row says of a person, as a keyed hash: those that say the same are one claim.
    fn claim(&self, row: &Row<'_>) -> u32 {
        let said = CLAIM.map(|column| row.get(column).trim().to_lowercase()).join("\n");
        let hash = self.cleaning.sealer.ring().keyed_hash("cleaning_claim", said.as_bytes());
        hash.first_chunk::<4>().map_or(0, |head| u32::from_be_bytes(*head))
    }

    fn take_out(&self, of: &HashMap<u64, u8>) -> Result<bool, CleaningError> {
        if of.is_empty() {
            return Ok(true);
        }
        self.walk(|_, answers| {
            let take_out = |answer: &Answer| {
                let guesses = of.get(&answer.number()?.as_u64())?;
                let out = stopped(answer, *guesses);
                (out != Answer { place: None, ..*answer }).then_some(out)
            };
            if !answers.iter().any(|answer| take_out(answer).is_some()) {
                return Ok(None);
            }
            Ok(Some(answers.iter().map(|answer| take_out(answer).unwrap_or(*answer)).collect()))
        })
    }
}

impl Cleaning {
    /// Puts other answers in the place of a chunk's.
    fn replace(&self, job: &str, chunk: u64, old: [u8; 32], answers: &[Answer]) -> Result<(), CleaningError> {
        let mut out = zeroize::Zeroizing::new(Vec::new());
        codec::write_answers(answers, &mut out);
        let digest = self.put_answers(job, chunk, &out)?;
        let counts = serde_json::to_string(&Counts::of(answers))
            .map_err(|_| CleaningError::Damaged("the counts of a chunk"))?;
        let parameters: [Value; 5] =
            [job.into(), number(chunk)?.into(), digest.into(), counts.into(), old.into()];
        self.store.run_tx("cleaning.replace", |tx| {
            const REPLACE: &str = "UPDATE cleaning_chunk SET sha256 = $3, counts = $4
                 WHERE job = $1 AND number = $2 AND state = 'done' AND sha256 = $5";
            if tx.execute(REPLACE, &parameters)? == 1 {
                return Ok(());
            }
            Err(CleaningError::NotNow("the chunk was answered anew"))
        })?;
        // What cannot be removed now goes with the job.
        let _ = self.blobs.delete(&crate::work::answers_path(job, chunk, old));
        Ok(())
    }
}
