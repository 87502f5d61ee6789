//! The catalogue as a page for integrators (`docs/errors.md`).
use crate::{ENTRIES, Lang};
use std::fmt::Write as _;

/// The whole catalogue as Markdown, Vietnamese first.
pub fn document() -> String {
    let mut out = String::from(
        "# Bảng mã lỗi · Error catalogue\n\n\
         Generated from `crates/catalogue/data/errors.toml` by `dancu docs write`; do not edit.\n\n\
         | Mã · code | HTTP | SOAP | Ai xử lý · who acts | Thử lại · retry | Ý nghĩa · meaning | Cách xử lý · what to do |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for e in ENTRIES {
        let _ = writeln!(
            out,
            "| `{}` | {} | {:?} | {:?} | {:?} | {}<br>{} | {}<br>{} |",
            e.name,
            e.status,
            e.soap,
            e.actor,
            e.retry,
            e.code.title(Lang::Vi),
            e.code.title(Lang::En),
            e.code.action(Lang::Vi),
            e.code.action(Lang::En)
        );
    }
    out
}
