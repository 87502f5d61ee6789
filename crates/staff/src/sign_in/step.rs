//! Which step is next: a pure function.
use crate::Factors;

/// What is to be done before there is a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prove one of these second factors
    SecondFactor(Factors),
    /// Enrol a second factor: this kind of account needs one and there is none
    Enrol,
    /// Choose a new password: the old one was handed over, or its time is over
    ChangePassword,
    /// Nothing
    Session,
}

/// What the next step depends on, once the password was right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts {
    /// A second factor was proved in this sign-in
    pub(super) proved: bool,
    /// What there is to prove
    pub(super) has: Factors,
    /// This kind of account needs a second factor
    pub(super) needs: bool,
    /// The password must be changed
    pub(super) stale: bool,
}

impl Facts {
    /// A second factor that exists is proved, whether the kind needs one or not; the password comes after it, for whoever
    /// holds only an old password shall not set a new one.
    pub(super) fn step(self) -> Step {
        if !self.proved && self.has.is_strong() {
            Step::SecondFactor(self.has)
        } else if !self.proved && self.needs {
            Step::Enrol
        } else if self.stale {
            Step::ChangePassword
        } else {
            Step::Session
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination() {
        for bits in 0_u8..16 {
            let [proved, totp, needs, stale] = [0, 1, 2, 3].map(|bit| bits & (1 << bit) != 0);
            let has = Factors { totp, passkeys: 0, recovery: 0 };
            let step = Facts { proved, has, needs, stale }.step();
            match step {
                Step::Session => assert!(!stale && (proved || (!totp && !needs)), "{bits:04b}"),
                Step::ChangePassword => assert!(stale && (proved || (!totp && !needs)), "{bits:04b}"),
                Step::Enrol => assert!(!proved && !totp && needs, "{bits:04b}"),
                Step::SecondFactor(has) => assert!(!proved && totp && has.totp, "{bits:04b}"),
            }
        }
    }

    #[test]
    fn recovery_codes_alone_are_no_second_factor() {
        let has = Factors { totp: false, passkeys: 0, recovery: 10 };
        let step = Facts { proved: false, has, needs: true, stale: false }.step();
        assert_eq!(step, Step::Enrol);
    }
}
