//! What waits here: secrets that the security officer of an organisation is to take before they lapse.
use crate::Texts;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::work::Waits;
use crate::icons::Icon;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::parts::{Badge, Tone};
use dancu_policy::duty::{Action, Ruling};
use dancu_secrets::{Delivery, DeliveryState, SecretsError};

/// Deliveries of a system among which those that wait are looked for.
const LATEST: u32 = 10;

pub(in crate::door::console) async fn waiting(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let Some(own) = seat.own() else { return Ok(Vec::new()) };
    if seat.may(Action::SecretCollect, Some(&own)) != Ruling::Allowed {
        return Ok(Vec::new());
    }
    let snapshot = seat.console.road.exchange.snapshot();
    let of_own = snapshot.rules.systems().filter(|of| *of.system.organisation == *own);
    let systems: Vec<String> = of_own.map(|of| of.system.id.to_string()).collect();
    let secrets = seat.console.secrets.clone();
    let read = blocking(move || {
        let of = |system: &String| secrets.deliveries(system, LATEST);
        Ok::<Vec<Delivery>, SecretsError>(
            systems.iter().map(of).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
        )
    });
    let Some(Ok(deliveries)) = read.await else {
        return Err(Oops::page(seat.shell(Place::Work), ErrorKind::Unavailable));
    };
    let now_us = seat.now_us();
    let open = |of: &&Delivery| of.state == DeliveryState::Waiting && of.expires_at_us > now_us;
    let waits = |of: &Delivery| Waits {
        due_us: Some(of.expires_at_us),
        what: t.t1("work-secret", "system", &seat.console.system(&of.system)).into_owned(),
        href: format!("/systems/{}/keys", of.system),
        of: seat.console.organisation(&own),
        next: t.t("work-secret-next").into_owned(),
        badge: Badge { tone: Tone::Warn, icon: Icon::Lock, label: t.t("work-waits").into_owned() },
    };
    Ok(deliveries.iter().filter(open).map(waits).collect())
}
