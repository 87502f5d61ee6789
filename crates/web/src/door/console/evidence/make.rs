//! Asking for a file, and the work behind the page.
use super::Answer;
use super::ask::{Asked, begun, organisation_of, read};
use super::list::listed;
use crate::door::console::forms::SentForm;
use crate::door::console::matter::Whole;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::{Shared, force};

use crate::page::{Place, html};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_evidence::{
    AlertFacts, Ask, By, DocumentFacts, EvidenceError, Found, InForce, KeptState, New, OrderFacts, Scope,
    Sources, StepFacts, find, part_from_name, rfc3339,
};
use dancu_gateway::deed::{Deed as Entry, Number};
use dancu_governance::{Content, Halt};
use dancu_journal::Part;
use dancu_policy::duty::Action;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Looks at work that is hoped to be done soon, before a page tells how far it is.
const LOOKS: u32 = 30;
const LOOK: Duration = Duration::from_millis(100);
/// People who are told in one go that their numbers are opened.
const TOLD: usize = 64;

pub(super) async fn submit(seat: Seat, request: Request) -> Answer {
    seat.must_evidence()?;
    let sent = SentForm::read(&seat, request, Place::Cases).await?;
    seat.own_form(sent.value("csrf"), Place::Cases)?;
    let mut asked = begun(&seat, sent.value("matter"), sent.value("alert")).await?;
    let t = seat.shell(Place::Cases).texts();
    let scope = read(&seat, &sent, &mut asked, t);
    let Some(scope) = scope.filter(|_| seat.console.evidence.can_sign()) else {
        let page = listed(&seat, asked, None).await?;
        return Ok(html(StatusCode::BAD_REQUEST, &page).into_response());
    };
    let id = begin(&seat, asked, scope).await?;
    for _ in 0..LOOKS {
        if seat.evidence(&id).await?.state != KeptState::Working {
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(Redirect::to(&format!("/evidence/{id}")).into_response())
}

/// Begins to make a file, for pages and API alike; gives its id.
pub(in crate::door::console) async fn begin(seat: &Seat, asked: Asked, scope: Scope) -> Result<String, Oops> {
    let organisation = organisation_of(seat, &scope);
    seat.must(Action::ConnectionEvidence, Some(&organisation), Place::Cases)?;
    let what = format!("evidence of={:?} open={}", scope.of, asked.open.join(","));
    let entry = seat.record("evidence_ask", what, Place::Cases).await?;
    let order = match &asked.matter {
        Some(whole) => order_facts(seat, whole).await,
        None => None,
    };
    let ask = Ask {
        open: asked.open.iter().filter_map(|name| part_from_name(name)).collect(),
        by: By {
            account: seat.id().to_owned(),
            role: seat.roles().first().map_or("staff", |role| role.name()).to_owned(),
        },
        reason: asked.reason.value.clone(),
        asked_entry: Some(entry),
        order,
        alert: asked.alert.as_ref().map(alert_facts),
        service: seat.console.evidence.service().to_owned(),
        now_us: seat.now_us(),
        scope: scope.clone(),
    };
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let id = seat
        .evidences(move |evidences| {
            let matter = asked.matter.as_ref().map(|whole| whole.matter.id.clone());
            evidences.begin(&New {
                organisation: &organisation,
                matter: matter.as_deref(),
                alert: asked.alert.as_ref().map(|alert| alert.number),
                scope: &scope,
                reason: &asked.reason.value,
                open: &asked.open,
                by: &by,
                now_us,
                entry,
            })
        })
        .await?;
    let told = Entry {
        purpose: Some(ask.reason.clone()),
        ..seat.entry("evidence_open", Some(format!("evidence={id}")))
    };
    tokio::spawn(work(Arc::clone(&seat.console), id.clone(), ask, told));
    Ok(id)
}

/// Makes a file behind the page.
async fn work(console: Shared, id: String, ask: Ask, told: Entry) {
    let road = Arc::clone(&console.road);
    let sources = Sources {
        index: road.evidence.index.clone(),
        journal: road.journal.clone(),
        publisher: road.publisher.clone(),
    };
    let evidences = console.evidence.clone();
    let (scope, before, most, finding) =
        (ask.scope.clone(), ask.asked_entry, evidences.most(), sources.clone());
    let found = blocking(move || find(&finding, &scope, before, most)).await;
    let found = match found {
        Some(Ok(found)) => found,
        Some(Err(error)) => return failed(&console, &id, error).await,
        None => return failed(&console, &id, EvidenceError::Interrupted).await,
    };
    // Those whose numbers are opened find it in their history: written down before the file is made.
    if ask.open.contains(&Part::Subject) && tell(&console, &found, &told).await.is_err() {
        return failed(&console, &id, EvidenceError::Interrupted).await;
    }
    let clock = Arc::clone(&road.clock);
    // What goes wrong is kept with the file.
    let _ = blocking(move || evidences.make(&id, &sources, ask, &found, &|| clock.now_us())).await;
}

async fn failed(console: &Shared, id: &str, error: EvidenceError) {
    let (evidences, id, now_us) = (console.evidence.clone(), id.to_owned(), console.road.clock.now_us());
    let _ = blocking(move || evidences.fail(&id, &error, now_us)).await;
}

/// An entry about each person whose number is opened.
async fn tell(console: &Shared, found: &[Found], told: &Entry) -> Result<(), dancu_catalogue::Code> {
    let people: BTreeSet<&String> = found.iter().filter_map(|entry| entry.subject.as_ref()).collect();
    let people: Vec<&String> = people.into_iter().collect();
    for some in people.chunks(TOLD) {
        let mut waiting = Vec::new();
        for number in some {
            let deed = Entry { about: Some(Number((*number).clone())), ..told.clone() };
            let road = Arc::clone(&console.road);
            waiting.push(tokio::spawn(async move { road.record(deed).await }));
        }
        for one in waiting {
            one.await.map_err(|_| dancu_catalogue::Code::Internal)??;
        }
    }
    Ok(())
}

/// The order, as the file tells of it.
async fn order_facts(seat: &Seat, whole: &Whole) -> Option<OrderFacts> {
    let Content::Halt(halt) = &whole.content else { return None };
    let reached = force::reach(seat, whole).await;
    let Halt { target, number, reason, notice, .. } = &**halt;
    let action = match halt.action {
        dancu_governance::HaltAction::Suspend => "suspend",
        dancu_governance::HaltAction::Disconnect => "disconnect",
    };
    Some(OrderFacts {
        matter: whole.matter.id.clone(),
        action: action.to_owned(),
        target: target.to_string(),
        number: number.clone(),
        reason: reason.clone(),
        told: [notice.what.clone(), notice.todo.clone(), notice.way_back.clone()],
        given_at: rfc3339(whole.matter.opened_us),
        in_force: reached.map(|(rules_version, reach)| InForce {
            rules_version,
            servers: reach.servers.len() as u64,
            reached: reach.reached() as u64,
            slowest_ms: reach.slowest().and_then(|slowest| u64::try_from(slowest.as_millis()).ok()),
        }),
        steps: whole
            .steps
            .iter()
            .map(|step| StepFacts {
                number: step.number,
                step: step.step.name().to_owned(),
                to: step.to.name().to_owned(),
                by: step.by.clone(),
                at: rfc3339(step.at_us),
                why: step.why.clone(),
                entry: step.entry,
                documents: step.documents.clone(),
            })
            .collect(),
        documents: whole
            .documents
            .iter()
            .map(|document| DocumentFacts {
                sha256: document.sha256.clone(),
                kind: document.kind.clone(),
                media_type: document.media_type.clone(),
                size: document.size,
            })
            .collect(),
    })
}

fn alert_facts(alert: &dancu_watch::Alert) -> AlertFacts {
    AlertFacts {
        number: alert.number,
        rule: alert.rule.name().to_owned(),
        at: rfc3339(alert.at_us),
        figures: alert.figures.clone(),
    }
}
