//! Prints precision and recall of the watch rules over weeks that were not used for setting thresholds.
//!
//! `cargo run -p dancu-watch --example precision [seeds]`. Thresholds were looked at with the seeds 1 to 3 (`tests/rules.rs`); these
//! begin at 1001. Half of the weeks are rough: half as many more forgotten cases, mistakes and lists again as usual.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "an example that goes wrong shall stop"
)]
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/week/mod.rs"]
mod week;

use dancu_watch::Rule;
use std::collections::BTreeMap;
use week::Scene;
use week::abuse::Strength;

#[derive(Default, Clone, Copy)]
struct Tally {
    /// Findings about an abuse, and about none
    right: usize,
    wrong: usize,
    /// Abuses by strength, and those found by their rule, by any rule
    abuses: [usize; 3],
    by_rule: [usize; 3],
    by_any: [usize; 3],
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).map_or(6, |count| count.parse().unwrap());
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut entries = 0;
    let mut silent = 0;
    for seed in 1001..1001 + seeds {
        let rough = if seed % 2 == 0 { 500 } else { 0 };
        let quiet = Scene::week(seed, rough).judge();
        entries += quiet.entries;
        silent += usize::from(quiet.findings.is_empty());
        for line in quiet.lines() {
            println!("seed {seed}, nobody did wrong: {line}");
        }
        let mut scene = Scene::week(seed, rough);
        for rule in Rule::ALL {
            for strength in Strength::ALL {
                scene.abuse(rule, strength);
            }
        }
        let outcome = scene.judge();
        entries += outcome.entries;
        for (finding, due) in outcome.findings.iter().zip(&outcome.due_to) {
            let tally = tallies.entry(finding.rule.name()).or_default();
            if due.is_empty() { tally.wrong += 1 } else { tally.right += 1 }
        }
        for (number, abuse) in outcome.abuses.iter().enumerate() {
            let tally = tallies.entry(abuse.rule.name()).or_default();
            let strength = abuse.strength as usize;
            let mut found =
                outcome.findings.iter().zip(&outcome.due_to).filter(|(_, due)| due.contains(&number));
            tally.abuses[strength] += 1;
            tally.by_any[strength] += usize::from(found.clone().next().is_some());
            tally.by_rule[strength] += usize::from(found.any(|(one, _)| one.rule == abuse.rule));
        }
    }
    println!("{seeds} seeds, {entries} entries, {silent} of {seeds} weeks without abuse silent");
    println!("recall by own rule / by any rule; careful, usual, bold");
    let mut all = Tally::default();
    for (rule, tally) in &tallies {
        print_line(rule, tally);
        all.right += tally.right;
        all.wrong += tally.wrong;
        for at in 0..3 {
            all.abuses[at] += tally.abuses[at];
            all.by_rule[at] += tally.by_rule[at];
            all.by_any[at] += tally.by_any[at];
        }
    }
    print_line("all", &all);
}

fn print_line(rule: &str, tally: &Tally) {
    let share = |part: usize, of: usize| if of == 0 { f64::NAN } else { part as f64 / of as f64 };
    let precision = share(tally.right, tally.right + tally.wrong);
    let recall: Vec<String> = (0..3)
        .map(|at| {
            let of = tally.abuses[at];
            format!("{:.2}/{:.2}", share(tally.by_rule[at], of), share(tally.by_any[at], of))
        })
        .collect();
    println!(
        "{rule:14} precision {precision:.2} ({} right, {} wrong)  recall {}",
        tally.right,
        tally.wrong,
        recall.join("  ")
    );
}
