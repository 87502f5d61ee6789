//! The search and its pages.
use super::read::{offered, read};
use super::{Supervisor, sent_by, supervisor};
use crate::door::citizen::names::Names;
use crate::door::form::{self, Sent};
use crate::door::session::Examined;
use crate::door::{Pages, Shared, plain, show as words, trace};
use crate::page::html;
use crate::pages::supervisor::{JournalPage, JournalResults, JournalRow, JournalSearch};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_gateway::door::Peer;
use dancu_journal::index::{Found, Query};
use dancu_journal::{Entry, Kind};
use std::sync::Arc;

pub(super) async fn show(State(pages): State<Shared>, headers: HeaderMap, uri: Uri) -> Response {
    let supervisor = match supervisor(&pages, &headers, &uri) {
        Ok(supervisor) => supervisor,
        Err(response) => return *response,
    };
    let search = offered(&pages.road, supervisor.shell.texts());
    let page = JournalPage { shell: supervisor.shell, search, results: None };
    plain::remember_lang(html(StatusCode::OK, &page), &uri)
}

pub(super) async fn submit(
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
    let texts = supervisor.shell.texts();
    let mut form = offered(&pages.road, texts);
    let Some(examined) = read(&mut form, &sent, &pages.road, texts) else {
        let page = JournalPage { shell: supervisor.shell, search: form, results: None };
        return html(StatusCode::BAD_REQUEST, &page);
    };
    let examined = Arc::new(examined);
    let token = pages.sessions.set_examined(&supervisor.officer.token, Arc::clone(&examined));
    let token = token.unwrap_or_default();
    answer(&pages, supervisor, peer, form, &examined, (token, None)).await
}

/// Another page of a search.
pub(super) async fn turn(
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
    let texts = supervisor.shell.texts();
    let form = filled(offered(&pages.road, texts), &examined);
    let place = (form::value(&sent, "search").to_owned(), form::value(&sent, "before").parse().ok());
    answer(&pages, supervisor, peer, form, &examined, place).await
}

/// The form as it was when the search was made.
fn filled(mut form: JournalSearch, examined: &Examined) -> JournalSearch {
    let query = &examined.query;
    let text = |value: &Option<String>| crate::parts::Typed::new(value.clone().unwrap_or_default());
    form.purpose = crate::parts::Typed::new(examined.purpose.clone());
    form.ground = crate::parts::Typed::new(examined.ground.clone());
    form.person = text(&examined.person);
    form.case_number = text(&query.case_number);
    form.officer = text(&query.officer);
    form.account = text(&query.account);
    form.from = text(&query.from_us.map(words::date_of));
    form.to = text(&query.to_us.map(words::date_of));
    for (choices, chosen) in [
        (&mut form.organisations, query.organisation.clone()),
        (&mut form.systems, query.system.clone()),
        (&mut form.services, query.service.clone()),
        (&mut form.outcomes, query.outcome.map(|o| o.name().to_owned())),
    ] {
        for choice in choices {
            choice.chosen = Some(&choice.value) == chosen.as_ref();
        }
    }
    form
}

async fn answer(
    pages: &Pages,
    supervisor: Supervisor,
    peer: Peer,
    mut form: JournalSearch,
    examined: &Examined,
    (token, before): (String, Option<u64>),
) -> Response {
    let shell = &supervisor.shell;
    let query = Query { before, ..examined.query.clone() };
    let by = supervisor.examination(pages, peer, examined);
    let (status, results) = match pages.road.examine(&by, query).await {
        Ok((journal, found)) => {
            let snapshot = pages.road.exchange.snapshot();
            let names = Names { rules: &snapshot.rules, texts: shell.texts() };
            let Found { entries, next } = found;
            let rows = entries.iter().map(|entry| row(entry, names)).collect();
            (StatusCode::OK, Some(JournalResults { token, journal, rows, next, later: before.is_some() }))
        }
        Err(code) => {
            form.error = Some(format!("{} {}", code.title(shell.lang), code.action(shell.lang)));
            (StatusCode::from_u16(code.status()).unwrap_or(StatusCode::FORBIDDEN), None)
        }
    };
    html(status, &JournalPage { shell: supervisor.shell, search: form, results })
}

/// An entry as a line.
pub(super) fn row(entry: &Entry, names: Names<'_>) -> JournalRow {
    let call = &entry.call;
    JournalRow {
        index: entry.index,
        at: words::moment(call.at_us),
        organisation: call.organisation.as_deref().map(|id| names.organisation(id)).unwrap_or_default(),
        system: call.system_id.as_deref().map(|id| names.system(id)).unwrap_or_default(),
        account: call.account_id.clone().unwrap_or_default(),
        service: service(entry, names),
        case_number: call.personal.case_number.clone().unwrap_or_default(),
        subject: call.personal.subject.as_deref().map(words::masked).unwrap_or_default(),
        outcome: trace::outcome(call.outcome).badge(names.texts),
    }
}

/// What an entry tells of.
pub(super) fn service(entry: &Entry, names: Names<'_>) -> String {
    match entry.kind {
        Kind::Withholding { .. } => names.texts.t("look-service-withholding").into_owned(),
        Kind::Act { .. } => names.texts.t("look-erasure").into_owned(),
        Kind::Call | Kind::Context | Kind::Epoch(_) => names.service(&entry.call.service),
    }
}
