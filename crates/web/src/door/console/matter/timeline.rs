//! What is due and what happened, each step with who, when, why, on which documents, and the law that allowed it.
use super::super::seat::{Seat, blocking};
use super::super::words;
use super::Whole;
use crate::Texts;
use crate::door::show as said;
use crate::parts::{Happening, Timeline, Tone};
use dancu_governance::Taken;

/// What is due first, then the steps, the newest first.
pub(super) async fn timeline(seat: &Seat, whole: &Whole, t: Texts) -> Timeline {
    let names = names(seat, &whole.steps).await;
    let mut happenings: Vec<Happening> = due(seat, whole, t).into_iter().collect();
    happenings.extend(whole.steps.iter().rev().map(|taken| happening(seat, whole, taken, &names, t)));
    Timeline { happenings }
}

fn due(seat: &Seat, whole: &Whole, t: Texts) -> Option<Happening> {
    let matter = &whole.matter;
    let (step, deadline) = matter.due_step.zip(matter.deadline_us)?;
    let late = matter.is_overdue(seat.now_us());
    let rule = seat.console.governance.rules().step(matter.kind, step, seat.today());
    let law = rule.map(|(_, source)| t.t1("matter-law", "source", &source.source).into_owned());
    Some(Happening {
        at: said::date_of(deadline),
        title: words::step(t, step),
        by: t.t(if late { "matter-late" } else { "matter-due" }).into_owned(),
        text: law.unwrap_or_default(),
        tone: if late { Tone::Bad } else { Tone::Warn },
        links: Vec::new(),
    })
}

fn happening(seat: &Seat, whole: &Whole, taken: &Taken, names: &[(String, String)], t: Texts) -> Happening {
    let matter = &whole.matter;
    let name = names
        .iter()
        .find(|(id, _)| *id == taken.by)
        .map_or_else(|| t.t("matter-by-rule").into_owned(), |(_, name)| name.clone());
    let mut facts = vec![name];
    facts.extend(taken.entry.map(|entry| t.t1("matter-entry", "number", &t.number(entry)).into_owned()));
    let until = taken.deadline_us.map(said::date_of);
    facts.extend(until.map(|day| t.t1("matter-next-by", "day", &day).into_owned()));
    // The row of the data that allowed it then, whatever the law says now.
    let rule = seat.console.governance.rules().step(matter.kind, taken.step, taken.valid_from);
    facts.extend(rule.map(|(_, source)| t.t1("matter-law", "source", &source.source).into_owned()));
    let document = |sha256: &String| {
        let found = whole.documents.iter().find(|document| document.sha256 == *sha256)?;
        Some((found.name.clone(), format!("/matters/{}/files/{sha256}", matter.id)))
    };
    Happening {
        at: said::moment(taken.at_us),
        title: format!("{} → {}", words::step(t, taken.step), words::state(t, taken.to).label),
        by: facts.join(" · "),
        text: taken.why.clone(),
        tone: words::state(t, taken.to).tone,
        links: taken.documents.iter().filter_map(document).collect(),
    }
}

/// Names of those who took the steps.
async fn names(seat: &Seat, steps: &[Taken]) -> Vec<(String, String)> {
    let mut ids: Vec<String> = steps.iter().map(|taken| taken.by.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let staff = seat.console.staff.clone();
    let read = blocking(move || {
        let name = |id: &String| Some((id.clone(), staff.account(id).ok()??.name));
        ids.iter().filter_map(name).collect()
    });
    read.await.unwrap_or_default()
}
