//! A unit's sheet of a review: each account with facts beside it; confirmed, closed and taken back row by row or many at once.
use super::asked;
use super::bulk::{Answer, SHOWN, columns, ended, nothing, pages, role};
use super::review::row_badge;
use super::reviews::known;
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Area, Cell, Control, Tab, Table, Tabs, Typed};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_campaign::{AccountFacts, Decide, Decision, Reach, Refusal, Review, ReviewRow, RowState};
use dancu_policy::duty::{Action, Ruling};

const HERE: Place = Place::Campaigns;

/// Views of the sheet.
const VIEWS: [Option<RowState>; 5] =
    [Some(RowState::Open), None, Some(RowState::Confirmed), Some(RowState::Changed), Some(RowState::Closing)];

/// What the journal says of an account, in short lines.
pub(super) fn facts(t: Texts, facts: Option<&AccountFacts>) -> [Vec<String>; 2] {
    let Some(facts) = facts else {
        return [vec![t.t("facts-none").into_owned()], Vec::new()];
    };
    let number = |count: u32| t.number(count.into());
    let used = facts.last_use_us.map_or_else(|| t.t("accounts-never").into_owned(), said::moment);
    let (with, without) = (number(facts.with_case), number(facts.without_case));
    let calls = t.with("facts-cases", &[("with", &with), ("without", &without)]).into_owned();
    let night = t.t1("facts-night", "count", &number(facts.at_night)).into_owned();
    let refused = t.t1("facts-refused", "count", &number(facts.refused)).into_owned();
    let mut places: Vec<String> = facts.devices.iter().chain(&facts.addresses).take(4).cloned().collect();
    if facts.more_places || facts.devices.len() + facts.addresses.len() > 4 {
        places.push("…".to_owned());
    }
    [vec![used, calls, night, refused], places]
}

/// Whether rows of this review can be decided by this person now.
pub(super) fn decides(seat: &Seat, review: &Review, organisation: &str) -> bool {
    review.is_open()
        && !review.is_over(seat.now_us())
        && seat.may(Action::CampaignAnswer, Some(organisation)) == Ruling::Allowed
}

fn cells(t: Texts, review: &Review, row: &ReviewRow, ticks: bool) -> Vec<Cell> {
    let image = &row.opening.image;
    let [calls, places] = facts(t, row.facts.as_ref().map(|(facts, _)| facts));
    let note = row.decided.as_ref().map(|decided| decided.note.clone()).unwrap_or_default();
    let mut cells = vec![
        Cell::Named {
            label: image.full_name.clone(),
            href: format!("/campaigns/reviews/{}/accounts/{}", review.id, row.account),
            lines: vec![image.login.clone(), format!("{} · {}", role(t, image.role), image.agency_code)],
        },
        Cell::Lines(calls),
        Cell::Lines(places),
        Cell::Badge(row_badge(t, row.state)),
        Cell::text(note),
    ];
    if ticks {
        cells.insert(
            0,
            Cell::Tick {
                form: "decide",
                name: "account",
                value: row.account.clone(),
                label: t.t1("row-tick", "login", &image.login).into_owned(),
            },
        );
    }
    cells
}

fn act(review: &Review, organisation: &str, view: &str, csrf: &str, t: Texts) -> Act {
    let note = Area::new(t, "note", "row-note", &Typed::default()).hint("row-note-hint");
    Act::new("decide", t.t("sheet-decide"), format!("/campaigns/reviews/{}/decide", review.id), csrf)
        .lead(t.t("sheet-decide-lead"))
        .with(Control::Area(Area { optional: true, max: 200, ..note }))
        .with(Control::Hidden { name: "organisation", value: organisation.to_owned() })
        .with(Control::Hidden { name: "view", value: view.to_owned() })
        .button(t.t("row-confirm"), "confirm")
        .button(t.t("row-close"), "close")
        .button(t.t("row-undo"), "undo")
}

