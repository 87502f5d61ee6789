//! Whom a new case is about: an organisation, or a system of it.
use super::super::seat::Seat;
use super::super::slots::{Faults, all};
use crate::door::form::Sent;
use crate::parts::{Choice, Control, Select};

/// Name of the control.
pub(super) const NAME: &str = "about";

/// The organisation and the system.
pub(super) struct About {
    pub(super) organisation: String,
    pub(super) system: Option<String>,
}

/// What may be chosen: the value that is sent, whom it means, and the words.
fn offered(seat: &Seat, systems_only: bool) -> Vec<(String, About, String)> {
    let snapshot = seat.console.road.exchange.snapshot();
    let own = seat.organisation();
    let mut organisations: Vec<(String, String)> = Vec::new();
    let mut offered = Vec::new();
    for of in snapshot.rules.systems() {
        let organisation = of.system.organisation.to_string();
        if own.is_some_and(|own| own != organisation) {
            continue;
        }
        let name = of.organisation.as_ref().map_or_else(|| organisation.clone(), |o| o.name.clone());
        let words =
            if own.is_some() { of.system.name.clone() } else { format!("{name} – {}", of.system.name) };
        let about = About { organisation: organisation.clone(), system: Some(of.system.id.to_string()) };
        offered.push((format!("system:{}", of.system.id), about, words));
        organisations.push((organisation, name));
    }
    if own.is_none() && !systems_only {
        organisations.sort();
        organisations.dedup();
        offered.extend(organisations.into_iter().map(|(id, name)| {
            (format!("organisation:{id}"), About { organisation: id, system: None }, name)
        }));
    }
    offered.sort_by(|(_, _, a), (_, _, b)| a.cmp(b));
    offered
}

/// The list to choose from. A person of an organisation may leave it open.
pub(super) fn control(seat: &Seat, systems_only: bool, sent: &Sent, faults: &Faults) -> Control {
    let t = seat.shell(crate::page::Place::Cases).texts();
    let chosen = all(sent, NAME);
    let choices = offered(seat, systems_only)
        .into_iter()
        .map(|(value, _, words)| {
            let chosen = chosen.contains(&value.as_str());
            Choice::new(value, words, chosen)
        })
        .collect();
    Control::Select(Select {
        texts: t,
        name: NAME,
        label: t.t(if systems_only { "case-about-system" } else { "case-about" }).into_owned(),
        hint: String::new(),
        error: faults.at(NAME),
        choices,
        optional: seat.organisation().is_some() && !systems_only,
        any: false,
    })
}

/// Whom it is about; none where nothing, or nothing that was offered, was chosen and something must be.
pub(super) fn read(seat: &Seat, systems_only: bool, value: &str) -> Option<About> {
    if value.is_empty() && !systems_only {
        return seat.own().map(|organisation| About { organisation, system: None });
    }
    offered(seat, systems_only)
        .into_iter()
        .find(|(offered, _, _)| offered == value)
        .map(|(_, about, _)| about)
}
