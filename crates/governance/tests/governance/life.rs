//! The whole life of a connection, and the rules that hold on the way.
use crate::scene::{
    APPROVER, ASSESSOR, DAY, MANAGER, NOW, OFFICER, ORG, SYSTEM, approve_level, attach, call_all, connect,
    connected, deed, everywhere, open, pass, put_account, refusal, request, sandbox, submit,
    waiting_assessment,
};
use dancu_catalogue::Code;
use dancu_governance::{Check, Content, GovernanceError, Kind, State, Step, Terms};
use dancu_policy::duty::Action;
use dancu_policy::{Service, SystemState};

#[test]
fn from_the_first_draft_to_the_first_call() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        let draft = g.matter(&id).unwrap().unwrap();
        assert_eq!((draft.kind, draft.state, draft.step), (Kind::Connection, State::Draft, 1), "{name}");
        assert_eq!(draft.duty.map(Action::name), Some("connection.submit"));
        assert_eq!(draft.label, "UBND tỉnh Thái Nguyên – Một cửa điện tử");

        let bare = g.take(&id, Step::Submit, deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(&bare, GovernanceError::DocumentMissing(kind) if kind == "request_form"), "{bare}");
        submit(g, &id, NOW + 1);
        let submitted = g.matter(&id).unwrap().unwrap();
        assert_eq!(
            (submitted.state, submitted.duty.map(Action::name)),
            (State::Submitted, Some("connection.receive"))
        );
        // Five working days after Monday 5 October end with Monday 12 October in Vietnam.
        let end = dancu_policy::Deadlines::end_of(dancu_citizen::CivilDate::parse_iso("2026-10-12").unwrap());
        assert_eq!(submitted.deadline_us, Some(end));

        // Sent back, supplemented, handed in again: both versions are kept.
        g.take(&id, Step::Return, deed(OFFICER, NOW + 2)).unwrap();
        let mut second = request();
        second.scope = "Toàn tỉnh, trừ cấp xã".into();
        assert_eq!(
            g.write(&id, &Content::Connection(Box::new(second.clone())), deed(MANAGER, NOW + 3)).unwrap(),
            2
        );
        g.take(&id, Step::Submit, deed(MANAGER, NOW + 4)).unwrap();
        let editions = g.editions(&id).unwrap();
        assert_eq!(editions.iter().map(|e| e.version).collect::<Vec<_>>(), [1, 2], "{name}");
        assert_eq!(editions[0].content, Content::Connection(Box::new(request())));
        assert_eq!(g.content(&id).unwrap(), Content::Connection(Box::new(second)));

        let test = g.receive(&id, &sandbox(), deed(OFFICER, NOW + 5)).unwrap();
        assert_eq!((test.state, test.assignee.as_deref()), (State::TechnicalTest, Some(OFFICER)));
        s.exchange.refresh().unwrap();
        let snapshot = s.exchange.snapshot();
        assert_eq!(snapshot.rules.system(SYSTEM).unwrap().system.state, SystemState::Testing);
        assert_eq!(snapshot.rules.organisation(ORG).unwrap().name, "UBND tỉnh Thái Nguyên");
        put_account(&s.exchange);
        assert_eq!(refusal(&s.exchange, NOW), Some(Code::SystemNotConnected), "{name}");

        let early = g.take(&id, Step::PassTest, deed(OFFICER, NOW + 6)).unwrap_err();
        assert!(matches!(early, GovernanceError::NotMet(Check::TestDone)), "{early}");
        call_all(g, &id, NOW + 6);
        g.take(&id, Step::PassTest, deed(OFFICER, NOW + 7)).unwrap();

        let unassessed = g.take(&id, Step::Approve, deed(APPROVER, NOW + 8)).unwrap_err();
        assert!(matches!(unassessed, GovernanceError::NotMet(Check::AssessmentPassed)), "{unassessed}");
        let assessment = waiting_assessment(g, &id);
        pass(g, &assessment.id, "before_connecting", NOW + 9);
        let assessed = g.matter(&id).unwrap().unwrap();
        assert_eq!(
            (assessed.state, assessed.duty.map(Action::name)),
            (State::Assessment, Some("connection.approve"))
        );

        let no_level = g.take(&id, Step::Approve, deed(APPROVER, NOW + 10)).unwrap_err();
        assert!(matches!(no_level, GovernanceError::NotMet(Check::LevelEnough)), "{no_level}");
        approve_level(g, &id, 2, NOW + 10);
        let low = g.take(&id, Step::Approve, deed(APPROVER, NOW + 11)).unwrap_err();
        assert!(matches!(low, GovernanceError::NotMet(Check::LevelEnough)), "{low}");
        approve_level(g, &id, 3, NOW + 11);
        g.take(&id, Step::Approve, deed(APPROVER, NOW + 12)).unwrap();
        let confirmed = g.matter(&assessment.id).unwrap().unwrap();
        assert_eq!(confirmed.state, State::Confirmed, "{name}: the approval confirms it");

        let signed = dancu_citizen::CivilDate::parse_iso("2026-10-01").unwrap();
        let unsigned = g.connect(&id, &Terms::plain(signed), &[], deed(OFFICER, NOW + 13)).unwrap_err();
        assert!(
            matches!(&unsigned, GovernanceError::DocumentMissing(kind) if kind == "commitment"),
            "{unsigned}"
        );
        let live = connect(g, &id, NOW + 14);
        assert_eq!((live.state, live.duty, live.deadline_us), (State::Connected, None, None));
        assert_eq!(refusal(&s.exchange, NOW + 20), None, "{name}: the call passes");
        assert_eq!(
            refusal(&s.exchange, NOW + 400 * DAY),
            Some(Code::AssessmentOverdue),
            "{name}: not for ever"
        );

        // What is enforced is what was asked for.
        let snapshot = s.exchange.snapshot();
        let of = snapshot.rules.system(SYSTEM).unwrap();
        assert_eq!((of.system.security_level, of.system.daily_quota), (3, 5000));
        assert_eq!(of.system.assessed_until.unwrap().iso(), "2027-10-05");
        assert_eq!(of.agreements.len(), 1);
        assert_eq!(of.agreements[0].grants.of(Service::LookUp).unwrap().iter().count(), 2);
        assert!(of.agreements[0].purposes["1.004227"].case_required);

        let steps = g.steps(&id).unwrap();
        let names: Vec<&str> = steps.iter().map(|taken| taken.step.name()).collect();
        assert_eq!(
            names,
            ["open", "submit", "return", "submit", "receive", "pass_test", "assess", "approve", "connect"],
            "{name}"
        );
        let who: Vec<&str> = steps.iter().map(|taken| taken.by.as_str()).collect();
        assert_eq!(who[6..], [ASSESSOR, APPROVER, OFFICER]);
        assert!(
            steps.iter().all(|t| t.entry == Some(7)
                && t.why == "lý do ghi ở đây"
                && t.valid_from.iso() == "2022-12-20")
        );
        assert_eq!(steps[1].documents.len(), 2, "{name}: the papers that lay on the table");
    });
}

