//! The file: a header, then pages, each sealed for its place in this very file, then the directory of the pages.
use crate::bytes::{Damaged, Reader, Writer};
use crate::gather::word_of;
use crate::pages::{Page, Pages, Spot};
use crate::words::Words;
use crate::{Doubt, Index, Syllables};
use aws_lc_rs::rand;
use dancu_keys::{KeyRing, Place};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

const MAGIC: &[u8; 8] = b"dancuvix";
/// Form of the file. Another one is built anew: the file holds nothing that the store does not.
const FORM: u32 = 4;
/// Magic, form, identity of the file, where the directory lies and how long it is.
const HEADER: usize = 8 + 4 + 16 + 8 + 4;
/// Tables of many pages.
const TABLES: usize = 7;
/// Pages sealed at a time by each thread.
const AT_A_TIME: usize = 64;
/// The dictionary, as a table of one page.
const DICTIONARY: u8 = 0;
const DIRECTORY: u8 = 255;

/// What the people of a file are as of: given when it is saved, given back when it is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Last number of the change feed that it has
    pub position: i64,
    /// Tells one store's history from another's that has come as far
    pub mark: [u8; 16],
}

/// Why a file is not opened. No message holds personal data.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The operating system refused
    #[error("the file of the verify index: {0}")]
    Io(#[from] std::io::Error),
    /// Not a file of this kind, or cut off
    #[error("the file of the verify index is cut off or none")]
    Form,
    /// Written by another version of the program
    #[error("the file of the verify index has another form")]
    Version,
    /// Sealed under other keys, or altered
    #[error("the file of the verify index does not open: other keys, or altered")]
    Sealed,
}

/// An opened file.
pub(crate) struct Source {
    file: File,
    ring: KeyRing,
    id: [u8; 16],
    doubts: AtomicU64,
}

impl Source {
    /// Reads and opens a page.
    pub(crate) fn read(&self, kind: &str, table: u8, number: usize, spot: Spot) -> Result<Vec<u8>, Damaged> {
        let mut sealed = vec![0; spot.length as usize];
        self.file.read_exact_at(&mut sealed, spot.offset).map_err(|_| Damaged)?;
        let row = row(self.id, table, number);
        let mut plain = Vec::new();
        let opened = self.ring.open_into(place(&row, kind), &sealed, &mut plain);
        opened.map(|()| plain).map_err(|_| Damaged)
    }

    pub(crate) fn doubt(&self) -> Doubt {
        self.doubts.fetch_add(1, Ordering::Relaxed);
        Doubt
    }

    pub(crate) fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::Relaxed)
    }
}

fn place<'a>(row: &'a [u8], kind: &'a str) -> Place<'a> {
    Place { table: "verify_index", row, field: kind }
}

/// The file, the table, the page: a page opens nowhere else.
fn row(id: [u8; 16], table: u8, number: usize) -> [u8; 25] {
    let mut row = [0; 25];
    let bytes = id.into_iter().chain([table]).chain((number as u64).to_be_bytes());
    row.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
    row
}

