//! Account reviews: those that are open, come and were; calling one.
use super::bulk::{Answer, No, Tried, columns, done, nothing};
use super::{Part, may_for_all, tabs};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::date;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::{ListPage, RecordPage};
use crate::parts::{Act, Badge, Cell, Choice, Choices, Control, Crumb, Crumbs, Table, Tone};
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{NewReview, Progress, Refusal, Review, ReviewState, RowState, Scope};
use dancu_policy::duty::Action;
use std::collections::BTreeMap;

const HERE: Place = Place::Campaigns;

/// Reviews of a state that are shown.
const MOST: u32 = 100;

pub(super) fn badge(t: Texts, state: ReviewState) -> Badge {
    let (tone, icon) = match state {
        ReviewState::Planned => (Tone::Info, Icon::Clock),
        ReviewState::Open => (Tone::Warn, Icon::Pen),
        ReviewState::Closed => (Tone::Good, Icon::Check),
        ReviewState::Cancelled => (Tone::Plain, Icon::Info),
    };
    Badge { tone, icon, label: t.t(&format!("review-state-{}", state.name())).into_owned() }
}

/// Whose accounts, in words.
pub(super) fn scope(seat: &Seat, t: Texts, scope: &Scope) -> String {
    match scope {
        Scope::All => t.t("review-scope-all").into_owned(),
        Scope::Organisations(ids) => {
            let names: Vec<String> = ids.iter().map(|id| seat.console.organisation(id)).collect();
            names.join("; ")
        }
        Scope::Systems(ids) => {
            let snapshot = seat.console.road.exchange.snapshot();
            let name = |id: &String| {
                snapshot.rules.system(id).map_or_else(|| id.clone(), |of| of.system.name.clone())
            };
            ids.iter().map(name).collect::<Vec<_>>().join("; ")
        }
    }
}