#[test]
fn whoever_asked_or_assessed_never_approves() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        let same = |result: Result<_, GovernanceError>, earlier: &str| match result {
            Err(GovernanceError::SamePerson { earlier: told, .. }) => assert_eq!(told, earlier, "{name}"),
            other => panic!("{name}: {other:?}"),
        };
        same(g.receive(&id, &sandbox(), deed(MANAGER, NOW)), "open");
        g.take(&id, Step::Return, deed(OFFICER, NOW)).unwrap();
        // A colleague writes the second version: she may not receive it either.
        g.write(&id, &Content::Connection(Box::new(request())), deed("colleague", NOW)).unwrap();
        g.take(&id, Step::Submit, deed(MANAGER, NOW)).unwrap();
        same(g.receive(&id, &sandbox(), deed("colleague", NOW)), "write");
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        call_all(g, &id, NOW);
        g.take(&id, Step::PassTest, deed(OFFICER, NOW)).unwrap();

        // Whoever saw the test through does not assess.
        let assessment = waiting_assessment(g, &id);
        g.take(&assessment.id, Step::Begin, deed(OFFICER, NOW)).unwrap();
        let passed = Content::Assessment(crate::scene::passed("before_connecting"));
        g.write(&assessment.id, &passed, deed(OFFICER, NOW)).unwrap();
        attach(g, &assessment.id, "assessment_report", OFFICER, NOW);
        same(g.take(&assessment.id, Step::Pass, deed(OFFICER, NOW)), "receive");
        g.take(&assessment.id, Step::Pass, deed(ASSESSOR, NOW)).unwrap();

        approve_level(g, &id, 4, NOW);
        same(g.take(&id, Step::Approve, deed(MANAGER, NOW)), "open");
        same(g.take(&id, Step::Approve, deed(ASSESSOR, NOW)), "pass");
        same(g.take(&id, Step::Approve, deed(OFFICER, NOW)), "begin");
        g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap();
        assert_eq!(g.matter(&id).unwrap().unwrap().state, State::Approved);
    });
}

