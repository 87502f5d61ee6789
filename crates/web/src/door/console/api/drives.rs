//! Registration campaigns: units expected against units registered.
use super::super::table::Way;
use super::desk::{Answer, Desk, XLSX, created, done, file, ok};
use super::operation::Operation;
use super::shapes::{Base64, ByWhen, Day, Made, Page};
use super::trouble::{FieldFault, Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_campaign::{Drive, DriveReport, DriveState, UnitStanding};
use dancu_catalogue::Code;
use dancu_citizen::CivilDate;
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const FIND: &[(&str, &str)] = &[
    ("state", "`open` or `closed`; `open` when it is not said"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/api/v1/drives", Way::Needs(Action::CampaignRead), ["drives", "listDrives", "Registration campaigns in a state, by deadline"], || {
        get(list)
    })
    .query(FIND)
    .pages::<DriveRow>(),
    Operation::post(
        "/api/v1/drives",
        Way::Needs(Action::CampaignOpen),
        ["drives", "openDrive", "Open a campaign with the list of expected units (CSV, XLSX)"],
        || post(open),
    )
    .takes::<NewDrive>(
        r#"{"title": "Đăng ký tài khoản cấp xã", "deadline": "2026-12-31", "units": "TcOjIGPGoSBxdWFuLEPhuqVwLFTDqm4K"}"#,
    )
    .creates::<Made>(),
    Operation::get(
        "/api/v1/drives/{drive}",
        Way::Needs(Action::CampaignRead),
        ["drives", "reportDrive", "Where each unit stands, with what is missing"],
        || get(read),
    )
    .gives::<DriveStanding>(),
    Operation::get(
        "/api/v1/drives/{drive}/letter",
        Way::Needs(Action::CampaignExport),
        ["drives", "writeLetter", "The letter to the units that have not registered fully"],
        || get(letter),
    )
    .gives::<DriveLetter>(),
    Operation::post(
        "/api/v1/drives/{drive}/remind",
        Way::Needs(Action::CampaignRemind),
        ["drives", "remindDrive", "Remind the organisations whose units have not registered fully"],
        || post(remind),
    ),
    Operation::get(
        "/api/v1/drives/{drive}/xlsx",
        Way::Needs(Action::CampaignExport),
        ["drives", "exportDrive", "All units with what they lack, as a workbook"],
        || get(export),
    )
    .file(XLSX),
];

/// A campaign that is opened
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDrive {
    /// What it is called
    title: String,
    /// Last day
    deadline: Day,
    /// The list of expected units: bytes of the file, base64
    units: Base64,
}

/// A registration campaign
#[derive(Serialize, ToSchema)]
struct DriveRow {
    /// Id
    id: String,
    /// How far it is
    state: &'static str,
    /// What it is called
    title: String,
    /// Last day
    deadline: Day,
    /// Who called it
    called: ByWhen,
}

/// Where the units of a campaign stand
#[derive(Serialize, ToSchema)]
struct DriveStanding {
    /// The campaign
    drive: DriveRow,
    /// Day of the report
    day: Day,
    /// Units that have not registered at all
    not_at_all: u32,
    /// Units that have registered partly
    partly: u32,
    /// Units that have registered fully
    fully: u32,
    /// Units by level and code
    units: Vec<UnitRow>,
}

/// A unit
#[derive(Serialize, ToSchema)]
struct UnitRow {
    /// Agency code
    code: String,
    /// Department, district or commune
    level: &'static str,
    /// Name
    name: String,
    /// Accounts that it is expected to register
    expected: u32,
    /// Its accounts that are not closed
    accounts: u32,
    /// How far it has registered
    standing: &'static str,
    /// What it lacks, in the caller's language
    missing: Vec<String>,
    /// Organisation on record above it
    organisation: Option<String>,
}

/// A letter
#[derive(Serialize, ToSchema)]
struct DriveLetter {
    /// What it is about
    title: String,
    /// To whom
    to: String,
    /// Paragraphs
    paragraphs: Vec<String>,
    /// Headings of the list
    headings: Vec<String>,
    /// Units that it goes to
    rows: Vec<Vec<String>>,
}

impl From<&Drive> for DriveRow {
    fn from(drive: &Drive) -> Self {
        Self {
            id: drive.id.clone(),
            state: drive.state.name(),
            title: drive.title.clone(),
            deadline: Day(drive.deadline),
            called: ByWhen::from(&drive.by),
        }
    }
}

