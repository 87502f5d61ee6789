//! The result of a job as files: `result.csv` and `figures.json`. Each is there whole or not at all.
use anyhow::Context as _;
use dancu_citizen::PersonalId;
use dancu_cleaning::{Cleaning, CleaningError, Counts, Job};
use dancu_linkage::{Action, Verdict};
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Columns of a result, in their order.
const COLUMNS: [&str; 6] = ["row_id", "verdict", "matched_personal_id", "score", "reasons", "action"];

/// Writes the result into a folder, which is made if it is not there. The same job gives the same bytes.
pub fn write(cleaning: &Cleaning, id: &str, folder: &Path) -> anyhow::Result<Job> {
    crate::files::private_directory(folder)?;
    let unfinished = folder.join(".result.csv.new");
    let mut out = BufWriter::with_capacity(1 << 18, private(&unfinished)?);
    out.write_all(b"\xef\xbb\xbf")?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    let mut counts = Counts::default();
    let job = cleaning.result(id, |line| {
        let answer = line.answer;
        counts.add(&Counts::of(std::slice::from_ref(answer)));
        let number = answer.personal_id.map(PersonalId::expose).unwrap_or_default();
        let (row_id, score, reasons) = (line.row_id(), score(answer.score), answer.reasons.to_string());
        let cells: [&str; 6] =
            [&safe(&row_id), answer.verdict.name(), &number, &score, &reasons, answer.action.name()];
        writer.write_record(cells).map_err(|error| CleaningError::Output(error.to_string()))
    })?;
    let out = writer.into_inner().map_err(|error| anyhow::anyhow!("{}", error.error()))?;
    out.into_inner().map_err(|error| anyhow::anyhow!("{}", error.error()))?.sync_all()?;
    std::fs::rename(&unfinished, folder.join("result.csv"))?;
    crate::files::write_private(&folder.join("figures.json"), figures(&job, &counts).as_bytes())?;
    Ok(job)
}

fn private(path: &Path) -> anyhow::Result<File> {
    // With the mode that it keeps, then written over.
    crate::files::write_private(path, &[])?;
    File::create(path).with_context(|| format!("{}", path.display()))
}

/// Hundredths of bits as bits.
fn score(hundredths: i32) -> String {
    let (sign, all) = (if hundredths < 0 { "-" } else { "" }, hundredths.unsigned_abs());
    format!("{sign}{}.{:02}", all / 100, all % 100)
}

/// What a spreadsheet would run as a formula has an apostrophe before it.
fn safe(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

fn figures(job: &Job, counts: &Counts) -> String {
    let verdicts: serde_json::Map<String, serde_json::Value> =
        Verdict::ALL.iter().map(|v| (v.name().to_owned(), counts.verdict(*v).into())).collect();
    let actions: serde_json::Map<String, serde_json::Value> =
        Action::ALL.iter().map(|a| (a.name().to_owned(), counts.action(*a).into())).collect();
    let columns: Vec<&str> = job.columns.iter().map(dancu_linkage::Column::name).collect();
    let figures = json!({
        "job": job.id,
        "input_sha256": hex::encode(job.input_sha256),
        "journal_entry": job.entry,
        "rows": job.rows,
        "columns": columns,
        "verdicts": verdicts,
        "actions": actions,
    });
    format!("{figures:#}\n")
}
