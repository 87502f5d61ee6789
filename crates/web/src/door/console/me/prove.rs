//! Proving once more to be the person, before credentials are changed.
use super::{Answer, step};
use crate::door::console::enter::{code_input, passkey_ask};
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Input, InputKind, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_keys::Secret;
use dancu_staff::{Holder, Proof, StaffError};

/// Where one goes on afterwards: the pages that ask for a proof.
const ONWARD: &[&str] = &["/me", "/me/passkey", "/me/totp"];

/// The proofs that this account can give, each a form; then it goes on at `to`.
pub(super) async fn page(seat: &Seat, to: &str, wrong: Option<String>) -> Answer {
    let (id, token, now_us) = (seat.id().to_owned(), seat.token.clone(), seat.now_us());
    let asking = seat.staffed(Place::Me, move |staff| {
        let factors = staff.factors_of(&id)?;
        let challenge = if factors.passkeys > 0 {
            Some(staff.passkey_challenge(Holder::Session(&token), now_us)?)
        } else {
            None
        };
        Ok((factors, challenge))
    });
    let Ok((factors, challenge)) = asking.await? else {
        return Err(Oops::page(seat.shell(Place::Me), ErrorKind::Unavailable));
    };
    let shell = seat.shell(Place::Me);
    let (t, csrf) = (shell.texts(), seat.csrf());
    let onward = || Control::Hidden { name: "to", value: to.to_owned() };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut acts = Vec::new();
    if let Some(challenge) = &challenge {
        acts.push(
            Act::new("prove-passkey", t.t("door-passkey-title"), "/me/prove/passkey", &csrf)
                .passkey(passkey_ask(t, "get", challenge))
                .with(onward())
                .button(t.t("door-passkey-use"), ""),
        );
    }
    if factors.totp {
        acts.push(
            Act::new("prove", t.t("door-code-title"), "/me/prove", &csrf)
                .with(Control::Input(code_input(t, "code", wrong)))
                .with(onward())
                .button(t.t("door-continue"), "code"),
        );
    } else if challenge.is_none() {
        let typed = Typed { value: String::new(), error: wrong };
        let password = Input {
            autocomplete: "current-password",
            kind: InputKind::Password,
            max: 256,
            ..Input::new(t, "password", "sign-in-password", &typed)
        };
        acts.push(
            Act::new("prove", "", "/me/prove", &csrf)
                .with(Control::Input(password))
                .with(onward())
                .button(t.t("door-continue"), "password"),
        );
    }
    Ok(step(seat, DoorPage::new(shell, "me-prove-title", "me-prove-lead", &csrf), status, acts))
}

pub(super) async fn by_code(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let code = value(&sent, "code").replace(' ', "");
    let password = crate::door::console::enter::typed_password(&sent, "password");
    let by_code = value(&sent, "act") != "password";
    let turn = if by_code { None } else { Some(seat.turn(Place::Me).await?) };
    let proved = seat.staffed(Place::Me, move |staff| {
        let proof = if by_code { Proof::Totp(&code) } else { Proof::Password(&password) };
        staff.prove(&token, &proof, now_us)
    });
    let proved = proved.await?;
    drop(turn);
    answer(&seat, proved, value(&sent, "to")).await
}

pub(super) async fn by_passkey(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Me)?;
    let (token, now_us) = (seat.token.clone(), seat.now_us());
    let (ceremony, response) = (value(&sent, "ceremony").to_owned(), value(&sent, "answer").to_owned());
    let proved = seat.staffed(Place::Me, move |staff| {
        let proof = Proof::Passkey { ceremony: &ceremony, response: &response };
        staff.prove(&token, &proof, now_us)
    });
    answer(&seat, proved.await?, value(&sent, "to")).await
}

async fn answer(seat: &Seat, proved: Result<(), StaffError>, to: &str) -> Answer {
    let to = ONWARD.iter().find(|known| **known == to).copied().unwrap_or("/me");
    match proved {
        Ok(()) if to == "/me" => Ok(super::done("proved")),
        Ok(()) => Ok(Redirect::to(to).into_response()),
        Err(_) => page(seat, to, Some(seat.shell(Place::Me).t("door-wrong-proof").into_owned())).await,
    }
}

/// A secret that is only read by the browser's holder.
pub(super) fn shown(secret: &Secret) -> String {
    secret.expose_str().unwrap_or_default().to_owned()
}
