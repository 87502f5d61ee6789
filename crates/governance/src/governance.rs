//! The one value through which everything here is done.
use crate::act::Act;
use crate::content::Content;
use crate::deed::{Actor, Deed, RULE};
use crate::document::{Document, Prepared, Upload};
use crate::kind::Step;
use crate::matter::{Edition, Matter, Taken};
use crate::parts::{is_id, today};
use crate::rules::Rules;
use crate::{GovernanceError, document, rows, schema};
use dancu_exchange::Exchange;
use dancu_keys::KeyRing;
use dancu_policy::Calendar;
use dancu_storage::blob::Blobs;
use dancu_storage::{Store, Tx};
use std::sync::Arc;

pub(crate) type Done<T> = Result<T, GovernanceError>;

/// The lives of all connections, and what belongs to them. Cheap to clone.
///
/// Every call blocks: from asynchronous code call it on a blocking thread. Every deed is one named transaction, together
/// with the rows of the exchange that it changes; it is done wholly or not at all, by any number of servers at once.
#[derive(Clone)]
pub struct Governance {
    pub(crate) store: Store,
    pub(crate) exchange: Exchange,
    pub(crate) ring: KeyRing,
    pub(crate) blobs: Blobs,
    pub(crate) rules: Arc<Rules>,
    pub(crate) calendar: Arc<Calendar>,
}

impl Governance {
    /// Brings the tables up to date. They stand in the store of the exchange; attachments go into the files.
    pub fn open(
        exchange: Exchange,
        ring: KeyRing,
        blobs: Blobs,
        rules: Rules,
        calendar: Calendar,
    ) -> Result<Self, GovernanceError> {
        let store = exchange.store().clone();
        store.migrate(schema::OWNER, schema::MIGRATIONS)?;
        Ok(Self { store, exchange, ring, blobs, rules: Arc::new(rules), calendar: Arc::new(calendar) })
    }

