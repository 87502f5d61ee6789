//! Dry runs: the past under the rules as they were is what was written; other rules beside it.
use super::*;
use dancu_storage::testing::stores;
use dancu_watch::{AlertState, Finding, Setting};
use std::ops::ControlFlow;

fn setting(watch: &Watch, rule: Rule) -> Setting {
    watch.settings().1.editions(rule).last().unwrap().setting.clone()
}

/// What makes an alert or a finding.
type Made = (Rule, u64, Vec<u64>);

fn of_findings(findings: &[Finding]) -> Vec<Made> {
    findings.iter().map(|one| (one.rule, *one.evidence.last().unwrap(), one.evidence.clone())).collect()
}

fn of_alerts(watch: &Watch) -> Vec<Made> {
    all(watch).into_iter().map(|one| (one.rule, *one.evidence.last().unwrap(), one.evidence)).collect()
}

fn run(watch: &Watch, tried: &[(Rule, Setting)]) -> dancu_watch::DryRun {
    watch.dry_run(tried, 0..u64::MAX, |_, _| ControlFlow::Continue(())).unwrap()
}

#[test]
fn the_past_is_judged_as_it_was_though_rules_changed_meanwhile() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let calls = morning();
        let third = calls.len() / 3;
        for (part, calls) in calls.chunks(third).enumerate() {
            log.add(calls.to_vec());
            judge(&watch, NOW_US + DAY / 4);
            if part == 0 {
                let mut off = setting(&watch, Rule::OwnHousehold);
                off.enabled = false;
                watch.put_rule(Rule::OwnHousehold, &off, SUPERVISOR, "thử", NOW_US).unwrap();
                let of_gossip = watch.alerts(&AlertQuery::default(), 10).unwrap();
                for alert in of_gossip {
                    watch.mark_false(alert.number, SUPERVISOR, NOTE, NOW_US).unwrap();
                }
            }
        }
        let written = of_alerts(&watch);
        assert!(!written.is_empty() && !written.iter().any(|made| made.0 == Rule::OwnHousehold), "{engine}");
        let dry = run(&watch, &[]);
        assert_eq!(of_findings(&dry.current), written, "{engine}");
        assert_eq!(of_findings(&dry.tried), written, "{engine}");
        assert_eq!((dry.both, dry.new.len(), dry.gone.len()), (written.len(), 0, 0), "{engine}");
        assert_eq!(dry.entries, log.len(), "{engine}");
    }
}

#[test]
fn other_rules_are_compared_and_nothing_is_written() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, _log) = judged(&store);
    let before = (all(&watch).len(), watch.position().unwrap());
    let mut stricter = setting(&watch, Rule::OnePerson);
    (stricter.threshold, stricter.exempt_roles) = (1, vec![]);
    let mut lenient = setting(&watch, Rule::NoCase);
    lenient.threshold = 100;
    let dry = run(&watch, &[(Rule::OnePerson, stricter), (Rule::NoCase, lenient)]);
    assert!(!dry.new.is_empty() && dry.new.iter().all(|at| dry.tried[*at].rule == Rule::OnePerson));
    let gone: Vec<Rule> = dry.gone.iter().map(|at| dry.current[*at].rule).collect();
    assert_eq!((gone, dry.both), (vec![Rule::NoCase], 5));
    assert_eq!((all(&watch).len(), watch.position().unwrap()), before);
    assert!(all(&watch).iter().all(|alert| alert.state == AlertState::New));
}

#[test]
fn it_tells_how_far_it_is_and_may_be_ended() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = judged(&store);
    let mut heard = Vec::new();
    let dry = watch.dry_run(&[], 100..200, |done, of| {
        heard.push((done, of));
        ControlFlow::Continue(())
    });
    assert_eq!(dry.unwrap().entries, 100);
    assert_eq!(heard.last(), Some(&(200, 200)), "the entries before are learned from");
    let dry = watch.dry_run(&[], 0..log.len(), |_, _| ControlFlow::Break(())).unwrap();
    assert!(dry.stopped && dry.entries == 37);
    let mut senseless = setting(&watch, Rule::Burst);
    senseless.params.clear();
    assert!(watch.dry_run(&[(Rule::Burst, senseless)], 0..1, |_, _| ControlFlow::Continue(())).is_err());
}

use dancu_watch::AlertQuery;
