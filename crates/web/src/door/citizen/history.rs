//! `/citizen`: who looked at my data.
use super::asked::{Asked, start_of};
use super::names::Names;
use super::{Citizen, must_be_signed_in};
use crate::Texts;
use crate::door::{Pages, Shared, asking, plain, show};
use crate::page::html;
use crate::pages::ErrorKind;
use crate::pages::citizen::{Day, Epoch, Filter, HistoryPage, Look};
use crate::parts::{Choice, Pagination};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_gateway::deed::Deed;
use dancu_gateway::door::Peer;
use dancu_gateway::vietnam_day;
use dancu_journal::JournalError;
use dancu_journal::index::{History, Item, Page, Shown};
use dancu_policy::VietnamTime;
use serde_json::json;
use std::collections::BTreeSet;

/// Looks on a page.
const SHOWN: usize = 50;
/// Entries read for one page: a filter looks no further back at once.
pub(super) const READ: usize = 1000;

/// A part of a history that fits a filter.
pub(super) struct Part {
    history: History,
    pub(super) items: Vec<Item>,
    next: Option<u64>,
    /// Entries of the log that were taken up when it was read
    size: u64,
}

pub(super) async fn show(
    State(pages): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let citizen = match must_be_signed_in(&pages, &headers, &uri) {
        Ok(citizen) => citizen,
        Err(response) => return *response,
    };
    let shell = citizen.shell(&pages, &headers, &uri);
    let texts = shell.texts();
    let now_us = pages.road.clock.now_us();
    let asked = Asked::read(uri.query().unwrap_or_default(), vietnam_day(now_us), texts);
    if let Err(code) = noted(&pages, &citizen, peer, "history").await {
        tracing::warn!(?code, "a citizen's view could not be written down");
        return plain::error(shell, ErrorKind::Unavailable);
    }
    let read = read(&pages, &citizen, &asked, SHOWN, now_us).await;
    let Ok(part) = read else { return plain::error(shell, ErrorKind::Unavailable) };
    let Ok(epoch) = epoch(&pages, &part.history).await else {
        return plain::error(shell, ErrorKind::Unavailable);
    };
    let Ok(asked_before) = pages.inquiries.of_person(&citizen.session.number, 1000).await else {
        return plain::error(shell, ErrorKind::Unavailable);
    };
    let snapshot = pages.road.exchange.snapshot();
    let names = Names { rules: &snapshot.rules, texts };
    let due = due(&pages, epoch, now_us);
    let looks = part.items.iter().map(|item| {
        let inquiry = asked_before.iter().find(|i| i.entry == item.index);
        Look { inquiry: inquiry.map(|i| asking::asked(i, now_us)), ..names.look(item, &due) }
    });
    let page = HistoryPage {
        number: show::masked(&citizen.session.number),
        filter: Filter {
            organisations: organisations(&part.history, &asked, names),
            from: asked.from.clone(),
            to: asked.to.clone(),
        },
        days: by_day(looks.collect(), texts),
        epoch: epoch.map(|made| Epoch { made: show::moment(made), next: due.clone() }),
        pages: turn(&asked, &part, texts),
        csv: asked.address("/citizen/history.csv", None),
        names: names.table(&part.history.items),
        claim: claim(&asked, &part),
        shell,
    };
    let status = if asked.is_wrong() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    plain::remember_lang(html(status, &page), &uri)
}

/// A citizen's look at her own history has an entry of its own, by her and not about her.
pub(super) async fn noted(
    pages: &Pages,
    citizen: &Citizen,
    peer: Peer,
    service: &'static str,
) -> Result<u64, Code> {
    pages.road.record(Deed::new(peer, citizen.actor(pages), service)).await
}

