//! The first second factor: an authenticator, or a passkey.
use super::caller::Caller;
use super::{Answer, code_input, page, passkey_ask, status};
use crate::door::console::seat::Oops;
use crate::door::console::words;
use crate::door::form::{Sent, value};
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Copyable, Input, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use dancu_keys::Secret;
use dancu_staff::{Enrolled, Holder, SignIn, Staff, StaffError, Step, Visitor};

pub(super) async fn show(caller: Caller) -> Answer {
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::Enrol) => choice(&caller, &attempt, None).await,
        Ok(step) => caller.goes_on(SignIn::Next { attempt, step }).await,
        Err(response) => Ok(response),
    }
}

/// An authenticator's key, and beside it the way by a passkey.
async fn choice(caller: &Caller, attempt: &Secret, wrong: Option<String>) -> Answer {
    let asked = attempt.clone();
    let asking = move |staff: &Staff, _: &Visitor<'_>, now_us| {
        let by_code = staff.enrol_totp(Holder::Attempt(&asked), now_us)?;
        Ok((by_code, staff.passkey_register(Holder::Attempt(&asked), now_us)?))
    };
    let Ok((enrolment, challenge)) = caller.ask(asking).await? else {
        return Err(Oops::response(Redirect::to("/sign-in?ended")));
    };
    let (t, csrf) = (caller.shell.texts(), caller.csrf(attempt));
    let status = status(wrong.as_ref());
    let by_code = Act::new("enrol", "", "/sign-in/enrol", &csrf)
        .with(Control::Hidden { name: "ceremony", value: enrolment.ceremony.clone() })
        .with(Control::Input(code_input(t, "code", wrong)))
        .button(t.t("door-continue"), "");
    let name = Input { max: 60, ..Input::new(t, "name", "me-passkey-name", &Typed::default()) };
    let by_passkey = Act::new("enrol-passkey", t.t("door-enrol-passkey"), "/sign-in/enrol/passkey", &csrf)
        .lead(t.t("door-enrol-passkey-lead"))
        .passkey(passkey_ask(t, "create", &challenge))
        .with(Control::Input(name.hint("me-passkey-name-hint").optional()))
        .button(t.t("door-passkey-make"), "");
    let copyable = Copyable {
        texts: t,
        id: "totp-key".to_owned(),
        label: t.t("door-key").into_owned(),
        value: enrolment.secret.expose_str().unwrap_or_default().to_owned(),
    };
    let door = DoorPage {
        code: words::qr(enrolment.uri.expose()),
        copyable: Some(copyable),
        ..DoorPage::new(caller.shell.clone(), "door-enrol-title", "door-enrol-lead", &csrf)
    };
    Ok(page(door, status, vec![by_code, by_passkey]))
}

pub(super) async fn by_code(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let (ceremony, code) = (value(&sent, "ceremony").to_owned(), value(&sent, "code").replace(' ', ""));
    let confirm = move |staff: &Staff, _: &Visitor<'_>, now_us| {
        staff.confirm_totp(Holder::Attempt(&asked), &ceremony, &code, now_us)
    };
    let confirmed = caller.ask(confirm).await?;
    enrolled(&caller, &attempt, confirmed).await
}

pub(super) async fn by_passkey(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let (ceremony, response) = (value(&sent, "ceremony").to_owned(), value(&sent, "answer").to_owned());
    let name = words::passkey_name(caller.shell.texts(), value(&sent, "name"));
    let register = move |staff: &Staff, _: &Visitor<'_>, now_us| {
        staff.passkey_registered(Holder::Attempt(&asked), &ceremony, &response, &name, now_us)
    };
    let registered = caller.ask(register).await?;
    enrolled(&caller, &attempt, registered).await
}

async fn enrolled(caller: &Caller, attempt: &Secret, answered: Result<Enrolled, StaffError>) -> Answer {
    match answered {
        Ok(enrolled) => Ok(recovery_page(caller, attempt, &enrolled.recovery_codes)),
        Err(error) => {
            let wrong = caller.wrong(&error)?;
            choice(caller, attempt, Some(wrong)).await
        }
    }
}

/// Recovery codes, shown once.
fn recovery_page(caller: &Caller, attempt: &Secret, codes: &[Secret]) -> Response {
    let t = caller.shell.texts();
    let csrf = caller.csrf(attempt);
    let door = DoorPage {
        recovery: codes.iter().filter_map(|code| code.expose_str().map(ToOwned::to_owned)).collect(),
        ..DoorPage::new(caller.shell.clone(), "door-codes-title", "door-codes-lead", &csrf)
    };
    // A form that only reads: it leads to whatever comes next.
    let act = Act::new("onward", "", "/sign-in/factor", "").button(t.t("door-codes-kept"), "");
    page(door, StatusCode::OK, vec![act])
}