impl Index {
    /// Writes the index to a file that only its owner reads, sealed under the current key. The file appears whole or not at
    /// all; one that was there is replaced last.
    pub fn save(&self, path: &Path, ring: &KeyRing, standing: Standing) -> Result<(), OpenError> {
        if self.is_for_linkage {
            return Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into());
        }
        // Several processes may save the same people: one does.
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.with_extension("lock"))?;
        lock.try_lock().map_err(std::io::Error::from)?;
        let beside = path.with_extension("new");
        let written = self.write(&beside, ring, standing).and_then(|()| Ok(std::fs::rename(&beside, path)?));
        if written.is_err() {
            // What is left of it would only take room.
            let _ = std::fs::remove_file(&beside);
        }
        written?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn write(&self, path: &Path, ring: &KeyRing, standing: Standing) -> Result<(), OpenError> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let mut id = [0; 16];
        rand::fill(&mut id).map_err(|_| OpenError::Sealed)?;
        let mut out = Output { file: BufWriter::with_capacity(1 << 20, file), ring, id };
        out.file.write_all(&[0; HEADER])?;

        let mut directory = Writer::default();
        directory.u64(standing.position.cast_unsigned());
        directory.bytes(&standing.mark);
        directory.u64(self.count as u64);
        directory.u64(self.housed as u64);
        let mut words = Writer::default();
        self.syllables.write(&mut words);
        self.words.write(&mut words);
        directory.u32(out.put("dictionary", DICTIONARY, 0, &words.done())?);
        out.table(1, &self.people, &mut directory)?;
        out.table(2, &self.cards, &mut directory)?;
        out.table(3, &self.formers, &mut directory)?;
        out.table(4, &self.born, &mut directory)?;
        out.table(5, &self.homes, &mut directory)?;
        out.table(6, &self.dated, &mut directory)?;
        out.table(7, &self.names, &mut directory)?;
        let at = out.file.stream_position()?;
        let length = out.put("directory", DIRECTORY, 0, &directory.done())?;

        let mut header = Writer::default();
        header.bytes(MAGIC);
        header.u32(FORM);
        header.bytes(&id);
        header.u64(at);
        header.u32(length);
        out.file.seek(SeekFrom::Start(0))?;
        out.file.write_all(&header.done())?;
        out.file.flush()?;
        Ok(out.file.get_ref().sync_all()?)
    }

    /// Opens a file: reads header, directory and dictionary, and nothing else.
    pub fn open(path: &Path, ring: &KeyRing) -> Result<(Self, Standing), OpenError> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        let mut header = [0; HEADER];
        if size < HEADER as u64 {
            return Err(OpenError::Form);
        }
        file.read_exact_at(&mut header, 0)?;
        let (id, directory) = header_of(&header)?;
        if directory.offset.checked_add(directory.length.into()) != Some(size) {
            return Err(OpenError::Form);
        }
        let source = Arc::new(Source { file, ring: ring.clone(), id, doubts: AtomicU64::new(0) });
        let bytes = source.read("directory", DIRECTORY, 0, directory).map_err(|_| OpenError::Sealed)?;
        let opened = Directory::read(&bytes, directory.offset).map_err(|_| OpenError::Form)?;
        let words =
            source.read("dictionary", DICTIONARY, 0, opened.dictionary).map_err(|_| OpenError::Sealed)?;
        let mut words = Reader::new(&words);
        let syllables = Syllables::read(&mut words).map_err(|_| OpenError::Form)?;
        let name_words = Words::read(&mut words).map_err(|_| OpenError::Form)?;
        let word_of = word_of(&syllables, &name_words);
        let [people, cards, formers, born, homes, dated, names] = opened.tables;
        let index = Self {
            count: opened.count,
            housed: opened.housed,
            syllables,
            people: people.pages(1, &source),
            cards: cards.pages(2, &source),
            formers: formers.pages(3, &source),
            born: born.pages(4, &source),
            homes: homes.pages(5, &source),
            dated: dated.pages(6, &source),
            names: names.pages(7, &source),
            word_of,
            words: name_words,
            is_for_linkage: false,
            source: Some(source),
        };
        Ok((index, opened.standing))
    }

    /// Reads the pages that nobody asked for yet, as long as it is told to go on. Gives whether all were read.
    pub fn read_all(&self, go_on: impl Fn() -> bool + Sync) -> bool {
        warm(&self.people, &go_on)
            && warm(&self.cards, &go_on)
            && warm(&self.formers, &go_on)
            && warm(&self.born, &go_on)
            && warm(&self.homes, &go_on)
            && warm(&self.dated, &go_on)
            && warm(&self.names, &go_on)
    }
}

fn warm<P: Page>(pages: &Pages<P>, go_on: impl Fn() -> bool) -> bool {
    for number in 0..pages.len() {
        if !go_on() {
            return false;
        }
        // A page that does not open is counted as it is met.
        let _ = pages.get(number);
    }
    true
}

fn header_of(bytes: &[u8]) -> Result<([u8; 16], Spot), OpenError> {
    let mut from = Reader::new(bytes);
    let magic = from.bytes(MAGIC.len()).map_err(|_| OpenError::Form)?;
    if magic != MAGIC {
        return Err(OpenError::Form);
    }
    if from.u32().map_err(|_| OpenError::Form)? != FORM {
        return Err(OpenError::Version);
    }
    let rest = || Ok((from.key()?, Spot { offset: from.u64()?, length: from.u32()? }));
    let mut rest = rest;
    rest().map_err(|Damaged| OpenError::Form)
}

