//! The way in: a password, a second factor or its enrolment, a new password if one is due.
use super::seat::{Oops, SESSION, Seat, blocking};
use super::{Console, DemoStaff, Shared};
use crate::door::cookies;
use crate::door::form::{Sent, value};
use crate::door::session::random_token;
use crate::door::sign_in::add_cookie;
use crate::page::{Place, Section, Shell, html};
use crate::pages::ErrorKind;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Control, Copyable, Input, InputKind, Notice, Tone, Typed, Width};
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_feed::Event;
use dancu_gateway::door::Peer;
use dancu_keys::Secret;
use dancu_staff::{Holder, PasswordFault, Proof, SignIn, Staff, StaffError, Step, Visitor};

/// A sign-in under way.
const ATTEMPT: &str = "__Host-attempt";
/// What the browser is known by for a long time.
const DEVICE: &str = "__Host-device";
/// Token of the first form, before there is anything else.
const DOOR: &str = "__Host-door";
/// A year
const DEVICE_SECONDS: u32 = 31_536_000;

type Answer = Result<Response, Oops>;

/// Somebody at the door.
struct Caller {
    console: Shared,
    shell: Shell,
    peer: Peer,
    headers: HeaderMap,
}

impl Caller {
    fn new(console: &Shared, peer: Peer, headers: HeaderMap, uri: &Uri) -> Self {
        let shell = console.shell(&headers, uri, Section::None, None);
        Self { console: Shared::clone(console), shell, peer, headers }
    }

    fn cookie(&self, name: &str) -> Option<Secret> {
        cookies::get(&self.headers, name)
            .filter(|value| !value.is_empty())
            .map(|value| Secret::new(value.to_owned()))
    }

    /// The sign-in under way; without one it begins again.
    fn attempt(&self) -> Result<Secret, Oops> {
        self.cookie(ATTEMPT).ok_or_else(|| Oops::response(Redirect::to("/sign-in")))
    }

    /// A token that goes with the sign-in under way, for its forms.
    fn csrf(&self, attempt: &Secret) -> String {
        String::from_utf8_lossy(self.console.staff.form_token(attempt).expose()).into_owned()
    }

    fn own_form(&self, attempt: &Secret, sent: &Sent) -> Result<(), Oops> {
        let same = self.csrf(attempt) == value(sent, "csrf");
        if same { Ok(()) } else { Err(Oops::page(self.shell.clone(), ErrorKind::Forbidden)) }
    }

