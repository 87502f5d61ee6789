//! The spool on disk: numbered records in segment files, durable when `append` returns, bounded.
//!
//! A segment is named by the number of its first record. A record is its length and its CRC-32 (four bytes each, little
//! endian), then the moment (eight bytes) and the content, which both cover. What does not read ends its segment.
use crate::FeedError;
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much a spool may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Bytes of all segments
    pub(crate) bytes: u64,
    /// Age of the newest record of a segment, microseconds
    pub(crate) age_us: i64,
}

/// Segments that the bound is divided into: the oldest goes as one.
const SEGMENTS: u64 = 16;
/// A longer record than this is damage.
const LONGEST: usize = 1 << 20;
const HEAD: usize = 8;
const MOMENT: usize = 8;

/// Numbered records in files.
pub(crate) struct Spool {
    folder: PathBuf,
    bounds: Bounds,
    state: Mutex<State>,
    /// Held as long as the spool is open
    _lock: File,
}

struct State {
    segments: VecDeque<Segment>,
    /// The last segment, while it is fit to be written to
    file: Option<File>,
    next: u64,
    /// What each reader needs no more
    settled: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Segment {
    first: u64,
    count: u64,
    bytes: u64,
    newest_us: i64,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) at_us: i64,
    pub(crate) content: Vec<u8>,
}

