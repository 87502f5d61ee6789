//! A new password on the way in.
use super::caller::Caller;
use super::{Answer, page, status};
use crate::Texts;
use crate::door::form::Sent;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Input, InputKind, Typed};
use axum::extract::Form;
use axum::response::Response;
use dancu_keys::Secret;
use dancu_staff::{SignIn, Staff, Step, Visitor};

/// A password that is chosen: twice the same.
pub(in crate::door::console) fn inputs(t: Texts, wrong: Option<String>) -> [Control; 2] {
    let input = |name, label, typed: &Typed| {
        Control::Input(Input {
            autocomplete: "new-password",
            kind: InputKind::Password,
            max: 256,
            ..Input::new(t, name, label, typed)
        })
    };
    let typed = Typed { value: String::new(), error: wrong };
    [
        input("password", "door-new-password", &typed),
        input("again", "door-new-password-again", &Typed::default()),
    ]
}

/// What was typed into a control of passwords, blanks and all.
pub(in crate::door::console) fn typed(sent: &Sent, name: &str) -> Secret {
    let typed = sent.iter().find(|(n, _)| n == name).map(|(_, typed)| typed.clone());
    Secret::new(typed.unwrap_or_default())
}

fn new_password(caller: &Caller, attempt: &Secret, wrong: Option<String>) -> Response {
    let t = caller.shell.texts();
    let csrf = caller.csrf(attempt);
    let status = status(wrong.as_ref());
    let [new, again] = inputs(t, wrong);
    let act = Act::new("change", "", "/sign-in/password", &csrf)
        .with(new)
        .with(again)
        .button(t.t("door-continue"), "");
    let door = DoorPage::new(caller.shell.clone(), "door-password-title", "door-password-lead", &csrf);
    page(door, status, vec![act])
}

pub(super) async fn show(caller: Caller) -> Answer {
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::ChangePassword) => Ok(new_password(&caller, &attempt, None)),
        Ok(step) => caller.goes_on(SignIn::Next { attempt, step }).await,
        Err(response) => Ok(response),
    }
}

pub(super) async fn changed(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let (new, again) = (typed(&sent, "password"), typed(&sent, "again"));
    if new.expose() != again.expose() {
        let wrong = caller.shell.t("door-password-differs").into_owned();
        return Ok(new_password(&caller, &attempt, Some(wrong)));
    }
    let asked = attempt.clone();
    let change = move |staff: &Staff, visitor: &Visitor<'_>, now_us| {
        staff.sign_in_password(&asked, &new, visitor, now_us)
    };
    match caller.ask_hashing(change).await? {
        Ok(goes_on) => caller.goes_on(goes_on).await,
        Err(error) => Ok(new_password(&caller, &attempt, Some(caller.wrong(&error)?))),
    }
}
