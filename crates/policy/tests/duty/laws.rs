//! What every edition of the matrix must keep, whatever its cells say.
use dancu_policy::duty::{AccountKind, Action, Area, Relation, Ruling, Seat, StaffRole, may, may_any};

/// Actions that decide about what somebody else prepared, each with the actions that prepare it.
const DECISIONS: [(Action, &[Action]); 17] = [
    (
        Action::ConnectionApprove,
        &[
            Action::ConnectionWrite,
            Action::ConnectionSubmit,
            Action::ConnectionReceive,
            Action::ConnectionTest,
            Action::ConnectionJudgeTest,
            Action::ConnectionLevel,
            Action::ConnectionAssess,
        ],
    ),
    (Action::ConnectionRefuse, &[Action::ConnectionSubmit]),
    (
        Action::ConnectionAssess,
        &[Action::ConnectionLevel, Action::ConnectionTest, Action::ConnectionJudgeTest],
    ),
    (Action::ConnectionExempt, &[Action::ConnectionAssess, Action::ConnectionSubmit]),
    (Action::ConnectionJudgeTest, &[Action::ConnectionTest]),
    (Action::ConnectionConnect, &[Action::ConnectionApprove]),
    (Action::AccountAdmit, &[Action::AccountRegister, Action::AccountImport]),
    (Action::QuotaGrant, &[Action::QuotaAsk]),
    (Action::AlertRelease, &[Action::AlertBrake]),
    (Action::WatchEnact, &[Action::WatchPropose]),
    (Action::InspectionOrder, &[Action::InspectionPlan]),
    (Action::InspectionRecord, &[Action::InspectionRemedy, Action::InspectionEvaluate]),
    (Action::CertificateIssue, &[Action::CertificateRequest]),
    (Action::NoticeAnswer, &[Action::NoticeFile]),
    (Action::RuleEnact, &[Action::RulePropose]),
    (Action::ConnectionResume, &[Action::ConnectionConnect]),
    (Action::ConnectionReconnect, &[Action::ConnectionSubmit, Action::ConnectionCommit]),
];

fn ever(role: StaffRole, action: Action) -> bool {
    Relation::ALL.into_iter().any(|relation| may(role, action, relation) == Ruling::Allowed)
}

#[test]
fn every_action_has_an_area_whose_reading_it_needs() {
    for action in Action::ALL {
        let (area, _) = action.name().split_once('.').unwrap();
        assert_eq!(Area::from_name(area), Some(action.area()), "{}", action.name());
        assert_eq!(Action::read_of(action.area()).name(), format!("{area}.read"));
        for role in StaffRole::ALL {
            for relation in Relation::ALL {
                let read = may(role, Action::read_of(action.area()), relation);
                let ruling = may(role, action, relation);
                let what = format!("{} {} {}", role.name(), action.name(), relation.name());
                assert_eq!(
                    ruling == Ruling::Hidden,
                    read == Ruling::Hidden,
                    "{what}: hidden is the whole thing"
                );
                assert_ne!(read, Ruling::Refused, "{what}: what may be known of may be read");
            }
        }
    }
}

#[test]
fn somebody_may_do_everything() {
    for action in Action::ALL {
        assert!(StaffRole::ALL.into_iter().any(|role| ever(role, action)), "{}", action.name());
    }
}

#[test]
fn nothing_of_another_organisation_is_there_for_an_organisation() {
    for role in StaffRole::ALL.into_iter().filter(|role| role.seat() == Seat::Organisation) {
        for action in Action::ALL {
            assert_eq!(
                may(role, action, Relation::Other),
                Ruling::Hidden,
                "{} {}",
                role.name(),
                action.name()
            );
        }
    }
}

#[test]
fn the_managing_body_has_no_organisation_of_its_own_and_does_no_organisations_work() {
    for role in StaffRole::ALL.into_iter().filter(|role| role.seat() == Seat::ManagingBody) {
        for action in Action::ALL {
            assert_eq!(may(role, action, Relation::Own), Ruling::Hidden, "{} {}", role.name(), action.name());
        }
        for action in
            [Action::ConnectionSubmit, Action::CampaignAnswer, Action::QuotaAsk, Action::SecretCollect]
        {
            assert!(!ever(role, action), "{} {}", role.name(), action.name());
        }
    }
}

