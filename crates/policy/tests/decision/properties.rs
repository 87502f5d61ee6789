//! What holds for every world and every call.
use crate::scene::{DAY_US, LOGIN, NOW_US, OFFICER, PURPOSE, Scene, day};
use dancu_catalogue::Code;
use dancu_citizen::FieldSet;
use dancu_policy::{
    AccountState, Ask, Hours, OrganisationState, Purpose, Role, Rules, Service, SystemState, decide,
};
use proptest::prelude::*;

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(all.to_vec())
}

/// Scenes in which each piece may or may not be in order, and so may the call.
fn scenes() -> impl Strategy<Value = Scene> {
    let system = (
        any_of(&OrganisationState::ALL),
        any_of(&SystemState::ALL),
        0_u8..6,
        any_of(&[None, Some("2026-12-31"), Some("2026-01-31")]),
        any::<bool>(),
        any_of(&[None, Some("2026-01-05"), Some("2027-01-05")]),
        any::<bool>(),
    );
    let agreement = (
        prop::option::of(any::<u64>()),
        prop::option::of(any::<u64>()),
        any_of(&["2026-01-01", "2026-11-01"]),
        any::<bool>(),
    );
    let account = (any_of(&Role::ALL), any_of(&AccountState::ALL));
    let ask = (
        any_of(&Service::ALL),
        any_of(&[None, Some(LOGIN), Some("tranthib.stttt"), Some("nobody"), Some("")]),
        any_of(&[None, Some(OFFICER), Some("001180000025"), Some("001080000099"), Some(LOGIN)]),
        any_of(&[None, Some("H55.242"), Some("H56"), Some("000.01.12.H55")]),
        any_of(&[None, Some(PURPOSE), Some("VPCP"), Some("other")]),
        any::<bool>(),
        prop::option::of(any::<u64>()),
        any::<bool>(),
        any::<bool>(),
        -400_i64..400,
    );
    (system, agreement, account, ask).prop_map(|(s, g, a, k)| {
        let mut scene = Scene::new();
        (scene.organisation.state, scene.system.state, scene.system.security_level) = (s.0, s.1, s.2);
        scene.system.assessed_until = s.3.map(day);
        scene.system.assessment_exempt = s.4;
        scene.system.commitment_signed_on = s.5.map(day);
        scene.system.hours = s.6.then(|| Hours::new(0b001_1111, 420, 1080).unwrap());
        scene.agreement.grants.verify = g.0.map(FieldSet::from_bits);
        scene.agreement.grants.look_up = g.1.map(FieldSet::from_bits);
        scene.agreement.valid_from = day(g.2);
        scene.agreement.purposes.insert(PURPOSE.into(), Purpose { case_required: g.3, ..Purpose::default() });
        (scene.account.role, scene.account.state) = a;
        (scene.ask.service, scene.ask.login, scene.ask.officer, scene.ask.agency_code) = (k.0, k.1, k.2, k.3);
        scene.ask.purpose = k.4;
        if k.5 {
            scene.ask.case_number = None;
        }
        scene.ask.fields = k.6.map(FieldSet::from_bits);
        scene.ask.older_form = k.7;
        if k.8 {
            scene.ask.source = [192, 0, 2, 1].into();
        }
        scene.ask.now_us = NOW_US + k.9 * DAY_US;
        scene
    })
}

/// Scenes near the permitted one, so that permits are frequent: only fields and the naming of the officer vary.
fn fair_scenes() -> impl Strategy<Value = Scene> {
    (any_of(&Service::ALL), any::<u64>(), any::<u64>(), prop::option::of(any::<u64>()), any::<bool>())
        .prop_map(|(service, verify, look_up, wanted, by_login)| {
            let mut scene = Scene::new();
            scene.ask.service = service;
            scene.agreement.grants.verify = Some(FieldSet::from_bits(verify));
            scene.agreement.grants.look_up = Some(FieldSet::from_bits(look_up));
            let agreed = scene.agreement.grants.of(service).unwrap();
            scene.ask.fields = wanted.map(|w| FieldSet::from_bits(w).intersect(agreed));
            if !by_login {
                scene.ask.login = None;
            }
            scene
        })
}

