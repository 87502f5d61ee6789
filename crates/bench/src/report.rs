//! The report: every figure that is kept, beside its aim and its peer, with charts of those that belong together.
use crate::chart::{Bar, Chart, rounded};
use crate::figures::{Figure, RESULTS};
use crate::machine::Machine;
use anyhow::Context as _;
use std::fmt::Write as _;
use std::path::Path;

/// A part of the report: the file of its figures, its heading, and the charts of it.
struct Part {
    file: &'static str,
    heading: &'static str,
    charts: &'static [Drawn],
}

/// A chart of figures by their names; their peers stand beside them.
struct Drawn {
    file: &'static str,
    title: &'static str,
    figures: &'static [&'static str],
}

const PARTS: [Part; 8] = [
    Part {
        file: "road",
        heading: "The road: verifications over mutual TLS, durable and signed",
        charts: &[Drawn {
            file: "road",
            title: "Verifications a second",
            figures: &[
                "verify_rest_per_second",
                "verify_soap_per_second",
                "verify_soap_per_call_hash_per_second",
            ],
        }],
    },
    Part { file: "index", heading: "The verify index: a nation in memory", charts: &[] },
    Part {
        file: "clean",
        heading: "Cleaning: a hundred thousand dirty rows against a million people",
        charts: &[Drawn {
            file: "clean",
            title: "Rows a second, end to end, people read in included",
            figures: &["clean_rows_per_second"],
        }],
    },
    Part {
        file: "clean-nation",
        heading: "Cleaning: ten million dirty rows against a hundred million people",
        charts: &[],
    },
    Part { file: "febrl", heading: "FEBRL 4: five thousand pairs, public data with truth", charts: &[] },
    Part { file: "journal", heading: "The journal", charts: &[] },
    Part { file: "disconnect", heading: "Orders that stop a connection", charts: &[] },
    Part { file: "fresh", heading: "News of the registry", charts: &[] },
];

/// Writes `report.md` and `charts/` beside the results.
pub(crate) fn write() -> anyhow::Result<()> {
    let results = Path::new(RESULTS);
    let folder = results.parent().context("a folder above the results")?;
    let machine = Machine::read(&results.join("machine.json"))?;
    let mut text = format!(
        "# Figures\n\nMeasured on {}: {}, {} cores, {} GiB, {}, {}; revision {}. Written by `dancu-bench report` from \
         [results](results); how each is measured stands in [README](README.md). Figures of different machines do not \
         compare, ratios of one run do.\n",
        machine.day,
        machine.processor,
        machine.cores,
        machine.memory_gib,
        machine.system,
        machine.rust,
        machine.revision
    );
    std::fs::create_dir_all(folder.join("charts"))?;
    for part in PARTS {
        let path = results.join(part.file).with_extension("jsonl");
        let Ok(lines) = std::fs::read_to_string(&path) else { continue };
        let figures = lines.lines().map(serde_json::from_str::<Figure>).collect::<Result<Vec<_>, _>>();
        let figures = figures.with_context(|| path.display().to_string())?;
        write!(text, "\n## {}\n\n", part.heading)?;
        for drawn in part.charts {
            if let Some(chart) = drawn.of(&figures) {
                std::fs::write(folder.join("charts").join(drawn.file).with_extension("svg"), chart.svg())?;
                write!(text, "![{}](charts/{}.svg)\n\n", drawn.title, drawn.file)?;
            }
        }
        text.push_str(&table(&figures));
    }
    std::fs::write(folder.join("report.md"), text)?;
    println!("{}", folder.join("report.md").display());
    Ok(())
}

fn table(figures: &[Figure]) -> String {
    let mut text = "| figure | value | aim | reached | peer | its value | ratio | command |\n\
                    | --- | ---: | --- | --- | --- | ---: | ---: | --- |\n"
        .to_owned();
    for figure in figures {
        let value = |value: Option<f64>| value.map(rounded).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} {} | {} | {} | {} | {} | {} | `{}` |",
            figure.name,
            rounded(figure.value),
            figure.unit,
            figure.aim,
            if figure.ok { "yes" } else { "**no**" },
            figure.peer.as_deref().unwrap_or_default(),
            value(figure.peer_value),
            value(figure.ratio),
            figure.command,
        );
    }
    text
}

impl Drawn {
    fn of(&self, figures: &[Figure]) -> Option<Chart> {
        let ours: Vec<&Figure> =
            figures.iter().filter(|figure| self.figures.contains(&figure.name.as_str())).collect();
        let first = ours.first()?;
        let mut bars: Vec<Bar> = Vec::new();
        for figure in &ours {
            bars.push(Bar { name: figure.name.replace('_', " "), value: figure.value, ours: true });
        }
        for figure in figures {
            let Some((peer, value)) = figure.peer.clone().zip(figure.peer_value) else { continue };
            if figure.unit == first.unit && !bars.iter().any(|bar| bar.name == peer) {
                bars.push(Bar { name: peer, value, ours: false });
            }
        }
        Some(Chart { title: self.title.to_owned(), unit: first.unit.clone(), bars, aim: first.aimed() })
    }
}
