//! Somebody who wants in, by the pages or by the API: the same limits, the same turns, the same entries of the journal.
use crate::door::console::Shared;
use crate::door::console::seat::{actor, blocking};
use dancu_catalogue::Code;
use dancu_feed::Event;
use dancu_gateway::authenticate::Lane;
use dancu_gateway::deed::Deed as Entry;
use dancu_gateway::door::Peer;
use dancu_keys::Secret;
use dancu_staff::{Account, Factor, NewSession, SignIn, Staff, StaffError, Visitor};

/// Longest login.
const LONGEST_LOGIN: usize = 60;

/// Somebody who wants in, for one request.
pub(in crate::door::console) struct Knocker {
    pub(in crate::door::console) console: Shared,
    pub(in crate::door::console) peer: Peer,
    /// What the machine was given at an earlier sign-in
    pub(in crate::door::console) device: Option<Secret>,
    /// What the program calls itself
    pub(in crate::door::console) browser: String,
}

/// What a knock comes to.
pub(in crate::door::console) enum Knocked {
    /// Guessed too often of late
    TooOften,
    /// Login or password wrong, or the account may not enter
    Wrong,
    /// It goes on
    GoesOn(SignIn),
}

/// What staff answers; a code where nobody could be asked.
pub(in crate::door::console) type Asked<T> = Result<Result<T, StaffError>, Code>;

impl Knocker {
    /// Asks staff on a thread of its own, as this visitor.
    pub(in crate::door::console) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Asked<T> {
        let (staff, now_us) = (self.console.staff.clone(), self.console.road.clock.now_us());
        let (source, device, browser) = (self.peer.address, self.device.clone(), self.browser.clone());
        let asked = blocking(move || {
            let visitor = Visitor { source, device: device.as_ref(), browser: &browser };
            ask(&staff, &visitor, now_us)
        });
        match asked.await {
            Some(Err(error @ (StaffError::Store(_) | StaffError::Seal(_)))) => {
                tracing::warn!(%error, "somebody could not be asked in");
                Err(Code::StoreUnavailable)
            }
            Some(answered) => Ok(answered),
            None => Err(Code::Internal),
        }
    }

    /// The same where passwords are hashed: it waits for a turn.
    pub(in crate::door::console) async fn ask_hashing<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Asked<T> {
        let _turn = self.console.road.authenticator.turn(Lane::People).await?;
        self.ask(ask).await
    }

    /// Login and password. Guesses count for an address and a login together, before the account's own few: nobody can spend
    /// a colleague's from elsewhere faster than the account's own lock allows, and a login that does not exist is counted as
    /// one that does.
    pub(in crate::door::console) async fn knock(&self, login: &str, password: Secret) -> Asked<Knocked> {
        let login: String = login.chars().take(LONGEST_LOGIN).collect();
        let (turnstile, now_us) = (&self.console.road.turnstile, self.console.road.clock.now_us());
        let who = format!("console/{}/{}", self.peer.address, login.to_lowercase());
        if turnstile.attempt(&who, now_us).is_err() {
            self.refused(None, "", Code::TooManyRequests).await;
            return Ok(Ok(Knocked::TooOften));
        }
        let answered = self.ask_hashing(move |staff, visitor, now_us| {
            let answered = staff.begin_sign_in(&login, &password, visitor, now_us)?;
            let account = match answered {
                SignIn::Refused => staff.account_by_login(&login)?,
                _ => None,
            };
            Ok((answered, account))
        });
        Ok(match answered.await? {
            Ok((SignIn::Refused, account)) => {
                self.refused(account.as_ref(), "step=password", Code::CredentialsWrong).await;
                Ok(Knocked::Wrong)
            }
            Ok((goes_on, _)) => {
                turnstile.forgive(&who);
                Ok(Knocked::GoesOn(goes_on))
            }
            Err(error) => Err(error),
        })
    }

    /// Writes down that a session begins, before its token is handed out; one that cannot be written down is ended.
    pub(in crate::door::console) async fn begins(&self, new: &NewSession) -> Result<(), Code> {
        let factor = new.session.factor.map_or("none", Factor::name);
        let about = format!("factor={factor} new_device={}", new.new_device);
        let Err(code) = self.record(&new.session.account, about, Ok(())).await else { return Ok(()) };
        tracing::warn!(?code, "a sign-in could not be written down");
        let token = new.token.clone();
        // Nobody holds its token; ended, it does not stand in the list either.
        let _ended = self.ask(move |staff, _, now_us| staff.end_session(&token, now_us)).await;
        Err(code)
    }

    /// A second factor of this sign-in was wrong.
    pub(in crate::door::console) async fn misproved(&self, attempt: &Secret) {
        let asked = attempt.clone();
        let whose = self.ask(move |staff, _, now_us| staff.account_of_attempt(&asked, now_us)).await;
        let whose = whose.ok().and_then(Result::ok);
        self.refused(whose.as_ref(), "step=factor", Code::CredentialsWrong).await;
    }

    /// Somebody could not sign in: the journal and the security centre hear of it, where it is known as whom. What was
    /// typed is told to nobody.
    pub(in crate::door::console) async fn refused(&self, account: Option<&Account>, about: &str, code: Code) {
        let events = &self.console.road.events;
        let source = events.source_hash(&self.peer.address.to_string());
        let of = account.map(|account| account.id.clone());
        events.emit(Event::SignInRefused { code: code.name().to_owned(), account: of, source });
        if let Some(account) = account {
            // Nothing comes of it either way.
            let _refusal = self.record(account, about.to_owned(), Err(code)).await;
        }
    }

    async fn record(&self, account: &Account, about: String, ruling: Result<(), Code>) -> Result<u64, Code> {
        let entry = Entry::new(self.peer.clone(), actor(account), "console_sign_in");
        self.console.road.record(Entry { asked: Some(about), ruling, ..entry }).await
    }
}
