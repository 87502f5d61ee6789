//! The way in as a machine: whatever anybody does in whatever order, it answers as a small model of the rules does.
mod model;

use crate::house::*;
use dancu_keys::Secret;
use dancu_staff::{Holder, LockWhy, Proof, SignIn, Staff, StaffError, Step, totp};
use dancu_storage::Store;
use dancu_storage::testing::{postgres_store, sqlite_store};
use model::{Attempt, Model, Open, Stage};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Deed {
    /// Type a password, right or wrong
    Knock {
        right: bool,
    },
    /// Show a code in the newest attempt, right or wrong
    Code {
        right: bool,
    },
    /// Choose a new password in the newest attempt
    Choose,
    /// Enrol TOTP in the newest attempt and confirm it
    Enrol,
    /// Load the page of the newest attempt again
    Again,
    /// Use a session
    Use(prop::sample::Index),
    /// Sign out of a session
    Leave(prop::sample::Index),
    /// Another person locks, unlocks, resets
    Lock,
    Unlock,
    Reset {
        everything: bool,
    },
    /// Let so many seconds pass
    Wait(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        6 => any::<bool>().prop_map(|right| Deed::Knock { right }),
        3 => Just(Deed::Knock { right: true }),
        6 => prop::bool::weighted(0.8).prop_map(|right| Deed::Code { right }),
        3 => Just(Deed::Choose),
        3 => Just(Deed::Enrol),
        2 => Just(Deed::Again),
        4 => index().prop_map(Deed::Use),
        1 => index().prop_map(Deed::Leave),
        1 => Just(Deed::Lock),
        1 => Just(Deed::Unlock),
        1 => any::<bool>().prop_map(|everything| Deed::Reset { everything }),
        6 => prop_oneof![Just(31), Just(200), Just(299), Just(601), Just(43_300), Just(260_000), Just(5_200_000)]
            .prop_map(Deed::Wait),
    ]
}

struct World {
    staff: [Staff; 2],
    turn: usize,
    id: String,
    model: Model,
}

impl World {
    fn new(store: &Store, administers: bool) -> Self {
        let staff = [server(store), server(store)];
        let account = if administers { admin("the.person") } else { officer("the.person") };
        let id =
            staff[0].seed(&account, &secret(GOOD), administers.then(|| key(1)).as_ref(), NOW_US).unwrap();
        let model = Model {
            administers,
            now: NOW_US,
            password: secret(GOOD),
            set_at: NOW_US,
            handed_until: None,
            key: administers.then(|| key(1)),
            last_step: 0,
            failures: 0,
            locked: None,
            version: 0,
            attempts: Vec::new(),
            sessions: Vec::new(),
            chosen: 0,
        };
        Self { staff, turn: 0, id, model }
    }

    /// Servers take turns.
    fn staff(&mut self) -> Staff {
        self.turn += 1;
        self.staff[self.turn % 2].clone()
    }

    /// The answer is the stage that the model expects of this attempt; a session is remembered.
    fn expect(&mut self, answer: SignIn, at: usize) {
        let stage = self.model.stage(self.model.attempts[at].proved);
        match (answer, &stage) {
            (SignIn::Next { step: Step::SecondFactor(_), .. }, Stage::Factor)
            | (SignIn::Next { step: Step::Enrol, .. }, Stage::Enrol)
            | (SignIn::Next { step: Step::ChangePassword, .. }, Stage::Choose) => {}
            (SignIn::Done(begun), Stage::In) => {
                let now = self.model.now;
                self.model.attempts[at].over = true;
                self.model.failures = 0;
                let open: Vec<usize> =
                    (0..self.model.sessions.len()).rev().filter(|n| !self.model.sessions[*n].over).collect();
                for replaced in open.into_iter().skip(2) {
                    self.model.sessions[replaced].over = true;
                }
                assert_eq!(begun.session.factor.is_some(), self.model.attempts[at].proved);
                self.model.sessions.push(Open {
                    token: begun.token,
                    version: self.model.version,
                    seen: now,
                    ends: now + 10 * HOUR,
                    over: false,
                });
            }
            (answer, stage) => panic!("{answer:?} where the rules say {stage:?}"),
        }
    }

