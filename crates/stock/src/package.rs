//! The result as a package: its files, what they are (`manifest.json`) and a signature over all of them, as ASiC-E (ETSI EN
//! 319 162-1). In a folder or in one ZIP; `openssl cms -verify` checks the signature over `META-INF/ASiCManifest.xml`.
use crate::Summary;
use aws_lc_rs::digest::{Context, SHA256, digest};
use dancu_keys::timestamp::Authorities;
use dancu_papers::sign::{SignError, Signer, SigningKey, Stamper, Trust, sign_detached, verify_detached};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const FORMAT: &str = "dancu-stock-result/1";
const MIMETYPE: &str = "mimetype";
const MIME_TYPE: &str = "application/vnd.etsi.asic-e+zip";
const MANIFEST: &str = "manifest.json";
const ASIC_MANIFEST: &str = "META-INF/ASiCManifest.xml";
const SIGNATURE: &str = "META-INF/signature.p7s";
/// Files of a package at most, and bytes of those that are read whole.
const MOST_FILES: usize = 64;
const MOST_SMALL: u64 = 4 << 20;

/// What a package is. Without personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `dancu-stock-result/1`
    pub format: String,
    /// What was done for whom
    pub job: Job,
    /// Figures
    pub summary: Summary,
    /// Every other file of the result
    pub files: Vec<Entry>,
}

/// A job, and what came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Its id
    pub id: String,
    /// Code of the agency
    pub agency: String,
    /// When the package was made: microseconds since 1970
    pub made_us: i64,
    /// SHA-256 of the file that came in, hex
    pub input_sha256: String,
    /// Rows of that file
    pub input_rows: u64,
    /// Name and day of the model
    pub model: String,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name
    pub name: String,
    /// Its size
    pub bytes: u64,
    /// SHA-256, hex
    pub sha256: String,
}

/// Why a package is not written or not believed.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// It is neither a folder nor a ZIP of this kind
    #[error("it is no package of a result")]
    Form,
    /// Files are missing, or there are others than the manifest names
    #[error("other files are in it than it says")]
    Files,
    /// A file is not the one that was signed
    #[error("{0} was changed")]
    Changed(String),
    /// The signature is not good, or nobody's who is trusted
    #[error(transparent)]
    Signature(#[from] SignError),
    /// Reading or writing failed
    #[error("reading or writing failed: {}", .0.kind())]
    Io(#[from] io::Error),
}

/// A package in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// What it is
    pub manifest: Manifest,
    folder: PathBuf,
}

/// A package that was checked.
#[derive(Clone, Debug)]
pub struct Verified {
    /// What it is
    pub manifest: Manifest,
    /// Who signed it
    pub signer: Signer,
}

impl Package {
    /// Makes a package of the files that lie in a folder: all plain files directly in it, by name. Writes `manifest.json`,
    /// the list of files and the signature beside them; signs again what was signed before.
    pub fn write(
        folder: &Path,
        job: Job,
        summary: Summary,
        key: &dyn SigningKey,
        stamp: Option<(&Stamper<'_>, &Authorities)>,
    ) -> Result<Self, PackageError> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|_| PackageError::Files)?;
            let is_ours = [MANIFEST, MIMETYPE, "META-INF"].contains(&name.as_str());
            if entry.file_type()?.is_file() && !is_ours {
                names.insert(name);
            }
        }
        if names.is_empty() || names.len() > MOST_FILES || !names.iter().all(|name| is_plain(name)) {
            return Err(PackageError::Files);
        }
        let files = names.into_iter().map(|name| {
            let (bytes, sha256) = hash(File::open(folder.join(&name))?)?;
            Ok(Entry { name, bytes, sha256 })
        });
        let files = files.collect::<Result<Vec<_>, io::Error>>()?;
        let made_us = job.made_us;
        let manifest = Manifest { format: FORMAT.to_owned(), job, summary, files };
        let json = serde_json::to_vec_pretty(&manifest).map_err(|_| PackageError::Form)?;
        let asic = asic_manifest(&manifest, &json);
        let signature = sign_detached(asic.as_bytes(), key, made_us, stamp)?;
        fs::create_dir_all(folder.join("META-INF"))?;
        fs::write(folder.join(MIMETYPE), MIME_TYPE)?;
        fs::write(folder.join(MANIFEST), json)?;
        fs::write(folder.join(ASIC_MANIFEST), asic)?;
        fs::write(folder.join(SIGNATURE), signature)?;
        Ok(Self { manifest, folder: folder.to_owned() })
    }

    /// Writes it as one ZIP, as ASiC-E has it.
    pub fn zip(&self, out: impl Write + Seek) -> Result<(), PackageError> {
        let failed = |_| PackageError::Form;
        let mut zip = ZipWriter::new(out);
        // Parquet, XLSX and PDF are compressed already.
        let stored =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
        let first = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let names = self.manifest.files.iter().map(|file| file.name.as_str());
        let names = names.chain([MANIFEST, ASIC_MANIFEST, SIGNATURE]).map(|name| (name, stored));
        for (name, options) in std::iter::once((MIMETYPE, first)).chain(names) {
            zip.start_file(name, options).map_err(failed)?;
            io::copy(&mut File::open(self.folder.join(name))?, &mut zip)?;
        }
        zip.finish().map_err(failed)?;
        Ok(())
    }

    /// Checks a package, a folder or a ZIP: the signature, and that every file is the one that was signed and no other is
    /// there.
    pub fn verify(path: &Path, trust: &Trust, now_us: i64) -> Result<Verified, PackageError> {
        let mut files = if path.is_dir() {
            Files::Folder(path.to_owned())
        } else {
            Files::Zip(Box::new(ZipArchive::new(File::open(path)?).map_err(|_| PackageError::Form)?))
        };
        let asic = files.small(ASIC_MANIFEST)?;
        let signer = verify_detached(&files.small(SIGNATURE)?, &asic, trust, now_us)?;
        let json = files.small(MANIFEST)?;
        let manifest: Manifest =
            serde_json::from_slice(&json).map_err(|_| PackageError::Changed(MANIFEST.to_owned()))?;
        if manifest.format != FORMAT || files.small(MIMETYPE)? != MIME_TYPE.as_bytes() {
            return Err(PackageError::Form);
        }
        // There is one way of writing it: whatever the manifest says else than what was signed shows here.
        if asic_manifest(&manifest, &json).as_bytes() != asic {
            return Err(PackageError::Changed(MANIFEST.to_owned()));
        }
        let own = [MIMETYPE, MANIFEST, ASIC_MANIFEST, SIGNATURE].into_iter();
        let named: BTreeSet<String> =
            manifest.files.iter().map(|file| file.name.as_str()).chain(own).map(str::to_owned).collect();
        if files.names()? != named || named.len() != manifest.files.len() + 4 {
            return Err(PackageError::Files);
        }
        for file in &manifest.files {
            let found = files.hash(&file.name)?;
            if found != (file.bytes, file.sha256.clone()) {
                return Err(PackageError::Changed(file.name.clone()));
            }
        }
        Ok(Verified { manifest, signer })
    }
}

