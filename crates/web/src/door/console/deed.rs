//! A deed: tried out, so that a refusal is written down as one; written down; and only then done.
use super::seat::{Oops, Seat, blocking};
use crate::page::Place;
use crate::pages::ErrorKind;
use dancu_catalogue::Code;
use dancu_exchange::{Exchange, ExchangeError};
use dancu_gateway::authenticate::Lane;
use dancu_governance::{Governance, GovernanceError};
use dancu_secrets::{Secrets, SecretsError};
use dancu_staff::{Staff, StaffError};
use std::sync::Arc;

/// What a deed is done with.
pub(super) trait Library: Clone + Send + 'static {
    /// Why it refuses
    type Error: std::fmt::Display + Send + 'static;

    /// The same, of whose deeds none is kept
    fn rehearsing(&self) -> Self;

    /// Whether that is no refusal: store or keys failed
    fn failed(error: &Self::Error) -> bool;
}

macro_rules! library {
    ($library:ty, $error:ident, $($failed:pat_param)|+) => {
        impl Library for $library {
            type Error = $error;

            fn rehearsing(&self) -> Self {
                self.rehearsing()
            }

            fn failed(error: &$error) -> bool {
                matches!(error, $($failed)|+)
            }
        }
    };
}
library!(Governance, GovernanceError, GovernanceError::Store(_) | GovernanceError::Seal(_));
library!(Exchange, ExchangeError, ExchangeError::Store(_) | ExchangeError::Seal(_));
library!(
    Staff,
    StaffError,
    StaffError::Store(_)
        | StaffError::Seal(_)
        | StaffError::Law(_)
        | StaffError::NoLaw
        | StaffError::Damaged(..)
);
library!(
    Secrets,
    SecretsError,
    SecretsError::Store(_)
        | SecretsError::Seal(_)
        | SecretsError::NoTerm
        | SecretsError::Exchange(ExchangeError::Store(_))
        | SecretsError::Damaged(_)
);

/// What the journal is told of a deed.
pub(super) struct About {
    /// Name that the journal is searched by
    pub(super) service: &'static str,
    /// What exactly; ids and names of the program, nothing of a person
    pub(super) asked: String,
    /// Why, in the words of whoever does it; kept sealed
    pub(super) why: Option<String>,
    /// Where whoever does it stands
    pub(super) place: Place,
    /// Passwords are hashed in it: it waits for a turn
    pub(super) hashes: bool,
}

impl About {
    pub(super) fn new(service: &'static str, asked: String, place: Place) -> Self {
        Self { service, asked, why: None, place, hashes: false }
    }

    #[must_use]
    pub(super) fn because(self, why: &str) -> Self {
        Self { why: Some(why.to_owned()).filter(|why| !why.is_empty()), ..self }
    }

    #[must_use]
    pub(super) fn hashing(self) -> Self {
        Self { hashes: true, ..self }
    }
}

impl Seat {
    /// Does a deed, of a page. `run` is called with the number of the entry: once, of which nothing is kept, with nought, and
    /// where that is not refused once more, after the entry is written. A refusal is an entry with its code, and nothing is
    /// done. Should somebody else have been faster in between, the refusal is an entry of its own after the first one.
    pub(super) async fn deed<L: Library, T: Send + 'static>(
        &self,
        about: About,
        library: &L,
        run: impl Fn(&L, u64) -> Result<T, L::Error> + Send + Sync + 'static,
    ) -> Result<Result<(T, u64), L::Error>, Oops> {
        let place = about.place;
        self.attempt(about, library, run).await.map_err(|code| self.unable(code, place))
    }

    /// The same for whoever answers otherwise than with a page: the code says why it could not be tried at all.
    pub(super) async fn attempt<L: Library, T: Send + 'static>(
        &self,
        about: About,
        library: &L,
        run: impl Fn(&L, u64) -> Result<T, L::Error> + Send + Sync + 'static,
    ) -> Result<Result<(T, u64), L::Error>, Code> {
        let (hashes, run) = (about.hashes, Arc::new(run));
        if let Err(refusal) = self.run(&library.rehearsing(), 0, &run, hashes).await? {
            self.write_refusal(&about, Code::StepRefused).await?;
            return Ok(Err(refusal));
        }
        let entry = self.write(&about).await?;
        match self.run(library, entry, &run, hashes).await? {
            Ok(done) => Ok(Ok((done, entry))),
            Err(refusal) => {
                let asked = format!("{} entry={entry}", about.asked);
                self.write_refusal(&About { asked, ..about }, Code::StepRefused).await?;
                Ok(Err(refusal))
            }
        }
    }

    async fn run<L: Library, T: Send + 'static>(
        &self,
        library: &L,
        entry: u64,
        run: &Arc<impl Fn(&L, u64) -> Result<T, L::Error> + Send + Sync + 'static>,
        hashes: bool,
    ) -> Result<Result<T, L::Error>, Code> {
        let turn = if hashes {
            let turn = self.console.road.authenticator.turn(Lane::People).await;
            Some(turn.map_err(|_| Code::Overloaded)?)
        } else {
            None
        };
        let (library, run) = (library.clone(), Arc::clone(run));
        let answered = blocking(move || run(&library, entry)).await;
        drop(turn);
        match answered {
            Some(Err(error)) if L::failed(&error) => {
                tracing::warn!(%error, "a deed could not be done");
                Err(Code::StoreUnavailable)
            }
            Some(answered) => Ok(answered),
            None => Err(Code::Internal),
        }
    }

    /// The page for what could not be tried.
    fn unable(&self, code: Code, place: Place) -> Oops {
        let kind = if code == Code::Internal { ErrorKind::Server } else { ErrorKind::Unavailable };
        Oops::page(self.shell(place), kind)
    }

    /// A turn at hashing passwords.
    pub(super) async fn turn(&self, place: Place) -> Result<tokio::sync::SemaphorePermit<'_>, Oops> {
        let turn = self.console.road.authenticator.turn(Lane::People).await;
        turn.map_err(|_| Oops::page(self.shell(place), ErrorKind::Unavailable))
    }

    /// Asks staff on a thread of its own, where nothing is done that the journal should know of.
    pub(super) async fn staffed<T: Send + 'static>(
        &self,
        place: Place,
        ask: impl FnOnce(&Staff) -> Result<T, StaffError> + Send + 'static,
    ) -> Result<Result<T, StaffError>, Oops> {
        let staff = self.console.staff.clone();
        match blocking(move || ask(&staff)).await {
            Some(Err(error)) if Staff::failed(&error) => {
                tracing::warn!(%error, "staff could not be asked");
                Err(Oops::page(self.shell(place), ErrorKind::Unavailable))
            }
            Some(answered) => Ok(answered),
            None => Err(Oops::page(self.shell(place), ErrorKind::Server)),
        }
    }
}
