//! Going on after a restore, without ever beginning a second history of a log.
use super::files::{CHECKPOINT, LogFiles, WITNESSED};
use super::line::Line;
use super::metrics::Metrics;
use super::{PublishError, Publisher};
use crate::open::PURGED;
use crate::{Journal, JournalError, encode, head, run};
use dancu_storage::blob::Blobs;
use dancu_tlog::bundle::parse_exact;
use dancu_tlog::checkpoint::{SignedCheckpoint, TreeHead};
use dancu_tlog::note::{SignerKey, VerifierKey};
use dancu_tlog::tile::{Tile, TileKind, WIDTH};
use dancu_tlog::{Frontier, leaf_hash};

impl Publisher {
    /// Writes the published files that a backup leaves to be computed, and makes sure that store and files agree. Signs
    /// nothing, so a barred journal may be repaired; gives how many entries are published. Blocks.
    ///
    /// # Errors
    ///
    /// As [`Publisher::start`].
    pub fn repair(journal: &Journal, signer: SignerKey) -> Result<u64, PublishError> {
        let line = Line::open(journal.clone(), signer)?;
        line.expect_leads_to(&whole(journal)?)?;
        Ok(line.size())
    }

    /// Lets a barred journal go on with its log. `newest` is the newest checkpoint that was ever published, as the operator has
    /// it from the place that survived, from a witness or an auditor: the store must hold all that it covers, and no older one
    /// is taken. That there is no newer one is the operator's word. Blocks.
    ///
    /// # Errors
    ///
    /// [`PublishError::Behind`]: entries are missing, see [`Publisher::take_missing`]; [`PublishError::NotNewest`];
    /// [`PublishError::Forked`]; those of [`Publisher::start`].
    pub fn resume(journal: &Journal, signer: SignerKey, newest: &[u8]) -> Result<u64, PublishError> {
        finished(journal)?;
        let newest = ours(newest, signer.verifier())?.checkpoint().head();
        let line = Line::open(journal.clone(), signer)?;
        if newest.size < line.size() {
            return Err(PublishError::NotNewest { given: newest.size, known: line.size() });
        }
        line.expect_leads_to(&newest)?;
        journal.lift()?;
        Ok(newest.size)
    }

    /// Brings entries that a backup lacks from a copy of the published log, up to its checkpoint. What tells of persons in them
    /// is not published, and stays lost. Gives how many came. Blocks.
    ///
    /// # Errors
    ///
    /// [`PublishError::Forked`] when the copy is not what this log published; those of [`Publisher::start`].
    pub fn take_missing(journal: &Journal, key: &VerifierKey, from: &Blobs) -> Result<u64, PublishError> {
        finished(journal)?;
        let files = LogFiles::new(from.clone());
        let bytes = files.checkpoint()?.ok_or(PublishError::NotNewest { given: 0, known: 0 })?;
        let goal = ours(&bytes, key)?.checkpoint().head();
        let head = journal.read_head()?;
        // Once over all of it before anything is written: what is taken must lead to the root that was signed.
        let mut frontier = head.frontier.clone();
        each_bundle(&files, head.size, goal.size, |_, entries| {
            for entry in entries {
                frontier.append(leaf_hash(entry));
            }
            Ok(())
        })?;
        if goal.size < head.size || frontier.root() != goal.root {
            return if goal.size < head.size { Ok(0) } else { Err(PublishError::Forked { size: goal.size }) };
        }
        let mut at = 0;
        each_bundle(&files, head.size, goal.size, |first, entries| {
            Ok(append(journal, first, entries, &mut at)?)
        })?;
        Ok(goal.size - head.size)
    }

