//! A house with people in it, and their ways in.
use dancu_keys::{KeyRing, PasswordParams, Secret};
use dancu_policy::duty::{AccountKind, StaffRole};
use dancu_staff::{Console, Details, NewAccount, NewSession, Proof, SignIn, Staff, Step, Visitor, totp};
use dancu_storage::Store;

/// Saturday 21 November 2026, 09:00 in Vietnam
pub(crate) const NOW_US: i64 = 1_795_226_400_000_000;
pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) const GOOD: &str = "Trời xanh 2026!";
pub(crate) const OTHER: &str = "Mây trắng 2027?";

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text)
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(&Secret::new([1; 32]), &Secret::new([2; 32])).unwrap()
}

pub(crate) fn console() -> Console {
    Console {
        domain: "console.example.vn".into(),
        origin: "https://console.example.vn".into(),
        name: "dancu".into(),
    }
}

/// One server more on the same store.
pub(crate) fn server(store: &Store) -> Staff {
    let cheap = PasswordParams { memory_kib: 64, passes: 1, lanes: 1 };
    Staff::open(store.clone(), ring(), &console()).unwrap().with_password_params(cheap).unwrap()
}

pub(crate) fn visitor() -> Visitor<'static> {
    Visitor { source: [10, 0, 0, 1].into(), device: None, browser: "Firefox, Linux" }
}

pub(crate) fn person(name: &str) -> Details {
    Details {
        name: name.into(),
        phone: Some("0900000001".into()),
        email: Some("a@example.vn".into()),
        department: Some("Phòng Tổng hợp".into()),
        ..Details::default()
    }
}

pub(crate) fn new(kind: AccountKind, role: StaffRole, login: &str) -> NewAccount {
    let organisation = (role.seat() == dancu_policy::duty::Seat::Organisation).then(|| "thai-nguyen".into());
    NewAccount {
        kind,
        organisation,
        roles: vec![role],
        emergency: false,
        login: login.into(),
        details: person("Nguyễn Văn A"),
    }
}

pub(crate) fn admin(login: &str) -> NewAccount {
    new(AccountKind::Administration, StaffRole::RegistryOfficer, login)
}

pub(crate) fn officer(login: &str) -> NewAccount {
    new(AccountKind::Operation, StaffRole::Officer, login)
}

/// The key of an authenticator, by a number.
pub(crate) fn key(number: u8) -> Secret {
    Secret::new([number; totp::KEY_BYTES])
}

pub(crate) fn code(number: u8, now_us: i64) -> String {
    totp::code(&key(number), totp::step(now_us)).unwrap()
}

/// Makes an administrator in use, whose authenticator has the key of this number.
pub(crate) fn seed_admin(staff: &Staff, login: &str, number: u8) -> String {
    staff.seed(&admin(login), &secret(GOOD), Some(&key(number)), NOW_US).unwrap()
}

pub(crate) fn seed_officer(staff: &Staff, login: &str) -> String {
    staff.seed(&officer(login), &secret(GOOD), None, NOW_US).unwrap()
}

/// Signs an administrator in.
pub(crate) fn enter(staff: &Staff, login: &str, number: u8, now_us: i64) -> NewSession {
    let (attempt, step) = next(staff.begin_sign_in(login, &secret(GOOD), &visitor(), now_us).unwrap());
    assert!(matches!(step, Step::SecondFactor(_)), "{step:?}");
    let proof = code(number, now_us);
    done(staff.second_factor(&attempt, &Proof::Totp(&proof), &visitor(), now_us).unwrap())
}

/// Signs in who has a password only.
pub(crate) fn enter_plain(staff: &Staff, login: &str, now_us: i64) -> NewSession {
    done(staff.begin_sign_in(login, &secret(GOOD), &visitor(), now_us).unwrap())
}

pub(crate) fn next(sign_in: SignIn) -> (Secret, Step) {
    match sign_in {
        SignIn::Next { attempt, step } => (attempt, step),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn done(sign_in: SignIn) -> NewSession {
    match sign_in {
        SignIn::Done(session) => *session,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn is_refused(sign_in: &SignIn) -> bool {
    matches!(sign_in, SignIn::Refused)
}
