//! Error notices, tickets, inspections, evaluations, measures.
use crate::scene::{
    APPROVER, ASSESSOR, DAY, MANAGER, NOW, OFFICER, ORG, SUPERVISOR, SYSTEM, attach, connected, deed,
    everywhere,
};
use dancu_governance::{
    Channel, Check, Content, ErrorNotice, Evaluation, Event, Find, Finding, Governance, GovernanceError,
    Inspection, Kind, MeasureState, State, Step, Ticket,
};
use dancu_policy::duty::Action;

fn notice() -> ErrorNotice {
    ErrorNotice {
        citizen: "001080000024".into(),
        fields: vec!["sex".into()],
        text: "Giới tính sai".into(),
        case_number: Some("H55-2026-1".into()),
        entry: Some(42),
        received: true,
    }
}

fn ticket(channel: Channel, contact: &str) -> Content {
    Content::Ticket(Ticket {
        channel,
        name: "Lê Thị Mai".into(),
        contact: contact.into(),
        subject: "Không kết nối được".into(),
        text: "Mã lỗi 401".into(),
        thread: Vec::new(),
    })
}

fn states(g: &Governance, id: &str) -> Vec<State> {
    g.steps(id).unwrap().iter().map(|taken| taken.to).collect()
}

#[test]
fn wrong_data_are_reported_corrected_and_the_report_closed() {
    everywhere(|name, s| {
        let g = &s.g;
        let id =
            g.open_case(&Content::ErrorNotice(notice()), ORG, Some(SYSTEM), &[], deed(MANAGER, NOW)).unwrap();
        let own = g.take(&id, Step::Accept, deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(own, GovernanceError::SamePerson { .. }), "{name}: {own}");
        let accepted = g.take(&id, Step::Accept, deed("registry", NOW)).unwrap();
        assert_eq!(accepted.assignee.as_deref(), Some("registry"));
        // Since 2026 the term is ten calendar days: Thursday 15 October.
        let end = dancu_policy::Deadlines::end_of(dancu_citizen::CivilDate::parse_iso("2026-10-15").unwrap());
        assert_eq!(accepted.deadline_us, Some(end), "{name}");
        g.take(&id, Step::Correct, deed("registry", NOW)).unwrap();
        g.take(&id, Step::Reopen, deed(MANAGER, NOW)).unwrap();
        g.take(&id, Step::Accept, deed("registry", NOW)).unwrap();
        g.take(&id, Step::Reject, deed("registry", NOW)).unwrap();
        let events = g.tick(NOW + 60 * DAY).unwrap();
        assert!(
            matches!(&events[..], [Event::Lapsed(m)] if m.id == id && m.state == State::Closed),
            "{name}: {events:?}"
        );
        assert_eq!(g.steps(&id).unwrap().pop().unwrap().by, "rule:deadline");

        for spoil in [
            |n: &mut ErrorNotice| n.citizen = "12".into(),
            |n: &mut ErrorNotice| n.fields.clear(),
            |n: &mut ErrorNotice| n.fields = vec!["salary".into()],
            |n: &mut ErrorNotice| n.text.clear(),
        ] {
            let mut notice = notice();
            spoil(&mut notice);
            let error =
                g.open_case(&Content::ErrorNotice(notice), ORG, None, &[], deed(MANAGER, NOW)).unwrap_err();
            assert!(matches!(error, GovernanceError::Invalid(_)), "{name}");
        }
    });
}

