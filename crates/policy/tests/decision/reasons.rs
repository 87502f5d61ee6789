//! One test for each reason to refuse, and for what a permit says.
use crate::scene::{DAY_US, NOW_US, OFFICER, PURPOSE, Scene, day, set};
use dancu_catalogue::Code;
use dancu_citizen::Field;
use dancu_policy::{
    AccountState, AgencyCode, Charge, Hours, Law, Network, OrganisationState, Role, Rules, Scope, Service,
    SystemState, Workplace, decide, may_enrol, may_work,
};

/// What the decision says after one change to a scene in which everything is permitted.
fn after(change: impl FnOnce(&mut Scene)) -> Result<(), Code> {
    let mut scene = Scene::new();
    scene.decide().unwrap();
    change(&mut scene);
    scene.decide().map(|_| ())
}

#[test]
fn a_permit_says_what_applies() {
    let scene = Scene::new();
    let permit = scene.decide().unwrap();
    assert_eq!((&*permit.system.id, &*permit.agreement.id), ("one-stop", "agreement-1"));
    assert_eq!((&*permit.account.id, &*permit.purpose, permit.near), ("account-1", PURPOSE, true));
    assert_eq!(permit.fields, scene.agreement.grants.verify.unwrap());
    assert_eq!(
        permit.verify_rule,
        set(&[Field::PersonalId, Field::FullName, Field::BirthDate, Field::Sex]),
        "number, name and birth date always, and what the agreement adds"
    );
    let today = i32::try_from((NOW_US + 7 * 3_600_000_000) / DAY_US).unwrap();
    assert_eq!(
        permit.charges,
        [
            Charge { scope: Scope::Account, id: "account-1".into(), day: today, limit: 150 },
            Charge { scope: Scope::System, id: "one-stop".into(), day: today, limit: 10_000 },
        ]
    );
    assert_eq!(permit.charges.map(|c| c.refusal()), [Code::QuotaAccount, Code::QuotaSystem]);
}

#[test]
fn a_day_of_quota_begins_at_midnight_in_vietnam() {
    let charged_on = |now_us| {
        let mut scene = Scene::new();
        scene.ask.now_us = now_us;
        scene.decide().unwrap().charges[0].day
    };
    let midnight_us = NOW_US - 9 * 3_600_000_000;
    assert_eq!(charged_on(midnight_us), charged_on(NOW_US));
    assert_eq!(charged_on(midnight_us - 1), charged_on(NOW_US) - 1);
}

#[test]
fn organisation_not_active() {
    for state in [OrganisationState::Suspended, OrganisationState::Closed] {
        assert_eq!(after(|s| s.organisation.state = state), Err(Code::OrganisationNotActive));
    }
    assert_eq!(after(|s| s.organisation.id = "other".into()), Err(Code::OrganisationNotActive));
}

#[test]
fn system_not_connected() {
    for state in [SystemState::Draft, SystemState::Testing] {
        assert_eq!(after(|s| s.system.state = state), Err(Code::SystemNotConnected));
    }
    assert_eq!(after(|s| s.ask.system = "nobody"), Err(Code::SystemNotConnected));
}

#[test]
fn system_suspended() {
    assert_eq!(after(|s| s.system.state = SystemState::Suspended), Err(Code::SystemSuspended));
}

#[test]
fn system_disconnected() {
    assert_eq!(after(|s| s.system.state = SystemState::Disconnected), Err(Code::SystemDisconnected));
}

#[test]
fn security_level_too_low() {
    assert_eq!(after(|s| s.system.security_level = 2), Err(Code::SecurityLevelTooLow));
    assert_eq!(
        after(|s| s.law = Law::default()),
        Err(Code::SecurityLevelTooLow),
        "no law, no level is enough"
    );
}

#[test]
fn assessment_overdue() {
    assert_eq!(after(|s| s.system.assessed_until = Some(day("2026-10-05"))), Ok(()), "the last day counts");
    assert_eq!(after(|s| s.system.assessed_until = Some(day("2026-10-04"))), Err(Code::AssessmentOverdue));
    assert_eq!(after(|s| s.system.assessed_until = None), Err(Code::AssessmentOverdue));
    let exempt = after(|s| {
        s.system.assessed_until = None;
        s.system.assessment_exempt = true;
    });
    assert_eq!(exempt, Ok(()));
}

#[test]
fn days_of_grace_come_from_the_law() {
    let text = include_str!("../../data/law.toml");
    let row = "name = \"assessment_grace_days\"\nvalue = ";
    let lenient = Law::parse(&text.replace(&format!("{row}0"), &format!("{row}30"))).unwrap();
    let with = |until: &str| {
        after(|s| {
            s.law = lenient.clone();
            s.system.assessed_until = Some(day(until));
        })
    };
    assert_eq!(with("2026-09-05"), Ok(()));
    assert_eq!(with("2026-09-04"), Err(Code::AssessmentOverdue));
}

