//! Account tables: a plan is shown first, and taken or put away.
use super::super::table::Way;
use super::accounts::{AccountRow, reach};
use super::desk::{Answer, Desk, created, done, ok};
use super::operation::{Operation, PAGED};
use super::shapes::{Base64, ByWhen, Page};
use super::trouble::Trouble;
use axum::extract::{Path, Request};
use axum::routing::{delete, get, post};
use dancu_campaign::{AccountTable, CampaignError, ImportSummary, PlanRow, RowKind};
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const ROWS: &[(&str, &str)] = &[
    ("kind", "Only rows that do this: `new`, `changed`, `same`, `faulty`"),
    ("after", "`next` of the page before"),
    ("limit", "Rows of a page, 1 to 200; 50 when it is not said"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/systems/{system}/imports",
        Way::Needs(Action::AccountRead),
        ["imports", "listImports", "Imports of a system's accounts, newest first"],
        || get(list),
    )
    .query(PAGED)
    .pages::<ImportRow>(),
    Operation::post(
        "/api/v1/systems/{system}/imports",
        Way::Needs(Action::AccountImport),
        [
            "imports",
            "planImport",
            "Read an account table (CSV, XLSX) and plan what taking it would do; changes no account",
        ],
        || post(plan),
    )
    .takes::<TableFile>(r#"{"file_name": "tai-khoan.csv", "content": "aOG7jSB0w6puO3TDoGkga2hv4bqjbgo="}"#)
    .creates::<ImportRow>(),
    Operation::get(
        "/api/v1/imports/{import}",
        Way::Needs(Action::AccountRead),
        ["imports", "readImport", "One import"],
        || get(read),
    )
    .gives::<ImportRow>(),
    Operation::get(
        "/api/v1/imports/{import}/rows",
        Way::Needs(Action::AccountRead),
        ["imports", "listImportRows", "Rows of a plan, each with what it changes or why it cannot be taken"],
        || get(rows),
    )
    .query(ROWS)
    .pages::<PlannedRow>(),
    Operation::post(
        "/api/v1/imports/{import}/take",
        Way::Needs(Action::AccountImport),
        ["imports", "takeImport", "Take a plan, all of it in one transaction"],
        || post(take),
    )
    .takes::<Taking>(r#"{"partial": false}"#)
    .gives::<ImportRow>(),
    Operation::post(
        "/api/v1/imports/{import}/undo",
        Way::Needs(Action::AccountImport),
        ["imports", "undoImport", "Take an import back, when nothing else has touched its accounts since"],
        || post(undo),
    )
    .gives::<ImportRow>(),
    Operation::delete(
        "/api/v1/imports/{import}",
        Way::Needs(Action::AccountImport),
        ["imports", "dropImport", "Put a plan away; its rows are erased at once"],
        || delete(put_away),
    ),
];

/// A table that is brought
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TableFile {
    /// Name of the file
    file_name: String,
    /// Its bytes, base64
    content: Base64,
}

/// How a plan is taken
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Taking {
    /// Leave faulty rows out, instead of refusing the whole
    #[serde(default)]
    partial: bool,
}

/// An import
#[derive(Serialize, ToSchema)]
struct ImportRow {
    /// Id
    id: String,
    /// System whose accounts these are
    system: String,
    /// Its organisation
    organisation: String,
    /// How far it is
    state: &'static str,
    /// Name of the file
    file_name: String,
    /// SHA-256 of the file, hexadecimal
    file_sha256: String,
    /// Rows that bring a new account
    new: u32,
    /// Rows that change one
    changed: u32,
    /// Rows that change nothing
    same: u32,
    /// Rows that cannot be taken
    faulty: u32,
    /// Who brought it
    brought: ByWhen,
    /// Who took it
    taken: Option<ByWhen>,
    /// Who took it back
    undone: Option<ByWhen>,
    /// Its rows are not kept any more: it can be neither taken nor undone
    erased: bool,
}

/// A row of a plan
#[derive(Serialize, ToSchema)]
struct PlannedRow {
    /// Line of the file or row of the sheet, from 1
    line: u32,
    /// What taking it would do: `new`, `changed`, `same`, `faulty`
    kind: &'static str,
    /// The account it is about; none for one that is not there yet
    account: Option<String>,
    /// Cells of the file
    cells: Vec<String>,
    /// Why it cannot be taken, in the caller's language
    faults: Vec<String>,
    /// The account as it is
    before: Option<AccountRow>,
    /// The account as it would be
    after: Option<AccountRow>,
}

impl From<&ImportSummary> for ImportRow {
    fn from(import: &ImportSummary) -> Self {
        let [new, changed, same, faulty] = import.counts;
        Self {
            id: import.id.clone(),
            system: import.system.clone(),
            organisation: import.organisation.clone(),
            state: import.state.name(),
            file_name: import.file_name.clone(),
            file_sha256: hex::encode(&import.file_sha256),
            new,
            changed,
            same,
            faulty,
            brought: ByWhen::from(&(import.by.clone(), import.at_us)),
            taken: import.taken.as_ref().map(ByWhen::from),
            undone: import.undone.as_ref().map(ByWhen::from),
            erased: import.erased,
        }
    }
}

async fn list(desk: Desk, Path(system): Path<String>) -> Answer {
    let of = desk.of_system(&system)?;
    desk.must(Action::AccountRead, Some(&of))?;
    let (campaigns, own, rows) = (desk.console.campaigns.clone(), desk.own(), desk.rows());
    let after = desk.after(|at, id| Some((at.parse().ok()?, id.to_owned())))?;
    let found = desk.ask(move || campaigns.imports(&system, reach(own.as_deref()), after, rows)).await?;
    let cursor = |import: &ImportSummary| format!("{}.{}", import.at_us, import.id);
    Ok(ok(&Page::<ImportRow>::of(&found, rows, cursor)))
}

async fn plan(desk: Desk, Path(system): Path<String>, request: Request) -> Answer {
    let of = desk.of_system(&system)?;
    desk.must(Action::AccountImport, Some(&of))?;
    let TableFile { file_name, content } = desk.read(request).await?;
    let bytes = content.bytes(&desk, "/content")?;
    desk.record("account_import_plan", format!("system={system}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    let planned = desk.ask(move || {
        let table = AccountTable { system: &system, file_name: &file_name, bytes: &bytes, mapping: None };
        campaigns.plan_import(&table, reach(own.as_deref()), &by, now_us)
    });
    Ok(created(&ImportRow::from(&planned.await?)))
}

/// An import about which this person may do that.
async fn known(desk: &Desk, action: Action, id: &str) -> Result<ImportSummary, Trouble> {
    let (campaigns, own, id) = (desk.console.campaigns.clone(), desk.own(), id.to_owned());
    let found = desk.ask(move || campaigns.import(&id, reach(own.as_deref()))).await?;
    let found = found.ok_or_else(|| desk.nothing())?;
    desk.must(action, Some(&found.organisation))?;
    Ok(found)
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    Ok(ok(&ImportRow::from(&known(&desk, Action::AccountRead, &id).await?)))
}

async fn rows(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::AccountRead, &id).await?;
    let kind = desk.asked_as("kind", RowKind::from_name)?;
    let after = desk.after(|line, _| line.parse().ok())?.unwrap_or(0);
    desk.record("account_import_rows", format!("import={id}")).await?;
    let (campaigns, own, rows) = (desk.console.campaigns.clone(), desk.own(), desk.rows());
    let found =
        desk.ask(move || campaigns.import_rows(&id, reach(own.as_deref()), kind, after, rows)).await?;
    let (words, lang) = (desk.console.campaigns.words(), desk.place.lang);
    let row = |row: &PlanRow| PlannedRow {
        line: row.line,
        kind: row.kind.name(),
        account: row.account.clone(),
        cells: row.content.cells.clone(),
        faults: row.content.faults.iter().map(|fault| fault.words(lang, words)).collect(),
        before: row.content.before.as_ref().map(AccountRow::from),
        after: row.content.after.as_ref().map(AccountRow::from),
    };
    let full = found.len() >= usize::try_from(rows).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| full).map(|row| format!("{}.", row.line));
    Ok(ok(&Page { items: found.iter().map(row).collect(), next }))
}

