//! Several servers at once, and crashes between two of its own statements.
use crate::scene::{
    APPROVER, MANAGER, NOW, OFFICER, SYSTEM, call_all, connect, connected, deed, open, pass, put_account,
    refusal, sandbox, server, submit, waiting_assessment,
};
use dancu_catalogue::Code;
use dancu_governance::{Deed, GovernanceError, HaltAction, Kind, Order, State, Step, Target};
use dancu_storage::blob::Blobs;
use dancu_storage::testing::stores;

fn suspend() -> Order {
    Order {
        target: Target::System(SYSTEM.into()),
        action: HaltAction::Suspend,
        reason: "rule_breach".into(),
        number: "1".into(),
        remedy_by: None,
    }
}

#[test]
fn of_many_who_take_the_same_step_at_once_one_does() {
    for (name, store, _guard) in stores() {
        let blobs = Blobs::memory();
        let servers = [server(&store, &blobs), server(&store, &blobs)];
        let id = open(&servers[0].g);
        submit(&servers[0].g, &id, NOW);
        let officers = ["officer.1", "officer.2", "officer.3", "officer.4"];
        let results: Vec<_> = std::thread::scope(|scope| {
            let of = |(n, by): (usize, &'static str)| {
                let (g, id) = (&servers[n % 2].g, &id);
                scope.spawn(move || g.receive(id, &sandbox(), deed(by, NOW + 1)))
            };
            let all: Vec<_> = officers.into_iter().enumerate().map(of).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{name}");
        for error in results.into_iter().filter_map(Result::err) {
            assert!(matches!(error, GovernanceError::NotNow { .. }), "{name}: {error}");
        }
        assert_eq!(servers[1].g.tests(&id).unwrap().len(), 1, "{name}");
        assert_eq!(servers[1].g.children(&id, Kind::Assessment).unwrap().len(), 1);
        let numbers: Vec<u32> = servers[1].g.steps(&id).unwrap().iter().map(|taken| taken.number).collect();
        assert_eq!(numbers, [1, 2, 3], "{name}: without gap or double");
    }
}

#[test]
fn an_order_by_rule_is_given_once_for_each_number_whoever_gives_it() {
    for (name, store, _guard) in stores() {
        let blobs = Blobs::memory();
        let servers = [server(&store, &blobs), server(&store, &blobs)];
        connected(&servers[0].g);
        servers[1].exchange.refresh().unwrap();
        let given: Vec<bool> = std::thread::scope(|scope| {
            let of = |n: usize| {
                let g = &servers[n % 2].g;
                scope.spawn(move || {
                    g.order_once(&suspend(), Deed::by_rule("watch", NOW + 20, "")).unwrap().is_some()
                })
            };
            let all: Vec<_> = (0..4).map(of).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(given.iter().filter(|given| **given).count(), 1, "{name}");
        let halts = servers[0].g.of_system(SYSTEM, Kind::Halt).unwrap();
        assert_eq!(halts.len(), 1, "{name}");
        assert!(servers[1].g.was_ordered(&suspend().target, "1").unwrap(), "{name}");
        assert!(!servers[1].g.was_ordered(&suspend().target, "2").unwrap(), "{name}");
        let next = Order { number: "2".into(), ..suspend() };
        assert!(servers[1].g.order_once(&next, Deed::by_rule("watch", NOW + 30, "")).unwrap().is_some());
    }
}

#[test]
fn one_system_is_asked_for_once_whoever_asks_first() {
    for (name, store, _guard) in stores() {
        let blobs = Blobs::memory();
        let servers = [server(&store, &blobs), server(&store, &blobs)];
        let opened = std::thread::scope(|scope| {
            let of = |n: usize| {
                let g = &servers[n % 2].g;
                scope.spawn(move || {
                    g.open_connection("org", SYSTEM, &crate::scene::request(), deed(MANAGER, NOW)).is_ok()
                })
            };
            let all: Vec<_> = (0..4).map(of).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).filter(|ok| *ok).count()
        });
        assert_eq!(opened, 1, "{name}");
        assert_eq!(servers[0].g.of_system(SYSTEM, Kind::Connection).unwrap().len(), 1);
    }
}

#[test]
fn the_other_server_follows_at_its_next_poll_and_never_sees_half() {
    for (name, store, _guard) in stores() {
        let blobs = Blobs::memory();
        let (here, there) = (server(&store, &blobs), server(&store, &blobs));
        let id = connected(&here.g);
        put_account(&here.exchange);
        there.exchange.refresh().unwrap();
        assert_eq!(refusal(&there.exchange, NOW + 20), None, "{name}");
        let (halt, _) = here.g.order(&suspend(), &[], Deed::by_rule("watch", NOW + 20, "")).unwrap();
        assert!(there.exchange.refresh().unwrap(), "{name}");
        assert_eq!(refusal(&there.exchange, NOW + 20), Some(Code::SystemSuspended), "{name}");
        assert_eq!(there.g.matter(&id).unwrap().unwrap().state, State::Suspended);
        there.g.take(&halt.id, Step::Lift, deed(APPROVER, NOW + 21)).unwrap();
        assert!(here.exchange.refresh().unwrap());
        assert_eq!(refusal(&here.exchange, NOW + 22), None, "{name}");
    }
}

/// The store breaks at every statement in turn: what was begun is done wholly or not at all, and doing it again succeeds.
#[test]
fn a_break_at_any_statement_leaves_nothing_half_done() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let blobs = Blobs::memory();
    let good = server(&store, &blobs);
    let id = open(&good.g);
    submit(&good.g, &id, NOW);
    good.g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
    call_all(&good.g, &id, NOW);
    good.g.take(&id, Step::PassTest, deed(OFFICER, NOW)).unwrap();
    pass(&good.g, &waiting_assessment(&good.g, &id).id, "before_connecting", NOW);
    crate::scene::approve_level(&good.g, &id, 3, NOW);
    good.g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap();
    put_account(&good.exchange);

    // Nearly every attempt fails somewhere else, and after its last one gives up.
    let mut broken = 0;
    for seed in 0..4 {
        let faulty = server(&store.with_faults(seed, 200), &blobs);
        let bytes = crate::scene::pdf("commitment");
        let uploads = [dancu_governance::Upload { kind: "commitment", name: "a.pdf", bytes: &bytes }];
        let signed = dancu_citizen::CivilDate::parse_iso("2026-10-01").unwrap();
        let terms = dancu_governance::Terms::plain(signed);
        let done = faulty.g.connect(&id, &terms, &uploads, deed(OFFICER, NOW + 1)).is_ok();
        good.exchange.refresh().unwrap();
        let state = good.g.matter(&id).unwrap().unwrap().state;
        let live = refusal(&good.exchange, NOW + 2).is_none();
        assert_eq!((state == State::Connected, live), (done, done), "seed {seed}");
        broken += i32::from(!done);
        if done {
            break;
        }
    }
    assert!(broken > 0, "no attempt failed: the test shows nothing");
    if good.g.matter(&id).unwrap().unwrap().state != State::Connected {
        connect(&good.g, &id, NOW + 1);
    }
    assert_eq!(refusal(&good.exchange, NOW + 2), None);
    assert_eq!(good.g.steps(&id).unwrap().len(), 7);
}