impl Spool {
    /// Opens a folder or makes it. `settled` says for each reader below which number it needs nothing; `used` is a number
    /// that was given before at most, so that none is given twice even if the newest records are damaged.
    pub(crate) fn open(
        folder: &Path,
        bounds: Bounds,
        settled: Vec<u64>,
        used: u64,
    ) -> Result<Self, FeedError> {
        let failed = |source| FeedError::Spool { path: folder.to_owned(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(failed)?;
        let mut create = OpenOptions::new();
        let lock = create.write(true).create(true).truncate(false).mode(0o600).open(folder.join("lock"));
        let lock = lock.map_err(failed)?;
        lock.try_lock().map_err(|_| FeedError::InUse(folder.to_owned()))?;
        let segments = scan(folder).map_err(failed)?;
        let end = segments.back().map_or(0, |last| last.first + last.count);
        let state = State { segments, file: None, next: end.max(used), settled };
        Ok(Self { folder: folder.to_owned(), bounds, state: Mutex::new(state), _lock: lock })
    }

    /// The number that the next record will have.
    pub(crate) fn next(&self) -> u64 {
        self.state().next
    }

    /// Writes records and makes them durable; gives the number of the next one. On an error none of them has a number.
    pub(crate) fn append(&self, records: &[(i64, Vec<u8>)]) -> io::Result<u64> {
        let state = &mut *self.state();
        let mut run = Vec::new();
        for (at_us, content) in records {
            encode(&mut run, *at_us, content);
        }
        let full = state.segments.back().is_none_or(|last| last.bytes >= self.bounds.bytes / SEGMENTS);
        if full || state.file.is_none() {
            state.file = None;
            self.begin(state)?;
        }
        // Whatever fails below leaves a tail that no count covers; the segment is not written to again.
        let Some(mut file) = state.file.take() else { return Ok(state.next) };
        file.write_all(&run)?;
        file.sync_data()?;
        let count = records.len() as u64;
        if let Some(last) = state.segments.back_mut() {
            last.count += count;
            last.bytes += run.len() as u64;
            last.newest_us = records.last().map_or(last.newest_us, |(at_us, _)| *at_us);
        }
        (state.file, state.next) = (Some(file), state.next + count);
        Ok(state.next)
    }

    /// Records from this number on, or from the first later one that is there; contiguous; at most so many. None when there
    /// is nothing more.
    pub(crate) fn read(&self, from: u64, limit: usize) -> io::Result<Vec<Kept>> {
        let segments: Vec<Segment> = self.state().segments.iter().copied().collect();
        for segment in segments.into_iter().filter(|segment| segment.first + segment.count > from) {
            let bytes = match std::fs::read(self.path(segment.first)) {
                Ok(bytes) => bytes,
                // Dropped in this moment.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let numbers = segment.first..segment.first + segment.count;
            let records = Records { rest: &bytes }.zip(numbers);
            let records =
                records.map(|((at_us, content), number)| Kept { number, at_us, content: content.to_vec() });
            let found: Vec<Kept> = records.filter(|record| record.number >= from).take(limit).collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Notes what a reader needs no more, and drops segments that nobody needs, or that are too many or too old.
    pub(crate) fn settle(&self, reader: Option<(usize, u64)>, now_us: i64) {
        let state = &mut *self.state();
        if let Some((reader, settled)) = reader
            && let Some(place) = state.settled.get_mut(reader)
        {
            *place = settled.max(*place);
        }
        let settled = state.settled.iter().copied().min().unwrap_or(u64::MAX);
        while let (Some(oldest), true) = (state.segments.front(), state.segments.len() > 1) {
            let total: u64 = state.segments.iter().map(|segment| segment.bytes).sum();
            let idle = oldest.first + oldest.count <= settled;
            let old = oldest.newest_us < now_us.saturating_sub(self.bounds.age_us);
            if !(idle || old || total > self.bounds.bytes) {
                return;
            }
            if let Err(error) = std::fs::remove_file(self.path(oldest.first)) {
                tracing::warn!(%error, "a segment of the feed's spool cannot be removed");
                return;
            }
            state.segments.pop_front();
        }
    }

    /// A new last segment.
    fn begin(&self, state: &mut State) -> io::Result<()> {
        // One without a whole record may stand under this number.
        state.segments.pop_back_if(|last| last.count == 0);
        let path = self.path(state.next);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        File::open(&self.folder)?.sync_all()?;
        state.segments.push_back(Segment { first: state.next, ..Segment::default() });
        state.file = Some(file);
        Ok(())
    }

    fn path(&self, first: u64) -> PathBuf {
        self.folder.join(format!("{first:020}.seg"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The segments of a folder, oldest first, each with its records that read.
fn scan(folder: &Path) -> io::Result<VecDeque<Segment>> {
    let mut segments = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name();
        let first = name.to_str().and_then(|name| name.strip_suffix(".seg")?.parse().ok());
        let Some(first) = first else { continue };
        let bytes = std::fs::read(file.path())?;
        let mut segment = Segment { first, bytes: bytes.len() as u64, ..Segment::default() };
        for (at_us, _) in (Records { rest: &bytes }) {
            (segment.count, segment.newest_us) = (segment.count + 1, at_us);
        }
        segments.push(segment);
    }
    segments.sort_unstable_by_key(|segment: &Segment| segment.first);
    Ok(segments.into())
}

fn encode(run: &mut Vec<u8>, at_us: i64, content: &[u8]) {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&at_us.to_le_bytes());
    sum.update(content);
    // A record is far shorter than four gigabytes: events are, and `LONGEST` holds others to it when they are read.
    let length = u32::try_from(MOMENT + content.len()).unwrap_or(u32::MAX);
    run.extend_from_slice(&length.to_le_bytes());
    run.extend_from_slice(&sum.finalize().to_le_bytes());
    run.extend_from_slice(&at_us.to_le_bytes());
    run.extend_from_slice(content);
}

/// The records of a segment, until the first that does not read.
struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = (i64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (head, rest) = self.rest.split_at_checked(HEAD)?;
        let (length, sum) = head.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let sum = u32::from_le_bytes(*sum.first_chunk()?);
        let (body, rest) = rest.split_at_checked(length).filter(|_| length <= LONGEST)?;
        let (at_us, content) = body.split_first_chunk::<MOMENT>()?;
        self.rest = rest;
        (crc32fast::hash(body) == sum).then_some((i64::from_le_bytes(*at_us), content))
    }
}

#[cfg(test)]
#[path = "spool_tests.rs"]
mod tests;
