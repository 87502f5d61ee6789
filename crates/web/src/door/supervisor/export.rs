//! What a search found, as a table.
use super::{refused, search, sent_by};
use crate::door::Shared;
use crate::door::citizen::files::file;
use crate::door::citizen::names::Names;
use crate::door::csv::Csv;
use crate::door::form::Sent;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_gateway::door::Peer;
use dancu_journal::index::Query;

/// Entries in one table at most; whoever wants more narrows the search.
const MOST: usize = 5000;

pub(super) async fn csv(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Response {
    let supervisor = match sent_by(&pages, &headers, &uri, &sent) {
        Ok(supervisor) => supervisor,
        Err(response) => return *response,
    };
    let Some(examined) = supervisor.examined(&sent) else {
        return Redirect::to("/supervisor/journal").into_response();
    };
    let by = supervisor.examination(&pages, peer, &examined);
    let query = Query { limit: MOST, before: None, ..examined.query.clone() };
    let found = match pages.road.examine(&by, query).await {
        Ok((_, found)) => found,
        Err(code) => return refused(supervisor.shell, code),
    };
    let texts = supervisor.shell.texts();
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts };
    let head =
        ["look-entry", "look-at", "look-organisation", "look-system", "road-account", "supervisor-officer"]
            .into_iter()
            .chain([
                "look-service",
                "look-purpose",
                "look-case",
                "recent-subject",
                "recent-outcome",
                "look-released",
            ]);
    let mut table = Csv::new(head.map(|key| texts.t(key).into_owned()));
    for entry in &found.entries {
        let row = search::row(entry, names);
        let call = &entry.call;
        table.row(&[
            &row.index.to_string(),
            &row.at,
            &row.organisation,
            &row.system,
            &row.account,
            call.personal.officer.as_deref().unwrap_or_default(),
            &row.service,
            call.procedure.as_deref().unwrap_or_default(),
            &row.case_number,
            // A table leaves the house: persons are named in the view of one entry only.
            &row.subject,
            call.outcome.name(),
            &names.fields(call.released),
        ]);
    }
    file("text/csv; charset=utf-8", "journal.csv", table.end())
}
