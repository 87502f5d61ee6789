//! Packages carried here by hand: each is answered once, on whatever server.
use crate::{Cleaning, CleaningError};
use dancu_stock::envelope::Seen;
use dancu_storage::Value;
use std::io;

/// The register of packages, as of now. One that was opened and not answered may be opened again: a crash in between takes
/// nothing from who sent it.
pub struct Register<'c> {
    /// Where they are noted
    pub cleaning: &'c Cleaning,
    /// Now, microseconds since the epoch
    pub now_us: i64,
}

impl Seen for Register<'_> {
    fn first(&self, package: &str, made_us: i64) -> io::Result<bool> {
        self.cleaning.opens(package, made_us, self.now_us).map_err(io::Error::other)
    }
}

impl Cleaning {
    /// Notes for good that a package was found good; false when it was answered before.
    pub fn opens(&self, package: &str, made_us: i64, now_us: i64) -> Result<bool, CleaningError> {
        let parameters: [Value; 3] = [package.into(), made_us.into(), now_us.into()];
        self.store.run_tx("cleaning.opens", |tx| {
            const NEW: &str = "INSERT INTO cleaning_package (id, made_us, opened_us) VALUES ($1, $2, $3)
                 ON CONFLICT (id) DO NOTHING";
            const OPEN: &str = "SELECT 1 FROM cleaning_package WHERE id = $1 AND answered_us IS NULL";
            tx.execute(NEW, &parameters)?;
            Ok(tx.query_opt(OPEN, &[package.into()])?.is_some())
        })
    }

    /// Notes that the answer to a package is written: it is not opened again.
    pub fn answered(&self, package: &str, job: &str, now_us: i64) -> Result<(), CleaningError> {
        self.store.run_tx("cleaning.answered", |tx| {
            const ANSWERED: &str = "UPDATE cleaning_package SET job = $2, answered_us = $3
                 WHERE id = $1 AND answered_us IS NULL";
            tx.execute(ANSWERED, &[package.into(), job.into(), now_us.into()])?;
            Ok(())
        })
    }
}
