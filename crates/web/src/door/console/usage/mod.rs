//! Figures of use: how many calls, of whom, when, and why some were refused.
pub(super) mod asked;
pub(super) mod figures;
pub(super) mod hand_out;

use super::seat::{Oops, Seat, blocking};
use super::table::{Route, Way};
use crate::door::plain;
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::Empty;
use asked::Asked;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_policy::duty::{Action, Ruling};
use dancu_usage::{Usage, UsageError};
use figures::Figures;

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/usage", Way::Needs(Action::UsageRead), || get(show)),
    Route::get("/usage/export", Way::Needs(Action::UsageExport), || get(hand_out::file)),
];

impl Seat {
    /// Asks for figures on a thread of its own.
    async fn counted<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Usage) -> Result<T, UsageError> + Send + 'static,
    ) -> Result<T, Oops> {
        let usage = self.console.usage.clone();
        match blocking(move || ask(&usage)).await {
            Some(Ok(figures)) => Ok(figures),
            Some(Err(error)) => {
                tracing::warn!(%error, "the figures of use could not be read");
                Err(Oops::page(self.shell(Place::Usage), ErrorKind::Unavailable))
            }
            None => Err(Oops::page(self.shell(Place::Usage), ErrorKind::Server)),
        }
    }

    /// Name of a system; what strangers are called where there is none.
    fn system_name(&self, id: &str) -> String {
        if id.is_empty() {
            return self.shell(Place::Usage).t("usage-stranger").into_owned();
        }
        self.console.system(id)
    }
}

/// The figures of a day or of some days.
pub(super) async fn show(seat: Seat) -> Result<Response, Oops> {
    let asked = Asked::of(&seat)?;
    let (range, scope, now_us) = (asked.range, asked.scope.clone(), seat.now_us());
    let figures = seat.counted(move |usage| Figures::read(usage, range, &scope, now_us)).await?;
    let shell = seat.shell(Place::Usage);
    let t = shell.texts();
    let nothing = Empty {
        icon: Icon::Search,
        title: t.t("usage-empty-title").into_owned(),
        text: t.t("usage-empty-text").into_owned(),
    };
    let mut links = Vec::new();
    let of = asked.scope.organisation.as_deref().or(Some(""));
    if seat.may(Action::UsageExport, of) == Ruling::Allowed && figures.total.calls > 0 {
        links.push((t.t("usage-xlsx").into_owned(), asked.address("/usage/export", "xlsx")));
        links.push((t.t("usage-csv").into_owned(), asked.address("/usage/export", "csv")));
    }
    let page = ListPage {
        lead: asked.lead(&seat, t),
        tiles: Some(figures.tiles(t)),
        charts: figures.charts(t),
        tabs: Some(asked.tabs(t)),
        links,
        filter: Some(asked.form(&seat, &figures, t)),
        table: figures.table(&seat, &asked, t),
        ..ListPage::new(shell, "console-usage", nothing)
    };
    let status = if asked.is_wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}
