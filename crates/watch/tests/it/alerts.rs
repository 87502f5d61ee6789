//! What becomes of alerts: looked at, judged, and what a false alarm teaches.
use super::*;
use dancu_storage::testing::stores;
use dancu_watch::{Act, AlertQuery, AlertState, Deed, Hands, WatchError};

fn of(watch: &Watch, rule: Rule) -> Alert {
    all(watch).into_iter().rev().find(|alert| alert.rule == rule).unwrap()
}

#[test]
fn an_alert_goes_the_ways_that_it_may_and_no_others() {
    for (engine, store, _guard) in stores() {
        let (watch, _log) = judged(&store);
        let number = of(&watch, Rule::NoCase).number;
        let state = || watch.alert(number).unwrap().unwrap().state;
        watch.look_at(number, SUPERVISOR, "", NOW_US).unwrap();
        assert!(
            matches!(watch.look_at(number, SUPERVISOR, "", NOW_US), Err(WatchError::Step(..))),
            "{engine}"
        );
        watch.mark_false(number, SUPERVISOR, NOTE, NOW_US + 1).unwrap();
        assert_eq!(state(), AlertState::FalseAlarm, "{engine}");
        assert!(watch.confirm(number, SUPERVISOR, "", NOW_US).is_err(), "{engine}: look again first");
        watch.look_at(number, "another", "", NOW_US + 2).unwrap();
        watch.confirm(number, "another", "Đúng", NOW_US + 3).unwrap();
        let steps = watch.steps(number).unwrap();
        let ways: Vec<_> = steps.iter().map(|step| (step.from.name(), step.to.name())).collect();
        assert_eq!(
            ways,
            [
                ("new", "looked_at"),
                ("looked_at", "false_alarm"),
                ("false_alarm", "looked_at"),
                ("looked_at", "confirmed")
            ],
            "{engine}"
        );
        assert_eq!((steps[1].by.as_str(), steps[1].note.as_str()), (SUPERVISOR, NOTE), "{engine}");
        assert!(matches!(watch.look_at(99, SUPERVISOR, "", NOW_US), Err(WatchError::Unknown(_))), "{engine}");
        let mut counts = watch.alert_counts().unwrap();
        counts.sort_by_key(|(state, _)| state.name());
        assert_eq!(counts, [(AlertState::Confirmed, 1), (AlertState::New, 5)], "{engine}");
    }
}

#[test]
fn lists_ask_for_state_rule_organisation_and_account_page_by_page() {
    for (engine, store, _guard) in stores() {
        let (watch, _log) = judged(&store);
        let ask = |query: AlertQuery, limit| -> Vec<u64> {
            watch.alerts(&query, limit).unwrap().iter().map(|alert| alert.number).collect()
        };
        assert_eq!(ask(AlertQuery::default(), 4), [6, 5, 4, 3], "{engine}");
        assert_eq!(ask(AlertQuery { before: Some(3), ..AlertQuery::default() }, 4), [2, 1], "{engine}");
        let planted = of(&watch, Rule::Planted).number;
        let by_rule = AlertQuery { rule: Some(Rule::Planted), ..AlertQuery::default() };
        let by_account = AlertQuery { account: Some("visitor".into()), ..AlertQuery::default() };
        assert_eq!([ask(by_rule, 9), ask(by_account, 9)], [vec![planted], vec![planted]], "{engine}");
        let strangers = AlertQuery { organisation: Some("bank".into()), ..AlertQuery::default() };
        let ours = AlertQuery { organisation: Some("commune".into()), ..AlertQuery::default() };
        assert_eq!((ask(strangers, 9).len(), ask(ours, 9).len()), (0, 6), "{engine}");
        let done = AlertQuery { state: Some(AlertState::Confirmed), ..AlertQuery::default() };
        assert!(ask(done, 9).is_empty(), "{engine}");
    }
}

