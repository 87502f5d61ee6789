//! Guess budgets as cleaning asks them: those of the road, through the store.
use crate::config::Config;
use crate::server::Floor;
use dancu_citizen::PersonNumber;
use dancu_cleaning::{Budget, CleaningError, Limits};
use dancu_gateway::Guard;
use dancu_keys::KeyRing;
use dancu_policy::VietnamTime;
use dancu_registry::Registry;
use dancu_watch::Watch;
use dancu_watch::guess::shared::Guess;
use dancu_watch::guess::{Person, Standing};
use std::sync::{Mutex, PoisonError};

/// The budgets of one process.
pub struct Budgets {
    watch: Watch,
    registry: Registry,
    ring: KeyRing,
    /// People about whom claims are remembered; 0: there are no budgets
    persons: usize,
    guess: Mutex<Option<Guess>>,
}

impl Budgets {
    /// Blocks.
    pub fn new(config: &Config, floor: &Floor) -> anyhow::Result<Self> {
        Ok(Self {
            watch: crate::watch::asleep(config, floor)?,
            registry: floor.registry.clone(),
            ring: floor.ring.clone(),
            persons: config.watch.guess_persons,
            guess: Mutex::default(),
        })
    }

    /// The budgets, as others have left them too.
    fn now(&self, now_us: i64) -> Result<Guess, CleaningError> {
        let mut kept = self.guess.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(guess) = kept.as_ref() {
            guess.exchange(now_us).map_err(failed)?;
            return Ok(guess.clone());
        }
        let guess = self.watch.guess(self.persons, now_us).map_err(failed)?;
        *kept = Some(guess.clone());
        Ok(guess)
    }

    fn person(&self, of: PersonNumber) -> Result<Option<Person>, CleaningError> {
        Guard::budget_of(of, &self.registry, &self.ring).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> CleaningError {
    CleaningError::Unanswered(format!("guess budgets: {error}"))
}

impl Budget for Budgets {
    fn limits(&self, now_us: i64) -> Result<Option<Limits>, CleaningError> {
        if self.persons == 0 {
            return Ok(None);
        }
        self.watch.refresh(now_us).map_err(failed)?;
        let guess = self.now(now_us)?;
        let day = VietnamTime::of(now_us).map(|time| time.date);
        let setting = day.and_then(|day| self.watch.settings().1.guess_on(day));
        Ok(setting.map(|setting| Limits {
            mismatches: setting.mismatches,
            any_paused: !guess.spent(now_us, 1).is_empty(),
        }))
    }

    fn is_paused(&self, of: PersonNumber, account: &str, now_us: i64) -> Result<bool, CleaningError> {
        let kept = self.guess.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (Some(guess), Some(person)) = (kept, self.person(of)?) else { return Ok(false) };
        Ok(guess.standing(&person, account, now_us) != Standing::Open)
    }

    fn count(
        &self,
        claims: &[(PersonNumber, Vec<u32>)],
        account: &str,
        now_us: i64,
    ) -> Result<(), CleaningError> {
        if claims.is_empty() {
            return Ok(());
        }
        let guess = self.now(now_us)?;
        for (of, claims) in claims {
            let Some(person) = self.person(*of)? else { continue };
            for claim in claims {
                guess.mismatch(&person, account, *claim, now_us);
            }
        }
        guess.exchange(now_us).map_err(failed)
    }
}
