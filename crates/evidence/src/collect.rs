//! Making a file: finding the entries, proving them under one checkpoint, writing what stands around them.
use crate::archive::{self, Files};
use crate::facts::{Counts, FORMAT, Line, LogFacts, PartsFacts, proof_name, time};
use crate::{AlertFacts, By, EvidenceError, Facts, Of, OrderFacts, Scope, Stamping, part_name, summary};
use dancu_journal::index::{Index, Query};
use dancu_journal::publish::Publisher;
use dancu_journal::{Entry, Journal, Kind, Part, told};
use dancu_papers::sign::{SignError, SigningKey, sign_detached};
use dancu_tlog::checkpoint::SignedCheckpoint;
use std::time::Duration;

/// Proofs made between two words of progress.
const STEP: usize = 100;
/// How long it is waited for index and witnesses, in looks.
const LOOKS: u32 = 150;
const LOOK: Duration = Duration::from_millis(100);

/// Where the entries come from.
#[derive(Clone)]
pub struct Sources {
    /// Finds them
    pub index: Index,
    /// Reads them
    pub journal: Journal,
    /// Proves them
    pub publisher: Publisher,
}

/// What is asked for, with what is known of it.
pub struct Ask {
    /// Whose entries, of which time
    pub scope: Scope,
    /// Personal parts that are shown; of the others their commitments
    pub open: Vec<Part>,
    /// Who asks
    pub by: By,
    /// Why
    pub reason: String,
    /// Number of the entry that tells so
    pub asked_entry: Option<u64>,
    /// The order, if it is about one
    pub order: Option<OrderFacts>,
    /// The alert, if it is about one
    pub alert: Option<AlertFacts>,
    /// Address of the service
    pub service: String,
    /// When, microseconds since 1970
    pub now_us: i64,
}

/// An entry that was found.
#[derive(Clone)]
pub struct Found {
    /// Its number
    pub number: u64,
    /// The person's number, if it is about one
    pub subject: Option<String>,
}

/// The files of the archive, before it is signed.
pub struct Members(Files);

