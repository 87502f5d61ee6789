//! Workstations of an organisation: enrolled by a certificate, demanded of its officers, revoked at once.
use super::certificates::said_of;
use super::{Answer, HERE, exchange_refusal, file, short};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::forms::SentForm;
use crate::door::console::lists::asked;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::html;
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{
    Act, Area, Badge, Cell, Choice, Control, Empty, Input, Notice, Pagination, Select, Table, Tone, Typed,
};
use axum::extract::{Form, Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_catalogue::Code;
use dancu_exchange::{EnrolledWorkstation, WorkstationEntry};
use dancu_pki::Subject;
use dancu_policy::Organisation;
use dancu_policy::duty::{Action, Ruling};
use std::sync::Arc;

/// Workstations on a page
const SHOWN: u32 = 50;

/// The organisation, when this may be done to what is its.
fn must(seat: &Seat, organisation: &str, action: Action) -> Result<Arc<Organisation>, Oops> {
    let snapshot = seat.console.road.exchange.snapshot();
    let Some(found) = snapshot.rules.organisation(organisation) else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    };
    seat.must(action, Some(organisation), HERE)?;
    Ok(Arc::clone(found))
}

pub(super) async fn show(seat: Seat, Path(organisation): Path<String>) -> Answer {
    const DONE: &[&str] = &["enrolled", "revoked", "demanded", "released"];
    let of = must(&seat, &organisation, Action::CertificateRead)?;
    let t = seat.shell(HERE).texts();
    let done = asked(&seat.uri, "done");
    let notice = DONE.contains(&done.as_str());
    let notice = notice.then(|| Notice::new(Tone::Good, t.t(&format!("workstations-done-{done}")), ""));
    list(&seat, &of, notice, StatusCode::OK).await
}

async fn list(seat: &Seat, of: &Organisation, notice: Option<Notice>, status: StatusCode) -> Answer {
    let (exchange, id, after) =
        (seat.console.road.exchange.clone(), of.id.clone(), asked(&seat.uri, "after"));
    let read = blocking(move || exchange.workstations(&id, &after, SHOWN)).await;
    let Some(Ok(workstations)) = read else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::Unavailable));
    };
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let nothing = Empty {
        icon: Icon::Shield,
        title: t.t("workstations-empty-title").into_owned(),
        text: t.t("workstations-empty-text").into_owned(),
    };
    let demanded = seat.console.road.exchange.snapshot().rules.demands_workstations(&of.id);
    let lead = t.t(if demanded { "workstations-demanded" } else { "workstations-free" });
    let full = workstations.len() == SHOWN as usize;
    let next = workstations.last().filter(|_| full);
    let next = next.map(|last| format!("/organisations/{}/workstations?after={}", of.id, last.id));
    let page = ListPage {
        notice,
        above: vec![(t.t("console-connections").into_owned(), "/connections".to_owned())],
        lead: format!("{}. {lead}", of.name),
        table: table(&workstations, t),
        pages: next.map(|next| Pagination {
            texts: t,
            previous: None,
            next: Some(next),
            shown: String::new(),
        }),
        acts: acts(seat, of, &workstations, demanded, t),
        ..ListPage::new(shell, "workstations-title", nothing)
    };
    Ok(plain::remember_lang(html(status, &page).into_response(), &seat.uri))
}

fn table(workstations: &[EnrolledWorkstation], t: Texts) -> Table {
    let row = |workstation: &EnrolledWorkstation| {
        let state = match workstation.revoked_at_us {
            Some(_) => (Tone::Bad, Icon::Stop, "certificate-revoked"),
            None => (Tone::Good, Icon::Check, "workstation-enrolled"),
        };
        let known_by = match (&workstation.entry.fingerprint, &workstation.entry.passkey) {
            (Some(fingerprint), _) => short(fingerprint),
            (None, Some(_)) => t.t("factor-passkey").into_owned(),
            (None, None) => String::new(),
        };
        vec![
            Cell::text(workstation.entry.name.clone()),
            Cell::Figures(known_by),
            Cell::Figures(said::date_of(workstation.enrolled_at_us)),
            Cell::Figures(workstation.last_seen_us.map(said::moment).unwrap_or_default()),
            Cell::Badge(Badge { tone: state.0, icon: state.1, label: t.t(state.2).into_owned() }),
        ]
    };
    let columns = [
        "workstation-name",
        "certificate-fingerprint",
        "workstation-since",
        "workstation-seen",
        "staff-state",
    ];
    Table {
        columns: columns.map(|key| t.t(key).into_owned()).to_vec(),
        rows: workstations.iter().map(row).collect(),
    }
}

