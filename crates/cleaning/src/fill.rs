//! The rows of a stock on their way into a job: cut into chunks, sealed, put beside the tables.
use crate::cleaning::folder;
use crate::codec::RowsOut;
use crate::job::MOST_CHUNKS;
use crate::{Cleaning, CleaningError, Job, JobState};
use dancu_keys::Place;
use dancu_linkage::Row;
use zeroize::Zeroizing;

/// Takes the rows of one job, in the order of the file. What it holds at a time is one chunk.
pub struct Filler<'c> {
    cleaning: &'c Cleaning,
    job: Job,
    out: RowsOut,
    rows: u64,
    chunks: u64,
}

impl Cleaning {
    /// Begins to take rows. A job that was half filled when its process ended is filled anew: the same file gives the same
    /// chunks. One that is filled already takes none: [`Cleaning::is_filled`].
    pub fn fill(&self, job: &Job) -> Result<Filler<'_>, CleaningError> {
        job.in_state(JobState::Filling)?;
        Ok(Filler { cleaning: self, job: job.clone(), out: RowsOut::default(), rows: 0, chunks: 0 })
    }

    /// Whether all rows of a job are in.
    pub fn is_filled(&self, job: &Job) -> bool {
        job.chunks > 0
    }
}

impl Filler<'_> {
    /// Takes a row: those of its columns that are compared, and its own name.
    pub fn push(&mut self, row: &Row<'_>) -> Result<(), CleaningError> {
        let compared = self.job.columns.with(dancu_linkage::Column::RowId).of(row);
        self.rows += 1;
        self.out.push(&compared).map_err(|why| CleaningError::Row { row: self.rows, why })?;
        if self.out.count() == self.job.chunk_rows { self.put() } else { Ok(()) }
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// All rows are in and durable. A stock without a row is none.
    pub fn finish(mut self) -> Result<Job, CleaningError> {
        if self.out.count() > 0 {
            self.put()?;
        }
        if self.rows == 0 {
            return Err(CleaningError::Input("there is no row".to_owned()));
        }
        self.cleaning.blobs.sync()?;
        self.cleaning.filled(&self.job, self.rows, self.chunks)?;
        self.cleaning.get(&self.job.id)
    }

    fn put(&mut self) -> Result<(), CleaningError> {
        if self.chunks == MOST_CHUNKS {
            return Err(CleaningError::Row { row: self.rows, why: "the stock has too many rows" });
        }
        let plain = Zeroizing::new(self.out.take());
        let sealed = self.cleaning.sealer.seal_bytes(rows_place(&row(&self.job.id, self.chunks)), &plain)?;
        self.cleaning.blobs.put_all(&[(rows_path(&self.job.id, self.chunks), sealed)])?;
        self.chunks += 1;
        Ok(())
    }
}

/// What a chunk's files are bound to.
pub(crate) fn row(job: &str, chunk: u64) -> String {
    format!("{job}/{chunk}")
}

pub(crate) fn rows_place(row: &str) -> Place<'_> {
    Place { table: "cleaning_chunk", row: row.as_bytes(), field: "rows" }
}

/// Where the rows of a chunk lie.
pub(crate) fn rows_path(job: &str, chunk: u64) -> String {
    format!("{}/rows/{:03}/{chunk}", folder(job), chunk / 1000)
}
