//! Passkeys, the authenticator, recovery codes: added, replaced, removed by their holder.
use super::{Answer, codes, done, prove, refused, step};
use crate::door::console::deed::About;
use crate::door::console::enter::{code_input, passkey_ask};
use crate::door::console::seat::Seat;
use crate::door::console::words;
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Copyable, Input, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use dancu_staff::{Enrolled, Holder, StaffError};

fn about(what: &str) -> About {
    About::new("credentials", format!("what={what}"), Place::Me)
}

/// A new passkey.
pub(super) async fn passkey(seat: Seat) -> Answer {
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let asking =
        seat.staffed(Place::Me, move |staff| staff.passkey_register(Holder::Session(&token), now_us));
    let challenge = match asking.await? {
        Ok(challenge) => challenge,
        Err(error) => return refused(&seat, error, "/me/passkey").await,
    };
    let shell = seat.shell(Place::Me);
    let (t, csrf) = (shell.texts(), seat.csrf());
    let name = Input { max: 60, ..Input::new(t, "name", "me-passkey-name", &Typed::default()) };
    let act = Act::new("passkey", "", "/me/passkey", &csrf)
        .passkey(passkey_ask(t, "create", &challenge))
        .with(Control::Input(name.hint("me-passkey-name-hint").optional()))
        .button(t.t("door-passkey-make"), "");
    let page = DoorPage::new(shell, "me-passkey-add", "me-passkey-lead", &csrf);
    Ok(step(&seat, page, StatusCode::OK, vec![act]))
}

pub(super) async fn add_passkey(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let (ceremony, response) = (value(&sent, "ceremony").to_owned(), value(&sent, "answer").to_owned());
    let name = words::passkey_name(seat.shell(Place::Me).texts(), value(&sent, "name"));
    let added = seat.deed(about("passkey_added"), &seat.console.staff, move |staff, _| {
        staff.passkey_registered(Holder::Session(&token), &ceremony, &response, &name, now_us)
    });
    enrolled(&seat, added.await?, "passkey", "/me/passkey").await
}

pub(super) async fn remove_passkey(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us, id) = (seat.token.clone(), seat.now_us(), value(&sent, "passkey").to_owned());
    let removed = seat.deed(about("passkey_removed"), &seat.console.staff, move |staff, _| {
        staff.remove_passkey(&token, &id, now_us)
    });
    match removed.await? {
        Ok(_) => Ok(done("passkey-removed")),
        Err(error) => refused(&seat, error, "/me").await,
    }
}

/// A new key for the authenticator; the old one stays until the new one is confirmed.
pub(super) async fn totp(seat: Seat) -> Answer {
    totp_page(&seat, None).await
}

async fn totp_page(seat: &Seat, wrong: Option<String>) -> Answer {
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let asking = seat.staffed(Place::Me, move |staff| staff.enrol_totp(Holder::Session(&token), now_us));
    let enrolment = match asking.await? {
        Ok(enrolment) => enrolment,
        Err(error) => return refused(seat, error, "/me/totp").await,
    };
    let shell = seat.shell(Place::Me);
    let (t, csrf) = (shell.texts(), seat.csrf());
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let act = Act::new("totp", "", "/me/totp", &csrf)
        .with(Control::Hidden { name: "ceremony", value: enrolment.ceremony.clone() })
        .with(Control::Input(code_input(t, "code", wrong)))
        .button(t.t("door-continue"), "");
    let copyable = Copyable {
        texts: t,
        id: "totp-key".to_owned(),
        label: t.t("door-key").into_owned(),
        value: prove::shown(&enrolment.secret),
    };
    let page = DoorPage {
        code: words::qr(enrolment.uri.expose()),
        copyable: Some(copyable),
        ..DoorPage::new(shell, "me-totp-title", "me-totp-lead", &csrf)
    };
    Ok(step(seat, page, status, vec![act]))
}

pub(super) async fn set_totp(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let (ceremony, code) = (value(&sent, "ceremony").to_owned(), value(&sent, "code").replace(' ', ""));
    let set = seat.deed(about("totp_enrolled"), &seat.console.staff, move |staff, _| {
        staff.confirm_totp(Holder::Session(&token), &ceremony, &code, now_us)
    });
    match set.await? {
        Err(StaffError::WrongProof) => {
            let wrong = seat.shell(Place::Me).t("door-wrong-proof").into_owned();
            totp_page(&seat, Some(wrong)).await
        }
        answered => enrolled(&seat, answered, "totp", "/me/totp").await,
    }
}

pub(super) async fn remove_totp(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let removed = seat
        .deed(about("totp_removed"), &seat.console.staff, move |staff, _| staff.remove_totp(&token, now_us));
    match removed.await? {
        Ok(_) => Ok(done("totp-removed")),
        Err(error) => refused(&seat, error, "/me").await,
    }
}

/// New recovery codes; the ones before count no more.
pub(super) async fn recovery(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let drawn = seat.deed(about("recovery_codes"), &seat.console.staff, move |staff, _| {
        staff.new_recovery_codes(&token, now_us)
    });
    match drawn.await? {
        Ok((drawn, _)) => Ok(codes(&seat, &drawn)),
        Err(error) => refused(&seat, error, "/me").await,
    }
}

async fn enrolled(
    seat: &Seat,
    answered: Result<(Enrolled, u64), StaffError>,
    what: &str,
    to: &'static str,
) -> Answer {
    match answered {
        Ok((enrolled, _)) if enrolled.recovery_codes.is_empty() => Ok(done(what)),
        Ok((enrolled, _)) => Ok(codes(seat, &enrolled.recovery_codes)),
        Err(error) => refused(seat, error, to).await,
    }
}
