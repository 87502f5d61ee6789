//! One review: how far it is as a whole and unit by unit, and what the managing body does with it.
use super::bulk::{Answer, columns, ended, nothing};
use super::reviews::{badge, known, scope};
use super::{may, may_for_all};
use crate::Texts;
use crate::door::console::seat::Seat;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Act, Badge, Bar, Bars, Cell, Table, Tile, Tiles, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{Progress, Review, RowState};
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

pub(super) fn row_badge(t: Texts, state: RowState) -> Badge {
    let (tone, icon) = look(state);
    Badge { tone, icon, label: t.t(&format!("row-state-{}", state.name())).into_owned() }
}

fn look(state: RowState) -> (Tone, Icon) {
    match state {
        RowState::Open => (Tone::Warn, Icon::Clock),
        RowState::Confirmed => (Tone::Good, Icon::Check),
        RowState::Changed => (Tone::Info, Icon::Pen),
        RowState::Closing | RowState::Closed => (Tone::Plain, Icon::Stop),
        RowState::Locked => (Tone::Bad, Icon::Lock),
    }
}

fn sum(progress: &[Progress], state: RowState) -> u64 {
    progress.iter().map(|of| u64::from(of.count(state))).sum()
}

fn tiles(t: Texts, progress: &[Progress], left: Option<i32>) -> Tiles {
    let all: u64 = progress.iter().map(|of| u64::from(of.all())).sum();
    let without: u64 = progress.iter().map(|of| u64::from(of.without_facts)).sum();
    let tile = |label: &str, value: String, icon| Tile {
        label: t.t(label).into_owned(),
        value,
        note: String::new(),
        icon,
    };
    let mut tiles = vec![
        tile("review-all", t.number(all), Icon::People),
        tile("review-undecided", t.number(sum(progress, RowState::Open)), Icon::Clock),
        tile("review-with-facts", format!("{} / {}", t.number(all - without), t.number(all)), Icon::Search),
    ];
    if let Some(left) = left {
        let days = u64::from(left.unsigned_abs());
        let label = if left < 0 { "review-days-over" } else { "review-days-left" };
        tiles.push(tile(label, t.number(days), Icon::Warning));
    }
    Tiles { tiles }
}

fn chart(t: Texts, progress: &[Progress]) -> Bars {
    let bars = RowState::ALL.into_iter().map(|state| (state, sum(progress, state)));
    Bars {
        title: t.t("review-chart").into_owned(),
        what: t.t("review-conclusion").into_owned(),
        how_many: t.t("review-accounts").into_owned(),
        bars: bars
            .filter(|(_, count)| *count > 0)
            .map(|(state, count)| Bar {
                label: row_badge(t, state).label,
                value: count,
                words: t.number(count),
                tone: look(state).0,
            })
            .collect(),
    }
}

fn unit(seat: &Seat, t: Texts, review: &Review, of: &Progress) -> Vec<Cell> {
    let number = |state| Cell::Figures(t.number(of.count(state).into()));
    let closed = of.count(RowState::Closing) + of.count(RowState::Closed);
    vec![
        Cell::link(
            seat.console.organisation(&of.organisation),
            format!("/campaigns/reviews/{}/units/{}", review.id, of.organisation),
        ),
        Cell::Figures(t.number(of.all().into())),
        number(RowState::Open),
        number(RowState::Confirmed),
        number(RowState::Changed),
        Cell::Figures(t.number(closed.into())),
        number(RowState::Locked),
    ]
}