#[test]
fn a_ticket_of_each_channel_goes_to_and_fro_until_it_is_answered() {
    use State::{Answered, Closed, InWork, Open, Waiting};
    everywhere(|name, s| {
        let g = &s.g;
        for channel in [Channel::Mail, Channel::Phone, Channel::InPerson, Channel::InWriting] {
            assert_eq!(
                g.open_case(&ticket(channel, ""), ORG, None, &[], deed(MANAGER, NOW)).is_ok(),
                channel == Channel::InPerson,
                "{name}: {channel:?}"
            );
            let id = g.open_case(&ticket(channel, "0987654321"), ORG, None, &[], deed(MANAGER, NOW)).unwrap();
            g.take(&id, Step::Take, deed(OFFICER, NOW)).unwrap();
            g.take(&id, Step::Ask, deed(OFFICER, NOW)).unwrap();
            let Content::Ticket(mut said) = g.content(&id).unwrap() else { panic!() };
            said.thread.push("Từ máy chủ nào?".into());
            g.write(&id, &Content::Ticket(said), deed(OFFICER, NOW)).unwrap();
            g.take(&id, Step::Reply, deed(MANAGER, NOW)).unwrap();
            g.take(&id, Step::Answer, deed(OFFICER, NOW)).unwrap();
            g.take(&id, Step::Reopen, deed(MANAGER, NOW)).unwrap();
            g.take(&id, Step::Answer, deed(OFFICER, NOW)).unwrap();
            g.take(&id, Step::Close, deed(MANAGER, NOW)).unwrap();
            let path = [Open, InWork, Waiting, InWork, Answered, InWork, Answered, Closed];
            assert_eq!(states(g, &id), path, "{name}");
        }
    });
}

#[test]
fn an_inspection_is_planned_ordered_reported_and_followed_up_by_different_people() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        let plan = Inspection {
            targets: vec!["workstations".into(), "look_ups".into()],
            team: "Đội 2".into(),
            planned_on: "2026-10-20".into(),
            announced: false,
            result: String::new(),
        };
        let inspection = g
            .open_case(&Content::Inspection(plan.clone()), ORG, Some(SYSTEM), &[], deed(SUPERVISOR, NOW))
            .unwrap();
        let planned = g.matter(&inspection).unwrap().unwrap();
        assert_eq!(planned.label, "UBND tỉnh Thái Nguyên – Một cửa điện tử", "{name}");
        assert!(planned.is_overdue(NOW + 16 * DAY) && !planned.is_overdue(NOW + 15 * DAY));
        let own = g.take(&inspection, Step::Begin, deed(SUPERVISOR, NOW)).unwrap_err();
        assert!(matches!(own, GovernanceError::SamePerson { .. }), "{name}: {own}");
        g.take(&inspection, Step::Begin, deed(APPROVER, NOW)).unwrap();
        let found = Inspection { result: "Hai máy trạm không được quản lý".into(), ..plan };
        g.write(&inspection, &Content::Inspection(found), deed(ASSESSOR, NOW)).unwrap();
        attach(g, &inspection, "inspection_report", ASSESSOR, NOW);
        g.take(&inspection, Step::Report, deed(ASSESSOR, NOW)).unwrap();
        g.take(&inspection, Step::Demand, deed(ASSESSOR, NOW)).unwrap();
        attach(g, &inspection, "remedy_report", MANAGER, NOW);
        g.take(&inspection, Step::Fix, deed(MANAGER, NOW)).unwrap();
        assert!(
            g.take(&inspection, Step::Close, deed(ASSESSOR, NOW)).is_err(),
            "{name}: not by whoever reported"
        );
        g.take(&inspection, Step::Close, deed(SUPERVISOR, NOW)).unwrap();
        assert_eq!(g.of_system(SYSTEM, Kind::Inspection).unwrap().len(), 1);
        assert_eq!(g.matter(&id).unwrap().unwrap().state, State::Connected);
    });
}

