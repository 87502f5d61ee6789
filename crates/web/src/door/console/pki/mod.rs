//! Secrets and certificates of connected systems, and the workstations of their organisations.
pub(super) mod certificates;
mod recipients;
mod secrets;
mod system;
mod work;
mod workstations;

pub(super) use work::waiting;

use super::seat::{Oops, Seat};
use super::table::{Route, Way};
use crate::Texts;
use crate::page::Place;
use crate::pages::ErrorKind;
use crate::pages::console::DoorPage;
use crate::parts::{Act, Copyable};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use dancu_exchange::ExchangeError;
use dancu_governance::Matter;
use dancu_keys::Secret;
use dancu_policy::duty::{Action, Ruling};
use dancu_policy::{Organisation, System};
use dancu_secrets::SecretsError;
use std::sync::Arc;

/// Addresses about one system.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/systems/{system}/keys", Way::Needs(Action::CertificateRead), || get(system::show)),
    Route::post("/systems/{system}/secrets", Way::Needs(Action::SecretCreate), || post(secrets::issue)),
    Route::post("/systems/{system}/secrets/take", Way::Needs(Action::SecretCollect), || post(secrets::take)),
    Route::post("/systems/{system}/secrets/revoke", Way::Needs(Action::SecretRevoke), || {
        post(secrets::revoke)
    }),
    Route::post("/systems/{system}/recipients", Way::Needs(Action::SecretCreate), || {
        post(recipients::register)
    }),
    Route::post("/systems/{system}/recipients/revoke", Way::Needs(Action::SecretRevoke), || {
        post(recipients::revoke)
    }),
    Route::post("/systems/{system}/codes", Way::Needs(Action::CertificateIssue), || {
        post(certificates::issue_code)
    }),
    Route::post("/systems/{system}/codes/withdraw", Way::Needs(Action::CertificateIssue), || {
        post(certificates::withdraw_code)
    }),
    Route::post("/systems/{system}/requests", Way::Needs(Action::CertificateRequest), || {
        post(certificates::request)
    }),
    Route::post("/systems/{system}/certificates/revoke", Way::Needs(Action::CertificateRevoke), || {
        post(certificates::revoke)
    }),
];

/// Addresses about an organisation's workstations.
pub(super) const WORKSTATIONS: &[Route] = &[
    Route::get("/organisations/{organisation}/workstations", Way::Needs(Action::CertificateRead), || {
        get(workstations::show)
    }),
    Route::post("/organisations/{organisation}/workstations", Way::Needs(Action::CertificateEnrol), || {
        post(workstations::enrol)
    }),
    Route::post(
        "/organisations/{organisation}/workstations/revoke",
        Way::Needs(Action::CertificateRevoke),
        || post(workstations::revoke),
    ),
    Route::post(
        "/organisations/{organisation}/workstations/demand",
        Way::Needs(Action::CertificateEnrol),
        || post(workstations::demand),
    ),
];

type Answer = Result<Response, Oops>;

const HERE: Place = Place::Connections;

/// The way from a connection's page to its secrets and certificates.
pub(super) fn link(seat: &Seat, matter: &Matter, t: Texts) -> Option<(String, String)> {
    let system = matter.system.as_ref()?;
    let known = seat.console.road.exchange.snapshot().rules.system(system).is_some();
    let may = seat.may(Action::CertificateRead, Some(&matter.organisation)) == Ruling::Allowed;
    (known && may).then(|| (t.t("keys-title").into_owned(), format!("/systems/{system}/keys")))
}

/// A system that is on record, with its organisation.
struct Of {
    system: Arc<System>,
    organisation: Arc<Organisation>,
}

impl Of {
    /// The system, when this may be done to it.
    fn must(seat: &Seat, system: &str, action: Action) -> Result<Self, Oops> {
        let snapshot = seat.console.road.exchange.snapshot();
        let found = snapshot.rules.system(system);
        let found = found.and_then(|of| Some((of.system.clone(), of.organisation.clone()?)));
        let Some((system, organisation)) = found else {
            return Err(Oops::page(seat.shell(HERE), ErrorKind::NotFound));
        };
        seat.must(action, Some(&organisation.id), HERE)?;
        Ok(Self { system, organisation })
    }

    fn back(&self, done: &str) -> Response {
        Redirect::to(&format!("/systems/{}/keys?done={done}", self.system.id)).into_response()
    }
}

/// SHA-256 out of its hexadecimal digits, with or without colons between.
fn fingerprint(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits: String = text.chars().filter(|c| *c != ':' && !c.is_whitespace()).collect();
    hex::decode_to_slice(digits, &mut bytes).ok().map(|()| bytes)
}

/// The beginning of a fingerprint, in groups: enough to tell one from another.
fn short(fingerprint: &[u8; 32]) -> String {
    let digits = hex::encode_upper(fingerprint);
    let groups: Vec<&str> = (0..5).filter_map(|at| digits.get(at * 4..at * 4 + 4)).collect();
    groups.join(" ")
}

/// Something that is shown once.
fn shown_once(
    seat: &Seat,
    (title, lead, label): (&str, String, String),
    value: &Secret,
    back: String,
) -> Response {
    let shell = seat.shell(HERE);
    let t = shell.texts();
    let value = value.expose_str().unwrap_or_default().to_owned();
    let copyable = Copyable { texts: t, id: "once".to_owned(), label, value };
    let onward = Act::new("onward", "", back, "").button(t.t("keys-kept"), "");
    let page = DoorPage {
        copyable: Some(copyable),
        acts: vec![onward],
        lead,
        ..DoorPage::new(shell, title, title, "")
    };
    let mut response = crate::page::html(StatusCode::OK, &page).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A file that is saved.
fn file(bytes: Vec<u8>, media: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Why something about secrets was refused.
fn secret_refusal(t: Texts, error: &SecretsError) -> String {
    use dancu_pki::RecipientRefused;
    let key = match error {
        SecretsError::Recipient(why) => match why {
            RecipientRefused::Malformed => "recipient-not-malformed",
            RecipientRefused::Key => "recipient-not-key",
            RecipientRefused::KeyUsage => "recipient-not-usage",
            RecipientRefused::Chain => "recipient-not-chain",
            RecipientRefused::NotYet | RecipientRefused::Expired => "recipient-not-valid",
        },
        SecretsError::RecipientRevoked => "recipient-not-revoked",
        SecretsError::ForeignRecipient => "recipient-not-foreign",
        SecretsError::Gone => "secret-gone",
        SecretsError::Exchange(error) => return exchange_refusal(t, error),
        SecretsError::Unknown(_) => "keys-not-known",
        _ => "keys-not-possible",
    };
    t.t(key).into_owned()
}

/// Why something about certificates was refused.
fn exchange_refusal(t: Texts, error: &ExchangeError) -> String {
    let key = match error {
        ExchangeError::Taken(_) => "keys-not-taken",
        ExchangeError::Unknown { .. } => "keys-not-known",
        ExchangeError::Invalid { .. } => "keys-not-invalid",
        _ => "keys-not-possible",
    };
    t.t(key).into_owned()
}