/// `12 / 40`: decided of all.
pub(super) fn progress(t: Texts, progress: &[Progress]) -> String {
    let all: u32 = progress.iter().map(Progress::all).sum();
    let open: u32 = progress.iter().map(|of| of.count(RowState::Open)).sum();
    format!("{} / {}", t.number((all - open).into()), t.number(all.into()))
}

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::CampaignRead, seat.organisation().or(Some("")), HERE)?;
    let own = seat.own();
    let now_us = seat.now_us();
    let (found, due) = seat
        .bulk(HERE, move |campaigns, reach| {
            let mut found: Vec<(Review, Vec<Progress>)> = Vec::new();
            for state in
                [ReviewState::Open, ReviewState::Planned, ReviewState::Closed, ReviewState::Cancelled]
            {
                let mut reviews = campaigns.reviews(state, None, MOST)?;
                if matches!(state, ReviewState::Closed | ReviewState::Cancelled) {
                    reviews.reverse();
                }
                for review in reviews {
                    let progress = campaigns.review_progress(&review.id, reach)?;
                    // An organisation sees the reviews that its accounts are in.
                    if own.is_none() || !progress.is_empty() {
                        found.push((review, progress));
                    }
                }
            }
            Ok((found, campaigns.next_review_due(now_us)?))
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let rows = found.iter().map(|(review, of)| {
        vec![
            Cell::Named {
                label: review.title.clone(),
                href: format!("/campaigns/reviews/{}", review.id),
                lines: vec![scope(&seat, t, &review.scope)],
            },
            Cell::Figures(format!("{} – {}", said::day(review.opens), said::day(review.deadline))),
            Cell::Figures(progress(t, of)),
            Cell::Badge(badge(t, review.state)),
        ]
    });
    let mut links = Vec::new();
    if may_for_all(&seat, Action::CampaignOpen) {
        links.push((t.t("review-new").into_owned(), "/campaigns/reviews/new".to_owned()));
    }
    let lead = match due {
        Some(day) => t.t1("reviews-lead-due", "day", &said::day(day)).into_owned(),
        None => t.t("reviews-lead").into_owned(),
    };
    let page = ListPage {
        notice: seat.said(t),
        lead,
        links,
        tabs: Some(tabs(t, Part::Reviews)),
        table: Table {
            columns: columns(t, ["review-name", "review-days", "review-decided", "accounts-state"]),
            rows: rows.collect(),
        },
        ..ListPage::new(
            shell,
            "console-campaigns",
            nothing(t, Icon::Check, "reviews-empty-title", "reviews-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Organisations with systems, by name.
fn organisations(seat: &Seat) -> BTreeMap<String, String> {
    let snapshot = seat.console.road.exchange.snapshot();
    let all = snapshot.rules.systems().filter_map(|of| of.organisation.as_ref());
    all.map(|organisation| (organisation.name.clone(), organisation.id.to_string())).collect()
}

fn page(seat: &Seat, tried: &Tried) -> RecordPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let ticked: Vec<&str> =
        tried.sent.iter().filter(|(name, _)| name == "organisations").map(|(_, id)| id.as_str()).collect();
    let choices = organisations(seat)
        .into_iter()
        .map(|(name, id)| {
            let chosen = ticked.contains(&id.as_str());
            Choice::new(id, name, chosen)
        })
        .collect();
    let organisations = Choices {
        texts: t,
        name: "organisations",
        legend: t.t("review-scope").into_owned(),
        hint: t.t("review-scope-hint").into_owned(),
        error: tried.fault("organisations"),
        choices,
        many: true,
        optional: true,
        ..Choices::default()
    };
    let today = said::day(seat.today());
    let act = Act::new("review", "", "/campaigns/reviews/open", shell.csrf())
        .lead(t.t("review-new-lead"))
        .with(Control::Input(tried.input(t, "title", "review-title", "")))
        .with(Control::Choices(organisations))
        .with(Control::Input(tried.day(t, "opens", "review-opens", today)))
        .with(Control::Input(tried.day(t, "deadline", "review-deadline", "")))
        .with(Control::Input(tried.day(t, "facts_from", "review-facts-from", "")))
        .button(t.t("review-open"), "");
    RecordPage {
        notice: None,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("console-campaigns"), "/campaigns"),
                Crumb::new(t.t("review-new"), ""),
            ],
        },
        title: t.t("review-new").into_owned(),
        badge: None,
        lead: String::new(),
        links: Vec::new(),
        groups: Vec::new(),
        acts: vec![act],
        shell,
    }
}

pub(super) async fn form(seat: Seat) -> Answer {
    seat.must(Action::CampaignOpen, None, HERE)?;
    let page = page(&seat, &Tried::default());
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn submit(seat: Seat, Form(sent): Form<Sent>) -> Answer {
    seat.must(Action::CampaignOpen, None, HERE)?;
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let mut faults = Vec::new();
    let title = value(&sent, "title").to_owned();
    if title.is_empty() {
        faults.push(("title", t.t("campaign-title-missing").into_owned()));
    }
    let days = ["opens", "deadline", "facts_from"].map(|name| (name, date(value(&sent, name))));
    for (name, day) in days {
        if day.is_none() {
            faults.push((name, t.t("bulk-day-wrong").into_owned()));
        }
    }
    let [(_, Some(opens)), (_, Some(deadline)), (_, Some(facts_from))] = days else {
        return Ok(wrong(&seat, sent, faults));
    };
    if !faults.is_empty() {
        return Ok(wrong(&seat, sent, faults));
    }
    let known = organisations(&seat);
    let chosen: Vec<String> = sent
        .iter()
        .filter(|(name, id)| name == "organisations" && known.values().any(|of| of == id))
        .map(|(_, id)| id.clone())
        .collect();
    let scope = if chosen.is_empty() { Scope::All } else { Scope::Organisations(chosen) };
    seat.record("review_open", format!("deadline={}", deadline.iso()), HERE).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let made = seat
        .bulk_try(HERE, move |campaigns, _| {
            let given = NewReview { title: &title, scope, opens, deadline, facts_from };
            campaigns.plan_review(&given, &by, now_us)
        })
        .await?;
    match made {
        Ok(id) => Ok(done(&format!("/campaigns/reviews/{id}"), "opened")),
        Err(no) => {
            let at = if matches!(no, No::Refused(Refusal::Day)) { "deadline" } else { "title" };
            Ok(wrong(&seat, sent, vec![(at, no.words(t))]))
        }
    }
}

fn wrong(seat: &Seat, sent: Sent, faults: Vec<(&'static str, String)>) -> axum::response::Response {
    html(StatusCode::UNPROCESSABLE_ENTITY, &page(seat, &Tried { sent, faults })).into_response()
}

/// A review that this person may know of: one of the managing body any, one of an organisation those its accounts are in.
pub(super) async fn known(seat: &Seat, id: &str) -> Result<(Review, Vec<Progress>), Oops> {
    seat.must(Action::CampaignRead, seat.organisation().or(Some("")), HERE)?;
    let asked = id.to_owned();
    let found = seat
        .bulk(HERE, move |campaigns, reach| {
            Ok((campaigns.review(&asked)?, campaigns.review_progress(&asked, reach)?))
        })
        .await?;
    match found {
        (Some(review), progress) if seat.own().is_none() || !progress.is_empty() => Ok((review, progress)),
        _ => Err(Oops::page(seat.shell(HERE), crate::pages::ErrorKind::NotFound)),
    }
}
