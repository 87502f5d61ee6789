//! Four eyes: who proposes a setting does not put it into force.
use super::*;
use dancu_storage::testing::stores;
use dancu_watch::{Decision, ProposalState, Setting, WatchError};

const APPROVER: &str = "nguoi-phe-duyet-2";

fn setting(watch: &Watch, threshold: u16) -> Setting {
    let current = watch.settings().1.editions(Rule::NoCase).last().unwrap().setting.clone();
    Setting { threshold, ..current }
}

fn threshold(watch: &Watch) -> u16 {
    watch.settings().1.editions(Rule::NoCase).last().unwrap().setting.threshold
}

#[test]
fn a_proposal_counts_when_another_person_enacts_it() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let other = open(&store, &log, options());
        let before = threshold(&watch);
        let id = watch.propose(Rule::NoCase, &setting(&watch, 35), SUPERVISOR, NOTE, NOW_US).unwrap();
        assert_eq!(
            (threshold(&watch), watch.rule_history(Rule::NoCase).unwrap().len()),
            (before, 0),
            "{engine}"
        );
        let own = watch.decide(&id, Decision::Enact, SUPERVISOR, "", NOW_US + 1);
        assert!(matches!(own, Err(WatchError::SamePerson)), "{engine}");
        assert_eq!(watch.proposal(&id).unwrap().unwrap().state, ProposalState::Open, "{engine}");
        assert_eq!(other.decide(&id, Decision::Enact, APPROVER, "đồng ý", NOW_US + 2).unwrap(), Rule::NoCase);
        watch.refresh(NOW_US + 2).unwrap();
        assert_eq!(threshold(&watch), 35, "{engine}");
        let history = watch.rule_history(Rule::NoCase).unwrap();
        assert_eq!((history[0].by.as_str(), history[0].why.as_str()), (SUPERVISOR, NOTE), "{engine}");
        assert_eq!(history[0].enacted_by.as_deref(), Some(APPROVER), "{engine}");
        let decided = watch.proposals(Rule::NoCase, 9).unwrap().remove(0);
        assert_eq!(decided.state, ProposalState::Enacted, "{engine}");
        assert_eq!(decided.decided, Some((APPROVER.into(), NOW_US + 2, "đồng ý".into())), "{engine}");
        for again in [Decision::Enact, Decision::Refuse] {
            let again = watch.decide(&id, again, "ai-do", "", NOW_US + 3);
            assert!(matches!(again, Err(WatchError::Decided("enacted"))), "{engine}");
        }
        assert!(
            matches!(watch.withdraw(&id, SUPERVISOR, "", NOW_US), Err(WatchError::Decided(_))),
            "{engine}"
        );
    }
}

#[test]
fn what_is_refused_or_taken_back_changes_nothing() {
    for (engine, store, _guard) in stores() {
        let (watch, _log) = watch(&store);
        let before = threshold(&watch);
        let propose = |n| watch.propose(Rule::NoCase, &setting(&watch, n), SUPERVISOR, NOTE, NOW_US).unwrap();
        let (refused, withdrawn) = (propose(50), propose(60));
        watch.decide(&refused, Decision::Refuse, APPROVER, "quá cao", NOW_US + 1).unwrap();
        let stranger = watch.withdraw(&withdrawn, APPROVER, "", NOW_US + 1);
        assert!(matches!(stranger, Err(WatchError::Unknown(_))), "{engine}");
        watch.withdraw(&withdrawn, SUPERVISOR, "nhầm", NOW_US + 2).unwrap();
        let mut states: Vec<_> =
            watch.proposals(Rule::NoCase, 9).unwrap().iter().map(|one| one.state.name()).collect();
        states.sort_unstable();
        assert_eq!(states, ["refused", "withdrawn"], "{engine}");
        assert_eq!(threshold(&watch), before, "{engine}");
        assert!(watch.proposals(Rule::Burst, 9).unwrap().is_empty(), "{engine}");
        let nothing = watch.decide("none", Decision::Enact, APPROVER, "", NOW_US);
        assert!(matches!(nothing, Err(WatchError::Unknown(_))), "{engine}");
        let bad = watch.propose(Rule::NoCase, &setting(&watch, 0), SUPERVISOR, "", NOW_US);
        assert!(matches!(bad, Err(WatchError::Setting(_))), "{engine}");
    }
}

#[test]
fn two_who_decide_at_once_decide_once() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let id = watch.propose(Rule::NoCase, &setting(&watch, 35), SUPERVISOR, NOTE, NOW_US).unwrap();
        let servers = [open(&store, &log, options()), open(&store, &log, options())];
        let decided: Vec<bool> = std::thread::scope(|scope| {
            let one = |(server, by): (&Watch, &str)| {
                server.decide(&id, Decision::Enact, by, "", NOW_US + 1).is_ok()
            };
            let threads = servers.iter().zip(["a", "b"]).map(|pair| scope.spawn(move || one(pair)));
            threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(decided.iter().filter(|done| **done).count(), 1, "{engine}");
        assert_eq!(watch.rule_history(Rule::NoCase).unwrap().len(), 1, "{engine}");
    }
}
