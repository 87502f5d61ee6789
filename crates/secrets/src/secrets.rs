//! The handle.
use crate::{MIGRATIONS, SecretsError, schema};
use dancu_exchange::Exchange;
use dancu_keys::KeyRing;
use dancu_pki::Terms;
use dancu_storage::Store;
use std::fmt;
use std::sync::Arc;

/// Secrets of connected systems on their way to them. Cheap to clone. Every method blocks on the store; times are
/// microseconds since the epoch; `by` is the id of a staff account.
#[derive(Clone)]
pub struct Secrets {
    pub(crate) exchange: Exchange,
    pub(crate) ring: KeyRing,
    pub(crate) authorities: Arc<[Vec<u8>]>,
    pub(crate) terms: Arc<Terms>,
}

impl Secrets {
    /// Brings the tables up to date, in the store of the exchange. `authorities` (DER) are those that security officers'
    /// certificates lead to.
    pub fn open(
        exchange: Exchange,
        ring: KeyRing,
        authorities: Vec<Vec<u8>>,
        terms: Terms,
    ) -> Result<Self, SecretsError> {
        exchange.store().migrate(schema::OWNER, MIGRATIONS)?;
        Ok(Self { exchange, ring, authorities: authorities.into(), terms: Arc::new(terms) })
    }

    /// The same, of whose deeds none is kept: a deed is tried out before it is written down and done.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self { exchange: self.exchange.rehearsing(), ..self.clone() }
    }

    /// How long things hold, with their sources.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    pub(crate) fn store(&self) -> &Store {
        self.exchange.store()
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("authorities", &self.authorities.len()).finish_non_exhaustive()
    }
}