/// Look-ups without a case on a day, so many.
fn gossip(day: i64, count: i64) -> Vec<Call> {
    let call = |n: i64| {
        let about = person(20_000 + u64::try_from(day * 100 + n).unwrap());
        let mut bare = look("gossip", &about, NOW_US + day * DAY + n * 2 * MINUTE);
        bare.personal.case_number = None;
        bare
    };
    (0..count).map(call).collect()
}

#[test]
fn a_false_alarm_raises_the_threshold_for_a_time_and_looking_again_takes_it_back() {
    // Working days: 17, 19, 23, 25, 27 November and 28 December.
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let judge = |day: i64, calls: Vec<Call>| {
            let before = all(&watch).len();
            log.add(calls);
            super::judge(&watch, NOW_US + day * DAY + DAY / 2);
            all(&watch).len() - before
        };
        assert_eq!(judge(0, gossip(0, 25)), 1, "{engine}");
        let first = of(&watch, Rule::NoCase).number;
        watch.mark_false(first, SUPERVISOR, NOTE, NOW_US + DAY / 2).unwrap();
        assert_eq!(judge(2, gossip(2, 30)), 0, "{engine}: twenty are not enough now");
        assert_eq!(judge(6, gossip(6, 45)), 1, "{engine}: forty are");
        let mut another = gossip(6, 25);
        for call in &mut another {
            call.account_id = Some("another".into());
        }
        assert_eq!(judge(6, another), 1, "{engine}: nobody else was judged");
        watch.look_at(first, SUPERVISOR, "", NOW_US + 7 * DAY).unwrap();
        assert_eq!(judge(8, gossip(8, 25)), 1, "{engine}: taken back");
        watch.mark_false(first, SUPERVISOR, NOTE, NOW_US + 9 * DAY).unwrap();
        assert_eq!(judge(10, gossip(10, 25)), 0, "{engine}");
        assert_eq!(judge(41, gossip(41, 25)), 1, "{engine}: after thirty days it is over");
    }
}

/// Fails the first time it is asked, and remembers.
#[derive(Default)]
struct Clumsy(Mutex<Vec<Act>>, Mutex<bool>);

impl Hands for Clumsy {
    fn act(&self, act: &Act) -> Result<(), String> {
        if !std::mem::replace(&mut *self.1.lock().unwrap(), true) {
            return Err("not now".to_owned());
        }
        self.0.lock().unwrap().push(act.clone());
        Ok(())
    }
}

#[test]
fn what_is_to_be_done_is_handed_out_in_order_and_notes_are_not() {
    for (engine, store, _guard) in stores() {
        let (watch, log) = watch(&store);
        let set = |rule, action, brake_s| {
            let mut setting = watch.settings().1.editions(rule).last().unwrap().setting.clone();
            (setting.action, setting.brake_s) = (action, brake_s);
            watch.put_rule(rule, &setting, SUPERVISOR, "", NOW_US).unwrap();
        };
        set(Rule::OwnHousehold, dancu_watch::Action::Note, 0);
        set(Rule::Planted, dancu_watch::Action::Suspend, 600);
        log.add(morning());
        super::judge(&watch, NOW_US);
        let hands = Clumsy::default();
        assert_eq!(watch.hand_out(&hands).unwrap(), 0, "{engine}");
        assert_eq!(watch.hand_out(&hands).unwrap(), 5, "{engine}");
        assert_eq!(watch.hand_out(&hands).unwrap(), 0, "{engine}");
        let acts = hands.0.into_inner().unwrap();
        let deed = |rule| acts.iter().find(|act| act.alert.rule == rule).map(|act| act.deed.clone());
        assert_eq!(deed(Rule::Planted), Some(Deed::Suspend), "{engine}");
        assert_eq!(deed(Rule::Sequence), Some(Deed::Brake { until_us: NOW_US + 3600 * SECOND }), "{engine}");
        assert_eq!((deed(Rule::NoCase), deed(Rule::OwnHousehold)), (Some(Deed::Tell), None), "{engine}");
        assert!(acts.is_sorted_by_key(|act| act.alert.number), "{engine}");
        assert!(
            watch.brakes().on("one-stop", Some("visitor"), NOW_US).is_some(),
            "{engine}: until it is suspended"
        );
    }
}
