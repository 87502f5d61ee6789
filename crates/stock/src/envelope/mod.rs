//! Files carried by hand: signed by who sends them, sealed to who gets them. A sealed package is a ZIP of pieces `0001.p7m`,
//! `0002.p7m` …, each CMS `AuthEnvelopedData` (AES-256-GCM, RFC 5083) around CMS `SignedData` (CAdES B-B, RFC 5652): what
//! `openssl cms -decrypt` and `openssl cms -verify` open. The content of a piece is one line of JSON, the same in all of them
//! but for the piece's number, and then a part of the files, which follow each other in the order of that line.
//!
//! Refused, each with its own error: what is cut short, changed, sealed to another, signed by nobody who is trusted, put
//! together from several packages, or opened before.
mod refused;

pub use refused::{OpenError, SealError};

use crate::package::{Entry, hash, is_plain};
use dancu_papers::sign::{SignError, Signer, SigningKey, Trust, sign_enveloping, verify_enveloping};
use dancu_pki::Recipient;
use dancu_pki::envelope::{self, EnvelopeError, OpenRefused, RecipientSecret};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const FORMAT: &str = "dancu-sealed/1";
/// Bytes of the files in one piece: what is in memory is a few times that.
const PIECE: usize = 32 << 20;
/// Bytes of all files of a package.
pub const MOST_BYTES: u64 = 2 << 30;
/// Files of a package at most.
const MOST_FILES: usize = 64;
/// Bytes of a piece's first line at most.
const MOST_LABEL: usize = 64 << 10;

/// What a package says of itself. It is signed, and sealed with the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// `dancu-sealed/1`
    pub format: String,
    /// The package's own id, drawn at random (128 bits, hex): by it a second opening is known
    pub package: String,
    /// `stock` to the registry, `answer` to the agency
    pub kind: String,
    /// Id of the job
    pub job: String,
    /// Code of the agency
    pub agency: String,
    /// When it was sealed: microseconds since 1970
    pub made_us: i64,
    /// Its files, in the order in which they follow each other
    pub files: Vec<Entry>,
}

/// The first line of a piece.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    piece: u32,
    pieces: u32,
    label: Label,
}

/// What is to be sealed.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// `stock` or `answer`
    pub kind: &'a str,
    /// Id of the job
    pub job: &'a str,
    /// Code of the agency
    pub agency: &'a str,
    /// Names in the package, and where the files are
    pub files: &'a [(String, PathBuf)],
}

/// Remembers which packages were opened.
pub trait Seen {
    /// Notes a package's id for good, with when it was sealed; says whether it is new. Asked when everything else was found
    /// good, so that no damaged copy uses up the id of a good one.
    fn first(&self, package: &str, made_us: i64) -> io::Result<bool>;
}

/// A package that was opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What it says of itself
    pub label: Label,
    /// Who signed it: whether that is the agency it names is the caller's to ask
    pub signer: Signer,
    /// Its files, under their names in the folder they were opened into
    pub files: Vec<PathBuf>,
}

