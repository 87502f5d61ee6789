//! The emergency account: two people, two second factors, a limited time.
use crate::house::*;
use dancu_citizen::PersonalId;
use dancu_keys::Secret;
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_staff::{Change, EmergencyState, LockWhy, NewAccount, Outcome, Proof, Staff, StaffError};
use dancu_storage::testing::{sqlite_store, stores};

struct Scene {
    staff: Staff,
    glass: String,
    one: (String, Secret),
    two: (String, Secret),
}

fn glass() -> NewAccount {
    NewAccount { emergency: true, ..admin("break.the.glass") }
}

fn scene(staff: Staff) -> Scene {
    let glass = staff.create(&glass(), "setup", NOW_US).unwrap();
    let one = seed_admin(&staff, "the.registry", 1);
    let approver = new(AccountKind::Administration, StaffRole::Approver, "the.approver");
    let two = staff.seed(&approver, &secret(GOOD), Some(&key(2)), NOW_US).unwrap();
    let first = enter(&staff, "the.registry", 1, NOW_US).token;
    let second = enter(&staff, "the.approver", 2, NOW_US).token;
    Scene { staff, glass, one: (one, first), two: (two, second) }
}

impl Scene {
    /// The first person asks, at this time.
    fn ask(&self, now_us: i64) -> Result<String, StaffError> {
        let shown = code(1, now_us);
        let (_, token) = &self.one;
        self.staff.request_break_glass(
            token,
            &Proof::Totp(&shown),
            &self.glass,
            "mất cả hai quản trị",
            now_us,
        )
    }

    /// The second person agrees.
    fn agree(&self, request: &str, now_us: i64) -> Result<i64, StaffError> {
        let shown = code(2, now_us);
        let (_, token) = &self.two;
        self.staff.approve_break_glass(token, &Proof::Totp(&shown), request, "đã gọi điện xác nhận", now_us)
    }

    fn state(&self, now_us: i64) -> EmergencyState {
        self.staff.break_glass(None, 1).unwrap()[0].state(now_us)
    }
}

#[test]
fn two_people_open_it_and_time_closes_it() {
    for (name, store, _guard) in stores() {
        let scene = scene(server(&store));
        let staff = &scene.staff;
        let asked_at = NOW_US + MINUTE;
        let request = scene.ask(asked_at).unwrap();
        assert_eq!(scene.state(asked_at), EmergencyState::Requested, "{name}");
        let early = staff.enter_break_glass(&scene.one.1, &request, &visitor(), asked_at).unwrap_err();
        assert!(matches!(early, StaffError::TooLate), "{name}");
        let until = scene.agree(&request, asked_at + MINUTE).unwrap();
        assert_eq!(until, asked_at + MINUTE + HOUR);
        assert_eq!(scene.state(asked_at + MINUTE), EmergencyState::Open, "{name}");

        let now = asked_at + 2 * MINUTE;
        let stranger = staff.enter_break_glass(&scene.two.1, &request, &visitor(), now).unwrap_err();
        assert!(matches!(stranger, StaffError::Unknown(_)), "{name}: it is for who asked");
        let inside = staff.enter_break_glass(&scene.one.1, &request, &visitor(), now).unwrap();
        assert_eq!(inside.session.account.id, scene.glass);
        assert_eq!(inside.session.emergency.as_deref(), Some(request.as_str()));
        assert_eq!(inside.session.ends_at_us, until, "{name}");
        let mut now = now;
        while now + 4 * MINUTE < until {
            now += 4 * MINUTE;
            assert!(staff.session(&inside.token, now).unwrap().is_some(), "{name}");
        }
        assert!(staff.session(&inside.token, until).unwrap().is_none(), "{name}: by itself");
        assert_eq!(scene.state(until), EmergencyState::Closed);

        // The histories of all three tell it, with the reasons.
        for (account, last) in [(&scene.glass, 1), (&scene.one.0, 1), (&scene.two.0, 0)] {
            let changes = staff.changes(account, None, 5).unwrap();
            assert_eq!(changes[0].what, Change::EmergencyOpened, "{name}");
            assert_eq!(changes[0].reason.as_deref(), Some("đã gọi điện xác nhận"));
            if last == 1 {
                assert_eq!(changes[1].what, Change::EmergencyRequested, "{name}");
                assert_eq!(changes[1].reason.as_deref(), Some("mất cả hai quản trị"));
            }
        }
        assert_eq!(staff.history(&scene.glass, None, 1).unwrap()[0].outcome, Outcome::Emergency);
        let row = &staff.break_glass(None, 5).unwrap()[0];
        assert_eq!(
            (row.requested_by.as_str(), row.approved_by.as_deref()),
            (scene.one.0.as_str(), Some(scene.two.0.as_str()))
        );
        let closed = staff.refresh(until).unwrap();
        assert_eq!(closed.emergencies, [request], "{name}");
        assert_eq!(staff.changes(&scene.glass, None, 1).unwrap()[0].what, Change::EmergencyClosed);
        assert!(staff.refresh(until).unwrap().emergencies.is_empty(), "{name}: once");
    }
}

#[test]
fn one_person_alone_does_not() {
    let (store, _guard) = sqlite_store();
    let scene = scene(server(&store));
    let staff = &scene.staff;
    let request = scene.ask(NOW_US + MINUTE).unwrap();
    let shown = code(1, NOW_US + 2 * MINUTE);
    let own = staff
        .approve_break_glass(&scene.one.1, &Proof::Totp(&shown), &request, "tôi đồng ý", NOW_US + 2 * MINUTE)
        .unwrap_err();
    assert!(matches!(own, StaffError::OwnAccount), "{own}");
    let password = staff.begin_sign_in("break.the.glass", &secret(GOOD), &visitor(), NOW_US).unwrap();
    assert!(is_refused(&password), "it has no password");
    assert!(staff.invite(&scene.glass, "boss", NOW_US).is_err(), "and gets none");
}