/// The entries of a scope, by number: below `before` if that is given, at most `most`. Waits a while for an index that is
/// behind. Blocks.
pub fn find(
    sources: &Sources,
    scope: &Scope,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<Found>, EvidenceError> {
    let entries = match (&scope.of, scope.query()) {
        (Of::Entries(numbers), _) => by_number(&sources.journal, numbers, most)?,
        (_, Some(query)) => by_query(sources, query, before, most)?,
        _ => Vec::new(),
    };
    if entries.is_empty() {
        return Err(EvidenceError::Nothing);
    }
    let found = |entry: Entry| Found { number: entry.index, subject: entry.call.personal.subject };
    let mut found: Vec<Found> = entries.into_iter().map(found).collect();
    found.sort_by_key(|entry| entry.number);
    found.dedup_by_key(|entry| entry.number);
    Ok(found)
}

fn by_number(journal: &Journal, numbers: &[u64], most: usize) -> Result<Vec<Entry>, EvidenceError> {
    if numbers.len() > most {
        return Err(EvidenceError::TooMany(most));
    }
    let mut entries = Vec::with_capacity(numbers.len());
    for number in numbers {
        let missing = || EvidenceError::NoEntry(*number);
        let stored = journal.read_stored(*number, 1)?.pop().ok_or_else(missing)?;
        let entry = journal.open_stored(stored)?;
        if entry.kind == Kind::Context {
            return Err(missing());
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn by_query(
    sources: &Sources,
    query: Query,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<Entry>, EvidenceError> {
    wait(|| Ok(before.is_none_or(|before| sources.index.position().is_ok_and(|at| at >= before))))?;
    let found = sources.index.search(&Query { before, limit: most, ..query })?;
    if found.next.is_some() { Err(EvidenceError::TooMany(most)) } else { Ok(found.entries) }
}

/// Proves the entries and writes everything but the signature; tells how many are done. Blocks.
pub fn collect(
    sources: &Sources,
    ask: Ask,
    found: &[Found],
    mut progress: impl FnMut(usize) -> Result<(), EvidenceError>,
) -> Result<Members, EvidenceError> {
    let Sources { journal, publisher, .. } = sources;
    let last = found.last().ok_or(EvidenceError::Nothing)?.number;
    let checkpoint = believed(publisher, last)?;
    let (mut lines, mut proofs) = (Vec::with_capacity(found.len()), Files::new());
    for some in found.chunks(STEP) {
        let wanted: Vec<(u64, &[Part])> =
            some.iter().map(|entry| (entry.number, ask.open.as_slice())).collect();
        let texts = publisher.proofs_under(&checkpoint, &wanted)?;
        for (entry, text) in some.iter().zip(texts) {
            lines.push(line(journal, entry.number)?);
            proofs.push((proof_name(entry.number), text.into_bytes()));
        }
        progress(lines.len())?;
    }
    let head = checkpoint.checkpoint().head();
    let names = |open: bool| {
        let of = Part::ALL.iter().filter(|part| ask.open.contains(part) == open);
        of.map(|part| part_name(*part).to_owned()).collect()
    };
    let facts = Facts {
        format: FORMAT.to_owned(),
        made_at: time(ask.now_us),
        service: ask.service,
        by: ask.by,
        reason: ask.reason,
        asked_entry: ask.asked_entry,
        scope: ask.scope,
        order: ask.order,
        alert: ask.alert,
        parts: PartsFacts { opened: names(true), closed: names(false) },
        log: LogFacts {
            origin: checkpoint.checkpoint().origin().to_owned(),
            size: head.size,
            root: hex::encode(head.root),
            witnessed: publisher.policy().quorum().is_some(),
        },
        counts: Counts::of(&lines),
        entries: lines,
    };
    let json = serde_json::to_vec_pretty(&facts).map_err(|_| EvidenceError::Archive("JSON"))?;
    let html = summary::html(&facts).ok_or(EvidenceError::Archive("HTML"))?;
    let mut files = vec![
        ("evidence.json".to_owned(), json),
        ("summary.html".to_owned(), html.into_bytes()),
        ("HOW-TO-CHECK.txt".to_owned(), summary::HOW_TO_CHECK.as_bytes().to_vec()),
        ("log.policy".to_owned(), publisher.policy().to_string().into_bytes()),
        ("checkpoint".to_owned(), checkpoint.to_string().into_bytes()),
    ];
    files.append(&mut proofs);
    Ok(Members(files))
}

/// What an entry says in public.
fn line(journal: &Journal, number: u64) -> Result<Line, EvidenceError> {
    let stored = journal.read_stored(number, 1)?.pop().ok_or(EvidenceError::NoEntry(number))?;
    let entry = journal.open_stored(stored)?;
    let context = entry.context.as_ref().map(|(_, context)| context.as_slice());
    let (kind, call) = told(&entry.encoded, context).ok_or(EvidenceError::NoEntry(number))?;
    Ok(Line::of(number, &kind, &call, &entry.leaf_hash))
}

/// The newest checkpoint that is believed, once it covers this entry.
fn believed(publisher: &Publisher, last: u64) -> Result<SignedCheckpoint, EvidenceError> {
    let covers = |of: &SignedCheckpoint| of.checkpoint().head().size > last;
    wait(|| Ok(publisher.believed().as_ref().is_some_and(covers)))?;
    publisher.believed().filter(covers).ok_or(EvidenceError::NotYet)
}

fn wait(is_so: impl Fn() -> Result<bool, EvidenceError>) -> Result<(), EvidenceError> {
    for _ in 0..LOOKS {
        if is_so()? {
            return Ok(());
        }
        std::thread::sleep(LOOK);
    }
    Err(EvidenceError::NotYet)
}

/// Signs and packs; with a time stamp where an authority is given. When the authority does not answer the file goes without
/// one; tells whether it has one. Blocks.
pub fn seal(
    members: &Members,
    key: &dyn SigningKey,
    now_us: i64,
    stamping: Option<&Stamping>,
) -> Result<(Vec<u8>, bool), EvidenceError> {
    let mut stamped = false;
    let bytes = archive::write(&members.0, |manifest| {
        if let Some(Stamping { stamper, authorities }) = stamping {
            match sign_detached(manifest, key, now_us, Some((&**stamper, authorities))) {
                Err(SignError::Stamp(why)) => tracing::warn!(%why, "an evidence file has no time stamp"),
                signed => {
                    stamped = true;
                    return Ok(signed?);
                }
            }
        }
        Ok(sign_detached(manifest, key, now_us, None)?)
    })?;
    Ok((bytes, stamped))
}