#[test]
fn the_auditor_and_the_officer_change_nothing_of_others() {
    for action in Action::ALL {
        let word = action.name().split_once('.').unwrap().1;
        let reads = ["read", "export", "evidence"].contains(&word);
        for relation in Relation::ALL.into_iter().filter(|relation| *relation != Relation::Myself) {
            if !reads {
                assert_ne!(may(StaffRole::Auditor, action, relation), Ruling::Allowed, "{}", action.name());
                assert_ne!(may(StaffRole::Officer, action, relation), Ruling::Allowed, "{}", action.name());
            }
        }
    }
    let own = |action: &Action| may(StaffRole::Auditor, *action, Relation::Myself) == Ruling::Allowed;
    let own: Vec<Action> = Action::ALL.into_iter().filter(own).collect();
    assert_eq!(own, [Action::StaffRead, Action::StaffCredentials, Action::StaffSessions]);
}

#[test]
fn who_asks_never_decides() {
    for (decision, preparations) in DECISIONS {
        for role in StaffRole::ALL {
            let own = may(role, decision, Relation::Myself);
            assert_ne!(own, Ruling::Allowed, "{} decides about itself: {}", role.name(), decision.name());
            for preparation in preparations.iter().filter(|_| ever(role, decision)) {
                assert!(
                    !ever(role, *preparation),
                    "{}: {} and {}",
                    role.name(),
                    preparation.name(),
                    decision.name()
                );
            }
        }
    }
    let about_people = [
        Action::StaffInvite,
        Action::StaffSetRoles,
        Action::StaffLock,
        Action::StaffUnlock,
        Action::StaffClose,
        Action::StaffReset,
        Action::AccountUnlock,
        Action::CampaignAnswer,
        Action::EmergencyApprove,
    ];
    for action in about_people {
        for role in StaffRole::ALL {
            assert_ne!(
                may(role, action, Relation::Myself),
                Ruling::Allowed,
                "{} {}",
                role.name(),
                action.name()
            );
        }
    }
}

/// Two roles that one account may hold together prepare and decide no more than each alone.
#[test]
fn no_account_gathers_what_is_kept_apart() {
    for kind in AccountKind::ALL {
        for one in StaffRole::ALL.into_iter().filter(|role| kind.may_hold(*role)) {
            for two in StaffRole::ALL.into_iter().filter(|role| kind.may_hold(*role) && !one.clashes(*role)) {
                assert_eq!(one.seat(), two.seat());
                for (decision, preparations) in DECISIONS {
                    for preparation in preparations {
                        assert!(
                            !(ever(one, decision) && ever(two, *preparation)),
                            "{one:?} {two:?} {decision:?}"
                        );
                    }
                }
            }
        }
    }
    for one in StaffRole::ALL {
        assert!(!one.clashes(one));
        assert_eq!(
            1,
            AccountKind::ALL
                .into_iter()
                .filter(|kind| *kind != AccountKind::Technical && kind.may_hold(one))
                .count()
        );
        for two in StaffRole::ALL {
            assert_eq!(one.clashes(two), two.clashes(one));
        }
    }
    assert!(
        StaffRole::ALL.into_iter().all(|role| !AccountKind::Service.may_hold(role)),
        "a program signs in to no page"
    );
}

#[test]
fn everybody_keeps_its_own_account() {
    for role in StaffRole::ALL {
        for action in [Action::StaffRead, Action::StaffCredentials, Action::StaffSessions] {
            assert_eq!(may(role, action, Relation::Myself), Ruling::Allowed, "{}", role.name());
        }
    }
}

#[test]
fn of_several_roles_the_best_counts_and_without_one_nothing_is_there() {
    for action in Action::ALL {
        for relation in Relation::ALL {
            assert_eq!(may_any(&[], action, relation), Ruling::Hidden);
            for one in StaffRole::ALL {
                for two in StaffRole::ALL {
                    let best = may(one, action, relation).min(may(two, action, relation));
                    assert_eq!(may_any(&[one, two], action, relation), best);
                }
            }
        }
    }
}

#[test]
fn relations() {
    let (a, b) = (Some("a"), Some("b"));
    assert_eq!(Relation::of(a, a, false), Relation::Own);
    assert_eq!(Relation::of(a, b, false), Relation::Other);
    assert_eq!(Relation::of(None, b, false), Relation::Other);
    assert_eq!(Relation::of(a, None, false), Relation::None);
    assert_eq!(Relation::of(None, None, false), Relation::None);
    for thing in [a, b, None] {
        assert_eq!(Relation::of(a, thing, true), Relation::Myself);
        assert_eq!(Relation::of(None, thing, true), Relation::Myself);
    }
}