pub(super) async fn read(
    pages: &Pages,
    citizen: &Citizen,
    asked: &Asked,
    most: usize,
    now_us: i64,
) -> Result<Part, Code> {
    let page = Page { before: asked.before, limit: READ };
    let (size, history) = pages.road.evidence.history(&citizen.session.number, page, now_us).await?;
    let mut items: Vec<Item> = history.items.iter().filter(|item| asked.fits(item)).cloned().collect();
    let mut next = history.next;
    if items.len() > most {
        items.truncate(most);
        next = items.last().map(|item| item.index);
    }
    Ok(Part { history, items, next, size })
}

/// The epoch in force and when it was made.
async fn epoch(pages: &Pages, history: &History) -> Result<Option<i64>, JournalError> {
    let Some(covered) = history.covered else { return Ok(None) };
    let entry = pages.road.journal.entry(covered.index).await?;
    Ok(entry.map(|entry| entry.call.at_us))
}

/// The time of day by which what is new will be proved: an epoch after the last one, and not in the past.
fn due(pages: &Pages, made_us: Option<i64>, now_us: i64) -> String {
    const MINUTE: i64 = 60_000_000;
    let every = i64::from(pages.road.evidence.epoch_seconds) * 1_000_000;
    let next = made_us.map_or(now_us, |made| made.max(now_us - every)) + every;
    // Rounded up to the minute: proofs take a moment to be published.
    let rounded = (next.max(now_us) + 2 * MINUTE - 1).div_euclid(MINUTE) * MINUTE;
    show::moment(rounded).split(' ').nth(1).and_then(|t| t.get(..5)).unwrap_or_default().to_owned()
}

fn organisations(history: &History, asked: &Asked, names: Names<'_>) -> Vec<Choice> {
    let looked: BTreeSet<&str> = history
        .items
        .iter()
        .filter_map(|item| match &item.shown {
            Shown::Call(call) => call.organisation.as_deref(),
            _ => None,
        })
        .chain((!asked.organisation.is_empty()).then_some(asked.organisation.as_str()))
        .collect();
    looked.into_iter().map(|id| Choice::new(id, names.organisation(id), id == asked.organisation)).collect()
}

/// What is withheld has no day; it stands with its neighbour.
fn by_day(looks: Vec<Look>, texts: Texts) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for look in looks {
        let day = look.day().to_owned();
        match days.last_mut() {
            Some(last) if day.is_empty() || last.title.ends_with(&day) => last.looks.push(look),
            _ => {
                let id = format!("d-{}", if day.is_empty() { "0" } else { &day }.replace('/', "-"));
                days.push(Day { title: day_title(&day, texts), id, looks: vec![look] });
            }
        }
    }
    days
}

fn day_title(day: &str, texts: Texts) -> String {
    let mut parts = day.split('/').rev();
    let iso: Vec<&str> = parts.by_ref().collect();
    let date = CivilDate::parse_iso(&iso.join("-")).ok();
    let weekday = date.and_then(|date| VietnamTime::of(start_of(date))).map(|time| time.weekday);
    match weekday {
        Some(weekday) => format!("{}, {day}", texts.t(&format!("weekday-{weekday}"))),
        None => texts.t("look-withheld-title").into_owned(),
    }
}

fn turn(asked: &Asked, part: &Part, texts: Texts) -> Option<Pagination> {
    let older = part.next.map(|before| asked.address("/citizen", Some(before)));
    let newest = asked.before.map(|_| asked.address("/citizen", None));
    (older.is_some() || newest.is_some()).then(|| Pagination {
        texts,
        previous: newest,
        next: older,
        shown: String::new(),
    })
}

/// What the page claims to show in full, for the check: every entry that fits the filter, from `oldest` (or the first)
/// below `before` (or what was taken up by then).
fn claim(asked: &Asked, part: &Part) -> String {
    let organisation = Some(asked.organisation.as_str()).filter(|o| !o.is_empty());
    json!({
        "below": asked.before.unwrap_or(part.size).min(part.size),
        "from": part.next,
        "before": asked.before,
        "organisation": organisation,
        "from_us": asked.from_us,
        "to_us": asked.to_us,
    })
    .to_string()
}
