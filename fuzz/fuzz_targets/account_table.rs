//! Any file is an account table or an error: nothing panics, and a row that passes keeps the bounds.
#![no_main]
use libfuzzer_sys::fuzz_target;

use dancu_campaign::table::{Limits, Table, Words};
use std::sync::LazyLock;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::built_in().unwrap());

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { bytes: 1 << 16, rows: 200 };
    if let Ok(table) = Table::read(bytes, None, &WORDS, limits) {
        assert!(table.rows.len() <= limits.rows);
        assert!(table.rows.iter().all(|row| row.cells.len() <= Limits::COLUMNS));
    }
});
