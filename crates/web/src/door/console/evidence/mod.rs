//! Evidence files: asked for about an order, an alert, or a system, organisation or account; made behind the page, journalled
//! before anything is read and again before a file is handed out.
pub(super) mod ask;
mod list;
pub(super) mod make;
pub(super) mod show;

use super::seat::{Oops, Seat, blocking};
use super::table::{Route, Way};
use crate::Texts;
use crate::icons::Icon;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Badge, Tone};
use axum::response::Response;
use axum::routing::{get, post};
use dancu_evidence::{EvidenceError, Kept, KeptState, Of, Scope};
use dancu_governance::{Kind, Matter};
use dancu_policy::duty::{Action, Ruling};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/evidence", Way::Needs(Action::ConnectionEvidence), || get(list::list)),
    Route::post("/evidence", Way::Needs(Action::ConnectionEvidence), || post(make::submit)),
    Route::get("/evidence/{evidence}", Way::Needs(Action::ConnectionEvidence), || get(show::show)),
    Route::get("/evidence/{evidence}/file", Way::Needs(Action::ConnectionEvidence), || get(show::hand_out)),
];

type Answer = Result<Response, Oops>;

impl Seat {
    pub(super) fn must_evidence(&self) -> Result<(), Oops> {
        self.must(Action::ConnectionEvidence, self.organisation().or(Some("")), Place::Cases)
    }

    pub(super) async fn evidences<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dancu_evidence::Evidences) -> Result<T, EvidenceError> + Send + 'static,
    ) -> Result<T, Oops> {
        let evidences = self.console.evidence.clone();
        match blocking(move || ask(&evidences)).await {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => {
                tracing::warn!(%error, "evidence files cannot be read");
                Err(Oops::page(self.shell(Place::Cases), ErrorKind::Unavailable))
            }
            None => Err(Oops::page(self.shell(Place::Cases), ErrorKind::Server)),
        }
    }

    /// A file about something of which this person may take evidence.
    pub(super) async fn evidence(&self, id: &str) -> Result<Kept, Oops> {
        self.must_evidence()?;
        let (asked, now_us) = (id.to_owned(), self.now_us());
        let found = self.evidences(move |evidences| evidences.get(&asked, now_us)).await?;
        let found = found.ok_or_else(|| Oops::page(self.shell(Place::Cases), ErrorKind::NotFound))?;
        self.must(Action::ConnectionEvidence, Some(&found.organisation), Place::Cases)?;
        Ok(found)
    }
}

/// Where the page of a matter leads to from an order.
pub(super) fn link(seat: &Seat, matter: &Matter, t: Texts) -> Option<(String, String)> {
    let may = seat.may(Action::ConnectionEvidence, Some(&matter.organisation)) == Ruling::Allowed;
    (matter.kind == Kind::Halt && may)
        .then(|| (t.t("evidence-of-order").into_owned(), format!("/evidence?matter={}", matter.id)))
}

fn badge(state: KeptState, t: Texts) -> Badge {
    let (tone, icon) = match state {
        KeptState::Working => (Tone::Info, Icon::Clock),
        KeptState::Ready => (Tone::Good, Icon::Check),
        KeptState::Failed => (Tone::Bad, Icon::Stop),
    };
    Badge { tone, icon, label: t.t(&format!("evidence-state-{}", state.name())).into_owned() }
}

/// Whose entries, in words.
fn about(scope: &Scope, t: Texts) -> String {
    let named = |key: &str, id: &str| format!("{} {id}", t.t(key));
    match &scope.of {
        Of::System(id) => named("evidence-of-system", id),
        Of::Organisation(id) => named("evidence-of-organisation", id),
        Of::Account(id) => named("evidence-of-account", id),
        Of::Entries(numbers) => {
            t.t1("evidence-of-entries", "count", &t.number(numbers.len() as u64)).into_owned()
        }
    }
}