#[test]
fn commitment_missing() {
    assert_eq!(after(|s| s.system.commitment_signed_on = None), Err(Code::CommitmentMissing));
    assert_eq!(
        after(|s| s.system.commitment_signed_on = Some(day("2026-10-06"))),
        Err(Code::CommitmentMissing)
    );
}

#[test]
fn source_network() {
    assert_eq!(after(|s| s.ask.source = [10, 56, 0, 1].into()), Err(Code::SourceNetwork));
    assert_eq!(after(|s| s.system.networks.clear()), Err(Code::SourceNetwork));
    assert_eq!(after(|s| s.system.networks.insert(0, Network::parse("192.0.2.0/24").unwrap())), Ok(()));
}

#[test]
fn outside_hours() {
    let at = |from: u16, to: u16| {
        after(|s| s.system.hours = Some(Hours::new(0b001_1111, from * 60, to * 60).unwrap()))
    };
    assert_eq!(at(9, 10), Ok(()));
    assert_eq!(at(7, 9), Err(Code::OutsideHours));
}

#[test]
fn agreement_not_in_force() {
    assert_eq!(after(|s| s.agreement.valid_from = day("2026-10-06")), Err(Code::AgreementNotInForce));
    assert_eq!(after(|s| s.agreement.valid_to = Some(day("2026-10-04"))), Err(Code::AgreementNotInForce));
    assert_eq!(after(|s| s.agreement.valid_to = Some(day("2026-10-05"))), Ok(()), "the last day counts");
    assert_eq!(after(|s| s.agreement.system = "other".into()), Err(Code::AgreementNotInForce));
}

#[test]
fn service_not_agreed() {
    assert_eq!(after(|s| s.agreement.grants.verify = None), Err(Code::ServiceNotAgreed));
}

#[test]
fn account_unknown() {
    assert_eq!(after(|s| s.ask.login = Some("nguyenvanx.stttt")), Err(Code::AccountUnknown));
    assert_eq!(after(|s| s.ask.login = Some("NGUYENVANA.stttt")), Err(Code::AccountUnknown));
}

#[test]
fn account_not_active() {
    for state in [AccountState::Locked, AccountState::Closed] {
        assert_eq!(after(|s| s.account.state = state), Err(Code::AccountNotActive));
    }
}

#[test]
fn officer_missing() {
    assert_eq!(after(|s| s.ask.officer = None), Err(Code::OfficerMissing));
    assert_eq!(after(|s| s.ask.officer = Some("  ")), Err(Code::OfficerMissing));
    let neither = after(|s| (s.ask.officer, s.ask.login) = (None, None));
    assert_eq!(neither, Err(Code::OfficerMissing));
}

#[test]
fn officer_unknown() {
    assert_eq!(after(|s| s.ask.officer = Some("001080000099")), Err(Code::OfficerUnknown));
    assert_eq!(after(|s| s.account.officer_number = None), Err(Code::OfficerUnknown));
    let alone = after(|s| (s.ask.officer, s.ask.login) = (Some("001080000099"), None));
    assert_eq!(alone, Err(Code::OfficerUnknown));
}

#[test]
fn officer_not_account_holder() {
    assert_eq!(after(|s| s.ask.officer = Some("001180000025")), Err(Code::OfficerNotAccountHolder));
    assert_eq!(after(|s| s.ask.officer = Some("tranthib.stttt")), Err(Code::OfficerNotAccountHolder));
}

#[test]
fn the_officer_alone_names_the_account_by_number_or_by_login() {
    for officer in [OFFICER, crate::scene::LOGIN, " 001080000024 "] {
        let mut scene = Scene::new();
        (scene.ask.login, scene.ask.officer) = (None, Some(officer));
        assert_eq!(&*scene.decide().unwrap().account.id, "account-1", "{officer}");
    }
}

#[test]
fn of_two_accounts_of_one_officer_the_active_one_counts() {
    let mut scene = Scene::new();
    scene.colleague.officer_number = scene.account.officer_number;
    scene.ask.login = None;
    assert_eq!(&*scene.decide().unwrap().account.id, "account-1");
    scene.account.state = AccountState::Locked;
    assert_eq!(&*scene.decide().unwrap().account.id, "account-2");
}