#[test]
fn a_step_back_is_a_step_and_steps_that_follow_others_are_not_taken_by_themselves() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        for step in [Step::Suspend, Step::Resume, Step::Disconnect, Step::Renew] {
            assert!(g.take(&id, step, deed(SUPER, NOW)).is_err(), "{name}: {step:?}");
        }
        for step in [Step::Connect, Step::Receive, Step::Open] {
            let error = g.take(&id, step, deed(SUPER, NOW)).unwrap_err();
            assert!(matches!(error, GovernanceError::Through(_)), "{name}: {error}");
        }
        let gone = g.take(&id, Step::Withdraw, deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(gone, GovernanceError::NotNow { state: Some(State::Connected), .. }), "{gone}");
        assert!(g.write(&id, &Content::Connection(Box::new(request())), deed(MANAGER, NOW)).is_err());
    });
}

const SUPER: &str = "supervisor";

#[test]
fn an_approval_is_undone_by_a_step_back_and_the_assessment_stands() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        call_all(g, &id, NOW);
        g.take(&id, Step::PassTest, deed(OFFICER, NOW)).unwrap();
        pass(g, &waiting_assessment(g, &id).id, "before_connecting", NOW);
        approve_level(g, &id, 3, NOW);
        g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap();
        g.take(&id, Step::BackToAssessment, deed(APPROVER, NOW)).unwrap();
        assert_eq!(g.matter(&id).unwrap().unwrap().due_step, Some(Step::Approve), "{name}");
        g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap();
        g.take(&id, Step::BackToAssessment, deed(APPROVER, NOW)).unwrap();

        // Back to the test: what was assessed then does not count for what is tested now.
        g.take(&id, Step::BackToTest, deed(OFFICER, NOW)).unwrap();
        g.renew_test(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        assert!(
            g.take(&id, Step::PassTest, deed(OFFICER, NOW)).is_err(),
            "{name}: a new test begins with nothing"
        );
        call_all(g, &id, NOW);
        g.take(&id, Step::PassTest, deed(OFFICER, NOW)).unwrap();
        let error = g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap_err();
        assert!(matches!(error, GovernanceError::NotMet(Check::AssessmentPassed)), "{name}: {error}");
    });
}

#[test]
fn a_withdrawn_request_leaves_the_sandbox_and_may_begin_again() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        let planned = waiting_assessment(g, &id);
        g.take(&id, Step::Withdraw, deed(MANAGER, NOW + 1)).unwrap();
        assert_eq!(g.tests(&id).unwrap()[0].closed_us, Some(NOW + 1), "{name}");
        assert_eq!(g.matter(&planned.id).unwrap().unwrap().state, State::Cancelled);
        assert_eq!(s.exchange.snapshot().rules.system(SYSTEM).unwrap().system.state, SystemState::Draft);
        assert!(g.record_call(&id, Service::Verify, "match", "verified", NOW + 2, Some(1)).is_err());

        let again = g.open_connection(ORG, SYSTEM, &request(), deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(again, GovernanceError::Taken("connection")), "{name}: {again}");
        let reopened = g.take(&id, Step::Reopen, deed(MANAGER, NOW + 2)).unwrap();
        assert_eq!((reopened.state, reopened.round), (State::Draft, 2));
    });
}

#[test]
fn a_page_that_is_old_takes_no_step() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        let stale = dancu_governance::Deed { seen: Some(1), ..deed(OFFICER, NOW) };
        let error = g.take(&id, Step::Return, stale).unwrap_err();
        assert!(matches!(error, GovernanceError::Moved), "{name}: {error}");
        g.take(&id, Step::Return, dancu_governance::Deed { seen: Some(2), ..stale }).unwrap();
    });
}