/// Registration campaigns are the managing body's: they tell of units of every organisation.
fn must(desk: &Desk, action: Action) -> Result<(), Trouble> {
    if desk.organisation().is_some() {
        return Err(desk.nothing());
    }
    desk.must_somewhere(action)
}

async fn list(desk: Desk) -> Answer {
    must(&desk, Action::CampaignRead)?;
    let state = desk.asked_as("state", DriveState::from_name)?.unwrap_or(DriveState::Open);
    let after = desk.after(|day, id| Some((CivilDate::parse_iso(day).ok()?, id.to_owned())))?;
    let (campaigns, rows) = (desk.console.campaigns.clone(), desk.rows());
    let found = desk.ask(move || campaigns.drives(state, after, rows)).await?;
    let cursor = |drive: &Drive| format!("{}.{}", drive.deadline.iso(), drive.id);
    Ok(ok(&Page::<DriveRow>::of(&found, rows, cursor)))
}

async fn open(desk: Desk, request: Request) -> Answer {
    must(&desk, Action::CampaignOpen)?;
    let NewDrive { title, deadline, units } = desk.read(request).await?;
    let bytes = units.bytes(&desk, "/units")?;
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    let list = desk.ask(move || campaigns.read_units(&bytes, deadline.0, now_us)).await?;
    if !list.faults.is_empty() {
        let (words, lang) = (desk.console.campaigns.words(), desk.place.lang);
        let fault = |fault: &dancu_campaign::UnitFault| FieldFault {
            pointer: "/units".into(),
            wrong: format!("line_{}", fault.line),
            detail: fault.words(lang, words),
        };
        let errors = list.faults.iter().map(fault).collect();
        return Err(desk.problem(Told { errors, ..Code::FormInvalid.into() }));
    }
    desk.record("drive_open", format!("deadline={} units={}", deadline.0.iso(), list.units.len())).await?;
    let (campaigns, by) = (desk.console.campaigns.clone(), desk.id().to_owned());
    let made = desk.ask(move || campaigns.open_drive(&title, deadline.0, &list.units, &by, now_us)).await?;
    Ok(created(&Made { id: made }))
}

async fn report(desk: &Desk, id: String) -> Result<DriveReport, Trouble> {
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    desk.ask(move || campaigns.drive_report(&id, now_us)).await
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    must(&desk, Action::CampaignRead)?;
    let report = report(&desk, id).await?;
    let [not_at_all, partly, fully] = report.counts();
    let lang = desk.place.lang;
    let unit = |unit: &UnitStanding| UnitRow {
        code: unit.unit.code.as_str().to_owned(),
        level: unit.unit.level.name(),
        name: unit.unit.name.clone(),
        expected: unit.unit.accounts,
        accounts: unit.accounts,
        standing: unit.standing.name(),
        missing: unit.missing.iter().map(|missing| missing.words(lang)).collect(),
        organisation: unit.organisation.clone(),
    };
    Ok(ok(&DriveStanding {
        drive: DriveRow::from(&report.drive),
        day: Day(report.today),
        not_at_all,
        partly,
        fully,
        units: report.units.iter().map(unit).collect(),
    }))
}

async fn letter(desk: Desk, Path(id): Path<String>) -> Answer {
    must(&desk, Action::CampaignExport)?;
    let report = report(&desk, id).await?;
    let letter = report.letter(desk.console.campaigns.words(), desk.place.lang);
    Ok(ok(&DriveLetter {
        title: letter.title,
        to: letter.to,
        paragraphs: letter.paragraphs,
        headings: letter.list.headings,
        rows: letter.list.rows,
    }))
}

async fn remind(desk: Desk, Path(id): Path<String>) -> Answer {
    must(&desk, Action::CampaignRemind)?;
    report(&desk, id.clone()).await?;
    desk.record("drive_remind", format!("drive={id}")).await?;
    let (campaigns, now_us) = (desk.console.campaigns.clone(), desk.now_us());
    desk.ask(move || campaigns.remind_drive(&id, now_us)).await?;
    Ok(done())
}

async fn export(desk: Desk, Path(id): Path<String>) -> Answer {
    must(&desk, Action::CampaignExport)?;
    let report = report(&desk, id.clone()).await?;
    desk.record("drive_export", format!("drive={id} form=xlsx")).await?;
    let sheet = report.list(desk.console.campaigns.words(), desk.place.lang, |_| true);
    let made = sheet.to_xlsx("danh-sach-don-vi").map_err(|_| desk.problem(Code::Internal))?;
    Ok(file(made.bytes, XLSX))
}