proptest! {
    #[test]
    fn the_same_question_has_the_same_answer(scene in scenes()) {
        let (first, again) = (scene.rules(), scene.rules());
        prop_assert_eq!(decide(&first, &scene.ask), decide(&first, &scene.ask));
        // The rules arranged anew, from the same lists in another hash order.
        prop_assert_eq!(decide(&first, &scene.ask), decide(&again, &scene.ask));
    }

    #[test]
    fn a_permit_means_that_every_piece_was_in_order(scene in scenes()) {
        if let Ok(permit) = scene.decide() {
            let agreed = scene.agreement.grants.of(scene.ask.service).unwrap();
            prop_assert_eq!(scene.organisation.state, OrganisationState::Active);
            prop_assert_eq!(scene.system.state, SystemState::Connected);
            prop_assert!(scene.system.security_level >= 3);
            prop_assert!(scene.system.assessment_exempt || scene.system.assessed_until.is_some());
            prop_assert!(scene.system.commitment_signed_on.is_some());
            prop_assert_eq!(permit.account.state, AccountState::Active);
            prop_assert!(scene.law.allows(permit.account.role, scene.ask.service));
            prop_assert!(scene.ask.officer.is_some());
            prop_assert!(scene.agreement.purposes.contains_key(&permit.purpose));
            prop_assert!(!permit.fields.is_empty());
            prop_assert!(permit.fields.minus(agreed).is_empty(), "only agreed fields");
            match scene.ask.fields {
                Some(named) => prop_assert_eq!(permit.fields, named),
                None => prop_assert!(permit.fields.iter().all(|f| !f.is_sensitive())),
            }
        }
    }

    #[test]
    fn removing_an_agreed_field_never_adds_a_released_one(scene in fair_scenes(), removed: u64) {
        let before = scene.decide().map(|p| p.fields).unwrap_or_default();
        let mut less = scene.clone();
        let removed = FieldSet::from_bits(removed);
        less.agreement.grants.verify = less.agreement.grants.verify.map(|f| f.minus(removed));
        less.agreement.grants.look_up = less.agreement.grants.look_up.map(|f| f.minus(removed));
        let after = less.decide().map(|p| p.fields).unwrap_or_default();
        prop_assert!(after.minus(before).is_empty());
        prop_assert!(after.intersect(removed).is_empty());
    }

    #[test]
    fn removing_a_field_never_adds_one_with_several_agreements_either(
        first in fair_scenes(), second: u64, removed: u64, same_purpose: bool,
    ) {
        let released = |removed: FieldSet| {
            let mut one = first.agreement.clone();
            one.grants.verify = one.grants.verify.map(|f| f.minus(removed));
            one.grants.look_up = one.grants.look_up.map(|f| f.minus(removed));
            let mut two = first.agreement.clone();
            two.id = "agreement-2".into();
            two.grants.verify = Some(FieldSet::from_bits(second));
            two.grants.look_up = Some(FieldSet::from_bits(second));
            if !same_purpose {
                two.purposes.remove(PURPOSE);
            }
            let rules = Rules::new(
                first.law.clone(), [first.organisation.clone()], [first.system.clone()], [two, one],
                [first.account.clone()],
            );
            decide(&rules, &first.ask).map(|p| p.fields).unwrap_or_default()
        };
        let (before, after) = (released(FieldSet::EMPTY), released(FieldSet::from_bits(removed)));
        prop_assert!(after.minus(before).is_empty());
    }

    #[test]
    fn default_deny_any_single_missing_piece_refuses_with_its_own_code(scene in fair_scenes(), piece in 0_usize..14) {
        prop_assume!(scene.decide().is_ok());
        let mut less = scene.clone();
        let rules = |s: &Scene, organisation: bool, system: bool, agreement: bool, account: bool| {
            Rules::new(
                s.law.clone(),
                organisation.then(|| s.organisation.clone()),
                system.then(|| s.system.clone()),
                agreement.then(|| s.agreement.clone()),
                account.then(|| s.account.clone()),
            )
        };
        let all = |s: &Scene| rules(s, true, true, true, true);
        let (rules, code) = match piece {
            0 => (rules(&less, false, true, true, true), Code::OrganisationNotActive),
            1 => (rules(&less, true, false, true, true), Code::SystemNotConnected),
            2 => (rules(&less, true, true, false, true), Code::AgreementNotInForce),
            3 => {
                let code = if less.ask.login.is_some() { Code::AccountUnknown } else { Code::OfficerUnknown };
                (rules(&less, true, true, true, false), code)
            }
            4 => { less.law = dancu_policy::Law::default(); (all(&less), Code::SecurityLevelTooLow) }
            5 => { less.system.security_level = 0; (all(&less), Code::SecurityLevelTooLow) }
            6 => { less.system.assessed_until = None; (all(&less), Code::AssessmentOverdue) }
            7 => { less.system.commitment_signed_on = None; (all(&less), Code::CommitmentMissing) }
            8 => { less.system.networks.clear(); (all(&less), Code::SourceNetwork) }
            9 => {
                less.agreement.grants.verify = None;
                less.agreement.grants.look_up = None;
                (all(&less), Code::ServiceNotAgreed)
            }
            10 => { less.agreement.purposes.clear(); (all(&less), Code::PurposeNotRegistered) }
            11 => { less.ask.purpose = None; (all(&less), Code::PurposeMissing) }
            12 => { less.ask.officer = None; (all(&less), Code::OfficerMissing) }
            _ => {
                less.agreement.grants.verify = Some(FieldSet::EMPTY);
                less.agreement.grants.look_up = Some(FieldSet::EMPTY);
                (all(&less), Code::FieldNotAgreed)
            }
        };
        prop_assert_eq!(decide(&rules, &less.ask).map(|_| ()), Err(code));
    }

    #[test]
    fn no_text_of_a_caller_does_harm(
        login in ".*", officer in ".*", agency in ".*", purpose in ".*", case in ".*", system in ".*", now_us: i64,
    ) {
        let scene = Scene::new();
        let ask = Ask {
            system: &system, login: Some(&login), officer: Some(&officer), agency_code: Some(&agency),
            purpose: Some(&purpose), case_number: Some(&case), now_us, ..scene.ask
        };
        prop_assert!(decide(&scene.rules(), &ask).is_err());
        let ask = Ask { system: scene.ask.system, ..ask };
        prop_assert!(decide(&scene.rules(), &ask).is_err());
    }
}
