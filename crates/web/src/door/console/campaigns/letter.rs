//! The letter to units that have not registered fully: a page that prints, and the paper.
use super::bulk::{Answer, Tried, file};
use super::drive::report;
use super::paper::{self, NoPaper};
use crate::door::console::seat::{Oops, Seat, blocking};
use crate::door::console::words::date;
use crate::door::form::{Sent, value};
use crate::door::{plain, show as said};
use crate::page::{Place, html};
use crate::pages::ErrorKind;
use crate::pages::console::LetterPage;
use crate::parts::{Act, Cell, Control, Crumb, Crumbs, Notice, Table, Tone};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use dancu_campaign::{DriveReport, UnitStanding};
use dancu_catalogue::Lang;
use dancu_papers::{Reminder, UnitRow, render};
use dancu_policy::duty::Action;

const HERE: Place = Place::Campaigns;

/// The campaign, for whoever may write to units: the managing body.
pub(in crate::door::console) async fn open(seat: &Seat, id: &str) -> Result<DriveReport, Oops> {
    let report = report(seat, id).await?;
    seat.must(Action::CampaignExport, seat.organisation().or(Some("")), HERE)?;
    if seat.own().is_some() {
        return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
    }
    Ok(report)
}

fn page(seat: &Seat, report: &DriveReport, tried: &Tried, notice: Option<Notice>) -> LetterPage {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let letter = report.letter(seat.console.campaigns.words(), t.lang());
    let id = &report.drive.id;
    let act =
        Act::new("paper", t.t("letter-pdf"), format!("/campaigns/drives/{id}/letter/pdf"), shell.csrf())
            .lead(t.t("letter-pdf-lead"))
            .with(Control::Input(tried.input(t, "basis", "letter-basis", &report.drive.title)))
            .with(Control::Input(tried.day(
                t,
                "new_deadline",
                "letter-new-deadline",
                said::day(report.drive.deadline),
            )))
            .with(Control::Input(tried.input(t, "send_to", "letter-send-to", "")));
    let act = paper::controls(act, tried, t).button(t.t("letter-pdf-do"), "").folded();
    let rows = letter.list.rows.into_iter().map(|row| row.into_iter().map(Cell::Text).collect()).collect();
    LetterPage {
        notice,
        crumbs: Crumbs {
            texts: t,
            crumbs: vec![
                Crumb::new(t.t("campaigns-tab-drives"), "/campaigns/drives"),
                Crumb::new(report.drive.title.clone(), format!("/campaigns/drives/{id}")),
                Crumb::new(t.t("drive-letter"), ""),
            ],
        },
        title: letter.title,
        to: letter.to,
        paragraphs: letter.paragraphs,
        list: letter.list.name,
        table: Table { columns: letter.list.headings, rows },
        acts: vec![act],
        shell,
    }
}

pub(super) async fn show(seat: Seat, Path(id): Path<String>) -> Answer {
    let report = open(&seat, &id).await?;
    let page = page(&seat, &report, &Tried::default(), None);
    Ok(plain::remember_lang(html(StatusCode::OK, &page).into_response(), &seat.uri))
}

fn unit(seat: &Seat, of: &UnitStanding) -> UnitRow {
    let missing: Vec<String> = of.missing.iter().map(|missing| missing.words(Lang::Vi)).collect();
    UnitRow {
        group: seat.console.campaigns.words().level_label(of.unit.level, Lang::Vi).to_owned(),
        code: of.unit.code.as_str().to_owned(),
        name: of.unit.name.clone(),
        expected: of.unit.accounts,
        registered: of.accounts,
        missing: Some(missing.join("; ")).filter(|text| !text.is_empty()),
    }
}

/// The letter as a paper: PDF/A.
pub(in crate::door::console) async fn set(
    seat: &Seat,
    sent: &Sent,
    report: &DriveReport,
) -> Result<Vec<u8>, NoPaper> {
    let t = seat.shell(HERE).texts();
    let mut faults = paper::missing(sent, t);
    for name in ["basis", "send_to"] {
        if value(sent, name).is_empty() {
            faults.push((name, t.t("paper-missing").into_owned()));
        }
    }
    let new_deadline = date(value(sent, "new_deadline"));
    if new_deadline.is_none() {
        faults.push(("new_deadline", t.t("bulk-day-wrong").into_owned()));
    }
    let (Some(new_deadline), true) = (new_deadline, faults.is_empty()) else {
        return Err(NoPaper::Faults(faults));
    };
    seat.record("drive_letter", format!("drive={}", report.drive.id), HERE).await?;
    let vi = crate::Texts::of(Lang::Vi);
    let form = Reminder {
        issuer: paper::issuer(sent, vi.t("console-managing").into_owned()),
        addressed_to: vec![vi.t("letter-addressee").into_owned()],
        basis: value(sent, "basis").to_owned(),
        deadline: report.drive.deadline,
        as_of: report.today,
        new_deadline,
        send_to: value(sent, "send_to").to_owned(),
        units: report.behind().map(|of| unit(seat, of)).collect(),
        signatory: paper::signatory(sent),
        recipients: vec![vi.t("letter-addressee").into_owned(), vi.t("paper-archive").into_owned()],
    };
    let now_us = seat.now_us();
    match blocking(move || render(&form, now_us)).await {
        Some(Ok(paper)) => Ok(paper.pdf),
        Some(Err(error)) => Err(NoPaper::Paper(error)),
        None => Err(NoPaper::Oops(Oops::page(seat.shell(HERE), ErrorKind::Server))),
    }
}

pub(super) async fn pdf(seat: Seat, Path(id): Path<String>, Form(sent): Form<Sent>) -> Answer {
    seat.own_form(value(&sent, "csrf"), HERE)?;
    let report = open(&seat, &id).await?;
    let t = seat.shell(HERE).texts();
    let (faults, notice) = match set(&seat, &sent, &report).await {
        Ok(pdf) => return Ok(file("application/pdf", "cong-van-don-doc.pdf", pdf)),
        Err(NoPaper::Oops(oops)) => return Err(oops),
        Err(NoPaper::Faults(faults)) => (faults, None),
        Err(NoPaper::Undecided(_)) => (Vec::new(), None),
        Err(NoPaper::Paper(error)) => {
            let why = paper::refusal(t, &error);
            (Vec::new(), Some(Notice::new(Tone::Bad, t.t("paper-incomplete"), why)))
        }
    };
    let page = page(&seat, &report, &Tried { sent, faults }, notice);
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, &page).into_response())
}