    fn run(&mut self, deed: &Deed) {
        self.model.now += 1;
        let now = self.model.now;
        let staff = self.staff();
        match deed {
            Deed::Knock { right } => self.knock(&staff, *right, now),
            Deed::Code { right } => self.code(&staff, *right, now),
            Deed::Choose => self.choose(&staff, now),
            Deed::Enrol => self.enrol(&staff, now),
            Deed::Again => self.again(&staff, now),
            Deed::Use(index) => self.use_session(&staff, *index, now),
            Deed::Leave(index) => self.leave(&staff, *index, now),
            Deed::Lock => {
                staff.lock(&self.id, LockWhy::Hand, None, "boss", now).unwrap();
                self.model.locked = Some(i64::MAX);
                self.model.version += 1;
            }
            Deed::Unlock => self.unlock(&staff, now),
            Deed::Reset { everything } => self.reset(&staff, *everything, now),
            Deed::Wait(seconds) => self.model.now += seconds * SECOND,
        }
    }

    fn knock(&mut self, staff: &Staff, right: bool, now: i64) {
        let password = if right { self.model.password.clone() } else { secret("không phải nó") };
        let answer = staff.begin_sign_in("the.person", &password, &visitor(), now).unwrap();
        if !self.model.take_try() {
            return assert!(is_refused(&answer), "locked");
        }
        if !right {
            self.model.wrong();
            return assert!(is_refused(&answer), "wrong password");
        }
        if self.model.handed_until.is_some_and(|until| until <= now) {
            return assert!(is_refused(&answer), "lapsed");
        }
        let token = match &answer {
            SignIn::Next { attempt, .. } => attempt.clone(),
            _ => secret("none"),
        };
        let (version, ends) = (self.model.version, now + 10 * MINUTE);
        self.model.attempts.push(Attempt { token, version, ends, proved: false, over: false });
        self.expect(answer, self.model.attempts.len() - 1);
    }

    fn newest(&self) -> Secret {
        self.model.attempts.last().map_or_else(|| secret("none"), |attempt| attempt.token.clone())
    }

    fn code(&mut self, staff: &Staff, right: bool, now: i64) {
        let shown = match &self.model.key {
            Some(key) if right => totp::code(key, totp::step(now)).unwrap(),
            _ => "x".to_owned(),
        };
        let answer = staff.second_factor(&self.newest(), &Proof::Totp(&shown), &visitor(), now);
        let Some(at) = self.model.live_attempt() else {
            return assert!(matches!(answer, Err(StaffError::NotSignedIn)), "{answer:?}");
        };
        assert!(self.model.take_try());
        let fits = right && self.model.key.is_some() && totp::step(now) > self.model.last_step;
        if !fits {
            self.model.wrong();
            return assert!(matches!(answer, Err(StaffError::WrongProof)), "{answer:?}");
        }
        self.model.last_step = totp::step(now);
        self.model.attempts[at].proved = true;
        self.expect(answer.unwrap(), at);
    }

    fn choose(&mut self, staff: &Staff, now: i64) {
        self.model.chosen += 1;
        let new = secret(&format!("Mật khẩu số {:04}!", self.model.chosen));
        let answer = staff.sign_in_password(&self.newest(), &new, &visitor(), now);
        let Some(at) = self.model.live_attempt() else {
            return assert!(matches!(answer, Err(StaffError::NotSignedIn)), "{answer:?}");
        };
        if self.model.stage(self.model.attempts[at].proved) != Stage::Choose {
            return assert!(matches!(answer, Err(StaffError::ProofNeeded)), "{answer:?}");
        }
        self.model.password = new;
        self.model.set_at = now;
        self.model.handed_until = None;
        self.model.version += 1;
        self.model.attempts[at].version = self.model.version;
        self.expect(answer.unwrap(), at);
    }