fn acts(seat: &Seat, of: &Organisation, all: &[EnrolledWorkstation], demanded: bool, t: Texts) -> Vec<Act> {
    let may = |action| seat.may(action, Some(&of.id)) == Ruling::Allowed;
    let (csrf, at) = (seat.csrf(), format!("/organisations/{}/workstations", of.id));
    let mut acts = Vec::new();
    if may(Action::CertificateEnrol) {
        let name = Input { max: 100, ..Input::new(t, "name", "workstation-name", &Typed::default()) };
        acts.push(
            Act::new("enrol", t.t("workstation-enrol"), at.clone(), &csrf)
                .lead(t.t("workstation-enrol-lead"))
                .with(Control::Input(name.hint("workstation-name-hint")))
                .with(Control::File {
                    name: "file-workstation",
                    label: t.t("workstation-file").into_owned(),
                    hint: t.t("workstation-file-hint").into_owned(),
                    accept: ".csr,.pem,.crt,.cer,.p10,application/pkcs10,application/x-pem-file",
                    error: None,
                })
                .button(t.t("workstation-enrol"), ""),
        );
        let (title, lead, act) = if demanded {
            ("workstations-release", "workstations-release-lead", "release")
        } else {
            ("workstations-demand", "workstations-demand-lead", "demand")
        };
        let demand = Act::new("demand", t.t(title), format!("{at}/demand"), &csrf).lead(t.t(lead));
        acts.push(demand.button(t.t(title), act).grave().folded());
    }
    let choices: Vec<Choice> = all
        .iter()
        .filter(|workstation| workstation.revoked_at_us.is_none())
        .map(|workstation| Choice::new(workstation.id.to_string(), workstation.entry.name.clone(), false))
        .collect();
    if may(Action::CertificateRevoke) && !choices.is_empty() {
        let label = t.t("workstation-name").into_owned();
        let select = Select { texts: t, name: "workstation", label, choices, ..Select::default() };
        let why = Area { max: 500, ..Area::new(t, "reason", "act-reason", &Typed::default()) };
        let act = Act::new("revoke", t.t("workstation-revoke"), format!("{at}/revoke"), &csrf);
        let act =
            act.lead(t.t("workstation-revoke-lead")).with(Control::Select(select)).with(Control::Area(why));
        acts.push(act.button(t.t("workstation-revoke"), "").grave().folded());
    }
    acts
}

/// What was sent: a request, for which a certificate is issued, or a certificate that the machine has already.
enum Brought {
    Certificate([u8; 32]),
    Issued(Box<dancu_pki::Issued>),
}

fn brought(seat: &Seat, of: &Organisation, form: &SentForm) -> Result<Brought, Code> {
    let bytes = form.files.first().map(|file| file.bytes.as_slice()).ok_or(Code::CsrInvalid)?;
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if text.contains("BEGIN CERTIFICATE-----") {
        let der = dancu_pki::certificate_of(text).ok_or(Code::CsrInvalid)?;
        return Ok(Brought::Certificate(dancu_gateway::fingerprint(&der)));
    }
    let enrolment = seat.console.enrolment.as_ref().ok_or(Code::NotFound)?;
    let subject = Subject {
        id: form.value("name").to_owned(),
        organisation: of.name.clone(),
        agency_code: of.code.to_string(),
    };
    let issued = enrolment.certify_workstation(&subject, bytes, seat.now_us())?;
    Ok(Brought::Issued(Box::new(issued)))
}

