//! One entry with all its parts; withholding it from its citizen.
use super::search::service;
use super::{Supervisor, refused, sent_by};
use crate::door::citizen::names::Names;
use crate::door::form::{self, Sent};
use crate::door::session::Examined;
use crate::door::{Pages, Shared, plain, show as words, trace};
use crate::page::html;
use crate::pages::ErrorKind;
use crate::pages::supervisor::{JournalEntryPage, Withhold};
use crate::parts::{Fact, FactGroup, Notice, Tone, Typed};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_catalogue::Code;
use dancu_gateway::door::Peer;
use dancu_gateway::{Correlation, Order};
use dancu_journal::{Entry, Kind};
use dancu_policy::Deadlines;

pub(super) async fn show(
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
    let of = Of {
        entry: form::value(&sent, "entry").parse().ok(),
        token: form::value(&sent, "search").to_owned(),
    };
    page(&pages, supervisor, peer, &examined, of, Withhold::default(), None).await
}

pub(super) async fn withhold(
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
    let of = Of {
        entry: form::value(&sent, "entry").parse().ok(),
        token: form::value(&sent, "search").to_owned(),
    };
    let Some(entry) = of.entry else { return plain::error(supervisor.shell, ErrorKind::NotFound) };
    let mut form = Withhold::default();
    let Some(order) = read(&mut form, &sent, entry, &pages, &supervisor) else {
        let mut response = page(&pages, supervisor, peer, &examined, of, form, None).await;
        *response.status_mut() = StatusCode::BAD_REQUEST;
        return response;
    };
    let by = supervisor.examination(&pages, peer.clone(), &examined);
    let until = words::date_of(order.until_us);
    let shell = &supervisor.shell;
    let notice = match pages.road.withhold(&by, order).await {
        Ok(Some(_)) => {
            Notice::new(Tone::Good, shell.t("withhold-done"), shell.t1("withhold-done-text", "until", &until))
        }
        Ok(None) => return plain::error(supervisor.shell, ErrorKind::NotFound),
        Err(code) => return refused(supervisor.shell, code),
    };
    page(&pages, supervisor, peer, &examined, of, Withhold::default(), Some(notice)).await
}

/// Which entry, found by which search.
struct Of {
    entry: Option<u64>,
    token: String,
}

fn read(
    form: &mut Withhold,
    sent: &Sent,
    entry: u64,
    pages: &Pages,
    supervisor: &Supervisor,
) -> Option<Order> {
    let lang = supervisor.shell.lang;
    for (typed, name) in
        [(&mut form.order, "order"), (&mut form.authority, "authority"), (&mut form.until, "until")]
    {
        *typed = Typed::new(form::value(sent, name));
        if typed.value.is_empty() {
            typed.error = Some(Code::FieldMissing.title(lang).to_owned());
        }
    }
    if form.until.error.is_none() {
        match form::any_day(&form.until.value) {
            Err(code) => form.until.error = Some(code.title(lang).to_owned()),
            Ok(day) => {
                let until_us = Deadlines::end_of(day) + 1 - 86_400_000_000;
                if until_us <= pages.road.clock.now_us() {
                    form.until.error = Some(supervisor.shell.t("withhold-past").into_owned());
                } else if form.order.error.is_none() && form.authority.error.is_none() {
                    let (order, authority) = (form.order.value.clone(), form.authority.value.clone());
                    return Some(Order { entry, until_us, order, authority });
                }
            }
        }
    }
    None
}

async fn page(
    pages: &Pages,
    supervisor: Supervisor,
    peer: Peer,
    examined: &Examined,
    of: Of,
    form: Withhold,
    notice: Option<Notice>,
) -> Response {
    let by = supervisor.examination(pages, peer, examined);
    let shell = supervisor.shell;
    let Some(entry) = of.entry else { return plain::error(shell, ErrorKind::NotFound) };
    let (journal, entry) = match pages.road.examine_entry(&by, entry).await {
        Ok(Some(found)) => found,
        Ok(None) => return plain::error(shell, ErrorKind::NotFound),
        Err(code) => return refused(shell, code),
    };
    let until = pages.road.evidence.withheld_until(entry.index, pages.road.clock.now_us()).await;
    let withheld = until.ok().flatten().map(words::date_of);
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts: shell.texts() };
    let about_somebody = entry.kind == Kind::Call && entry.call.personal.subject.is_some();
    let page = JournalEntryPage {
        index: entry.index,
        token: of.token,
        journal,
        outcome: trace::outcome(entry.call.outcome).badge(shell.texts()),
        groups: groups(&entry, names),
        leaf_hash: trace::hex(&entry.leaf_hash),
        withheld,
        withhold: about_somebody.then_some(form),
        notice,
        shell,
    };
    html(StatusCode::OK, &page)
}

fn groups(entry: &Entry, names: Names<'_>) -> Vec<FactGroup> {
    let (call, texts) = (&entry.call, names.texts);
    let personal = &call.personal;
    let group = |key: &str, facts: Vec<Option<Fact>>| FactGroup {
        title: texts.t(key).into_owned(),
        facts: facts.into_iter().flatten().collect(),
        sensitive: false,
    };
    let text = |key: &str, value: Option<&str>| {
        value.filter(|v| !v.is_empty()).map(|value| Fact::new(texts.t(key), value))
    };
    let mono = |key: &str, value: Option<&str>| {
        value.filter(|v| !v.is_empty()).map(|value| Fact::mono(texts.t(key), value))
    };
    let organisation = call.organisation.as_deref().map(|id| names.organisation(id));
    let system = call.system_id.as_deref().map(|id| names.system(id));
    let role = call.role.as_deref().map(|role| texts.t(&format!("role-{}", role.replace('_', "-"))));
    vec![
        group(
            "supervisor-who",
            vec![
                text("look-organisation", organisation.as_deref()),
                text("look-system", system.as_deref()),
                mono("road-account", call.account_id.as_deref()),
                text("road-role", role.as_deref().filter(|r| !r.starts_with('⟦'))),
                text("road-officer", personal.officer.as_deref()),
                mono("road-source", personal.source_address.as_deref()),
                mono("road-certificate", call.certificate.as_ref().map(|c| trace::hex(c)).as_deref()),
            ],
        ),
        group(
            "supervisor-whom",
            vec![
                mono("supervisor-person", personal.subject.as_deref()),
                text("look-purpose", call.procedure.as_deref()),
                text("look-note", personal.purpose.as_deref()),
                text("look-case", personal.case_number.as_deref()),
                text("withhold-order", personal.order.as_deref()),
                mono("road-agreement", call.agreement_id.as_deref()),
            ],
        ),
        group(
            "supervisor-what-happened",
            vec![
                text("look-at", Some(&words::moment(call.at_us))),
                text("look-service", Some(&service(entry, names))),
                text("recent-outcome", Some(&crate::pages::citizen::outcome_words(call.outcome, texts))),
                mono("refusal-code", call.outcome.ruling().err().map(dancu_catalogue::Code::name)),
                text("look-sent", Some(&names.fields(call.inputs))),
                text("look-released", Some(&names.fields(call.released))),
                mono("road-request-id", personal.request_id.as_deref()),
                mono("road-correlation", Some(&Correlation(call.correlation).to_string())),
                mono("road-response-hash", call.response_sha256.as_ref().map(|h| trace::hex(h)).as_deref()),
            ],
        ),
    ]
}
