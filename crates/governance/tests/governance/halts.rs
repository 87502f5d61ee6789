//! Orders that stop, and the way back.
use crate::scene::{
    APPROVER, ASSESSOR, MANAGER, NOW, OFFICER, ORG, SUPERVISOR, SYSTEM, attach, connect, connected, deed,
    everywhere, pass, pdf, put_account, refusal, waiting_assessment,
};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_governance::{
    Content, Deed, Governance, GovernanceError, HaltAction, Kind, Matter, Notice, Order, State, Step, Target,
    Upload,
};
use dancu_policy::AccountState;
use dancu_policy::duty::Action;

fn order(target: Target, action: HaltAction) -> Order {
    Order { target, action, reason: "rule_breach".into(), number: "45/QĐ-C06".into(), remedy_by: None }
}

fn stop(g: &Governance, target: Target, action: HaltAction) -> (Matter, Notice) {
    let bytes = pdf(&format!("{target} {action:?}"));
    let uploads = [Upload { kind: "order", name: "quyet-dinh.pdf", bytes: &bytes }];
    g.order(&order(target, action), &uploads, deed(SUPERVISOR, NOW + 20)).unwrap()
}

fn system() -> Target {
    Target::System(SYSTEM.into())
}

#[test]
fn a_suspended_system_is_told_why_and_comes_back_by_other_hands() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let bare =
            g.order(&order(system(), HaltAction::Suspend), &[], deed(SUPERVISOR, NOW + 20)).unwrap_err();
        assert!(matches!(bare, GovernanceError::DocumentMissing(_)), "{name}: {bare}");
        assert_eq!(refusal(&s.exchange, NOW + 20), None, "{name}: and nothing of it was done");

        let (halt, notice) = stop(g, system(), HaltAction::Suspend);
        assert_eq!(refusal(&s.exchange, NOW + 20), Some(Code::SystemSuspended), "{name}: at once");
        let connection = g.matter(&id).unwrap().unwrap();
        assert_eq!((connection.state, connection.due_step), (State::Suspended, Some(Step::Resume)));
        assert_eq!((halt.state, halt.duty.map(Action::name)), (State::InForce, Some("connection.submit")));
        // Fifteen working days after Monday 5 October 2026.
        assert_eq!(
            notice.what[0],
            "Một cửa điện tử bị dừng do vi phạm quy định khai thác dữ liệu dân cư, theo 45/QĐ-C06."
        );
        assert!(
            notice.todo[1].ends_with("by 2026-10-26.") && notice.todo[0].contains("26/10/2026"),
            "{}",
            notice.todo[1]
        );
        assert!(notice.way_back[1].contains("another person"));
        let Content::Halt(kept) = g.content(&halt.id).unwrap() else { panic!() };
        assert_eq!((kept.notice, kept.number.as_str()), (notice, "45/QĐ-C06"));

        g.take(&halt.id, Step::Remedy, deed(MANAGER, NOW + 21)).unwrap();
        let lift = |by| g.take(&halt.id, Step::Lift, deed(by, NOW + 22));
        assert!(
            matches!(lift(MANAGER), Err(GovernanceError::SamePerson { earlier: "remedy", .. })),
            "{name}"
        );
        assert!(
            matches!(lift(SUPERVISOR), Err(GovernanceError::SamePerson { earlier: "open", .. })),
            "{name}"
        );
        g.take(&halt.id, Step::Reject, deed(APPROVER, NOW + 22)).unwrap();
        g.take(&halt.id, Step::Remedy, deed(MANAGER, NOW + 23)).unwrap();
        assert_eq!(lift(APPROVER).unwrap().state, State::Lifted);
        assert_eq!(refusal(&s.exchange, NOW + 24), None, "{name}");
        let steps: Vec<Step> = g.steps(&id).unwrap().iter().map(|taken| taken.step).collect();
        assert_eq!(steps[steps.len() - 2..], [Step::Suspend, Step::Resume]);
    });
}

#[test]
fn a_disconnected_system_is_assessed_and_approved_anew() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let (halt, _) = stop(g, system(), HaltAction::Disconnect);
        assert_eq!(refusal(&s.exchange, NOW + 20), Some(Code::SystemDisconnected), "{name}");
        assert_eq!(g.matter(&id).unwrap().unwrap().duty.map(Action::name), Some("connection.submit"));
        let shortcut = g.take(&halt.id, Step::Lift, deed(APPROVER, NOW + 21)).unwrap_err();
        assert!(matches!(shortcut, GovernanceError::Impossible(_)), "{name}: {shortcut}");
        let again =
            g.order(&order(system(), HaltAction::Suspend), &[], Deed::by_rule("watch", NOW, "")).unwrap_err();
        assert!(matches!(again, GovernanceError::Impossible(_)), "{name}: {again}");

        assert!(g.take(&id, Step::AskReconnect, deed(MANAGER, NOW + 21)).is_err(), "{name}: no report");
        attach(g, &id, "remedy_report", MANAGER, NOW + 21);
        let asked = g.take(&id, Step::AskReconnect, deed(MANAGER, NOW + 22)).unwrap();
        assert_eq!((asked.state, asked.round), (State::Assessment, 2));
        let early = g.take(&id, Step::Approve, deed(APPROVER, NOW + 22)).unwrap_err();
        assert!(
            matches!(early, GovernanceError::NotMet(_)),
            "{name}: the old assessment does not count: {early}"
        );
        pass(g, &waiting_assessment(g, &id).id, "before_connecting", NOW + 23);
        assert!(matches!(
            g.take(&id, Step::Approve, deed(ASSESSOR, NOW + 24)),
            Err(GovernanceError::SamePerson { .. })
        ));
        g.take(&id, Step::Approve, deed(APPROVER, NOW + 24)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 24), Some(Code::SystemDisconnected), "{name}: not yet");
        connect(g, &id, NOW + 25);
        assert_eq!(refusal(&s.exchange, NOW + 26), None, "{name}");
        assert_eq!(g.matter(&halt.id).unwrap().unwrap().state, State::Lifted, "{name}");
    });
}

