//! A file becomes a job, on the terms of who asks.
use super::{Opened, input::Input};
use crate::clock::SystemClock;
use crate::config::Config;
use dancu_catalogue::{Code, Lang};
use dancu_cleaning::{CleaningError, Job, JobState, Terms, Wish, stands, terms};
use dancu_gateway::Clock as _;
use dancu_policy::Workplace;
use dancu_watch::Brakes;

/// Who asks, for what.
pub struct Question<'q> {
    pub system: &'q str,
    pub login: &'q str,
    pub purpose: &'q str,
    pub case_number: Option<&'q str>,
    pub agency_code: Option<&'q str>,
    /// Name of the file, for lists
    pub file: &'q str,
    /// How it came, as the journal has it: `shell`, `offline`
    pub form: &'q str,
    pub chunk_rows: u32,
}

impl Question<'_> {
    /// What the rules are asked.
    pub fn wish<'w>(&'w self, input: &Input, now_us: i64) -> Wish<'w> {
        Wish {
            system: self.system,
            login: self.login,
            officer: None,
            agency_code: self.agency_code,
            purpose: Some(self.purpose),
            case_number: self.case_number,
            columns: input.columns(),
            file: self.file,
            input_sha256: input.sha256(),
            form: self.form,
            source: None,
            workplace: Workplace::System,
            now_us,
        }
    }
}

/// The job of a file, admitted: a new one, or the one that a crash has left.
pub fn submit(
    config: &Config,
    opened: &Opened,
    input: &Input,
    question: &Question<'_>,
) -> anyhow::Result<Job> {
    let wish = question.wish(input, SystemClock.now_us());
    let snapshot = opened.floor.exchange.snapshot();
    let decided = terms(&snapshot.rules, u64::try_from(snapshot.version).unwrap_or_default(), &wish);
    let brakes = crate::watch::asleep(config, &opened.floor)?.brakes();
    let terms = match decided.and_then(|terms| passes(&brakes, terms, wish.now_us)) {
        Ok(terms) => terms,
        Err(code) => return Err(refuse(opened, &wish, code)?),
    };
    let left: Vec<&str> = wish
        .columns
        .iter()
        .filter(|c| !terms.columns.contains(*c))
        .map(dancu_linkage::Column::name)
        .collect();
    if !left.is_empty() {
        println!("not compared, for the agreement does not have it: {}", left.join(", "));
    }
    let cleaning = &opened.cleaning;
    let mut new = terms.job(&wish, question.chunk_rows);
    input.mapping().clone_into(&mut new.mapping);
    new.asked.seen.skipped = input.skipped();
    let mut job = cleaning.begin(&new, wish.now_us)?;
    if job.state == JobState::Filling && !cleaning.is_filled(&job) {
        let mut filler = cleaning.fill(&job)?;
        input.read(|row| Ok(filler.push(row)?))?;
        job = filler.finish()?;
    } else {
        println!("job {} goes on", job.id);
    }
    if job.state == JobState::Filling {
        let admitted = cleaning.admit(&job, &terms, &opened.teller, SystemClock.now_us());
        job = admitted.map_err(|error| match error {
            CleaningError::Refused(code) => words(code),
            error => error.into(),
        })?;
    }
    Ok(job)
}

/// Writes a refusal down; gives what is told then.
pub fn refuse(opened: &Opened, wish: &Wish<'_>, code: Code) -> anyhow::Result<anyhow::Error> {
    opened.teller.refuse(wish, code)?;
    Ok(words(code))
}

/// A refusal of which the journal has an entry.
fn words(code: Code) -> anyhow::Error {
    let [vi, en] = [Lang::Vi, Lang::En].map(|lang| code.title(lang));
    anyhow::anyhow!("{}: {vi} / {en} (the journal says so too)", code.name())
}

/// As on the road: a system or account that is braked gets nothing, though the rules would let it.
fn passes(brakes: &Brakes, terms: Terms, now_us: i64) -> Result<Terms, Code> {
    brakes.pass(&terms.system, &terms.asked.account, now_us).map(|()| terms)
}

/// Decides again whether a job's result may be handed out, and writes it down, before it is: since it was admitted its system may
/// have been suspended, its account locked or braked, its agreement have ended.
pub fn hand_out(config: &Config, opened: &Opened, job: &Job, form: &str) -> anyhow::Result<()> {
    let now_us = SystemClock.now_us();
    opened.floor.exchange.refresh()?;
    let snapshot = opened.floor.exchange.snapshot();
    let brakes = crate::watch::asleep(config, &opened.floor)?.brakes();
    let terms = stands(&snapshot.rules, u64::try_from(snapshot.version).unwrap_or_default(), job, now_us);
    let ruling = terms.and_then(|terms| passes(&brakes, terms, now_us)).map(drop);
    match opened.teller.result(job, form, ruling, now_us) {
        Err(CleaningError::Refused(code)) => Err(words(code)),
        told => Ok(told?),
    }
}
