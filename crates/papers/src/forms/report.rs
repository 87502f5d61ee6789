//! A report with figures and charts, in Vietnamese or English; what it says is its maker's.
use crate::check::{Checker, LONG, Problem, SHORT};
use crate::page::{Block, Column, Columns, Item, Orientation, Row, Table};
use crate::parts::{GAP, Issuer, Numbered, Signatory, body, heading, item, title};
use crate::text::{Align, bold, text};
use crate::{Composition, Form};
use std::collections::BTreeMap;

/// A report.
#[derive(Clone)]
pub struct Report {
    /// Whether it is in English; otherwise in Vietnamese
    pub is_english: bool,
    /// Who reports: the head of a Vietnamese official paper
    pub issuer: Option<Issuer>,
    /// Kind of paper
    pub title: String,
    /// What it is about
    pub about: String,
    /// What it says, in order
    pub parts: Vec<ReportPart>,
    /// Who signs it, where it is signed
    pub signing: Signing,
}

/// Where a report is signed.
#[derive(Clone)]
pub struct Signing {
    /// Position of who signs
    pub position: String,
    /// What to do here
    pub how: String,
    /// Name, if it is known
    pub name: Option<String>,
}

/// A part of a report.
#[derive(Clone)]
pub enum ReportPart {
    /// A heading
    Heading(String),
    /// A paragraph
    Text(String),
    /// An entry of a list, with its label
    Item(String, String),
    /// A table: what it holds, its headings with their share of the width, its rows
    Table(String, Vec<(String, u8)>, Vec<Vec<String>>),
    /// A chart of bars
    Bars(Vec<Bar>),
}

/// A bar of a chart.
#[derive(Clone)]
pub struct Bar {
    /// What it stands for
    pub label: String,
    /// How long it is, from 0 to 1
    pub part: f32,
    /// What it says, in figures
    pub figure: String,
}

impl Form for Report {
    fn problems(&self) -> Vec<Problem> {
        let mut checker = Checker::default();
        if let Some(issuer) = &self.issuer {
            issuer.check(&mut checker);
        }
        checker.text("title", &self.title, SHORT);
        checker.text("about", &self.about, SHORT);
        checker.text("signing.position", &self.signing.position, SHORT);
        checker.rows("parts", &self.parts);
        for (index, part) in self.parts.iter().enumerate() {
            let at = format!("parts[{}]", index + 1);
            match part {
                ReportPart::Heading(words) | ReportPart::Text(words) | ReportPart::Item(_, words) => {
                    checker.text(at, words, LONG);
                }
                ReportPart::Table(_, heads, rows) => {
                    let even = rows.iter().all(|row| row.len() == heads.len());
                    checker.holds(at, even && !heads.is_empty(), crate::Fault::Missing);
                }
                ReportPart::Bars(bars) => checker.rows(at, bars),
            }
        }
        checker.finish()
    }

    fn language(&self) -> &'static str {
        if self.is_english { "en" } else { "vi-VN" }
    }

    fn compose(&self, _day: dancu_citizen::CivilDate) -> Composition {
        let mut blocks = self.issuer.as_ref().map(|issuer| issuer.head(Numbered::Yes)).unwrap_or_default();
        blocks.extend(title(&self.title, &self.about));
        for part in &self.parts {
            blocks.extend(part.blocks());
        }
        let signatory = Signatory {
            on_behalf: None,
            position: self.signing.position.clone(),
            name: self
                .signing
                .name
                .clone()
                .unwrap_or_else(|| "....................................".to_owned()),
        };
        let cells = vec![Vec::new(), signatory.column(&self.signing.how, 1)];
        blocks.push(Columns { shares: vec![46.0, 54.0], cells, gap: 8.0, before: 16.0, keep: false }.into());
        Composition {
            title: self.title.clone(),
            orientation: Orientation::Portrait,
            blocks,
            notes: BTreeMap::new(),
        }
    }
}

impl ReportPart {
    fn blocks(&self) -> Vec<Block> {
        match self {
            Self::Heading(words) => vec![heading(words).into()],
            Self::Text(words) => vec![body(words).into()],
            Self::Item(label, words) => vec![item(label, words).into()],
            Self::Table(summary, heads, rows) => vec![table(summary, heads, rows).into()],
            Self::Bars(bars) => {
                let last = bars.len().saturating_sub(1);
                bars.iter().enumerate().map(|(at, bar)| bar.block(at == 0, at < last)).collect()
            }
        }
    }
}

impl Bar {
    fn block(&self, is_first: bool, keep: bool) -> Block {
        let cells: Vec<Vec<Item>> = vec![
            vec![text(&self.label).size(11.0).into()],
            vec![Item::Bar(self.part, 9.0)],
            vec![text(&self.figure).size(11.0).into()],
        ];
        let before = if is_first { GAP } else { 2.0 };
        Columns { shares: vec![34.0, 42.0, 24.0], cells, gap: 8.0, before, keep }.into()
    }
}

fn table(summary: &str, heads: &[(String, u8)], rows: &[Vec<String>]) -> Table {
    let column = |(at, (head, share)): (usize, &(String, u8))| Column {
        head: bold(head).centre(),
        share: f32::from(*share),
        // What stands first and last is words, what is between figures.
        align: if at == 0 || at + 1 == heads.len() { Align::Left } else { Align::Centre },
    };
    Table {
        columns: heads.iter().enumerate().map(column).collect(),
        rows: rows.iter().map(|row| Row::Cells(row.iter().map(text).collect())).collect(),
        size: 11.0,
        before: GAP,
        keep: false,
        summary: summary.to_owned(),
    }
}
