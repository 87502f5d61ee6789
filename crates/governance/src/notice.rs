//! What an organisation is told when it, a system or an account of it is stopped.
use crate::GovernanceError;
use crate::act::Act;
use crate::content::hidden;
use crate::governance::Done;
use crate::halt::{Halt, Order, Target};
use dancu_policy::{Deadlines, Rules, VietnamTime};
use serde::{Deserialize, Serialize};

/// What the organisation is told; each text in Vietnamese and English.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened
    pub what: [String; 2],
    /// What to do
    pub todo: [String; 2],
    /// The way back
    pub way_back: [String; 2],
}

hidden! { Notice }

/// Who is stopped, as the lists name them.
pub(crate) struct Named {
    pub(crate) organisation: String,
    pub(crate) label: String,
    shown: String,
}

pub(crate) fn named(rules: &Rules, target: &Target) -> Done<Named> {
    let missing = |id: &str| GovernanceError::unknown(target.kind(), id);
    let (of, id) = match target {
        Target::Organisation(id) => {
            let organisation = rules.organisation(id).ok_or_else(|| missing(id))?;
            let name = organisation.name.clone();
            return Ok(Named { organisation: id.clone(), label: name.clone(), shown: name });
        }
        Target::System(id) => (rules.system(id), id),
        Target::Account(id) => (rules.systems().find(|of| of.accounts().any(|a| *a.id == **id)), id),
    };
    let of = of.ok_or_else(|| missing(id))?;
    let organisation = of.organisation.as_ref().map_or("", |organisation| &organisation.name);
    let shown = match target {
        // An account's id says nothing about the person.
        Target::Account(id) => format!("{id} ({})", of.system.name),
        _ => of.system.name.clone(),
    };
    Ok(Named {
        organisation: of.system.organisation.to_string(),
        label: format!("{organisation} – {}", of.system.name),
        shown,
    })
}

impl Act<'_, '_, '_> {
    /// The order with its notice, the reason in Vietnamese, and the deadline of the remedy.
    pub(crate) fn halt(&self, order: &Order, named: &Named) -> Done<(Halt, String, i64)> {
        let rules = &self.governance.rules;
        let reason = rules.reason(&order.reason, self.today);
        let reason = reason.ok_or_else(|| GovernanceError::unknown("reason", &order.reason))?;
        let way_back = rules.way_back(order.target.kind(), order.action.name(), self.today);
        let way_back = way_back.ok_or(GovernanceError::Internal("no way back is on record"))?;
        let plain = |c: char| !c.is_control();
        if order.number.trim().is_empty()
            || order.number.chars().count() > 250
            || !order.number.chars().all(plain)
        {
            return Err(GovernanceError::Impossible("the order has no number, or not one of a line"));
        }
        let deadline_us = match order.remedy_by {
            Some(day) if day < self.today => {
                return Err(GovernanceError::Impossible("the last day of the remedy is over"));
            }
            Some(day) => Deadlines::end_of(day),
            None => self.end_of(reason.term)?,
        };
        let day =
            VietnamTime::of(deadline_us).ok_or(GovernanceError::Internal("a deadline is out of range"))?.date;
        let told = |text: &[String; 2]| {
            let [vi, en] = text;
            let date = format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year());
            let fill = |text: &str, date: &str| {
                let text = text.replace("{target}", &named.shown).replace("{order}", order.number.trim());
                text.replace("{deadline}", date)
            };
            [fill(vi, &date), fill(en, &day.iso())]
        };
        let notice = Notice { what: told(&reason.what), todo: told(&reason.todo), way_back: told(way_back) };
        let halt = Halt {
            target: order.target.clone(),
            action: order.action,
            reason: order.reason.clone(),
            number: order.number.trim().to_owned(),
            rules_version: None,
            notice,
        };
        let [label, _] = &reason.label;
        Ok((halt, label.clone(), deadline_us))
    }
}
