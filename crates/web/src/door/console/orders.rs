//! Tạm dừng, ngắt kết nối: orders that stop a system, an organisation or an account.
use super::forms::SentForm;
use super::matter::{place, refused};
use super::seat::{Oops, Seat, blocking};
use super::words;
use crate::Texts;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Act, Choice, Control, Input, InputKind, Select, Typed, Width};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_governance::{Deed, HaltAction, Kind, Matter, Order, State, Target, Upload};
use dancu_policy::duty::{Action, Ruling};

/// The orders that may be given about a connection, each a form.
pub(super) fn acts(seat: &Seat, matter: &Matter, csrf: &str, t: Texts) -> Vec<Act> {
    let Some(system) = matter.system.as_ref().filter(|_| matter.kind == Kind::Connection) else {
        return Vec::new();
    };
    let may = |action| seat.may(action, Some(&matter.organisation)) == Ruling::Allowed;
    let mut acts = Vec::new();
    if matter.state == State::Connected && may(Action::ConnectionSuspend) {
        acts.push(act(seat, matter, system, HaltAction::Suspend, csrf, t));
    }
    if matches!(matter.state, State::Connected | State::Suspended) && may(Action::ConnectionDisconnect) {
        acts.push(act(seat, matter, system, HaltAction::Disconnect, csrf, t));
    }
    acts
}

fn act(seat: &Seat, matter: &Matter, system: &str, action: HaltAction, csrf: &str, t: Texts) -> Act {
    let (id, title, lead) = match action {
        HaltAction::Suspend => ("suspend", "act-suspend", "act-suspend-lead"),
        HaltAction::Disconnect => ("disconnect", "act-disconnect", "act-disconnect-lead"),
    };
    // Each form of a page has names of its own.
    let [reason, number, by, file] = match action {
        HaltAction::Suspend => ["suspend_reason", "suspend_number", "suspend_by", "file-suspend-order"],
        HaltAction::Disconnect => {
            ["disconnect_reason", "disconnect_number", "disconnect_by", "file-disconnect-order"]
        }
    };
    let rules = seat.console.governance.rules();
    let choices = rules.reasons(seat.today());
    let choices =
        choices.iter().map(|(name, rule, _)| Choice::new(*name, words::own(&rule.label, t), false)).collect();
    let select =
        Select { texts: t, name: reason, label: t.t("act-code").into_owned(), choices, ..Select::default() };
    let number =
        Input { width: Width::Medium, max: 60, ..Input::new(t, number, "act-number", &Typed::default()) };
    let until = Input {
        kind: InputKind::Date,
        width: Width::Short,
        ..Input::new(t, by, "act-remedy-by", &Typed::default())
    };
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
            error: None,
        })
        .button(t.t(title), id)
        .grave()
        .folded()
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
    let name = form.value("act").to_owned();
    let entry =
        seat.record("governance_order", format!("system={system} order={name}"), Place::Connections).await?;
    let order = Order {
        target: Target::System(system),
        action,
        reason: form.value(&format!("{name}_reason")).to_owned(),
        number: form.value(&format!("{name}_number")).to_owned(),
        remedy_by: words::date(form.value(&format!("{name}_by"))),
    };
    let (governance, by, now_us) = (seat.console.governance.clone(), seat.id().to_owned(), seat.now_us());
    let given = blocking(move || {
        let uploads: Vec<Upload<'_>> = form
            .files
            .iter()
            .map(|file| Upload { kind: "order", name: &file.name, bytes: &file.bytes })
            .collect();
        governance.order(&order, &uploads, Deed::of(&by, now_us, entry, ""))
    });
    match given.await {
        Some(Ok((halt, _))) => Ok(Redirect::to(&format!("/matters/{}", halt.id)).into_response()),
        Some(Err(error)) => refused(&seat, &whole, &error).await,
        None => Err(Oops::page(seat.shell(Place::Connections), ErrorKind::Server)),
    }
}