    /// Asks staff on a thread of its own, as this visitor.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Result<Result<T, StaffError>, Oops> {
        let (staff, now_us) = (self.console.staff.clone(), self.console.road.clock.now_us());
        let (source, device) = (self.peer.address, self.cookie(DEVICE));
        let browser = self.headers.get(axum::http::header::USER_AGENT).and_then(|v| v.to_str().ok());
        let browser: String = browser.unwrap_or_default().chars().take(200).collect();
        let asked = blocking(move || {
            let visitor = Visitor { source, device: device.as_ref(), browser: &browser };
            ask(&staff, &visitor, now_us)
        });
        match asked.await {
            Some(Err(error @ (StaffError::Store(_) | StaffError::Seal(_)))) => {
                tracing::warn!(%error, "somebody could not be asked in");
                Err(Oops::page(self.shell.clone(), ErrorKind::Unavailable))
            }
            Some(answered) => Ok(answered),
            None => Err(Oops::page(self.shell.clone(), ErrorKind::Server)),
        }
    }

    /// Where the sign-in goes on.
    fn goes_on(sign_in: SignIn) -> Answer {
        match sign_in {
            SignIn::Refused => Err(Oops::response(Redirect::to("/sign-in?refused"))),
            SignIn::Next { attempt, step } => {
                let to = match step {
                    Step::SecondFactor(_) => "/sign-in/factor",
                    Step::Enrol => "/sign-in/enrol",
                    Step::ChangePassword => "/sign-in/password",
                    Step::Session => "/",
                };
                let mut response = Redirect::to(to).into_response();
                add_cookie(&mut response, &cookies::set(ATTEMPT, attempt.expose_str().unwrap_or_default()));
                Ok(response)
            }
            SignIn::Done(new) => {
                let mut response = Redirect::to("/").into_response();
                add_cookie(&mut response, &cookies::set(SESSION, new.token.expose_str().unwrap_or_default()));
                add_cookie(&mut response, &cookies::unset(ATTEMPT));
                if let Some(device) = new.device_cookie.as_ref().and_then(Secret::expose_str) {
                    let cookie = format!("{}; Max-Age={DEVICE_SECONDS}", cookies::set(DEVICE, device));
                    add_cookie(&mut response, &cookie);
                }
                Ok(response)
            }
        }
    }

    /// What is still to be done for this attempt.
    async fn step(&self, attempt: &Secret) -> Result<Result<Step, Response>, Oops> {
        let asked = attempt.clone();
        let answered =
            self.ask(move |staff, visitor, now_us| staff.continue_sign_in(&asked, visitor, now_us)).await?;
        match answered {
            Ok(SignIn::Next { step, .. }) => Ok(Ok(step)),
            Ok(other) => Caller::goes_on(other).map(Err),
            Err(_) => Err(Oops::response(Redirect::to("/sign-in?ended"))),
        }
    }

    /// A step that failed: its own page again with what is wrong, or the beginning when its time is over.
    fn wrong(&self, error: &StaffError) -> Result<String, Oops> {
        match error {
            StaffError::WrongProof | StaffError::Passkey(_) => {
                Ok(self.shell.t("door-wrong-proof").into_owned())
            }
            StaffError::Password(faults) => {
                Ok(faults.iter().map(|fault| self.fault(*fault)).collect::<Vec<_>>().join(" "))
            }
            StaffError::NotSignedIn | StaffError::TooLate => {
                Err(Oops::response(Redirect::to("/sign-in?ended")))
            }
            _ => Err(Oops::page(self.shell.clone(), ErrorKind::Server)),
        }
    }

    fn fault(&self, fault: PasswordFault) -> String {
        let (key, number) = match fault {
            PasswordFault::TooShort(n) => ("door-password-short", n),
            PasswordFault::TooLong(n) => ("door-password-long", n),
            PasswordFault::TooPlain(n) => ("door-password-plain", n),
            PasswordFault::HoldsLogin => ("door-password-login", 0),
            PasswordFault::UsedBefore(n) => ("door-password-used", n),
        };
        self.shell.t1(key, "number", number.to_string()).into_owned()
    }
}

fn page(mut door: DoorPage, status: StatusCode, acts: Vec<Act>) -> Response {
    door.acts = acts;
    html(status, &door).into_response()
}

fn status(wrong: Option<&String>) -> StatusCode {
    if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

// --- the password ---

fn knock_page(caller: &Caller, login: &str, wrong: Option<&str>, notice: Option<Notice>) -> Response {
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
        accounts: caller.console.accounts.iter().map(|account| account_of(t, account)).collect(),
        ..DoorPage::new(caller.shell.clone(), "door-title", "door-lead", &csrf)
    };
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    let mut response = page(door, status, vec![act]);
    add_cookie(&mut response, &cookies::set(DOOR, &csrf));
    response
}

/// Login, password, who it is.
fn account_of(t: crate::Texts, account: &DemoStaff) -> (String, String, String) {
    let role = t.t(&format!("staff-role-{}", super::words::dashed(&account.role)));
    (account.login.clone(), account.password.clone(), format!("{} · {role}", account.name))
}

pub(super) async fn knock(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let caller = Caller::new(&console, peer, headers, &uri);
    let t = caller.shell.texts();
    let notice = match uri.query() {
        Some("ended") => Some(Notice::new(Tone::Info, t.t("sign-in-ended-title"), t.t("sign-in-ended-text"))),
        Some("refused") => Some(Notice::new(Tone::Bad, t.t("sign-in-wrong"), "")),
        _ => None,
    };
    crate::door::plain::remember_lang(knock_page(&caller, "", None, notice), &uri)
}

pub(super) async fn knocked(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let t = caller.shell.texts();
    let token = cookies::get(&caller.headers, DOOR).unwrap_or_default();
    if token.is_empty() || token != value(&sent, "csrf") {
        let notice = Notice::new(Tone::Warn, t.t("sign-in-again-title"), t.t("sign-in-again-text"));
        return Ok(knock_page(&caller, value(&sent, "login"), None, Some(notice)));
    }
    let login = value(&sent, "login").to_owned();
    let password = sent.iter().find(|(name, _)| name == "password").map(|(_, typed)| typed.clone());
    let (asked, password) = (login.clone(), Secret::new(password.unwrap_or_default()));
    let answered =
        caller.ask(move |staff, visitor, now_us| staff.begin_sign_in(&asked, &password, visitor, now_us));
    match answered.await? {
        Ok(SignIn::Refused) => {
            refused(&console, &caller);
            Ok(knock_page(&caller, &login, Some(&t.t("sign-in-wrong")), None))
        }
        Ok(goes_on) => Caller::goes_on(goes_on),
        Err(_) => Err(Oops::page(caller.shell.clone(), ErrorKind::Unavailable)),
    }
}

