//! Where rows and cells of delimited text end (RFC 4180, and as spreadsheets write it). A quotation mark counts at the
//! beginning of a cell only; one that is not closed within [`MAX_ROW`] ends with its line, so that one stray mark costs one
//! row and not the file. Line by line and chunk by chunk the same rows come out.
use memchr::{memchr, memchr_iter, memchr2};

/// The most bytes of one row.
pub(super) const MAX_ROW: usize = 64 << 10;

/// How a file divides rows and cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Line feed, with or without a return before it, or a return alone
    pub(super) end: u8,
}

/// A row found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where the next one begins
    pub(super) next: usize,
    /// Lines that it takes
    pub(super) lines: u64,
    /// Whether a quotation mark in it is not closed
    pub(super) is_torn: bool,
}

impl Dialect {
    /// The row at the beginning of what is left of a file; nothing when it is longer than a row may be. Of the bytes at
    /// most [`MAX_ROW`] are looked at.
    pub(super) fn row(self, left: &[u8]) -> Option<Found> {
        let window = left.get(..MAX_ROW).unwrap_or(left);
        let (mut at, mut lines) = (0, 0);
        loop {
            let rest = window.get(at..).unwrap_or_default();
            let Some(found) = memchr2(b'"', self.end, rest) else { break };
            let here = at + found;
            if window.get(here) == Some(&self.end) {
                return Some(Found { next: here + 1, lines: lines + 1, is_torn: false });
            }
            at = here + 1;
            if !self.opens(window, here) {
                continue;
            }
            let Some(closed) = closing(window, at) else { return self.torn(window, left.len()) };
            lines += memchr_iter(self.end, window.get(at..closed).unwrap_or_default()).count() as u64;
            at = closed + 1;
        }
        // The last line of a file needs no end.
        (window.len() == left.len()).then_some(Found { next: window.len(), lines: lines + 1, is_torn: false })
    }

    fn opens(self, window: &[u8], quote: usize) -> bool {
        let before = quote.checked_sub(1).and_then(|before| window.get(before));
        before.is_none_or(|byte| *byte == self.delimiter)
    }

    fn torn(self, window: &[u8], left: usize) -> Option<Found> {
        let next = match memchr(self.end, window) {
            Some(end) => end + 1,
            None if window.len() == left => left,
            None => return None,
        };
        Some(Found { next, lines: 1, is_torn: true })
    }

    /// A row without its end.
    pub(super) fn body(self, row: &[u8]) -> &[u8] {
        let row = row.strip_suffix(&[self.end]).unwrap_or(row);
        if self.end == b'\n' { row.strip_suffix(b"\r").unwrap_or(row) } else { row }
    }

    /// Whether nothing stands in a row: spreadsheets leave many such behind.
    pub(super) fn is_blank(self, body: &[u8]) -> bool {
        body.iter().all(|byte| *byte == self.delimiter || matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    /// The cells of a row's body.
    pub(super) fn cells(self, body: &[u8], cells: &mut Vec<Cell>) {
        cells.clear();
        let mut at = 0;
        loop {
            let rest = body.get(at..).unwrap_or_default();
            let is_quoted = rest.first() == Some(&b'"');
            let from =
                if is_quoted { closing(body, at + 1).map_or(body.len(), |closed| closed + 1) } else { at };
            let end = memchr(self.delimiter, body.get(from..).unwrap_or_default());
            let end = end.map_or(body.len(), |found| from + found);
            cells.push(Cell { at, end, is_quoted });
            if end >= body.len() {
                return;
            }
            at = end + 1;
        }
    }
}

/// Where a quoted text that begins at `at` is closed; two marks in it stand for one.
fn closing(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let found = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(found + 1) != Some(&b'"') {
            return Some(found);
        }
        at = found + 2;
    }
}

/// A cell of a row, with its quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) is_quoted: bool,
}

/// A quoted cell without its marks; what stands behind the closing one stays.
pub(super) fn unquoted(cell: &[u8], out: &mut Vec<u8>) {
    let (mut at, closed) = (1, closing(cell, 1).unwrap_or(cell.len()));
    while at < closed {
        let rest = cell.get(at..closed).unwrap_or_default();
        let part = memchr(b'"', rest).map_or(rest.len(), |found| found + 1);
        out.extend_from_slice(rest.get(..part).unwrap_or_default());
        // The second of two marks is left out.
        at += part + usize::from(part < rest.len());
    }
    out.extend_from_slice(cell.get(closed + 1..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COMMA: Dialect = Dialect { delimiter: b',', end: b'\n' };

    fn rows(dialect: Dialect, bytes: &[u8]) -> Vec<(Vec<Vec<u8>>, bool)> {
        let (mut at, mut rows, mut cells) = (0, Vec::new(), Vec::new());
        while at < bytes.len() {
            let found = dialect.row(&bytes[at..]).unwrap();
            let body = dialect.body(&bytes[at..at + found.next]);
            dialect.cells(body, &mut cells);
            let texts = cells.iter().map(|cell| {
                let mut out = Vec::new();
                let bytes = &body[cell.at..cell.end];
                if cell.is_quoted {
                    unquoted(bytes, &mut out);
                } else {
                    out.extend(bytes);
                }
                out
            });
            rows.push((texts.collect(), found.is_torn));
            at += found.next;
        }
        rows
    }

    #[test]
    fn a_stray_mark_costs_one_row() {
        let text = format!("a,b\n\"open,1\nc,d\n{}", "e,f\n".repeat(20_000));
        let found = rows(COMMA, text.as_bytes());
        assert_eq!(found.len(), 20_003);
        assert_eq!(found.iter().filter(|(_, torn)| *torn).count(), 1);
        assert!(found[1].1);
    }

    proptest! {
        /// What the csv crate writes comes out as it went in.
        #[test]
        fn what_is_written_is_read(
            table in proptest::collection::vec(proptest::collection::vec("[a-z\" ,;\n\r]{0,9}", 3), 1..20),
            delimiter in proptest::sample::select(b",;\t".to_vec()),
        ) {
            let mut out = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            for row in &table {
                out.write_record(row).unwrap();
            }
            let bytes = out.into_inner().unwrap();
            let found = rows(Dialect { delimiter, end: b'\n' }, &bytes);
            let wanted: Vec<Vec<Vec<u8>>> =
                table.iter().map(|row| row.iter().map(|cell| cell.clone().into_bytes()).collect()).collect();
            prop_assert!(found.iter().all(|(_, torn)| !torn));
            prop_assert_eq!(found.into_iter().map(|(cells, _)| cells).collect::<Vec<_>>(), wanted);
        }

        /// Any bytes: every one belongs to one row, and cutting the file at a row's end changes no row.
        #[test]
        fn any_bytes_are_rows(bytes in proptest::collection::vec(proptest::sample::select(b"a\",\n\r".to_vec()), 0..200)) {
            let whole = rows(COMMA, &bytes);
            let mut at = 0;
            let mut cuts = vec![0];
            while at < bytes.len() {
                at += COMMA.row(&bytes[at..]).unwrap().next;
                cuts.push(at);
            }
            for cut in cuts {
                let mut parts = rows(COMMA, &bytes[..cut]);
                parts.extend(rows(COMMA, &bytes[cut..]));
                prop_assert_eq!(&parts, &whole);
            }
        }
    }
}
