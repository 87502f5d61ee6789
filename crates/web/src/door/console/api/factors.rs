//! One's own second factors: passkeys, the authenticator, recovery codes. A fresh proof comes before each change.
use super::super::table::Way;
use super::super::words;
use super::desk::{Answer, Desk, done, ok};
use super::enter::{TotpKey, told};
use super::operation::Operation;
use super::shapes::Moment;
use axum::extract::{Path, Request};
use axum::routing::{delete, get, post, put};
use dancu_keys::Secret;
use dancu_staff::{Challenge, Holder, PasskeyEntry, StaffError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::get("/api/v1/me/factors", Way::SignedIn, ["me", "readMyFactors", "My second factors"], || {
        get(factors)
    })
    .gives::<MyFactors>(),
    Operation::post(
        "/api/v1/me/prove/passkey",
        Way::SignedIn,
        ["me", "beginProof", "What a passkey is asked, to prove once more to be the person"],
        || post(begin_proof),
    )
    .gives::<PasskeyChallenge>(),
    Operation::post(
        "/api/v1/me/passkeys/begin",
        Way::SignedIn,
        ["me", "beginPasskey", "What a new passkey is asked (Web Authentication)"],
        || post(begin_passkey),
    )
    .gives::<PasskeyChallenge>(),
    Operation::post("/api/v1/me/passkeys", Way::SignedIn, ["me", "addPasskey", "Add a passkey"], || {
        post(add_passkey)
    })
    .takes::<NewPasskey>(r#"{"ceremony": "0123abcd", "answer": {"id": "…"}, "name": "Máy tính ở cơ quan"}"#)
    .gives::<NewFactor>(),
    Operation::delete(
        "/api/v1/me/passkeys/{passkey}",
        Way::SignedIn,
        ["me", "removePasskey", "Remove a passkey"],
        || delete(remove_passkey),
    ),
    Operation::post(
        "/api/v1/me/totp/begin",
        Way::SignedIn,
        [
            "me",
            "beginMyTotp",
            "A new key for the authenticator; the old one stays until the new one is confirmed",
        ],
        || post(begin_totp),
    )
    .gives::<TotpKey>(),
    Operation::put(
        "/api/v1/me/totp",
        Way::SignedIn,
        ["me", "setMyTotp", "Confirm the new key by its first code"],
        || put(set_totp),
    )
    .takes::<FirstCode>(r#"{"ceremony": "0123abcd", "code": "123456"}"#)
    .gives::<NewFactor>(),
    Operation::delete(
        "/api/v1/me/totp",
        Way::SignedIn,
        ["me", "removeMyTotp", "Remove the authenticator"],
        || delete(remove_totp),
    ),
    Operation::post(
        "/api/v1/me/recovery-codes",
        Way::SignedIn,
        ["me", "drawRecoveryCodes", "New recovery codes; the ones before count no more"],
        || post(recovery),
    )
    .gives::<NewFactor>(),
];

/// My second factors
#[derive(Serialize, ToSchema)]
struct MyFactors {
    /// An authenticator is enrolled
    totp: bool,
    /// Passkeys
    passkeys: Vec<PasskeyRow>,
    /// Recovery codes that are left
    recovery_codes: u32,
}

/// A passkey
#[derive(Serialize, ToSchema)]
struct PasskeyRow {
    /// Id
    id: String,
    /// What its holder calls it
    name: String,
    /// When it was added
    added_at: Moment,
    /// Last use
    used_at: Option<Moment>,
}

/// What a passkey is asked
#[derive(Serialize, ToSchema)]
pub(super) struct PasskeyChallenge {
    /// Names this ceremony
    ceremony: String,
    /// Options for `navigator.credentials` (Web Authentication)
    #[schema(value_type = Object)]
    options: serde_json::Value,
}

/// What a passkey answers
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyAnswer {
    /// `ceremony` of the challenge
    pub(super) ceremony: String,
    /// The credential as JSON (Web Authentication)
    #[schema(value_type = Object)]
    pub(super) answer: serde_json::Value,
}

/// A new passkey
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPasskey {
    /// `ceremony` of the challenge
    ceremony: String,
    /// The credential as JSON (Web Authentication)
    #[schema(value_type = Object)]
    answer: serde_json::Value,
    /// What it is called
    #[serde(default)]
    name: String,
}

/// The first code of a new key
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FirstCode {
    /// `ceremony` of the key
    ceremony: String,
    /// Six digits
    code: String,
}

/// What came with a factor
#[derive(Serialize, ToSchema)]
struct NewFactor {
    /// Recovery codes that were drawn: told once
    recovery_codes: Vec<String>,
}

impl NewFactor {
    fn of(codes: &[Secret]) -> Self {
        Self { recovery_codes: codes.iter().map(told).collect() }
    }
}

impl From<&PasskeyEntry> for PasskeyRow {
    fn from(entry: &PasskeyEntry) -> Self {
        Self {
            id: entry.id.clone(),
            name: entry.name.clone(),
            added_at: Moment(entry.created_at_us),
            used_at: entry.used_at_us.map(Moment),
        }
    }
}

impl From<&Challenge> for PasskeyChallenge {
    fn from(challenge: &Challenge) -> Self {
        // The library wrote it a moment ago.
        let options = serde_json::from_str(&challenge.options).unwrap_or_default();
        Self { ceremony: challenge.ceremony.clone(), options }
    }
}

fn about(what: &str) -> super::super::deed::About {
    Desk::about("credentials", format!("what={what}"))
}

async fn factors(desk: Desk) -> Answer {
    let (staff, id) = (desk.console.staff.clone(), desk.id().to_owned());
    let (has, passkeys) =
        desk.ask(move || Ok::<_, StaffError>((staff.factors_of(&id)?, staff.passkeys_of(&id)?))).await?;
    Ok(ok(&MyFactors {
        totp: has.totp,
        passkeys: passkeys.iter().map(PasskeyRow::from).collect(),
        recovery_codes: has.recovery,
    }))
}

async fn begin_proof(desk: Desk) -> Answer {
    let (staff, token, now_us) = (desk.console.staff.clone(), desk.token.clone(), desk.now_us());
    let challenge = desk.ask(move || staff.passkey_challenge(Holder::Session(&token), now_us)).await?;
    Ok(ok(&PasskeyChallenge::from(&challenge)))
}

async fn begin_passkey(desk: Desk) -> Answer {
    let (staff, token, now_us) = (desk.console.staff.clone(), desk.token.clone(), desk.now_us());
    let challenge = desk.ask(move || staff.passkey_register(Holder::Session(&token), now_us)).await?;
    Ok(ok(&PasskeyChallenge::from(&challenge)))
}

async fn add_passkey(desk: Desk, request: Request) -> Answer {
    let NewPasskey { ceremony, answer, name } = desk.read(request).await?;
    let (answer, name) = (answer.to_string(), words::passkey_name(desk.place.texts(), &name));
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    let added = desk.deed(about("passkey_added"), &desk.console.staff, move |staff, _| {
        staff.passkey_registered(Holder::Session(&token), &ceremony, &answer, &name, now_us)
    });
    Ok(ok(&NewFactor::of(&added.await?.recovery_codes)))
}

async fn remove_passkey(desk: Desk, Path(passkey): Path<String>) -> Answer {
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    desk.deed(about("passkey_removed"), &desk.console.staff, move |staff, _| {
        staff.remove_passkey(&token, &passkey, now_us)
    })
    .await?;
    Ok(done())
}

async fn begin_totp(desk: Desk) -> Answer {
    let (staff, token, now_us) = (desk.console.staff.clone(), desk.token.clone(), desk.now_us());
    let key = desk.ask(move || staff.enrol_totp(Holder::Session(&token), now_us)).await?;
    Ok(ok(&TotpKey::from(&key)))
}

async fn set_totp(desk: Desk, request: Request) -> Answer {
    let FirstCode { ceremony, code } = desk.read(request).await?;
    let (code, token, now_us) = (code.replace(' ', ""), desk.token.clone(), desk.now_us());
    let set = desk.deed(about("totp_enrolled"), &desk.console.staff, move |staff, _| {
        staff.confirm_totp(Holder::Session(&token), &ceremony, &code, now_us)
    });
    Ok(ok(&NewFactor::of(&set.await?.recovery_codes)))
}

async fn remove_totp(desk: Desk) -> Answer {
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    desk.deed(about("totp_removed"), &desk.console.staff, move |staff, _| staff.remove_totp(&token, now_us))
        .await?;
    Ok(done())
}

async fn recovery(desk: Desk) -> Answer {
    let (token, now_us) = (desk.token.clone(), desk.now_us());
    let drawn = desk.deed(about("recovery_codes"), &desk.console.staff, move |staff, _| {
        staff.new_recovery_codes(&token, now_us)
    });
    Ok(ok(&NewFactor::of(&drawn.await?)))
}
