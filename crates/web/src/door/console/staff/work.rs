//! What waits here: emergencies that a second person is to agree to.
use super::emergency::{badge, may};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::work::Waits;
use crate::page::Place;
use crate::pages::ErrorKind;
use dancu_policy::duty::{Action, Ruling};
use dancu_staff::EmergencyState;

/// Openings among which those that wait are looked for.
const LATEST: u32 = 20;

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    if may(seat, Action::EmergencyApprove, false) != Ruling::Allowed {
        return Ok(Vec::new());
    }
    let now_us = seat.now_us();
    let read = seat.staffed(Place::Work, |staff| staff.break_glass(None, LATEST)).await?;
    let mut openings = read.map_err(|_| Oops::page(seat.shell(Place::Work), ErrorKind::Unavailable))?;
    openings.retain(|of| of.state(now_us) == EmergencyState::Requested && of.requested_by != seat.id());
    let waits = |of: &dancu_staff::Emergency| Waits {
        due_us: None,
        what: t.t1("work-emergency", "reason", &of.reason).into_owned(),
        href: format!("/emergency/{}", of.id),
        of: seat.agency(None, t),
        next: t.t("work-emergency-next").into_owned(),
        badge: badge(t, of, now_us),
    };
    Ok(openings.iter().map(waits).collect())
}
