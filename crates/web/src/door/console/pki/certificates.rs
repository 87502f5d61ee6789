//! Certificates of a system: codes by which it gets them, requests on paper's place, revocation.
use super::system::refused;
use super::{Answer, HERE, Of, exchange_refusal, file, fingerprint, short, shown_once};
use crate::Texts;
use crate::door::console::deed::About;
use crate::door::console::forms::SentForm;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::form::{Sent, value};
use crate::door::show as said;
use crate::pages::ErrorKind;
use crate::parts::{Act, Area, Choice, Control, Input, Select, Typed, Width};
use axum::extract::{Form, Path, Request};
use dancu_catalogue::Code;
use dancu_exchange::{CertificateEntry, ExchangeError};
use dancu_pki::{Issued, Term};
use dancu_policy::duty::Action;
use std::sync::Arc;

pub(super) fn code_act(seat: &Seat, of: &Of, t: Texts) -> Act {
    let action = format!("/systems/{}/codes", of.system.id);
    let act = Act::new("code", t.t("code-issue"), action, &seat.csrf()).lead(t.t("code-issue-lead"));
    act.button(t.t("code-issue"), "")
}

/// A one-time code, shown on this page and never again.
pub(super) async fn issue_code(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::CertificateIssue)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let until_us = seat.console.enrolment.as_ref().and_then(|e| e.terms.end_us(Term::EnrolmentCode, now_us));
    let Some(until_us) = until_us else {
        return refused(&seat, &of, t.t("keys-no-authority").into_owned()).await;
    };
    let about = About::new("enrolment_code", format!("system={system}"), HERE);
    let issued = seat.deed(about, &seat.console.road.exchange, move |exchange, _| {
        exchange.issue_enrolment_code(&system, &by, until_us, now_us)
    });
    match issued.await? {
        Ok(((_, code), _)) => {
            let lead = t.t1("code-lead", "until", &said::moment(until_us)).into_owned();
            let label = t.t1("code-label", "system", &of.system.id).into_owned();
            let back = format!("/systems/{}/keys", of.system.id);
            Ok(shown_once(&seat, ("code-title", lead, label), &code, back))
        }
        Err(error) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}

pub(super) async fn withdraw_code(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::CertificateIssue)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let (id, now_us) = (value(&sent, "code").to_owned(), seat.now_us());
    let about = About::new("enrolment_code_withdraw", format!("system={system} code={id}"), HERE);
    let withdrawn = seat.deed(about, &seat.console.road.exchange, move |exchange, _| {
        if exchange.enrolment_codes(&system, u32::MAX)?.iter().all(|code| code.id != id) {
            return Err(ExchangeError::Unknown { what: "enrolment code", id: id.clone() });
        }
        exchange.withdraw_enrolment_code(&id, now_us)
    });
    match withdrawn.await? {
        Ok(_) => Ok(of.back("withdrawn")),
        Err(error) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}

pub(super) fn request_act(seat: &Seat, of: &Of, t: Texts) -> Act {
    let code =
        Input { max: 80, width: Width::Full, ..Input::new(t, "code", "request-code", &Typed::default()) };
    let action = format!("/systems/{}/requests", of.system.id);
    Act::new("csr", t.t("request-csr"), action, &seat.csrf())
        .lead(t.t("request-csr-lead"))
        .with(Control::File {
            name: "file-csr",
            label: t.t("request-csr-file").into_owned(),
            hint: t.t("request-csr-hint").into_owned(),
            accept: ".csr,.pem,.p10,application/pkcs10",
            error: None,
        })
        .with(Control::Input(code.hint("request-code-hint")))
        .button(t.t("request-csr-send"), "")
}

/// Why no certificate is issued.
pub(in crate::door::console) enum NoCertificate {
    /// Refused by the authority, or by the limit of guesses
    Code(Code),
    /// Refused by the register
    Exchange(ExchangeError),
    /// It could not be tried
    Oops(Oops),
}

impl From<Oops> for NoCertificate {
    fn from(oops: Oops) -> Self {
        Self::Oops(oops)
    }
}