pub(super) async fn enrol(seat: Seat, Path(organisation): Path<String>, request: Request) -> Answer {
    let of = must(&seat, &organisation, Action::CertificateEnrol)?;
    let form = SentForm::read(&seat, request, HERE).await?;
    seat.own_form(form.value("csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let about = || About::new("workstation_enrol", format!("organisation={organisation}"), HERE);
    if form.value("name").is_empty() {
        return refused(&seat, &of, t.t("workstation-name-missing").into_owned()).await;
    }
    let brought = match brought(&seat, &of, &form) {
        Ok(brought) => brought,
        Err(code) => {
            seat.refuse(&about(), code).await?;
            return refused(&seat, &of, said_of(t, code)).await;
        }
    };
    let fingerprint = match &brought {
        Brought::Certificate(fingerprint) => *fingerprint,
        Brought::Issued(issued) => issued.fingerprint,
    };
    let entry = WorkstationEntry {
        organisation: of.id.clone(),
        name: form.value("name").to_owned(),
        fingerprint: Some(fingerprint),
        passkey: None,
        enrolled_by: seat.id().to_owned(),
    };
    let now_us = seat.now_us();
    let asked = format!("organisation={organisation} certificate={}", hex::encode(fingerprint));
    let about = About::new("workstation_enrol", asked, HERE);
    let enrolled = seat.deed(about, &seat.console.road.exchange, move |exchange, _| {
        exchange.enrol_workstation(&entry, now_us)
    });
    match (enrolled.await?, brought) {
        (Ok(_), Brought::Issued(issued)) => {
            Ok(file(issued.pem().into_bytes(), "application/x-pem-file", "workstation.pem"))
        }
        (Ok(_), Brought::Certificate(_)) => Ok(back(&of, "enrolled")),
        (Err(error), _) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}

pub(super) async fn revoke(seat: Seat, Path(organisation): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = must(&seat, &organisation, Action::CertificateRevoke)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let why = value(&sent, "reason");
    if why.is_empty() {
        return refused(&seat, &of, t.t("act-reason-missing").into_owned()).await;
    }
    let (id, by, now_us) = (value(&sent, "workstation").to_owned(), seat.id().to_owned(), seat.now_us());
    let asked = format!("organisation={organisation} workstation={id}");
    let about = About::new("workstation_revoke", asked, HERE).because(why);
    let revoked = seat.deed(about, &seat.console.road.exchange, move |exchange, _| {
        // Those of another organisation are none of this page's; ids are in order, so it is the first after what is before.
        let own = exchange.workstations(&organisation, "", u32::MAX)?;
        if own.iter().all(|workstation| *workstation.id != id) {
            return Err(dancu_exchange::ExchangeError::Unknown { what: "workstation", id: id.clone() });
        }
        exchange.revoke_workstation(&id, &by, now_us)
    });
    match revoked.await? {
        Ok(_) => Ok(back(&of, "revoked")),
        Err(error) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}

/// From the next call on officers of this organisation work from its enrolled workstations, or may work from anywhere again.
pub(super) async fn demand(seat: Seat, Path(organisation): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = must(&seat, &organisation, Action::CertificateEnrol)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let (demanded, by, now_us) = (value(&sent, "act") == "demand", seat.id().to_owned(), seat.now_us());
    let about =
        About::new("workstation_demand", format!("organisation={organisation} demanded={demanded}"), HERE);
    let set = seat.deed(about, &seat.console.road.exchange, move |exchange, _| {
        exchange.demand_workstations(&organisation, demanded, &by, now_us)
    });
    match set.await? {
        Ok(_) => Ok(back(&of, if demanded { "demanded" } else { "released" })),
        Err(error) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}

fn back(of: &Organisation, done: &str) -> Response {
    Redirect::to(&format!("/organisations/{}/workstations?done={done}", of.id)).into_response()
}

async fn refused(seat: &Seat, of: &Organisation, why: String) -> Answer {
    let t = seat.shell(HERE).texts();
    list(seat, of, Some(Notice::new(Tone::Bad, t.t("keys-not"), why)), StatusCode::CONFLICT).await
}
