//! Ten people do at random what they are let do, for hundreds of steps. Whatever they do, the history that comes of it is a
//! lawful one, and the exchange says the same.
use crate::scene::{NOW, ORG, SYSTEM, Server, deed, lone, pdf, request, sandbox};
use dancu_governance::{
    Assessment, Content, Edition, Governance, HaltAction, Kind, Matter, Order, State, Step, Taken, Target,
    Terms, Upload,
};
use dancu_policy::SystemState;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

const PEOPLE: [&str; 10] = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"];

/// What somebody tries; most of it is refused most of the time.
#[derive(Clone, Debug)]
enum Try {
    Take(Step),
    Write,
    Receive,
    RenewTest,
    Call,
    Connect,
    Plan,
    TakeOf(Kind, Step),
    Level,
    Order(HaltAction),
    Tick(i64),
}

fn tries() -> impl Strategy<Value = (Try, usize)> {
    let take = prop::sample::select(Step::ALL.to_vec()).prop_map(Try::Take);
    let likely = prop::sample::select(vec![
        Try::Take(Step::Submit),
        Try::Receive,
        Try::Call,
        Try::Take(Step::PassTest),
        Try::TakeOf(Kind::Assessment, Step::Begin),
        Try::TakeOf(Kind::Assessment, Step::Pass),
        Try::TakeOf(Kind::LevelFile, Step::Approve),
        Try::Level,
        Try::Take(Step::Approve),
        Try::Connect,
        Try::Take(Step::AskReconnect),
    ]);
    let assessment = prop::sample::select(vec![Step::Fail, Step::Confirm, Step::BackToRunning, Step::Cancel]);
    let halt = prop::sample::select(vec![Step::Remedy, Step::Lift, Step::Reject]);
    let what = prop_oneof![
        2 => take,
        16 => likely,
        1 => Just(Try::Write),
        1 => Just(Try::RenewTest),
        1 => Just(Try::Plan),
        1 => assessment.prop_map(|step| Try::TakeOf(Kind::Assessment, step)),
        1 => halt.prop_map(|step| Try::TakeOf(Kind::Halt, step)),
        1 => prop::sample::select(vec![HaltAction::Suspend, HaltAction::Disconnect]).prop_map(Try::Order),
        1 => (1_i64..4).prop_map(Try::Tick),
    ];
    (what, 0..PEOPLE.len())
}

/// The papers that a step demands, new each time: what is looked at here is who, not which paper.
fn papers(g: &Governance, id: &str, step: Step, by: &str, at: i64) {
    let matter = g.matter(id).unwrap().unwrap();
    let kinds: &[&str] = match (matter.state, step) {
        (State::Draft | State::Returned, Step::Submit) => &["request_form", "technical_description"],
        (State::Disconnected, Step::AskReconnect) => &["remedy_report"],
        (State::Connected, Step::ChangeDesign) => &["technical_description"],
        (State::Approved, Step::Connect) => &["commitment"],
        (State::Running, Step::Pass | Step::Fail) => &["assessment_report"],
        _ => &[],
    };
    for kind in kinds {
        let bytes = pdf(&format!("{kind} {at}"));
        g.attach(id, &Upload { kind, name: "a.pdf", bytes: &bytes }, deed(by, at)).unwrap();
    }
}

fn newest(g: &Governance, kind: Kind) -> Option<Matter> {
    g.of_system(SYSTEM, kind).unwrap().pop()
}

fn attempt(s: &Server, id: &str, what: &Try, by: &str, at: i64) {
    let g = &s.g;
    let order = pdf("order");
    let _ = match what {
        Try::Take(step) => {
            papers(g, id, *step, by, at);
            g.take(id, *step, deed(by, at)).map(drop)
        }
        Try::Write => g.write(id, &Content::Connection(Box::new(request())), deed(by, at)).map(drop),
        Try::Receive => g.receive(id, &sandbox(), deed(by, at)).map(drop),
        Try::RenewTest => g.renew_test(id, &sandbox(), deed(by, at)).map(drop),
        Try::Call => {
            if let Some(test) = g.tests(id).unwrap().pop() {
                for case in test.cases {
                    let _ = g.record_call(id, case.service, &case.name, &case.expect, at, Some(1));
                }
            }
            Ok(())
        }
        Try::Connect => {
            papers(g, id, Step::Connect, by, at);
            let signed = dancu_citizen::CivilDate::parse_iso("2026-10-01").unwrap();
            g.connect(id, &Terms::plain(signed), &[], deed(by, at)).map(drop)
        }
        Try::Plan => {
            let yearly = Assessment { assessment_kind: "yearly".into(), ..Assessment::default() };
            g.plan_assessment(id, &yearly, None, deed(by, at)).map(drop)
        }
        Try::TakeOf(kind, step) => {
            let Some(matter) = newest(g, *kind) else { return };
            if *kind == Kind::Assessment && *step == Step::Pass && matter.state == State::Running {
                let all = Content::Assessment(crate::scene::passed("yearly"));
                g.write(&matter.id, &all, deed(by, at)).unwrap();
            }
            papers(g, &matter.id, *step, by, at);
            g.take(&matter.id, *step, deed(by, at)).map(drop)
        }
        Try::Level => {
            let (a, b) = (pdf("file"), pdf("approval"));
            let uploads = [
                Upload { kind: "level_file", name: "a.pdf", bytes: &a },
                Upload { kind: "level_approval", name: "b.pdf", bytes: &b },
            ];
            g.propose_level(id, &crate::scene::level(3), &uploads, deed(by, at)).map(drop)
        }
        Try::Order(action) => {
            let stop = Order {
                target: Target::System(SYSTEM.into()),
                action: *action,
                reason: "rule_breach".into(),
                number: "1".into(),
                remedy_by: None,
            };
            g.order(&stop, &[Upload { kind: "order", name: "a.pdf", bytes: &order }], deed(by, at)).map(drop)
        }
        Try::Tick(_) => g.tick(at).map(drop),
    };
}