#[test]
fn of_two_orders_the_second_still_stops() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let (first, _) = stop(g, system(), HaltAction::Suspend);
        // A rule needs no paper; what it did is in the journal.
        let by_rule = Order { reason: "suspected_abuse".into(), ..order(system(), HaltAction::Suspend) };
        let (second, _) =
            g.order(&by_rule, &[], Deed::by_rule("watch.many_accounts", NOW + 21, "12")).unwrap();
        assert_eq!(second.opened_by, "rule:watch.many_accounts");
        g.take(&first.id, Step::Lift, deed(APPROVER, NOW + 22)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 22), Some(Code::SystemSuspended), "{name}");
        assert_eq!(g.matter(&id).unwrap().unwrap().state, State::Suspended);
        g.take(&second.id, Step::Lift, deed(APPROVER, NOW + 23)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 24), None, "{name}");
    });
}

#[test]
fn an_organisation_stops_with_all_its_systems() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let whole = || Target::Organisation(ORG.into());
        let (halt, notice) = stop(g, whole(), HaltAction::Suspend);
        assert!(notice.what[1].starts_with("UBND tỉnh Thái Nguyên was stopped"));
        assert_eq!(refusal(&s.exchange, NOW + 20), Some(Code::OrganisationNotActive), "{name}");
        assert_eq!(
            g.matter(&id).unwrap().unwrap().state,
            State::Connected,
            "its connections stay as they are"
        );
        g.take(&halt.id, Step::Remedy, deed(MANAGER, NOW + 21)).unwrap();
        assert_eq!(g.matter(&halt.id).unwrap().unwrap().duty.map(Action::name), Some("organisation.resume"));
        g.take(&halt.id, Step::Lift, deed(APPROVER, NOW + 21)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 22), None, "{name}");

        let (halt, _) = stop(g, whole(), HaltAction::Disconnect);
        assert_eq!(g.matter(&id).unwrap().unwrap().state, State::Disconnected, "{name}");
        g.take(&halt.id, Step::Lift, deed(APPROVER, NOW + 23)).unwrap();
        assert_eq!(
            refusal(&s.exchange, NOW + 24),
            Some(Code::SystemDisconnected),
            "{name}: each by its own way back"
        );
    });
}

#[test]
fn one_account_is_locked_opened_and_closed_for_good() {
    everywhere(|name, s| {
        let g = &s.g;
        connected(g);
        put_account(&s.exchange);
        let account = || Target::Account("account-1".into());
        let (halt, notice) = stop(g, account(), HaltAction::Suspend);
        assert!(
            notice.what[0].starts_with("account-1 (Một cửa điện tử)"),
            "no name of a person: {}",
            notice.what[0]
        );
        assert_eq!((halt.account.as_deref(), halt.system.as_deref()), (Some("account-1"), None));
        assert_eq!(refusal(&s.exchange, NOW + 20), Some(Code::AccountNotActive), "{name}");
        g.take(&halt.id, Step::Remedy, deed(MANAGER, NOW + 21)).unwrap();
        assert_eq!(g.matter(&halt.id).unwrap().unwrap().duty.map(Action::name), Some("account.unlock"));
        g.take(&halt.id, Step::Lift, deed(APPROVER, NOW + 21)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 21), None, "{name}");

        let (closed, _) = stop(g, account(), HaltAction::Disconnect);
        assert!(g.take(&closed.id, Step::Lift, deed(APPROVER, NOW + 22)).is_err());
        let snapshot = s.exchange.snapshot();
        let state = snapshot.rules.system(SYSTEM).unwrap().accounts().next().unwrap().state;
        assert_eq!(state, AccountState::Closed, "{name}");
    });
}

#[test]
fn an_order_that_cannot_be_is_refused_whole() {
    let (store, _guard) = dancu_storage::testing::sqlite_store();
    let s = crate::scene::lone(&store);
    let g = &s.g;
    connected(g);
    let rule = || Deed::by_rule("watch", NOW + 20, "");
    let orders = [
        order(Target::System("nothing".into()), HaltAction::Suspend),
        order(Target::Account("nobody".into()), HaltAction::Suspend),
        order(Target::Organisation("none".into()), HaltAction::Suspend),
        Order { reason: "mood".into(), ..order(system(), HaltAction::Suspend) },
        Order { number: "  ".into(), ..order(system(), HaltAction::Suspend) },
        Order { remedy_by: CivilDate::parse_iso("2026-10-04").ok(), ..order(system(), HaltAction::Suspend) },
    ];
    for order in orders {
        assert!(g.order(&order, &[], rule()).is_err(), "{}", order.target);
    }
    assert!(g.of_system(SYSTEM, Kind::Halt).unwrap().is_empty());
    let dated =
        Order { remedy_by: CivilDate::parse_iso("2026-10-05").ok(), ..order(system(), HaltAction::Suspend) };
    assert!(g.order(&dated, &[], rule()).unwrap().1.todo[1].contains("2026-10-05"));
    let lift = g.of_system(SYSTEM, Kind::Halt).unwrap().remove(0);
    let error = g.take(&lift.id, Step::Lift, rule()).unwrap_err();
    assert!(matches!(error, GovernanceError::Impossible(_)), "a rule lets nobody go: {error}");
    assert!(g.take(&lift.id, Step::Lift, deed(OFFICER, NOW + 21)).is_ok());
}
