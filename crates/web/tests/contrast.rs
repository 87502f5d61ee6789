//! The colours, in both themes, against WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for the edges of
//! controls, for icons and for the focus (1.4.11, 2.4.13).
#![expect(clippy::expect_used, reason = "a test may fail loudly")]

use dancu_web::assets;
use std::collections::BTreeMap;

type Tokens = BTreeMap<String, [f64; 3]>;

/// Tokens of the light theme, and of the dark theme on top of them.
fn themes() -> [Tokens; 2] {
    let css = assets::all().iter().find(|a| a.name == "style.css").expect("style.css");
    let css = std::str::from_utf8(&css.bytes).expect("UTF-8");
    let block = |from: &str| -> Tokens {
        let text = css.split(from).nth(1).and_then(|t| t.split('}').next()).expect("a block of tokens");
        text.lines().filter_map(token).collect()
    };
    let light = block("/* --- tokens --- */\n:root {");
    let mut dark = light.clone();
    dark.extend(block("prefers-color-scheme: dark) {\n  :root {"));
    [light, dark]
}

fn token(line: &str) -> Option<(String, [f64; 3])> {
    let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
    let channel =
        |i: usize| u8::from_str_radix(value.get(i..i + 2)?, 16).ok().map(|c| linear(f64::from(c) / 255.0));
    Some((name.to_owned(), [channel(0)?, channel(2)?, channel(4)?]))
}

fn linear(c: f64) -> f64 {
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

fn ratio(a: [f64; 3], b: [f64; 3]) -> f64 {
    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let (a, b) = (light(a) + 0.05, light(b) + 0.05);
    a.max(b) / a.min(b)
}

#[test]
fn text_and_edges_stand_out_in_both_themes() {
    let grounds = ["paper", "surface", "sunken", "zebra"];
    let mut pairs: Vec<(&str, &str, f64)> = Vec::new();
    for text in ["ink", "ink-soft", "accent-ink", "accent-hover", "brand-ink", "bad", "good", "warn", "info"]
    {
        pairs.extend(grounds.iter().map(|g| (text, *g, 4.5)));
    }
    for tone in ["good", "warn", "bad", "info"] {
        let soft: &str = match tone {
            "good" => "good-soft",
            "warn" => "warn-soft",
            "bad" => "bad-soft",
            _ => "info-soft",
        };
        pairs.extend([
            (tone, soft, 4.5),
            ("ink", soft, 4.5),
            ("ink-soft", soft, 4.5),
            ("surface", tone, 3.0),
        ]);
    }
    pairs.extend([
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("accent-hover", "accent-soft", 4.5),
        ("accent-ink", "accent-soft", 4.5),
        ("focus-ink", "focus", 4.5),
    ]);
    pairs.extend(grounds.iter().map(|g| ("line-strong", *g, 3.0)));
    for (theme, tokens) in ["light", "dark"].iter().zip(themes()) {
        for (front, back, least) in &pairs {
            let found = ratio(tokens[*front], tokens[*back]);
            assert!(found >= *least, "{theme}: --{front} on --{back} is {found:.2}, at least {least}");
        }
        // The focus is a bright ring inside a dark one: one of the two stands out on any ground.
        for ground in grounds {
            let best = ratio(tokens["focus"], tokens[ground]).max(ratio(tokens["focus-ink"], tokens[ground]));
            assert!(best >= 3.0, "{theme}: focus on --{ground} is {best:.2}");
        }
    }
}
