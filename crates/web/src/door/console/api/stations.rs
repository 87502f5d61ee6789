//! Approved software: one-time codes with which systems get certificates, and enrolled workstations.
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, ok};
use super::enter::told;
use super::operation::{Operation, PAGED};
use super::secrets::fingerprint;
use super::shapes::{Made, Moment, Page};
use super::trouble::Trouble;
use axum::extract::{Path, Request};
use axum::routing::{get, post, put};
use dancu_catalogue::Code;
use dancu_exchange::{EnrolledWorkstation, EnrolmentCode, WorkstationEntry};
use dancu_pki::Term;
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/systems/{system}/enrolment-codes",
        Way::Needs(Action::CertificateRead),
        ["stations", "listEnrolmentCodes", "Codes of a system, newest first; never the code itself"],
        || get(codes),
    )
    .pages::<CodeRow>(),
    Operation::post(
        "/api/v1/systems/{system}/enrolment-codes",
        Way::Needs(Action::CertificateIssue),
        ["stations", "issueEnrolmentCode", "A one-time code with which the system gets its certificate (RFC 7030)"],
        || post(issue),
    )
    .creates::<IssuedCode>(),
    Operation::post(
        "/api/v1/systems/{system}/enrolment-codes/{code}/withdraw",
        Way::Needs(Action::CertificateIssue),
        ["stations", "withdrawEnrolmentCode", "Withdraw a code that was not used"],
        || post(withdraw),
    ),
    Operation::get(
        "/api/v1/organisations/{organisation}/workstations",
        Way::Needs(Action::CertificateRead),
        ["stations", "listWorkstations", "Workstations of an organisation by id"],
        || get(list),
    )
    .query(PAGED)
    .pages::<WorkstationRow>(),
    Operation::post(
        "/api/v1/organisations/{organisation}/workstations",
        Way::Needs(Action::CertificateEnrol),
        ["stations", "enrolWorkstation", "Enrol a workstation by its client certificate"],
        || post(enrol),
    )
    .takes::<NewWorkstation>(
        r#"{"name": "Quầy số 3", "fingerprint": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#,
    )
    .creates::<Made>(),
    Operation::post(
        "/api/v1/organisations/{organisation}/workstations/{station}/revoke",
        Way::Needs(Action::CertificateRevoke),
        ["stations", "revokeWorkstation", "Revoke a workstation for good, at once"],
        || post(revoke),
    ),
    Operation::put(
        "/api/v1/organisations/{organisation}/workstations/demanded",
        Way::Needs(Action::CertificateEnrol),
        ["stations", "demandWorkstations", "Whether officers must work from enrolled workstations"],
        || put(demand),
    )
    .takes::<Demand>(r#"{"demanded": true}"#),
];

/// A code as it is on record
#[derive(Serialize, ToSchema)]
struct CodeRow {
    /// Id; not the code
    id: String,
    /// Staff account that issued it
    issued_by: String,
    /// When
    issued_at: Moment,
    /// From then on it does not count
    expires_at: Moment,
    /// When it was used
    used_at: Option<Moment>,
    /// SHA-256 of the certificate that was issued for it
    used_for: Option<String>,
    /// When it was withdrawn
    withdrawn_at: Option<Moment>,
}

/// A code that was issued
#[derive(Serialize, ToSchema)]
struct IssuedCode {
    /// Id
    id: String,
    /// The code: told here and nowhere else
    code: String,
    /// From then on it does not count
    expires_at: Moment,
}

/// A workstation that is enrolled
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWorkstation {
    /// What people call it
    name: String,
    /// SHA-256 of its client certificate, hexadecimal
    fingerprint: String,
}

/// Whether they are demanded
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Demand {
    /// Officers must work from enrolled workstations
    demanded: bool,
}

/// A workstation
#[derive(Serialize, ToSchema)]
struct WorkstationRow {
    /// Id
    id: String,
    /// What people call it
    name: String,
    /// SHA-256 of its client certificate
    fingerprint: Option<String>,
    /// It is bound to a passkey
    passkey: bool,
    /// Staff account that enrolled it
    enrolled_by: String,
    /// When
    enrolled_at: Moment,
    /// When somebody last worked from it
    last_seen_at: Option<Moment>,
    /// When it was revoked
    revoked_at: Option<Moment>,
    /// Staff account that revoked it
    revoked_by: Option<String>,
}

impl From<&EnrolmentCode> for CodeRow {
    fn from(code: &EnrolmentCode) -> Self {
        Self {
            id: code.id.clone(),
            issued_by: code.issued_by.clone(),
            issued_at: Moment(code.issued_at_us),
            expires_at: Moment(code.expires_at_us),
            used_at: code.used_at_us.map(Moment),
            used_for: code.used_for.map(hex::encode),
            withdrawn_at: code.withdrawn_at_us.map(Moment),
        }
    }
}

impl From<&EnrolledWorkstation> for WorkstationRow {
    fn from(station: &EnrolledWorkstation) -> Self {
        Self {
            id: station.id.to_string(),
            name: station.entry.name.clone(),
            fingerprint: station.entry.fingerprint.map(hex::encode),
            passkey: station.entry.passkey.is_some(),
            enrolled_by: station.entry.enrolled_by.clone(),
            enrolled_at: Moment(station.enrolled_at_us),
            last_seen_at: station.last_seen_us.map(Moment),
            revoked_at: station.revoked_at_us.map(Moment),
            revoked_by: station.revoked_by.clone(),
        }
    }
}

