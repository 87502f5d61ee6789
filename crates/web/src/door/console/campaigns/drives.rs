//! Registration campaigns: those that are open and were; opening one with its list of units.
use super::bulk::{Answer, Tried, columns, done, export, nothing};
use super::{Part, may_for_all, tabs};
use crate::Texts;
use crate::door::console::forms::SentForm;
use crate::door::console::seat::{Oops, Seat};
use crate::door::console::words::date;
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::{Group, ListPage, RecordPage};
use crate::parts::{Act, Badge, Cell, Control, Crumb, Crumbs, Table, Tone};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use dancu_campaign::table::{Sheet, UnitColumn};
use dancu_campaign::{Drive, DriveState, Level};
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

/// Campaigns of a state that are shown.
const MOST: u32 = 100;
/// Faults of a list that are shown.
const FAULTS: usize = 50;

pub(super) fn badge(t: Texts, state: DriveState) -> Badge {
    let (tone, icon) = match state {
        DriveState::Open => (Tone::Warn, Icon::Pen),
        DriveState::Closed => (Tone::Good, Icon::Check),
    };
    Badge { tone, icon, label: t.t(&format!("drive-state-{}", state.name())).into_owned() }
}

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::CampaignRead, seat.organisation().or(Some("")), HERE)?;
    let found: Vec<Drive> = seat
        .bulk(HERE, |campaigns, _| {
            let mut found = campaigns.drives(DriveState::Open, None, MOST)?;
            found.extend(campaigns.drives(DriveState::Closed, None, MOST)?.into_iter().rev());
            Ok(found)
        })
        .await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let rows = found.iter().map(|drive| {
        vec![
            Cell::link(drive.title.clone(), format!("/campaigns/drives/{}", drive.id)),
            Cell::Figures(said::day(drive.deadline)),
            Cell::Badge(badge(t, drive.state)),
        ]
    });
    let mut links = Vec::new();
    if may_for_all(&seat, Action::CampaignOpen) {
        links.push((t.t("drive-new").into_owned(), "/campaigns/drives/new".to_owned()));
    }
    let page = ListPage {
        notice: seat.said(t),
        lead: t.t("drives-lead").into_owned(),
        links,
        tabs: Some(tabs(t, Part::Drives)),
        table: Table {
            columns: columns(t, ["drive-name", "drive-deadline", "accounts-state"]),
            rows: rows.collect(),
        },
        ..ListPage::new(
            shell,
            "campaigns-tab-drives",
            nothing(t, Icon::Check, "drives-empty-title", "drives-empty-text"),
        )
    };
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn page(seat: &Seat, tried: &Tried, faults: Vec<String>) -> RecordPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let act = Act::new("drive", "", "/campaigns/drives/open", shell.csrf())
        .lead(t.t("drive-new-lead"))
        .with(Control::Input(tried.input(t, "title", "drive-title", "")))
        .with(Control::Input(tried.day(t, "deadline", "drive-deadline", "")))
        .with(Control::File {
            name: "file-units",
            label: t.t("drive-units").into_owned(),
            hint: t.t("drive-units-hint").into_owned(),
            accept: ".xlsx,.csv,.txt",
            error: tried.fault("file-units"),
        })
        .button(t.t("drive-open"), "");
    let mut groups = Vec::new();
    if !faults.is_empty() {
        groups.push(Group::Table {
            title: t.t("drive-faults").into_owned(),
            lead: t.t("drive-faults-lead").into_owned(),
            table: Table {
                columns: columns(t, ["drive-fault"]),
                rows: faults.into_iter().map(|fault| vec![Cell::text(fault)]).collect(),
            },
            nothing: String::new(),
        });
    }
    RecordPage {
        notice: None,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("campaigns-tab-drives"), "/campaigns/drives"),
                Crumb::new(t.t("drive-new"), ""),
            ],
        },
        title: t.t("drive-new").into_owned(),
        badge: None,
        lead: String::new(),
        links: vec![(t.t("drive-template").into_owned(), "/campaigns/drives/template".to_owned())],
        groups,
        acts: vec![act],
        shell,
    }
}

pub(super) async fn form(seat: Seat) -> Answer {
    seat.must(Action::CampaignOpen, None, HERE)?;
    let page = page(&seat, &Tried::default(), Vec::new());
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The empty list of units to fill in.
pub(super) async fn template(seat: Seat) -> Answer {
    seat.must(Action::CampaignOpen, None, HERE)?;
    let shell = seat.shell(HERE);
    let (t, words) = (shell.texts(), seat.console.campaigns.words());
    let columns = [UnitColumn::Code, UnitColumn::Level, UnitColumn::Name, UnitColumn::Accounts];
    let example = ["H55.2", words.level_label(Level::Department, t.lang()), &t.t("drive-example"), "3"];
    let sheet = Sheet {
        name: t.t("drive-units").into_owned(),
        titles: Vec::new(),
        headings: columns.map(|column| words.unit_label(column, t.lang()).to_owned()).to_vec(),
        rows: vec![example.map(str::to_owned).to_vec()],
    };
    let made = sheet.to_xlsx("mau-danh-sach-don-vi");
    made.map(export).map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Server))
}

fn wrong(seat: &Seat, tried: &Tried, faults: Vec<String>) -> Response {
    html(StatusCode::UNPROCESSABLE_ENTITY, &page(seat, tried, faults)).into_response()
}

pub(super) async fn submit(seat: Seat, request: Request) -> Answer {
    seat.must(Action::CampaignOpen, None, HERE)?;
    let form = SentForm::read(&seat, request, HERE).await?;
    seat.own_form(form.value("csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let (title, deadline) = (form.value("title").to_owned(), date(form.value("deadline")));
    let SentForm { values: sent, mut files } = form;
    let file = files.pop();
    let mut faults = Vec::new();
    if title.is_empty() {
        faults.push(("title", t.t("campaign-title-missing").into_owned()));
    }
    if deadline.is_none() {
        faults.push(("deadline", t.t("bulk-day-wrong").into_owned()));
    }
    if file.is_none() {
        faults.push(("file-units", t.t("import-file-missing").into_owned()));
    }
    let (Some(deadline), Some(file), true) = (deadline, file, faults.is_empty()) else {
        return Ok(wrong(&seat, &Tried { sent, faults }, Vec::new()));
    };
    let now_us = seat.now_us();
    let read = seat.bulk_try(HERE, move |campaigns, _| campaigns.read_units(&file.bytes, deadline, now_us));
    let list = match read.await? {
        Ok(list) => list,
        Err(no) => {
            let faults = vec![("file-units", no.words(t))];
            return Ok(wrong(&seat, &Tried { sent, faults }, Vec::new()));
        }
    };
    if !list.faults.is_empty() {
        let words = seat.console.campaigns.words();
        let told = list.faults.iter().take(FAULTS).map(|fault| fault.words(t.lang(), words)).collect();
        let faults = vec![("file-units", t.t("drive-units-faulty").into_owned())];
        return Ok(wrong(&seat, &Tried { sent, faults }, told));
    }
    seat.record("drive_open", format!("deadline={} units={}", deadline.iso(), list.units.len()), HERE)
        .await?;
    let by = seat.id().to_owned();
    let opened = seat
        .bulk_try(HERE, move |campaigns, _| campaigns.open_drive(&title, deadline, &list.units, &by, now_us))
        .await?;
    match opened {
        Ok(id) => Ok(done(&format!("/campaigns/drives/{id}"), "opened")),
        Err(no) => {
            let faults = vec![("deadline", no.words(t))];
            Ok(wrong(&seat, &Tried { sent, faults }, Vec::new()))
        }
    }
}
