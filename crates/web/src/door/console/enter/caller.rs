//! Somebody at the door, for one request: who knocks, what the browser brought, how the sign-in goes on.
use super::knocker::Knocker;
use super::{ATTEMPT, Answer, DEVICE, DEVICE_SECONDS};
use crate::door::console::Shared;
use crate::door::console::seat::{Oops, SESSION};
use crate::door::cookies;
use crate::door::form::{Sent, value};
use crate::door::sign_in::add_cookie;
use crate::page::{Section, Shell};
use crate::pages::ErrorKind;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_catalogue::Code;
use dancu_gateway::door::Peer;
use dancu_keys::Secret;
use dancu_staff::{NewSession, PasswordFault, SignIn, Staff, StaffError, Step, Visitor};

/// Somebody at the door.
pub(super) struct Caller {
    pub(super) who: Knocker,
    pub(super) shell: Shell,
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Oops;

    async fn from_request_parts(parts: &mut Parts, console: &Shared) -> Result<Self, Oops> {
        let (headers, uri) = (parts.headers.clone(), parts.uri.clone());
        let shell = console.shell(&headers, &uri, Section::None, None);
        let Some(peer) = parts.extensions.get::<Peer>().cloned() else {
            return Err(Oops::page(shell, ErrorKind::Server));
        };
        let (device, browser) = browser(&headers);
        let who = Knocker { console: Shared::clone(console), peer, device, browser };
        Ok(Self { who, shell, headers, uri })
    }
}

/// What a browser is known by.
pub(in crate::door::console) fn browser(headers: &HeaderMap) -> (Option<Secret>, String) {
    let device = cookies::get(headers, DEVICE).filter(|value| !value.is_empty());
    let browser = headers.get(axum::http::header::USER_AGENT).and_then(|value| value.to_str().ok());
    let device = device.map(|cookie| Secret::new(cookie.to_owned()));
    (device, browser.unwrap_or_default().chars().take(200).collect())
}

/// The answer that begins a session: its cookies, and the way in.
pub(in crate::door::console) fn seated(new: &NewSession, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    add_cookie(&mut response, &cookies::set(SESSION, new.token.expose_str().unwrap_or_default()));
    add_cookie(&mut response, &cookies::unset(ATTEMPT));
    if let Some(device) = new.device_cookie.as_ref().and_then(Secret::expose_str) {
        let cookie = format!("{}; Max-Age={DEVICE_SECONDS}", cookies::set(DEVICE, device));
        add_cookie(&mut response, &cookie);
    }
    response
}

impl Caller {
    /// The sign-in under way; without one it begins again.
    pub(super) fn attempt(&self) -> Result<Secret, Oops> {
        let cookie = cookies::get(&self.headers, ATTEMPT).filter(|value| !value.is_empty());
        cookie
            .map(|value| Secret::new(value.to_owned()))
            .ok_or_else(|| Oops::response(Redirect::to("/sign-in")))
    }

    /// A token that goes with the sign-in under way, for its forms.
    pub(super) fn csrf(&self, attempt: &Secret) -> String {
        String::from_utf8_lossy(self.who.console.staff.form_token(attempt).expose()).into_owned()
    }

    pub(super) fn own_form(&self, attempt: &Secret, sent: &Sent) -> Result<(), Oops> {
        let (own, shown) = (self.csrf(attempt), value(sent, "csrf"));
        let same =
            aws_lc_rs::constant_time::verify_slices_are_equal(own.as_bytes(), shown.as_bytes()).is_ok();
        if same { Ok(()) } else { Err(Oops::page(self.shell.clone(), ErrorKind::Forbidden)) }
    }

    /// Asks staff on a thread of its own, as this visitor.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Result<Result<T, StaffError>, Oops> {
        self.who.ask(ask).await.map_err(|code| self.unasked(code))
    }

    /// The same where passwords are hashed: it waits for a turn.
    pub(super) async fn ask_hashing<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Result<Result<T, StaffError>, Oops> {
        self.who.ask_hashing(ask).await.map_err(|code| self.unasked(code))
    }

    /// The page where nobody could be asked.
    pub(super) fn unasked(&self, code: Code) -> Oops {
        let kind = if code == Code::Internal { ErrorKind::Server } else { ErrorKind::Unavailable };
        Oops::page(self.shell.clone(), kind)
    }

    /// Where the sign-in goes on. A session that begins is written down before its cookie is handed out.
    pub(super) async fn goes_on(&self, sign_in: SignIn) -> Answer {
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
                self.who.begins(&new).await.map_err(|code| self.unasked(code))?;
                Ok(seated(&new, "/"))
            }
        }
    }

    /// What is still to be done for this attempt.
    pub(super) async fn step(&self, attempt: &Secret) -> Result<Result<Step, Response>, Oops> {
        let asked = attempt.clone();
        let answered =
            self.ask(move |staff, visitor, now_us| staff.continue_sign_in(&asked, visitor, now_us)).await?;
        match answered {
            Ok(SignIn::Next { step, .. }) => Ok(Ok(step)),
            Ok(other) => self.goes_on(other).await.map(Err),
            Err(_) => Err(Oops::response(Redirect::to("/sign-in?ended"))),
        }
    }

    /// What is answered when it is neither wrong nor late.
    pub(super) fn broken(&self, error: &StaffError) -> Oops {
        tracing::warn!(%error, "a sign-in could not go on");
        Oops::page(self.shell.clone(), ErrorKind::Unavailable)
    }

    /// A step that failed: its own page again with what is wrong, or the beginning when its time is over.
    pub(super) fn wrong(&self, error: &StaffError) -> Result<String, Oops> {
        match error {
            StaffError::WrongProof | StaffError::Passkey(_) => {
                Ok(self.shell.t("door-wrong-proof").into_owned())
            }
            StaffError::Password(faults) => Ok(faults_in_words(&self.shell, faults)),
            StaffError::NotSignedIn | StaffError::TooLate | StaffError::State(_) => {
                Err(Oops::response(Redirect::to("/sign-in?ended")))
            }
            _ => Err(Oops::page(self.shell.clone(), ErrorKind::Server)),
        }
    }
}

/// What is wrong with a new password.
pub(in crate::door::console) fn faults_in_words(shell: &Shell, faults: &[PasswordFault]) -> String {
    let words = |fault: &PasswordFault| {
        let (key, number) = match *fault {
            PasswordFault::TooShort(n) => ("door-password-short", n),
            PasswordFault::TooLong(n) => ("door-password-long", n),
            PasswordFault::TooPlain(n) => ("door-password-plain", n),
            PasswordFault::HoldsLogin => ("door-password-login", 0),
            PasswordFault::UsedBefore(n) => ("door-password-used", n),
        };
        shell.t1(key, "number", number.to_string()).into_owned()
    };
    faults.iter().map(words).collect::<Vec<_>>().join(" ")
}