/// Two accounts of one person are not two people.
#[test]
fn nor_does_one_person_with_two_accounts() {
    let (store, _guard) = sqlite_store();
    let scene = scene(server(&store));
    let staff = &scene.staff;
    let mut details = person("Nguyễn Văn A");
    details.person = Some(PersonalId::parse("001080000024").unwrap());
    staff.describe(&scene.one.0, &details, "boss", NOW_US).unwrap();
    staff.describe(&scene.two.0, &details, "boss", NOW_US).unwrap();
    let request = scene.ask(NOW_US + MINUTE).unwrap();
    let same = scene.agree(&request, NOW_US + 2 * MINUTE).unwrap_err();
    assert!(matches!(same, StaffError::OwnAccount), "{same}");
    assert_eq!(scene.state(NOW_US + 2 * MINUTE), EmergencyState::Requested);
}

#[test]
fn each_proves_itself_for_it_and_says_why() {
    let (store, _guard) = sqlite_store();
    let scene = scene(server(&store));
    let staff = &scene.staff;
    let now = NOW_US + MINUTE;
    let shown = code(1, now);
    let ask = |proof: &Proof<'_>, account: &str, reason: &str, now| {
        staff.request_break_glass(&scene.one.1, proof, account, reason, now).unwrap_err()
    };
    assert!(matches!(ask(&Proof::Totp("000000"), &scene.glass, "x", now), StaffError::WrongProof));
    assert!(matches!(ask(&Proof::Password(&secret(GOOD)), &scene.glass, "x", now), StaffError::WrongProof));
    let recovery = staff.new_recovery_codes(&scene.one.1, now).unwrap();
    assert!(matches!(ask(&Proof::Recovery(&recovery[0]), &scene.glass, "x", now), StaffError::WrongProof));
    assert!(matches!(ask(&Proof::Totp(&shown), &scene.glass, "  ", now), StaffError::Invalid(..)));
    assert!(
        matches!(ask(&Proof::Totp(&shown), &scene.two.0, "x", now), StaffError::Unknown(_)),
        "not an emergency account"
    );
    assert!(staff.break_glass(None, 5).unwrap().is_empty());
    // That code is spent now; the next one asks, and the second person needs a right one too.
    assert!(matches!(scene.ask(now).unwrap_err(), StaffError::WrongProof));
    let request = scene.ask(now + 30 * SECOND).unwrap();
    let wrong = staff
        .approve_break_glass(&scene.two.1, &Proof::Totp("000000"), &request, "x", now + 31 * SECOND)
        .unwrap_err();
    assert!(matches!(wrong, StaffError::WrongProof));
    scene.agree(&request, now + 31 * SECOND).unwrap();
    let twice = scene.agree(&request, now + 61 * SECOND).unwrap_err();
    assert!(matches!(twice, StaffError::TooLate), "{twice}");
}

#[test]
fn the_window_closes_and_so_does_a_hand() {
    for (name, store, _guard) in stores() {
        let scene = scene(server(&store));
        let staff = &scene.staff;
        let asked_at = NOW_US + MINUTE;
        let request = scene.ask(asked_at).unwrap();
        let late = asked_at + 15 * MINUTE;
        // The second person's session idled meanwhile: it is kept in use.
        for minutes in [4, 8, 12] {
            assert!(staff.session(&scene.two.1, NOW_US + minutes * MINUTE).unwrap().is_some());
            assert!(staff.session(&scene.one.1, NOW_US + minutes * MINUTE).unwrap().is_some());
        }
        let over = scene.agree(&request, late).unwrap_err();
        assert!(matches!(over, StaffError::TooLate), "{name}: {over}");
        assert_eq!(scene.state(late), EmergencyState::Lapsed);
        assert_eq!(staff.refresh(late).unwrap().emergencies, [request], "{name}");

        let request = scene.ask(late).unwrap();
        scene.agree(&request, late + MINUTE).unwrap();
        let inside = staff.enter_break_glass(&scene.one.1, &request, &visitor(), late + MINUTE).unwrap();
        let deeper = staff.request_break_glass(
            &inside.token,
            &Proof::Totp("000000"),
            &scene.glass,
            "lâu hơn",
            late + MINUTE,
        );
        assert!(deeper.is_err(), "{name}: it does not open itself anew");
        assert!(matches!(
            staff.new_recovery_codes(&inside.token, late + MINUTE),
            Err(StaffError::ProofNeeded)
        ));
        staff.close_break_glass(&request, &scene.two.0, late + 2 * MINUTE).unwrap();
        assert!(staff.session(&inside.token, late + 2 * MINUTE).unwrap().is_none(), "{name}");
        let again =
            staff.enter_break_glass(&scene.one.1, &request, &visitor(), late + 3 * MINUTE).unwrap_err();
        assert!(matches!(again, StaffError::TooLate), "{name}");
        assert!(staff.close_break_glass(&request, &scene.two.0, late + 3 * MINUTE).is_err());
    }
}

#[test]
fn whoever_was_locked_since_it_asked_gets_nothing() {
    let (store, _guard) = sqlite_store();
    let scene = scene(server(&store));
    let request = scene.ask(NOW_US + MINUTE).unwrap();
    scene.staff.lock(&scene.one.0, LockWhy::Hand, Some("nghi ngờ"), &scene.two.0, NOW_US + MINUTE).unwrap();
    let locked = scene.agree(&request, NOW_US + 2 * MINUTE).unwrap_err();
    assert!(matches!(locked, StaffError::State("locked")), "{locked}");
}
