//! What people are told: what opened, comes near, was decided, locked itself.
use super::bulk::{Answer, columns, nothing};
use super::{Part, may, tabs};
use crate::Texts;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::{dashed, date};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Cell, Table};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{Event, News};
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;
/// Days for which news are shown.
const DAYS: i64 = 14;
const DAY_US: i64 = 86_400_000_000;
/// News at most.
const MOST: u32 = 100;

/// Where the thing told of stands.
fn href(event: &Event) -> Option<String> {
    let subject = &event.subject;
    Some(match event.news {
        News::IdleLocked => format!("/accounts/{subject}"),
        News::ReviewOpened | News::ReviewReminder | News::ReviewClosed => {
            format!("/campaigns/reviews/{subject}")
        }
        News::DriveReminder | News::DriveClosed => format!("/campaigns/drives/{subject}"),
        News::QuotaRequested | News::QuotaDecided | News::QuotaEnded => format!("/accounts/quotas/{subject}"),
        News::DepartureDone | News::DepartureFailed => {
            format!("/accounts/{}", event.data.get("account")?)
        }
    })
}

/// Counts and days of the event, in words.
fn details(t: Texts, event: &Event) -> String {
    let told = event.data.iter().filter_map(|(name, value)| {
        let key = match name.as_str() {
            "deadline" => "news-deadline",
            "days" if event.news == News::IdleLocked => "news-idle-days",
            "days" => "news-days",
            "open" => "news-open",
            "accounts" => "news-accounts",
            "unit" => "news-unit",
            "quota" => "news-quota",
            _ => return None,
        };
        let shown = date(value).filter(|_| name == "deadline").map_or_else(|| value.clone(), said::day);
        Some(t.t1(key, "value", &shown).into_owned())
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// What this person's organisation, or the managing body, was told of late, newest first.
pub(in crate::door::console) async fn told(seat: &Seat) -> Result<Vec<Event>, Oops> {
    let (own, since_us) = (seat.own(), seat.now_us() - DAYS * DAY_US);
    seat.bulk(HERE, move |campaigns, _| campaigns.news(own.as_deref(), since_us, MOST)).await
}

pub(super) async fn show(seat: Seat) -> Answer {
    seat.must(Action::CampaignRead, seat.organisation().or(Some("")), HERE)?;
    let found = told(&seat).await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let rows = found.iter().map(|event| {
        let label = t.t(&format!("news-{}", dashed(event.news.name()))).into_owned();
        let name =
            href(event).map_or_else(|| Cell::text(label.clone()), |href| Cell::link(label.clone(), href));
        vec![name, Cell::text(details(t, event)), Cell::Figures(said::moment(event.at_us))]
    });
    let page = ListPage {
        lead: t.t1("news-lead", "days", &DAYS.to_string()).into_owned(),
        tabs: Some(tabs(t, Part::News)),
        table: Table { columns: columns(t, ["news-what", "news-details", "news-at"]), rows: rows.collect() },
        ..ListPage::new(
            shell,
            "campaigns-tab-news",
            nothing(t, Icon::Check, "news-empty-title", "news-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// For the work list: how many news there are, and where. None where there are none, or for whom they are not.
pub(in crate::door::console) async fn link(seat: &Seat) -> Option<(String, String)> {
    if !may(seat, Action::CampaignRead) {
        return None;
    }
    let found = told(seat).await.ok()?;
    let t = seat.shell(HERE).texts();
    let count = t.number(found.len() as u64);
    (!found.is_empty())
        .then(|| (t.t1("news-link", "count", &count).into_owned(), "/campaigns/news".to_owned()))
}