/// Where the files are.
enum Files {
    Folder(PathBuf),
    Zip(Box<ZipArchive<File>>),
}

impl Files {
    fn names(&self) -> Result<BTreeSet<String>, PackageError> {
        match self {
            Self::Zip(zip) => {
                let names: Result<BTreeSet<String>, _> =
                    zip.file_names().map(|name| name.map(std::borrow::Cow::into_owned)).collect();
                let names = names.map_err(|_| PackageError::Form)?;
                if names.len() == zip.len() { Ok(names) } else { Err(PackageError::Files) }
            }
            Self::Folder(folder) => {
                let mut names = BTreeSet::new();
                for (under, prefix) in [(folder.clone(), ""), (folder.join("META-INF"), "META-INF/")] {
                    for entry in fs::read_dir(under)? {
                        let name = entry?.file_name().into_string().map_err(|_| PackageError::Files)?;
                        if !(prefix.is_empty() && name == "META-INF") {
                            names.insert(format!("{prefix}{name}"));
                        }
                    }
                }
                Ok(names)
            }
        }
    }

    fn read<T>(
        &mut self,
        name: &str,
        with: impl FnOnce(&mut dyn Read) -> Result<T, PackageError>,
    ) -> Result<T, PackageError> {
        match self {
            Self::Folder(folder) => match File::open(folder.join(name)) {
                Ok(mut file) => with(&mut file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Err(PackageError::Files),
                Err(error) => Err(error.into()),
            },
            Self::Zip(zip) => with(&mut zip.by_name(name).map_err(|_| PackageError::Files)?),
        }
    }

    fn small(&mut self, name: &str) -> Result<Vec<u8>, PackageError> {
        self.read(name, |file| {
            let mut bytes = Vec::new();
            let read = file.take(MOST_SMALL + 1).read_to_end(&mut bytes);
            let read = read.map_err(|_| PackageError::Changed(name.to_owned()))?;
            if read as u64 > MOST_SMALL { Err(PackageError::Form) } else { Ok(bytes) }
        })
    }

    fn hash(&mut self, name: &str) -> Result<(u64, String), PackageError> {
        // A stored file whose checksum is wrong fails while it is read.
        self.read(name, |file| hash(file).map_err(|_| PackageError::Changed(name.to_owned())))
    }
}

pub(crate) fn hash(mut file: impl Read) -> Result<(u64, String), io::Error> {
    let (mut sha256, mut bytes, mut block) = (Context::new(&SHA256), 0, vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok((bytes, hex::encode(sha256.finish())));
        }
        sha256.update(block.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

/// `META-INF/ASiCManifest.xml` (ETSI EN 319 162-1, annex A.4): every file with its SHA-256. What is signed is this file.
fn asic_manifest(manifest: &Manifest, json: &[u8]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
         <asic:ASiCManifest xmlns:asic=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n",
    );
    let _ = writeln!(
        xml,
        "  <asic:SigReference URI=\"{SIGNATURE}\" MimeType=\"application/x-pkcs7-signature\"/>"
    );
    let own = hex::encode(digest(&SHA256, json));
    let files = manifest.files.iter().map(|file| (file.name.as_str(), file.sha256.as_str()));
    for (name, sha256) in files.chain([(MANIFEST, own.as_str())]) {
        let hash = base64(&hex::decode(sha256).unwrap_or_default());
        let name = if is_plain(name) { name } else { "" };
        let _ = writeln!(
            xml,
            "  <asic:DataObjectReference URI=\"{name}\">\n    \
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\n    \
             <ds:DigestValue>{hash}</ds:DigestValue>\n  </asic:DataObjectReference>"
        );
    }
    xml.push_str("</asic:ASiCManifest>\n");
    xml
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Letters, digits and `-_.`, not hidden.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=100).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('.')
}
