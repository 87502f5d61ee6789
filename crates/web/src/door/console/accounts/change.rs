//! Locking, unlocking and closing one account.
use super::bulk::{Answer, Tried, ended};
use super::one::{Whole, again};
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::form::{Sent, value};
use crate::page::Place;
use crate::parts::{Act, Area, Control};
use axum::extract::{Form, Path};
use dancu_policy::duty::Action;

const HERE: Place = Place::Accounts;

fn why(tried: &Tried, name: &'static str, t: Texts) -> Control {
    Control::Area(Area { max: 500, ..Area::new(t, name, "act-reason", &tried.typed(name, "")) })
}

pub(super) fn lock_act(whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Act {
    Act::new("lock", t.t("account-lock"), format!("/accounts/{}/lock", whole.image.id), csrf)
        .lead(t.t("account-lock-lead"))
        .with(why(tried, "lock_why", t))
        .button(t.t("account-lock"), "")
        .folded()
}

pub(super) fn unlock_act(whole: &Whole, csrf: &str, t: Texts) -> Act {
    Act::new("unlock", t.t("account-unlock"), format!("/accounts/{}/unlock", whole.image.id), csrf)
        .lead(t.t("account-unlock-lead"))
        .button(t.t("account-unlock"), "")
}

pub(super) fn close_act(whole: &Whole, tried: &Tried, csrf: &str, t: Texts) -> Act {
    Act::new("close", t.t("account-close"), format!("/accounts/{}/close", whole.image.id), csrf)
        .lead(t.t("account-close-lead"))
        .with(why(tried, "close_why", t))
        .button(t.t("account-close"), "")
        .grave()
        .folded()
}

/// The account, if the form is ours and this person may.
async fn open(seat: &Seat, id: &str, sent: &Sent, action: Action) -> Result<Whole, super::super::seat::Oops> {
    seat.own_form(value(sent, "csrf"), HERE)?;
    let whole = seat.account(id).await?;
    seat.must(action, Some(&whole.listed.organisation), HERE)?;
    Ok(whole)
}

fn missing(sent: Sent, name: &'static str, t: Texts) -> Tried {
    Tried { sent, faults: vec![(name, t.t("act-reason-missing").into_owned())] }
}

pub(super) async fn lock(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let whole = open(&seat, &id, &sent, Action::AccountLock).await?;
    let why = value(&sent, "lock_why").to_owned();
    if why.is_empty() {
        let t = seat.shell(HERE).texts();
        return Ok(again(&seat, &whole, missing(sent, "lock_why", t)).await);
    }
    seat.record("account_lock", format!("account={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let locked =
        seat.bulk_try(HERE, move |campaigns, reach| campaigns.lock_account(&of, reach, &why, &by, now_us));
    Ok(ended(&format!("/accounts/{id}"), "locked", &locked.await?))
}

pub(super) async fn unlock(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    open(&seat, &id, &sent, Action::AccountUnlock).await?;
    seat.record("account_unlock", format!("account={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let unlocked = seat.bulk_try(HERE, move |campaigns, reach| campaigns.unlock(&of, reach, &by, now_us));
    Ok(ended(&format!("/accounts/{id}"), "unlocked", &unlocked.await?))
}

pub(super) async fn close(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    let whole = open(&seat, &id, &sent, Action::AccountClose).await?;
    let why = value(&sent, "close_why").to_owned();
    if why.is_empty() {
        let t = seat.shell(HERE).texts();
        return Ok(again(&seat, &whole, missing(sent, "close_why", t)).await);
    }
    seat.record("account_close", format!("account={id}"), HERE).await?;
    let (of, by, now_us) = (id.clone(), seat.id().to_owned(), seat.now_us());
    let closed =
        seat.bulk_try(HERE, move |campaigns, reach| campaigns.close_account(&of, reach, &why, &by, now_us));
    Ok(ended(&format!("/accounts/{id}"), "closed", &closed.await?))
}
