//! The data files.
use dancu_citizen::CivilDate;
use dancu_governance::rules::Rules;
use dancu_governance::{Kind, State, Step};
use dancu_policy::Service;
use std::collections::HashSet;

fn day(text: &str) -> CivilDate {
    CivilDate::parse_iso(text).unwrap()
}

#[test]
fn every_state_that_can_be_reached_has_a_way_on_or_is_an_end() {
    let rules = Rules::built_in().unwrap();
    let today = day("2026-11-21");
    let ends = [State::Confirmed, State::Cancelled, State::Lifted, State::Closed, State::Accepted];
    for kind in Kind::ALL {
        let steps = rules.steps(kind, today);
        let reached: HashSet<State> = steps.iter().map(|(_, rule, _)| rule.to).collect();
        for state in &reached {
            let on = steps.iter().any(|(_, rule, _)| rule.from.contains(state) && rule.to != *state);
            let end = match kind {
                Kind::Connection => false,
                Kind::LevelFile => *state == State::Approved,
                _ => ends.contains(state),
            };
            assert!(on || end, "{kind:?} stays in {state:?} for ever");
        }
        for (_, rule, _) in &steps {
            assert!(
                rule.from.iter().all(|from| reached.contains(from)),
                "{kind:?}: {:?} is never reached",
                rule.from
            );
        }
    }
}

#[test]
fn every_path_to_connected_has_submission_test_assessment_and_approval() {
    let rules = Rules::built_in().unwrap();
    let steps = rules.steps(Kind::Connection, day("2026-11-21"));
    // Without any one of these steps, no path leads to the live state.
    for without in [Step::Submit, Step::Receive, Step::PassTest, Step::Approve, Step::Connect] {
        let mut reached: HashSet<State> = HashSet::new();
        loop {
            let before = reached.len();
            for (step, rule, _) in &steps {
                let from = rule.from.is_empty() || rule.from.iter().any(|state| reached.contains(state));
                if *step != without && from {
                    reached.insert(rule.to);
                }
            }
            if reached.len() == before {
                break;
            }
        }
        assert!(!reached.contains(&State::Connected), "{without:?} can be left out");
    }
    // The assessment is no state of its own: the check demands it.
    let approve = rules.step(Kind::Connection, Step::Approve, day("2026-11-21")).unwrap().0;
    assert!(approve.needs.contains(&dancu_governance::Check::AssessmentPassed));
}

#[test]
fn an_overlay_counts_from_its_day_on_and_a_stranger_refuses_it() {
    let row = |name: &str, from: &str| {
        format!(
            "[[step]]\nprocess = \"connection\"\nname = \"{name}\"\nfrom = [\"draft\"]\nto = \"submitted\"\n\
             duty = \"connection.submit\"\ndays = 1\nunit = \"calendar\"\nthen = \"receive\"\nvalid_from = \"{from}\"\n\
             source = \"test\"\nmark = \"OURS\"\n"
        )
    };
    let rules = Rules::overlaid(&row("submit", "2027-01-01")).unwrap();
    let documents = |at| rules.step(Kind::Connection, Step::Submit, day(at)).unwrap().0.documents.len();
    assert_eq!((documents("2026-12-31"), documents("2027-01-01")), (2, 0));
    assert!(
        rules.step(Kind::Connection, Step::Submit, day("2020-01-01")).is_none(),
        "no law before its time"
    );
    for wrong in [
        row("sing", "2027-01-01"),
        row("submit", "2027-02-30"),
        row("submit", "2027-01-01").replace("\"receive\"", "\"connect\""),
        row("submit", "2027-01-01").replace("\"draft\"", "\"dreaming\""),
        row("submit", "2027-01-01").replace("days = 1\n", ""),
        row("submit", "2027-01-01").replace("[\"draft\"]", "[]"),
        row("submit", "2027-01-01").replace("duty", "dooty"),
        row("submit", "2027-01-01") + "documents = [\"poem\"]\n",
        row("submit", "2027-01-01") + "needs = [\"luck\"]\n",
    ] {
        assert!(Rules::overlaid(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_lists_are_those_of_the_law() {
    let rules = Rules::built_in().unwrap();
    let today = day("2026-11-21");
    assert_eq!(rules.list("assessment_subject", today).len(), 5);
    assert_eq!(rules.list("assessment_kind", today).len(), 4);
    assert_eq!(rules.warning_days(today), [60, 30, 7, 1]);
    assert_eq!((rules.measures(2, today).len(), rules.measures(3, today).len()), (0, 13));
    assert_eq!((rules.measures(4, today).len(), rules.measures(5, today).len()), (14, 15));
    assert_eq!(rules.evaluation_days(4, today), [(12, 14)]);
    assert_eq!(rules.evaluation_days(5, today), [(6, 14), (12, 14)]);
    for service in Service::ALL {
        let names: Vec<&str> =
            rules.test_cases(service, today).iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["match", "mismatch", "unknown", "refusal", "malformed"]);
    }
    assert_eq!(rules.severities(today)[0].0, "critical");
    assert_eq!(rules.exemptions(today).len(), 4);
    assert_eq!(rules.reasons(today).len(), 5);
    assert!(rules.limits(today).iter().all(|(_, value, source)| *value > 0 && !source.source.is_empty()));
    for kind in Kind::ALL {
        for (step, _, source) in rules.steps(kind, today) {
            assert!(!source.source.is_empty() && !source.mark.is_empty(), "{step:?}");
        }
    }
}
