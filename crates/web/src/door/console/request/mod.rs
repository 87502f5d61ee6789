//! The connection request: begun, written, checked.
mod form;

pub(super) use form::label;

use super::deed::About;
use super::matter::page as matter_page;
use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use crate::door::form::{Sent, value};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::RecordPage;
use crate::parts::{Control, Crumb, Crumbs, Input, Notice, Tone, Typed};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use dancu_governance::{Content, Deed, GovernanceError, Kind, Problem, Request};
use dancu_policy::duty::Action;
use form::{Flaws, form, read};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/connections/new", Way::Needs(Action::ConnectionWrite), || get(new)),
    Route::post("/connections/new", Way::Needs(Action::ConnectionWrite), || post(open)),
    Route::get("/matters/{id}/request", Way::Needs(Action::ConnectionWrite), || get(edit)),
    Route::post("/matters/{id}/request", Way::Needs(Action::ConnectionWrite), || post(write)),
];

type Answer = Result<Response, Oops>;

/// The page with the form. `system` is asked for where there is no connection yet.
fn page(seat: &Seat, request: &Request, flaws: &Flaws, at: &At, notice: Option<Notice>) -> RecordPage {
    let shell = seat.shell(Place::Connections);
    let t = shell.texts();
    let (action, title) = match at {
        At::New { .. } => ("/connections/new".to_owned(), t.t("connections-new").into_owned()),
        At::Of(id) => (format!("/matters/{id}/request"), t.t("request-edit").into_owned()),
    };
    let mut act = form(request, flaws, &shell, seat.console.governance.rules(), seat.today(), &action);
    if let At::New { system } = at {
        let input = Input { max: 40, ..Input::new(t, "system", "request-system", system) }
            .hint("request-system-hint");
        act.controls.insert(0, Control::Input(input));
        act.buttons.truncate(1);
    }
    RecordPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-connections"), "/connections"),
                Crumb::new(title.clone(), ""),
            ],
        },
        title,
        badge: None,
        lead: t.t("request-lead").into_owned(),
        links: Vec::new(),
        groups: Vec::new(),
        acts: vec![act],
        shell,
    }
}

/// Which request.
enum At {
    New { system: Typed },
    Of(String),
}

pub(super) async fn new(seat: Seat) -> Answer {
    let own = seat.own();
    seat.must(Action::ConnectionWrite, own.as_deref().or(Some("")), Place::Connections)?;
    let Some(own) = own else { return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)) };
    let request = Request { organisation_name: seat.console.organisation(&own), ..Request::default() };
    let at = At::New { system: Typed::default() };
    Ok(html(StatusCode::OK, &page(&seat, &request, &Flaws(Vec::new()), &at, None)).into_response())
}

pub(super) async fn open(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Connections)?;
    let own = seat.own();
    seat.must(Action::ConnectionWrite, own.as_deref().or(Some("")), Place::Connections)?;
    let Some(own) = own else { return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)) };
    let (request, system) = (read(&sent), value(&sent, "system").to_owned());
    let t = seat.shell(Place::Connections).texts();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if system.len() < 3 || !system.chars().all(plain) {
        let at = At::New { system: Typed::wrong(system, t.t("request-system-wrong")) };
        return Ok(html(
            StatusCode::UNPROCESSABLE_ENTITY,
            &page(&seat, &request, &Flaws(Vec::new()), &at, None),
        )
        .into_response());
    }
    let about = About::new("connection_open", format!("system={system}"), Place::Connections);
    let (by, now_us, asked, named) = (seat.id().to_owned(), seat.now_us(), request.clone(), system.clone());
    let opened = seat.deed(about, &seat.console.governance, move |governance, entry| {
        governance.open_connection(&own, &named, &asked, Deed::of(&by, now_us, entry, ""))
    });
    match opened.await? {
        Ok((id, _)) => Ok(Redirect::to(&format!("/matters/{id}/request")).into_response()),
        Err(GovernanceError::Taken(_)) => {
            let at = At::New { system: Typed::wrong(system, t.t("refusal-taken")) };
            Ok(html(StatusCode::CONFLICT, &page(&seat, &request, &Flaws(Vec::new()), &at, None))
                .into_response())
        }
        Err(GovernanceError::Invalid(problems)) => {
            let at = At::New { system: Typed::new(system) };
            Ok(html(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&seat, &request, &Flaws::of(&problems, t), &at, None),
            )
            .into_response())
        }
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::Unavailable)),
    }
}

/// The request of a connection that may be written now.
async fn writable(seat: &Seat, id: &str) -> Result<Request, Oops> {
    let whole = seat.whole(id).await?;
    seat.must(Action::ConnectionWrite, Some(&whole.matter.organisation), Place::Connections)?;
    match whole.content {
        Content::Connection(request) if whole.matter.state.is_written_in(Kind::Connection) => Ok(*request),
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)),
    }
}

/// What keeps a request from being submitted.
async fn problems(seat: &Seat, request: &Request) -> Result<Vec<Problem>, Oops> {
    let (request, now_us) = (request.clone(), seat.now_us());
    seat.governed(Place::Connections, move |governance| governance.problems(&request, now_us)).await
}

pub(super) async fn edit(seat: Seat, Path(id): Path<String>) -> Answer {
    let request = writable(&seat, &id).await?;
    let t = seat.shell(Place::Connections).texts();
    let checks = seat.uri.query() == Some("check");
    let flaws = if checks { Flaws::of(&problems(&seat, &request).await?, t) } else { Flaws(Vec::new()) };
    let saved = || Notice::new(Tone::Good, t.t("request-saved"), "");
    let complete = || Notice::new(Tone::Good, t.t("request-complete"), t.t("request-complete-todo"));
    let notice = match seat.uri.query() {
        Some("saved") => Some(saved()),
        Some("check") if flaws.0.is_empty() => Some(complete()),
        _ => None,
    };
    let at = At::Of(id);
    Ok(html(StatusCode::OK, &page(&seat, &request, &flaws, &at, notice)).into_response())
}

pub(super) async fn write(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Connections)?;
    writable(&seat, &id).await?;
    let request = read(&sent);
    let about = About::new("connection_write", format!("matter={id}"), Place::Connections);
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let (of, content) = (id.clone(), Content::Connection(Box::new(request.clone())));
    let written = seat.deed(about, &seat.console.governance, move |governance, entry| {
        governance.write(&of, &content, Deed::of(&by, now_us, entry, ""))
    });
    match written.await? {
        Ok(_) => {
            let what = if value(&sent, "act") == "check" { "check" } else { "saved" };
            Ok(Redirect::to(&format!("/matters/{id}/request?{what}")).into_response())
        }
        Err(GovernanceError::Invalid(problems)) => {
            let t = seat.shell(Place::Connections).texts();
            let page = page(&seat, &request, &Flaws::of(&problems, t), &At::Of(id), None);
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
        Err(GovernanceError::NotNow { .. }) => {
            let whole = seat.whole(&id).await?;
            let t = seat.shell(Place::Connections).texts();
            let notice = Notice::new(Tone::Bad, t.t("refusal-moved"), t.t("refusal-moved-todo"));
            Ok(html(StatusCode::CONFLICT, &matter_page(&seat, &whole, Some(notice), None).await)
                .into_response())
        }
        _ => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::Unavailable)),
    }
}
