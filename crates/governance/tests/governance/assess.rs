//! Assessments: kinds, subjects, findings, exemptions, yearly renewal, changes of the design.
use crate::scene::{
    APPROVER, ASSESSOR, DAY, MANAGER, NOW, OFFICER, ORG, SYSTEM, approve_level, attach, call_all, connect,
    connected, deed, everywhere, open, pass, passed, put_account, refusal, sandbox, submit,
    waiting_assessment,
};
use dancu_catalogue::Code;
use dancu_governance::{Assessment, Check, Content, Exemption, Finding, GovernanceError, Kind, State, Step};

fn until(s: &crate::scene::Server) -> Option<String> {
    s.exchange.refresh().unwrap();
    let snapshot = s.exchange.snapshot();
    snapshot.rules.system(SYSTEM).unwrap().system.assessed_until.map(dancu_citizen::CivilDate::iso)
}

#[test]
fn nothing_passes_with_a_subject_not_looked_at_or_a_grave_finding_open() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        let planned = Assessment { assessment_kind: "unannounced".into(), ..Assessment::default() };
        let assessment = g.plan_assessment(&id, &planned, Some(NOW + 9 * DAY), deed(ASSESSOR, NOW)).unwrap();
        let early = Finding { subject: "hardware".into(), severity: "low".into(), text: "cũ".into() };
        assert!(g.find_fault(&assessment, &early, deed(ASSESSOR, NOW)).is_err(), "{name}: not begun");
        g.take(&assessment, Step::Begin, deed(ASSESSOR, NOW)).unwrap();
        let begun = g.matter(&assessment).unwrap().unwrap();
        assert_eq!(begun.deadline_us, Some(NOW + 9 * DAY), "{name}: the deadline stays");

        let mut four = passed("unannounced");
        four.subjects.pop();
        attach(g, &assessment, "assessment_report", ASSESSOR, NOW);
        let write = |content: &Assessment| {
            g.write(&assessment, &Content::Assessment(content.clone()), deed(ASSESSOR, NOW)).unwrap()
        };
        let unmet = |result: Result<_, GovernanceError>| {
            assert!(
                matches!(&result, Err(GovernanceError::NotMet(Check::SubjectsPassed))),
                "{name}: {result:?}"
            );
        };
        write(&four);
        unmet(g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)));
        let mut failed = passed("unannounced");
        failed.subjects[1].passed = false;
        write(&failed);
        unmet(g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)));
        write(&passed("unannounced"));

        let finding = |severity: &str| Finding {
            subject: "intrusion".into(),
            severity: severity.into(),
            text: "Mật khẩu mặc định".into(),
        };
        let grave = g.find_fault(&assessment, &finding("critical"), deed(ASSESSOR, NOW)).unwrap();
        let mild = g.find_fault(&assessment, &finding("low"), deed(ASSESSOR, NOW)).unwrap();
        let due = |id: &str| g.matter(id).unwrap().unwrap().deadline_us.unwrap();
        assert!(due(&grave) < NOW + 5 * DAY && due(&mild) > NOW + 170 * DAY, "{name}: by severity");
        assert!(g.find_fault(&assessment, &finding("odd"), deed(ASSESSOR, NOW)).is_err());
        unmet(g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)));
        g.take(&grave, Step::Fix, deed(MANAGER, NOW)).unwrap();
        unmet(g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)));
        let own = g.take(&grave, Step::Verify, deed(MANAGER, NOW)).unwrap_err();
        assert!(matches!(own, GovernanceError::SamePerson { earlier: "fix", .. }), "{name}: {own}");
        g.take(&grave, Step::Verify, deed(ASSESSOR, NOW)).unwrap();
        g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)).unwrap();
        assert_eq!(g.children(&assessment, Kind::Finding).unwrap().len(), 2);
        let own = g.take(&assessment, Step::Confirm, deed(ASSESSOR, NOW)).unwrap_err();
        assert!(matches!(own, GovernanceError::SamePerson { .. }), "{name}: {own}");
    });
}

