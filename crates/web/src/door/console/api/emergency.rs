//! The emergency account, under two people's control.
use super::super::deed::About;
use super::super::staff::tell;
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, ok};
use super::enter::told;
use super::operation::{Operation, PAGED};
use super::shapes::{Made, Moment, Page};
use super::tell::Tell as _;
use super::trouble::Trouble;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_policy::duty::{Action, Relation, may_any};
use dancu_staff::{Emergency, Proof, Proven, Visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/emergency",
        Way::Needs(Action::EmergencyRead),
        ["emergency", "listOpenings", "When the emergency account was asked for and opened, newest first"],
        || get(list),
    )
    .query(PAGED)
    .pages::<OpeningRow>(),
    Operation::post(
        "/api/v1/emergency",
        Way::Needs(Action::EmergencyRequest),
        ["emergency", "requestOpening", "Ask for the emergency account"],
        || post(request),
    )
    .takes::<OpeningRequest>(
        r#"{"account": "0123456789abcdef", "reason": "Không ai trong nhóm quản trị vào được", "code": "123456"}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/emergency/{opening}/approve",
        Way::Needs(Action::EmergencyApprove),
        ["emergency", "approveOpening", "Agree to a request of another person; it is open from now on"],
        || post(approve),
    )
    .takes::<OpeningApproval>(r#"{"reason": "Đã xác nhận qua điện thoại", "code": "123456"}"#)
    .gives::<OpenUntil>(),
    Operation::post(
        "/api/v1/emergency/{opening}/enter",
        Way::Needs(Action::EmergencyRequest),
        ["emergency", "enterOpening", "Begin a session of the emergency account, while it is open; only whoever asked"],
        || post(enter),
    )
    .gives::<EmergencySession>(),
    Operation::post(
        "/api/v1/emergency/{opening}/close",
        Way::Needs(Action::EmergencyClose),
        ["emergency", "closeOpening", "Close it before its time; its sessions end"],
        || post(close),
    ),
];

/// A request for the emergency account
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpeningRequest {
    /// The emergency account
    account: String,
    /// Why
    reason: String,
    /// Six digits of the own authenticator
    code: String,
}

/// An agreement
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OpeningApproval {
    /// Why
    reason: String,
    /// Six digits of the own authenticator
    code: String,
}

/// Until when it is open
#[derive(Serialize, ToSchema)]
struct OpenUntil {
    /// It closes by itself then
    open_until: Moment,
}

/// A session of the emergency account
#[derive(Serialize, ToSchema)]
struct EmergencySession {
    /// For `Authorization: Bearer`
    token: String,
    /// It ends then, however busy
    ends_at: Moment,
}

/// An opening of the emergency account
#[derive(Serialize, ToSchema)]
struct OpeningRow {
    /// Id
    id: String,
    /// How far it is
    state: &'static str,
    /// The emergency account
    account: String,
    /// Why it is asked for
    reason: String,
    /// Account of who asked
    requested_by: String,
    /// When
    requested_at: Moment,
    /// Until then the second person agrees
    approve_by: Moment,
    /// Account of who agreed
    approved_by: Option<String>,
    /// Why
    approval: Option<String>,
    /// When
    approved_at: Option<Moment>,
    /// It closes by itself then
    open_until: Option<Moment>,
    /// When it was closed
    closed_at: Option<Moment>,
    /// By which account, or a word for the program
    closed_by: Option<String>,
}

impl OpeningRow {
    fn of(opening: &Emergency, now_us: i64) -> Self {
        Self {
            id: opening.id.clone(),
            state: opening.state(now_us).name(),
            account: opening.account.clone(),
            reason: opening.reason.clone(),
            requested_by: opening.requested_by.clone(),
            requested_at: Moment(opening.requested_at_us),
            approve_by: Moment(opening.approve_by_us),
            approved_by: opening.approved_by.clone(),
            approval: opening.approval.clone(),
            approved_at: opening.approved_at_us.map(Moment),
            open_until: opening.open_until_us.map(Moment),
            closed_at: opening.closed_at_us.map(Moment),
            closed_by: opening.closed_by.clone(),
        }
    }
}