pub(super) async fn show(seat: Seat, Path((id, organisation)): Path<(String, String)>) -> Answer {
    seat.must(Action::CampaignRead, Some(&organisation), HERE)?;
    let (review, progress) = known(&seat, &id).await?;
    let Some(progress) = progress.into_iter().find(|of| of.organisation == organisation) else {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    };
    let first = if progress.count(RowState::Open) > 0 { "open" } else { "all" };
    let view = Some(asked(&seat.uri, "state")).filter(|view| !view.is_empty()).unwrap_or(first.to_owned());
    let state = RowState::from_name(&view);
    let from = Some(asked(&seat.uri, "after")).filter(|after| !after.is_empty());
    let (of, own) = (id.clone(), organisation.clone());
    let rows = seat
        .bulk(HERE, move |campaigns, _| {
            let after = from.map(|account| (own.clone(), account));
            campaigns.review_rows(&of, Reach::Of(&own), state, after, SHOWN)
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let ticks = decides(&seat, &review, &organisation);
    let path = format!("/campaigns/reviews/{id}/units/{organisation}");
    let tab = |of: Option<RowState>| {
        let (name, label, count) = match of {
            Some(of) => (of.name(), row_badge(t, of).label, progress.count(of)),
            None => ("all", t.t("sheet-all").into_owned(), progress.all()),
        };
        Tab {
            label: format!("{label} ({})", t.number(count.into())),
            href: format!("{path}?state={name}"),
            current: view == name,
        }
    };
    let full = rows.len() >= usize::try_from(SHOWN).unwrap_or(50);
    let next = rows.last().filter(|_| full).map(|last| format!("{path}?state={view}&after={}", last.account));
    let mut heads = columns(t, ["row-account", "row-use", "row-places", "review-conclusion", "row-note"]);
    if ticks {
        heads.insert(0, t.t("bulk-choose").into_owned());
    }
    let acts = if ticks && !rows.is_empty() {
        vec![act(&review, &organisation, &view, shell.csrf(), t)]
    } else {
        Vec::new()
    };
    let page = ListPage {
        notice: seat.said(t),
        title: seat.console.organisation(&organisation),
        lead: t
            .with("sheet-lead", &[("review", &review.title), ("deadline", &said::day(review.deadline))])
            .into_owned(),
        tabs: Some(Tabs { label: t.t("sheet-views").into_owned(), tabs: VIEWS.map(tab).to_vec() }),
        above: vec![
            (t.t("campaigns-tab-reviews").into_owned(), "/campaigns".to_owned()),
            (review.title.clone(), format!("/campaigns/reviews/{id}")),
        ],
        table: Table { columns: heads, rows: rows.iter().map(|row| cells(t, &review, row, ticks)).collect() },
        pages: pages(t, next),
        acts,
        ..ListPage::new(
            shell,
            "review-sheet",
            nothing(t, Icon::Check, "sheet-empty-title", "sheet-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Decides about the rows that are ticked, all of them or none.
pub(super) async fn decide(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.must(Action::CampaignAnswer, seat.organisation().or(Some("")), HERE)?;
    known(&seat, &id).await?;
    let accounts: Vec<String> =
        sent.iter().filter(|(name, _)| name == "account").map(|(_, id)| id.clone()).collect();
    let back = format!("/campaigns/reviews/{id}/units/{}", seat.organisation().unwrap_or_default());
    if accounts.is_empty() {
        return Ok(Redirect::to(&format!("{back}?refused={}", Refusal::Empty.name())).into_response());
    }
    let (deed, what) = match value(&sent, "act") {
        "confirm" => ("review_confirm", "decided"),
        "close" => ("review_close_account", "decided"),
        "undo" => ("review_undo", "reopened"),
        _ => return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)),
    };
    seat.record(deed, format!("review={id} accounts={}", accounts.join(",")), HERE).await?;
    let note = value(&sent, "note").to_owned();
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let decided = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let accounts: Vec<&str> = accounts.iter().map(String::as_str).collect();
            if deed == "review_undo" {
                return campaigns.undo_decision(&id, &accounts, reach, &by, now_us);
            }
            let decision = if deed == "review_confirm" { Decision::Confirm } else { Decision::Close };
            let given = Decide { review: &id, accounts: &accounts, decision, note: &note, holder: "" };
            campaigns.decide(&given, reach, &by, now_us)
        })
        .await?;
    Ok(ended(&back, what, &decided))
}
