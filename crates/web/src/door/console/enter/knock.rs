//! Login and password.
use super::caller::Caller;
use super::knocker::Knocked;
use super::{Answer, DOOR, page};
use crate::Texts;
use crate::door::console::{DemoStaff, words};
use crate::door::cookies;
use crate::door::form::{Sent, value};
use crate::door::session::random_token;
use crate::door::sign_in::add_cookie;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Input, InputKind, Notice, Tone, Typed};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_keys::Secret;

fn door(caller: &Caller, login: &str, wrong: Option<&str>, notice: Option<Notice>) -> Response {
    let Some(csrf) = random_token() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let t = caller.shell.texts();
    let login = Input {
        autocomplete: "username",
        max: 60,
        ..Input::new(t, "login", "sign-in-login", &Typed::new(login))
    };
    let typed = Typed { value: String::new(), error: wrong.map(ToOwned::to_owned) };
    let password = Input {
        autocomplete: "current-password",
        kind: InputKind::Password,
        max: 256,
        ..Input::new(t, "password", "sign-in-password", &typed)
    };
    let act = Act::new("knock", "", "/sign-in", &csrf)
        .with(Control::Input(login))
        .with(Control::Input(password))
        .button(t.t("sign-in"), "");
    let door = DoorPage {
        notice,
        accounts: caller.who.console.accounts.iter().map(|account| account_of(t, account)).collect(),
        ..DoorPage::new(caller.shell.clone(), "door-title", "door-lead", &csrf)
    };
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let mut response = page(door, status, vec![act]);
    add_cookie(&mut response, &cookies::set(DOOR, &csrf));
    response
}

/// Login, password, who it is.
fn account_of(t: Texts, account: &DemoStaff) -> (String, String, String) {
    let role = t.t(&format!("staff-role-{}", words::dashed(&account.role)));
    (account.login.clone(), account.password.clone(), format!("{} · {role}", account.name))
}

pub(super) async fn show(caller: Caller) -> Response {
    let t = caller.shell.texts();
    let notice = match caller.uri.query() {
        Some("ended") => Some(Notice::new(Tone::Info, t.t("sign-in-ended-title"), t.t("sign-in-ended-text"))),
        Some("refused") => Some(Notice::new(Tone::Bad, t.t("sign-in-wrong"), "")),
        _ => None,
    };
    crate::door::plain::remember_lang(door(&caller, "", None, notice), &caller.uri)
}

pub(super) async fn knocked(caller: Caller, Form(sent): Form<Sent>) -> Answer {
    let t = caller.shell.texts();
    let token = cookies::get(&caller.headers, DOOR).unwrap_or_default();
    if token.is_empty() || token != value(&sent, "csrf") {
        let notice = Notice::new(Tone::Warn, t.t("sign-in-again-title"), t.t("sign-in-again-text"));
        return Ok(door(&caller, value(&sent, "login"), None, Some(notice)));
    }
    let login = value(&sent, "login");
    let password = sent.iter().find(|(name, _)| name == "password").map(|(_, typed)| typed.clone());
    let asked = caller.who.knock(login, Secret::new(password.unwrap_or_default())).await;
    match asked.map_err(|code| caller.unasked(code))? {
        Ok(Knocked::GoesOn(goes_on)) => caller.goes_on(goes_on).await,
        Ok(Knocked::TooOften) => Ok(door(&caller, login, Some(&t.t("sign-in-too-often")), None)),
        Ok(Knocked::Wrong) => Ok(door(&caller, login, Some(&t.t("sign-in-wrong")), None)),
        Err(error) => Err(caller.broken(&error)),
    }
}