async fn list(desk: Desk) -> Answer {
    desk.must(Action::EmergencyRead, None)?;
    let (staff, rows, now_us) = (desk.console.staff.clone(), desk.rows(), desk.now_us());
    let before = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let found = desk.ask(move || staff.break_glass(before, rows)).await?;
    let full = found.len() >= usize::try_from(rows).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|last| format!("{}.{}", last.requested_at_us, last.id));
    Ok(ok(&Page { items: found.iter().map(|opening| OpeningRow::of(opening, now_us)).collect(), next }))
}

async fn request(desk: Desk, request: Request) -> Answer {
    desk.must(Action::EmergencyRequest, None)?;
    let OpeningRequest { account, reason, code } = desk.read(request).await?;
    desk.said("/reason", &reason)?;
    let about = || Desk::about("emergency_request", String::new());
    let (proven, now_us) = (proven(&desk, code, about()).await?, desk.now_us());
    let asked = desk.deed_at(about(), &desk.console.staff, move |staff, _| {
        staff.request_break_glass_by(&proven, &account, &reason, now_us)
    });
    let (id, entry) = asked.await?;
    tell(&desk, "requested", entry);
    Ok(created(&Made { id }))
}

/// Proves the person. The try counts; a wrong one is written down.
async fn proven(desk: &Desk, code: String, about: About) -> Result<Proven, Trouble> {
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    let code = code.replace(' ', "");
    let proved =
        desk.staffed(about.place, move |staff| staff.prove_person(&token, &Proof::Totp(&code), now_us));
    match proved.await.map_err(|oops| desk.oops(&oops))? {
        Ok(proven) => Ok(proven),
        Err(error) => {
            let written = desk.write_refusal(&about, Code::CredentialsWrong).await;
            written.map_err(|code| desk.problem(code))?;
            Err(desk.problem(error.told(desk.place.texts())))
        }
    }
}

/// That there is such a request, and that this person may do that to it: to the own one as to one's own.
async fn known(desk: &Desk, action: Action, id: &str) -> Result<Emergency, Trouble> {
    desk.must(Action::EmergencyRead, None)?;
    let staff = desk.console.staff.clone();
    // They are few: two people's control is rare.
    let found = desk.ask(move || staff.break_glass(None, 1000)).await?;
    let found = found.into_iter().find(|opening| opening.id == id).ok_or_else(|| desk.nothing())?;
    if found.requested_by == desk.id() && action == Action::EmergencyApprove {
        return Err(desk.problem(Code::SamePerson));
    }
    let relation = Relation::of(desk.organisation(), None, found.requested_by == desk.id());
    desk.ruled(may_any(desk.roles(), action, relation), action)?;
    Ok(found)
}

async fn approve(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::EmergencyApprove, &id).await?;
    let OpeningApproval { reason, code } = desk.read(request).await?;
    desk.said("/reason", &reason)?;
    let about = || Desk::about("emergency_approve", format!("opening={id}"));
    let (proven, now_us, of) = (proven(&desk, code, about()).await?, desk.now_us(), id.clone());
    let agreed = desk.deed_at(about(), &desk.console.staff, move |staff, _| {
        staff.approve_break_glass_by(&proven, &of, &reason, now_us)
    });
    let (until, entry) = agreed.await?;
    tell(&desk, "opened", entry);
    Ok(ok(&OpenUntil { open_until: Moment(until) }))
}

async fn enter(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::EmergencyRequest, &id).await?;
    let about = Desk::about("emergency_enter", format!("opening={id}"));
    let (token, now_us, source) = (desk.token.clone(), desk.now_us(), desk.peer.address);
    let entered = desk.deed_at(about, &desk.console.staff, move |staff, _| {
        let visitor = Visitor { source, device: None, browser: "API" };
        staff.enter_break_glass(&token, &id, &visitor, now_us)
    });
    let (new, entry) = entered.await?;
    tell(&desk, "entered", entry);
    Ok(ok(&EmergencySession { token: told(&new.token), ends_at: Moment(new.session.ends_at_us) }))
}

async fn close(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::EmergencyClose, &id).await?;
    let about = Desk::about("emergency_close", format!("opening={id}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let closed =
        desk.deed_at(about, &desk.console.staff, move |staff, _| staff.close_break_glass(&id, &by, now_us));
    tell(&desk, "closed", closed.await?.1);
    Ok(done())
}
