//! The result of a review: a page, a workbook, and the paper for the managing body.
use super::asked;
use super::bulk::{Answer, SHOWN, Tried, columns, export, file, nothing, pages, role, state};
use super::paper::{self, NoPaper};
use super::review::row_badge;
use super::reviews::known;
use crate::Texts;
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Cell, Notice, Table, Tile, Tiles, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_campaign::{ReportRow, ReviewReport, RowState};
use dancu_catalogue::Lang;
use dancu_papers::{AccountState as Shown, Conclusion, ReviewResult, ReviewRow, render};
use dancu_policy::AccountState;
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

pub(in crate::door::console) async fn report(
    seat: &Seat,
    id: &str,
) -> Result<(dancu_campaign::Review, ReviewReport), Oops> {
    let (review, _) = known(seat, id).await?;
    seat.must(Action::CampaignExport, seat.organisation().or(Some("")), HERE)?;
    let of = id.to_owned();
    let report = seat.bulk(HERE, move |campaigns, reach| campaigns.review_report(&of, reach)).await?;
    Ok((review, report))
}

fn row(t: Texts, row: &ReportRow) -> Vec<Cell> {
    let count = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| t.number(count.into()));
    let day = |day: Option<dancu_citizen::CivilDate>| day.map_or_else(|| "–".to_owned(), said::day);
    let with_case = t.t1("report-with-case", "count", &count(row.with_case)).into_owned();
    let at_night = t.t1("facts-night", "count", &count(row.at_night)).into_owned();
    let used = t.t1("report-last-used", "day", &day(row.last_used_on)).into_owned();
    vec![
        Cell::Figures(t.number(row.number.into())),
        Cell::Lines(vec![
            row.full_name.clone(),
            row.login.clone(),
            row.officer_number.clone().unwrap_or_default(),
        ]),
        Cell::Lines(vec![row.agency_name.clone(), row.agency_code.clone(), row.system.clone()]),
        Cell::Lines(vec![role(t, row.role), row.services.join(", "), row.holder.clone()]),
        Cell::Lines(vec![count(row.calls), with_case, at_night, used]),
        Cell::Badge(state(t, row.state)),
        Cell::Badge(row_badge(t, row.conclusion)),
        Cell::text(row.proposal.clone()),
    ]
}

fn tiles(t: Texts, report: &ReviewReport) -> Tiles {
    let tile = |(state, count): (RowState, usize)| Tile {
        label: row_badge(t, state).label,
        value: t.number(count as u64),
        note: String::new(),
        icon: Icon::Person,
    };
    let counted = RowState::ALL.into_iter().zip(report.counts()).filter(|(_, count)| *count > 0);
    Tiles { tiles: counted.map(tile).collect() }
}

fn page(
    seat: &Seat,
    review: &dancu_campaign::Review,
    report: &ReviewReport,
    tried: &Tried,
    notice: Option<Notice>,
) -> ListPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let id = &review.id;
    let from: usize = asked(&seat.uri, "after").parse().unwrap_or(0);
    let size = usize::try_from(SHOWN).unwrap_or(50);
    let rows: Vec<_> = report.rows.iter().skip(from).take(size).map(|of| row(t, of)).collect();
    let next = (report.rows.len() > from + size)
        .then(|| format!("/campaigns/reviews/{id}/report?after={}", from + size));
    let interim = Notice::new(Tone::Info, t.t("report-interim"), t.t("report-interim-text"));
    let act =
        Act::new("paper", t.t("report-pdf"), format!("/campaigns/reviews/{id}/report/pdf"), shell.csrf())
            .lead(t.t("report-pdf-lead"));
    let act = paper::controls(act, tried, t).button(t.t("report-pdf-do"), "").folded();
    let heads = [
        "report-number",
        "row-account",
        "accounts-place",
        "accounts-role",
        "report-use",
        "accounts-state",
        "review-conclusion",
        "row-note",
    ];
    ListPage {
        notice: notice.or_else(|| (!report.is_final).then_some(interim)),
        title: t.t1("report-of", "review", &report.title).into_owned(),
        lead: format!("{} – {}", said::day(report.opens), said::day(report.deadline)),
        tiles: Some(tiles(t, report)),
        links: vec![(t.t("accounts-export").into_owned(), format!("/campaigns/reviews/{id}/report/xlsx"))],
        above: vec![
            (t.t("campaigns-tab-reviews").into_owned(), "/campaigns".to_owned()),
            (report.title.clone(), format!("/campaigns/reviews/{id}")),
        ],
        table: Table { columns: columns(t, heads), rows },
        pages: pages(t, next),
        acts: vec![act],
        ..ListPage::new(
            shell,
            "review-report",
            nothing(t, Icon::Check, "sheet-empty-title", "sheet-empty-text"),
        )
    }
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let (review, report) = report(&seat, &id).await?;
    let page = page(&seat, &review, &report, &Tried::default(), None);
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

pub(super) async fn xlsx(seat: Seat, Path(id): Path<String>) -> Answer {
    let (_, report) = report(&seat, &id).await?;
    seat.record("review_export", format!("review={id} form=xlsx"), HERE).await?;
    let sheet = report.sheet(seat.console.campaigns.words(), seat.shell(HERE).lang);
    let made = sheet.to_xlsx("ket-qua-ra-soat");
    made.map(export).map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Server))
}