/// Who took these steps after the last beginning of the life before `until`.
fn takers<'t>(steps: &'t [Taken], until: usize, wanted: &[Step]) -> HashSet<&'t str> {
    let round = steps[until].round;
    let of = |taken: &&Taken| taken.round == round && wanted.contains(&taken.step);
    steps[..until].iter().filter(of).map(|taken| taken.by.as_str()).collect()
}

/// Holds a history to the law.
fn lawful(steps: &[Taken], editions: &[Edition]) {
    for (at, taken) in steps.iter().enumerate() {
        assert_eq!(taken.number as usize, at + 1, "numbered without gaps");
        assert_eq!(
            taken.from,
            at.checked_sub(1).map(|before| steps[before].to),
            "each begins where the last ended"
        );
        if taken.step != Step::Connect {
            let came_live = taken.to == State::Connected && taken.from != Some(State::Connected);
            assert!(!came_live || taken.step == Step::Resume, "{taken:?}");
            continue;
        }
        for needed in [Step::Submit, Step::Receive, Step::PassTest, Step::Assess, Step::Approve] {
            assert!(steps[..at].iter().any(|earlier| earlier.step == needed), "live without {needed:?}");
        }
        let asked = takers(steps, at, &[Step::Open, Step::Reopen, Step::Submit, Step::AskReconnect]);
        let tested = takers(steps, at, &[Step::Receive, Step::PassTest]);
        let assessed = takers(steps, at, &[Step::Assess]);
        let approved = takers(steps, at, &[Step::Approve]);
        assert!(!assessed.is_empty() && !approved.is_empty(), "assessed and approved in this round");
        assert!(approved.is_disjoint(&assessed) && approved.is_disjoint(&tested), "{approved:?}");
        let submitted = takers(steps, at, &[Step::Submit, Step::AskReconnect]);
        assert!(submitted.iter().all(|by| asked.contains(by)));
        for group in [&tested, &assessed, &approved] {
            assert!(group.is_disjoint(&submitted), "whoever asked is among {group:?}");
        }
        let last = steps[..at].iter().rfind(|t| t.step == Step::Approve).unwrap();
        // Whoever wrote what was approved, or wrote in this round before.
        let written =
            |e: &&Edition| e.version == last.version || (e.round == last.round && e.version < last.version);
        let mut writers = editions.iter().filter(written).map(|edition| &edition.by);
        assert!(writers.all(|by| *by != last.by), "whoever wrote it approved it");
    }
}

/// What the exchange must say of a system whose connection is in this state.
fn agrees(state: State, system: Option<SystemState>) -> bool {
    match state {
        State::Connected => system == Some(SystemState::Connected),
        State::Suspended => system == Some(SystemState::Suspended),
        _ => !matches!(system, Some(SystemState::Connected | SystemState::Suspended)),
    }
}

/// Walks; says how often the connection went live.
fn walk(steps: &[(Try, usize)]) -> Result<usize, TestCaseError> {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let s = lone(&store);
    let id = s.g.open_connection(ORG, SYSTEM, &request(), deed("p0", NOW)).unwrap();
    let mut at = NOW;
    for (what, who) in steps {
        at += if let Try::Tick(weeks) = what { weeks * 7 * crate::scene::DAY } else { 1_000_000 };
        attempt(&s, &id, what, PEOPLE[*who], at);
        let state = s.g.matter(&id).unwrap().unwrap().state;
        let system = s.exchange.snapshot().rules.system(SYSTEM).map(|of| of.system.state);
        prop_assert!(agrees(state, system), "{:?} and {:?} after {:?}", state, system, what);
    }
    let history = s.g.steps(&id).unwrap();
    lawful(&history, &s.g.editions(&id).unwrap());
    Ok(history.iter().filter(|taken| taken.step == Step::Connect).count())
}

#[test]
fn whatever_people_do_the_history_is_lawful() {
    let mut runner = TestRunner::new(Config {
        cases: 40,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    });
    let lived = AtomicUsize::new(0);
    let strategy = prop::collection::vec(tries(), 250..350);
    runner
        .run(&strategy, |steps| {
            lived.fetch_add(walk(&steps)?, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
    let lived = lived.into_inner();
    assert!(lived >= 4, "only {lived} went live: the walks show little");
}
