//! A supervisor reads the journal. Decided and written down, with what is looked for and why, before anything is read.
use crate::authenticate::{Session, workstation_of};
use crate::deed::{Actor, Deed, Number};
use crate::door::Peer;
use crate::{Correlation, Road};
use dancu_catalogue::Code;
use dancu_journal::index::{Found, Query, Withholding};
use dancu_journal::{Entry, JournalError, Part, Receipt};
use dancu_policy::{AccountState, Duty, Workplace, may_work};

/// Who reads the journal, and why.
#[derive(Clone)]
pub struct Examination {
    /// The other end of the connection
    pub peer: Peer,
    /// The signed-in supervisor
    pub session: Session,
    /// Why, in the supervisor's words
    pub purpose: String,
    /// Number of the supervisor's case
    pub case_number: String,
    /// The citizen's number, when she is what is looked for
    pub person: Option<String>,
}

/// An order to withhold an entry, as a supervisor enters it.
#[derive(Clone)]
pub struct Order {
    /// Entry to be withheld
    pub entry: u64,
    /// When it opens by itself, microseconds since 1970
    pub until_us: i64,
    /// Number and date of the order
    pub order: String,
    /// Who gave it
    pub authority: String,
}

impl Examination {
    fn deed(&self, what: String) -> Deed {
        Deed {
            about: self.person.clone().map(Number),
            case_number: Some(self.case_number.clone()),
            purpose: Some(self.purpose.clone()),
            asked: Some(what),
            ..Deed::new(self.peer.clone(), Actor::Officer(self.session.clone()), "examine")
        }
    }
}

impl Road {
    /// Searches the journal, if the officer may. Gives the number of the entry that tells of the search, and what was
    /// found. What the index has not taken up yet, a moment's worth of entries, is not found.
    pub async fn examine(&self, by: &Examination, query: Query) -> Result<(u64, Found), Code> {
        let deed = Deed { ruling: self.may_examine(by), ..by.deed(words(&query)) };
        let journal = self.record(deed).await?;
        // A search does not find itself, nor what came after it.
        let before = query.before.map_or(journal, |before| before.min(journal));
        let (index, query) = (self.evidence.index.clone(), Query { before: Some(before), ..query });
        let found = blocking(move || index.search(&query)).await?;
        Ok((journal, found))
    }

    /// One entry with all its parts, if the officer may. If it is about a person, so is the entry that tells of the view.
    pub async fn examine_entry(&self, by: &Examination, entry: u64) -> Result<Option<(u64, Entry)>, Code> {
        // Who it is about must be known to write down that it is seen; nothing is shown before that.
        let ruling = self.may_examine(by);
        let found = match ruling {
            Ok(()) => self.journal.entry(entry).await.map_err(|error| error.code())?,
            Err(_) => None,
        };
        let about = found.as_ref().and_then(|e| e.call.personal.get(Part::Subject).map(str::to_owned));
        let by = Examination { person: about, ..by.clone() };
        let journal = self.record(Deed { ruling, ..by.deed(format!("entry={entry}")) }).await?;
        Ok(found.map(|found| (journal, found)))
    }

    /// Withholds an entry from its citizen, if the officer may; none when the entry is about nobody.
    pub async fn withhold(&self, by: &Examination, order: Order) -> Result<Option<Receipt>, Code> {
        let Order { entry, until_us, order, authority } = order;
        let what = format!("withhold entry={entry} order={order} authority={authority}");
        let deed = Deed { ruling: self.may_examine(by), ..by.deed(what) };
        self.record(Deed { about: None, ..deed }).await?;
        let now_us = self.clock.now_us();
        let withholding = Withholding {
            entry,
            until_us,
            order,
            authority,
            by: by.session.login.to_string(),
            correlation: Correlation::random(now_us).0,
        };
        let index = self.evidence.index.clone();
        blocking(move || index.withhold(withholding, now_us)).await
    }

    /// Whether the officer may, from there.
    fn may_examine(&self, by: &Examination) -> Result<(), Code> {
        self.may(&by.session, Duty::Examine)?;
        let (snapshot, now_us) = (self.exchange.snapshot(), self.clock.now_us());
        let enrolled = workstation_of(&snapshot, &by.peer, now_us).map(|w| &*w.organisation);
        may_work(&snapshot.rules, &by.session.system, Workplace::Page(enrolled))
    }

    /// Whether the account is in use and its role has the duty.
    pub fn may(&self, session: &Session, duty: Duty) -> Result<(), Code> {
        let snapshot = self.exchange.snapshot();
        let account = snapshot.rules.system(&session.system).and_then(|of| of.by_login(&session.login));
        let account = account.ok_or(Code::AccountUnknown)?;
        if account.state != AccountState::Active {
            return Err(Code::AccountNotActive);
        }
        if snapshot.rules.law().has_duty(account.role, duty) { Ok(()) } else { Err(Code::RoleNotAllowed) }
    }
}

/// Runs what blocks where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, Code> {
    let done = tokio::task::spawn_blocking(run).await.map_err(|_| Code::Internal)?;
    done.map_err(|error| {
        tracing::error!(%error, "the journal's index cannot be read");
        error.code()
    })
}

/// What is looked for, as the journal keeps it: sealed, for it may name people.
fn words(query: &Query) -> String {
    let named = [
        ("organisation", query.organisation.clone()),
        ("system", query.system.clone()),
        ("account", query.account.clone()),
        ("officer", query.officer.clone()),
        ("service", query.service.clone()),
        ("outcome", query.outcome.map(|o| o.name().to_owned())),
        ("case", query.case_number.clone()),
        ("person", query.subject.map(|_| "named".to_owned())),
        ("from_us", query.from_us.map(|t| t.to_string())),
        ("to_us", query.to_us.map(|t| t.to_string())),
        ("before", query.before.map(|n| n.to_string())),
        ("limit", Some(query.limit.to_string())),
    ];
    let named: Vec<String> =
        named.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
    named.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_told_in_full() {
        let query = Query {
            organisation: Some("thai-nguyen".into()),
            subject: Some([1; 16]),
            from_us: Some(7),
            limit: 50,
            ..Query::default()
        };
        assert_eq!(words(&query), "organisation=thai-nguyen person=named from_us=7 limit=50");
    }
}
