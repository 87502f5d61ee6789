//! Tables for spreadsheets (RFC 4180, with a mark at the head so that they read Vietnamese).

/// A table under way.
pub(super) struct Csv {
    text: String,
    width: usize,
}

impl Csv {
    /// A table with this head.
    pub(super) fn new(head: impl IntoIterator<Item = String>) -> Self {
        let head: Vec<String> = head.into_iter().collect();
        let mut table = Self { text: "\u{feff}".to_owned(), width: head.len() };
        table.row(&head.iter().map(String::as_str).collect::<Vec<_>>());
        table
    }

    /// One row; cells that are left out at its end are empty.
    pub(super) fn row(&mut self, cells: &[&str]) {
        for (position, cell) in cells.iter().chain(std::iter::repeat(&"")).take(self.width).enumerate() {
            if position > 0 {
                self.text.push(',');
            }
            // A spreadsheet would compute what begins like a formula.
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            let text = if formula { format!("'{cell}") } else { (*cell).to_owned() };
            if text.contains([',', '"', '\n', '\r']) {
                self.text.push('"');
                self.text.push_str(&text.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(&text);
            }
        }
        self.text.push_str("\r\n");
    }

    /// The whole table.
    pub(super) fn end(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let mut table = Csv::new(["a".to_owned(), "b, c".to_owned()]);
        table.row(&["=1+1", "say \"x\"\nand more"]);
        table.row(&["x"]);
        let text = String::from_utf8(table.end()).unwrap();
        assert_eq!(text, "\u{feff}a,\"b, c\"\r\n'=1+1,\"say \"\"x\"\"\nand more\"\r\nx,\r\n");
    }
}
