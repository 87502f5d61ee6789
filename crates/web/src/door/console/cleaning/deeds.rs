//! What is done to a job: confirmed, ended.
use super::bring::{NotTaken, start as begin};
use super::{Answer, HERE, job, waits_for_confirmation};
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::page::html;
use crate::pages::ErrorKind;
use crate::parts::{Notice, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_cleaning::CleaningError;
use dancu_policy::duty::Action;

pub(super) async fn start(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let job = seat.cleaning_job(&id, Action::CleaningSubmit).await?;
    if !waits_for_confirmation(&job) {
        return Ok(Redirect::to(&format!("/cleaning/{id}")).into_response());
    }
    match begin(&seat, job).await {
        Ok(_) => Ok(Redirect::to(&format!("/cleaning/{id}?done=started")).into_response()),
        Err(NotTaken::Failed(_)) => Err(Oops::page(seat.shell(HERE), ErrorKind::Unavailable)),
        Err(no) => {
            let t = seat.shell(HERE).texts();
            let job = seat.cleaning_job(&id, Action::CleaningRead).await?;
            let notice = Notice::new(Tone::Bad, t.t("cleaning-not-started"), no.words(t).1);
            let page = job::page(&seat, &job, Some(notice)).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
    }
}

pub(super) async fn cancel(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.cleaning_job(&id, Action::CleaningCancel).await?;
    seat.record("cleaning_cancel", format!("job={id}"), HERE).await?;
    let (of, now_us) = (id.clone(), seat.now_us());
    let ended = seat.cleaning(move |jobs| match jobs.cancel(&of, now_us) {
        // It ended by itself in between.
        Err(CleaningError::NotNow(_)) => Ok(()),
        other => other,
    });
    ended.await?;
    Ok(Redirect::to(&format!("/cleaning/{id}?done=cancelled")).into_response())
}
