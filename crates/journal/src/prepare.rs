//! What can be done before the commit: contexts written out, personal parts committed to and sealed.
use crate::months::{Month, MonthKeys};
use crate::parts::{self, Sealed, Seed};
use crate::{Call, Draft, Idempotency, JournalError, Kind, Part, Personal, Record, encode};
use dancu_keys::PieceKey;
use dancu_tlog::Hash;

/// Drafts that are committed together.
pub(crate) struct Unit {
    pub(crate) drafts: Vec<Prepared>,
    pub(crate) idempotency: Option<Idempotency>,
}

/// A draft with all that does not depend on the commit. Drawn once, so that a transaction that runs twice writes the
/// same.
pub(crate) struct Prepared {
    pub(crate) kind: Kind,
    pub(crate) draft: Draft,
    /// Bytes of its context's entry, if the kind has one
    pub(crate) context: Option<Vec<u8>>,
    parts: Parts,
}

enum Parts {
    None,
    /// Their month's key was not in memory; the writer seals them
    Open(Seed),
    Sealed(Sealed),
}

impl Unit {
    /// Prepares drafts. Does not wait for the store.
    pub(crate) fn new(
        drafts: Vec<Draft>,
        idempotency: Option<Idempotency>,
        keys: &MonthKeys,
    ) -> Result<Self, JournalError> {
        let drafts: Result<_, JournalError> =
            drafts.into_iter().map(|draft| Prepared::new(Kind::Call, draft, keys)).collect();
        Ok(Self { drafts: drafts?, idempotency })
    }

    /// Prepares an entry of the journal's own.
    pub(crate) fn of_record(record: Record, keys: &MonthKeys) -> Result<Self, JournalError> {
        let (kind, call) = record.split();
        Ok(Self { drafts: vec![Prepared::new(kind, call.into(), keys)?], idempotency: None })
    }

    /// Seals what could not be sealed before, making the key if there is none. Blocks.
    pub(crate) fn seal(&mut self, keys: &MonthKeys) -> Result<(), JournalError> {
        for draft in &mut self.drafts {
            draft.seal(|month| keys.make(month).map(Some))?;
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.drafts.len()
    }
}

impl Prepared {
    fn new(kind: Kind, draft: Draft, keys: &MonthKeys) -> Result<Self, JournalError> {
        let in_context = matches!(kind, Kind::Call | Kind::Act { .. });
        let context = in_context.then(|| encode::context(&draft.call, draft.call.released)).transpose()?;
        let personal = Part::ALL.iter().any(|part| draft.call.personal.get(*part).is_some());
        let parts = if personal { Parts::Open(Seed::draw()?) } else { Parts::None };
        let mut prepared = Self { kind, draft, context, parts };
        prepared.seal(|month| Ok(keys.known(month)))?;
        prepared.forget_what_is_written();
        Ok(prepared)
    }

    /// Frees the texts that the context's bytes hold, here and not on the writer's thread.
    fn forget_what_is_written(&mut self) {
        let call = std::mem::take(&mut self.draft.call);
        self.draft.call = Call {
            at_us: call.at_us,
            correlation: call.correlation,
            verdicts: call.verdicts,
            outcome: call.outcome,
            steps: call.steps,
            response_sha256: call.response_sha256,
            consent_id: call.consent_id,
            personal: if let Parts::Open(_) = self.parts { call.personal } else { Personal::default() },
            ..Call::default()
        };
    }

    fn seal(
        &mut self,
        key: impl FnOnce(Month) -> Result<Option<std::sync::Arc<PieceKey>>, JournalError>,
    ) -> Result<(), JournalError> {
        if let Parts::Open(seed) = &self.parts
            && let Some(key) = key(Month::of(self.call().at_us))?
        {
            self.parts = Parts::Sealed(parts::seal(&key, &self.call().personal, seed)?);
        }
        Ok(())
    }

    pub(crate) fn call(&self) -> &Call {
        &self.draft.call
    }

    /// Root and sealed piece of the personal parts, once they are sealed.
    pub(crate) fn sealed(&self) -> Result<Option<(&Hash, &[u8])>, JournalError> {
        match &self.parts {
            Parts::None => Ok(None),
            Parts::Open(_) => Err(JournalError::Internal("parts that were not sealed")),
            Parts::Sealed(Sealed { root, piece }) => Ok(Some((root, piece))),
        }
    }
}