#[test]
fn an_inspection_closes_when_nothing_that_it_found_is_open() {
    everywhere(|name, s| {
        let g = &s.g;
        connected(g);
        let plan = Inspection {
            targets: vec!["workstations".into(), "look_ups".into()],
            team: "Đội 2".into(),
            planned_on: "2026-10-06".into(),
            announced: true,
            result: String::new(),
        };
        let inspection =
            g.open_case(&Content::Inspection(plan), ORG, Some(SYSTEM), &[], deed(SUPERVISOR, NOW)).unwrap();
        let found = |subject: &str| Finding {
            subject: subject.into(),
            severity: "high".into(),
            text: "Máy trạm chưa đăng ký".into(),
        };
        let early = g.find_fault(&inspection, &found("workstations"), deed(SUPERVISOR, NOW)).unwrap_err();
        assert!(matches!(early, GovernanceError::Impossible(_)), "{name}: {early}");
        g.take(&inspection, Step::Begin, deed(APPROVER, NOW)).unwrap();
        let wrong = g.find_fault(&inspection, &found("cellar"), deed(SUPERVISOR, NOW)).unwrap_err();
        assert!(matches!(wrong, GovernanceError::Invalid(_)), "{name}: {wrong}");
        let one = g.find_fault(&inspection, &found("workstations"), deed(SUPERVISOR, NOW)).unwrap();
        let two = g.find_fault(&inspection, &found("look_ups"), deed(SUPERVISOR, NOW)).unwrap();
        let waits = |id: &str| g.matter(id).unwrap().unwrap().duty;
        assert_eq!(waits(&one), Some(Action::InspectionRemedy), "{name}: who is inspected answers");
        attach(g, &inspection, "inspection_report", ASSESSOR, NOW);
        g.take(&inspection, Step::Report, deed(ASSESSOR, NOW)).unwrap();
        let close = || g.take(&inspection, Step::Close, deed(SUPERVISOR, NOW));
        for id in [&one, &two] {
            assert!(matches!(close(), Err(GovernanceError::NotMet(Check::FindingsClosed))), "{name}");
            g.take(id, Step::Fix, deed(MANAGER, NOW)).unwrap();
            assert_eq!(waits(id), Some(Action::InspectionRecord), "{name}");
            assert!(g.take(id, Step::Verify, deed(MANAGER, NOW)).is_err(), "{name}: not by whoever mended");
            g.take(id, Step::Verify, deed(SUPERVISOR, NOW)).unwrap();
        }
        assert_eq!(close().unwrap().state, State::Closed, "{name}");
        let asked = |by: &str| {
            let find = Find { opened_by: Some(by.into()), kind: Some(Kind::Finding), ..Find::default() };
            g.find(&find, None, 10).unwrap().matters.len()
        };
        assert_eq!((asked(SUPERVISOR), asked(MANAGER)), (2, 0), "{name}");
    });
}

#[test]
fn an_evaluation_needs_every_measure_of_the_level_on_record() {
    everywhere(|name, s| {
        let g = &s.g;
        connected(g);
        let due = |level| {
            Content::Evaluation(Evaluation { due_on: "2026-12-14".into(), level, summary: "Đạt".into() })
        };
        let id = g.open_case(&due(3), ORG, Some(SYSTEM), &[], deed(SUPERVISOR, NOW)).unwrap();
        let twice = g.open_case(&due(3), ORG, Some(SYSTEM), &[], deed(SUPERVISOR, NOW)).unwrap_err();
        assert!(matches!(twice, GovernanceError::Taken("evaluation")), "{name}: {twice}");
        attach(g, &id, "evaluation_report", MANAGER, NOW);
        let report = || g.take(&id, Step::Report, deed(MANAGER, NOW));
        assert!(matches!(report(), Err(GovernanceError::NotMet(Check::MeasuresRecorded))), "{name}");

        let state = |measure: &str, state, how: &str| {
            g.state_measure(SYSTEM, measure, state, how, deed(MANAGER, NOW))
        };
        let day = dancu_citizen::CivilDate::parse_iso("2026-10-05").unwrap();
        for rule in g.rules().measures(3, day) {
            let justified = state(&rule.name, MeasureState::Justified, "Không cần vì ...");
            assert_eq!(justified.is_ok(), rule.justify, "{name}: {}", rule.name);
            let number = state(&rule.name, MeasureState::Met, "Có, tại trung tâm dữ liệu").unwrap();
            assert_eq!(number, 1 + u32::from(rule.justify));
        }
        assert!(
            state("magic", MeasureState::Met, "x").is_err() && state("vpn", MeasureState::Met, " ").is_err()
        );
        assert_eq!(report().unwrap().state, State::Reported, "{name}");
        let last = g.measures(SYSTEM).unwrap().into_iter().rfind(|m| m.name == "dlp").unwrap();
        assert_eq!(
            (last.number, last.state),
            (2, MeasureState::Met),
            "{name}: and the earlier statement is kept"
        );
        assert!(g.take(&id, Step::Accept, deed(MANAGER, NOW)).is_err());
        g.take(&id, Step::Return, deed(SUPERVISOR, NOW)).unwrap();
        g.take(&id, Step::Report, deed(MANAGER, NOW)).unwrap();
        g.take(&id, Step::Accept, deed(SUPERVISOR, NOW)).unwrap();
    });
}
