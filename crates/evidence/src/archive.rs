//! The container: ASiC-E, a ZIP whose first file says what it is (ETSI EN 319 162-1, 4.4).
use crate::manifest::{MANIFEST, SIGNATURE, manifest};
use crate::{EvidenceError, NotEvidence};
use std::collections::HashSet;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Media type of an evidence file.
pub const MIME_TYPE: &str = "application/vnd.etsi.asic-e+zip";

const MIMETYPE: &str = "mimetype";
/// Offset of the name in the header of the first file (APPNOTE 4.3.7).
const NAME_AT: usize = 30;
/// Bytes of the end of the directory, without a comment (APPNOTE 4.3.16).
const END: usize = 22;
/// All that one archive may unpack to.
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// Files in one archive at most.
const MOST_FILES: usize = 60_000;

/// Files by name, in order.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Writes an archive of these files, with their manifest and what `sign` gives for that.
pub(crate) fn write(
    files: &Files,
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, EvidenceError>,
) -> Result<Vec<u8>, EvidenceError> {
    let manifest = manifest(files).into_bytes();
    let signature = sign(&manifest)?;
    let failed = |_| EvidenceError::Archive("ZIP");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let named = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice(), packed));
    let all = std::iter::once((MIMETYPE, MIME_TYPE.as_bytes(), stored)).chain(named);
    let all = all.chain([(MANIFEST, manifest.as_slice(), packed), (SIGNATURE, signature.as_slice(), stored)]);
    for (name, bytes, options) in all {
        zip.start_file(name, options).map_err(failed)?;
        zip.write_all(bytes).map_err(|_| EvidenceError::Archive("ZIP"))?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

/// An archive, taken apart: its files are those of its manifest, and nothing else is in it. Who signed it is not checked.
pub(crate) struct Opened {
    pub(crate) files: Files,
    pub(crate) manifest: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

pub(crate) fn open(bytes: &[u8]) -> Result<Opened, NotEvidence> {
    let wrong = NotEvidence::Archive;
    let head = [MIMETYPE.as_bytes(), MIME_TYPE.as_bytes()].concat();
    if bytes.get(NAME_AT..NAME_AT + head.len()) != Some(head.as_slice()) {
        return Err(wrong("it does not say at its beginning that it is ASiC-E"));
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| wrong("it is no ZIP"))?;
    // Two files of one name would be one to us and perhaps another to the next reader.
    let counted = bytes.len().checked_sub(END).and_then(|end| bytes.get(end..)).and_then(|end| {
        let total = end.get(10..12)?.first_chunk::<2>()?;
        end.starts_with(b"PK\x05\x06").then(|| usize::from(u16::from_le_bytes(*total)))
    });
    if counted != Some(zip.len()) || zip.len() > MOST_FILES {
        return Err(wrong("its directory is not that of its files"));
    }
    let (mut files, mut names, mut left) = (Files::new(), HashSet::new(), MOST_BYTES);
    for at in 0..zip.len() {
        let file = zip.by_index(at).map_err(|_| wrong("a file in it cannot be read"))?;
        let name = file.name().map_err(|_| wrong("a name in it is not text"))?.into_owned();
        if !is_plain(&name) || !names.insert(name.clone()) {
            return Err(wrong("a name in it is twice there, or not a plain one"));
        }
        let mut content = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut content);
        let read = read.map_err(|_| wrong("a file in it is damaged"))?;
        left = left.checked_sub(read as u64).ok_or(wrong("it unpacks to more than is read"))?;
        files.push((name, content));
    }
    let mut take = |name: &str| {
        let at = files.iter().position(|(of, _)| of == name);
        at.map(|at| files.remove(at).1).ok_or(wrong("a file that it must have is missing"))
    };
    if take(MIMETYPE)? != MIME_TYPE.as_bytes() {
        return Err(wrong("its media type is another"));
    }
    let (manifest_read, signature) = (take(MANIFEST)?, take(SIGNATURE)?);
    if manifest(&files).as_bytes() != manifest_read {
        return Err(NotEvidence::Manifest);
    }
    Ok(Opened { files, manifest: manifest_read, signature })
}

/// Letters, digits and `-_./`, nowhere above the archive.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    !name.is_empty() && name.chars().all(plain) && !name.starts_with('/') && !name.contains("..")
}
