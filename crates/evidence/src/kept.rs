//! Files that were asked for: who, why, how far the work is, and the bytes, sealed in the file store.
use crate::{Ask, EvidenceError, Found, MIGRATIONS, Scope, Sources, collect, seal};
use aws_lc_rs::digest::{SHA256, digest};
use dancu_keys::timestamp::Authorities;
use dancu_keys::{KeyRing, Place};
use dancu_papers::sign::PemKey;
use dancu_storage::blob::Blobs;
use dancu_storage::{Row, Store, Tx, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Work that has not moved for so long is taken to be interrupted: five minutes.
const STILL_US: i64 = 300_000_000;

/// Takes a request to a time-stamping authority and brings back the answer, both DER. Blocks.
pub type Asks = Arc<dyn Fn(&[u8]) -> Result<Vec<u8>, String> + Send + Sync>;

/// Asks a time-stamping authority, and whose answers are believed.
#[derive(Clone)]
pub struct Stamping {
    /// Asks it
    pub stamper: Asks,
    /// Whose stamps are believed
    pub authorities: Authorities,
}

/// What making files needs beside the journal.
#[derive(Clone)]
pub struct Options {
    /// Who signs; none: no file is made
    pub key: Option<Arc<PemKey>>,
    /// Time stamps
    pub stamping: Option<Stamping>,
    /// Entries in one file at most
    pub most: usize,
    /// Address of the service, as the files name it
    pub service: String,
}

/// The files. Cheap to clone. Every method blocks.
#[derive(Clone)]
pub struct Evidences {
    store: Store,
    ring: KeyRing,
    blobs: Blobs,
    options: Options,
}

/// A file that is asked for.
pub struct New<'a> {
    /// Organisation that it is about; empty when it is about several or none
    pub organisation: &'a str,
    /// Order that it is about
    pub matter: Option<&'a str>,
    /// Alert that it is about
    pub alert: Option<u64>,
    /// Whose entries, of which time
    pub scope: &'a Scope,
    /// Why
    pub reason: &'a str,
    /// Names of the parts that are opened
    pub open: &'a [String],
    /// Staff account
    pub by: &'a str,
    /// When, microseconds since the epoch
    pub now_us: i64,
    /// Number of the journal entry that tells so
    pub entry: u64,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptState {
    /// Being made
    Working,
    /// There
    Ready,
    /// Not made
    Failed,
}

impl KeptState {
    /// Its name
    pub fn name(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

/// A file that was asked for.
#[derive(Clone)]
pub struct Kept {
    /// Id
    pub id: String,
    /// Organisation that it is about; empty when it is about several or none
    pub organisation: String,
    /// Order that it is about
    pub matter: Option<String>,
    /// Alert that it is about
    pub alert: Option<u64>,
    /// Whose entries, of which time
    pub scope: Scope,
    /// Why
    pub reason: String,
    /// Names of the parts that are opened
    pub open: Vec<String>,
    /// Staff account that asked
    pub by: String,
    /// When, microseconds since the epoch
    pub asked_us: i64,
    /// Number of the journal entry that tells so
    pub entry: u64,
    /// How far it is
    pub state: KeptState,
    /// Entries proved
    pub done: u64,
    /// Entries found
    pub total: u64,
    /// Why it failed: [`EvidenceError::code`]
    pub why: Option<String>,
    /// SHA-256, hexadecimal
    pub sha256: Option<String>,
    /// Bytes
    pub size: u64,
    /// Whether it has a time stamp
    pub stamped: bool,
}

/// What is sealed in a row.
#[derive(Serialize, Deserialize)]
struct What {
    scope: Scope,
    reason: String,
    open: Vec<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organisation, matter, alert, what, asked_by, asked_us, entry, state, done, total, why, moved_us,
                sha256, size, stamped FROM evidence_file ",
            $rest
        )
    };
}

impl Evidences {
    /// Brings the table up to date.
    pub fn open(store: Store, ring: KeyRing, blobs: Blobs, options: Options) -> Result<Self, EvidenceError> {
        store.migrate("evidence", MIGRATIONS)?;
        Ok(Self { store, ring, blobs, options })
    }

    /// Entries in one file at most.
    pub fn most(&self) -> usize {
        self.options.most
    }

    /// Address of the service, as the files name it.
    pub fn service(&self) -> &str {
        &self.options.service
    }

    /// Whether there is a certificate to sign with.
    pub fn can_sign(&self) -> bool {
        self.options.key.is_some()
    }

    /// Writes down that a file is asked for; gives its id.
    pub fn begin(&self, new: &New<'_>) -> Result<String, EvidenceError> {
        let mut random = [0_u8; 16];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| EvidenceError::Damaged("no randomness"))?;
        let id = hex::encode(random);
        let what = What { scope: new.scope.clone(), reason: new.reason.to_owned(), open: new.open.to_vec() };
        let what = serde_json::to_vec(&what).map_err(|_| EvidenceError::Damaged("what"))?;
        let what = self.ring.seal(place(&id, "what"), &what)?;
        let parameters: [Value; 8] = [
            id.as_str().into(),
            new.organisation.into(),
            new.matter.into(),
            new.alert.map(number).transpose()?.into(),
            what.into(),
            new.by.into(),
            new.now_us.into(),
            number(new.entry)?.into(),
        ];
        self.store.run_tx("evidence.begin", |tx| {
            tx.execute(
                "INSERT INTO evidence_file
                    (id, organisation, matter, alert, what, asked_by, asked_us, entry, state, done, total, moved_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'working', 0, 0, $7)",
                &parameters,
            )?;
            Ok::<_, EvidenceError>(())
        })?;
        Ok(id)
    }

    /// Makes a file of these entries, signs it and keeps it. What goes wrong is written down with the file too.
    pub fn make(
        &self,
        id: &str,
        sources: &Sources,
        ask: Ask,
        found: &[Found],
        clock: &dyn Fn() -> i64,
    ) -> Result<(), EvidenceError> {
        let made = self.try_make(id, sources, ask, found, clock);
        made.inspect_err(|error| self.fail(id, error, clock()))
    }

    fn try_make(
        &self,
        id: &str,
        sources: &Sources,
        ask: Ask,
        found: &[Found],
        clock: &dyn Fn() -> i64,
    ) -> Result<(), EvidenceError> {
        let key = self.options.key.clone().ok_or(EvidenceError::NoSigner)?;
        self.moved(id, 0, found.len(), clock())?;
        let members = collect(sources, ask, found, |done| self.moved(id, done, found.len(), clock()))?;
        let (bytes, stamped) = seal(&members, &*key, clock(), self.options.stamping.as_ref())?;
        let (sha256, size) = (hex::encode(digest(&SHA256, &bytes)), bytes.len() as u64);
        self.blobs.put_all(&[(path(id), self.ring.seal(place(id, "bytes"), &bytes)?)])?;
        self.blobs.sync()?;
        let parameters: [Value; 5] =
            [id.into(), sha256.into(), number(size)?.into(), i64::from(stamped).into(), clock().into()];
        self.store.run_tx("evidence.ready", |tx| {
            tx.execute(
                "UPDATE evidence_file SET state = 'ready', sha256 = $2, size = $3, stamped = $4, moved_us = $5
                 WHERE id = $1",
                &parameters,
            )?;
            Ok(())
        })
    }

    fn moved(&self, id: &str, done: usize, total: usize, now_us: i64) -> Result<(), EvidenceError> {
        let parameters: [Value; 4] =
            [id.into(), number(done as u64)?.into(), number(total as u64)?.into(), now_us.into()];
        self.store.run_tx("evidence.moved", |tx| {
            let sql = "UPDATE evidence_file SET done = $2, total = $3, moved_us = $4 WHERE id = $1";
            tx.execute(sql, &parameters)?;
            Ok(())
        })
    }

    /// Writes down that a file is not made.
    pub fn fail(&self, id: &str, error: &EvidenceError, now_us: i64) {
        tracing::warn!(%error, "an evidence file could not be made");
        let parameters: [Value; 3] = [id.into(), error.code().into(), now_us.into()];
        let failed = self.store.run_tx("evidence.fail", |tx| {
            let sql = "UPDATE evidence_file SET state = 'failed', why = $2, moved_us = $3 WHERE id = $1";
            tx.execute(sql, &parameters)?;
            Ok::<_, EvidenceError>(())
        });
        if let Err(error) = failed {
            tracing::warn!(%error, "that an evidence file is not made could not be written down");
        }
    }

    /// One file; none when there is none of this id.
    pub fn get(&self, id: &str, now_us: i64) -> Result<Option<Kept>, EvidenceError> {
        let rows = self.store.read("evidence.get", |tx| {
            Ok::<_, EvidenceError>(tx.query(select!("WHERE id = $1"), &[id.into()])?)
        })?;
        rows.first().map(|row| self.kept(row, now_us)).transpose()
    }

    /// Files, the newest first, those after `(asked_us, id)` if that is given; of one organisation if that is given.
    pub fn list(
        &self,
        organisation: Option<&str>,
        after: Option<(i64, &str)>,
        limit: u32,
        now_us: i64,
    ) -> Result<Vec<Kept>, EvidenceError> {
        let (asked_us, id) = after.unwrap_or((i64::MAX, ""));
        let parameters: [Value; 4] =
            [asked_us.into(), id.into(), organisation.unwrap_or_default().into(), limit.into()];
        let rows = self.store.read("evidence.list", |tx| {
            let sql = select!(
                "WHERE (asked_us < $1 OR (asked_us = $1 AND id < $2)) AND ($3 = '' OR organisation = $3)
                 ORDER BY asked_us DESC, id DESC LIMIT $4"
            );
            Ok::<_, EvidenceError>(tx.query(sql, &parameters)?)
        })?;
        rows.iter().map(|row| self.kept(row, now_us)).collect()
    }

    /// Files about an order, the newest first.
    pub fn of_matter(&self, matter: &str, now_us: i64) -> Result<Vec<Kept>, EvidenceError> {
        let rows = self.store.read("evidence.of_matter", |tx| {
            let sql = select!("WHERE matter = $1 ORDER BY asked_us DESC, id DESC LIMIT 50");
            Ok::<_, EvidenceError>(tx.query(sql, &[matter.into()])?)
        })?;
        rows.iter().map(|row| self.kept(row, now_us)).collect()
    }

    /// The bytes of a file that is ready; none of every other.
    pub fn bytes(&self, id: &str) -> Result<Option<Vec<u8>>, EvidenceError> {
        let Some(kept) = self.get(id, 0)?.filter(|kept| kept.state == KeptState::Ready) else {
            return Ok(None);
        };
        let sealed = self.blobs.get(&path(id))?.ok_or(EvidenceError::Damaged("the file is missing"))?;
        let bytes = self.ring.open(place(id, "bytes"), &sealed)?.to_vec();
        let same = kept.sha256.is_some_and(|sha256| sha256 == hex::encode(digest(&SHA256, &bytes)));
        if same { Ok(Some(bytes)) } else { Err(EvidenceError::Damaged("the file is another one")) }
    }

    /// Seals every row and file anew that stands under an older key, `batch` rows at a time. Gives their number.
    pub fn reseal(&self, batch: u32) -> Result<u64, EvidenceError> {
        let (mut count, mut after) = (0, String::new());
        loop {
            let sql = "SELECT id, what FROM evidence_file WHERE id > $1 ORDER BY id LIMIT $2";
            let parameters: [Value; 2] = [after.as_str().into(), batch.max(1).into()];
            let rows =
                self.store.read("evidence.rows", |tx| Ok::<_, EvidenceError>(tx.query(sql, &parameters)?))?;
            let Some(last) = rows.last() else { return Ok(count) };
            for row in &rows {
                count += self.reseal_one(row.text(0)?, row.bytes(1)?)?;
            }
            last.text(0)?.clone_into(&mut after);
        }
    }

    fn reseal_one(&self, id: &str, old: &[u8]) -> Result<u64, EvidenceError> {
        let mut count = 0;
        if !self.ring.is_current(old) {
            let new = self.ring.seal(place(id, "what"), &self.ring.open(place(id, "what"), old)?)?;
            let parameters: [Value; 3] = [id.into(), new.into(), old.into()];
            count += self.store.run_tx("evidence.reseal", |tx: &mut Tx<'_>| {
                let sql = "UPDATE evidence_file SET what = $2 WHERE id = $1 AND what = $3";
                Ok::<_, EvidenceError>(tx.execute(sql, &parameters)?)
            })?;
        }
        if let Some(old) = self.blobs.get(&path(id))?.filter(|old| !self.ring.is_current(old)) {
            let new = self.ring.seal(place(id, "bytes"), &self.ring.open(place(id, "bytes"), &old)?)?;
            count += u64::from(self.blobs.swap(&path(id), Some(&old), &new)?);
        }
        Ok(count)
    }

    fn kept(&self, row: &Row, now_us: i64) -> Result<Kept, EvidenceError> {
        let id = row.text(0)?;
        let what = self.ring.open(place(id, "what"), row.bytes(4)?)?;
        let What { scope, reason, open } =
            serde_json::from_slice(&what).map_err(|_| EvidenceError::Damaged("what"))?;
        let is_still = row.int(12)? < now_us - STILL_US;
        let (state, why) = match (row.text(8)?, is_still) {
            ("ready", _) => (KeptState::Ready, None),
            ("working", false) => (KeptState::Working, None),
            ("working", true) => (KeptState::Failed, Some(EvidenceError::Interrupted.code().to_owned())),
            _ => (KeptState::Failed, row.opt_text(11)?.map(ToOwned::to_owned)),
        };
        Ok(Kept {
            id: id.to_owned(),
            organisation: row.text(1)?.to_owned(),
            matter: row.opt_text(2)?.map(ToOwned::to_owned),
            alert: row.opt_number(3)?,
            scope,
            reason,
            open,
            by: row.text(5)?.to_owned(),
            asked_us: row.int(6)?,
            entry: row.number(7)?,
            state,
            done: row.number(9)?,
            total: row.number(10)?,
            why,
            sha256: row.opt_text(13)?.map(ToOwned::to_owned),
            size: row.opt_number(14)?.unwrap_or_default(),
            stamped: row.opt_number(15)? == Some(1),
        })
    }
}

fn place<'a>(id: &'a str, field: &'static str) -> Place<'a> {
    Place { table: "evidence_file", row: id.as_bytes(), field }
}

/// Spread over folders, so that none grows big.
fn path(id: &str) -> String {
    format!("evidence/{}/{id}", id.get(..2).unwrap_or("00"))
}

fn number(of: u64) -> Result<i64, EvidenceError> {
    i64::try_from(of).map_err(|_| EvidenceError::Damaged("a number is out of range"))
}
