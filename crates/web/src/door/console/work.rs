//! The work list: what waits for whoever looks, from every room of the console, the nearest deadline first.
use super::lists::{SHOWN, after, next};
use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use super::{accounts, alerts, campaigns, cleaning, pki, staff, words};
use crate::Texts;
use crate::door::{plain, show};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::console::ListPage;
use crate::parts::{Badge, Cell, Empty, Table};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use dancu_governance::{Governance, Work};

/// Addresses of this room.
pub(super) const ROUTES: &[Route] = &[Route::get("/", Way::SignedIn, || get(show_work))];

/// Matters of an organisation among which those that wait for whoever asked are looked for.
const OWN: u32 = 500;

/// Something that waits in a room that has no matters: alerts, requests for quota, reviews and drives, secrets, emergencies.
pub(super) struct Waits {
    /// By when, microseconds since the epoch; without one it is for now, and stands first
    pub(super) due_us: Option<i64>,
    /// What
    pub(super) what: String,
    /// Where it is done
    pub(super) href: String,
    /// Organisation that it is about; empty for none or several
    pub(super) of: String,
    /// What is to be done
    pub(super) next: String,
    /// How it stands
    pub(super) badge: Badge,
}

impl Waits {
    fn row(self, t: Texts, now_us: i64) -> (i64, Vec<Cell>) {
        let due = self.due_us.map_or_else(|| t.t("work-now").into_owned(), show::date_of);
        let badge = self.due_us.and_then(|due| words::near(t, due, now_us)).unwrap_or(self.badge);
        let cells = vec![
            Cell::Figures(due),
            Cell::Link { label: self.what, href: self.href },
            Cell::text(self.of),
            Cell::text(self.next),
            Cell::Badge(badge),
        ];
        (self.due_us.unwrap_or(i64::MIN), cells)
    }
}

/// What waits in the other rooms.
async fn elsewhere(seat: &Seat, t: Texts) -> Result<Vec<Waits>, Oops> {
    let mut all = staff::waiting(seat, t).await?;
    all.extend(alerts::waiting(seat, t).await?);
    all.extend(accounts::waiting(seat, t).await?);
    all.extend(campaigns::waiting(seat, t).await?);
    all.extend(cleaning::waiting(seat, t).await?);
    all.extend(pki::waiting(seat, t).await?);
    Ok(all)
}

/// Matters whose next step is this person's to take.
async fn matters(seat: &Seat) -> Result<Work, Oops> {
    let (duties, own, after) = (seat.duties(), seat.own(), after(&seat.uri));
    let mine = seat.own_duties();
    let (me, first) = (seat.id().to_owned(), after.is_none());
    let list = move |governance: &Governance| {
        let mut work = governance.work_list(&duties, own.as_deref(), after, SHOWN)?;
        if first && !mine.is_empty() {
            // What waits for whoever asked waits for that person alone.
            let asked = governance.work_list(&mine, own.as_deref(), None, OWN)?.matters;
            work.matters.extend(asked.into_iter().filter(|matter| matter.opened_by == me));
            work.matters.sort_by_key(|matter| matter.deadline_us.unwrap_or(i64::MAX));
            work.matters.dedup_by(|a, b| a.id == b.id);
        }
        Ok(work)
    };
    seat.governed(Place::Work, list).await
}

/// What waits for me.
async fn show_work(seat: Seat) -> Result<Response, Oops> {
    let work = matters(&seat).await?;
    let shell = seat.shell(Place::Work);
    let (t, now_us) = (shell.texts(), seat.now_us());
    let Table { columns, rows } = seat.table(&work, Place::Work);
    let due = work.matters.iter().map(|matter| matter.deadline_us.unwrap_or(i64::MAX));
    let mut rows: Vec<(i64, Vec<Cell>)> = due.zip(rows).collect();
    if after(&seat.uri).is_none() {
        rows.extend(elsewhere(&seat, t).await?.into_iter().map(|waits| waits.row(t, now_us)));
        rows.sort_by_key(|(due, _)| *due);
    }
    let nothing = Empty {
        icon: Icon::Check,
        title: t.t("work-empty-title").into_owned(),
        text: t.t("work-empty-text").into_owned(),
    };
    let page = ListPage {
        lead: t.t("work-lead").into_owned(),
        links: campaigns::news_link(&seat).await.into_iter().collect(),
        table: Table { columns, rows: rows.into_iter().map(|(_, cells)| cells).collect() },
        pages: seat.pages(next("/", &seat.uri, &work), Place::Work),
        ..ListPage::new(shell, "console-work", nothing)
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}
