//! Account tables: brought, planned, and the list of those that were.
use super::bulk::{Answer, SHOWN, Tried, after, columns, export, nothing, pages};
use super::register::system_select;
use super::{Part, may, tabs};
use crate::Texts;
use crate::door::console::forms::SentForm;
use crate::door::console::seat::{Oops, Seat};
use crate::door::{plain, show as said};
use crate::icons::Icon;
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::ListPage;
use crate::parts::{Act, Badge, Cell, Control, Table, Tone};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use dancu_campaign::{AccountTable, ImportState, ImportSummary, RowKind};
use dancu_policy::duty::Action;

const HERE: Place = Place::Accounts;

pub(super) fn badge(t: Texts, state: ImportState) -> Badge {
    let (tone, icon) = match state {
        ImportState::Planned => (Tone::Warn, Icon::Clock),
        ImportState::Taken => (Tone::Good, Icon::Check),
        ImportState::Undone | ImportState::Dropped => (Tone::Plain, Icon::Info),
    };
    Badge { tone, icon, label: t.t(&format!("import-state-{}", state.name())).into_owned() }
}

/// What an import is called: its file, or that it was one account by a form.
pub(super) fn title(t: Texts, import: &ImportSummary) -> String {
    match import.file_name.as_str() {
        "" => t.t("import-by-form").into_owned(),
        name => name.to_owned(),
    }
}

/// `Mới 3 · Thay đổi 1 · Giữ nguyên 0 · Sai 2`
fn counts(t: Texts, import: &ImportSummary) -> String {
    let count = |kind: RowKind| {
        let words = t.t(&format!("import-rows-{}", kind.name()));
        format!("{words} {}", t.number(import.count(kind).into()))
    };
    RowKind::ALL.map(count).join(" · ")
}

fn upload(seat: &Seat, tried: &Tried, csrf: &str, t: Texts) -> Act {
    Act::new("import", t.t("accounts-import"), "/accounts/imports/plan", csrf)
        .lead(t.t("import-lead"))
        .with(system_select(seat, tried, t))
        .with(Control::File {
            name: "file-table",
            label: t.t("import-file").into_owned(),
            hint: t.t("import-file-hint").into_owned(),
            accept: ".xlsx,.csv,.txt",
            error: tried.fault("file-table"),
        })
        .button(t.t("import-plan"), "")
}

async fn page(seat: &Seat, tried: &Tried) -> Result<ListPage, Oops> {
    let from = after(seat);
    let found = seat.bulk(HERE, move |campaigns, reach| campaigns.imports_of(reach, from, SHOWN)).await?;
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let names = seat.names(found.iter().map(|import| import.by.clone()).collect()).await;
    let snapshot = seat.console.road.exchange.snapshot();
    let system =
        |id: &str| snapshot.rules.system(id).map_or_else(|| id.to_owned(), |of| of.system.name.clone());
    let full = found.len() >= usize::try_from(SHOWN).unwrap_or(50);
    let next = found
        .last()
        .filter(|_| full)
        .map(|last| format!("/accounts/imports?after={}.{}", last.at_us, last.id));
    let rows = found.iter().map(|import| {
        vec![
            Cell::Named {
                label: title(t, import),
                href: format!("/accounts/imports/{}", import.id),
                lines: vec![system(&import.system)],
            },
            Cell::text(counts(t, import)),
            Cell::Lines(vec![names.of(&import.by, t), said::moment(import.at_us)]),
            Cell::Badge(badge(t, import.state)),
        ]
    });
    let (mut links, mut acts) = (Vec::new(), Vec::new());
    if may(seat, Action::AccountImport) {
        links.push((t.t("import-template-xlsx").into_owned(), "/accounts/imports/template/xlsx".to_owned()));
        links.push((t.t("import-template-csv").into_owned(), "/accounts/imports/template/csv".to_owned()));
        acts.push(upload(seat, tried, shell.csrf(), t));
    }
    Ok(ListPage {
        notice: seat.said(t),
        lead: t.t("imports-lead").into_owned(),
        tabs: Some(tabs(seat, t, Part::Imports)),
        links,
        table: Table {
            columns: columns(t, ["import-name", "import-counts", "import-by", "accounts-state"]),
            rows: rows.collect(),
        },
        pages: pages(t, next),
        acts,
        ..ListPage::new(
            shell,
            "accounts-tab-imports",
            nothing(t, Icon::Document, "imports-empty-title", "imports-empty-text"),
        )
    })
}

pub(super) async fn list(seat: Seat) -> Answer {
    seat.must(Action::AccountRead, seat.organisation().or(Some("")), HERE)?;
    let page = page(&seat, &Tried::default()).await?;
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

/// The empty table to fill in.
pub(super) async fn template(seat: Seat, Path(form): Path<String>) -> Answer {
    seat.must(Action::AccountImport, seat.organisation().or(Some("")), HERE)?;
    let sheet = seat.console.campaigns.words().template(seat.shell(HERE).lang);
    let made = match form.as_str() {
        "xlsx" => sheet.to_xlsx("mau-danh-sach-tai-khoan"),
        "csv" => sheet.to_csv("mau-danh-sach-tai-khoan"),
        _ => return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound)),
    };
    made.map(export).map_err(|_| Oops::page(seat.shell(HERE), ErrorKind::Server))
}

/// Reads a table and shows what taking it would do.
pub(super) async fn submit(seat: Seat, request: Request) -> Answer {
    seat.must(Action::AccountImport, seat.organisation().or(Some("")), HERE)?;
    let form = SentForm::read(&seat, request, HERE).await?;
    seat.own_form(form.value("csrf"), HERE)?;
    let t = seat.shell(HERE).texts();
    let system = form.value("system").to_owned();
    let snapshot = seat.console.road.exchange.snapshot();
    let own = snapshot.rules.system(&system).map(|of| of.system.organisation.to_string());
    let mut faults = Vec::new();
    if own.is_none() || own != seat.own() {
        faults.push(("system", t.t("account-system-missing").into_owned()));
    }
    let SentForm { values: sent, mut files } = form;
    let file = files.pop();
    if file.is_none() {
        faults.push(("file-table", t.t("import-file-missing").into_owned()));
    }
    let (Some(file), true) = (file, faults.is_empty()) else {
        let page = page(&seat, &Tried { sent, faults }).await?;
        return Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response());
    };
    seat.record("account_import_plan", format!("system={system}"), HERE).await?;
    let (by, now_us) = (seat.id().to_owned(), seat.now_us());
    let planned = seat
        .bulk_try(HERE, move |campaigns, reach| {
            let table =
                AccountTable { system: &system, file_name: &file.name, bytes: &file.bytes, mapping: None };
            campaigns.plan_import(&table, reach, &by, now_us)
        })
        .await?;
    match planned {
        Ok(import) => Ok(Redirect::to(&format!("/accounts/imports/{}", import.id)).into_response()),
        Err(no) => {
            let faults = vec![("file-table", no.words(t))];
            let page = page(&seat, &Tried { sent, faults }).await?;
            Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
        }
    }
}
