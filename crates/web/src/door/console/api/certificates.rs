//! Certificates of systems: those in force, one for a request and a code, revocation.
use super::super::pki::certificates::{NoCertificate, issue};
use super::super::table::Way;
use super::desk::{Answer, Desk, done, file, ok};
use super::operation::Operation;
use super::shapes::{Base64, Moment, Page};
use super::staff_shapes::Reason;
use super::tell::Tell as _;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const PEM: &str = "application/x-pem-file";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/systems/{system}/certificates",
        Way::Needs(Action::CertificateRead),
        ["certificates", "listCertificates", "Certificates of a system that are not over"],
        || get(list),
    )
    .pages::<CertificateRow>(),
    Operation::post(
        "/api/v1/systems/{system}/certificates",
        Way::Needs(Action::CertificateRequest),
        [
            "certificates",
            "requestCertificate",
            "A certificate for a request (PKCS #10) and a one-time code, with those above it (PEM)",
        ],
        || post(request),
    )
    .takes::<CertificateRequest>(r#"{"code": "b64…", "request": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURQ=="}"#)
    .file(PEM),
    Operation::post(
        "/api/v1/systems/{system}/certificates/{fingerprint}/revoke",
        Way::Needs(Action::CertificateRevoke),
        [
            "certificates",
            "revokeCertificate",
            "Revoke a certificate for good; its connections are cut at once",
        ],
        || post(revoke),
    )
    .takes::<Reason>(r#"{"reason": "Lộ khóa riêng"}"#),
];

/// A certificate of a system
#[derive(Serialize, ToSchema)]
struct CertificateRow {
    /// SHA-256 of it, hexadecimal
    fingerprint: String,
    /// From then on it does not count
    expires_at: Moment,
    /// It was revoked
    revoked: bool,
}

/// A request for a certificate
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CertificateRequest {
    /// The one-time code that the managing body issued
    code: String,
    /// Bytes of the request (PKCS #10, DER or PEM), base64
    request: Base64,
}

async fn list(desk: Desk, Path(system): Path<String>) -> Answer {
    desk.must(Action::CertificateRead, Some(&desk.of_system(&system)?))?;
    let (snapshot, now_us) = (desk.console.road.exchange.snapshot(), desk.now_us());
    let held = snapshot.certificates_of(&system);
    let rows = held.iter().filter(|(_, certificate)| certificate.not_after_us > now_us);
    let row = |(fingerprint, certificate): &([u8; 32], &dancu_exchange::Certificate)| CertificateRow {
        fingerprint: hex::encode(fingerprint),
        expires_at: Moment(certificate.not_after_us),
        revoked: certificate.revoked,
    };
    Ok(ok(&Page::whole(rows.map(row).collect())))
}

async fn request(desk: Desk, Path(system): Path<String>, request: Request) -> Answer {
    desk.must(Action::CertificateRequest, Some(&desk.of_system(&system)?))?;
    let CertificateRequest { code, request } = desk.read(request).await?;
    let csr = request.bytes(&desk, "/request")?;
    match issue(&desk, &system, Some(&csr), &code).await {
        Ok(issued) => Ok(file(issued.pem().into_bytes(), PEM)),
        Err(NoCertificate::Code(code)) => Err(desk.problem(code)),
        Err(NoCertificate::Exchange(error)) => Err(desk.problem(error.told(desk.place.texts()))),
        Err(NoCertificate::Oops(oops)) => Err(desk.oops(&oops)),
    }
}

async fn revoke(desk: Desk, Path((system, shown)): Path<(String, String)>, request: Request) -> Answer {
    desk.must(Action::CertificateRevoke, Some(&desk.of_system(&system)?))?;
    let mut fingerprint = [0; 32];
    let exchange = desk.console.road.exchange.clone();
    let known = hex::decode_to_slice(&shown, &mut fingerprint).is_ok()
        && exchange.snapshot().certificate(&fingerprint).is_some_and(|of| *of.system == *system);
    if !known {
        return Err(desk.problem(Code::NotFound));
    }
    let Reason { reason } = desk.read(request).await?;
    desk.said("/reason", &reason)?;
    let about = format!("system={system} certificate={}", hex::encode(fingerprint));
    let about = Desk::about("certificate_revoke", about).because(&reason);
    let now_us = desk.now_us();
    desk.deed(about, &exchange, move |exchange, _| exchange.revoke_certificate(&fingerprint, now_us)).await?;
    Ok(done())
}
