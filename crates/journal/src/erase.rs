//! Erasing personal parts.
use crate::encode;
use crate::months::Month;
use crate::open::PURGED;
use crate::stored::{BUNDLE, settled};
use crate::{Journal, JournalError, Opened, Part, Stored, head, parts, run};
use dancu_storage::Tx;

/// How often it is tried again when the entry is moved or changed meanwhile.
const TRIES: u32 = 5;

impl Journal {
    /// Erases personal parts of an entry: value and salt are gone, the commitment stays, so that the entry, its hash and
    /// every proof stay as they are. Gives whether any of them was there. Blocks.
    ///
    /// The engine may keep the bytes that were overwritten for a while (free pages, dead rows, its own log), and backups
    /// keep them; they are sealed, and end with the key of their month.
    pub fn erase(&self, index: u64, which: &[Part]) -> Result<bool, JournalError> {
        for _ in 0..TRIES {
            let Some(stored) = self.read_stored(index, 1)?.pop() else { return Ok(false) };
            let Some(piece) = self.erased(&stored, which)? else { return Ok(false) };
            let replaced = self.store().run_tx("journal.erase", |tx| replace(tx, &stored, &piece))?;
            if replaced || self.replace_archived(&stored, &piece)? {
                return Ok(true);
            }
        }
        Err(JournalError::Unavailable)
    }

    /// The sealed piece without these parts; `None` when there is nothing to erase.
    fn erased(&self, stored: &Stored, which: &[Part]) -> Result<Option<Vec<u8>>, JournalError> {
        let corrupt = |what| JournalError::Corrupt { index: stored.index, what };
        let decoded = encode::decode(&stored.entry).map_err(|_| corrupt("the entry does not read"))?;
        let Some(root) = decoded.root else { return Ok(None) };
        if stored.sealed == PURGED {
            return Ok(None);
        }
        let Some(key) = self.keys().find(Month::of(decoded.call.at_us))? else { return Ok(None) };
        let mut opening = parts::open(&key, &root, &stored.sealed).map_err(|refused| corrupt(refused.0))?;
        let mut changed = false;
        for (part, opened) in &mut opening {
            if which.contains(part) && matches!(opened, Opened::Value { .. }) {
                *opened = Opened::Erased(opened.commitment(*part)?);
                changed = true;
            }
        }
        if changed { parts::reseal(&key, &root, &opening).map(Some) } else { Ok(None) }
    }
}

/// Puts a new piece in the place of the one that was read; not if another stands there by now.
fn replace(tx: &mut Tx<'_>, stored: &Stored, piece: &[u8]) -> Result<bool, JournalError> {
    let bundle = stored.index / BUNDLE;
    if bundle >= settled(tx)? {
        return replace_in_group(tx, stored, piece);
    }
    let row =
        tx.query_opt("SELECT sealed FROM journal_bundle WHERE bundle = $1", &[head::number(bundle)?])?;
    let Some(row) = row else { return Ok(false) };
    let held = (bundle * BUNDLE, BUNDLE);
    let Some(sealed) = with_piece(held, row.bytes(0)?, stored, piece)? else { return Ok(false) };
    let values = [sealed.into(), head::number(bundle)?];
    tx.execute("UPDATE journal_bundle SET sealed = $1 WHERE bundle = $2", &values)?;
    // A group that reaches beyond what is settled may hold it still.
    replace_in_group(tx, stored, piece)?;
    Ok(true)
}

fn replace_in_group(tx: &mut Tx<'_>, stored: &Stored, piece: &[u8]) -> Result<bool, JournalError> {
    let row = tx.query_opt(
        "SELECT first, count, sealed FROM journal_group WHERE first <= $1 ORDER BY first DESC LIMIT 1",
        &[head::number(stored.index)?],
    )?;
    let Some(row) = row else { return Ok(false) };
    let held = (row.number(0)?, row.number(1)?);
    let Some(sealed) = with_piece(held, row.bytes(2)?, stored, piece)? else { return Ok(false) };
    let values = [sealed.into(), row.int(0)?.into()];
    tx.execute("UPDATE journal_group SET sealed = $1 WHERE first = $2", &values)?;
    Ok(true)
}

/// A run of sealed parts with another piece.
fn with_piece(
    (first, count): (u64, u64),
    run: &[u8],
    stored: &Stored,
    piece: &[u8],
) -> Result<Option<Vec<u8>>, JournalError> {
    let corrupt = JournalError::Corrupt { index: first, what: "the sealed parts from here on do not read" };
    let pieces = run::exactly(run, count).ok_or(corrupt)?;
    let (mut out, mut replaced) = (Vec::with_capacity(run.len()), false);
    for (index, old) in (first..).zip(pieces) {
        let here = index == stored.index && old == stored.sealed;
        run::push(&mut out, if here { piece } else { old })?;
        replaced |= here;
    }
    Ok(replaced.then_some(out))
}