/// Seals files to a recipient; gives what the package says of itself.
pub fn seal(
    draft: &Draft<'_>,
    to: &Recipient,
    by: &dyn SigningKey,
    now_us: i64,
    out: impl Write + Seek,
) -> Result<Label, SealError> {
    let mut files = Vec::new();
    for (name, path) in draft.files {
        let (bytes, sha256) = hash(File::open(path)?)?;
        files.push(Entry { name: name.clone(), bytes, sha256 });
    }
    if !names_are_good(&files) {
        return Err(SealError::Names);
    }
    let total: u64 = files.iter().map(|file| file.bytes).sum();
    if total > MOST_BYTES {
        return Err(SealError::TooBig);
    }
    let mut nonce = [0; 16];
    aws_lc_rs::rand::fill(&mut nonce).map_err(|_| EnvelopeError::Crypto("draw a nonce"))?;
    let label = Label {
        format: FORMAT.to_owned(),
        package: hex::encode(nonce),
        kind: draft.kind.to_owned(),
        job: draft.job.to_owned(),
        agency: draft.agency.to_owned(),
        made_us: now_us,
        files,
    };
    let pieces = u32::try_from(total.div_ceil(PIECE as u64).max(1)).map_err(|_| SealError::TooBig)?;
    let mut content: Box<dyn Read> = Box::new(io::empty());
    for (_, path) in draft.files {
        content = Box::new(content.chain(File::open(path)?));
    }
    let mut zip = ZipWriter::new(out);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let failed = |_| SealError::Io(io::Error::other("ZIP"));
    let mut left = total;
    for piece in 1..=pieces {
        let head = Head { piece, pieces, label: label.clone() };
        let mut bytes = serde_json::to_vec(&head).map_err(|_| SealError::Names)?;
        if bytes.len() > MOST_LABEL {
            return Err(SealError::Names);
        }
        bytes.push(b'\n');
        let wanted = left.min(PIECE as u64);
        if content.by_ref().take(wanted).read_to_end(&mut bytes)? as u64 != wanted {
            return Err(SealError::Changed);
        }
        left -= wanted;
        let signed = sign_enveloping(&bytes, by, now_us)?;
        zip.start_file(format!("{piece:04}.p7m"), stored).map_err(failed)?;
        zip.write_all(&envelope::seal(to, &signed)?)?;
    }
    zip.finish().map_err(failed)?;
    Ok(label)
}

/// Opens a package into a folder, which holds none of its files yet. Each file is there whole and as it was signed, or none
/// of them.
pub fn open(
    package: impl Read + Seek,
    with: &RecipientSecret,
    trust: &Trust,
    seen: &dyn Seen,
    now_us: i64,
    into: &Path,
) -> Result<Opened, OpenError> {
    let mut opening = Opening { into, written: Vec::new() };
    let opened = opening.run(package, with, trust, seen, now_us);
    if opened.is_err() {
        opening.remove();
    }
    opened
}

struct Opening<'a> {
    into: &'a Path,
    written: Vec<PathBuf>,
}

impl Opening<'_> {
    fn run(
        &mut self,
        mut package: impl Read + Seek,
        with: &RecipientSecret,
        trust: &Trust,
        seen: &dyn Seen,
        now_us: i64,
    ) -> Result<Opened, OpenError> {
        let mut mark = [0; 4];
        let is_zip = package.read_exact(&mut mark).is_ok() && &mark == b"PK\x03\x04";
        package.rewind()?;
        if !is_zip {
            return Err(OpenError::Form);
        }
        // The list of its pieces stands at its end.
        let mut zip = ZipArchive::new(package).map_err(|_| OpenError::Truncated)?;
        let (first, signer, part) = piece(&mut zip, 1, with, trust, now_us)?;
        let has_id = first.label.package.len() == 32 && hex::decode(&first.label.package).is_ok();
        if first.label.format != FORMAT || first.piece != 1 || !has_id || !names_are_good(&first.label.files)
        {
            return Err(OpenError::Form);
        }
        if zip.len() != first.pieces as usize {
            return Err(if zip.len() < first.pieces as usize {
                OpenError::Truncated
            } else {
                OpenError::Mixed
            });
        }
        let total = first.label.files.iter().try_fold(0_u64, |sum, file| sum.checked_add(file.bytes));
        if total.is_none_or(|total| total > MOST_BYTES) {
            return Err(OpenError::TooBig);
        }
        fs::create_dir_all(self.into)?;
        let mut files = Splitting::new(&first.label.files);
        files.take(&part, self)?;
        for number in 2..=first.pieces {
            let (head, by, part) = piece(&mut zip, number, with, trust, now_us)?;
            let is_next = head.piece == number && head.pieces == first.pieces && head.label == first.label;
            if !is_next || by.certificate_sha256 != signer.certificate_sha256 {
                return Err(OpenError::Mixed);
            }
            files.take(&part, self)?;
        }
        files.end(self)?;
        for (file, path) in first.label.files.iter().zip(&self.written) {
            if hash(File::open(path)?)? != (file.bytes, file.sha256.clone()) {
                return Err(OpenError::Tampered);
            }
        }
        if !seen.first(&first.label.package, first.label.made_us)? {
            return Err(OpenError::Replayed);
        }
        Ok(Opened { label: first.label, signer, files: std::mem::take(&mut self.written) })
    }

    fn create(&mut self, name: &str) -> Result<File, OpenError> {
        let path = self.into.join(name);
        // What was sealed is for who opened it, whatever folder it is opened into.
        let file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        self.written.push(path);
        Ok(file)
    }

    fn remove(&self) {
        for path in &self.written {
            // What cannot be removed is named by the folder's own listing; the error that counts is the first.
            let _ = fs::remove_file(path);
        }
    }
}

