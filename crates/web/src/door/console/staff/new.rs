//! A new account, and its first password, which is shown once.
use super::form::Draft;
use super::{Answer, refusal};
use crate::door::console::deed::About;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{DoorPage, RecordPage};
use crate::parts::{Act, Copyable, Crumb, Crumbs};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use dancu_policy::duty::Action;
use dancu_staff::{Account, Handed, StaffError};

fn page(seat: &Seat, draft: &Draft) -> RecordPage {
    let shell = seat.shell(Place::Staff);
    let t = shell.texts();
    let crumbs = vec![Crumb::new(t.t("console-staff"), "/staff"), Crumb::new(t.t("staff-new"), "")];
    RecordPage {
        notice: None,
        crumbs: Crumbs { texts: t, crumbs },
        title: t.t("staff-new").into_owned(),
        badge: None,
        lead: t.t("staff-new-lead").into_owned(),
        links: Vec::new(),
        groups: Vec::new(),
        acts: vec![draft.act(seat)],
        shell,
    }
}

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::StaffInvite, seat.organisation().or(Some("")), Place::Staff)?;
    let page = page(&seat, &Draft::default());
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn make(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::StaffInvite, seat.organisation().or(Some("")), Place::Staff)?;
    seat.own_form(value(&sent, "csrf"), Place::Staff)?;
    let t = seat.shell(Place::Staff).texts();
    let again =
        |draft: &Draft| Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page(&seat, draft)).into_response());
    let mut draft = Draft::of(sent);
    let Some(new) = draft.read(&seat) else { return again(&draft) };
    // An organisation that is named must be there, and be one whose people this person may invite.
    if let Some(of) = &new.organisation
        && seat.console.road.exchange.snapshot().rules.organisation(of).is_none()
    {
        return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::NotFound));
    }
    seat.must(Action::StaffInvite, new.organisation.as_deref(), Place::Staff)?;
    let (emergency, by, now_us) = (new.emergency, seat.id().to_owned(), seat.now_us());
    let roles: Vec<&str> = new.roles.iter().map(|role| role.name()).collect();
    let of = new.organisation.as_deref().unwrap_or("-");
    let asked =
        format!("kind={} organisation={of} roles={} emergency={emergency}", new.kind.name(), roles.join("+"));
    let about = About::new("staff_create", asked, Place::Staff);
    let made = seat.deed(about, &seat.console.staff, move |staff, _| staff.create(&new, &by, now_us)).await?;
    let id = match made {
        Ok((id, _)) => id,
        Err(error) => {
            let Some(words) = refusal(t, &error) else {
                return Err(Oops::page(seat.shell(Place::Staff), ErrorKind::Unavailable));
            };
            let control = match error {
                StaffError::Invalid("roles", _) => "roles",
                StaffError::Invalid("name", _) => "name",
                StaffError::Invalid("emergency", _) => "kind",
                _ => "login",
            };
            draft.flaw(control, words);
            return again(&draft);
        }
    };
    let account = seat.person(&id).await?;
    if emergency {
        return Ok(Redirect::to(&format!("/staff/{id}?done=made")).into_response());
    }
    invite(&seat, &account).await
}

/// Makes a first password, shown on this page and never again.
pub(super) async fn invite(seat: &Seat, account: &Account) -> Answer {
    let (id, by, now_us) = (account.id.clone(), seat.id().to_owned(), seat.now_us());
    let about = About::new("staff_invite", format!("account={id}"), Place::Staff).hashing();
    let invited = seat.deed(about, &seat.console.staff, move |staff, _| staff.invite(&id, &by, now_us));
    match invited.await? {
        Ok((handed, _)) => Ok(handed_over(seat, account, &handed)),
        Err(error) => super::person::refused(seat, account, &error).await,
    }
}

/// A password to hand over, shown once.
pub(super) fn handed_over(seat: &Seat, account: &Account, handed: &Handed) -> Response {
    let shell = seat.shell(Place::Staff);
    let t = shell.texts();
    let copyable = Copyable {
        texts: t,
        id: "handed".to_owned(),
        label: t.t1("staff-handed-for", "login", &account.login).into_owned(),
        value: handed.password.expose_str().unwrap_or_default().to_owned(),
    };
    let onward =
        Act::new("onward", "", format!("/staff/{}", account.id), "").button(t.t("staff-handed-done"), "");
    let lead = t.t1("staff-handed-lead", "until", &said::moment(handed.until_us)).into_owned();
    let page = DoorPage {
        copyable: Some(copyable),
        acts: vec![onward],
        lead,
        ..DoorPage::new(shell, "staff-handed-title", "staff-handed-title", "")
    };
    let mut response = html(StatusCode::OK, &page).into_response();
    let headers = response.headers_mut();
    headers.insert(axum::http::header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    response
}