/// The security centre hears of it; what was typed is told to nobody.
fn refused(console: &Console, caller: &Caller) {
    let events = &console.road.events;
    let source = events.source_hash(&caller.peer.address.to_string());
    events.emit(Event::SignInRefused { code: "CREDENTIALS_WRONG".to_owned(), account: None, source });
}

// --- the second factor ---

fn code_input(caller: &Caller, wrong: Option<String>) -> Input {
    let typed = Typed { value: String::new(), error: wrong };
    Input {
        autocomplete: "one-time-code",
        kind: InputKind::Digits,
        width: Width::Short,
        max: 6,
        ..Input::new(caller.shell.texts(), "code", "door-code", &typed)
    }
}

fn factor_page(caller: &Caller, attempt: &Secret, recovery: u32, wrong: Option<String>) -> Response {
    let t = caller.shell.texts();
    let csrf = caller.csrf(attempt);
    let status = status(wrong.as_ref());
    let code = Act::new("factor", "", "/sign-in/factor", &csrf)
        .with(Control::Input(code_input(caller, wrong)))
        .button(t.t("door-continue"), "code");
    let mut acts = vec![code];
    if recovery > 0 {
        let input = Input { max: 40, ..Input::new(t, "recovery", "door-recovery", &Typed::default()) };
        let act = Act::new("recovery-form", t.t("door-recovery-title"), "/sign-in/factor", &csrf)
            .with(Control::Input(input))
            .button(t.t("door-continue"), "recovery");
        acts.push(act.folded());
    }
    page(DoorPage::new(caller.shell.clone(), "door-factor-title", "door-factor-lead", &csrf), status, acts)
}

pub(super) async fn factor(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::SecondFactor(has)) => Ok(factor_page(&caller, &attempt, has.recovery, None)),
        Ok(step) => Caller::goes_on(SignIn::Next { attempt, step }),
        Err(response) => Ok(response),
    }
}

pub(super) async fn proved(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let code = value(&sent, "code").replace(' ', "");
    let recovery = Secret::new(value(&sent, "recovery").to_owned());
    let by_code = value(&sent, "act") != "recovery";
    let answered = caller.ask(move |staff, visitor, now_us| {
        let proof = if by_code { Proof::Totp(&code) } else { Proof::Recovery(&recovery) };
        staff.second_factor(&asked, &proof, visitor, now_us)
    });
    match answered.await? {
        Ok(SignIn::Next { step: Step::SecondFactor(has), .. }) => {
            let wrong = caller.shell.t("door-wrong-proof").into_owned();
            Ok(factor_page(&caller, &attempt, has.recovery, Some(wrong)))
        }
        Ok(goes_on) => Caller::goes_on(goes_on),
        Err(error) => Ok(factor_page(&caller, &attempt, 0, Some(caller.wrong(&error)?))),
    }
}

/// The answer of a passkey.
pub(super) async fn passkey(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let (ceremony, response) = (value(&sent, "ceremony").to_owned(), value(&sent, "answer").to_owned());
    let answered = caller.ask(move |staff, visitor, now_us| {
        let proof = Proof::Passkey { ceremony: &ceremony, response: &response };
        staff.second_factor(&asked, &proof, visitor, now_us)
    });
    match answered.await? {
        Ok(goes_on) => Caller::goes_on(goes_on),
        Err(error) => Ok(factor_page(&caller, &attempt, 0, Some(caller.wrong(&error)?))),
    }
}

// --- its enrolment ---

pub(super) async fn enrol(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::Enrol) => enrol_page(&caller, &attempt, None).await,
        Ok(step) => Caller::goes_on(SignIn::Next { attempt, step }),
        Err(response) => Ok(response),
    }
}

