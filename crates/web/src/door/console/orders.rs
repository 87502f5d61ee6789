//! Tạm dừng, ngắt kết nối: orders that stop a system, an organisation or an account.
use super::bulk::Tried;
use super::deed::About;
use super::forms::SentForm;
use super::matter::{Unfit, page, place, refused};
use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use super::words;
use crate::Texts;
use crate::page::Place;
use crate::page::html;
use crate::pages::ErrorKind;
use crate::parts::{Act, Control, Input, InputKind, Width};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use dancu_governance::{Deed, HaltAction, Kind, Matter, Order, State, Target, Upload};
use dancu_policy::duty::{Action, Ruling};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[Route::post("/orders", Way::NeedsStep, || post(submit))];

/// The orders that may be given about a connection, each a form.
pub(super) fn acts(seat: &Seat, matter: &Matter, tried: &Tried, csrf: &str, t: Texts) -> Vec<Act> {
    let Some(system) = matter.system.as_ref().filter(|_| matter.kind == Kind::Connection) else {
        return Vec::new();
    };
    let may = |action| seat.may(action, Some(&matter.organisation)) == Ruling::Allowed;
    let mut acts = Vec::new();
    if matter.state == State::Connected && may(Action::ConnectionSuspend) {
        acts.push(act(seat, (matter, system), HaltAction::Suspend, tried, csrf, t));
    }
    if matches!(matter.state, State::Connected | State::Suspended) && may(Action::ConnectionDisconnect) {
        acts.push(act(seat, (matter, system), HaltAction::Disconnect, tried, csrf, t));
    }
    acts
}

/// Names of the controls of an order: each form of a page has names of its own.
fn controls(action: HaltAction) -> [&'static str; 4] {
    match action {
        HaltAction::Suspend => ["suspend_reason", "suspend_number", "suspend_by", "file-suspend-order"],
        HaltAction::Disconnect => {
            ["disconnect_reason", "disconnect_number", "disconnect_by", "file-disconnect-order"]
        }
    }
}

fn act(
    seat: &Seat,
    (matter, system): (&Matter, &str),
    action: HaltAction,
    tried: &Tried,
    csrf: &str,
    t: Texts,
) -> Act {
    let (id, title, lead) = match action {
        HaltAction::Suspend => ("suspend", "act-suspend", "act-suspend-lead"),
        HaltAction::Disconnect => ("disconnect", "act-disconnect", "act-disconnect-lead"),
    };
    let [reason, number, by, file] = controls(action);
    let rules = seat.console.governance.rules();
    let reasons = rules.reasons(seat.today());
    let reasons =
        reasons.iter().map(|(name, rule, _)| ((*name).to_owned(), words::own(&rule.label, t).to_owned()));
    let select = tried.select(t, reason, "act-code", "", reasons);
    let number = Input { width: Width::Medium, max: 60, ..tried.input(t, number, "act-number", "") };
    let until =
        Input { kind: InputKind::Date, width: Width::Short, ..tried.input(t, by, "act-remedy-by", "") };
    Act::new(id, t.t(title), "/orders", csrf)
        .lead(t.t(lead))
        .with(Control::Hidden { name: "matter", value: matter.id.clone() })
        .with(Control::Hidden { name: "system", value: system.to_owned() })
        .with(Control::Select(select))
        .with(Control::Input(number))
        .with(Control::Input(until.hint("act-remedy-by-hint").optional()))
        .with(Control::File {
            name: file,
            label: t.t("act-order-file").into_owned(),
            hint: t.t("document-hint").into_owned(),
            accept: "application/pdf,image/png,image/jpeg",
            error: tried.fault(file),
        })
        .button(t.t(title), id)
        .grave()
        .folded()
}

/// What an order lacks, each at its control.
fn faults(seat: &Seat, form: &SentForm, action: HaltAction) -> Vec<(&'static str, String)> {
    let [reason, number, by, file] = controls(action);
    let t = seat.shell(Place::Connections).texts();
    let reasons = seat.console.governance.rules().reasons(seat.today());
    let day_is_wrong = !form.value(by).is_empty() && words::date(form.value(by)).is_none();
    let found = [
        (reasons.iter().all(|(name, ..)| *name != form.value(reason)), reason, "order-reason-missing"),
        (form.value(number).is_empty(), number, "order-number-missing"),
        (day_is_wrong, by, "bulk-day-wrong"),
        (form.files.is_empty(), file, "order-file-missing"),
    ];
    let told = |(_, control, key): (bool, &'static str, &str)| (control, t.t(key).into_owned());
    found.into_iter().filter(|(is_wrong, ..)| *is_wrong).map(told).collect()
}

/// Gives an order. It is in force on every server within the time of one poll.
pub(super) async fn submit(seat: Seat, request: Request) -> Result<Response, Oops> {
    let form = SentForm::read(&seat, request, Place::Connections).await?;
    seat.own_form(form.value("csrf"), Place::Connections)?;
    let whole = seat.whole(form.value("matter")).await?;
    let (action, duty) = match form.value("act") {
        "suspend" => (HaltAction::Suspend, Action::ConnectionSuspend),
        "disconnect" => (HaltAction::Disconnect, Action::ConnectionDisconnect),
        _ => return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound)),
    };
    seat.must(duty, Some(&whole.matter.organisation), place(whole.matter.kind))?;
    let Some(system) = whole.matter.system.clone() else {
        return Err(Oops::page(seat.shell(Place::Connections), ErrorKind::NotFound));
    };
    let faults = faults(&seat, &form, action);
    if !faults.is_empty() {
        let unfit = Unfit::Order(Tried { sent: form.values, faults });
        let page = page(&seat, &whole, None, Some(&unfit)).await;
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
    }
    let name = form.value("act").to_owned();
    let about = format!("system={system} order={name}");
    let about = About::new("governance_order", about, Place::Connections);
    let order = Order {
        target: Target::System(system),
        action,
        reason: form.value(&format!("{name}_reason")).to_owned(),
        number: form.value(&format!("{name}_number")).to_owned(),
        remedy_by: words::date(form.value(&format!("{name}_by"))),
    };
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let given = seat.deed(about, &seat.console.governance, move |governance, entry| {
        let uploads: Vec<Upload<'_>> = form
            .files
            .iter()
            .map(|file| Upload { kind: "order", name: &file.name, bytes: &file.bytes })
            .collect();
        governance.order(&order, &uploads, Deed::of(&by, now_us, entry, ""))
    });
    match given.await? {
        Ok(((halt, _), _)) => Ok(Redirect::to(&format!("/matters/{}", halt.id)).into_response()),
        Err(error) => refused(&seat, &whole, &error).await,
    }
}
