//! `stock report FOLDER` writes the report of made-up figures in both languages; `stock read FILE` reads a file once and
//! says how quickly.
use dancu_catalogue::Lang;
use dancu_linkage::{Action, Agreement, Answer, Column, Verdict};
use dancu_stock::report::{About, report};
use dancu_stock::{Limits, Map, Source, Summary, Texts};
use std::error::Error;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [_, "report", folder] => write(Path::new(folder)),
        [_, "read", file] => read(Path::new(file)),
        _ => Err("report FOLDER | read FILE".into()),
    }
}

fn write(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut summary = Summary::default();
    for at in 0..123_456_usize {
        let rare = at % 10 >= 7;
        let pick = at / 10 % 4;
        let mut answer = Answer {
            verdict: if rare {
                Verdict::ALL.get(2 + pick).copied().unwrap_or_default()
            } else {
                Verdict::Match
            },
            action: if rare { Action::ALL.get(pick).copied().unwrap_or_default() } else { Action::Accept },
            ..Answer::default()
        };
        let kind = |every: usize| if at % every == 0 { 2 + at / every % 9 } else { 1 };
        for (column, every) in [(Column::PersonalId, 60), (Column::FullName, 6), (Column::BirthDate, 11)] {
            answer.reasons.set(column, Agreement::ALL.get(kind(every)).copied().unwrap_or_default());
        }
        summary.count(&answer);
    }
    summary.count_fault(dancu_stock::Fault::Quote);
    let about = About {
        agency: "Bảo hiểm xã hội tỉnh Hòa Thịnh",
        job: "7d1f0c52-96a4-4f0e-8f8c-0b6a4a1c9e10",
        input_sha256: [0xAB; 32],
        model: "dancu-fs-vi-1, 20/11/2026",
        skipped: &[],
        issuer: None,
        made_us: 1_795_230_245_000_000,
    };
    std::fs::create_dir_all(folder)?;
    for (lang, name) in [(Lang::Vi, "report-vi.pdf"), (Lang::En, "report-en.pdf")] {
        std::fs::write(folder.join(name), report(&about, &summary, Texts::of(lang))?.pdf)?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let source = Source::open(file, &Map::default(), Limits::default())?;
    let opened = begun.elapsed();
    let (mut rows, mut bytes) = (0_u64, 0_usize);
    for chunk in source.reader() {
        for row in chunk?.rows() {
            rows += 1;
            bytes += row.get(Column::FullName).len();
        }
    }
    println!(
        "{rows} rows, {bytes} bytes of names: looked through in {opened:?}, all in {:?}",
        begun.elapsed()
    );
    Ok(())
}