/// The report as the paper for the managing body.
fn form(seat: &Seat, sent: &Sent, review: &dancu_campaign::Review, report: &ReviewReport) -> ReviewResult {
    let vi = Texts::of(Lang::Vi);
    let issuer = match seat.organisation() {
        Some(own) => seat.console.organisation(own),
        None => vi.t("console-managing").into_owned(),
    };
    let words = seat.console.campaigns.words();
    let or = |text: &str, other: String| if text.is_empty() { other } else { text.to_owned() };
    let row = |row: &ReportRow| {
        let conclusion = match row.conclusion {
            RowState::Confirmed => Conclusion::Confirmed,
            RowState::Changed => Conclusion::Changed,
            RowState::Closing | RowState::Closed => Conclusion::Closed,
            RowState::Open | RowState::Locked => Conclusion::Unconfirmed,
        };
        let usual = match conclusion {
            Conclusion::Confirmed => None,
            Conclusion::Changed => Some("paper-changed"),
            Conclusion::Closed => Some("paper-closed"),
            Conclusion::Unconfirmed => Some("paper-unconfirmed"),
        };
        let said = Some(row.proposal.clone()).filter(|text| !text.is_empty());
        let calls = row.calls.unwrap_or(0);
        let label = words.role_label(row.role, Lang::Vi);
        ReviewRow {
            full_name: row.full_name.clone(),
            personal_id: row.officer_number.clone(),
            login: row.login.clone(),
            agency_code: row.agency_code.clone(),
            agency_name: or(&row.agency_name, seat.console.organisation(&row.organisation)),
            role: if label == row.role.name() { role(vi, row.role) } else { label.to_owned() },
            system: row.system.clone(),
            phone: row.phone.clone(),
            granted_on: row.issued_on,
            // A call of before the account came in by a table belongs to what was before.
            last_used_on: row.last_used_on.filter(|used| row.issued_on.is_none_or(|issued| *used >= issued)),
            look_ups: if row.last_used_on.is_some() { calls.into() } else { 0 },
            look_ups_with_case: row.with_case.filter(|_| row.last_used_on.is_some()).unwrap_or(0).into(),
            rights: row.services.iter().map(|code| (*code).to_owned()).collect(),
            devices: or(
                &row.places.join(", ").chars().take(190).collect::<String>(),
                vi.t("paper-no-places").into_owned(),
            ),
            state: match row.state {
                AccountState::Active => Shown::InUse,
                AccountState::Locked => Shown::Locked,
                AccountState::Closed => Shown::Revoked,
            },
            api_holder: or(&row.holder, vi.t("paper-no-holder").into_owned()),
            conclusion,
            proposal: said.or_else(|| usual.map(|key| vi.t(key).into_owned())),
        }
    };
    ReviewResult {
        issuer: paper::issuer(sent, issuer),
        basis: report.title.clone(),
        from: dancu_gateway::vietnam_day(review.facts_from_us),
        until: report.deadline,
        rows: report.rows.iter().map(row).collect(),
        signatory: paper::signatory(sent),
        recipients: vec![vi.t("paper-recipient").into_owned(), vi.t("paper-archive").into_owned()],
    }
}

/// The report as a paper: PDF/A.
pub(in crate::door::console) async fn set(
    seat: &Seat,
    sent: &Sent,
    (review, report): (&dancu_campaign::Review, &ReviewReport),
) -> Result<Vec<u8>, NoPaper> {
    let faults = paper::missing(sent, seat.shell(HERE).texts());
    if !faults.is_empty() {
        return Err(NoPaper::Faults(faults));
    }
    let open = report.rows.iter().filter(|row| row.conclusion == RowState::Open).count();
    if open > 0 && !report.is_final {
        return Err(NoPaper::Undecided(open as u64));
    }
    seat.record("review_export", format!("review={} form=pdf", review.id), HERE).await?;
    let (form, now_us) = (form(seat, sent, review, report), seat.now_us());
    match blocking(move || render(&form, now_us)).await {
        Some(Ok(paper)) => Ok(paper.pdf),
        Some(Err(error)) => Err(NoPaper::Paper(error)),
        None => Err(NoPaper::Oops(Oops::page(seat.shell(HERE), ErrorKind::Server))),
    }
}

pub(super) async fn pdf(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let (review, report) = report(&seat, &id).await?;
    let t = seat.shell(HERE).texts();
    let (faults, notice) = match set(&seat, &sent, (&review, &report)).await {
        Ok(pdf) => return Ok(file("application/pdf", "ket-qua-ra-soat.pdf", pdf)),
        Err(NoPaper::Oops(oops)) => return Err(oops),
        Err(NoPaper::Faults(faults)) => (faults, None),
        Err(NoPaper::Undecided(open)) => {
            let why = t.t1("report-undecided", "count", &t.number(open)).into_owned();
            (Vec::new(), Some(Notice::new(Tone::Bad, t.t("bulk-refused"), why)))
        }
        Err(NoPaper::Paper(error)) => {
            let why = paper::refusal(t, &error);
            (Vec::new(), Some(Notice::new(Tone::Bad, t.t("paper-incomplete"), why)))
        }
    };
    Ok(unprocessable(&page(&seat, &review, &report, &Tried { sent, faults }, notice)))
}

fn unprocessable(page: &ListPage) -> Response {
    html(StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