fn acts(seat: &Seat, review: &Review, progress: &[Progress], csrf: &str, t: Texts) -> Vec<Act> {
    let mut acts = Vec::new();
    if !matches!(review.state, dancu_campaign::ReviewState::Open | dancu_campaign::ReviewState::Planned) {
        return acts;
    }
    let path = |what: &str| format!("/campaigns/reviews/{}/{what}", review.id);
    let undecided = sum(progress, RowState::Open);
    if review.is_open() && may_for_all(seat, Action::CampaignRemind) {
        let without: u64 = progress.iter().map(|of| u64::from(of.without_facts)).sum();
        let lead = t.t1("review-facts-lead", "count", &t.number(without));
        let facts = Act::new("facts", t.t("review-facts"), path("facts"), csrf).lead(lead);
        acts.push(facts.button(t.t("review-facts-do"), ""));
        if undecided > 0 {
            let remind = Act::new("remind", t.t("campaign-remind"), path("remind"), csrf)
                .lead(t.t("review-remind-lead"));
            acts.push(remind.button(t.t("campaign-remind"), ""));
        }
    }
    if may_for_all(seat, Action::CampaignClose) {
        if review.is_open() && undecided == 0 {
            let end = Act::new("end", t.t("review-end"), path("end"), csrf).lead(t.t("review-end-lead"));
            acts.push(end.button(t.t("review-end"), "end").folded());
        }
        let off = Act::new("call-off", t.t("review-call-off"), path("end"), csrf)
            .lead(t.t("review-call-off-lead"))
            .button(t.t("review-call-off"), "cancel");
        acts.push(off.grave().folded());
    }
    acts
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let (review, progress) = known(&seat, &id).await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let left = review.days_left(seat.now_us()).ok().filter(|_| review.is_open());
    let mut links = Vec::new();
    if let Some(own) = seat.organisation() {
        let words = if may(&seat, Action::CampaignAnswer) { "review-sheet-own" } else { "review-sheet" };
        links.push((t.t(words).into_owned(), format!("/campaigns/reviews/{id}/units/{own}")));
    }
    if may(&seat, Action::CampaignExport) && !progress.is_empty() {
        links.push((t.t("review-report").into_owned(), format!("/campaigns/reviews/{id}/report")));
    }
    let heads = [
        "accounts-of",
        "review-accounts",
        "row-state-open",
        "row-state-confirmed",
        "row-state-changed",
        "row-state-closed",
        "row-state-locked",
    ];
    let days = format!("{} – {}", said::day(review.opens), said::day(review.deadline));
    let page = ListPage {
        above: vec![(t.t("campaigns-tab-reviews").into_owned(), "/campaigns".to_owned())],
        notice: seat.said(t),
        title: review.title.clone(),
        lead: format!("{} · {days} · {}", badge(t, review.state).label, scope(&seat, t, &review.scope)),
        tiles: Some(tiles(t, &progress, left)),
        charts: if progress.is_empty() { Vec::new() } else { vec![chart(t, &progress)] },
        links,
        table: Table {
            columns: columns(t, heads),
            rows: progress.iter().map(|of| unit(&seat, t, &review, of)).collect(),
        },
        acts: acts(&seat, &review, &progress, shell.csrf(), t),
        ..ListPage::new(
            shell,
            "console-campaigns",
            nothing(t, Icon::Clock, "review-not-open-title", "review-not-open-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// Gathers facts; the page shows how far it is.
pub(super) async fn facts(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.must(Action::CampaignRemind, None, HERE)?;
    known(&seat, &id).await?;
    seat.record("review_facts", format!("review={id}"), HERE).await?;
    let (of, now_us, index) = (id.clone(), seat.now_us(), seat.console.road.evidence.index.clone());
    let gathered =
        seat.bulk_try(HERE, move |campaigns, _| campaigns.gather_from_journal(&of, &index, now_us)).await?;
    Ok(ended(&format!("/campaigns/reviews/{id}"), "facts", &gathered))
}

pub(super) async fn remind(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.must(Action::CampaignRemind, None, HERE)?;
    known(&seat, &id).await?;
    seat.record("review_remind", format!("review={id}"), HERE).await?;
    let (of, now_us) = (id.clone(), seat.now_us());
    let reminded =
        seat.bulk_try(HERE, move |campaigns, _| campaigns.remind_review(&of, None, now_us)).await?;
    Ok(ended(&format!("/campaigns/reviews/{id}"), "reminded", &reminded))
}

/// Closes a review whose accounts are all decided, or calls it off.
pub(super) async fn end(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    seat.must(Action::CampaignClose, None, HERE)?;
    known(&seat, &id).await?;
    let cancels = value(&sent, "act") == "cancel";
    let deed = if cancels { "review_cancel" } else { "review_end" };
    seat.record(deed, format!("review={id}"), HERE).await?;
    let (of, now_us) = (id.clone(), seat.now_us());
    let over = seat
        .bulk_try(HERE, move |campaigns, _| {
            if cancels { campaigns.cancel_review(&of, now_us) } else { campaigns.end_review(&of, now_us) }
        })
        .await?;
    Ok(ended(&format!("/campaigns/reviews/{id}"), if cancels { "called-off" } else { "ended" }, &over))
}