/// Cuts what follows each other into files again.
struct Splitting<'a> {
    files: std::slice::Iter<'a, Entry>,
    open: Option<(File, u64)>,
}

impl<'a> Splitting<'a> {
    fn new(files: &'a [Entry]) -> Self {
        Self { files: files.iter(), open: None }
    }

    fn take(&mut self, mut part: &[u8], opening: &mut Opening<'_>) -> Result<(), OpenError> {
        while !part.is_empty() {
            let (mut file, left) = if let Some(open) = self.open.take() {
                open
            } else {
                let next = self.files.next().ok_or(OpenError::Tampered)?;
                (opening.create(&next.name)?, next.bytes)
            };
            let here = part.len().min(usize::try_from(left).unwrap_or(part.len()));
            let (own, rest) = part.split_at(here);
            file.write_all(own)?;
            part = rest;
            let left = left - here as u64;
            self.open = (left > 0).then_some((file, left));
        }
        Ok(())
    }

    /// Files of no bytes may be left.
    fn end(&mut self, opening: &mut Opening<'_>) -> Result<(), OpenError> {
        if self.open.is_some() {
            return Err(OpenError::Truncated);
        }
        for file in self.files.by_ref() {
            if file.bytes > 0 {
                return Err(OpenError::Truncated);
            }
            opening.create(&file.name)?;
        }
        Ok(())
    }
}

/// Opens a piece: decrypts it, checks its signature, takes its first line off.
fn piece<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    number: u32,
    with: &RecipientSecret,
    trust: &Trust,
    now_us: i64,
) -> Result<(Head, Signer, Vec<u8>), OpenError> {
    let most = (PIECE + 2 * MOST_LABEL) as u64 + (1 << 20);
    let mut sealed = Vec::new();
    let file = zip.by_name(&format!("{number:04}.p7m")).map_err(|_| OpenError::Truncated)?;
    // A stored file whose checksum is wrong fails while it is read.
    let read = file.take(most + 1).read_to_end(&mut sealed).map_err(|_| OpenError::Tampered)?;
    if read as u64 > most {
        return Err(OpenError::TooBig);
    }
    let signed = envelope::open(with, &sealed).map_err(|refused| match refused {
        OpenRefused::Foreign => OpenError::ForeignRecipient,
        OpenRefused::Malformed | OpenRefused::Damaged => OpenError::Tampered,
        OpenRefused::Way(_) => OpenError::Way(refused),
    })?;
    let (mut content, signer) = verify_enveloping(&signed, trust, now_us).map_err(|error| match error {
        SignError::NotValid(_) => OpenError::UnknownSigner(error),
        _ => OpenError::Tampered,
    })?;
    let end = content.iter().take(MOST_LABEL + 1).position(|byte| *byte == b'\n').ok_or(OpenError::Form)?;
    let head: Head =
        content.get(..end).and_then(|line| serde_json::from_slice(line).ok()).ok_or(OpenError::Form)?;
    content.drain(..=end);
    Ok((head, signer, content))
}

fn names_are_good(files: &[Entry]) -> bool {
    let names: std::collections::BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    !files.is_empty()
        && files.len() <= MOST_FILES
        && names.len() == files.len()
        && names.iter().all(|n| is_plain(n))
}
