//! The texts: both languages have the same keys with the same values to set in, every key used exists,
//! every key is used.
#![expect(clippy::expect_used, reason = "a test may fail loudly")]

use dancu_web::{Lang, Texts, lang};
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

/// Key → names of the values set into it.
fn keys(language: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, source) in lang::sources(language) {
        assert!(
            fluent_bundle::FluentResource::try_new((*source).to_owned()).is_ok(),
            "{file}.ftl does not parse"
        );
        let mut current = String::new();
        for line in source.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                let key = line.split('=').next().unwrap_or_default().trim().to_owned();
                assert!(!keys.contains_key(&key), "{file}.ftl: {key} is there twice");
                keys.insert(key.clone(), BTreeSet::new());
                current = key;
            }
            for part in line.split('$').skip(1) {
                let name = part.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                if let Some(names) = keys.get_mut(&current) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    keys
}

/// All source texts of the crate: templates and Rust, without the tests.
fn used_in() -> String {
    fn collect(dir: &Path, out: &mut String) {
        for entry in fs::read_dir(dir).expect("a folder of the crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, out);
            } else {
                out.push_str(&fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = String::new();
    collect(&root.join("templates"), &mut out);
    collect(&root.join("src"), &mut out);
    out
}

#[test]
fn both_languages_have_the_same_keys_and_values() {
    assert_eq!(keys(Lang::Vi), keys(Lang::En));
}

#[test]
fn every_key_used_exists_and_every_key_is_used() {
    let (keys, sources) = (keys(Lang::Vi), used_in());
    for call in [".t(\"", ".t1(\"", ".with(\"", ".word(\"", ".hint(\""] {
        for part in sources.split(call).skip(1) {
            let key = part.split('"').next().unwrap_or_default();
            assert!(key == "no-such-key" || keys.contains_key(key), "{call}{key}\") has no text");
        }
    }
    // A key may be put together from a name on the wire: `format!("reason-{}", …)`.
    let made: Vec<&str> = sources
        .split("format!(\"")
        .skip(1)
        .filter_map(|part| part.split_once("-{"))
        .map(|(p, _)| p)
        .collect();
    // The slots of a form put theirs together too: `Slot::new("case-ticket", name, …)`, with hints and words for yes and no.
    let slots: BTreeSet<&str> =
        sources.split("Slot::new(\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    let is_slot = |key: &str| {
        let ends = ["-hint", "-yes", "-no"];
        let stem = ends.iter().find_map(|end| key.strip_suffix(end)).unwrap_or(key);
        let names = slots.iter().filter_map(|prefix| stem.strip_prefix(prefix)?.strip_prefix('-'));
        names.into_iter().any(|name| sources.contains(&format!("\"{}\"", name.replace('-', "_"))))
    };
    for key in keys.keys() {
        let made = made.iter().any(|p| key.strip_prefix(p).is_some_and(|rest| rest.starts_with('-')));
        assert!(made || is_slot(key) || sources.contains(&format!("\"{key}\"")), "{key} is not used");
    }
}

#[test]
fn no_text_is_empty_or_left_in_the_other_language() {
    // The same in both by right: names of standards, and what stands in papers, which are in Vietnamese.
    let same = [
        "footer-files",
        "home-integrators-docs-note",
        "letter-addressee",
        "paper-archive",
        "paper-changed",
        "paper-closed",
        "paper-no-holder",
        "paper-no-places",
        "paper-recipient",
        "paper-unconfirmed",
        "ui-shown",
    ];
    for key in keys(Lang::Vi).keys() {
        let (vi, en) = (Texts::of(Lang::Vi).t(key), Texts::of(Lang::En).t(key));
        assert!(!vi.trim().is_empty() && !en.trim().is_empty(), "{key}");
        assert!(vi != en || same.contains(&key.as_str()), "{key}: {vi}");
    }
}