    fn enrol(&mut self, staff: &Staff, now: i64) {
        let token = self.newest();
        let holder = Holder::Attempt(&token);
        let begun = staff.enrol_totp(holder, now);
        let Some(at) = self.model.live_attempt() else {
            return assert!(matches!(begun, Err(StaffError::NotSignedIn)), "{begun:?}");
        };
        if self.model.key.is_some() && !self.model.attempts[at].proved {
            return assert!(matches!(begun, Err(StaffError::ProofNeeded)), "{begun:?}");
        }
        let begun = begun.unwrap();
        let typed = begun.secret.expose_str().unwrap().to_owned();
        let key = Secret::new(data_encoding::BASE32_NOPAD.decode(typed.as_bytes()).unwrap());
        let shown = totp::code(&key, totp::step(now)).unwrap();
        staff.confirm_totp(holder, &begun.ceremony, &shown, now).unwrap();
        self.model.key = Some(key);
        self.model.last_step = totp::step(now);
        self.model.attempts[at].proved = true;
    }

    fn again(&mut self, staff: &Staff, now: i64) {
        let answer = staff.continue_sign_in(&self.newest(), &visitor(), now);
        match self.model.live_attempt() {
            None => assert!(matches!(answer, Err(StaffError::NotSignedIn)), "{answer:?}"),
            Some(at) => self.expect(answer.unwrap(), at),
        }
    }

    fn use_session(&mut self, staff: &Staff, index: prop::sample::Index, now: i64) {
        if self.model.sessions.is_empty() {
            return;
        }
        let at = index.index(self.model.sessions.len());
        let lives = self.model.lives(&self.model.sessions[at]);
        let open = &mut self.model.sessions[at];
        let found = staff.session(&open.token, now).unwrap();
        assert_eq!(found.is_some(), lives, "a session counts as long as the rules say");
        if !lives {
            open.over = true;
        } else if now - open.seen >= 5 * SECOND {
            open.seen = now;
        }
    }

    fn leave(&mut self, staff: &Staff, index: prop::sample::Index, now: i64) {
        if self.model.sessions.is_empty() {
            return;
        }
        let at = index.index(self.model.sessions.len());
        staff.end_session(&self.model.sessions[at].token, now).unwrap();
        self.model.sessions[at].over = true;
    }

    fn unlock(&mut self, staff: &Staff, now: i64) {
        let answer = staff.unlock(&self.id, "xong", "boss", now);
        if self.model.is_locked() || self.model.failures > 0 {
            answer.unwrap();
            self.model.locked = None;
            self.model.failures = 0;
        } else {
            assert!(matches!(answer, Err(StaffError::State("not locked"))), "{answer:?}");
        }
    }

    fn reset(&mut self, staff: &Staff, everything: bool, now: i64) {
        let what = if everything { dancu_staff::Reset::Everything } else { dancu_staff::Reset::Password };
        let handed = staff.reset(&self.id, what, "quên", "boss", now).unwrap();
        self.model.password = handed.password;
        self.model.handed_until = Some(handed.until_us);
        self.model.set_at = now;
        self.model.version += 1;
        if everything {
            self.model.key = None;
        }
    }
}

fn walk(store: &Store, administers: bool, deeds: &[Deed]) {
    let mut world = World::new(store, administers);
    for deed in deeds {
        world.run(deed);
    }
    // Whatever happened: nobody is in without what the rules ask.
    let account = world.staff[0].account(&world.id).unwrap().unwrap();
    assert_eq!(account.failures, world.model.failures);
    assert_eq!(account.is_locked(world.model.now), world.model.is_locked());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 400, ..ProptestConfig::default() })]
    #[test]
    fn the_way_in_keeps_the_rules(administers: bool, deeds in prop::collection::vec(deed(), 1..60)) {
        let (store, _guard) = sqlite_store();
        walk(&store, administers, &deeds);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 50, ..ProptestConfig::default() })]
    #[test]
    fn on_the_other_engine_and_through_collisions(administers: bool, deeds in prop::collection::vec(deed(), 1..40)) {
        let (store, _guard) = postgres_store();
        walk(&store.with_faults(7, 30), administers, &deeds);
    }
}