    /// Begins a new log over the entries of a barred journal, under another key and origin: its first checkpoint covers all of
    /// them. The checkpoints of the log before are put aside. Blocks.
    ///
    /// # Errors
    ///
    /// [`PublishError::Key`] when the key is that of the log before; those of [`Publisher::start`].
    pub fn begin_anew(journal: &Journal, signer: SignerKey, aside: &Blobs) -> Result<u64, PublishError> {
        if finished(journal)? == signer.verifier().to_string() {
            return Err(PublishError::Key(
                "it is that of the log before: a new log has a new origin and a new key",
            ));
        }
        for path in [CHECKPOINT, WITNESSED] {
            let Some(bytes) = journal.blobs().get(path)? else { continue };
            let signed = SignedCheckpoint::parse(&bytes).ok();
            if path == CHECKPOINT && ours(&bytes, signer.verifier()).is_ok() {
                // Begun before, and then the machine died.
                continue;
            }
            let size = signed.map_or(0, |signed| signed.checkpoint().head().size);
            aside.put_all(&[(format!("{size}.{path}"), bytes)])?;
            aside.sync()?;
            journal.blobs().delete(path)?;
        }
        let size = Line::begin(journal.clone(), signer, &Metrics::default())?;
        journal.lift()?;
        Ok(size)
    }
}

/// The key that the journal is barred for, unless not all was brought back.
fn finished(journal: &Journal) -> Result<String, PublishError> {
    match journal.barred()? {
        None => Err(PublishError::NotBarred),
        Some(key) if key.is_empty() => Err(PublishError::Unfinished),
        Some(key) => Ok(key),
    }
}

/// The head of the store.
fn whole(journal: &Journal) -> Result<TreeHead, PublishError> {
    let head = journal.read_head()?;
    Ok(TreeHead { size: head.size, root: head.frontier.root() })
}

fn ours(bytes: &[u8], key: &VerifierKey) -> Result<SignedCheckpoint, PublishError> {
    SignedCheckpoint::open(bytes, key.name(), std::slice::from_ref(key)).map_err(PublishError::NotOurs)
}

/// Hands over the entries from one number to before another, bundle by bundle, with the number of the first.
fn each_bundle(
    files: &LogFiles,
    from: u64,
    until: u64,
    mut each: impl FnMut(u64, &[&[u8]]) -> Result<(), PublishError>,
) -> Result<(), PublishError> {
    let width = u64::from(WIDTH);
    let mut first = from;
    while first < until {
        let bundle = first / width;
        let end = until.min((bundle + 1) * width);
        let missing =
            || JournalError::Corrupt { index: first, what: "the copy of the published log does not hold it" };
        let wide = u16::try_from(end - bundle * width).map_err(|_| missing())?;
        let tile = Tile::new(TileKind::Entries, bundle, wide).ok_or_else(missing)?;
        let content = files.tile(tile)?.ok_or_else(missing)?;
        let entries = parse_exact(&content, wide).map_err(|_| missing())?;
        let skipped = usize::try_from(first - bundle * width).map_err(|_| missing())?;
        each(first, entries.get(skipped..).ok_or_else(missing)?)?;
        first = end;
    }
    Ok(())
}

/// Writes entries as a group, their personal parts as erased.
fn append(journal: &Journal, first: u64, entries: &[&[u8]], at: &mut i64) -> Result<(), JournalError> {
    let (mut run_of, mut sealed) = (Vec::new(), Vec::new());
    let mut times: Option<(i64, i64)> = None;
    for entry in entries {
        let corrupt = |_| JournalError::Corrupt { index: first, what: "an entry of the copy does not read" };
        let has_parts = encode::decode(entry).map_err(corrupt)?.root.is_some();
        run::push(&mut run_of, entry)?;
        run::push(&mut sealed, if has_parts { PURGED } else { &[] })?;
        if let Some(time) = encode::time_of(entry) {
            let (least, most) = times.unwrap_or((time, time));
            times = Some((least.min(time), most.max(time)));
        }
    }
    let (at_first, at_last) = times.unwrap_or((*at, *at));
    *at = at_last;
    journal.store().run_tx("journal.take_missing", |tx| {
        let mut frontier: Frontier = head::claim(tx)?;
        if frontier.size() != first {
            return Err(JournalError::Internal("another one writes to a barred journal"));
        }
        for entry in entries {
            frontier.append(leaf_hash(entry));
        }
        tx.execute(
            "INSERT INTO journal_group (first, count, at_first, at_last, entries, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                head::number(first)?,
                head::number(entries.len() as u64)?,
                at_first.into(),
                at_last.into(),
                (&run_of).into(),
                (&sealed).into(),
            ],
        )?;
        head::store(tx, &frontier)
    })
}
