//! Secrets of connected systems: drawn in the server, handed out once in an envelope, read back by nobody.
use super::super::table::Way;
use super::desk::{Answer, Desk, created, done, file, ok};
use super::operation::Operation;
use super::shapes::{Moment, Page};
use super::trouble::{Told, Trouble};
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use dancu_catalogue::Code;
use dancu_policy::duty::Action;
use dancu_secrets::{Delivery, Order, RecordedRecipient};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get(
        "/api/v1/systems/{system}/secrets",
        Way::Needs(Action::SecretRead),
        ["secrets", "listDeliveries", "Deliveries of a system's secrets, newest first; never a secret"],
        || get(list),
    )
    .pages::<DeliveryRow>(),
    Operation::post(
        "/api/v1/systems/{system}/secrets",
        Way::Needs(Action::SecretCreate),
        ["secrets", "createSecret", "Draw new credentials; the ones before are taken until the end of the overlap"],
        || post(create),
    )
    .takes::<NewSecret>(
        r#"{"username": "mot-cua", "recipient": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "service_urls": []}"#,
    )
    .creates::<DeliveryRow>(),
    Operation::post(
        "/api/v1/systems/{system}/secrets/revoke",
        Way::Needs(Action::SecretRevoke),
        ["secrets", "revokeSecret", "Revoke the credentials of a user name at once"],
        || post(revoke),
    )
    .takes::<Username>(r#"{"username": "mot-cua"}"#),
    Operation::get(
        "/api/v1/deliveries/{delivery}",
        Way::Needs(Action::SecretRead),
        ["secrets", "readDelivery", "How far a delivery is"],
        || get(read),
    )
    .gives::<DeliveryRow>(),
    Operation::post(
        "/api/v1/deliveries/{delivery}/take",
        Way::Needs(Action::SecretCollect),
        ["secrets", "takeEnvelope", "The envelope (CMS, RFC 5652), encrypted to the recipient's key; once"],
        || post(take),
    )
    .file("application/cms"),
    Operation::get(
        "/api/v1/organisations/{organisation}/recipients",
        Way::Needs(Action::SecretRead),
        ["secrets", "listRecipients", "Certificates of an organisation's security officers"],
        || get(recipients),
    )
    .pages::<RecipientRow>(),
    Operation::post(
        "/api/v1/organisations/{organisation}/recipients",
        Way::Needs(Action::SecretCreate),
        ["secrets", "registerRecipient", "Register a security officer's certificate, with those above it"],
        || post(register),
    )
    .takes::<NewRecipient>(
        r#"{"certificate": "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n"}"#,
    )
    .creates::<Fingerprint>(),
    Operation::post(
        "/api/v1/organisations/{organisation}/recipients/{fingerprint}/revoke",
        Way::Needs(Action::SecretRevoke),
        ["secrets", "revokeRecipient", "Revoke a recipient's certificate"],
        || post(revoke_recipient),
    ),
];

/// Rows of a list that is not paged.
const MOST: u32 = 200;

/// A secret that is to be drawn
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    /// User name of the credentials, new or in use
    username: String,
    /// SHA-256 of the recipient's certificate, hexadecimal
    recipient: String,
    /// URLs that clients put into the hash per call, for a user name that is new
    #[serde(default)]
    service_urls: Vec<String>,
    /// The delivery before was taken and never came into use
    #[serde(default)]
    lost: bool,
}

/// A user name
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Username {
    /// Of the credentials
    username: String,
}

/// A recipient's certificate
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecipient {
    /// PEM: the certificate, those above it after it
    certificate: String,
}

/// A fingerprint
#[derive(Serialize, ToSchema)]
struct Fingerprint {
    /// SHA-256, hexadecimal
    fingerprint: String,
}

/// A delivery
#[derive(Serialize, ToSchema)]
struct DeliveryRow {
    /// Id
    id: String,
    /// System
    system: String,
    /// User name of the credentials
    username: String,
    /// SHA-256 of the recipient's certificate
    recipient: String,
    /// The name in the certificate
    subject: String,
    /// `waiting`, `taken`, `expired`, `replaced`, `revoked`, `lost`
    state: &'static str,
    /// Staff account that ordered it
    issued_by: String,
    /// When
    issued_at: Moment,
    /// From then on it cannot be taken
    expires_at: Moment,
    /// Until then the credentials before are taken
    former_until: Option<Moment>,
    /// Staff account that took it
    taken_by: Option<String>,
    /// When
    taken_at: Option<Moment>,
}

/// A recipient
#[derive(Serialize, ToSchema)]
struct RecipientRow {
    /// SHA-256 of the certificate
    fingerprint: String,
    /// Whom it names
    subject: String,
    /// End of its validity
    not_after: Moment,
    /// Staff account that registered it
    registered_by: String,
    /// When
    registered_at: Moment,
    /// When it was revoked
    revoked_at: Option<Moment>,
    /// Staff account that revoked it
    revoked_by: Option<String>,
}

impl From<&Delivery> for DeliveryRow {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id.clone(),
            system: delivery.system.to_string(),
            username: delivery.username.clone(),
            recipient: hex::encode(delivery.recipient),
            subject: delivery.subject.clone(),
            state: delivery.state.name(),
            issued_by: delivery.issued_by.clone(),
            issued_at: Moment(delivery.issued_at_us),
            expires_at: Moment(delivery.expires_at_us),
            former_until: delivery.former_until_us.map(Moment),
            taken_by: delivery.taken_by.clone(),
            taken_at: delivery.taken_at_us.map(Moment),
        }
    }
}

