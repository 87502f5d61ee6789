//! What is done to an account of another person.
use super::form::Draft;
use super::person::refused;
use super::{Answer, new};
use crate::door::console::deed::About;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::page::Place;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse as _, Redirect};
use dancu_policy::duty::Action;
use dancu_staff::{Account, LockWhy, Reset, Staff, StaffError};

/// The account, when this may be done to it and the form is of this session.
async fn allowed(seat: &Seat, id: &str, action: Action, sent: &Sent) -> Result<Account, Oops> {
    let account = seat.person(id).await?;
    seat.must_about(action, &account, Place::Staff)?;
    seat.own_form(value(sent, "csrf"), Place::Staff)?;
    Ok(account)
}

/// Does it and leads back to the page.
async fn done<T: Send + 'static>(
    seat: &Seat,
    account: &Account,
    (service, detail, what): (&'static str, &str, &str),
    run: impl Fn(&Staff, &str, &str, i64) -> Result<T, StaffError> + Send + Sync + 'static,
) -> Answer {
    let asked = if detail.is_empty() { String::new() } else { format!(" {detail}") };
    let about = About::new(service, format!("account={}{asked}", account.id), Place::Staff);
    let (id, by, now_us) = (account.id.clone(), seat.id().to_owned(), seat.now_us());
    let did = seat.deed(about, &seat.console.staff, move |staff, _| run(staff, &id, &by, now_us)).await?;
    match did {
        Ok(_) => Ok(Redirect::to(&format!("/staff/{}?done={what}", account.id)).into_response()),
        Err(error) => refused(seat, account, &error).await,
    }
}

/// A reason is given, or the page asks for it.
fn reason(sent: &Sent, control: &str) -> Result<String, StaffError> {
    let reason = value(sent, control);
    if reason.is_empty() {
        Err(StaffError::Invalid("reason", "is to be given"))
    } else {
        Ok(reason.to_owned())
    }
}

pub(super) async fn invite(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffInvite, &sent).await?;
    new::invite(&seat, &account).await
}

/// Nobody raises itself: the library refuses one's own account, and the duty does before it.
pub(super) async fn roles(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffSetRoles, &sent).await?;
    let roles = Draft::of(sent).roles();
    if roles.is_empty() {
        return refused(&seat, &account, &StaffError::Invalid("roles", "none")).await;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let detail = format!("roles={}", names.join("+"));
    let deed = ("staff_roles", detail.as_str(), "roles");
    done(&seat, &account, deed, move |staff, id, by, now_us| staff.set_roles(id, &roles, by, now_us)).await
}

pub(super) async fn lock(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffLock, &sent).await?;
    let reason = match reason(&sent, "lock_reason") {
        Ok(reason) => reason,
        Err(error) => return refused(&seat, &account, &error).await,
    };
    let deed = ("staff_lock", "", "locked");
    done(&seat, &account, deed, move |staff, id, by, now_us| {
        staff.lock(id, LockWhy::Hand, Some(&reason), by, now_us)
    })
    .await
}

pub(super) async fn unlock(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffUnlock, &sent).await?;
    let reason = match reason(&sent, "unlock_reason") {
        Ok(reason) => reason,
        Err(error) => return refused(&seat, &account, &error).await,
    };
    let deed = ("staff_unlock", "", "unlocked");
    done(&seat, &account, deed, move |staff, id, by, now_us| staff.unlock(id, &reason, by, now_us)).await
}

pub(super) async fn close(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffClose, &sent).await?;
    let reason = match reason(&sent, "close_reason") {
        Ok(reason) => reason,
        Err(error) => return refused(&seat, &account, &error).await,
    };
    let deed = ("staff_close", "", "closed");
    done(&seat, &account, deed, move |staff, id, by, now_us| staff.close(id, &reason, by, now_us)).await
}

/// A new password for whoever lost it, and with everything the second factors are forgotten too.
pub(super) async fn reset(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffReset, &sent).await?;
    let reason = match reason(&sent, "reset_reason") {
        Ok(reason) => reason,
        Err(error) => return refused(&seat, &account, &error).await,
    };
    let (what, name) = match value(&sent, "what") {
        "everything" => (Reset::Everything, "everything"),
        _ => (Reset::Password, "password"),
    };
    let (id, by, now_us) = (account.id.clone(), seat.id().to_owned(), seat.now_us());
    let about = About::new("staff_reset", format!("account={id} what={name}"), Place::Staff).hashing();
    let did =
        seat.deed(about, &seat.console.staff, move |staff, _| staff.reset(&id, what, &reason, &by, now_us));
    match did.await? {
        Ok((handed, _)) => Ok(new::handed_over(&seat, &account, &handed)),
        Err(error) => refused(&seat, &account, &error).await,
    }
}

pub(super) async fn sessions(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffSessions, &sent).await?;
    let deed = ("sessions_end", "which=all", "sessions");
    done(&seat, &account, deed, Staff::end_sessions_of).await
}

pub(super) async fn device(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let account = allowed(&seat, &id, Action::StaffSessions, &sent).await?;
    let device = value(&sent, "device").to_owned();
    let deed = ("device_forget", "", "device");
    done(&seat, &account, deed, move |staff, id, by, now_us| staff.revoke_device(id, &device, by, now_us))
        .await
}
