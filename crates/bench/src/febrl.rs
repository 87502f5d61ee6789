//! FEBRL 4: five thousand people twice, made by others, with truth. Another country's names and columns, linked by the same machinery.
use crate::figures::Figure;
use anyhow::Context as _;
use serde::Deserialize;
use std::process::Command;

#[derive(Deserialize)]
struct Linked {
    links: u64,
    recall: f64,
    precision: f64,
    seconds: f64,
}

/// Exports the files with the Python package that ships them, and links them.
pub(crate) fn measure() -> anyhow::Result<Vec<Figure>> {
    let folder = crate::data("febrl")?;
    std::fs::create_dir_all(&folder)?;
    said(Command::new(crate::clean::PYTHON).arg("bench/febrl.py").arg(&folder))?;
    let example = std::env::current_exe()?.with_file_name("examples").join("febrl");
    let told = said(Command::new(example).arg(&folder))?;
    let linked: Linked = serde_json::from_str(told.lines().last().unwrap_or_default())?;
    Ok(vec![
        Figure::at_least("febrl4_recall", linked.recall, "", (0.998, ">= 0.998")),
        Figure::at_least("febrl4_precision", linked.precision, "", (1.0, ">= 1.000")),
        Figure::told("febrl4_links", linked.links as f64, "pairs"),
        Figure::told("febrl4_linked_in", linked.seconds, "s"),
    ])
}

fn said(command: &mut Command) -> anyhow::Result<String> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| program.clone())?;
    anyhow::ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