#[test]
fn agency_mismatch() {
    for outside in ["H30.242", "H5", "H550", "000.00.00.H30", "h55.242", "H55."] {
        assert_eq!(after(|s| s.ask.agency_code = Some(outside)), Err(Code::AgencyMismatch), "{outside}");
    }
    for within in ["H55", "H55.242.1", "000.01.12.H55", "000.00.00.H55"] {
        assert_eq!(after(|s| s.ask.agency_code = Some(within)), Ok(()), "{within}");
    }
    assert_eq!(after(|s| s.ask.agency_code = None), Ok(()), "the older form has no place for it");
    let department = after(|s| s.organisation.code = AgencyCode::parse("H55.243").unwrap());
    assert_eq!(department, Err(Code::AgencyMismatch));
}

#[test]
fn role_not_allowed() {
    assert_eq!(after(|s| s.account.role = Role::AccountManager), Err(Code::RoleNotAllowed));
    let look_up_by_platform = after(|s| (s.account.role, s.ask.service) = (Role::Platform, Service::LookUp));
    assert_eq!(look_up_by_platform, Err(Code::RoleNotAllowed));
    assert_eq!(after(|s| s.account.role = Role::Platform), Ok(()));
}

#[test]
fn purpose_missing() {
    assert_eq!(after(|s| s.ask.purpose = None), Err(Code::PurposeMissing));
    assert_eq!(after(|s| s.ask.purpose = Some(" ")), Err(Code::PurposeMissing));
    let older = after(|s| (s.ask.purpose, s.ask.older_form) = (None, true));
    assert_eq!(older, Ok(()), "the agreement's purpose stands in for the older form");
    let without_default = after(|s| {
        (s.ask.purpose, s.ask.older_form) = (None, true);
        s.agreement.default_purpose = None;
    });
    assert_eq!(without_default, Err(Code::PurposeMissing));
}

#[test]
fn purpose_not_registered() {
    assert_eq!(after(|s| s.ask.purpose = Some("1.004228")), Err(Code::PurposeNotRegistered));
    let older = after(|s| (s.ask.purpose, s.ask.older_form) = (Some("1.004228"), true));
    assert_eq!(older, Err(Code::PurposeNotRegistered), "a purpose that is named counts, whatever the form");
}

#[test]
fn case_missing() {
    let with = |case_number| after(|s| (s.ask.purpose, s.ask.case_number) = (Some("VPCP"), case_number));
    assert_eq!(with(None), Err(Code::CaseMissing));
    assert_eq!(with(Some(" ")), Err(Code::CaseMissing));
    assert_eq!(with(Some("1")), Ok(()));
    assert_eq!(after(|s| s.ask.case_number = None), Ok(()), "the other purpose demands none");
}

#[test]
fn field_not_agreed() {
    let named = |fields: &'static [Field]| after(move |s| s.ask.fields = Some(set(fields)));
    assert_eq!(named(&[Field::FullName, Field::Religion]), Err(Code::FieldNotAgreed));
    assert_eq!(named(&[Field::FullName]), Ok(()));
    assert_eq!(named(&[]), Err(Code::FieldNotAgreed), "nothing asked, nothing permitted");
    let only_sensitive = after(|s| s.agreement.grants.verify = Some(set(&[Field::Religion])));
    assert_eq!(only_sensitive, Err(Code::FieldNotAgreed));
}

#[test]
fn sensitive_fields_only_when_named_and_agreed() {
    let released = |fields: Option<&[Field]>| {
        let mut scene = Scene::new();
        scene.ask.service = Service::LookUp;
        scene.ask.fields = fields.map(set);
        scene.decide().map(|p| p.fields)
    };
    assert_eq!(released(None), Ok(set(&[Field::FullName, Field::PermanentResidence])));
    assert_eq!(released(Some(&[Field::EthnicGroup])), Ok(set(&[Field::EthnicGroup])));
    assert_eq!(released(Some(&[Field::Religion])), Err(Code::FieldNotAgreed));
}

#[test]
fn the_purpose_chooses_the_agreement() {
    let scene = Scene::new();
    let mut second = scene.agreement.clone();
    second.id = "agreement-0".into();
    second.purposes = [("2.000815".into(), dancu_policy::Purpose::default())].into();
    second.grants.verify = Some(set(&[Field::FullName]));
    let rules = Rules::new(
        scene.law.clone(),
        [scene.organisation.clone()],
        [scene.system.clone()],
        [scene.agreement.clone(), second],
        [scene.account.clone()],
    );
    let under = |purpose| decide(&rules, &dancu_policy::Ask { purpose: Some(purpose), ..scene.ask });
    assert_eq!(&*under(PURPOSE).unwrap().agreement.id, "agreement-1");
    assert_eq!(&*under("2.000815").unwrap().agreement.id, "agreement-0");
    assert_eq!(under("other").unwrap_err(), Code::PurposeNotRegistered);
}

