//! An agency's file: CSV, Parquet, XLSX or XML of QCVN 109, its columns found by their headings or by `--map`.
use anyhow::Context as _;
use dancu_cleaning::Columns;
use dancu_linkage::Row;
use dancu_stock::{Limits, Map, Source};
use std::path::Path;

/// A file that was looked through.
pub struct Input {
    name: String,
    mapping: String,
    source: Source,
}

/// Rows that cannot be read, told one by one; the rest is counted.
const TOLD: usize = 20;

impl Input {
    /// Looks through the file: its digest, its columns, where its chunks begin.
    pub fn open(path: &Path, map: &[String]) -> anyhow::Result<Self> {
        let map = Map::parse(map).context("--map")?;
        let source =
            Source::open(path, &map, Limits::default()).with_context(|| format!("{}", path.display()))?;
        for skipped in source.skipped() {
            eprintln!(
                "  sheet {:?} is left out: none of its columns is named as number or name of a citizen",
                skipped.sheet
            );
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, mapping: map.to_string(), source })
    }

    /// Name of the file, for lists.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> [u8; 32] {
        self.source.sha256()
    }

    /// What was said of its columns, the same text for the same mapping.
    pub fn mapping(&self) -> &str {
        &self.mapping
    }

    /// The columns that it has.
    pub fn columns(&self) -> Columns {
        self.source.columns().into_iter().collect()
    }

    /// Sheets of a workbook that name no people and were left out.
    pub fn skipped(&self) -> Vec<String> {
        self.source.skipped().iter().map(|skipped| skipped.sheet.clone()).collect()
    }

    /// Hands every row to `each`, in the order of the file. One that cannot be read comes with its name alone, and is told of.
    pub fn read(&self, mut each: impl FnMut(&Row<'_>) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let mut faults = 0;
        for chunk in self.source.reader() {
            let chunk = chunk?;
            for fault in chunk.faults() {
                if faults < TOLD {
                    eprintln!("  line {}: {:?}", fault.line, fault.fault);
                }
                faults += 1;
            }
            chunk.rows().try_for_each(|row| each(&row))?;
        }
        if faults > 0 {
            eprintln!("  {faults} rows cannot be read; they are answered as such");
        }
        Ok(())
    }
}