/// A certificate for a request (PKCS #10) and a code: the code is the managing body's word that there may be one. Guesses at
/// codes are counted as those over the wire are.
pub(in crate::door::console) async fn issue(
    seat: &Seat,
    system: &str,
    csr: Option<&[u8]>,
    code: &str,
) -> Result<Issued, NoCertificate> {
    let (road, now_us) = (Arc::clone(&seat.console.road), seat.now_us());
    let asked = || About::new("enrol", format!("system={system} by=console"), HERE);
    let guesses = format!("enrol\u{1}{system}");
    if road.turnstile.attempt(&guesses, now_us).is_err() {
        return Err(NoCertificate::Code(Code::TooManyRequests));
    }
    let (exchange, of_system, typed) = (road.exchange.clone(), system.to_owned(), code.to_owned());
    let counts = blocking(move || exchange.enrolment_code_counts(&of_system, &typed, now_us)).await;
    let Some(Ok(counts)) = counts else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::Unavailable).into());
    };
    if !counts {
        seat.refuse(&asked(), Code::EnrolmentCodeWrong).await?;
        return Err(NoCertificate::Code(Code::EnrolmentCodeWrong));
    }
    road.turnstile.forgive(&guesses);
    let issued = match certify(seat, system, csr, now_us) {
        Ok(issued) => issued,
        Err(code) => {
            seat.refuse(&asked(), code).await?;
            return Err(NoCertificate::Code(code));
        }
    };
    let about = format!("system={system} by=console certificate={}", hex::encode(issued.fingerprint));
    let entry = CertificateEntry {
        fingerprint: issued.fingerprint,
        system: system.into(),
        not_after_us: issued.not_after_s.saturating_mul(1_000_000),
    };
    let code = code.to_owned();
    let enrolled = seat.deed(About::new("enrol", about, HERE), &road.exchange, move |exchange, _| {
        let used = exchange.enrol(&code, &entry, now_us)?;
        if used { Ok(()) } else { Err(ExchangeError::Unknown { what: "enrolment code", id: String::new() }) }
    });
    enrolled.await?.map(|_| issued).map_err(NoCertificate::Exchange)
}

fn certify(seat: &Seat, system: &str, csr: Option<&[u8]>, now_us: i64) -> Result<Issued, Code> {
    let enrolment = seat.console.enrolment.as_ref().ok_or(Code::NotFound)?;
    let csr = csr.ok_or(Code::CsrInvalid)?;
    enrolment.certify(&seat.console.road.exchange.snapshot(), system, csr, now_us)
}

pub(super) async fn request(seat: Seat, Path(system): Path<String>, request: Request) -> Answer {
    let of = Of::must(&seat, &system, Action::CertificateRequest)?;
    let form = SentForm::read(&seat, request, HERE).await?;
    seat.own_form(form.value("csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let csr = form.files.first().map(|file| file.bytes.as_slice());
    match issue(&seat, &system, csr, form.value("code")).await {
        Ok(issued) => {
            Ok(file(issued.pem().into_bytes(), "application/x-pem-file", &format!("{}.pem", of.system.id)))
        }
        Err(NoCertificate::Code(code)) => refused(&seat, &of, said_of(t, code)).await,
        Err(NoCertificate::Exchange(error)) => refused(&seat, &of, exchange_refusal(t, &error)).await,
        Err(NoCertificate::Oops(oops)) => Err(oops),
    }
}

/// A refusal in the catalogue's words.
pub(super) fn said_of(t: Texts, code: Code) -> String {
    format!("{} {}", code.title(t.lang()), code.action(t.lang()))
}

/// Revokes one of the certificates in force; none without one.
pub(super) fn revoke_act(seat: &Seat, of: &Of, t: Texts) -> Option<Act> {
    let (snapshot, now_us) = (seat.console.road.exchange.snapshot(), seat.now_us());
    let held = snapshot.certificates_of(&of.system.id);
    let in_force =
        held.iter().filter(|(_, certificate)| !certificate.revoked && certificate.not_after_us > now_us);
    let choice = |(fingerprint, certificate): &([u8; 32], &dancu_exchange::Certificate)| {
        let until = said::date_of(certificate.not_after_us);
        Choice::new(hex::encode(fingerprint), format!("{} · {until}", short(fingerprint)), false)
    };
    let choices: Vec<Choice> = in_force.map(choice).collect();
    if choices.is_empty() {
        return None;
    }
    let label = t.t("certificate-fingerprint").into_owned();
    let select = Select { texts: t, name: "certificate", label, choices, ..Select::default() };
    let why = Area { max: 500, ..Area::new(t, "revoke_reason", "act-reason", &Typed::default()) };
    let action = format!("/systems/{}/certificates/revoke", of.system.id);
    let act = Act::new("revoke", t.t("certificate-revoke"), action, &seat.csrf());
    let act = act.lead(t.t("certificate-revoke-lead")).with(Control::Select(select)).with(Control::Area(why));
    Some(act.button(t.t("certificate-revoke"), "").grave())
}

pub(super) async fn revoke(seat: Seat, Path(system): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let of = Of::must(&seat, &system, Action::CertificateRevoke)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let why = value(&sent, "revoke_reason");
    if why.is_empty() {
        return refused(&seat, &of, t.t("act-reason-missing").into_owned()).await;
    }
    let exchange = seat.console.road.exchange.clone();
    let own = |shown: &[u8; 32]| exchange.snapshot().certificate(shown).is_some_and(|c| *c.system == *system);
    let Some(shown) = fingerprint(value(&sent, "certificate")).filter(own) else {
        return refused(&seat, &of, t.t("keys-not-known").into_owned()).await;
    };
    let now_us = seat.now_us();
    let asked = format!("system={system} certificate={}", hex::encode(shown));
    let about = About::new("certificate_revoke", asked, HERE).because(why);
    let revoked = seat.deed(about, &exchange, move |exchange, _| exchange.revoke_certificate(&shown, now_us));
    match revoked.await? {
        Ok(_) => Ok(of.back("revoked")),
        Err(error) => refused(&seat, &of, exchange_refusal(t, &error)).await,
    }
}