#[test]
fn a_year_later_calls_stop_and_go_on_when_the_next_is_confirmed() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let later = NOW + 366 * DAY;
        assert_eq!(refusal(&s.exchange, later), Some(Code::AssessmentOverdue), "{name}");
        let yearly = Assessment { assessment_kind: "yearly".into(), ..Assessment::default() };
        let assessment = g.plan_assessment(&id, &yearly, None, deed(ASSESSOR, later)).unwrap();
        let planned = g.matter(&assessment).unwrap().unwrap();
        assert!(planned.is_overdue(later), "{name}: due with the end of the one before");
        pass(g, &assessment, "yearly", later);
        assert_eq!(refusal(&s.exchange, later), Some(Code::AssessmentOverdue), "{name}: not confirmed");
        g.take(&assessment, Step::Confirm, deed(APPROVER, later)).unwrap();
        assert_eq!((refusal(&s.exchange, later), until(&s).as_deref()), (None, Some("2028-10-06")), "{name}");
        let last = g.steps(&id).unwrap().pop().unwrap();
        assert_eq!((last.step, last.to, last.by.as_str()), (Step::Renew, State::Connected, APPROVER));
    });
}

#[test]
fn a_changed_design_is_assessed_within_its_term_or_calls_stop() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let at = NOW + 10 * DAY;
        let old = g.take(&id, Step::ChangeDesign, deed(MANAGER, at)).unwrap_err();
        assert!(
            matches!(old, GovernanceError::DocumentMissing(_)),
            "{name}: the old description is not the new one"
        );
        attach(g, &id, "technical_description", MANAGER, at);
        let changed = g.take(&id, Step::ChangeDesign, deed(MANAGER, at)).unwrap();
        assert_eq!((changed.state, changed.duty), (State::Connected, None));
        assert_eq!(until(&s).as_deref(), Some("2026-11-16"), "{name}: thirty days on is a Saturday");
        assert_eq!(refusal(&s.exchange, at), None);
        assert_eq!(refusal(&s.exchange, at + 40 * DAY), Some(Code::AssessmentOverdue), "{name}");
        let assessment = waiting_assessment(g, &id);
        let Content::Assessment(content) = g.content(&assessment.id).unwrap() else { panic!() };
        assert_eq!(content.assessment_kind, "after_change");
        pass(g, &assessment.id, "after_change", at + DAY);
        g.take(&assessment.id, Step::Confirm, deed(APPROVER, at + DAY)).unwrap();
        assert_eq!(until(&s).as_deref(), Some("2027-10-16"), "{name}");
    });
}

#[test]
fn exemptions_exempt_from_what_the_law_says_and_nothing_else() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let exempt = |kind: &str, ground: &str, assessed_on: Option<&str>, at: i64| {
            let exemption = Exemption { ground: ground.into(), assessed_on: assessed_on.map(Into::into) };
            let content = Assessment {
                assessment_kind: kind.into(),
                exemption: Some(exemption),
                ..Assessment::default()
            };
            let assessment = g.plan_assessment(&id, &content, None, deed(ASSESSOR, at))?;
            attach(g, &assessment, "exemption_proof", ASSESSOR, at);
            g.take(&assessment, Step::Exempt, deed(ASSESSOR, at))?;
            g.take(&assessment, Step::Confirm, deed(APPROVER, at))
        };
        for (kind, ground) in [
            ("yearly", "identity_platform"),
            ("unannounced", "defence"),
            ("after_change", "monitored_online"),
        ] {
            let error = exempt(kind, ground, None, NOW).unwrap_err();
            assert!(
                matches!(error, GovernanceError::NotMet(Check::ExemptionAllowed)),
                "{name}: {ground}: {error}"
            );
        }
        assert!(matches!(exempt("yearly", "friendship", None, NOW), Err(GovernanceError::Invalid(_))));
        assert!(matches!(
            exempt("yearly", "assessed_elsewhere", Some("2030-01-01"), NOW),
            Err(GovernanceError::Invalid(_))
        ));
        exempt("yearly", "assessed_elsewhere", Some("2026-06-30"), NOW).unwrap();
        assert_eq!(until(&s).as_deref(), Some("2027-06-30"), "{name}: a year from the other body's day");
        exempt("yearly", "defence", None, NOW + 1).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 900 * DAY), None, "{name}: for as long as the ground stands");
    });
}

