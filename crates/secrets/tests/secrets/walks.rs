//! Random walks: whatever is ordered, taken, missed and lost, the system's own credentials are taken as long as the rules
//! say, and an envelope is handed out once.
use crate::scene::{HOUR_US, NOW_US, Officer, Opened, Scene, order};
use dancu_pki::Term;
use dancu_secrets::{Order, SecretsError};
use dancu_storage::testing::sqlite_store;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// New secrets; a loss that is known is reported with it
    Issue,
    /// The officer takes them, and the system uses them from then on
    Take,
    /// The officer takes them, and they go no further
    Lose,
    /// So many hours pass, and what is over is swept away
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Issue),
        3 => Just(Step::Take),
        1 => Just(Step::Lose),
        4 => (1_i64..80).prop_map(Step::Wait),
    ]
}

/// What the walk knows.
struct Walk {
    scene: Scene,
    officer: Officer,
    now_us: i64,
    /// The last delivery, and from when on it cannot be taken
    last: Option<(String, i64)>,
    /// What the system uses, and until when it is taken; none as long as it is the present pair
    in_use: Option<(Opened, Option<i64>)>,
    /// The last delivery went no further
    lost: bool,
}

impl Walk {
    fn go(&mut self, step: Step) {
        self.now_us += 1;
        match step {
            Step::Issue => self.issue(),
            Step::Take => {
                if let Some(opened) = self.take() {
                    self.in_use = Some((opened, None));
                }
            }
            Step::Lose => {
                if let Some(opened) = self.take() {
                    assert!(self.scene.taken(&opened, self.now_us), "what was delivered is the present pair");
                    self.lost = true;
                }
            }
            Step::Wait(hours) => {
                self.now_us += hours * HOUR_US;
                self.scene.secrets.sweep(self.now_us).unwrap();
                self.scene.exchange.forget_former(self.now_us).unwrap();
            }
        }
        if let Some((opened, until_us)) = &self.in_use {
            let expected = until_us.is_none_or(|until_us| self.now_us < until_us);
            assert_eq!(self.scene.taken(opened, self.now_us), expected, "{step:?}");
        }
    }

    fn issue(&mut self) {
        let order = Order { lost: self.lost, ..order(&self.officer) };
        let id = self.scene.secrets.issue(&order, self.now_us).unwrap();
        let end = |term| self.scene.secrets.terms().end_us(term, self.now_us).unwrap();
        self.last = Some((id, end(Term::SecretDelivery)));
        self.lost = false;
        if let Some((_, until_us)) = &mut self.in_use {
            // The present pair has the whole overlap before it; a former one that is over stays over.
            if until_us.is_none_or(|until_us| until_us > self.now_us) {
                *until_us = Some(end(Term::SecretOverlap));
            }
        }
    }

    /// Takes the last delivery; none when it is not there to be taken.
    fn take(&mut self) -> Option<Opened> {
        let (id, expires_us) = self.last.take()?;
        let taken = self.scene.secrets.take(&id, "staff-3", self.now_us);
        let again = self.scene.secrets.take(&id, "staff-3", self.now_us);
        assert!(matches!(again, Err(SecretsError::Gone)), "once");
        assert_eq!(taken.is_ok(), self.now_us < expires_us);
        Some(self.officer.open(&taken.ok()?))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn the_system_goes_on_whatever_becomes_of_deliveries(steps in proptest::collection::vec(step(), 1..16)) {
        let (store, _guard) = sqlite_store();
        let scene = Scene::new(&store);
        let officer = scene.officer();
        let mut walk =
            Walk { scene, officer, now_us: NOW_US, last: None, in_use: None, lost: false };
        for step in steps {
            walk.go(step);
        }
    }
}
