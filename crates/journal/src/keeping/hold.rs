//! Legal hold: by a named order, parts of some entries stay beyond their time until the hold is released.
use super::KeepingError;
use crate::{Answered, Receipt};
use crate::{Call, Journal, Outcome, Personal, Record};
use dancu_storage::{Row, Tx};

/// Which entries a hold keeps: those that meet all that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HoldScope {
    /// From this moment on, microseconds since 1970
    pub from_us: Option<i64>,
    /// Before this moment
    pub to_us: Option<i64>,
    /// Of this organisation
    pub organisation: Option<String>,
    /// Of this system
    pub system: Option<String>,
    /// This entry
    pub entry: Option<u64>,
    /// About this person, by the keyed hash of the number
    pub subject: Option<[u8; 16]>,
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Name of the order, which names the hold too
    pub order: String,
    /// What it keeps
    pub scope: HoldScope,
    /// Since when, microseconds since 1970
    pub since_us: i64,
    /// Until when it was; none: it stands
    pub released_us: Option<i64>,
}

/// What a hold looks at.
pub(super) struct Held<'a> {
    pub(super) index: u64,
    pub(super) at_us: i64,
    pub(super) organisation: Option<&'a str>,
    pub(super) system: Option<&'a str>,
}

impl HoldScope {
    /// Whether an entry is kept, as far as its public columns tell. A scope with a person needs the entry opened.
    pub(super) fn covers(&self, entry: &Held<'_>) -> bool {
        self.from_us.is_none_or(|from| entry.at_us >= from)
            && self.to_us.is_none_or(|to| entry.at_us < to)
            && self.entry.is_none_or(|index| entry.index == index)
            && self.organisation.as_deref().is_none_or(|of| entry.organisation == Some(of))
            && self.system.as_deref().is_none_or(|of| entry.system == Some(of))
    }

    fn range(&self) -> (u64, u64) {
        self.entry.map_or((0, u64::MAX), |entry| (entry, entry + 1))
    }
}

impl Journal {
    /// Places a hold; an order that has one already is an error. The journal tells of it.
    pub async fn hold(
        &self,
        order: &str,
        scope: HoldScope,
        by: &str,
        now_us: i64,
    ) -> Result<Receipt, KeepingError> {
        let record = act("journal.hold", order, &scope, by, now_us);
        let (order, scope) = (order.to_owned(), scope);
        self.store().run_tx_async("journal.hold", move |tx| insert(tx, &order, &scope, now_us)).await?;
        Ok(self.append_record(record).await?)
    }

    /// Releases a hold. The journal tells of it.
    pub async fn release(&self, order: &str, by: &str, now_us: i64) -> Result<Receipt, KeepingError> {
        let name = order.to_owned();
        let scope =
            self.store().run_tx_async("journal.release", move |tx| release(tx, &name, now_us)).await?;
        Ok(self.append_record(act("journal.release", order, &scope, by, now_us)).await?)
    }

    /// All holds, newest first.
    pub async fn holds(&self) -> Result<Vec<Hold>, KeepingError> {
        self.store().read_async("journal.holds", all).await
    }
}

fn act(service: &str, order: &str, scope: &HoldScope, by: &str, now_us: i64) -> Record {
    let (first, after) = scope.range();
    let personal =
        Personal { officer: Some(by.to_owned()), order: Some(order.to_owned()), ..Personal::default() };
    let call = Call {
        at_us: now_us,
        form: "command".to_owned(),
        service: service.to_owned(),
        outcome: Outcome::Answered(Answered::Served),
        personal,
        ..Call::default()
    };
    Record::Act { call: Box::new(call), first, after, rule: service.to_owned() }
}

fn insert(tx: &mut Tx<'_>, order: &str, scope: &HoldScope, now_us: i64) -> Result<(), KeepingError> {
    let done = tx.execute(
        "INSERT INTO journal_hold (name, from_us, to_us, organisation, system_id, idx, subject, since_us, released_us) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL) ON CONFLICT (name) DO NOTHING",
        &[
            order.into(),
            scope.from_us.into(),
            scope.to_us.into(),
            scope.organisation.as_ref().into(),
            scope.system.as_ref().into(),
            scope.entry.map(u64::cast_signed).into(),
            scope.subject.into(),
            now_us.into(),
        ],
    )?;
    if done == 1 { Ok(()) } else { Err(KeepingError::HoldExists) }
}

fn release(tx: &mut Tx<'_>, order: &str, now_us: i64) -> Result<HoldScope, KeepingError> {
    let done = tx.execute(
        "UPDATE journal_hold SET released_us = $2 WHERE name = $1 AND released_us IS NULL",
        &[order.into(), now_us.into()],
    )?;
    let hold = all(tx)?.into_iter().find(|hold| hold.order == order);
    hold.filter(|_| done == 1).map(|hold| hold.scope).ok_or(KeepingError::NoHold)
}

/// All holds, newest first.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Hold>, KeepingError> {
    let rows = tx.query(
        "SELECT name, from_us, to_us, organisation, system_id, idx, subject, since_us, released_us FROM journal_hold \
         ORDER BY since_us DESC, name",
        &[],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Hold, KeepingError> {
    Ok(Hold {
        order: row.text(0)?.to_owned(),
        scope: HoldScope {
            from_us: row.opt_int(1)?,
            to_us: row.opt_int(2)?,
            organisation: row.opt_text(3)?.map(str::to_owned),
            system: row.opt_text(4)?.map(str::to_owned),
            entry: row.opt_number(5)?,
            subject: row.opt_array(6)?,
        },
        since_us: row.int(7)?,
        released_us: row.opt_int(8)?,
    })
}
