//! Lawful secrecy: an entry is not shown to its citizen until a date, by a named order.
use super::{Index, log};
use crate::{JournalError, Kind, Part, Personal, Receipt, Record};
use std::fmt;

/// An order to withhold an entry from its citizen; a later one about the same entry lengthens or ends it.
#[derive(Clone, PartialEq, Eq)]
pub struct Withholding {
    /// Entry to be withheld
    pub entry: u64,
    /// When it opens by itself, microseconds since 1970; a time past ends a withholding
    pub until_us: i64,
    /// The order: number and date
    pub order: String,
    /// The authority that gave it
    pub authority: String,
    /// Who enters it
    pub by: String,
    /// What ties it to logs
    pub correlation: [u8; 16],
}

/// Shows no person and no order.
impl fmt::Debug for Withholding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Withholding").field("until_us", &self.until_us).finish_non_exhaustive()
    }
}

impl Index {
    /// Withholds an entry, by an entry that is itself counted in the person's chain. Gives nothing when there is no such
    /// call about a person. When it returns, the history withholds the entry. Blocks.
    pub fn withhold(&self, withholding: Withholding, now_us: i64) -> Result<Option<Receipt>, JournalError> {
        let Withholding { entry: index, until_us, order, authority, by, correlation } = withholding;
        let target = log::range(&*self.inner.log, index, index.saturating_add(1))?.pop();
        let target = target.filter(|target| target.index == index && target.kind == Kind::Call);
        let subject = target.and_then(|target| target.call.personal.get(Part::Subject).map(str::to_owned));
        let Some(subject) = subject else { return Ok(None) };
        let personal = Personal {
            subject: Some(subject),
            order: Some(format!("{order}, {authority}")),
            officer: Some(by),
            ..Personal::default()
        };
        let record = Record::Withholding { at_us: now_us, correlation, entry: index, until_us, personal };
        let receipt = self.inner.log.append(record)?;
        self.reach(receipt.index + 1)?;
        Ok(Some(receipt))
    }
}