/// Rows of a list that is not paged.
const MOST: u32 = 200;

async fn codes(desk: Desk, Path(system): Path<String>) -> Answer {
    desk.must(Action::CertificateRead, Some(&desk.of_system(&system)?))?;
    let exchange = desk.console.road.exchange.clone();
    let found = desk.ask(move || exchange.enrolment_codes(&system, MOST)).await?;
    Ok(ok(&Page::whole(found.iter().map(CodeRow::from).collect())))
}

async fn issue(desk: Desk, Path(system): Path<String>) -> Answer {
    desk.must(Action::CertificateIssue, Some(&desk.of_system(&system)?))?;
    let now_us = desk.now_us();
    let terms = desk.console.secrets.terms();
    let expires = terms.end_us(Term::EnrolmentCode, now_us).ok_or_else(|| desk.problem(Code::Internal))?;
    let about = Desk::about("enrolment_code", format!("system={system}"));
    let by = desk.id().to_owned();
    let issued = desk.deed(about, &desk.console.road.exchange, move |exchange, _| {
        exchange.issue_enrolment_code(&system, &by, expires, now_us)
    });
    let (id, code) = issued.await?;
    Ok(created(&IssuedCode { id, code: told(&code), expires_at: Moment(expires) }))
}

async fn withdraw(desk: Desk, Path((system, code)): Path<(String, String)>) -> Answer {
    desk.must(Action::CertificateIssue, Some(&desk.of_system(&system)?))?;
    let (exchange, of) = (desk.console.road.exchange.clone(), system.clone());
    let known = desk.ask(move || exchange.enrolment_codes(&of, MOST)).await?;
    if !known.iter().any(|known| known.id == code) {
        return Err(desk.nothing());
    }
    let about = Desk::about("enrolment_code_withdraw", format!("system={system} code={code}"));
    let now_us = desk.now_us();
    desk.deed(about, &desk.console.road.exchange, move |exchange, _| {
        exchange.withdraw_enrolment_code(&code, now_us)
    })
    .await?;
    Ok(done())
}

async fn list(desk: Desk, Path(organisation): Path<String>) -> Answer {
    desk.must(Action::CertificateRead, Some(&organisation))?;
    let (exchange, rows) = (desk.console.road.exchange.clone(), desk.rows());
    let after = desk.after(|id, _| Some(id.to_owned()))?.unwrap_or_default();
    let found = desk.ask(move || exchange.workstations(&organisation, &after, rows)).await?;
    Ok(ok(&Page::<WorkstationRow>::of(&found, rows, |station: &EnrolledWorkstation| {
        format!("{}.", station.id)
    })))
}

async fn enrol(desk: Desk, Path(organisation): Path<String>, request: Request) -> Answer {
    desk.must(Action::CertificateEnrol, Some(&organisation))?;
    let NewWorkstation { name, fingerprint: print } = desk.read(request).await?;
    let print = fingerprint(&desk, &print, "/fingerprint")?;
    let about = Desk::about("workstation_enrol", format!("organisation={organisation}"));
    let entry = WorkstationEntry {
        organisation: organisation.as_str().into(),
        name,
        fingerprint: Some(print),
        passkey: None,
        enrolled_by: desk.id().to_owned(),
    };
    let now_us = desk.now_us();
    let enrolled = desk.deed(about, &desk.console.road.exchange, move |exchange, _| {
        exchange.enrol_workstation(&entry, now_us)
    });
    let id = enrolled.await?;
    Ok(created(&Made { id: id.to_string() }))
}

/// That the workstation is of the organisation.
async fn known(desk: &Desk, organisation: &str, station: &str) -> Result<(), Trouble> {
    let exchange = desk.console.road.exchange.clone();
    let (of, id) = (organisation.to_owned(), station.to_owned());
    let found = desk.ask(move || {
        let mut after = String::new();
        loop {
            let page = exchange.workstations(&of, &after, MOST)?;
            if page.iter().any(|station| *station.id == *id) {
                return Ok::<_, dancu_exchange::ExchangeError>(true);
            }
            let Some(last) = page.last() else { return Ok(false) };
            after = last.id.to_string();
        }
    });
    if found.await? { Ok(()) } else { Err(desk.nothing()) }
}

async fn revoke(desk: Desk, Path((organisation, station)): Path<(String, String)>) -> Answer {
    desk.must(Action::CertificateRevoke, Some(&organisation))?;
    known(&desk, &organisation, &station).await?;
    let told = format!("organisation={organisation} workstation={station}");
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    desk.deed(Desk::about("workstation_revoke", told), &desk.console.road.exchange, move |exchange, _| {
        exchange.revoke_workstation(&station, &by, now_us)
    })
    .await?;
    Ok(done())
}

async fn demand(desk: Desk, Path(organisation): Path<String>, request: Request) -> Answer {
    desk.must(Action::CertificateEnrol, Some(&organisation))?;
    let Demand { demanded } = desk.read(request).await?;
    let told = format!("organisation={organisation} demanded={demanded}");
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    desk.deed(Desk::about("workstation_demand", told), &desk.console.road.exchange, move |exchange, _| {
        exchange.demand_workstations(&organisation, demanded, &by, now_us)
    })
    .await?;
    Ok(done())
}
