//! On what ground a job stands now: asked again before anything of it is handed out or looked at.
use super::{Answer, HERE, job};
use crate::door::console::deed::About;
use crate::door::console::seat::Seat;
use crate::page::html;
use crate::parts::{Notice, Tone};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_catalogue::Code;
use dancu_cleaning::{Job, Terms, stands};

impl Seat {
    /// The terms of today: since a job was admitted its system may have been suspended, its account locked or braked, its
    /// agreement have ended. What the rules refuse is written down under this name.
    ///
    /// # Errors
    ///
    /// The refusal, once it is written down, or why it could not be.
    pub(in crate::door::console) async fn ground(
        &self,
        job: &Job,
        service: &'static str,
        about: String,
    ) -> Result<Terms, Code> {
        let (snapshot, now_us) = (self.console.road.exchange.snapshot(), self.now_us());
        let version = u64::try_from(snapshot.version).unwrap_or_default();
        let ruled = stands(&snapshot.rules, version, job, now_us).and_then(|terms| {
            self.console.watch.brakes().pass(&job.system, &job.asked.account, now_us).map(|()| terms)
        });
        if let Err(code) = &ruled {
            self.write_refusal(&About::new(service, about, HERE), *code).await?;
        }
        ruled
    }
}

/// The job's page, with why nothing of it is handed out.
pub(super) async fn none(seat: &Seat, of: &Job, code: Code) -> Answer {
    let t = seat.shell(HERE).texts();
    let notice = Notice::new(Tone::Bad, t.t("cleaning-no-ground"), format!("{}.", code.title(t.lang())));
    let page = job::page(seat, of, Some(notice)).await?;
    Ok(html(StatusCode::FORBIDDEN, &page).into_response())
}
