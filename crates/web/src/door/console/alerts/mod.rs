//! Alerts of the watch, its rules and lists, brakes and guess budgets.
pub(super) mod brakes;
pub(super) mod deeds;
mod list;
pub(super) mod lists;
pub(super) mod record;
pub(super) mod rules;
pub(super) mod setting;
pub(super) mod trials;
mod words;
mod work;

pub(super) use work::waiting;

use super::seat::{Oops, Seat, blocking};
use super::table::{Route, Way};
use crate::page::Place;
use crate::pages::ErrorKind;
use axum::http::HeaderValue;
use axum::response::Response;
use axum::routing::{get, post};
use dancu_policy::duty::{Action, Ruling};
use dancu_watch::{Alert, Watch, WatchError};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/alerts", Way::Needs(Action::AlertRead), || get(list::show)),
    Route::get("/alerts/brakes", Way::Needs(Action::AlertRead), || get(brakes::show)),
    Route::post("/alerts/budgets", Way::Needs(Action::AlertHandle), || post(brakes::let_on)),
    Route::get("/alerts/rules", Way::Needs(Action::WatchRead), || get(rules::list)),
    Route::get("/alerts/rules/{id}", Way::Needs(Action::WatchRead), || get(rules::show)),
    Route::post("/alerts/rules/{id}", Way::Needs(Action::WatchPropose), || post(setting::submit)),
    Route::get("/alerts/proposals/{id}", Way::Needs(Action::WatchRead), || get(rules::proposal)),
    Route::post("/alerts/proposals/{id}", Way::Needs(Action::WatchEnact), || post(rules::decide)),
    Route::post("/alerts/proposals/{id}/withdraw", Way::Needs(Action::WatchPropose), || {
        post(rules::withdraw)
    }),
    Route::get("/alerts/trials/{id}", Way::Needs(Action::WatchRead), || get(trials::show)),
    Route::post("/alerts/trials/{id}", Way::Needs(Action::WatchDryRun), || post(trials::submit)),
    Route::get("/alerts/lists", Way::Needs(Action::WatchRead), || get(lists::show)),
    Route::post("/alerts/lists", Way::Needs(Action::WatchPropose), || post(lists::add)),
    Route::post("/alerts/lists/{id}", Way::Needs(Action::WatchEnact), || post(lists::take_off)),
    Route::get("/alerts/{id}", Way::Needs(Action::AlertRead), || get(record::show)),
    Route::post("/alerts/{id}", Way::Needs(Action::AlertHandle), || post(deeds::handle)),
    Route::post("/alerts/{id}/brake", Way::Needs(Action::AlertBrake), || post(deeds::brake)),
    Route::post("/alerts/{id}/release", Way::Needs(Action::AlertRelease), || post(deeds::release)),
];

type Answer = Result<Response, Oops>;

/// Most characters of words that people write here.
pub(super) const WORDS: u16 = 2000;

impl Seat {
    /// Asks the watch on a thread of its own; what went wrong is for the caller to say.
    async fn watch<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Watch) -> Result<T, WatchError> + Send + 'static,
    ) -> Result<Result<T, WatchError>, Oops> {
        let watch = self.console.watch.clone();
        match blocking(move || ask(&watch)).await {
            Some(answer) => Ok(answer),
            None => Err(Oops::page(self.shell(Place::Alerts), ErrorKind::Server)),
        }
    }

    /// Asks the watch what cannot go wrong but by the store.
    pub(super) async fn watched<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Watch) -> Result<T, WatchError> + Send + 'static,
    ) -> Result<T, Oops> {
        self.watch(ask).await?.map_err(|error| self.failed(&error))
    }

    /// What the watch did not do: what is not there, or a failure of the store.
    fn failed(&self, error: &WatchError) -> Oops {
        if matches!(error, WatchError::Unknown(_)) {
            return Oops::page(self.shell(Place::Alerts), ErrorKind::NotFound);
        }
        tracing::warn!(%error, "the watch could not be asked");
        Oops::page(self.shell(Place::Alerts), ErrorKind::Unavailable)
    }

    /// An alert to which this person may do that; of every other it is not told.
    pub(super) async fn alert(&self, number: &str, action: Action) -> Result<Alert, Oops> {
        let missing = || Oops::page(self.shell(Place::Alerts), ErrorKind::NotFound);
        // Whether it may be done at all comes before whether there is such an alert.
        let any = self.organisation().or(Some(""));
        if self.may(action, any) != Ruling::Allowed {
            self.must(action, any, Place::Alerts)?;
        }
        let number: u64 = number.parse().map_err(|_| missing())?;
        let found = self.watched(move |watch| watch.alert(number)).await?;
        let alert = found.ok_or_else(missing)?;
        self.must(action, Some(alert.who.organisation.as_deref().unwrap_or_default()), Place::Alerts)?;
        Ok(alert)
    }

    /// Names of staff, by account.
    async fn staff_names(&self, mut ids: Vec<String>) -> Vec<(String, String)> {
        ids.sort_unstable();
        ids.dedup();
        let staff = self.console.staff.clone();
        let read = blocking(move || {
            let name = |id: &String| Some((id.clone(), staff.account(id).ok()??.name));
            ids.iter().filter_map(name).collect()
        });
        read.await.unwrap_or_default()
    }

    /// What an account is called: the holder's name to who may read the accounts of the organisation, else its id.
    fn account_name(&self, organisation: Option<&str>, system: &str, account: &str) -> String {
        if self.may(Action::AccountRead, Some(organisation.unwrap_or_default())) != Ruling::Allowed {
            return account.to_owned();
        }
        let snapshot = self.console.road.exchange.snapshot();
        let of = snapshot.rules.system(system);
        let held = of.and_then(|of| of.accounts().find(|held| *held.id == *account));
        match held {
            Some(held) if !held.officer_name.is_empty() => {
                format!("{} ({})", held.officer_name, held.login)
            }
            Some(held) => held.login.to_string(),
            None => account.to_owned(),
        }
    }
}

/// A page that the browser is to ask for again soon.
fn refreshing(mut response: Response) -> Response {
    response.headers_mut().insert("refresh", HeaderValue::from_static("2"));
    response
}

/// Of names by id, one.
fn name_of<'n>(names: &'n [(String, String)], id: &'n str) -> &'n str {
    names.iter().find(|(of, _)| of == id).map_or(id, |(_, name)| name)
}
