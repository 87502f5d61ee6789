//! One's own account: who one is here, sessions, devices, tries to sign in, password.
use super::super::table::Way;
use super::desk::{Answer, Desk, done, ok};
use super::factors::PasskeyAnswer;
use super::operation::{Operation, PAGED};
use super::shapes::{Moment, Page};
use super::tell::Tell as _;
use axum::extract::{Path, Request};
use axum::routing::{delete, get, post};
use dancu_catalogue::Code;
use dancu_keys::Secret;
use dancu_policy::duty::Action;
use dancu_staff::{Before, Device, Proof, SessionEntry, SignInEntry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/api/v1/me", Way::SignedIn, ["me", "readMe", "Who I am here and what I may do"], || {
        get(me)
    })
    .gives::<Me>(),
    Operation::get(
        "/api/v1/me/sessions",
        Way::SignedIn,
        ["me", "listMySessions", "Where I am signed in"],
        || get(sessions),
    )
    .pages::<SessionRow>(),
    Operation::delete(
        "/api/v1/me/sessions/{session}",
        Way::SignedIn,
        ["me", "endMySession", "End one of my sessions"],
        || delete(end_session),
    ),
    Operation::get(
        "/api/v1/me/devices",
        Way::SignedIn,
        ["me", "listMyDevices", "Machines I signed in from"],
        || get(devices),
    )
    .pages::<DeviceRow>(),
    Operation::delete(
        "/api/v1/me/devices/{device}",
        Way::SignedIn,
        ["me", "forgetMyDevice", "Forget a machine; its sessions end"],
        || delete(forget),
    ),
    Operation::get(
        "/api/v1/me/sign-ins",
        Way::SignedIn,
        ["me", "listMySignIns", "Tries to sign in to my account, newest first"],
        || get(sign_ins),
    )
    .query(PAGED)
    .pages::<SignInRow>(),
    Operation::post(
        "/api/v1/me/prove",
        Way::SignedIn,
        [
            "me",
            "proveMyself",
            "Prove once more to be the person, before credentials or the emergency account are touched",
        ],
        || post(prove),
    )
    .takes::<SelfProof>(r#"{"code": "123456"}"#),
    Operation::post(
        "/api/v1/me/password",
        Way::SignedIn,
        ["me", "changeMyPassword", "Change my password"],
        || post(password),
    )
    .takes::<PasswordChange>(
        r#"{"old_password": "Mat-khau-cua-toi-2026", "new_password": "Mat-khau-moi-cua-toi-2026"}"#,
    ),
];

/// Who is signed in
#[derive(Serialize, ToSchema)]
struct Me {
    /// Staff account
    id: String,
    /// Name
    name: String,
    /// Organisation; none: the managing body
    organisation: Option<String>,
    /// Kind of account
    #[schema(example = "operation")]
    kind: &'static str,
    /// Roles
    #[schema(example = json!(["connection_officer"]))]
    roles: Vec<&'static str>,
    /// Duties that these roles give about things of the own organisation, or of others
    #[schema(example = json!(["connection.read"]))]
    duties: Vec<&'static str>,
    /// Session
    session: String,
    /// It ends then unless it is used
    idle_at: Moment,
    /// It ends then, however busy
    ends_at: Moment,
}

/// A session
#[derive(Serialize, ToSchema)]
pub(super) struct SessionRow {
    /// Id; not the token
    id: String,
    /// It is the one of this call
    current: bool,
    /// Device
    device: Option<String>,
    /// Second factor: `totp`, `passkey`, `recovery`
    factor: Option<&'static str>,
    /// When it began
    began_at: Moment,
    /// Last call
    seen_at: Moment,
}

/// A machine
#[derive(Serialize, ToSchema)]
struct DeviceRow {
    /// Id
    id: String,
    /// What it calls itself, or its holder calls it
    name: String,
    /// First use
    first_seen_at: Moment,
    /// Last sign-in
    last_seen_at: Moment,
    /// When it was forgotten
    revoked_at: Option<Moment>,
}

/// A try to sign in
#[derive(Serialize, ToSchema)]
pub(super) struct SignInRow {
    /// When
    at: Moment,
    /// How it ended
    outcome: &'static str,
    /// Second factor used or tried
    factor: Option<&'static str>,
    /// Device, once signed in
    device: Option<String>,
}

/// A proof of the person
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SelfProof {
    /// Six digits of the authenticator
    code: Option<String>,
    /// A recovery code
    recovery_code: Option<String>,
    /// Answer of a passkey
    passkey: Option<PasskeyAnswer>,
}

/// A change of password
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The present one
    #[schema(format = Password)]
    old_password: String,
    /// The new one
    #[schema(format = Password)]
    new_password: String,
}

impl SessionRow {
    pub(super) fn of(entry: &SessionEntry, current: &str) -> Self {
        Self {
            id: entry.id.clone(),
            current: entry.id == current,
            device: entry.device.clone(),
            factor: entry.factor.map(dancu_staff::Factor::name),
            began_at: Moment(entry.created_at_us),
            seen_at: Moment(entry.seen_at_us),
        }
    }
}