/// Does something to an import and tells how it is then.
async fn deed(
    desk: Desk,
    id: String,
    service: &'static str,
    deed: impl FnOnce(
        &dancu_campaign::Campaigns,
        &str,
        Option<&str>,
        &str,
        i64,
    ) -> Result<ImportSummary, CampaignError>
    + Send
    + 'static,
) -> Answer {
    desk.record(service, format!("import={id}")).await?;
    let (campaigns, own, by, now_us) =
        (desk.console.campaigns.clone(), desk.own(), desk.id().to_owned(), desk.now_us());
    let import = desk.ask(move || deed(&campaigns, &id, own.as_deref(), &by, now_us)).await?;
    Ok(ok(&ImportRow::from(&import)))
}

async fn take(desk: Desk, Path(id): Path<String>, request: Request) -> Answer {
    known(&desk, Action::AccountImport, &id).await?;
    let Taking { partial } = desk.read(request).await?;
    deed(desk, id, "account_import", move |campaigns, id, own, by, now_us| {
        campaigns.take(id, partial, reach(own), by, now_us)
    })
    .await
}

async fn undo(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::AccountImport, &id).await?;
    deed(desk, id, "account_import_undo", |campaigns, id, own, by, now_us| {
        campaigns.undo_import(id, reach(own), by, now_us)
    })
    .await
}

async fn put_away(desk: Desk, Path(id): Path<String>) -> Answer {
    known(&desk, Action::AccountImport, &id).await?;
    desk.record("account_import_drop", format!("import={id}")).await?;
    let (campaigns, own) = (desk.console.campaigns.clone(), desk.own());
    desk.ask(move || campaigns.drop_import(&id, reach(own.as_deref()))).await?;
    Ok(done())
}