#[test]
fn the_first_reason_in_the_documented_order_is_told() {
    let mut scene = Scene::new();
    // Broken from the last check to the first: each new fault must hide the one before.
    let mut expect = |code, change: fn(&mut Scene)| {
        change(&mut scene);
        assert_eq!(scene.decide().unwrap_err(), code);
    };
    expect(Code::FieldNotAgreed, |s| s.ask.fields = Some(set(&[Field::Religion])));
    expect(Code::CaseMissing, |s| (s.ask.purpose, s.ask.case_number) = (Some("VPCP"), None));
    expect(Code::PurposeNotRegistered, |s| s.ask.purpose = Some("other"));
    expect(Code::RoleNotAllowed, |s| s.account.role = Role::AccountManager);
    expect(Code::AgencyMismatch, |s| s.ask.agency_code = Some("G22"));
    expect(Code::AccountNotActive, |s| s.account.state = AccountState::Locked);
    expect(Code::OfficerUnknown, |s| s.ask.officer = Some("001080000099"));
    expect(Code::OfficerMissing, |s| s.ask.officer = None);
    expect(Code::AccountUnknown, |s| s.ask.login = Some("nobody.at.all"));
    expect(Code::ServiceNotAgreed, |s| s.agreement.grants.verify = None);
    expect(Code::AgreementNotInForce, |s| s.agreement.valid_to = Some(day("2026-02-01")));
    expect(Code::WorkstationNotEnrolled, |s| {
        (s.workstations, s.ask.workplace) = (true, Workplace::Page(None));
    });
    expect(Code::OutsideHours, |s| s.system.hours = Some(Hours::new(1, 0, 60).unwrap()));
    expect(Code::SourceNetwork, |s| s.system.networks.clear());
    expect(Code::CommitmentMissing, |s| s.system.commitment_signed_on = None);
    expect(Code::AssessmentOverdue, |s| s.system.assessed_until = None);
    expect(Code::SecurityLevelTooLow, |s| s.system.security_level = 0);
    expect(Code::SystemSuspended, |s| s.system.state = SystemState::Suspended);
    expect(Code::OrganisationNotActive, |s| s.organisation.state = OrganisationState::Closed);
    expect(Code::SystemNotConnected, |s| s.ask.system = "nobody");
}

#[test]
fn officers_work_from_enrolled_workstations_where_their_organisation_demands_it() {
    let at = |workstations, workplace| {
        let code = after(|s| (s.workstations, s.ask.workplace) = (workstations, workplace)).err();
        let mut scene = Scene::new();
        scene.workstations = workstations;
        let alone = may_work(&scene.rules(), "one-stop", workplace).err();
        assert_eq!(code, alone, "the same rule for what is no call");
        code
    };
    let refused = Some(Code::WorkstationNotEnrolled);
    assert_eq!(at(false, Workplace::Page(None)), None);
    assert_eq!(at(true, Workplace::Page(Some("thai-nguyen"))), None);
    assert_eq!(at(true, Workplace::Page(Some("bo-y-te"))), refused, "another organisation's is none");
    assert_eq!(at(true, Workplace::Page(None)), refused);
    assert_eq!(at(true, Workplace::System), None, "systems have certificates of their own");
}

#[test]
fn a_system_gets_a_certificate_before_it_is_connected_and_not_after_it_is_stopped() {
    let (here, elsewhere) = ([10, 55, 1, 2].into(), [10, 99, 1, 2].into());
    let under = |change: &dyn Fn(&mut Scene), source| {
        let mut scene = Scene::new();
        // Neither assessed nor committed: those come later.
        (scene.system.assessed_until, scene.system.commitment_signed_on) = (None, None);
        change(&mut scene);
        may_enrol(&scene.rules(), "one-stop", source, NOW_US).err()
    };
    for state in [SystemState::Draft, SystemState::Testing, SystemState::Connected] {
        assert_eq!(under(&|s| s.system.state = state, here), None, "{state:?}");
    }
    let stopped = |state| move |s: &mut Scene| s.system.state = state;
    assert_eq!(under(&stopped(SystemState::Suspended), here), Some(Code::SystemSuspended));
    assert_eq!(under(&stopped(SystemState::Disconnected), here), Some(Code::SystemDisconnected));
    let closed = |s: &mut Scene| s.organisation.state = OrganisationState::Closed;
    assert_eq!(under(&closed, here), Some(Code::OrganisationNotActive));
    assert_eq!(under(&|_| {}, elsewhere), Some(Code::SourceNetwork));
    let rules = Scene::new().rules();
    assert_eq!(may_enrol(&rules, "nobody", here, NOW_US).err(), Some(Code::SystemNotConnected));
}

#[test]
fn debug_shows_no_person() {
    let scene = Scene::new();
    let shown = format!("{:?} {:?} {:?}", scene.ask, scene.account, scene.rules());
    for secret in [OFFICER, crate::scene::LOGIN, "Nguyễn Văn A"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
