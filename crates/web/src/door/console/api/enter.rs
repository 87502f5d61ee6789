//! The way in: a password, a second factor or its enrolment, a new password if one is due. Nothing of it is in a cookie.
use super::super::Shared;
use super::super::enter::{Asked, Knocked, Knocker, browser};
use super::super::table::Way;
use super::desk::{Answer, Desk, done, ok, read};
use super::factors::{PasskeyAnswer, PasskeyChallenge};
use super::operation::Operation;
use super::shapes::Moment;
use super::tell::Tell as _;
use super::trouble::{Place, Trouble};
use axum::Extension;
use axum::extract::{Request, State};
use axum::routing::post;
use dancu_catalogue::Code;
use dancu_gateway::door::Peer;
use dancu_keys::Secret;
use dancu_staff::{Holder, NewSession, Proof, SignIn, Staff, StaffError, Step, TotpEnrolment, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post(
        "/api/v1/sign-in",
        Way::Open,
        ["sign-in", "signIn", "Begin with login and password"],
        || post(begin),
    )
    .takes::<Knock>(r#"{"login": "nguyen.van.a", "password": "Mat-khau-cua-toi-2026"}"#)
    .gives::<SignInStep>(),
    Operation::post(
        "/api/v1/sign-in/factor",
        Way::Open,
        ["sign-in", "proveFactor", "Prove the second factor"],
        || post(factor),
    )
    .takes::<FactorProof>(r#"{"attempt": "b64…", "code": "123456"}"#)
    .gives::<SignInStep>(),
    Operation::post(
        "/api/v1/sign-in/passkey",
        Way::Open,
        ["sign-in", "beginPasskeyProof", "What a passkey is asked; its answer is a second factor"],
        || post(passkey),
    )
    .takes::<Attempt>(r#"{"attempt": "b64…"}"#)
    .gives::<PasskeyChallenge>(),
    Operation::post(
        "/api/v1/sign-in/totp",
        Way::Open,
        ["sign-in", "beginTotp", "A key for an authenticator, when none is enrolled yet"],
        || post(totp),
    )
    .takes::<Attempt>(r#"{"attempt": "b64…"}"#)
    .gives::<TotpKey>(),
    Operation::post(
        "/api/v1/sign-in/totp/confirm",
        Way::Open,
        [
            "sign-in",
            "confirmTotp",
            "Confirm the authenticator by its first code; the recovery codes are told once",
        ],
        || post(confirm),
    )
    .takes::<TotpConfirmation>(r#"{"attempt": "b64…", "ceremony": "0123abcd", "code": "123456"}"#)
    .gives::<TotpEnrolled>(),
    Operation::post(
        "/api/v1/sign-in/password",
        Way::Open,
        ["sign-in", "setPassword", "A new password, when one is due"],
        || post(password),
    )
    .takes::<DuePassword>(r#"{"attempt": "b64…", "new_password": "Mat-khau-moi-cua-toi-2026"}"#)
    .gives::<SignInStep>(),
    Operation::post("/api/v1/sign-out", Way::SignedIn, ["sign-in", "signOut", "End this session"], || {
        post(leave)
    }),
];

/// Login and password
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Knock {
    /// Login
    login: String,
    /// Password
    #[schema(format = Password)]
    password: String,
    /// `device` of an earlier sign-in from the same machine
    device: Option<String>,
}

/// A sign-in under way
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Attempt {
    /// Its token
    attempt: String,
}

/// A second factor: one of code, recovery code and passkey
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FactorProof {
    /// Token of the sign-in
    attempt: String,
    /// Six digits of the authenticator (RFC 6238)
    code: Option<String>,
    /// A recovery code
    recovery_code: Option<String>,
    /// Answer of a passkey
    passkey: Option<PasskeyAnswer>,
    /// `device` of an earlier sign-in from the same machine
    device: Option<String>,
}

/// The first code of an authenticator
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TotpConfirmation {
    /// Token of the sign-in
    attempt: String,
    /// `ceremony` of the key
    ceremony: String,
    /// Six digits
    code: String,
}

/// A new password
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DuePassword {
    /// Token of the sign-in
    attempt: String,
    /// The password
    #[schema(format = Password)]
    new_password: String,
    /// `device` of an earlier sign-in from the same machine
    device: Option<String>,
}

/// How far a sign-in is
#[derive(Serialize, ToSchema)]
struct SignInStep {
    /// What is to be done next: `second_factor`, `enrol_totp`, `change_password`, or `done`
    #[schema(example = "second_factor")]
    step: &'static str,
    /// Token of the sign-in, for the next step
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
    /// A code of an authenticator is taken
    totp: bool,
    /// So many recovery codes are left
    recovery_codes: u32,
    /// The session, when it is done
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<NewToken>,
}

/// A session that begins
#[derive(Serialize, ToSchema)]
struct NewToken {
    /// For `Authorization: Bearer`; told here and nowhere else
    token: String,
    /// It ends then unless it is used
    idle_at: Moment,
    /// It ends then, however busy
    ends_at: Moment,
    /// To be sent at the next sign-in, so that the machine is known again
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// The account was never used from this machine
    new_device: bool,
}

/// A key for an authenticator
#[derive(Serialize, ToSchema)]
pub(super) struct TotpKey {
    /// Names this enrolment
    ceremony: String,
    /// The key for typing, base32
    secret: String,
    /// The same as an `otpauth:` address
    uri: String,
}

/// An authenticator that was enrolled
#[derive(Serialize, ToSchema)]
struct TotpEnrolled {
    /// Recovery codes, when there were none: told once
    recovery_codes: Vec<String>,
    /// What is next
    next: SignInStep,
}

impl From<&TotpEnrolment> for TotpKey {
    fn from(key: &TotpEnrolment) -> Self {
        Self { ceremony: key.ceremony.clone(), secret: told(&key.secret), uri: told(&key.uri) }
    }
}

pub(super) fn told(secret: &Secret) -> String {
    secret.expose_str().unwrap_or_default().to_owned()
}

impl From<&NewSession> for NewToken {
    fn from(new: &NewSession) -> Self {
        Self {
            token: told(&new.token),
            idle_at: Moment(new.session.idle_at_us),
            ends_at: Moment(new.session.ends_at_us),
            device: new.device_cookie.as_ref().map(told),
            new_device: new.new_device,
        }
    }
}

/// Somebody at the door.
struct Caller {
    who: Knocker,
    place: Place,
}

impl Caller {
    fn new(console: Shared, peer: Peer, request: &Request) -> Self {
        let (_, browser) = browser(request.headers());
        let place = Place::of(request.headers(), request.uri());
        Self { who: Knocker { console, peer, device: None, browser }, place }
    }

    /// From a machine that is known.
    fn on_device(mut self, device: Option<String>) -> Self {
        self.who.device = device.filter(|device| !device.is_empty()).map(Secret::new);
        self
    }

    /// What staff answered, or the problem that it comes to.
    fn told<T>(&self, asked: Asked<T>) -> Result<T, Trouble> {
        let answered = asked.map_err(|code| self.place.problem(code))?;
        answered.map_err(|error| self.place.problem(error.told(self.place.texts())))
    }

    /// Asks staff as this visitor.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Staff, &Visitor<'_>, i64) -> Result<T, StaffError> + Send + 'static,
    ) -> Result<T, Trouble> {
        self.told(self.who.ask(ask).await)
    }

    /// How far it is. A session that begins is written down before its token is handed out.
    async fn next(&self, sign_in: SignIn) -> Result<SignInStep, Trouble> {
        let nothing = SignInStep { step: "", attempt: None, totp: false, recovery_codes: 0, session: None };
        match sign_in {
            SignIn::Refused => Err(self.place.problem(Code::SignInWrong)),
            SignIn::Done(new) => {
                self.who.begins(&new).await.map_err(|code| self.place.problem(code))?;
                Ok(SignInStep { step: "done", session: Some(NewToken::from(&*new)), ..nothing })
            }
            SignIn::Next { attempt, step } => {
                let attempt = Some(told(&attempt));
                Ok(match step {
                    Step::SecondFactor(has) => SignInStep {
                        step: "second_factor",
                        attempt,
                        totp: has.totp,
                        recovery_codes: has.recovery,
                        ..nothing
                    },
                    Step::Enrol => SignInStep { step: "enrol_totp", attempt, ..nothing },
                    Step::ChangePassword => SignInStep { step: "change_password", attempt, ..nothing },
                    Step::Session => SignInStep { step: "session", attempt, ..nothing },
                })
            }
        }
    }
}

async fn begin(State(console): State<Shared>, Extension(peer): Extension<Peer>, request: Request) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let Knock { login, password, device } = read(&caller.place, request).await?;
    let caller = caller.on_device(device);
    match caller.told(caller.who.knock(&login, Secret::new(password)).await)? {
        Knocked::TooOften => Err(caller.place.problem(Code::TooManyRequests)),
        Knocked::Wrong => Err(caller.place.problem(Code::SignInWrong)),
        Knocked::GoesOn(sign_in) => Ok(ok(&caller.next(sign_in).await?)),
    }
}

async fn factor(State(console): State<Shared>, Extension(peer): Extension<Peer>, request: Request) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let FactorProof { attempt, code, recovery_code, passkey, device } = read(&caller.place, request).await?;
    let (caller, attempt) = (caller.on_device(device), Secret::new(attempt));
    let proved = attempt.clone();
    let asked = caller.who.ask(move |staff, visitor, now_us| {
        if let Some(PasskeyAnswer { ceremony, answer }) = &passkey {
            let response = answer.to_string();
            let proof = Proof::Passkey { ceremony, response: &response };
            return staff.second_factor(&proved, &proof, visitor, now_us);
        }
        if let Some(recovery) = recovery_code.map(Secret::new) {
            return staff.second_factor(&proved, &Proof::Recovery(&recovery), visitor, now_us);
        }
        let code = code.unwrap_or_default().replace(' ', "");
        staff.second_factor(&proved, &Proof::Totp(&code), visitor, now_us)
    });
    let asked = asked.await;
    if matches!(asked, Ok(Err(StaffError::WrongProof | StaffError::Passkey(_)) | Ok(SignIn::Refused))) {
        caller.who.misproved(&attempt).await;
    }
    match caller.next(caller.told(asked)?).await? {
        // It is asked for again: what was sent was wrong.
        SignInStep { step: "second_factor", .. } => Err(caller.place.problem(Code::ProofWrong)),
        next => Ok(ok(&next)),
    }
}

async fn totp(State(console): State<Shared>, Extension(peer): Extension<Peer>, request: Request) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let Attempt { attempt } = read(&caller.place, request).await?;
    let asked =
        caller.ask(move |staff, _, now_us| staff.enrol_totp(Holder::Attempt(&Secret::new(attempt)), now_us));
    let key = asked.await?;
    Ok(ok(&TotpKey::from(&key)))
}

async fn passkey(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let Attempt { attempt } = read(&caller.place, request).await?;
    let asked = caller
        .ask(move |staff, _, now_us| staff.passkey_challenge(Holder::Attempt(&Secret::new(attempt)), now_us));
    Ok(ok(&PasskeyChallenge::from(&asked.await?)))
}

async fn confirm(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let TotpConfirmation { attempt, ceremony, code } = read(&caller.place, request).await?;
    let asked = caller.ask(move |staff, visitor, now_us| {
        let attempt = Secret::new(attempt);
        let enrolled = staff.confirm_totp(Holder::Attempt(&attempt), &ceremony, &code, now_us)?;
        Ok((enrolled, staff.continue_sign_in(&attempt, visitor, now_us)?))
    });
    let (enrolled, next) = asked.await?;
    let recovery_codes = enrolled.recovery_codes.iter().map(told).collect();
    Ok(ok(&TotpEnrolled { recovery_codes, next: caller.next(next).await? }))
}

async fn password(
    State(console): State<Shared>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Answer {
    let caller = Caller::new(console, peer, &request);
    let DuePassword { attempt, new_password, device } = read(&caller.place, request).await?;
    let caller = caller.on_device(device);
    let asked = caller.who.ask_hashing(move |staff, visitor, now_us| {
        staff.sign_in_password(&Secret::new(attempt), &Secret::new(new_password), visitor, now_us)
    });
    let sign_in = caller.told(asked.await)?;
    Ok(ok(&caller.next(sign_in).await?))
}

async fn leave(desk: Desk) -> Answer {
    let (staff, token, now_us) = (desk.console.staff.clone(), desk.token.clone(), desk.now_us());
    desk.ask(move || staff.end_session(&token, now_us)).await?;
    Ok(done())
}
