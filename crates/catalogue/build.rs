//! Turns `data/errors.toml`, the one source, into the `Code` enum and its table.
use std::fmt::Write as _;

#[derive(serde::Deserialize)]
struct Catalogue {
    error: Vec<Entry>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    status: u16,
    soap: String,
    actor: String,
    retry: String,
    title_vi: String,
    title_en: String,
    action_vi: String,
    action_en: String,
}

fn variant(code: &str) -> String {
    code.split('_').map(|w| w[..1].to_uppercase() + &w[1..].to_lowercase()).collect()
}

fn main() {
    println!("cargo:rerun-if-changed=data/errors.toml");
    let text = std::fs::read_to_string("data/errors.toml").expect("data/errors.toml");
    let catalogue: Catalogue = toml::from_str(&text).expect("data/errors.toml parses");
    let mut variants = String::new();
    let mut rows = String::new();
    for e in &catalogue.error {
        let v = variant(&e.code);
        writeln!(variants, "    /// {}\n    {v},", e.title_en).unwrap();
        writeln!(
            rows,
            "    Entry {{ code: Code::{v}, name: {:?}, status: {}, soap: SoapFault::{}, actor: Actor::{}, retry: Retry::{}, title: [{:?}, {:?}], action: [{:?}, {:?}] }},",
            e.code, e.status, e.soap, e.actor, e.retry, e.title_vi, e.title_en, e.action_vi, e.action_en
        )
        .unwrap();
    }
    let out = format!(
        "/// Stable codes: a code is never renamed or reused.\n\
         #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
         #[non_exhaustive]\npub enum Code {{\n{variants}}}\n\n\
         /// Every row of the catalogue, in the order of the source.\n\
         pub static ENTRIES: &[Entry] = &[\n{rows}];\n"
    );
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells build scripts their folder by the environment"
    )]
    let dir = std::env::var("OUT_DIR").expect("OUT_DIR");
    std::fs::write(std::path::Path::new(&dir).join("codes.rs"), out).expect("write codes.rs");
}