#[test]
fn one_that_is_on_the_identity_platform_connects_without_and_is_assessed_in_a_year() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = open(g);
        submit(g, &id, NOW);
        g.receive(&id, &sandbox(), deed(OFFICER, NOW)).unwrap();
        let assessment = waiting_assessment(g, &id);
        let exemption = Exemption { ground: "identity_platform".into(), assessed_on: None };
        let content = Assessment {
            assessment_kind: "before_connecting".into(),
            exemption: Some(exemption),
            ..Assessment::default()
        };
        g.write(&assessment.id, &Content::Assessment(content), deed(ASSESSOR, NOW)).unwrap();
        attach(g, &assessment.id, "exemption_proof", ASSESSOR, NOW);
        let early = g.take(&assessment.id, Step::Exempt, deed(ASSESSOR, NOW)).unwrap_err();
        assert!(
            matches!(early, GovernanceError::NotNow { kind: Kind::Connection, .. }),
            "{name}: test first: {early}"
        );
        call_all(g, &id, NOW);
        g.take(&id, Step::PassTest, deed(OFFICER, NOW)).unwrap();
        g.take(&assessment.id, Step::Exempt, deed(ASSESSOR, NOW)).unwrap();
        let alone = g.take(&assessment.id, Step::Confirm, deed(APPROVER, NOW)).unwrap_err();
        assert!(matches!(alone, GovernanceError::Through(Step::Confirm)), "{name}: the approval confirms");
        approve_level(g, &id, 3, NOW);
        g.take(&id, Step::Approve, deed(APPROVER, NOW)).unwrap();
        connect(g, &id, NOW);
        assert_eq!(until(&s).as_deref(), Some("2027-10-05"), "{name}");
    });
}

#[test]
fn a_failed_assessment_is_repeated_with_a_new_report_and_a_pass_is_taken_back() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        let planned = Assessment { assessment_kind: "yearly".into(), ..Assessment::default() };
        let assessment = g.plan_assessment(&id, &planned, None, deed(ASSESSOR, NOW)).unwrap();
        g.take(&assessment, Step::Begin, deed(ASSESSOR, NOW)).unwrap();
        attach(g, &assessment, "assessment_report", ASSESSOR, NOW);
        g.take(&assessment, Step::Fail, deed(ASSESSOR, NOW)).unwrap();
        g.take(&assessment, Step::Begin, deed(ASSESSOR, NOW)).unwrap();
        g.write(&assessment, &Content::Assessment(passed("yearly")), deed(ASSESSOR, NOW)).unwrap();
        let old = g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW)).unwrap_err();
        assert!(matches!(old, GovernanceError::DocumentMissing(_)), "{name}: {old}");
        attach(g, &assessment, "assessment_report", ASSESSOR, NOW + 1);
        g.take(&assessment, Step::Pass, deed(ASSESSOR, NOW + 1)).unwrap();
        let back = g.take(&assessment, Step::BackToRunning, deed(APPROVER, NOW + 2)).unwrap();
        assert_eq!(back.state, State::Running, "{name}");
        assert_eq!(g.matter(&id).unwrap().unwrap().organisation, ORG);
    });
}

#[test]
fn a_level_file_counts_when_another_person_confirmed_it() {
    everywhere(|name, s| {
        let g = &s.g;
        let id = connected(g);
        put_account(&s.exchange);
        let file = g.propose_level(&id, &crate::scene::level(2), &[], deed(MANAGER, NOW + 9)).unwrap();
        let own = g.take(&file, Step::Approve, deed(MANAGER, NOW + 9)).unwrap_err();
        assert!(matches!(own, GovernanceError::SamePerson { earlier: "open", .. }), "{name}: {own}");
        let bare = g.take(&file, Step::Approve, deed(APPROVER, NOW + 9)).unwrap_err();
        assert!(matches!(bare, GovernanceError::DocumentMissing(_)), "{name}: {bare}");
        g.take(&file, Step::Reject, deed(APPROVER, NOW + 9)).unwrap();
        assert_eq!(refusal(&s.exchange, NOW + 9), None);
        approve_level(g, &id, 2, NOW + 10);
        assert_eq!(refusal(&s.exchange, NOW + 10), Some(Code::SecurityLevelTooLow), "{name}: at once");
        approve_level(g, &id, 4, NOW + 11);
        assert_eq!(refusal(&s.exchange, NOW + 11), None, "{name}");
        let odd = dancu_governance::LevelFile { level: 6, ..crate::scene::level(3) };
        assert!(matches!(
            g.propose_level(&id, &odd, &[], deed(MANAGER, NOW)),
            Err(GovernanceError::Invalid(_))
        ));
    });
}
