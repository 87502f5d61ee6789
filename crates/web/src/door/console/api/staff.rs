//! People who administer: accounts, roles, locks, resets; their sessions and history.
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, ok};
use super::me::{SessionRow, SignInRow};
use super::operation::{Operation, PAGED};
use super::shapes::Page;
use super::staff_shapes::{
    HandedOver, MadeMember, Member, MemberChange, NewMember, Reason, Resetting, RoleSet,
};
use super::trouble::{Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::{delete, get, post, put};
use dancu_catalogue::Code;
use dancu_policy::duty::{AccountKind, Action, StaffRole};
use dancu_staff::{Account, Details, LockWhy, NewAccount, Reset, Scope};

const FIND: &[(&str, &str)] = &[
    ("organisation", "Only of this organisation; those of the managing body when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/api/v1/staff", Way::Needs(Action::StaffRead), ["staff", "listStaff", "Accounts of staff by id"], || {
        get(list)
    })
    .query(FIND)
    .pages::<Member>(),
    Operation::post(
        "/api/v1/staff",
        Way::Needs(Action::StaffInvite),
        ["staff", "inviteMember", "Make an account and hand its first password over, which is told once"],
        || post(invite),
    )
    .takes::<NewMember>(
        r#"{"login": "tran.thi.b", "kind": "operation", "organisation": "thai-nguyen", "roles": ["organisation_manager"], "name": "Trần Thị B", "email": "b@thainguyen.gov.vn"}"#,
    )
    .creates::<MadeMember>(),
    Operation::get("/api/v1/staff/{member}", Way::Needs(Action::StaffRead), ["staff", "readMember", "One account"], || {
        get(read)
    })
    .gives::<Member>(),
    Operation::put(
        "/api/v1/staff/{member}/roles",
        Way::Needs(Action::StaffSetRoles),
        ["staff", "setRoles", "Set the roles of an account; its sessions end"],
        || put(roles),
    )
    .takes::<RoleSet>(r#"{"roles": ["organisation_manager"]}"#)
    .gives::<Member>(),
    Operation::post("/api/v1/staff/{member}/lock", Way::Needs(Action::StaffLock), ["staff", "lockMember", "Lock an account"], || {
        post(lock)
    })
    .takes::<Reason>(r#"{"reason": "Nghỉ thai sản"}"#)
    .gives::<Member>(),
    Operation::post(
        "/api/v1/staff/{member}/unlock",
        Way::Needs(Action::StaffUnlock),
        ["staff", "unlockMember", "Unlock an account"],
        || post(unlock),
    )
    .takes::<Reason>(r#"{"reason": "Đã đi làm lại"}"#)
    .gives::<Member>(),
    Operation::post(
        "/api/v1/staff/{member}/close",
        Way::Needs(Action::StaffClose),
        ["staff", "closeMember", "Close an account for good"],
        || post(close),
    )
    .takes::<Reason>(r#"{"reason": "Chuyển công tác"}"#)
    .gives::<Member>(),
    Operation::post(
        "/api/v1/staff/{member}/reset",
        Way::Needs(Action::StaffReset),
        ["staff", "resetMember", "Hand a new password over, which is told once; second factors too if asked"],
        || post(reset),
    )
    .takes::<Resetting>(r#"{"reason": "Mất điện thoại", "factors": true}"#)
    .gives::<HandedOver>(),
    Operation::post(
        "/api/v1/staff/{member}/invite",
        Way::Needs(Action::StaffInvite),
        ["staff", "inviteAgain", "Hand a first password over again, which is told once"],
        || post(invite_again),
    )
    .gives::<HandedOver>(),
    Operation::delete(
        "/api/v1/staff/{member}/devices/{device}",
        Way::Needs(Action::StaffSessions),
        ["staff", "forgetMemberDevice", "Forget a machine of somebody; its sessions end"],
        || delete(forget_device),
    ),
    Operation::get(
        "/api/v1/staff/{member}/sessions",
        Way::Needs(Action::StaffSessions),
        ["staff", "listMemberSessions", "Where somebody is signed in"],
        || get(sessions),
    )
    .pages::<SessionRow>(),
    Operation::delete(
        "/api/v1/staff/{member}/sessions",
        Way::Needs(Action::StaffSessions),
        ["staff", "endMemberSessions", "End all sessions of somebody"],
        || delete(end_sessions),
    ),
    Operation::get(
        "/api/v1/staff/{member}/sign-ins",
        Way::Needs(Action::StaffRead),
        ["staff", "listMemberSignIns", "Tries to sign in to an account, newest first"],
        || get(sign_ins),
    )
    .query(PAGED)
    .pages::<SignInRow>(),
    Operation::get(
        "/api/v1/staff/{member}/changes",
        Way::Needs(Action::StaffRead),
        ["staff", "listMemberChanges", "What was done to an account, newest first"],
        || get(changes),
    )
    .query(PAGED)
    .pages::<MemberChange>(),
];

fn wrong(desk: &Desk, pointer: &str, wrong: &str) -> Trouble {
    desk.problem(Told::from(Code::FormInvalid).at(pointer, wrong, desk.place.texts()))
}

/// That it is allowed to accounts of this organisation (none: of the managing body), or to one's own.
fn must_on(desk: &Desk, action: Action, account: &Account) -> Result<(), Trouble> {
    desk.ruled(desk.may_about(action, account), action)
}

/// An account about which this person may do that.
async fn known(desk: &Desk, action: Action, id: &str) -> Result<Account, Trouble> {
    let (staff, id) = (desk.console.staff.clone(), id.to_owned());
    let account = desk.ask(move || staff.account(&id)).await?.ok_or_else(|| desk.nothing())?;
    must_on(desk, action, &account)?;
    Ok(account)
}

async fn list(desk: Desk) -> Answer {
    let organisation = desk.own().or_else(|| desk.asked("organisation"));
    desk.must(Action::StaffRead, organisation.as_deref())?;
    let (staff, rows) = (desk.console.staff.clone(), desk.rows());
    let after = desk.after(|id, _| Some(id.to_owned()))?;
    let found = desk.ask(move || {
        let scope = organisation.as_deref().map_or(Scope::ManagingBody, Scope::Of);
        staff.accounts(scope, after.as_deref(), rows)
    });
    Ok(ok(&Page::<Member>::of(&found.await?, rows, |account: &Account| format!("{}.", account.id))))
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    Ok(ok(&Member::from(&known(&desk, Action::StaffRead, &id).await?)))
}

fn role_names(desk: &Desk, roles: &[String]) -> Result<Vec<StaffRole>, Trouble> {
    let read = |(at, name): (usize, &String)| {
        StaffRole::from_name(name).ok_or_else(|| wrong(desk, &format!("/roles/{at}"), "unknown"))
    };
    roles.iter().enumerate().map(read).collect()
}

async fn invite(desk: Desk, request: Request) -> Answer {
    // Whoever may invite nobody learns nothing of what a body must be.
    desk.must(Action::StaffInvite, desk.organisation())?;
    let asked: NewMember = desk.read(request).await?;
    desk.must(Action::StaffInvite, asked.organisation.as_deref())?;
    let new = NewAccount {
        kind: AccountKind::from_name(&asked.kind).ok_or_else(|| wrong(&desk, "/kind", "unknown"))?,
        organisation: asked.organisation,
        roles: role_names(&desk, &asked.roles)?,
        emergency: false,
        login: asked.login.as_str().into(),
        details: Details {
            name: asked.name,
            phone: asked.phone,
            email: asked.email,
            person: None,
            department: asked.department,
            expires_at_us: asked.expires_at.map(|at| at.0),
        },
    };
    let about =
        format!("kind={} organisation={}", new.kind.name(), new.organisation.as_deref().unwrap_or("-"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let made = desk.deed(Desk::about("staff_create", about), &desk.console.staff, {
        let by = by.clone();
        move |staff, _| staff.create(&new, &by, now_us)
    });
    let id = made.await?;
    let (about, of) = (Desk::about("staff_invite", format!("account={id}")).hashing(), id.clone());
    let handed =
        desk.deed(about, &desk.console.staff, move |staff, _| staff.invite(&of, &by, now_us)).await?;
    Ok(created(&MadeMember { id, handed_over: HandedOver::from(&handed) }))
}

/// Does something to an account of another person and tells how it is then.
async fn deed(
    desk: &Desk,
    id: String,
    service: &'static str,
    deed: impl Fn(&dancu_staff::Staff, &str, &str, i64) -> Result<(), dancu_staff::StaffError>
    + Send
    + Sync
    + 'static,
) -> Answer {
    let about = Desk::about(service, format!("account={id}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let account = desk.deed(about, &desk.console.staff, move |staff, _| {
        deed(staff, &id, &by, now_us)?;
        staff.account(&id)
    });
    let account = account.await?.ok_or_else(|| desk.nothing())?;
    Ok(ok(&Member::from(&account)))
}

async fn roles(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::StaffSetRoles, &id).await?;
    let RoleSet { roles } = desk.read(request).await?;
    let roles = role_names(&desk, &roles)?;
    deed(&desk, id, "staff_roles", move |staff, id, by, now_us| staff.set_roles(id, &roles, by, now_us)).await
}

async fn lock(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::StaffLock, &id).await?;
    let Reason { reason } = desk.read(request).await?;
    deed(&desk, id, "staff_lock", move |staff, id, by, now_us| {
        staff.lock(id, LockWhy::Hand, Some(&reason), by, now_us)
    })
    .await
}

async fn unlock(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::StaffUnlock, &id).await?;
    let Reason { reason } = desk.read(request).await?;
    deed(&desk, id, "staff_unlock", move |staff, id, by, now_us| staff.unlock(id, &reason, by, now_us)).await
}

async fn close(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::StaffClose, &id).await?;
    let Reason { reason } = desk.read(request).await?;
    deed(&desk, id, "staff_close", move |staff, id, by, now_us| staff.close(id, &reason, by, now_us)).await
}

async fn reset(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::StaffReset, &id).await?;
    let Resetting { reason, factors } = desk.read(request).await?;
    let (what, name) =
        if factors { (Reset::Everything, "everything") } else { (Reset::Password, "password") };
    let about = Desk::about("staff_reset", format!("account={id} what={name}")).hashing();
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let handed =
        desk.deed(about, &desk.console.staff, move |staff, _| staff.reset(&id, what, &reason, &by, now_us));
    Ok(ok(&HandedOver::from(&handed.await?)))
}

async fn invite_again(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::StaffInvite, &id).await?;
    let about = Desk::about("staff_invite", format!("account={id}")).hashing();
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let handed = desk.deed(about, &desk.console.staff, move |staff, _| staff.invite(&id, &by, now_us));
    Ok(ok(&HandedOver::from(&handed.await?)))
}

async fn forget_device(desk: Desk, Path((id, device)): Path<(String, String)>) -> Answer {
    known(&desk, Action::StaffSessions, &id).await?;
    let about = Desk::about("device_forget", format!("account={id}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let forgotten =
        desk.deed(about, &desk.console.staff, move |staff, _| staff.revoke_device(&id, &device, &by, now_us));
    forgotten.await?;
    Ok(done())
}

async fn sessions(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::StaffSessions, &id).await?;
    let (staff, now_us) = (desk.console.staff.clone(), desk.now_us());
    let found = desk.ask(move || staff.sessions_of(&id, now_us)).await?;
    let current = desk.session.id.as_str();
    Ok(ok(&Page::whole(found.iter().map(|entry| SessionRow::of(entry, current)).collect())))
}

async fn end_sessions(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::StaffSessions, &id).await?;
    let about = Desk::about("sessions_end", format!("account={id} which=all"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    desk.deed(about, &desk.console.staff, move |staff, _| staff.end_sessions_of(&id, &by, now_us)).await?;
    Ok(done())
}

async fn sign_ins(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::StaffRead, &id).await?;
    let (staff, rows) = (desk.console.staff.clone(), desk.rows());
    let before = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let found = desk.ask(move || staff.history(&id, before, rows)).await?;
    let cursor = |entry: &dancu_staff::SignInEntry| format!("{}.{}", entry.at_us, entry.id);
    Ok(ok(&Page::<SignInRow>::of(&found, rows, cursor)))
}

async fn changes(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::StaffRead, &id).await?;
    let (staff, rows) = (desk.console.staff.clone(), desk.rows());
    let before = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let found = desk.ask(move || staff.changes(&id, before, rows)).await?;
    let cursor = |entry: &dancu_staff::ChangeEntry| format!("{}.{}", entry.at_us, entry.id);
    Ok(ok(&Page::<MemberChange>::of(&found, rows, cursor)))
}
