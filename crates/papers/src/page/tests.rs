use super::sheet::{Mark, Sheet};
use super::*;
use crate::text::{Align, bold, text};
use std::collections::BTreeMap;

fn words(sheet: &Sheet, wanted: bool) -> Vec<String> {
    let of = |mark: &Mark| match mark {
        Mark::Text { pieces, read, .. } if *read == wanted => {
            Some(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>())
        }
        _ => None,
    };
    sheet.marks.iter().filter_map(of).collect()
}

/// Everything stands between the margins, in points from the upper left corner.
fn assert_inside(flow: &Flow) {
    for (page, sheet) in flow.sheets.iter().enumerate() {
        for mark in &sheet.marks {
            let (x, y) = match mark {
                Mark::Text { x, y, read: true, .. } => (*x, *y),
                Mark::Line { to, .. } => *to,
                _ => continue,
            };
            assert!((84.0..=sheet.width - 42.0).contains(&x), "page {page}: x {x}");
            assert!((56.0..=sheet.height - 56.0).contains(&y), "page {page}: y {y} of {}", sheet.height);
        }
    }
}

fn table(rows: usize, words: &str, keep: bool) -> Table {
    let column = |head: &str, share| Column { head: bold(head), share, align: Align::Left };
    let row = |index: usize| Row::Cells(vec![text(format!("dòng-{index}")), text(words)]);
    Table {
        columns: vec![column("cột-một", 1.0), column("cột-hai", 3.0)],
        rows: (0..rows).map(row).collect(),
        size: 11.0,
        before: 6.0,
        keep,
        summary: "bảng".to_owned(),
    }
}

#[test]
fn the_head_stands_on_each_page_and_is_read_once() {
    let flow = Flow::lay(Orientation::Portrait, &[table(120, "nội dung", false).into()], BTreeMap::new());
    assert!(flow.sheets.len() > 2);
    assert_inside(&flow);
    for (page, sheet) in flow.sheets.iter().enumerate() {
        let heads = |read| words(sheet, read).iter().filter(|words| *words == "cột-một").count();
        assert_eq!((heads(true), heads(false)), if page == 0 { (1, 0) } else { (0, 1) }, "page {page}");
    }
    let rows: Vec<String> = flow.sheets.iter().flat_map(|sheet| words(sheet, true)).collect();
    let found: Vec<&String> = rows.iter().filter(|words| words.starts_with("dòng-")).collect();
    let wanted: Vec<String> = (0..120).map(|index| format!("dòng-{index}")).collect();
    assert_eq!(found, wanted.iter().collect::<Vec<_>>());
}

#[test]
fn a_row_higher_than_a_page_goes_on() {
    let long = (0..900).map(|word| format!("từ{word}")).collect::<Vec<_>>().join(" ");
    let flow = Flow::lay(Orientation::Landscape, &[table(2, &long, false).into()], BTreeMap::new());
    assert_inside(&flow);
    let all: String = flow.sheets.iter().flat_map(|sheet| words(sheet, true)).collect();
    for word in 0..900 {
        assert_eq!(all.matches(&format!("từ{word} ")).count() + usize::from(word == 899) * 2, 2, "từ{word}");
    }
}

#[test]
fn a_signature_does_not_stand_alone() {
    for rows in 1..60 {
        let cells = vec![vec![text("ký").into(), Item::Room(80.0, 1), text("tên").into()]];
        let signature = Columns { shares: vec![1.0], cells, gap: 0.0, before: 14.0, keep: false };
        let blocks = [table(rows, "nội dung", true).into(), signature.into()];
        let flow = Flow::lay(Orientation::Landscape, &blocks, BTreeMap::new());
        assert_inside(&flow);
        let last = words(flow.sheets.last().unwrap(), true);
        assert!(last.iter().any(|words| words.starts_with("dòng-")), "{rows} rows");
        assert!(last.contains(&"tên".to_owned()), "{rows} rows");
    }
}

#[test]
fn no_line_of_a_paragraph_is_alone() {
    for before in 0..30 {
        let mut blocks: Vec<Block> = (0..before + 20).map(|_| text("một").into()).collect();
        blocks.push(text((0..75).map(|word| format!("từ{word}")).collect::<Vec<_>>().join(" ")).into());
        blocks.extend((0..40).map(|_| Block::from(text("hết"))));
        let flow = Flow::lay(Orientation::Portrait, &blocks, BTreeMap::new());
        assert_inside(&flow);
        let lines = |sheet: &Sheet| words(sheet, true).iter().filter(|words| words.starts_with("từ")).count();
        for sheet in &flow.sheets {
            assert_ne!(lines(sheet), 1, "{before}");
        }
        assert_eq!(flow.sheets.iter().map(lines).sum::<usize>(), 5);
    }
}

#[test]
fn footnotes_stand_on_the_page_that_names_them() {
    let mut blocks: Vec<Block> = (0..44).map(|_| text("một").into()).collect();
    blocks.extend((1..=9).map(|number| Block::from(text(format!("mục{number}")).note(number))));
    let notes = (1..=9).map(|number| (number, text(format!("chú thích {number}")).size(10.0)));
    let flow = Flow::lay(Orientation::Portrait, &blocks, notes.collect());
    assert_inside(&flow);
    assert!(flow.sheets.len() > 1);
    for sheet in &flow.sheets {
        let all = words(sheet, true);
        for number in 1..=9 {
            let named = all.iter().any(|words| words.starts_with(&format!("mục{number}(")));
            assert_eq!(named, all.contains(&format!("chú thích {number}")), "{number}: {all:?}");
        }
    }
}