impl From<&RecordedRecipient> for RecipientRow {
    fn from(recipient: &RecordedRecipient) -> Self {
        Self {
            fingerprint: hex::encode(recipient.fingerprint),
            subject: recipient.subject.clone(),
            not_after: Moment(recipient.not_after_us),
            registered_by: recipient.registered_by.clone(),
            registered_at: Moment(recipient.registered_at_us),
            revoked_at: recipient.revoked_at_us.map(Moment),
            revoked_by: recipient.revoked_by.clone(),
        }
    }
}

/// A fingerprint as it is written.
pub(super) fn fingerprint(desk: &Desk, text: &str, pointer: &str) -> Result<[u8; 32], Trouble> {
    let wrong = || desk.problem(Told::from(Code::FormInvalid).at(pointer, "form", desk.place.texts()));
    hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)
}

async fn list(desk: Desk, Path(system): Path<String>) -> Answer {
    desk.must(Action::SecretRead, Some(&desk.of_system(&system)?))?;
    let secrets = desk.console.secrets.clone();
    let found = desk.ask(move || secrets.deliveries(&system, MOST)).await?;
    Ok(ok(&Page::whole(found.iter().map(DeliveryRow::from).collect())))
}

async fn create(desk: Desk, Path(system): Path<String>, request: Request) -> Answer {
    desk.must(Action::SecretCreate, Some(&desk.of_system(&system)?))?;
    let asked: NewSecret = desk.read(request).await?;
    let recipient = fingerprint(&desk, &asked.recipient, "/recipient")?;
    let told = format!(
        "system={system} username={} recipient={} lost={}",
        asked.username, asked.recipient, asked.lost
    );
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let about = Desk::about("secret_create", told).hashing();
    let made = desk.deed(about, &desk.console.secrets, move |secrets, _| {
        let order = Order {
            system: &system,
            username: &asked.username,
            recipient: &recipient,
            service_urls: &asked.service_urls,
            lost: asked.lost,
            by: &by,
        };
        let id = secrets.issue(&order, now_us)?;
        secrets.delivery(&id)
    });
    let made = made.await?.ok_or_else(|| desk.problem(Code::Internal))?;
    Ok(created(&DeliveryRow::from(&made)))
}

async fn revoke(desk: Desk, Path(system): Path<String>, request: Request) -> Answer {
    desk.must(Action::SecretRevoke, Some(&desk.of_system(&system)?))?;
    let Username { username } = desk.read(request).await?;
    let about = Desk::about("secret_revoke", format!("system={system} username={username}"));
    let now_us = desk.now_us();
    desk.deed(about, &desk.console.secrets, move |secrets, _| secrets.revoke(&system, &username, now_us))
        .await?;
    Ok(done())
}

/// A delivery about which this person may do that.
async fn known(desk: &Desk, action: Action, id: &str) -> Result<Delivery, Trouble> {
    let (secrets, id) = (desk.console.secrets.clone(), id.to_owned());
    let found = desk.ask(move || secrets.delivery(&id)).await?.ok_or_else(|| desk.nothing())?;
    desk.must(action, Some(&desk.of_system(&found.system)?))?;
    Ok(found)
}

async fn read(desk: Desk, Path(id): Path<String>) -> Answer {
    Ok(ok(&DeliveryRow::from(&known(&desk, Action::SecretRead, &id).await?)))
}

async fn take(desk: Desk, Path(id): Path<String>) -> Answer {
    let found = known(&desk, Action::SecretCollect, &id).await?;
    let about = Desk::about("secret_collect", format!("system={} delivery={id}", found.system));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let taken =
        desk.deed(about, &desk.console.secrets, move |secrets, _| secrets.take(&id, &by, now_us)).await?;
    Ok(file(taken, "application/cms"))
}

async fn recipients(desk: Desk, Path(organisation): Path<String>) -> Answer {
    desk.must(Action::SecretRead, Some(&organisation))?;
    let secrets = desk.console.secrets.clone();
    let found = desk.ask(move || secrets.recipients(&organisation, MOST)).await?;
    Ok(ok(&Page::whole(found.iter().map(RecipientRow::from).collect())))
}

async fn register(desk: Desk, Path(organisation): Path<String>, request: Request) -> Answer {
    desk.must(Action::SecretCreate, Some(&organisation))?;
    let NewRecipient { certificate } = desk.read(request).await?;
    let about = Desk::about("recipient_register", format!("organisation={organisation}"));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    let made = desk
        .deed(about, &desk.console.secrets, move |secrets, _| {
            secrets.register_recipient(&organisation, &certificate, &by, now_us)
        })
        .await?;
    Ok(created(&Fingerprint { fingerprint: hex::encode(made) }))
}

async fn revoke_recipient(desk: Desk, Path((organisation, print)): Path<(String, String)>) -> Answer {
    desk.must(Action::SecretRevoke, Some(&organisation))?;
    let print = fingerprint(&desk, &print, "").map_err(|_| desk.nothing())?;
    let (secrets, of) = (desk.console.secrets.clone(), organisation.clone());
    let known = desk.ask(move || secrets.recipients(&of, MOST)).await?;
    if !known.iter().any(|recipient| recipient.fingerprint == print) {
        return Err(desk.nothing());
    }
    let told = format!("organisation={organisation} recipient={}", hex::encode(print));
    let (by, now_us) = (desk.id().to_owned(), desk.now_us());
    desk.deed(Desk::about("recipient_revoke", told), &desk.console.secrets, move |secrets, _| {
        secrets.revoke_recipient(&print, &by, now_us)
    })
    .await?;
    Ok(done())
}