/// What lies where.
struct Directory {
    standing: Standing,
    count: usize,
    housed: usize,
    dictionary: Spot,
    tables: [Table; TABLES],
}

#[derive(Default)]
struct Table {
    firsts: Vec<u64>,
    spots: Vec<Spot>,
}

impl Directory {
    /// Pages follow each other from the header to the directory without a gap.
    fn read(bytes: &[u8], end: u64) -> Result<Self, Damaged> {
        let mut from = Reader::new(bytes);
        let standing = Standing { position: from.u64()?.cast_signed(), mark: from.key()? };
        let count = usize::try_from(from.u64()?).map_err(|_| Damaged)?;
        let housed = usize::try_from(from.u64()?).map_err(|_| Damaged)?;
        let mut at = HEADER as u64;
        let mut next = |length: u32| {
            let spot = Spot { offset: at, length };
            at += u64::from(length);
            spot
        };
        let dictionary = next(from.u32()?);
        let mut tables = [const { Table { firsts: Vec::new(), spots: Vec::new() } }; TABLES];
        for table in &mut tables {
            let pages = from.count(12)?;
            for _ in 0..pages {
                table.firsts.push(from.u64()?);
                table.spots.push(next(from.u32()?));
            }
        }
        from.end()?;
        if at == end { Ok(Self { standing, count, housed, dictionary, tables }) } else { Err(Damaged) }
    }
}

impl Table {
    fn pages<P: Page>(self, table: u8, source: &Arc<Source>) -> Pages<P> {
        Pages::of_file(table, self.firsts, self.spots, Arc::clone(source))
    }
}

struct Output<'a> {
    file: BufWriter<File>,
    ring: &'a KeyRing,
    id: [u8; 16],
}

impl Output<'_> {
    /// Seals a page and writes it; gives its length.
    fn put(&mut self, kind: &str, table: u8, number: usize, plain: &[u8]) -> Result<u32, OpenError> {
        let sealed = self.ring.seal(place(&row(self.id, table, number), kind), plain);
        let sealed = sealed.map_err(|_| OpenError::Sealed)?;
        self.file.write_all(&sealed)?;
        u32::try_from(sealed.len()).map_err(|_| OpenError::Form)
    }

    /// Writes the pages of a table, sealed by all processors, and says in the directory where they are.
    fn table<P: Page>(
        &mut self,
        table: u8,
        pages: &Pages<P>,
        directory: &mut Writer,
    ) -> Result<(), OpenError> {
        directory.count(pages.len());
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let (ring, id) = (self.ring, self.id);
        let seal = |numbers: &[usize]| -> Result<Vec<Vec<u8>>, OpenError> {
            let seal = |number: &usize| {
                let mut plain = Writer::default();
                pages.get(*number).map_err(|_| OpenError::Sealed)?.write(&mut plain);
                let row = row(id, table, *number);
                ring.seal(place(&row, P::KIND), &plain.done()).map_err(|_| OpenError::Sealed)
            };
            numbers.iter().map(seal).collect()
        };
        let numbers: Vec<usize> = (0..pages.len()).collect();
        for some in numbers.chunks(AT_A_TIME * workers) {
            let shares = thread::scope(|scope| {
                let workers: Vec<_> =
                    some.chunks(AT_A_TIME).map(|share| scope.spawn(move || seal(share))).collect();
                workers.into_iter().map(thread::ScopedJoinHandle::join).collect::<Vec<_>>()
            });
            let mut sealed = Vec::with_capacity(some.len());
            for share in shares {
                sealed.extend(share.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            for (number, page) in some.iter().zip(sealed) {
                directory.u64(pages.firsts().get(*number).copied().unwrap_or_default());
                directory.u32(u32::try_from(page.len()).map_err(|_| OpenError::Form)?);
                self.file.write_all(&page)?;
            }
        }
        Ok(())
    }
}