async fn enrol_page(caller: &Caller, attempt: &Secret, wrong: Option<String>) -> Answer {
    let asked = attempt.clone();
    let answered =
        caller.ask(move |staff, _, now_us| staff.enrol_totp(Holder::Attempt(&asked), now_us)).await?;
    let Ok(enrolment) = answered else { return Err(Oops::response(Redirect::to("/sign-in?ended"))) };
    let (t, csrf) = (caller.shell.texts(), caller.csrf(attempt));
    let status = status(wrong.as_ref());
    let act = Act::new("enrol", "", "/sign-in/enrol", &csrf)
        .with(Control::Hidden { name: "ceremony", value: enrolment.ceremony.clone() })
        .with(Control::Input(code_input(caller, wrong)))
        .button(t.t("door-continue"), "");
    let copyable = Copyable {
        texts: t,
        id: "totp-key".to_owned(),
        label: t.t("door-key").into_owned(),
        value: enrolment.secret.expose_str().unwrap_or_default().to_owned(),
    };
    let door = DoorPage {
        code: super::words::qr(enrolment.uri.expose()),
        copyable: Some(copyable),
        ..DoorPage::new(caller.shell.clone(), "door-enrol-title", "door-enrol-lead", &csrf)
    };
    Ok(page(door, status, vec![act]))
}

pub(super) async fn enrolled(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let asked = attempt.clone();
    let (ceremony, code) = (value(&sent, "ceremony").to_owned(), value(&sent, "code").replace(' ', ""));
    let confirm = move |staff: &Staff, _: &Visitor<'_>, now_us| {
        staff.confirm_totp(Holder::Attempt(&asked), &ceremony, &code, now_us)
    };
    match caller.ask(confirm).await? {
        Ok(enrolled) => Ok(recovery_page(&caller, &attempt, &enrolled.recovery_codes)),
        Err(error) => {
            let wrong = caller.wrong(&error)?;
            enrol_page(&caller, &attempt, Some(wrong)).await
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

// --- a new password ---

fn password_page(caller: &Caller, attempt: &Secret, wrong: Option<String>) -> Response {
    let t = caller.shell.texts();
    let csrf = caller.csrf(attempt);
    let status = status(wrong.as_ref());
    let typed = Typed { value: String::new(), error: wrong };
    let input = |name, label, typed: &Typed| Input {
        autocomplete: "new-password",
        kind: InputKind::Password,
        max: 256,
        ..Input::new(t, name, label, typed)
    };
    let act = Act::new("change", "", "/sign-in/password", &csrf)
        .with(Control::Input(input("password", "door-new-password", &typed)))
        .with(Control::Input(input("again", "door-new-password-again", &Typed::default())))
        .button(t.t("door-continue"), "");
    page(
        DoorPage::new(caller.shell.clone(), "door-password-title", "door-password-lead", &csrf),
        status,
        vec![act],
    )
}

pub(super) async fn password(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    match caller.step(&attempt).await? {
        Ok(Step::ChangePassword) => Ok(password_page(&caller, &attempt, None)),
        Ok(step) => Caller::goes_on(SignIn::Next { attempt, step }),
        Err(response) => Ok(response),
    }
}

pub(super) async fn changed(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
    Form(sent): Form<Sent>,
) -> Answer {
    let caller = Caller::new(&console, peer, headers, &uri);
    let attempt = caller.attempt()?;
    caller.own_form(&attempt, &sent)?;
    let typed = |name: &str| sent.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    if typed("password") != typed("again") {
        let wrong = caller.shell.t("door-password-differs").into_owned();
        return Ok(password_page(&caller, &attempt, Some(wrong)));
    }
    let (asked, new) = (attempt.clone(), Secret::new(typed("password")));
    let change = move |staff: &Staff, visitor: &Visitor<'_>, now_us| {
        staff.sign_in_password(&asked, &new, visitor, now_us)
    };
    match caller.ask(change).await? {
        Ok(goes_on) => Caller::goes_on(goes_on),
        Err(error) => Ok(password_page(&caller, &attempt, Some(caller.wrong(&error)?))),
    }
}

// --- the way out ---

pub(super) async fn leave(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), Place::Work)?;
    let (staff, token, now_us) = (seat.console.staff.clone(), seat.token.clone(), seat.now_us());
    let ended = blocking(move || staff.end_session(&token, now_us)).await;
    if !matches!(ended, Some(Ok(()))) {
        return Err(Oops::page(seat.shell(Place::Work), ErrorKind::Unavailable));
    }
    let mut response = Redirect::to("/sign-in").into_response();
    add_cookie(&mut response, &cookies::unset(SESSION));
    Ok(response)
}
