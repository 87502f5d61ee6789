//! Dry runs on a thread of their own.
use super::*;
use dancu_watch::{Trial, TrialState, WatchError};

fn trial(watch: &Watch, threshold: u16, until_us: i64) -> Trial {
    let mut setting = watch.settings().1.editions(Rule::NoCase).last().unwrap().setting.clone();
    setting.threshold = threshold;
    Trial { rule: Rule::NoCase, setting, from_us: NOW_US, until_us, by: SUPERVISOR.into() }
}

fn over(watch: &Watch, id: &str) -> TrialState {
    let began = std::time::Instant::now();
    loop {
        let state = watch.trial(id).unwrap();
        if state.ended.is_some() || began.elapsed() > Duration::from_secs(20) {
            return state;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_run_says_what_other_rules_would_have_found_and_how_far_it_is() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = judged(&store);
    let id = watch.begin_trial(trial(&watch, 120, NOW_US + DAY), NOW_US + DAY).unwrap();
    let state = over(&watch, &id);
    assert_eq!((state.done, state.of), (log.len(), log.len()));
    let run = state.ended.unwrap().unwrap();
    assert_eq!((run.gone.len(), run.new.len()), (1, 0), "the gossip is not found by a threshold that high");
    // Of the first hour there is less.
    let id = watch.begin_trial(trial(&watch, 120, NOW_US + 30 * MINUTE), NOW_US + DAY).unwrap();
    let run = over(&watch, &id).ended.unwrap().unwrap();
    assert!(run.entries < log.len() / 2 && run.gone.is_empty());
    assert_eq!(watch.trials().iter().map(|run| &run.id).next(), Some(&id), "the newest first");
    assert!(!watch.stop_trial("none") && watch.trial("none").is_none());
    assert_eq!(watch.alert_counts().unwrap().len(), 1, "nothing was written");
}

#[test]
fn entries_are_found_by_their_time() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, log) = judged(&store);
    let times: Vec<i64> = log.calls.lock().unwrap().iter().map(|call| call.at_us).collect();
    for at in [NOW_US - 1, NOW_US, NOW_US + 90 * MINUTE, NOW_US + 90 * MINUTE + 1, NOW_US + DAY] {
        let first = times.iter().filter(|time| **time < at).count() as u64;
        assert_eq!(watch.entry_at(at).unwrap(), first);
    }
    // What is no call of anybody tells no time; what does not read, neither.
    for index in [0, 5, 60, 61, 62, 150, 221, 222] {
        log.calls.lock().unwrap()[index].at_us = 0;
    }
    for at in [NOW_US, NOW_US + 30 * MINUTE, NOW_US + 90 * MINUTE, NOW_US + DAY] {
        let first = watch.entry_at(at).unwrap();
        let (before, after) = times.split_at(usize::try_from(first).unwrap());
        let told = log.calls.lock().unwrap();
        let told = |range: &[i64], from: usize, wrong: fn(i64, i64) -> bool| {
            (from..).zip(range).any(|(index, time)| told[index].at_us > 0 && wrong(*time, at))
        };
        assert!(!told(before, 0, |time, at| time >= at) && !told(after, before.len(), |time, at| time < at));
    }
    log.unreadable.lock().unwrap().extend(100..200);
    let at = times[220];
    assert_eq!(watch.entry_at(at).unwrap(), times.iter().filter(|time| **time < at).count() as u64);
}

#[test]
fn one_at_a_time_and_only_what_makes_sense() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let (watch, _log) = judged(&store);
    let bad = watch.begin_trial(trial(&watch, 0, NOW_US), NOW_US);
    assert!(matches!(bad, Err(WatchError::Setting(_))));
    let begun = watch.begin_trial(trial(&watch, 10, NOW_US + DAY), NOW_US);
    let second = watch.begin_trial(trial(&watch, 10, NOW_US + DAY), NOW_US);
    assert!(begun.is_ok());
    // The first may be over already.
    assert!(matches!(second, Ok(_) | Err(WatchError::Busy)));
    watch.trials().iter().for_each(|run| assert!(watch.stop_trial(&run.id)));
}