impl From<&Device> for DeviceRow {
    fn from(device: &Device) -> Self {
        Self {
            id: device.id.clone(),
            name: device.name.clone(),
            first_seen_at: Moment(device.first_seen_us),
            last_seen_at: Moment(device.last_seen_us),
            revoked_at: device.revoked_at_us.map(Moment),
        }
    }
}

impl From<&SignInEntry> for SignInRow {
    fn from(entry: &SignInEntry) -> Self {
        Self {
            at: Moment(entry.at_us),
            outcome: entry.outcome.name(),
            factor: entry.factor.map(dancu_staff::Factor::name),
            device: entry.device.clone(),
        }
    }
}

async fn me(desk: Desk) -> Answer {
    let account = &desk.session.account;
    Ok(ok(&Me {
        id: account.id.clone(),
        name: account.name.clone(),
        organisation: desk.own(),
        kind: account.kind.name(),
        roles: account.roles.iter().map(|role| role.name()).collect(),
        duties: desk.duties().into_iter().map(Action::name).collect(),
        session: desk.session.id.clone(),
        idle_at: Moment(desk.session.idle_at_us),
        ends_at: Moment(desk.session.ends_at_us),
    }))
}

async fn sessions(desk: Desk) -> Answer {
    let (staff, id, now_us) = (desk.console.staff.clone(), desk.id().to_owned(), desk.now_us());
    let found = desk.ask(move || staff.sessions_of(&id, now_us)).await?;
    let current = desk.session.id.as_str();
    Ok(ok(&Page::whole(found.iter().map(|entry| SessionRow::of(entry, current)).collect())))
}

async fn end_session(desk: Desk, Path(session): Path<String>) -> Answer {
    let (id, now_us) = (desk.id().to_owned(), desk.now_us());
    let about = Desk::about("sessions_end", "which=one".to_owned());
    let ended = desk
        .deed(about, &desk.console.staff, move |staff, _| staff.end_session_of(&id, &session, &id, now_us));
    let ended = ended.await?;
    if ended { Ok(done()) } else { Err(desk.nothing()) }
}

async fn devices(desk: Desk) -> Answer {
    let (staff, id) = (desk.console.staff.clone(), desk.id().to_owned());
    let found = desk.ask(move || staff.devices_of(&id)).await?;
    Ok(ok(&Page::whole(found.iter().map(DeviceRow::from).collect())))
}

async fn forget(desk: Desk, Path(device): Path<String>) -> Answer {
    let (id, now_us) = (desk.id().to_owned(), desk.now_us());
    let about = Desk::about("device_forget", "of=self".to_owned());
    desk.deed(about, &desk.console.staff, move |staff, _| staff.revoke_device(&id, &device, &id, now_us))
        .await?;
    Ok(done())
}

async fn sign_ins(desk: Desk) -> Answer {
    let (staff, id, rows) = (desk.console.staff.clone(), desk.id().to_owned(), desk.rows());
    let before: Option<Before> = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let found = desk.ask(move || staff.history(&id, before, rows)).await?;
    let cursor = |entry: &SignInEntry| format!("{}.{}", entry.at_us, entry.id);
    Ok(ok(&Page::<SignInRow>::of(&found, rows, cursor)))
}

async fn prove(desk: Desk, request: Request) -> Answer {
    let SelfProof { code, recovery_code, passkey } = desk.read(request).await?;
    let (staff, token, now_us) = (desk.console.staff.clone(), desk.token.clone(), desk.now_us());
    desk.ask(move || {
        if let Some(PasskeyAnswer { ceremony, answer }) = &passkey {
            let response = answer.to_string();
            return staff.prove(&token, &Proof::Passkey { ceremony, response: &response }, now_us);
        }
        if let Some(recovery) = recovery_code.map(Secret::new) {
            return staff.prove(&token, &Proof::Recovery(&recovery), now_us);
        }
        staff.prove(&token, &Proof::Totp(&code.unwrap_or_default().replace(' ', "")), now_us)
    })
    .await?;
    Ok(done())
}

async fn password(desk: Desk, request: Request) -> Answer {
    let PasswordChange { old_password, new_password } = desk.read(request).await?;
    let (old, new) = (Secret::new(old_password), Secret::new(new_password));
    let about = || Desk::about("credentials", "what=password".to_owned()).hashing();
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    // The old one is proved first, and counts as a try.
    let turn = desk.turn(about().place).await.map_err(|oops| desk.oops(&oops))?;
    let proved = desk.staffed(about().place, move |staff| staff.prove_password(&token, &old, now_us));
    let proved = proved.await.map_err(|oops| desk.oops(&oops))?;
    drop(turn);
    if let Err(error) = proved {
        let written = desk.write_refusal(&about(), Code::CredentialsWrong).await;
        written.map_err(|code| desk.problem(code))?;
        return Err(desk.problem(error.told(desk.place.texts())));
    }
    let token = desk.token.clone();
    desk.deed(about(), &desk.console.staff, move |staff, _| staff.change_password_by(&token, &new, now_us))
        .await?;
    Ok(done())
}