    /// The same, of whose deeds none is kept: a deed is tried out before it is written down and done. Files stay, named by
    /// nobody.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { store: self.store.rehearsing(), exchange: self.exchange.rehearsing(), ..self.clone() }
    }

    /// The data that steps, deadlines and lists come from.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// One matter.
    pub fn matter(&self, id: &str) -> Result<Option<Matter>, GovernanceError> {
        self.store.read("governance.matter", |tx| rows::get(tx, id))
    }

    /// Its steps, the first first.
    pub fn steps(&self, id: &str) -> Result<Vec<Taken>, GovernanceError> {
        self.store.read("governance.steps", |tx| rows::steps(tx, &self.ring, id))
    }

    /// Every version of its content, the first first.
    pub fn editions(&self, id: &str) -> Result<Vec<Edition>, GovernanceError> {
        self.store.read("governance.editions", |tx| rows::editions(tx, &self.ring, id))
    }

    /// The newest version of its content.
    pub fn content(&self, id: &str) -> Result<Content, GovernanceError> {
        self.store.read("governance.content", |tx| {
            let matter = known(tx, id)?;
            rows::newest(tx, &self.ring, &matter)
        })
    }

    /// What belongs to a matter: assessments and level files of a connection, findings of an assessment, orders.
    pub fn children(&self, id: &str, kind: crate::Kind) -> Result<Vec<Matter>, GovernanceError> {
        self.store.read("governance.children", |tx| rows::children(tx, id, kind))
    }

    /// All matters of a kind about a system, the oldest first.
    pub fn of_system(&self, system: &str, kind: crate::Kind) -> Result<Vec<Matter>, GovernanceError> {
        self.store.read("governance.of_system", |tx| rows::of_system(tx, system, kind))
    }

    /// Writes a new version of a matter's content. All versions are kept.
    ///
    /// # Errors
    ///
    /// `Invalid` with the fields that have mistakes; `NotNow` in a state in which nothing is written.
    pub fn write(&self, id: &str, content: &Content, deed: Deed<'_>) -> Result<u32, GovernanceError> {
        self.act("governance.write", deed, |act| {
            let mut matter = act.load(id)?;
            act.write(&mut matter, content)?;
            Ok(matter.version)
        })
    }

    /// Takes a step. Those that need more than a deed have calls of their own (`receive`, `renew_test`, `connect`); those
    /// that are part of another one are refused.
    ///
    /// # Errors
    ///
    /// `NotNow`, `SamePerson`, `DocumentMissing`, `NotMet`: why the step may not be taken.
    pub fn take(&self, id: &str, step: Step, deed: Deed<'_>) -> Result<Matter, GovernanceError> {
        self.take_with(id, step, &[], deed)
    }

    /// As `take`, with documents that are attached in the same transaction.
    pub fn take_with(
        &self,
        id: &str,
        step: Step,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<Matter, GovernanceError> {
        if matches!(step, Step::Open | Step::Receive | Step::RenewTest | Step::Connect) {
            return Err(GovernanceError::Through(step));
        }
        let files = self.keep(uploads, deed)?;
        self.act("governance.take", deed, |act| {
            let mut matter = act.load(id)?;
            act.attach(&matter, &files)?;
            act.take(&mut matter, step)?;
            Ok(matter)
        })
    }

    /// Attaches a file: sealed, named by its SHA-256, its media type told by its content.
    ///
    /// # Errors
    ///
    /// `File` when it is empty, too big, of a type that is not allowed, or one too many.
    pub fn attach(&self, id: &str, upload: &Upload<'_>, deed: Deed<'_>) -> Result<Document, GovernanceError> {
        let files = self.keep(std::slice::from_ref(upload), deed)?;
        self.act("governance.attach", deed, |act| {
            let matter = act.load(id)?;
            act.attach(&matter, &files)
        })?;
        let all = self.documents(id)?;
        let own = |d: &Document| files.iter().any(|f| f.sha256 == d.sha256 && f.kind == d.kind);
        all.into_iter().find(own).ok_or_else(|| GovernanceError::unknown("document of", id))
    }

    /// The documents of a matter, the oldest first.
    pub fn documents(&self, id: &str) -> Result<Vec<Document>, GovernanceError> {
        self.store.read("governance.documents", |tx| document::all(tx, &self.ring, id))
    }

    /// The bytes of a document of a matter.
    pub fn bytes(&self, id: &str, sha256: &str) -> Result<Option<Vec<u8>>, GovernanceError> {
        let attached = self.documents(id)?.iter().any(|document| document.sha256 == sha256);
        if attached { document::fetch(&self.blobs, &self.ring, sha256).map(Some) } else { Ok(None) }
    }

    /// Files first, rows after: a crash between leaves a file that nobody names, never a row without its file.
    pub(crate) fn keep(
        &self,
        uploads: &[Upload<'_>],
        deed: Deed<'_>,
    ) -> Result<Vec<Prepared>, GovernanceError> {
        let day = today(deed.at_us)?;
        uploads
            .iter()
            .map(|upload| document::keep(&self.blobs, &self.ring, &self.rules, day, upload))
            .collect()
    }

    /// Runs a deed: one transaction, in which the rows of the exchange may change too.
    pub(crate) fn act<T>(
        &self,
        name: &'static str,
        deed: Deed<'_>,
        mut f: impl FnMut(&mut Act<'_, '_, '_>) -> Result<T, GovernanceError>,
    ) -> Result<T, GovernanceError> {
        if let Actor::Staff(id) = deed.by
            && (!is_id(id) || id.starts_with(RULE))
        {
            return Err(GovernanceError::Impossible("not the id of a staff account"));
        }
        let today = today(deed.at_us)?;
        self.exchange
            .change_with(name, deed.at_us, |change| f(&mut Act { governance: self, change, deed, today }))
    }
}

pub(crate) fn known(tx: &mut Tx<'_>, id: &str) -> Result<Matter, GovernanceError> {
    rows::get(tx, id)?.ok_or_else(|| GovernanceError::unknown("matter", id))
}

impl std::fmt::Debug for Governance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Governance").field("exchange", &self.exchange).finish_non_exhaustive()
    }
}
