//! The proof of the rules: a working week of 500 officers stays silent, and each abuse is found.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong shall stop")]

mod week;

use dancu_watch::Rule;
use week::Scene;
use week::abuse::{Abuse, Strength};

/// Seeds that thresholds were looked at with. The example `precision` has others.
const SEEDS: [u64; 3] = [1, 2, 3];

#[test]
fn a_working_week_of_500_officers_stays_silent() {
    let mut loud = Vec::new();
    for seed in SEEDS {
        let scene = Scene::week(seed, 0);
        assert_eq!(scene.officers.len() - 1, 500);
        let outcome = scene.judge();
        assert!(outcome.entries > 100_000, "seed {seed}: {} entries", outcome.entries);
        loud.extend(outcome.lines());
    }
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn an_engine_that_was_kept_goes_on_as_if_it_had_not_been() {
    let scene = || {
        let mut scene = Scene::week(5, 500);
        for rule in Rule::ALL {
            scene.abuse(rule, Strength::Bold);
        }
        scene
    };
    let (whole, kept) = (scene().judge(), scene().judge_kept(30_000));
    assert!(whole.findings.len() >= Rule::ALL.len());
    assert_eq!(whole.findings, kept.findings);
}

#[test]
fn each_abuse_is_found_by_its_rule() {
    // Careful ones, at or below a threshold, are not always: the example `precision` prints how often.
    let mut scene = Scene::week(4, 0);
    for rule in Rule::ALL {
        for strength in Strength::ALL {
            scene.abuse(rule, strength);
        }
    }
    let outcome = scene.judge();
    let not_careful = |(_, abuse): &(usize, &Abuse)| abuse.strength != Strength::Careful;
    for (number, abuse) in outcome.abuses.iter().enumerate().filter(not_careful) {
        let found = outcome.findings.iter().zip(&outcome.due_to);
        let by: Vec<Rule> = found.filter(|(_, due)| due.contains(&number)).map(|(one, _)| one.rule).collect();
        assert!(by.contains(&abuse.rule), "{}: found by {by:?} of {:#?}", abuse.rule.name(), outcome.lines());
    }
}
